// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace angiobench {

/// The version of LibTorch this was compiled against, e.g. "1.13.1".
std::string torch_version();

}  // namespace angiobench
