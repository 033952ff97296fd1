// SPDX-License-Identifier: MIT
#include "evaluator/scoring/submission.h"

#include <boost/filesystem/operations.hpp>

#include "dataset/error.h"
#include "evaluator/comparing/aggregate_sample.h"

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

}  // namespace

OpenSubmission open_submission(const SubmissionRequest& request) {
  OpenSubmission opened;
  const BenchmarkDefinition benchmark = load_benchmark(request.dataset);
  opened.protocol = load_protocol(request.protocol.empty() ? benchmark.protocol : request.protocol);
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
  opened.predictions =
      open_file_tree(request.predictions, archive_limits_for(opened.index, request.limits));
  return opened;
}

Result score_submission(const SubmissionRequest& request, ScoreOptions options) {
  const OpenSubmission opened = open_submission(request);
  options.max_ids = request.limits.max_ids;
  options.max_mask_bytes = request.limits.max_mask_bytes;
  const MissingFrames missing = find_missing(opened.index, *opened.predictions, opened.protocol);
  ScoreOutcome outcome =
      score(opened.index, *opened.predictions, opened.protocol, missing, options);
  if (!outcome.failures.empty()) throw Error(outcome.failures.front());
  outcome.result.complete = outcome.result.complete && request.sequences.empty();
  attach_intervals(outcome.result);
  return std::move(outcome.result);
}

}  // namespace angiobench
