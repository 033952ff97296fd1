// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "cli/completion.h"

namespace angiobench::cli {

/// The manual page of a verb with all its jobs (troff, macros "man"), as `man angiobench-VERB`
/// shows it. `version` stands in its foot.
std::string man_page(const VerbPages& verb, const std::string& version);

/// The page of the program: its verbs, its exit codes.
std::string man_overview(std::span<const VerbPages> verbs, const std::string& version);

}  // namespace angiobench::cli
