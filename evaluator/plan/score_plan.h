// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset/plan/plan.h"
#include "evaluator/plan/part_file.h"
#include "evaluator/scoring/scorer.h"
#include "evaluator/scoring/submission.h"

namespace angiobench {

/// What a plan of scores says of its data set and rules; submissions, options and items are the
/// caller's.
Plan plan_of(const OpenTruth& truth, const SubmissionRequest& request);

/// The items of a submission: its sequences as the index has them, with the digest of the names and
/// sizes of their masks, truth and prediction. Cost: pixels x frames. Reads the header of one mask
/// a sequence. `jobs` threads; 0: all cores.
std::vector<PlanItem> score_items(const OpenSubmission& opened, const MissingFrames& missing,
                                  std::uint32_t submission, int jobs);

/// Digest over the names and sizes of all masks of a ground truth.
std::string truth_digest(const SequenceIndex& index);

/// Seconds of one core that scoring takes, roughly.
double score_seconds(std::uint64_t cost);

/// Throws Error{input} where the data set or the rules are not those of the plan: the benchmark's
/// definition or the protocol changed, or this program counts by another metric version.
void check_rules(const Plan& plan, const OpenTruth& truth, const SubmissionRequest& request);

/// Throws Error{input} where the masks of these items are not those that were planned: a file came,
/// went, or has another size. The index holds the items' sequences and no others.
void check_items(const Plan& plan, std::uint32_t submission,
                 const std::vector<std::uint32_t>& items, const OpenSubmission& opened, int jobs);

/// What is done with a shard.
struct ShardRequest {
  SubmissionRequest submission;          // all but predictions and sequences
  std::vector<std::string> predictions;  // where each submission of the plan lies
  ScoreOptions score;                    // jobs, missing, limits, progress
};

struct CountedShard {
  std::vector<std::string> items;  // rows of each item (count_rows.h), in the plan's order
  std::uint64_t num_rows = 0;
  std::uint64_t num_frames = 0;
  std::vector<Error> failures;  // the first of each sequence that failed: then nothing is of use
};

/// Counts the items of a shard. Throws Error{input} where they are not those of the plan.
CountedShard count_shard(const Plan& plan, std::uint32_t shard, const ShardRequest& request);

/// Scores a submission of the plan from its parts, as score() does from masks: the same result to
/// the last bit. Masks are read only for options.on_frame. All shards must be there.
ScoreOutcome score_parts(const Plan& plan, const PartSet& parts, std::uint32_t submission,
                         const OpenSubmission& opened, const MissingFrames& missing,
                         const ScoreOptions& options);

}  // namespace angiobench
