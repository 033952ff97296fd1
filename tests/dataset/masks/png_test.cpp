// SPDX-License-Identifier: MIT
#include "dataset/masks/png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/error.h"
#include "tests/support/masks.h"
#include "tests/support/png_writer.h"

namespace angiobench {
namespace {

using test::PngKind;
using ::testing::HasSubstr;

Mask decode(const std::vector<std::uint8_t>& file, const MaskDecodeOptions& options = {}) {
  MaskDecoder decoder;
  return Mask(decoder.decode(file, options, "mask.png"));
}

// The same by way of runs, where the file gives them.
Mask decode_labels(const std::vector<std::uint8_t>& file, const MaskDecodeOptions& options = {}) {
  MaskDecoder decoder;
  Mask storage;
  return Mask(pixels_of(decoder.decode_labels(file, options, "mask.png"), storage));
}

template <typename Decode>
std::string message_of(Decode decode) {
  try {
    decode();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// The message of the Error that decoding must end in, to pixels and to runs.
std::string message_of(const std::vector<std::uint8_t>& file,
                       const MaskDecodeOptions& options = {}) {
  const std::string message = message_of([&] { decode(file, options); });
  EXPECT_EQ(message_of([&] { decode_labels(file, options); }), message);
  return message;
}

MaskDecodeOptions as_prediction() {
  MaskDecodeOptions options;
  options.role = MaskRole::prediction;
  return options;
}

TEST(MaskDecoder, ReadsBackWhatTheEncoderWrites) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 50; ++i) {
    const Mask mask = test::random_mask(1 + static_cast<int>(random() % 70),
                                        1 + static_cast<int>(random() % 40), 10, random);
    EXPECT_EQ(decode(encode_mask_png(mask.view(), voc_palette())), mask);
  }
}

// Every kind of file that libpng can write gives the same labels, whatever path decodes it.
class EveryPngKind : public ::testing::TestWithParam<PngKind> {};

TEST_P(EveryPngKind, GivesTheSameLabels) {
  const PngKind kind = GetParam();
  std::mt19937_64 random(7);
  for (int i = 0; i < 20; ++i) {
    const int num_labels = kind.bit_depth >= 8 ? 20 : (1 << kind.bit_depth) - 1;
    const Mask mask = test::random_mask(1 + static_cast<int>(random() % 67),
                                        1 + static_cast<int>(random() % 33), num_labels, random);
    const std::vector<std::uint8_t> file = test::write_png(mask.view(), kind);
    EXPECT_EQ(decode(file), mask);
    EXPECT_EQ(decode_labels(file), mask);
  }
}

std::vector<PngKind> every_kind() {
  std::vector<PngKind> kinds;
  for (const auto& [type, depths] : std::vector<std::pair<int, std::vector<int>>>{
           {0, {1, 2, 4, 8, 16}}, {3, {1, 2, 4, 8}}, {2, {8, 16}}, {4, {8, 16}}, {6, {8, 16}}}) {
    for (const int depth : depths) {
      for (const bool interlaced : {false, true}) {
        for (const int filter : {0, 1, 2, 3, 4, 5})
          kinds.push_back({type, depth, interlaced, filter, 8192});
      }
    }
  }
  kinds.push_back({3, 8, false, 0, 7});  // many IDAT chunks
  kinds.push_back({0, 1, false, 5, 11});
  return kinds;
}

INSTANTIATE_TEST_SUITE_P(MaskDecoder, EveryPngKind, ::testing::ValuesIn(every_kind()),
                         [](const auto& kind) { return test::name_of(kind.param); });

TEST(MaskDecoder, NamesATruncatedFile) {
  const std::vector<std::uint8_t> whole = encode_mask_png(Mask(64, 64, 3).view(), voc_palette());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::uint8_t> part(whole.begin(),
                                         whole.begin() + static_cast<std::ptrdiff_t>(size));
    const std::string message = message_of(part);
    EXPECT_THAT(message, HasSubstr("mask.png: ")) << size;
    EXPECT_NE(message, "no error") << size;
  }
  EXPECT_THAT(message_of({whole.begin(), whole.end() - 5}), HasSubstr("truncated"));
}

TEST(MaskDecoder, SeesEverySingleFlippedByte) {
  const std::vector<std::uint8_t> whole =
      encode_mask_png(test::mask_from({"0123", "3210"}).view(), voc_palette().first(4));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::vector<std::uint8_t> damaged = whole;
    damaged[i] ^= 0x40;
    EXPECT_NE(message_of(damaged), "no error") << "byte " << i;
  }
}

