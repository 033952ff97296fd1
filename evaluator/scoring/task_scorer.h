// SPDX-License-Identifier: MIT
#pragma once

#include "dataset/benchmark.h"
#include "dataset/masks/mask_source.h"
#include "dataset/sequence_index.h"
#include "evaluator/protocol.h"
#include "evaluator/scoring/scorer.h"
#include "evaluator/scoring/stills_pass.h"

namespace angiobench {

/// Whether a protocol's task is the benchmark's: rules for objects read any masks, rules for
/// classes, maps and labels that may overlap those of their own kind alone. Throws Error{usage}
/// about the protocol where it is another one.
void check_task(const BenchmarkDefinition& benchmark, const Protocol& protocol);

/// score() under a protocol of another task than objects: classes, maps, labels that may overlap.
/// `missing` has been accepted. Sequences are handed to options.on_sequence with their images. With
/// `counted` images that were counted before, and no mask is read.
ScoreOutcome score_task(const SequenceIndex& index, const MaskSource& predictions,
                        const Protocol& protocol, const MissingFrames& missing,
                        const ScoreOptions& options, const StillSource* counted = nullptr);

/// How a protocol has images counted and valued.
StillsOptions stills_options(const Protocol& protocol, const ScoreOptions& options);

/// Classes of a semantic task, from 0 to the highest that the benchmark names; 0 where it names
/// none.
int num_classes_of(const BenchmarkDefinition& benchmark);

/// IoU, Dice, precision and sensitivity of a class from its pixels; empty where they are not
/// defined.
void fill_values(ClassScore& score);

}  // namespace angiobench
