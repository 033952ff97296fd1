// SPDX-License-Identifier: MIT
#include "evaluator/comparing/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dataset/error.h"
#include "tests/support/stated_results.h"

namespace angiobench {
namespace {

using test::ObjectMeans;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string error_of(const std::string& text) {
  try {
    parse_gate_rules(text, "gate.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input) << text;
    return error.what();
  }
  return "no error";
}

// The words of a rules file with one rule of these fields.
std::string one_rule(const std::string& fields) {
  return R"({"schema": "gate-1", "rules": [{)" + fields + "}]}";
}

GateRules rules_of(const std::string& fields) {
  return parse_gate_rules(one_rule(fields), "gate.json");
}

std::vector<ObjectMeans> eight_sequences(double change_of_first = 0) {
  std::vector<ObjectMeans> objects;
  for (int i = 0; i < 8; ++i) {
    const double value = 0.6 + (i == 0 ? change_of_first : 0);
    objects.push_back({"v" + std::to_string(i), 1, value, value});
  }
  return objects;
}

const Result& baseline() {
  static const Result result = test::stated_result("baseline", eight_sequences());
  return result;
}

Result changed(double change_of_first) {
  return test::stated_result("changed", eight_sequences(change_of_first));
}

Outcome verdict_with(const std::string& rule, const Result& result,
                     const Result* base = &baseline()) {
  return evaluate_gate(result, base, rules_of(rule)).verdict;
}

TEST(GateRulesFile, TakesTheExampleOfTheManual) {
  const GateRules rules = parse_gate_rules(R"({
    "schema": "gate-1", "require": {"dataset_digest": true, "protocol": true, "metric_version": true},
    "rules": [{"metric": "J&F", "scope": "overall", "max_drop": 0.005, "warn_drop": 0.002, "level": "error"},
              {"metric": "J", "scope": "unseen", "max_drop": 0.01, "min": 0.30, "level": "error"},
              {"metric": "J&F", "scope": "each-sequence", "max_drop": 0.05, "allow": 1, "level": "error"},
              {"metric": "J", "scope": "each-object", "collapse": {"from": 0.5, "to": 0.1}, "level": "error"},
              {"metric": "J&F", "scope": "overall", "expect": 0.4925, "atol": 0.0005, "level": "error"}],
    "statistics": {"report": true, "require_significance": false, "alpha": 0.05}})",
                                           "gate.json");
  ASSERT_EQ(rules.rules.size(), 5U);
  EXPECT_EQ(rules.rules[0].max_drop, 0.005);
  EXPECT_EQ(rules.rules[1].min, 0.30);
  EXPECT_EQ(rules.rules[2].allow, 1U);
  EXPECT_EQ(rules.rules[3].collapse->to, 0.1);
  EXPECT_EQ(rules.rules[4].atol, 0.0005);
  EXPECT_FALSE(rules.rules[4].needs_baseline());
}

TEST(GateRulesFile, NamesTheFieldThatIsWrong) {
  struct Case {
    std::string text;
    std::string word;
  };
  const std::vector<Case> cases = {
      {"", "is not JSON"},
      {"[]", "a JSON object"},
      {"{}", "'schema' is missing"},
      {R"({"schema": "gate-2", "rules": []})", "'schema' is \"gate-2\""},
      {R"({"schema": "gate-1"})", "'rules'"},
      {R"({"schema": "gate-1", "rules": []})", "would pass everything"},
      {R"({"schema": "gate-1", "rules": {}})", "'rules' is {}"},
      {R"({"schema": "gate-1", "rules": [1]})", "'rules[0]' is 1"},
      {R"({"schema": "gate-1", "ruls": [], "rules": [{"metric": "J", "scope": "overall", "min": 0}]})",
       "unknown field 'ruls'"},
      {one_rule(R"("metric": "J", "scope": "overall")"), "'rules[0]' has no condition"},
      {one_rule(R"("metric": "J", "scope": "overall", "max_drp": 0.1)"),
       "unknown field 'rules[0].max_drp'"},
      {one_rule(R"("metric": "J", "scope": "overall", "level": "error")"), "has no condition"},
      {one_rule(R"("metric": "", "scope": "overall", "min": 0.1)"), "'rules[0].metric'"},
      {one_rule(R"("metric": "J", "scope": "overal", "min": 0.1)"),
       "'rules[0].scope' is \"overal\""},
      {one_rule(R"("scope": "overall", "min": 0.1)"), "'rules[0].metric' is missing"},
      {one_rule(R"("metric": "J", "scope": "overall", "min": 0.1, "level": "fatal")"),
       "'rules[0].level'"},
      {one_rule(R"("metric": "J", "scope": "overall", "max_drop": "0.1")"), "'rules[0].max_drop'"},
      {one_rule(R"("metric": "J", "scope": "overall", "max_drop": -0.1)"), "'rules[0].max_drop'"},
      {one_rule(R"("metric": "J", "scope": "overall", "max_drop": 5)"), "'rules[0].max_drop' is 5"},
      {one_rule(R"("metric": "J", "scope": "overall", "max_drop": null)"),
       "'rules[0].max_drop' is null"},
      {one_rule(R"("metric": "J", "scope": "overall", "max_drop": 0.1, "max_drop": 1)"),
       "'max_drop' is there twice"},
      {one_rule(R"("metric": "J", "scope": "overall", "max_drop": 0.1, "warn_drop": 0.1)"),
       "'rules[0].warn_drop'"},
      {one_rule(R"("metric": "J", "scope": "overall", "expect": 0.1)"),
       "'rules[0].atol' is missing"},
      {one_rule(R"("metric": "J", "scope": "overall", "atol": 0.1)"),
       "'rules[0].expect' is missing"},
      {one_rule(R"("metric": "J", "scope": "overall", "min": 0.5, "max": 0.4)"), "'rules[0].min'"},
      {one_rule(R"("metric": "J", "scope": "overall", "max_drop": 0.1, "allow": 1)"),
       "'rules[0].allow'"},
      {one_rule(R"("metric": "J", "scope": "each-object", "max_drop": 0.1, "allow": -1)"),
       "'rules[0].allow'"},
      {one_rule(R"("metric": "J", "scope": "each-object", "max_drop": 0.1, "allow": 1.5)"),
       "'rules[0].allow'"},
      {one_rule(R"("metric": "J", "scope": "overall", "collapse": {"from": 0.5, "to": 0.1})"),
       "'rules[0].collapse'"},
      {one_rule(R"("metric": "J", "scope": "each-object", "collapse": {"from": 0.5})"),
       "'rules[0].collapse.to'"},
      {one_rule(R"("metric": "J", "scope": "each-object", "collapse": {"from": 0.1, "to": 0.5})"),
       "'rules[0].collapse.to'"},
      {one_rule(
           R"("metric": "J", "scope": "each-object", "collapse": {"from": 0.5, "to": 0.1, "at": 1})"),
       "unknown field 'rules[0].collapse.at'"},
      {one_rule(
           R"("metric": "J_decay", "scope": "each-object", "collapse": {"from": 0.5, "to": 0.1})"),
       "better when lower"},
      {R"({"schema": "gate-1", "rules": [{"metric": "J", "scope": "overall", "min": 0}], "require": {"dataset": true}})",
       "unknown field 'require.dataset'"},
      {R"({"schema": "gate-1", "rules": [{"metric": "J", "scope": "overall", "min": 0}], "require": {"protocol": 1}})",
       "'require.protocol' is 1"},
      {R"({"schema": "gate-1", "rules": [{"metric": "J", "scope": "overall", "min": 0}], "statistics": {"alpha": 0}})",
       "'statistics.alpha'"},
      {R"({"schema": "gate-1", "rules": [{"metric": "J", "scope": "overall", "min": 0}], "statistics": {"alfa": 0.1}})",
       "unknown field 'statistics.alfa'"},
  };
  for (const Case& one : cases) EXPECT_THAT(error_of(one.text), HasSubstr(one.word)) << one.text;
}

TEST(GateRulesFile, HasASchemaThatKnowsTheSameFields) {
  const nlohmann::json schema = nlohmann::json::parse(gate_schema());
  const auto names = [](const nlohmann::json& object) {
    std::vector<std::string> list;
    for (const auto& item : object.at("properties").items()) list.push_back(item.key());
    return list;
  };
  EXPECT_THAT(names(schema), ElementsAre("require", "rules", "schema", "statistics"));
  EXPECT_THAT(names(schema["properties"]["rules"]["items"]),
              ElementsAre("allow", "atol", "collapse", "expect", "level", "max", "max_drop",
                          "metric", "min", "scope", "warn_drop"));
  EXPECT_THAT(names(schema["properties"]["require"]),
              ElementsAre("dataset_digest", "metric_version", "protocol"));
  EXPECT_THAT(names(schema["properties"]["statistics"]),
              ElementsAre("alpha", "report", "require_significance"));
  // Every object of the schema refuses fields that it does not name, as the parser does.
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(schema["properties"]["rules"]["items"]["additionalProperties"], false);
}

TEST(Gate, PassesWarnsAndFailsAtItsThresholds) {
  const std::string rule =
      R"("metric": "J&F", "scope": "overall", "max_drop": 0.005, "warn_drop": 0.002)";
  // One of eight sequences changes: an eighth of it reaches the mean.
  EXPECT_EQ(verdict_with(rule, changed(0.08)), Outcome::passed);
  EXPECT_EQ(verdict_with(rule, changed(-0.008)), Outcome::passed);
  EXPECT_EQ(verdict_with(rule, changed(-0.024)), Outcome::warned);
  EXPECT_EQ(verdict_with(rule, changed(-0.08)), Outcome::failed);
}

TEST(Gate, IsNotBrokenByRounding) {
  // A drop of exactly the threshold, which floating point makes a little larger.
  Result before = baseline();
  Result after = changed(0);
  before.aggregates[0].value = 0.505;
  after.aggregates[0].value = 0.5;
  EXPECT_EQ(
      verdict_with(R"("metric": "J&F", "scope": "overall", "max_drop": 0.005)", after, &before),
      Outcome::passed);
}

TEST(Gate, OfLevelWarningOnlyWarns) {
  const std::string rule =
      R"("metric": "J&F", "scope": "overall", "max_drop": 0.005, "level": "warning")";
  const Result result = changed(-0.5);
  const GateReport report = evaluate_gate(result, &baseline(), rules_of(rule));
  EXPECT_EQ(report.verdict, Outcome::warned);
  EXPECT_EQ(report.rules[0].outcome, Outcome::failed);
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("can only warn")));
}