TEST(MaskDecoder, ChecksTheSizeBeforeItDecodes) {
  MaskDecodeOptions options = as_prediction();
  options.expected_width = 5;
  options.expected_height = 2;
  EXPECT_EQ(message_of(encode_mask_png(Mask(4, 2).view(), voc_palette()), options),
            "mask.png: the mask is 4x2 pixels; expected 5x2 as the ground truth");
}

TEST(MaskDecoder, RefusesAHugeHeaderWithoutAllocating) {
  std::vector<std::uint8_t> file = test::png_with_header(1'000'000, 1'000'000, 8, 3);
  EXPECT_THAT(message_of(file), HasSubstr("1000000x1000000 pixels"));
  try {
    decode(file);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::limit);
  }
}

TEST(MaskDecoder, HoldsPredictionsToTheSubmissionRules) {
  const Mask mask(3, 3, 1);
  EXPECT_EQ(message_of(test::write_png(mask.view(), {0, 8, false, 0, 8192}), as_prediction()),
            "no error");
  EXPECT_EQ(message_of(test::write_png(mask.view(), {2, 8, false, 0, 8192}), as_prediction()),
            "no error");
  EXPECT_EQ(message_of(test::write_png(mask.view(), {6, 8, false, 0, 8192}), as_prediction()),
            "no error");
  EXPECT_THAT(message_of(test::write_png(mask.view(), {0, 16, false, 0, 8192}), as_prediction()),
              HasSubstr("16 bits"));
  EXPECT_EQ(message_of(test::write_png(mask.view(), {4, 8, false, 0, 8192}), as_prediction()),
            "no error");  // as RGBA whose channels agree
}

TEST(MaskDecoder, MapsColoursOfAKnownPaletteAndRefusesOthers) {
  // voc_palette()[1] is (128, 0, 0), [2] is (0, 128, 0).
  const std::vector<Rgb> pixels = {{0, 0, 0}, {128, 0, 0}, {0, 128, 0}, {0, 0, 0}};
  const std::vector<std::uint8_t> file = test::write_rgb_png(2, 2, pixels);
  MaskDecodeOptions options;
  options.palette = voc_palette();
  EXPECT_EQ(decode(file, options), test::mask_from({"01", "20"}));
  EXPECT_THAT(message_of(file), HasSubstr("a colour mask: a pixel is (128, 0, 0) at x 1, y 0"));
  const std::vector<std::uint8_t> stray = test::write_rgb_png(2, 1, {{128, 0, 0}, {127, 3, 0}});
  EXPECT_THAT(message_of(stray, options), HasSubstr("(127, 3, 0) at x 1, y 0"));
}

TEST(MaskDecoder, RefusesSixteenBitValuesThatAreNoLabels) {
  EXPECT_THAT(message_of(test::write_grey16_png(2, 1, {5, 300})),
              HasSubstr("16-bit value 300 at x 1, y 0"));
}

TEST(MaskDecoder, HasReadableBytesAroundItsView) {
  MaskDecoder decoder;
  const std::vector<std::uint8_t> file = encode_mask_png(Mask(5, 5, 2).view(), voc_palette());
  const MaskView view = decoder.decode(file, {}, "mask.png");
  // Under AddressSanitizer these loads fail where the promise is broken.
  volatile std::uint8_t sum = 0;
  for (std::ptrdiff_t i = 1; i <= static_cast<std::ptrdiff_t>(kMaskPadding) - 1; ++i) {
    sum = static_cast<std::uint8_t>(sum + view.data[-i] + view.row(4)[4 + i]);
  }
  EXPECT_EQ(view.at(4, 4), 2);
}

// Rows that a view calls empty are, whoever wrote the file.
void expect_empty_rows(const MaskView& view) {
  for (int y = 0; y < view.height; ++y) {
    if (y >= view.num_empty_above && y < view.height - view.num_empty_below) continue;
    for (int x = 0; x < view.width; ++x) ASSERT_EQ(view.at(x, y), 0) << x << ", " << y;
  }
}

TEST(MaskDecoder, CallsOnlyEmptyRowsEmpty) {
  std::mt19937_64 random(8);
  MaskDecoder decoder;
  for (int i = 0; i < 400; ++i) {
    const Mask mask = test::random_mask(1 + static_cast<int>(random() % 300),
                                        1 + static_cast<int>(random() % 60), 3, random);
    PngKind kind{3, 8, false, static_cast<int>(random() % 2 * 4)};
    kind.idat_bytes = i % 5 == 0 ? 100 : 8192;
    const auto file = i % 2 == 0 ? test::write_png(mask.view(), kind)
                                 : encode_mask_png(mask.view(), voc_palette());
    expect_empty_rows(decoder.decode(file, {}, "mask.png"));
    if (HasFatalFailure()) return;
  }
}

