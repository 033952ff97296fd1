// SPDX-License-Identifier: MIT
#include "tests/support/hostile_png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libdeflate.h>

#include <chrono>
#include <ostream>
#include <set>

#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "tests/support/png_writer.h"

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

// What is wrong with a file is judged in one place: plain files and interlaced ones, of labels and
// of colours, of 1 to 16 bits have the same verdict.
TEST(PngVerdictTest, IsTheSameForEveryKindOfFile) {
  std::size_t num_checked = 0;
  for (const auto& [depth, type] :
       {std::pair{8, 3}, std::pair{2, 3}, std::pair{8, 0}, std::pair{1, 0}, std::pair{16, 0},
        std::pair{8, 2}, std::pair{16, 4}, std::pair{8, 6}}) {
    for (const bool interlaced : {false, true}) {
      for (const PngVerdict& one : png_verdicts(depth, type, interlaced)) {
        SCOPED_TRACE(one.name + ", type " + std::to_string(type) + " of " + std::to_string(depth) +
                     " bits" + (interlaced ? ", interlaced" : ""));
        std::string said;
        try {
          MaskDecoder decoder;
          EXPECT_EQ(Mask(decoder.decode(one.bytes, {}, "mask.png")), Mask(9, 9));
        } catch (const Error& error) {
          said = error.what();
        }
        EXPECT_EQ(said.empty(), one.words.empty()) << said;
        EXPECT_THAT(said, testing::HasSubstr(one.words));
        ++num_checked;
      }
    }
  }
  EXPECT_GT(num_checked, 280U);
}

// An index is a label, whether the palette has a colour for it or not: files of masks are made with
// palettes of all lengths.
TEST(PngVerdictTest, TakesAnIndexBeyondThePalette) {
  Mask mask(9, 9);
  mask.at(4, 4) = 7;
  for (const bool interlaced : {false, true}) {
    std::vector<std::uint8_t> file = write_png(mask.view(), {3, 8, interlaced});
    // The palette of 256 colours becomes one of 2: its length, its content, its checksum.
    constexpr std::size_t kPalette = 8 + 25;
    const std::size_t length = std::size_t{file[kPalette + 2]} << 8 | file[kPalette + 3];
    std::vector<std::uint8_t> palette = {0, 0, 0, 6, 'P', 'L', 'T', 'E', 0, 0, 0, 9, 9, 9};
    const std::uint32_t crc = libdeflate_crc32(0, palette.data() + 4, 10);
    for (const int shift : {24, 16, 8, 0})
      palette.push_back(static_cast<std::uint8_t>(crc >> shift));
    file.erase(file.begin() + kPalette,
               file.begin() + static_cast<std::ptrdiff_t>(kPalette + length + 12));
    file.insert(file.begin() + kPalette, palette.begin(), palette.end());
    MaskDecoder decoder;
    EXPECT_EQ(Mask(decoder.decode(file, {}, "mask.png")), mask);
  }
}

TEST(PngLimitTest, MemoryIsALimitBeforeAnythingIsAllocated) {
  // 8192 x 8192 pixels of 4 x 16 bits would take 576 MiB.
  const std::vector<std::uint8_t> file = png_with_header(8192, 8192, 16, 6);
  MaskDecoder decoder;
  for (const bool samples : {false, true}) {
    try {
      samples ? void(decoder.decode_samples(file, {}, "m")) : void(decoder.decode(file, {}, "m"));
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::limit);
      EXPECT_STREQ(error.what(),
                   "m: takes 576 MiB of memory (8192x8192 pixels of 64 bits); "
                   "expected at most 200 MiB a frame");
    }
  }
}

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
