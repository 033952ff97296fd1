// SPDX-License-Identifier: MIT
#include "evaluator/counting/outline_shape.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "evaluator/kernels/kernels.h"

namespace angiobench {
namespace {

constexpr double kTolerance = 1.5;  // of simplification, in pixels: 3 on a grid of half pixels
constexpr double kPointStep = 3;    // largest distance of neighbouring points, in pixels
constexpr std::size_t kAngles = kernels::kOutlineSectors;
constexpr std::array<double, 5> kRadii = {0.125, 0.25, 0.5, 1, 2};  // of the mean distance
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// What single precision may be wrong by, generously: coordinates are at most a few thousand pixels
// from the middle of their outline.
constexpr double kPixelError = 1e-3;
constexpr double kRelativeError = 1e-5;
// As much for a sum of all distances in double precision, whatever the order of its additions.
constexpr double kMeanError = 1e-9;

kernels::OutlineBorders borders_of(double mean) {
  kernels::OutlineBorders borders{};
  for (std::size_t k = 0; k < kRadii.size(); ++k) {
    const double radius = kRadii[k] * mean;
    const double low = std::max(0.0, radius * (1 - kRelativeError) - kPixelError);
    const double high = radius * (1 + kRelativeError) + kPixelError;
    borders.low[k] = static_cast<float>(low * low);
    borders.high[k] = static_cast<float>(high * high);
  }
  borders.margin = static_cast<float>(kPixelError);
  return borders;
}

// The points of an outline as columns of numbers.
class PointColumns {
 public:
  explicit PointColumns(const Contour& points) : num_points_(points.size()) {
    rows_.resize(num_points_);
    columns_.resize(num_points_);
    for (std::size_t i = 0; i < num_points_; ++i) {
      rows_[i] = points[i].row;
      columns_[i] = points[i].column;
    }
    const auto middle = [](const std::vector<double>& values) {
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      return (*low + *high) / 2;
    };
    const double row = middle(rows_);
    const double column = middle(columns_);
    const std::size_t padded = (num_points_ + kernels::kOutlinePadding - 1) /
                               kernels::kOutlinePadding * kernels::kOutlinePadding;
    rough_rows_.assign(padded, 0);
    rough_columns_.assign(padded, 0);
    for (std::size_t i = 0; i < num_points_; ++i) {
      rough_rows_[i] = static_cast<float>(rows_[i] - row);
      rough_columns_[i] = static_cast<float>(columns_[i] - column);
    }
    bins_.resize(padded);
    unclear_.resize(num_points_);
  }

  double rows_between(std::size_t from, std::size_t to) const { return rows_[to] - rows_[from]; }
  double columns_between(std::size_t from, std::size_t to) const {
    return columns_[to] - columns_[from];
  }
  double distance(std::size_t from, std::size_t to) const {
    const double rows = rows_between(from, to);
    const double columns = columns_between(from, to);
    return std::sqrt(rows * rows + columns * columns);
  }

  // The mean of all distances, each pair twice and each point from itself, added row by row.
  double mean_distance() const {
    double sum = 0;
    for (std::size_t i = 0; i < num_points_; ++i) {
      for (std::size_t j = 0; j < num_points_; ++j) sum += distance(i, j);
    }
    return sum / static_cast<double>(num_points_ * num_points_);
  }

  // The same, each pair once and added in any order.
  double rough_mean_distance() const {
    constexpr std::size_t kSums = 8;
    std::array<double, kSums> sums{};
    for (std::size_t i = 0; i < num_points_; ++i) {
      std::size_t j = i + 1;
      for (; j + kSums <= num_points_; j += kSums) {
        for (std::size_t k = 0; k < kSums; ++k) sums[k] += distance(i, j + k);
      }
      for (; j < num_points_; ++j) sums[0] += distance(i, j);
    }
    double sum = 0;
    for (const double part : sums) sum += part;
    return 2 * sum / static_cast<double>(num_points_ * num_points_);
  }

