// SPDX-License-Identifier: MIT
// The verb `merge`: parts of a plan to what one run would have written.
#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/planned.h"
#include "cli/score_words.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/version.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/text.h"
#include "reports/runs/planned_run.h"

namespace angiobench::cli {
namespace {

struct MergeCommand {
  std::string plan;
  std::vector<std::string> parts;
  std::string truth;
  std::vector<std::string> predictions;
  std::string meta;
  std::string out;
  std::string legacy_csv;
  ErrorMapChoice error_maps = ErrorMapChoice::worst;
  bool partial = false;
};

constexpr auto kErrorMapChoices = words<ErrorMapChoice>({{"all", ErrorMapChoice::all},
                                                         {"worst", ErrorMapChoice::worst},
                                                         {"none", ErrorMapChoice::none}});

HelpText help_page() {
  return {
      "merge",
      "angiobench merge --plan FILE PARTS… [-o DIR]",
      "Makes of the parts of a plan what one run of 'score --out' would have written: the same "
      "bytes, but for `run` in\n"
      "result.json, whatever the number of shards, their order, and however often one is given. "
      "Masks are read only for\n"
      "the report's error maps and where findings need a second look; -g and -p say where they lie "
      "on this machine.\n"
      "Of a plan of predictions it checks the folder that its shards share, of training it makes a "
      "table of the runs.\n"
      "Missing shards: exit 4, with the list that --array= takes.",
      {"angiobench merge --plan plan.json parts -o out",
       "angiobench merge --plan plan.json node1 node2 --partial -o parts   # parts into a part: a "
       "tree of merges",
       "angiobench merge --plan plan.json run   # of 'plan predict': are all masks there?"}};
}

void bind(OptionSet& options, MergeCommand& command) {
  options.add("plan", file(command.plan), "the plan").required("the plan's file");
  options.add_bare("PARTS", files(command.parts, "PATH"), "parts, or folders of them")
      .required("parts, or folders of them");
  options.add("ground-truth,g", folder(command.truth),
              "where the ground truth lies on this machine, if not where it was planned");
  options.add("predictions,p", files(command.predictions, "PATH"),
              "the same of the predictions, each submission of the plan");
  options.add("meta", file(command.meta), "the same of the first-mask or meta json");
  options
      .add("out,o", folder(command.out),
           "folder for what 'score --out' writes; of several submissions a folder each in it")
      .writes();
  options
      .add("legacy-csv", file(command.legacy_csv, "PATH"),
           "also write the public tool's file, byte for byte (a folder for DAVIS 2017's two)")
      .writes();
  options.add("error-maps", choice(command.error_maps, kErrorMapChoices),
              "all, worst or none: frames whose error map is kept for the report");
  options.add("partial", flag(command.partial),
              "write one part that holds all of the given ones into --out");
  options.rule({"partial", "out"}, [&command]() -> std::string {
    if (!command.partial || !command.out.empty()) return {};
    return "--partial comes without --out; expected a folder for the part";
  });
}

// The parts that are named, and those in folders that are.
std::vector<std::string> part_paths(const MergeCommand& command, const Plan& plan) {
  std::vector<std::string> paths;
  boost::system::error_code code;
  for (const std::string& path : command.parts) {
    if (!boost::filesystem::is_directory(path, code)) {
      paths.push_back(path);
      continue;
    }
    std::ranges::move(list_parts(path, plan), std::back_inserter(paths));
  }
  return paths;
}

int tell_missing(const Plan& plan, const std::vector<std::uint32_t>& missing, const Call& call) {
  print_message("error",
                std::to_string(missing.size()) + " of " + std::to_string(plan.shards) +
                    (missing.size() == 1 ? " shards is" : " shards are") +
                    " missing: --array=" + array_list(missing),
                call.common, call.streams);
  return kExitInconclusive;
}

int merge_into_part(const MergeCommand& command, const Plan& plan, const PartSet& parts,
                    const Call& call) {
  const PartHeader header = parts.header();
  if (header.items == 0) return tell_missing(plan, parts.missing_shards(), call);
  const std::string path = command.out + "/" + part_name(plan, header.shards);
  PartWriter part(path, header);
  std::string whole;
  parts.for_each(
      0, plan.items.size(),
      [&](std::size_t, std::string_view head, std::string_view rows, const std::string&) {
        whole.assign(head);
        whole += '\n';
        whole += rows;
        part.add(whole);
        stop_if_asked();
      });
  part.commit();
  call.streams.out << header.shards.size() << " of " << plan.shards << " shards, " << header.rows
                   << " rows: " << printable(path) << '\n';
  return kExitPassed;
}

RunRequest run_request(const MergeCommand& command, const PlannedScoring& scoring, const Plan& plan,
                       std::uint32_t submission, const Call& call) {
  const bool are_many = plan.submissions.size() > 1;
  RunRequest request;
  if (!command.out.empty())
    request.out = are_many ? command.out + "/" + plan.submissions[submission] : command.out;
  request.legacy_csv = command.legacy_csv;
  request.error_maps = command.error_maps;
  request.is_partial = !scoring.inputs.sequences.empty();
  request.score = score_options(scoring.inputs, call.common);
  // It is asked for a signal, and shows nothing: counting is done.
  request.score.progress = [](std::uint64_t, std::uint64_t) { stop_if_asked(); };
  request.tool_version = tool_version();
  request.git_commit = tool_commit();
  request.command = {"angiobench", "merge"};
  request.command.insert(request.command.end(), call.arguments.begin(), call.arguments.end());
  return request;
}

int merge_scores(const MergeCommand& command, const Plan& plan, const PartSet& parts,
                 const Call& call) {
  if (const auto missing = parts.missing_shards(); !missing.empty())
    return tell_missing(plan, missing, call);
  if (!command.legacy_csv.empty() && plan.submissions.size() > 1) {
    throw Error(
        ErrorKind::usage, "",
        "--legacy-csv is for one submission; here are " + std::to_string(plan.submissions.size()));
  }
  const PlannedScoring scoring =
      open_planned_scoring(plan, places_of(command.plan, given_options(bind, call.arguments)));
  SubmissionRequest request = request_of(scoring.inputs);
  const OpenTruth truth = open_truth(request);
  check_rules(plan, truth, request);
  int gravest = kExitPassed;
  for (std::uint32_t i = 0; i < plan.submissions.size(); ++i) {
    if (plan.submissions.size() > 1)
      call.streams.out << "== " << printable(plan.submissions[i]) << '\n';
    request.predictions = scoring.predictions[i];
    const OpenSubmission opened = open_submission(truth, request);
    print_findings(opened.predictions->notes(), call.common, call.streams);
    const RunOutcome outcome =
        merge_submission(plan, parts, i, opened, run_request(command, scoring, plan, i, call));
    gravest = std::max(gravest, tell_run(outcome, call));
  }
  return gravest;
}

// Of predictions and of training: what the shared folder lacks.
int check_folder(const MergeCommand& command, const Plan& plan, const Call& call) {
  if (command.parts.size() != 1) {
    throw Error(ErrorKind::usage, "",
                "several folders are given; expected the one that the shards of the plan share");
  }
  const std::vector<UndoneItem> undone = undone_items(plan, command.parts.front());
  for (const UndoneItem& one : undone) {
    print_message("error",
                  "'" + plan.items[one.item].name + "' " +
                      (one.why.empty() ? std::string("is missing") : one.why),
                  call.common, call.streams);
  }
  if (!undone.empty()) return tell_missing(plan, shards_of(plan, undone), call);
  if (plan.verb == PlannedVerb::train) {
    const std::string table = training_outcomes_csv(plan, command.parts.front());
    if (!command.out.empty())
      write_file_atomically(command.out + "/outcomes.csv", std::string_view(table));
    for (const std::string_view line : trimmed_lines(table))
      call.streams.out << printable(line) << '\n';
    return kExitPassed;
  }
  call.streams.out << "all " << plan.items.size() << " clips are there and whole\n";
  return kExitPassed;
}

int merge(const MergeCommand& command, const Call& call) {
  const Plan plan = read_plan(command.plan);
  if (plan.verb != PlannedVerb::score) return check_folder(command, plan, call);
  PartSet parts(plan, part_maker());
  for (const std::string& path : part_paths(command, plan)) parts.add(path);
  return command.partial ? merge_into_part(command, plan, parts, call)
                         : merge_scores(command, plan, parts, call);
}

constexpr CommandLine<MergeCommand> kLine = {help_page, bind, merge};

}  // namespace

VerbCode merge_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
