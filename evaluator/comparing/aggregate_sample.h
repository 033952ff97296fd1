// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "evaluator/result.h"
#include "evaluator/comparing/statistics.h"

namespace angiobench {

// A result's aggregates as functions of its sequences, which is what resampling needs. Everything
// is derived from what a Result holds (objects with their means and groups), so that a result file
// is enough: no mask is decoded again.

/// What a sequence has in a metric: without objects its own measure, else the mean of those objects
/// that have a value; nullopt where none has.
std::optional<double> sequence_value(const SequenceScore& sequence, const Metric& metric);

/// The aggregate `metric`, `scope` of some sequences, averaged as `average` says where the scope is
/// overall. A metric that is the mean of others (J&F) has their parts.
AggregateSample make_sample(std::span<const SequenceScore> sequences, const Metric& metric,
                            Scope scope, AverageOver average);

/// The sample of a metric over some sequences of a result, whatever its task; nullopt where the
/// metric is no mean of such parts.
std::optional<AggregateSample> sample_of(const Result& result,
                                         std::span<const SequenceScore> sequences,
                                         const Metric& metric, Scope scope);

/// The sample of a recorded aggregate, over its result's sequences in the order of their names;
/// nullopt where it has no value or its sequences give another one (by more than 1e-9, the order of
/// additions): such an aggregate gets no interval rather than a wrong one.
std::optional<AggregateSample> recorded_sample(const Result& result, const Aggregate& aggregate);

/// Sequences and objects without their frames, sequences sorted by name: the canonical order of
/// every resample.
std::vector<SequenceScore> canonical_sequences(const Result& result);

/// For each result the sequences that all have, with those objects that have a value in `metric` in
/// all of them: what a paired comparison may look at.
std::vector<std::vector<SequenceScore>> common_cases(std::span<const Result* const> results,
                                                     const Metric& metric);

/// Fills Aggregate::interval of every aggregate that has a recorded_sample, and
/// ClassScore::interval; the others keep none.
void attach_intervals(Result& result, const BootstrapOptions& options = {});

}  // namespace angiobench
