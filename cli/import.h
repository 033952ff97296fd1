// SPDX-License-Identifier: MIT
#pragma once

#include "cli/verb.h"

namespace angiobench::cli {

// The code of each kind of `import`, in the file of its name.
VerbCode import_masks_code();

}  // namespace angiobench::cli
