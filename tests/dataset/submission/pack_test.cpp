// SPDX-License-Identifier: MIT
#include "dataset/submission/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "dataset/files/zip_writer.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

std::string digit_png(char label = '1') {
  const std::string row = {'.', '.', label, label};
  const auto bytes = encode_mask_png(mask_from({"..11", row, row}).view(), voc_palette());
  return {bytes.begin(), bytes.end()};
}

class PackTest : public testing::Test {
 protected:
  PackTest() {
    for (const char* name : {"v00/00000.png", "v00/00001.png", "v00/00002.png", "v01/00000.png"}) {
      folder_.write("masks/" + std::string(name), digit_png());
    }
    sequences_.resize(2);
    sequences_[0].name = "v00";
    sequences_[0].masks = {"v00/00000.png", "v00/00002.png"};
    sequences_[1].name = "v01";
    sequences_[1].masks = {"v01/00000.png"};
  }

  PackReport pack(const std::string& out = "out/packed.zip", int jobs = 1) {
    PackOptions options;
    options.jobs = jobs;
    return pack_submission(*open_folder(folder_ / "masks"), sequences_, folder_ / out, options);
  }

  // Codes of the findings; nothing may have been written.
  std::vector<std::string> refused() {
    std::vector<std::string> codes;
    for (const Finding& finding : pack().findings) codes.push_back(finding.code);
    EXPECT_FALSE(boost::filesystem::exists(folder_ / "out/packed.zip"));
    return codes;
  }

  TempFolder folder_;
  std::vector<PackSequence> sequences_;
};

TEST_F(PackTest, HoldsEveryMaskOfTheSequencesAndTheirDigests) {
  const PackReport report = pack();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.num_masks, 4U);
  const auto tree = open_file_tree(folder_ / "out/packed.zip");
  EXPECT_THAT(tree->folders(""), ElementsAre("v00", "v01"));
  EXPECT_THAT(tree->files(""), ElementsAre("manifest.sha256"));
  EXPECT_THAT(tree->files("v00"), ElementsAre("00000.png", "00001.png", "00002.png"));
  std::vector<std::uint8_t> bytes;
  ASSERT_TRUE(tree->read("v00/00001.png", bytes));
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), digit_png());
  ASSERT_TRUE(tree->read("manifest.sha256", bytes));
  const std::string digest = format_digest(sha256(digit_png())).substr(7);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()),
            digest + "  v00/00000.png\n" + digest + "  v00/00001.png\n" + digest +
                "  v00/00002.png\n" + digest + "  v01/00000.png\n");
  EXPECT_THAT(verify_manifest(*tree), IsEmpty());
}

TEST_F(PackTest, GivesTheSameBytesAgainAndTheirDigest) {
  const PackReport first = pack("a.zip", 1);
  const PackReport second = pack("b.zip", 4);
  const std::string bytes = read_text_file(folder_ / "a.zip");
  EXPECT_EQ(bytes, read_text_file(folder_ / "b.zip"));
  EXPECT_EQ(first.archive_digest, sha256(bytes));
  EXPECT_EQ(second.archive_digest, first.archive_digest);
  EXPECT_EQ(first.archive_bytes, bytes.size());
}

TEST_F(PackTest, IsConsistentToLibzip) {
  pack();
  zip_t* const archive =
      zip_open((folder_ / "out/packed.zip").c_str(), ZIP_RDONLY | ZIP_CHECKCONS, nullptr);
  ASSERT_NE(archive, nullptr);
  EXPECT_EQ(zip_get_num_entries(archive, 0), 5);
  zip_discard(archive);
}

