// SPDX-License-Identifier: MIT
#include "dataset/synth/sequence_files.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "dataset/error.h"
#include "dataset/synth/random.h"
#include "dataset/words.h"

namespace angiobench::synth {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::array<std::uint8_t, 3>, 6> kSemanticPalette{
    {{0, 0, 0}, {85, 170, 255}, {170, 255, 0}, {249, 193, 0}, {255, 0, 0}, {244, 108, 59}}};

// Area of every object index in a frame.
std::vector<int> areas_of(const Mask& labels, std::size_t num_objects) {
  std::vector<int> areas(num_objects + 1);
  const std::uint8_t* pixels = labels.pixels();
  const std::size_t count =
      static_cast<std::size_t>(labels.width()) * static_cast<std::size_t>(labels.height());
  for (std::size_t i = 0; i < count; ++i) ++areas[pixels[i]];
  areas.erase(areas.begin());
  return areas;
}

Mask mapped(const RenderedFrame& frame, std::span<const LabelledObject> objects, bool semantic) {
  std::array<std::uint8_t, 256> table{};
  for (const LabelledObject& object : objects) {
    if (frame.name < object.first_frame) continue;
    table[static_cast<std::size_t>(object.index + 1)] =
        semantic ? static_cast<std::uint8_t>(object.category)
                 : static_cast<std::uint8_t>(object.id);
  }
  Mask mask(frame.labels.width(), frame.labels.height());
  const std::size_t count =
      static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
  std::transform(frame.labels.pixels(), frame.labels.pixels() + count, mask.pixels(),
                 [&](std::uint8_t label) { return table[label]; });
  return mask;
}

}  // namespace

std::vector<LabelledObject> deal_ids(std::span<const RenderedFrame> frames,
                                     std::span<const SceneObject> objects, int max_objects,
                                     int least_pixels, std::uint64_t seed) {
  expects(objects.size() < 255, "a label is a byte");
  std::vector<int> most(objects.size());
  std::vector<std::vector<int>> areas;
  std::vector<std::string> names;
  for (const RenderedFrame& frame : frames) {
    if (!frame.annotated) continue;
    areas.push_back(areas_of(frame.labels, objects.size()));
    names.push_back(frame.name);
    for (std::size_t i = 0; i < objects.size(); ++i) most[i] = std::max(most[i], areas.back()[i]);
  }

  // Find where each enters, the most important first.
  std::vector<std::size_t> order(objects.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return objects[a].importance < objects[b].importance;
  });
  std::vector<LabelledObject> kept;
  for (const std::size_t i : order) {
    if (static_cast<int>(kept.size()) == max_objects) break;
    const int enough = std::max(least_pixels, most[i] / 5);
    for (std::size_t k = 0; k < areas.size(); ++k) {
      if (areas[k][i] < enough) continue;
      kept.push_back({static_cast<int>(i), 0, objects[i].category, names[k]});
      break;
    }
  }

  // Deal the ids.
  Random random(seed);
  std::vector<int> ids;
  const int skipped = static_cast<int>(kept.size()) < max_objects && random.chance(0.15)
                          ? random.integer(1, static_cast<int>(kept.size()))
                          : 0;
  for (int id = 1; ids.size() < kept.size(); ++id) {
    if (id != skipped) ids.push_back(id);
  }
  for (std::size_t i = ids.size(); i > 1; --i) {
    std::swap(ids[i - 1],
              ids[static_cast<std::size_t>(random.integer(0, static_cast<int>(i) - 1))]);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i].id = ids[i];
  std::sort(kept.begin(), kept.end(),
            [](const LabelledObject& a, const LabelledObject& b) { return a.id < b.id; });
  return kept;
}

Mask instance_mask(const RenderedFrame& frame, std::span<const LabelledObject> objects) {
  return mapped(frame, objects, false);
}

Mask semantic_mask(const RenderedFrame& frame, std::span<const LabelledObject> objects) {
  return mapped(frame, objects, true);
}

std::span<const std::array<std::uint8_t, 3>> semantic_palette() { return kSemanticPalette; }

constexpr auto kCategoryWords = words<Category>({{"background", Category::background},
                                                 {"vessel", Category::vessel},
                                                 {"contrast catheter", Category::contrast_catheter},
                                                 {"catheter", Category::catheter},
                                                 {"balloon", Category::balloon},
                                                 {"others", Category::others}});

std::string_view category_name(Category category) { return kCategoryWords.of(category); }

std::string labels_json(Category last) {
  Json labels = Json::array();
  for (int id = 0; id <= static_cast<int>(last); ++id) {
    labels.push_back({{"id", id},
                      {"name", category_name(static_cast<Category>(id))},
                      {"color", kSemanticPalette[static_cast<std::size_t>(id)]}});
  }
  return Json{{"labels", labels}}.dump(2) + "\n";
}

std::string val_first_mask_json(std::span<const FirstMasks> videos) {
  Json list = Json::object();
  for (const FirstMasks& video : videos) {
    std::vector<std::string> frames;
    for (const LabelledObject& object : video.objects) frames.push_back(object.first_frame);
    std::sort(frames.begin(), frames.end());
    frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
    list[video.video] = frames;
  }
  return Json{{"videos", list}}.dump(1) + "\n";
}

std::string test_first_mask_json(std::span<const FirstMasks> videos) {
  Json list = Json::object();
  for (const FirstMasks& video : videos) {
    std::map<std::string, std::vector<std::string>> frames;
    std::vector<std::string> seen;
    std::vector<std::string> unseen;
    for (const LabelledObject& object : video.objects) {
      const std::string id = std::to_string(object.id);
      frames[object.first_frame].push_back(id);
      (object.category == Category::others ? unseen : seen).push_back(id);
    }
    Json first = Json::object();
    for (const auto& [frame, ids] : frames) first[frame] = {{"objects", ids}};
    list[video.video] = {{"frames", first}, {"seen_objects", seen}, {"unseen_objects", unseen}};
  }
  return Json{{"videos", list}}.dump(4) + "\n";
}

}  // namespace angiobench::synth
