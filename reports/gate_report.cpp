// SPDX-License-Identifier: MIT
#include "reports/gate_report.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "dataset/words.h"
#include "reports/change_json.h"
#include "reports/change_words.h"
#include "reports/comparison_report.h"
#include "reports/escape.h"
#include "reports/tables.h"
#include "reports/text_table.h"

namespace angiobench {
namespace {

constexpr std::size_t kShownGateRows = 10;  // before the rest is folded
constexpr std::size_t kShownCases = 5;      // in one line
constexpr std::size_t kListedCases = 50;    // where a reader asked for all: the JSON has them
constexpr std::size_t kShownNotes = 10;
constexpr std::size_t kMaxAnnotations = 10;  // GitHub shows ten of a step

constexpr auto kConditionWords = words<ConditionKind>({{"max_drop", ConditionKind::max_drop},
                                                       {"warn_drop", ConditionKind::warn_drop},
                                                       {"min", ConditionKind::min},
                                                       {"max", ConditionKind::max},
                                                       {"expect", ConditionKind::expect},
                                                       {"collapse", ConditionKind::collapse}});

std::string_view condition_name(ConditionKind kind) { return kConditionWords.of(kind); }

std::string_view level_name(RuleLevel level) {
  return level == RuleLevel::error ? "error" : "warning";
}

// Rules in the order in which a reader wants them: failed, inconclusive, warned, passed.
std::vector<const RuleResult*> by_urgency(const GateReport& report) {
  std::vector<const RuleResult*> rules;
  for (const RuleResult& judged : report.rules) rules.push_back(&judged);
  const auto urgency = [](const RuleResult* judged) {
    switch (judged->outcome) {
      case Outcome::failed:
        return judged->rule.level == RuleLevel::error ? 0 : 2;
      case Outcome::inconclusive:
        return 1;
      case Outcome::warned:
        return 2;
      case Outcome::passed:
        return 3;
    }
    return 3;
  };
  std::stable_sort(rules.begin(), rules.end(), [&](const RuleResult* a, const RuleResult* b) {
    return urgency(a) < urgency(b);
  });
  return rules;
}

// The verdict's label, or nothing where a rule compares with no baseline. A change for the worse
// that the rule allows is no regression: no line says passed and regressed at once.
std::string verdict_cell(const RuleResult& judged) {
  const bool compared = judged.rule.needs_baseline() || judged.before;
  if (!compared) return "–";
  const bool worse = judged.verdict == Verdict::regressed || judged.verdict == Verdict::new_failure;
  if (judged.outcome == Outcome::passed && worse) return "within the rule";
  return verdict_label(judged.verdict);
}

// What a rule is called in the history of a CI: its metric, its scope and the kinds of its
// conditions, but no figure, so that the name stays when the figures change.
std::string rule_name(const RuleResult& judged) {
  const GateRule& rule = judged.rule;
  std::string kinds;
  const auto add = [&kinds](bool is_there, ConditionKind kind) {
    if (is_there) kinds += (kinds.empty() ? "" : ", ") + std::string(condition_name(kind));
  };
  add(rule.max_drop.has_value(), ConditionKind::max_drop);
  add(rule.warn_drop.has_value(), ConditionKind::warn_drop);
  add(rule.min.has_value(), ConditionKind::min);
  add(rule.max.has_value(), ConditionKind::max);
  add(rule.expect.has_value(), ConditionKind::expect);
  add(rule.collapse.has_value(), ConditionKind::collapse);
  return rule_subject(judged) + " (" + kinds + ")";
}

// The names of all rules; the second of one name is "… #2".
std::vector<std::string> rule_names(const GateReport& report) {
  std::vector<std::string> names;
  for (const RuleResult& judged : report.rules) {
    const std::string name = rule_name(judged);
    const auto before = std::count_if(report.rules.data(), &judged, [&](const RuleResult& other) {
      return rule_name(other) == name;
    });
    names.push_back(before == 0 ? name : name + " #" + std::to_string(before + 1));
  }
  return names;
}

Table rule_table(const std::vector<const RuleResult*>& rules, Display display) {
  Table table;
  const auto left = Table::Align::left;
  table.columns = {{"Outcome", "", left},
                   {"Verdict", "", left},
                   {"Rule", "", left},
                   {"Conditions", "", left},
                   {"Found", "", left}};
  for (const RuleResult* judged : rules) {
    table.rows.push_back({{rule_outcome(*judged), judged->outcome == Outcome::failed},
                          {verdict_cell(*judged)},
                          {rule_subject(*judged)},
                          {rule_conditions(*judged, display)},
                          {rule_facts(*judged, display, kShownCases)}});
  }
  return table;
}

std::string identity(const std::string& name, const std::string& digest) {
  return (name.empty() ? "(no name)" : name) + " (" + short_digest(digest) + ")";
}

std::vector<std::string> notes_of(const GateReport& report) {
  std::vector<std::string> notes;
  for (const std::string& reason : report.reasons) notes.push_back("inconclusive: " + reason);
  notes.insert(notes.end(), report.notes.begin(), report.notes.end());
  if (notes.size() > kShownNotes) {
    const std::size_t rest = notes.size() - kShownNotes;
    notes.resize(kShownNotes);
    notes.push_back("and " + std::to_string(rest) + " more notes");
  }
  return notes;
}

// The shortest decimal that reads back as the same number, with at most six digits after the point.
std::string six_decimals(double value) {
  std::array<char, 400> buffer{};
  const auto printed = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                     std::chars_format::fixed, 6);
  std::string text(buffer.data(), printed.ptr);
  if (text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
  return text;
}

}  // namespace

std::string gate_text(const GateReport& report) {
  const Display display = report.display;
  std::string text = escape_terminal(gate_headline(report)) + "\n";
  text += "  data set  " + escape_terminal(report.dataset + ", protocol " + report.protocol) + "\n";
  text +=
      "  result    " + escape_terminal(identity(report.result_name, report.result_digest)) + "\n";
  text +=
      "  baseline  " +
      (report.has_baseline ? escape_terminal(identity(report.baseline_name, report.baseline_digest))
                           : std::string("none")) +
      "\n";

  // Rules take two lines each: a table of such long cells would be wider than any terminal.
  for (const RuleResult* judged : by_urgency(report)) {
    text += "\n" + rule_outcome(*judged) + ": " + escape_terminal(rule_subject(*judged)) + ": " +
            rule_conditions(*judged, display) + "\n  ";
    if (const std::string verdict = verdict_cell(*judged); verdict != "–") text += verdict + "; ";
    text += escape_terminal(rule_facts(*judged, display, kShownGateRows)) + "\n";
  }
  if (report.comparison && report.comparison->comparability.comparable) {
    text += "\n" + text_table(change_table(*report.comparison, display, "Baseline", "Result"));
    const MetricDescriptor& metric = report.comparison->case_metric;
    const ScoreStyle style = style_of(metric, display);
    const auto add_cases = [&](const char* heading, const std::vector<CaseChange>& changes) {
      if (changes.empty()) return;
      text += std::string("\n") + heading + " (" + escape_terminal(metric.name) + ")\n";
      for (std::size_t i = 0; i < std::min(kShownGateRows, changes.size()); ++i) {
        text += "  " + escape_terminal(case_label(changes[i])) + "  " +
                format_change(changes[i].before, changes[i].after, style) + "  " +
                verdict_label(changes[i].verdict) + "\n";
      }
      if (changes.size() > kShownGateRows)
        text += "  and " + std::to_string(changes.size() - kShownGateRows) + " more\n";
    };
    add_cases("Sequences that changed", notable_changes(report.comparison->sequences));
    add_cases("Objects lost or found", lost_and_found(report.comparison->objects));
  }
  const std::vector<std::string> notes = notes_of(report);
  if (!notes.empty()) text += "\n";
  for (const std::string& note : notes) text += escape_terminal(note) + "\n";
  return text;
}

std::string gate_json(const GateReport& report) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["schema"] = "gate-report-1";
  json["verdict"] = outcome_word(report.verdict);
  json["dataset"] = report.dataset;
  json["protocol"] = report.protocol;
  json["result"] = {{"name", report.result_name}, {"digest", report.result_digest}};
  json["baseline"] = nullptr;
  if (report.has_baseline)
    json["baseline"] = {{"name", report.baseline_name}, {"digest", report.baseline_digest}};
  json["reasons"] = report.reasons;
  json["notes"] = report.notes;
  json["rules"] = Json::array();
  for (const RuleResult& judged : report.rules) {
    Json rule = {{"metric", judged.rule.metric.id},
                 {"scope", gate_scope_name(judged.rule)},
                 {"level", level_name(judged.rule.level)},
                 {"outcome", outcome_word(judged.outcome)},
                 {"verdict", verdict_word(judged.verdict)}};
    if (!judged.why_inconclusive.empty()) rule["why"] = judged.why_inconclusive;
    if (judged.rule.is_each()) {
      rule["cases"] = judged.num_cases;
      rule["undefined"] = judged.num_undefined;
      for (const auto& [name, cases] :
           {std::pair("broken", &judged.broken), std::pair("doubtful", &judged.doubtful)}) {
        rule[name] = Json::array();
        for (const BrokenCase& one : *cases) {
          Json entry = change_json(one.change);
          entry["condition"] = condition_name(one.kind);
          rule[name].push_back(std::move(entry));
        }
      }
    } else {
      rule["before"] = number_json(judged.before);
      rule["after"] = number_json(judged.after);
      rule["p"] = number_json(judged.p);
      rule["conditions"] = Json::array();
      for (const ConditionResult& condition : judged.conditions) {
        rule["conditions"].push_back({{"kind", condition_name(condition.kind)},
                                      {"actual", condition.actual},
                                      {"broken", condition.broken}});
      }
      if (judged.excused) rule["excused"] = true;
    }
    json["rules"].push_back(std::move(rule));
  }
  json["comparison"] = nullptr;
  if (report.comparison) json["comparison"] = comparison_to_json(*report.comparison);
  return dump_json(json);
}

