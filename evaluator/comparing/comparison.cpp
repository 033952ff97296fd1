// SPDX-License-Identifier: MIT
#include "evaluator/comparing/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "dataset/error.h"
#include "dataset/words.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/comparing/class_sample.h"
#include "evaluator/protocol.h"

namespace angiobench {
namespace {

// Differences below this are rounding.
constexpr double kRounding = 1e-12;

using Case = std::pair<std::string, int>;

std::string case_name(const Case& name) {
  return name.second < 0 ? name.first : name.first + "/" + std::to_string(name.second);
}

struct CaseValue {
  std::optional<double> value;
  bool failed = false;  // its sequence could not be scored wholly
};

std::map<Case, CaseValue> sequence_values(const Result& result, const Metric& metric) {
  std::map<Case, CaseValue> values;
  for (const SequenceScore& sequence : result.sequences) {
    const std::optional<double> value =
        sequence.complete ? sequence_value(sequence, metric) : std::nullopt;
    values[{sequence.name, -1}] = {value, !sequence.complete};
  }
  return values;
}

std::map<Case, CaseValue> object_values(const Result& result, const Metric& metric) {
  std::map<Case, CaseValue> values;
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      const std::optional<double> value = sequence.complete ? object.value(metric) : std::nullopt;
      values[{sequence.name, object.id}] = {value, !sequence.complete};
    }
  }
  return values;
}

std::map<Case, CaseValue> class_values(const Result& result, const Metric& metric) {
  std::map<Case, CaseValue> values;
  for (const ClassScore& one : result.classes) {
    const std::pair<const char*, std::optional<double>> known[] = {
        {"IoU", one.iou},
        {"Dice", one.dice},
        {"precision", one.precision},
        {"sensitivity", one.sensitivity}};
    for (const auto& [name, value] : known) {
      if (metric.id == name) values[{one.name, one.id}] = {value, false};
    }
  }
  return values;
}

// Sequences that could not be scored: their objects may be absent.
bool is_failed(const Result& result, const std::string& sequence) {
  for (const SequenceScore& score : result.sequences) {
    if (score.name == sequence) return !score.complete;
  }
  return false;
}

Verdict judge_case(const CaseValue* before, const CaseValue* after, Direction direction,
                   const VerdictThresholds& thresholds) {
  if (before == nullptr || after == nullptr) return Verdict::not_comparable;
  if (before->value && !after->value && after->failed) return Verdict::new_failure;
  if (after->value && !before->value && before->failed) return Verdict::fixed;
  if (before->value && after->value && direction == Direction::higher_is_better) {
    const Collapse& collapse = thresholds.collapse;
    if (*before->value >= collapse.from && *after->value <= collapse.to)
      return Verdict::new_failure;
    if (*after->value >= collapse.from && *before->value <= collapse.to) return Verdict::fixed;
  }
  return judge(before->value, after->value, direction, thresholds.tolerance);
}

std::vector<CaseChange> case_changes(const std::map<Case, CaseValue>& before,
                                     const std::map<Case, CaseValue>& after,
                                     const Result& before_result, const Result& after_result,
                                     const Metric& metric, const VerdictThresholds& thresholds) {
  std::map<Case, std::pair<const CaseValue*, const CaseValue*>> both;
  for (const auto& [name, value] : before) both[name].first = &value;
  for (const auto& [name, value] : after) both[name].second = &value;
  const bool identical = !before_result.submission.digest.empty() &&
                         before_result.submission.digest == after_result.submission.digest;
  const Direction direction = descriptor_of(before_result, metric).direction;
  const CaseValue failed{std::nullopt, true};
  std::vector<CaseChange> changes;
  for (auto [name, values] : both) {
    // An object of a sequence that failed may not be listed at all.
    if (values.first == nullptr && is_failed(before_result, name.first)) values.first = &failed;
    if (values.second == nullptr && is_failed(after_result, name.first)) values.second = &failed;
    CaseChange& change = changes.emplace_back();
    change.sequence = name.first;
    change.object = name.second;
    if (values.first != nullptr) change.before = values.first->value;
    if (values.second != nullptr) change.after = values.second->value;
    change.verdict = judge_case(values.first, values.second, direction, thresholds);
    if (identical && change.verdict == Verdict::within_tolerance)
      change.verdict = Verdict::no_change;
  }
  return changes;
}

