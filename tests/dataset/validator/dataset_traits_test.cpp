// SPDX-License-Identifier: MIT
#include "dataset/validator/dataset_traits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "dataset/masks/png.h"
#include "tests/support/masks.h"
#include "tests/support/png_writer.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

void write_bytes(const TempFolder& folder, const std::string& path,
                 const std::vector<std::uint8_t>& bytes) {
  folder.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Mask square(int left, int top, int side, int label, Mask mask = Mask(60, 40)) {
  for (int y = std::max(0, top); y < std::min(mask.height(), top + side); ++y) {
    for (int x = std::max(0, left); x < std::min(mask.width(), left + side); ++x)
      mask.at(x, y) = static_cast<std::uint8_t>(label);
  }
  return mask;
}

void write_mask(const TempFolder& folder, const std::string& path, const Mask& mask) {
  write_bytes(folder, path, encode_mask_png(mask.view(), voc_palette()));
}

const BenchmarkDefinition& flat() {
  static const BenchmarkDefinition kFlat = parse_benchmark(
      R"({"schema": "benchmark-2", "name": "mine", "protocol": "strict", "annotations": ["masks"],
          "images": ["frames"]})",
      "mine.json");
  return kFlat;
}

TEST(DatasetTraits, MeasureMotionByTheNumbersOfFrames) {
  const TempFolder folder;
  // Three pixels to the right and four down in every two frames: 2.5 pixels a frame.
  for (int i = 0; i < 4; ++i)
    write_mask(folder, "d/masks/a/0000" + std::to_string(2 * i) + ".png",
               square(5 + 3 * i, 5 + 4 * i, 8, 1));
  const DatasetTraits traits = read_dataset_traits(folder / "d", flat());
  EXPECT_EQ(traits.motion.count, 3U);
  EXPECT_DOUBLE_EQ(traits.motion.least, 2.5);
  EXPECT_DOUBLE_EQ(traits.motion.most, 2.5);
  EXPECT_DOUBLE_EQ(traits.motion_share.median, 2.5 / std::hypot(60, 40));
  EXPECT_DOUBLE_EQ(traits.strides.median, 2);
  // 8x8 against itself 3 and 4 pixels away: 5x4 common.
  EXPECT_DOUBLE_EQ(traits.overlap.median, 20.0 / (64 + 64 - 20));
  EXPECT_EQ(traits.still_masks, 0U);
}

TEST(DatasetTraits, CountObjectsAtTheBorder) {
  const TempFolder folder;
  write_mask(folder, "d/masks/a/0.png", square(0, 10, 8, 1, square(30, 10, 8, 2)));
  write_mask(folder, "d/masks/a/1.png", square(0, 11, 8, 1, square(52, 10, 8, 2)));
  write_mask(folder, "d/masks/b/0.png", square(20, 33, 8, 1));
  const DatasetTraits traits = read_dataset_traits(folder / "d", flat());
  EXPECT_EQ(traits.object_frames, 5U);
  EXPECT_EQ(traits.border_frames, 4U);
  EXPECT_EQ(traits.num_objects, 3U);
  EXPECT_EQ(traits.border_objects, 2U);  // not object 2 of a, which reaches it once
  EXPECT_EQ(traits.sizes.size(), 1U);
  EXPECT_EQ(traits.objects.most, 2);
}

TEST(DatasetTraits, MeasureContrastAgainstTheRingAround) {
  const TempFolder folder;
  const Mask mask = square(20, 10, 8, 1);
  write_mask(folder, "d/masks/a/00000.png", mask);
  // The object is 60, five pixels around it 160, everything else 10.
  Mask frame(60, 40, 10);
  frame = square(15, 5, 18, 160, frame);
  frame = square(20, 10, 8, 60, frame);
  write_bytes(folder, "d/frames/a/00000.png", test::write_png(frame.view(), {.color_type = 0}));
  const DatasetTraits traits = read_dataset_traits(folder / "d", flat());
  EXPECT_EQ(traits.contrast_frames, 1U);
  EXPECT_EQ(traits.contrast.count, 1U);
  EXPECT_DOUBLE_EQ(traits.contrast.median, 100);
  EXPECT_EQ(traits.image_types.at(".png"), 1U);
  EXPECT_EQ(traits.masks_glob, "masks/*/*.png");
  EXPECT_EQ(traits.images_glob, "frames/*/*.png");
}

TEST(DatasetTraits, TellWhatIsThereTwice) {
  const TempFolder folder;
  const std::string image = "an image";
  for (const char* const path : {"a/0", "a/1", "b/0"}) {
    write_mask(folder, "d/masks/" + std::string(path) + ".png", square(5, 5, 8, 1));
    folder.write("d/frames/" + std::string(path) + ".png", image);
  }
  write_mask(folder, "d/masks/b/1.png", square(9, 5, 8, 1));
  write_mask(folder, "d/masks/b/2.png", Mask(60, 40));
  write_mask(folder, "d/masks/b/3.png", Mask(60, 40));  // empty masks are alike by nature
  const DatasetTraits traits = read_dataset_traits(folder / "d", flat());
  EXPECT_EQ(traits.still_masks, 1U);
  EXPECT_EQ(traits.repeated_images, 1U);
  EXPECT_EQ(traits.num_same_masks, 1U);
  EXPECT_EQ(traits.num_same_images, 1U);
  ASSERT_EQ(traits.duplicates.size(), 2U);
  EXPECT_EQ(traits.duplicates[0].first, "a/0");
  EXPECT_EQ(traits.duplicates[0].second, "b/0");
  EXPECT_THAT(traits.splits, IsEmpty());
}

