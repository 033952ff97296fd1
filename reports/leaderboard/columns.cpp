// SPDX-License-Identifier: MIT
#include "reports/leaderboard/columns.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "reports/decimal.h"

namespace angiobench {
namespace {

struct KnownMetric {
  std::string_view name;
  Direction direction;
};

// In the order of columns. MOSEv2 ranks by J&Fdot (contour radius that grows with the object), VOST by J_tr.
constexpr std::array kKnown = {
    KnownMetric{"J&Fdot", Direction::higher},       KnownMetric{"J&F", Direction::higher},
    KnownMetric{"J_tr", Direction::higher},         KnownMetric{"J", Direction::higher},
    KnownMetric{"F", Direction::higher},            KnownMetric{"Fdot", Direction::higher},
    KnownMetric{"J&Fdot_disappear", Direction::higher}, KnownMetric{"J&Fdot_reappear", Direction::higher},
    KnownMetric{"J_recall", Direction::higher},     KnownMetric{"J_decay", Direction::lower},
    KnownMetric{"F_recall", Direction::higher},     KnownMetric{"F_decay", Direction::lower},
    KnownMetric{"T", Direction::lower},             KnownMetric{"V", Direction::lower},
    KnownMetric{"mIoU", Direction::higher},         KnownMetric{"IoU", Direction::higher},
    KnownMetric{"Dice", Direction::higher},         KnownMetric{"clDice", Direction::higher},
    KnownMetric{"fps", Direction::higher},
};

std::size_t metric_order(std::string_view metric) {
  for (std::size_t i = 0; i < kKnown.size(); ++i) {
    if (kKnown[i].name == metric) return i;
  }
  return kKnown.size();
}

// J and F of a group stand before recall and decay: J_s F_s J_u F_u.
int scope_order(std::string_view scope) {
  constexpr std::array<std::string_view, 4> kScopes = {"overall", "seen", "unseen", "pooled"};
  return static_cast<int>(std::ranges::find(kScopes, scope) - kScopes.begin());
}

auto sort_key(const MetricColumn& column) {
  const std::size_t metric = metric_order(column.metric);
  const bool headline = metric <= metric_order("F");
  // The headline measures go scope by scope, all others measure by measure.
  const std::size_t first = headline ? 0 : 1;
  const int scope = scope_order(column.scope);
  const bool pooled = headline && scope > 2;
  return std::tuple(first + (pooled ? 1U : 0U), headline ? static_cast<std::size_t>(scope) : metric,
                    headline ? metric : static_cast<std::size_t>(scope), column.metric, column.scope);
}

}  // namespace

MetricColumn metric_column(std::string_view metric, std::string_view scope) {
  MetricColumn column{std::string(metric), std::string(scope), std::string(metric), Direction::unknown};
  if (scope == "seen") {
    column.heading += "_s";
  } else if (scope == "unseen") {
    column.heading += "_u";
  } else if (scope != "overall") {
    column.heading += " " + std::string(scope);
  }
  const std::size_t known = metric_order(metric);
  if (known < kKnown.size()) column.direction = kKnown[known].direction;
  return column;
}

void sort_columns(std::vector<MetricColumn>& columns) {
  std::ranges::sort(columns, {}, sort_key);
  const auto [first, last] = std::ranges::unique(columns);
  columns.erase(first, last);
}

bool is_fraction(std::string_view metric) { return !metric.starts_with("fps"); }

NumberHabit number_habit(std::string_view dataset) {
  return dataset.starts_with("davis") ? NumberHabit::fraction : NumberHabit::percent;
}

std::string display_value(std::string_view metric, std::optional<double> value, std::string_view printed,
                          NumberHabit habit) {
  if (const std::optional<Decimal> number = parse_decimal(printed)) {
    if (!is_fraction(metric)) return exact_text(*number);
    return habit == NumberHabit::percent ? rounded_text(*number, 1) : rounded_text(shift_left(*number, 2), 3);
  }
  if (!value.has_value() || !std::isfinite(*value)) return {};
  if (!is_fraction(metric)) return fixed_text(*value, 1);
  return habit == NumberHabit::percent ? fixed_text(100 * *value, 1) : fixed_text(*value, 3);
}

std::string_view habit_name(NumberHabit habit) { return habit == NumberHabit::percent ? "percent" : "fraction"; }

}  // namespace angiobench
