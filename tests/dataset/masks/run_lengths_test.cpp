// SPDX-License-Identifier: MIT
#include "dataset/masks/run_lengths.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <string>

#include "dataset/error.h"
#include "dataset/masks/coco_mask.h"
#include "tests/oracle/coco_oracle.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

// A string that pycocotools made and somebody printed, with what else is known of the mask.
struct Published {
  const char* source;
  std::uint64_t height;
  std::uint64_t width;
  const char* text;
  std::size_t num_runs;
  std::uint64_t area;
};

constexpr Published kPublished[] = {
    {"mmdetection, tests of OccludedSeparatedCocoDataset", 480, 640,
     "nYW31n>2N2FNbA48Kf=?XBDe=m0OM3M4YOPB8_>L4JXao5", 31, 166},
    {"a comment beside pycocotools' encode of a SAM mask", 360, 640,
     "e`V39V9m1H5N10000000001O2O01O2M4K`ce3", 29, 992},
    {"an example of nuclei in COCO form", 1000, 1000,
     "Q[]"
     "17mn06M3L3M3M3M3N2M3M2O2N100O100N20000O100O1000O100000001N10001N101N101N1O2N2N3K4K6G\\Vkk0",
     83, 1370},
    {"COCOtoolsFORK, README", 50, 70,
     "0g05b08J4M2N2NA^O1`0OCO=0E090H080IO68DH;>@C>a0_O_O`0j0OWOF<:CM72I24NL43JM92FN;1ENKO72L0LO91J0"
     "MO92INO0NO122OO0M031O000NO31OO11MO40N011MO41MO21L06OL021L06OL021L06OL021L060J040L060J040L060J"
     "040L060J040L060J040L060J040L060KO31L060KO31L06OL021L06OL021L06OL021MO41MO21MO40N100NO310O00M0"
     "310O00NO1220NO92IONO91KOMO72M0<1EO:2GN63KM34OLM73JF<;=1G_O_Ob0=AC`07EH=1IO71H090F0:1DO>1_O1b0"
     ">2N2N3L6H]O",
     366, 2346},
    {"torchmetrics, documentation", 2, 3, "06", 2, 6},
};

TEST(RunLengths, ReadAndWritePublishedStringsToTheByte) {
  for (const Published& known : kPublished) {
    SCOPED_TRACE(known.source);
    RunLengths lengths;
    parse_run_lengths(known.text, known.height * known.width, lengths);
    EXPECT_EQ(lengths.size(), known.num_runs);
    std::uint64_t area = 0;
    for (std::size_t i = 1; i < lengths.size(); i += 2) area += lengths[i];
    EXPECT_EQ(area, known.area);
    EXPECT_EQ(format_run_lengths(lengths), known.text);
  }
}

// kwimage's documentation prints these lengths beside this string, and this mask beside that one.
TEST(RunLengths, AreWhatDocumentationPrintsBesideThem) {
  const RunLengths lengths = {1, 3, 5, 3, 5, 3, 32, 1, 7, 1, 3};
  EXPECT_EQ(format_run_lengths(lengths), "135000k0NWO0L");
  const Mask mask = test::mask_from({
      "...#####.",
      "..###....",
      "..######.",
      "..###.##.",
      "..###.##.",
  });
  LengthsOfLabel of_label;
  EXPECT_EQ(format_run_lengths(of_label.of(test::runs_of(mask), 1, 9, 5)), ";?1B10O30O4");
  // A square of 50 in the corner of 100 x 100.
  Mask corner(100, 100);
  for (int y = 0; y < 50; ++y) {
    for (int x = 50; x < 100; ++x) corner.at(x, y) = 1;
  }
  EXPECT_EQ(format_run_lengths(of_label.of(test::runs_of(corner), 1, 100, 100)),
            "Xl4b1b1" + std::string(98, '0'));
  // pycocotools turns these plain lengths into that text.
  const RunLengths plain = {130, 5, 20, 5, 20, 5, 20, 5, 20, 5, 390};
  EXPECT_EQ(format_run_lengths(plain), "R45d00000000b;");
}