TEST(DatasetTraits, CompareTheSplitsOfADataSet) {
  const TempFolder folder;
  const Mask mask = square(5, 5, 8, 1, Mask(512, 512));
  write_mask(folder, "d/test/Annotations/v00/00000.png", mask);
  write_mask(folder, "d/test/Annotations/v01/00000.png", square(9, 5, 8, 1, Mask(512, 512)));
  folder.write("d/test/ImageSets/test.txt", "v00\nv01\n");
  write_mask(folder, "d/trainval/Annotations/v01/00000.png", mask);
  write_mask(folder, "d/trainval/Annotations/w02/00000.png", square(30, 5, 8, 1, Mask(512, 512)));
  folder.write("d/trainval/ImageSets/train.txt", "v01\n");
  folder.write("d/trainval/ImageSets/val.txt", "w02\n");
  const DatasetTraits traits = read_dataset_traits(folder / "d", load_benchmark("mosxav-test"));
  ASSERT_EQ(traits.splits.size(), 2U);
  EXPECT_EQ(traits.splits[0].split, "mosxav-train");
  EXPECT_THAT(traits.splits[0].same_names, ElementsAre("v01"));
  EXPECT_EQ(traits.splits[0].same_masks, 1U);
  EXPECT_EQ(traits.splits[1].split, "mosxav-val");
  EXPECT_THAT(traits.splits[1].same_names, IsEmpty());
  EXPECT_EQ(traits.splits[1].same_masks, 0U);
  // The semantic masks do not lie here: the table stands, nothing is counted.
  EXPECT_EQ(traits.class_source, "");
  EXPECT_EQ(traits.classes.size(), 5U);
  ASSERT_EQ(traits.files.size(), 1U);
  EXPECT_EQ(traits.files[0].path, "test/ImageSets/test.txt");
  EXPECT_EQ(traits.files[0].bytes, 8U);
}

TEST(DatasetTraits, CountTheClassesOfMasks) {
  const TempFolder folder;
  write_mask(folder, "d/masks/a/0.png", square(5, 5, 8, 1));
  write_mask(folder, "d/masks/a/1.png", square(5, 5, 4, 2, square(20, 5, 8, 1)));
  BenchmarkDefinition benchmark = flat();
  benchmark.classes = {{0, "background", {}}, {1, "vessel", {}}, {2, "wire", {}}, {3, "stent", {}}};
  const DatasetTraits traits = read_dataset_traits(folder / "d", benchmark);
  EXPECT_EQ(traits.class_source, "masks");
  ASSERT_EQ(traits.classes.size(), 3U);
  EXPECT_EQ(traits.classes[0].pixels, 128U);
  EXPECT_EQ(traits.classes[0].frames, 2U);
  EXPECT_EQ(traits.classes[1].frames, 1U);
  EXPECT_EQ(traits.classes[1].pixels, 16U);
  EXPECT_EQ(traits.classes[2].sequences, 0U);
}

TEST(DatasetTraits, AreTheSameForAnyNumberOfThreads) {
  const TempFolder folder;
  for (int i = 0; i < 150; ++i) {
    const std::string digits = std::to_string(i);
    write_mask(folder, "d/masks/a/" + std::string(5 - digits.size(), '0') + digits + ".png",
               square(i % 50, i % 30, 8, 1 + i % 3));
  }
  TraitOptions options;
  options.jobs = 1;
  const DatasetTraits one = read_dataset_traits(folder / "d", flat(), options);
  options.jobs = 3;
  const DatasetTraits three = read_dataset_traits(folder / "d", flat(), options);
  EXPECT_EQ(one.motion.count, three.motion.count);
  EXPECT_EQ(one.motion.median, three.motion.median);
  EXPECT_EQ(one.overlap.count, three.overlap.count);
  EXPECT_EQ(one.overlap.most, three.overlap.most);
  EXPECT_EQ(one.border_frames, three.border_frames);
}

TEST(ValueSpread, IsByNearestRanks) {
  EXPECT_EQ(spread_of({}).count, 0U);
  const ValueSpread spread = spread_of({5, 1, 2, 4, 3});
  EXPECT_EQ(spread.least, 1);
  EXPECT_EQ(spread.quartile_1, 2);
  EXPECT_EQ(spread.median, 3);
  EXPECT_EQ(spread.quartile_3, 4);
  EXPECT_EQ(spread.most, 5);
}

}  // namespace
}  // namespace angiobench
