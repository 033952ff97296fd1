// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench {

/// A corner of the pixel grid: (0, 0) is the upper left corner of the first pixel. Between corners
/// once a contour is resampled, hence double.
struct ContourPoint {
  double row = 0;
  double column = 0;

  friend bool operator==(const ContourPoint&, const ContourPoint&) = default;
};

/// A closed polygon: its first point is repeated at the end.
using Contour = std::vector<ContourPoint>;

/// One of the closed curves that separate a mask from its background, along the cracks between
/// pixels, one point a corner. Outside the image is background. Where four cracks meet, curves turn
/// rather than cross, so that none passes a corner twice.
struct TracedContour {
  Contour points;
  bool is_hole = false;
};

/// The curves of the pixels whose label becomes `id` under `map`. Where each starts, which way it
/// runs and in which order they come is as in the code of DAVIS 2016 (polycont), because temporal
/// stability depends on it.
std::vector<TracedContour> trace_contours(const MaskView& mask,
                                          std::span<const std::uint8_t, 256> map, int id);

/// Simplifies each curve as DAVIS 2016's polycont does: points closer than `tolerance` to the last
/// kept one go (psimpl's radial distance), then Douglas-Peucker with the distance to the segment,
/// the last of equally far points being kept; first with 0.05 pixels, to get rid of points on
/// straight lines, then with `tolerance`. Curves left with three points or fewer (a line there and
/// back) go. Each then runs clockwise on the screen, or the other way round where it is a hole.
std::vector<Contour> simplify_contours(std::vector<TracedContour> contours, double tolerance);

/// Steps of at most `step` along every side: ceil(length / step) equal ones where it is longer. The
/// closing side, of length 0, adds nothing; the last point stays a copy of the first.
Contour resample_contour(const Contour& contour, double step);

}  // namespace angiobench
