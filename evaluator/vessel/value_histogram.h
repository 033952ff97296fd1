// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench {

/// How often each value of a probability map occurs on the truth and off it: everything that a
/// threshold can do, without sorting a pixel. Values are 0 … size - 1.
struct ValueHistogram {
  std::vector<std::uint64_t> on;   // pixels of the truth by value
  std::vector<std::uint64_t> off;  // the others

  std::uint64_t num_on() const;
  std::uint64_t num_off() const;
  friend bool operator==(const ValueHistogram&, const ValueHistogram&) = default;
};

/// Of an 8-bit map; the truth is what is not background. Both have the same size.
ValueHistogram count_values(const MaskView& truth, const MaskView& map);
/// Of a map of values below `num_values` (256 or 65536): rows of truth.width values without gaps.
ValueHistogram count_values(const MaskView& truth, std::span<const std::uint16_t> map,
                            std::size_t num_values);

/// What a threshold leaves: a pixel is predicted where its value is at least `threshold`.
struct ThresholdCounts {
  std::uint64_t true_positive = 0;
  std::uint64_t false_positive = 0;
  std::uint64_t false_negative = 0;
  std::uint64_t true_negative = 0;

  friend bool operator==(const ThresholdCounts&, const ThresholdCounts&) = default;
};
ThresholdCounts counts_at(const ValueHistogram& histogram, std::size_t threshold);

/// The smallest value whose share of the largest is at least `probability`: 128 of 255 and 32768 of
/// 65535 for 0.5.
std::size_t threshold_value(double probability, std::size_t largest);

/// Twice the number of pairs (pixel of the truth, other pixel) in which the first has the larger
/// value, equal ones half: an integer, exact up to images of two gigapixels.
std::uint64_t auc_numerator_twice(const ValueHistogram& histogram);

/// Area under the ROC curve, auc_numerator_twice / (2 |G| |not G|); none where the truth has one
/// class. 0.5 for a constant map. scikit-learn's roc_auc_score within 2e-16.
std::optional<double> area_under_roc(const ValueHistogram& histogram);

/// Sum over values from the largest down of the step in recall times the precision there
/// (scikit-learn's average_precision_score); none where the truth is empty.
std::optional<double> average_precision(const ValueHistogram& histogram);

/// A point of the ROC and of the precision-recall curve: what is predicted at `threshold` and
/// above.
struct CurvePoint {
  std::size_t threshold = 0;
  double true_positive_rate = 0;   // recall; 0 where the truth is empty
  double false_positive_rate = 0;  // 0 where the truth is full
  double precision = 1;            // 1 where nothing is predicted
};
/// From above the largest value (nothing predicted) down to 0; only values that occur.
std::vector<CurvePoint> curve(const ValueHistogram& histogram);

}  // namespace angiobench