TEST(Gate, JudgesAbsoluteValuesWithoutABaseline) {
  EXPECT_EQ(verdict_with(R"("metric": "J&F", "scope": "overall", "min": 0.5)", changed(0), nullptr),
            Outcome::passed);
  EXPECT_EQ(verdict_with(R"("metric": "J&F", "scope": "overall", "min": 0.7)", changed(0), nullptr),
            Outcome::failed);
  EXPECT_EQ(verdict_with(R"("metric": "J&F", "scope": "overall", "max": 0.5)", changed(0), nullptr),
            Outcome::failed);
  EXPECT_EQ(verdict_with(R"("metric": "J&F", "scope": "overall", "expect": 0.6004, "atol": 0.0005)",
                         changed(0), nullptr),
            Outcome::passed);
  EXPECT_EQ(verdict_with(R"("metric": "J&F", "scope": "overall", "expect": 0.6006, "atol": 0.0005)",
                         changed(0), nullptr),
            Outcome::failed);
  EXPECT_EQ(verdict_with(R"("metric": "J&F", "scope": "each-sequence", "min": 0.5, "allow": 1)",
                         changed(-0.5), nullptr),
            Outcome::passed);
  EXPECT_EQ(verdict_with(R"("metric": "J&F", "scope": "each-sequence", "min": 0.5)", changed(-0.5),
                         nullptr),
            Outcome::failed);
}

