// SPDX-License-Identifier: MIT
#include "dataset/masks/mask.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "dataset/error.h"

namespace angiobench {
namespace {

// The end of the run of equal bytes that starts at `x`: eight at a time, for masks are made of long
// runs.
int run_end(const std::uint8_t* row, int x, int width) {
  const std::uint64_t pattern = row[x] * 0x0101010101010101ULL;
  int end = x + 1;
  for (; end + 8 <= width; end += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, row + end, 8);
    const std::uint64_t difference = word ^ pattern;
    if (difference == 0) continue;
    const int zero_bits = std::endian::native == std::endian::little ? std::countr_zero(difference)
                                                                     : std::countl_zero(difference);
    return end + zero_bits / 8;
  }
  while (end < width && row[end] == row[x]) ++end;
  return end;
}

}  // namespace

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

MaskView pixels_of(const MaskLabels& labels, Mask& storage) {
  if (!labels.has_runs) return labels.pixels;
  if (storage.width() == labels.width && storage.height() == labels.height) {
    std::fill_n(storage.pixels(), std::ptrdiff_t{labels.width} * labels.height, kBackgroundLabel);
  } else {
    storage = Mask(labels.width, labels.height);
  }
  for (const LabelRun& run : labels.runs) {
    std::fill_n(storage.pixels() + std::ptrdiff_t{run.y} * labels.width + run.x_begin,
                run.x_end - run.x_begin, static_cast<std::uint8_t>(run.label));
  }
  return storage.view();
}

MaskLabels runs_of(const MaskLabels& labels, std::vector<LabelRun>& storage) {
  if (labels.has_runs) return labels;
  const MaskView& mask = labels.pixels;
  storage.clear();
  for (int y = mask.num_empty_above; y < mask.height - mask.num_empty_below; ++y) {
    const std::uint8_t* const row = mask.row(y);
    for (int x = 0; x < mask.width;) {
      const int end = run_end(row, x, mask.width);
      if (row[x] != kBackgroundLabel) storage.push_back({y, x, end, row[x]});
      x = end;
    }
  }
  return {mask.width, mask.height, storage};
}

LabelRuns::LabelRuns(const MaskLabels& labels) : width_(labels.width), height_(labels.height) {
  if (labels.has_runs) {
    runs_.assign(labels.runs.begin(), labels.runs.end());
  } else {
    runs_of(labels, runs_);
  }
}

void append_run(std::vector<LabelRun>& runs, const LabelRun& run) {
  const bool goes_on = !runs.empty() && runs.back().y == run.y &&
                       runs.back().x_end == run.x_begin && runs.back().label == run.label;
  if (goes_on) {
    runs.back().x_end = run.x_end;
  } else {
    runs.push_back(run);
  }
}

}  // namespace angiobench
