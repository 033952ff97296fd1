// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/archive_options.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "evaluator/scoring/scorer.h"
#include "evaluator/scoring/submission.h"

namespace angiobench::cli {

/// What `score` and `explain` are told about their input.
struct ScoringInputs {
  std::string dataset;
  std::string ground_truth;
  std::string predictions;
  std::string meta;
  std::string protocol;  // empty: the benchmark's own
  MissingPolicy missing = MissingPolicy::error;
  std::string measures;         // "vessel" or "cldice,hd95"; empty: the protocol's alone
  std::vector<double> spacing;  // one number, or of rows and of columns, mm; empty: not stated
  std::string sequences;        // "a,b,@file"; empty: all
  SubmissionOptions limits;
};

/// --dataset, -g, -p, --meta, --protocol, --missing, --sequences, the limits for strangers' files.
void add_scoring_options(OptionSet& options, ScoringInputs& inputs);

/// --measures and --spacing: of vessels, beside the protocol's.
void add_measure_options(OptionSet& options, ScoringInputs& inputs);

/// For a rule: "" or why `out` may not be where it is: no result goes into the predictions.
std::string output_inside_predictions(const std::string& out, const std::string& predictions);

/// The input, opened (open_submission).
using ScoringData = OpenSubmission;
ScoringData open_scoring_data(const ScoringInputs& inputs);

ScoreOptions score_options(const ScoringInputs& inputs, const CommonOptions& common);

std::size_t count_errors(const std::vector<Finding>& findings);
/// Prints findings, at most a screenful of each code; the rest is counted.
void print_findings(const std::vector<Finding>& findings, const CommonOptions& options,
                    const Streams& streams);
/// Prints what failed and returns the exit code of the gravest.
int report_failures(const std::vector<Error>& failures, const CommonOptions& options,
                    const Streams& streams);
/// As report_failures, for participants: of a failure in the ground truth it says only that there
/// is one, of one in the submission not which frame it is.
int report_redacted_failures(const std::vector<Error>& failures, const ScoringData& data,
                             const CommonOptions& options, const Streams& streams);

}  // namespace angiobench::cli
