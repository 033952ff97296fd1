// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "dataset/benchmark.h"
#include "dataset/masks/submission_limits.h"
#include "dataset/validator/validate_dataset.h"
#include "dataset/validator/validation.h"

namespace angiobench {

/// Holds a submission (a folder or zip of <sequence>/<frame>.png) against a benchmark: what is
/// missing, misnamed or misplaced, what a scorer would refuse, and what looks too good, too empty
/// or shifted to be a prediction. A cause is told instead of its consequences: a submission for
/// another split is one finding, not a list of missing sequences. Every expected mask is read once,
/// with the truth beside it; one that is larger than `limits` allow is refused by its header
/// (S013). Throws Error where the ground truth cannot be indexed or the archive is refused.
Validation validate_submission(const std::string& predictions, const std::string& root,
                               const BenchmarkDefinition& benchmark,
                               const ValidationOptions& options = {},
                               const SubmissionLimits& limits = {});

}  // namespace angiobench
