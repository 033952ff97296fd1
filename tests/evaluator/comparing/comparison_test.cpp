// SPDX-License-Identifier: MIT
#include "evaluator/comparing/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/stated_results.h"

namespace angiobench {
namespace {

using test::ObjectMeans;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<ObjectMeans> baseline_objects() {
  return {{"a", 1, 0.8, 0.8},
          {"a", 2, 0.6, 0.6},
          {"b", 1, 0.7, 0.7},
          {"c", 1, 0.05, 0.05},
          {"d", 1, 0.9, 0.9}};
}

Verdict verdict_of(const std::vector<CaseChange>& changes, const std::string& sequence,
                   int object = -1) {
  for (const CaseChange& change : changes) {
    if (change.sequence == sequence && change.object == object) return change.verdict;
  }
  ADD_FAILURE() << "no case " << sequence << '/' << object;
  return Verdict::not_comparable;
}

TEST(Judge, TurnsRoundWhereLowerIsBetter) {
  EXPECT_EQ(judge(0.5, 0.52, Direction::higher_is_better, 0.01), Verdict::improved);
  EXPECT_EQ(judge(0.5, 0.52, Direction::lower_is_better, 0.01), Verdict::regressed);
  EXPECT_EQ(judge(0.5, 0.51, Direction::higher_is_better, 0.01), Verdict::within_tolerance);
  EXPECT_EQ(judge(0.51, 0.5, Direction::higher_is_better, 0.01), Verdict::within_tolerance);
  EXPECT_EQ(judge(0.5, std::nullopt, Direction::higher_is_better, 0.01), Verdict::not_comparable);
}

TEST(Comparison, GivesEveryVerdictItsDue) {
  const Result before = test::stated_result("before", baseline_objects());
  Result after = test::stated_result("after", {{"a", 1, 0.85, 0.85},
                                               {"a", 2, 0.5, 0.5},
                                               {"b", 1, 0.0, 0.0},
                                               {"c", 1, 0.6, 0.6},
                                               {"d", 1, 0.9, 0.9}});
  after.sequences[3].objects[0].values.erase(Metric("F"));
  const Comparison comparison = compare_results(before, after);
  EXPECT_TRUE(comparison.conclusive());
  EXPECT_EQ(verdict_of(comparison.sequences, "a"), Verdict::regressed);
  EXPECT_EQ(verdict_of(comparison.sequences, "b"), Verdict::new_failure);
  EXPECT_EQ(verdict_of(comparison.sequences, "c"), Verdict::fixed);
  EXPECT_EQ(verdict_of(comparison.sequences, "d"), Verdict::not_comparable);
  EXPECT_EQ(verdict_of(comparison.objects, "a", 1), Verdict::improved);
  EXPECT_EQ(verdict_of(comparison.objects, "a", 2), Verdict::regressed);
  EXPECT_EQ(verdict_of(sequence_changes(before, after, Metric("J"), {}), "d"),
            Verdict::within_tolerance);
}

TEST(Comparison, SaysNoChangeForIdenticalMasks) {
  const Result result = test::stated_result("same", baseline_objects());
  const Comparison comparison = compare_results(result, result);
  EXPECT_TRUE(comparison.comparability.identical_masks);
  for (const AggregateChange& change : comparison.aggregates)
    EXPECT_EQ(change.verdict, Verdict::no_change);
  for (const CaseChange& change : comparison.objects) EXPECT_EQ(change.verdict, Verdict::no_change);
}

TEST(Comparison, DistrustsOtherNumbersForTheSameMasks) {
  const Result before = test::stated_result("same", baseline_objects());
  Result after = before;
  after.aggregates[0].value = *after.aggregates[0].value + 1e-6;
  const Comparison comparison = compare_results(before, after);
  EXPECT_FALSE(comparison.comparability.comparable);
  EXPECT_THAT(comparison.comparability.reasons,
              ElementsAre(HasSubstr("the same masks have other numbers")));
}

TEST(Comparison, PairsTheDifferenceByHand) {
  // One object a sequence; differences of J: +0.1, +0.2, -0.05: mean 0.25 / 3.
  const Result before =
      test::stated_result("before", {{"a", 1, 0.5, 0.5}, {"b", 1, 0.4, 0.4}, {"c", 1, 0.6, 0.6}});
  const Result after =
      test::stated_result("after", {{"a", 1, 0.6, 0.5}, {"b", 1, 0.6, 0.4}, {"c", 1, 0.55, 0.6}});
  const Comparison comparison = compare_results(before, after);
  const AggregateChange& j = comparison.aggregates[1];
  ASSERT_EQ(j.metric.metric, Metric("J"));
  ASSERT_TRUE(j.statistics);
  EXPECT_NEAR(j.statistics->difference, 0.25 / 3, 1e-15);
  EXPECT_EQ(j.statistics->num_sequences, 3U);
  EXPECT_EQ(j.statistics->num_objects, 3U);
  EXPECT_EQ(j.statistics->num_left_out, 0U);
  // |0.1 + 0.2 - 0.05| is reached by it, all plus, and both mirrored: 4 of 8.
  EXPECT_DOUBLE_EQ(j.statistics->sign_flips.p, 0.5);
  // Ranks 2, 3, 1: W- = 1: 2 * 2 / 8.
  EXPECT_DOUBLE_EQ(j.statistics->wilcoxon.p, 0.5);
  // Resampled means of {0.1, 0.2, -0.05} lie between its extremes.
  ASSERT_TRUE(j.statistics->interval);
  EXPECT_GE(j.statistics->interval->low, -0.05 - 1e-12);
  EXPECT_LE(j.statistics->interval->high, 0.2 + 1e-12);
  EXPECT_LT(j.statistics->interval->low, 0.25 / 3);
  // F did not move at all.
  EXPECT_DOUBLE_EQ(comparison.aggregates[2].statistics->sign_flips.p, 1);
}

TEST(Comparison, LeavesOutObjectsThatOneSideAloneRates) {
  const Result before = test::stated_result("before", baseline_objects());
  Result after = test::stated_result("after", baseline_objects());
  after.sequences[0].objects[1].values.erase(Metric("J"));
  const Comparison comparison = compare_results(before, after);
  const AggregateChange& j = comparison.aggregates[1];
  ASSERT_TRUE(j.statistics);
  EXPECT_EQ(j.statistics->num_objects, 4U);
  EXPECT_EQ(j.statistics->num_left_out, 1U);
  EXPECT_DOUBLE_EQ(j.statistics->difference, 0);
}

TEST(Comparability, NamesWhatDiffers) {
  const Result before = test::stated_result("before", baseline_objects());
  Result after = test::stated_result("after", baseline_objects());
  after.dataset.digest = "sha256:" + std::string(64, 'c');
  after.protocol.hash = "sha256:" + std::string(64, 'd');
  after.metric_version = "2";
  const Comparability checked = check_comparability(before, after, {});
  EXPECT_FALSE(checked.comparable);
  EXPECT_THAT(checked.reasons,
              ElementsAre(HasSubstr("another data set"), HasSubstr("another protocol"),
                          HasSubstr("another metric version: 1, 2")));
  const Comparability waived = check_comparability(before, after, {false, false, false, true});
  EXPECT_TRUE(waived.comparable);
  EXPECT_THAT(waived.notes, SizeIs(3));
}

TEST(Comparability, TakesAnotherVersionOfAProtocolForAnotherProtocol) {
  Result before = test::stated_result("before", baseline_objects());
  Result after = test::stated_result("after", baseline_objects());
  after.protocol.version = 2;
  EXPECT_THAT(check_comparability(before, after, {}).reasons,
              ElementsAre(HasSubstr("another protocol: toy v1")));
}

TEST(Comparability, NeverTakesAMissingDigestForAMatch) {
  Result before = test::stated_result("before", baseline_objects());
  Result after = test::stated_result("after", baseline_objects());
  before.dataset.digest = after.dataset.digest = "";
  before.submission.digest = after.submission.digest = "";
  const Comparability checked = check_comparability(before, after, {});
  EXPECT_FALSE(checked.comparable);
  EXPECT_FALSE(checked.identical_masks);
}

TEST(Comparability, RefusesOtherCasesUnlessLenient) {
  const Result before = test::stated_result("before", baseline_objects());
  std::vector<ObjectMeans> fewer = baseline_objects();
  fewer.pop_back();
  fewer.erase(fewer.begin() + 1);
  Result after = test::stated_result("after", fewer);
  after.dataset.digest = "sha256:" + std::string(64, 'c');
  const Comparability strict = check_comparability(before, after, {});
  EXPECT_FALSE(strict.comparable);
  EXPECT_THAT(strict.only_before, ElementsAre("a/2", "d"));
  EXPECT_THAT(strict.only_after, IsEmpty());

  // Lenient: the difference is over what both have, and nothing of it changed.
  ComparisonOptions options;
  options.require.same_cases = false;
  const Comparison lenient = compare_results(before, after, options);
  EXPECT_TRUE(lenient.comparability.comparable);
  EXPECT_THAT(lenient.comparability.notes, SizeIs(2));
  EXPECT_EQ(lenient.aggregates[0].verdict, Verdict::within_tolerance);
  EXPECT_NEAR(lenient.aggregates[0].before.value(), (0.8 + 0.7 + 0.05) / 3, 1e-15);
  EXPECT_EQ(verdict_of(lenient.sequences, "d"), Verdict::not_comparable);
}

TEST(Comparability, TakesTheObjectsOfAFailedSequenceForFailures) {
  const Result before = test::stated_result("before", baseline_objects());
  Result after = test::stated_result("after", baseline_objects());
  after.complete = false;
  after.sequences[0].complete = false;
  after.sequences[0].objects.clear();
  const Comparison comparison = compare_results(before, after);
  EXPECT_TRUE(comparison.comparability.comparable);
  EXPECT_FALSE(comparison.conclusive());
  EXPECT_EQ(verdict_of(comparison.sequences, "a"), Verdict::new_failure);
  EXPECT_EQ(verdict_of(comparison.objects, "a", 2), Verdict::new_failure);
  EXPECT_EQ(verdict_of(compare_results(after, before).sequences, "a"), Verdict::fixed);
}

TEST(CompareMethods, AdjustsByHolmAndRanks) {
  std::vector<ObjectMeans> base;
  std::vector<ObjectMeans> better;
  std::vector<ObjectMeans> best;
  for (int i = 0; i < 8; ++i) {
    const std::string name = "v" + std::to_string(i);
    base.push_back({name, 1, 0.5, 0.5});
    better.push_back({name, 1, 0.55 + 0.001 * i, 0.55});
    best.push_back({name, 1, 0.6 + 0.001 * i, 0.6});
  }
  const std::vector<Result> results = {test::stated_result("base", base),
                                       test::stated_result("better", better),
                                       test::stated_result("best", best)};
  const MultiComparison multi = compare_methods(results);
  ASSERT_EQ(multi.against_first.size(), 2U);
  // Eight differences of one sign: p = 2/256 each; the smaller doubled by Holm, the other not less.
  for (const Comparison& comparison : multi.against_first) {
    EXPECT_DOUBLE_EQ(comparison.aggregates[0].statistics->sign_flips.p, 2.0 / 256);
    EXPECT_DOUBLE_EQ(comparison.aggregates[0].statistics->p_holm, 4.0 / 256);
  }
  ASSERT_THAT(multi.rankings, SizeIs(3));
  EXPECT_EQ(multi.rankings[0].stability[2].rank, 1);
  EXPECT_DOUBLE_EQ(multi.rankings[0].stability[2].p_first, 1);
  EXPECT_EQ(multi.rankings[0].stability[0].low, 3);
}

TEST(CompareMethods, RanksNothingThatIsNotComparable) {
  std::vector<Result> results = {test::stated_result("a", baseline_objects()),
                                 test::stated_result("b", baseline_objects())};
  results[1].dataset.digest = "sha256:" + std::string(64, 'c');
  const MultiComparison multi = compare_methods(results);
  EXPECT_THAT(multi.rankings, IsEmpty());
  EXPECT_FALSE(multi.against_first[0].aggregates[0].statistics);
  EXPECT_EQ(multi.against_first[0].aggregates[0].verdict, Verdict::not_comparable);
}

TEST(Comparison, IsTheSameForAnyNumberOfThreads) {
  std::vector<ObjectMeans> objects;
  std::vector<ObjectMeans> others;
  for (int i = 0; i < 40; ++i) {
    objects.push_back({"v" + std::to_string(100 + i), 1, 0.01 * i, 0.02 * i});
    others.push_back({"v" + std::to_string(100 + i), 1, 0.01 * (39 - i), 0.021 * i});
  }
  const Result before = test::stated_result("before", objects);
  const Result after = test::stated_result("after", others);
  const Comparison one = compare_results(before, after);
  ComparisonOptions options;
  options.bootstrap.jobs = 5;
  const Comparison five = compare_results(before, after, options);
  for (std::size_t i = 0; i < one.aggregates.size(); ++i) {
    const PairedStatistics& a = *one.aggregates[i].statistics;
    const PairedStatistics& b = *five.aggregates[i].statistics;
    EXPECT_EQ(a.interval->low, b.interval->low);
    EXPECT_EQ(a.interval->high, b.interval->high);
    EXPECT_EQ(a.sign_flips.p, b.sign_flips.p);
    EXPECT_FALSE(a.sign_flips.exact);
  }
}

}  // namespace
}  // namespace angiobench
