// SPDX-License-Identifier: MIT
#include "reports/result_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "reports/tables.h"
#include "tests/support/results.h"

namespace angiobench {
namespace {

TEST(ResultJson, KeepsEverythingButTheRowsOfFrames) {
  Result result = test::tiny_result();
  result.metric_version = "7";
  result.protocol.display = Display::fraction;
  result.protocol.rules = R"({"frames":"all"})";
  const std::string text = result_to_json(result);
  const Result read = result_from_json(text, "result.json");
  EXPECT_EQ(read.metric_version, "7");
  EXPECT_EQ(read.protocol.display, Display::fraction);
  EXPECT_EQ(result_to_json(read), text);
}

// Files of older schema versions, kept as they were written, are read for ever.
Result old_file(const std::string& name) {
  const std::string path = std::string(ANGIOBENCH_GOLDEN) + "/results/" + name;
  // Their figures are made up and follow from nothing.
  return result_from_json(read_text_file(path), path);
}

TEST(ResultJson, ReadsFilesOfBeforeTheMetricVersion) {
  const Result read = old_file("result-1.0-davis2016.json");
  EXPECT_EQ(read.metric_version, "1");
  EXPECT_EQ(read.protocol.display, Display::fraction);
  EXPECT_EQ(read.protocol.average, AverageOver::sequences);
  EXPECT_EQ(read.protocol.task, "objects");
  EXPECT_EQ(read.dataset.split, "val");
  EXPECT_EQ(read.sequences[1].objects[0].value(Metric("F_recall")), 1.0);
  ASSERT_FALSE(read.metrics.empty());
  EXPECT_EQ(read.metrics[0].metric, Metric("J&F"));
  EXPECT_EQ(descriptor_of(read, Metric("J_decay")).direction, Direction::lower_is_better);
}

TEST(ResultJson, FindsTheAveragingByTrialWhereTheRulesAreNotKnown) {
  const Result read = old_file("result-1.0-unknown-rules.json");
  // Of both sequences' single object the means are the same: objects come first.
  EXPECT_EQ(read.protocol.average, AverageOver::objects);
  EXPECT_EQ(read.protocol.display, Display::percent);
  EXPECT_EQ(read.dataset.split, "");
  EXPECT_EQ(read.metrics.size(), 4U);
}

TEST(ResultJson, ReadsTheContourMeasureOfAnOldFileUnderItsOwnName) {
  const Result read = old_file("result-1.1-mose-v2.json");
  const ObjectScore& object = read.sequences[0].objects[0];
  EXPECT_EQ(object.value(Metric("F")), 0.625);
  EXPECT_EQ(object.value(Metric("F_recall")), std::nullopt);
  EXPECT_EQ(object.value(Metric("Ḟ")), 0.375);
  EXPECT_EQ(object.value(Metric("Ḟ_recall")), 0.25);
  EXPECT_EQ(object.value(Metric("J&Ḟ")), 0.5625);
  EXPECT_EQ(object.value(Metric("J&F")), 0.6875);
  EXPECT_EQ(ranking_metric(read), Metric("J&Ḟ"));
  // Written anew, it says the same.
  const Result again = result_from_json(result_to_json(read), "again.json");
  EXPECT_EQ(again.sequences[0].objects[0].values, object.values);
  EXPECT_EQ(again.metrics, read.metrics);
}

TEST(ResultJson, SaysWhatItsMetricsAre) {
  Result result = test::tiny_result();
  MetricDescriptor strange;
  strange.metric = Metric("HD95");
  strange.name = "HD95 (px)";
  strange.direction = Direction::lower_is_better;
  strange.unit = Unit::pixels;
  strange.decimals = 2;
  result.metrics = metrics_of(result);
  result.metrics.push_back(strange);
  result.aggregates.push_back({Metric("HD95"), Scope::overall, 12.345, 3, std::nullopt});
  const Result read = result_from_json(result_to_json(result), "result.json");
  EXPECT_EQ(read.metrics, result.metrics);
  EXPECT_EQ(descriptor_of(read, Metric("HD95")), strange);
  // A metric that the program does not know is shown as its file says.
  EXPECT_THAT(markdown_table(paper_table({&read, 1})),
              testing::AllOf(testing::HasSubstr("| HD95 (px) |"), testing::HasSubstr(" 12.35 |")));
}

TEST(ResultJson, RefusesAMetricThatSaysNonsense) {
  const std::string text = result_to_json(test::tiny_result());
  for (const auto& [right, wrong] :
       {std::pair(R"("direction": "higher")", R"("direction": "left")"),
        std::pair(R"("unit": "fraction")", R"("unit": "apples")"),
        std::pair(R"("decimals": 1)", R"("decimals": 99)"),
        std::pair(R"("average": "objects")", R"("average": "weekdays")"),
        std::pair(R"("scope": "overall")", R"("scope": "elsewhere")")}) {
    std::string changed = text;
    const std::size_t at = changed.find(right);
    ASSERT_NE(at, std::string::npos) << right;
    changed.replace(at, std::string_view(right).size(), wrong);
    EXPECT_THROW(result_from_json(changed, "result.json"), Error) << wrong;
  }
}

TEST(ResultJson, RefusesAnEmptyMetricVersion) {
  Result result = test::tiny_result();
  result.metric_version.clear();
  EXPECT_THROW(result_from_json(result_to_json(result), "result.json"), Error);
}

}  // namespace
}  // namespace angiobench
