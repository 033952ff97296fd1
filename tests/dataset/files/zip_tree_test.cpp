// SPDX-License-Identifier: MIT
#include "dataset/files/zip_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ostream>
#include <span>
#include <thread>

#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "tests/support/hostile_zip.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench::test {

void PrintTo(const HostileZip& zip, std::ostream* out) { *out << zip.name; }

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

std::string mask_png() {
  return text_of(encode_mask_png(mask_from({"..11", ".112", "..22"}).view(), voc_palette()));
}

std::vector<ZipPart> good_parts() {
  std::vector<ZipPart> parts(3);
  parts[0].name = "v00/00000.png";
  parts[1].name = "v00/00001.png";
  parts[2].name = "v01/00000.png";
  for (ZipPart& part : parts) part.content = mask_png();
  parts[1].deflated = true;
  return parts;
}

// Writes the archive and opens it as a user's path is opened.
class ZipTreeTest : public testing::Test {
 protected:
  std::unique_ptr<FileTree> open(const std::string& bytes, const ArchiveLimits& limits = {}) {
    folder_.write("submission.zip", bytes);
    return open_file_tree(folder_ / "submission.zip", limits);
  }

  TempFolder folder_;
};

TEST_F(ZipTreeTest, ListsAndReadsStoredAndDeflatedMembers) {
  const auto tree = open(build_zip(good_parts()));
  EXPECT_THAT(tree->folders(""), ElementsAre("v00", "v01"));
  EXPECT_THAT(tree->files(""), IsEmpty());
  EXPECT_THAT(tree->files("v00"), ElementsAre("00000.png", "00001.png"));
  EXPECT_THAT(tree->folders("v00"), IsEmpty());
  EXPECT_THAT(tree->files("v02"), IsEmpty());
  std::vector<std::uint8_t> bytes;
  ASSERT_TRUE(tree->read("v00/00001.png", bytes));
  EXPECT_EQ(text_of(bytes), mask_png());
  EXPECT_TRUE(tree->has_file("v01/00000.png"));
  EXPECT_FALSE(tree->has_file("v01/00001.png"));
  EXPECT_FALSE(tree->has_file("V01/00000.png"));
  EXPECT_FALSE(tree->has_file("v01"));
  EXPECT_FALSE(tree->read("v01/00001.png", bytes));
  EXPECT_EQ(tree->display_path("v00/00000.png"), folder_ / "submission.zip!v00/00000.png");
  EXPECT_THAT(tree->notes(), IsEmpty());
}

TEST_F(ZipTreeTest, OpensByContentWhateverTheName) {
  folder_.write("submission.png", build_zip(good_parts()));
  EXPECT_TRUE(open_file_tree(folder_ / "submission.png")->has_file("v00/00000.png"));
}

TEST_F(ZipTreeTest, AnEmptyZipHasNothing) {
  const auto tree = open(build_zip({}));
  EXPECT_THAT(tree->folders(""), IsEmpty());
  EXPECT_THAT(tree->files(""), IsEmpty());
}

TEST_F(ZipTreeTest, AcceptsZip64AndAComment) {
  ZipEnd end;
  end.zip64 = true;
  end.comment = "made by hand";
  EXPECT_TRUE(open(build_zip(good_parts(), end))->has_file("v01/00000.png"));
}

TEST_F(ZipTreeTest, AcceptsSizesThatFollowTheData) {
  std::vector<ZipPart> parts = good_parts();
  parts[1].flags = 1 << 3;
  parts[1].local_size = 0;
  std::vector<std::uint8_t> bytes;
  EXPECT_TRUE(open(build_zip(parts))->read("v00/00001.png", bytes));
  EXPECT_EQ(text_of(bytes), mask_png());
}

TEST_F(ZipTreeTest, ReadsMembersBehindALongExtraField) {
  std::vector<ZipPart> parts = good_parts();
  parts[2].local_extra = zip_extra(0x5455, std::string(5000, 'x'));
  parts[0].local_extra = zip_extra(0x5455, std::string(5000, 'x'));
  const auto tree = open(build_zip(parts));
  std::vector<std::uint8_t> bytes;
  EXPECT_TRUE(tree->read("v00/00000.png", bytes));
  EXPECT_EQ(text_of(bytes), mask_png());
  EXPECT_TRUE(tree->read("v01/00000.png", bytes));
  EXPECT_EQ(text_of(bytes), mask_png());
}

