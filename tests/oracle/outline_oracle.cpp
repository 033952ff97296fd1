// SPDX-License-Identifier: MIT
#include "tests/oracle/outline_oracle.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numbers>
#include <queue>
#include <set>

namespace angiobench::oracle {

std::vector<std::vector<double>> shape_contexts(const Contour& points) {
  double mean = 0;
  for (const ContourPoint& a : points) {
    for (const ContourPoint& b : points) mean += std::hypot(a.row - b.row, a.column - b.column);
  }
  mean /= static_cast<double>(points.size() * points.size());
  std::vector<std::vector<double>> contexts;
  for (const ContourPoint& a : points) {
    std::vector<double> histogram(60);
    double sum = 0;
    for (const ContourPoint& b : points) {
      const double distance = std::hypot(a.row - b.row, a.column - b.column) / mean;
      int ring = -1;
      for (const double radius : {2.0, 1.0, 0.5, 0.25, 0.125}) ring += distance < radius ? 1 : 0;
      if (ring < 0) continue;
      const double angle = std::atan2(b.column - a.column, b.row - a.row);
      const double turn = 2 * std::numbers::pi;
      const double positive = std::fmod(std::fmod(angle, turn) + turn, turn);
      histogram[static_cast<std::size_t>(ring * 12 +
                                         static_cast<int>(positive / (turn / 12)) % 12)]++;
      ++sum;
    }
    for (double& count : histogram) count /= sum;
    contexts.push_back(std::move(histogram));
  }
  return contexts;
}

std::vector<std::pair<int, int>> shortest_path(const std::vector<std::vector<double>>& costs) {
  using Cell = std::pair<int, int>;
  const Cell last{static_cast<int>(costs.size()) - 1, static_cast<int>(costs[0].size()) - 1};
  const auto cost = [&](const Cell& cell) {
    return costs[static_cast<std::size_t>(cell.first)][static_cast<std::size_t>(cell.second)];
  };
  std::map<Cell, double> distance = {{{0, 0}, 0}};
  std::map<Cell, Cell> parent;
  std::priority_queue<std::pair<double, Cell>, std::vector<std::pair<double, Cell>>, std::greater<>>
      queue;
  queue.push({0, {0, 0}});
  while (!queue.empty()) {
    const auto [so_far, cell] = queue.top();
    queue.pop();
    if (so_far > distance[cell]) continue;
    for (const Cell& step : {Cell{1, 0}, Cell{0, 1}, Cell{1, 1}}) {
      const Cell next{cell.first + step.first, cell.second + step.second};
      if (next.first > last.first || next.second > last.second) continue;
      const double reached = so_far + cost(next);
      if (distance.contains(next) && distance[next] <= reached) continue;
      distance[next] = reached;
      parent[next] = cell;
      queue.push({reached, next});
    }
  }
  std::vector<Cell> path = {last};
  while (path.back() != Cell{0, 0}) path.push_back(parent.at(path.back()));
  return path;
}

double outline_change(const Contour& from, const Contour& to) {
  const auto a = shape_contexts(from);
  const auto b = shape_contexts(to);
  std::vector<std::vector<double>> costs(a.size(), std::vector<double>(b.size()));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      for (std::size_t bin = 0; bin < 60; ++bin) {
        const double sum = a[i][bin] + b[j][bin];
        if (sum > 0) costs[i][j] += (a[i][bin] - b[j][bin]) * (a[i][bin] - b[j][bin]) / sum / 2;
      }
    }
  }
  const auto cost = [&](const std::pair<int, int>& pair) {
    return costs[static_cast<std::size_t>(pair.first)][static_cast<std::size_t>(pair.second)];
  };
  std::pair<int, int> best;
  double least = std::numeric_limits<double>::infinity();
  for (const auto& pair : shortest_path(costs)) {
    if (pair == std::pair(0, 0) || cost(pair) >= least) continue;
    best = pair;
    least = cost(pair);
  }
  // Turn the matrix so that the best pair comes last.
  std::vector<std::vector<double>> turned = costs;
  for (auto& row : turned) std::rotate(row.begin(), row.begin() + best.second + 1, row.end());
  std::rotate(turned.begin(), turned.begin() + best.first + 1, turned.end());
  std::vector<std::pair<int, int>> pairs;
  for (const auto& [row, column] : shortest_path(turned)) {
    pairs.emplace_back((row + best.first + 1) % static_cast<int>(a.size()),
                       (column + best.second + 1) % static_cast<int>(b.size()));
  }
  std::map<int, std::pair<int, int>> by_first;
  for (const auto& pair : pairs) {
    const auto [found, is_new] = by_first.emplace(pair.first, pair);
    if (!is_new && cost(pair) < cost(found->second)) found->second = pair;
  }
  std::map<int, std::pair<int, int>> by_second;
  for (const auto& [first, pair] : by_first) {
    const auto [found, is_new] = by_second.emplace(pair.second, pair);
    if (!is_new && cost(pair) < cost(found->second)) found->second = pair;
  }
  double sum = 0;
  for (const auto& [second, pair] : by_second) sum += cost(pair);
  return sum / static_cast<double>(by_second.size());
}

