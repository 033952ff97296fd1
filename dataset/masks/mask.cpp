// SPDX-License-Identifier: MIT
#include "dataset/masks/mask.h"

#include <algorithm>

#include "dataset/error.h"

namespace angiobench {

Mask::Mask(int width, int height, std::uint8_t label) : width_(width), height_(height) {
  expects(width >= 1 && height >= 1, "a mask has at least one pixel");
  const std::size_t num_pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  storage_.assign(num_pixels + 2 * kMaskPadding, 0);
  std::fill_n(pixels(), num_pixels, label);
}

Mask::Mask(const MaskView& view) : Mask(view.width, view.height) {
  for (int y = 0; y < height_; ++y) {
    std::copy_n(view.row(y), width_, pixels() + static_cast<std::ptrdiff_t>(y) * width_);
  }
}

}  // namespace angiobench