TEST(MaskDecoder, KnowsMostEmptyRowsAtBothEndsOfAUsualMask) {
  Mask mask(400, 300);
  for (int y = 100; y < 150; ++y) {
    for (int x = 50; x < 90; ++x) mask.at(x, y) = 2;
  }
  MaskDecoder decoder;
  const auto file = encode_mask_png(mask.view(), voc_palette());
  const MaskView view = decoder.decode(file, {}, "mask.png");
  EXPECT_GE(view.num_empty_above, 98);
  EXPECT_GE(view.num_empty_below, 147);
  expect_empty_rows(view);

  // One colour throughout is no empty row, unless it is background.
  const auto full = encode_mask_png(Mask(400, 300, 1).view(), voc_palette());
  const MaskView full_view = decoder.decode(full, {}, "mask.png");
  expect_empty_rows(full_view);
  EXPECT_EQ(full_view.num_empty_above, 0);
  EXPECT_EQ(full_view.num_empty_below, 0);
  const auto empty = encode_mask_png(Mask(400, 300).view(), voc_palette());
  EXPECT_EQ(decoder.decode(empty, {}, "mask.png").num_empty_above, 300);
}

TEST(MaskDecoder, GivesRunsOfAPlainLabelMapAndPixelsOfOthers) {
  Mask mask(300, 200);
  for (int y = 50; y < 150; ++y) {
    for (int x = y; x < y + 40; ++x) mask.at(x, y) = static_cast<std::uint8_t>(x < 120 ? 2 : 200);
  }
  MaskDecoder decoder;
  const auto plain = encode_mask_png(mask.view(), voc_palette());
  const MaskLabels labels = decoder.decode_labels(plain, {}, "mask.png");
  ASSERT_TRUE(labels.has_runs);
  EXPECT_EQ(labels.width, 300);
  EXPECT_EQ(labels.height, 200);
  ASSERT_FALSE(labels.runs.empty());
  EXPECT_EQ(labels.runs.front(), (LabelRun{50, 50, 90, 2}));
  EXPECT_EQ(labels.runs.back(), (LabelRun{149, 149, 189, 200}));
  EXPECT_EQ(decode_labels(plain), mask);

  const auto empty = encode_mask_png(Mask(300, 200).view(), voc_palette());
  EXPECT_TRUE(decoder.decode_labels(empty, {}, "mask.png").has_runs);
  EXPECT_TRUE(decoder.decode_labels(empty, {}, "mask.png").runs.empty());
  // A full mask's rows are cut by what says how they are filtered.
  const auto full = encode_mask_png(Mask(300, 200, 7).view(), voc_palette());
  EXPECT_EQ(decoder.decode_labels(full, {}, "mask.png").runs.size(), 200U);

  for (const PngKind& kind : {PngKind{3, 8, false, 2}, PngKind{0, 8, true, 0}, PngKind{2, 8}}) {
    const auto other = test::write_png(mask.view(), kind);
    MaskDecoder fresh;
    EXPECT_FALSE(fresh.decode_labels(other, {}, "mask.png").has_runs);
    EXPECT_EQ(decode_labels(other), mask);
  }
}

// Rows of labels 1 … 4 look as if they were filtered, and filters like labels.
TEST(MaskDecoder, TellsFiltersFromLabels) {
  std::mt19937_64 random(9);
  for (int i = 0; i < 2000; ++i) {
    Mask mask(1 + static_cast<int>(random() % 3), 1 + static_cast<int>(random() % 6));
    for (int y = 0; y < mask.height(); ++y) {
      for (int x = 0; x < mask.width(); ++x)
        mask.at(x, y) = static_cast<std::uint8_t>(random() % 3);
    }
    const PngKind kind{3, 8, false, static_cast<int>(random() % 6)};
    const auto file = test::write_png(mask.view(), kind);
    ASSERT_EQ(decode_labels(file), mask);
    ASSERT_EQ(decode(file), mask);
  }
}

TEST(VocPalette, HasTheColoursOfTheVocDevkit) {
  const std::span<const Rgb> palette = voc_palette();
  ASSERT_EQ(palette.size(), 256U);
  EXPECT_EQ(palette[0], (Rgb{0, 0, 0}));
  EXPECT_EQ(palette[1], (Rgb{128, 0, 0}));
  EXPECT_EQ(palette[3], (Rgb{128, 128, 0}));
  EXPECT_EQ(palette[8], (Rgb{64, 0, 0}));
  EXPECT_EQ(palette[20], (Rgb{0, 64, 128}));
  EXPECT_EQ(palette[255], (Rgb{224, 224, 192}));
}

}  // namespace
}  // namespace angiobench
