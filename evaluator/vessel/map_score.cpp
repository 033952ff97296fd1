// SPDX-License-Identifier: MIT
#include "evaluator/vessel/map_score.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "evaluator/pairwise_sum.h"
#include "evaluator/vessel/pair_measures.h"

namespace angiobench {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// As NumPy divides.
double quotient(double part, double whole) {
  if (whole == 0) return kNan;
  return part / whole;
}

bool all_zero(const ValueHistogram& histogram) {
  for (std::size_t value = 1; value < histogram.on.size(); ++value) {
    if (histogram.on[value] + histogram.off[value] != 0) return false;
  }
  return true;
}

}  // namespace

MapValues published_map_values(const MapCounts& counts, int decimals) {
  const auto tp = static_cast<double>(counts.at.true_positive);
  const auto fp = static_cast<double>(counts.at.false_positive);
  const auto fn = static_cast<double>(counts.at.false_negative);
  const auto tn = static_cast<double>(counts.at.true_negative);
  const double precision = quotient(tp, tp + fp);
  const double sensitivity = quotient(tp, tp + fn);
  const double dice = quotient(2 * precision * sensitivity, precision + sensitivity);
  std::optional<double> auc = area_under_roc(counts.histogram);
  if (counts.histogram.num_on() == 0 || all_zero(counts.histogram)) auc = 1;
  const double line_precision =
      quotient(counts.pair.prediction_skeleton_inside, counts.pair.prediction_skeleton);
  const double line_sensitivity =
      quotient(counts.pair.truth_skeleton_found, counts.pair.truth_skeleton);
  const double line =
      quotient(2 * line_precision * line_sensitivity, line_precision + line_sensitivity);
  const double vc =
      (counts.pair.prediction_components + 1.0) / (counts.pair.truth_components + 1.0);
  const auto rounded = [&](double value) { return rounded_as_numpy(value, decimals); };
  MapValues values = {rounded(dice),
                      rounded(quotient(tp + tn, tp + fp + fn + tn)),
                      rounded(sensitivity),
                      rounded(quotient(tn, tn + fp)),
                      rounded(quotient(tp, tp + fp + fn)),
                      std::nullopt,
                      rounded(line),
                      vc};
  if (auc) values[5] = rounded(*auc);
  return values;
}

MapValues exact_map_values(const MapCounts& counts) {
  const PairCounts& pair = counts.pair;
  std::optional<double> vc;
  if (pair.truth_components > 0)
    vc = static_cast<double>(pair.prediction_components) / pair.truth_components;
  return {pair_dice(pair),        pair_accuracy(pair),
          pair_sensitivity(pair), pair_specificity(pair),
          pair_iou(pair),         area_under_roc(counts.histogram),
          cldice(pair),           vc};
}

std::optional<double> log_vc(const MapValues& values) {
  const std::optional<double>& vc = values.back();
  if (!vc || *vc == 0) return std::nullopt;
  return std::abs(std::log(*vc));
}

std::array<MapSummary, kMapMeasures.size()> summarize_maps(std::span<const MapValues> images) {
  std::array<MapSummary, kMapMeasures.size()> summaries{};
  std::vector<std::optional<double>> values(images.size());
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    std::ranges::transform(images, values.begin(),
                           [i](const MapValues& image) { return image[i]; });
    summaries[i] = summarize_values(values);
  }
  return summaries;
}

MapSummary summarize_values(std::span<const std::optional<double>> images) {
  std::vector<double> values;
  for (const std::optional<double>& image : images) {
    if (image) values.push_back(*image);
  }
  MapSummary summary;
  summary.count = static_cast<std::uint32_t>(values.size());
  summary.left_out = static_cast<std::uint32_t>(images.size() - values.size());
  if (values.empty()) return summary;
  const double mean = pairwise_mean(values);
  for (double& value : values) value = (value - mean) * (value - mean);
  summary.mean = mean;
  summary.deviation = std::sqrt(pairwise_mean(values));
  return summary;
}

double rounded_as_numpy(double value, int decimals) {
  if (decimals < 0) return value;
  const double scale = std::pow(10.0, decimals);
  return std::nearbyint(value * scale) / scale;
}

std::string python_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const double size = std::abs(value);
  const bool is_plain = size == 0 || (size >= 1e-4 && size < 1e16);
  std::array<char, 64> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                    is_plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(buffer.data(), error == std::errc{} ? end : buffer.data());
  if (is_plain && text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string published_cell(const MapSummary& summary) {
  if (!summary.mean || !summary.deviation) return "nan";
  if (std::isnan(*summary.mean)) return "nan$\\pm$nan";
  constexpr int kDecimals = 4;
  return python_text(rounded_as_numpy(*summary.mean, kDecimals)) + "$\\pm$" +
         python_text(rounded_as_numpy(*summary.deviation, kDecimals));
}

}  // namespace angiobench
