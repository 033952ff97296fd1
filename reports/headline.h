// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "evaluator/result.h"

namespace angiobench {

/// The headline of a result as plain text for a terminal: what was scored, each aggregate in its
/// community's habit with its interval and the number of cases, and in plain words where the result
/// is not whole.
std::string headline_text(const Result& result);

}  // namespace angiobench
