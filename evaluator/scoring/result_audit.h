// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "evaluator/result.h"

namespace angiobench {

// A result is a claim: whoever reads one that was written elsewhere works out again what follows
// from the rest of it, so that an edited headline is no headline. What nothing follows from (the
// objects' own figures without their counts, the digests of masks) can only be scored again.

/// A field of a result that does not follow from the rest of it.
struct Contradiction {
  std::string field;     // "aggregates[0].value of J&F (overall)"
  std::string found;     // "0.99"
  std::string expected;  // "0.4925056084787965, the mean of its objects"
};

/// Everything in a result that contradicts the rest, in the order of result.json: the protocol's
/// hash and its stamps (from the rules), the metrics (from the protocol), counts of sequences,
/// objects and frames, "complete" (from the sequences, and the benchmark's list where the truth is
/// the released one), values outside their range, aggregates and their n (from the objects,
/// sequences or classes), classes (from their sequences' pixels), intervals (drawn again) and,
/// where it has rows of frames, the objects' figures (from the integers). Values may differ by 1e-9
/// (the order of additions), and by half of the last decimal where a protocol rounds. Of another
/// metric version only what depends on no measure is looked at.
std::vector<Contradiction> find_contradictions(const Result& result);

/// Throws Error{input} (with `path`) naming the first contradiction of a result, if it has one.
void check_result(const Result& result, const std::string& path);

/// What a result claims and scoring its masks does not give: digests, rules, aggregates, objects.
std::vector<Contradiction> find_differences(const Result& claimed, const Result& scored);

/// Throws Error{input} (with `path`) naming the first difference, if there is one.
void check_same_scores(const Result& claimed, const Result& scored, const std::string& path);

/// Whether rows of frames are there from which the figures of every object were worked out again.
bool has_counts(const Result& result);

/// What is known of the ground truth that a result was scored against.
enum class TruthOrigin {
  unknown,   // nobody published the digest of what was read
  released,  // it is that of the released masks
  another,   // it is not
};
/// Of a result over the whole split under the protocol of this name.
TruthOrigin truth_origin(const DatasetStamp& dataset, const std::string& protocol);

}  // namespace angiobench