// The results' samples of one aggregate over the cases that all have, and what it takes to test
// their difference.
struct PairedSample {
  std::vector<AggregateSample> samples;             // one a result
  std::vector<std::vector<double>> sequence_means;  // [result][sequence with objects of the scope]
  std::size_t num_sequences = 0;
  std::size_t num_objects = 0;
  std::size_t num_left_out = 0;
};

bool in_scope(const ObjectScore& object, Scope scope) {
  if (scope == Scope::seen) return object.group == ObjectGroup::seen;
  if (scope == Scope::unseen) return object.group == ObjectGroup::unseen;
  return true;
}

// The same where there are no objects: whole sequences are paired.
std::optional<PairedSample> pair_up_sequences(std::span<const Result* const> results,
                                              const Aggregate& aggregate) {
  const std::vector<std::vector<SequenceScore>> common =
      common_sequences(results, aggregate.metric);
  PairedSample paired;
  paired.num_sequences = common.front().size();
  std::set<std::string> any;
  for (std::size_t i = 0; i < results.size(); ++i) {
    // Classes belong to the data set: results that disagree about them cannot be paired.
    const bool same_classes = std::ranges::equal(results[i]->classes, results.front()->classes,
                                                 [](const ClassScore& a, const ClassScore& b) {
                                                   return a.id == b.id && a.group == b.group &&
                                                          a.is_background == b.is_background;
                                                 });
    std::optional<AggregateSample> sample =
        sample_of(*results[i], common[i], aggregate.metric, aggregate.scope);
    if (!same_classes || !sample || !sample_value(*sample)) return std::nullopt;
    paired.samples.push_back(std::move(*sample));
    for (const SequenceScore& sequence : results[i]->sequences) any.insert(sequence.name);
  }
  // Wilcoxon looks at the sequences that have a value on every side.
  paired.sequence_means.resize(results.size());
  for (std::size_t s = 0; s < paired.num_sequences; ++s) {
    std::vector<double> values;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const std::optional<AggregateSample> single = sample_of(
          *results[i], std::span(common[i]).subspan(s, 1), aggregate.metric, aggregate.scope);
      const std::optional<double> value = single ? sample_value(*single) : std::nullopt;
      if (value) values.push_back(*value);
    }
    if (values.size() < results.size()) continue;
    for (std::size_t i = 0; i < results.size(); ++i) paired.sequence_means[i].push_back(values[i]);
  }
  paired.num_left_out = any.size() - paired.num_sequences;
  return paired;
}

// Whether a difference is a sum over sequences: both sides divide by the same counts.
bool is_sum_over_sequences(const PairedSample& pair) {
  if (pair.samples[0].empty_parts == EmptyParts::left_out) return false;
  return std::ranges::equal(pair.samples[0].parts, pair.samples[1].parts, {}, &SamplePart::counts,
                            &SamplePart::counts);
}

