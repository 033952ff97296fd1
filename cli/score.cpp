// SPDX-License-Identifier: MIT
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iterator>
#include <optional>
#include <ostream>
#include <span>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/version.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "dataset/finding_codes.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/scoring/scorer.h"
#include "evaluator/scoring/submission.h"
#include "reports/headline.h"
#include "reports/legacy_csv.h"
#include "reports/participant.h"
#include "reports/html/result_folder.h"

namespace angiobench::cli {
namespace {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

struct ScoreCommand {
  ScoringInputs inputs;
  std::string out;
  std::string legacy_csv;
  std::string name;
  ErrorMapChoice error_maps = ErrorMapChoice::worst;
  bool redact = false;
  bool timing = false;
};

constexpr auto kErrorMapChoices = words<ErrorMapChoice>({{"all", ErrorMapChoice::all},
                                                         {"worst", ErrorMapChoice::worst},
                                                         {"none", ErrorMapChoice::none}});

HelpText help_page() {
  return {
      "score",
      "angiobench score --dataset NAME -g GROUND_TRUTH -p PREDICTIONS [-o DIR]",
      "Scores a submission (a folder or a zip of <sequence>/<frame>.png) and prints the "
      "headline.\n"
      "With --out it also writes result.json, summary.csv, per_sequence.csv, per_object.csv, "
      "per_frame.csv,\n"
      "report.html and, with measures of vessels, vessel_per_frame.csv (without objects "
      "per_class.csv,\n"
      "confusion.csv and per_image.csv), all at once when all went well. Where the masks do not "
      "mean what\n"
      "was scored (ids, palettes, shifts: what 'validate submission' calls an error) all is "
      "written, the\n"
      "findings are told and the exit status is 1.",
      {"angiobench score --dataset mosxav-test -g MOSXAV -p predictions.zip -o out",
       "angiobench score --dataset davis2017-val -g DAVIS -p results --legacy-csv davis-csv -j "
       "4"}};
}

void bind(OptionSet& options, ScoreCommand& command) {
  add_scoring_options(options, command.inputs);
  add_measure_options(options, command.inputs);
  options.add("out,o", folder(command.out), "folder for result.json, the CSVs and report.html");
  options.add("legacy-csv", file(command.legacy_csv, "PATH"),
              "also write the public tool's file, byte for byte (a folder for DAVIS 2017's two)");
  options.add("name", text(command.name, "NAME"), "name of the submission; default: its file name");
  options.add("error-maps", choice(command.error_maps, kErrorMapChoices),
              "all, worst or none: frames whose error map is kept for the report");
  options.add("redact", flag(command.redact),
              "print nothing that tells of the ground truth, and write what a participant may see "
              "to participant.json");
  options.add("timing", flag(command.timing), "print where the time went");
  options.rule({"out", "predictions"}, [&command]() -> std::string {
    return output_inside_predictions(command.out, command.inputs.predictions);
  });
}

// Public tools write files of objects alone.
void check_legacy(const ScoreCommand& command, const Protocol& protocol) {
  if (command.legacy_csv.empty() || protocol.task == Task::objects) return;
  throw Error::about(ErrorKind::usage, "legacy_csv",
                     "is asked for under " + protocol.name + ", which scores no objects",
                     "--out DIR, whose CSV files hold everything");
}

void write_legacy_csv(const std::string& path, const Result& result) {
  const auto files = legacy_csv(result);
  if (files.size() == 1) {
    write_file_atomically(path, files.front().second);
    return;
  }
  // DAVIS's two files go into the folder that is named.
  for (const auto& [name, content] : files) write_file_atomically(path + "/" + name, content);
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

// The findings as this user may see them.
std::vector<Finding> shown(const ScoreCommand& command, const std::vector<Finding>& findings) {
  return command.redact ? redacted(findings) : findings;
}

// Everything about the run that is no score.
void describe_run(const ScoreCommand& command, const Call& call, Result& result) {
  result.tool_version = tool_version();
  result.git_commit = tool_commit();
  result.submission.name =
      command.name.empty() ? submission_name(command.inputs.predictions) : command.name;
  result.complete = result.complete && command.inputs.sequences.empty();
  result.run.jobs = call.common.jobs;
  result.run.command = {"angiobench", "score"};
  result.run.command.insert(result.run.command.end(), call.arguments.begin(), call.arguments.end());
}

ResultFolderOptions folder_options(const ScoreCommand& command, const ScoringData& data) {
  ResultFolderOptions options;
  options.reader = command.redact ? ResultReader::participant : ResultReader::everybody;
  // Proposals are matched with objects when their sequence is complete: before that, a map would
  // call all of them wrong.
  const bool has_maps =
      data.protocol.task == Task::objects && data.protocol.objects != ObjectSource::proposals;
  options.error_maps = has_maps ? command.error_maps : ErrorMapChoice::none;
  options.map_options.ignore_void = data.protocol.counting.void_label == kVoidLabel;
  options.measures = frame_measures(data.protocol);
  options.task = data.protocol.task;
  options.image_measures = data.protocol.measures;
  if (needs(data.protocol, FrameData::pair))
    options.pairs = PairColumns{needs_of(pair_measures_of(data.protocol)), data.protocol.spacing};
  const std::vector<Sequence>& sequences = data.index.sequences;
  options.sequence_name = [&sequences](std::size_t i) { return sequences[i].name; };
  options.frame_name = [&sequences](std::size_t i, std::size_t frame) {
    return std::string(sequences[i].frames[frame]);
  };
  return options;
}

// Says what is missing, where that ends the run.
bool is_refused(const MissingFrames& missing, const ScoreCommand& command, const ScoringData& data,
                const Call& call) {
  if (!missing.any() || command.inputs.missing != MissingPolicy::error) return false;
  std::vector<Finding> findings = data.index.findings;
  std::ranges::move(look_again(data, {}), std::back_inserter(findings));
  std::ranges::copy(missing.findings, std::back_inserter(findings));
  // Why none of the sequences is where it should be is told once.
  if (std::ranges::any_of(findings, [](const Finding& one) { return one.code == "S014"; })) {
    std::erase_if(findings,
                  [](const Finding& one) { return one.code == "P009" || one.code == "P036"; });
  }
  print_findings(shown(command, findings), call.common, call.streams);
  const auto num_incomplete = std::ranges::count_if(missing.findings, [](const Finding& one) {
    return one.severity == Severity::error && !one.sequence.empty();
  });
  print_message("error",
                "nothing was scored: " + std::to_string(num_incomplete) +
                    " sequences are not complete (--missing zero or --missing skip goes on "
                    "without)",
                call.common, call.streams);
  return true;
}

int score_submission(const ScoreCommand& command, const Call& call) {
  const auto start = std::chrono::steady_clock::now();
  const std::string started = utc_now();
  const ScoringData data = open_scoring_data(command.inputs);
  print_findings(data.predictions->notes(), call.common, call.streams);
  check_legacy(command, data.protocol);

  // Say everything that is missing before any time is spent on decoding.
  const MissingFrames missing = find_missing(data.index, *data.predictions, data.protocol);
  if (is_refused(missing, command, data, call)) return kExitInconclusive;

  std::optional<ResultFolder> folder;
  if (!command.out.empty()) folder.emplace(command.out, folder_options(command, data));
  ScoreOptions options = score_options(command.inputs, call.common);
  options.look_again = [&data](std::span<const std::size_t> suspicious) {
    return look_again(data, suspicious);
  };
  options.timing = command.timing;
  ProgressBar progress("scoring", "frames", call.common, call.streams);
  options.progress = progress.callback();
  if (folder) folder->attach(options);
  ScoreOutcome outcome = score(data.index, *data.predictions, data.protocol, missing, options);
  if (!outcome.failures.empty()) {
    progress.clear();
    return command.redact
               ? report_redacted_failures(outcome.failures, data, call.common, call.streams)
               : report_failures(outcome.failures, call.common, call.streams);
  }
  if (folder) {
    folder->draw_worst(data.index, submission_masks(data.index.benchmark, *data.predictions),
                       data.protocol, options);
  }
  Result& result = outcome.result;
  describe_run(command, call, result);
  attach_intervals(result);
  result.run.started = started;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  result.run.seconds = elapsed.count();
  progress.clear();

  if (folder) folder->write(result);
  if (!command.legacy_csv.empty()) write_legacy_csv(command.legacy_csv, result);
  print_findings(shown(command, result.findings), call.common, call.streams);
  std::ostream& out = call.streams.out;
  out << (command.redact ? participant_text(result) : headline_text(result));
  if (folder) out << "report: " << folder->report_path() << "\n";
  if (command.timing) print_timing(outcome.seconds, elapsed.count(), out);
  return std::ranges::any_of(result.findings, is_wrong_score) ? kExitFailed : kExitPassed;
}

int run(const ScoreCommand& command, const Call& call) {
  if (!command.redact) return score_submission(command, call);
  try {
    return score_submission(command, call);
  } catch (const Error& error) {
    // What is not about the submission is about the ground truth: its paths are nobody's business.
    if (error.kind() == ErrorKind::usage || error.path().starts_with(command.inputs.predictions))
      throw;
    throw Error(error.kind(), "",
                "the ground truth or the output cannot be used; the organisers must look");
  }
}

constexpr CommandLine<ScoreCommand> kLine = {help_page, bind, run};

}  // namespace

VerbCode score_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
