// SPDX-License-Identifier: MIT
#pragma once

#include "baselines/runner.h"
#include "cli/verb.h"
#include "dataset/files/digest.h"

namespace angiobench::cli {

/// The verb `predict`, of the module "baselines".
VerbCode predict_code();
/// The job `plan predict`, which the program's `plan` asks the module for.
VerbCode plan_predict_code();

/// Adds the names of a clip's frames to a digest, and their sizes where they lie in a folder.
void add_frames(const Clip& clip, Sha256Stream& digest);

}  // namespace angiobench::cli