std::string gate_junit(const GateReport& report) {
  const Display display = report.display;
  std::string cases;
  std::size_t num_failures = 0;
  std::size_t num_errors = 0;
  const std::string suite = report.dataset + ", " + report.protocol;
  const std::string class_name = escape_xml("angiobench." + report.dataset);
  enum class Found { output, failure, error };
  const auto add_case = [&](const std::string& name, Found found, const std::string& message,
                            const std::string& whole) {
    cases += "    <testcase classname=\"" + class_name + "\" name=\"" + escape_xml(name) +
             "\" time=\"0\">\n      ";
    if (found == Found::output) {
      cases += "<system-out>" + escape_xml(whole) + "</system-out>";
    } else {
      const bool failed = found == Found::failure;
      ++(failed ? num_failures : num_errors);
      const std::string tag = failed ? "failure" : "error";
      cases += "<" + tag + " type=\"" + (failed ? "gate" : "inconclusive") + "\" message=\"" +
               escape_xml(message) + "\">" + escape_xml(whole) + "</" + tag + ">";
    }
    cases += "\n    </testcase>\n";
  };

  // Comparability comes first: everything else hangs on it.
  const std::string pair =
      "result " + identity(report.result_name, report.result_digest) +
      (report.has_baseline
           ? " against baseline " + identity(report.baseline_name, report.baseline_digest)
           : std::string(" without a baseline"));
  std::string reasons;
  for (const std::string& reason : report.reasons)
    reasons += (reasons.empty() ? "" : "; ") + reason;
  add_case("comparability", reasons.empty() ? Found::output : Found::error, reasons,
           reasons.empty() ? pair : pair + ": " + reasons);

  const std::vector<std::string> names = rule_names(report);
  for (std::size_t i = 0; i < report.rules.size(); ++i) {
    const RuleResult& judged = report.rules[i];
    const std::string subject = rule_subject(judged) + ": " + rule_conditions(judged, display);
    const std::string verdict = verdict_cell(judged);
    const std::string whole = subject + ": " + rule_facts(judged, display, kListedCases) +
                              (verdict == "–" ? "" : "; " + verdict);
    const bool failed = judged.outcome == Outcome::failed && judged.rule.level == RuleLevel::error;
    const Found found = failed                                    ? Found::failure
                        : judged.outcome == Outcome::inconclusive ? Found::error
                                                                  : Found::output;
    add_case(names[i], found, subject + ": " + rule_facts(judged, display, kShownCases),
             found != Found::output              ? whole
             : judged.outcome == Outcome::passed ? "passed: " + whole
                                                 : "warning: " + whole);
  }
  const std::string counts = "tests=\"" + std::to_string(report.rules.size() + 1) +
                             "\" failures=\"" + std::to_string(num_failures) + "\" errors=\"" +
                             std::to_string(num_errors) + "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"angiobench check\" " +
         counts + ">\n  <testsuite name=\"" + escape_xml(suite) + "\" " + counts +
         " skipped=\"0\" time=\"0\">\n" + cases + "  </testsuite>\n</testsuites>\n";
}

