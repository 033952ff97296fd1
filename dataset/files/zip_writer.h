// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"

namespace angiobench {

/// Writes a zip of stored members, whose bytes depend on nothing but the members: no time, no
/// owner, no version of a library. (Masks are packed inside their PNGs already.) Zip64 records are
/// written only where they are needed.
///
/// The archive is written under a temporary name beside `path` and renamed by finish(); if that is
/// never called the temporary file is removed and nothing is left behind.
class ZipWriter {
 public:
  /// Throws Error{input} where the file cannot be made.
  explicit ZipWriter(const std::string& path);
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  /// Appends a member; its name must be one that check_archive_name takes and that was not added
  /// before.
  void add(std::string_view name, std::span<const std::uint8_t> content);
  /// Writes the table of members and gives the archive its name. Returns the SHA-256 of the whole
  /// file.
  Sha256 finish();

  std::uint64_t size() const { return written_; }

 private:
  void write(std::string_view bytes);

  AtomicFile file_;
  bool finished_ = false;
  std::uint64_t written_ = 0;
  std::uint64_t num_members_ = 0;
  std::string table_;  // the records of the central directory so far
  std::string header_;
  Sha256Stream digest_;
};

}  // namespace angiobench
