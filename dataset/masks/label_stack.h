// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dataset/masks/mask.h"
#include "dataset/volumes/volume_reader.h"

namespace angiobench {

/// Label maps of one size, one after the other: pixel (x, y) of frame t is
/// labels[(t * height + y) * width + x].
struct LabelStack {
  int width = 0;
  int height = 0;
  int num_frames = 0;
  std::vector<std::uint8_t> labels;

  MaskView frame(int t) const {
    return {labels.data() + static_cast<std::ptrdiff_t>(t) * width * height, width, height, width};
  }
};

/// Reads all frames of a volume of labels: integers, of which each must be 0 … 255.
///
/// Throws Error{input} for values that are fewer or more than the header says, or damaged, and for
/// a label that is none; Error{limit} where the values would take more than `max_bytes`, before
/// there is a buffer for them.
LabelStack read_label_stack(VolumeReader reader, std::uint64_t max_bytes);

}  // namespace angiobench
