// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dataset/files/file_tree.h"
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
  std::string meta_file;     // first-mask or meta json, where it is not beside the ground truth
  std::string protocol;      // name or file; empty: the benchmark's own
  std::vector<std::string> measures;  // of vessels, beside the protocol's (with_measures)
  std::optional<Spacing> spacing;     // of their distances; none: the protocol's or the benchmark's
  std::vector<std::string> sequences;  // only these; empty: all
  SubmissionLimits limits;             // for what strangers send
};

/// A request's files, listed and not read.
struct OpenSubmission {
  SequenceIndex index;
  std::shared_ptr<const FileTree> predictions;
  Protocol protocol;
};

/// Reads definitions, lists files, decodes nothing. Throws Error{input}, with words of its own
/// where ground truth and predictions look swapped.
OpenSubmission open_submission(const SubmissionRequest& request);

/// Scores a submission as the program's `score` does: the figures, the findings and the digests of
/// its result.json, with intervals; `run` and the tool's version are the caller's. `options.jobs`
/// changes no byte. Throws the Errors of opening; Error{inconclusive} where a prediction is missing
/// under MissingPolicy::error; the first failure where a mask cannot be read or a rule refuses it.
Result score_submission(const SubmissionRequest& request, ScoreOptions options = {});

}  // namespace angiobench
