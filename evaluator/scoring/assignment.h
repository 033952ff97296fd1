// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace angiobench {

/// For each row the column it is given so that the sum of values is largest and no column is given
/// twice (Kuhn-Munkres, O(n^3)). `values` is row-major; num_rows <= num_columns. Ties go to the
/// lower column where the sum is the same.
std::vector<std::size_t> best_assignment(const std::vector<double>& values, std::size_t num_rows,
                                         std::size_t num_columns);

}  // namespace angiobench
