// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/tables.h"

namespace angiobench {

/// Which way a measure is better.
enum class RankDirection { higher, lower, unknown };

/// A column of a table of results.
struct MetricColumn {
  std::string metric;
  std::string scope;
  std::string heading;  // "J&F", "J_s", "F_u recall"
  RankDirection direction =
      RankDirection::unknown;  // unknown for measures this program does not know: they rank nothing

  bool operator==(const MetricColumn&) const = default;
};

MetricColumn metric_column(std::string_view metric, std::string_view scope);

/// Sorts columns the way tables show them: the headline measure first (J&F; J&Ḟ for MOSEv2, J_tr
/// for VOST), then J and F, seen and unseen, recall and decay, the rest by name; duplicates go.
void sort_columns(std::vector<MetricColumn>& columns);

/// Whether a measure is a fraction (shown x100 or with three decimals); false for speeds.
bool is_fraction(std::string_view metric);

/// A value as its community prints it. `printed` (percent, exact) is preferred where it is not
/// empty, so that published digits are rounded in decimal. "" where there is neither.
std::string display_value(std::string_view metric, std::optional<double> value,
                          std::string_view printed, ScoreStyle style);

}  // namespace angiobench
