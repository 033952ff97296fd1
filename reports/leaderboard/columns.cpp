// SPDX-License-Identifier: MIT
#include "reports/leaderboard/columns.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "evaluator/comparing/statistics.h"
#include "reports/decimal.h"

namespace angiobench {
namespace {

// In the order of columns. MOSEv2 ranks by J&Fdot (contour radius that grows with the object), VOST
// by J_tr.
constexpr std::array<std::string_view, 19> kKnown = {
    "J&Fdot",   "J&F",      "J_tr",    "J",        "F",       "Fdot", "J&Fdot_d",
    "J&Fdot_r", "J_recall", "J_decay", "F_recall", "F_decay", "T",    "V",
    "mIoU",     "IoU",      "Dice",    "clDice",   "fps",
};

// "J&Ḟ" under one name, whether its dot is a letter or a mark behind the F.
std::string plain_name(std::string_view metric) {
  std::string name(metric);
  for (const std::string_view dotted :
       {std::string_view("\xE1\xB8\x9E"), std::string_view("F\xCC\x87")}) {
    for (std::size_t at = name.find(dotted); at != std::string::npos; at = name.find(dotted)) {
      name.replace(at, dotted.size(), "Fdot");
    }
  }
  return name;
}

std::size_t metric_order(std::string_view metric) {
  return static_cast<std::size_t>(std::ranges::find(kKnown, plain_name(metric)) - kKnown.begin());
}

std::size_t scope_order(std::string_view scope) {
  constexpr std::array<std::string_view, 4> kScopes = {"overall", "seen", "unseen", "pooled"};
  return static_cast<std::size_t>(std::ranges::find(kScopes, scope) - kScopes.begin());
}

auto sort_key(const MetricColumn& column) {
  const std::size_t metric = metric_order(column.metric);
  const std::size_t scope = scope_order(column.scope);
  // The headline measures of the data set and its groups go scope by scope, all others measure by
  // measure.
  const bool headline = metric <= metric_order("F") && scope <= scope_order("unseen");
  return std::tuple(headline ? 0 : 1, headline ? scope : metric, headline ? metric : scope,
                    column.metric, column.scope);
}

}  // namespace

MetricColumn metric_column(std::string_view metric, std::string_view scope) {
  std::string shown = plain_name(metric);
  if (const std::size_t dot = shown.find("Fdot"); dot != std::string::npos)
    shown.replace(dot, 4, "\xE1\xB8\x9E");
  MetricColumn column{std::string(metric), std::string(scope), metric_heading(shown, scope),
                      RankDirection::unknown};
  if (metric_order(metric) < kKnown.size()) {
    column.direction = metric_direction(plain_name(metric)) == Direction::higher_is_better
                           ? RankDirection::higher
                           : RankDirection::lower;
  }
  return column;
}

void sort_columns(std::vector<MetricColumn>& columns) {
  std::ranges::sort(columns, {}, sort_key);
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
}

bool is_fraction(std::string_view metric) { return !metric.starts_with("fps"); }

std::string display_value(std::string_view metric, std::optional<double> value,
                          std::string_view printed, ScoreStyle style) {
  if (const std::optional<Decimal> number = parse_decimal(printed)) {
    if (!is_fraction(metric)) return exact_text(*number);
    return style == ScoreStyle::percent ? rounded_text(*number, 1)
                                        : rounded_text(shift_left(*number, 2), 3);
  }
  if (!value.has_value() || !std::isfinite(*value)) return {};
  return is_fraction(metric) ? format_score(value, style) : fixed_text(*value, 1);
}

}  // namespace angiobench
