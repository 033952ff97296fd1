// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/archive_limits.h"
#include "dataset/finding.h"

namespace angiobench {

/// A file that is read from its beginning, piece by piece.
class FileStream {
 public:
  virtual ~FileStream() = default;
  virtual std::uint64_t size() const = 0;
  /// Reads the next bytes. Throws Error{input} where there are not so many.
  virtual void read(std::span<std::uint8_t> bytes) = 0;
};

/// A read-only tree of files: a folder, or a zip whose members are streamed and never written to
/// disk. Paths inside are relative, use '/', and "" is the root. All members are safe to call from
/// several threads.
class FileTree {
 public:
  virtual ~FileTree() = default;

  /// What a message calls a file: "predictions/v00/00000.png" or "predictions.zip!v00/00000.png".
  virtual std::string display_path(std::string_view relative) const = 0;
  /// Names (not paths) of the folders directly in `relative`, sorted bytewise; empty where it does
  /// not exist.
  virtual std::vector<std::string> folders(std::string_view relative) const = 0;
  /// Names of the regular files directly in `relative`, sorted bytewise; empty where it does not
  /// exist.
  virtual std::vector<std::string> files(std::string_view relative) const = 0;
  /// Whether a regular file stands at `relative`.
  virtual bool has_file(std::string_view relative) const = 0;
  /// Reads a whole file into `bytes` (its capacity is reused). Returns false where there is no such
  /// file. Throws Error{input} where it cannot be read and Error{limit} where it is too large.
  virtual bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const = 0;
  /// Opens a file to be read piece by piece; null where there is no such file. Throws as read.
  /// Members of a zip are unpacked as a whole.
  virtual std::unique_ptr<FileStream> open(std::string_view relative) const;
  /// What was passed over in silence (desktop debris, a common top folder): findings of level note,
  /// codes A….
  virtual std::vector<Finding> notes() const { return {}; }
};

/// Opens a folder, or a zip by its content (never by its extension). Desktop debris
/// (is_desktop_debris) is not listed. Throws Error{input} where nothing is there.
std::unique_ptr<FileTree> open_file_tree(const std::string& path, const ArchiveLimits& limits = {});

/// A folder as a tree. Throws Error{input} where `path` is not a folder.
std::unique_ptr<FileTree> open_folder(const std::string& path);

/// Joins two relative paths with '/', either may be empty.
std::string join_path(std::string_view left, std::string_view right);

}  // namespace angiobench
