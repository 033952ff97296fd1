// SPDX-License-Identifier: MIT
#include "dataset/color_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dataset/error.h"
#include "tests/support/masks.h"
#include "tests/support/png_writer.h"

namespace angiobench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> labels_of(const ColorTable& table) {
  std::vector<std::string> texts;
  for (const LabelClass& label : table.labels)
    texts.push_back(std::to_string(label.id) + " " + label.name + " " + color_text(label.color));
  return texts;
}

std::string refusal(std::string_view text) {
  try {
    parse_color_table(text, "table");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "taken";
}

// The mask in a table's colours.
std::vector<std::uint8_t> in_colors(const Mask& mask, const std::vector<Rgb>& palette) {
  std::vector<Rgb> pixels;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) pixels.push_back(palette[mask.at(x, y)]);
  }
  return test::write_rgb_png(mask.width(), mask.height(), pixels);
}

constexpr std::string_view kLabelMap =
    "# label:color_rgb:parts:actions\nvessel:48,112,32::\nbackground:0,0,0::\r\n"
    "catheter:176,112,32::\n";

TEST(ColorTable, NumbersTheLinesOfALabelMapWithoutItsBackground) {
  const ColorTable table = parse_color_table(kLabelMap, "labelmap.txt");
  EXPECT_THAT(labels_of(table), ElementsAre("0 background (0, 0, 0)", "1 vessel (48, 112, 32)",
                                            "2 catheter (176, 112, 32)"));
  EXPECT_EQ(color_table_text(table), "1 vessel (48, 112, 32), 2 catheter (176, 112, 32)");
  EXPECT_EQ(color_table_text(table, 1), "1 vessel (48, 112, 32) and 1 more");
  EXPECT_EQ(table.name_of(2), "catheter");
  EXPECT_EQ(table.name_of(3), "");
}

TEST(ColorTable, TakesABackgroundOfAnotherColour) {
  const ColorTable table = parse_color_table("bg:x:1,2,3:a:b\nbackground:0,128,0::\n", "t");
  EXPECT_THAT(labels_of(table), ElementsAre("0 background (0, 128, 0)", "1 bg:x (1, 2, 3)"));
}

TEST(ColorTable, ReadsListsOfViewers) {
  const ColorTable snap = parse_color_table(
      "# ITK-SNAP\n    0  0  0  0  0 0 0  \"Clear Label\"\n   2  255 0 0  1 1 1  \"the vessel\"\n",
      "t");
  EXPECT_THAT(labels_of(snap), ElementsAre("0 Clear Label (0, 0, 0)", "2 the vessel (255, 0, 0)"));
  const ColorTable slicer = parse_color_table("1 vessel 10 20 30 255\n2 wire 30 20 10 255\n", "t");
  EXPECT_THAT(labels_of(slicer), ElementsAre("0 background (0, 0, 0)", "1 vessel (10, 20, 30)",
                                             "2 wire (30, 20, 10)"));
  EXPECT_THAT(labels_of(parse_color_table("7 1 2 3 name", "t")),
              ElementsAre("0 background (0, 0, 0)", "7 name (1, 2, 3)"));
}

TEST(ColorTable, ReadsTheFieldsOfBenchmarkFiles) {
  const ColorTable classes = parse_color_table(
      R"({"name": "mine", "classes": [{"id": 3, "name": "wire", "color": [9, 8, 7]}]})", "t");
  EXPECT_THAT(labels_of(classes), ElementsAre("0 background (0, 0, 0)", "3 wire (9, 8, 7)"));
  // A place that no label has repeats a colour.
  const ColorTable palette =
      parse_color_table(R"({"palette": [[0, 0, 0], [0, 0, 0], [5, 6, 7]]})", "t");
  EXPECT_THAT(labels_of(palette), ElementsAre("0  (0, 0, 0)", "2  (5, 6, 7)"));
  EXPECT_THAT(palette_of(palette), ElementsAre(Rgb{}, Rgb{}, Rgb{5, 6, 7}));
}

