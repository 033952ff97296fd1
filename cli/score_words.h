// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command.h"
#include "reports/runs/score_run.h"

namespace angiobench::cli {

/// Tells what came of a submission that was scored (findings, the headline, where the page is), or
/// why it was not; the exit code.
int tell_run(const RunOutcome& outcome, const Call& call);

/// 1 where the masks do not mean what was scored, else 0.
int code_of_scored(const Result& result);

}  // namespace angiobench::cli
