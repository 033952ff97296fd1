// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dataset/masks/mask.h"
#include "evaluator/counting/mask_contour.h"

namespace angiobench {

inline constexpr std::size_t kShapeBins = 12 * 5;

/// The outline of one mask as DAVIS 2016's temporal stability sees it: the points of its contour
/// with the most corners, and around each a shape context (Belongie et al., 2002): a histogram of
/// where the other points are, 12 angles x 5 distances (log scale from 1/8 to 2 of the mean
/// distance), divided by its sum.
struct OutlineShape {
  std::size_t num_points = 0;
  std::vector<double> contexts;  // num_points rows of kShapeBins values

  bool empty() const { return num_points == 0; }
  const double* context(std::size_t point) const { return contexts.data() + point * kShapeBins; }
};

/// The shape of the label `id` (after `map`) in a mask; empty where there is no contour of three
/// corners or more after simplification (no pixel, or a few of them).
OutlineShape outline_shape(const MaskView& mask, std::span<const std::uint8_t, 256> map, int id);

/// The same in two steps, for who keeps outlines: the curve with the most corners, which are whole
/// numbers (a few bytes where a shape is kilobytes), empty where there is none; and its shape.
Contour outline_contour(const MaskView& mask, std::span<const std::uint8_t, 256> map, int id);
OutlineShape shape_of_contour(const Contour& contour);

/// Shape contexts around the points of one closed curve. As if every distance were divided by the
/// mean of all, and every angle computed, to the last bit; where single precision tells the bin,
/// nothing else is computed.
OutlineShape shape_of_points(const Contour& points);

/// Sector (0..11, 30 degrees each) of the direction of (rows, columns), counted from growing rows
/// towards growing columns; 0 for no direction at all.
std::size_t shape_sector(double rows, double columns);

}  // namespace angiobench
