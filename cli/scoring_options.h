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
  std::string predictions;  // of who takes one submission
  std::string meta;
  std::string protocol;  // empty: the benchmark's own
  std::string colors;    // a table of colours, or "voc"; empty: none
  MissingPolicy missing = MissingPolicy::error;
  std::string measures;         // "vessel" or "cldice,hd95"; empty: the protocol's alone
  std::vector<double> spacing;  // one number, or of rows and of columns, mm; empty: not stated
  std::string sequences;        // "a,b,@file"; empty: all
  SubmissionOptions limits;
};

/// --dataset, -g, -p, --meta, --protocol, --missing, --sequences, the limits for strangers' files.
void add_scoring_options(OptionSet& options, ScoringInputs& inputs);
/// The parts of it that stand before and after -p, for who takes several submissions.
void add_truth_options(OptionSet& options, ScoringInputs& inputs);
void add_rule_options(OptionSet& options, ScoringInputs& inputs);

/// --measures and --spacing: of vessels, beside the protocol's.
void add_measure_options(OptionSet& options, ScoringInputs& inputs);

/// The input, opened (open_submission).
using ScoringData = OpenSubmission;
SubmissionRequest request_of(const ScoringInputs& inputs);
ScoringData open_scoring_data(const ScoringInputs& inputs);

ScoreOptions score_options(const ScoringInputs& inputs, const CommonOptions& common);

std::size_t count_errors(const std::vector<Finding>& findings);
/// Prints findings, at most a screenful of each code; the rest is counted.
void print_findings(const std::vector<Finding>& findings, const CommonOptions& options,
                    const Streams& streams);
/// Prints what failed and returns the exit code of the gravest.
int report_failures(const std::vector<Error>& failures, const CommonOptions& options,
                    const Streams& streams);

}  // namespace angiobench::cli
