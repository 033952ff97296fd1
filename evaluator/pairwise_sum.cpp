// SPDX-License-Identifier: MIT
#include "evaluator/pairwise_sum.h"

#include "dataset/error.h"

namespace angiobench {

double pairwise_sum(std::span<const double> values) {
  constexpr std::size_t kBlock = 128;  // NumPy's PW_BLOCKSIZE
  const std::size_t count = values.size();
  if (count < 8) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
  }
  if (count <= kBlock) {
    double lanes[8];
    for (std::size_t i = 0; i < 8; ++i) lanes[i] = values[i];
    std::size_t i = 8;
    for (; i + 8 <= count; i += 8) {
      for (std::size_t lane = 0; lane < 8; ++lane) lanes[lane] += values[i + lane];
    }
    double sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
                 ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    for (; i < count; ++i) sum += values[i];
    return sum;
  }
  std::size_t half = count / 2;
  half -= half % 8;
  return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
}

double pairwise_mean(std::span<const double> values) {
  expects(!values.empty(), "a mean is over at least one value");
  return pairwise_sum(values) / static_cast<double>(values.size());
}

}  // namespace angiobench
