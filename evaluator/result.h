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
#include "evaluator/metric.h"

namespace angiobench {

/// Version of the measures. It is raised when the same masks under the same protocol get another
/// number; results of different versions are neither compared nor ranked together.
inline constexpr std::string_view kMetricVersion = "1";

/// Category group of an object.
enum class ObjectGroup { none, seen, unseen };

/// "", "seen" or "unseen".
std::string_view group_name(ObjectGroup group);

/// The score of one object of one sequence.
struct ObjectScore {
  int id = 0;
  ObjectGroup group = ObjectGroup::none;
  std::uint32_t frames = 0;  // frames that entered the means
  /// Frames with neither truth nor prediction (in the means or not: the protocol says).
  std::uint32_t frames_empty = 0;
  /// What was measured, each in its measure's unit; no entry where it is not defined.
  std::map<Metric, double> values;

  /// Its value in a metric: as measured, or the mean of the two that the metric is the mean of
  /// (J&F); nullopt where there is none.
  std::optional<double> value(const Metric& metric) const;
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
  /// Annotated frames; empty unless per-frame rows were asked for
  std::vector<std::string> frame_names;
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

/// One headline number. `value` is in the metric's unit; empty where it is not defined (a finding
/// says why).
struct Aggregate {
  Metric metric;
  Scope scope = Scope::overall;
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
  AverageOver average = AverageOver::objects;
  std::string task = "objects";  // what is scored
};

struct DatasetStamp {
  std::string name;
  std::string digest;  // "sha256:…" over the truth masks that were read, in canonical order
  std::uint64_t sequences = 0;
  std::uint64_t objects = 0;
  std::uint64_t frames_scored = 0;
  std::string split;  // "test"; empty where the benchmark names none
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
  /// What its metrics are, in the protocol's order: the first one ranks. Empty where nobody said;
  /// use metrics_of.
  std::vector<MetricDescriptor> metrics;
  std::vector<Aggregate> aggregates;
  std::vector<SequenceScore> sequences;
  std::vector<Finding> findings;
  RunStamp run;
};

/// The aggregate of this metric and scope, or nullptr.
const Aggregate* find_aggregate(const Result& result, const Metric& metric, Scope scope);

/// What a result says of its metrics, in its order; where it says nothing, what the table says of
/// its aggregates' metrics.
std::vector<MetricDescriptor> metrics_of(const Result& result);

/// What a result says of one metric; where it does not, what the table says.
MetricDescriptor descriptor_of(const Result& result, const Metric& metric);

/// The metric that ranks: the result's first; J&F where it has none.
Metric ranking_metric(const Result& result);

}  // namespace angiobench
