// SPDX-License-Identifier: MIT
#include "dataset/files/output_folder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <fstream>
#include <functional>
#include <thread>

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
    out.write("a.txt", "a");
    EXPECT_FALSE(fs::exists(folder / "out"));
  }
  EXPECT_TRUE(entries(folder.path()).empty());
}

TEST(OutputFolder, PutsAWholeTreeIntoPlace) {
  const test::TempFolder folder;
  OutputFolder out(folder / "deep/out/");
  out.write("a.txt", "a");
  out.write("b/c.txt", "c");
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
  out.write("a.txt", "new");
  out.write("maps/new.png", "new");
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
    out.write("a.txt", "new");
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
  out.write("a.txt", "new");
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
  out.write("b.txt", "b");
  out.commit();
  EXPECT_THAT(entries(folder / "empty"), ElementsAre("b.txt"));
}

// The number of a process that has ended.
int dead_process() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

// What temporary_name() would have called something of another process.
std::string temporary_of(const std::string& name, int process) {
  char host[65] = {};
  EXPECT_EQ(::gethostname(host, sizeof host - 1), 0);
  return "." + name + ".angiobench-tmp." + host + "." + std::to_string(process) + ".0";
}

ino_t inode(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info.st_ino;
}

std::string refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(OutputFolder, FilesAndFoldersOfOthersAreTheVeryOnesAfterwards) {
  const test::TempFolder folder;
  folder.write("out/a.txt", "old");
  folder.write("out/mine.txt", "mine");
  folder.write("out/notes/deep/mine.txt", "deep");
  fs::create_symlink("nowhere", folder / "out/link");
  ASSERT_EQ(::mkfifo((folder / "out/pipe").c_str(), 0600), 0);
  const ino_t file = inode(folder / "out/mine.txt");
  const ino_t notes = inode(folder / "out/notes");
  const ino_t before = inode(folder / "out");
  OutputFolder out(folder / "out");
  out.write("a.txt", "new");
  EXPECT_EQ(out.commit(), Placed::at_once);
  EXPECT_NE(inode(folder / "out"), before);
  EXPECT_EQ(inode(folder / "out/mine.txt"), file);
  EXPECT_EQ(inode(folder / "out/notes"), notes);
  EXPECT_EQ(read_text_file(folder / "out/notes/deep/mine.txt"), "deep");
  EXPECT_THAT(entries(folder / "out"), ElementsAre("a.txt", "link", "mine.txt", "notes", "pipe"));
  EXPECT_THAT(entries(folder.path()), ElementsAre("out"));
}

TEST(OutputFolder, WhatAnEarlierRunLeftOfOursGoes) {
  for (const Placed wanted : {Placed::at_once, Placed::in_steps}) {
    const test::TempFolder folder;
    for (const char* name : {"key", "part/x", "stale", "mine"})
      folder.write(std::string("out/") + name, "old");
    OutputFolder out(folder / "out", ExistingFolder::update, {"key", "part", "stale"});
    out.write("key", "new");
    out.write("part/y", "new");
    EXPECT_EQ(out.commit(wanted), wanted);
    EXPECT_THAT(entries(folder / "out"), ElementsAre("key", "mine", "part"));
    EXPECT_THAT(entries(folder / "out/part"), ElementsAre("y"));
    EXPECT_EQ(read_text_file(folder / "out/key"), "new");
    EXPECT_THAT(entries(folder.path()), ElementsAre("out"));
  }
}

TEST(OutputFolder, TakesAwayWhatProgramsLeftThatHaveEnded) {
  const test::TempFolder folder;
  const std::string dead = temporary_of("out", dead_process());
  const std::string alive = temporary_of("out", ::getppid());
  const std::string held = temporary_of("held", dead_process());
  folder.write(".notes.angiobench-tmp", "no temporary name");
  for (const std::string& name : {dead, alive, held}) folder.write(name + "/new/a.txt", "half");
  folder.write("out/" + dead, "half a file");
  // A number of another container's process means nothing here, its lock does.
  const int descriptor = ::open((folder / held).c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(descriptor, LOCK_EX), 0);
  {
    OutputFolder out(folder / "out");
    out.write("b.txt", "b");
    out.commit();
  }
  EXPECT_THAT(entries(folder.path()),
              testing::UnorderedElementsAre(".notes.angiobench-tmp", alive, held, "out"));
  EXPECT_THAT(entries(folder / "out"), ElementsAre("b.txt"));
  ::close(descriptor);
  remove_leftovers(folder.path());
  EXPECT_FALSE(fs::exists(folder / held));
}

// A program that ended while it exchanged entries: "key" and "a" were taken away, "a" was placed.
void write_half_placed(const test::TempFolder& folder, const std::string& holder) {
  folder.write("out/a", "new");
  folder.write("out/b", "old");
  folder.write("out/stale", "old");
  folder.write("out/mine", "mine");
  folder.write(holder + "/old/key", "old");
  folder.write(holder + "/old/a", "old");
  folder.write(holder + "/new/b", "new");
  folder.write(holder + "/new/key", "new");
  folder.write(holder + "/placing", "out/key/-stale/+a/+b/+key/");
}

