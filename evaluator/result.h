// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/finding.h"
#include "evaluator/counting/counts.h"

namespace angiobench {

/// Version of the measures. It is raised when the same masks under the same protocol get another
/// number; results of different versions are neither compared nor ranked together.
inline constexpr std::string_view kMetricVersion = "1";

/// How the numbers of a community are printed.
enum class Display {
  percent,   // 49.3: MOSXAV, YouTube-VOS, MOSE and what follows them
  fraction,  // 0.493: DAVIS
};

/// "percent" or "fraction".
std::string_view display_name(Display display);

/// Category group of an object.
enum class ObjectGroup { none, seen, unseen };

/// "", "seen" or "unseen".
std::string_view group_name(ObjectGroup group);

/// Statistics over frames (DAVIS db_statistics): fractions; empty where not defined (no frame).
struct FrameStatistics {
  std::optional<double> mean;    // [0, 1]
  std::optional<double> recall;  // share of frames above 0.5 (strict)
  std::optional<double> decay;   // mean of the first bin minus mean of the last
};

/// The score of one object of one sequence.
struct ObjectScore {
  int id = 0;
  ObjectGroup group = ObjectGroup::none;
  std::uint32_t frames = 0;  // frames that entered the means
  std::uint32_t frames_empty =
      0;  // frames with neither truth nor prediction (in the means or not: the protocol says)
  FrameStatistics j;
  FrameStatistics f;
  std::map<std::string, double>
      extra;  // further measures of the protocol by name, e.g. "J_tr", "T"; fractions
};

/// What part a frame played for an object.
enum class FrameRole : std::uint8_t {
  scored,      // entered the means
  prompt,      // the object's own prompt frame, not scored
  dropped,     // first or last frame, or before the object's own first
  both_empty,  // neither truth nor prediction; not scored (strict)
  missing,     // the prediction is not there; scored as 0 (--missing zero)
};

/// One line of per_frame.csv: an object in a frame of a sequence.
struct FrameScore {
  std::uint32_t frame = 0;  // position in SequenceScore::frame_names
  int object_id = 0;
  FrameRole role = FrameRole::scored;
  FrameCounts counts;
};

/// The score of one sequence.
struct SequenceScore {
  std::string name;
  std::uint32_t frames_scored = 0;   // frames that at least one object was scored in
  bool complete = true;              // false: nothing or not everything could be scored
  std::vector<ObjectScore> objects;  // by id
  std::vector<std::string>
      frame_names;                 // annotated frames; empty unless per-frame rows were asked for
  std::vector<FrameScore> frames;  // by (frame, object); empty unless asked for
};

/// A percentile bootstrap interval over sequences (scoring.md, 4).
struct Interval {
  double level = 0.95;
  double low = 0;
  double high = 0;
  std::string unit = "sequence";
  std::uint32_t resamples = 10000;
};

/// One headline number. `value` is a fraction; empty where it is not defined (a finding says why).
struct Aggregate {
  std::string metric;  // "J&F", "J", "F", "J_recall", …
  std::string
      scope;  // "overall", "seen", "unseen", "pooled" (mean over all objects whatever their group)
  std::optional<double> value;
  std::uint64_t n = 0;  // objects (or sequences) it is a mean over
  std::optional<Interval> interval;
};

struct ProtocolStamp {
  std::string name;
  int version = 1;
  std::string hash;   // "sha256:…" of the canonical JSON of the rules
  std::string rules;  // that JSON
  Display display = Display::percent;
};

struct DatasetStamp {
  std::string name;
  std::string digest;  // "sha256:…" over the truth masks that were read, in canonical order
  std::uint64_t sequences = 0;
  std::uint64_t objects = 0;
  std::uint64_t frames_scored = 0;
};

struct SubmissionStamp {
  std::string name;
  std::string digest;  // "sha256:…" over the prediction masks that were read, in canonical order
};

/// How a run went: the only part of a result that is not a function of its input.
struct RunStamp {
  std::string started;  // UTC, "2026-01-31T12:34:56Z"
  double seconds = 0;
  int jobs = 1;
  std::vector<std::string> command;
};

/// A scored submission: what result.json holds (schema/result-1.json), everything but `run` a pure
/// function of the input.
struct Result {
  std::string tool_version;
  std::string git_commit;
  std::string metric_version{kMetricVersion};
  ProtocolStamp protocol;
  DatasetStamp dataset;
  SubmissionStamp submission;
  bool complete = true;
  std::vector<Aggregate> aggregates;
  std::vector<SequenceScore> sequences;
  std::vector<Finding> findings;
  RunStamp run;
};

/// The aggregate of this metric and scope, or nullptr.
const Aggregate* find_aggregate(const Result& result, std::string_view metric,
                                std::string_view scope);

}  // namespace angiobench
