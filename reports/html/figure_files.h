// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "evaluator/result.h"
#include "reports/error_map.h"
#include "reports/html/report.h"

namespace angiobench {

/// Figures for a paper, each a file of its own that needs nothing else:
/// "curves/<sequence>-<object>.svg" with J and F per frame (of sequences with per-frame rows),
/// "error_maps/<sequence>-<frame>.svg" with an error map and its legend. White ground, colours that
/// can be told apart, no script. A name that is no plain file name is replaced by its position
/// ("s3"). Same input, same bytes.
std::vector<ReportFile> figure_files(const Result& result, std::span<const ErrorMap> maps);

}  // namespace angiobench
