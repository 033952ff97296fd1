// SPDX-License-Identifier: MIT
#pragma once

// Outlines of masks in single precision (temporal stability). Included after kernel_body.h by one
// file for each level. Everything here has internal linkage.

#include "evaluator/kernels/kernel_body.h"

namespace angiobench::kernels {
namespace {

constexpr std::size_t kFloats = 2 * static_cast<std::size_t>(kLanes);
typedef float Floats __attribute__((vector_size(kFloats * 4), aligned(4), may_alias));
typedef std::int32_t Integers __attribute__((vector_size(kFloats * 4), aligned(4), may_alias));

inline Floats absolute(Floats value) {
  return reinterpret_cast<Floats>(reinterpret_cast<Integers>(value) & 0x7fffffff);
}

std::size_t outline_bins(const OutlinePoints& points, float row, float column,
                         const OutlineBorders& borders, std::int32_t* bins,
                         std::uint32_t* unclear) {
  constexpr float kTangentOf30 = 0.57735026918962576F;
  constexpr float kTangentOf60 = 1.73205080756887729F;
  const float margin = borders.margin;
  const std::size_t num_points = points.num_points;
  std::size_t num_unclear = 0;
  for (std::size_t j = 0; j < num_points; j += kFloats) {
    const Floats rows = *reinterpret_cast<const Floats*>(points.rows + j) - row;
    const Floats columns = *reinterpret_cast<const Floats*>(points.columns + j) - column;
    const Floats squared = rows * rows + columns * columns;
    Integers within{};
    Integers perhaps_within{};
    for (int k = 0; k < kOutlineRings; ++k) {
      within -= squared < borders.low[k];
      perhaps_within -= squared < borders.high[k];
    }
    const Floats r = absolute(rows);
    const Floats c = absolute(columns);
    const Floats above_30 = c - r * kTangentOf30;
    const Floats above_60 = c - r * kTangentOf60;
    const Integers is_unclear = (within != perhaps_within) | (r < margin) | (c < margin) |
                                (absolute(above_30) < margin) | (absolute(above_60) < margin);
    // Sectors from the axis of rows; they count down in the second and the fourth quarter.
    const Integers from_axis = -((above_30 > 0) + (above_60 > 0));
    const Integers down = rows > 0;
    const Integers right = columns > 0;
    const Integers backwards = down ^ right;
    const Integers first = (down & ~right & 11) | (~down & right & 5) | (~down & ~right & 6);
    const Integers sector = first + ((from_axis ^ backwards) - backwards);
    const Integers outside = within == 0;
    Integers bin = (within - 1) * kOutlineSectors + sector;
    bin = (bin & ~outside) | (outside & kOutsideRings);
    bin = (bin & ~is_unclear) | (is_unclear & kUnclearBin);
    *reinterpret_cast<Integers*>(bins + j) = bin;
    if (any(reinterpret_cast<Rows>(is_unclear))) {
      for (std::size_t k = 0; k < kFloats && j + k < num_points; ++k) {
        if (is_unclear[k] != 0) unclear[num_unclear++] = static_cast<std::uint32_t>(j + k);
      }
    }
  }
  for (std::size_t j = num_points; j % kOutlinePadding != 0; ++j) bins[j] = kUnclearBin;
  return num_unclear;
}

// (a - b)^2 / (a + b) is a + b - 4 a b / (a + b): only bins that both have divide, two of them at
// once.
void outline_costs(const OutlineBin* bins, std::size_t num_bins, const float* sums, std::size_t at,
                   float* costs) {
  constexpr std::size_t kVectors = kOutlineBlock / kFloats;
  Floats common[kVectors] = {};
  float sum = 0;
  for (std::size_t k = 0; k < num_bins; k += 2) {
    const float a = bins[k].value;
    const float c = bins[k + 1].value;
    sum += a + c;
    for (std::size_t v = 0; v < kVectors; ++v) {
      const Floats b = *reinterpret_cast<const Floats*>(bins[k].others + at + v * kFloats);
      const Floats d = *reinterpret_cast<const Floats*>(bins[k + 1].others + at + v * kFloats);
      const Floats first = a + b;
      const Floats second = c + d;
      common[v] += (a * b * second + c * d * first) / (first * second);
    }
  }
  for (std::size_t v = 0; v < kVectors; ++v) {
    const Floats other = *reinterpret_cast<const Floats*>(sums + at + v * kFloats);
    *reinterpret_cast<Floats*>(costs + v * kFloats) = 0.5F * (sum + other) - 2 * common[v];
  }
}

}  // namespace
}  // namespace angiobench::kernels
