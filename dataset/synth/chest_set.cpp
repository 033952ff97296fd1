// SPDX-License-Identifier: MIT
#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "dataset/masks/npy.h"
#include "dataset/media/frame_io.h"
#include "dataset/parallel.h"
#include "dataset/synth/chest_scene.h"
#include "dataset/synth/contact_sheet.h"
#include "dataset/synth/example_submissions.h"
#include "dataset/synth/random.h"
#include "dataset/synth/set_files.h"
#include "dataset/synth/still_sets.h"

namespace angiobench::synth {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 3> kChestSplits = {"train", "val", "test"};

struct Picture {
  std::size_t split = 0;
  std::string name;
  std::uint64_t seed = 0;
  int num_labels = 0;  // that it shows
  SheetTile tile;      // where it is shown
};

std::vector<Picture> plan_pictures(const SynthOptions& options) {
  std::vector<Picture> pictures;
  for (std::size_t split = 0; split < kChestSplits.size(); ++split) {
    for (int i = 0; i < options.sequences[split]; ++i) {
      Picture picture;
      picture.split = split;
      picture.name = "chest_" + padded(static_cast<int>(pictures.size()), 3);
      picture.seed = mix_seed(options.seed, 300 + split, static_cast<std::uint64_t>(i));
      pictures.push_back(std::move(picture));
    }
  }
  return pictures;
}

std::vector<std::uint8_t> encode_planes(const std::vector<Mask>& planes) {
  std::vector<std::uint8_t> values;
  const auto width = static_cast<std::size_t>(planes.front().width());
  const auto height = static_cast<std::size_t>(planes.front().height());
  values.reserve(planes.size() * width * height);
  for (const Mask& plane : planes)
    values.insert(values.end(), plane.pixels(), plane.pixels() + width * height);
  const std::vector<std::uint64_t> shape = {planes.size(), height, width};
  return encode_npy(shape, values);
}

void make_picture(Picture& picture, const SynthOptions& options, bool is_shown,
                  const OutputFolder& out, const ExampleSubmissions& examples,
                  ProgressCounter& counter) {
  ChestImage chest = render_chest(options.size, picture.seed);
  out.write("images/" + picture.name + ".png",
            encode_grey_png(chest.grey, options.size, options.size));
  out.write("labels/" + picture.name + ".npy", encode_planes(chest.planes));
  if (kChestSplits[picture.split] == std::string("test"))
    examples.add_planes(picture.name, chest.planes);
  const std::size_t area =
      static_cast<std::size_t>(options.size) * static_cast<std::size_t>(options.size);
  Mask painted(options.size, options.size);
  for (std::size_t k = 0; k < chest.planes.size(); ++k) {
    const std::uint8_t* const plane = chest.planes[k].pixels();
    if (std::find(plane, plane + area, 1) != plane + area) ++picture.num_labels;
    for (std::size_t i = 0; is_shown && i < area; ++i) {
      if (plane[i] != 0) painted.pixels()[i] = static_cast<std::uint8_t>(k + 1);
    }
  }
  if (is_shown)
    picture.tile = {std::string(kChestSplits[picture.split]) + "/" + picture.name,
                    std::move(chest.grey), std::move(painted)};
  counter.add();
}

Json index_of(const std::vector<Picture>& pictures) {
  Json index;
  const std::vector<std::string> labels = chest_labels();
  for (std::size_t k = 0; k < labels.size(); ++k)
    index["label_dict"][std::to_string(k)] = labels[k];
  for (const char* const split : kChestSplits) index[split] = Json::array();
  for (const Picture& picture : pictures) {
    index[kChestSplits[picture.split]].push_back({{"image", "images/" + picture.name + ".png"},
                                                  {"target", "labels/" + picture.name + ".npy"}});
  }
  return index;
}

}  // namespace

SynthSummary synthesize_chest(const std::string& folder, const SynthOptions& options,
                              const ProgressCallback& progress) {
  OutputFolder out(folder, ExistingFolder::refuse);
  ExampleSubmissions examples(options.examples, options.seed);
  std::vector<Picture> pictures = plan_pictures(options);
  constexpr std::size_t kMostShown = 12;
  ProgressCounter counter(progress, pictures.size());
  parallel_for(pictures.size(), num_workers(options.jobs, pictures.size()),
               [&](int, std::size_t k) {
                 make_picture(pictures[k], options, !options.sheet.empty() && k < kMostShown, out,
                              examples, counter);
               });
  out.write("paxray.json", index_of(pictures).dump(1) + "\n");
  for (const std::string split : {"val", "test"}) {
    write_benchmark_like(out, "paxray-" + split, "synth-chest-" + split,
                         "Synthetic chest radiographs, " + split, options.size, options.size);
  }
  const Json record = {{"made_by", "angiobench synth"},
                       {"options",
                        {{"kind", kKinds.of(options.kind)},
                         {"size", options.size},
                         {"sequences", options.sequences},
                         {"seed", options.seed}}}};
  out.write("synth.json", record.dump(1) + "\n");
  out.commit();
  examples.commit();
  SynthSummary summary;
  std::vector<SheetTile> tiles;
  for (Picture& picture : pictures) {
    summary.objects += picture.num_labels;
    if (!picture.tile.grey.empty()) tiles.push_back(std::move(picture.tile));
  }
  summary.sequences = summary.frames = summary.masks = static_cast<int>(pictures.size());
  if (!options.sheet.empty()) write_file_atomically(options.sheet, contact_sheet(tiles, 4, 320));
  return summary;
}

}  // namespace angiobench::synth