std::optional<PairedSample> pair_up(std::span<const Result* const> results,
                                    const Aggregate& aggregate) {
  if (!recorded_sample(*results.front(), aggregate)) return std::nullopt;
  if (!has_objects(*results.front())) return pair_up_sequences(results, aggregate);
  std::vector<std::vector<SequenceScore>> common = common_cases(results, aggregate.metric);
  PairedSample paired;

  // Groups belong to the data set: results that disagree about an object's cannot be paired.
  for (std::size_t s = 0; s < common.front().size(); ++s) {
    for (std::size_t o = 0; o < common.front()[s].objects.size(); ++o) {
      for (const std::vector<SequenceScore>& sequences : common) {
        if (sequences[s].objects[o].id != common.front()[s].objects[o].id ||
            sequences[s].objects[o].group != common.front()[s].objects[o].group) {
          return std::nullopt;
        }
      }
    }
  }

  for (const std::vector<SequenceScore>& sequences : common) {
    AggregateSample sample = make_sample(sequences, aggregate.metric, aggregate.scope,
                                         results.front()->protocol.average);
    if (!sample_value(sample)) return std::nullopt;
    paired.samples.push_back(std::move(sample));
  }
  for (std::vector<SequenceScore>& sequences : common) {
    std::vector<double>& means = paired.sequence_means.emplace_back();
    for (SequenceScore& sequence : sequences) {
      std::erase_if(sequence.objects,
                    [&](const ObjectScore& object) { return !in_scope(object, aggregate.scope); });
      if (const std::optional<double> mean = sequence_value(sequence, aggregate.metric))
        means.push_back(*mean);
    }
  }

  // Count what is paired and what is not.
  paired.num_sequences = paired.sequence_means.front().size();
  for (const SequenceScore& sequence : common.front())
    paired.num_objects += sequence.objects.size();
  std::set<Case> any;
  for (const Result* result : results) {
    for (const SequenceScore& sequence : result->sequences) {
      for (const ObjectScore& object : sequence.objects) {
        if (in_scope(object, aggregate.scope) && object.value(aggregate.metric))
          any.emplace(sequence.name, object.id);
      }
    }
  }
  paired.num_left_out = any.size() - paired.num_objects;
  return paired;
}

void attach_statistics(Comparison& comparison, const Result& before, const Result& after,
                       const ComparisonOptions& options) {
  const std::vector<const Result*> both = {&before, &after};
  std::vector<AggregateSample> samples;
  std::vector<std::pair<AggregateChange*, PairedSample>> paired;
  for (AggregateChange& change : comparison.aggregates) {
    const Aggregate* aggregate = find_aggregate(before, change.metric.metric, change.scope);
    std::optional<PairedSample> pair =
        aggregate != nullptr ? pair_up(both, *aggregate) : std::nullopt;
    if (!pair) continue;
    samples.insert(samples.end(), pair->samples.begin(), pair->samples.end());
    paired.emplace_back(&change, std::move(*pair));
  }
  const std::vector<std::vector<double>> replicates =
      bootstrap_replicates(samples, options.bootstrap);
  for (std::size_t i = 0; i < paired.size(); ++i) {
    auto& [change, pair] = paired[i];
    PairedStatistics statistics;
    statistics.difference = *sample_value(pair.samples[1]) - *sample_value(pair.samples[0]);
    statistics.num_sequences = pair.num_sequences;
    statistics.num_objects = pair.num_objects;
    statistics.num_left_out = pair.num_left_out;
    statistics.interval =
        percentile_interval(paired_differences(replicates[2 * i + 1], replicates[2 * i]),
                            pair.num_sequences, options.bootstrap.level);

    // A sequence that contributes nothing has no sign to flip.
    const SignFlipOptions flips{options.flips, options.bootstrap.seed, options.bootstrap.jobs};
    if (is_sum_over_sequences(pair)) {
      std::vector<double> contributions =
          difference_contributions(pair.samples[1], pair.samples[0]);
      std::erase(contributions, 0.0);
      statistics.sign_flips = sign_flip_test(contributions, flips);
    } else {
      statistics.sign_flips = exchange_test(pair.samples[1], pair.samples[0], flips);
    }
    statistics.wilcoxon =
        wilcoxon_signed_rank(paired_differences(pair.sequence_means[1], pair.sequence_means[0]));
    statistics.p_holm = statistics.sign_flips.p;
    change->statistics = std::move(statistics);
  }
}

