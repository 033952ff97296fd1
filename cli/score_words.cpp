// SPDX-License-Identifier: MIT
#include "cli/score_words.h"

#include <algorithm>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "evaluator/scoring/submission.h"
#include "reports/headline.h"

namespace angiobench::cli {
namespace {

int tell_incomplete(const RunOutcome& outcome, const Call& call) {
  print_findings(outcome.findings, call.common, call.streams);
  print_message("error",
                "nothing was scored: " + std::to_string(outcome.num_incomplete) +
                    " sequences are not complete (--missing zero or --missing skip goes on "
                    "without)",
                call.common, call.streams);
  return kExitInconclusive;
}

}  // namespace

int code_of_scored(const Result& result) {
  return std::ranges::any_of(result.findings, is_wrong_score) ? kExitFailed : kExitPassed;
}

int tell_run(const RunOutcome& outcome, const Call& call) {
  if (outcome.end == RunEnd::incomplete) return tell_incomplete(outcome, call);
  if (outcome.end == RunEnd::failed)
    return report_failures(outcome.failures, call.common, call.streams);
  for (const auto& [path, placed] : outcome.placed) tell_placed(placed, path, call);
  print_findings(outcome.result.findings, call.common, call.streams);
  std::ostream& out = call.streams.out;
  out << headline_text(outcome.result);
  if (!outcome.report_path.empty()) out << "report: " << printable(outcome.report_path) << "\n";
  return code_of_scored(outcome.result);
}

}  // namespace angiobench::cli
