// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/tables.h"

namespace angiobench {

/// A column of a table of results.
struct MetricColumn {
  MetricDescriptor metric;
  std::string place;    // a scope's name, or a machine's of published speeds
  std::string heading;  // "J&F", "J_s", "F_u recall"

  /// Whether it ranks: a metric whose better direction nobody knows ranks nothing.
  bool ranks() const { return metric.direction != Direction::unknown; }
  bool is(const Metric& wanted, Scope scope) const {
    return metric.metric == wanted && place == scope_name(scope);
  }
  bool operator==(const MetricColumn&) const = default;
};

MetricColumn metric_column(const MetricDescriptor& metric, std::string_view place);

/// Sorts columns the way tables show them: the overall value of `first` (what the protocol ranks
/// by, where that is known), then the table of measures' order (measures.h), the headline measures
/// scope by scope, all others measure by measure; duplicates go.
void sort_columns(std::vector<MetricColumn>& columns, const Metric* first = nullptr);

/// Takes out measures of vessels where they would crowd out everything else: groups, and all that
/// others stand for. `first` stays.
void drop_vessel_details(std::vector<MetricColumn>& columns, const Metric* first = nullptr);

/// How the numbers of a column are printed where the community prints fractions in `style`.
ScoreStyle column_style(const MetricColumn& column, const ScoreStyle& style);

/// A value as its community prints it. `printed` (percent, exact) is preferred where it is not
/// empty, so that published digits are rounded in decimal. "" where there is neither.
std::string display_value(const MetricColumn& column, std::optional<double> value,
                          std::string_view printed, const ScoreStyle& style);

}  // namespace angiobench
