// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/error.h"
#include "dataset/finding.h"
#include "evaluator/result.h"
#include "evaluator/scoring/scorer.h"
#include "evaluator/scoring/submission.h"
#include "reports/html/report.h"
#include "dataset/files/output_folder.h"
#include "reports/html/result_folder.h"

namespace angiobench {

/// What is done with a submission that is open.
struct RunRequest {
  std::string name;        // of the submission
  std::string out;         // the result's folder (ResultFolder); empty: none
  std::string legacy_csv;  // the public tool's file, for DAVIS 2017 a folder; empty: none
  ErrorMapChoice error_maps = ErrorMapChoice::worst;
  std::string images;  // folder of frames to put behind the maps (frame_images); empty: none
  ResultReader reader = ResultReader::everybody;
  FrameKnowledge frames = FrameKnowledge::secret;  // of participants
  bool is_partial = false;                         // only some sequences were asked for
  std::uint32_t shards = 0;                        // whose parts are merged; 0: it is one run
  // Makes the score of an open submission; empty: score(), from its masks.
  std::function<ScoreOutcome(const OpenSubmission&, const MissingFrames&, const ScoreOptions&)>
      scorer;
  ScoreOptions score;  // on_sequence, on_frame, on_counts and look_again are the run's own
  std::string tool_version;
  std::string git_commit;
  std::vector<std::string> command;  // for the result's `run`
  /// Sees the result before anything is written; where it throws, nothing is.
  std::function<void(const Result&)> on_result;
};

/// How a run ended.
enum class RunEnd {
  scored,      // `result` is what was written
  incomplete,  // something is missing and nothing accounts for it: `findings` say what
  failed,      // a mask cannot be read: `failures`
};

struct RunOutcome {
  RunEnd end = RunEnd::scored;
  Result result;
  std::vector<Finding> findings;   // of a submission that is not complete
  std::size_t num_incomplete = 0;  // its sequences
  MissingFrames missing;
  std::vector<Error> failures;  // the first of each sequence that failed
  std::string report_path;      // of the page; empty where no folder was asked for
  std::vector<std::pair<std::string, Placed>> placed;  // how folders took their places
  StageSeconds seconds;
  double wall_seconds = 0;
};

/// Scores an open submission and writes what was asked for, all at once when all went well. Throws
/// Error{inconclusive} where not one frame was scored, Error{input} where something cannot be
/// written, and whatever `score.progress` throws.
RunOutcome run_submission(const OpenSubmission& opened, const RunRequest& request);

}  // namespace angiobench