std::string gate_markdown(const GateReport& report, std::size_t max_bytes) {
  const Display display = report.display;
  MarkdownPage page(max_bytes);
  const std::string_view sign = report.verdict == Outcome::failed         ? "❌ "
                                : report.verdict == Outcome::inconclusive ? "❓ "
                                : report.verdict == Outcome::warned       ? "⚠️ "
                                                                          : "✅ ";
  page.add("## " + std::string(sign) + escape_markdown(gate_headline(report)) + "\n\n");
  page.add("Data set " + escape_markdown(report.dataset) + ", protocol " +
           escape_markdown(report.protocol) + ". Result " +
           escape_markdown(identity(report.result_name, report.result_digest)) + ", baseline " +
           (report.has_baseline
                ? escape_markdown(identity(report.baseline_name, report.baseline_digest))
                : std::string("none")) +
           ".\n\n");
  const std::vector<std::string> notes = notes_of(report);
  for (const std::string& note : notes) page.add("- " + escape_markdown(note) + "\n");
  if (!notes.empty()) page.add("\n");
  page.add_table(rule_table(by_urgency(report), display), kShownGateRows, "more rules");
  if (report.comparison && report.comparison->comparability.comparable) {
    const Comparison& comparison = *report.comparison;
    page.add("\n### Aggregates\n\n");
    page.add_table(change_table(comparison, display, "Baseline", "Result"), kShownGateRows,
                   "more aggregates");
    page.add_cases("Sequences", comparison.sequences, comparison.case_metric, display,
                   kShownGateRows);
    page.add_cases("Objects", comparison.objects, comparison.case_metric, display, kShownGateRows);
  }
  return page.text();
}

