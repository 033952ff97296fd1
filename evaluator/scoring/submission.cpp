// SPDX-License-Identifier: MIT
#include "evaluator/scoring/submission.h"

#include <boost/filesystem/operations.hpp>
#include <optional>
#include <utility>

#include "dataset/color_table.h"
#include "dataset/error.h"
#include "dataset/finding_codes.h"
#include "dataset/masks/submission_place.h"
#include "dataset/validator/validate_submission.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/scoring/task_scorer.h"

namespace angiobench {
namespace {

// Whether one of the benchmark's own files (split, first masks) lies where `folder` would be its
// masks or its root: where, from there.
std::string find_own_file(const std::string& folder, const BenchmarkDefinition& benchmark) {
  boost::system::error_code code;
  if (!boost::filesystem::is_directory(folder, code)) return {};
  std::vector<std::string> candidates = benchmark.split_files;
  candidates.insert(candidates.end(), benchmark.meta_files.begin(), benchmark.meta_files.end());
  for (const std::string& root : benchmark.roots) {
    for (const std::string& candidate : candidates) {
      std::string file = join_path(root, candidate);
      if (boost::filesystem::exists(join_path(folder, file), code)) return file;
    }
  }
  return {};
}

// With the measures that were asked for beside, and the spacing of the pixels where it is known.
Protocol protocol_of(const SubmissionRequest& request, const BenchmarkDefinition& benchmark) {
  Protocol protocol =
      request.protocol_text.empty()
          ? load_protocol(request.protocol.empty() ? benchmark.protocol : request.protocol)
          : parse_protocol(request.protocol_text, "protocol");
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

OpenRules open_rules(const SubmissionRequest& request) {
  OpenRules rules;
  rules.benchmark = load_benchmark(request.dataset);
  rules.protocol = protocol_of(request, rules.benchmark);
  check_task(rules.benchmark, rules.protocol);
  return rules;
}

OpenTruth open_truth(const SubmissionRequest& request) {
  OpenTruth opened;
  BenchmarkDefinition benchmark = load_benchmark(request.dataset);
  std::optional<ColorTable> colors;
  if (!request.colors.empty()) {
    colors = load_color_table(request.colors);
    benchmark = with_colors(std::move(benchmark), *colors);
  }
  opened.protocol = protocol_of(request, benchmark);
  check_task(benchmark, opened.protocol);
  IndexOptions options;
  options.meta_file = request.meta_file;
  options.sequences = request.sequences;
  opened.index = index_ground_truth(request.ground_truth, benchmark, options);
  opened.ground_truth = request.ground_truth;
  // What colours meant belongs to the result.
  if (colors) {
    opened.index.findings.push_back(
        make_finding("S037", {colors->source}, "the colours are " + color_table_text(*colors)));
  }
  return opened;
}

OpenTruth open_shared_truth(const SubmissionRequest& request, std::size_t max_bytes) {
  OpenTruth opened = open_truth(request);
  opened.index.masks = keep_masks(std::move(opened.index.masks), max_bytes);
  return opened;
}

OpenSubmission open_submission(const SubmissionRequest& request) {
  return open_submission(open_truth(request), request);
}

OpenSubmission open_submission(const OpenTruth& truth, const SubmissionRequest& request) {
  const SequenceIndex& index = truth.index;
  const std::string& shown = request.shown_as.empty() ? request.predictions : request.shown_as;
  // Own files on the predictions' side and none on the truth's: the two were swapped.
  if (index.split_file.empty() && index.meta_file.empty()) {
    const std::string own = find_own_file(request.predictions, index.benchmark);
    if (!own.empty()) {
      throw Error(ErrorKind::input, shown,
                  "looks like the ground truth of " + index.benchmark.name + " (" +
                      join_path(shown, own) + "), and " +
                      (request.shown_as.empty() ? truth.ground_truth : "the one given") +
                      " does not",
                  "-g GROUND_TRUTH -p PREDICTIONS; are they swapped?");
    }
  }
  return {index,
          open_submission_tree(request.predictions, index,
                               archive_limits_for(index, request.limits), request.shown_as),
          truth.protocol, truth.ground_truth, request.limits};
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
