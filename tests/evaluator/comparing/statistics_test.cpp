// SPDX-License-Identifier: MIT
#include "evaluator/comparing/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "evaluator/comparing/philox.h"

namespace angiobench {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

AggregateSample mean_sample(std::vector<double> values) {
  const std::vector<double> ones(values.size(), 1.0);
  return {{{std::move(values), ones}}};
}

TEST(Philox, GivesTheKnownAnswersOfItsAuthors) {
  // Random123's kat_vectors, philox4x32 with 10 rounds.
  EXPECT_THAT(philox_block({0, 0, 0, 0}, {0, 0}),
              ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  EXPECT_THAT(philox_block({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}),
              ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  EXPECT_THAT(
      philox_block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(Philox, DrawsEveryNumberBelowABoundEquallyOften) {
  std::vector<int> hits(12, 0);
  PhiloxStream random(7, RandomPurpose::bootstrap, 3);
  for (int i = 0; i < 120000; ++i) ++hits.at(random.below(12));
  // 10,000 expected each, standard deviation 96: five of them.
  for (const int count : hits) EXPECT_NEAR(count, 10000, 480);
}

TEST(Philox, GivesUnrelatedWordsForEachPurposeAndDraw) {
  const std::uint32_t word = PhiloxStream(1, RandomPurpose::bootstrap, 0).next();
  EXPECT_NE(word, PhiloxStream(1, RandomPurpose::sign_flips, 0).next());
  EXPECT_NE(word, PhiloxStream(1, RandomPurpose::bootstrap, 1).next());
  EXPECT_NE(word, PhiloxStream(2, RandomPurpose::bootstrap, 0).next());
}

TEST(SampleValue, IsTheMeanOfItsPartsMeans) {
  // Part 1: (1 + 0.5) / 3 = 0.5; part 2: 0.3 / 1.
  const AggregateSample sample{{{{1.0, 0.5}, {2, 1}}, {{0.3, 0.0}, {1, 0}}}};
  EXPECT_DOUBLE_EQ(sample_value(sample).value(), 0.4);
}

TEST(SampleValue, IsMissingWhereAPartCountsNothing) {
  EXPECT_EQ(sample_value({{{{0.0}, {0}}}}), std::nullopt);
  EXPECT_EQ(sample_value({}), std::nullopt);
}

TEST(Percentile, InterpolatesBetweenOrderStatistics) {
  const std::vector<double> values = {4, 1, kNaN, 3, 2};
  EXPECT_DOUBLE_EQ(percentile(values, 0).value(), 1);
  EXPECT_DOUBLE_EQ(percentile(values, 0.5).value(), 2.5);
  EXPECT_DOUBLE_EQ(percentile(values, 0.9).value(), 3.7);
  EXPECT_DOUBLE_EQ(percentile(values, 1).value(), 4);
  EXPECT_EQ(percentile(std::vector<double>{kNaN}, 0.5), std::nullopt);
}

TEST(Bootstrap, OfTwoSequencesTakesTheThreePossibleValues) {
  // Draws of two from {0, 1}: mean 0 with 1/4, 0.5 with 1/2, 1 with 1/4.
  const std::vector<AggregateSample> samples = {mean_sample({0, 1})};
  const auto replicates = bootstrap_replicates(samples, {});
  ASSERT_EQ(replicates.size(), 1U);
  ASSERT_EQ(replicates[0].size(), 10000U);
  const auto share = [&](double value) {
    return static_cast<double>(std::count(replicates[0].begin(), replicates[0].end(), value)) /
           10000;
  };
  EXPECT_NEAR(share(0), 0.25, 0.02);
  EXPECT_NEAR(share(0.5), 0.5, 0.02);
  EXPECT_NEAR(share(1), 0.25, 0.02);
  EXPECT_DOUBLE_EQ(share(0) + share(0.5) + share(1), 1);
}

TEST(Bootstrap, RecomputesEachPartInEveryDraw) {
  // The second part lives in the second sequence only: draws without it have no value.
  const std::vector<AggregateSample> samples = {{{{{0.5, 0.5}, {1, 1}}, {{0, 0.9}, {0, 1}}}}};
  const auto replicates = bootstrap_replicates(samples, {});
  std::size_t num_missing = 0;
  for (const double value : replicates[0]) {
    if (std::isnan(value)) {
      ++num_missing;
    } else {
      EXPECT_DOUBLE_EQ(value, 0.7);
    }
  }
  EXPECT_NEAR(static_cast<double>(num_missing), 2500, 220);
  const std::optional<Interval> interval = percentile_interval(replicates[0], 2, 0.95);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->resamples, 10000 - num_missing);
}

TEST(Bootstrap, IsTheSameBytesForAnyNumberOfThreads) {
  std::mt19937_64 random(5);
  std::vector<AggregateSample> samples(6);
  for (AggregateSample& sample : samples) {
    for (int part = 0; part < 4; ++part) {
      SamplePart& made = sample.parts.emplace_back();
      for (int i = 0; i < 300; ++i) {
        made.counts.push_back(static_cast<double>(random() % 5));
        made.sums.push_back(made.counts.back() * static_cast<double>(random() % 1000) / 1000);
      }
    }
  }
  BootstrapOptions options;
  options.resamples = 2000;
  const auto one = bootstrap_replicates(samples, options);
  for (const int jobs : {2, 3, 16}) {
    options.jobs = jobs;
    EXPECT_EQ(bootstrap_replicates(samples, options), one) << jobs << " threads";
  }
  options.seed = 1;
  EXPECT_NE(bootstrap_replicates(samples, options), one);
}

TEST(Bootstrap, GivesASampleTheSameDrawsAloneAndInCompany) {
  const AggregateSample first = mean_sample({0.1, 0.7, 0.3});
  const AggregateSample second = mean_sample({0.2, 0.1, 0.9});
  const auto both = bootstrap_replicates(std::vector<AggregateSample>{first, second}, {});
  EXPECT_EQ(bootstrap_replicates(std::vector<AggregateSample>{second}, {})[0], both[1]);
}

TEST(Bootstrap, HasNoIntervalForASingleSequence) {
  const std::vector<AggregateSample> samples = {mean_sample({0.4})};
  EXPECT_EQ(percentile_interval(bootstrap_replicates(samples, {})[0], 1, 0.95), std::nullopt);
}

TEST(Bootstrap, HasNoIntervalWhereMostDrawsHaveNoValue) {
  EXPECT_EQ(percentile_interval(std::vector<double>{kNaN, kNaN, kNaN, 0.5}, 4, 0.95), std::nullopt);
}

TEST(SignFlips, CountEveryPatternOfFewSequences) {
  // Sums of +-1 +-2 +-3: |sum| reaches 6 in 2 of 8 patterns.
  const TestResult all_positive = sign_flip_test(std::vector<double>{1, 2, 3});
  EXPECT_TRUE(all_positive.exact);
  EXPECT_EQ(all_positive.num_used, 8U);
  EXPECT_DOUBLE_EQ(all_positive.p, 0.25);
  EXPECT_DOUBLE_EQ(all_positive.statistic, 6);
  // |1 - 2 + 3| = 2 is reached by all but +-(1 + 2 - 3) = 0: 6 of 8.
  EXPECT_DOUBLE_EQ(sign_flip_test(std::vector<double>{1, -2, 3}).p, 0.75);
  EXPECT_DOUBLE_EQ(sign_flip_test(std::vector<double>{0, 0}).p, 1);
  EXPECT_DOUBLE_EQ(sign_flip_test({}).p, 1);
}

TEST(SignFlips, TreatRoundingAsEqual) {
  // 0.1 + 0.2 - 0.3 is 5.6e-17, which all patterns of that kind must reach whatever the order of
  // additions.
  EXPECT_DOUBLE_EQ(sign_flip_test(std::vector<double>{0.1, 0.2, -0.3}).p, 1);
}

TEST(SignFlips, AreExactUpToSixteenSequencesAndDrawnBeyond) {
  std::vector<double> values(16, 0.01);
  const TestResult exact = sign_flip_test(values);
  EXPECT_TRUE(exact.exact);
  EXPECT_DOUBLE_EQ(exact.p, 2.0 / 65536);
  values.push_back(0.01);
  const TestResult drawn = sign_flip_test(values);
  EXPECT_FALSE(drawn.exact);
  EXPECT_EQ(drawn.num_used, 100000U);
  EXPECT_GT(drawn.p, 0);
  EXPECT_LT(drawn.p, 2e-4);
}

TEST(SignFlips, AreTheSameForAnyNumberOfThreads) {
  std::mt19937_64 random(9);
  std::vector<double> values(301);
  for (double& value : values) value = static_cast<double>(random() % 2001) / 1000 - 0.95;
  const double one = sign_flip_test(values).p;
  for (const int jobs : {2, 5, 16}) {
    SignFlipOptions options;
    options.jobs = jobs;
    EXPECT_EQ(sign_flip_test(values, options).p, one) << jobs << " threads";
  }
}

TEST(SignFlips, DrawnAgreeWithTheNormalLimit) {
  // 200 contributions of +-1, 115 positive: z = 30 / sqrt(200), two-sided p = 0.0339 (a lattice:
  // between 0.034 and 0.040).
  std::vector<double> values(200, -1.0);
  std::fill_n(values.begin(), 115, 1.0);
  // Exact: 2 P(Binomial(200, 1/2) >= 115) = 0.0400.
  EXPECT_NEAR(sign_flip_test(values).p, 0.0400, 0.003);
}

TEST(DifferenceContributions, AddUpToTheDifference) {
  const AggregateSample a{{{{1.0, 0.5, 0.2}, {2, 1, 1}}, {{0.3, 0.0, 0.9}, {1, 0, 1}}}};
  const AggregateSample b{{{{0.4, 0.9, 0.2}, {2, 1, 1}}, {{0.1, 0.0, 0.6}, {1, 0, 1}}}};
  const std::vector<double> contributions = difference_contributions(a, b);
  // Sequence 1: 0.6 / 4 / 2 + 0.2 / 2 / 2; sequence 2: -0.4 / 4 / 2; sequence 3: 0 + 0.3 / 2 / 2.
  EXPECT_THAT(contributions, Pointwise(DoubleNear(1e-15), {0.125, -0.05, 0.075}));
  EXPECT_NEAR(contributions[0] + contributions[1] + contributions[2],
              *sample_value(a) - *sample_value(b), 1e-15);
}

TEST(Wilcoxon, IsExactForFewDifferencesWithoutTies) {
  // Ranks of 1, 2, -3, 4, 5: W- = 3; subsets of {1..5} with a sum <= 3: {}, 1, 2, 3, 12: 2 * 5
  // / 32.
  const TestResult result = wilcoxon_signed_rank(std::vector<double>{0.1, 0.2, -0.3, 0.4, 0.5});
  EXPECT_TRUE(result.exact);
  EXPECT_DOUBLE_EQ(result.statistic, 3);
  EXPECT_DOUBLE_EQ(result.p, 10.0 / 32);
}

TEST(Wilcoxon, GivesTheFigureOfTheTextbook) {
  // Heights of cross- and self-fertilised corn (Darwin; Wilcoxon 1945): W = 24, p = 0.041259765625.
  const std::vector<double> corn = {6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75};
  const TestResult result = wilcoxon_signed_rank(corn);
  EXPECT_DOUBLE_EQ(result.statistic, 24);
  EXPECT_DOUBLE_EQ(result.p, 0.041259765625);
}

TEST(Wilcoxon, CorrectsForTiesAndDropsZeros) {
  // Ranks of 1, 1, -2, 3 are 1.5, 1.5, 3, 4: W = 3, mean 5, variance (4*5*9 - 3) / 24 = 7.375.
  const TestResult result = wilcoxon_signed_rank(std::vector<double>{1, 0, 1, -2, 3});
  EXPECT_FALSE(result.exact);
  EXPECT_EQ(result.num_used, 4U);
  EXPECT_DOUBLE_EQ(result.statistic, 3);
  EXPECT_NEAR(result.p, std::erfc(2 / std::sqrt(7.375) / std::sqrt(2.0)), 1e-15);
}

TEST(Wilcoxon, SaysNothingWhereNothingDiffers) {
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(std::vector<double>{0, 0, 0}).p, 1);
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank({}).p, 1);
}

TEST(Wilcoxon, NeverExceedsOneAtTheCentre) {
  // W+ = W- = 5 of 1, -2, -3, 4.
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(std::vector<double>{1, -2, -3, 4}).p, 1);
}

TEST(Holm, StepsDownAndStaysMonotone) {
  // Sorted 0.01*4, 0.02*3, 0.03*2, 0.04*1 -> 0.04, 0.06, 0.06, 0.06.
  EXPECT_THAT(holm_adjusted(std::vector<double>{0.04, 0.01, 0.03, 0.02}),
              Pointwise(DoubleNear(1e-15), {0.06, 0.04, 0.06, 0.06}));
  EXPECT_THAT(holm_adjusted(std::vector<double>{0.7, 0.6}), ElementsAre(1, 1));
  EXPECT_TRUE(holm_adjusted({}).empty());
}

TEST(RankStability, CountsRanksOverResamples) {
  // Draws (a, b): b wins 3 of 4, one draw is a tie, one has no value and is left out.
  const std::vector<double> values = {0.5, 0.6};
  const std::vector<std::vector<double>> replicates = {{0.5, 0.5, 0.5, 0.5, 0.5},
                                                       {0.6, 0.6, 0.5, kNaN, 0.7}};
  const auto stability = rank_stability(values, replicates, Direction::higher_is_better);
  EXPECT_EQ(stability[0].rank, 2);
  EXPECT_EQ(stability[1].rank, 1);
  EXPECT_EQ(stability[0].low, 1);
  EXPECT_EQ(stability[0].high, 2);
  EXPECT_EQ(stability[1].high, 1);
  EXPECT_DOUBLE_EQ(stability[0].p_first, 0.5 / 4);
  EXPECT_DOUBLE_EQ(stability[1].p_first, 3.5 / 4);
}

TEST(RankStability, TurnsRoundWhereLowerIsBetter) {
  const std::vector<double> values = {0.1, 0.2, 0.2, 0.3};
  const std::vector<std::vector<double>> replicates = {{0.1}, {0.2}, {0.2}, {0.3}};
  const auto stability = rank_stability(values, replicates, Direction::lower_is_better);
  std::vector<int> ranks;
  for (const RankStability& one : stability) ranks.push_back(one.rank);
  EXPECT_THAT(ranks, ElementsAre(1, 2, 2, 4));
  EXPECT_DOUBLE_EQ(stability[0].p_first, 1);
}

TEST(DisplayedTies, AreThoseThatPrintAlike) {
  EXPECT_THAT(displayed_ties(std::vector<double>{0.49251, 0.49249, 0.4935}, 1),
              ElementsAre(false, false, false));
  EXPECT_THAT(displayed_ties(std::vector<double>{0.49261, 0.4934, 0.4941}, 1),
              ElementsAre(true, true, false));
  EXPECT_THAT(displayed_ties(std::vector<double>{-0.00001, 0.00001}, 1), ElementsAre(true, true));
}

}  // namespace
}  // namespace angiobench
