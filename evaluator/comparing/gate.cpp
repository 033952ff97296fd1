// SPDX-License-Identifier: MIT
#include "evaluator/comparing/gate.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/embedded_file.h"
#include "dataset/files/json_fields.h"
#include "dataset/files/text.h"
#include "dataset/words.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"

namespace angiobench {

std::span<const EmbeddedFile> embedded_gate_schema();

namespace {

// A threshold written as 0.005 must not be broken by the rounding of 0.505 - 0.5.
constexpr double kRounding = 1e-9;

constexpr std::size_t kMaxRules = 10000;

constexpr std::string_view kEachSequence = "each-sequence";
constexpr std::string_view kEachObject = "each-object";
constexpr std::string_view kEachClass = "each-class";

std::vector<std::string> scope_words() {
  std::vector<std::string> words;
  for (const Scope scope : {Scope::overall, Scope::seen, Scope::unseen, Scope::pooled})
    words.emplace_back(scope_name(scope));
  words.emplace_back(kEachSequence);
  words.emplace_back(kEachObject);
  words.emplace_back(kEachClass);
  return words;
}

GateRule parse_rule(const Json& value, const std::string& path, const std::string& place) {
  JsonFields fields(value, path, place);
  GateRule rule;
  rule.metric = metric_named(fields.string("metric"));
  if (rule.metric.id.empty()) fields.fail("metric", "the name of a metric, e.g. J&F");
  const std::string scope = fields.choice("scope", scope_words());
  rule.scope = find_scope(scope).value_or(Scope::overall);
  rule.cases = scope == kEachSequence ? GateCases::each_sequence
               : scope == kEachObject ? GateCases::each_object
               : scope == kEachClass  ? GateCases::each_class
                                      : GateCases::aggregate;
  rule.level = fields.choice_or("level", "error", {"error", "warning"}) == "error"
                   ? RuleLevel::error
                   : RuleLevel::warning;
  // Fractions are at most 1; distances, counts and numbers without a unit are what they are.
  constexpr double kLargest = 1e9;
  const Unit unit = describe(rule.metric, Display::percent).unit;
  const double most = unit == Unit::fraction ? 1 : kLargest;
  const auto optional_number = [&](std::string_view name, double low) -> std::optional<double> {
    if (!fields.has(name)) return std::nullopt;
    return fields.number(name, low, most);
  };
  rule.max_drop = optional_number("max_drop", 0);
  rule.warn_drop = optional_number("warn_drop", 0);
  rule.min = optional_number("min", -1);
  rule.max = optional_number("max", -1);
  rule.expect = optional_number("expect", -1);
  const std::optional<double> atol = optional_number("atol", 0);
  rule.atol = atol.value_or(0);
  rule.allow = static_cast<std::uint32_t>(fields.integer_or("allow", 0, 0, 1'000'000));
  if (fields.has("collapse")) {
    JsonFields collapse = fields.object("collapse");
    rule.collapse = Collapse{collapse.number("from", 0, 1), collapse.number("to", 0, 1)};
    collapse.expect_no_more();
    if (rule.collapse->to >= rule.collapse->from) collapse.fail("to", "less than 'from'");
    if (!rule.is_each()) fields.fail("collapse", "no collapse where the scope is not each-…");
    if (describe(rule.metric, Display::percent).direction == Direction::lower_is_better) {
      fields.fail("collapse", "no collapse of a metric that is better when lower");
    }
  }
  fields.expect_no_more();

  // Refuse what contradicts itself or decides nothing.
  if (fields.has("allow") && !rule.is_each())
    fields.fail("allow", "no 'allow' where the scope is not each-…");
  if (rule.expect && !atol) fields.fail("atol", "a number, since 'expect' is there");
  if (atol && !rule.expect) fields.fail("expect", "a number, since 'atol' is there");
  if (rule.warn_drop && rule.max_drop && *rule.warn_drop >= *rule.max_drop)
    fields.fail("warn_drop", "less than 'max_drop'");
  if (rule.min && rule.max && *rule.min > *rule.max) fields.fail("min", "at most 'max'");
  if (!rule.max_drop && !rule.warn_drop && !rule.min && !rule.max && !rule.expect &&
      !rule.collapse) {
    throw Error(ErrorKind::input, path, "rule '" + place + "' has no condition",
                "one of max_drop, warn_drop, min, max, expect, collapse");
  }
  return rule;
}

// How far beyond a condition something is, for sorting; positive where it is broken.
struct Breach {
  ConditionKind kind = ConditionKind::max_drop;
  double excess = 0;
  double actual = 0;
};

std::vector<Breach> breaches_of(const GateRule& rule, Direction direction,
                                std::optional<double> before, std::optional<double> after) {
  std::vector<Breach> breaches;
  if (!after) return breaches;
  const auto add = [&](ConditionKind kind, double excess, double actual) {
    breaches.push_back({kind, excess, actual});
  };
  if (before) {
    const double drop = drop_of(*before, *after, direction);
    if (rule.max_drop) add(ConditionKind::max_drop, drop - *rule.max_drop, drop);
    if (rule.warn_drop) add(ConditionKind::warn_drop, drop - *rule.warn_drop, drop);
    if (rule.collapse) {
      const bool collapsed = *before >= rule.collapse->from && *after <= rule.collapse->to;
      add(ConditionKind::collapse, collapsed ? *before - *after : -1, *after);
    }
  }
  if (rule.min) add(ConditionKind::min, *rule.min - *after, *after);
  if (rule.max) add(ConditionKind::max, *after - *rule.max, *after);
  if (rule.expect) add(ConditionKind::expect, std::abs(*after - *rule.expect) - rule.atol, *after);
  return breaches;
}

bool is_broken(const Breach& breach) { return breach.excess > kRounding; }

// The smallest p-value that flips of `n` sequences can give.
double smallest_p(std::size_t n, std::uint32_t flips) {
  if (n <= kMaxExactFlips) return std::min(1.0, 2 / std::exp2(static_cast<double>(n)));
  return 1.0 / (1.0 + flips);
}

double tolerance_of(const GateRule& rule) {
  return rule.warn_drop.value_or(rule.max_drop.value_or(VerdictThresholds{}.tolerance));
}

struct GateContext {
  const Result& result;
  const Result* baseline;        // null: none, or not comparable
  const Comparison* comparison;  // null: none
  const GateRules& rules;
  const GateOptions& options;
};

void judge_aggregate(RuleResult& judged, const GateContext& context) {
  const GateRule& rule = judged.rule;
  const Aggregate* aggregate = find_aggregate(context.result, rule.metric, rule.scope);
  if (aggregate == nullptr) {
    judged.why_inconclusive = "the result has no such aggregate";
    return;
  }
  judged.after = aggregate->value;
  const AggregateChange* change = nullptr;
  if (context.baseline != nullptr) {
    for (const AggregateChange& candidate : context.comparison->aggregates) {
      if (candidate.metric.metric == rule.metric && candidate.scope == rule.scope)
        change = &candidate;
    }
  }
  // Where the cases differ (lenient), the change is over the common ones; `after` stays the
  // result's own.
  std::optional<double> after_common = aggregate->value;
  if (change != nullptr) {
    judged.before = change->before;
    after_common = change->after;
    if (change->statistics) judged.p = change->statistics->sign_flips.p;
    judged.verdict =
        change->verdict == Verdict::no_change
            ? Verdict::no_change
            : judge(change->before, change->after, judged.metric.direction, tolerance_of(rule));
  }
  if (!judged.after) {
    judged.why_inconclusive = "the result has no value";
    return;
  }
  if (rule.needs_baseline() && !(judged.before && after_common)) {
    if (context.baseline == nullptr) {
      judged.why_inconclusive = "there is no comparable baseline";
    } else {
      judged.why_inconclusive =
          change == nullptr ? "the baseline has no such aggregate" : "the baseline has no value";
    }
    return;
  }

  judged.outcome = Outcome::passed;
  std::vector<Breach> breaches =
      breaches_of(rule, judged.metric.direction, std::nullopt, judged.after);
  GateRule drops = rule;
  drops.min = drops.max = drops.expect = std::nullopt;
  const std::vector<Breach> drop_breaches =
      breaches_of(drops, judged.metric.direction, judged.before, after_common);
  breaches.insert(breaches.begin(), drop_breaches.begin(), drop_breaches.end());
  for (const Breach& breach : breaches) {
    judged.conditions.push_back({breach.kind, is_broken(breach), breach.actual});
    if (!is_broken(breach)) continue;
    if (breach.kind == ConditionKind::warn_drop) {
      if (judged.outcome == Outcome::passed) judged.outcome = Outcome::warned;
      continue;
    }
    if (breach.kind != ConditionKind::max_drop || !context.rules.statistics.require_significance) {
      judged.outcome = Outcome::failed;
      continue;
    }
    // Significance is required: the drop alone does not decide.
    const double alpha = context.rules.statistics.alpha;
    const std::size_t n = change->statistics ? change->statistics->num_sequences : 0;
    if (!judged.p || smallest_p(n, context.options.flips) > alpha) {
      if (judged.outcome == Outcome::failed) continue;
      judged.outcome = Outcome::inconclusive;
      judged.why_inconclusive = "it drops too far, but " + std::to_string(n) +
                                " sequences cannot be significant at alpha";
      return;
    }
    if (*judged.p <= alpha) {
      judged.outcome = Outcome::failed;
    } else {
      judged.excused = true;
      if (judged.outcome == Outcome::passed) judged.outcome = Outcome::warned;
    }
  }
}

int severity_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::new_failure:
      return 6;
    case Verdict::regressed:
      return 5;
    case Verdict::not_comparable:
      return 4;
    case Verdict::within_tolerance:
      return 3;
    case Verdict::no_change:
      return 2;
    case Verdict::fixed:
      return 1;
    case Verdict::improved:
      return 0;
  }
  return 4;
}

