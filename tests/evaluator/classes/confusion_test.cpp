// SPDX-License-Identifier: MIT
#include "evaluator/classes/confusion.h"

#include <gtest/gtest.h>

#include <random>

#include "evaluator/counting/frame_counter.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

using test::mask_from;

// Pixel by pixel.
ConfusionMatrix slow_count(const Mask& truth, const Mask& prediction, const ClassRules& rules) {
  ConfusionMatrix matrix(rules.num_classes);
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      if (truth.at(x, y) == rules.void_label) continue;
      ++matrix.at(rules.truth_map[truth.at(x, y)], rules.prediction_map[prediction.at(x, y)]);
    }
  }
  return matrix;
}

ClassRules rules_of(int num_classes) {
  ClassRules rules;
  rules.num_classes = num_classes;
  return rules;
}

TEST(ConfusionCounter, EqualsACountOfPixelsAtEveryLevel) {
  std::mt19937_64 random(21);
  for (const std::string_view level : FrameCounter::levels()) {
    ConfusionCounter counter;
    ASSERT_TRUE(counter.use_level(level));
    for (int round = 0; round < 60; ++round) {
      const int width = 1 + static_cast<int>(random() % 150);
      const int height = 1 + static_cast<int>(random() % 40);
      Mask truth = test::random_mask(width, height, 5, random);
      const Mask prediction = test::random_mask(width, height, 5, random);
      if (round % 2 == 0) {
        for (int i = 0; i < 30; ++i) {
          truth.at(static_cast<int>(random() % static_cast<unsigned>(width)),
                   static_cast<int>(random() % static_cast<unsigned>(height))) = kVoidLabel;
        }
      }
      ConfusionMatrix matrix;
      ASSERT_FALSE(counter.count(truth.view(), prediction.view(), rules_of(6), matrix));
      ASSERT_EQ(matrix, slow_count(truth, prediction, rules_of(6))) << level << " " << round;
    }
  }
}

TEST(ConfusionCounter, NamesALabelThatIsNoClass) {
  ConfusionCounter counter;
  ConfusionMatrix matrix;
  const Mask good = mask_from({"0123", "0000"});
  const Mask stray = mask_from({"0124", "0000"});
  const auto in_prediction = counter.count(good.view(), stray.view(), rules_of(4), matrix);
  EXPECT_EQ(in_prediction, (ConfusionCounter::StrayLabel{true, 4}));
  const auto in_truth = counter.count(stray.view(), good.view(), rules_of(4), matrix);
  EXPECT_EQ(in_truth, (ConfusionCounter::StrayLabel{false, 4}));
  // Void is the truth's only.
  Mask with_void = good;
  with_void.at(0, 1) = kVoidLabel;
  EXPECT_FALSE(counter.count(with_void.view(), good.view(), rules_of(4), matrix));
  EXPECT_EQ(matrix.total(), 7U);
  EXPECT_EQ(counter.count(good.view(), with_void.view(), rules_of(4), matrix),
            (ConfusionCounter::StrayLabel{true, kVoidLabel}));
}

TEST(ConfusionMatrix, ClassesOfNeitherSideHaveNoValueAndInventedOnesCountZero) {
  const Mask truth = mask_from({"0011", "0011"});
  const Mask prediction = mask_from({"0012", "0012"});
  ConfusionCounter counter;
  ConfusionMatrix matrix;
  ASSERT_FALSE(counter.count(truth.view(), prediction.view(), rules_of(4), matrix));
  EXPECT_EQ(class_iou(matrix, 0), 1);
  EXPECT_EQ(class_iou(matrix, 1), 0.5);
  EXPECT_EQ(class_iou(matrix, 2), 0);
  EXPECT_EQ(class_iou(matrix, 3), std::nullopt);
  EXPECT_EQ(class_dice(matrix, 1), 4.0 / 6);
  EXPECT_EQ(class_sensitivity(matrix, 1), 0.5);
  EXPECT_EQ(class_sensitivity(matrix, 2), std::nullopt);
  EXPECT_EQ(class_precision(matrix, 1), 1);
  EXPECT_EQ(class_precision(matrix, 2), 0);
  EXPECT_EQ(mean_iou(matrix, all_classes(4)), 0.5);
  EXPECT_EQ(mean_iou(matrix, foreground_classes(4)), 0.25);
  EXPECT_EQ(mean_iou(matrix, std::vector<int>{3}), std::nullopt);
  EXPECT_EQ(pixel_accuracy(matrix), 0.75);
  EXPECT_EQ(frequency_weighted_iou(matrix), 0.75);
}

TEST(ConfusionMatrix, SumsDoNotLoseAPixel) {
  // In float32 the second addition would be lost.
  ConfusionMatrix large(2);
  large.at(0, 0) = std::uint64_t{1} << 40;
  ConfusionMatrix one(2);
  one.at(0, 0) = 1;
  one.at(1, 0) = 2;
  ConfusionMatrix sum;
  sum.add(large);
  sum.add(one);
  EXPECT_EQ(sum.at(0, 0), (std::uint64_t{1} << 40) + 1);
  EXPECT_EQ(sum.truth(1), 2U);
  EXPECT_EQ(sum.prediction(1), 0U);
}

TEST(ConfusionMatrix, AnEmptySplitHasNoValues) {
  const ConfusionMatrix matrix(3);
  EXPECT_EQ(pixel_accuracy(matrix), std::nullopt);
  EXPECT_EQ(frequency_weighted_iou(matrix), std::nullopt);
  EXPECT_EQ(mean_dice(matrix, all_classes(3)), std::nullopt);
}

}  // namespace
}  // namespace angiobench
