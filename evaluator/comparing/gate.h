// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/comparing/comparison.h"
#include "evaluator/result.h"

namespace angiobench {

// The CI gate: a result against a baseline by rules (schema "gate-1",
// evaluator/schema/gate-1.json). Scores are exact functions of masks, so thresholds decide;
// statistics label a finding and decide only when the rules ask for it. Nothing passes by accident:
// what cannot be judged is inconclusive, never passed.

/// What a rule does to the run.
enum class RuleLevel { warning, error };

/// What a rule looks at.
enum class GateCases {
  aggregate,
  each_sequence,
  each_object,
  each_class,  // IoU, Dice, precision or sensitivity of each class, where there are classes
};

/// One rule: a metric in a scope, and one or more conditions. Fractions throughout.
struct GateRule {
  Metric metric;
  GateCases cases = GateCases::aggregate;
  Scope scope = Scope::overall;  // of an aggregate
  RuleLevel level = RuleLevel::error;
  std::optional<double> max_drop;   // fails where it is worse than the baseline by more
  std::optional<double> warn_drop;  // warns, likewise
  std::optional<double> min;        // fails below
  std::optional<double> max;        // fails above
  std::optional<double> expect;     // fails where it is further than `atol` from this
  double atol = 0;
  std::optional<Collapse> collapse;  // each-…: fails for cases that fell from >= from to <= to
  std::uint32_t allow = 0;           // each-…: cases that may break the rule

  bool is_each() const { return cases != GateCases::aggregate; }
  bool needs_baseline() const { return max_drop || warn_drop || collapse; }
};

struct GateStatistics {
  bool report = true;
  /// A drop of an aggregate fails only where its sign-flip p-value is <= alpha
  bool require_significance = false;
  double alpha = 0.05;
};

struct GateRules {
  ComparabilityRequirements require;
  std::vector<GateRule> rules;
  GateStatistics statistics;
};

/// The word of a rule's field `scope`: "overall", …, "each-sequence", "each-object", "each-class".
std::string_view gate_scope_name(const GateRule& rule);

/// Parses a rules file. Throws Error{input} that names the field for anything unknown, missing,
/// doubled or contradictory: no rules, a rule without a condition, `allow` or `collapse` without
/// each-…, warn_drop >= max_drop.
GateRules parse_gate_rules(std::string_view text, const std::string& path);

/// The JSON schema of the rules file, as shipped.
std::string_view gate_schema();

enum class Outcome { passed, warned, failed, inconclusive };

/// "passed", "warned", "failed" or "inconclusive".
std::string_view outcome_word(Outcome outcome);

enum class ConditionKind { max_drop, warn_drop, min, max, expect, collapse };

/// One condition of a rule about an aggregate.
struct ConditionResult {
  ConditionKind kind = ConditionKind::max_drop;
  bool broken = false;
  double actual = 0;  // the drop, or the value
};

/// A case that breaks an each-… rule.
struct BrokenCase {
  CaseChange change;
  ConditionKind kind = ConditionKind::max_drop;
};

struct RuleResult {
  GateRule rule;
  MetricDescriptor metric;  // of the rule's metric, as the result says it
  Outcome outcome = Outcome::inconclusive;
  /// Of the aggregate; of an each-… rule the worst of its cases
  Verdict verdict = Verdict::not_comparable;
  std::optional<double> before;  // the aggregate's values
  std::optional<double> after;
  std::vector<ConditionResult> conditions;  // of an aggregate
  std::size_t num_cases = 0;                // each-…: cases that were judged
  std::size_t num_undefined = 0;            // each-…: cases with a value on one side only
  std::vector<BrokenCase> broken;    // each-…: cases that break a failing condition, worst first
  std::vector<BrokenCase> doubtful;  // each-…: cases beyond warn_drop only, worst first
  std::optional<double> p;           // sign flips, where statistics were made
  bool excused = false;  // failed by its threshold, but not significant where that is required
  std::string why_inconclusive;  // where it is
};

struct GateReport {
  Outcome verdict = Outcome::inconclusive;
  std::string result_name;
  std::string result_digest;
  std::string baseline_name;  // empty: no baseline
  std::string baseline_digest;
  std::string dataset;
  std::string protocol;
  Display display = Display::percent;  // the protocol's
  bool has_baseline = false;
  std::vector<RuleResult> rules;     // in the file's order
  std::vector<std::string> reasons;  // why the whole is inconclusive
  std::vector<std::string> notes;    // what a reader should know
  double alpha = 0.05;
  std::optional<Comparison> comparison;  // where there is a baseline
};

struct GateOptions {
  BootstrapOptions bootstrap;
  std::uint32_t flips = 100000;
  bool lenient = false;  // other cases are no obstacle: what both have is compared
};

/// Judges a result; `baseline` may be null. The verdict is failed where a rule of level error
/// fails; else inconclusive where a rule or the comparison is (no baseline, not comparable, an
/// incomplete result, a rule that matches nothing, a missing value); else warned where a rule warns
/// or one of level warning fails; else passed.
GateReport evaluate_gate(const Result& result, const Result* baseline, const GateRules& rules,
                         const GateOptions& options = {});

}  // namespace angiobench
