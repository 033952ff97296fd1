// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/digest.h"
#include "dataset/finding.h"
#include "dataset/masks/coco_mask.h"
#include "dataset/masks/coco_records.h"
#include "dataset/masks/mask.h"

namespace angiobench {

/// What a label of a frame stands for.
enum class CocoLabels {
  objects,     // objects by their ids; where the file has none, they are numbered 1, 2, … in each
               // video or single image in the file's order, in frames by their category
  categories,  // categories, whose areas are joined
  one,         // every object has the same label
};

/// Frames of a video that the file gives by place alone.
struct CocoNaming {
  CocoLabels labels = CocoLabels::objects;
  /// Whether each image is a sequence of its own, called as its file.
  bool has_single_images = false;
  std::uint8_t one_label = 1;  // CocoLabels::one
  /// The names of the frames of a sequence whose masks are a list of `num_frames`; throws where
  /// they are not so many. Empty: numbered from 00000.
  std::function<FrameNames(const std::string& sequence, std::size_t num_frames)> frames_of;
  /// The file that says what the numbers of videos or images in a list of results mean; null where
  /// none was given.
  const CocoRecords* names = nullptr;
};

/// What a thread reads masks with.
struct CocoBuffers {
  std::string text;
  CocoMask mask;
  ObjectLayers layers;
  std::vector<std::uint32_t> objects;
  std::vector<LabelRun> mapped;  // of labels that a benchmark calls otherwise
};

/// A frame's labels, valid until the buffers are used again.
struct CocoFrame {
  MaskLabels labels;
  Sha256 digest{};               // over the size, and label and text of each mask
  std::uint64_t num_shared = 0;  // pixels that several labels wanted
};

/// The masks of a COCO json: where each stands is known, and what it is, is read when it is asked
/// for. All members are safe to call from several threads.
///
/// Where objects overlap a pixel belongs to the one with the higher score, where scores are equal
/// or not there to the one that stands first in the file.
class CocoMasks {
 public:
  /// Throws Error{input} where the file's numbers of videos or images have no names, for objects
  /// whose label is not 1 … 255, for two sequences or frames of one name, and where a list of masks
  /// is not as long as its video.
  CocoMasks(CocoRecords records, const CocoNaming& naming);

  const std::string& path() const { return records_.path; }
  const CocoRecords& records() const { return records_; }
  /// Videos, or single images, in the order of their names.
  std::size_t num_sequences() const { return names_.size(); }
  std::string_view name(std::size_t sequence) const { return names_[sequence]; }
  /// Width and height as the file says them; zeros where it says none, or several.
  std::pair<int, int> stated_size(std::size_t sequence) const {
    return {static_cast<int>(widths_[sequence]), static_cast<int>(heights_[sequence])};
  }
  std::size_t num_frames(std::size_t sequence) const {
    return first_slots_[sequence + 1] - first_slots_[sequence];
  }
  /// The frames of a sequence are in the order of FrameLess.
  std::string_view frame(std::size_t sequence, std::size_t position) const {
    return frames_[first_slots_[sequence] + position];
  }
  /// Position of a sequence, or nullopt.
  std::optional<std::size_t> find(std::string_view sequence) const;
  /// Position of a frame in a sequence, or nullopt.
  std::optional<std::size_t> find_frame(std::size_t sequence, std::string_view frame) const;
  /// Labels that occur in a sequence, ascending.
  std::vector<int> labels_of(std::size_t sequence) const;

  /// The labels of a frame; of `label` alone where it is not 0. Throws Error, without a path, as
  /// read_coco_mask does, also where its size is not `expected_width` x `expected_height` (0: any).
  CocoFrame read(std::size_t sequence, std::size_t frame, int label, int expected_width,
                 int expected_height, CocoBuffers& buffers) const;

  /// What the index found: A011 – A014.
  const std::vector<Finding>& findings() const { return findings_; }
  /// What reading has found until now: A010, over the frames that were read.
  std::vector<Finding> overlaps() const;

 private:
  void place_videos(const CocoNaming& naming);
  void place_images(const CocoNaming& naming);
  void add_sequence(std::string_view name, std::pair<int, int> size, const FrameNames& frames);
  std::vector<bool> named_owners(const std::string& field, const std::string& list) const;
  template <typename Owners>
  PackedNumbers rank_annotations(const Owners& owners, std::size_t num_owners);
  void label_objects(const CocoNaming& naming);
  void find_doubles(const CocoNaming& naming);
  std::string_view text_at(CocoPlace place, std::string& storage) const;
  void objects_at(std::size_t sequence, std::size_t frame,
                  std::vector<std::uint32_t>& objects) const;
  CocoPlace place_of(std::uint32_t annotation, std::size_t sequence, std::size_t frame) const;
  std::pair<int, int> size_of(std::size_t sequence, CocoBuffers& buffers) const;
  std::size_t sequence_at(std::uint64_t slot) const;
  std::string words_of_frame(std::uint64_t slot) const;

  CocoRecords records_;
  PackedTexts names_;  // of sequences
  PackedNumbers widths_;
  PackedNumbers heights_;
  std::vector<std::uint32_t> first_slots_ = {0};  // of each sequence; frames have slots in a row
  PackedTexts frames_;                            // by slots
  std::vector<std::vector<std::uint32_t>>
      orders_;  // place of each frame in its video, where it differs
  // Annotations that have masks, by rank: of each sequence (videos), or of each slot (images).
  bool are_by_frame_ = false;
  std::vector<std::uint32_t> starts_;
  std::vector<std::uint32_t> ranked_;
  std::vector<std::uint8_t> labels_;  // of each annotation that has masks
  std::vector<Finding> findings_;
  mutable std::mutex mutex_;
  mutable std::map<std::uint64_t, std::uint64_t> shared_;  // slot -> pixels
};

}  // namespace angiobench
