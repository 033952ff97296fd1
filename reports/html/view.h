// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evaluator/comparing/comparison.h"
#include "evaluator/protocol.h"
#include "evaluator/result.h"
#include "reports/packed_rows.h"

namespace angiobench::html {

// What the sections show. Facts about sequences and objects are worked out once; what there is for
// every frame is made for one sequence at a time (with_frames), so that a page over many frames
// takes little memory.

/// An object in one annotated frame.
struct FramePoint {
  bool has_row = false;  // the scorer looked at it here
  FrameRole role = FrameRole::dropped;
  double j = 0;  // with has_row
  double f = 0;  // of the contour, as the protocol measures it: F or Ḟ
  bool truth_visible = false;
  bool prediction_visible = false;
  bool frame_counted = false;  // the scorer looked at some object of the sequence here

  /// The truth does not show the object. Frames that nobody looked at (dropped ones) say nothing.
  bool absent() const { return frame_counted && !truth_visible; }
  /// Neither a curve nor a strip shows a score where there is none.
  bool scored_or_prompt() const { return has_row && role != FrameRole::both_empty; }
};

/// One object with its frames and its counterpart in the baseline.
struct ObjectView {
  const ObjectScore* score = nullptr;
  const ObjectScore* before = nullptr;  // the baseline's, where there is one
  const CaseChange* change = nullptr;   // with a baseline
  std::string id;                       // anchor, "s3o5"
  double mean_area = 0;                 // truth pixels, over frames in which it is visible
  // Of with_frames alone:
  std::vector<FramePoint> points;         // by frame position; empty without per-frame rows
  std::vector<FramePoint> points_before;  // the baseline's, at this result's frame positions
  std::optional<std::size_t> first_visible;
  std::optional<std::size_t> last_visible;

  /// In the metric that ranks.
  std::optional<double> headline;
  std::optional<double> headline_before;
};

/// One sequence.
struct SequenceView {
  const SequenceScore* score = nullptr;
  const SequenceScore* before = nullptr;
  const CaseChange* change = nullptr;
  std::string id;                // anchor, "s3"
  std::size_t num_shown = 0;     // frames that show an object (those with a quality)
  bool has_rows_before = false;  // an object of it has curves of the baseline
  std::vector<ObjectView> objects;
  // Of with_frames alone:
  const SequenceScore* rows = nullptr;            // its frames' names and rows
  std::shared_ptr<const SequenceScore> unpacked;  // what `rows` may point to
  // By frame: mean (J + F) / 2 over objects shown in it.
  std::vector<std::optional<double>> quality;
  std::vector<std::optional<double>> quality_before;  // the baseline's
};

/// Pixels of a frame's errors, summed over objects.
struct FrameErrors {
  std::uint64_t false_positive = 0;
  std::uint64_t false_negative = 0;
};

struct ReportView {
  const Result* result = nullptr;
  const Result* baseline = nullptr;      // null also where it is not comparable
  std::optional<Comparison> comparison;  // where a baseline was given, comparable or not
  const PackedRows* packed = nullptr;    // the rows, where the result does not hold them itself
  bool has_frames = false;               // at least one sequence has per-frame rows
  MetricDescriptor headline;             // the metric that ranks
  FrameMeasures shown;                   // what rows of frames show
  std::vector<SequenceView> sequences;
};

/// `baseline` and `packed` may be null. All must outlive the view.
ReportView make_view(const Result& result, const Result* baseline, double tolerance,
                     const PackedRows* packed = nullptr);

/// A sequence with everything that there is for each frame of it.
SequenceView with_frames(const ReportView& view, std::size_t sequence);

/// "J&F" or "J&Ḟ": what a frame's quality is the mean of.
std::string frame_quality_name(const ReportView& view);

/// Errors of one frame from its rows.
FrameErrors frame_errors(const SequenceScore& sequence, std::size_t frame);

}  // namespace angiobench::html
