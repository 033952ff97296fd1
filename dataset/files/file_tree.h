// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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

/// Something in a folder that is neither a folder nor a regular file.
struct OddEntry {
  std::string name;
  std::string kind;  // "a link", "a pipe (FIFO)", "a device", "a socket"
};

/// What becomes of symbolic links in a folder.
enum class FolderLinks {
  refuse,  // nothing behind one is listed or read: in a submission it could lead to the truth
  follow,
};

/// What becomes of the one folder in which a zip holds everything else.
enum class TopFolder {
  take_off,  // with a note, A002
  keep,
};

/// A read-only tree of files: a folder, or a zip whose members are streamed and never written to
/// disk. Paths inside are relative, use '/', and "" is the root. All members are safe to call from
/// several threads.
class FileTree {
 public:
  virtual ~FileTree() = default;

  /// What a message calls a file: "predictions/v00/00000.png" or "predictions.zip!v00/00000.png".
  virtual std::string display_path(std::string_view relative) const = 0;
  /// What the command line takes for a folder: "predictions/run" or "predictions.zip/run".
  virtual std::string typed_path(std::string_view relative) const { return display_path(relative); }
  /// Names (not paths) of the folders directly in `relative`, sorted bytewise; empty where it does
  /// not exist.
  virtual std::vector<std::string> folders(std::string_view relative) const = 0;
  /// Names of the regular files directly in `relative`, sorted bytewise; empty where it does not
  /// exist.
  virtual std::vector<std::string> files(std::string_view relative) const = 0;
  /// Whether a regular file stands at `relative`.
  virtual bool has_file(std::string_view relative) const = 0;
  /// What in `relative` is neither a folder nor a regular file, links among it whether they are
  /// followed or not; sorted bytewise. An archive has no such members.
  virtual std::vector<OddEntry> odd_entries(std::string_view relative) const;
  /// Reads a whole file into `bytes` (its capacity is reused). Returns false where there is no such
  /// file. Throws Error{input} where it cannot be read and Error{limit} where it is too large.
  virtual bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const = 0;
  /// Opens a file to be read piece by piece; null where there is no such file. Throws as read.
  /// What a zip tells of a member only at its end (its checksum) is told with the last byte.
  virtual std::unique_ptr<FileStream> open(std::string_view relative) const;
  /// What was passed over in silence (desktop debris, a common top folder): findings of level note,
  /// codes A….
  virtual std::vector<Finding> notes() const { return {}; }
  /// Bytes of a regular file (of an archive's member, unpacked), without reading it; nothing where
  /// there is none.
  virtual std::optional<std::uint64_t> file_size(std::string_view relative) const;
};

/// Opens a folder, or a zip by its content (never by its extension). Desktop debris
/// (is_desktop_debris) is not listed. `path` itself may be a link. Throws Error{input} where
/// nothing is there, and where a folder in it cannot be listed. `shown_as` is what every message
/// calls it, for readers who must not learn where it lies; empty: the path.
std::unique_ptr<FileTree> open_file_tree(const std::string& path, const ArchiveLimits& limits = {},
                                         FolderLinks links = FolderLinks::refuse,
                                         TopFolder top = TopFolder::take_off,
                                         const std::string& shown_as = {});

/// A folder of another tree, as a tree of its own, with `note` about that where there is one.
std::unique_ptr<FileTree> open_inner(std::shared_ptr<const FileTree> outer, std::string place,
                                     std::vector<Finding> notes = {});

/// A folder as a tree. Throws Error{input} where `path` is not a folder.
std::unique_ptr<FileTree> open_folder(const std::string& path,
                                      FolderLinks links = FolderLinks::follow);

/// A file that somebody named, as the tree that holds it and nothing else; messages call it
/// `shown_as` (empty: its path). Throws as check_input_file.
std::unique_ptr<FileTree> open_single_file(const std::string& path, std::string_view expected,
                                           const std::string& shown_as = {});

/// Bytes in memory, as a file that is read piece by piece.
std::unique_ptr<FileStream> stream_of(std::vector<std::uint8_t> bytes);

/// The file at `relative`, or the one beside it whose name differs in the case of its extension
/// only ("00003.PNG"); empty where neither is there.
std::string actual_file(const FileTree& tree, const std::string& relative);

/// Joins two relative paths with '/', either may be empty.
std::string join_path(std::string_view left, std::string_view right);

/// The folder of a relative path: what stands before its last '/', empty where there is none.
std::string parent_path(std::string_view path);

}  // namespace angiobench
