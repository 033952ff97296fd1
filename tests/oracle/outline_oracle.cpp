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

}  // namespace angiobench::oracle
