// SPDX-License-Identifier: MIT
#include "dataset/exchange/label_volumes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/masks/png.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;

using Written = std::map<std::string, std::vector<std::uint8_t>>;

Written imported(const std::string& path, const FileTree* names = nullptr) {
  Written written;
  import_label_volumes(path, names, {}, [&](const std::string& relative, auto bytes) {
    written[relative] = {bytes.begin(), bytes.end()};
  });
  return written;
}

TEST(LabelVolumes, MasksComeBackToTheByteInEveryForm) {
  const TempFolder folder;
  std::mt19937_64 random(7);
  for (int t = 0; t < 5; ++t) {
    const std::string name = "v00/0000" + std::to_string(2 * t) + ".png";
    write_mask_png(folder / ("in/" + name), test::random_mask(37, 23, 4, random).view(),
                   voc_palette());
  }
  const std::unique_ptr<FileTree> in = open_folder(folder / "in");
  const std::vector<MaskSequence> sequences = list_mask_sequences(*in, "in");
  ASSERT_EQ(sequences.size(), 1U);
  EXPECT_THAT(sequences[0].frames, ElementsAre("00000", "00002", "00004", "00006", "00008"));
  for (const auto& [name, form] : kVolumeForms.entries) {
    const std::string file = folder / ("v00" + std::string(volume_suffix(form)));
    write_file_atomically(file, encode_label_volume(*in, sequences[0], form, file));
    const Written back = imported(file, in.get());
    EXPECT_EQ(back.size(), 5U) << name;
    for (const auto& [relative, bytes] : back) {
      std::vector<std::uint8_t> original;
      ASSERT_TRUE(in->read(relative, original)) << relative;
      EXPECT_EQ(bytes, original) << name << " " << relative;
    }
  }
}

TEST(LabelVolumes, FramesWithoutNamesAreNumbered) {
  const TempFolder folder;
  write_mask_png(folder / "in/a.png", test::mask_from({"12"}).view(), voc_palette());
  write_mask_png(folder / "in/b.png", test::mask_from({"3."}).view(), voc_palette());
  const std::unique_ptr<FileTree> in = open_folder(folder / "in");
  const std::vector<MaskSequence> sequences = list_mask_sequences(*in, "mine");
  ASSERT_EQ(sequences.size(), 1U);
  EXPECT_EQ(sequences[0].name, "mine");
  write_file_atomically(folder / "mine.nrrd",
                        encode_label_volume(*in, sequences[0], VolumeForm::nrrd, "mine.nrrd"));
  const Written back = imported(folder / "mine.nrrd");
  EXPECT_TRUE(back.contains("mine/00000.png"));
  EXPECT_TRUE(back.contains("mine/00001.png"));
  const std::unique_ptr<FileTree> three = open_folder(folder / "in");
  write_mask_png(folder / "in/c.png", test::mask_from({"3."}).view(), voc_palette());
  EXPECT_THAT(
      [&] { imported(folder / "mine.nrrd", three.get()); },
      testing::ThrowsMessage<Error>(HasSubstr("has 2 frames; expected one for each of the 3")));
}

TEST(LabelVolumes, MasksOfTwoSizesAreNoVolume) {
  const TempFolder folder;
  write_mask_png(folder / "in/v00/0.png", test::mask_from({"12"}).view(), voc_palette());
  write_mask_png(folder / "in/v00/1.png", test::mask_from({"1"}).view(), voc_palette());
  const std::unique_ptr<FileTree> in = open_folder(folder / "in");
  const MaskSequence sequence = list_mask_sequences(*in, "in")[0];
  EXPECT_THAT([&] { encode_label_volume(*in, sequence, VolumeForm::nrrd, "x"); },
              testing::ThrowsMessage<Error>(HasSubstr("is 1x1; expected 2x1")));
}

TEST(LabelVolumes, AFolderWithoutMasksSaysWhatItHolds) {
  const TempFolder folder;
  write_file_atomically(folder / "in/v00/0.jpg", std::string_view("x"));
  EXPECT_THAT([&] { list_mask_sequences(*open_folder(folder / "in"), "in"); },
              testing::ThrowsMessage<Error>(HasSubstr("masks must be .png")));
}

}  // namespace
}  // namespace angiobench
