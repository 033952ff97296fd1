// SPDX-License-Identifier: MIT
#pragma once

#include "cli/verb.h"

namespace angiobench::cli {

/// The verb `predict`, of the module "baselines".
VerbCode predict_code();

}  // namespace angiobench::cli