std::vector<std::string> gate_annotations(const GateReport& report) {
  const Display display = report.display;
  const auto command = [](std::string_view kind, const std::string& message) {
    return "::" + std::string(kind) + " title=" + escape_workflow_property("angiobench check") +
           "::" + escape_workflow_message(message);
  };
  std::vector<std::string> lines;
  for (const std::string& reason : report.reasons)
    lines.push_back(command("error", "inconclusive: " + reason));
  for (const RuleResult* judged : by_urgency(report)) {
    if (judged->outcome == Outcome::passed) continue;
    const bool is_error =
        judged->outcome == Outcome::inconclusive ||
        (judged->outcome == Outcome::failed && judged->rule.level == RuleLevel::error);
    lines.push_back(command(is_error ? "error" : "warning",
                            rule_outcome(*judged) + ": " + rule_subject(*judged) + ": " +
                                rule_conditions(*judged, display) + ": " +
                                rule_facts(*judged, display, kShownCases)));
  }
  if (lines.size() > kMaxAnnotations) {
    const bool errors_left =
        std::any_of(lines.begin() + kMaxAnnotations - 1, lines.end(),
                    [](const std::string& line) { return line.starts_with("::error"); });
    const std::size_t num_left = lines.size() - (kMaxAnnotations - 1);
    lines.resize(kMaxAnnotations - 1);
    lines.push_back(command(errors_left ? "error" : "warning",
                            "and " + std::to_string(num_left) + " more findings"));
  }
  return lines;
}

