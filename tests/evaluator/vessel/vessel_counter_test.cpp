// SPDX-License-Identifier: MIT
#include "evaluator/vessel/vessel_counter.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "evaluator/counting/frame_counter.h"
#include "evaluator/vessel/pair_measures.h"
#include "tests/oracle/vessel_oracle.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

using test::mask_from;

Mask moved(const Mask& mask, int dx, int dy) {
  Mask result(mask.width(), mask.height());
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const int from_x = x - dx;
      const int from_y = y - dy;
      if (from_x >= 0 && from_x < mask.width() && from_y >= 0 && from_y < mask.height())
        result.at(x, y) = mask.at(from_x, from_y);
    }
  }
  return result;
}

Mask transposed(const Mask& mask) {
  Mask result(mask.height(), mask.width());
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) result.at(y, x) = mask.at(x, y);
  }
  return result;
}

// A truth and what a method may make of it: nearly the same, shifted, or something else.
struct Pair {
  Mask truth;
  Mask prediction;
};

Pair random_pair(int width, int height, std::mt19937_64& random) {
  Pair pair{test::random_mask(width, height, 1, random), {}};
  switch (random() % 4) {
    case 0:
      pair.prediction = test::random_mask(width, height, 1, random);
      break;
    case 1:
      pair.prediction = pair.truth;
      break;
    default:
      pair.prediction =
          moved(pair.truth, static_cast<int>(random() % 9) - 4, static_cast<int>(random() % 9) - 4);
      for (int i = 0; i < 5; ++i) {
        pair.prediction.at(static_cast<int>(random() % static_cast<unsigned>(width)),
                           static_cast<int>(random() % static_cast<unsigned>(height))) ^= 1U;
      }
  }
  return pair;
}

PairCounts count(VesselCounter& counter, const Pair& pair, const Spacing& spacing = {}) {
  PairCounts counts;
  counter.count(pair.truth.view(), pair.prediction.view(), PairNeeds::all(), spacing, counts);
  return counts;
}

PairCounts slow_count(const Pair& pair, const Spacing& spacing = {}) {
  return oracle::pair_counts(oracle::select(pair.truth.view(), 1),
                             oracle::select(pair.prediction.view(), 1), spacing);
}

// One line for what differs, so that a failure says more than "not equal".
std::string difference(const PairCounts& a, const PairCounts& b) {
  std::string text;
  const auto compare = [&](const char* name, const auto& x, const auto& y) {
    if (!(x == y)) text += std::string(name) + " ";
  };
  compare("size", a.width, b.width);
  compare("truth", a.truth, b.truth);
  compare("prediction", a.prediction, b.prediction);
  compare("intersection", a.intersection, b.intersection);
  compare("truth_skeleton", a.truth_skeleton, b.truth_skeleton);
  compare("truth_skeleton_found", a.truth_skeleton_found, b.truth_skeleton_found);
  compare("prediction_skeleton", a.prediction_skeleton, b.prediction_skeleton);
  compare("prediction_skeleton_inside", a.prediction_skeleton_inside, b.prediction_skeleton_inside);
  compare("truth_skeleton_near", a.truth_skeleton_near, b.truth_skeleton_near);
  compare("prediction_skeleton_near", a.prediction_skeleton_near, b.prediction_skeleton_near);
  compare("radius", a.radius, b.radius);
  compare("radius_found", a.radius_found, b.radius_found);
  compare("truth_components", a.truth_components, b.truth_components);
  compare("prediction_components", a.prediction_components, b.prediction_components);
  compare("truth_holes", a.truth_holes, b.truth_holes);
  compare("prediction_holes", a.prediction_holes, b.prediction_holes);
  compare("components_missed", a.components_missed, b.components_missed);
  compare("components_invented", a.components_invented, b.components_invented);
  compare("truth_border", a.truth_border, b.truth_border);
  compare("prediction_border", a.prediction_border, b.prediction_border);
  compare("truth_contour", a.truth_contour, b.truth_contour);
  compare("prediction_contour", a.prediction_contour, b.prediction_contour);
  compare("truth_boundary", a.truth_boundary, b.truth_boundary);
  compare("prediction_boundary", a.prediction_boundary, b.prediction_boundary);
  compare("truth_matched", a.truth_matched, b.truth_matched);
  compare("prediction_matched", a.prediction_matched, b.prediction_matched);
  return text;
}

// One suite over every level of vector instructions that this CPU runs.
class EveryLevel : public ::testing::TestWithParam<std::string_view> {
 protected:
  EveryLevel() { EXPECT_TRUE(counter_.use_level(GetParam())); }
  VesselCounter counter_;
};
INSTANTIATE_TEST_SUITE_P(VesselCounter, EveryLevel, ::testing::ValuesIn(FrameCounter::levels()),
                         [](const auto& level) { return std::string(level.param); });

