// SPDX-License-Identifier: MIT
#include "reports/comparison_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/change_words.h"
#include "tests/support/golden_text.h"
#include "tests/support/stated_results.h"

namespace angiobench {
namespace {

using ::testing::HasSubstr;

const std::string kHostile = "evil\x1b[2J|`<b>\"&%\n::error::x\xFF";

std::vector<Result> three_results() {
  const std::vector<test::ObjectMeans> base = {
      {"a", 1, 0.8, 0.8}, {"b|<i>", 1, 0.7, 0.7}, {"c", 1, 0.5, 0.4}};
  const std::vector<test::ObjectMeans> other = {
      {"a", 1, 0.78, 0.8}, {"b|<i>", 1, 0.05, 0.0}, {"c", 1, 0.6, 0.5}};
  return {test::stated_result("main", base), test::stated_result(kHostile, other),
          test::stated_result("third", base)};
}

TEST(ComparisonText, IsThisText) {
  EXPECT_EQ(test::golden_problem("text/comparison.txt",
                                 comparison_text(compare_by_name(three_results()))),
            "");
}

TEST(ComparisonMarkdown, IsThisText) {
  EXPECT_EQ(test::golden_problem("text/comparison.md",
                                 comparison_markdown(compare_by_name(three_results()))),
            "");
}

TEST(ComparisonJson, IsThisText) {
  std::vector<Result> results = three_results();
  results.pop_back();
  EXPECT_EQ(test::golden_problem("text/comparison.json", comparison_json(compare_by_name(results))),
            "");
}

TEST(ComparisonReports, SayWhyTwoResultsAreNotComparable) {
  std::vector<Result> results = three_results();
  results.pop_back();
  results[1].dataset.digest = "sha256:" + std::string(64, 'c');
  const NamedComparison named = compare_by_name(results);
  EXPECT_THAT(comparison_text(named),
              HasSubstr("  not comparable: another data set: toy-val sha256:bbbbbbbbbbbb, toy-val "
                        "sha256:cccccccccccc\n"));
  EXPECT_THAT(comparison_text(named), HasSubstr("x not comparable"));
  EXPECT_THAT(comparison_markdown(named), HasSubstr("- not comparable: another data set"));
}

TEST(ChangeWords, PrintOneDigitMoreThanTheCommunity) {
  EXPECT_EQ(format_fine(0.49254, ScoreStyle::percent), "49.25");
  EXPECT_EQ(format_fine(0.49254, ScoreStyle::fraction), "0.4925");
  EXPECT_EQ(format_fine(std::nullopt, ScoreStyle::percent), "–");
  EXPECT_EQ(format_fine_difference(-0.012, ScoreStyle::percent), "\u22121.20");
  EXPECT_EQ(format_fine_difference(0.012, ScoreStyle::fraction), "+0.0120");
  EXPECT_EQ(format_fine_difference(-0.00001, ScoreStyle::percent), "0.00");
}

TEST(ChangeWords, PrintSmallProbabilitiesAsBounds) {
  EXPECT_EQ(format_p(1), "1");
  EXPECT_EQ(format_p(0.25), "0.25");
  EXPECT_EQ(format_p(0.0312), "0.031");
  EXPECT_EQ(format_p(0.00025), "0.0003");
  EXPECT_EQ(format_p(0.00001), "< 0.0001");
}

}  // namespace
}  // namespace angiobench
