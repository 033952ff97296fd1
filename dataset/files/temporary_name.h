// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace angiobench {

/// The record of a folder that is put into place entry by entry (output_folder.h). A temporary
/// folder that holds it is no leftover: it must be finished.
inline constexpr const char* kPlacingRecord = "placing";

/// A name beside `path` that nothing else takes, and that says who made it:
/// ".NAME.angiobench-tmp.HOST.PROCESS.N". Long names are cut, so that it is one that a folder
/// takes.
std::string temporary_name(const std::string& path);

/// Whether `path` has a temporary name of a program that has ended: one of this machine, whose
/// process is not there, and which no program holds locked (a process of another container has a
/// number that means nothing here, but its lock does).
bool is_of_dead_program(const std::string& path);

/// Whether `path` has a temporary name, whosoever.
bool is_temporary_name(const std::string& path);

/// What a path within a folder that is staged (output_folder.h) will be, for messages: "out/a.csv"
/// of
/// ".out.angiobench-tmp.host.12.0/new/a.csv". Any other path as it is.
std::string place_meant(const std::string& path);

/// Takes away the temporary files and folders of programs that have ended from `folder`, but those
/// that an OutputFolder has to finish first. What cannot be taken away stays.
void remove_leftovers(const std::string& folder);

/// A lock on a file or folder of ours for as long as this lives: other programs see that it is in
/// use. Where the file system has no locks, it is none.
class InUse {
 public:
  explicit InUse(const std::string& path);
  ~InUse();
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;

 private:
  int descriptor_ = -1;
};

/// Makes the folders that `path` needs above it. Those that were made go with this object, where
/// nothing was put into them. Throws Error{input} with the system's words.
class FoldersAbove {
 public:
  explicit FoldersAbove(const std::string& path);
  ~FoldersAbove();
  FoldersAbove(const FoldersAbove&) = delete;
  FoldersAbove& operator=(const FoldersAbove&) = delete;

 private:
  void remove_empty() const;

  std::vector<std::string> made_;
};

}  // namespace angiobench
