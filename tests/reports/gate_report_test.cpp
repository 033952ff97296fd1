// SPDX-License-Identifier: MIT
#include "reports/gate_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "evaluator/comparing/default_gate.h"
#include "tests/support/golden_text.h"
#include "tests/support/junit.h"
#include "tests/support/stated_results.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string kHostileName = "evil\x1b[2J|`<b>\"&%\n::error::x\xFF";

// A small gate: one rule fails, one warns, one is inconclusive, one passes. Names come from a
// hostile submission.
Result before_result() {
  return test::stated_result("main",
                             {{"a", 1, 0.8, 0.8}, {"b|<i>", 1, 0.7, 0.7}, {"c", 1, 0.5, 0.4}});
}
Result after_result() {
  return test::stated_result(kHostileName,
                             {{"a", 1, 0.78, 0.8}, {"b|<i>", 1, 0.05, 0.0}, {"c", 1, 0.6, 0.5}});
}
GateReport small_report() {
  const GateRules rules = parse_gate_rules(R"({"schema": "gate-1", "rules": [
      {"metric": "J", "scope": "overall", "max_drop": 0.5, "warn_drop": 0.01},
      {"metric": "J&F", "scope": "each-sequence", "max_drop": 0.05},
      {"metric": "J", "scope": "unseen", "min": 0.3},
      {"metric": "F", "scope": "overall", "expect": 0.43, "atol": 0.01}]})",
                                           "gate.json");
  const Result before = before_result();
  const Result after = after_result();
  return evaluate_gate(after, &before, rules);
}

TEST(GateText, IsThisText) {
  EXPECT_EQ(test::golden_problem("text/gate.txt", gate_text(small_report())), "");
}

TEST(GateMarkdown, IsThisText) {
  EXPECT_EQ(test::golden_problem("text/gate.md", gate_markdown(small_report())), "");
}

TEST(GateJunit, IsWhatCiServersRead) {
  EXPECT_EQ(test::junit_problem(gate_junit(small_report())), "");
  const Result result = test::stated_result("<&>\x1b\"", {{"a]]>", 1, 0.5, 0.5}});
  const GateReport report = evaluate_gate(
      result, nullptr,
      parse_gate_rules(
          R"({"schema": "gate-1", "rules": [{"metric": "J", "scope": "overall", "max_drop": 0.1}]})",
          "g"));
  EXPECT_EQ(test::junit_problem(gate_junit(report)), "");
}

TEST(GateJunit, TheCheckSeesWhatIsNoReport) {
  const std::string good = gate_junit(small_report());
  const auto broken = [&](const std::string& part, const std::string& by) {
    std::string text = good;
    const std::size_t at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return test::junit_problem(text.replace(at, part.size(), by));
  };
  EXPECT_THAT(broken("&amp;", "&"), HasSubstr("a bare &"));
  EXPECT_THAT(broken("tests=\"5\"", "tests=\"4\""), HasSubstr("testsuites says tests 4"));
  EXPECT_THAT(broken("  </testsuite>\n", ""), HasSubstr("closed by another tag"));
  EXPECT_THAT(broken("<failure type", "<failed type"), HasSubstr("closed by another tag"));
  EXPECT_THAT(broken("time=\"0\"", "seconds=\"0\""), HasSubstr("has the attribute seconds"));
  EXPECT_THAT(broken("<system-out>", "<system-out>\x01"), HasSubstr("forbidden character"));
}

