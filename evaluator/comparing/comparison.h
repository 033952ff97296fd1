// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/result.h"
#include "evaluator/comparing/statistics.h"

namespace angiobench {

/// What became of a number from one result to another.
enum class Verdict {
  no_change,         // the masks are the same bytes
  within_tolerance,  // moved by no more than the tolerance
  improved,
  regressed,
  new_failure,     // had a good value, is lost now (or could not be scored)
  fixed,           // the other way round
  not_comparable,  // missing on one side
};

/// "▲", "▼", "≈", "!", "*", "x", "=".
std::string_view verdict_symbol(Verdict verdict);
/// "improved", "regressed", "within tolerance", "new failure", "fixed", "not comparable",
/// "no change (identical masks)".
std::string_view verdict_word(Verdict verdict);
/// Symbol and word: "▼ regressed"; a verdict is never shown without its word.
std::string verdict_label(Verdict verdict);

/// A fall from at least `from` to at most `to`; in fractions.
struct Collapse {
  double from = 0.5;
  double to = 0.1;
};

/// Where verdicts change.
struct VerdictThresholds {
  double tolerance = 0.0005;  // half of the last digit that percentages with one decimal show
  Collapse collapse;          // of sequences and objects; ignored where lower is better
};

/// How much worse `after` is than `before`: positive where it is worse, whatever the metric's
/// direction. 0 where it is unknown.
double drop_of(double before, double after, Direction direction);

/// The verdict on two numbers, not_comparable where one is missing or the direction is unknown.
/// Differences by rounding (1e-12) never count.
Verdict judge(std::optional<double> before, std::optional<double> after, Direction direction,
              double tolerance);

/// What must be the same in two results before they are compared; a requirement that is waived is
/// noted when broken.
struct ComparabilityRequirements {
  bool dataset_digest = true;
  bool protocol = true;        // its hash and version
  bool metric_version = true;  // Result::metric_version
  bool same_cases = true;  // sequences and objects; --lenient waives it and compares what both have
};

/// Whether two results answer the same question.
struct Comparability {
  bool comparable = true;
  bool identical_masks = false;          // both submissions have the same digest
  std::vector<std::string> reasons;      // why not comparable
  std::vector<std::string> notes;        // waived requirements that are broken
  std::vector<std::string> only_before;  // cases that one side alone has: "v03", "v03/2"
  std::vector<std::string> only_after;
};

/// Compares stamps and cases. Cases of a sequence that could not be scored are no difference in
/// cases: they are failures. The same digest with other numbers is never comparable: one of the two
/// was not made by this program.
Comparability check_comparability(const Result& before, const Result& after,
                                  const ComparabilityRequirements& requirements);

/// Paired statistics of one aggregate over the cases that both have (scoring.md, 4).
struct PairedStatistics {
  double difference = 0;             // after - before
  std::optional<Interval> interval;  // of the difference
  TestResult sign_flips;             // on sequences' contributions to the difference
  TestResult wilcoxon;               // on sequences' means
  double p_holm = 1;  // sign flips, adjusted for the number of methods compared with the first
  std::size_t num_sequences = 0;
  std::size_t num_objects = 0;
  std::size_t num_left_out = 0;  // objects that have a value on one side only
};

/// An aggregate in two results.
struct AggregateChange {
  MetricDescriptor metric;
  Scope scope = Scope::overall;
  std::optional<double> before;
  std::optional<double> after;
  Verdict verdict = Verdict::not_comparable;
  /// Empty where the objects do not give it or nothing is common
  std::optional<PairedStatistics> statistics;
};

/// A sequence or an object in two results.
struct CaseChange {
  std::string sequence;
  int object = -1;  // -1: the sequence itself
  std::optional<double> before;
  std::optional<double> after;
  Verdict verdict = Verdict::not_comparable;
};

struct ComparisonOptions {
  VerdictThresholds thresholds;
  ComparabilityRequirements require;
  BootstrapOptions bootstrap;  // its seed and jobs serve the sign flips, too
  std::uint32_t flips = 100000;
  bool statistics = true;
};

/// One result against another. Values are the results' own; where the cases differ (and that was
/// waived), aggregates are recomputed over the cases that both have.
struct Comparison {
  Comparability comparability;
  /// Everything was scored; with same_cases waived, of the sequences that are listed
  bool before_complete = true;
  bool after_complete = true;
  MetricDescriptor case_metric;             // of `sequences` and `objects`: the one that ranks
  std::vector<AggregateChange> aggregates;  // in the order of `before`
  std::vector<CaseChange> sequences;        // by name
  std::vector<CaseChange> objects;          // by sequence, id

  /// Whether the answer may be relied upon: comparable, and everything was scored on both sides.
  bool conclusive() const { return comparability.comparable && before_complete && after_complete; }
};

/// Whether a result covers a part of its data set on purpose (--sequences): it is not complete, but
/// each of its sequences is.
bool is_partial_by_choice(const Result& result);

Comparison compare_results(const Result& before, const Result& after,
                           const ComparisonOptions& options = {});

/// Changes of every sequence (or object) in one metric, over the cases of both results.
std::vector<CaseChange> sequence_changes(const Result& before, const Result& after,
                                         const Metric& metric, const VerdictThresholds& thresholds);
std::vector<CaseChange> object_changes(const Result& before, const Result& after,
                                       const Metric& metric, const VerdictThresholds& thresholds);

/// Changes of every class in IoU, Dice, precision or sensitivity of the whole split; empty for
/// another metric. A class is named by CaseChange::sequence, its id is CaseChange::object.
std::vector<CaseChange> class_changes(const Result& before, const Result& after,
                                      const Metric& metric, const VerdictThresholds& thresholds);

/// Several methods in one aggregate.
struct Ranking {
  MetricDescriptor metric;
  Scope scope = Scope::overall;
  double level = 0.95;                   // of the rank intervals
  std::vector<double> values;            // over the cases that all have
  std::vector<RankStability> stability;  // same order
};

/// Every result against the first, with Holm's adjustment over them, and how stable their ranks
/// are.
struct MultiComparison {
  std::vector<Comparison> against_first;  // results 2, 3, …
  std::vector<Ranking> rankings;          // aggregates that all results have
};

MultiComparison compare_methods(std::span<const Result> results,
                                const ComparisonOptions& options = {});

}  // namespace angiobench
