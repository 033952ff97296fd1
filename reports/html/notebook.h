// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "evaluator/result.h"

namespace angiobench {

/// A result as a piece of HTML for a cell of a notebook: what was scored, the aggregates with their
/// intervals, a table of sequences (folded where it is long) and the findings. No script and no
/// style: the notebook's own holds. Everything that came from files is escaped.
std::string notebook_html(const Result& result);

}  // namespace angiobench
