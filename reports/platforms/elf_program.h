// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace angiobench {

/// Throws Error{input} unless the file is a program for Linux on x86-64 that asks for no loader and
/// no library, so that it starts in whatever container a platform has.
void check_static_program(const std::string& path);

}  // namespace angiobench
