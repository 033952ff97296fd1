// SPDX-License-Identifier: MIT
#include "reports/platforms/slurm.h"

#include <algorithm>

namespace angiobench {
namespace {

// What both scripts begin with.
std::string heading(const Plan& plan, const std::string& what) {
  return "#!/bin/bash\n"
         "# " +
         what + " of the plan " + plan.short_id() + " (" + std::string(verb_name(plan.verb)) +
         "); written by 'angiobench submit slurm', to be read and edited.\n";
}

}  // namespace

std::string shell_word(std::string_view word) {
  const bool is_plain = !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./=:,+@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (is_plain) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string shell_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

std::string slurm_array_script(const Plan& plan, const SlurmRequest& request) {
  const std::string jobs =
      request.jobs > 0 ? std::to_string(request.jobs) : "\"${SLURM_CPUS_PER_TASK:-1}\"";
  return heading(plan, "One shard") +
         "# Run by the array; the number of the task is the number of the shard.\n"
         "#SBATCH --job-name=angiobench-" +
         plan.short_id() +
         "\n"
         "#SBATCH --requeue\n"
         "#SBATCH --open-mode=append\n"
         "set -u\n"
         "tries=${SLURM_RESTART_COUNT:-0}\n"
         "echo \"shard $SLURM_ARRAY_TASK_ID on $(hostname), try $((tries + 1))\"\n" +
         shell_line({request.program, std::string(verb_name(plan.verb)), "--plan", request.plan,
                     "--shard", "env", "-o", request.parts}) +
         " -j " + jobs +
         " &\n"
         "# The shell waits so that a signal reaches the program at once: what it can keep, it "
         "keeps.\n"
         "worker=$!\n"
         "trap 'kill -TERM \"$worker\" 2>/dev/null' TERM\n"
         "wait \"$worker\"; code=$?\n"
         "# A signal ends the wait before the program has ended.\n"
         "while kill -0 \"$worker\" 2>/dev/null; do wait \"$worker\"; code=$?; done\n"
         "# 75: the file system failed in a way that may pass. Everything else is for good.\n"
         "if [ \"$code\" = 75 ] && [ \"$tries\" -lt 3 ]; then\n"
         "  job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\n"
         "  echo \"exit 75: $job goes back into the queue\"\n"
         "  scontrol requeue \"$SLURM_JOB_ID\" && sleep 60\n"
         "fi\n"
         "exit \"$code\"\n";
}

std::string slurm_merge_script(const Plan& plan, const SlurmRequest& request) {
  std::vector<std::string> words = {request.program, "merge", "--plan", request.plan,
                                    request.parts};
  if (plan.verb != PlannedVerb::predict) {
    words.emplace_back("-o");
    words.push_back(request.out);
  }
  return heading(plan, "The merge") +
         "# Runs when the array has ended, also where tasks failed: it then says which shards are "
         "missing\n"
         "# (exit 4). Submit those again with the --array= that it prints, and this script after "
         "them.\n"
         "#SBATCH --job-name=angiobench-" +
         plan.short_id() +
         "-merge\n"
         "#SBATCH --open-mode=append\n" +
         shell_line(words) + "\n";
}

std::vector<std::string> slurm_array_call(const Plan& plan, const SlurmRequest& request,
                                          const std::string& script) {
  std::vector<std::string> words = {"sbatch", "--parsable",
                                    "--array=0-" + std::to_string(plan.shards - 1)};
  words.insert(words.end(), request.sbatch_args.begin(), request.sbatch_args.end());
  words.push_back(script);
  return words;
}

std::vector<std::string> slurm_merge_call(const std::string& array_job, const std::string& script) {
  return {"sbatch", "--parsable", "--dependency=afterany:" + array_job, script};
}

}  // namespace angiobench
