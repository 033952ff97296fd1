// SPDX-License-Identifier: MIT
#include "python/src/about.h"

namespace angiobench::python {

const char* tool_version() { return ANGIOBENCH_VERSION; }
const char* tool_commit() { return ANGIOBENCH_GIT_COMMIT; }

}  // namespace angiobench::python
