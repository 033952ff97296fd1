// SPDX-License-Identifier: MIT
#include "evaluator/scoring/submission.h"

#include <boost/filesystem/operations.hpp>

#include "dataset/error.h"
#include "dataset/masks/submission_place.h"
#include "dataset/validator/validate_submission.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/scoring/task_scorer.h"

namespace angiobench {
namespace {

// Whether one of the benchmark's own files (split, first masks) lies where `folder` would be its
// masks or its root.
std::string find_own_file(const std::string& folder, const BenchmarkDefinition& benchmark) {
  boost::system::error_code code;
  if (!boost::filesystem::is_directory(folder, code)) return {};
  std::vector<std::string> candidates = benchmark.split_files;
  candidates.insert(candidates.end(), benchmark.meta_files.begin(), benchmark.meta_files.end());
  for (const std::string& root : benchmark.roots) {
    for (const std::string& candidate : candidates) {
      std::string file = join_path(folder, join_path(root, candidate));
      if (boost::filesystem::exists(file, code)) return file;
    }
  }
  return {};
}

// With the measures that were asked for beside, and the spacing of the pixels where it is known.
Protocol protocol_of(const SubmissionRequest& request, const BenchmarkDefinition& benchmark) {
  Protocol protocol =
      load_protocol(request.protocol.empty() ? benchmark.protocol : request.protocol);
  if (!request.measures.empty())
    protocol = with_measures(protocol, request.measures, request.spacing);
  const bool measures_pairs = needs(protocol, FrameData::pair);
  if (request.spacing && !measures_pairs) {
    throw Error(ErrorKind::usage, "", "a spacing is given and no distance is measured",
                "measures of vessels beside it (vessel, distance, nsd@2, …)");
  }
  std::optional<Spacing> spacing = request.spacing;
  const auto [row, column] = benchmark.spacing_mm;
  if (!spacing && !protocol.spacing && row > 0) spacing = Spacing{row, column};
  return measures_pairs && spacing ? with_measures(protocol, {}, spacing) : protocol;
}

}  // namespace

std::string submission_name(const std::string& predictions) {
  namespace fs = boost::filesystem;
  boost::system::error_code code;
  const fs::path path = fs::path(predictions).lexically_normal();
  const fs::path name = path.filename() == "." ? path.parent_path().filename() : path.filename();
  return fs::is_directory(path, code) || name.extension() != ".zip" ? name.string()
                                                                    : name.stem().string();
}

OpenSubmission open_submission(const SubmissionRequest& request) {
  OpenSubmission opened;
  const BenchmarkDefinition benchmark = load_benchmark(request.dataset);
  opened.protocol = protocol_of(request, benchmark);
  check_task(benchmark, opened.protocol);
  IndexOptions options;
  options.meta_file = request.meta_file;
  options.sequences = request.sequences;
  opened.index = index_ground_truth(request.ground_truth, benchmark, options);

  // Own files on the predictions' side and none on the truth's: the two were swapped.
  if (opened.index.split_file.empty() && opened.index.meta_file.empty()) {
    const std::string own = find_own_file(request.predictions, benchmark);
    if (!own.empty()) {
      throw Error(ErrorKind::input, request.predictions,
                  "looks like the ground truth of " + benchmark.name + " (" + own + "), and " +
                      request.ground_truth + " does not",
                  "-g GROUND_TRUTH -p PREDICTIONS; are they swapped?");
    }
  }
  opened.predictions = open_submission_tree(request.predictions, opened.index,
                                            archive_limits_for(opened.index, request.limits));
  opened.ground_truth = request.ground_truth;
  opened.limits = request.limits;
  return opened;
}

BenchmarkDefinition read_by(const BenchmarkDefinition& benchmark, const Protocol& protocol) {
  BenchmarkDefinition read = benchmark;
  const CountingRules& rules = with_labels_of(benchmark, protocol).counting;
  read.labels.truth_ids = rules.truth_map;
  read.labels.prediction_ids = rules.prediction_map;
  if (rules.void_label >= 0) {
    read.labels.void_label = rules.void_label;
    read.labels.truth_ids[static_cast<std::size_t>(rules.void_label)] = kBackgroundLabel;
  }
  return read.labels == benchmark.labels ? benchmark : read;
}

std::vector<Finding> look_again(const OpenSubmission& opened,
                                std::span<const std::size_t> suspicious) {
  ValidationOptions options;
  options.is_read = [&opened](const Sequence& sequence, std::size_t position) {
    return frame_need(opened.protocol, sequence, position) == FrameNeed::both;
  };
  const BenchmarkDefinition benchmark = read_by(opened.index.benchmark, opened.protocol);
  if (benchmark == opened.index.benchmark) {
    return second_look(opened.index, *opened.predictions, opened.ground_truth, suspicious, options,
                       opened.limits);
  }
  SequenceIndex index = opened.index;
  index.benchmark = benchmark;
  return second_look(index, *opened.predictions, opened.ground_truth, suspicious, options,
                     opened.limits);
}

bool is_wrong_score(const Finding& finding) {
  return finding.severity == Severity::error && finding.code != "P030";
}

Result score_submission(const SubmissionRequest& request, ScoreOptions options) {
  const OpenSubmission opened = open_submission(request);
  options.max_ids = request.limits.max_ids;
  options.max_mask_bytes = request.limits.max_mask_bytes;
  if (!options.look_again) {
    options.look_again = [&opened](std::span<const std::size_t> suspicious) {
      return look_again(opened, suspicious);
    };
  }
  const MissingFrames missing = find_missing(opened.index, *opened.predictions, opened.protocol);
  ScoreOutcome outcome =
      score(opened.index, *opened.predictions, opened.protocol, missing, options);
  if (!outcome.failures.empty()) throw Error(outcome.failures.front());
  outcome.result.complete = outcome.result.complete && request.sequences.empty();
  attach_intervals(outcome.result);
  return std::move(outcome.result);
}

}  // namespace angiobench
