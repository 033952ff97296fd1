// SPDX-License-Identifier: MIT
#include "baselines/torch_info.h"

#include <torch/version.h>

namespace angiobench {

std::string torch_version() { return TORCH_VERSION; }

}  // namespace angiobench
