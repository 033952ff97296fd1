// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "evaluator/result.h"
#include "reports/html/report.h"
#include "reports/leaderboard/store.h"

namespace angiobench {

/// Where a result stands among the runs of a board (Board::runs, with their texts where rank
/// intervals are wanted): the runs of its data set's digest and protocol's hash in order, with the
/// ranks that 95 % of the resamples give where two to thirty-two of them can be compared; then what
/// was published for the data set, which is never ranked. A result that is not on the board is
/// shown last, unranked. Empty where the board has nothing to show beside it.
std::optional<ReportStandings> report_standings(const std::vector<BoardRun>& runs,
                                                const Result& result);

}  // namespace angiobench
