// SPDX-License-Identifier: MIT
#include "evaluator/classes/multilabel.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace angiobench {
namespace {

TEST(CountPlane, EqualsACountOfBytesAtAnyLength) {
  std::mt19937_64 random(31);
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 1000U, 20000U, 70001U}) {
    std::vector<std::uint8_t> truth(size);
    std::vector<std::uint8_t> prediction(size);
    LabelOverlap expected;
    for (std::size_t i = 0; i < size; ++i) {
      truth[i] = size == 20000U ? 1 : random() % 2;
      prediction[i] = size == 20000U ? 1 : random() % 3 == 0;
      expected.truth += truth[i];
      expected.intersection += truth[i] != 0 && prediction[i] != 0 ? 1 : 0;
      expected.union_area += truth[i] != 0 || prediction[i] != 0 ? 1 : 0;
    }
    EXPECT_EQ(count_plane(truth, prediction), expected) << size;
    PlaneOverlap parts;
    const std::span<const std::uint8_t> g = truth;
    const std::span<const std::uint8_t> p = prediction;
    parts.add(g.first(size / 3), p.first(size / 3));
    parts.add(g.subspan(size / 3), p.subspan(size / 3));
    EXPECT_EQ(parts.value(), expected) << size;
  }
}

TEST(CountPlane, RefusesBytesThatAreNeither0Nor1) {
  for (const std::size_t place : {0U, 40U, 99U}) {
    for (const std::uint8_t value : std::to_array<std::uint8_t>({2, 128, 255})) {
      std::vector<std::uint8_t> truth(100, 1);
      std::vector<std::uint8_t> prediction(100, 1);
      prediction[place] = value;
      EXPECT_EQ(count_plane(truth, prediction), std::nullopt);
      EXPECT_EQ(count_plane(prediction, truth), std::nullopt);
    }
  }
}

TEST(MultilabelSums, TheFourRulesDifferWhereLabelsAreAbsent) {
  // Label 0: found half in image 0, absent on both sides in image 1. Label 1: invented in image 0,
  // found in image 1. Label 2: nowhere.
  MultilabelSums sums(3);
  sums.add_image(std::vector<LabelOverlap>{{2, 1, 2}, {0, 0, 4}, {}});
  sums.add_image(std::vector<LabelOverlap>{{}, {4, 4, 4}, {}});
  EXPECT_NEAR(sums.iou(0, MultilabelRule::published).value(), 1 / (2 + 1e-6) / 2, 1e-15);
  EXPECT_EQ(sums.iou(0, MultilabelRule::ours), 0.5);
  EXPECT_EQ(sums.iou(1, MultilabelRule::ours), 0.5);
  EXPECT_EQ(sums.iou(1, MultilabelRule::present), 1);
  EXPECT_EQ(sums.iou(1, MultilabelRule::data_set), 0.5);
  EXPECT_EQ(sums.iou(2, MultilabelRule::published), 0);
  EXPECT_EQ(sums.iou(2, MultilabelRule::ours), std::nullopt);
  EXPECT_EQ(sums.mean_iou(MultilabelRule::ours), 0.5);
  EXPECT_EQ(sums.mean_iou(MultilabelRule::present), 0.75);
  EXPECT_EQ(sums.mean_iou(MultilabelRule::present, 1), 1);
  EXPECT_NEAR(sums.mean_dice(MultilabelRule::ours).value(), (2.0 / 3 + 0.5) / 2, 1e-15);
  EXPECT_EQ(sums.images(1), 2U);
  EXPECT_EQ(sums.truth_images(1), 1U);
  EXPECT_EQ(MultilabelSums(2).mean_iou(MultilabelRule::published), std::nullopt);
}

}  // namespace
}  // namespace angiobench
