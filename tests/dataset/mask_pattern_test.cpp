// SPDX-License-Identifier: MIT
#include "dataset/mask_pattern.h"

#include <gtest/gtest.h>

namespace angiobench {
namespace {

MaskPattern parsed(std::string_view text) {
  const std::optional<MaskPattern> pattern = MaskPattern::parse(text);
  EXPECT_TRUE(pattern.has_value()) << text;
  return pattern.value_or(MaskPattern());
}

TEST(MaskPattern, SaysWhereAFramesMaskLies) {
  EXPECT_EQ(parsed("{sequence}/{frame}.png").path("v00", "v00", "", "00001"), "v00/00001.png");
  EXPECT_EQ(parsed("{sequence}/masks/{frame}_seg.png").path("a/v00", "v00", "", "7"),
            "a/v00/masks/7_seg.png");
  EXPECT_EQ(parsed("{sequence}/{object}/{frame}.png").path("v", "v", "002", "4"), "v/002/4.png");
  EXPECT_EQ(parsed("label_{sequence}.png").path("", "s7", "", "label_s7"), "label_s7.png");
  EXPECT_EQ(parsed("{frame}.npy").path("labels", "image", "", "target"), "labels/target.npy");
}

TEST(MaskPattern, CountsSingleFiles) {
  const MaskPattern pattern = parsed("pre_b{rank}.png");
  EXPECT_TRUE(pattern.is_ranked());
  EXPECT_FALSE(pattern.has_sequence_folder());
  EXPECT_EQ(pattern.path("", "s12", "", "3"), "pre_b3.png");
  EXPECT_FALSE(parsed("label_{sequence}.png").is_ranked());
}

TEST(MaskPattern, ReadsTheNameBackFromAFile) {
  const MaskPattern pattern = parsed("{sequence}/x{frame}_seg.png");
  EXPECT_EQ(pattern.name_in("x12_seg.png"), "12");
  EXPECT_EQ(pattern.name_in("x_seg.png"), std::nullopt);
  EXPECT_EQ(pattern.name_in("12_seg.png"), std::nullopt);
  EXPECT_EQ(pattern.name_in("x12.png"), std::nullopt);
  EXPECT_EQ(pattern.extension(), ".png");
}

TEST(MaskPattern, RefusesWhatIsNone) {
  for (const char* const text :
       {"", "{sequence}", "{frame}", "masks/{frame}.png", "{sequence}/{sequence}.png",
        "{sequence}/../{frame}.png", "{sequence}//{frame}.png", "{object}/{frame}.png",
        "{sequence}/{frame}{frame}.png", "{sequence}/{time}.png", "/{frame}.png",
        "{sequence}/{rank}.png"}) {
    EXPECT_FALSE(MaskPattern::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace angiobench