TEST(Gate, CatchesOneSequenceThatTheMeanHides) {
  // One sequence falls, another rises as much: the mean stays.
  std::vector<ObjectMeans> objects = eight_sequences(-0.3);
  objects[5].j += 0.3;
  objects[5].f += 0.3;
  const Result result = test::stated_result("changed", objects);
  EXPECT_EQ(verdict_with(R"("metric": "J&F", "scope": "overall", "max_drop": 0.005)", result),
            Outcome::passed);
  const GateReport report =
      evaluate_gate(result, &baseline(),
                    rules_of(R"("metric": "J&F", "scope": "each-sequence", "max_drop": 0.05)"));
  EXPECT_EQ(report.verdict, Outcome::failed);
  ASSERT_EQ(report.rules[0].broken.size(), 1U);
  EXPECT_EQ(report.rules[0].broken[0].change.sequence, "v0");
  EXPECT_EQ(report.rules[0].broken[0].change.verdict, Verdict::regressed);
  EXPECT_EQ(report.rules[0].num_cases, 8U);
  EXPECT_EQ(
      verdict_with(R"("metric": "J&F", "scope": "each-sequence", "max_drop": 0.05, "allow": 1)",
                   result),
      Outcome::passed);
}

TEST(Gate, CatchesACollapse) {
  const std::string rule =
      R"("metric": "J", "scope": "each-object", "collapse": {"from": 0.5, "to": 0.1})";
  EXPECT_EQ(verdict_with(rule, changed(-0.49)), Outcome::passed);
  const Result result = changed(-0.51);
  const GateReport report = evaluate_gate(result, &baseline(), rules_of(rule));
  EXPECT_EQ(report.verdict, Outcome::failed);
  EXPECT_EQ(report.rules[0].verdict, Verdict::new_failure);
  EXPECT_EQ(report.rules[0].broken[0].kind, ConditionKind::collapse);
}

