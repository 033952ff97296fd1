// SPDX-License-Identifier: MIT
#include "dataset/masks/mask_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/error.h"
#include "dataset/masks/npy.h"
#include "tests/support/masks.h"
#include "tests/support/png_writer.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::mask_from;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

void write(const TempFolder& folder, const std::string& path,
           const std::vector<std::uint8_t>& bytes) {
  folder.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

BenchmarkDefinition with(const std::string& fields) {
  return parse_benchmark(
      R"({"schema": "benchmark-2", "name": "mine", "protocol": "strict", )" + fields + "}",
      "mine.json");
}

TEST(FileMaskSource, TakesTheFirstOfTheSubmissionsNamesThatIsThere) {
  const TempFolder folder;
  const Mask mask = mask_from({"1.", "11"});
  write(folder, "label_s7.png", encode_mask_png(mask.view(), voc_palette()));
  write(folder, "s12.png", encode_mask_png(mask.view(), voc_palette()));
  const std::shared_ptr<const FileTree> tree = open_folder(folder.path());
  const FileMaskSource source(tree, load_benchmark("dias-test"), MaskRole::prediction);
  Sequence first;
  first.name = "s7";
  first.frames.append("label_s7");
  Sequence second;
  second.name = "s12";
  second.frames.append("label_s12");
  Sequence third;
  third.name = "s13";
  third.frames.append("label_s13");
  EXPECT_EQ(source.path(first, "label_s7"), "label_s7.png");
  EXPECT_EQ(source.path(second, "label_s12"), "s12.png");
  EXPECT_EQ(source.path(third, "label_s13"), "label_s13.png");
  EXPECT_THAT(source.present(second), ElementsAre(true));
  EXPECT_THAT(source.present(third), ElementsAre(false));
}

TEST(FileMaskSource, KnowsWhatTheRepositoryOfDiasWrites) {
  const TempFolder folder;
  const Mask mask = mask_from({"1.", "11"});
  for (const char* const name : {"label_s9", "label_s10", "label_s31"})
    write(folder, "data/test/labels/" + std::string(name) + ".png",
          encode_mask_png(mask.view(), voc_palette()));
  for (const char* const name : {"pre0", "pre1", "pre_b1", "pre2"})
    write(folder, "predictions/" + std::string(name) + ".png",
          encode_mask_png(mask.view(), voc_palette()));
  const BenchmarkDefinition benchmark = load_benchmark("dias-test");
  IndexOptions options;
  options.sequences = {"s31", "s10"};
  const SequenceIndex index = index_ground_truth(folder / "data", benchmark, options);
  const FileMaskSource source(open_folder(folder / "predictions"), benchmark, MaskRole::prediction);
  // Counted over the split in the order of the numbers, whatever is asked for; a mask before a map.
  ASSERT_EQ(index.sequences.size(), 2U);
  EXPECT_EQ(source.path(index.sequences[0], "label_s10"), "pre_b1.png");
  EXPECT_EQ(source.path(index.sequences[1], "label_s31"), "pre2.png");
  EXPECT_THAT(source.present(index.sequences[1]), ElementsAre(true));
}

TEST(FileMaskSource, ReadsAMapAboveItsThresholdAndItsValuesForWhoAsks) {
  const TempFolder folder;
  Mask map(4, 1);
  const int values[] = {0, 127, 128, 255};
  for (int x = 0; x < 4; ++x) map.at(x, 0) = static_cast<std::uint8_t>(values[x]);
  write(folder, "v/0.png", test::write_png(map.view(), test::PngKind{.color_type = 0}));
  write(folder, "v/1.png", test::write_grey16_png(4, 1, {0, 32767, 32768, 65535}));
  const std::shared_ptr<const FileTree> tree = open_folder(folder.path());
  const FileMaskSource source(tree, with(R"("submission": "map")"), MaskRole::prediction);
  Sequence sequence;
  sequence.name = "v";
  sequence.frames.append("0");
  MaskBuffers buffers;
  Sha256 digest{};
  EXPECT_EQ(Mask(source.read_labels(sequence, "0", {}, buffers, digest)), mask_from({"..11"}));
  const GreyMap grey = source.read_map(sequence, "0", {}, buffers);
  EXPECT_EQ(grey.max_value, 255);
  EXPECT_THAT(grey.values, ElementsAre(0, 127, 128, 255));
  EXPECT_EQ(Mask(source.read_labels(sequence, "1", {}, buffers, digest)), mask_from({"..11"}));
  const GreyMap wide = source.read_map(sequence, "1", {}, buffers);
  EXPECT_EQ(wide.max_value, 65535);
  EXPECT_THAT(wide.values, ElementsAre(0, 32767, 32768, 65535));
}

TEST(ThresholdedMap, KnowsSixteenBitsAndMasksWithoutScale) {
  Mask mask;
  const std::vector<std::uint16_t> wide = {0, 32767, 32768, 65535};
  EXPECT_EQ(Mask(thresholded_map({wide, 4, 1, 65535}, mask)), mask_from({"..11"}));
  const std::vector<std::uint16_t> plain = {0, 1, 1, 0};
  EXPECT_EQ(Mask(thresholded_map({plain, 4, 1, 255}, mask)), mask_from({".11."}));
}

TEST(FileMaskSource, StreamsPlanesAndRefusesWhatIsNotBinary) {
  const TempFolder folder;
  const std::vector<std::uint64_t> shape = {2, 1, 3};
  const std::vector<std::uint8_t> values = {0, 1, 1, 1, 1, 0};
  write(folder, "a.npy", encode_npy(shape, values));
  const std::shared_ptr<const FileTree> tree = open_folder(folder.path());
  const FileMaskSource source(tree, load_benchmark("paxray-test"), MaskRole::prediction);
  Sequence sequence;
  sequence.name = "a";
  sequence.frames.append("a");
  MaskBuffers buffers;
  const auto planes = source.open_planes(sequence, "a", {}, buffers);
  EXPECT_THAT(planes->ids(), ElementsAre(1, 2));
  EXPECT_EQ(Mask(planes->next({})), mask_from({".11"}));
  EXPECT_EQ(Mask(planes->next({})), mask_from({"11."}));
  // Over the shape and the planes' bits, the first pixel lowest.
  EXPECT_EQ(planes->digest(), sha256(std::string_view("planes 2 3 1\n\x06\x03")));
  EXPECT_EQ(stray_plane_value(mask_from({".12"}).view()), 2);
  EXPECT_EQ(stray_plane_value(mask_from({".11"}).view()), 0);
  try {
    source.open_planes(sequence, "a", {}, buffers)->next({4, 1, 0, false});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("3x1"));
  }
}

