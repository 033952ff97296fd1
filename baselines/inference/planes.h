// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

namespace angiobench {

/// How many pixels are put round an image so that both sides are multiples of 16: of n missing ones
/// floor(n / 2) first.
struct Padding {
  int left = 0;
  int right = 0;
  int top = 0;
  int bottom = 0;

  friend bool operator==(const Padding&, const Padding&) = default;
};

Padding padding_to_16(int height, int width);

/// One plane of floats, row by row.
struct Plane {
  int height = 0;
  int width = 0;
  std::vector<float> pixels;

  Plane() = default;
  Plane(int rows, int columns, float value = 0)
      : height(rows), width(columns), pixels(static_cast<std::size_t>(rows) * columns, value) {}
  float& at(int y, int x) { return pixels[static_cast<std::size_t>(y) * width + x]; }
  float at(int y, int x) const { return pixels[static_cast<std::size_t>(y) * width + x]; }
};

/// Puts zeros round a plane, or takes the margin off.
Plane pad(const Plane& plane, const Padding& padding);
Plane unpad(const Plane& plane, const Padding& padding);

/// Resizing as PyTorch's interpolate does it (half-pixel centres, align_corners false, no
/// antialiasing): bicubic with A = -0.75 and clamped borders, bilinear, and nearest (floor). The
/// same size gives the plane itself.
Plane resize_bicubic(const Plane& plane, int height, int width);
Plane resize_bilinear(const Plane& plane, int height, int width);
Plane resize_nearest(const Plane& plane, int height, int width);

/// Soft aggregation (STCN): planes[0] = product of (1 - p) over the k object planes given in
/// planes[1..k]; all clamped to [1e-7, 1 - 1e-7]; log-odds; softmax over the planes, in place. All
/// planes have one size.
void aggregate(std::span<Plane> planes);

}  // namespace angiobench
