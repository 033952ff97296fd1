// SPDX-License-Identifier: MIT
#include "evaluator/counting/temporal_stability.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr double kTolerance = 1.5;  // of simplification, in pixels: 3 on a grid of half pixels
constexpr double kStep = 3;         // largest distance of neighbouring points, in pixels
constexpr std::size_t kAngles = 12;
constexpr std::array<double, 5> kRadii = {0.125, 0.25, 0.5, 1, 2};  // of the mean distance
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// Of pairs that share a point (of the first or the second outline), the cheapest; the first of
// equals.
template <typename Key>
void keep_cheapest(std::vector<CostPair>& pairs, const std::vector<double>& costs,
                   std::size_t num_columns, Key key) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [&](const CostPair& a, const CostPair& b) { return key(a) < key(b); });
  const auto cost = [&](const CostPair& pair) {
    return costs[pair.first * num_columns + pair.second];
  };
  std::size_t num_kept = 0;
  for (const CostPair& pair : pairs) {
    if (num_kept == 0 || key(pairs[num_kept - 1]) != key(pair)) {
      pairs[num_kept++] = pair;
    } else if (cost(pair) < cost(pairs[num_kept - 1])) {
      pairs[num_kept - 1] = pair;
    }
  }
  pairs.resize(num_kept);
}

// Makes room for so many values, none of the old ones kept: growing would hold both for a moment.
template <typename Value>
void renew(std::vector<Value>& values, std::size_t size) {
  if (values.capacity() < size) values = std::vector<Value>();
  values.resize(size);
}

// Chi-square distances of every pair of contexts, row by row. `alone`: what a bin adds where
// `from` has nothing in it.
void context_costs(const OutlineShape& from, const OutlineShape& to, std::vector<double>& alone,
                   std::vector<double>& costs) {
  const std::size_t n = to.num_points;
  alone.resize(to.contexts.size());
  for (std::size_t i = 0; i < alone.size(); ++i)
    alone[i] = to.contexts[i] * to.contexts[i] / (to.contexts[i] + kEpsilon);
  renew(costs, from.num_points * n);
  std::fill(costs.begin(), costs.end(), 0);
  for (std::size_t i = 0; i < from.num_points; ++i) {
    double* const row = costs.data() + i * n;
    for (std::size_t bin = 0; bin < kShapeBins; ++bin) {
      const double a = from.contexts[bin * from.num_points + i];
      const double* const b = to.contexts.data() + bin * n;
      const double* const only = alone.data() + bin * n;
      if (a == 0) {
        for (std::size_t j = 0; j < n; ++j) row[j] += only[j];
      } else {
        for (std::size_t j = 0; j < n; ++j)
          row[j] += (a - b[j]) * (a - b[j]) / (a + b[j] + kEpsilon);
      }
    }
    for (std::size_t j = 0; j < n; ++j) row[j] *= 0.5;
  }
}

}  // namespace

std::size_t shape_sector(double rows, double columns) {
  // Along an axis, and where no border of a sector is near, comparisons tell; else the angle as the
  // public code computes and rounds it.
  const double r = std::abs(rows);
  const double c = std::abs(columns);
  if (c == 0) return rows < 0 ? 6 : 0;
  if (r == 0) return columns < 0 ? 9 : 3;
  constexpr double kClear = 1e-9;
  const double margin = kClear * (r + c);
  const double above_30 = c - r * std::numbers::inv_sqrt3;
  const double above_60 = c - r * std::numbers::sqrt3;
  const bool is_clear =
      r > margin && c > margin && std::abs(above_30) > margin && std::abs(above_60) > margin;
  if (is_clear) {
    // Sectors from the axis of rows.
    const std::size_t within = (above_30 > 0 ? 1U : 0U) + (above_60 > 0 ? 1U : 0U);
    if (rows > 0) return columns > 0 ? within : 11 - within;
    return columns > 0 ? 5 - within : 6 + within;
  }
  constexpr double kTurn = 2 * std::numbers::pi;
  const double angle = std::fmod(std::fmod(std::atan2(columns, rows), kTurn) + kTurn, kTurn);
  // An angle just below a whole turn is divided to the number of sectors: it is the axis, missed by
  // less than a double tells.
  return static_cast<std::size_t>(std::floor(angle / (kTurn / kAngles))) % kAngles;
}

OutlineShape outline_shape(const MaskView& mask, std::span<const std::uint8_t, 256> map, int id) {
  const std::vector<Contour> contours =
      simplify_contours(trace_contours(mask, map, id), kTolerance);
  OutlineShape shape;
  if (contours.empty()) return shape;
  const Contour points = resample_contour(
      *std::max_element(contours.begin(), contours.end(),
                        [](const Contour& a, const Contour& b) { return a.size() < b.size(); }),
      kStep);

  const std::size_t n = points.size();
  std::vector<double> distances(n);
  const auto measure_from = [&](const ContourPoint& from) {
    for (std::size_t j = 0; j < n; ++j) {
      const double rows = points[j].row - from.row;
      const double columns = points[j].column - from.column;
      distances[j] = std::sqrt(rows * rows + columns * columns);
    }
  };
  double sum = 0;
  for (const ContourPoint& from : points) {
    measure_from(from);
    for (const double distance : distances) sum += distance;
  }
  const double mean = sum / static_cast<double>(n * n);

  shape.num_points = n;
  shape.contexts.resize(kShapeBins * n);
  for (std::size_t i = 0; i < n; ++i) {
    measure_from(points[i]);
    std::array<std::uint32_t, kShapeBins> counts{};
    std::uint32_t total = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double distance = distances[j] / mean;
      std::size_t num_within = 0;  // radii that reach this far; the outermost ring comes first
      for (const double radius : kRadii) num_within += distance < radius ? 1 : 0;
      if (num_within == 0) continue;
      ++counts[(num_within - 1) * kAngles +
               shape_sector(points[j].row - points[i].row, points[j].column - points[i].column)];
      ++total;
    }
    for (std::size_t bin = 0; bin < kShapeBins; ++bin)
      shape.contexts[bin * n + i] = counts[bin] / (total + kEpsilon);
  }
  return shape;
}

