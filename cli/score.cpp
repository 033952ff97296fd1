// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <cstdio>
#include <optional>
#include <ostream>
#include <set>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/path_rules.h"
#include "cli/planned.h"
#include "cli/score_words.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/version.h"
#include "dataset/error.h"
#include "evaluator/scoring/submission.h"
#include "reports/runs/participant_run.h"
#include "reports/runs/score_run.h"
#include "reports/runs/submissions.h"

namespace angiobench::cli {
namespace {

struct ScoreCommand {
  ScoringInputs inputs;
  std::vector<std::string> predictions;
  std::string out;
  std::string public_out;
  std::string legacy_csv;
  std::string name;
  ErrorMapChoice error_maps = ErrorMapChoice::worst;
  std::string images;
  bool redact = false;
  bool public_frames = false;
  bool timing = false;
  ShardChoice shard;

  bool is_redacted() const { return redact || !public_out.empty(); }
};

constexpr auto kErrorMapChoices = words<ErrorMapChoice>({{"all", ErrorMapChoice::all},
                                                         {"worst", ErrorMapChoice::worst},
                                                         {"none", ErrorMapChoice::none}});

HelpText help_page() {
  return {
      "score",
      "angiobench score --dataset NAME -g GROUND_TRUTH -p PREDICTIONS [-p …] [-o DIR]\n"
      "angiobench score --plan FILE --shard N -o DIR",
      "Scores a submission (a folder or a zip of <sequence>/<frame>.png, or a COCO, YouTube-VIS or "
      "BURST json)\n"
      "and prints the headline.\n"
      "With --out it also writes result.json, summary.csv, per_sequence.csv, per_object.csv, "
      "per_frame.csv,\n"
      "report.html and, with measures of vessels, vessel_per_frame.csv (without objects "
      "per_class.csv,\n"
      "confusion.csv and per_image.csv), all at once when all went well. Where the masks do not "
      "mean what\n"
      "was scored (ids, palettes, shifts: what 'validate submission' calls an error) all is "
      "written, the\n"
      "findings are told and the exit status is 1.\n"
      "Several submissions (-p several times, or a folder of zips) are scored one after the other "
      "against a\n"
      "ground truth that is read once; each gets its own folder in --out. One that fails stops no "
      "other; the\n"
      "exit status is the gravest of all.\n"
      "For participants of a hidden benchmark: --public-out writes what they may see "
      "(participant.html and\n"
      ".json, also when nothing was scored: the reason first) into a folder that holds nothing "
      "else.",
      {"angiobench score --dataset mosxav-test -g MOSXAV -p predictions.zip -o out",
       "angiobench score --dataset davis2017-val -g DAVIS -p results --legacy-csv davis-csv -j "
       "4",
       "angiobench score --dataset mosxav-test -g MOSXAV -p inbox/ -o out   # a folder of zips: "
       "out/<submission>/",
       "angiobench score --dataset mosxav-test -g MOSXAV -p theirs.zip -o private --public-out "
       "public",
       "angiobench score --plan plan.json --shard env -o parts   # one task of an array: a part, "
       "no "
       "score ('merge' makes that)"}};
}

// What lies in the public folder beside what goes there; empty where nothing does.
std::string foreign_entry(const std::string& folder) {
  namespace fs = boost::filesystem;
  boost::system::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (name != "participant.json" && name != "participant.html") return name;
  }
  return {};
}

std::string mistake_of_public_out(const ScoreCommand& command) {
  if (command.public_out.empty()) return {};
  for (const std::string* other : {&command.out, &command.inputs.ground_truth}) {
    if (share_a_place(*other, command.public_out)) {
      return "--public-out is " + command.public_out + ", and " + *other +
             " is not for participants; expected a folder of its own";
    }
  }
  const std::string foreign =
      command.predictions.size() == 1 ? foreign_entry(command.public_out) : "";
  if (foreign.empty()) return {};
  return "--public-out is " + command.public_out + ", which holds '" + foreign +
         "'; expected a new or empty folder";
}

void bind(OptionSet& options, ScoreCommand& command) {
  add_truth_options(options, command.inputs);
  options
      .add("predictions,p", files(command.predictions, "PATH"),
           "folder or zip of <sequence>/<frame>.png, a COCO json, or a volume (.nrrd, .mha, "
           ".nii.gz) or folder of them; several times, or a folder of "
           "zips: many "
           "submissions")
      .required("the predictions' folder or zip");
  add_rule_options(options, command.inputs);
  add_measure_options(options, command.inputs);
  options.add("out,o", folder(command.out), "folder for result.json, the CSVs and report.html")
      .writes();
  options
      .add("legacy-csv", file(command.legacy_csv, "PATH"),
           "also write the public tool's file, byte for byte (a folder for DAVIS 2017's two)")
      .writes();
  options.add("name", text(command.name, "NAME"), "name of the submission; default: its file name");
  options.add("error-maps", choice(command.error_maps, kErrorMapChoices),
              "all, worst or none: frames whose error map is kept for the report");
  options.add("with-images", folder(command.images),
              "put frames from DIR/<sequence>/<frame>.jpg or .png behind the error maps of "
              "report.html (default: none; mind the data set's licence)");
  options.rule({"with-images", "out", "error-maps"}, [&command]() -> std::string {
    if (command.images.empty()) return {};
    if (command.out.empty()) return "--with-images comes without --out, whose report.html has them";
    if (command.error_maps != ErrorMapChoice::none) return {};
    return "--with-images comes with --error-maps none: there is nothing to put frames behind";
  });
  options.add("redact", flag(command.redact),
              "print nothing that tells of the ground truth, and write what a participant may see "
              "to participant.json and .html in --out, too");
  options
      .add("public-out", folder(command.public_out),
           "as --redact; participant.json and .html go into this folder, also when nothing was "
           "scored, and nothing else")
      .writes();
  options.add("public-frames", flag(command.public_frames),
              "participants know which frames are annotated: findings may name theirs (always so "
              "where every frame is)");
  options.add("timing", flag(command.timing), "print where the time went");
  add_shard_options(options, command.shard, command.out, {"ground-truth", "predictions", "meta"});
  options.rule({"public-out"}, [&command] { return mistake_of_public_out(command); });
}

void print_timing(const StageSeconds& seconds, double wall, std::ostream& out) {
  const double total = seconds.read + seconds.hash + seconds.decode + seconds.count + seconds.pair +
                       seconds.outline + seconds.score;
  const std::pair<const char*, double> stages[] = {
      {"read files", seconds.read},   {"digests", seconds.hash},
      {"decode PNG", seconds.decode}, {"pack and count", seconds.count},
      {"vessels", seconds.pair},      {"outlines (T)", seconds.outline},
      {"scores", seconds.score}};
  out << "timing (seconds of all threads; wall " << wall << " s)\n";
  for (const auto& [name, value] : stages) {
    char line[80];
    std::snprintf(line, sizeof line, "  %-16s %8.4f  %5.1f %%\n", name, value,
                  total > 0 ? 100 * value / total : 0);
    out << line;
  }
}

// One of the submissions of a command, and where its results go.
struct Target {
  std::string predictions;
  std::string name;
  std::string out;
  std::string public_out;
};

Target only_target(const ScoreCommand& command, const NamedSubmission& only) {
  return {only.path, command.name.empty() ? only.name : command.name, command.out,
          command.public_out};
}

// A folder each.
std::vector<Target> targets_of(const ScoreCommand& command, const SubmissionList& list) {
  for (const auto& [value, flag] :
       {std::pair(&command.name, "--name"), std::pair(&command.legacy_csv, "--legacy-csv")}) {
    if (!value->empty()) {
      throw Error(ErrorKind::usage, "",
                  std::string(flag) + " is for one submission; here are " +
                      std::to_string(list.submissions.size()));
    }
  }
  std::vector<Target> targets;
  const auto inside = [](const std::string& folder, const std::string& name) {
    return folder.empty() ? folder : folder + "/" + name;
  };
  for (const NamedSubmission& one : list.submissions) {
    targets.push_back(
        {one.path, one.name, inside(command.out, one.name), inside(command.public_out, one.name)});
  }
  return targets;
}

RunRequest run_request(const ScoreCommand& command, const Target& target, const Call& call,
                       ProgressBar& progress) {
  RunRequest request;
  request.name = target.name;
  request.out = target.out;
  request.legacy_csv = command.legacy_csv;
  request.error_maps = command.error_maps;
  request.images = command.images;
  request.is_partial = !command.inputs.sequences.empty();
  request.score = score_options(command.inputs, call.common);
  request.score.timing = command.timing;
  request.score.progress = progress.callback();
  request.tool_version = tool_version();
  request.git_commit = tool_commit();
  request.command = {"angiobench", "score"};
  request.command.insert(request.command.end(), call.arguments.begin(), call.arguments.end());
  return request;
}

int score_openly(const ScoreCommand& command, const Target& target, const OpenTruth& truth,
                 const Call& call) {
  SubmissionRequest asked = request_of(command.inputs);
  asked.predictions = target.predictions;
  const OpenSubmission opened = open_submission(truth, asked);
  print_findings(opened.predictions->notes(), call.common, call.streams);
  ProgressBar progress("scoring", "frames", call.common, call.streams);
  const RunOutcome outcome = run_submission(opened, run_request(command, target, call, progress));
  progress.clear();
  const int code = tell_run(outcome, call);
  if (command.timing && outcome.end == RunEnd::scored)
    print_timing(outcome.seconds, outcome.wall_seconds, call.streams.out);
  return code;
}

// The same for a participant: neither words nor a bar tell of the ground truth, how many frames
// are annotated among it.
int score_for_participant(const ScoreCommand& command, const Target& target, const OpenTruth* truth,
                          const Call& call) {
  CommonOptions silent = call.common;
  silent.quiet = true;
  ProgressBar progress("scoring", "frames", silent, call.streams);
  ParticipantRequest request;
  request.submission = request_of(command.inputs);
  request.submission.predictions = target.predictions;
  request.run = run_request(command, target, call, progress);
  request.frames = command.public_frames ? FrameKnowledge::everybody : FrameKnowledge::secret;
  const ParticipantRun run = run_for_participant(request, truth);
  if (run.refusal && run.refusal->kind() == ErrorKind::usage) throw Error(*run.refusal);
  if (!target.public_out.empty()) write_participant_files(target.public_out, run.report);
  print_findings(run.report.findings, call.common, call.streams);
  if (run.refusal) {
    print_message("error", run.report.reason, call.common, call.streams);
    return exit_code_of(run.refusal->kind());
  }
  call.streams.out << participant_text(run.report);
  return code_of_scored(*run.result);
}

int score_target(const ScoreCommand& command, const Target& target, const OpenTruth* truth,
                 const Call& call) {
  if (command.is_redacted()) return score_for_participant(command, target, truth, call);
  return score_openly(command, target, *truth, call);
}

// The truth, if it can be read: participants hear of each submission why not.
std::optional<OpenTruth> truth_of_many(const ScoreCommand& command) {
  try {
    return open_shared_truth(request_of(command.inputs));
  } catch (const Error& error) {
    if (!command.is_redacted() || error.kind() == ErrorKind::usage) throw;
    return std::nullopt;
  }
}

// One after the other, each with its name before it; what stops one stops no other.
int score_many(const ScoreCommand& command, const std::vector<Target>& targets, const Call& call) {
  const std::optional<OpenTruth> truth = truth_of_many(command);
  int gravest = kExitPassed;
  std::size_t num_scored = 0;
  for (const Target& target : targets) {
    call.streams.out << "== " << printable(target.name) << '\n';
    int code = kExitBug;
    try {
      code = score_target(command, target, truth ? &*truth : nullptr, call);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::usage) throw;
      print_message("error", command.is_redacted() ? kOrganisersMustLook : error.what(),
                    call.common, call.streams);
      code = exit_code_of(error.kind());
    }
    call.streams.out << std::flush;
    num_scored += code == kExitPassed || code == kExitFailed ? 1 : 0;
    gravest = std::max(gravest, code);
  }
  call.streams.out << "== " << num_scored << " of " << targets.size() << " submissions scored\n";
  return gravest;
}

int score_all(const ScoreCommand& command, const Call& call) {
  const SubmissionList list = list_submissions(command.predictions);
  if (list.are_many) return score_many(command, targets_of(command, list), call);
  const Target target = only_target(command, list.submissions.front());
  if (command.is_redacted()) return score_target(command, target, nullptr, call);
  const OpenTruth truth = open_truth(request_of(command.inputs));
  return score_target(command, target, &truth, call);
}

int run(const ScoreCommand& command, const Call& call) {
  if (!command.shard.plan.empty()) {
    return count_planned_shard(command.shard, command.out, given_options(bind, call.arguments),
                               call);
  }
  if (!command.is_redacted()) return score_all(command, call);
  try {
    return score_all(command, call);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) throw;
    throw Error(error.kind(), "", kOrganisersMustLook);
  }
}

constexpr CommandLine<ScoreCommand> kLine = {help_page, bind, run};

}  // namespace

VerbCode score_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
