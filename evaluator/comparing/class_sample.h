// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "evaluator/comparing/statistics.h"
#include "evaluator/result.h"

namespace angiobench {

// Samples of results without objects: of classes, whose intersections and unions are resampled
// together, and of values of images.

/// A measure as a function of some sequences of a result, which says what its classes are. Nothing
/// where it is no mean of quotients of sums by sequence (fwIoU weighs its classes anew in every
/// draw), or the task does not have it.
std::optional<AggregateSample> class_sample(const Result& of,
                                            std::span<const SequenceScore> sequences,
                                            const Metric& metric, Scope scope);

/// IoU of one class, by its position in Result::classes.
AggregateSample class_iou_sample(std::span<const SequenceScore> sequences, std::size_t position);

/// How far a value that is worked out again may lie from the recorded one: the order of additions.
inline constexpr double kSameValue = 1e-9;

/// How far a recorded aggregate may lie from what its sequences give: the rounding of additions,
/// and half of the last decimal where the protocol rounds.
double recorded_tolerance(const Result& result, const Aggregate& aggregate);

/// For each result the sequences that all have, with a value of the measure in all of them where it
/// is of images: what a paired comparison may look at.
std::vector<std::vector<SequenceScore>> common_sequences(std::span<const Result* const> results,
                                                         const Metric& metric);

}  // namespace angiobench