TEST_F(PackTest, LeavesNothingBesideTheArchive) {
  pack();
  std::vector<std::string> names;
  for (const auto& entry : boost::filesystem::directory_iterator(folder_ / "out")) {
    names.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(names, ElementsAre("packed.zip"));
}

TEST_F(PackTest, RefusesAMissingMask) {
  sequences_[0].masks.push_back("v00/00009.png");
  EXPECT_THAT(refused(), ElementsAre("P003"));
  EXPECT_THAT(pack().findings[0].message, HasSubstr("1 of 3 masks are missing: v00/00009.png"));
}

TEST_F(PackTest, RefusesAMissingSequence) {
  sequences_.push_back({"v02", {"v02/00000.png", "v02/00001.png"}, 0, 0});
  EXPECT_THAT(refused(), ElementsAre("P001"));
}

TEST_F(PackTest, RefusesADamagedMask) {
  folder_.write("masks/v00/00001.png", digit_png().substr(0, 60));
  EXPECT_THAT(refused(), ElementsAre("P010"));
}

TEST_F(PackTest, RefusesAMaskOfAnotherSize) {
  const auto bytes = encode_mask_png(mask_from({"...", "..."}).view(), voc_palette());
  folder_.write("masks/v00/00001.png", std::string(bytes.begin(), bytes.end()));
  EXPECT_THAT(refused(), ElementsAre("P011"));
}

TEST_F(PackTest, RefusesMasksThatHaveNotTheTruthsSize) {
  sequences_[1].width = 512;
  sequences_[1].height = 512;
  EXPECT_THAT(refused(), ElementsAre("P011"));
}

TEST_F(PackTest, RefusesNamesThatDifferInCaseOnly) {
  folder_.write("masks/v00/A.png", digit_png());
  folder_.write("masks/v00/a.png", digit_png());
  EXPECT_THAT(refused(), ElementsAre("P007"));
}

TEST_F(PackTest, RefusesAFolderWithoutMasks) {
  sequences_.clear();
  EXPECT_THAT(refused(), ElementsAre("P002", "P002", "P009"));
}

TEST_F(PackTest, RefusesNamesThatAScorerRefuses) {
  folder_.write("masks/v00/a\\b.png", digit_png());
  EXPECT_THAT([&] { pack(); }, testing::ThrowsMessage<Error>(HasSubstr("backslash")));
  EXPECT_FALSE(boost::filesystem::exists(folder_ / "out/packed.zip"));
}

TEST_F(PackTest, LeavesOutWhatIsNoMaskAndSaysSo) {
  folder_.write("masks/readme.txt", "hello");
  folder_.write("masks/v00/notes.txt", "hello");
  folder_.write("masks/extra/00000.png", digit_png());
  const PackReport report = pack();
  EXPECT_THAT(
      report.findings,
      ElementsAre(
          AllOf(Field(&Finding::code, "P008"), Field(&Finding::path, HasSubstr("v00/notes.txt"))),
          AllOf(Field(&Finding::code, "P002"), Field(&Finding::path, HasSubstr("extra"))),
          AllOf(Field(&Finding::code, "P008"), Field(&Finding::path, HasSubstr("readme.txt")))));
  EXPECT_EQ(report.num_masks, 4U);
}

TEST_F(PackTest, ReadsAnArchiveAsWell) {
  pack("first.zip");
  const PackReport again =
      pack_submission(*open_file_tree(folder_ / "first.zip"), sequences_, folder_ / "second.zip");
  EXPECT_EQ(read_text_file(folder_ / "first.zip"), read_text_file(folder_ / "second.zip"));
}

TEST_F(PackTest, NamesTheLimitThatAScorerHas) {
  PackOptions options;
  options.limits.max_entries = 3;
  EXPECT_THAT(
      [&] {
        pack_submission(*open_folder(folder_ / "masks"), sequences_, folder_ / "x.zip", options);
      },
      testing::ThrowsMessage<Error>(HasSubstr("--max-entries")));
}

TEST_F(PackTest, VerifyingFindsWhatWasChanged) {
  ZipWriter writer(folder_ / "changed.zip");
  const auto add = [&](const std::string& name, const std::string& content) {
    writer.add(name, {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
  };
  const std::string digest = format_digest(sha256(digit_png())).substr(7);
  add("v00/00000.png", digit_png('2'));
  add("v00/00002.png", digit_png());
  add("manifest.sha256", digest + "  v00/00000.png\n" + digest + "  v00/00001.png\n");
  writer.finish();
  EXPECT_THAT(verify_manifest(*open_file_tree(folder_ / "changed.zip")),
              ElementsAre(Field(&Finding::code, "A003"), Field(&Finding::code, "A004"),
                          Field(&Finding::code, "A005")));
  EXPECT_THAT(verify_manifest(*open_folder(folder_ / "masks")),
              ElementsAre(Field(&Finding::code, "A006")));
}

TEST_F(PackTest, VerifyingRefusesAManifestThatIsNone) {
  folder_.write("masks/manifest.sha256", "hello\n");
  EXPECT_THAT([&] { verify_manifest(*open_folder(folder_ / "masks")); },
              testing::ThrowsMessage<Error>(HasSubstr("line 1 is no digest")));
}

TEST(FrameListTest, GroupsFramesBySequence) {
  const auto sequences = parse_frame_list(
      "# frames\nv01/00005\nv00/00000.png  # first\n\n v00/00001\r\nv00/00001\n", "list.txt");
  ASSERT_EQ(sequences.size(), 2U);
  EXPECT_EQ(sequences[0].name, "v00");
  EXPECT_THAT(sequences[0].masks, ElementsAre("v00/00000.png", "v00/00001.png"));
  EXPECT_THAT(sequences[1].masks, ElementsAre("v01/00005.png"));
  EXPECT_THAT([] { parse_frame_list("v00/0\nv01\n", "list.txt"); },
              testing::ThrowsMessage<Error>(
                  HasSubstr("list.txt: line 2 is 'v01'; expected <sequence>/<frame>")));
  EXPECT_THAT([] { parse_frame_list("v00/../../etc\n", "list.txt"); },
              testing::ThrowsMessage<Error>(HasSubstr("climbs")));
  EXPECT_THAT([] { parse_frame_list("# none\n", "list.txt"); },
              testing::ThrowsMessage<Error>(HasSubstr("lists no frame")));
}

TEST(ZipWriterTest, WritesZip64WhereThereAreMoreMembersThanPlainZipsCount) {
  const TempFolder folder;
  ZipWriter writer(folder / "large.zip");
  for (int i = 0; i < 65'535; ++i) writer.add("v/" + std::to_string(i) + ".png", {});
  writer.finish();
  EXPECT_EQ(open_file_tree(folder / "large.zip")->files("v").size(), 65'535U);
}

TEST(ZipWriterTest, LeavesNothingWhereItIsNotFinished) {
  const TempFolder folder;
  {
    ZipWriter writer(folder / "sub/a.zip");
    writer.add("v/0.png", {});
  }
  EXPECT_TRUE(boost::filesystem::is_empty(folder.path()));  // nor the folder that was made for it
  folder.write("file", "");
  EXPECT_THROW(ZipWriter(folder / "file/a.zip"), Error);
}

TEST(ZipWriterTest, MarksNamesBeyondAsciiAsUtf8) {
  const TempFolder folder;
  ZipWriter writer(folder / "a.zip");
  writer.add("caf\xC3\xA9/0.png", {});
  writer.finish();
  zip_t* const archive = zip_open((folder / "a.zip").c_str(), ZIP_RDONLY | ZIP_CHECKCONS, nullptr);
  ASSERT_NE(archive, nullptr);
  EXPECT_STREQ(zip_get_name(archive, 0, 0), "caf\xC3\xA9/0.png");
  zip_discard(archive);
}

}  // namespace
}  // namespace angiobench::test
