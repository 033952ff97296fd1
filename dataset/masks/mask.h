// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
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

/// Pixels of row y from x_begin to before x_end, all of one label.
struct LabelRun {
  int y = 0;
  int x_begin = 0;
  int x_end = 0;
  int label = 0;  // 1 … 255

  friend bool operator==(const LabelRun&, const LabelRun&) = default;
};

/// Labels of one frame, not owned, as whoever read them has them: as runs, of which a label map has
/// a few hundred for half a million pixels, or as pixels.
struct MaskLabels {
  int width = 0;
  int height = 0;
  bool has_runs = false;
  std::span<const LabelRun> runs;  // of all labels but background: by row, then by column
  MaskView pixels;                 // where has_runs is false

  MaskLabels() = default;
  MaskLabels(const MaskView& view) : width(view.width), height(view.height), pixels(view) {}
  MaskLabels(int w, int h, std::span<const LabelRun> label_runs)
      : width(w), height(h), has_runs(true), runs(label_runs) {}
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

/// The pixels of a mask: its own, or its runs drawn into `storage`.
MaskView pixels_of(const MaskLabels& labels, Mask& storage);

/// A mask as runs: its own, or those of its pixels, looked for into `storage`.
MaskLabels runs_of(const MaskLabels& labels, std::vector<LabelRun>& storage);

/// Labels of one frame as runs, owned.
class LabelRuns {
 public:
  LabelRuns() = default;
  /// Copies the runs of a mask; looks for them where it has pixels.
  explicit LabelRuns(const MaskLabels& labels);

  int width() const { return width_; }
  int height() const { return height_; }
  MaskLabels view() const { return {width_, height_, runs_}; }

 private:
  int width_ = 0;
  int height_ = 0;
  std::vector<LabelRun> runs_;
};

/// Adds a run behind those that are there: it lengthens the last one where it goes on with it.
void append_run(std::vector<LabelRun>& runs, const LabelRun& run);

/// Calls visit(y, x_begin, x_end, first, second) for every piece of a row in which two masks of one
/// size, given as runs, have one label each and not both background; from left to right, row by
/// row.
template <typename Visit>
void for_each_pair(std::span<const LabelRun> first, std::span<const LabelRun> second, Visit visit) {
  std::size_t a = 0;
  std::size_t b = 0;
  while (a < first.size() || b < second.size()) {
    const int y = a == first.size()    ? second[b].y
                  : b == second.size() ? first[a].y
                                       : std::min(first[a].y, second[b].y);
    const auto is_in = [y](std::span<const LabelRun> runs, std::size_t i) {
      return i < runs.size() && runs[i].y == y;
    };
    for (int x = 0; is_in(first, a) || is_in(second, b);) {
      int end = std::numeric_limits<int>::max();
      const auto label_at = [&](std::span<const LabelRun> runs, std::size_t i) {
        if (!is_in(runs, i)) return int{kBackgroundLabel};
        const bool is_here = runs[i].x_begin <= x;
        end = std::min(end, is_here ? runs[i].x_end : runs[i].x_begin);
        return is_here ? runs[i].label : int{kBackgroundLabel};
      };
      const int own = label_at(first, a);
      const int other = label_at(second, b);
      if (own != kBackgroundLabel || other != kBackgroundLabel) visit(y, x, end, own, other);
      x = end;
      if (is_in(first, a) && first[a].x_end <= x) ++a;
      if (is_in(second, b) && second[b].x_end <= x) ++b;
    }
  }
}

}  // namespace angiobench
