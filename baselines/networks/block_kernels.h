// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace angiobench {

/// Loops over blocked feature maps ([channel / B][y][x][B], B = 8 or 16, unused channels of the
/// last block 0) that oneDNN has no primitive for, compiled for several instruction sets. Each
/// works on one block of channels, so that callers share the blocks out to threads. Pointers are
/// aligned to B floats.
struct BlockKernels {
  /// Maximum over 3x3 pixels, stride 2, one pixel of padding, of values >= 0: height x width ->
  /// half of both.
  void (*max_pool)(const float* in, int height, int width, float* out);

  /// sum = skip + in enlarged twice (bilinear, half-pixel centres); positive = max(sum, 0). `in`
  /// has height x width pixels, the others twice as many a side.
  void (*add_enlarged)(const float* in, int height, int width, const float* skip, float* sum,
                       float* positive);

  /// out = max(in, 0).
  void (*positive)(const float* in, std::size_t count, float* out);

  /// out[x] += sum over the B channels and a 3x3 window of in * weight, for row y of height x width
  /// pixels; weight[(ky * 3 + kx) * B + channel]. `out` is one plain row.
  void (*accumulate_3x3)(const float* in, int height, int width, int y, const float* weight,
                         float* out);
};

/// The loops for blocks of `block` (8 or 16) channels.
const BlockKernels& block_kernels(int block);

/// One row of a plain plane enlarged four times (bilinear) and put through the sigmoid: rows y0 and
/// y1 of `width` pixels mixed by weight t of the second -> 4 * width pixels.
void enlarge_row_4_sigmoid(const float* row0, const float* row1, float t, int width, float* out);

}  // namespace angiobench
