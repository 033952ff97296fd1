// SPDX-License-Identifier: MIT
#include "evaluator/metric.h"

#include <array>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

// One table an enum: both ways between a value and its word.
template <typename Enum, std::size_t N>
using Words = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Words<Scope, 4> kScopes = {{{Scope::overall, "overall"},
                                      {Scope::pooled, "pooled"},
                                      {Scope::seen, "seen"},
                                      {Scope::unseen, "unseen"}}};
constexpr Words<AverageOver, 3> kAverages = {{{AverageOver::objects, "objects"},
                                              {AverageOver::sequences, "sequences"},
                                              {AverageOver::groups, "groups"}}};
constexpr Words<Direction, 3> kDirections = {{{Direction::higher_is_better, "higher"},
                                              {Direction::lower_is_better, "lower"},
                                              {Direction::unknown, "unknown"}}};
constexpr Words<Unit, 4> kUnits = {{{Unit::fraction, "fraction"},
                                    {Unit::count, "count"},
                                    {Unit::pixels, "px"},
                                    {Unit::plain, "plain"}}};
constexpr Words<Display, 2> kDisplays = {
    {{Display::percent, "percent"}, {Display::fraction, "fraction"}}};

template <typename Enum, std::size_t N>
std::string_view word_of(const Words<Enum, N>& words, Enum wanted) {
  for (const auto& [value, word] : words) {
    if (value == wanted) return word;
  }
  throw Error(ErrorKind::bug, "", "a value without a word");
}

template <typename Enum, std::size_t N>
std::optional<Enum> value_of(const Words<Enum, N>& words, std::string_view wanted) {
  for (const auto& [value, word] : words) {
    if (word == wanted) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view scope_name(Scope scope) { return word_of(kScopes, scope); }
std::optional<Scope> find_scope(std::string_view name) { return value_of(kScopes, name); }

std::string_view average_name(AverageOver average) { return word_of(kAverages, average); }
std::optional<AverageOver> find_average(std::string_view name) { return value_of(kAverages, name); }

std::string_view direction_name(Direction direction) { return word_of(kDirections, direction); }
std::optional<Direction> find_direction(std::string_view name) {
  return value_of(kDirections, name);
}

bool is_better(double a, double b, Direction direction) {
  return direction == Direction::higher_is_better  ? a > b
         : direction == Direction::lower_is_better ? a < b
                                                   : false;
}

std::string_view unit_name(Unit unit) { return word_of(kUnits, unit); }
std::optional<Unit> find_unit(std::string_view name) { return value_of(kUnits, name); }

std::string_view display_name(Display display) { return word_of(kDisplays, display); }

int printed_decimals(Unit unit, Display display) {
  switch (unit) {
    case Unit::fraction:
      return display == Display::percent ? 1 : 3;
    case Unit::count:
    case Unit::pixels:
      return 1;
    case Unit::plain:
      return 3;
  }
  return 3;
}

}  // namespace angiobench
