// SPDX-License-Identifier: MIT
#include "dataset/files/zip_directory.h"

#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <span>

#include "dataset/files/archive_name.h"
#include "dataset/files/little_endian.h"
#include "dataset/error.h"
#include "dataset/files/passing_failure.h"

namespace angiobench {
namespace {

// Signatures and fixed sizes of APPNOTE.TXT 6.3: 4.3.12, 4.3.14, 4.3.15, 4.3.16.
constexpr std::uint32_t kRecordSignature = 0x02014b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocator64Signature = 0x07064b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::size_t kRecordSize = 46;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocator64Size = 20;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kLongestComment = 65'535;
constexpr std::uint16_t kZip64Extra = 0x0001;
constexpr std::uint16_t kUnicodePathExtra = 0x7075;

// Deflate's best: a match of 258 bytes for two bits.
constexpr std::uint64_t kMostDeflateRatio = 1032;

std::string number(std::uint64_t value) { return std::to_string(value); }

// Where the table of members lies.
struct TablePlace {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t entries = 0;
  std::uint64_t entries_here = 0;  // in this volume
  bool is_zip64 = false;
};

// The position of the end record in `tail`, the archive's last bytes.
std::size_t find_end_record(std::span<const std::uint8_t> tail, const ArchiveFile& file) {
  std::optional<std::size_t> place;
  bool any = false;
  for (std::size_t i = 0; i + 4 <= tail.size(); ++i) {
    const std::uint8_t* const bytes = tail.data() + i;
    if (bytes[0] != 'P' || u32(bytes) != kEndSignature) continue;
    any = true;
    if (i + kEndSize > tail.size() || i + kEndSize + u16(bytes + 20) != tail.size()) continue;
    if (place)
      throw Error(ErrorKind::input, file.path,
                  "the zip can be read in two ways (two end records fit)", "one");
    place = i;
  }
  if (place) return *place;
  if (any) {
    throw Error(ErrorKind::input, file.path,
                "the zip's end record does not reach the end of the file",
                "no bytes after it and none cut off");
  }
  throw Error(ErrorKind::input, file.path,
              "the zip ends before its table of members (central directory)",
              "a whole archive; was the upload or download cut short?");
}

// Replaces the plain end record's values (`place`, the record ends the table at `table_end`) by
// those of the zip64 end record that `locator` points to.
void resolve_zip64_end(const ArchiveFile& file, const std::uint8_t* locator, TablePlace& place,
                       std::uint64_t& table_end) {
  const std::uint64_t locator_place = table_end - kLocator64Size;
  const std::uint64_t end_place = u64(locator + 8);
  if (end_place > locator_place || locator_place - end_place < kEnd64Size) {
    throw Error(ErrorKind::input, file.path, "the zip64 end record lies outside the archive");
  }
  std::uint8_t end[kEnd64Size];
  file.read(end_place, end, kEnd64Size);
  if (u32(end) != kEnd64Signature || u64(end + 4) != locator_place - end_place - 12) {
    throw Error(ErrorKind::input, file.path, "the zip64 end record is malformed");
  }
  const TablePlace plain = place;
  place.offset = u64(end + 48);
  place.size = u64(end + 40);
  place.entries = u64(end + 32);
  place.is_zip64 = true;
  const bool one_volume =
      u32(locator + 4) == 0 && u32(locator + 16) <= 1 && u32(end + 16) == 0 && u32(end + 20) == 0;
  place.entries_here = one_volume ? u64(end + 24) : place.entries - 1;

  // Where the plain record has values of its own they must agree.
  const bool agree = (plain.entries == 0xFFFF || plain.entries == place.entries) &&
                     (plain.size == 0xFFFFFFFF || plain.size == place.size) &&
                     (plain.offset == 0xFFFFFFFF || plain.offset == place.offset);
  if (!agree)
    throw Error(ErrorKind::input, file.path,
                "the zip64 end record and the plain end record disagree");
  table_end = end_place;
}

// The end record, and the zip64 end record where there is one.
TablePlace find_table(const ArchiveFile& file) {
  const auto tail_size = static_cast<std::size_t>(
      std::min<std::uint64_t>(file.size, kEndSize + kLongestComment + kLocator64Size));
  std::vector<std::uint8_t> tail(tail_size);
  file.read(file.size - tail_size, tail.data(), tail_size);
  const std::size_t position = find_end_record(tail, file);
  const std::uint8_t* const end = tail.data() + position;
  std::uint64_t table_end = file.size - tail_size + position;

  TablePlace place;
  place.entries_here = u16(end + 8);
  place.entries = u16(end + 10);
  place.size = u32(end + 12);
  place.offset = u32(end + 16);
  const bool is_zip64 =
      position >= kLocator64Size && u32(end - kLocator64Size) == kLocator64Signature;
  if (is_zip64) resolve_zip64_end(file, end - kLocator64Size, place, table_end);

  const auto first_volume = [is_zip64](std::uint16_t disk) {
    return disk == 0 || (is_zip64 && disk == 0xFFFF);
  };
  if (!first_volume(u16(end + 4)) || !first_volume(u16(end + 6)) ||
      place.entries_here != place.entries) {
    throw Error(ErrorKind::input, file.path, "the zip is split into several volumes", "one file");
  }
  if (place.offset > table_end || place.size > table_end - place.offset) {
    throw Error(
        ErrorKind::input, file.path,
        "the zip's table of members (central directory) is truncated or reaches past its end");
  }
  if (place.offset + place.size != table_end) {
    throw Error(ErrorKind::input, file.path,
                "there are " + number(table_end - place.offset - place.size) +
                    " bytes between the zip's table of members and its end that belong to nothing");
  }
  return place;
}

// Reads one field of 8 bytes of a zip64 extra field, if the plain value is saturated.
void resolve_zip64(std::uint64_t& value, std::span<const std::uint8_t>& extra, bool& good) {
  if (value != 0xFFFFFFFF) return;
  if (extra.size() < 8) {
    good = false;
    return;
  }
  value = u64(extra.data());
  extra = extra.subspan(8);
}

// What a record's extra fields say.
enum class ExtraFault { none, malformed, zip64, second_name };

// Takes a record at `bytes` (all of whose parts are inside the table) apart.
ZipMember parse_record(const std::uint8_t* bytes, ExtraFault& fault) {
  ZipMember member;
  member.flags = u16(bytes + 8);
  member.method = u16(bytes + 10);
  member.crc = u32(bytes + 16);
  member.packed_size = u32(bytes + 20);
  member.size = u32(bytes + 24);
  const std::size_t name_length = u16(bytes + 28);
  member.name = {reinterpret_cast<const char*>(bytes + kRecordSize), name_length};
  member.offset = u32(bytes + 42);
  fault = ExtraFault::none;

  std::span<const std::uint8_t> extra(bytes + kRecordSize + name_length, u16(bytes + 30));
  bool resolved = false;
  while (extra.size() >= 4) {
    const std::uint16_t id = u16(extra.data());
    const std::size_t length = u16(extra.data() + 2);
    if (length > extra.size() - 4) {
      fault = ExtraFault::malformed;
      return member;
    }
    std::span<const std::uint8_t> field = extra.subspan(4, length);
    extra = extra.subspan(4 + length);
    if (id == kZip64Extra && !resolved) {
      // Values stand in this order, each only where the plain one is saturated.
      bool good = true;
      resolve_zip64(member.size, field, good);
      resolve_zip64(member.packed_size, field, good);
      resolve_zip64(member.offset, field, good);
      if (!good) fault = ExtraFault::zip64;
      resolved = true;
    } else if (id == kUnicodePathExtra && length > 5) {
      const std::string_view other(reinterpret_cast<const char*>(field.data() + 5), length - 5);
      if (other != member.name) fault = ExtraFault::second_name;
    }
  }
  // (Up to three bytes of padding at the end are what some programs write.)
  return member;
}

// Refuses a mode that is neither a regular file's nor a folder's (upper half of the external
// attributes, POSIX).
void check_mode(std::uint32_t attributes, bool is_folder) {
  const std::uint32_t kind = attributes >> 16 & 0170000;
  std::string_view name;
  if (kind == 0120000) name = "a symbolic link";
  if (kind == 0020000 || kind == 0060000) name = "a device";
  if (kind == 0010000) name = "a named pipe";
  if (kind == 0140000) name = "a socket";
  if (kind == 0040000 && !is_folder) name = "a folder by its mode but not by its name";
  if (!name.empty())
    throw Error(ErrorKind::input, "", "the entry is " + std::string(name), "regular files only");
}

// Refuses what a submission's member may not be.
void check_member(const ZipMember& member, const ArchiveLimits& limits, bool is_folder) {
  constexpr std::uint16_t kEncrypted = 1 << 0 | 1 << 6 | 1 << 13;
  if ((member.flags & kEncrypted) != 0 || member.method == 99) {
    throw Error(ErrorKind::input, "", "the entry is encrypted", "entries without a password");
  }
  if ((member.flags & 1 << 5) != 0)
    throw Error(ErrorKind::input, "", "the entry is a patch", "whole files");
  if (member.method != 0 && member.method != 8) {
    throw Error(ErrorKind::input, "", "the entry is packed by method " + number(member.method),
                "stored (0) or deflated (8) entries");
  }
  if (is_folder && member.size != 0) {
    throw Error(ErrorKind::input, "",
                "the folder's entry has " + number(member.size) + " bytes of data", "none");
  }
  if (member.method == 0 && member.packed_size != member.size) {
    throw Error(ErrorKind::input, "",
                "the entry's sizes lie: stored, but " + number(member.packed_size) +
                    " bytes packed and " + number(member.size) + " unpacked");
  }
  if (member.method == 8 && member.size / kMostDeflateRatio > member.packed_size) {
    throw Error(ErrorKind::input, "",
                "the entry's sizes lie: " + number(member.packed_size) +
                    " packed bytes cannot hold " + number(member.size));
  }
  if (member.size > limits.max_entry_bytes || member.packed_size > limits.max_entry_bytes) {
    throw Error(ErrorKind::limit, "",
                "the entry has " + number(std::max(member.size, member.packed_size)) + " bytes",
                "at most " + number(limits.max_entry_bytes) + " (--max-entry-size)");
  }
  const std::uint64_t ratio = std::max<std::uint64_t>(limits.max_ratio, 1);
  if (member.size > kFreeRatioBytes && (member.size - 1) / ratio >= member.packed_size) {
    throw Error(ErrorKind::limit, "",
                "the entry unpacks to " +
                    number(member.size / std::max<std::uint64_t>(member.packed_size, 1)) +
                    " times its packed size",
                "at most " + number(ratio) + " times (--max-ratio)");
  }
  if (!is_folder && has_archive_extension(member.name)) {
    throw Error(ErrorKind::input, "", "the entry is an archive within the archive",
                "masks, not packed a second time");
  }
}

}  // namespace

void ArchiveFile::read(std::uint64_t offset, std::uint8_t* bytes, std::size_t count) const {
  Tries tries;
  while (count > 0) {
    const ssize_t done = ::pread(descriptor, bytes, count, static_cast<off_t>(offset));
    if (done < 0 && (errno == EINTR || tries.again(errno))) continue;
    if (done < 0)
      throw Error(kind_of_failure(errno), path,
                  std::string("cannot be read (") + std::strerror(errno) + ")");
    if (done == 0)
      throw Error(ErrorKind::input, path, "ends while it is read",
                  "the " + number(size) + " bytes it had");
    offset += static_cast<std::uint64_t>(done);
    bytes += done;
    count -= static_cast<std::size_t>(done);
  }
}

ZipDirectory::ZipDirectory(const ArchiveFile& file, const ArchiveLimits& limits) {
  if (file.size > limits.max_archive_bytes) {
    throw Error(ErrorKind::limit, file.path, "the archive has " + number(file.size) + " bytes",
                "at most " + number(limits.max_archive_bytes) + " (--max-archive-size)");
  }
  const TablePlace place = find_table(file);

  // Hold what the archive claims against the limits before anything of that size is made.
  if (place.entries > limits.max_entries) {
    throw Error(ErrorKind::limit, file.path,
                "the archive has " + number(place.entries) + " entries",
                "at most " + number(limits.max_entries) + " (--max-entries)");
  }
  if (place.size > std::min<std::uint64_t>(limits.max_directory_bytes, UINT32_MAX)) {
    throw Error(ErrorKind::limit, file.path,
                "the zip's table of members has " + number(place.size) + " bytes",
                "at most " + number(limits.max_directory_bytes) + " (--max-directory-size)");
  }
  if (place.entries > place.size / kRecordSize) {
    throw Error(ErrorKind::input, file.path,
                "the zip claims " + number(place.entries) + " entries in a table of " +
                    number(place.size) + " bytes");
  }
  table_.resize(static_cast<std::size_t>(place.size));
  file.read(place.offset, table_.data(), table_.size());

  read_records(file, limits, place.entries, place.offset, place.is_zip64);
  if (entries_.size() <= kMostWitnessed) compare_with_libzip(file);
  check_overlaps(file, place.offset);
  sort_and_check_names(file);
}

// Walks the table and checks each record by itself.
void ZipDirectory::read_records(const ArchiveFile& file, const ArchiveLimits& limits,
                                std::uint64_t declared, std::uint64_t table_offset, bool is_zip64) {
  entries_.reserve(static_cast<std::size_t>(declared));
  std::uint64_t total = 0;
  std::size_t at = 0;
  while (at < table_.size()) {
    const std::uint8_t* const record = table_.data() + at;
    const std::size_t left = table_.size() - at;
    if (left < kRecordSize || u32(record) != kRecordSignature) {
      throw Error(ErrorKind::input, file.path,
                  "the zip's table of members is damaged at entry " + number(entries_.size()),
                  "another record");
    }
    const std::size_t length = kRecordSize + u16(record + 28) + u16(record + 30) + u16(record + 32);
    if (length > left) {
      throw Error(ErrorKind::input, file.path,
                  "the zip's table of members is cut off in entry " + number(entries_.size()),
                  "a whole record");
    }
    ExtraFault fault = ExtraFault::none;
    const ZipMember member = parse_record(record, fault);
    check_archive_name(member.name, limits, file.path);
    const bool is_folder = member.name.back() == '/';

    try {
      if (fault == ExtraFault::malformed)
        throw Error(ErrorKind::input, "", "the entry's extra fields are malformed");
      if (fault == ExtraFault::zip64)
        throw Error(ErrorKind::input, "", "the entry's zip64 field is too short");
      if (fault == ExtraFault::second_name)
        throw Error(ErrorKind::input, "", "the entry has two different names");
      if (u16(record + 34) != 0)
        throw Error(ErrorKind::input, "", "the entry lies in another volume", "one file");
      check_mode(u32(record + 38), is_folder);
      check_member(member, limits, is_folder);
      const std::uint64_t least = kZipLocalHeaderSize + member.name.size() + member.packed_size;
      if (member.offset > table_offset || table_offset - member.offset < least) {
        throw Error(ErrorKind::input, "", "the entry's data lies outside the archive");
      }
    } catch (const Error& error) {
      // The path is made here, so that a million good entries do not pay for it.
      throw Error(error.kind(), file.path + "!" + std::string(member.name), error.found(),
                  error.expected());
    }

    total += member.size;
    if (total > limits.max_uncompressed_bytes) {
      throw Error(
          ErrorKind::limit, file.path,
          "the entries unpack to more than " + number(limits.max_uncompressed_bytes) + " bytes",
          "at most that (--max-total-size)");
    }
    if (entries_.size() >= limits.max_entries) {
      throw Error(ErrorKind::limit, file.path,
                  "the archive has more than " + number(limits.max_entries) + " entries",
                  "at most that (--max-entries)");
    }
    entries_.push_back({member.offset, 0, static_cast<std::uint32_t>(at), u16(record + 28)});
    at += length;
  }

  // Programs without zip64 write the count modulo 65,536 (macOS does): the table itself is the
  // truth then.
  const bool agrees =
      entries_.size() == declared || (!is_zip64 && entries_.size() % 65'536 == declared);
  if (!agrees) {
    throw Error(
        ErrorKind::input, file.path,
        "the zip claims " + number(declared) + " entries and lists " + number(entries_.size()));
  }
}

// Finds for each member where the next one begins; refuses members that share bytes.
void ZipDirectory::check_overlaps(const ArchiveFile& file, std::uint64_t table_offset) {
  const auto by_offset = [](const Entry& left, const Entry& right) {
    return left.offset < right.offset;
  };
  if (!std::is_sorted(entries_.begin(), entries_.end(), by_offset)) {
    std::sort(entries_.begin(), entries_.end(), by_offset);
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    entry.bound = i + 1 < entries_.size() ? entries_[i + 1].offset : table_offset;
    ExtraFault fault = ExtraFault::none;
    const ZipMember member = parse_record(table_.data() + entry.record, fault);
    const std::uint64_t least = kZipLocalHeaderSize + entry.length + member.packed_size;
    if (entry.bound - entry.offset >= least) continue;
    throw Error(ErrorKind::input, file.path + "!" + std::string(member.name),
                "the entry overlaps the entry '" + std::string(name(entries_[i + 1])) + "'",
                "members that share no bytes");
  }
}

// libzip, the parser of record, must see the same members in the same order.
void ZipDirectory::compare_with_libzip(const ArchiveFile& file) const {
  int code = 0;
  const int copy = ::dup(file.descriptor);
  if (copy < 0)
    throw Error(ErrorKind::input, file.path,
                std::string("cannot be read (") + std::strerror(errno) + ")");
  zip_t* const opened = zip_fdopen(copy, 0, &code);
  if (opened == nullptr) {
    ::close(copy);
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string words = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw Error(ErrorKind::input, file.path, "libzip refuses the archive (" + words + ")");
  }
  const std::unique_ptr<zip_t, decltype(&zip_discard)> archive(opened, zip_discard);
  const zip_int64_t count = zip_get_num_entries(archive.get(), ZIP_FL_UNCHANGED);
  bool same = count == static_cast<zip_int64_t>(entries_.size());
  for (std::size_t i = 0; same && i < entries_.size(); ++i) {
    ExtraFault fault = ExtraFault::none;
    const ZipMember member = parse_record(table_.data() + entries_[i].record, fault);
    zip_stat_t facts;
    zip_stat_init(&facts);
    same = zip_stat_index(archive.get(), i, ZIP_FL_UNCHANGED | ZIP_FL_ENC_RAW, &facts) == 0 &&
           std::string_view(facts.name) == member.name && facts.size == member.size &&
           facts.comp_size == member.packed_size && facts.crc == member.crc &&
           facts.comp_method == member.method;
  }
  if (!same) {
    throw Error(ErrorKind::input, file.path, "two readers of the zip see different members",
                "an archive that means the same to every program");
  }
}

// Sorts by the folded name; refuses what a file system that ignores case, or any at all, could not
// hold.
void ZipDirectory::sort_and_check_names(const ArchiveFile& file) {
  const auto by_name = [this](const Entry& left, const Entry& right) {
    return compare_folded(name(left), name(right)) < 0;
  };
  if (!std::is_sorted(entries_.begin(), entries_.end(), by_name)) {
    std::sort(entries_.begin(), entries_.end(), by_name);
  }
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    const std::string_view before = name(entries_[i - 1]);
    const std::string_view here = name(entries_[i]);
    const auto path = [&] { return file.path + "!" + std::string(here); };
    if (before == here)
      throw Error(ErrorKind::input, path(), "the entry's name stands twice in the archive", "once");
    if (compare_folded(before, here) == 0) {
      throw Error(ErrorKind::input, path(),
                  "the entry's name differs from '" + std::string(before) + "' in case only");
    }
    // A file and a folder of one name: the folder's entries follow the file's at once.
    if (before.back() != '/' && here.size() > before.size() && here[before.size()] == '/' &&
        compare_folded(before, here.substr(0, before.size())) == 0) {
      throw Error(ErrorKind::input, path(),
                  "the archive has '" + std::string(before) + "' as a file and as a folder");
    }
    // Folders that both paths have must be spelled alike (folding keeps lengths).
    for (std::size_t k = here.find('/'); k < before.size(); k = here.find('/', k + 1)) {
      const std::string_view folder = before.substr(0, k + 1);
      if (compare_folded(folder, here.substr(0, k + 1)) != 0) break;
      if (folder == here.substr(0, k + 1)) continue;
      throw Error(ErrorKind::input, path(),
                  "the entry's folder is spelled in two ways, also '" + std::string(folder) + "'");
    }
  }
}

std::string_view ZipDirectory::name(const Entry& entry) const {
  return {reinterpret_cast<const char*>(table_.data() + entry.record + kRecordSize), entry.length};
}

std::string_view ZipDirectory::name(std::size_t index) const { return name(entries_[index]); }

ZipMember ZipDirectory::member(std::size_t index) const {
  ExtraFault fault = ExtraFault::none;
  return parse_record(table_.data() + entries_[index].record, fault);
}

std::size_t ZipDirectory::lower_bound(std::string_view wanted) const {
  const auto before = [this](const Entry& entry, std::string_view value) {
    return compare_folded(name(entry), value) < 0;
  };
  return static_cast<std::size_t>(
      std::lower_bound(entries_.begin(), entries_.end(), wanted, before) - entries_.begin());
}

}  // namespace angiobench