TEST(ColorTable, RefusesWhatTellsNoLabelsApart) {
  EXPECT_THAT(refusal("vessel:1,2,3::\nwire:1,2,3::\n"),
              HasSubstr("table: the colour (1, 2, 3) twice (the second is label 2, wire)"));
  EXPECT_THAT(refusal("vessel:0,0,0::\n"), HasSubstr("the colour (0, 0, 0) twice"));
  EXPECT_THAT(refusal("1 1 2 3\n1 4 5 6\n"), HasSubstr("the label 1 twice"));
  EXPECT_THAT(refusal("vessel:1,2,300::\n"), HasSubstr("line 1 is 'vessel:1,2,300::'; expected"));
  EXPECT_THAT(refusal("vessel:1,2,3::\n\n1 4 5 6\n"), HasSubstr("line 3 is '1 4 5 6'"));
  EXPECT_THAT(refusal("256 1 2 3\n"), HasSubstr("line 1 is '256 1 2 3'"));
  EXPECT_THAT(refusal("# nothing\n"), HasSubstr("names no label beside the background"));
  EXPECT_THAT(refusal("{\"classes\": 1}"), HasSubstr("field 'classes'"));
  EXPECT_THAT(refusal("{\"classes\": [{\"id\": 300, \"name\": \"x\"}]}"),
              HasSubstr("ids from 0 to 255"));
  std::string many;
  for (int i = 0; i < 256; ++i) many += "l:" + std::to_string(i) + ",1,1::\n";
  EXPECT_THAT(refusal(many), HasSubstr("line 256 is a label too many"));
}

TEST(ColorTable, OfVocHasEveryLabelButTheVoid) {
  const ColorTable voc = load_color_table("VOC");
  EXPECT_EQ(voc.labels.size(), 255U);
  const BenchmarkDefinition flat = load_benchmark("flat");
  EXPECT_FALSE(has_stated_colors(flat));
  const BenchmarkDefinition stated = with_colors(flat, voc);
  EXPECT_TRUE(has_stated_colors(stated));
  EXPECT_TRUE(palette_for(flat, MaskRole::prediction).empty());
  EXPECT_EQ(palette_for(flat, MaskRole::truth).size(), 256U);
  EXPECT_EQ(palette_for(stated, MaskRole::prediction).size(), 255U);
  EXPECT_TRUE(stated.classes.empty());
}

TEST(ColorTable, NamesTheClassesOfABenchmarkWithoutAny) {
  const ColorTable table = parse_color_table(kLabelMap, "t");
  EXPECT_EQ(with_colors(load_benchmark("flat"), table).classes.size(), 3U);
  const BenchmarkDefinition mosxav = load_benchmark("mosxav-test");
  EXPECT_EQ(with_colors(mosxav, table).classes, mosxav.classes);
}

TEST(ColorTable, IsWhatPredictionsInColoursAreReadThrough) {
  const ColorTable table = parse_color_table(kLabelMap, "t");
  const std::vector<Rgb> palette = palette_of(table);
  const Mask mask = test::mask_from({"..11.", "22.1.", "....."});
  MaskDecoder decoder;
  MaskDecodeOptions options;
  options.role = MaskRole::prediction;
  options.palette = palette;
  EXPECT_EQ(Mask(decoder.decode(in_colors(mask, palette), options, "a")), mask);
  // One pixel of another colour is refused, and named.
  std::vector<Rgb> other = palette;
  other[2] = {176, 112, 33};
  try {
    decoder.decode(in_colors(mask, other), options, "a");
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("(176, 112, 33) at x 0, y 1, which is not in the palette"));
    EXPECT_THAT(error.what(), HasSubstr("--colours FILE"));
  }
}

TEST(ColorTable, MayHaveGreyLabelsThatStandAlone) {
  // Label 1 is grey: a frame that shows nothing else has no colour at all.
  const std::vector<Rgb> palette =
      palette_of(parse_color_table("1 128 128 128 wire\n2 200 0 0 vessel\n", "t"));
  const Mask mask = test::mask_from({"..11.", "....."});
  MaskDecoder decoder;
  MaskDecodeOptions options;
  options.palette = palette;
  EXPECT_EQ(Mask(decoder.decode(in_colors(mask, palette), options, "a")), mask);
  // Values that are no greys of the table are labels, as in files whose channels agree.
  const std::vector<std::uint8_t> labels = in_colors(mask, {{0, 0, 0}, {1, 1, 1}});
  EXPECT_EQ(Mask(decoder.decode(labels, options, "a")), mask);
  // Under the VOC map, which nobody stated, they are labels, too.
  options.palette = voc_palette();
  EXPECT_EQ(decoder.decode(in_colors(mask, palette), options, "a").at(2, 0), 128);
}

}  // namespace
}  // namespace angiobench
