// SPDX-License-Identifier: MIT
#include "evaluator/comparing/default_gate.h"

#include <algorithm>

#include "dataset/error.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"

namespace angiobench {
namespace {

constexpr double kMaxDrop = 0.005;
constexpr double kWarnDrop = 0.002;
constexpr double kMaxSequenceDrop = 0.05;
constexpr Collapse kCollapse{0.5, 0.1};

}  // namespace

GateRules default_gate_rules(const Result& result) {
  if (result.aggregates.empty())
    throw Error(ErrorKind::input, "", "the result has no aggregate", "a scored result");
  const Aggregate& headline = result.aggregates.front();
  GateRules rules;
  GateRule whole;
  whole.metric = headline.metric;
  whole.scope = headline.scope;
  whole.max_drop = kMaxDrop;
  whole.warn_drop = kWarnDrop;
  rules.rules.push_back(whole);

  const bool sequences_have_it =
      std::ranges::any_of(result.sequences, [&](const SequenceScore& sequence) {
        return sequence_value(sequence, headline.metric).has_value();
      });
  if (sequences_have_it) {
    GateRule each;
    each.metric = headline.metric;
    each.cases = GateCases::each_sequence;
    each.max_drop = kMaxSequenceDrop;
    rules.rules.push_back(each);
  }
  const bool objects_have_j =
      std::ranges::any_of(result.sequences, [](const SequenceScore& sequence) {
        return std::ranges::any_of(sequence.objects, [](const ObjectScore& object) {
          return object.value(region_metric()).has_value();
        });
      });
  if (objects_have_j) {
    GateRule lost;
    lost.metric = region_metric();
    lost.cases = GateCases::each_object;
    lost.collapse = kCollapse;
    rules.rules.push_back(lost);
  }
  return rules;
}

std::string default_gate_words() {
  return "judged by the default rules: the headline measure may fall by 0.005 (0.002 warns) and in "
         "no sequence by more than 0.05; no object may fall from J 0.5 to 0.1 (fractions)";
}

}  // namespace angiobench
