// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace angiobench {

/// Which way a measure is better.
enum class Direction { higher, lower, unknown };

/// A column of a table of results.
struct MetricColumn {
  std::string metric;
  std::string scope;
  std::string heading;  // "J&F", "J_s", "F_u", "J&F pooled"
  Direction direction = Direction::unknown;

  bool operator==(const MetricColumn&) const = default;
};

MetricColumn metric_column(std::string_view metric, std::string_view scope);

/// Sorts columns the way tables show them: the headline J&F first, then J and F, seen and unseen, recall and decay, the
/// rest by name; duplicates go.
void sort_columns(std::vector<MetricColumn>& columns);

/// Whether a measure is a fraction (shown x100); false for speeds.
bool is_fraction(std::string_view metric);

/// How a community prints its figures.
enum class NumberHabit {
  percent,   // one decimal: MOSXAV, YouTube-VOS, MOSE, …
  fraction,  // three decimals: DAVIS
};
NumberHabit number_habit(std::string_view dataset);

/// A value as its community prints it; `printed` (percent, exact) is preferred where it is not empty. "" where there is
/// neither.
std::string display_value(std::string_view metric, std::optional<double> value, std::string_view printed,
                          NumberHabit habit);

/// "percent" or "fraction", for captions.
std::string_view habit_name(NumberHabit habit);

}  // namespace angiobench