  // How many points around this one are in each bin, without those whose bin is not clear; those
  // are unclear().
  std::array<std::uint32_t, kShapeBins + 1> count_around(std::size_t point,
                                                         const kernels::OutlineBorders& borders) {
    num_unclear_ = kernels::level(0).outline_bins(
        {rough_rows_.data(), rough_columns_.data(), num_points_}, rough_rows_[point],
        rough_columns_[point], borders, bins_.data(), unclear_.data());
    // Neighbours on the curve are mostly in one bin: adding to it in turn would wait each time.
    constexpr std::size_t kParts = 4;
    std::array<std::array<std::uint32_t, kernels::kUnclearBin + 1>, kParts> parts{};
    for (std::size_t j = 0; j < bins_.size(); j += kParts) {
      for (std::size_t k = 0; k < kParts; ++k) ++parts[k][static_cast<std::size_t>(bins_[j + k])];
    }
    std::array<std::uint32_t, kShapeBins + 1> counts{};
    for (const auto& part : parts) {
      for (std::size_t bin = 0; bin < counts.size(); ++bin) counts[bin] += part[bin];
    }
    return counts;
  }
  std::span<const std::uint32_t> unclear() const { return {unclear_.data(), num_unclear_}; }

 private:
  std::size_t num_points_;
  std::vector<double> rows_;
  std::vector<double> columns_;
  std::vector<float> rough_rows_;  // from the middle of the outline, padded to whole vectors
  std::vector<float> rough_columns_;
  std::vector<std::int32_t> bins_;
  std::vector<std::uint32_t> unclear_;
  std::size_t num_unclear_ = 0;
};

// The bin in double precision; the exact mean is computed where the rough one does not tell.
class ExactBins {
 public:
  ExactBins(const PointColumns& points, double rough_mean) : points_(points), mean_(rough_mean) {}

  // Of `to` around `from`; kernels::kOutsideRings where it is.
  std::size_t bin(std::size_t from, std::size_t to) {
    const double distance = points_.distance(from, to);
    if (!is_exact_ && std::any_of(kRadii.begin(), kRadii.end(), [&](double radius) {
          return std::abs(distance / mean_ - radius) <= kMeanError;
        })) {
      mean_ = points_.mean_distance();
      is_exact_ = true;
    }
    std::size_t num_within = 0;  // radii that reach this far; the outermost ring comes first
    for (const double radius : kRadii) num_within += distance / mean_ < radius ? 1 : 0;
    if (num_within == 0) return kernels::kOutsideRings;
    return (num_within - 1) * kAngles +
           shape_sector(points_.rows_between(from, to), points_.columns_between(from, to));
  }

 private:
  const PointColumns& points_;
  double mean_;
  bool is_exact_ = false;
};

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

OutlineShape shape_of_points(const Contour& points) {
  OutlineShape shape;
  const std::size_t n = points.size();
  shape.num_points = n;
  shape.contexts.resize(kShapeBins * n);
  PointColumns columns(points);
  const double mean = columns.rough_mean_distance();
  const kernels::OutlineBorders borders = borders_of(mean);
  ExactBins exact(columns, mean);
  for (std::size_t i = 0; i < n; ++i) {
    auto counts = columns.count_around(i, borders);
    for (const std::uint32_t j : columns.unclear()) ++counts[exact.bin(i, j)];
    const auto total = static_cast<std::uint32_t>(n) - counts[kernels::kOutsideRings];
    double* const context = shape.contexts.data() + i * kShapeBins;
    for (std::size_t bin = 0; bin < kShapeBins; ++bin)
      context[bin] = counts[bin] / (total + kEpsilon);
  }
  return shape;
}

OutlineShape outline_shape(const MaskView& mask, std::span<const std::uint8_t, 256> map, int id) {
  return shape_of_contour(outline_contour(mask, map, id));
}

Contour outline_contour(const MaskView& mask, std::span<const std::uint8_t, 256> map, int id) {
  std::vector<Contour> contours = simplify_contours(trace_contours(mask, map, id), kTolerance);
  if (contours.empty()) return {};
  return std::move(
      *std::max_element(contours.begin(), contours.end(),
                        [](const Contour& a, const Contour& b) { return a.size() < b.size(); }));
}

OutlineShape shape_of_contour(const Contour& contour) {
  return contour.empty() ? OutlineShape{} : shape_of_points(resample_contour(contour, kPointStep));
}

}  // namespace angiobench
