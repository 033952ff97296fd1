// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset/plan/plan.h"
#include "evaluator/plan/part_file.h"
#include "reports/runs/score_run.h"

namespace angiobench {

/// Scores a submission of a plan from its parts and writes what was asked for, as run_submission
/// does from masks: the same bytes, `run` of result.json aside. `opened` is the submission's,
/// whole; its masks are read only to draw error maps, and where the validator looks again. Throws
/// Error{input} where files are not those of the plan, and as PartSet::for_each.
RunOutcome merge_submission(const Plan& plan, const PartSet& parts, std::uint32_t submission,
                            const OpenSubmission& opened, RunRequest request);

/// An item of a plan that is not done.
struct UndoneItem {
  std::size_t item = 0;
  std::string why;  // empty: nothing is there yet
};

/// Items of a plan of predictions, or of training, that are not whole in the folder which its
/// shards share. Throws Error{input} where its manifest cannot be read.
std::vector<UndoneItem> undone_items(const Plan& plan, const std::string& folder);

/// What runs of training came to, a line each in the plan's order: "run,steps,best_step,J&F,J,F,
/// last_loss"; the best of its validations, empty where it had none. Throws Error{input} where a
/// run's log cannot be read.
std::string training_outcomes_csv(const Plan& plan, const std::string& folder);

/// Shards of some items, ascending, each once.
std::vector<std::uint32_t> shards_of(const Plan& plan, const std::vector<UndoneItem>& items);

}  // namespace angiobench
