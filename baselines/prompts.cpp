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
#include "dataset/files/image_size.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

// Collects prompts in the order of their frames.
class Collector {
 public:
  // Adds a frame's mask of object ids; of these only those in `wanted` (empty: all) that no earlier
  // frame gave.
  void add(const std::string& frame, const MaskView& ids, const std::vector<int>& wanted,
           const std::string& path) {
    if (!prompts_.masks.empty()) {
      const Mask& first = prompts_.masks.begin()->second;
      if (ids.width != first.width() || ids.height != first.height()) {
        throw Error(ErrorKind::input, path, size_text(ids.width, ids.height),
                    size_text(first.width(), first.height()) + ", as the masks before it");
      }
    }

    // An object passes where it is wanted and new.
    std::array<std::uint8_t, kNumLabels> passing{};
    for (std::size_t id = 0; id < passing.size(); ++id) {
      const bool is_wanted = wanted.empty() || std::find(wanted.begin(), wanted.end(),
                                                         static_cast<int>(id)) != wanted.end();
      if (is_wanted && !given_[id]) passing[id] = static_cast<std::uint8_t>(id);
    }
    Mask fresh(ids);
    const auto num_pixels =
        static_cast<std::size_t>(ids.width) * static_cast<std::size_t>(ids.height);
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
ByFrame<std::vector<int>> prompt_frames(PromptRule rule, const Sequence& sequence) {
  if (!sequence.prompts.empty()) return {sequence.prompts.begin(), sequence.prompts.end()};
  ByFrame<std::vector<int>> frames;
  if (rule == PromptRule::meta) {
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
bool takes_first_mask_alone(PromptRule rule, const Sequence& sequence) {
  return sequence.prompts.empty() && rule != PromptRule::meta;
}

// Puts the binary masks of the objects that begin at one frame into one mask of labels.
Prompts read_object_prompts(const SequenceIndex& index, const Sequence& sequence) {
  const std::string place = index.masks->display(sequence);
  if (sequence.object_folders.size() >= kNumLabels) {
    throw Error(ErrorKind::limit, place,
                "has " + std::to_string(sequence.object_folders.size()) + " objects",
                "at most " + std::to_string(kNumLabels - 1));
  }
  const FileMaskSource masks(index.truth, index.benchmark, MaskRole::truth);
  MaskBuffers buffers;
  Sha256 digest{};
  Prompts prompts;
  int label = 0;
  for (const auto& [object, folder] : sequence.object_folders) {
    ++label;
    const FrameNames& frames = sequence.object_masks.at(object);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const std::string shown = masks.display(sequence, frames[i], object);
      const Mask mask(masks.read_png(masks.path(sequence, frames[i], object), {}, buffers, digest));
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

void check_has_prompts(const BenchmarkDefinition& benchmark) {
  if (!benchmark.has_single_images()) return;
  throw Error(ErrorKind::inconclusive, "",
              benchmark.name +
                  " has single images (or one mask a sequence, of no frame of its own): nothing is "
                  "given at a first frame that could be followed through a video",
              "a data set of videos with masks of their frames");
}

Prompts read_prompts(const SequenceIndex& index, const Sequence& sequence) {
  check_has_prompts(index.benchmark);
  if (index.masks->has_planes()) return read_object_prompts(index, sequence);
  MaskBuffers buffers;
  Mask ids;
  Sha256 digest{};
  Collector collector;
  for (const auto& [frame, wanted] : prompt_frames(index.benchmark.prompts, sequence)) {
    const MaskView labels = index.masks->read_labels(sequence, frame, {}, buffers, digest);
    collector.add(frame, mapped_labels(labels, index.masks->ids(), ids), wanted,
                  index.masks->display(sequence, frame));
    if (takes_first_mask_alone(index.benchmark.prompts, sequence)) {
      if (collector.has_objects()) break;
      collector.forget_frames();  // an empty mask before the first object is no prompt
    }
  }
  return collector.take(index.masks->display(sequence));
}

}  // namespace angiobench