TEST(OutputFolder, GoesOnWithWhatAProgramBeganToExchange) {
  for (const char* place : {"", "out/"}) {
    const test::TempFolder folder;
    write_half_placed(folder, place + temporary_of("out", dead_process()));
    const OutputFolder next(folder / "out");
    EXPECT_THAT(entries(folder / "out"), ElementsAre("a", "b", "key", "mine"));
    for (const char* name : {"a", "b", "key"})
      EXPECT_EQ(read_text_file(folder / (std::string("out/") + name)), "new");
  }
}

TEST(OutputFolder, AHalfPlacedFolderIsNoLeftover) {
  const test::TempFolder folder;
  const std::string holder = temporary_of("out", dead_process());
  write_half_placed(folder, holder);
  remove_leftovers(folder.path());
  EXPECT_TRUE(fs::exists(folder / (holder + "/new/key")));
  // It is of another folder.
  { const OutputFolder other(folder / "other"); }
  EXPECT_TRUE(fs::exists(folder / (holder + "/new/key")));
}

TEST(OutputFolder, OfTwoWritersOneIsThereWhole) {
  const test::TempFolder folder;
  folder.write("out/mine/notes.txt", "mine");
  const auto write = [&](const std::string& who) {
    for (int i = 0; i < 40; ++i) {
      OutputFolder out(folder / "out", ExistingFolder::update, {"a", "b", who});
      out.write("a", who);
      out.write("b", who);
      out.write(who, who);
      out.commit();
    }
  };
  std::thread one(write, "one");
  std::thread two(write, "two");
  one.join();
  two.join();
  const std::string winner = read_text_file(folder / "out/a");
  EXPECT_EQ(read_text_file(folder / "out/b"), winner);
  EXPECT_EQ(read_text_file(folder / ("out/" + winner)), winner);
  EXPECT_EQ(read_text_file(folder / "out/mine/notes.txt"), "mine");
  EXPECT_THAT(entries(folder.path()), ElementsAre("out"));
}

TEST(OutputFolder, MakesAndTakesAwayTheFoldersAbove) {
  const test::TempFolder folder;
  { const OutputFolder out(folder / "very/deep/out"); }
  EXPECT_THAT(entries(folder.path()), ElementsAre());
}

TEST(OutputFolder, SaysThePlaceThatIsMeantAndNotTheHiddenOne) {
  const test::TempFolder folder;
  const OutputFolder out(folder / "out");
  EXPECT_EQ(place_meant(out.file("maps/a.png")), folder / "out/maps/a.png");
  EXPECT_EQ(place_meant("/a/.b.angiobench-tmp/new/c"), "/a/.b.angiobench-tmp/new/c");
  out.write("a", "x");
  EXPECT_THAT(refusal([&] { out.write("a/b", "x"); }),
              testing::AllOf(testing::HasSubstr(folder / "out/a/b"),
                             testing::Not(testing::HasSubstr("angiobench-tmp"))));
}

TEST(OutputFolder, NamesWhatStandsInItsPlace) {
  const test::TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  fs::create_symlink("loop", folder / "loop");
  EXPECT_THAT(refusal([&] { OutputFolder(folder / "pipe"); }), testing::HasSubstr("is a pipe"));
  EXPECT_THAT(refusal([&] { OutputFolder(folder / "loop"); }), testing::HasSubstr("leads nowhere"));
  EXPECT_THAT(refusal([&] { OutputFolder(folder / "pipe/below"); }),
              testing::HasSubstr("cannot be made (Not a directory)"));
}

TEST(AtomicFile, NeverReplacesWhatIsNoFile) {
  const test::TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  fs::create_directory(folder / "folder");
  for (const char* name : {"pipe", "folder"}) {
    EXPECT_THAT(refusal([&] { write_file_atomically(folder / name, "x"); }),
                testing::HasSubstr("expected the name of a file to write"));
  }
  EXPECT_THAT(refusal([] { write_file_atomically("/dev/null", "x"); }),
              testing::HasSubstr("is a device"));
  EXPECT_THAT(entries(folder.path()), ElementsAre("folder", "pipe"));
}

TEST(AtomicFile, TakesLongNamesAndRemovesWhatDeadProgramsLeft) {
  const test::TempFolder folder;
  std::ofstream(folder / temporary_of("other.json", dead_process())) << "half";
  const std::string name(255, 'n');
  write_file_atomically(folder / name, "x");
  EXPECT_THAT(entries(folder.path()), ElementsAre(name));
}

TEST(ReadTextFile, NamesWhatIsNoFileAndNeverWaits) {
  const test::TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  fs::create_symlink("loop", folder / "loop");
  const auto said = [&](const std::string& path) { return refusal([&] { read_text_file(path); }); };
  EXPECT_THAT(said(folder / "pipe"), testing::HasSubstr("is a pipe (FIFO); expected a file"));
  EXPECT_THAT(said(folder.path()), testing::HasSubstr("is a folder; expected a file"));
  EXPECT_THAT(said("/dev/zero"), testing::HasSubstr("is a device; expected a file"));
  EXPECT_THAT(said(folder / "loop"), testing::HasSubstr("Too many levels of symbolic links"));
  EXPECT_THAT(said(folder / "absent"), testing::HasSubstr("No such file"));
}

}  // namespace
}  // namespace angiobench