// The same by another program, where it is.
TEST(GateJunit, IsWellFormedForXmllint) {
  const test::TempFolder folder;
  folder.write("gate.xml", gate_junit(small_report()));
  if (std::system("xmllint --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no xmllint";
  EXPECT_EQ(std::system(("xmllint --noout '" + (folder / "gate.xml") + "'").c_str()), 0);
}

TEST(GateJunit, IsThisText) {
  EXPECT_EQ(test::golden_problem("text/gate.xml", gate_junit(small_report())), "");
}

TEST(GateOpenMetrics, IsThisText) {
  EXPECT_EQ(test::golden_problem("text/gate.openmetrics", gate_openmetrics(small_report())), "");
}

TEST(GateAnnotations, AreTheseLines) {
  std::string lines;
  for (const std::string& line : gate_annotations(small_report())) lines += line + "\n";
  EXPECT_EQ(
      lines,
      R"text(::error title=angiobench check::failed: J&F of each sequence: drop at most 5.00: 3 sequences, 1 breaks the rule: b|<i> 70.00 → 2.50 (−67.50), new failure
::error title=angiobench check::inconclusive: J_u: at least 30.00: the result has no such aggregate
::warning title=angiobench check::warned: J overall: drop at most 50.00, warn above a drop of 1.00: 66.67 → 47.67 (−19.00); drop 19.00, more than 1.00 warns; p = 0.75
)text");
}

TEST(GateJson, IsThisText) {
  EXPECT_EQ(test::golden_problem("text/gate.json", gate_json(small_report())), "");
}

// A report with many broken cases and many rules, all of hostile names.
GateReport large_report(int num_sequences, int num_rules) {
  std::vector<test::ObjectMeans> before;
  std::vector<test::ObjectMeans> after;
  for (int i = 0; i < num_sequences; ++i) {
    before.push_back({kHostileName + std::to_string(100000 + i), 1, 0.9, 0.9});
    after.push_back({kHostileName + std::to_string(100000 + i), 1, 0.8 - 0.00001 * i, 0.8});
  }
  std::string rules;
  for (int i = 0; i < num_rules; ++i) {
    rules += (i == 0 ? "" : ", ") +
             std::string(R"({"metric": "J&F", "scope": "each-sequence", "max_drop": 0.05)") +
             (i % 2 == 0 ? "" : R"(, "level": "warning")") + "}";
  }
  const Result baseline = test::stated_result("before", before);
  const Result result = test::stated_result("after", after);
  return evaluate_gate(
      result, &baseline,
      parse_gate_rules(R"({"schema": "gate-1", "rules": [)" + rules + "]}", "gate.json"));
}

TEST(GateMarkdown, ShowsTenRowsAndFoldsTheRest) {
  const std::string text = gate_markdown(large_report(40, 12));
  EXPECT_THAT(text, StartsWith("## ❌ Gate failed: of 12 rules 12 failed"));
  EXPECT_THAT(text, HasSubstr("<details><summary>2 more rules</summary>"));
  EXPECT_THAT(text, HasSubstr("<details><summary>30 more</summary>"));
}

TEST(GateMarkdown, StaysBelowItsLimitAndSaysWhatIsLeftOut) {
  const GateReport report = large_report(5000, 12);
  const std::string text = gate_markdown(report);
  EXPECT_LE(text.size(), 100'000U);
  EXPECT_EQ(text, gate_markdown(report, 100'000'000));
  EXPECT_THAT(text, StartsWith("## ❌ Gate failed"));
  EXPECT_THAT(text, HasSubstr(" of them shown</summary>"));
  for (const std::size_t limit : {300U, 3000U, 10000U})
    EXPECT_LE(gate_markdown(report, limit).size(), limit);
  EXPECT_THAT(gate_markdown(report, 3000),
              EndsWith("parts left out: a summary may not be longer.\n"));
}

TEST(GateAnnotations, AreAtMostTenErrorsFirst) {
  const std::vector<std::string> lines = gate_annotations(large_report(3, 30));
  ASSERT_THAT(lines, SizeIs(10));
  for (std::size_t i = 0; i < 9; ++i) EXPECT_THAT(lines[i], StartsWith("::error ")) << i;
  EXPECT_THAT(lines[9], StartsWith("::error title=angiobench check::and 21 more findings"));
  for (const std::string& line : lines) EXPECT_THAT(line, Not(HasSubstr("\n")));
}

// The names of the test cases of a JUnit report.
std::vector<std::string> case_names(const std::string& junit) {
  std::vector<std::string> names;
  const std::string key = "<testcase classname=\"angiobench.toy-val\" name=\"";
  for (std::size_t at = junit.find(key); at != std::string::npos; at = junit.find(key, at + 1)) {
    const std::size_t begin = at + key.size();
    names.push_back(junit.substr(begin, junit.find('"', begin) - begin));
  }
  return names;
}

TEST(GateJunit, NamesACaseByItsRuleWhateverWasFound) {
  const GateRules rules = parse_gate_rules(R"({"schema": "gate-1", "rules": [
      {"metric": "J", "scope": "overall", "max_drop": 0.5, "warn_drop": 0.01},
      {"metric": "J", "scope": "overall", "max_drop": 0.2, "warn_drop": 0.1},
      {"metric": "J", "scope": "each-object", "collapse": {"from": 0.5, "to": 0.1}}]})",
                                           "gate.json");
  const Result before = before_result();
  const Result after = after_result();
  const std::vector<std::string> names =
      case_names(gate_junit(evaluate_gate(after, &before, rules)));
  EXPECT_THAT(names, testing::ElementsAre("comparability", "J overall (max_drop, warn_drop)",
                                          "J overall (max_drop, warn_drop) #2",
                                          "J of each object (collapse)"));
  EXPECT_EQ(case_names(gate_junit(evaluate_gate(before, &before, rules))), names);
  EXPECT_EQ(case_names(gate_junit(evaluate_gate(after, nullptr, rules))), names);
}

