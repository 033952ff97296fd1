// SPDX-License-Identifier: MIT
#pragma once

#include "cli/verb.h"

namespace angiobench::cli {

/// The verb `synth`, of the module "media".
VerbCode synth_code();

}  // namespace angiobench::cli