// Whether planes of this shape are taken where the truth has two of 1x3.
std::string refusal_of_planes(const std::vector<std::uint64_t>& shape, std::uint64_t max_bytes) {
  const TempFolder folder;
  std::uint64_t count = 1;
  for (const std::uint64_t size : shape) count *= size;
  write(folder, "a.npy", encode_npy(shape, std::vector<std::uint8_t>(count)));
  const std::shared_ptr<const FileTree> tree = open_folder(folder.path());
  const FileMaskSource source(tree, load_benchmark("paxray-test"), MaskRole::prediction);
  Sequence sequence;
  sequence.name = "a";
  sequence.frames.append("a");
  MaskBuffers buffers;
  try {
    const auto planes = source.open_planes(sequence, "a", {3, 1, max_bytes, true, 2}, buffers);
    EXPECT_EQ(planes->shape(), (PlaneShape{2, 1, 3}));
  } catch (const Error& error) {
    return error.found() + "; expected " + error.expected();
  }
  return "taken";
}

TEST(FileMaskSource, HoldsAnArrayAgainstTheTruthsShapeBeforeItIsRead) {
  EXPECT_EQ(refusal_of_planes({2, 1, 3}, 0), "taken");
  EXPECT_EQ(refusal_of_planes({3, 1, 3}, 0),
            "the array has the shape [3, 1, 3]; expected [2, 1, 3], the truth's");
  EXPECT_EQ(refusal_of_planes({2, 3, 1}, 0),
            "the array has the shape [2, 3, 1]; expected [2, 1, 3], the truth's");
  EXPECT_THAT(refusal_of_planes({1, 2, 1, 3}, 0), HasSubstr("shape [1, 2, 1, 3]"));
  EXPECT_THAT(refusal_of_planes({1025, 1, 1}, 0), HasSubstr("[classes, height, width]"));
  EXPECT_THAT(refusal_of_planes({2, 1, 3}, 100), HasSubstr("at most 100"));
}

