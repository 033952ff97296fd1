// SPDX-License-Identifier: MIT
#include "reports/change_words.h"

#include <algorithm>
#include <cmath>

#include "dataset/files/text.h"
#include "reports/decimal.h"

namespace angiobench {
namespace {

std::string fine(double value, ScoreStyle style) {
  return fixed_text(style.scale * value, style.decimals + 1);
}

std::string_view unit_of(const GateRule& rule) {
  return rule.cases == GateCases::each_sequence ? "sequence"
         : rule.cases == GateCases::each_class  ? "class"
                                                : "object";
}

void append(std::string& list, const std::string& item) {
  list += (list.empty() ? "" : ", ") + item;
}

}  // namespace

std::string format_fine(std::optional<double> value, ScoreStyle style) {
  if (!value || !std::isfinite(*value)) return "–";
  return fine(*value, style);
}

std::string format_fine_difference(double difference, ScoreStyle style) {
  const std::string text = fine(difference, style);
  if (text.front() == '-') return "\u2212" + text.substr(1);
  return text.find_first_not_of("0.") == std::string::npos ? text : "+" + text;
}

std::string format_change(std::optional<double> before, std::optional<double> after,
                          ScoreStyle style) {
  std::string text = format_fine(before, style) + " → " + format_fine(after, style);
  if (before && after) text += " (" + format_fine_difference(*after - *before, style) + ")";
  return text;
}

std::string format_p(double p) {
  if (p < 0.0001) return "< 0.0001";
  if (p >= 1) return "1";
  return fixed_text(p, p < 0.001 ? 4 : p < 0.1 ? 3 : 2);
}

std::string format_sign_flips(const PairedStatistics& statistics) {
  const std::string p = format_p(statistics.sign_flips.p);
  const std::string how =
      statistics.sign_flips.exact ? "exact" : plural(statistics.sign_flips.num_used, "draw");
  return (p.front() == '<' ? "p " : "p = ") + p + " (sign flips, " + how + ", " +
         plural(statistics.num_sequences, "sequence") + ")";
}

std::string case_label(const CaseChange& change) {
  return change.object < 0 ? change.sequence
                           : change.sequence + "/" + std::to_string(change.object);
}

std::string rule_subject(const RuleResult& judged) {
  const GateRule& rule = judged.rule;
  if (rule.is_each())
    return metric_heading(judged.metric) + " of each " + std::string(unit_of(rule));
  const std::string heading = metric_heading(judged.metric, rule.scope);
  return rule.scope == Scope::overall ? heading + " overall" : heading;
}

std::string rule_conditions(const RuleResult& judged, Display display) {
  const GateRule& rule = judged.rule;
  const ScoreStyle style = style_of(judged.metric, display);
  std::string text;
  if (rule.max_drop) append(text, "drop at most " + fine(*rule.max_drop, style));
  if (rule.warn_drop) append(text, "warn above a drop of " + fine(*rule.warn_drop, style));
  if (rule.min) append(text, "at least " + fine(*rule.min, style));
  if (rule.max) append(text, "at most " + fine(*rule.max, style));
  if (rule.expect)
    append(text, "expected " + fine(*rule.expect, style) + " ± " + fine(rule.atol, style));
  if (rule.collapse) {
    append(text, "no fall from " + fine(rule.collapse->from, style) + " or more to " +
                     fine(rule.collapse->to, style) + " or less");
  }
  if (rule.allow > 0) append(text, plural(rule.allow, "exception") + " allowed");
  return text;
}

std::string rule_breach(const RuleResult& judged, Display display) {
  const ScoreStyle style = style_of(judged.metric, display);
  const GateRule& rule = judged.rule;
  std::string text;
  for (const ConditionResult& condition : judged.conditions) {
    if (!condition.broken) continue;
    const std::string actual = fine(condition.actual, style);
    switch (condition.kind) {
      case ConditionKind::max_drop:
        append(text, "drop " + actual + ", at most " + fine(*rule.max_drop, style) + " is allowed");
        break;
      case ConditionKind::warn_drop:
        // A failing drop says it all.
        if (judged.outcome == Outcome::warned && !judged.excused) {
          append(text, "drop " + actual + ", more than " + fine(*rule.warn_drop, style) + " warns");
        }
        break;
      case ConditionKind::min:
        append(text, actual + " is below " + fine(*rule.min, style));
        break;
      case ConditionKind::max:
        append(text, actual + " is above " + fine(*rule.max, style));
        break;
      case ConditionKind::expect:
        append(text,
               actual + " is not " + fine(*rule.expect, style) + " ± " + fine(rule.atol, style));
        break;
      case ConditionKind::collapse:
        break;  // of cases only
    }
  }
  if (judged.excused) text += "; not significant, which the rules require";
  return text;
}

std::string rule_facts(const RuleResult& judged, Display display, std::size_t max_cases) {
  const ScoreStyle style = style_of(judged.metric, display);
  if (!judged.rule.is_each()) {
    if (!judged.after && !judged.before) return judged.why_inconclusive;
    std::string text = judged.before ? format_change(judged.before, judged.after, style)
                                     : format_fine(judged.after, style);
    const std::string breach = rule_breach(judged, display);
    if (!breach.empty()) text += "; " + breach;
    if (judged.p)
      text += (format_p(*judged.p).front() == '<' ? "; p " : "; p = ") + format_p(*judged.p);
    if (!judged.why_inconclusive.empty()) text += "; " + judged.why_inconclusive;
    return text;
  }
  if (judged.num_cases == 0 && !judged.why_inconclusive.empty()) return judged.why_inconclusive;
  const bool failing = !judged.broken.empty();
  const std::vector<BrokenCase>& cases = failing ? judged.broken : judged.doubtful;
  std::string text = plural(judged.num_cases, unit_of(judged.rule)) + ", ";
  text += cases.empty() ? "none" : std::to_string(cases.size());
  text += cases.size() == 1 ? (failing ? " breaks the rule" : " warns")
                            : (failing || cases.empty() ? " break the rule" : " warn");
  if (!judged.why_inconclusive.empty()) text += "; " + judged.why_inconclusive;
  const std::size_t num_shown = std::min(max_cases, cases.size());
  for (std::size_t i = 0; i < num_shown; ++i) {
    const CaseChange& change = cases[i].change;
    text += (i == 0 ? ": " : "; ") + case_label(change) + " ";
    text += judged.rule.needs_baseline() ? format_change(change.before, change.after, style)
                                         : format_fine(change.after, style);
    if (change.verdict == Verdict::new_failure) text += ", new failure";
  }
  if (num_shown < cases.size())
    text += "; and " + std::to_string(cases.size() - num_shown) + " more";
  return text;
}

std::string rule_outcome(const RuleResult& judged) {
  std::string word(outcome_word(judged.outcome));
  if (judged.outcome == Outcome::failed && judged.rule.level == RuleLevel::warning)
    word += " (warning only)";
  return word;
}

std::string gate_headline(const GateReport& report) {
  const auto count = [&](Outcome outcome) {
    return static_cast<std::size_t>(
        std::count_if(report.rules.begin(), report.rules.end(),
                      [&](const RuleResult& judged) { return judged.outcome == outcome; }));
  };
  std::string text = "Gate " + std::string(outcome_word(report.verdict)) + ": ";
  std::string list;
  for (const Outcome outcome :
       {Outcome::failed, Outcome::inconclusive, Outcome::warned, Outcome::passed}) {
    const std::size_t number = count(outcome);
    if (number > 0) append(list, std::to_string(number) + " " + std::string(outcome_word(outcome)));
  }
  text += "of " + plural(report.rules.size(), "rule") + " " + list;
  if (report.comparison && report.comparison->comparability.identical_masks &&
      report.comparison->comparability.comparable) {
    text += "; no change (identical masks)";
  }
  return text;
}

}  // namespace angiobench
