// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataset/plan/plan.h"

namespace angiobench {

/// What a plan is handed to Slurm with.
struct SlurmRequest {
  std::string program;                   // the path of angiobench, as nodes have it
  std::string plan;                      // the plan's path
  std::string parts;                     // the folder that the shards share
  std::string out;                       // the merged folder; of predictions unused
  int jobs = 0;                          // threads of a task; 0: as many as the task has CPUs
  std::vector<std::string> sbatch_args;  // "--partition=gpu": of the array alone
};

/// The script of the array: does one shard. A failure that may pass (exit 75) puts the task back
/// into the queue, three times at most; whatever else it ends with is its job's exit status.
std::string slurm_array_script(const Plan& plan, const SlurmRequest& request);

/// The script that merges when the array has ended, however its tasks did: shards that are missing
/// are told then (exit 4), in the form that --array= takes.
std::string slurm_merge_script(const Plan& plan, const SlurmRequest& request);

/// The words of both calls of sbatch; the second's dependency is on the first one's job
/// `array_job`.
std::vector<std::string> slurm_array_call(const Plan& plan, const SlurmRequest& request,
                                          const std::string& script);
std::vector<std::string> slurm_merge_call(const std::string& array_job, const std::string& script);

/// A word as a shell takes it: as it is where nothing in it is special, else between quotes.
std::string shell_word(std::string_view word);

/// Words as a line that can be typed.
std::string shell_line(const std::vector<std::string>& words);

}  // namespace angiobench
