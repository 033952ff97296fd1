// SPDX-License-Identifier: MIT
#include "evaluator/vessel/pair_packing.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "evaluator/vessel/vessel_counter.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

TEST(PairPacking, GivesBackWhatItWasGiven) {
  std::mt19937_64 random(12);
  VesselCounter counter;
  PairCounts counts;
  PairCounts again;
  std::size_t packed = 0;
  std::size_t held = 0;
  for (int round = 0; round < 60; ++round) {
    const Mask truth = test::random_mask(150, 90, 1, random);
    const Mask prediction = test::random_mask(150, 90, 1, random);
    const Spacing spacing = round % 3 == 0 ? Spacing{0.4, 0.7} : Spacing{};
    counter.count(truth.view(), prediction.view(), PairNeeds::all(), spacing, counts);
    const std::vector<std::uint8_t> bytes = pack_pair(counts);
    unpack_pair(bytes, again);  // into what held another pair
    EXPECT_EQ(again, counts) << round;
    packed += bytes.size();
    held += sizeof counts;
    for (const SideDistances* const side : {&counts.truth_border, &counts.prediction_border,
                                            &counts.truth_contour, &counts.prediction_contour})
      held += side->bins.size() * sizeof(DistanceBin);
  }
  EXPECT_LT(4 * packed, held);
}

TEST(PairPacking, TakesAnyNumber) {
  PairCounts counts;
  unpack_pair(pack_pair({}), counts);
  EXPECT_EQ(counts, PairCounts{});
  constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
  counts.width = std::numeric_limits<int>::max();
  counts.height = 1;
  counts.truth = counts.truth_skeleton_found = counts.components_invented = kMost;
  counts.radius = counts.radius_found = {kMost, 1, 127};
  counts.prediction_matched = {128, 0, kMost, 255};
  counts.truth_contour.elements = {1, kMost, 0, 16384};
  constexpr std::uint64_t kFar = std::uint64_t{65535} << 32 | 65535;
  counts.truth_contour.bins = {{0, 1, 0}, {0, 2, 3}, {36, kMost, 1}, {kFar, 1, 2}, {kFar, 9, 3}};
  PairCounts again;
  unpack_pair(pack_pair(counts), again);
  EXPECT_EQ(again, counts);
}

}  // namespace
}  // namespace angiobench
