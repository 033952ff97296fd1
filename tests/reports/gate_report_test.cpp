// SPDX-License-Identifier: MIT
#include "reports/gate_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

const std::string kHostile = "evil\x1b[2J|`<b>\"&%\n::error::x\xFF";

// A small gate: one rule fails, one warns, one is inconclusive, one passes. Names come from a
// hostile submission.
Result before_result() {
  return test::stated_result("main",
                             {{"a", 1, 0.8, 0.8}, {"b|<i>", 1, 0.7, 0.7}, {"c", 1, 0.5, 0.4}});
}
Result after_result() {
  return test::stated_result(kHostile,
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
  EXPECT_EQ(gate_text(small_report()),
            R"text(Gate failed: of 4 rules 1 failed, 1 inconclusive, 1 warned, 1 passed
  data set  toy-val, protocol toy v1
  result    evil\x1B[2J|`<b>"&%\x0A::error::x\xFF (793c3b24ec9f)
  baseline  main (0d6e4079e367)

failed: J&F of each sequence: drop at most 5.00
  ! new failure; 3 sequences, 1 breaks the rule: b|<i> 70.00 → 2.50 (−67.50), new failure

inconclusive: J_u: at least 30.00
  the result has no such aggregate

warned: J overall: drop at most 50.00, warn above a drop of 1.00
  ▼ regressed; 66.67 → 47.67 (−19.00); drop 19.00, more than 1.00 warns; p = 0.75

passed: F overall: expected 43.00 ± 1.00
  ▼ regressed; 63.33 → 43.33 (−20.00); p = 1

Metric  Baseline  Result  Change     95 % interval  p (sign flips)  p (Wilcoxon)  Sequences  Verdict
------  --------  ------  ------  ----------------  --------------  ------------  ---------  -----------
J&F        65.00   45.50  −19.50  [−67.50, +10.00]            0.75          0.75          3  ▼ regressed
J          66.67   47.67  −19.00  [−65.00, +10.00]            0.75          0.75          3  ▼ regressed
F          63.33   43.33  −20.00  [−70.00, +10.00]               1          0.65          3  ▼ regressed

Sequences that changed (J&F)
  b|<i>  70.00 → 2.50 (−67.50)  ! new failure
  a  80.00 → 79.00 (−1.00)  ▼ regressed
  c  45.00 → 55.00 (+10.00)  ▲ improved

Objects lost or found (J&F)
  b|<i>/1  70.00 → 2.50 (−67.50)  ! new failure
)text");
}

TEST(GateMarkdown, IsThisText) {
  EXPECT_EQ(gate_markdown(small_report()),
            R"text(## ❌ Gate failed: of 4 rules 1 failed, 1 inconclusive, 1 warned, 1 passed

Data set toy-val, protocol toy v1. Result evil�\[2J\|\`&lt;b&gt;"&amp;% ::error::x� (793c3b24ec9f), baseline main (0d6e4079e367).

| Outcome | Verdict | Rule | Conditions | Found |
| --- | --- | --- | --- | --- |
| **failed** | ! new failure | J&amp;F of each sequence | drop at most 5.00 | 3 sequences, 1 breaks the rule: b\|&lt;i&gt; 70.00 → 2.50 (−67.50), new failure |
| inconclusive | – | J\_u | at least 30.00 | the result has no such aggregate |
| warned | ▼ regressed | J overall | drop at most 50.00, warn above a drop of 1.00 | 66.67 → 47.67 (−19.00); drop 19.00, more than 1.00 warns; p = 0.75 |
| passed | ▼ regressed | F overall | expected 43.00 ± 1.00 | 63.33 → 43.33 (−20.00); p = 1 |

### Aggregates

| Metric | Baseline | Result | Change | 95 % interval | p (sign flips) | p (Wilcoxon) | Sequences | Verdict |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
| J&amp;F | 65.00 | 45.50 | −19.50 | \[−67.50, +10.00\] | 0.75 | 0.75 | 3 | ▼ regressed |
| J | 66.67 | 47.67 | −19.00 | \[−65.00, +10.00\] | 0.75 | 0.75 | 3 | ▼ regressed |
| F | 63.33 | 43.33 | −20.00 | \[−70.00, +10.00\] | 1 | 0.65 | 3 | ▼ regressed |

### Sequences that changed (J&amp;F)

| Case | Before | After | Change | Verdict |
| --- | ---: | ---: | ---: | --- |
| b\|&lt;i&gt; | 70.00 | 2.50 | −67.50 | ! new failure |
| a | 80.00 | 79.00 | −1.00 | ▼ regressed |
| c | 45.00 | 55.00 | +10.00 | ▲ improved |

### Objects that changed (J&amp;F)

| Case | Before | After | Change | Verdict |
| --- | ---: | ---: | ---: | --- |
| b\|&lt;i&gt;/1 | 70.00 | 2.50 | −67.50 | ! new failure |
| a/1 | 80.00 | 79.00 | −1.00 | ▼ regressed |
| c/1 | 45.00 | 55.00 | +10.00 | ▲ improved |
)text");
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
  EXPECT_EQ(gate_junit(small_report()), R"text(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="angiobench check" tests="5" failures="1" errors="1">
  <testsuite name="toy-val, toy v1" tests="5" failures="1" errors="1" skipped="0" time="0">
    <testcase classname="angiobench.toy-val" name="result evil�[2J|`&lt;b&gt;&quot;&amp;%&#10;::error::x� (793c3b24ec9f) against baseline main (0d6e4079e367)" time="0"/>
    <testcase classname="angiobench.toy-val" name="J overall: drop at most 50.00, warn above a drop of 1.00: 66.67 → 47.67 (−19.00); drop 19.00, more than 1.00 warns; p = 0.75" time="0">
      <system-out>warning: J overall: drop at most 50.00, warn above a drop of 1.00: 66.67 → 47.67 (−19.00); drop 19.00, more than 1.00 warns; p = 0.75; ▼ regressed</system-out>
    </testcase>
    <testcase classname="angiobench.toy-val" name="J&amp;F of each sequence: drop at most 5.00: 3 sequences, 1 breaks the rule: b|&lt;i&gt; 70.00 → 2.50 (−67.50), new failure" time="0">
      <failure type="gate" message="J&amp;F of each sequence: drop at most 5.00: 3 sequences, 1 breaks the rule: b|&lt;i&gt; 70.00 → 2.50 (−67.50), new failure">J&amp;F of each sequence: drop at most 5.00: 3 sequences, 1 breaks the rule: b|&lt;i&gt; 70.00 → 2.50 (−67.50), new failure; ! new failure</failure>
    </testcase>
    <testcase classname="angiobench.toy-val" name="J_u: at least 30.00: the result has no such aggregate" time="0">
      <error type="inconclusive" message="J_u: at least 30.00: the result has no such aggregate">J_u: at least 30.00: the result has no such aggregate</error>
    </testcase>
    <testcase classname="angiobench.toy-val" name="F overall: expected 43.00 ± 1.00: 63.33 → 43.33 (−20.00); p = 1" time="0"/>
  </testsuite>
</testsuites>
)text");
}

TEST(GateOpenMetrics, IsThisText) {
  EXPECT_EQ(gate_openmetrics(small_report()), R"text(# TYPE angiobench_score gauge
# HELP angiobench_score Score of the result, a fraction.
angiobench_score{dataset="toy-val",protocol="toy v1",metric="J&F",scope="overall"} 0.455000
angiobench_score{dataset="toy-val",protocol="toy v1",metric="J",scope="overall"} 0.476667
angiobench_score{dataset="toy-val",protocol="toy v1",metric="F",scope="overall"} 0.433333
# TYPE angiobench_baseline_score gauge
# HELP angiobench_baseline_score Score of the baseline, a fraction.
angiobench_baseline_score{dataset="toy-val",protocol="toy v1",metric="J&F",scope="overall"} 0.650000
angiobench_baseline_score{dataset="toy-val",protocol="toy v1",metric="J",scope="overall"} 0.666667
angiobench_baseline_score{dataset="toy-val",protocol="toy v1",metric="F",scope="overall"} 0.633333
# TYPE angiobench_score_difference gauge
# HELP angiobench_score_difference Result minus baseline.
angiobench_score_difference{dataset="toy-val",protocol="toy v1",metric="J&F",scope="overall"} -0.195000
angiobench_score_difference{dataset="toy-val",protocol="toy v1",metric="J",scope="overall"} -0.190000
angiobench_score_difference{dataset="toy-val",protocol="toy v1",metric="F",scope="overall"} -0.200000
# TYPE angiobench_gate gauge
# HELP angiobench_gate Verdict of the gate: 1 for the one that holds.
angiobench_gate{dataset="toy-val",protocol="toy v1",verdict="passed"} 0
angiobench_gate{dataset="toy-val",protocol="toy v1",verdict="warned"} 0
angiobench_gate{dataset="toy-val",protocol="toy v1",verdict="failed"} 1
angiobench_gate{dataset="toy-val",protocol="toy v1",verdict="inconclusive"} 0
# TYPE angiobench_gate_rules gauge
# HELP angiobench_gate_rules Rules by outcome.
angiobench_gate_rules{dataset="toy-val",protocol="toy v1",outcome="passed"} 1
angiobench_gate_rules{dataset="toy-val",protocol="toy v1",outcome="warned"} 1
angiobench_gate_rules{dataset="toy-val",protocol="toy v1",outcome="failed"} 1
angiobench_gate_rules{dataset="toy-val",protocol="toy v1",outcome="inconclusive"} 1
# EOF
)text");
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
  EXPECT_EQ(gate_json(small_report()), R"text({
  "schema": "gate-report-1",
  "verdict": "failed",
  "dataset": "toy-val",
  "protocol": "toy v1",
  "result": {
    "name": "evil\u001b[2J|`<b>\"&%\n::error::x�",
    "digest": "sha256:793c3b24ec9fc967a8cb8d14c10f457eb4e05dd4c4a4f37c9814154de7c81bd7"
  },
  "baseline": {
    "name": "main",
    "digest": "sha256:0d6e4079e36703ebd37c00722f5891d28b0e2811dc114b129215123adcce3605"
  },
  "reasons": [],
  "notes": [],
  "rules": [
    {
      "metric": "J",
      "scope": "overall",
      "level": "error",
      "outcome": "warned",
      "verdict": "regressed",
      "before": 0.6666666666666666,
      "after": 0.47666666666666674,
      "p": 0.75,
      "conditions": [
        {
          "kind": "max_drop",
          "actual": 0.1899999999999999,
          "broken": false
        },
        {
          "kind": "warn_drop",
          "actual": 0.1899999999999999,
          "broken": true
        }
      ]
    },
    {
      "metric": "J&F",
      "scope": "each-sequence",
      "level": "error",
      "outcome": "failed",
      "verdict": "new failure",
      "cases": 3,
      "undefined": 0,
      "broken": [
        {
          "sequence": "b|<i>",
          "before": 0.7,
          "after": 0.025,
          "verdict": "new failure",
          "condition": "max_drop"
        }
      ],
      "doubtful": []
    },
    {
      "metric": "J",
      "scope": "unseen",
      "level": "error",
      "outcome": "inconclusive",
      "verdict": "not comparable",
      "why": "the result has no such aggregate",
      "before": null,
      "after": null,
      "p": null,
      "conditions": []
    },
    {
      "metric": "F",
      "scope": "overall",
      "level": "error",
      "outcome": "passed",
      "verdict": "regressed",
      "before": 0.6333333333333333,
      "after": 0.43333333333333335,
      "p": 1.0,
      "conditions": [
        {
          "kind": "expect",
          "actual": 0.43333333333333335,
          "broken": false
        }
      ]
    }
  ],
  "comparison": {
    "comparable": true,
    "identical_masks": false,
    "complete": true,
    "reasons": [],
    "notes": [],
    "only_before": [],
    "only_after": [],
    "aggregates": [
      {
        "metric": "J&F",
        "scope": "overall",
        "before": 0.6499999999999999,
        "after": 0.45500000000000007,
        "verdict": "regressed",
        "statistics": {
          "difference": -0.19499999999999984,
          "interval": {
            "level": 0.95,
            "low": -0.6749999999999998,
            "high": 0.09999999999999998,
            "unit": "sequence",
            "resamples": 10000
          },
          "sign_flips": {
            "p": 0.75,
            "p_holm": 0.75,
            "exact": true,
            "patterns": 8
          },
          "wilcoxon": {
            "p": 0.75,
            "statistic": 2.0,
            "exact": true,
            "nonzero": 3
          },
          "sequences": 3,
          "objects": 3,
          "left_out": 0
        }
      },
      {
        "metric": "J",
        "scope": "overall",
        "before": 0.6666666666666666,
        "after": 0.47666666666666674,
        "verdict": "regressed",
        "statistics": {
          "difference": -0.1899999999999999,
          "interval": {
            "level": 0.95,
            "low": -0.6499999999999998,
            "high": 0.09999999999999998,
            "unit": "sequence",
            "resamples": 10000
          },
          "sign_flips": {
            "p": 0.75,
            "p_holm": 0.75,
            "exact": true,
            "patterns": 8
          },
          "wilcoxon": {
            "p": 0.75,
            "statistic": 2.0,
            "exact": true,
            "nonzero": 3
          },
          "sequences": 3,
          "objects": 3,
          "left_out": 0
        }
      },
      {
        "metric": "F",
        "scope": "overall",
        "before": 0.6333333333333333,
        "after": 0.43333333333333335,
        "verdict": "regressed",
        "statistics": {
          "difference": -0.19999999999999996,
          "interval": {
            "level": 0.95,
            "low": -0.6999999999999998,
            "high": 0.09999999999999992,
            "unit": "sequence",
            "resamples": 10000
          },
          "sign_flips": {
            "p": 1.0,
            "p_holm": 1.0,
            "exact": true,
            "patterns": 4
          },
          "wilcoxon": {
            "p": 0.654720846018577,
            "statistic": 1.0,
            "exact": false,
            "nonzero": 2
          },
          "sequences": 3,
          "objects": 3,
          "left_out": 0
        }
      }
    ],
    "case_metric": "J&F",
    "sequences": [
      {
        "sequence": "a",
        "before": 0.8,
        "after": 0.79,
        "verdict": "regressed"
      },
      {
        "sequence": "b|<i>",
        "before": 0.7,
        "after": 0.025,
        "verdict": "new failure"
      },
      {
        "sequence": "c",
        "before": 0.45,
        "after": 0.55,
        "verdict": "improved"
      }
    ],
    "objects": [
      {
        "sequence": "a",
        "object": 1,
        "before": 0.8,
        "after": 0.79,
        "verdict": "regressed"
      },
      {
        "sequence": "b|<i>",
        "object": 1,
        "before": 0.7,
        "after": 0.025,
        "verdict": "new failure"
      },
      {
        "sequence": "c",
        "object": 1,
        "before": 0.45,
        "after": 0.55,
        "verdict": "improved"
      }
    ]
  }
}
)text");
}

// A report with many broken cases and many rules, all of hostile names.
GateReport large_report(int num_sequences, int num_rules) {
  std::vector<test::ObjectMeans> before;
  std::vector<test::ObjectMeans> after;
  for (int i = 0; i < num_sequences; ++i) {
    before.push_back({kHostile + std::to_string(100000 + i), 1, 0.9, 0.9});
    after.push_back({kHostile + std::to_string(100000 + i), 1, 0.8 - 0.00001 * i, 0.8});
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
  EXPECT_GT(gate_markdown(report, 100'000'000).size(), 900'000U);
  const std::string text = gate_markdown(report);
  EXPECT_LE(text.size(), 900'000U);
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