OutlineShape plain_shape(const Contour& points) {
  const std::size_t n = points.size();
  const auto distance = [&](std::size_t i, std::size_t j) {
    const double rows = points[j].row - points[i].row;
    const double columns = points[j].column - points[i].column;
    return std::sqrt(rows * rows + columns * columns);
  };
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) sum += distance(i, j);
  }
  const double mean = sum / static_cast<double>(n * n);
  OutlineShape shape;
  shape.num_points = n;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> counts(kShapeBins);
    double total = 0;
    for (std::size_t j = 0; j < n; ++j) {
      int ring = -1;
      for (const double radius : {2.0, 1.0, 0.5, 0.25, 0.125})
        ring += distance(i, j) / mean < radius ? 1 : 0;
      if (ring < 0) continue;
      const std::size_t sector =
          shape_sector(points[j].row - points[i].row, points[j].column - points[i].column);
      ++counts[static_cast<std::size_t>(ring) * 12 + sector];
      ++total;
    }
    for (const double count : counts)
      shape.contexts.push_back(count / (total + std::numeric_limits<double>::epsilon()));
  }
  return shape;
}

namespace {

using CostPair = std::pair<std::size_t, std::size_t>;
using CostMatrix = std::vector<std::vector<double>>;

// The last pair first, in the rows and columns of `costs`, which is read from `first` on.
std::vector<CostPair> plain_path(const CostMatrix& costs, CostPair first) {
  const std::size_t rows = costs.size();
  const std::size_t columns = costs[0].size();
  constexpr double kNone = std::numeric_limits<double>::infinity();
  const auto source = [&](std::size_t i, std::size_t j) {
    return CostPair((i + first.first) % rows, (j + first.second) % columns);
  };
  CostMatrix sums(rows, std::vector<double>(columns));
  std::vector<std::vector<CostPair>> from(rows, std::vector<CostPair>(columns));
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      if (i == 0 && j == 0) continue;
      double least = kNone;
      // Of equally cheap ways the first of these.
      for (const CostPair& step : {CostPair(1, 1), CostPair(1, 0), CostPair(0, 1)}) {
        if (i < step.first || j < step.second) continue;
        if (sums[i - step.first][j - step.second] < least) {
          least = sums[i - step.first][j - step.second];
          from[i][j] = {i - step.first, j - step.second};
        }
      }
      const auto [row, column] = source(i, j);
      sums[i][j] = least + costs[row][column];
    }
  }
  std::vector<CostPair> path;
  for (CostPair at(rows - 1, columns - 1);; at = from[at.first][at.second]) {
    path.push_back(source(at.first, at.second));
    if (at == CostPair(0, 0)) return path;
  }
}

// One pair for each point of one side, the cheapest, the first of equals in the order of the path.
std::vector<CostPair> plain_choice(const std::vector<CostPair>& path, const CostMatrix& costs,
                                   std::size_t CostPair::*side) {
  std::map<std::size_t, CostPair> kept;
  for (const CostPair& pair : path) {
    const auto [found, is_new] = kept.emplace(pair.*side, pair);
    const CostPair& held = found->second;
    if (!is_new && costs[pair.first][pair.second] < costs[held.first][held.second])
      found->second = pair;
  }
  std::vector<CostPair> pairs;
  for (const auto& [point, pair] : kept) pairs.push_back(pair);
  return pairs;
}

}  // namespace

double plain_change(const OutlineShape& from, const OutlineShape& to) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  CostMatrix costs(from.num_points, std::vector<double>(to.num_points));
  for (std::size_t i = 0; i < from.num_points; ++i) {
    for (std::size_t j = 0; j < to.num_points; ++j) {
      for (std::size_t bin = 0; bin < kShapeBins; ++bin) {
        const double a = from.context(i)[bin];
        const double b = to.context(j)[bin];
        costs[i][j] += (a - b) * (a - b) / (a + b + kEpsilon);
      }
      costs[i][j] *= 0.5;
    }
  }
  const auto cost = [&](const CostPair& pair) { return costs[pair.first][pair.second]; };
  const std::vector<CostPair> first = plain_path(costs, {0, 0});
  CostPair best = first.front();
  for (std::size_t i = 0; i + 1 < first.size(); ++i) {
    if (cost(first[i]) < cost(best)) best = first[i];
  }
  std::vector<CostPair> pairs = plain_path(costs, {best.first + 1, best.second + 1});
  pairs = plain_choice(pairs, costs, &CostPair::first);
  pairs = plain_choice(pairs, costs, &CostPair::second);
  double sum = 0;
  for (const CostPair& pair : pairs) sum += cost(pair);
  return sum / static_cast<double>(pairs.size());
}

}  // namespace angiobench::oracle
