// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/masks/run_lengths.h"

namespace angiobench {

/// One object's mask as a COCO json has it, read. Buffers are reused.
struct CocoMask {
  int width = 0;  // as its "size" says; 0: it says nothing
  int height = 0;
  std::vector<RunLengths> parts;  // one, or one for each outline; the first num_parts are valid
  std::size_t num_parts = 0;
  std::string text;                 // of the lengths, where it had to be unescaped
  std::vector<double> points;       // of one outline
  std::vector<std::int64_t> plain;  // lengths before they are checked
};

/// Reads the value of a "segmentation": {"size": [height, width], "counts": text or list of
/// lengths}, {"rle": text} or a text alone (BURST), or a list of outlines [[x, y, x, y, …], …].
/// Where the value has no size, `width` x `height` is it; where it has one and they are not 0, it
/// must be the same. Blanks and a colon before the value are passed over.
///
/// Throws Error, without a path: {input} for what is no mask, for sizes that differ, and as
/// parse_run_lengths and polygon_lengths; {limit} for more than 2^26 pixels.
void read_coco_mask(std::string_view value, int width, int height, CocoMask& mask);

}  // namespace angiobench
