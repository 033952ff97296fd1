// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace angiobench::cli {

/// "0.1.0" and the commit the program was built from ("unknown" outside git).
std::string tool_version();
std::string tool_commit();

/// Version, commit and the compiler's ABI: what of two parts of a program must be the same for them
/// to share C++ types.
std::string build_stamp();

}  // namespace angiobench::cli
