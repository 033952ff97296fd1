// SPDX-License-Identifier: MIT
// The verb `plan`: cuts work into shards that machines do without knowing of each other.
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/modules.h"
#include "cli/planned.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/error.h"
#include "evaluator/scoring/scorer.h"
#include "reports/runs/submissions.h"

namespace angiobench::cli {
namespace {

HelpText score_help() {
  return {
      "plan score",
      "angiobench plan score --dataset NAME -g GROUND_TRUTH -p PREDICTIONS [-p …] --shards N -o "
      "plan.json",
      "Cuts the scoring of submissions into shards: 'score --plan' counts one of them into a "
      "part, 'merge' makes of\n"
      "all parts what 'score --out' would have written, byte for byte. The plan is the same on "
      "every machine; where\n"
      "files lie is in plan.places beside it, and may be said anew with -g and -p.",
      {"angiobench plan score --dataset mosxav-test -g MOSXAV -p predictions.zip --shards 12 -o "
       "plan.json",
       "angiobench plan score --dataset mose-v2-valid -g MOSE -p a.zip -p b.zip -o plan.json   "
       "# merged into out/a and out/b"}};
}

// Nothing is planned for a submission that cannot be scored.
bool tell_missing(const MissingFrames& missing, MissingPolicy policy, const Call& call) {
  if (policy != MissingPolicy::error || !missing.any()) return false;
  print_findings(missing.findings, call.common, call.streams);
  print_message("error",
                "nothing was planned: sequences are not complete (--missing zero or --missing skip "
                "goes on without)",
                call.common, call.streams);
  return true;
}

// The sequences that were asked for, without the file that may have named them.
void name_sequences(const ScoringInputs& inputs, RecordedOptions& recorded) {
  for (auto& [name, value] : recorded.options) {
    if (name != "sequences") continue;
    value.clear();
    for (const std::string& sequence : parse_name_list(inputs.sequences))
      value += (value.empty() ? "" : ",") + sequence;
  }
}

int plan_score(const PlannedScoring& scoring, const Call& call) {
  const SubmissionList list = list_submissions(scoring.predictions);
  if (!scoring.name.empty() && list.are_many) {
    throw Error(
        ErrorKind::usage, "",
        "--name is for one submission; here are " + std::to_string(list.submissions.size()));
  }
  RecordedOptions recorded = record_options(given_options(bind_planned_scoring, call.arguments),
                                            {"shards", "out", "name"});
  name_sequences(scoring.inputs, recorded);
  SubmissionRequest request = request_of(scoring.inputs);
  const OpenTruth truth = open_truth(request);
  Plan plan = plan_of(truth, request);
  plan.options = recorded.options;
  plan.files = recorded.files;
  std::uint64_t cost = 0;
  for (std::uint32_t i = 0; i < list.submissions.size(); ++i) {
    const NamedSubmission& one = list.submissions[i];
    plan.submissions.push_back(scoring.name.empty() ? one.name : scoring.name);
    request.predictions = one.path;
    const OpenSubmission opened = open_submission(truth, request);
    const MissingFrames missing = find_missing(opened.index, *opened.predictions, opened.protocol);
    if (tell_missing(missing, scoring.inputs.missing, call)) return kExitInconclusive;
    for (PlanItem& item : score_items(opened, missing, i, call.common.jobs)) {
      cost += item.cost;
      plan.items.push_back(std::move(item));
    }
  }
  return write_plan(plan, recorded.places, scoring.output, score_seconds(cost), call);
}

constexpr CommandLine<PlannedScoring> kScore = {score_help, bind_planned_scoring, plan_score};

// Jobs whose verbs need a module are there; without it they say so.
constexpr const char* kBaselines = "baselines";

std::vector<HelpPage> pages_of_module(const std::string& job) {
  try {
    if (std::vector<HelpPage> pages = module_code(kBaselines, job).pages(); !pages.empty())
      return pages;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::inconclusive) throw;
  }
  const std::string usage = "angiobench " + job + " … --shards N -o plan.json";
  return {{{job, usage, "Needs the baselines, which this installation lacks.", {usage}}, {}}};
}

constexpr VerbCode kPredict = {
    [](const std::vector<std::string>& arguments, const Streams& streams) {
      return module_code(kBaselines, "plan predict").run(arguments, streams);
    },
    [] { return pages_of_module("plan predict"); }};

constexpr VerbCode kTrain = {[](const std::vector<std::string>& arguments, const Streams& streams) {
                               return module_code(kBaselines, "plan train").run(arguments, streams);
                             },
                             [] { return pages_of_module("plan train"); }};

constexpr Job kJobs[] = {
    {"score", "the sequences of submissions, to be counted", code_of_line<kScore>()},
    {"predict", "the clips of a data set, to be predicted by a baseline", kPredict},
    {"train", "runs of training over seeds and settings", kTrain},
};

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_job_of("plan",
                    "A plan cuts work into shards that machines do without knowing of each other: "
                    "Slurm, GNU parallel, array jobs of\n"
                    "a cloud. A shard is done by 'score', 'predict' or 'train' with --plan and "
                    "--shard; 'merge' puts the parts\n"
                    "together (docs/cluster.md).",
                    kJobs, arguments, streams);
}

}  // namespace

VerbCode plan_code() {
  return {run, [] { return pages_of(kJobs); }};
}

}  // namespace angiobench::cli
