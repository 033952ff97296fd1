// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/temporary_name.h"

namespace angiobench {

/// What an output folder may find at its place.
enum class ExistingFolder {
  refuse,  // nothing, or an empty folder
  update,  // also a folder with files: see OutputFolder
};

/// How a folder came to its place.
enum class Placed {
  at_once,   // in one step: whoever looks sees all of the old one, or all of the new one
  in_steps,  // entry by entry; a program that ended within is gone on with by the next one
};

/// A folder that is written as one. Everything goes into a hidden folder beside it, or in it where
/// nothing can be renamed out of it; commit() flushes that to the disk and exchanges the two at
/// once. What was not committed is taken away: nobody sees half of it.
///
/// A folder that is there is replaced in what is ours: the entries that are written, and those
/// called `owned`, which an earlier run may have left. Everything else in it comes along (files by
/// hard links before the exchange, so that they are never away; folders, which are the same
/// afterwards, by an exchange of their own). Where the system cannot do that, where more than
/// 20,000 files would have to come along, or where the folder cannot be moved (a mount point, the
/// one that this program stands in), its entries are exchanged one after the other, from a record
/// that the next program goes on with; the first of `owned`, which readers open, is gone while
/// that lasts.
class OutputFolder {
 public:
  /// Makes nothing yet but the hidden folder, and takes away those of programs that have ended.
  /// Throws Error{input} where `path` cannot be the folder.
  explicit OutputFolder(std::string path, ExistingFolder existing = ExistingFolder::update,
                        std::vector<std::string> owned = {});
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where to write what shall be <path>/<relative>, with Flush::with_folder.
  std::string file(const std::string& relative) const;
  /// Writes a file there. From any thread.
  void write(const std::string& relative, std::string_view content) const;
  void write(const std::string& relative, std::span<const std::uint8_t> content) const;
  const std::string& path() const { return path_; }

  /// Puts everything into place; `wanted` in_steps where the folder is somebody else's, and only
  /// our entries in it are exchanged. Throws Error{input} with the system's words; then all is as
  /// before.
  Placed commit(Placed wanted = Placed::at_once);

 private:
  std::string new_folder() const;
  std::optional<Placed> place(Placed wanted);  // nothing: another program was first, once more
  [[noreturn]] void fail_to_be_new() const;

  std::string path_;
  ExistingFolder existing_;
  std::vector<std::string> owned_;
  std::optional<FoldersAbove> above_;
  std::string holder_;  // the hidden folder
  std::optional<InUse> in_use_;
};

/// Exchanges two entries of one file system at once. False, with errno, where the system cannot.
bool exchange_entries(const std::string& left, const std::string& right);

/// Flushes a folder and all that is in it to the disk. Throws Error{input} with the system's words.
void flush_tree(const std::string& folder);

}  // namespace angiobench