// Masks that pycocotools made of outlines (tests of pytorchcocotools hold both to these strings;
// kwimage's documentation prints the last).
TEST(RunLengths, OfOutlinesAreThoseOfPycocotools) {
  const auto text_of = [](std::vector<double> points, int width, int height) {
    return format_run_lengths(polygon_lengths(points, width, height));
  };
  EXPECT_EQ(text_of({10, 10, 10, 20, 20, 20, 20, 10}, 25, 25), "T8:?00000000000000000c3");
  EXPECT_EQ(text_of({10, 10, 20, 10, 20, 20, 21, 21, 10, 20}, 25, 25), "T8:?00000000001O00000:F`2");
  EXPECT_EQ(
      text_of({266.83, 189.37, 267.79, 175.29, 269.46, 170.04, 271.37, 165.98, 270.89, 163.12,
               269.12, 159.54, 272.8,  156.44, 287.36, 156.44, 293.33, 157.87, 296.91, 160.49,
               296.91, 161.21, 291.89, 161.92, 289.98, 165.03, 291.42, 169.56, 285.16, 196.54},
              640, 427),
      "\\`_3;j<6B@nCc0Q<@kCc0S<;01N10001O001O00001O001O0000O1L4K6K4L4B]COh<O<O001O0O2Omk^4");
  EXPECT_EQ(text_of({266.35, 214.44, 270.41, 217.3, 276.38, 218.97, 282.11, 218.97, 285.93, 217.3,
                     286.88, 207.28, 267.07, 201.07},
                    640, 427),
            "RT_32n<<O100O0010O000010O0001O00001O000O101O0ISPc4");
  EXPECT_EQ(text_of({3, 0, 2, 1, 2, 4, 4, 4, 4, 3, 7, 0}, 5, 9), "b04500N2");
  // A box of 2 x 2 at (0.5, 0.5), and one of 3.3 x 2.1 at (1.2, 1.7): areas 4 and 8.
  const auto area = [](const RunLengths& lengths) {
    std::uint64_t sum = 0;
    for (std::size_t i = 1; i < lengths.size(); i += 2) sum += lengths[i];
    return sum;
  };
  EXPECT_EQ(area(polygon_lengths(std::vector{.5, .5, .5, 2.5, 2.5, 2.5, 2.5, .5}, 10, 10)), 4U);
  EXPECT_EQ(area(polygon_lengths(std::vector{1.2, 1.7, 1.2, 3.8, 4.5, 3.8, 4.5, 1.7}, 10, 10)), 8U);
}

oracle::Columns columns_of(const Mask& mask, int label) {
  oracle::Columns columns;
  for (int x = 0; x < mask.width(); ++x) {
    for (int y = 0; y < mask.height(); ++y) columns.push_back(mask.at(x, y) == label ? 1 : 0);
  }
  return columns;
}

TEST(RunLengths, EqualTheirSlowTwinOnRandomMasks) {
  std::mt19937_64 random(24);
  LengthsOfLabel of_label;
  ObjectLayers layers;
  for (int round = 0; round < 400; ++round) {
    const int width = 1 + static_cast<int>(random() % 40);
    const int height = 1 + static_cast<int>(random() % 40);
    const int num_labels = 1 + static_cast<int>(random() % 4);
    const Mask mask = test::random_mask(width, height, num_labels, random);
    const std::vector<LabelRun> runs = test::runs_of(mask);
    layers.begin(width, height);
    for (int label = 1; label <= num_labels; ++label) {
      const RunLengths& lengths = of_label.of(runs, label, width, height);
      const oracle::Columns columns = columns_of(mask, label);
      const std::string text = format_run_lengths(lengths);
      ASSERT_EQ(text, oracle::text_of_pixels(columns));
      ASSERT_EQ(oracle::pixels_of_text(text, columns.size()), columns);
      RunLengths again;
      parse_run_lengths(text, columns.size(), again);
      ASSERT_EQ(again, lengths);
      layers.add(again, static_cast<std::uint8_t>(label));
    }
    std::uint64_t num_shared = 0;
    const std::span<const LabelRun> laid = layers.finish(num_shared);
    ASSERT_EQ(std::vector<LabelRun>(laid.begin(), laid.end()), runs);
    ASSERT_EQ(num_shared, 0U);
  }
}

TEST(RunLengths, OfOutlinesEqualTheirSlowTwin) {
  std::mt19937_64 random(25);
  for (int round = 0; round < 3000; ++round) {
    const int width = 1 + static_cast<int>(random() % 24);
    const int height = 1 + static_cast<int>(random() % 24);
    std::vector<double> points(2 * (3 + random() % 6));
    for (double& value : points) {
      value = static_cast<double>(random() % 3600) / 100 - 6;
      if (round % 3 == 0) value = std::round(value);  // sides along the grid, points on points
    }
    const RunLengths lengths = polygon_lengths(points, width, height);
    const auto num_pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    ASSERT_EQ(std::accumulate(lengths.begin(), lengths.end(), std::size_t{0}), num_pixels);
    const oracle::Columns expected = oracle::pixels_of_polygon(points, width, height);
    ASSERT_EQ(oracle::pixels_of_text(format_run_lengths(lengths), num_pixels), expected) << round;
  }
}

TEST(ObjectLayers, GiveASharedPixelToTheObjectThatCameFirst) {
  const Mask first = test::mask_from({".##.", ".##.", "...."});
  const Mask second = test::mask_from({"....", "###.", "##.#"});
  LengthsOfLabel of_label;
  ObjectLayers layers;
  layers.begin(4, 3);
  layers.add(of_label.of(test::runs_of(first), 1, 4, 3), 7);
  layers.add(of_label.of(test::runs_of(second), 1, 4, 3), 3);
  std::uint64_t num_shared = 0;
  const std::span<const LabelRun> runs = layers.finish(num_shared);
  const Mask expected = test::mask_from({".77.", "377.", "33.3"});
  EXPECT_EQ(std::vector<LabelRun>(runs.begin(), runs.end()), test::runs_of(expected));
  EXPECT_EQ(num_shared, 2U);
}

