// SPDX-License-Identifier: MIT
#include "evaluator/comparing/aggregate_sample.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "evaluator/comparing/class_sample.h"
#include "evaluator/measures.h"

namespace angiobench {
namespace {

template <typename Keep>
SamplePart make_part(std::span<const SequenceScore> sequences, const Metric& metric, Keep keep) {
  SamplePart part;
  for (const SequenceScore& sequence : sequences) {
    double sum = 0;
    double count = 0;
    for (const ObjectScore& object : sequence.objects) {
      const std::optional<double> value = keep(object) ? object.value(metric) : std::nullopt;
      if (!value) continue;
      sum += *value;
      count += 1;
    }
    part.sums.push_back(sum);
    part.counts.push_back(count);
  }
  return part;
}

SamplePart make_sequence_part(std::span<const SequenceScore> sequences, const Metric& metric) {
  SamplePart part;
  for (const SequenceScore& sequence : sequences) {
    const std::optional<double> value = sequence_value(sequence, metric);
    part.sums.push_back(value.value_or(0));
    part.counts.push_back(value ? 1 : 0);
  }
  return part;
}

SequenceScore without_frames(const SequenceScore& sequence) {
  SequenceScore copy;
  copy.name = sequence.name;
  copy.frames_scored = sequence.frames_scored;
  copy.complete = sequence.complete;
  copy.objects = sequence.objects;
  copy.measures = sequence.measures;
  copy.classes = sequence.classes;
  return copy;
}

std::optional<AggregateSample> recorded_sample(const Result& result,
                                               std::span<const SequenceScore> sequences,
                                               const Aggregate& aggregate) {
  if (!aggregate.value) return std::nullopt;
  std::optional<AggregateSample> sample =
      sample_of(result, sequences, aggregate.metric, aggregate.scope);
  const std::optional<double> value = sample ? sample_value(*sample) : std::nullopt;
  if (!value || std::abs(*value - *aggregate.value) > recorded_tolerance(result, aggregate))
    return std::nullopt;
  return sample;
}

// Sequences that have something of a sample: a class that one sequence alone shows has no interval.
std::size_t num_counted(const AggregateSample& sample) {
  std::size_t most = 0;
  for (const SamplePart& part : sample.parts) {
    most = std::max(most, static_cast<std::size_t>(std::ranges::count_if(
                              part.counts, [](double count) { return count > 0; })));
  }
  return most;
}

}  // namespace

std::optional<double> sequence_value(const SequenceScore& sequence, const Metric& metric) {
  if (const auto found = sequence.measures.find(metric); found != sequence.measures.end())
    return found->second.value;
  double sum = 0;
  std::size_t count = 0;
  for (const ObjectScore& object : sequence.objects) {
    const std::optional<double> value = object.value(metric);
    if (!value) continue;
    sum += *value;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

AggregateSample make_sample(std::span<const SequenceScore> sequences, const Metric& metric,
                            Scope scope, AverageOver average) {
  const auto in_group = [](ObjectGroup group) {
    return [group](const ObjectScore& object) { return object.group == group; };
  };
  const auto any = [](const ObjectScore&) { return true; };
  std::vector<Metric> metrics = {metric};
  const Measure* const measure = find_measure(metric);
  if (measure != nullptr && measure->is_mean_of_parts())
    metrics = {Metric(measure->of[0]), Metric(measure->of[1])};
  const bool by_group = scope == Scope::overall && average == AverageOver::groups;
  AggregateSample sample;
  for (const Metric& one : metrics) {
    if (scope == Scope::overall && average == AverageOver::sequences) {
      sample.parts.push_back(make_sequence_part(sequences, one));
      continue;
    }
    if (scope == Scope::seen || by_group)
      sample.parts.push_back(make_part(sequences, one, in_group(ObjectGroup::seen)));
    if (scope == Scope::unseen || by_group)
      sample.parts.push_back(make_part(sequences, one, in_group(ObjectGroup::unseen)));
    if (scope == Scope::pooled || (scope == Scope::overall && !by_group))
      sample.parts.push_back(make_part(sequences, one, any));
  }
  return sample;
}

std::vector<SequenceScore> canonical_sequences(const Result& result) {
  std::vector<SequenceScore> sequences;
  for (const SequenceScore& sequence : result.sequences)
    sequences.push_back(without_frames(sequence));
  std::sort(sequences.begin(), sequences.end(),
            [](const SequenceScore& a, const SequenceScore& b) { return a.name < b.name; });
  return sequences;
}

std::vector<std::vector<SequenceScore>> common_cases(std::span<const Result* const> results,
                                                     const Metric& metric) {
  // Count in how many results each sequence, and each object with a value, occurs.
  std::map<std::string, std::size_t> num_with_sequence;
  std::map<std::pair<std::string, int>, std::size_t> num_with_object;
  for (const Result* result : results) {
    for (const SequenceScore& sequence : result->sequences) {
      ++num_with_sequence[sequence.name];
      for (const ObjectScore& object : sequence.objects) {
        if (object.value(metric)) ++num_with_object[{sequence.name, object.id}];
      }
    }
  }
  std::vector<std::vector<SequenceScore>> common;
  for (const Result* result : results) {
    std::vector<SequenceScore> sequences = canonical_sequences(*result);
    std::erase_if(sequences, [&](const SequenceScore& s) {
      return num_with_sequence[s.name] < results.size();
    });
    for (SequenceScore& sequence : sequences) {
      std::erase_if(sequence.objects, [&](const ObjectScore& object) {
        const auto found = num_with_object.find({sequence.name, object.id});
        return found == num_with_object.end() || found->second < results.size();
      });
    }
    common.push_back(std::move(sequences));
  }
  return common;
}

std::optional<AggregateSample> recorded_sample(const Result& result, const Aggregate& aggregate) {
  return recorded_sample(result, canonical_sequences(result), aggregate);
}

std::optional<AggregateSample> sample_of(const Result& result,
                                         std::span<const SequenceScore> sequences,
                                         const Metric& metric, Scope scope) {
  if (!has_objects(result)) return class_sample(result, sequences, metric, scope);
  return make_sample(sequences, metric, scope, result.protocol.average);
}

void attach_intervals(Result& result, const BootstrapOptions& options) {
  const std::vector<SequenceScore> sequences = canonical_sequences(result);
  std::vector<AggregateSample> samples;
  std::vector<std::optional<Interval>*> intervals;
  for (Aggregate& aggregate : result.aggregates) {
    aggregate.interval.reset();
    std::optional<AggregateSample> sample = recorded_sample(result, sequences, aggregate);
    if (!sample) continue;
    samples.push_back(std::move(*sample));
    intervals.push_back(&aggregate.interval);
  }
  for (std::size_t i = 0; i < result.classes.size(); ++i) {
    result.classes[i].interval.reset();
    if (!result.classes[i].iou) continue;
    samples.push_back(class_iou_sample(sequences, i));
    intervals.push_back(&result.classes[i].interval);
  }
  // Draws are numbered, so that a few aggregates at a time get the same as all at once: replicates
  // of two hundred take 16 MB.
  constexpr std::size_t kAtOnce = 16;
  for (std::size_t begin = 0; begin < samples.size(); begin += kAtOnce) {
    const std::span<const AggregateSample> some =
        std::span(samples).subspan(begin, std::min(kAtOnce, samples.size() - begin));
    const std::vector<std::vector<double>> replicates = bootstrap_replicates(some, options);
    for (std::size_t i = 0; i < replicates.size(); ++i) {
      const std::size_t count = has_objects(result) ? sequences.size() : num_counted(some[i]);
      *intervals[begin + i] = percentile_interval(replicates[i], count, options.level);
    }
  }
}

}  // namespace angiobench
