// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dataset/files/file_tree.h"
#include "dataset/masks/kept_masks.h"
#include "dataset/masks/submission_limits.h"
#include "dataset/sequence_index.h"
#include "evaluator/protocol.h"
#include "evaluator/result.h"
#include "evaluator/scoring/scorer.h"

namespace angiobench {

/// Which submission is scored, against what, by which rules.
struct SubmissionRequest {
  std::string dataset;       // a benchmark's name, or a definition file (".json")
  std::string ground_truth;  // the data set's root, or the folder that holds the sequences
  std::string predictions;   // a folder or a zip
  /// What every message calls the predictions, for readers who must not learn where they lie;
  /// empty: their path
  std::string shown_as;
  std::string meta_file;  // first-mask or meta json, where it is not beside the ground truth
  std::string protocol;   // name or file; empty: the benchmark's own
  std::string colors;     // table of colours: a file or "voc" (load_color_table); empty: none
  std::vector<std::string> measures;  // of vessels, beside the protocol's (with_measures)
  std::optional<Spacing> spacing;     // of their distances; none: the protocol's or the benchmark's
  std::vector<std::string> sequences;  // only these; empty: all
  SubmissionLimits limits;             // for what strangers send
  std::string protocol_text;           // JSON of a protocol, in place of `protocol`
};

/// How a request has masks read and scored.
struct OpenRules {
  BenchmarkDefinition benchmark;
  Protocol protocol;
};

/// Reads definitions, and no data: for who has masks in memory. Throws Error{usage, input}.
OpenRules open_rules(const SubmissionRequest& request);

/// What submissions are scored against: all of a request but its predictions.
struct OpenTruth {
  SequenceIndex index;
  Protocol protocol;
  std::string ground_truth;  // as the request has it
};

/// Reads definitions, lists files, decodes nothing. Throws Error{input}.
OpenTruth open_truth(const SubmissionRequest& request);

/// The same for several submissions: each mask of the truth is decoded for the first one and kept,
/// packed, for the others, as long as all fit into `max_bytes`.
OpenTruth open_shared_truth(const SubmissionRequest& request,
                            std::size_t max_bytes = kMaxKeptMaskBytes);

/// A request's files, listed and not read.
struct OpenSubmission {
  SequenceIndex index;
  std::shared_ptr<const FileTree> predictions;
  Protocol protocol;
  std::string ground_truth;  // as the request has it
  SubmissionLimits limits;
};

/// Reads definitions, lists files, decodes nothing. Throws Error{input}, with words of its own
/// where ground truth and predictions look swapped.
OpenSubmission open_submission(const SubmissionRequest& request);
/// The same where the truth is open already.
OpenSubmission open_submission(const OpenTruth& truth, const SubmissionRequest& request);

/// What the validator says of a submission that is scored (second_look): of all its names and
/// folders, and of the masks of the sequences at `suspicious`; with the frames and the labels that
/// the protocol reads.
std::vector<Finding> look_again(const OpenSubmission& opened,
                                std::span<const std::size_t> suspicious);

/// The benchmark as a protocol reads its masks: with the labels that the protocol states, where
/// they mean something else.
BenchmarkDefinition read_by(const BenchmarkDefinition& benchmark, const Protocol& protocol);

/// Whether a finding says that a score is not that of the masks' meaning: every error but that a
/// submission is a copy of the truth (P030), whose score is what it says.
bool is_wrong_score(const Finding& finding);

/// Scores a submission as the program's `score` does: the figures, the findings and the digests of
/// its result.json, with intervals; `run` and the tool's version are the caller's. Looks again
/// where options.look_again says nothing else; findings with is_wrong_score are what the program
/// ends with 1 for. `options.jobs`
/// changes no byte. Throws the Errors of opening; Error{inconclusive} where a prediction is missing
/// under MissingPolicy::error; the first failure where a mask cannot be read or a rule refuses it.
Result score_submission(const SubmissionRequest& request, ScoreOptions options = {});

}  // namespace angiobench
