// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/version.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "dataset/finding_codes.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/scoring/scorer.h"
#include "reports/csv.h"
#include "reports/error_map.h"
#include "reports/headline.h"
#include "reports/html/report.h"
#include "reports/legacy_csv.h"
#include "reports/packed_rows.h"
#include "reports/participant.h"
#include "reports/result_json.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;
namespace fs = boost::filesystem;

// A report keeps curves of every frame up to this many rows; `report` draws the rest from
// per_frame.csv.
constexpr std::size_t kMaxReportRows = 200'000;

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

// The output folder: made when first needed, and taken away again where nothing was put into it.
class OutputFolder {
 public:
  explicit OutputFolder(std::string path) : path_(std::move(path)) {
    boost::system::error_code code;
    is_ours_ = !path_.empty() && !fs::exists(path_, code);
  }
  ~OutputFolder() {
    boost::system::error_code code;
    if (is_ours_ && fs::is_directory(path_, code) && fs::is_empty(path_, code))
      fs::remove(path_, code);
  }
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }
  explicit operator bool() const { return !path_.empty(); }

 private:
  std::string path_;
  bool is_ours_ = false;
};

void refuse_output_inside_predictions(const std::string& out, const std::string& predictions) {
  boost::system::error_code code;
  const fs::path inside = fs::weakly_canonical(out, code);
  const fs::path folder = fs::weakly_canonical(predictions, code);
  if (code || !fs::is_directory(folder)) return;
  const auto mismatch = std::mismatch(folder.begin(), folder.end(), inside.begin(), inside.end());
  if (mismatch.first == folder.end()) {
    throw Error(ErrorKind::usage, "--out", out + " lies inside the predictions",
                "a folder outside of " + predictions);
  }
}

// "stm" for "results/stm/" and for "results/stm.zip": the same masks are the same submission.
std::string name_of_submission(const std::string& predictions) {
  boost::system::error_code code;
  const fs::path path = fs::path(predictions).lexically_normal();
  const fs::path name = path.filename() == "." ? path.parent_path().filename() : path.filename();
  return fs::is_directory(path, code) || name.extension() != ".zip" ? name.string()
                                                                    : name.stem().string();
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
  const double total = seconds.read + seconds.hash + seconds.decode + seconds.count +
                       seconds.outline + seconds.score;
  const std::pair<const char*, double> stages[] = {
      {"read files", seconds.read},      {"digests", seconds.hash},
      {"decode PNG", seconds.decode},    {"pack and count", seconds.count},
      {"outlines (T)", seconds.outline}, {"scores", seconds.score}};
  out << "timing (seconds of all threads; wall " << wall << " s)\n";
  for (const auto& [name, value] : stages) {
    char line[80];
    std::snprintf(line, sizeof line, "  %-16s %8.4f  %5.1f %%\n", name, value,
                  total > 0 ? 100 * value / total : 0);
    out << line;
  }
}

