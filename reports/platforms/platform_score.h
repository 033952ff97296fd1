// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dataset/error.h"
#include "dataset/words.h"
#include "evaluator/scoring/scorer.h"
#include "reports/participant.h"
#include "reports/runs/participant_run.h"

namespace angiobench {

/// How a platform's board shows fractions.
enum class PlatformScale { percent, fraction };
inline constexpr auto kPlatformScales = words<PlatformScale>(
    {{"percent", PlatformScale::percent}, {"fraction", PlatformScale::fraction}});

/// What may become of missing frames on a platform: nobody is ranked by a part.
inline constexpr auto kPlatformPolicies =
    words<MissingPolicy>({{"error", MissingPolicy::error}, {"zero", MissingPolicy::zero}});

/// Where a bundle says what it is, beside its truth.
inline constexpr const char* kPlatformConfigName = "angiobench.json";

/// What a bundle says beside its truth: angiobench.json, schema "platform-1".
struct PlatformConfig {
  std::string dataset;
  std::string protocol;  // empty: the benchmark's own
  /// zero: missing frames count 0. skip is refused: nobody is ranked by a part.
  MissingPolicy missing = MissingPolicy::error;
  PlatformScale scale = PlatformScale::percent;
  FrameKnowledge frames = FrameKnowledge::secret;
  std::string truth_digest;  // of the masks that are read; empty: any truth is taken
};

/// Throws Error{input} with `path`.
PlatformConfig parse_platform_config(std::string_view text, const std::string& path);
std::string platform_config_json(const PlatformConfig& config);

/// What the bundle in `folder` says; of `dataset`, where that is not empty, which needs no bundle.
/// Definitions that the bundle names lie in it. Throws Error{input}.
PlatformConfig platform_config_in(const std::string& folder, const std::string& dataset);

/// A figure as platforms take it: the key has A-Z, a-z, 0-9 and _ alone ("JF", "J_seen").
struct PlatformFigure {
  std::string key;
  double value = 0;   // finite
  std::string title;  // at most 36 bytes
  bool higher_is_better = true;
};

/// The figures with a value that tables show, the one that ranks first.
std::vector<PlatformFigure> platform_figures(const ParticipantReport& report, PlatformScale scale);

/// "49.2505608479": what a Decimal(20, 10) holds.
std::string platform_number(double value);

/// What is asked of a platform's scoring container.
struct PlatformRequest {
  std::string truth;  // what the organisers put there
  PlatformConfig config;
  int jobs = 0;
  std::string tool_version;
  std::string git_commit;
};

struct PlatformScore {
  ParticipantReport report;
  std::vector<PlatformFigure> figures;  // empty where nothing may be shown
  std::optional<Error> refusal;         // why
};

/// Scores what a participant handed in: a path, or a tree that is open already. No score for a
/// submission that is not complete, for another truth than the bundle's, and where the measure that
/// ranks has no value. Never throws an Error.
PlatformScore score_for_platform(const PlatformRequest& request, const std::string& predictions);
PlatformScore score_for_platform(const PlatformRequest& request, const OpenPredictions& open);

/// A score that was refused before anything was looked at. `words` are for the participant.
PlatformScore refused_score(const PlatformRequest& request, ErrorKind kind,
                            const std::string& words);

}  // namespace angiobench