TEST_P(EveryLevel, EqualsTheOracleOnRandomMasks) {
  std::mt19937_64 random(11);
  constexpr int kSizes[][2] = {{1, 1},   {1, 9},   {9, 1},   {8, 8},    {63, 16}, {64, 64},
                               {65, 17}, {66, 40}, {127, 9}, {128, 23}, {130, 70}};
  for (int round = 0; round < 12; ++round) {
    for (const auto& [width, height] : kSizes) {
      const Pair pair = random_pair(width, height, random);
      ASSERT_EQ(difference(count(counter_, pair), slow_count(pair)), "")
          << width << "x" << height << " round " << round;
    }
  }
}

TEST_P(EveryLevel, EqualsTheOracleWhereMasksAreFarApart) {
  // Wider than the columns that the far search takes at a time, with targets on both sides and
  // none.
  Pair pair{Mask(700, 90), Mask(700, 90)};
  for (int i = 0; i < 12; ++i) {
    for (int k = 0; k < 9; ++k) {
      pair.truth.at(3 + i, 70 + k) = 1;
      pair.truth.at(650 + i, 5 + k) = 1;
      pair.prediction.at(300 + i, 2 + k) = 1;
      pair.prediction.at(420 + 2 * i, 80 + k) = 1;
    }
  }
  ASSERT_EQ(difference(count(counter_, pair), slow_count(pair)), "");
}

TEST_P(EveryLevel, EqualsTheOracleUnderAnySpacing) {
  std::mt19937_64 random(12);
  // Powers of two: sums of squares are exact, so that ties are ties on both sides.
  for (const Spacing& spacing : {Spacing{0.5, 0.25}, Spacing{0.25, 1}, Spacing{0.5, 0.5}}) {
    for (int round = 0; round < 8; ++round) {
      const Pair pair = random_pair(90, 33, random);
      const PairCounts ours = count(counter_, pair, spacing);
      const PairCounts theirs = slow_count(pair, spacing);
      const DistanceMeasures a = border_distances(ours, spacing);
      const DistanceMeasures b = border_distances(theirs, spacing);
      EXPECT_EQ(a.hd, b.hd);
      EXPECT_EQ(a.hd95, b.hd95);
      EXPECT_EQ(a.hd95_pooled, b.hd95_pooled);
      EXPECT_NEAR(a.assd, b.assd, 1e-12);
      EXPECT_EQ(nsd(ours, spacing, 0.75), nsd(theirs, spacing, 0.75));
      const ContourMeasures c = contour_distances(ours, spacing);
      const ContourMeasures d = contour_distances(theirs, spacing);
      EXPECT_EQ(c.hd, d.hd);
      EXPECT_EQ(c.hd95, d.hd95);
      EXPECT_NEAR(c.asd_truth, d.asd_truth, 1e-12);
      EXPECT_NEAR(contour_nsd(ours, spacing, 0.75), contour_nsd(theirs, spacing, 0.75), 1e-12);
    }
  }
}

TEST_P(EveryLevel, ThinsEveryNeighbourhoodByTheTable) {
  constexpr int kAt[8][2] = {{1, 1}, {2, 1}, {3, 1}, {3, 2}, {3, 3}, {2, 3}, {1, 3}, {1, 2}};
  for (int code = 0; code < 256; ++code) {
    // Across a border of words, too.
    for (const int left : {0, 61, 62}) {
      Mask mask(70, 5);
      mask.at(left + 2, 2) = 1;
      for (int i = 0; i < 8; ++i) {
        if (((code >> i) & 1) != 0) mask.at(left + kAt[i][0], kAt[i][1]) = 1;
      }
      ASSERT_EQ(oracle::select(counter_.skeleton(mask.view()).view(), 1),
                oracle::skeleton(oracle::select(mask.view(), 1)))
          << "code " << code << " at " << left;
    }
  }
}

TEST_P(EveryLevel, TheSkeletonHasTheComponentsAndHolesOfTheMask) {
  std::mt19937_64 random(13);
  for (int round = 0; round < 60; ++round) {
    const Mask mask = test::random_mask(100, 75, 1, random);
    const Pair pair{mask, counter_.skeleton(mask.view())};
    const PairCounts counts = count(counter_, pair);
    EXPECT_EQ(counts.truth_components, counts.prediction_components);
    EXPECT_EQ(counts.truth_holes, counts.prediction_holes);
    EXPECT_EQ(counts.truth == 0, counts.prediction == 0);
    EXPECT_EQ(counts.prediction, counts.truth_skeleton);
  }
}

TEST(VesselCounter, FollowsTheLawsOfItsMeasures) {
  VesselCounter counter;
  std::mt19937_64 random(14);
  for (int round = 0; round < 60; ++round) {
    const Pair pair = random_pair(90, 60, random);
    const PairCounts counts = count(counter, pair);
    const DistanceMeasures distances = border_distances(counts, {});
    EXPECT_LE(distances.hd95, distances.hd);
    EXPECT_LE(distances.hd95_pooled, distances.hd);
    double before = 0;
    for (double tolerance = 0; tolerance < 6; tolerance += 0.5) {
      const double here = nsd(counts, {}, tolerance);
      EXPECT_GE(here, before);
      before = here;
    }
    for (std::size_t i = 1; i < kBoundaryRadii.size(); ++i)
      EXPECT_GE(boundary_f_at(counts, i), boundary_f_at(counts, i - 1));

    const PairCounts same = count(counter, {pair.truth, pair.truth});
    EXPECT_EQ(cldice(same), 1);
    EXPECT_EQ(border_distances(same, {}).hd, 0);
    EXPECT_EQ(contour_nsd(same, {}, 0), 1);
  }
}