TEST(Gate, SortsBrokenCasesWorstFirst) {
  std::vector<ObjectMeans> objects = eight_sequences(-0.1);
  objects[3].j = objects[3].f = 0.2;
  objects[6].j = objects[6].f = 0.45;
  const Result result = test::stated_result("changed", objects);
  const GateReport report =
      evaluate_gate(result, &baseline(),
                    rules_of(R"("metric": "J&F", "scope": "each-sequence", "max_drop": 0.05)"));
  std::vector<std::string> names;
  for (const BrokenCase& broken : report.rules[0].broken) names.push_back(broken.change.sequence);
  EXPECT_THAT(names, ElementsAre("v3", "v6", "v0"));
}

TEST(Gate, NeverPassesWithoutAnAnswer) {
  const std::string drop = R"("metric": "J&F", "scope": "overall", "max_drop": 0.005)";
  const std::string floor = R"("metric": "J&F", "scope": "overall", "min": 0.1)";
  EXPECT_EQ(verdict_with(drop, changed(0), nullptr), Outcome::inconclusive) << "no baseline";
  EXPECT_EQ(verdict_with(R"("metric": "clDice", "scope": "overall", "min": 0.1)", changed(0)),
            Outcome::inconclusive);
  EXPECT_EQ(verdict_with(R"("metric": "J", "scope": "unseen", "min": 0.1)", changed(0)),
            Outcome::inconclusive);
  EXPECT_EQ(verdict_with(R"("metric": "clDice", "scope": "each-object", "min": 0.1)", changed(0)),
            Outcome::inconclusive);
  EXPECT_EQ(
      verdict_with(R"("metric": "clDice", "scope": "each-object", "max_drop": 0.1)", changed(0)),
      Outcome::inconclusive);

  Result other_data = changed(0);
  other_data.dataset.digest = "sha256:" + std::string(64, 'c');
  EXPECT_EQ(verdict_with(drop, other_data), Outcome::inconclusive);
  EXPECT_EQ(verdict_with(floor, other_data), Outcome::inconclusive)
      << "a baseline was given and does not fit";
  Result other_protocol = changed(0);
  other_protocol.protocol.hash = "sha256:" + std::string(64, 'c');
  EXPECT_EQ(verdict_with(drop, other_protocol), Outcome::inconclusive);
  Result other_measures = changed(0);
  other_measures.metric_version = "2";
  EXPECT_EQ(verdict_with(drop, other_measures), Outcome::inconclusive);

  Result no_value = changed(0);
  no_value.aggregates[0].value.reset();
  EXPECT_EQ(verdict_with(drop, no_value), Outcome::inconclusive);
  EXPECT_EQ(verdict_with(floor, no_value, nullptr), Outcome::inconclusive);
  const Result good = changed(0);
  EXPECT_EQ(verdict_with(drop, good, &no_value), Outcome::inconclusive);

  Result incomplete = changed(0);
  incomplete.complete = false;
  EXPECT_EQ(verdict_with(floor, incomplete, nullptr), Outcome::inconclusive);
  EXPECT_EQ(verdict_with(drop, good, &incomplete), Outcome::inconclusive);

  Result one_side = changed(0);
  one_side.sequences[2].objects[0].values.erase(Metric("J"));
  EXPECT_EQ(verdict_with(R"("metric": "J", "scope": "each-object", "max_drop": 0.1)", one_side),
            Outcome::inconclusive);
}

