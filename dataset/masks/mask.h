// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace angiobench {

/// Label of pixels that belong to no object.
inline constexpr std::uint8_t kBackgroundLabel = 0;
/// Label that DAVIS 2017 (unsupervised) gives to pixels nobody should judge.
inline constexpr std::uint8_t kVoidLabel = 255;

/// Bytes that are readable before and after every row block a MaskView points into, so that vector
/// code may load past its edges (their values are meaningless).
inline constexpr std::size_t kMaskPadding = 64;

/// Labels of one frame, not owned: `height` rows of `width` bytes, one label (0..255) a pixel, rows
/// `stride` bytes apart. A view that a decoder made has kMaskPadding readable bytes on both sides
/// of its block, and may know of empty rows at its ends, so that nobody has to look.
struct MaskView {
  const std::uint8_t* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;
  int num_empty_above = 0;  // first rows that are known to be background throughout
  int num_empty_below = 0;  // last rows

  const std::uint8_t* row(int y) const { return data + y * stride; }
  std::uint8_t at(int x, int y) const { return data[y * stride + x]; }
};

/// Labels of one frame, owned, rows without gaps, padded as MaskView promises.
class Mask {
 public:
  Mask() = default;
  /// All pixels `label`. Requires width, height >= 1.
  Mask(int width, int height, std::uint8_t label = kBackgroundLabel);
  /// Copies the pixels of a view.
  explicit Mask(const MaskView& view);

  int width() const { return width_; }
  int height() const { return height_; }
  std::uint8_t at(int x, int y) const {
    return pixels()[static_cast<std::ptrdiff_t>(y) * width_ + x];
  }
  std::uint8_t& at(int x, int y) { return pixels()[static_cast<std::ptrdiff_t>(y) * width_ + x]; }
  const std::uint8_t* pixels() const { return storage_.data() + kMaskPadding; }
  std::uint8_t* pixels() { return storage_.data() + kMaskPadding; }
  MaskView view() const { return {pixels(), width_, height_, width_}; }

  friend bool operator==(const Mask&, const Mask&) = default;

 private:
  int width_ = 0;
  int height_ = 0;
  std::vector<std::uint8_t> storage_ = std::vector<std::uint8_t>(2 * kMaskPadding);
};

}  // namespace angiobench
