// SPDX-License-Identifier: MIT
#include "dataset/validator/thumbnail.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "dataset/error.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

std::vector<Rgb> light_palette() {
  std::vector<Rgb> palette(voc_palette().begin(), voc_palette().end());
  for (std::size_t label = 1; label < palette.size(); ++label) {
    for (std::uint8_t& channel : palette[label])
      channel = static_cast<std::uint8_t>(channel + (255 - channel) * 3 / 10);
  }
  return palette;
}

}  // namespace

Thumbnail make_thumbnail(const MaskView& ids, std::string frame, int side) {
  expects(ids.width > 0 && ids.height > 0 && side > 0, "a thumbnail is made of a mask");
  const int longer = std::max(ids.width, ids.height);
  const int reduced = std::min(side, longer);
  const auto scaled = [&](int length) { return std::max(1, length * reduced / longer); };
  static const std::vector<Rgb> kPalette = light_palette();
  Mask small(scaled(ids.width), scaled(ids.height));
  for (int y = 0; y < small.height(); ++y) {
    const int top = y * ids.height / small.height();
    const int bottom = std::max(top + 1, (y + 1) * ids.height / small.height());
    for (int x = 0; x < small.width(); ++x) {
      const int left = x * ids.width / small.width();
      const int right = std::max(left + 1, (x + 1) * ids.width / small.width());
      std::array<int, 256> counts{};
      int best = 0;
      for (int row = top; row < bottom; ++row) {
        for (int column = left; column < right; ++column) {
          const std::uint8_t label = ids.at(column, row);
          if (label == 0) continue;
          ++counts[label];
          if (best == 0 || counts[label] > counts[static_cast<std::size_t>(best)]) best = label;
        }
      }
      small.at(x, y) = static_cast<std::uint8_t>(best);
    }
  }
  return {std::move(frame), small.width(), small.height(), encode_mask_png(small.view(), kPalette)};
}

}  // namespace angiobench
