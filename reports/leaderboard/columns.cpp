// SPDX-License-Identifier: MIT
#include "reports/leaderboard/columns.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <tuple>

#include "evaluator/measures.h"
#include "reports/decimal.h"
#include "reports/vessel_text.h"

namespace angiobench {
namespace {

std::size_t metric_order(const Metric& metric) {
  const std::span<const Measure> table = measures();
  return static_cast<std::size_t>(std::ranges::find(table, metric.id, &Measure::id) -
                                  table.begin());
}

std::size_t place_order(std::string_view place) {
  constexpr std::array<Scope, 4> kScopes = {Scope::overall, Scope::seen, Scope::unseen,
                                            Scope::pooled};
  const std::optional<Scope> scope = find_scope(place);
  if (!scope) return kScopes.size();
  return static_cast<std::size_t>(std::ranges::find(kScopes, *scope) - kScopes.begin());
}

auto sort_key(const MetricColumn& column, const Metric* first) {
  const std::size_t metric = metric_order(column.metric.metric);
  const std::size_t place = place_order(column.place);
  // The headline measures of the data set and its groups go scope by scope, all others measure by
  // measure.
  const bool ranking = first != nullptr && column.is(*first, Scope::overall);
  const bool headline =
      metric <= metric_order(contour_metric()) && place <= place_order(scope_name(Scope::unseen));
  return std::tuple(ranking    ? 0
                    : headline ? 1
                               : 2,
                    headline ? place : metric, headline ? metric : place, column.metric.metric,
                    column.place);
}

}  // namespace

MetricColumn metric_column(const MetricDescriptor& metric, std::string_view place) {
  return {metric, std::string(place), metric_heading(metric, place)};
}

void drop_vessel_details(std::vector<MetricColumn>& columns, const Metric* first) {
  std::set<Metric> vessels;
  for (const MetricColumn& column : columns) {
    if (is_pair_metric(column.metric.metric)) vessels.insert(column.metric.metric);
  }
  std::erase_if(columns, [&](const MetricColumn& column) {
    const Metric& metric = column.metric.metric;
    if (!vessels.contains(metric) || (first != nullptr && metric == *first)) return false;
    return is_vessel_detail(metric, column.place, vessels.size());
  });
}

void sort_columns(std::vector<MetricColumn>& columns, const Metric* first) {
  std::ranges::sort(columns, {},
                    [&](const MetricColumn& column) { return sort_key(column, first); });
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
}

ScoreStyle column_style(const MetricColumn& column, const ScoreStyle& style) {
  return column.metric.unit == Unit::fraction ? style : ScoreStyle{1, column.metric.decimals};
}

std::string display_value(const MetricColumn& column, std::optional<double> value,
                          std::string_view printed, const ScoreStyle& style) {
  if (const std::optional<Decimal> number = parse_decimal(printed)) {
    if (column.metric.unit != Unit::fraction) return exact_text(*number);
    return style == ScoreStyle::percent ? rounded_text(*number, style.decimals)
                                        : rounded_text(shift_left(*number, 2), style.decimals);
  }
  if (!value.has_value() || !std::isfinite(*value)) return {};
  return format_score(value, column_style(column, style));
}

}  // namespace angiobench
