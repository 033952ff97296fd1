// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace angiobench::test {

/// What is wrong with a text that must be, byte for byte, what the file tests/golden/<name> holds:
/// the first line that differs, found and expected; empty where nothing is. Where the environment
/// has ANGIOBENCH_RENEW_GOLDEN the file is written anew instead (scripts/renew_golden.sh; the
/// change is read in git).
std::string golden_problem(std::string_view name, std::string_view text);

}  // namespace angiobench::test
