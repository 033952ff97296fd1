// SPDX-License-Identifier: MIT
#pragma once

#include "cli/verb.h"

namespace angiobench::cli {

/// The verb `train`, of the module "baselines".
VerbCode train_code();
/// The job `plan train`, which the program's `plan` asks the module for.
VerbCode plan_train_code();

}  // namespace angiobench::cli
