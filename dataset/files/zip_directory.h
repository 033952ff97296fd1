// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/archive_limits.h"

namespace angiobench {

/// Bytes of a member's local header before its name (APPNOTE.TXT 6.3, 4.3.7).
inline constexpr std::size_t kZipLocalHeaderSize = 30;

/// One member as the central directory describes it (APPNOTE.TXT 6.3, 4.3.12), zip64 values
/// resolved.
struct ZipMember {
  std::string_view name;          // path; ends in '/' where it is a folder
  std::uint16_t flags = 0;        // general purpose bits
  std::uint16_t method = 0;       // 0 stored, 8 deflated
  std::uint32_t crc = 0;          // CRC-32 of the unpacked bytes
  std::uint64_t packed_size = 0;  // bytes in the archive
  std::uint64_t size = 0;         // bytes unpacked
  std::uint64_t offset = 0;       // of the local header
};

/// A file that is read at given places; knows its size and its name for messages.
struct ArchiveFile {
  int descriptor = -1;
  std::uint64_t size = 0;
  std::string path;

  /// Fills `bytes` from `offset` on. Throws Error{input} where the file ends before or cannot be
  /// read.
  void read(std::uint64_t offset, std::uint8_t* bytes, std::size_t count) const;
};

/// The members of a zip, checked: every name, mode, method, flag and declared size is one that a
/// submission may have, members do not overlap, no name stands twice (nor after case folding, nor
/// as a file and a folder). What remains to be checked is a member's own header and data, when it
/// is read.
///
/// A member costs 24 bytes beside its record in the archive's own table, so that a million of them
/// stay small; sorted by compare_folded.
class ZipDirectory {
 public:
  /// Reads and checks the table. Throws Error{input} for whatever is malformed or hostile, each
  /// kind with words of its own, Error{limit} with the flag's name where a limit is hit. Archives
  /// of up to kMostWitnessed members are also opened with libzip, which must see the very same
  /// members.
  ZipDirectory(const ArchiveFile& file, const ArchiveLimits& limits);

  static constexpr std::uint64_t kMostWitnessed = 65'535;

  std::size_t size() const { return entries_.size(); }
  std::string_view name(std::size_t index) const;
  ZipMember member(std::size_t index) const;
  /// Where the next member or the table begins: a member's data ends there at the latest.
  std::uint64_t bound(std::size_t index) const { return entries_[index].bound; }
  /// Position of the first member whose name is not before `name` in the order of compare_folded.
  std::size_t lower_bound(std::string_view name) const;

 private:
  struct Entry {
    std::uint64_t offset;
    std::uint64_t bound;
    std::uint32_t record;  // where its record begins in table_
    std::uint32_t length;  // of its name
  };

  std::string_view name(const Entry& entry) const;
  void read_records(const ArchiveFile& file, const ArchiveLimits& limits, std::uint64_t declared,
                    std::uint64_t table_offset, bool is_zip64);
  void check_overlaps(const ArchiveFile& file, std::uint64_t table_offset);
  void compare_with_libzip(const ArchiveFile& file) const;
  void sort_and_check_names(const ArchiveFile& file);

  std::vector<std::uint8_t> table_;  // the central directory as it stands in the archive
  std::vector<Entry> entries_;
};

}  // namespace angiobench