std::optional<ScoreCommand> parse(const std::vector<std::string>& arguments,
                                  const Streams& streams) {
  po::options_description described("Options");
  add_scoring_options(described);
  described.add_options()  //
      ("out,o", po::value<std::string>()->default_value(""),
       "folder for result.json, the CSVs and report.html")  //
      ("legacy-csv", po::value<std::string>()->default_value(""),
       "also write the public tool's file, byte for byte (a folder for DAVIS 2017's two)")  //
      ("name", po::value<std::string>()->default_value(""),
       "name of the submission; default: its file name")  //
      ("error-maps", po::value<std::string>()->default_value("worst"),
       "all, worst or none: frames whose error map is kept for the report")  //
      ("redact", po::bool_switch(),
       "print nothing that tells of the ground truth, and write what a participant may see to "
       "participant.json")  //
      ("timing", po::bool_switch(), "print where the time went");
  const HelpPage help{
      "angiobench score --dataset NAME -g GROUND_TRUTH -p PREDICTIONS [-o DIR]",
      "Scores a submission (a folder or a zip of <sequence>/<frame>.png) and prints the headline.\n"
      "With --out it also writes result.json, summary.csv, per_sequence.csv, per_object.csv, "
      "per_frame.csv\n"
      "and report.html, all at once when everything went well.",
      {"angiobench score --dataset mosxav-test -g MOSXAV -p predictions.zip -o out",
       "angiobench score --dataset davis2017-val -g DAVIS -p results --legacy-csv davis-csv -j 4"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return std::nullopt;
  ScoreCommand command;
  command.inputs = read_scoring_options(values, streams);
  command.out = values["out"].as<std::string>();
  command.legacy_csv = values["legacy-csv"].as<std::string>();
  command.name = values["name"].as<std::string>();
  command.timing = values["timing"].as<bool>();
  command.redact = values["redact"].as<bool>();
  const std::string maps = values["error-maps"].as<std::string>();
  if (maps != "all" && maps != "worst" && maps != "none") {
    throw Error(ErrorKind::usage, "--error-maps", "is '" + maps + "'", "all, worst or none");
  }
  command.error_maps = maps == "all"     ? ErrorMapChoice::all
                       : maps == "worst" ? ErrorMapChoice::worst
                                         : ErrorMapChoice::none;
  if (!command.out.empty())
    refuse_output_inside_predictions(command.out, command.inputs.predictions);
  return command;
}

int score_submission(const ScoreCommand& command, const std::vector<std::string>& arguments,
                     const Streams& streams) {
  const ScoringInputs& inputs = command.inputs;
  const auto start = std::chrono::steady_clock::now();
  const std::string started = utc_now();
  const ScoringData data = open_scoring_data(inputs);
  const auto shown = [&](const std::vector<Finding>& findings) {
    return command.redact ? redacted(findings) : findings;
  };
  print_findings(data.predictions->notes(), inputs.common, streams);

  // Say everything that is missing before any time is spent on decoding.
  const MissingFrames missing = find_missing(data.index, *data.predictions, data.protocol);
  if (missing.any() && inputs.missing == MissingPolicy::error) {
    print_findings(shown(missing.findings), inputs.common, streams);
    print_message(
        "error",
        "nothing was scored: " + std::to_string(count_errors(missing.findings)) +
            " sequences are not complete (--missing zero or --missing skip goes on without)",
        inputs.common, streams);
    return kExitInconclusive;
  }

  const OutputFolder folder(command.out);
  std::optional<AtomicFile> per_frame;
  const FrameMeasures measures = frame_measures(data.protocol);
  if (folder) {
    per_frame.emplace(folder.file("per_frame.csv"));
    per_frame->write(per_frame_csv_header(measures));
  }
  std::optional<PackedRows> rows;
  if (folder) rows.emplace();
  const std::vector<Sequence>& sequences = data.index.sequences;
  const ErrorMapOptions map_options{.ignore_void = data.protocol.counting.void_label == kVoidLabel};
  ErrorMapCollector worst({}, map_options);
  std::optional<StagedErrorMaps> maps;
  // Proposals are matched with objects when their sequence is complete: before that, a map would
  // call all of them wrong.
  if (folder && command.error_maps != ErrorMapChoice::none &&
      data.protocol.objects != ObjectSource::proposals) {
    maps.emplace(
        folder.file("error_maps"), [&](std::size_t i) { return sequences[i].name; },
        [&](std::size_t i, std::size_t frame) { return std::string(sequences[i].frames[frame]); });
  }
  ScoreOptions options = score_options(inputs);
  options.timing = command.timing;
  {
    ProgressBar progress("scoring", "frames", inputs.common, streams);
    options.progress = progress.callback();
    if (per_frame) {
      // Everything about frames leaves memory as sequences complete, but for what curves are drawn
      // from.
      options.on_sequence = [&, position = std::size_t{0}](const SequenceScore& sequence) mutable {
        write_per_frame_csv_rows(sequence, measures,
                                 [&](std::string_view text) { per_frame->write(text); });
        if (rows && rows->num_rows() + sequence.frames.size() > kMaxReportRows) rows.reset();
        if (rows) rows->append(sequence);
        while (sequences[position].name != sequence.name) ++position;
        for (const ErrorMapCollector::Kept& map : worst.take(position))
          maps->add(position, map.frame, map.png);
      };
    }
    if (maps) {
      options.on_frame = [&](const FrameView& frame) {
        if (command.error_maps == ErrorMapChoice::all) {
          maps->add(frame.sequence, frame.frame,
                    encode_error_map(frame.truth, frame.prediction, map_options));
          return;
        }
        std::vector<FrameCounts> counts;
        for (const ObjectCounts& object : frame.counts) counts.push_back(object.counts);
        worst.offer(frame.sequence, frame.frame, frame.truth, frame.prediction, counts);
      };
    }
    // The outcome is moved out of the bar's scope, so that no message is drawn over.
    ScoreOutcome outcome = score(data.index, *data.predictions, data.protocol, missing, options);
    if (!outcome.failures.empty()) {
      progress.clear();
      return command.redact
                 ? report_redacted_failures(outcome.failures, data, inputs.common, streams)
                 : report_failures(outcome.failures, inputs.common, streams);
    }
    Result& result = outcome.result;
    result.tool_version = tool_version();
    result.git_commit = tool_commit();
    result.submission.name =
        command.name.empty() ? name_of_submission(inputs.predictions) : command.name;
    result.complete = result.complete && inputs.sequences.empty();
    result.run.started = started;
    result.run.jobs = inputs.common.jobs;
    result.run.command = {"angiobench", "score"};
    result.run.command.insert(result.run.command.end(), arguments.begin(), arguments.end());
    attach_intervals(result);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    result.run.seconds = elapsed.count();
    progress.clear();

    if (folder) {
      ReportOptions report;
      report.rows = rows ? &*rows : nullptr;
      if (maps) {
        maps->sort();
        report.staged_maps = &*maps;
      }
      AtomicFile page(folder.file("report.html"));
      write_report_html(result, report, [&](std::string_view text) { page.write(text); });
      if (maps) maps->commit();
      per_frame->commit();
      write_file_atomically(folder.file("summary.csv"), summary_csv(result));
      write_file_atomically(folder.file("per_sequence.csv"), per_sequence_csv(result));
      write_file_atomically(folder.file("per_object.csv"), per_object_csv(result));
      page.commit();
      if (command.redact)
        write_file_atomically(folder.file("participant.json"), participant_json(result));
      write_file_atomically(folder.file("result.json"), result_to_json(result));
    }
    if (!command.legacy_csv.empty()) write_legacy_csv(command.legacy_csv, result);
    print_findings(shown(result.findings), inputs.common, streams);
    streams.out << (command.redact ? participant_text(result) : headline_text(result));
    if (folder) streams.out << "report: " << folder.file("report.html") << "\n";
    if (command.timing) print_timing(outcome.seconds, elapsed.count(), streams.out);
  }
  return kExitPassed;
}

}  // namespace

int run_score(const std::vector<std::string>& arguments, const Streams& streams) {
  const std::optional<ScoreCommand> command = parse(arguments, streams);
  if (!command) return kExitPassed;
  if (!command->redact) return score_submission(*command, arguments, streams);
  try {
    return score_submission(*command, arguments, streams);
  } catch (const Error& error) {
    // What is not about the submission is about the ground truth: its paths are nobody's business.
    if (error.kind() == ErrorKind::usage || error.path().starts_with(command->inputs.predictions))
      throw;
    throw Error(error.kind(), "",
                "the ground truth or the output cannot be used; the organisers must look");
  }
}

}  // namespace angiobench::cli