// An aggregate's values over common cases only, where the cases differ.
void recompute_over_common_cases(AggregateChange& change, const Result& before,
                                 const Result& after) {
  change.before.reset();
  change.after.reset();
  const Aggregate* aggregate = find_aggregate(before, change.metric.metric, change.scope);
  if (aggregate == nullptr) return;
  const std::vector<const Result*> both = {&before, &after};
  const std::optional<PairedSample> pair = pair_up(both, *aggregate);
  if (!pair) return;
  change.before = sample_value(pair->samples[0]);
  change.after = sample_value(pair->samples[1]);
}

}  // namespace

constexpr auto kVerdictSymbols = words<Verdict>({{"=", Verdict::no_change},
                                                 {"≈", Verdict::within_tolerance},
                                                 {"▲", Verdict::improved},
                                                 {"▼", Verdict::regressed},
                                                 {"!", Verdict::new_failure},
                                                 {"*", Verdict::fixed},
                                                 {"x", Verdict::not_comparable}});

std::string_view verdict_symbol(Verdict verdict) { return kVerdictSymbols.of(verdict); }

constexpr auto kVerdictWords = words<Verdict>({{"no change (identical masks)", Verdict::no_change},
                                               {"within tolerance", Verdict::within_tolerance},
                                               {"improved", Verdict::improved},
                                               {"regressed", Verdict::regressed},
                                               {"new failure", Verdict::new_failure},
                                               {"fixed", Verdict::fixed},
                                               {"not comparable", Verdict::not_comparable}});

std::string_view verdict_word(Verdict verdict) { return kVerdictWords.of(verdict); }

std::string verdict_label(Verdict verdict) {
  return std::string(verdict_symbol(verdict)) + " " + std::string(verdict_word(verdict));
}

double drop_of(double before, double after, Direction direction) {
  switch (direction) {
    case Direction::higher_is_better:
      return before - after;
    case Direction::lower_is_better:
      return after - before;
    case Direction::unknown:
      return 0;
  }
  return 0;
}

Verdict judge(std::optional<double> before, std::optional<double> after, Direction direction,
              double tolerance) {
  if (!before || !after || direction == Direction::unknown) return Verdict::not_comparable;
  const double drop = drop_of(*before, *after, direction);
  if (drop > tolerance + kRounding) return Verdict::regressed;
  if (-drop > tolerance + kRounding) return Verdict::improved;
  return Verdict::within_tolerance;
}

