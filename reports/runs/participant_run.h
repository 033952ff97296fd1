// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "dataset/error.h"
#include "evaluator/result.h"
#include "evaluator/scoring/submission.h"
#include "reports/participant.h"
#include "reports/runs/score_run.h"

namespace angiobench {

/// Opens what was handed in where that is no single folder or zip; its names must be public. Throws
/// Error, with public paths where it is about the submission.
using OpenPredictions = std::function<std::shared_ptr<const FileTree>(const SequenceIndex& index)>;

/// A submission to a hidden benchmark.
struct ParticipantRequest {
  /// shown_as is what the participant's file is called; empty: the last part of its path.
  SubmissionRequest submission;
  RunRequest run;  // `out`, `legacy_csv` are the organisers'; reader and frames are set here
  /// Participants know which frames are annotated. Taken for granted where the benchmark has a mask
  /// of every frame.
  FrameKnowledge frames = FrameKnowledge::secret;
  OpenPredictions open_predictions = {};  // in place of submission.predictions
};

struct ParticipantRun {
  ParticipantReport report;      // all that the participant may see
  std::optional<Result> result;  // of a scored submission; the organisers' alone
  /// Why nothing was scored; `report.reason` says it in words. For the organisers only: what is
  /// wrong with the ground truth or with an output.
  std::optional<Error> refusal;
};

/// All that a participant hears where something of the organisers' is wrong.
inline constexpr const char* kOrganisersMustLook =
    "the ground truth or the output cannot be used; the organisers must look";

/// What a participant's file is called in what its participant reads: the last part of its path,
/// unless a path of the organisers begins with that.
std::string public_name(const std::string& predictions,
                        std::span<const std::string> organisers_paths);
/// Whether an Error's path is the submission of that name, or something in it.
bool is_about_submission(const Error& error, const std::string& public_name);

/// Scores a submission for its participant. Whatever is wrong is a report and no exception, but
/// what run.score.progress throws: of the ground truth and of outputs it says only that the
/// organisers must look. `truth` is open already, or null.
ParticipantRun run_for_participant(const ParticipantRequest& request,
                                   const OpenTruth* truth = nullptr);

/// Puts participant.json and participant.html into a folder, each whole or not there. Throws
/// Error{input}.
void write_participant_files(const std::string& folder, const ParticipantReport& report);

}  // namespace angiobench
