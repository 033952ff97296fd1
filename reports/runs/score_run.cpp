// SPDX-License-Identifier: MIT
#include "reports/runs/score_run.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "reports/html/frame_images.h"
#include "reports/legacy_csv.h"
#include "reports/utc_time.h"

namespace angiobench {
namespace {

// Public tools write files of objects alone.
void check_legacy(const RunRequest& request, const Protocol& protocol) {
  if (request.legacy_csv.empty() || protocol.task == Task::objects) return;
  throw Error::about(ErrorKind::usage, "legacy_csv",
                     "is asked for under " + protocol.name + ", which scores no objects",
                     "--out DIR, whose CSV files hold everything");
}

void write_legacy_csv(const std::string& path, const Result& result, RunOutcome& outcome) {
  const auto files = legacy_csv(result);
  if (files.size() == 1) {
    write_file_atomically(path, files.front().second);
    return;
  }
  // DAVIS's two files go into the folder that is named.
  OutputFolder folder(path, ExistingFolder::update, {files.front().first});
  for (const auto& [name, content] : files) folder.write(name, content);
  outcome.placed.emplace_back(path, folder.commit());
}

// Everything about the run that is no score.
void describe_run(const RunRequest& request, Result& result) {
  result.tool_version = request.tool_version;
  result.git_commit = request.git_commit;
  result.submission.name = request.name;
  result.complete = result.complete && !request.is_partial;
  result.run.jobs = request.score.jobs;
  result.run.shards = request.shards;
  result.run.command = request.command;
}

ResultFolderOptions folder_options(const RunRequest& request, const OpenSubmission& opened) {
  ResultFolderOptions options;
  options.reader = request.reader;
  options.frames = request.frames;
  options.notes = opened.predictions->notes();
  // Proposals are matched with objects when their sequence is complete: before that, a map would
  // call all of them wrong.
  const bool has_maps =
      opened.protocol.task == Task::objects && opened.protocol.objects != ObjectSource::proposals;
  options.error_maps = has_maps ? request.error_maps : ErrorMapChoice::none;
  if (!request.images.empty()) options.read_image = frame_images(request.images);
  options.map_options.ignore_void = opened.protocol.counting.void_label == kVoidLabel;
  options.measures = frame_measures(opened.protocol);
  options.task = opened.protocol.task;
  options.image_measures = opened.protocol.measures;
  if (needs(opened.protocol, FrameData::pair))
    options.pairs =
        PairColumns{needs_of(pair_measures_of(opened.protocol)), opened.protocol.spacing};
  const std::vector<Sequence>& sequences = opened.index.sequences;
  options.sequence_name = [&sequences](std::size_t i) { return sequences[i].name; };
  options.frame_name = [&sequences](std::size_t i, std::size_t frame) {
    return std::string(sequences[i].frames[frame]);
  };
  return options;
}

// Stops where frames were asked for and the page would show none.
void check_images(const RunRequest& request, const OpenSubmission& opened) {
  if (request.images.empty()) return;
  if (folder_options(request, opened).error_maps == ErrorMapChoice::none) {
    throw Error::about(ErrorKind::usage, "with_images",
                       "is given, and no error maps are drawn to put frames behind",
                       "a protocol of objects, without --error-maps none");
  }
  check_frame_images(request.images, opened.index);
}

// What is missing and why, where that ends the run.
void tell_missing(const OpenSubmission& opened, RunOutcome& outcome) {
  std::vector<Finding>& findings = outcome.findings;
  findings = opened.index.findings;
  std::ranges::move(look_again(opened, {}), std::back_inserter(findings));
  std::ranges::copy(outcome.missing.findings, std::back_inserter(findings));
  // Why none of the sequences is where it should be is told once.
  if (std::ranges::any_of(findings, [](const Finding& one) { return one.code == "S014"; })) {
    std::erase_if(findings,
                  [](const Finding& one) { return one.code == "P009" || one.code == "P036"; });
  }
  outcome.num_incomplete = static_cast<std::size_t>(std::ranges::count_if(
      outcome.missing.findings,
      [](const Finding& one) { return one.severity == Severity::error && !one.sequence.empty(); }));
  outcome.end = RunEnd::incomplete;
}

}  // namespace

RunOutcome run_submission(const OpenSubmission& opened, const RunRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  const std::string started = utc_now();
  check_legacy(request, opened.protocol);
  check_images(request, opened);
  RunOutcome outcome;
  // Say everything that is missing before any time is spent on decoding.
  outcome.missing = find_missing(opened.index, *opened.predictions, opened.protocol);
  if (outcome.missing.any() && request.score.missing == MissingPolicy::error) {
    tell_missing(opened, outcome);
    return outcome;
  }
  std::optional<ResultFolder> folder;
  if (!request.out.empty()) folder.emplace(request.out, folder_options(request, opened));
  ScoreOptions options = request.score;
  options.look_again = [&opened](std::span<const std::size_t> suspicious) {
    return look_again(opened, suspicious);
  };
  if (folder) folder->attach(options);
  ScoreOutcome scored = request.scorer ? request.scorer(opened, outcome.missing, options)
                                       : score(opened.index, *opened.predictions, opened.protocol,
                                               outcome.missing, options);
  if (!scored.failures.empty()) {
    outcome.failures = std::move(scored.failures);
    outcome.end = RunEnd::failed;
    return outcome;
  }
  if (folder) {
    folder->draw_worst(opened.index, submission_masks(opened.index.benchmark, *opened.predictions),
                       opened.protocol, options);
    outcome.report_path = folder->report_path();
  }
  outcome.result = std::move(scored.result);
  outcome.seconds = scored.seconds;
  Result& result = outcome.result;
  describe_run(request, result);
  attach_intervals(result);
  result.run.started = started;
  outcome.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.run.seconds = outcome.wall_seconds;
  if (request.on_result) request.on_result(result);
  if (folder) outcome.placed.emplace_back(request.out, folder->write(result));
  if (!request.legacy_csv.empty()) write_legacy_csv(request.legacy_csv, result, outcome);
  return outcome;
}

}  // namespace angiobench
