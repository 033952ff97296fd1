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
#include "evaluator/vessel/pair_counts.h"

namespace angiobench {

/// Version of the measures. It is raised when the same masks under the same protocol get another
/// number; results of different versions are neither compared nor ranked together.
inline constexpr std::string_view kMetricVersion = "1";

/// Category group of an object.
enum class ObjectGroup { none, seen, unseen };

/// "", "seen" or "unseen".
std::string_view group_name(ObjectGroup group);

/// The frames of an object by which of its masks are empty, where measures of pairs were asked for:
/// those that entered, and those that a protocol leaves out because both are empty.
struct FrameSides {
  std::uint32_t both = 0;  // neither is empty
  std::uint32_t one_empty = 0;
  std::uint32_t both_empty = 0;

  friend bool operator==(const FrameSides&, const FrameSides&) = default;
};

/// Frames of an object in which a measure of pairs says less than its number.
struct FrameTally {
  std::uint64_t one_empty = 0;  // that entered with one mask empty
  std::uint64_t left_out = 0;   // without a value, or left out because both are empty

  friend bool operator==(const FrameTally&, const FrameTally&) = default;
};

/// The score of one object of one sequence.
struct ObjectScore {
  int id = 0;
  ObjectGroup group = ObjectGroup::none;
  std::uint32_t frames = 0;  // frames that entered the means
  /// Frames with neither truth nor prediction (in the means or not: the protocol says).
  std::uint32_t frames_empty = 0;
  /// What was measured, each in its measure's unit; no entry where it is not defined.
  std::map<Metric, double> values;
  std::optional<FrameSides> sides;       // where measures of pairs were asked for
  std::map<Metric, FrameTally> tallies;  // of measures of pairs, while a submission is scored

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

/// A measure of a sequence's images where there are no objects (task_measures.h).
struct MeasuredValue {
  std::optional<double> value;  // in the measure's unit; their mean, of more images than one
  std::uint32_t n = 1;          // images (or sums of images) with a value

  friend bool operator==(const MeasuredValue&, const MeasuredValue&) = default;
};

/// Pixels of one class in one image or in several.
struct ClassSums {
  std::uint64_t intersection = 0;
  std::uint64_t truth = 0;
  std::uint64_t prediction = 0;

  std::uint64_t union_area() const { return truth + prediction - intersection; }
  bool occurs() const { return truth > 0 || prediction > 0; }
  friend bool operator==(const ClassSums&, const ClassSums&) = default;
};

/// One image of a task without objects: a line of per_image.csv.
struct ImageScore {
  std::string name;  // of the frame
  std::map<Metric, std::optional<double>> measures;
  std::vector<ClassSums> classes;  // by Result::classes; empty where the task has none
};

/// One line of vessel_per_frame.csv: what measures of pairs are made of. Of frames that entered,
/// and of those in which both masks are empty.
struct PairScore {
  std::uint32_t frame = 0;  // position in SequenceScore::frame_names
  int object_id = 0;
  FrameRole role = FrameRole::scored;
  PairCounts counts;
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
  // Of a task without objects.
  std::map<Metric, MeasuredValue> measures;
  std::vector<ClassSums> classes;  // over its images, by Result::classes
  std::vector<ImageScore> images;  // empty unless asked for
  std::vector<PairScore> pairs;    // the same, where measures of pairs were asked for
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
  std::uint64_t n = 0;  // what it is a mean over: counted_noun
  std::optional<Interval> interval = std::nullopt;
  /// Of measures of pairs: objects' frames that entered with one mask empty.
  std::optional<std::uint64_t> n_one_empty = std::nullopt;
  /// Without a value: of what the mean is over, of measures of pairs of objects' frames.
  std::optional<std::uint64_t> n_left_out = std::nullopt;
  /// Standard deviation over what it is a mean over.
  std::optional<double> deviation = std::nullopt;
  std::string variant = {};  // whose rules, where there are several: "published"
};

/// A class of a semantic task, or a label that may overlap others, over the whole split.
struct ClassScore {
  int id = 0;  // as in masks; of planes their position
  std::string name;
  ObjectGroup group = ObjectGroup::none;
  bool is_background = false;  // no foreground: left out of the means that say so
  std::uint64_t images = 0;    // in which either side has it
  ClassSums sums;
  // Fractions; empty where they are not defined.
  std::optional<double> iou;
  std::optional<double> dice;
  std::optional<double> precision;
  std::optional<double> sensitivity;
  std::optional<double> iou_image;   // mean over the images in which either side has it
  std::optional<Interval> interval;  // of `iou`
};

/// Pixels by class: rows are the truth's classes, columns the prediction's.
struct ConfusionRecord {
  std::vector<int> labels;
  std::vector<std::vector<std::uint64_t>> rows;
};

/// How often each value of all probability maps occurs on the truth and off it: 256 bins.
struct CurveRecord {
  std::vector<std::uint64_t> on;
  std::vector<std::uint64_t> off;
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
  std::uint32_t shards = 0;  // that it was merged from; 0: one run counted everything
  std::vector<std::string> command;
};

/// A scored submission: what result.json holds (schema/result-1.json), everything but `run` a
/// pure function of the input.
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
  std::optional<Spacing> spacing;  // of pixels, where distances are in mm
  std::vector<Aggregate> aggregates;
  std::vector<ClassScore> classes;           // of tasks that have classes
  std::optional<ConfusionRecord> confusion;  // of the task semantic
  std::optional<CurveRecord> curve;          // of the task binary
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

/// Whether its sequences have objects; false for classes, maps and labels that may overlap.
bool has_objects(const Result& result);

/// "object", "sequence", "class", "label" or "image": what an aggregate is a mean over.
std::string_view counted_noun(const Result& result, const Aggregate& aggregate);

}  // namespace angiobench
