// SPDX-License-Identifier: MIT
#include "dataset/frame_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>

namespace angiobench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kPng[] = {".png"};

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end(), FrameLess());
  return names;
}

TEST(FrameOrder, NumbersCountAsNumbers) {
  EXPECT_THAT(sorted({"1", "10", "2", "0", "11"}), ElementsAre("0", "1", "2", "10", "11"));
  EXPECT_THAT(sorted({"img_10", "img_2", "img_1"}), ElementsAre("img_1", "img_2", "img_10"));
  EXPECT_THAT(sorted({"frame10_clip", "frame2_clip"}), ElementsAre("frame2_clip", "frame10_clip"));
}

TEST(FrameOrder, OnlyTheDigitGroupThatVariesDecides) {
  EXPECT_THAT(sorted({"P02_09_f10", "P02_09_f9"}), ElementsAre("P02_09_f9", "P02_09_f10"));
  EXPECT_THAT(sorted({"2_of_3", "10_of_3", "1_of_3"}), ElementsAre("1_of_3", "2_of_3", "10_of_3"));
}

TEST(FrameOrder, IsByteOrderWhereNumbersArePadded) {
  std::mt19937_64 random(5);
  std::vector<std::string> names;
  for (int i = 0; i < 400; ++i) {
    char name[48];
    std::snprintf(name, sizeof name, "P%02u_frame_%010u", static_cast<unsigned>(random() % 30),
                  static_cast<unsigned>(random() % 3000));
    names.emplace_back(name);
  }
  std::vector<std::string> by_bytes = names;
  std::sort(by_bytes.begin(), by_bytes.end());
  EXPECT_EQ(sorted(names), by_bytes);
}

TEST(FrameOrder, NumbersMayBeLongerThanAnyInteger) {
  EXPECT_THAT(sorted({"t99999999999999999999999999998", "t100000000000000000000000000000"}),
              ElementsAre("t99999999999999999999999999998", "t100000000000000000000000000000"));
}

TEST(FrameOrder, IsAStrictTotalOrder) {
  const std::vector<std::string> names = {"",     "0",   "00", "1",     "01",  "a",
                                          "a0",   "a00", "a1", "a01",   "b",   "a1b",
                                          "a01a", "a-1", "A1", "a\xff", "a10", "a9z"};
  const FrameLess less;
  for (const std::string& a : names) {
    EXPECT_FALSE(less(a, a)) << a;
    for (const std::string& b : names) {
      if (a != b) {
        EXPECT_NE(less(a, b), less(b, a)) << a << ' ' << b;
      }
      for (const std::string& c : names) {
        if (less(a, b) && less(b, c)) {
          EXPECT_TRUE(less(a, c)) << a << ' ' << b << ' ' << c;
        }
      }
    }
  }
}

TEST(FrameOrder, StemAndSuffixTakeAnyCase) {
  EXPECT_EQ(file_stem("00012.PNG"), "00012");
  EXPECT_EQ(file_suffix("00012.PNG"), ".png");
  EXPECT_EQ(file_suffix("clip.1.JpEg"), ".jpeg");
  EXPECT_EQ(file_stem("clip.1.jpeg"), "clip.1");
  EXPECT_EQ(file_stem(".hidden"), ".hidden");
  EXPECT_EQ(file_suffix("none"), "");
}

TEST(FrameOrder, FormsOfCopiesAreKnown) {
  for (const char* const copy :
       {"00002 (1)", "00002(1)", "00002 - Copy", "00002 - Copy (2)", "00002 - Kopie", "00002 copy",
        "00002 copy 2", "00002 (copy)", "00002 (another copy)", "Copy of 00002"})
    EXPECT_EQ(copied_stem(copy), "00002") << copy;
  for (const char* const plain : {"00002", "frame 2", "(1)", " copy", "photocopy", "a (b)", ""})
    EXPECT_EQ(copied_stem(plain), "") << plain;
}

TEST(FrameFiles, CopiesAndDebrisAreNoFrames) {
  const std::string names[] = {"00000.png",        "00001.png",   "00002 (1).png", "00002.png",
                               "00003 - Copy.png", "._00000.png", "Thumbs.db",     "notes.txt"};
  const FrameFiles found = sort_frame_files(names, kPng);
  EXPECT_THAT(found.files, ElementsAre("00000.png", "00001.png", "00002.png"));
  EXPECT_THAT(found.copies, ElementsAre("00002 (1).png", "00003 - Copy.png"));
  EXPECT_THAT(found.others, ElementsAre("notes.txt"));
  EXPECT_FALSE(found.twins);
  EXPECT_FALSE(found.turned);
}

TEST(FrameFiles, FramesThatWindowsNumberedAreFrames) {
  const std::string names[] = {"cine (1).png", "cine (10).png", "cine (2).png",
                               "cine (2) - Copy.png"};
  const FrameFiles found = sort_frame_files(names, kPng);
  EXPECT_THAT(found.files, ElementsAre("cine (1).png", "cine (2).png", "cine (10).png"));
  EXPECT_THAT(found.copies, ElementsAre("cine (2) - Copy.png"));
}

TEST(FrameFiles, TellsWhereByteOrderIsAnother) {
  const std::string bare[] = {"1.PNG", "10.png", "2.png"};
  const FrameFiles found = sort_frame_files(bare, kPng);
  EXPECT_THAT(found.files, ElementsAre("1.PNG", "2.png", "10.png"));
  ASSERT_TRUE(found.turned);
  EXPECT_EQ(found.turned->first, "2.png");
  EXPECT_EQ(found.turned->second, "10.png");
  const std::string padded[] = {"01.png", "02.png", "10.png"};
  EXPECT_FALSE(sort_frame_files(padded, kPng).turned);
}

TEST(FrameFiles, TwoFilesOfOneFrameAreTold) {
  const std::string_view suffixes[] = {".png", ".jpg"};
  const std::string both[] = {"0.jpg", "0.png", "1.png"};
  ASSERT_TRUE(sort_frame_files(both, suffixes).twins);
  EXPECT_EQ(sort_frame_files(both, suffixes).twins->second, "0.png");
  const std::string cases[] = {"a.PNG", "A.png"};
  EXPECT_TRUE(sort_frame_files(cases, suffixes).twins);
  EXPECT_THAT(sort_frame_files({}, suffixes).files, IsEmpty());
}

}  // namespace
}  // namespace angiobench