TEST_F(ZipTreeTest, TakesOffOneCommonTopFolderWithANote) {
  std::vector<ZipPart> parts = good_parts();
  for (ZipPart& part : parts) part.name = "My results/" + part.name;
  ZipPart folder;
  folder.name = "My results/";
  folder.mode = 0040755;
  parts.insert(parts.begin(), folder);
  const auto tree = open(build_zip(parts));
  EXPECT_THAT(tree->folders(""), ElementsAre("v00", "v01"));
  EXPECT_TRUE(tree->has_file("v00/00000.png"));
  EXPECT_EQ(tree->display_path("v00/00000.png"),
            folder_ / "submission.zip!My results/v00/00000.png");
  ASSERT_EQ(tree->notes().size(), 1U);
  EXPECT_EQ(tree->notes()[0].code, "A002");
  EXPECT_EQ(tree->notes()[0].severity, Severity::note);
}

TEST_F(ZipTreeTest, ASingleSequenceIsNoTopFolder) {
  std::vector<ZipPart> parts = good_parts();
  parts.pop_back();
  EXPECT_THAT(open(build_zip(parts))->folders(""), ElementsAre("v00"));
}

TEST_F(ZipTreeTest, LeavesDesktopDebrisOutWithANote) {
  std::vector<ZipPart> parts = good_parts();
  for (const char* name :
       {"__MACOSX/top/v00/._00000.png", "top/.DS_Store", "top/v00/Thumbs.db", "desktop.ini"}) {
    ZipPart part;
    part.name = name;
    parts.push_back(part);
  }
  for (int i = 0; i < 3; ++i)
    parts[static_cast<std::size_t>(i)].name = "top/" + parts[static_cast<std::size_t>(i)].name;
  const auto tree = open(build_zip(parts));
  EXPECT_THAT(tree->folders(""), ElementsAre("v00", "v01"));
  EXPECT_THAT(tree->files(""), IsEmpty());
  EXPECT_THAT(tree->files("v00"), ElementsAre("00000.png", "00001.png"));
  EXPECT_FALSE(tree->has_file("v00/Thumbs.db"));
  ASSERT_EQ(tree->notes().size(), 2U);
  EXPECT_EQ(tree->notes()[0].code, "A001");
  EXPECT_THAT(tree->notes()[0].message, HasSubstr("4 entries"));
}

TEST_F(ZipTreeTest, ListsFoldersWhoseNamesBeginAlike) {
  std::vector<ZipPart> parts;
  for (const char* name :
       {"a.b/1.png", "a/1.png", "a-b/1.png", "ab/1.png", "a/b/2.png", "A-c/1.png", "a.png", "b/"}) {
    ZipPart part;
    part.name = name;
    if (std::string(name).back() == '/') part.mode = 0040755;
    parts.push_back(part);
  }
  const auto tree = open(build_zip(parts));
  EXPECT_THAT(tree->folders(""), ElementsAre("A-c", "a", "a-b", "a.b", "ab", "b"));
  EXPECT_THAT(tree->files(""), ElementsAre("a.png"));
  EXPECT_THAT(tree->files("a"), ElementsAre("1.png"));
  EXPECT_THAT(tree->folders("a"), ElementsAre("b"));
}

TEST_F(ZipTreeTest, AcceptsNamesThatAreDangerousOnlyWhereTheyAreShown) {
  for (const std::string& name : misleading_names()) {
    std::vector<ZipPart> parts = good_parts();
    parts[2].name = name + "/00000.png";
    EXPECT_TRUE(open(build_zip(parts))->has_file(name + "/00000.png")) << name;
  }
}