void cheapest_path(const TurnedCosts& matrix, std::vector<double>& sums,
                   std::vector<std::uint8_t>& steps, std::vector<CostPair>& path) {
  const std::size_t num_rows = matrix.num_rows;
  const std::size_t num_columns = matrix.num_columns;
  expects(num_rows > 0 && num_columns > 0 && matrix.costs.size() == num_rows * num_columns,
          "a cost matrix has rows and columns");
  enum Step : std::uint8_t { both, row, column };
  constexpr double kNone = std::numeric_limits<double>::infinity();
  renew(steps, num_rows * num_columns);
  sums.assign(num_columns, kNone);  // of the row before; to the left, of this one
  for (std::size_t i = 0; i < num_rows; ++i) {
    const double* const costs =
        matrix.costs.data() + (i + matrix.first_row) % num_rows * num_columns;
    std::uint8_t* const step = steps.data() + i * num_columns;
    double diagonal = kNone;
    double before = kNone;
    for (std::size_t j = 0, source = matrix.first_column; j < num_columns; ++j) {
      const double above = sums[j];
      double least = diagonal;
      step[j] = both;
      if (above < least) {
        least = above;
        step[j] = row;
      }
      if (before < least) {
        least = before;
        step[j] = column;
      }
      before = i == 0 && j == 0 ? 0 : least + costs[source];
      sums[j] = before;
      diagonal = above;
      source = source + 1 == num_columns ? 0 : source + 1;
    }
  }
  path.clear();
  for (std::size_t i = num_rows - 1, j = num_columns - 1;;) {
    path.emplace_back(static_cast<std::uint32_t>((i + matrix.first_row) % num_rows),
                      static_cast<std::uint32_t>((j + matrix.first_column) % num_columns));
    if (i == 0 && j == 0) return;
    const std::uint8_t step = steps[i * num_columns + j];
    if (step != column) --i;
    if (step != row) --j;
  }
}

double OutlineMatcher::change(const OutlineShape& from, const OutlineShape& to) {
  expects(!from.empty() && !to.empty(), "only outlines with points are compared");
  const std::size_t columns = to.num_points;
  context_costs(from, to, alone_, costs_);
  const auto cost = [&](const CostPair& pair) {
    return costs_[pair.first * columns + pair.second];
  };

  // Warp from the first points; then again from behind the best pair, which surely belongs
  // together. The pair of first points does not stand for election.
  TurnedCosts matrix{costs_, from.num_points, columns, 0, 0};
  cheapest_path(matrix, sums_, steps_, path_);
  CostPair best = path_.front();
  for (std::size_t i = 0; i + 1 < path_.size(); ++i) {
    if (cost(path_[i]) < cost(best)) best = path_[i];
  }
  matrix.first_row = (best.first + 1) % from.num_points;
  matrix.first_column = (best.second + 1) % columns;
  cheapest_path(matrix, sums_, steps_, path_);

  // Keep one partner a point, on one side and then on the other.
  keep_cheapest(path_, costs_, columns, [](const CostPair& pair) { return pair.first; });
  keep_cheapest(path_, costs_, columns, [](const CostPair& pair) { return pair.second; });
  double sum = 0;
  for (const CostPair& pair : path_) sum += cost(pair);
  return sum / static_cast<double>(path_.size());
}

std::vector<OutlineChange> OutlineSequence::add(std::size_t frame, FrameOutlines outlines,
                                                OutlineMatcher& matcher) {
  const auto own = std::make_shared<const FrameOutlines>(std::move(outlines));
  std::shared_ptr<const FrameOutlines> before;
  std::shared_ptr<const FrameOutlines> after;
  {
    const std::lock_guard lock(mutex_);
    slots_[frame].outlines = own;
    const auto meet = [&](std::size_t neighbour) -> std::shared_ptr<const FrameOutlines> {
      Slot& slot = slots_[neighbour];
      if (slot.outlines == nullptr) return nullptr;
      std::shared_ptr<const FrameOutlines> met = slot.outlines;
      ++slots_[frame].num_neighbours;
      if (++slot.num_neighbours == 2) slot.outlines = nullptr;
      return met;
    };
    if (frame > 0) before = meet(frame - 1);
    if (frame + 1 < slots_.size()) after = meet(frame + 1);
    if (slots_[frame].num_neighbours == 2) slots_[frame].outlines = nullptr;
  }
  std::vector<OutlineChange> changes;
  const auto compare = [&](const FrameOutlines& from, const FrameOutlines& to, std::size_t at) {
    for (const auto& own_outline : to) {
      const auto same = std::find_if(from.begin(), from.end(), [&](const auto& other) {
        return other.first == own_outline.first;
      });
      if (same == from.end() || same->second.empty() || own_outline.second.empty()) continue;
      changes.push_back({at, own_outline.first, matcher.change(same->second, own_outline.second)});
    }
  };
  if (before != nullptr) compare(*before, *own, frame);
  if (after != nullptr) compare(*own, *after, frame + 1);
  return changes;
}

}  // namespace angiobench