std::string gate_openmetrics(const GateReport& report) {
  const std::string common = "dataset=\"" + escape_openmetrics(report.dataset) + "\",protocol=\"" +
                             escape_openmetrics(report.protocol) + "\"";
  std::string scores;
  std::string baselines;
  std::string differences;
  const auto labels = [&](const Metric& metric, Scope scope) {
    return "{" + common + ",metric=\"" + escape_openmetrics(metric.id) + "\",scope=\"" +
           std::string(scope_name(scope)) + "\"} ";
  };
  if (report.comparison) {
    for (const AggregateChange& change : report.comparison->aggregates) {
      const std::string where = labels(change.metric.metric, change.scope);
      if (change.after) scores += "angiobench_score" + where + six_decimals(*change.after) + "\n";
      if (!report.comparison->comparability.comparable) continue;
      if (change.before)
        baselines += "angiobench_baseline_score" + where + six_decimals(*change.before) + "\n";
      if (change.before && change.after) {
        differences += "angiobench_score_difference" + where +
                       six_decimals(*change.after - *change.before) + "\n";
      }
    }
  } else {
    // Without a baseline the rules alone say what was looked at; a sample may stand there once
    // only.
    std::vector<std::string> seen;
    for (const RuleResult& judged : report.rules) {
      if (judged.rule.is_each() || !judged.after) continue;
      const std::string where = labels(judged.rule.metric, judged.rule.scope);
      if (std::find(seen.begin(), seen.end(), where) != seen.end()) continue;
      seen.push_back(where);
      scores += "angiobench_score" + where + six_decimals(*judged.after) + "\n";
    }
  }
  const auto family = [](const std::string& name, const std::string& help,
                         const std::string& samples) {
    if (samples.empty()) return std::string{};
    return "# TYPE " + name + " gauge\n# HELP " + name + " " + help + "\n" + samples;
  };
  std::string states;
  for (const Outcome outcome :
       {Outcome::passed, Outcome::warned, Outcome::failed, Outcome::inconclusive}) {
    states += "angiobench_gate{" + common + ",verdict=\"" + std::string(outcome_word(outcome)) +
              "\"} " + (report.verdict == outcome ? "1" : "0") + "\n";
  }
  std::string rules;
  for (const Outcome outcome :
       {Outcome::passed, Outcome::warned, Outcome::failed, Outcome::inconclusive}) {
    const auto count =
        std::count_if(report.rules.begin(), report.rules.end(),
                      [&](const RuleResult& judged) { return judged.outcome == outcome; });
    rules += "angiobench_gate_rules{" + common + ",outcome=\"" +
             std::string(outcome_word(outcome)) + "\"} " + std::to_string(count) + "\n";
  }
  return family("angiobench_score", "Score of the result, a fraction.", scores) +
         family("angiobench_baseline_score", "Score of the baseline, a fraction.", baselines) +
         family("angiobench_score_difference", "Result minus baseline.", differences) +
         family("angiobench_gate", "Verdict of the gate: 1 for the one that holds.", states) +
         family("angiobench_gate_rules", "Rules by outcome.", rules) + "# EOF\n";
}

}  // namespace angiobench