TEST(FileMaskSource, ReadsPredictedClassesInTheTablesColours) {
  const TempFolder folder;
  const std::vector<Rgb> pixels = {{0, 0, 0}, {85, 170, 255}, {244, 108, 59}, {249, 193, 0}};
  write(folder, "v/0.png", test::write_rgb_png(4, 1, pixels));
  write(folder, "v/1.png", test::write_rgb_png(4, 1, std::vector<Rgb>(4, Rgb{128, 0, 0})));
  const std::shared_ptr<const FileTree> tree = open_folder(folder.path());
  Sequence sequence;
  sequence.name = "v";
  MaskBuffers buffers;
  Sha256 digest{};
  const FileMaskSource classes(tree, load_benchmark("mosxav-semantic-test"), MaskRole::prediction);
  EXPECT_EQ(Mask(classes.read_labels(sequence, "0", {}, buffers, digest)), mask_from({".153"}));
  EXPECT_THROW(classes.read_labels(sequence, "1", {}, buffers, digest), Error);
  const FileMaskSource objects(tree, load_benchmark("mosxav-test"), MaskRole::prediction);
  EXPECT_THROW(objects.read_labels(sequence, "0", {}, buffers, digest), Error);
}

TEST(CheckMapForm, TakesGreyOfEightAndSixteenBitsAndMasks) {
  const auto is_taken = [](int color_type, int bit_depth) {
    try {
      check_map_form({1, 1, bit_depth, color_type, false}, "map.png");
      return true;
    } catch (const Error&) {
      return false;
    }
  };
  EXPECT_TRUE(is_taken(0, 8) && is_taken(0, 16) && is_taken(0, 1) && is_taken(3, 8));
  EXPECT_FALSE(is_taken(0, 2) || is_taken(0, 4));
  EXPECT_FALSE(is_taken(2, 8) || is_taken(6, 8) || is_taken(4, 8) || is_taken(2, 16));
}

TEST(ArrayMaskSource, ReadsRowsWithAStrideAndSaysWhatIsMissing) {
  const std::vector<std::uint8_t> pixels = {1, 2, 9, 0, 1, 9};
  MaskArrays arrays;
  arrays["v"] = {{.name = "0", .data = pixels.data(), .width = 2, .height = 2, .stride = 3}};
  const BenchmarkDefinition benchmark = load_benchmark("flat");
  const auto source = array_masks(arrays, benchmark, MaskRole::prediction, "predictions");
  const SequenceIndex index = index_arrays(arrays, benchmark);
  ASSERT_EQ(index.sequences.size(), 1U);
  MaskBuffers buffers;
  Sha256 digest{};
  EXPECT_EQ(Mask(source->read_labels(index.sequences[0], "0", {}, buffers, digest)),
            mask_from({"12", ".1"}));
  Sequence other = index.sequences[0];
  other.frames.append("1");
  EXPECT_THAT(source->present(other), ElementsAre(true, false));
  try {
    source->read_labels(other, "1", {}, buffers, digest);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("predictions[v][1]"));
  }
}

TEST(ArrayMaskSource, RefusesArraysThatCannotBeMasks) {
  const std::vector<std::uint8_t> pixels(8);
  const ArrayFrame labels{.name = "0", .data = pixels.data(), .width = 2, .height = 2};
  ArrayFrame planes = labels;
  planes.num_planes = 2;
  const auto make = [&](const std::vector<ArrayFrame>& frames, const char* benchmark) {
    return array_masks({{"v", frames}}, load_benchmark(benchmark), MaskRole::truth, "truth");
  };
  EXPECT_THROW(make({labels, labels}, "flat"), Error);
  EXPECT_THROW(make({planes}, "flat"), Error);
  EXPECT_THROW(make({labels}, "paxray-test"), Error);
  EXPECT_THROW(make({ArrayFrame{.name = "0"}}, "flat"), Error);
  EXPECT_NO_THROW(make({planes}, "paxray-test"));
}

TEST(MappedLabels, IsTheMaskItselfWhereNothingChanges) {
  const Mask labels = mask_from({"12", ".3"});
  LabelRules rules;
  Mask buffer;
  EXPECT_EQ(mapped_labels(labels.view(), rules.truth_ids, buffer).data, labels.pixels());
  rules.truth_ids[3] = 1;
  EXPECT_EQ(Mask(mapped_labels(labels.view(), rules.truth_ids, buffer)), mask_from({"12", ".1"}));
}

TEST(ListFrames, AreSortedByNameWhateverTheirEnding) {
  const TempFolder folder;
  for (const char* const file : {"a.png", "a-b.png", "b.txt"}) folder.write(file, "");
  const std::unique_ptr<FileTree> tree = open_folder(folder.path());
  const FrameNames names = list_frames(*tree, "", *MaskPattern::parse("{frame}.png"));
  ASSERT_EQ(names.size(), 2U);
  EXPECT_EQ(names[0], "a");
  EXPECT_EQ(names[1], "a-b");
}

}  // namespace
}  // namespace angiobench
