// SPDX-License-Identifier: MIT
#include "reports/html/view.h"

#include <algorithm>
#include <map>
#include <utility>

namespace angiobench::html {
namespace {

// Rows of one object, spread over the annotated frames.
std::vector<FramePoint> points_of(const SequenceScore& sequence, int object_id,
                                  const FrameMeasures& shown) {
  std::vector<FramePoint> points(sequence.frame_names.size());
  for (const FrameScore& row : sequence.frames) {
    if (row.frame >= points.size()) continue;
    FramePoint& point = points[row.frame];
    point.frame_counted = true;
    if (row.object_id != object_id) continue;
    point.has_row = true;
    point.role = row.role;
    point.j = shown.value(shown.region(), row);
    point.f = shown.value(shown.contour(), row);
    point.truth_visible = row.counts.truth > 0;
    point.prediction_visible = row.counts.prediction > 0;
  }
  return points;
}

// The baseline's points at the frame positions of `names`.
std::vector<FramePoint> aligned(const std::vector<std::string>& names, const SequenceScore& before,
                                const std::vector<FramePoint>& points) {
  std::vector<FramePoint> result(names.size());
  if (before.frame_names == names) return points;
  std::map<std::string_view, std::size_t> position;
  for (std::size_t frame = 0; frame < before.frame_names.size(); ++frame)
    position[before.frame_names[frame]] = frame;
  for (std::size_t frame = 0; frame < names.size(); ++frame) {
    const auto found = position.find(names[frame]);
    if (found != position.end()) result[frame] = points[found->second];
  }
  return result;
}

std::vector<std::optional<double>> quality_of(const std::vector<ObjectView>& objects,
                                              std::size_t num_frames,
                                              std::vector<FramePoint> ObjectView::*points) {
  std::vector<std::optional<double>> quality(num_frames);
  for (std::size_t frame = 0; frame < num_frames; ++frame) {
    double sum = 0;
    int count = 0;
    for (const ObjectView& object : objects) {
      if ((object.*points).size() != num_frames) continue;
      const FramePoint& point = (object.*points)[frame];
      if (!point.has_row || (!point.truth_visible && !point.prediction_visible)) continue;
      sum += (point.j + point.f) / 2;
      ++count;
    }
    if (count > 0) quality[frame] = sum / count;
  }
  return quality;
}

}  // namespace

ReportView make_view(const Result& result, const Result* baseline, double tolerance,
                     const PackedRows* packed) {
  ReportView view;
  view.result = &result;
  view.headline = descriptor_of(result, ranking_metric(result));
  view.shown = frame_measures(result.protocol);
  view.packed = packed;
  std::map<std::pair<std::string_view, int>, const CaseChange*> changes;
  if (baseline != nullptr) {
    // Other cases are no reason to show nothing: what both have is compared, and the rest is named.
    ComparisonOptions options;
    options.thresholds.tolerance = tolerance;
    options.require.same_cases = false;
    view.comparison = compare_results(*baseline, result, options);
    if (view.comparison->comparability.comparable) {
      view.baseline = baseline;
      for (const std::vector<CaseChange>* list :
           {&view.comparison->sequences, &view.comparison->objects}) {
        for (const CaseChange& change : *list) changes[{change.sequence, change.object}] = &change;
      }
    }
  }
  const auto change_of = [&](std::string_view sequence, int object) -> const CaseChange* {
    const auto found = changes.find({sequence, object});
    return found == changes.end() ? nullptr : found->second;
  };
  std::map<std::string_view, const SequenceScore*> before;
  if (view.baseline != nullptr) {
    for (const SequenceScore& sequence : view.baseline->sequences)
      before[sequence.name] = &sequence;
  }

  for (std::size_t index = 0; index < result.sequences.size(); ++index) {
    const SequenceScore& score = result.sequences[index];
    SequenceView sequence;
    sequence.score = &score;
    sequence.id = "s" + std::to_string(index);
    const auto counterpart = before.find(score.name);
    if (counterpart != before.end()) sequence.before = counterpart->second;
    sequence.change = change_of(score.name, -1);
    for (const ObjectScore& object_score : score.objects) {
      ObjectView object;
      object.score = &object_score;
      object.headline = object_score.value(view.headline.metric);
      object.id = sequence.id + "o" + std::to_string(object_score.id);
      object.change = change_of(score.name, object_score.id);
      if (sequence.before != nullptr) {
        for (const ObjectScore& other : sequence.before->objects) {
          if (other.id != object_score.id) continue;
          object.before = &other;
          object.headline_before = other.value(view.headline.metric);
        }
      }
      sequence.objects.push_back(std::move(object));
    }
    view.sequences.push_back(std::move(sequence));

    // Look once at the frames for what is said about the whole.
    const SequenceView full = with_frames(view, index);
    SequenceView& kept = view.sequences.back();
    view.has_frames |= !full.quality.empty();
    kept.num_shown = static_cast<std::size_t>(
        std::count_if(full.quality.begin(), full.quality.end(),
                      [](const std::optional<double>& quality) { return quality.has_value(); }));
    for (std::size_t i = 0; i < kept.objects.size(); ++i) {
      kept.objects[i].mean_area = full.objects[i].mean_area;
      kept.has_rows_before |= !full.objects[i].points_before.empty();
    }
  }
  return view;
}

SequenceView with_frames(const ReportView& view, std::size_t sequence) {
  SequenceView full = view.sequences[sequence];
  full.rows = full.score;
  if (view.packed != nullptr) {
    auto unpacked = std::make_shared<SequenceScore>();
    view.packed->unpack(sequence, *unpacked);
    full.rows = unpacked.get();
    full.unpacked = std::move(unpacked);
  }
  const SequenceScore& rows = *full.rows;
  const std::size_t num_frames = rows.frames.empty() ? 0 : rows.frame_names.size();
  if (num_frames == 0) return full;
  for (ObjectView& object : full.objects) {
    const int id = object.score->id;
    object.points = points_of(rows, id, view.shown);
    if (object.before != nullptr && !full.before->frames.empty())
      object.points_before =
          aligned(rows.frame_names, *full.before, points_of(*full.before, id, view.shown));
    for (std::size_t frame = 0; frame < num_frames; ++frame) {
      if (!object.points[frame].truth_visible) continue;
      if (!object.first_visible) object.first_visible = frame;
      object.last_visible = frame;
    }
    double area = 0;
    std::uint64_t visible = 0;
    for (const FrameScore& row : rows.frames) {
      if (row.object_id != id || row.counts.truth == 0) continue;
      area += row.counts.truth;
      ++visible;
    }
    if (visible > 0) object.mean_area = area / static_cast<double>(visible);
  }
  full.quality = quality_of(full.objects, num_frames, &ObjectView::points);
  if (full.before != nullptr)
    full.quality_before = quality_of(full.objects, num_frames, &ObjectView::points_before);
  return full;
}

std::string frame_quality_name(const ReportView& view) {
  return view.shown.region().name + "&" + view.shown.contour().name;
}

FrameErrors frame_errors(const SequenceScore& sequence, std::size_t frame) {
  FrameErrors errors;
  for (const FrameScore& row : sequence.frames) {
    if (row.frame != frame) continue;
    errors.false_positive +=
        row.counts.prediction - std::min(row.counts.prediction, row.counts.intersection);
    errors.false_negative += row.counts.truth - std::min(row.counts.truth, row.counts.intersection);
  }
  return errors;
}

}  // namespace angiobench::html
