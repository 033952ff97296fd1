// SPDX-License-Identifier: MIT
#pragma once

#include "cli/verb.h"

namespace angiobench::cli {

/// The verb `bench`, of the module "baselines".
VerbCode bench_code();

}  // namespace angiobench::cli
