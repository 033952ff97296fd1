// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

namespace angiobench {

/// One row of a structuring element: offsets dx in [first, last] at vertical offset dy.
struct DiskRow {
  int dy;
  int first;
  int last;
};

/// Rows of the disk that the public scorers build: offsets arange(-radius, radius + 1) (NumPy)
/// whose squares sum to at most radius^2, anchored at the middle element. A whole radius gives {x^2
/// + y^2 <= r^2}; a fractional one an off-centre disk (MOSEv2: 17.62 gives 971 pixels where 18
/// gives 1009).
std::vector<DiskRow> disk_rows(double radius);

}  // namespace angiobench
