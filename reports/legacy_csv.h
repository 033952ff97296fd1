// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "evaluator/result.h"

namespace angiobench {

/// The files that the public tools write, byte for byte: (name, content). vos-benchmark's
/// results.csv (percentages with one decimal); with the seen and unseen header where objects have
/// groups; DAVIS 2017's "global_results-val.csv" and "per-sequence_results-val.csv" (fractions with
/// three decimals) for `davis2017`.
std::vector<std::pair<std::string, std::string>> legacy_csv(const Result& result);

}  // namespace angiobench