Comparability check_comparability(const Result& before, const Result& after,
                                  const ComparabilityRequirements& requirements) {
  Comparability checked;
  const auto require = [&](bool required, bool holds, const std::string& what) {
    if (holds) return;
    (required ? checked.reasons : checked.notes).push_back(what);
  };

  // Find the cases that one side alone has, apart from those of sequences that failed.
  std::map<Case, int> cases;  // bit 1: before, bit 2: after
  for (const auto& [result, bit] : {std::pair(&before, 1), std::pair(&after, 2)}) {
    for (const SequenceScore& sequence : result->sequences) {
      cases[{sequence.name, -1}] |= bit;
      for (const ObjectScore& object : sequence.objects) cases[{sequence.name, object.id}] |= bit;
    }
  }
  for (const auto& [name, sides] : cases) {
    const bool sequence_is_common = cases[{name.first, -1}] == 3;
    if (sides == 3 || (name.second >= 0 && !sequence_is_common)) continue;
    if (sides == 1 && !is_failed(after, name.first)) checked.only_before.push_back(case_name(name));
    if (sides == 2 && !is_failed(before, name.first)) checked.only_after.push_back(case_name(name));
  }
  const std::size_t num_others = checked.only_before.size() + checked.only_after.size();
  const auto first_of = [](const std::vector<std::string>& names) {
    return names.empty() ? std::string("none") : names.front();
  };
  require(requirements.same_cases, num_others == 0,
          "other cases: " + std::to_string(checked.only_before.size()) + " only in the first (" +
              first_of(checked.only_before) + "), " + std::to_string(checked.only_after.size()) +
              " only in the second (" + first_of(checked.only_after) + ")");

  // Other cases mean another digest: who waives the one waives the other, which is noted.
  const bool cases_waived = num_others > 0 && !requirements.same_cases;
  const bool same_data =
      !before.dataset.digest.empty() && before.dataset.digest == after.dataset.digest;
  require(requirements.dataset_digest && !cases_waived, same_data,
          before.dataset.digest.empty() || after.dataset.digest.empty()
              ? "a result has no data set digest"
              : "another data set: " + before.dataset.name + " " +
                    before.dataset.digest.substr(0, 19) + ", " + after.dataset.name + " " +
                    after.dataset.digest.substr(0, 19));
  const auto protocol_text = [](const ProtocolStamp& protocol) {
    return protocol.name + " v" + std::to_string(protocol.version) + " " +
           protocol.hash.substr(0, 19);
  };
  require(
      requirements.protocol,
      !before.protocol.hash.empty() && share_rules(before.protocol, after.protocol) &&
          before.protocol.version == after.protocol.version,
      "another protocol: " + protocol_text(before.protocol) + ", " + protocol_text(after.protocol));
  require(requirements.metric_version, before.metric_version == after.metric_version,
          "another metric version: " + before.metric_version + ", " + after.metric_version);

  // The same masks, data and protocol must give the same numbers.
  checked.identical_masks =
      !before.submission.digest.empty() && before.submission.digest == after.submission.digest;
  if (checked.identical_masks && checked.reasons.empty() && checked.notes.empty() &&
      before.complete && after.complete) {
    for (const Aggregate& aggregate : before.aggregates) {
      const Aggregate* other = find_aggregate(after, aggregate.metric, aggregate.scope);
      if (other == nullptr || (!other->value && !aggregate.value)) continue;
      if (!other->value || !aggregate.value ||
          std::abs(*other->value - *aggregate.value) > kRounding) {
        checked.reasons.push_back("the same masks have other numbers (" + aggregate.metric.id +
                                  " " + std::string(scope_name(aggregate.scope)) +
                                  "): one of the files was changed, or made by another version");
        break;
      }
    }
  }
  checked.comparable = checked.reasons.empty();
  return checked;
}

std::vector<CaseChange> sequence_changes(const Result& before, const Result& after,
                                         const Metric& metric,
                                         const VerdictThresholds& thresholds) {
  return case_changes(sequence_values(before, metric), sequence_values(after, metric), before,
                      after, metric, thresholds);
}

std::vector<CaseChange> object_changes(const Result& before, const Result& after,
                                       const Metric& metric, const VerdictThresholds& thresholds) {
  return case_changes(object_values(before, metric), object_values(after, metric), before, after,
                      metric, thresholds);
}

std::vector<CaseChange> class_changes(const Result& before, const Result& after,
                                      const Metric& metric, const VerdictThresholds& thresholds) {
  return case_changes(class_values(before, metric), class_values(after, metric), before, after,
                      metric, thresholds);
}

bool is_partial_by_choice(const Result& result) {
  return !result.complete && !result.sequences.empty() &&
         std::all_of(result.sequences.begin(), result.sequences.end(),
                     [](const SequenceScore& sequence) { return sequence.complete; });
}

