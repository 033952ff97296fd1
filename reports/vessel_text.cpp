// SPDX-License-Identifier: MIT
#include "reports/vessel_text.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "evaluator/measures.h"
#include "reports/tables.h"

namespace angiobench {
namespace {

// As many columns as a table bears.
constexpr std::size_t kFew = 6;
// Those that stand for the others: centre lines, distances with and without the substitution.
constexpr std::array<std::string_view, 4> kFirst = {"cldice", "hd95", "hd95_defined", "nsd@2"};
constexpr std::string_view kDefined = "_defined";

const PairMeasure* pair_of(const MetricDescriptor& metric) {
  const Measure* const measure = find_measure(metric.metric);
  return measure == nullptr ? nullptr : measure->pair;
}

// "nsd" for "nsd@1": tolerances and radii of one measure share a line.
std::string_view line_of(const PairMeasure& pair) {
  return pair.group.substr(0, pair.group.find('@'));
}

std::string value_text(const Result& result, const MetricDescriptor& metric) {
  const Aggregate* const found = find_aggregate(result, metric.metric, Scope::overall);
  return format_score(found == nullptr ? std::nullopt : found->value,
                      style_of(metric, result.protocol.display));
}

bool is_length(const MetricDescriptor& metric) {
  const PairMeasure* const pair = pair_of(metric);
  return pair != nullptr && pair->unit == PairUnit::length;
}

// "hd95 238.2 px (both there: 49.4)"
std::string item_text(const Result& result, const std::vector<MetricDescriptor>& metrics,
                      const MetricDescriptor& metric) {
  std::string text = metric.name + " " + value_text(result, metric);
  if (metric.unit == Unit::pixels || metric.unit == Unit::millimetres)
    text += " " + std::string(unit_name(metric.unit));
  if (!is_length(metric)) return text;
  const Metric defined(metric.metric.id + std::string(kDefined));
  const auto own = std::ranges::find(metrics, defined, &MetricDescriptor::metric);
  if (own != metrics.end()) text += " (both there: " + value_text(result, *own) + ")";
  return text;
}

// Whether it stands in the brackets of another.
bool is_told_with_base(const std::vector<MetricDescriptor>& metrics,
                       const MetricDescriptor& metric) {
  const std::string& id = metric.metric.id;
  if (!id.ends_with(kDefined)) return false;
  const Metric base(id.substr(0, id.size() - kDefined.size()));
  return std::ranges::find(metrics, base, &MetricDescriptor::metric) != metrics.end();
}

}  // namespace

std::vector<MetricDescriptor> vessel_metrics(const Result& result) {
  if (!has_objects(result)) return {};
  std::vector<MetricDescriptor> metrics = metrics_of(result);
  std::erase_if(metrics, [](const MetricDescriptor& metric) { return pair_of(metric) == nullptr; });
  return metrics;
}

bool is_vessel_detail(const Metric& metric, std::string_view place,
                      std::size_t num_vessel_metrics) {
  if (num_vessel_metrics <= kFew || !is_pair_metric(metric)) return false;
  return place != scope_name(Scope::overall) ||
         std::ranges::find(kFirst, metric.id) == kFirst.end();
}

bool is_shown_in_tables(const Result& result, const Metric& metric) {
  return !is_vessel_detail(metric, scope_name(Scope::overall), vessel_metrics(result).size());
}

bool is_shown_in_tables(const Result& result, const Aggregate& aggregate) {
  return !is_vessel_detail(aggregate.metric, scope_name(aggregate.scope),
                           vessel_metrics(result).size());
}

std::vector<MetricDescriptor> shown_in_tables(const Result& result,
                                              std::vector<MetricDescriptor> metrics) {
  std::erase_if(metrics, [&](const MetricDescriptor& metric) {
    return !is_shown_in_tables(result, metric.metric);
  });
  return metrics;
}

FrameSides frame_sides(const Result& result) {
  FrameSides sum;
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      if (!object.sides) continue;
      sum.both += object.sides->both;
      sum.one_empty += object.sides->one_empty;
      sum.both_empty += object.sides->both_empty;
    }
  }
  return sum;
}

std::string length_unit(const Result& result) { return result.spacing ? "mm" : "px"; }

std::string vessel_text(const Result& result) {
  const std::vector<MetricDescriptor> metrics = vessel_metrics(result);
  if (metrics.empty()) return {};
  std::string text = "  vessels, overall:\n";
  std::string_view line;
  std::size_t width = 0;  // of the last line
  for (const MetricDescriptor& metric : metrics) {
    if (is_told_with_base(metrics, metric)) continue;
    const std::string_view own = line_of(*pair_of(metric));
    const std::string item = item_text(result, metrics, metric);
    constexpr std::size_t kWidth = 100;
    if (own == line && width + item.size() < kWidth) {
      text += ", " + item;
      width += 2 + item.size();
    } else {
      text += (line.empty() ? "" : own == line ? ",\n" : "\n") + std::string("    ") + item;
      width = 4 + item.size();
    }
    line = own;
  }
  text += "\n";
  const FrameSides sides = frame_sides(result);
  const std::uint32_t shown = sides.both + sides.one_empty;
  if (std::ranges::any_of(metrics, is_length) && shown > 0) {
    text += "    one mask alone in " + std::to_string(sides.one_empty) + " of " +
            std::to_string(shown) +
            " frames of objects: there a distance is the longest of the image\n";
  }
  return text;
}

}  // namespace angiobench
