// SPDX-License-Identifier: MIT
#pragma once

#include "cli/verb.h"

namespace angiobench::cli {

/// The verb `predict`, of the module "baselines".
VerbCode predict_code();
/// The job `plan predict`, which the program's `plan` asks the module for.
VerbCode plan_predict_code();

}  // namespace angiobench::cli
