// SPDX-License-Identifier: MIT
#include "evaluator/vessel/pair_measures.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluator/vessel/vessel_counter.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

using test::mask_from;

PairCounts count(const Mask& truth, const Mask& prediction, const Spacing& spacing = {}) {
  VesselCounter counter;
  PairCounts counts;
  counter.count(truth.view(), prediction.view(), PairNeeds::all(), spacing, counts);
  return counts;
}

const Mask kNothing = mask_from({"......", "......", "......", "......"});
const Mask kBlock = mask_from({"......", ".##...", ".##...", "......"});

TEST(PairMeasures, BothEmptyIsAgreement) {
  const PairCounts counts = count(kNothing, kNothing);
  EXPECT_TRUE(counts.both_empty());
  EXPECT_EQ(pair_iou(counts), 1);
  EXPECT_EQ(pair_dice(counts), 1);
  EXPECT_EQ(pair_precision(counts), 1);
  EXPECT_EQ(pair_sensitivity(counts), 1);
  EXPECT_EQ(pair_specificity(counts), 1);
  EXPECT_EQ(pair_accuracy(counts), 1);
  EXPECT_EQ(pair_mcc(counts), std::nullopt);
  EXPECT_EQ(cldice(counts), 1);
  EXPECT_EQ(centreline_recall(counts), 1);
  EXPECT_EQ(boundary_f_at(counts, 0), 1);
  EXPECT_EQ(b0_error(counts), 0U);
  const DistanceMeasures distances = border_distances(counts, {});
  EXPECT_FALSE(distances.defined);
  EXPECT_EQ(distances.hd, 0);
  EXPECT_EQ(distances.hd95, 0);
  EXPECT_EQ(nsd(counts, {}, 1), 1);
  EXPECT_EQ(contour_distances(counts, {}).hd, 0);
  EXPECT_EQ(contour_nsd(counts, {}, 1), 1);
}

TEST(PairMeasures, OneEmptySideIsNeverBetterThanAnythingFound) {
  for (const bool truth_is_empty : {true, false}) {
    const PairCounts counts = truth_is_empty ? count(kNothing, kBlock) : count(kBlock, kNothing);
    EXPECT_TRUE(counts.one_empty());
    EXPECT_EQ(pair_iou(counts), 0);
    EXPECT_EQ(pair_dice(counts), 0);
    EXPECT_EQ(pair_precision(counts), truth_is_empty ? std::optional(0.0) : std::nullopt);
    EXPECT_EQ(pair_sensitivity(counts), truth_is_empty ? std::nullopt : std::optional(0.0));
    EXPECT_EQ(pair_mcc(counts), std::nullopt);
    EXPECT_EQ(cldice(counts), 0);
    EXPECT_EQ(cldice_precision(counts), truth_is_empty ? std::optional(0.0) : std::nullopt);
    EXPECT_EQ(cldice_sensitivity(counts), truth_is_empty ? std::nullopt : std::optional(0.0));
    EXPECT_EQ(nsd(counts, {}, 100), 0);
    EXPECT_EQ(contour_nsd(counts, {}, 100), 0);
    EXPECT_EQ(b0_error(counts), 1U);
    EXPECT_EQ(counts.components_missed, truth_is_empty ? 0U : 1U);
    EXPECT_EQ(counts.components_invented, truth_is_empty ? 1U : 0U);
    const DistanceMeasures distances = border_distances(counts, {});
    EXPECT_FALSE(distances.defined);
    EXPECT_EQ(distances.hd95, std::sqrt(3.0 * 3 + 5 * 5));
    EXPECT_EQ(distances.assd, distances.hd95);
    EXPECT_EQ(contour_distances(counts, {}).hd95, distances.hd95);
    EXPECT_EQ(border_distances(counts, {2, 3}).hd, std::sqrt(6.0 * 6 + 15 * 15));
  }
}

TEST(PairMeasures, CellsWithoutPixelsGiveNoCorrelation) {
  const Mask full(6, 4, 1);
  const PairCounts counts = count(full, full);
  EXPECT_EQ(pair_mcc(counts), std::nullopt);
  EXPECT_EQ(pair_specificity(counts), std::nullopt);
  EXPECT_EQ(pair_accuracy(counts), 1);
}

TEST(PairMeasures, CorrelationOfALargeImageDoesNotOverflow) {
  PairCounts counts;
  counts.width = counts.height = 46000;
  counts.truth = counts.prediction = 1000000000;
  counts.intersection = 900000000;
  const double tn = 46000.0 * 46000 - 1.1e9;
  const double expected = (9e8 * tn - 1e16) / (1e9 * (tn + 1e8));
  EXPECT_NEAR(pair_mcc(counts).value(), expected, 1e-15);
}

