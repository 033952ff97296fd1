// SPDX-License-Identifier: MIT
#include "baselines/prompts.h"

#include <algorithm>
#include <bitset>
#include <boost/filesystem/operations.hpp>
#include <cstddef>
#include <memory>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/file_tree.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

constexpr int kNumLabels = 256;

std::string size_text(int width, int height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

// What a label of the ground truth is called in a submission.
std::array<std::uint8_t, kNumLabels> label_map(Layout layout) {
  std::array<std::uint8_t, kNumLabels> map{};
  for (int label = 0; label < kNumLabels; ++label)
    map[static_cast<std::size_t>(label)] = static_cast<std::uint8_t>(label);
  if (layout == Layout::davis2017) map[kVoidLabel] = kBackgroundLabel;
  if (layout == Layout::xacv) {
    map[127] = 1;
    map[255] = 2;
  }
  return map;
}

// Collects prompts in the order of their frames.
class Collector {
 public:
  // Adds a frame's mask; of its labels only those in `wanted` (empty: all) that no earlier frame
  // gave.
  void add(const std::string& frame, const MaskView& mask,
           const std::array<std::uint8_t, kNumLabels>& map, const std::vector<int>& wanted,
           const std::string& path) {
    if (!prompts_.masks.empty()) {
      const Mask& first = prompts_.masks.begin()->second;
      if (mask.width != first.width() || mask.height != first.height()) {
        throw Error(ErrorKind::input, path, size_text(mask.width, mask.height),
                    size_text(first.width(), first.height()) + ", as the masks before it");
      }
    }

    // A label passes where it is wanted and new.
    std::array<std::uint8_t, kNumLabels> passing{};
    for (std::size_t label = 0; label < passing.size(); ++label) {
      const bool is_wanted =
          wanted.empty() || std::find(wanted.begin(), wanted.end(), map[label]) != wanted.end();
      if (is_wanted && !given_[map[label]]) passing[label] = map[label];
    }
    Mask fresh(mask);
    const auto num_pixels =
        static_cast<std::size_t>(mask.width) * static_cast<std::size_t>(mask.height);
    std::bitset<kNumLabels> seen;
    for (std::size_t i = 0; i < num_pixels; ++i) {
      fresh.pixels()[i] = passing[fresh.pixels()[i]];
      seen.set(fresh.pixels()[i]);
    }
    seen.reset(kBackgroundLabel);
    given_ |= seen;
    prompts_.masks.emplace(frame, std::move(fresh));
  }

  bool has_objects() const { return given_.any(); }
  void forget_frames() { prompts_.masks.clear(); }

  Prompts take(const std::string& place) {
    if (!has_objects()) {
      throw Error(ErrorKind::input, place, "the first masks hold no object",
                  "at least one label above 0");
    }
    for (int id = 1; id < kNumLabels; ++id) {
      if (given_[static_cast<std::size_t>(id)]) prompts_.object_ids.push_back(id);
    }
    return std::move(prompts_);
  }

 private:
  Prompts prompts_;
  std::bitset<kNumLabels> given_;
};

// Frame name -> ids given there (empty: all new ones).
ByFrame<std::vector<int>> prompt_frames(Layout layout, const Sequence& sequence) {
  if (!sequence.prompts.empty()) return {sequence.prompts.begin(), sequence.prompts.end()};
  ByFrame<std::vector<int>> frames;
  if (layout == Layout::youtube_vos) {
    for (const auto& [id, judged] : sequence.object_frames) {
      if (judged.empty()) continue;
      frames[*std::min_element(judged.begin(), judged.end(), FrameLess())].push_back(id);
    }
    if (!frames.empty()) return frames;
    for (std::size_t i = 0; i < sequence.frames.size(); ++i)
      frames[std::string(sequence.frames[i])];
    return frames;
  }
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) frames[std::string(sequence.frames[i])];
  return frames;
}

// Whether the first mask alone is given: nobody says at which frames objects begin.
bool takes_first_mask_alone(Layout layout, const Sequence& sequence) {
  return sequence.prompts.empty() && layout != Layout::youtube_vos;
}