TEST(VesselCounter, TranspositionChangesTheSkeletonOnly) {
  VesselCounter counter;
  std::mt19937_64 random(15);
  for (int round = 0; round < 30; ++round) {
    const Pair pair = random_pair(70, 110, random);
    PairCounts straight = count(counter, pair);
    PairCounts turned = count(counter, {transposed(pair.truth), transposed(pair.prediction)});
    std::swap(turned.width, turned.height);
    for (PairCounts* const counts : {&straight, &turned}) {
      counts->truth_skeleton = counts->truth_skeleton_found = counts->truth_skeleton_near = 0;
      counts->prediction_skeleton = counts->prediction_skeleton_inside = 0;
      counts->prediction_skeleton_near = 0;
      counts->radius = counts->radius_found = {};
    }
    const ContourMeasures a = contour_distances(straight, {});
    const ContourMeasures b = contour_distances(turned, {});
    EXPECT_EQ(a.hd, b.hd);
    EXPECT_EQ(a.hd95, b.hd95);
    EXPECT_NEAR(a.asd_truth, b.asd_truth, 1e-12);
    // Elements along rows became elements along columns.
    straight.truth_contour = straight.prediction_contour = {};
    turned.truth_contour = turned.prediction_contour = {};
    // DAVIS's boundary looks right and down: turned, it is the same.
    EXPECT_EQ(difference(straight, turned), "");
  }
}

TEST(VesselCounter, CountsOnlyWhatIsAskedFor) {
  VesselCounter counter;
  const Mask mask = mask_from({"......", ".####.", ".####.", "......"});
  PairCounts counts;
  counter.count(mask.view(), mask.view(), {}, {}, counts);
  PairCounts areas;
  areas.width = 6;
  areas.height = 4;
  areas.truth = areas.prediction = areas.intersection = 8;
  EXPECT_EQ(difference(counts, areas), "");
  PairNeeds needs;
  needs.topology = true;
  counter.count(mask.view(), mask.view(), needs, {}, counts);
  areas.truth_components = areas.prediction_components = 1;
  EXPECT_EQ(difference(counts, areas), "");
}

TEST(VesselCounter, TakesThePlanesOfAFrameCounterWithoutItsVoidPixels) {
  const Mask truth = mask_from({"11..22", "11.v22", "...v..", "3....."});
  Mask with_void = truth;
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      if (truth.at(x, y) > 9) with_void.at(x, y) = kVoidLabel;
    }
  }
  const Mask prediction = mask_from({"1...22", "11.222", "...2..", "......"});
  FrameCounter frames;
  CountingRules rules;
  rules.void_label = kVoidLabel;
  std::vector<ObjectCounts> objects;
  frames.count(with_void.view(), prediction.view(), rules, objects);
  VesselCounter counter;
  for (const ObjectCounts& object : objects) {
    PairCounts counts;
    counter.count(frames.truth_planes(), object.id, frames.prediction_planes(), object.id,
                  PairNeeds::all(), {}, counts);
    EXPECT_EQ(counts.truth, object.counts.truth) << object.id;
    EXPECT_EQ(counts.prediction, object.counts.prediction) << object.id;
    EXPECT_EQ(counts.intersection, object.counts.intersection) << object.id;
    EXPECT_EQ(counts.truth_boundary, object.counts.truth_boundary) << object.id;
  }
  EXPECT_EQ(objects.size(), 3U);
}

TEST(VesselCounter, MeasuresImagesWhoseSidesExceedTheFarSearch) {
  Pair pair{Mask(20100, 1), Mask(20100, 1)};
  pair.truth.at(0, 0) = 1;
  pair.prediction.at(20099, 0) = 1;
  VesselCounter counter;
  const PairCounts counts = count(counter, pair);
  const std::vector<DistanceBin> expected = {{std::uint64_t{20099} * 20099, 1, 0}};
  EXPECT_EQ(counts.truth_border.bins, expected);
  EXPECT_EQ(counts.prediction_border.bins, expected);
}

TEST(VesselCounter, KeepsNothingOfTheFrameBefore) {
  VesselCounter used;
  std::mt19937_64 random(16);
  for (int round = 0; round < 40; ++round) {
    const Pair pair = random_pair(1 + static_cast<int>(random() % 200),
                                  1 + static_cast<int>(random() % 60), random);
    VesselCounter fresh;
    ASSERT_EQ(difference(count(used, pair), count(fresh, pair)), "") << round;
  }
}

}  // namespace
}  // namespace angiobench
