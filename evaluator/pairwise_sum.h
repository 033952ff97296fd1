// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace angiobench {

/// The sum of doubles in the order of additions that NumPy's np.sum takes over contiguous memory
/// (eight accumulators up to 128 values, halves above), so that means are bit-equal to the public
/// scorers'.
double pairwise_sum(std::span<const double> values);

/// pairwise_sum / count, as np.mean. Requires at least one value.
double pairwise_mean(std::span<const double> values);

}  // namespace angiobench
