// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/scoring_options.h"
#include "dataset/plan/plan.h"
#include "evaluator/plan/part_file.h"
#include "evaluator/plan/score_plan.h"

namespace angiobench::cli {

/// --shards and -o of a job that makes a plan.
struct PlanOutput {
  std::uint32_t shards = 0;  // 0: as many as are worth it
  std::string out;
};
void add_plan_output(OptionSet& options, PlanOutput& output);

/// --plan, --shard and --force of a verb that does one shard. Beside --plan only they, --out, and
/// the options in `places` may be given: where files lie on this machine.
struct ShardChoice {
  std::string plan;
  std::string shard;
  bool force = false;
};
void add_shard_options(OptionSet& options, ShardChoice& choice, const std::string& out,
                       std::vector<std::string> places);

/// Splits what a command line gave into what changes a result, which a plan holds (with the digests
/// of files that it names), and where files lie. `own` are options of neither.
struct RecordedOptions {
  std::vector<PlanOption> options;
  std::vector<PlanOption> files;
  PlanPlaces places;
};
RecordedOptions record_options(const std::vector<GivenOption>& given,
                               std::initializer_list<std::string_view> own);

/// The given options of a command line that was read before.
template <typename Command>
std::vector<GivenOption> given_options(void (*bind)(OptionSet&, Command&),
                                       const std::vector<std::string>& arguments) {
  Command again;
  CommonOptions common;
  OptionSet options;
  bind(options, again);
  add_common_options(options, common);
  options.parse(arguments);
  return options.given();
}

/// Cuts the items into shards (by `seconds` of work, where nobody said into how many), writes plan
/// and places, says what they are and what comes next.
int write_plan(Plan& plan, const PlanPlaces& places, const PlanOutput& output, double seconds,
               const Call& call);

/// A plan of this verb. Throws Error{input} where it is of another.
Plan read_plan_of(const std::string& path, PlannedVerb verb);

/// The places of a plan with those that the command line gave in their place.
PlanPlaces places_of(const std::string& plan_path, const std::vector<GivenOption>& given);

/// The command line that a plan was made with, with the places of this machine. Throws Error{input}
/// where a small file (a protocol, a meta json) is not the one that was planned.
std::vector<std::string> arguments_of(const Plan& plan, const PlanPlaces& places);

/// This program, as it signs parts.
PartMaker part_maker();

/// What `plan score` is told, and finds again.
struct PlannedScoring {
  ScoringInputs inputs;
  std::vector<std::string> predictions;
  std::string name;
  PlanOutput output;
};
void bind_planned_scoring(OptionSet& options, PlannedScoring& scoring);

/// A plan of scores with what it was made of, on this machine: predictions are one path for each
/// submission. Throws Error{usage} where their places are not known.
PlannedScoring open_planned_scoring(const Plan& plan, const PlanPlaces& places);

/// `score --plan`: counts one shard into a part.
int count_planned_shard(const ShardChoice& choice, const std::string& out,
                        const std::vector<GivenOption>& given, const Call& call);

}  // namespace angiobench::cli