Comparison compare_results(const Result& before, const Result& after,
                           const ComparisonOptions& options) {
  Comparison comparison;
  comparison.comparability = check_comparability(before, after, options.require);
  const auto is_whole = [&](const Result& result) {
    return result.complete || (!options.require.same_cases && is_partial_by_choice(result));
  };
  comparison.before_complete = is_whole(before);
  comparison.after_complete = is_whole(after);
  comparison.case_metric = descriptor_of(before, ranking_metric(before));
  const Comparability& checked = comparison.comparability;
  const bool other_cases = !checked.only_before.empty() || !checked.only_after.empty();

  for (const Aggregate& aggregate : before.aggregates) {
    AggregateChange& change = comparison.aggregates.emplace_back();
    change.metric = descriptor_of(before, aggregate.metric);
    change.scope = aggregate.scope;
    change.before = aggregate.value;
    const Aggregate* other = find_aggregate(after, aggregate.metric, aggregate.scope);
    if (other != nullptr) change.after = other->value;
    if (other_cases && checked.comparable) recompute_over_common_cases(change, before, after);
    if (!checked.comparable) continue;
    change.verdict =
        judge(change.before, change.after, change.metric.direction, options.thresholds.tolerance);
    if (checked.identical_masks && change.verdict == Verdict::within_tolerance)
      change.verdict = Verdict::no_change;
  }
  comparison.sequences =
      sequence_changes(before, after, comparison.case_metric.metric, options.thresholds);
  comparison.objects =
      object_changes(before, after, comparison.case_metric.metric, options.thresholds);
  if (!checked.comparable) {
    for (std::vector<CaseChange>* changes : {&comparison.sequences, &comparison.objects}) {
      for (CaseChange& change : *changes) change.verdict = Verdict::not_comparable;
    }
  } else if (options.statistics) {
    attach_statistics(comparison, before, after, options);
  }
  return comparison;
}

MultiComparison compare_methods(std::span<const Result> results, const ComparisonOptions& options) {
  expects(results.size() >= 2, "a comparison has two results or more");
  MultiComparison multi;
  for (const Result& result : results.subspan(1)) {
    multi.against_first.push_back(compare_results(results.front(), result, options));
  }

  // Adjust each aggregate's p-values over the methods.
  const std::size_t num_aggregates = multi.against_first.front().aggregates.size();
  for (std::size_t i = 0; i < num_aggregates; ++i) {
    std::vector<PairedStatistics*> tested;
    std::vector<double> p_values;
    for (Comparison& comparison : multi.against_first) {
      if (!comparison.aggregates[i].statistics) continue;
      tested.push_back(&*comparison.aggregates[i].statistics);
      p_values.push_back(tested.back()->sign_flips.p);
    }
    const std::vector<double> adjusted = holm_adjusted(p_values);
    for (std::size_t t = 0; t < tested.size(); ++t) tested[t]->p_holm = adjusted[t];
  }

  // Rank the methods where all may be compared.
  const bool all_conclusive =
      std::all_of(multi.against_first.begin(), multi.against_first.end(),
                  [](const Comparison& comparison) { return comparison.conclusive(); });
  if (!all_conclusive || !options.statistics) return multi;
  std::vector<const Result*> pointers;
  for (const Result& result : results) pointers.push_back(&result);
  std::vector<AggregateSample> samples;
  for (const Aggregate& aggregate : results.front().aggregates) {
    std::optional<PairedSample> paired = pair_up(pointers, aggregate);
    if (!paired) continue;
    Ranking& ranking = multi.rankings.emplace_back();
    ranking.metric = descriptor_of(results.front(), aggregate.metric);
    ranking.scope = aggregate.scope;
    ranking.level = options.bootstrap.level;
    for (AggregateSample& sample : paired->samples) {
      ranking.values.push_back(*sample_value(sample));
      samples.push_back(std::move(sample));
    }
  }
  const std::vector<std::vector<double>> replicates =
      bootstrap_replicates(samples, options.bootstrap);
  for (std::size_t i = 0; i < multi.rankings.size(); ++i) {
    Ranking& ranking = multi.rankings[i];
    ranking.stability = rank_stability(
        ranking.values, std::span(replicates).subspan(i * results.size(), results.size()),
        ranking.metric.direction, options.bootstrap.level);
  }
  return multi;
}

}  // namespace angiobench
