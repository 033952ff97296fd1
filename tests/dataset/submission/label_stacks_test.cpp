// SPDX-License-Identifier: MIT
#include "dataset/submission/label_stacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <string>
#include <vector>

#include "dataset/error.h"
#include "dataset/files/zip_writer.h"
#include "dataset/masks/png.h"
#include "dataset/submission/pack.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::mask_from;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A .npy file of version 1.0, as numpy.save writes it.
std::string npy(const std::string& type, const std::string& shape, std::string_view values,
                const std::string& fortran = "False") {
  std::string header =
      "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string text = "\x93NUMPY";
  text += '\x01';
  text += '\0';
  text += static_cast<char>(header.size() & 0xFF);
  text += static_cast<char>(header.size() >> 8);
  return text + header + std::string(values);
}

// Labels of two frames of 3x2: as bytes, and as numbers of more bytes.
const std::string kLabels("\0\1\1\0\0\2\1\1\0\0\2\2", 12);
std::string widened(std::size_t bytes, bool is_big_endian) {
  std::string values;
  for (const char label : kLabels) {
    std::string value(bytes, '\0');
    value[is_big_endian ? bytes - 1 : 0] = label;
    values += value;
  }
  return values;
}

std::string write_npz(const TempFolder& folder,
                      const std::vector<std::pair<std::string, std::string>>& members) {
  const std::string path = folder / "p.npz";
  ZipWriter zip(path);
  for (const auto& [name, content] : members)
    zip.add(name, {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
  zip.finish();
  return path;
}

const std::vector<StackFrames> kFrames = {{"a", {"00000", "00005"}, {}}};

Mask read(const FileTree& tree, const std::string& path) {
  std::vector<std::uint8_t> bytes;
  if (!tree.read(path, bytes)) throw Error(ErrorKind::input, path, "is not there");
  MaskDecoder decoder;
  return Mask(decoder.decode(bytes, {}, path));
}

std::string refusal(const TempFolder& folder, const std::string& array) {
  try {
    const std::string path = write_npz(folder, {{"a.npy", array}});
    open_label_stacks(path, kFrames)->files("a");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "taken";
}

TEST(LabelStacks, AreFramesOfTheirSequence) {
  const TempFolder folder;
  const std::string path = write_npz(folder, {{"a.npy", npy("|u1", "(2, 2, 3)", kLabels)}});
  ASSERT_TRUE(holds_label_stacks(path));
  const std::unique_ptr<FileTree> tree = open_label_stacks(path, kFrames);
  EXPECT_THAT(tree->folders(""), ElementsAre("a"));
  EXPECT_THAT(tree->files("a"), ElementsAre("00000.png", "00005.png"));
  EXPECT_TRUE(tree->has_file("a/00005.png"));
  EXPECT_FALSE(tree->has_file("a/00001.png"));
  EXPECT_EQ(read(*tree, "a/00000.png"), mask_from({".11", "..2"}));
  EXPECT_EQ(read(*tree, "a/00005.png"), mask_from({"11.", ".22"}));
  EXPECT_THAT(tree->display_path("a/00005.png"), HasSubstr("p.npz!a.npy (00005.png)"));
}

TEST(LabelStacks, TakeWholeNumbersOfAnyWidth) {
  for (const auto& [type, bytes, big] :
       {std::tuple("<u2", 2U, false), std::tuple("<i4", 4U, false), std::tuple("<i8", 8U, false),
        std::tuple(">i4", 4U, true), std::tuple("|i1", 1U, false)}) {
    const TempFolder folder;
    const std::string path =
        write_npz(folder, {{"a.npy", npy(type, "(2, 2, 3)", widened(bytes, big))}});
    EXPECT_EQ(read(*open_label_stacks(path, kFrames), "a/00000.png"), mask_from({".11", "..2"}))
        << type;
  }
}

TEST(LabelStacks, MayBeCalledAnythingWhereThereIsOneSequence) {
  const TempFolder folder;
  folder.write("masks.npy", npy("|u1", "(2, 2, 3)", kLabels));
  ASSERT_TRUE(holds_label_stacks(folder / "masks.npy"));
  const std::unique_ptr<FileTree> tree = open_label_stacks(folder / "masks.npy", kFrames);
  EXPECT_EQ(read(*tree, "a/00005.png"), mask_from({"11.", ".22"}));
}

TEST(LabelStacks, MayHaveAFrameForEachImage) {
  const TempFolder folder;
  const std::string path = write_npz(folder, {{"a.npy", npy("|u1", "(2, 2, 3)", kLabels)}});
  const std::vector<StackFrames> frames = {{"a", {"00000"}, {"00000", "00001"}}};
  EXPECT_THAT(open_label_stacks(path, frames)->files("a"), ElementsAre("00000.png", "00001.png"));
  const std::vector<StackFrames> other = {{"a", {"00000"}, {"00000", "00001", "00002"}}};
  try {
    open_label_stacks(path, other)->files("a");
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("has 2 frames; expected 1, the annotated frames of 'a', or "
                                        "3, its images"));
  }
}

TEST(LabelStacks, MayBeAnArrayAFrame) {
  const TempFolder folder;
  folder.write("p/a/00000.npy", npy("|u1", "(2, 3)", kLabels.substr(0, 6)));
  ASSERT_TRUE(holds_label_stacks(folder / "p"));
  const std::unique_ptr<FileTree> tree = open_label_stacks(folder / "p", kFrames);
  EXPECT_THAT(tree->files("a"), ElementsAre("00000.png"));
  EXPECT_EQ(read(*tree, "a/00000.png"), mask_from({".11", "..2"}));
}

TEST(LabelStacks, RefuseWhatHoldsNoLabels) {
  const TempFolder folder;
  EXPECT_THAT(refusal(folder, npy("<f4", "(2, 2, 3)", widened(4, false))),
              HasSubstr("values of type '<f4'; expected bool or whole numbers"));
  EXPECT_THAT(refusal(folder, npy("|u1", "(2, 2, 3)", kLabels, "True")),
              HasSubstr("Fortran order; expected C order"));
  EXPECT_THAT(refusal(folder, npy("|u1", "(12,)", kLabels)),
              HasSubstr("shape [12]; expected [frames, height, width]"));
  EXPECT_THAT(refusal(folder, npy("|u1", "(2, 2, 4)", kLabels)),
              HasSubstr("12 bytes of data; expected 16, as the shape says"));
  EXPECT_THAT(refusal(folder, npy("<i2", "(2, 2, 3)", widened(2, true))),
              HasSubstr("a value that is no label (below 0 or above 255), in frame 0"));
  EXPECT_THAT(refusal(folder, npy("|i1", "(1, 1, 1)", "\xFF")), HasSubstr("that is no label"));
  EXPECT_THAT(refusal(folder, "no array"), HasSubstr("no .npy header"));
  EXPECT_THAT(refusal(folder, ""), HasSubstr("no .npy header"));
  EXPECT_THAT(refusal(folder, npy("|u1", "(99999999999, 2, 3)", kLabels)), HasSubstr("shape"));
}

TEST(LabelStacks, AreNotWhatHoldsMasks) {
  const TempFolder folder;
  folder.write("p/a/00000.png", "x");
  folder.write("p/a/00000.npy", "x");
  EXPECT_FALSE(holds_label_stacks(folder / "p"));
  EXPECT_FALSE(holds_label_stacks(folder / "nowhere"));
  folder.write("text", "x");
  EXPECT_FALSE(holds_label_stacks(folder / "text"));
}

TEST(LabelStacks, ArePackedAsTheMasksThatTheyHold) {
  const TempFolder folder;
  const std::string path = write_npz(folder, {{"a.npy", npy("|u1", "(2, 2, 3)", kLabels)}});
  for (const auto& [name, mask] : {std::pair("00000", mask_from({".11", "..2"})),
                                   std::pair("00005", mask_from({"11.", ".22"}))})
    write_mask_png(folder / (std::string("pngs/a/") + name + ".png"), mask.view(), voc_palette());
  const std::vector<PackSequence> expected = {{"a", {"a/00000.png", "a/00005.png"}, 3, 2}};
  const PackReport stacks =
      pack_submission(*open_label_stacks(path, kFrames), expected, folder / "stacks.zip");
  const PackReport pngs =
      pack_submission(*open_file_tree(folder / "pngs"), expected, folder / "pngs.zip");
  EXPECT_THAT(stacks.findings, IsEmpty());
  EXPECT_EQ(stacks.num_masks, 2U);
  EXPECT_EQ(stacks.archive_digest, pngs.archive_digest);  // to the byte
}

}  // namespace
}  // namespace angiobench
