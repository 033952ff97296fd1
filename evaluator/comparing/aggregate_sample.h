// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/result.h"
#include "evaluator/comparing/statistics.h"

namespace angiobench {

// A result's aggregates as functions of its sequences, which is what resampling needs. Everything
// is derived from what a Result holds (objects with their means and groups), so that a result file
// is enough: no mask is decoded again.

/// What an aggregate is a mean over.
enum class Averaging {
  objects,    // all objects alike
  sequences,  // the mean of each sequence's objects, then of sequences
  groups,     // objects of seen and of unseen categories apart, then the mean of both (J&F: of J_s,
              // F_s, J_u, F_u)
};

/// The value of an object in a metric: "J", "F", "J&F" (their mean), "J_recall", "J_decay",
/// "F_recall", "F_decay", or one of its extra measures (which go first). nullopt where the object
/// has none.
std::optional<double> object_value(const ObjectScore& object, std::string_view metric);

/// The mean of a sequence's objects that have a value in a metric; nullopt where none has.
std::optional<double> sequence_value(const SequenceScore& sequence, std::string_view metric);

/// The aggregate `metric`, `scope` of some sequences. Scopes: "overall", "pooled" (all objects
/// whatever the averaging), "seen", "unseen"; nullopt for any other. "J&F" has the parts J and F.
std::optional<AggregateSample> make_sample(std::span<const SequenceScore> sequences,
                                           std::string_view metric, std::string_view scope,
                                           Averaging averaging);

/// How a recorded aggregate was averaged: the first of groups (where objects have any), objects and
/// sequences that gives its value to 1e-9. nullopt where none does or there is no value: such an
/// aggregate gets no interval rather than a wrong one.
std::optional<Averaging> averaging_of(const Result& result, const Aggregate& aggregate);

/// Sequences and objects without their frames, sequences sorted by name: the canonical order of
/// every resample.
std::vector<SequenceScore> canonical_sequences(const Result& result);

/// For each result the sequences that all have, with those objects that have a value in `metric` in
/// all of them: what a paired comparison may look at.
std::vector<std::vector<SequenceScore>> common_cases(std::span<const Result* const> results,
                                                     std::string_view metric);

/// Fills Aggregate::interval of every aggregate whose averaging is known; the others keep none.
void attach_intervals(Result& result, const BootstrapOptions& options = {});

}  // namespace angiobench
