// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataset/files/archive_limits.h"
#include "dataset/error.h"

namespace angiobench::test {

/// One member of a zip that is written byte by byte, so that each field may lie.
struct ZipPart {
  std::string name;
  std::string content;  // unpacked
  bool deflated = false;
  std::uint16_t flags = 0;
  std::uint32_t mode = 0100644;  // POSIX mode, in the upper half of the external attributes
  std::string extra;             // extra fields of the table's record
  std::string local_extra;       // extra fields of the member's own header
  std::uint16_t disk = 0;
  std::optional<std::string> local_name;     // another name in the member's own header
  std::optional<std::string> packed;         // other packed bytes
  std::optional<std::uint16_t> method;       // another method
  std::optional<std::uint32_t> crc;          // another checksum
  std::optional<std::uint32_t> size;         // another unpacked size, in table and header
  std::optional<std::uint32_t> packed_size;  // another packed size, in the table only
  std::optional<std::uint32_t> local_size;   // another unpacked size, in the header only
  std::optional<std::uint32_t> offset;       // another place of the header
};

/// How a zip ends.
struct ZipEnd {
  std::string comment;
  std::string before_end;  // bytes between table and end record
  bool zip64 = false;      // with a zip64 end record, the plain one saturated
  std::uint16_t disk = 0;
  std::optional<std::uint64_t> entries;       // another number of entries
  std::optional<std::uint64_t> table_size;    // another size of the table
  std::optional<std::uint64_t> table_offset;  // another place of the table
  std::optional<std::uint64_t> end64_offset;  // another place of the zip64 end record
};

std::string build_zip(const std::vector<ZipPart>& parts, const ZipEnd& end = {});

/// An extra field of this id.
std::string zip_extra(std::uint16_t id, const std::string& content);

/// An archive that must be refused.
struct HostileZip {
  std::string name;  // a valid test name
  std::string bytes;
  ErrorKind kind = ErrorKind::input;
  std::string words;        // that the message must have, of this kind only
  bool when_opened = true;  // false: refused when `victim` is read
  std::string victim;
  ArchiveLimits limits;  // to open it with
};

/// Every hostile kind but the large ones, each made from a good submission (at least two parts, PNG
/// masks; the first is the victim of what shows only when it is read).
std::vector<HostileZip> hostile_zips(const std::vector<ZipPart>& good);

/// A zip (zip64) of this many empty entries "v/0000000.png".
std::string zip_of_empty_entries(std::uint32_t count);

/// Names that are legal in a zip and dangerous where they are shown: HTML, spreadsheet formulas, CI
/// workflow commands. (Terminal escapes are control characters, which an archive's names may not
/// have.)
std::vector<std::string> misleading_names();

}  // namespace angiobench::test
