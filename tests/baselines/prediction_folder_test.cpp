// SPDX-License-Identifier: MIT
#include "baselines/prediction_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <ctime>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using test::TempFolder;
using ::testing::HasSubstr;

class PredictionFolderTest : public ::testing::Test {
 protected:
  std::unique_ptr<PredictionFolder> open(const std::string& setting = "a") const {
    return std::make_unique<PredictionFolder>(
        folder_ / "out", std::vector<std::pair<std::string, std::string>>{{"network", setting}},
        std::vector<std::pair<std::string, std::string>>{}, std::vector<std::string>{"v"}, 24);
  }
  static ClipRecord record(const PredictionFolder& output, std::uint64_t num_masks) {
    ClipRecord made;
    made.settings = output.settings_digest();
    made.frames = "sha256:f";
    made.prompts = "sha256:p";
    made.num_masks = num_masks;
    return made;
  }
  static void fill(const std::string& folder, int count, const std::string& text) {
    for (int i = 0; i < count; ++i)
      std::ofstream(folder + "/" + std::to_string(i) + ".png") << text;
  }

  TempFolder folder_;
};

// A program is held up at frame 25 of 40, its clip is begun and ended elsewhere, and it goes on.
TEST_F(PredictionFolderTest, OfTwoProgramsOnOneClipTheFirstToFinishWins) {
  const auto slow = open();
  const auto fast = open();
  const std::string a = slow->begin("v");
  fill(a, 25, "slow");
  const std::string b = fast->begin("v");
  ASSERT_NE(a, b);
  fill(b, 40, "fast");
  EXPECT_EQ(fast->finish("v", b, record(*fast, 40), false), PredictionFolder::Outcome::published);
  fill(a, 40, "slow");
  EXPECT_EQ(slow->finish("v", a, record(*slow, 40), false), PredictionFolder::Outcome::was_there);
  EXPECT_FALSE(fs::exists(a));
  EXPECT_EQ(read_text_file(folder_ / "out/v/39.png"), "fast");
  std::string why;
  EXPECT_EQ(open()->state("v", record(*slow, 0), why), PredictionFolder::State::finished);
}

TEST_F(PredictionFolderTest, AClipThatLacksMasksIsNotPublished) {
  const auto output = open();
  const std::string folder = output->begin("v");
  fill(folder, 17, "x");
  try {
    output->finish("v", folder, record(*output, 40), false);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_THAT(error.what(), HasSubstr("holds 17 masks, where 40 were written"));
  }
  EXPECT_FALSE(fs::exists(folder_ / "out/v"));
}

TEST_F(PredictionFolderTest, WhatDiffersIsReplacedWhole) {
  const auto output = open();
  std::string folder = output->begin("v");
  fill(folder, 3, "old");
  output->finish("v", folder, record(*output, 3), false);
  ClipRecord other = record(*output, 2);
  other.prompts = "sha256:q";
  std::string why;
  EXPECT_EQ(output->state("v", other, why), PredictionFolder::State::differs);
  EXPECT_THAT(why, HasSubstr("the first masks"));
  folder = output->begin("v");
  fill(folder, 2, "new");
  EXPECT_EQ(output->finish("v", folder, other, true), PredictionFolder::Outcome::published);
  EXPECT_EQ(read_text_file(folder_ / "out/v/0.png"), "new");
  EXPECT_FALSE(fs::exists(folder_ / "out/v/2.png"));
  EXPECT_EQ(output->state("v", other, why), PredictionFolder::State::finished);
}

TEST_F(PredictionFolderTest, AFolderOfAnOlderProgramSaysNothingOfItsClips) {
  folder_.write("out/manifest.json",
                R"({"schema": "angiobench-predictions-1", "settings": {"network": "a"}})");
  folder_.write("out/v/0.png", "x");
  const auto output = open();
  std::string why;
  EXPECT_EQ(output->state("v", record(*output, 1), why), PredictionFolder::State::differs);
  EXPECT_THAT(why, HasSubstr("nothing says"));
}

TEST_F(PredictionFolderTest, FoldersOfDeadProgramsAreTakenAway) {
  char host[256] = {};
  ASSERT_EQ(::gethostname(host, sizeof host - 1), 0);
  // No process has a number above the kernel's own limit (2^22).
  const std::string begin = std::string("out.partial/.v.angiobench-tmp.") + host + ".";
  const std::string dead = begin + "99999999.0";
  const std::string mine = begin + std::to_string(::getpid()) + ".1";
  for (const std::string& name : {dead, mine, std::string("out.partial/v.elsewhere.1.0badcafe"),
                                  std::string("out.partial/w.elsewhere.1.0badcafe")})
    folder_.write(name + "/0.png", "x");
  fs::last_write_time(folder_ / "out.partial/w.elsewhere.1.0badcafe",
                      std::time(nullptr) - 25 * 3600);
  open();
  EXPECT_FALSE(fs::exists(folder_ / dead));
  EXPECT_TRUE(fs::exists(folder_ / mine));
  EXPECT_TRUE(fs::exists(folder_ / "out.partial/v.elsewhere.1.0badcafe"));
  EXPECT_FALSE(fs::exists(folder_ / "out.partial/w.elsewhere.1.0badcafe"));
}

}  // namespace
}  // namespace angiobench
