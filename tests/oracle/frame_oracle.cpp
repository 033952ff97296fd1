// SPDX-License-Identifier: MIT
#include "tests/oracle/frame_oracle.h"

#include <cmath>

namespace angiobench::oracle {
namespace {

std::uint32_t count_of(const Bitmap& map) {
  std::uint32_t count = 0;
  for (const auto& row : map) {
    for (const bool bit : row) count += bit ? 1 : 0;
  }
  return count;
}

Bitmap both(const Bitmap& a, const Bitmap& b) {
  Bitmap result = a;
  for (std::size_t y = 0; y < a.size(); ++y) {
    for (std::size_t x = 0; x < a[y].size(); ++x) result[y][x] = a[y][x] && b[y][x];
  }
  return result;
}

}  // namespace

Bitmap select(const MaskView& mask, int label) {
  Bitmap map(static_cast<std::size_t>(mask.height),
             std::vector<bool>(static_cast<std::size_t>(mask.width)));
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      map[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] = mask.at(x, y) == label;
    }
  }
  return map;
}

Bitmap boundary_of(const Bitmap& map) {
  const std::size_t height = map.size();
  const std::size_t width = map[0].size();
  Bitmap east(height, std::vector<bool>(width));
  Bitmap south = east;
  Bitmap south_east = east;
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      if (x + 1 < width) east[y][x] = map[y][x + 1];
      if (y + 1 < height) south[y][x] = map[y + 1][x];
      if (x + 1 < width && y + 1 < height) south_east[y][x] = map[y + 1][x + 1];
    }
  }
  Bitmap boundary(height, std::vector<bool>(width));
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const bool here = map[y][x];
      boundary[y][x] = here != east[y][x] || here != south[y][x] || here != south_east[y][x];
      if (y + 1 == height) boundary[y][x] = here != east[y][x];
      if (x + 1 == width) boundary[y][x] = here != south[y][x];
    }
  }
  boundary[height - 1][width - 1] = false;
  return boundary;
}

Bitmap dilate(const Bitmap& map, double radius) {
  std::vector<double> offsets;
  for (double value = -radius; offsets.size() < static_cast<std::size_t>(std::ceil(2 * radius + 1));
       value = -radius + static_cast<double>(offsets.size())) {
    offsets.push_back(value);
  }
  const auto anchor = static_cast<std::ptrdiff_t>(offsets.size() / 2);
  const auto height = static_cast<std::ptrdiff_t>(map.size());
  const auto width = static_cast<std::ptrdiff_t>(map[0].size());
  Bitmap result(map.size(), std::vector<bool>(map[0].size()));
  const auto is_inside = [&](std::size_t i, std::size_t j) {
    return offsets[i] * offsets[i] + offsets[j] * offsets[j] <= radius * radius;
  };
  bool has_pixel = false;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    for (std::size_t j = 0; j < offsets.size(); ++j) has_pixel = has_pixel || is_inside(i, j);
  }
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    for (std::size_t j = 0; j < offsets.size(); ++j) {
      // OpenCV takes an element without a pixel for its first one alone.
      if (has_pixel ? !is_inside(i, j) : i + j > 0) continue;
      const std::ptrdiff_t dy = static_cast<std::ptrdiff_t>(i) - anchor;
      const std::ptrdiff_t dx = static_cast<std::ptrdiff_t>(j) - anchor;
      for (std::ptrdiff_t y = 0; y < height; ++y) {
        for (std::ptrdiff_t x = 0; x < width; ++x) {
          const std::ptrdiff_t from_y = y + dy;
          const std::ptrdiff_t from_x = x + dx;
          if (from_y < 0 || from_y >= height || from_x < 0 || from_x >= width) continue;
          if (map[static_cast<std::size_t>(from_y)][static_cast<std::size_t>(from_x)]) {
            result[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] = true;
          }
        }
      }
    }
  }
  return result;
}

FrameCounts count(const Bitmap& truth, const Bitmap& prediction, double radius) {
  FrameCounts counts;
  counts.truth = count_of(truth);
  counts.prediction = count_of(prediction);
  counts.intersection = count_of(both(truth, prediction));
  counts.union_area = counts.truth + counts.prediction - counts.intersection;
  const Bitmap truth_boundary = boundary_of(truth);
  const Bitmap prediction_boundary = boundary_of(prediction);
  counts.truth_boundary = count_of(truth_boundary);
  counts.prediction_boundary = count_of(prediction_boundary);
  counts.truth_matched = count_of(both(truth_boundary, dilate(prediction_boundary, radius)));
  counts.prediction_matched = count_of(both(prediction_boundary, dilate(truth_boundary, radius)));
  return counts;
}

}  // namespace angiobench::oracle