TEST(ObjectLayers, AMaskOfOneLabelInPiecesSharesNothing) {
  const Mask piece = test::mask_from({"###", "###"});
  LengthsOfLabel of_label;
  ObjectLayers layers;
  layers.begin(3, 2);
  layers.add(of_label.of(test::runs_of(piece), 1, 3, 2), 5);
  layers.add(of_label.of(test::runs_of(piece), 1, 3, 2), 5);
  std::uint64_t num_shared = 0;
  EXPECT_EQ(layers.finish(num_shared).size(), 2U);
  EXPECT_EQ(num_shared, 0U);
}

std::string refusal(std::string_view value, int width = 3, int height = 4) {
  CocoMask mask;
  try {
    read_coco_mask(value, width, height, mask);
  } catch (const Error& error) {
    EXPECT_NE(error.kind(), ErrorKind::bug);
    return error.what();
  }
  return "";
}

TEST(CocoMaskValue, IsReadInEachOfItsForms) {
  CocoMask mask;
  read_coco_mask(R"({"size": [4, 3], "counts": [2, 3, 7]})", 0, 0, mask);
  EXPECT_EQ(mask.width, 3);
  EXPECT_EQ(mask.height, 4);
  ASSERT_EQ(mask.num_parts, 1U);
  EXPECT_EQ(mask.parts[0], (RunLengths{2, 3, 7}));
  read_coco_mask(R"( : {"counts":"237","size":[4,3]})", 3, 4, mask);
  EXPECT_EQ(mask.parts[0], (RunLengths{2, 3, 7}));
  read_coco_mask(R"({"rle": "237", "is_gt": {"x": [true, "}"]}})", 3, 4, mask);
  EXPECT_EQ(mask.parts[0], (RunLengths{2, 3, 7}));
  read_coco_mask(R"(:"237")", 3, 4, mask);
  EXPECT_EQ(mask.parts[0], (RunLengths{2, 3, 7}));
  read_coco_mask("[[0, 0, 2, 0, 2, 2, 0, 2], [2, 3, 3, 3, 3, 4, 2, 4]]", 3, 4, mask);
  ASSERT_EQ(mask.num_parts, 2U);
  EXPECT_EQ(mask.parts[0], (RunLengths{0, 2, 2, 2, 6}));
  read_coco_mask("[]", 3, 4, mask);
  EXPECT_EQ(mask.num_parts, 0U);
  // A backslash is a character of run lengths, and JSON writes it as two.
  RunLengths lengths = {12, 100, 40, 200 - 152};
  const std::string text = format_run_lengths(lengths);
  std::string escaped;
  for (const char c : text) escaped += c == '\\' ? std::string("\\\\") : std::string(1, c);
  read_coco_mask(R"({"size":[20,10],"counts":")" + escaped + R"("})", 0, 0, mask);
  EXPECT_EQ(mask.parts[0], lengths);
}

TEST(CocoMaskValue, SaysWhatIsWrongWithIt) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"size": [4, 3], "counts": [2, 3, 6]})", "the runs end after 11 of the mask's 12 pixels"},
      {R"({"size": [4, 3], "counts": [2, 3, 8]})",
       "the runs go over the mask's end: run 3 ends at pixel 13 of 12"},
      {R"({"size": [4, 3], "counts": [2, -3, 13]})", "run 2 of the mask has the length -3"},
      {R"({"size": [4, 3], "counts": [2, 3.5, 7]})", "no whole number"},
      {R"({"size": [3, 4], "counts": [2, 3, 7]})",
       "the mask is 4x3 (\"size\": [3, 4]); expected 3x4 (the sides are exchanged"},
      {R"({"size": [4], "counts": [2, 3, 7]})", "the mask's size is no size"},
      {R"({"size": [4, 0], "counts": []})", "the mask's size is no size"},
      {R"({"size": [4, 3]})", "the mask has no run lengths"},
      {R"({"counts": "2 7"})", "a character that none may have"},
      {R"({"counts": "P"})", "the run lengths end within a number"},
      {R"({"counts": "oooooooooooooo"})", "a run length has no end"},
      {R"({"counts": "b'237'"})", "what Python prints of bytes"},
      {R"({"counts": true})", "neither a text nor a list"},
      {"[[0, 0, 2, 0]]", "an outline has 4 values"},
      {"[[0, 0, 2, 0, 1e9, 2]]", "a point far from its picture"},
      {"[0, 0, 2, 0, 2, 2]", "an outline is no list"},
      {"[[0, 0, 2, 0, \"2\", 2]]", "no number"},
      {"7", "no mask"},
      {"{\"size\": [4, 3", "cut off"},
  };
  for (const auto& [value, words] : cases)
    EXPECT_NE(refusal(value).find(words), std::string::npos) << value << ": " << refusal(value);
  EXPECT_NE(refusal(R"({"size": [60000, 60000], "counts": "0"})", 0, 0).find("at most 67108864"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"counts": "237"})", 0, 0).find("the mask has no size"), std::string::npos);
}

}  // namespace
}  // namespace angiobench
