// SPDX-License-Identifier: MIT
#include "reports/result_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/error.h"
#include "reports/text_table.h"
#include "tests/support/golden_text.h"
#include "tests/support/stated_results.h"

namespace angiobench {
namespace {

using testing::HasSubstr;
using testing::Not;

Result result_on(const std::string& dataset, const std::string& masks, double j) {
  Result result = test::stated_result(masks, {{"a", 1, j, j + 0.1}, {"b", 1, j, j}});
  result.dataset.name = dataset;
  result.dataset.digest = "sha256:" + std::string(64, dataset.back());
  return result;
}

// Two methods on validation and test, a third on test alone.
std::vector<NamedResult> val_and_test() {
  return {{"ours", "a", result_on("toy-val", "m1", 0.5)},
          {"theirs", "b", result_on("toy-val", "m2", 0.6)},
          {"ours", "c", result_on("toy-test", "m3", 0.7)},
          {"theirs", "d", result_on("toy-test", "m4", 0.4)},
          {"a & b", "e", result_on("toy-test", "m5", 0.1)}};
}

std::string message_of(const std::vector<NamedResult>& results,
                       const ResultTableOptions& options = {}) {
  try {
    result_table(results, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ResultTable, SetsSeveralBenchmarksSideBySide) {
  const Table table = result_table(val_and_test());
  EXPECT_EQ(test::golden_problem("text/result_table.tex", latex_table(table)), "");
  EXPECT_EQ(test::golden_problem("text/result_table.md", markdown_table(table)), "");
  EXPECT_EQ(test::golden_problem("text/result_table.txt", text_table(table)), "");
  ASSERT_EQ(table.groups.size(), 2U);
  EXPECT_EQ(table.groups[1].title, "toy-test");
  EXPECT_EQ(table.groups[1].first, 4U);
  EXPECT_TRUE(table.rows[1][1].strong);
  EXPECT_TRUE(table.rows[0][4].strong);
  EXPECT_EQ(table.rows[2][1].text, "–");
}

TEST(ResultTable, HasNoGroupForOneBenchmark) {
  const std::vector<NamedResult> results = {{"x", "a", result_on("toy-val", "m1", 0.5)}};
  const Table table = result_table(results);
  EXPECT_TRUE(table.groups.empty());
  EXPECT_EQ(table.columns[1].heading, "J&F");
  EXPECT_EQ(table.rows[0][1].text, "52.5");
  EXPECT_FALSE(table.rows[0][1].strong);
}

TEST(ResultTable, ShowsTheColumnsAndDecimalsThatWereAskedFor) {
  const Table table = result_table(val_and_test(), {{"F", "J"}, 2});
  ASSERT_EQ(table.columns.size(), 5U);
  EXPECT_EQ(table.columns[1].heading, "F");
  EXPECT_EQ(table.columns[2].heading, "J");
  EXPECT_EQ(table.rows[0][1].text, "55.00");
  EXPECT_THAT(message_of(val_and_test(), {{"J", "Q"}, {}}),
              HasSubstr("no result has the column 'Q'"));
}

TEST(ResultTable, PrintsEachCommunitysUnitAndNamesItWhereTheyDiffer) {
  std::vector<NamedResult> results = val_and_test();
  for (NamedResult& named : results) {
    if (named.result.dataset.name == "toy-val") named.result.protocol.display = Display::fraction;
  }
  const Table table = result_table(results);
  EXPECT_EQ(table.groups[0].title, "toy-val, fractions");
  EXPECT_EQ(table.groups[1].title, "toy-test, percent");
  EXPECT_EQ(table.rows[0][2].text, "0.500");
  EXPECT_EQ(table.rows[0][5].text, "70.0");
}

TEST(ResultTable, RefusesWhatCannotStandInOneColumn) {
  std::vector<NamedResult> results = val_and_test();
  results[1].result.protocol.hash = "sha256:" + std::string(64, '9');
  EXPECT_THAT(message_of(results), HasSubstr("b: cannot stand in one column with a: protocol"));
  results = val_and_test();
  results[1].result.dataset.digest = "sha256:" + std::string(64, '9');
  EXPECT_THAT(message_of(results), HasSubstr("truth 999999999999"));
  results = val_and_test();
  results[1].name = "ours";
  EXPECT_THAT(message_of(results), HasSubstr("is a second result of 'ours' on toy-val beside a"));
}

TEST(ResultTable, MarksWhatIsIncompleteAndNeverCallsItBest) {
  std::vector<NamedResult> results = val_and_test();
  results[1].result.complete = false;
  results[1].result.sequences[0].complete = false;
  const Table table = result_table(results);
  EXPECT_EQ(table.rows[1][1].mark, "†");
  EXPECT_FALSE(table.rows[1][1].strong);
  EXPECT_THAT(table.notes, testing::Contains(HasSubstr("† theirs, toy-val: incomplete, 1 of 2")));
}

TEST(ResultTable, NamesResultsByTheirSubmissionWhereNoneWasGiven) {
  const std::vector<NamedResult> named = named_results(
      {result_on("toy-val", "m", 0.5), result_on("toy-test", "m", 0.6)}, {"", "mine"}, {"a", "b"});
  EXPECT_EQ(named[0].name, "m");
  EXPECT_EQ(named[1].name, "mine");
  std::vector<Result> twice = {result_on("toy-val", "m", 0.5), result_on("toy-val", "m", 0.6)};
  twice[1].submission.digest = "sha256:" + std::string(64, '7');
  EXPECT_EQ(named_results(twice, {"", ""}, {"a", "b"})[1].name, "m 77777777");
}

}  // namespace
}  // namespace angiobench
