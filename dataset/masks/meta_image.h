// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"

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

/// Reads a MetaImage (.mha: text header, then the values in the same file), a stack of label maps
/// as (x, y) or (x, y, frame): integers of 8 to 32 bits, of which each must be 0 … 255, either byte
/// order, plain or as one zlib stream. What a viewer would do with spacing, origin and direction
/// means nothing for labels and is passed over.
///
/// Throws Error{input} for a header that says anything else (another file of values, floats,
/// several channels, four dimensions), for sides beyond 32768, for values that are fewer or more
/// than the header says, and for a label that is none; Error{limit} where the values would take
/// more than `max_bytes`, before there is a buffer for them. Source of the form: MetaIO's
/// documentation (read).
LabelStack parse_meta_image(std::span<const std::uint8_t> file, std::uint64_t max_bytes,
                            const std::string& path);

}  // namespace angiobench
