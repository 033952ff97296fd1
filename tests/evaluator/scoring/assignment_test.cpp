// SPDX-License-Identifier: MIT
#include "evaluator/scoring/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace angiobench {
namespace {

TEST(BestAssignment, EqualsTryingEveryPermutation) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    const std::size_t rows = 1 + random() % 4;
    const std::size_t columns = rows + random() % 3;
    std::vector<double> values(rows * columns);
    for (double& value : values) value = static_cast<double>(random() % 1000) / 1000;
    std::vector<std::size_t> order(columns);
    std::iota(order.begin(), order.end(), 0U);
    double best = -1;
    do {
      double sum = 0;
      for (std::size_t row = 0; row < rows; ++row) sum += values[row * columns + order[row]];
      best = std::max(best, sum);
    } while (std::next_permutation(order.begin(), order.end()));
    const std::vector<std::size_t> assigned = best_assignment(values, rows, columns);
    double sum = 0;
    for (std::size_t row = 0; row < rows; ++row) sum += values[row * columns + assigned[row]];
    EXPECT_NEAR(sum, best, 1e-12);
    std::vector<std::size_t> sorted = assigned;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end());
  }
}

}  // namespace
}  // namespace angiobench
