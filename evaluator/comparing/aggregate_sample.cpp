// SPDX-License-Identifier: MIT
#include "evaluator/comparing/aggregate_sample.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace angiobench {
namespace {

// A recomputed aggregate differs from the recorded one by the order of additions only.
constexpr double kSameValue = 1e-9;

template <typename Keep>
SamplePart make_part(std::span<const SequenceScore> sequences, std::string_view metric, Keep keep) {
  SamplePart part;
  for (const SequenceScore& sequence : sequences) {
    double sum = 0;
    double count = 0;
    for (const ObjectScore& object : sequence.objects) {
      const std::optional<double> value =
          keep(object) ? object_value(object, metric) : std::nullopt;
      if (!value) continue;
      sum += *value;
      count += 1;
    }
    part.sums.push_back(sum);
    part.counts.push_back(count);
  }
  return part;
}

SamplePart make_sequence_part(std::span<const SequenceScore> sequences, std::string_view metric) {
  SamplePart part;
  for (const SequenceScore& sequence : sequences) {
    const std::optional<double> value = sequence_value(sequence, metric);
    part.sums.push_back(value.value_or(0));
    part.counts.push_back(value ? 1 : 0);
  }
  return part;
}

bool has_extra(std::span<const SequenceScore> sequences, std::string_view metric) {
  for (const SequenceScore& sequence : sequences) {
    for (const ObjectScore& object : sequence.objects) {
      if (object.extra.contains(std::string(metric))) return true;
    }
  }
  return false;
}

bool has_groups(std::span<const SequenceScore> sequences) {
  for (const SequenceScore& sequence : sequences) {
    for (const ObjectScore& object : sequence.objects) {
      if (object.group != ObjectGroup::none) return true;
    }
  }
  return false;
}

SequenceScore without_frames(const SequenceScore& sequence) {
  SequenceScore copy;
  copy.name = sequence.name;
  copy.frames_scored = sequence.frames_scored;
  copy.complete = sequence.complete;
  copy.objects = sequence.objects;
  return copy;
}

std::optional<Averaging> averaging_of(std::span<const SequenceScore> sequences,
                                      const Aggregate& aggregate) {
  if (!aggregate.value) return std::nullopt;
  std::vector<Averaging> candidates = {Averaging::objects, Averaging::sequences};
  if (has_groups(sequences)) candidates.insert(candidates.begin(), Averaging::groups);
  for (const Averaging averaging : candidates) {
    const std::optional<AggregateSample> sample =
        make_sample(sequences, aggregate.metric, aggregate.scope, averaging);
    const std::optional<double> value = sample ? sample_value(*sample) : std::nullopt;
    if (value && std::abs(*value - *aggregate.value) <= kSameValue) return averaging;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> object_value(const ObjectScore& object, std::string_view metric) {
  const auto extra = object.extra.find(std::string(metric));
  if (extra != object.extra.end()) return extra->second;
  if (metric == "J") return object.j.mean;
  if (metric == "F") return object.f.mean;
  if (metric == "J&F") {
    if (!object.j.mean || !object.f.mean) return std::nullopt;
    return (*object.j.mean + *object.f.mean) / 2;
  }
  if (metric == "J_recall") return object.j.recall;
  if (metric == "J_decay") return object.j.decay;
  if (metric == "F_recall") return object.f.recall;
  if (metric == "F_decay") return object.f.decay;
  return std::nullopt;
}

std::optional<double> sequence_value(const SequenceScore& sequence, std::string_view metric) {
  double sum = 0;
  std::size_t count = 0;
  for (const ObjectScore& object : sequence.objects) {
    const std::optional<double> value = object_value(object, metric);
    if (!value) continue;
    sum += *value;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

std::optional<AggregateSample> make_sample(std::span<const SequenceScore> sequences,
                                           std::string_view metric, std::string_view scope,
                                           Averaging averaging) {
  const auto in_group = [](ObjectGroup group) {
    return [group](const ObjectScore& object) { return object.group == group; };
  };
  const auto any = [](const ObjectScore&) { return true; };
  std::vector<std::string_view> metrics = {metric};
  if (metric == "J&F" && !has_extra(sequences, metric)) metrics = {"J", "F"};
  AggregateSample sample;
  for (const std::string_view one : metrics) {
    if (scope == "seen") {
      sample.parts.push_back(make_part(sequences, one, in_group(ObjectGroup::seen)));
    } else if (scope == "unseen") {
      sample.parts.push_back(make_part(sequences, one, in_group(ObjectGroup::unseen)));
    } else if (scope == "pooled" || (scope == "overall" && averaging == Averaging::objects)) {
      sample.parts.push_back(make_part(sequences, one, any));
    } else if (scope == "overall" && averaging == Averaging::groups) {
      sample.parts.push_back(make_part(sequences, one, in_group(ObjectGroup::seen)));
      sample.parts.push_back(make_part(sequences, one, in_group(ObjectGroup::unseen)));
    } else if (scope == "overall" && averaging == Averaging::sequences) {
      sample.parts.push_back(make_sequence_part(sequences, one));
    } else {
      return std::nullopt;
    }
  }
  return sample;
}

std::optional<Averaging> averaging_of(const Result& result, const Aggregate& aggregate) {
  return averaging_of(std::span<const SequenceScore>(result.sequences), aggregate);
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
                                                     std::string_view metric) {
  // Count in how many results each sequence, and each object with a value, occurs.
  std::map<std::string, std::size_t> num_with_sequence;
  std::map<std::pair<std::string, int>, std::size_t> num_with_object;
  for (const Result* result : results) {
    for (const SequenceScore& sequence : result->sequences) {
      ++num_with_sequence[sequence.name];
      for (const ObjectScore& object : sequence.objects) {
        if (object_value(object, metric)) ++num_with_object[{sequence.name, object.id}];
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

void attach_intervals(Result& result, const BootstrapOptions& options) {
  const std::vector<SequenceScore> sequences = canonical_sequences(result);
  std::vector<AggregateSample> samples;
  std::vector<Aggregate*> sampled;
  for (Aggregate& aggregate : result.aggregates) {
    aggregate.interval.reset();
    const std::optional<Averaging> averaging = averaging_of(sequences, aggregate);
    if (!averaging) continue;
    samples.push_back(*make_sample(sequences, aggregate.metric, aggregate.scope, *averaging));
    sampled.push_back(&aggregate);
  }
  const std::vector<std::vector<double>> replicates = bootstrap_replicates(samples, options);
  for (std::size_t i = 0; i < sampled.size(); ++i) {
    sampled[i]->interval = percentile_interval(replicates[i], sequences.size(), options.level);
  }
}

}  // namespace angiobench
