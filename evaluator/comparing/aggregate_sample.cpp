// SPDX-License-Identifier: MIT
#include "evaluator/comparing/aggregate_sample.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "evaluator/measures.h"

namespace angiobench {
namespace {

// A recomputed aggregate differs from the recorded one by the order of additions only.
constexpr double kSameValue = 1e-9;

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
  return copy;
}

std::optional<AggregateSample> recorded_sample(std::span<const SequenceScore> sequences,
                                               const Aggregate& aggregate, AverageOver average) {
  if (!aggregate.value) return std::nullopt;
  AggregateSample sample = make_sample(sequences, aggregate.metric, aggregate.scope, average);
  const std::optional<double> value = sample_value(sample);
  if (!value || std::abs(*value - *aggregate.value) > kSameValue) return std::nullopt;
  return sample;
}

}  // namespace

std::optional<double> sequence_value(const SequenceScore& sequence, const Metric& metric) {
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
  return recorded_sample(canonical_sequences(result), aggregate, result.protocol.average);
}

void attach_intervals(Result& result, const BootstrapOptions& options) {
  const std::vector<SequenceScore> sequences = canonical_sequences(result);
  std::vector<AggregateSample> samples;
  std::vector<Aggregate*> sampled;
  for (Aggregate& aggregate : result.aggregates) {
    aggregate.interval.reset();
    std::optional<AggregateSample> sample =
        recorded_sample(sequences, aggregate, result.protocol.average);
    if (!sample) continue;
    samples.push_back(std::move(*sample));
    sampled.push_back(&aggregate);
  }
  // Draws are numbered, so that a few aggregates at a time get the same as all at once: replicates
  // of two hundred take 16 MB.
  constexpr std::size_t kAtOnce = 16;
  for (std::size_t begin = 0; begin < samples.size(); begin += kAtOnce) {
    const std::span<const AggregateSample> some =
        std::span(samples).subspan(begin, std::min(kAtOnce, samples.size() - begin));
    const std::vector<std::vector<double>> replicates = bootstrap_replicates(some, options);
    for (std::size_t i = 0; i < replicates.size(); ++i) {
      sampled[begin + i]->interval =
          percentile_interval(replicates[i], sequences.size(), options.level);
    }
  }
}

}  // namespace angiobench
