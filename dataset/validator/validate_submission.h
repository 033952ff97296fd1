// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/files/file_tree.h"
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

/// What `validate_submission` calls an error in a submission that was scored, and what else says
/// that the score is not that of the masks' meaning: names of all files are compared, the masks of
/// the sequences at `suspicious` alone are read. `root` is where the ground truth was found. A
/// sequence or frame that is missing is left to the scorer.
std::vector<Finding> second_look(const SequenceIndex& index, const FileTree& predictions,
                                 const std::string& root, std::span<const std::size_t> suspicious,
                                 const ValidationOptions& options = {},
                                 const SubmissionLimits& limits = {});

}  // namespace angiobench