TEST(Gate, FailsRatherThanDoubtsWhereARuleOfLevelErrorFails) {
  const GateRules rules = parse_gate_rules(R"({"schema": "gate-1", "rules": [
      {"metric": "clDice", "scope": "overall", "min": 0.1}, {"metric": "J", "scope": "overall", "min": 0.9}]})",
                                           "gate.json");
  const Result result = changed(0);
  EXPECT_EQ(evaluate_gate(result, nullptr, rules).verdict, Outcome::failed);
}

TEST(Gate, CallsAnUnscoredSequenceANewFailure) {
  Result result = changed(0);
  result.complete = false;
  result.sequences[4].complete = false;
  result.sequences[4].objects.clear();
  const GateReport report =
      evaluate_gate(result, &baseline(),
                    rules_of(R"("metric": "J&F", "scope": "each-sequence", "max_drop": 0.05)"));
  EXPECT_EQ(report.verdict, Outcome::failed);
  EXPECT_EQ(report.rules[0].broken[0].change.verdict, Verdict::new_failure);
}

TEST(Gate, PassesIdenticalMasksAndSaysSo) {
  const GateReport report =
      evaluate_gate(baseline(), &baseline(),
                    rules_of(R"("metric": "J&F", "scope": "each-sequence", "max_drop": 0)"));
  EXPECT_EQ(report.verdict, Outcome::passed);
  EXPECT_EQ(report.rules[0].verdict, Verdict::no_change);
}

TEST(Gate, LetsSignificanceDecideOnlyWhenAsked) {
  // Every one of eight sequences falls by 0.02: p = 2/256.
  std::vector<ObjectMeans> objects = eight_sequences();
  for (ObjectMeans& object : objects) object.j = object.f = 0.58;
  const Result all_fall = test::stated_result("changed", objects);
  const Result one_falls = changed(-0.16);  // the same mean; p = 1
  const std::string rule =
      R"({"schema": "gate-1", "rules": [{"metric": "J&F", "scope": "overall", "max_drop": 0.01}],
                               "statistics": {"require_significance": )";
  const GateRules plain = parse_gate_rules(rule + "false}}", "gate.json");
  const GateRules significant = parse_gate_rules(rule + "true}}", "gate.json");
  EXPECT_EQ(evaluate_gate(one_falls, &baseline(), plain).verdict, Outcome::failed);
  EXPECT_EQ(evaluate_gate(all_fall, &baseline(), significant).verdict, Outcome::failed);
  const GateReport excused = evaluate_gate(one_falls, &baseline(), significant);
  EXPECT_EQ(excused.verdict, Outcome::warned);
  EXPECT_TRUE(excused.rules[0].excused);
}

