// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dataset/files/digest.h"
#include "dataset/files/file_tree.h"
#include "dataset/masks/mask.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"
#include "dataset/validator/annotation_reader.h"
#include "dataset/validator/validation.h"

namespace angiobench {

// What the checks of a data set and of a submission have in common for one sequence.

/// "object 3".
std::string object_text(int id);

/// The frames of a sequence that are looked at more closely: first, middle and last, and their
/// pictures. take() may be called for different frames at once.
class SampledFrames {
 public:
  SampledFrames() = default;
  explicit SampledFrames(std::size_t num_frames)
      : positions_{0, num_frames / 2, num_frames - 1}, thumbnails_(positions_.size()) {}

  bool contains(std::size_t position) const;
  void take(std::size_t position, const MaskLabels& ids, std::string_view frame, int side);
  /// Each picture once, however short the sequence.
  void move_into(SequenceStatistics& statistics);

 private:
  std::array<std::size_t, 3> positions_{};
  std::vector<Thumbnail> thumbnails_;
};

/// Sums up the masks of a sequence, in the order of its frames.
class SequenceTally {
 public:
  explicit SequenceTally(const Sequence& sequence) : sequence_(sequence) {}

  /// A mask that could be read: its size and digest.
  void add_mask(std::size_t position, const Annotation& annotation);
  /// What it shows, object -> pixels; one that shows nothing is empty. An object is late where it
  /// first shows after `first`.
  void add_objects(std::size_t position, const std::map<int, std::uint32_t>& pixels,
                   std::size_t first);
  /// Position of the first mask that could be read; 0 where none could.
  std::size_t first_readable() const { return first_readable_; }
  /// Adds what was summed up to `statistics`.
  void finish(SequenceStatistics& statistics);

 private:
  const Sequence& sequence_;
  Sha256Stream digest_;
  std::map<int, ObjectStatistics> objects_;
  std::uint64_t readable_frames_ = 0;
  std::uint64_t empty_masks_ = 0;
  std::size_t first_readable_ = 0;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace angiobench
