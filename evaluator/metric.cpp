// SPDX-License-Identifier: MIT
#include "evaluator/metric.h"

#include "dataset/words.h"

namespace angiobench {
namespace {

constexpr auto kScopes = words<Scope>({{"overall", Scope::overall},
                                       {"pooled", Scope::pooled},
                                       {"seen", Scope::seen},
                                       {"unseen", Scope::unseen}});
constexpr auto kAverages = words<AverageOver>({{"objects", AverageOver::objects},
                                               {"sequences", AverageOver::sequences},
                                               {"groups", AverageOver::groups}});
constexpr auto kDirections = words<Direction>({{"higher", Direction::higher_is_better},
                                               {"lower", Direction::lower_is_better},
                                               {"unknown", Direction::unknown}});
constexpr auto kUnits = words<Unit>({{"fraction", Unit::fraction},
                                     {"count", Unit::count},
                                     {"px", Unit::pixels},
                                     {"mm", Unit::millimetres},
                                     {"plain", Unit::plain}});
constexpr auto kDisplays =
    words<Display>({{"percent", Display::percent}, {"fraction", Display::fraction}});

}  // namespace

std::string_view scope_name(Scope scope) { return kScopes.of(scope); }
std::optional<Scope> find_scope(std::string_view name) { return kScopes.exactly(name); }

std::string_view average_name(AverageOver average) { return kAverages.of(average); }
std::optional<AverageOver> find_average(std::string_view name) { return kAverages.exactly(name); }

std::string_view direction_name(Direction direction) { return kDirections.of(direction); }
std::optional<Direction> find_direction(std::string_view name) { return kDirections.exactly(name); }

bool is_better(double a, double b, Direction direction) {
  return direction == Direction::higher_is_better  ? a > b
         : direction == Direction::lower_is_better ? a < b
                                                   : false;
}

std::string_view unit_name(Unit unit) { return kUnits.of(unit); }
std::optional<Unit> find_unit(std::string_view name) { return kUnits.exactly(name); }

std::string_view display_name(Display display) { return kDisplays.of(display); }

int printed_decimals(Unit unit, Display display) {
  switch (unit) {
    case Unit::fraction:
      return display == Display::percent ? 1 : 3;
    case Unit::count:
    case Unit::pixels:
      return 1;
    case Unit::millimetres:
      return 2;
    case Unit::plain:
      return 3;
  }
  return 3;
}

}  // namespace angiobench
