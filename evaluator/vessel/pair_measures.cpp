// SPDX-License-Identifier: MIT
#include "evaluator/vessel/pair_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "dataset/error.h"
#include "evaluator/counting/counts.h"

namespace angiobench {
namespace {

double ratio(double part, double whole) { return part / whole; }

std::optional<double> share(std::uint32_t part, std::uint32_t whole) {
  if (whole == 0) return std::nullopt;
  return ratio(part, whole);
}

struct Table {
  double tp, fp, fn, tn;
};

Table table_of(const PairCounts& counts) {
  const double all = static_cast<double>(counts.width) * counts.height;
  const double tp = counts.intersection;
  return {tp, counts.prediction - tp, counts.truth - tp,
          all - counts.truth - counts.prediction + tp};
}

// A part of the prediction or of the truth: 1 where both masks are empty, none where this one is.
std::optional<double> part(const PairCounts& counts, std::uint32_t hits, std::uint32_t of) {
  if (counts.both_empty()) return 1.0;
  return share(hits, of);
}

// Elements of one side at one distance.
struct Step {
  double distance;
  double length;  // of one element
  std::uint32_t count;
};

// How long an element of a contour is.
std::array<double, kNumContourKinds> lengths(const Spacing& spacing) {
  const double diagonal = std::sqrt(spacing.row * spacing.row + spacing.column * spacing.column);
  std::array<double, kNumContourKinds> length{};
  length[static_cast<std::size_t>(ContourKind::corner)] = 0.5 * diagonal;
  length[static_cast<std::size_t>(ContourKind::beside)] = spacing.row;
  length[static_cast<std::size_t>(ContourKind::stacked)] = spacing.column;
  length[static_cast<std::size_t>(ContourKind::opposite)] = diagonal;
  return length;
}

double distance_of(const DistanceBin& bin, const Spacing& spacing) {
  if (spacing.is_isotropic()) return std::sqrt(static_cast<double>(bin.key)) * spacing.row;
  const double across = static_cast<double>(bin.key >> 32) * spacing.column;
  const double down = static_cast<double>(bin.key & 0xFFFFFFFFU) * spacing.row;
  return std::sqrt(down * down + across * across);
}

// By distance, elements of the same distance by length.
std::vector<Step> steps_of(const SideDistances& side, const Spacing& spacing) {
  const std::array<double, kNumContourKinds> length = lengths(spacing);
  std::vector<Step> steps;
  steps.reserve(side.bins.size());
  for (const DistanceBin& bin : side.bins)
    steps.push_back({distance_of(bin, spacing), length[bin.kind], bin.count});
  const auto before = [](const Step& a, const Step& b) {
    return a.distance < b.distance || (a.distance == b.distance && a.length < b.length);
  };
  if (!std::is_sorted(steps.begin(), steps.end(), before))
    std::sort(steps.begin(), steps.end(), before);
  return steps;
}

double sum_of(std::span<const Step> steps) {
  double sum = 0;
  for (const Step& step : steps) sum += step.distance * step.count;
  return sum;
}

// The element at a place in the order of distances.
double at_place(std::span<const Step> steps, std::uint64_t place) {
  for (const Step& step : steps) {
    if (place < step.count) return step.distance;
    place -= step.count;
  }
  return steps.back().distance;
}

// numpy.percentile(…, 95), its linear interpolation to the last bit.
double percentile_95(std::span<const Step> steps, std::uint64_t count) {
  const double place = 0.95 * static_cast<double>(count - 1);
  const double whole = std::floor(place);
  const double t = place - whole;
  const double low = at_place(steps, static_cast<std::uint64_t>(whole));
  const double high = at_place(steps, std::min(static_cast<std::uint64_t>(whole) + 1, count - 1));
  const double step = high - low;
  return t >= 0.5 ? high - step * (1 - t) : low + step * t;
}

// The first distance at which 95 % of the length are reached.
double length_percentile_95(std::span<const Step> steps) {
  double all = 0;
  for (const Step& step : steps) all += step.length * step.count;
  double running = 0;
  for (const Step& step : steps) {
    running += step.length * step.count;
    if (running / all >= 0.95) return step.distance;
  }
  return steps.back().distance;
}

double length_of(const SideDistances& side, const Spacing& spacing) {
  const std::array<double, kNumContourKinds> length = lengths(spacing);
  double sum = 0;
  for (std::size_t kind = 0; kind < length.size(); ++kind)
    sum += length[kind] * side.elements[kind];
  return sum;
}

double mean_by_length(std::span<const Step> steps, double all) {
  double sum = 0;
  for (const Step& step : steps) sum += step.distance * step.length * step.count;
  return sum / all;
}

}  // namespace

PairCounts without_prediction(const PairCounts& counts) {
  PairCounts alone;
  alone.width = counts.width;
  alone.height = counts.height;
  alone.truth = counts.truth;
  alone.truth_skeleton = counts.truth_skeleton;
  alone.radius = counts.radius;
  alone.truth_components = counts.truth_components;
  alone.truth_holes = counts.truth_holes;
  alone.components_missed = counts.truth_components;
  alone.truth_border.elements = counts.truth_border.elements;
  alone.truth_contour.elements = counts.truth_contour.elements;
  alone.truth_boundary = counts.truth_boundary;
  return alone;
}

double pair_iou(const PairCounts& counts) {
  const std::uint32_t both = counts.truth + counts.prediction - counts.intersection;
  return both == 0 ? 1 : ratio(counts.intersection, both);
}

double pair_dice(const PairCounts& counts) {
  if (counts.both_empty()) return 1;
  return 2.0 * counts.intersection / (double{1} * counts.truth + counts.prediction);
}

std::optional<double> pair_precision(const PairCounts& counts) {
  return part(counts, counts.intersection, counts.prediction);
}

std::optional<double> pair_sensitivity(const PairCounts& counts) {
  return part(counts, counts.intersection, counts.truth);
}

std::optional<double> pair_specificity(const PairCounts& counts) {
  const Table table = table_of(counts);
  if (table.tn + table.fp == 0) return std::nullopt;
  return table.tn / (table.tn + table.fp);
}

double pair_accuracy(const PairCounts& counts) {
  const Table table = table_of(counts);
  return (table.tp + table.tn) / (table.tp + table.fp + table.fn + table.tn);
}

std::optional<double> pair_mcc(const PairCounts& counts) {
  const Table t = table_of(counts);
  const double product = (t.tp + t.fp) * (t.tp + t.fn) * (t.tn + t.fp) * (t.tn + t.fn);
  if (product == 0) return std::nullopt;
  return (t.tp * t.tn - t.fp * t.fn) / std::sqrt(product);
}

std::optional<double> cldice_precision(const PairCounts& counts) {
  return part(counts, counts.prediction_skeleton_inside, counts.prediction_skeleton);
}

std::optional<double> cldice_sensitivity(const PairCounts& counts) {
  return part(counts, counts.truth_skeleton_found, counts.truth_skeleton);
}

double cldice(const PairCounts& counts) {
  const double precision = cldice_precision(counts).value_or(0);
  const double sensitivity = cldice_sensitivity(counts).value_or(0);
  if (precision + sensitivity == 0) return 0;
  return 2 * precision * sensitivity / (precision + sensitivity);
}

std::uint32_t centreline_lost(const PairCounts& counts) {
  return counts.truth_skeleton - counts.truth_skeleton_found;
}

std::uint32_t centreline_invented(const PairCounts& counts) {
  return counts.prediction_skeleton - counts.prediction_skeleton_inside;
}

std::optional<double> centreline_recall(const PairCounts& counts) {
  return part(counts, counts.truth_skeleton_near, counts.truth_skeleton);
}

std::optional<double> centreline_precision(const PairCounts& counts) {
  return part(counts, counts.prediction_skeleton_near, counts.prediction_skeleton);
}

std::optional<double> radius_recall(const PairCounts& counts, std::size_t radius) {
  return share(counts.radius_found.at(radius), counts.radius.at(radius));
}

std::uint32_t b0_error(const PairCounts& counts) {
  return std::max(counts.prediction_components, counts.truth_components) -
         std::min(counts.prediction_components, counts.truth_components);
}

std::uint32_t b1_error(const PairCounts& counts) {
  return std::max(counts.prediction_holes, counts.truth_holes) -
         std::min(counts.prediction_holes, counts.truth_holes);
}

double boundary_f_at(const PairCounts& counts, std::size_t i) {
  FrameCounts frame;
  frame.truth_boundary = counts.truth_boundary;
  frame.prediction_boundary = counts.prediction_boundary;
  frame.truth_matched = counts.truth_matched.at(i);
  frame.prediction_matched = counts.prediction_matched.at(i);
  return boundary_f(frame);
}

double worst_distance(const PairCounts& counts, const Spacing& spacing) {
  const double down = (counts.height - 1) * spacing.row;
  const double across = (counts.width - 1) * spacing.column;
  return std::sqrt(down * down + across * across);
}

DistanceMeasures border_distances(const PairCounts& counts, const Spacing& spacing) {
  DistanceMeasures measures;
  if (counts.both_empty()) return measures;
  if (counts.one_empty()) {
    const double worst = worst_distance(counts, spacing);
    measures.hd = measures.hd95 = measures.hd95_pooled = measures.assd = measures.masd = worst;
    measures.asd_prediction = measures.asd_truth = worst;
    return measures;
  }
  measures.defined = true;
  const std::vector<Step> truth = steps_of(counts.truth_border, spacing);
  const std::vector<Step> prediction = steps_of(counts.prediction_border, spacing);
  const std::uint64_t num_truth = counts.truth_border.num_elements();
  const std::uint64_t num_prediction = counts.prediction_border.num_elements();
  expects(!truth.empty() && !prediction.empty(), "the border of a pair was counted");
  measures.hd = std::max(truth.back().distance, prediction.back().distance);
  measures.hd95 =
      std::max(percentile_95(truth, num_truth), percentile_95(prediction, num_prediction));
  std::vector<Step> both(truth.size() + prediction.size());
  std::merge(truth.begin(), truth.end(), prediction.begin(), prediction.end(), both.begin(),
             [](const Step& a, const Step& b) { return a.distance < b.distance; });
  measures.hd95_pooled = percentile_95(both, num_truth + num_prediction);
  const double truth_sum = sum_of(truth);
  const double prediction_sum = sum_of(prediction);
  measures.assd = (prediction_sum + truth_sum) / static_cast<double>(num_truth + num_prediction);
  measures.asd_truth = truth_sum / static_cast<double>(num_truth);
  measures.asd_prediction = prediction_sum / static_cast<double>(num_prediction);
  measures.masd = (measures.asd_truth + measures.asd_prediction) / 2;
  return measures;
}

double nsd(const PairCounts& counts, const Spacing& spacing, double tolerance) {
  if (counts.both_empty()) return 1;
  if (counts.one_empty()) return 0;
  std::uint64_t near = 0;
  for (const SideDistances* side : {&counts.truth_border, &counts.prediction_border}) {
    for (const DistanceBin& bin : side->bins)
      near += distance_of(bin, spacing) <= tolerance ? bin.count : 0;
  }
  return static_cast<double>(near) /
         (double{1} * counts.truth_border.num_elements() + counts.prediction_border.num_elements());
}

ContourMeasures contour_distances(const PairCounts& counts, const Spacing& spacing) {
  ContourMeasures measures;
  if (counts.both_empty()) return measures;
  measures.length_truth = length_of(counts.truth_contour, spacing);
  measures.length_prediction = length_of(counts.prediction_contour, spacing);
  if (counts.one_empty()) {
    measures.hd = measures.hd95 = measures.asd_truth = measures.asd_prediction =
        worst_distance(counts, spacing);
    return measures;
  }
  measures.defined = true;
  const std::vector<Step> truth = steps_of(counts.truth_contour, spacing);
  const std::vector<Step> prediction = steps_of(counts.prediction_contour, spacing);
  expects(!truth.empty() && !prediction.empty(), "the contour of a pair was counted");
  measures.hd = std::max(truth.back().distance, prediction.back().distance);
  measures.hd95 = std::max(length_percentile_95(truth), length_percentile_95(prediction));
  measures.asd_truth = mean_by_length(truth, measures.length_truth);
  measures.asd_prediction = mean_by_length(prediction, measures.length_prediction);
  return measures;
}

double contour_nsd(const PairCounts& counts, const Spacing& spacing, double tolerance) {
  if (counts.both_empty()) return 1;
  if (counts.one_empty()) return 0;
  // Whole numbers first: all of them near is exactly 1.
  std::array<std::uint64_t, kNumContourKinds> near{};
  std::array<std::uint64_t, kNumContourKinds> all{};
  for (const SideDistances* side : {&counts.truth_contour, &counts.prediction_contour}) {
    for (const DistanceBin& bin : side->bins)
      near[bin.kind] += distance_of(bin, spacing) <= tolerance ? bin.count : 0;
    for (std::size_t kind = 0; kind < all.size(); ++kind) all[kind] += side->elements[kind];
  }
  const std::array<double, kNumContourKinds> length = lengths(spacing);
  double near_length = 0;
  double all_length = 0;
  for (std::size_t kind = 0; kind < all.size(); ++kind) {
    near_length += length[kind] * static_cast<double>(near[kind]);
    all_length += length[kind] * static_cast<double>(all[kind]);
  }
  return near_length / all_length;
}

}  // namespace angiobench