TEST_F(ZipTreeTest, ManyThreadsReadAtOnce) {
  std::vector<ZipPart> parts;
  for (int i = 0; i < 200; ++i) {
    ZipPart part;
    part.name = "v00/" + std::to_string(i) + ".png";
    part.content =
        std::string(static_cast<std::size_t>(1000 + i * 37), static_cast<char>('a' + i % 26));
    part.deflated = i % 2 == 0;
    parts.push_back(part);
  }
  const auto tree = open(build_zip(parts));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::uint8_t> bytes;
      for (std::size_t i = 0; i < 800; ++i) {
        const ZipPart& part = parts[(i * 7 + static_cast<std::size_t>(t) * 31) % parts.size()];
        if (!tree->read(part.name, bytes) || text_of(bytes) != part.content) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// More entries than libzip is asked about, and more than a plain end record can count.
TEST_F(ZipTreeTest, TakesTheCountModulo65536ThatSomeDesktopsWrite) {
  std::vector<ZipPart> parts(70'000);
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i].name = "v/" + std::to_string(i) + ".png";
  ZipEnd end;
  end.entries = parts.size() % 65'536;
  EXPECT_EQ(open(build_zip(parts, end))->files("v").size(), 70'000U);
}

TEST_F(ZipTreeTest, AMillionEmptyEntriesAreListedQuickly) {
  folder_.write("million.zip", zip_of_empty_entries(1'000'000));
  const auto start = std::chrono::steady_clock::now();
  const auto tree = open_file_tree(folder_ / "million.zip");
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  EXPECT_TRUE(tree->has_file("v/0999999.png"));
  EXPECT_LT(seconds.count(),
            5.0);  // about 0.4 on an idle machine; sanitizers and neighbours take their share
}

TEST_F(ZipTreeTest, TheEntryLimitStopsAMillionEntriesAtOnce) {
  folder_.write("million.zip", zip_of_empty_entries(1'000'000));
  ArchiveLimits limits;
  limits.max_entries = entries_for_frames(2000);
  try {
    open_file_tree(folder_ / "million.zip", limits);
    FAIL() << "it was opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::limit);
    EXPECT_THAT(error.what(), HasSubstr("1000000 entries"));
    EXPECT_THAT(error.what(), HasSubstr("14000 (--max-entries)"));
  }
}

TEST_F(ZipTreeTest, OpensAFolderInsideTheArchive) {
  std::vector<ZipPart> parts = good_parts();
  for (ZipPart& part : parts) part.name = "first/" + part.name;
  parts.push_back(parts.front());
  parts.back().name = "second/v00/00000.png";
  open(build_zip(parts));
  for (const char* const place : {"/first", "!first", "/first/"}) {
    const auto tree = open_file_tree((folder_ / "submission.zip") + place);
    EXPECT_THAT(tree->folders(""), ElementsAre("v00", "v01")) << place;
    std::vector<std::uint8_t> bytes;
    EXPECT_TRUE(tree->read("v01/00000.png", bytes));
    EXPECT_EQ(tree->display_path("v00"), folder_ / "submission.zip!first/v00");
  }
  EXPECT_THAT([&] { open_file_tree((folder_ / "submission.zip") + "/third"); },
              testing::ThrowsMessage<Error>(HasSubstr("there is no folder 'third'")));
}

TEST_F(ZipTreeTest, SaysWhatAnotherArchiveIs) {
  folder_.write("a.tar.gz", std::string("\x1F\x8B\x08\0\0\0", 6));
  folder_.write("a.zip", "not a zip");
  EXPECT_THAT(
      [&] { open_file_tree(folder_ / "a.tar.gz"); },
      testing::ThrowsMessage<Error>(HasSubstr("is a gzip file; expected a folder or a zip")));
  EXPECT_THAT([&] { open_file_tree(folder_ / "a.zip"); },
              testing::ThrowsMessage<Error>(HasSubstr("is text, neither a folder nor a zip")));
  std::string tar(512, '\0');
  tar.replace(257, 5, "ustar");
  folder_.write("a.tar", tar);
  EXPECT_THAT(
      [&] { open_file_tree(folder_ / "a.tar"); },
      testing::ThrowsMessage<Error>(HasSubstr("is a tar file; expected a folder or a zip")));
  folder_.write("a.mp4", std::string("\0\0\0\x20"
                                     "ftypisom",
                                     12));
  EXPECT_THAT([&] { open_file_tree(folder_ / "a.mp4"); },
              testing::ThrowsMessage<Error>(HasSubstr("is a video, neither")));
  EXPECT_THAT([&] { open_file_tree("/dev/null"); },
              testing::ThrowsMessage<Error>(HasSubstr("is a device")));
}

TEST(ArchiveLimitsTest, FollowTheFrames) {
  EXPECT_EQ(entries_for_frames(464), 10'928U);
  EXPECT_EQ(entry_bytes_for_frame({}, 512, 512), 4U * 512 * 512 + 65'536);
  EXPECT_EQ(entry_bytes_for_frame({}, 8192, 8192), 16U << 20);
}

// libzip, the parser of record, unpacks every real member to the same bytes.
TEST(ZipTreeDataTest, ReadsRealSubmissionsAsLibzipDoes) {
  ANGIOBENCH_REQUIRE_DATA(folder, "davis2016/predictions");
  for (const char* name : {"siammask.zip", "stm.zip"}) {
    const std::string path = folder + "/" + name;
    const auto tree = open_file_tree(path);
    EXPECT_EQ(tree->folders("").size(), 20U);
    zip_t* const archive = zip_open(path.c_str(), ZIP_RDONLY, nullptr);
    ASSERT_NE(archive, nullptr);
    std::size_t num_files = 0;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
      zip_stat_t facts;
      ASSERT_EQ(zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &facts), 0);
      if (std::string_view(facts.name).back() == '/') continue;
      std::string expected(facts.size, '\0');
      zip_file_t* const file = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
      ASSERT_EQ(zip_fread(file, expected.data(), expected.size()),
                static_cast<zip_int64_t>(expected.size()));
      zip_fclose(file);
      std::vector<std::uint8_t> bytes;
      ASSERT_TRUE(tree->read(facts.name, bytes));
      ASSERT_EQ(text_of(bytes), expected) << facts.name;
      ++num_files;
    }
    zip_discard(archive);
    EXPECT_EQ(num_files, 1376U);
  }
}

// A member in pieces of 100 bytes.
std::string in_pieces(const FileTree& tree, const std::string& path) {
  const std::unique_ptr<FileStream> stream = tree.open(path);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(stream->size()));
  for (std::size_t at = 0; at < bytes.size(); at += 100)
    stream->read(std::span(bytes).subspan(at, std::min<std::size_t>(100, bytes.size() - at)));
  return text_of(bytes);
}

TEST_F(ZipTreeTest, StreamsStoredAndDeflatedMembers) {
  std::vector<ZipPart> parts = good_parts();
  std::string content;
  for (int i = 0; i < 300'000; ++i) content += static_cast<char>(i * i >> 7);
  parts[0].content = parts[1].content = content;
  parts[2].content.clear();
  const auto tree = open(build_zip(parts));
  EXPECT_EQ(in_pieces(*tree, "v00/00000.png"), content);
  EXPECT_EQ(in_pieces(*tree, "v00/00001.png"), content);
  EXPECT_EQ(in_pieces(*tree, "v01/00000.png"), "");
  EXPECT_EQ(tree->open("v01/00001.png"), nullptr);
  EXPECT_THAT(
      [&] {
        std::vector<std::uint8_t> too_many(content.size() + 1);
        tree->open("v00/00001.png")->read(too_many);
      },
      testing::ThrowsMessage<Error>(HasSubstr("ends too early")));
}

TEST_F(ZipTreeTest, TellsAWrongChecksumWithTheLastByteOfAStream) {
  for (const bool deflated : {false, true}) {
    std::vector<ZipPart> parts = good_parts();
    parts[0].deflated = deflated;
    parts[0].crc = 12345;
    const auto tree = open(build_zip(parts));
    const std::unique_ptr<FileStream> stream = tree->open("v00/00000.png");
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(stream->size()));
    stream->read(std::span(bytes).first(bytes.size() - 1));
    EXPECT_THAT([&] { stream->read(std::span(bytes).last(1)); },
                testing::ThrowsMessage<Error>(HasSubstr("checksum")));
  }
}

class HostileZipTest : public testing::TestWithParam<HostileZip> {};

TEST_P(HostileZipTest, EndsInItsOwnMessage) {
  const HostileZip& zip = GetParam();
  const TempFolder folder;
  folder.write("evil.zip", zip.bytes);
  try {
    const auto tree = open_file_tree(folder / "evil.zip", zip.limits);
    ASSERT_FALSE(zip.when_opened) << "it was opened";
    std::vector<std::uint8_t> bytes;
    tree->read(zip.victim, bytes);
    FAIL() << "it was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), zip.kind) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(zip.words));
    EXPECT_THAT(error.path(), HasSubstr("evil.zip"));
    EXPECT_LT(std::string(error.what()).size(), 1000U);
  }
  if (zip.when_opened) return;
  EXPECT_THROW(in_pieces(*open_file_tree(folder / "evil.zip", zip.limits), zip.victim), Error);
}

INSTANTIATE_TEST_SUITE_P(Kinds, HostileZipTest, testing::ValuesIn(hostile_zips(good_parts())),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace angiobench::test