TEST(PairMeasures, DistancesOfTwoPixelsAreWorkedOutByHand) {
  const Mask truth = mask_from({"#.....", "......", "......", "......"});
  const Mask prediction = mask_from({"......", "......", "......", "...#.."});
  const PairCounts counts = count(truth, prediction);
  const DistanceMeasures pixels = border_distances(counts, {});
  EXPECT_TRUE(pixels.defined);
  EXPECT_EQ(pixels.hd, std::sqrt(18.0));
  EXPECT_EQ(pixels.hd95, std::sqrt(18.0));
  EXPECT_EQ(pixels.masd, std::sqrt(18.0));
  EXPECT_EQ(nsd(counts, {}, 4.2), 0);
  EXPECT_EQ(nsd(counts, {}, 4.3), 1);
  const Spacing isotropic{0.5, 0.5};
  EXPECT_EQ(border_distances(counts, isotropic).hd, 0.5 * std::sqrt(18.0));
  const Spacing tall{2, 0.5};
  const PairCounts under_tall = count(truth, prediction, tall);
  EXPECT_EQ(border_distances(under_tall, tall).hd, std::sqrt(36 + 2.25));
  // Four corners around each pixel, half a diagonal each.
  const ContourMeasures contour = contour_distances(counts, {});
  EXPECT_NEAR(contour.length_truth, 2 * std::sqrt(2.0), 1e-15);
  EXPECT_EQ(contour.hd, std::sqrt(18.0));
}

TEST(PairMeasures, PercentilesOfBothSidesAndOfOneDiffer) {
  // The prediction has the truth's twenty pixels and one far off: one of 21 is beyond 95 % of one
  // side, one of 41 is not of both.
  Mask truth(60, 1);
  for (int x = 0; x < 20; ++x) truth.at(x, 0) = 1;
  Mask prediction = truth;
  prediction.at(59, 0) = 1;
  const PairCounts counts = count(truth, prediction);
  const DistanceMeasures distances = border_distances(counts, {});
  EXPECT_EQ(distances.hd, 40);
  EXPECT_EQ(distances.hd95, 0);
  EXPECT_EQ(distances.hd95_pooled, 0);
  EXPECT_NEAR(distances.assd, 40.0 / 41, 1e-15);
  EXPECT_NEAR(distances.asd_prediction, 40.0 / 21, 1e-15);
  EXPECT_EQ(distances.asd_truth, 0);
  prediction.at(58, 0) = 1;
  // 22 distances: place 0.95 * 21 = 19.95 lies between a 0 and the 39.
  EXPECT_NEAR(border_distances(count(truth, prediction), {}).hd95, 0.95 * 39, 1e-12);
}

TEST(PairMeasures, ABrokenVesselLosesItsPiecesAndItsLine) {
  const Mask truth = mask_from({"........", "########", "........", "..##....", "........"});
  const Mask prediction = mask_from({"........", "##..####", "........", "........", "......#."});
  const PairCounts counts = count(truth, prediction);
  EXPECT_EQ(counts.truth_components, 2U);
  EXPECT_EQ(counts.prediction_components, 3U);
  EXPECT_EQ(counts.components_missed, 1U);
  EXPECT_EQ(counts.components_invented, 1U);
  EXPECT_EQ(b0_error(counts), 1U);
  EXPECT_EQ(b1_error(counts), 0U);
  EXPECT_EQ(centreline_lost(counts), counts.truth_skeleton - counts.truth_skeleton_found);
  EXPECT_EQ(counts.truth_skeleton_found, 6U);
  EXPECT_EQ(centreline_invented(counts), 1U);
  EXPECT_EQ(radius_recall(counts, 0), 0.6);
  EXPECT_EQ(radius_recall(counts, 1), std::nullopt);
}

TEST(PairMeasures, HolesAreCountedWithFourNeighbours) {
  // Corners close a hole; one that reaches the edge is none.
  const Mask closed = mask_from({".##..", "#..#.", ".##..", "....."});
  const Mask open = mask_from({"##.##", "#...#", "#####", "....."});
  EXPECT_EQ(count(closed, open).truth_holes, 1U);
  EXPECT_EQ(count(closed, open).prediction_holes, 0U);
  EXPECT_EQ(b1_error(count(closed, open)), 1U);
}

}  // namespace
}  // namespace angiobench
