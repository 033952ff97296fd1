// SPDX-License-Identifier: MIT
#include "evaluator/counting/label_planes.h"

#include <algorithm>

namespace angiobench {

using kernels::ColumnRange;
using kernels::PixelBox;

kernels::PlaneShape bit_plane_shape(int width, int height) {
  const int num_groups = (height + kernels::kGroup - 1) / kernels::kGroup;
  return {width,
          height,
          (width + 63) / 64,
          num_groups,
          (num_groups + 63) / 64,
          static_cast<std::ptrdiff_t>(height) + kernels::kRowPadding};
}

ColumnRange union_of(const ColumnRange& a, const ColumnRange& b) {
  if (a.end == 0) return b;
  if (b.end == 0) return a;
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

PixelBox union_of(const PixelBox& a, const PixelBox& b) {
  if (a.y_end == 0) return b;
  if (b.y_end == 0) return a;
  return {std::min(a.x_begin, b.x_begin), std::max(a.x_end, b.x_end),
          std::min(a.y_begin, b.y_begin), std::max(a.y_end, b.y_end)};
}

// Calls visit with the place in the plane of every group of rows that holds a pixel.
template <typename Visit>
void LabelPlanes::for_each_group(int label, Visit visit) const {
  const ColumnRange& columns = columns_[index(label)];
  for (int word = columns.begin / 64; 64 * word < columns.end; ++word) {
    const std::uint64_t* const occupied = planes_[index(label)] + shape_.occupied_at(word);
    for (int k = 0; k < shape_.group_words; ++k) {
      for (std::uint64_t left = occupied[k]; left != 0; left &= left - 1) {
        const int group = 64 * k + std::countr_zero(left);
        visit(word * shape_.column_stride + static_cast<std::ptrdiff_t>(group) * kernels::kGroup);
      }
    }
  }
}

void LabelPlanes::reset(const kernels::PlaneShape& shape) {
  if (shape.width != shape_.width || shape.height != shape_.height) {
    for (auto& plane : storage_) plane = {};
    planes_.fill(nullptr);
    columns_.fill(ColumnRange{});
    shape_ = shape;
  } else {
    used_.for_each([this](int label) { clear(label); });
  }
  used_.clear();
  skipped_.clear();
}

void LabelPlanes::pack(const kernels::Level& level, const MaskLabels& mask,
                       const std::array<std::uint8_t, 256>& map) {
  if (mask.has_runs) {
    fill(mask.runs, map);
  } else {
    const MaskView& pixels = mask.pixels;
    const kernels::PackTarget target{
        shape_,        map.data(),       planes_.data(),         columns_.data(),
        used_.words(), skipped_.words(), &LabelPlanes::allocate, this};
    const int row_begin = pixels.num_empty_above / kernels::kGroup * kernels::kGroup;
    const int row_end = pixels.height - pixels.num_empty_below;
    if (row_begin < row_end) level.pack(pixels.data, pixels.stride, row_begin, row_end, target);
  }
  used_.for_each([this](int label) { repeat_last_row(label); });
}

// Each run is a piece of a row of words, all ones between its ends.
void LabelPlanes::fill(std::span<const LabelRun> runs, const std::array<std::uint8_t, 256>& map) {
  const std::ptrdiff_t stride = shape_.column_stride;
  const std::ptrdiff_t group_words = shape_.group_words;
  for (std::size_t i = 0; i < runs.size();) {
    // All runs of a label in a row of runs: most masks have one.
    const int raw = runs[i].label;
    const std::size_t label = map[index(raw)];
    if (label == 0) {
      skipped_.add(raw);
      while (i < runs.size() && runs[i].label == raw) ++i;
      continue;
    }
    if (planes_[label] == nullptr) planes_[label] = allocate(this, static_cast<int>(label));
    used_.add(static_cast<int>(label));
    std::uint64_t* const plane = planes_[label];
    std::uint64_t* const occupied = plane + shape_.occupied_at(0);
    int x_begin = runs[i].x_begin;
    int x_end = runs[i].x_end;
    for (; i < runs.size() && runs[i].label == raw; ++i) {
      const LabelRun& run = runs[i];
      x_begin = std::min(x_begin, run.x_begin);
      x_end = std::max(x_end, run.x_end);
      const int group = run.y / kernels::kGroup;
      const std::uint64_t group_bit = std::uint64_t{1} << (group % 64);
      const std::ptrdiff_t last = (run.x_end - 1) / 64;
      std::ptrdiff_t word = run.x_begin / 64;
      std::uint64_t* bits = plane + word * stride + run.y;
      std::uint64_t* groups = occupied + word * group_words + group / 64;
      std::uint64_t ones = ~std::uint64_t{0} << (run.x_begin % 64);
      for (; word < last; ++word, bits += stride, groups += group_words) {
        *bits |= ones;
        *groups |= group_bit;
        ones = ~std::uint64_t{0};
      }
      *bits |= ones & (~std::uint64_t{0} >> (63 - (run.x_end - 1) % 64));
      *groups |= group_bit;
    }
    columns_[label] = union_of(columns_[label], {x_begin, x_end});
  }
}

void LabelPlanes::subtract(const LabelPlanes& other, int other_label) {
  if (!other.has(other_label)) return;
  const std::uint64_t* const gone = other.planes_[index(other_label)];
  used_.for_each([&](int label) {
    if (&other == this && label == other_label) return;
    std::uint64_t* const plane = planes_[index(label)];
    for_each_group(label, [&](std::ptrdiff_t first) {
      for (std::ptrdiff_t i = first; i < first + kernels::kGroup; ++i) plane[i] &= ~gone[i];
    });
    repeat_last_row(label);
  });
}

PixelBox LabelPlanes::box(int label) const {
  PixelBox box{};
  if (!has(label)) return box;
  for_each_group(label, [&](std::ptrdiff_t first) {
    const auto y = static_cast<int>(first % shape_.column_stride);
    const ColumnRange& columns = columns_[index(label)];
    box = union_of(box,
                   {columns.begin, columns.end, y, std::min(y + kernels::kGroup, shape_.height)});
  });
  return box;
}

std::uint64_t* LabelPlanes::allocate(void* context, int label) {
  auto* const self = static_cast<LabelPlanes*>(context);
  auto& plane = self->storage_[index(label)];
  plane.assign(static_cast<std::size_t>(self->shape_.plane_words()), 0);
  return plane.data();
}

void LabelPlanes::clear(int label) {
  std::uint64_t* const plane = planes_[index(label)];
  for_each_group(label,
                 [&](std::ptrdiff_t first) { std::fill_n(plane + first, kernels::kGroup, 0); });
  ColumnRange& columns = columns_[index(label)];
  for (int word = columns.begin / 64; 64 * word < columns.end; ++word) {
    std::fill_n(plane + shape_.occupied_at(word), shape_.group_words, 0);
    plane[word * shape_.column_stride + shape_.height] = 0;  // the repeated last row
  }
  columns = {};
}

void LabelPlanes::repeat_last_row(int label) {
  const ColumnRange& columns = columns_[index(label)];
  for (int word = columns.begin / 64; 64 * word < columns.end; ++word) {
    std::uint64_t* const column = planes_[index(label)] + word * shape_.column_stride;
    column[shape_.height] = column[shape_.height - 1];
  }
}

}  // namespace angiobench