// Puts the binary masks of the objects that begin at one frame into one mask of labels.
Prompts read_object_prompts(const SequenceIndex& index, const Sequence& sequence) {
  const Layout layout = index.benchmark.layout;
  const std::string place = index.truth->display_path(sequence.folder);
  if (sequence.object_folders.size() >= kNumLabels) {
    throw Error(ErrorKind::limit, place,
                "has " + std::to_string(sequence.object_folders.size()) + " objects",
                "at most " + std::to_string(kNumLabels - 1));
  }
  MaskDecoder decoder;
  MaskDecodeOptions options;
  options.palette = voc_palette();
  std::vector<std::uint8_t> bytes;
  Prompts prompts;
  int label = 0;
  for (const auto& [object, folder] : sequence.object_folders) {
    ++label;
    const FrameNames& frames = sequence.object_masks.at(object);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const std::string path = mask_path(layout, sequence, frames[i], object);
      const std::string shown = index.truth->display_path(path);
      if (!index.truth->read(path, bytes)) {
        throw Error(ErrorKind::input, shown, "not found", "the mask of an object");
      }
      const Mask mask(decoder.decode(bytes, options, shown));
      const auto num_pixels =
          static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
      const bool is_empty = std::all_of(mask.pixels(), mask.pixels() + num_pixels,
                                        [](std::uint8_t pixel) { return pixel == 0; });
      if (is_empty) continue;
      if (!prompts.masks.empty()) {
        const Mask& first = prompts.masks.begin()->second;
        if (mask.width() != first.width() || mask.height() != first.height()) {
          throw Error(ErrorKind::input, shown, size_text(mask.width(), mask.height()),
                      size_text(first.width(), first.height()) + ", as the masks before it");
        }
      }
      Mask& given = prompts.masks.try_emplace(std::string(frames[i]), mask.width(), mask.height())
                        .first->second;
      for (std::size_t pixel = 0; pixel < num_pixels; ++pixel) {
        if (mask.pixels()[pixel] != 0) given.pixels()[pixel] = static_cast<std::uint8_t>(label);
      }
      prompts.object_ids.push_back(label);
      prompts.object_folders.emplace(label, folder);
      break;
    }
  }
  if (prompts.masks.empty()) {
    throw Error(ErrorKind::input, place, "the masks hold no object", "at least one pixel above 0");
  }
  return prompts;
}

}  // namespace

void check_has_prompts(Layout layout) {
  if (layout == Layout::dias || layout == Layout::paxray) {
    throw Error(ErrorKind::inconclusive, "",
                std::string(layout == Layout::dias
                                ? "DIAS has one vessel mask a sequence, of no frame of its own"
                                : "PAXRay has single images") +
                    ": nothing is given at a first frame that could be followed through a video",
                "a data set of videos with masks of their frames");
  }
}

Prompts read_prompts(const SequenceIndex& index, const Sequence& sequence) {
  const Layout layout = index.benchmark.layout;
  check_has_prompts(layout);
  if (mask_storage(layout) == MaskStorage::object_pngs) return read_object_prompts(index, sequence);
  const auto map = label_map(layout);
  MaskDecoder decoder;
  std::vector<std::uint8_t> bytes;
  Collector collector;
  for (const auto& [frame, ids] : prompt_frames(layout, sequence)) {
    const std::string path = mask_path(layout, sequence, frame);
    const std::string shown = index.truth->display_path(path);
    if (!index.truth->read(path, bytes)) {
      throw Error(ErrorKind::input, shown, "not found",
                  "the mask of a frame at which objects are given");
    }
    MaskDecodeOptions options;
    options.palette = voc_palette();
    collector.add(frame, decoder.decode(bytes, options, shown), map, ids, shown);
    if (takes_first_mask_alone(layout, sequence)) {
      if (collector.has_objects()) break;
      collector.forget_frames();  // an empty mask before the first object is no prompt
    }
  }
  return collector.take(index.truth->display_path(sequence.folder));
}

Prompts read_prompt_files(const std::string& path, const std::string& first_frame) {
  const auto map = label_map(Layout::flat);
  MaskDecodeOptions options;
  options.palette = voc_palette();
  Collector collector;
  boost::system::error_code code;
  if (!boost::filesystem::is_directory(path, code)) {
    const Mask mask = read_mask(path, options);
    collector.add(first_frame, mask.view(), map, {}, path);
    return collector.take(path);
  }
  constexpr std::string_view kSuffix = ".png";
  const std::unique_ptr<FileTree> tree = open_folder(path);
  for (const std::string& file : tree->files("")) {
    if (!file.ends_with(kSuffix)) continue;
    const std::string shown = tree->display_path(file);
    const Mask mask = read_mask(shown, options);
    collector.add(file.substr(0, file.size() - kSuffix.size()), mask.view(), map, {}, shown);
  }
  return collector.take(path);
}

}  // namespace angiobench