void judge_each(RuleResult& judged, const GateContext& context) {
  const GateRule& rule = judged.rule;
  if (rule.needs_baseline() && context.baseline == nullptr) {
    judged.why_inconclusive = "there is no comparable baseline";
    return;
  }
  VerdictThresholds thresholds;
  thresholds.tolerance = tolerance_of(rule);
  if (rule.collapse) thresholds.collapse = *rule.collapse;
  const Result& before_result = context.baseline != nullptr ? *context.baseline : context.result;
  const std::vector<CaseChange> changes =
      rule.cases == GateCases::each_sequence
          ? sequence_changes(before_result, context.result, rule.metric, thresholds)
      : rule.cases == GateCases::each_class
          ? class_changes(before_result, context.result, rule.metric, thresholds)
          : object_changes(before_result, context.result, rule.metric, thresholds);

  // Judge every case by its worst breach.
  std::vector<std::pair<double, BrokenCase>> broken;
  std::vector<std::pair<double, BrokenCase>> doubtful;
  int worst = -1;
  for (CaseChange change : changes) {
    if (context.baseline == nullptr) change.before.reset();
    if (!change.before && !change.after && change.verdict != Verdict::new_failure) continue;
    const bool lacks_before = rule.needs_baseline() && !change.before;
    if (change.verdict == Verdict::new_failure && !change.after) {
      // It had a value and could not be scored: that breaks any rule.
      ++judged.num_cases;
      worst = std::max(worst, severity_of(change.verdict));
      if (severity_of(change.verdict) == worst) judged.verdict = change.verdict;
      const ConditionKind kind = rule.collapse   ? ConditionKind::collapse
                                 : rule.max_drop ? ConditionKind::max_drop
                                                 : ConditionKind::min;
      broken.push_back({2.0, {change, kind}});
      continue;
    }
    if (!change.after || lacks_before) {
      // A case that the baseline could not score (fixed), or that lenient leaves out, is nothing to
      // judge by.
      const bool left_out = change.verdict == Verdict::fixed ||
                            (context.options.lenient && change.verdict == Verdict::not_comparable);
      if (!left_out) ++judged.num_undefined;
      if (!change.after || !(rule.min || rule.max || rule.expect)) continue;
    }
    ++judged.num_cases;
    if (context.baseline != nullptr && severity_of(change.verdict) > worst) {
      worst = severity_of(change.verdict);
      judged.verdict = change.verdict;
    }
    Breach worst_failing{ConditionKind::max_drop, -2, 0};
    Breach worst_warning{ConditionKind::warn_drop, -2, 0};
    for (const Breach& breach :
         breaches_of(rule, judged.metric.direction, change.before, change.after)) {
      Breach& slot = breach.kind == ConditionKind::warn_drop ? worst_warning : worst_failing;
      if (is_broken(breach) && breach.excess > slot.excess) slot = breach;
    }
    if (is_broken(worst_failing)) {
      broken.push_back({worst_failing.excess, {change, worst_failing.kind}});
    } else if (is_broken(worst_warning)) {
      doubtful.push_back({worst_warning.excess, {change, ConditionKind::warn_drop}});
    }
  }
  const auto sort_into = [](std::vector<std::pair<double, BrokenCase>>& from,
                            std::vector<BrokenCase>& to) {
    std::stable_sort(from.begin(), from.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (auto& [excess, broken_case] : from) to.push_back(std::move(broken_case));
  };
  sort_into(broken, judged.broken);
  sort_into(doubtful, judged.doubtful);

  if (judged.broken.size() > rule.allow) {
    judged.outcome = Outcome::failed;
  } else if (judged.num_cases == 0) {
    judged.why_inconclusive = "it matches nothing: no case has a value";
  } else if (judged.num_undefined > 0) {
    judged.why_inconclusive =
        std::to_string(judged.num_undefined) + " cases have a value on one side only";
  } else {
    judged.outcome = judged.doubtful.empty() ? Outcome::passed : Outcome::warned;
  }
}

std::size_t num_incomplete(const Result& result) {
  return static_cast<std::size_t>(
      std::count_if(result.sequences.begin(), result.sequences.end(),
                    [](const SequenceScore& sequence) { return !sequence.complete; }));
}

}  // namespace

