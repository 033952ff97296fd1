// SPDX-License-Identifier: MIT
#include "dataset/files/zip_writer.h"

#include <libdeflate.h>

#include <algorithm>

#include "dataset/error.h"

namespace angiobench {
namespace {

// APPNOTE.TXT 6.3: plain versions 1.0 (stored), 4.5 (zip64); made on Unix; UTF-8 names; the epoch
// 1980-01-01 00:00.
constexpr std::uint16_t kVersion = 10;
constexpr std::uint16_t kVersionZip64 = 45;
constexpr std::uint16_t kMadeOnUnix = 3 << 8 | kVersionZip64;
constexpr std::uint16_t kUtf8Names = 1 << 11;
constexpr std::uint32_t kEpoch = 1 << 21 | 1 << 16;
constexpr std::uint32_t kRegularFile = 0100644U << 16;
constexpr std::uint64_t kMost32 = 0xFFFFFFFE;
constexpr std::uint64_t kMost16 = 0xFFFE;

void put(std::string& bytes, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
}

}  // namespace

ZipWriter::ZipWriter(const std::string& path) : file_(path) {}

void ZipWriter::write(std::string_view bytes) {
  digest_.update(bytes);
  written_ += bytes.size();
  file_.write(bytes);
}

void ZipWriter::add(std::string_view name, std::span<const std::uint8_t> content) {
  expects(!finished_, "members are added before the archive is finished");
  expects(content.size() <= kMost32 && name.size() <= kMost16, "a member is below 4 GiB");
  const std::uint32_t crc = libdeflate_crc32(0, content.data(), content.size());
  const bool is_ascii =
      std::all_of(name.begin(), name.end(), [](char c) { return (c & 0x80) == 0; });
  const std::uint64_t offset = written_;
  const bool is_far = offset > kMost32;

  // What the member's own header and the table's record have in common.
  std::string common;
  put(common, is_far ? kVersionZip64 : kVersion, 2);
  put(common, is_ascii ? 0 : kUtf8Names, 2);
  put(common, 0, 2);
  put(common, kEpoch, 4);
  put(common, crc, 4);
  put(common, content.size(), 4);
  put(common, content.size(), 4);
  put(common, name.size(), 2);

  header_.clear();
  put(header_, 0x04034b50, 4);
  header_ += common;
  put(header_, 0, 2);
  header_ += name;
  write(header_);
  write({reinterpret_cast<const char*>(content.data()), content.size()});

  put(table_, 0x02014b50, 4);
  put(table_, kMadeOnUnix, 2);
  table_ += common;
  put(table_, is_far ? 12 : 0, 2);
  put(table_, 0, 6);
  put(table_, kRegularFile, 4);
  put(table_, is_far ? 0xFFFFFFFF : offset, 4);
  table_ += name;
  if (is_far) {
    put(table_, 0x0001, 2);
    put(table_, 8, 2);
    put(table_, offset, 8);
  }
  ++num_members_;
}

Sha256 ZipWriter::finish() {
  expects(!finished_, "an archive is finished once");
  const std::uint64_t table_offset = written_;
  write(table_);
  std::string end;
  const bool is_zip64 = num_members_ > kMost16 || table_offset > kMost32 || table_.size() > kMost32;
  if (is_zip64) {
    put(end, 0x06064b50, 4);
    put(end, 44, 8);
    put(end, kMadeOnUnix, 2);
    put(end, kVersionZip64, 2);
    put(end, 0, 8);
    put(end, num_members_, 8);
    put(end, num_members_, 8);
    put(end, table_.size(), 8);
    put(end, table_offset, 8);
    put(end, 0x07064b50, 4);
    put(end, 0, 4);
    put(end, written_, 8);
    put(end, 1, 4);
  }
  put(end, 0x06054b50, 4);
  put(end, 0, 4);
  put(end, std::min<std::uint64_t>(num_members_, 0xFFFF), 2);
  put(end, std::min<std::uint64_t>(num_members_, 0xFFFF), 2);
  put(end, std::min<std::uint64_t>(table_.size(), 0xFFFFFFFF), 4);
  put(end, std::min<std::uint64_t>(table_offset, 0xFFFFFFFF), 4);
  put(end, 0, 2);
  write(end);

  finished_ = true;
  file_.commit();
  return digest_.finish();
}

}  // namespace angiobench
