// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "reports/platforms/platform_score.h"

namespace angiobench {

/// A run of an evaluation container on grand-challenge (template of 2025-09).
struct GrandChallengeRun {
  std::string input = "/input";
  std::string truth = "/opt/ml/input/data/ground_truth";
  std::string output = "/output";
  std::string dataset;  // empty: what the truth's angiobench.json says
  int jobs = 0;
  std::string tool_version;
  std::string git_commit;
};

/// Scores the jobs of predictions.json, in whatever order they stand: the output of each is a zip
/// of the masks of the sequence that its input image is named after (where there is one job, of the
/// whole submission), or a stack of them (open_stack): a .mha, .nrrd or .nii.gz file, or an image's
/// folder with one. Writes metrics.json, whose aggregates are fractions; `results` stays empty,
/// since it would tell of single sequences. A job that did not succeed is a refusal. Throws
/// Error{input} where the output cannot be written.
PlatformScore run_grand_challenge(const GrandChallengeRun& run);

}  // namespace angiobench
