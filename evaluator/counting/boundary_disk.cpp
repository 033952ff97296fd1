// SPDX-License-Identifier: MIT
#include "evaluator/counting/boundary_disk.h"

#include <cmath>

#include "dataset/error.h"

namespace angiobench {

std::vector<DiskRow> disk_rows(double radius) {
  expects(radius >= 0 && radius < 10000, "a boundary radius is between 0 and 10000 pixels");
  // The values of numpy.arange(-radius, radius + 1); the anchor is element size / 2, as OpenCV
  // takes it.
  const int size = static_cast<int>(std::ceil(radius + 1 - -radius));
  const int anchor = size / 2;
  const auto value = [&](int i) { return -radius + i; };
  std::vector<DiskRow> rows;
  for (int i = 0; i < size; ++i) {
    int first = size;
    int last = -1;
    for (int j = 0; j < size; ++j) {
      if (value(i) * value(i) + value(j) * value(j) > radius * radius) continue;
      if (first == size) first = j;
      last = j;
    }
    if (last >= 0) rows.push_back({i - anchor, first - anchor, last - anchor});
  }
  // OpenCV takes an element without a pixel (radii below 0.5858 that are not whole) for its first
  // one alone.
  if (rows.empty()) rows.push_back({-anchor, -anchor, -anchor});
  return rows;
}

}  // namespace angiobench
