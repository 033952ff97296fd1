// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/verb.h"

namespace angiobench::cli {

// Verbs that need OpenCV or LibTorch live in modules (shared libraries beside the program) that are
// loaded when such a verb runs: `score` must not pay 100 MB and a quarter of a second for libraries
// that it never calls.

/// What a module exports under the name "angiobench_module_verbs".
using ModuleVerbs = std::span<const Verb> (*)();

/// Runs a verb of a module ("media": OpenCV; "baselines": LibTorch). Throws Error{inconclusive}
/// where the module is not there (the program was built without its library).
int run_module_verb(std::string_view module, std::string_view verb,
                    const std::vector<std::string>& arguments, const Streams& streams);

}  // namespace angiobench::cli
