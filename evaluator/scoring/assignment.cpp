// SPDX-License-Identifier: MIT
#include "evaluator/scoring/assignment.h"

#include <limits>

#include "dataset/error.h"

namespace angiobench {

std::vector<std::size_t> best_assignment(const std::vector<double>& values, std::size_t num_rows,
                                         std::size_t num_columns) {
  expects(num_rows <= num_columns && values.size() == num_rows * num_columns,
          "an assignment has at least as many columns as rows");
  // Shortest augmenting paths with potentials; row and column 0 are sentinels.
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  std::vector<double> row_potential(num_rows + 1);
  std::vector<double> column_potential(num_columns + 1);
  std::vector<std::size_t> row_of(num_columns + 1);
  for (std::size_t row = 1; row <= num_rows; ++row) {
    row_of[0] = row;
    std::size_t column = 0;
    std::vector<double> shortest(num_columns + 1, kInfinite);
    std::vector<std::size_t> came_from(num_columns + 1);
    std::vector<bool> is_done(num_columns + 1);
    do {
      is_done[column] = true;
      const std::size_t current = row_of[column];
      double step = kInfinite;
      std::size_t next = 0;
      for (std::size_t c = 1; c <= num_columns; ++c) {
        if (is_done[c]) continue;
        const double cost = -values[(current - 1) * num_columns + c - 1] - row_potential[current] -
                            column_potential[c];
        if (cost < shortest[c]) {
          shortest[c] = cost;
          came_from[c] = column;
        }
        if (shortest[c] < step) {
          step = shortest[c];
          next = c;
        }
      }
      for (std::size_t c = 0; c <= num_columns; ++c) {
        if (is_done[c]) {
          row_potential[row_of[c]] += step;
          column_potential[c] -= step;
        } else {
          shortest[c] -= step;
        }
      }
      column = next;
    } while (row_of[column] != 0);
    for (; column != 0; column = came_from[column]) row_of[column] = row_of[came_from[column]];
  }
  std::vector<std::size_t> column_of(num_rows);
  for (std::size_t column = 1; column <= num_columns; ++column) {
    if (row_of[column] != 0) column_of[row_of[column] - 1] = column - 1;
  }
  return column_of;
}

}  // namespace angiobench
