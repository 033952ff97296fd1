// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/vessel/pair_counts.h"
#include "evaluator/vessel/value_histogram.h"

namespace angiobench {

/// DIAS's eight columns, in its order.
inline constexpr std::array<std::string_view, 8> kMapMeasures = {"DSC", "Acc", "Sen",    "Spe",
                                                                 "IOU", "AUC", "cldice", "VC"};

/// What a probability map of one image and its truth come to; everything below is a function of it.
struct MapCounts {
  ThresholdCounts at;        // at the threshold
  ValueHistogram histogram;  // of the map
  PairCounts pair;           // of the truth and the thresholded map: skeletons and components
};

/// One image's values in the order of kMapMeasures.
using MapValues = std::array<std::optional<double>, kMapMeasures.size()>;

/// As the public code has them (lseventeen/DIAS b0bd652): rounded to `decimals` (-1: not), half to
/// even, but for VC = (components of P + 1) / (components of G + 1), in which OpenCV counts the
/// background, too. NaN where that code has NaN; AUC is 1 where truth or map are all 0, and none
/// where the truth is full (there it ends with an exception).
MapValues published_map_values(const MapCounts& counts, int decimals = 4);

/// The same measures put right: not rounded, the one rule for empty sides (pair_measures.h), AUC
/// none where the truth has one class, VC = components of P / components of G, none without any in
/// G.
MapValues exact_map_values(const MapCounts& counts);

/// |log VC|: how far VC is from 1, which is what counts; none where VC is none or 0.
std::optional<double> log_vc(const MapValues& values);

/// Mean and population standard deviation over images, as NumPy has them, of the images that have a
/// value; NaN spreads. None where no image has one.
struct MapSummary {
  std::optional<double> mean;
  std::optional<double> deviation;
  std::uint32_t count = 0;     // images with a value
  std::uint32_t left_out = 0;  // images without one
};
std::array<MapSummary, kMapMeasures.size()> summarize_maps(std::span<const MapValues> images);
/// The same of one measure.
MapSummary summarize_values(std::span<const std::optional<double>> images);

/// numpy.round(value, decimals): times a power of ten, half to even, divided; the value itself for
/// -1.
double rounded_as_numpy(double value, int decimals);

/// A number as Python prints it: the shortest decimals that read back, "0.9", "1.0", "1e-05",
/// "nan".
std::string python_text(double value);

/// A cell of the published table: "0.8085$\pm$0.0994", both rounded (a second time, where values
/// are published ones); "nan" for what has no value.
std::string published_cell(const MapSummary& summary);

}  // namespace angiobench
