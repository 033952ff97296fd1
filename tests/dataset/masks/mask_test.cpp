// SPDX-License-Identifier: MIT
#include "dataset/masks/mask.h"

#include <gtest/gtest.h>

#include "tests/support/masks.h"

namespace angiobench {
namespace {

TEST(Mask, KeepsThePixelsOfAStridedView) {
  const Mask whole = test::mask_from({"1234", "5678", "9abc"});
  const MaskView window{whole.pixels() + 1, 2, 3, 4};
  EXPECT_EQ(Mask(window), test::mask_from({"23", "67", "ab"}));
}

}  // namespace
}  // namespace angiobench
