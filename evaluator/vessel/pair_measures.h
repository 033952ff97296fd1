// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "evaluator/vessel/pair_counts.h"

namespace angiobench {

// Values of one pair as pure functions of its integers. Fractions are in [0, 1]; distances are in
// the unit of the spacing (pixels without one). What has no value is empty.
//
// Empty sides, one rule for all: where both masks are empty, fractions are 1, distances and counts
// 0 (a protocol may leave such frames out instead: it knows both_empty()). Where one is empty,
// fractions are 0, parts of nothing (the precision of an empty prediction) have no value, and
// distances are worst_distance: never better than any found object. The public tools answer NaN,
// infinity, an exception or 0.06 there.

// Overlap.
double pair_iou(const PairCounts& counts);
double pair_dice(const PairCounts& counts);                        // 2 TP / (2 TP + FP + FN)
std::optional<double> pair_precision(const PairCounts& counts);    // TP / (TP + FP)
std::optional<double> pair_sensitivity(const PairCounts& counts);  // TP / (TP + FN)
std::optional<double> pair_specificity(
    const PairCounts& counts);  // TN / (TN + FP); full truth: none
double pair_accuracy(const PairCounts& counts);
/// Matthews correlation in [-1, 1]; none where a row or a column of the table is empty.
std::optional<double> pair_mcc(const PairCounts& counts);

// Centre lines. The clDice repository has the names of the two parts exchanged.
std::optional<double> cldice_precision(const PairCounts& counts);    // |S(P) and G| / |S(P)|
std::optional<double> cldice_sensitivity(const PairCounts& counts);  // |S(G) and P| / |S(G)|
/// Harmonic mean of both; 0 where both are 0.
double cldice(const PairCounts& counts);
std::uint32_t centreline_lost(const PairCounts& counts);      // |S(G) and not P|
std::uint32_t centreline_invented(const PairCounts& counts);  // |S(P) and not G|
std::optional<double> centreline_recall(const PairCounts& counts);
std::optional<double> centreline_precision(const PairCounts& counts);
/// Share of the truth's skeleton of this class (0 thin, 1 middle, 2 thick) that lies in P.
std::optional<double> radius_recall(const PairCounts& counts, std::size_t radius);

// Topology.
std::uint32_t b0_error(const PairCounts& counts);  // difference of the numbers of components
std::uint32_t b1_error(const PairCounts& counts);  // of holes

/// F at a radius of kBoundaryRadii[i], as boundary_f.
double boundary_f_at(const PairCounts& counts, std::size_t i);

/// sqrt((H - 1)^2 + (W - 1)^2) times the spacing: between the centres of opposite corners.
double worst_distance(const PairCounts& counts, const Spacing& spacing);

/// Everything that comes of one family's distances. `defined` is whether both sides have elements;
/// where they do not, the values are those of the rule above.
struct DistanceMeasures {
  bool defined = false;
  double hd = 0;    // the largest of all
  double hd95 = 0;  // the larger side's percentile 95 (linear interpolation); MetricsReloaded
  double hd95_pooled = 0;     // percentile 95 of both sides together; medpy
  double assd = 0;            // mean over the elements of both sides
  double masd = 0;            // mean of both sides' means
  double asd_prediction = 0;  // mean from the prediction to the truth
  double asd_truth = 0;
};

/// Of border pixels.
DistanceMeasures border_distances(const PairCounts& counts, const Spacing& spacing);

/// Share of the border pixels of both sides that lie within `tolerance` of the other border.
double nsd(const PairCounts& counts, const Spacing& spacing, double tolerance);

/// Of contours, weighted by their length (google-deepmind/surface-distance).
struct ContourMeasures {
  bool defined = false;
  double hd = 0;
  double hd95 = 0;  // the larger side's first distance at which 95 % of its length are reached
  double asd_truth = 0;
  double asd_prediction = 0;
  double length_truth = 0;
  double length_prediction = 0;
};
ContourMeasures contour_distances(const PairCounts& counts, const Spacing& spacing);

/// Share of the length of both contours that lies within `tolerance` of the other one.
double contour_nsd(const PairCounts& counts, const Spacing& spacing, double tolerance);

}  // namespace angiobench
