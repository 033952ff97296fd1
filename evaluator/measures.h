// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evaluator/counting/counts.h"
#include "evaluator/metric.h"
#include "evaluator/vessel/pair_table.h"

namespace angiobench {

// The table of measures: what each number is called, which way it is better, what it needs of a
// frame, its value of one frame and how the frames of an object become one number. A new measure is
// one row here and one word in a protocol; everything that shows, compares, gates or ranks asks the
// table, or the descriptors that a result took from it.

/// Which public code's decay is computed from 257 frames on.
enum class DecayRule {
  exact,           // DAVIS's bins
  bug_compatible,  // DAVIS's code casts bin ends to uint8: NaN or a wrong value from 257 frames on
};

/// What a protocol says about the values of measures.
struct MeasureRules {
  bool plus_one_region = false;  // J = (I + 1) / (U + 1), 1 where U = 0 (mose-v2)
  DecayRule decay = DecayRule::exact;
  double absence_threshold = 0;  // IoU above which a present object counts as found
  double recall_above = 0.5;     // recall is the share of frames above it
  int variance_decimals = -1;    // V's variance is rounded to so many decimals; -1: not
};

/// One object in one frame, as its measures see it. Regions are the same in both counts; boundaries
/// depend on the radius.
struct MeasuredFrame {
  const FrameCounts& counts;         // under the protocol's own counting rules
  const FrameCounts* one_radius;     // boundaries with one radius a frame (DAVIS)
  const FrameCounts* object_radius;  // boundaries with a radius of the object's size (MOSEv2);
                                     // both null where no measure of the protocol asks
  const MeasureRules& rules;
};

struct Measure;

/// VOT long-term's counts of an object's frames.
struct AbsenceCounts {
  std::uint32_t found = 0;         // present, IoU above the threshold (T)
  std::uint32_t wrong = 0;         // present, reported elsewhere (F)
  std::uint32_t missed = 0;        // present, not reported (M)
  std::uint32_t hallucinated = 0;  // absent, but reported (H)
  std::uint32_t absent = 0;        // absent, not reported (N)
};

/// The parts of a video around a change of scene (scene_info.json).
enum class SceneSegment : std::uint8_t { first, second, remain };

/// What the measures of one object are made of: everything about the frames that count for it, in
/// their order.
struct ObjectValues {
  /// The values of one measure, frame by frame.
  struct Series {
    const Measure* measure = nullptr;
    std::vector<double> values;
  };
  std::vector<Series> series;
  std::vector<bool> truth_is_empty;
  std::optional<std::size_t> initialisation;  // which of the frames the tracker was given it in
  /// Series of the frames of each segment of the video, as far as it has them (secvos).
  std::array<std::vector<Series>, 3> scenes;
  std::vector<double> outline_changes;  // of the frames in which both neighbours have an outline
  AbsenceCounts absence;
  /// What the frames come to in measures of pairs of masks, in this order.
  std::span<const PairMeasure* const> pairs;
  std::vector<PairResult> pair_results;

  /// The values of this measure, which is one of `series`, or of those of a segment.
  std::span<const double> of(std::string_view id) const;
  std::span<const double> of(std::string_view id, SceneSegment segment) const;
  /// The result of one of `pairs`.
  const PairResult& of(const PairMeasure& measure) const;
};

/// What a measure needs of a frame beyond the counts under the protocol's own rules.
enum class FrameData : std::uint8_t {
  counts,         // nothing more
  one_radius,     // boundaries matched within one radius a frame
  object_radius,  // boundaries matched within a radius of the object's size
  outlines,       // how much outlines change from frame to frame
  pair,           // skeletons, components, distances: what `Measure::pair` needs of both masks
};

/// A row of the table.
struct Measure {
  std::string id;     // in files: "J", "Ḟ", "J_recall"
  std::string ascii;  // another spelling, for keyboards: "Fdot"; empty: none
  std::string name;   // printed: "J", "J recall"; a subscript goes behind its first word
  std::string latex;  // LaTeX source of the name; empty: the name, escaped
  std::string words;  // what it measures
  Direction direction = Direction::higher_is_better;
  Unit unit = Unit::fraction;
  FrameData needs = FrameData::counts;
  /// The value of one frame; null where there is none. A frame whose prediction is missing has 0.
  double (*per_frame)(const MeasuredFrame& frame) = nullptr;
  /// One number of an object's frames; empty where it is not defined. Null for a measure that is
  /// the mean of its two parts, for those of tasks without objects (task_measures.h), and for
  /// figures that are only ever reported (fps).
  std::optional<double> (*reduce)(const Measure& measure, const ObjectValues& values,
                                  const MeasureRules& rules) = nullptr;
  /// The measures whose series `reduce` reads, or whose mean this one is.
  std::vector<std::string> of = {};
  /// Listed among a result's aggregates only where some object has a value (an object that never
  /// leaves has no ADQ).
  bool where_defined = false;
  /// The segment of the video that it is of; its series are those of that segment.
  std::optional<SceneSegment> segment = std::nullopt;
  /// The row of the table of pairs of masks (vessel/pair_table.h) that it is; else null.
  const PairMeasure* pair = nullptr;

  /// Whether it is the mean of its parts, object by object and aggregate by aggregate.
  bool is_mean_of_parts() const { return reduce == nullptr && !of.empty(); }
  /// Whether a protocol for objects may list it.
  bool is_measured() const { return reduce != nullptr || !of.empty(); }
};

/// Whether it is of pairs of masks: skeletons, components, distances.
bool is_pair_metric(const Metric& metric);

/// The table, in the order in which boards show columns.
std::span<const Measure> measures();

/// The row of a metric; nullptr where the table has none.
const Measure* find_measure(const Metric& metric);

/// The metric that a text of a file or an option means: other spellings of a row ("Fdot", a
/// combining dot) become its id, anything else stays as it is.
Metric metric_named(std::string_view text);

/// What the table says of a metric. Of one that it does not know: the text itself, with a blank for
/// the first "_", and an unknown direction.
MetricDescriptor describe(const Metric& metric, Display display);

// The metrics that code has to name: those that every file holds, and their mean.
const Metric& region_metric();   // J
const Metric& contour_metric();  // F
const Metric& mean_metric();     // J&F

/// The metric's statistic over frames: (J, "recall") is J_recall.
Metric statistic_of(const Metric& metric, std::string_view statistic);

/// Statistics over frames (DAVIS db_statistics): fractions; empty where not defined (no frame).
struct FrameStatistics {
  std::optional<double> mean;    // [0, 1]
  std::optional<double> recall;  // share of frames above 0.5 (strict)
  std::optional<double> decay;   // mean of the first bin minus mean of the last
};

/// DAVIS's db_statistics of per-frame values: mean (np.mean's order of additions), recall (share
/// above 0.5), decay (mean of the first of four bins minus mean of the last). All empty where there
/// is no value.
FrameStatistics frame_statistics(std::span<const double> values,
                                 DecayRule decay = DecayRule::exact);

/// Room for the series of these metrics: each measure with a value per frame that one of them
/// reads, once.
std::vector<ObjectValues::Series> series_for(std::span<const Metric> metrics);

}  // namespace angiobench
