// SPDX-License-Identifier: MIT
#include "dataset/files/output_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using testing::ElementsAre;

std::vector<std::string> entries(const std::string& folder) {
  std::vector<std::string> names;
  for (fs::directory_iterator entry(folder), end; entry != end; ++entry)
    names.push_back(entry->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(OutputFolder, ShowsNothingBeforeCommitAndLeavesNothingWithoutIt) {
  const test::TempFolder folder;
  {
    const OutputFolder out(folder / "out");
    write_file_atomically(out.file("a.txt"), "a");
    EXPECT_FALSE(fs::exists(folder / "out"));
  }
  EXPECT_TRUE(entries(folder.path()).empty());
}

TEST(OutputFolder, PutsAWholeTreeIntoPlace) {
  const test::TempFolder folder;
  OutputFolder out(folder / "deep/out/");
  write_file_atomically(out.file("a.txt"), "a");
  write_file_atomically(out.file("b/c.txt"), "c");
  out.commit();
  EXPECT_THAT(entries(folder / "deep"), ElementsAre("out"));
  EXPECT_THAT(entries(folder / "deep/out"), ElementsAre("a.txt", "b"));
  EXPECT_EQ(read_text_file(folder / "deep/out/b/c.txt"), "c");
}

TEST(OutputFolder, ReplacesWhatItWritesAndKeepsWhatItDoesNot) {
  const test::TempFolder folder;
  folder.write("out/a.txt", "old");
  folder.write("out/maps/old.png", "old");
  folder.write("out/notes/mine.txt", "mine");
  ASSERT_EQ(::chmod((folder / "out").c_str(), 0750), 0);
  OutputFolder out(folder / "out");
  write_file_atomically(out.file("a.txt"), "new");
  write_file_atomically(out.file("maps/new.png"), "new");
  EXPECT_EQ(read_text_file(folder / "out/a.txt"), "old");
  out.commit();
  EXPECT_EQ(read_text_file(folder / "out/a.txt"), "new");
  EXPECT_THAT(entries(folder / "out/maps"), ElementsAre("new.png"));  // a folder of one run
  EXPECT_EQ(read_text_file(folder / "out/notes/mine.txt"), "mine");
  struct stat info {};
  ASSERT_EQ(::stat((folder / "out").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0750U);
}

TEST(OutputFolder, NeverMovesTheFolderThatTheProgramStandsIn) {
  const test::TempFolder folder;
  folder.write("here/a.txt", "old");
  folder.write("here/b.txt", "kept");
  const fs::path before = fs::current_path();
  fs::current_path(folder / "here");
  {
    OutputFolder out(".");
    write_file_atomically(out.file("a.txt"), "new");
    out.commit();
  }
  // The same folder, not another of its name.
  EXPECT_EQ(read_text_file("a.txt"), "new");
  EXPECT_THAT(entries("."), ElementsAre("a.txt", "b.txt"));
  fs::current_path(before);
  EXPECT_THAT(entries(folder.path()), ElementsAre("here"));
}

TEST(OutputFolder, WritesThroughALinkAndLeavesItALink) {
  const test::TempFolder folder;
  folder.write("real/a.txt", "old");
  fs::create_directory_symlink(folder / "real", folder / "link");
  OutputFolder out(folder / "link");
  write_file_atomically(out.file("a.txt"), "new");
  out.commit();
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_text_file(folder / "real/a.txt"), "new");
}

TEST(OutputFolder, RefusesWhatIsThereWhereItMustBeNew) {
  const test::TempFolder folder;
  folder.write("full/a.txt", "a");
  fs::create_directory(folder / "empty");
  EXPECT_THROW(OutputFolder(folder / "full", ExistingFolder::refuse), Error);
  EXPECT_THROW(OutputFolder(folder / "full/a.txt"), Error);
  OutputFolder out(folder / "empty", ExistingFolder::refuse);
  write_file_atomically(out.file("b.txt"), "b");
  out.commit();
  EXPECT_THAT(entries(folder / "empty"), ElementsAre("b.txt"));
}

}  // namespace
}  // namespace angiobench
