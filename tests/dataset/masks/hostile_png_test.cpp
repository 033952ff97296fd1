// SPDX-License-Identifier: MIT
#include "tests/support/hostile_png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <set>

#include "dataset/masks/png.h"

namespace angiobench::test {

void PrintTo(const HostilePng& png, std::ostream* out) { *out << png.name; }
void PrintTo(const UnusualPng& png, std::ostream* out) { *out << png.name; }

namespace {

constexpr int kWidth = 40;
constexpr int kHeight = 30;

MaskDecodeOptions rules() {
  MaskDecodeOptions options;
  options.role = MaskRole::prediction;
  options.expected_width = kWidth;
  options.expected_height = kHeight;
  return options;
}

class HostilePngTest : public testing::TestWithParam<HostilePng> {};

TEST_P(HostilePngTest, EndsInItsOwnMessage) {
  const HostilePng& png = GetParam();
  MaskDecoder decoder;
  const auto start = std::chrono::steady_clock::now();
  try {
    decoder.decode(png.bytes, rules(), "evil.png");
    FAIL() << "it was decoded";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), png.kind) << error.what();
    EXPECT_THAT(error.what(), testing::HasSubstr(png.words));
    EXPECT_EQ(error.path(), "evil.png");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

// The decoder is as good as new afterwards.
TEST_P(HostilePngTest, LeavesTheDecoderIntact) {
  MaskDecoder decoder;
  EXPECT_THROW(decoder.decode(GetParam().bytes, rules(), "evil.png"), Error);
  for (const UnusualPng& good : unusual_pngs(kWidth, kHeight)) {
    EXPECT_EQ(decoder.decode(good.bytes, rules(), "good.png").at(0, 0), 1) << good.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, HostilePngTest, testing::ValuesIn(hostile_pngs(kWidth, kHeight)),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(PngLimitTest, AMillionByAMillionIsALimitWhereTheSizeIsNotKnown) {
  for (const HostilePng& png : hostile_pngs(kWidth, kHeight)) {
    if (png.name != "million_by_million") continue;
    MaskDecoder decoder;
    try {
      decoder.decode(png.bytes, {}, "evil.png");
      FAIL() << "it was decoded";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::limit);
    }
  }
}

class UnusualPngTest : public testing::TestWithParam<UnusualPng> {};

TEST_P(UnusualPngTest, HasItsLabels) {
  MaskDecoder decoder;
  const MaskView view = decoder.decode(GetParam().bytes, rules(), "unusual.png");
  Mask expected(kWidth, kHeight);
  expected.at(0, 0) = 1;
  EXPECT_EQ(Mask(view), expected);
}

INSTANTIATE_TEST_SUITE_P(Kinds, UnusualPngTest, testing::ValuesIn(unusual_pngs(kWidth, kHeight)),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(LabelFloodTest, IsAWellFormedMaskOf65Ids) {
  MaskDecoder decoder;
  const MaskView view = decoder.decode(label_flood_png(kWidth, kHeight), rules(), "flood.png");
  std::set<int> ids;
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) ids.insert(view.at(x, y));
  }
  EXPECT_EQ(ids.size(), 66U);
}

}  // namespace
}  // namespace angiobench::test