TEST(Gate, DoubtsSignificanceThatFewSequencesCannotReach) {
  const Result before = test::stated_result("before", {{"a", 1, 0.6, 0.6}, {"b", 1, 0.6, 0.6}});
  const Result after = test::stated_result("after", {{"a", 1, 0.1, 0.1}, {"b", 1, 0.1, 0.1}});
  const GateRules rules = parse_gate_rules(
      R"({"schema": "gate-1", "rules": [{"metric": "J&F", "scope": "overall", "max_drop": 0.01}],
          "statistics": {"require_significance": true}})",
      "gate.json");
  const GateReport report = evaluate_gate(after, &before, rules);
  EXPECT_EQ(report.verdict, Outcome::inconclusive);
  EXPECT_THAT(report.rules[0].why_inconclusive, HasSubstr("2 sequences cannot be significant"));
}

TEST(Gate, ComparesCommonCasesWhereLenient) {
  std::vector<ObjectMeans> fewer = eight_sequences(-0.08);
  fewer.pop_back();
  Result result = test::stated_result("changed", fewer);
  result.dataset.digest = "sha256:" + std::string(64, 'c');
  const std::string each = R"("metric": "J&F", "scope": "each-sequence", "max_drop": 0.1)";
  EXPECT_EQ(verdict_with(each, result), Outcome::inconclusive);
  GateOptions lenient;
  lenient.lenient = true;
  EXPECT_EQ(evaluate_gate(result, &baseline(), rules_of(each), lenient).verdict, Outcome::passed);
  const GateReport report =
      evaluate_gate(result, &baseline(),
                    rules_of(R"("metric": "J&F", "scope": "overall", "max_drop": 0.011)"), lenient);
  // 0.08 over the seven that both have.
  EXPECT_EQ(report.verdict, Outcome::failed);
  EXPECT_NEAR(report.rules[0].conditions[0].actual, 0.08 / 7, 1e-12);
}

TEST(Gate, TakesAChosenPartWhereLenient) {
  std::vector<ObjectMeans> fewer = eight_sequences();
  fewer.resize(3);
  Result part = test::stated_result("part", fewer);
  part.complete = false;  // as score --sequences leaves it
  part.dataset.digest = "sha256:" + std::string(64, 'c');
  const GateRules rules = rules_of(R"("metric": "J&F", "scope": "each-sequence", "max_drop": 0.1)");
  EXPECT_EQ(evaluate_gate(part, &part, rules).verdict, Outcome::inconclusive);
  GateOptions lenient;
  lenient.lenient = true;
  EXPECT_EQ(evaluate_gate(part, &baseline(), rules, lenient).verdict, Outcome::passed);
  // One of them could not be scored: that is no choice.
  part.sequences[1].complete = false;
  EXPECT_EQ(evaluate_gate(part, &baseline(), rules, lenient).verdict, Outcome::failed);
}

TEST(Gate, KnowsThatDecayIsBetterWhenLower) {
  Result before = baseline();
  Result after = changed(0);
  before.aggregates.push_back({Metric("J_decay"), Scope::overall, 0.1, 8, std::nullopt});
  after.aggregates.push_back({Metric("J_decay"), Scope::overall, 0.2, 8, std::nullopt});
  const std::string rule = R"("metric": "J_decay", "scope": "overall", "max_drop": 0.05)";
  EXPECT_EQ(verdict_with(rule, after, &before), Outcome::failed);
  EXPECT_EQ(verdict_with(rule, before, &after), Outcome::passed);
}

}  // namespace
}  // namespace angiobench