TEST(GateReports, NeverSayPassedAndRegressedInOneLine) {
  for (const std::string& text :
       {gate_text(small_report()), gate_markdown(small_report()), gate_junit(small_report())}) {
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::string line = text.substr(begin, end - begin);
      EXPECT_FALSE(line.find("passed") != std::string::npos &&
                   line.find("regressed") != std::string::npos)
          << line;
      begin = end + 1;
    }
  }
  EXPECT_THAT(gate_text(small_report()), HasSubstr("\n  within the rule; 63.33 → 43.33"));
}

TEST(GateReports, StaySmallOverThousandsOfSequences) {
  std::vector<test::ObjectMeans> objects;
  for (int i = 0; i < 3000; ++i) objects.push_back({"v" + std::to_string(i), 1, 0.8, 0.8});
  const Result before = test::stated_result("before", objects);
  for (test::ObjectMeans& object : objects) object.j = 0.05;
  const Result after = test::stated_result("after", objects);
  GateRules rules = default_gate_rules(after);
  rules.statistics.report = false;
  const GateReport report = evaluate_gate(after, &before, rules);
  EXPECT_LT(gate_markdown(report).size(), 60'000U);
  EXPECT_THAT(gate_markdown(report), HasSubstr("\nand 2790 more\n"));
  EXPECT_LT(gate_text(report).size(), 6'000U);
  EXPECT_THAT(gate_text(report), HasSubstr("and 2990 more"));
  EXPECT_LT(gate_junit(report).size(), 20'000U);
  EXPECT_THAT(gate_junit(report), HasSubstr("and 2950 more"));
  for (const std::string& line : gate_annotations(report)) EXPECT_LT(line.size(), 1'000U);
}

TEST(GateDefaults, JudgeTheHeadlineEachSequenceAndLostObjects) {
  const Result before = before_result();
  const Result after = after_result();
  const GateRules rules = default_gate_rules(after);
  ASSERT_THAT(rules.rules, SizeIs(3));
  EXPECT_EQ(rules.rules[0].metric, Metric("J&F"));
  EXPECT_EQ(evaluate_gate(after, &before, rules).verdict, Outcome::failed);
  EXPECT_EQ(evaluate_gate(before, &before, rules).verdict, Outcome::passed);
  EXPECT_EQ(evaluate_gate(before, nullptr, rules).verdict, Outcome::inconclusive);
}

TEST(GateReports, SayWhyNothingWasDecided) {
  const Result result = test::stated_result("result", {{"a", 1, 0.5, 0.5}, {"b", 1, 0.5, 0.5}});
  const GateReport report = evaluate_gate(
      result, nullptr,
      parse_gate_rules(
          R"({"schema": "gate-1", "rules": [{"metric": "J", "scope": "overall", "max_drop": 0.1}]})",
          "g"));
  EXPECT_THAT(gate_text(report), HasSubstr("Gate inconclusive: of 1 rule 1 inconclusive\n"));
  EXPECT_THAT(gate_text(report), HasSubstr("inconclusive: there is no baseline\n"));
  EXPECT_THAT(gate_markdown(report), HasSubstr("- inconclusive: there is no baseline\n"));
  EXPECT_THAT(gate_junit(report),
              HasSubstr(R"(<error type="inconclusive" message="there is no baseline">)"));
  EXPECT_THAT(gate_annotations(report)[0], HasSubstr("::inconclusive: there is no baseline"));
  EXPECT_TRUE(nlohmann::json::parse(gate_json(report))["baseline"].is_null());
}

TEST(GateReports, SayNoChangeForIdenticalMasks) {
  const Result result = before_result();
  const GateReport report = evaluate_gate(
      result, &result,
      parse_gate_rules(
          R"({"schema": "gate-1", "rules": [{"metric": "J", "scope": "overall", "max_drop": 0.1}]})",
          "g"));
  EXPECT_THAT(gate_text(report),
              StartsWith("Gate passed: of 1 rule 1 passed; no change (identical masks)\n"));
  EXPECT_THAT(gate_text(report), HasSubstr("= no change (identical masks); 66.67 → 66.67 (0.00)"));
}

}  // namespace
}  // namespace angiobench
