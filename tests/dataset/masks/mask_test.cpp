// SPDX-License-Identifier: MIT
#include "dataset/masks/mask.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/support/masks.h"

namespace angiobench {
namespace {

TEST(Mask, KeepsThePixelsOfAStridedView) {
  const Mask whole = test::mask_from({"1234", "5678", "9abc"});
  const MaskView window{whole.pixels() + 1, 2, 3, 4};
  EXPECT_EQ(Mask(window), test::mask_from({"23", "67", "ab"}));
}

TEST(MaskLabels, AreTheSameAsRunsAndAsPixels) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    const Mask mask = test::random_mask(1 + static_cast<int>(random() % 60),
                                        1 + static_cast<int>(random() % 20), 3, random);
    std::vector<LabelRun> storage;
    const MaskLabels runs = runs_of(mask.view(), storage);
    ASSERT_TRUE(runs.has_runs);
    const std::vector<LabelRun> expected = test::runs_of(mask);
    ASSERT_TRUE(std::ranges::equal(runs.runs, expected));
    Mask drawn;
    ASSERT_EQ(Mask(pixels_of(runs, drawn)), mask);
  }
}

TEST(ForEachPair, ShowsEveryPixelOfEitherMaskOnce) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 300; ++round) {
    const int width = 1 + static_cast<int>(random() % 40);
    const int height = 1 + static_cast<int>(random() % 12);
    const Mask first = test::random_mask(width, height, 3, random);
    const Mask second = test::random_mask(width, height, 3, random);
    Mask seen_first(width, height);
    Mask seen_second(width, height);
    for_each_pair(test::runs_of(first), test::runs_of(second),
                  [&](int y, int begin, int end, int own, int other) {
                    ASSERT_LT(begin, end);
                    ASSERT_TRUE(own != 0 || other != 0);
                    for (int x = begin; x < end; ++x) {
                      ASSERT_EQ(seen_first.at(x, y) + seen_second.at(x, y), 0);
                      seen_first.at(x, y) = static_cast<std::uint8_t>(own);
                      seen_second.at(x, y) = static_cast<std::uint8_t>(other);
                    }
                  });
    ASSERT_EQ(seen_first, first);
    ASSERT_EQ(seen_second, second);
  }
}

}  // namespace
}  // namespace angiobench
