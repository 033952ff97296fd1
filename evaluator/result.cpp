// SPDX-License-Identifier: MIT
#include "evaluator/result.h"

namespace angiobench {

std::string_view group_name(ObjectGroup group) {
  switch (group) {
    case ObjectGroup::none:
      return "";
    case ObjectGroup::seen:
      return "seen";
    case ObjectGroup::unseen:
      return "unseen";
  }
  return "";
}

std::string_view display_name(Display display) {
  return display == Display::fraction ? "fraction" : "percent";
}

const Aggregate* find_aggregate(const Result& result, std::string_view metric,
                                std::string_view scope) {
  for (const Aggregate& aggregate : result.aggregates) {
    if (aggregate.metric == metric && aggregate.scope == scope) return &aggregate;
  }
  return nullptr;
}

}  // namespace angiobench
