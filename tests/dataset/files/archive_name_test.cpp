// SPDX-License-Identifier: MIT
#include "dataset/files/archive_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace angiobench {
namespace {

TEST(CompareFoldedTest, IgnoresCaseAlsoBeyondAscii) {
  EXPECT_EQ(compare_folded("V00/A.png", "v00/a.PNG"), 0);
  EXPECT_EQ(compare_folded("caf\xC3\x89", "CAF\xC3\xA9"), 0);  // Latin-1
  EXPECT_EQ(compare_folded("\xC4\x8C", "\xC4\x8D"), 0);        // Latin Extended-A
  EXPECT_EQ(compare_folded("\xCE\xA3", "\xCF\x82"), 0);        // sigma, final sigma
  EXPECT_EQ(compare_folded("\xD0\x96", "\xD0\xB6"), 0);        // Cyrillic
  EXPECT_NE(compare_folded("\xC3\x97", "\xC3\xB7"), 0);  // times and division sign are no letters
  EXPECT_NE(compare_folded("a", "b"), 0);
}

TEST(CompareFoldedTest, PutsAFoldersFilesRightAfterItsName) {
  std::vector<std::string> names = {"a.png", "a-b/1", "a/2",        "A/1",
                                    "a",     "ab",    "\xC3\xA9/1", "a\x7F/1"};
  std::sort(names.begin(), names.end(), [](const std::string& left, const std::string& right) {
    return compare_folded(left, right) < 0;
  });
  EXPECT_THAT(names, testing::ElementsAre("a", "A/1", "a/2", "a-b/1", "a.png", "ab", "a\x7F/1",
                                          "\xC3\xA9/1"));
}

TEST(CompareFoldedTest, IsATotalOrderOnMixedText) {
  const std::vector<std::string> names = {
      "", "a", "A/", "a/b", "\xC3\x89", "\xC3", "\xC3/", "z\xC3\xA9", "Z\xC3\x89/", "\xE2\x82\xAC"};
  for (const std::string& a : names) {
    for (const std::string& b : names) {
      const int here = compare_folded(a, b);
      const int there = compare_folded(b, a);
      EXPECT_EQ(here<0, there> 0) << a << " " << b;
      for (const std::string& c : names) {
        if (here < 0 && compare_folded(b, c) < 0) {
          EXPECT_LT(compare_folded(a, c), 0);
        }
      }
    }
  }
}

TEST(DesktopDebrisTest, IsKnownAnywhere) {
  EXPECT_TRUE(is_desktop_debris("__MACOSX/v00/._00000.png"));
  EXPECT_TRUE(is_desktop_debris("top/__MACOSX/"));
  EXPECT_TRUE(is_desktop_debris("v00/.DS_Store"));
  EXPECT_TRUE(is_desktop_debris("Thumbs.db"));
  EXPECT_TRUE(is_desktop_debris("a/b/desktop.ini"));
  EXPECT_TRUE(is_desktop_debris("v00/._00000.png"));
  EXPECT_TRUE(is_desktop_debris("v00/.ipynb_checkpoints/00000-checkpoint.png"));
  EXPECT_FALSE(is_desktop_debris("v00/00000.png"));
  EXPECT_FALSE(is_desktop_debris("Thumbs.db/00000.png"));
  EXPECT_FALSE(is_desktop_debris(""));
}

TEST(ArchiveKindTest, IsSeenInTheFirstBytes) {
  EXPECT_EQ(archive_kind("PK\x03\x04rest"), "zip");
  EXPECT_EQ(archive_kind("\x1F\x8B"), "gzip");
  EXPECT_EQ(archive_kind("\x89PNG\r\n"), "");
  EXPECT_EQ(archive_kind("P"), "");
  EXPECT_TRUE(has_archive_extension("a/b.TAR"));
  EXPECT_FALSE(has_archive_extension("zip"));
  EXPECT_TRUE(has_archive_extension("v00.nii.gz.gz"));
  EXPECT_FALSE(has_archive_extension("v00.nii.gz"));
  EXPECT_FALSE(has_archive_extension("a.zip/b.png"));
}

}  // namespace
}  // namespace angiobench