GateRules parse_gate_rules(std::string_view text, const std::string& path) {
  const Json json = parse_json(text, path, DuplicateKeys::refused);
  JsonFields fields(json, path);
  GateRules rules;
  fields.choice("schema", {"gate-1"});
  if (fields.has("require")) {
    JsonFields require = fields.object("require");
    rules.require.dataset_digest = require.boolean_or("dataset_digest", true);
    rules.require.protocol = require.boolean_or("protocol", true);
    rules.require.metric_version = require.boolean_or("metric_version", true);
    require.expect_no_more();
  }
  const Json& list = fields.value("rules");
  if (!list.is_array() || list.empty() || list.size() > kMaxRules) {
    fields.fail("rules", "a list of 1 to " + std::to_string(kMaxRules) +
                             " rules (a gate without rules would pass everything)");
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    rules.rules.push_back(parse_rule(list[i], path, "rules[" + std::to_string(i) + "]"));
  }
  if (fields.has("statistics")) {
    JsonFields statistics = fields.object("statistics");
    rules.statistics.report = statistics.boolean_or("report", true);
    rules.statistics.require_significance = statistics.boolean_or("require_significance", false);
    rules.statistics.alpha = statistics.number_or("alpha", 0.05, 0, 1);
    if (rules.statistics.alpha == 0)
      statistics.fail("alpha", "more than 0: nothing is significant at 0");
    statistics.expect_no_more();
  }
  fields.expect_no_more();
  return rules;
}

