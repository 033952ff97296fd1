// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace angiobench::cli {

/// "0.1.0" and the commit the program was built from ("unknown" outside git).
std::string tool_version();
std::string tool_commit();

}  // namespace angiobench::cli
