// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace angiobench {

/// Which number of a result is meant: "J&F", "J_recall", "Ḟ", … A type of its own, so that no text
/// of anything else is taken for one. What a metric is called and which way it is better stands in
/// the table of measures (measures.h), or in the file that brings a metric which the table does not
/// know.
struct Metric {
  std::string id;

  Metric() = default;
  explicit Metric(std::string_view text) : id(text) {}
  friend auto operator<=>(const Metric&, const Metric&) = default;
  friend bool operator==(const Metric&, const Metric&) = default;
};

/// Over which objects a number is.
enum class Scope {
  overall,  // as the protocol averages
  pooled,   // all objects alike, whatever their group
  seen,     // objects of seen categories
  unseen,
};

/// "overall", "pooled", "seen" or "unseen".
std::string_view scope_name(Scope scope);
std::optional<Scope> find_scope(std::string_view name);

/// What the headline is a mean over.
enum class AverageOver {
  objects,    // all objects alike
  sequences,  // the mean of each sequence's objects, then of sequences
  groups,     // objects of seen and of unseen categories apart, then the mean of both (J&F: of J_s,
              // F_s, J_u, F_u)
};

/// "objects", "sequences" or "groups".
std::string_view average_name(AverageOver average);
std::optional<AverageOver> find_average(std::string_view name);

/// Which way a number is better.
enum class Direction {
  higher_is_better,
  lower_is_better,
  unknown,  // of a metric that neither the program nor the file knows: it ranks nothing
};

/// "higher", "lower" or "unknown", as in files.
std::string_view direction_name(Direction direction);
std::optional<Direction> find_direction(std::string_view name);

/// Whether `a` is better than `b`; false where the direction is unknown or they are equal.
bool is_better(double a, double b, Direction direction);

/// What a number counts.
enum class Unit {
  fraction,  // of a whole: shown as percent or as a fraction, as the community does
  count,
  pixels,
  millimetres,
  plain,  // a number without a unit
};

/// "fraction", "count", "px", "mm" or "plain", as in files.
std::string_view unit_name(Unit unit);
std::optional<Unit> find_unit(std::string_view name);

/// How the numbers of a community are printed.
enum class Display {
  percent,   // 49.3: MOSXAV, YouTube-VOS, MOSE and what follows them
  fraction,  // 0.493: DAVIS
};

/// "percent" or "fraction".
std::string_view display_name(Display display);

/// Digits behind the point that a number of this unit is printed with.
int printed_decimals(Unit unit, Display display);

/// What a reader of a number has to know of it. Every result says it of each of its metrics, so
/// that a file explains itself.
struct MetricDescriptor {
  Metric metric;
  std::string name;   // printed: "J&Ḟ", "J recall"
  std::string words;  // what it measures, a few words: "region similarity"; may be empty
  Direction direction = Direction::unknown;
  Unit unit = Unit::fraction;
  int decimals = 1;  // printed behind the point

  friend bool operator==(const MetricDescriptor&, const MetricDescriptor&) = default;
};

}  // namespace angiobench