std::string_view gate_scope_name(const GateRule& rule) {
  switch (rule.cases) {
    case GateCases::each_sequence:
      return kEachSequence;
    case GateCases::each_object:
      return kEachObject;
    case GateCases::each_class:
      return kEachClass;
    case GateCases::aggregate:
      return scope_name(rule.scope);
  }
  return scope_name(rule.scope);
}

std::string_view gate_schema() { return embedded_gate_schema().front().content; }

constexpr auto kOutcomeWords = words<Outcome>({{"passed", Outcome::passed},
                                               {"warned", Outcome::warned},
                                               {"failed", Outcome::failed},
                                               {"inconclusive", Outcome::inconclusive}});

std::string_view outcome_word(Outcome outcome) { return kOutcomeWords.of(outcome); }

GateReport evaluate_gate(const Result& result, const Result* baseline, const GateRules& rules,
                         const GateOptions& options) {
  GateReport report;
  report.result_name = result.submission.name;
  report.result_digest = result.submission.digest;
  report.dataset = result.dataset.name;
  report.protocol = result.protocol.name + " v" + std::to_string(result.protocol.version);
  report.display = result.protocol.display;
  report.has_baseline = baseline != nullptr;
  report.alpha = rules.statistics.alpha;

  // Find out whether the two may be compared at all.
  const bool needs_baseline =
      std::any_of(rules.rules.begin(), rules.rules.end(),
                  [](const GateRule& rule) { return rule.needs_baseline(); });
  if (baseline == nullptr && needs_baseline) report.reasons.push_back("there is no baseline");
  // Say what is not whole; a part that was chosen is a note where cases may differ.
  const auto check_whole = [&](const Result& checked, const std::string& which) {
    if (checked.complete) return;
    if (!is_partial_by_choice(checked)) {
      report.reasons.push_back("the " + which +
                               " is incomplete: " + plural(num_incomplete(checked), "sequence") +
                               " could not be scored");
    } else {
      (options.lenient ? report.notes : report.reasons)
          .push_back("the " + which + " covers a part of the data set: " +
                     plural(checked.sequences.size(), "sequence"));
    }
  };
  check_whole(result, "result");
  if (baseline != nullptr) {
    report.baseline_name = baseline->submission.name;
    report.baseline_digest = baseline->submission.digest;
    check_whole(*baseline, "baseline");
    ComparisonOptions comparison_options;
    comparison_options.require = rules.require;
    comparison_options.require.same_cases = !options.lenient;
    comparison_options.bootstrap = options.bootstrap;
    comparison_options.flips = options.flips;
    comparison_options.statistics =
        rules.statistics.report || rules.statistics.require_significance;
    report.comparison = compare_results(*baseline, result, comparison_options);
    const Comparability& checked = report.comparison->comparability;
    report.reasons.insert(report.reasons.end(), checked.reasons.begin(), checked.reasons.end());
    for (const std::string& note : checked.notes) report.notes.push_back("waived: " + note);
  }

  // Judge the rules.
  const bool comparable = baseline != nullptr && report.comparison->comparability.comparable;
  const GateContext context{result, comparable ? baseline : nullptr,
                            comparable ? &*report.comparison : nullptr, rules, options};
  bool failed = false;
  bool inconclusive = !report.reasons.empty();
  bool warned = false;
  for (const GateRule& rule : rules.rules) {
    RuleResult& judged = report.rules.emplace_back();
    judged.rule = rule;
    judged.metric = descriptor_of(result, rule.metric);
    if (rule.needs_baseline() && judged.metric.direction == Direction::unknown) {
      judged.why_inconclusive = "nothing says whether more or less of it is better";
    } else if (rule.is_each()) {
      judge_each(judged, context);
    } else {
      judge_aggregate(judged, context);
    }
    failed = failed || (judged.outcome == Outcome::failed && rule.level == RuleLevel::error);
    inconclusive = inconclusive || judged.outcome == Outcome::inconclusive;
    warned = warned || judged.outcome == Outcome::warned || judged.outcome == Outcome::failed;
  }
  const bool any_error_level =
      std::any_of(rules.rules.begin(), rules.rules.end(),
                  [](const GateRule& rule) { return rule.level == RuleLevel::error; });
  if (!any_error_level)
    report.notes.push_back("no rule has the level error: this gate can only warn");
  report.verdict = failed         ? Outcome::failed
                   : inconclusive ? Outcome::inconclusive
                   : warned       ? Outcome::warned
                                  : Outcome::passed;
  return report;
}

}  // namespace angiobench
