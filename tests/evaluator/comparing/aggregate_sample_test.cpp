// SPDX-License-Identifier: MIT
#include "evaluator/comparing/aggregate_sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/stated_results.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using ::testing::ElementsAre;

constexpr ObjectGroup kSeen = ObjectGroup::seen;
constexpr ObjectGroup kUnseen = ObjectGroup::unseen;

Result grouped_result() {
  return test::stated_result("m", {{"a", 1, 0.8, 0.9, kSeen},
                                   {"a", 2, 0.4, 0.5, kUnseen},
                                   {"b", 1, 0.6, 0.5, kSeen},
                                   {"b", 2, 0.2, 0.1, kSeen},
                                   {"c", 1, 0.7, 0.9, kUnseen}});
}

TEST(AggregateSample, OfGroupsWeighsTheFourMeansAlike) {
  const Result result = grouped_result();
  const auto sample =
      make_sample(result.sequences, Metric("J&F"), Scope::overall, AverageOver::groups);
  ASSERT_EQ(sample.parts.size(), 4U);
  EXPECT_THAT(sample.parts[0].counts, ElementsAre(1, 2, 0));  // J, seen
  EXPECT_THAT(sample.parts[1].counts, ElementsAre(1, 0, 1));  // J, unseen
  // J_s = 1.6 / 3, J_u = 0.55, F_s = 0.5, F_u = 0.7.
  EXPECT_NEAR(sample_value(sample).value(), (1.6 / 3 + 0.55 + 0.5 + 0.7) / 4, 1e-15);
}

TEST(AggregateSample, KnowsEveryRecordedAggregate) {
  const Result result = grouped_result();
  for (const Aggregate& aggregate : result.aggregates) {
    EXPECT_TRUE(recorded_sample(result, aggregate))
        << aggregate.metric.id << ' ' << scope_name(aggregate.scope);
  }
}

TEST(AggregateSample, IsNotTakenForARecordedValueThatItDoesNotGive) {
  Result result =
      test::stated_result("m", {{"a", 1, 0.8, 0.9}, {"a", 2, 0.1, 0.1}, {"b", 1, 0.3, 0.3}});
  Aggregate& j = result.aggregates[1];
  j.value = (0.45 + 0.3) / 2;  // over sequences
  EXPECT_FALSE(recorded_sample(result, j));
  result.protocol.average = AverageOver::sequences;
  EXPECT_TRUE(recorded_sample(result, j));
  j.value = std::nullopt;
  EXPECT_FALSE(recorded_sample(result, j));
}

TEST(AggregateSample, TakesExtraMeasuresByName) {
  Result result =
      test::stated_result("m", {{"a", 1, 0.8, 0.9}, {"b", 1, 0.3, 0.3}, {"c", 1, 0.3, 0.3}});
  result.sequences[0].objects[0].values[Metric("J_tr")] = 0.5;
  result.sequences[2].objects[0].values[Metric("J_tr")] = 0.7;
  const auto sample =
      make_sample(result.sequences, Metric("J_tr"), Scope::overall, AverageOver::objects);
  EXPECT_THAT(sample.parts.at(0).counts, ElementsAre(1, 0, 1));
  EXPECT_DOUBLE_EQ(sample_value(sample).value(), 0.6);
}

TEST(AggregateSample, OfAMetricThatNoObjectHasGivesNothing) {
  EXPECT_EQ(sample_value(make_sample(grouped_result().sequences, Metric("magic"), Scope::overall,
                                     AverageOver::objects)),
            std::nullopt);
}

TEST(AttachIntervals, HoldsTheValueAndDependsOnNothingButTheInput) {
  Result result = grouped_result();
  attach_intervals(result);
  for (const Aggregate& aggregate : result.aggregates) {
    ASSERT_TRUE(aggregate.interval) << aggregate.metric.id << ' ' << scope_name(aggregate.scope);
    EXPECT_LE(aggregate.interval->low, *aggregate.value);
    EXPECT_GE(aggregate.interval->high, *aggregate.value);
  }
  // Another order of sequences and another number of threads: the same bytes.
  Result shuffled = grouped_result();
  std::swap(shuffled.sequences[0], shuffled.sequences[2]);
  BootstrapOptions options;
  options.jobs = 7;
  attach_intervals(shuffled, options);
  for (std::size_t i = 0; i < result.aggregates.size(); ++i) {
    EXPECT_EQ(result.aggregates[i].interval->low, shuffled.aggregates[i].interval->low);
    EXPECT_EQ(result.aggregates[i].interval->high, shuffled.aggregates[i].interval->high);
    EXPECT_EQ(result.aggregates[i].interval->resamples, shuffled.aggregates[i].interval->resamples);
  }
}

TEST(AttachIntervals, LeavesAnUnknownAggregateWithout) {
  Result result = grouped_result();
  result.aggregates.push_back({Metric("magic"), Scope::overall, 0.5, 3, Interval{}});
  attach_intervals(result);
  EXPECT_FALSE(result.aggregates.back().interval);
}

TEST(AttachIntervals, OfTheSharedMosxavPredictionsIsWide) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/mosxav-test.json");
  Result result = test::mosxav_test_result();
  ASSERT_EQ(result.sequences.size(), 12U);
  EXPECT_NEAR(result.aggregates[0].value.value(), 0.4925, 0.00005);
  const auto start = std::chrono::steady_clock::now();
  attach_intervals(result);
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  RecordProperty("milliseconds", std::to_string(spent.count()));
  ASSERT_TRUE(result.aggregates[0].interval);
  // scoring.md, 4: about [37.6, 62.9].
  EXPECT_NEAR(result.aggregates[0].interval->low, 0.376, 0.004);
  EXPECT_NEAR(result.aggregates[0].interval->high, 0.629, 0.004);
  std::printf("[ MOSXAV  ] %.4f [%.4f, %.4f] of %u resamples in %.1f ms\n",
              *result.aggregates[0].value, result.aggregates[0].interval->low,
              result.aggregates[0].interval->high, result.aggregates[0].interval->resamples,
              spent.count());
}

TEST(CommonCases, KeepsObjectsThatAllResultsRate) {
  const Result a =
      test::stated_result("a", {{"x", 1, 0.1, 0.1}, {"x", 2, 0.2, 0.2}, {"y", 1, 0.3, 0.3}});
  Result b = test::stated_result(
      "b", {{"z", 1, 0.5, 0.5}, {"x", 2, 0.6, 0.6}, {"x", 3, 0.7, 0.7}, {"y", 1, 0.8, 0.8}});
  b.sequences[2].objects[0].values.erase(Metric("F"));
  const std::vector<const Result*> both = {&a, &b};
  const auto by_j = common_cases(both, Metric("J"));
  ASSERT_EQ(by_j.size(), 2U);
  ASSERT_EQ(by_j[0].size(), 2U);
  EXPECT_EQ(by_j[1][0].name, "x");
  ASSERT_EQ(by_j[1][0].objects.size(), 1U);
  EXPECT_EQ(by_j[1][0].objects[0].id, 2);
  EXPECT_EQ(by_j[0][1].objects.size(), 1U);
  EXPECT_EQ(common_cases(both, Metric("J&F"))[0][1].objects.size(), 0U);
}

}  // namespace
}  // namespace angiobench
