// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "evaluator/result.h"

namespace angiobench {

// How sure a score is (scoring.md, 4). The sequence is the unit throughout: frames and objects of
// one sequence are not independent. Every random draw is numbered (philox.h), so that results are
// the same bytes for any number of threads.

/// One of the means that an aggregate is made of, by sequence: a sum of values and how many there
/// were. Its value over any set of sequences is the sum of sums over the sum of counts.
struct SamplePart {
  std::vector<double> sums;
  std::vector<double> counts;
};

/// What a part that has no value among some sequences (no unseen object was drawn, no image with
/// the class) means for the whole.
enum class EmptyParts {
  no_value,  // the whole has none either
  left_out,  // the mean is over the others: of classes, those that occur
};

/// An aggregate as a function of the sequences it is taken over: the mean of its parts' values,
/// which makes groups (J_s, F_s, J_u, F_u) weigh the same in every resample. All parts have the
/// same number of sequences. Sums and counts need not be of objects: of classes they are
/// intersections and unions, resampled together.
struct AggregateSample {
  std::vector<SamplePart> parts;
  EmptyParts empty_parts = EmptyParts::no_value;

  std::size_t num_sequences() const { return parts.empty() ? 0 : parts.front().sums.size(); }
};

/// The aggregate over all sequences; nullopt where a part has no value.
std::optional<double> sample_value(const AggregateSample& sample);

struct BootstrapOptions {
  std::uint32_t resamples = 10000;
  double level = 0.95;     // of the intervals, in (0, 1)
  std::uint64_t seed = 0;  // key of the generator
  int jobs = 1;            // threads; 0: all cores. Does not change a byte of the result
};

/// The aggregates over `resamples` draws of as many sequences, with replacement: replicates[i][r]
/// belongs to samples[i] and draw r, and every sample sees the same draws, so that differences are
/// paired. NaN where a draw left a part without a value (e.g. no unseen object). All samples have
/// the same number of sequences.
std::vector<std::vector<double>> bootstrap_replicates(std::span<const AggregateSample> samples,
                                                      const BootstrapOptions& options);

/// Percentile of the values that are not NaN, p in [0, 1], linear between order statistics (Hyndman
/// and Fan's type 7, NumPy's default); nullopt where there is none.
std::optional<double> percentile(std::span<const double> values, double p);

/// The percentile interval of replicates. Interval::resamples counts those that had a value;
/// nullopt where fewer than half had one, or the sample has fewer than two sequences (an interval
/// of width 0 would claim certainty).
std::optional<Interval> percentile_interval(std::span<const double> replicates,
                                            std::size_t num_sequences, double level);

/// A minus B, draw by draw. Same size.
std::vector<double> paired_differences(std::span<const double> a, std::span<const double> b);

/// A two-sided p-value and how it was found.
struct TestResult {
  double p = 1;
  bool exact = true;  // every arrangement was looked at
  /// Arrangements (sign flips), or differences that are not zero (Wilcoxon)
  std::uint64_t num_used = 0;
  double statistic = 0;  // the difference (sign flips), or min(W+, W-) (Wilcoxon)
};

inline constexpr std::size_t kMaxExactFlips =
    16;  // sequences up to which all 2^n arrangements are enumerated

struct SignFlipOptions {
  std::uint32_t flips = 100000;  // random arrangements where n > kMaxExactFlips
  std::uint64_t seed = 0;
  int jobs = 1;
};

/// Permutation test of "A and B are exchangeable in every sequence": the share of sign patterns e
/// in {-1, +1}^n whose |sum e_s d_s| reaches the observed |sum d_s|, where d_s is what sequence s
/// contributes to the difference of the aggregate. Exact for n <= 16; else (1 + hits) / (1 + flips)
/// of random patterns (never 0; Phipson and Smyth 2010). Sums that differ by rounding only count as
/// equal. No sequence: p = 1.
TestResult sign_flip_test(std::span<const double> contributions,
                          const SignFlipOptions& options = {});

/// What each sequence contributes to the difference A - B of an aggregate; their sum is that
/// difference. Requires the same counts in A and B (the same objects), which makes the aggregate
/// linear in the sequences.
std::vector<double> difference_contributions(const AggregateSample& a, const AggregateSample& b);

/// The same hypothesis where the aggregate is no sum over sequences (quotients of sums, as of
/// classes): the share of all ways to exchange A and B in whole sequences after which the
/// difference is as large as it is. Exact for n <= 16; else of at most 10,000 random ways, each of
/// which adds up all sequences anew. For a mean over sequences it is sign_flip_test.
TestResult exchange_test(const AggregateSample& a, const AggregateSample& b,
                         const SignFlipOptions& options = {});

/// Wilcoxon's signed-rank test, two-sided, as scipy.stats.wilcoxon with its defaults documents it:
/// zeros are dropped; exact for n <= 50 without zeros or ties, else the normal approximation with
/// the tie correction and without a continuity correction. (scipy 1.10 takes the exact distribution
/// where there are ties, too, and is then not exact.) All zero: p = 1.
TestResult wilcoxon_signed_rank(std::span<const double> differences);

/// Holm's step-down adjustment of p-values (1979), in the order given, each at most 1.
std::vector<double> holm_adjusted(std::span<const double> p_values);

/// How stable a method's rank is.
struct RankStability {
  int rank = 1;  // on the whole sample; equal values share the better rank (1, 2, 2, 4)
  int low = 1;   // ranks that hold the level's share of the resamples
  int high = 1;
  double p_first = 0;  // share of resamples in which it is first; a tie for first counts 1/k
};

/// Ranks on full precision. `replicates[i]` are method i's; draws in which a method has no value
/// are left out.
std::vector<RankStability> rank_stability(std::span<const double> values,
                                          std::span<const std::vector<double>> replicates,
                                          Direction direction, double level = 0.95);

/// For each value, whether another one is printed alike with `decimals` digits after multiplying by
/// `scale`.
std::vector<bool> displayed_ties(std::span<const double> values, int decimals, double scale = 100);

}  // namespace angiobench
