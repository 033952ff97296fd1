// SPDX-License-Identifier: MIT
#include "tests/support/hostile_zip.h"

#include <zlib.h>

#include <array>
#include <cstdio>

namespace angiobench::test {
namespace {

void put(std::string& text, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i, value >>= 8) text += static_cast<char>(value);
}

std::uint32_t crc_of(const std::string& content) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
}

std::string deflate_raw(const std::string& content) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

std::string zip_extra(std::uint16_t id, const std::string& content) {
  std::string field;
  put(field, id, 2);
  put(field, content.size(), 2);
  return field + content;
}

std::string build_zip(const std::vector<ZipPart>& parts, const ZipEnd& end) {
  std::string archive;
  std::string table;
  for (const ZipPart& part : parts) {
    const std::string packed = part.packed     ? *part.packed
                               : part.deflated ? deflate_raw(part.content)
                                               : part.content;
    const std::uint16_t method = part.method ? *part.method : part.deflated ? 8 : 0;
    const std::uint32_t crc = part.crc ? *part.crc : crc_of(part.content);
    const std::uint64_t size = part.size ? *part.size : part.content.size();
    const std::uint64_t offset = part.offset ? *part.offset : archive.size();
    const std::string& local_name = part.local_name ? *part.local_name : part.name;

    put(archive, 0x04034b50, 4);
    put(archive, 20, 2);
    put(archive, part.flags, 2);
    put(archive, method, 2);
    put(archive, 0x00210000, 4);
    put(archive, crc, 4);
    put(archive, packed.size(), 4);
    put(archive, part.local_size ? *part.local_size : size, 4);
    put(archive, local_name.size(), 2);
    put(archive, part.local_extra.size(), 2);
    archive += local_name + part.local_extra + packed;

    put(table, 0x02014b50, 4);
    put(table, 0x031e, 2);
    put(table, 20, 2);
    put(table, part.flags, 2);
    put(table, method, 2);
    put(table, 0x00210000, 4);
    put(table, crc, 4);
    put(table, part.packed_size ? *part.packed_size : packed.size(), 4);
    put(table, size, 4);
    put(table, part.name.size(), 2);
    put(table, part.extra.size(), 2);
    put(table, 0, 2);
    put(table, part.disk, 2);
    put(table, 0, 2);
    put(table, std::uint64_t{part.mode} << 16, 4);
    put(table, offset, 4);
    table += part.name + part.extra;
  }

  const std::uint64_t entries = end.entries ? *end.entries : parts.size();
  const std::uint64_t table_size = end.table_size ? *end.table_size : table.size();
  const std::uint64_t table_offset = end.table_offset ? *end.table_offset : archive.size();
  archive += table + end.before_end;
  if (end.zip64) {
    const std::uint64_t end64_offset = end.end64_offset ? *end.end64_offset : archive.size();
    put(archive, 0x06064b50, 4);
    put(archive, 44, 8);
    put(archive, 45, 2);
    put(archive, 45, 2);
    put(archive, 0, 8);
    put(archive, entries, 8);
    put(archive, entries, 8);
    put(archive, table_size, 8);
    put(archive, table_offset, 8);
    put(archive, 0x07064b50, 4);
    put(archive, 0, 4);
    put(archive, end64_offset, 8);
    put(archive, 1, 4);
  }
  put(archive, 0x06054b50, 4);
  put(archive, end.disk, 2);
  put(archive, end.disk, 2);
  put(archive, end.zip64 ? 0xFFFF : entries, 2);
  put(archive, end.zip64 ? 0xFFFF : entries, 2);
  put(archive, end.zip64 ? 0xFFFFFFFF : table_size, 4);
  put(archive, end.zip64 ? 0xFFFFFFFF : table_offset, 4);
  put(archive, end.comment.size(), 2);
  return archive + end.comment;
}

std::vector<HostileZip> hostile_zips(const std::vector<ZipPart>& good) {
  std::vector<HostileZip> all;
  const auto add = [&](const std::string& name, const std::string& bytes, const std::string& words,
                       ErrorKind kind = ErrorKind::input) -> HostileZip& {
    all.push_back({name, bytes, kind, words, true, good.front().name, {}});
    return all.back();
  };
  // The good submission and one more member.
  const auto with = [&](const ZipPart& part) {
    std::vector<ZipPart> parts = good;
    parts.push_back(part);
    return build_zip(parts);
  };
  const auto with_name = [&](const std::string& name) {
    ZipPart part;
    part.name = name;
    return with(part);
  };
  // The good submission with its first member changed.
  const auto changed = [&](const auto& change) {
    std::vector<ZipPart> parts = good;
    change(parts.front());
    return build_zip(parts);
  };

  // Names.
  add("path_traversal", with_name("../evil.png"), "climbs out of its folder");
  add("path_traversal_inside", with_name("v00/../../evil.png"), "climbs out of its folder");
  add("absolute_path", with_name("/etc/passwd"), "absolute path");
  add("drive_letter", with_name("C:/evil.png"), "drive letter");
  add("backslash", with_name("v00\\evil.png"), "backslash");
  add("terminal_escape", with_name("v00/\x1b[2J.png"), "control character");
  add("terminal_escape_c1",
      with_name("v00/\xC2\x9B"
                "2J.png"),
      "control character");
  add("workflow_command_on_a_new_line", with_name("v00/a\n::error::owned.png"),
      "control character");
  add("zero_byte", with_name(std::string("v00/a.png\0.exe", 14)), "control character");
  add("not_utf8", with_name("v00/\xFF\xFE.png"), "not UTF-8");
  add("overlong_utf8", with_name("v00/\xC0\xAE\xC0\xAE.png"), "not UTF-8");
  add("no_name", with_name(""), "no name");
  add("empty_part", with_name("v00//evil.png"), "empty part");
  add("dot_part", with_name("./evil.png"), "empty part");
  add("same_name_twice", with_name(good.back().name), "stands twice");
  std::string upper = good.back().name;
  for (char& character : upper) {
    if (character >= 'a' && character <= 'z')
      character = static_cast<char>(character - ('a' - 'A'));
  }
  const std::size_t slash = upper.rfind('/') + 1;
  add("same_name_in_other_case", with_name(good.back().name.substr(0, slash) + upper.substr(slash)),
      "in case only");
  add("folder_in_other_case", with_name(upper.substr(0, slash) + "other.png"),
      "spelled in two ways");
  {
    std::vector<ZipPart> parts = good;
    ZipPart part;
    part.name = "caf\xC3\xA9.txt";
    parts.push_back(part);
    part.name = "CAF\xC3\x89.txt";
    parts.push_back(part);
    add("same_name_in_other_case_not_ascii", build_zip(parts), "in case only");
  }
  add("file_and_folder", with_name(good.back().name + "/x.png"), "as a file and as a folder");
  add("long_name", with_name("v00/" + std::string(256, 'a') + ".png"), "--max-name-length",
      ErrorKind::limit);
  add("deep_path", with_name("1/2/3/4/5/6/7/8/9.png"), "--max-depth", ErrorKind::limit);
  {
    ZipPart part;
    part.name = "v00/twice.png";
    std::string field(1, '\1');
    put(field, crc_of(part.name), 4);
    part.extra = zip_extra(0x7075, field + "../evil.png");
    add("second_name", with(part), "two different names");
  }

  // Kinds of entries.
  const auto with_mode = [&](std::uint32_t mode) {
    ZipPart part;
    part.name = "v00/special.png";
    part.mode = mode;
    part.content = "/etc/passwd";
    return with(part);
  };
  add("symbolic_link", with_mode(0120777), "a symbolic link");
  add("character_device", with_mode(0020666), "a device");
  add("block_device", with_mode(0060666), "a device");
  add("named_pipe", with_mode(0010666), "a named pipe");
  add("socket", with_mode(0140666), "a socket");
  add("folder_mode", with_mode(0040755), "a folder by its mode");
  {
    ZipPart part;
    part.name = "v00/folder/";
    part.content = "data";
    add("folder_with_data", with(part), "the folder's entry has 4 bytes");
  }
  {
    ZipPart part;
    part.name = "v00/secret.png";
    part.flags = 1;
    add("encrypted", with(part), "encrypted");
    part.flags = 0;
    part.method = 99;
    add("encrypted_aes", with(part), "encrypted");
    part.method = 12;
    add("other_method", with(part), "packed by method 12");
    part.method = 0;
    part.flags = 1 << 5;
    add("patch", with(part), "a patch");
    part.flags = 0;
    part.disk = 3;
    add("other_volume", with(part), "another volume");
  }
  add("nested_archive", with_name("v00/more.tar.GZ"), "archive within the archive");

  // Sizes that lie before anything is unpacked.
  {
    ZipPart part;
    part.name = "v00/liar.png";
    part.content = std::string(100, 'x');
    part.size = 5000;
    add("stored_with_two_sizes", with(part), "sizes lie: stored");
    part.deflated = true;
    part.size = 15 << 20;
    add("more_than_deflate_can_hold", with(part), "packed bytes cannot hold");
    part.size = 0xFFFFFFFE;
    part.packed_size = 8 << 20;
    add("four_gigabytes", with(part), "--max-entry-size", ErrorKind::limit);
  }
  {
    ZipPart part;
    part.name = "v00/bomb.png";
    part.content = std::string((1 << 20) + 1, '\0');
    part.deflated = true;
    add("bomb", with(part), "--max-ratio", ErrorKind::limit);
    part.size = 17 << 20;
    part.packed_size = 1 << 20;
    add("large_entry", with(part), "--max-entry-size", ErrorKind::limit);
  }
  add("large_archive", build_zip(good), "--max-archive-size", ErrorKind::limit)
      .limits.max_archive_bytes = 50;
  add("large_total", build_zip(good), "--max-total-size", ErrorKind::limit)
      .limits.max_uncompressed_bytes = 50;
  add("many_entries", build_zip(good), "--max-entries", ErrorKind::limit).limits.max_entries =
      good.size() - 1;
  add("large_table", build_zip(good), "--max-directory-size", ErrorKind::limit)
      .limits.max_directory_bytes = 60;

  // What shows only when the member is unpacked.
  const auto when_read = [&](const std::string& name, const std::string& bytes,
                             const std::string& words) {
    add(name, bytes, words).when_opened = false;
  };
  when_read("unpacks_to_more", changed([](ZipPart& part) {
              part.deflated = true;
              part.size = static_cast<std::uint32_t>(part.content.size() - 10);
            }),
            "unpacks to more");
  when_read("bomb_that_declares_little", changed([](ZipPart& part) {
              part.content = std::string(2 << 20, '\0');
              part.deflated = true;
              part.size = 70'000;
            }),
            "unpacks to more");
  when_read("unpacks_to_less", changed([](ZipPart& part) {
              part.deflated = true;
              part.size = static_cast<std::uint32_t>(part.content.size() + 10);
            }),
            "sizes lie: ");
  when_read("bytes_after_the_data", changed([](ZipPart& part) {
              part.packed = deflate_raw(part.content) + "PADDING";
              part.deflated = true;
            }),
            "packed ones");
  when_read("damaged_data", changed([](ZipPart& part) {
              part.packed = std::string(200, '\xFF');
              part.deflated = true;
            }),
            "damaged (deflate)");
  when_read("wrong_checksum", changed([](ZipPart& part) { part.crc = 12345; }),
            "checksum (CRC-32)");
  when_read("own_header_has_other_sizes", changed([](ZipPart& part) { part.local_size = 7; }),
            "its own header has others");
  when_read("own_header_has_another_name",
            changed([](ZipPart& part) { part.local_name = std::string(part.name.size(), 'x'); }),
            "has another name");
  when_read("nested_archive_named_as_a_mask",
            changed([](ZipPart& part) { part.content = build_zip({}); }),
            "archive within the archive (zip)");

  // Places that lie.
  {
    std::vector<ZipPart> parts = good;
    parts[1].offset = 0;
    add("overlapping_members", build_zip(parts), "overlaps");
    parts = good;
    parts[0].packed_size = static_cast<std::uint32_t>(parts[0].content.size() + 60);
    parts[0].size = parts[0].packed_size;
    add("member_reaching_into_the_next", build_zip(parts), "overlaps");
    parts = good;
    parts.back().offset = 0x7FFFFFFF;
    add("member_outside", build_zip(parts), "outside the archive");
    // The header is in the gap, the data would run into the table.
    when_read(
        "own_extra_field_pushes_the_data_out",
        [&] {
          std::string bytes = build_zip(good);
          bytes[28] = '\xFF';
          bytes[29] = '\xFF';
          return bytes;
        }(),
        "overlaps the next one");
  }

  // Tables and ends that lie.
  const std::string whole = build_zip(good);
  const std::string zip64 = build_zip(good, [] {
    ZipEnd end;
    end.zip64 = true;
    return end;
  }());
  const auto with_end = [&](const auto& change) {
    ZipEnd end;
    change(end);
    return build_zip(good, end);
  };
  add("cut_in_the_middle", whole.substr(0, whole.size() / 2), "ends before its table of members");
  add("cut_at_the_end", whole.substr(0, whole.size() - 1), "does not reach the end of the file");
  add("bytes_appended", whole + "\n", "does not reach the end of the file");
  add(
      "two_ends",
      [&] {
        ZipEnd inner;
        const std::string empty = build_zip({}, inner);
        ZipEnd outer;
        outer.comment = empty;
        return build_zip(good, outer);
      }(),
      "two end records");
  add("table_cut_short", with_end([](ZipEnd& end) { end.table_offset = 0x7FFFFFF0; }),
      "truncated or reaches past");
  add("bytes_after_the_table", with_end([](ZipEnd& end) { end.before_end = "hidden"; }),
      "belong to nothing");
  add("more_entries_than_bytes", with_end([](ZipEnd& end) { end.entries = 9'000; }),
      "claims 9000 entries");
  add("fewer_entries_than_listed", with_end([](ZipEnd& end) { end.entries = 1; }),
      "claims 1 entries and lists");
  add("several_volumes", with_end([](ZipEnd& end) { end.disk = 2; }), "several volumes");
  add(
      "damaged_table",
      [&] {
        std::string bytes = whole;
        bytes[bytes.rfind("PK\x01\x02") + 1] = 'X';
        return bytes;
      }(),
      "damaged at entry");
  add(
      "record_cut_off",
      [&] {
        std::string bytes = whole;
        const std::size_t record = bytes.rfind("PK\x01\x02");
        bytes[record + 28] = '\xFF';
        bytes[record + 29] = '\xFF';
        return bytes;
      }(),
      "cut off in entry");
  {
    ZipPart part;
    part.name = "v00/extra.png";
    part.extra = "\x01\x02\xFF\xFFxx";
    add("malformed_extra_field", with(part), "extra fields are malformed");
    part.extra = zip_extra(0x0001, "abc");
    part.size = 0xFFFFFFFF;
    add("zip64_field_too_short", with(part), "zip64 field is too short");
    std::string field;
    put(field, ~0ULL, 8);
    part.extra = zip_extra(0x0001, field);
    part.deflated = true;
    add("zip64_size_of_all_ones", with(part), "packed bytes cannot hold");
    part = ZipPart{};
    part.name = "v00/extra.png";
    part.extra = zip_extra(0x0001, field);
    part.offset = 0xFFFFFFFF;
    add("zip64_place_of_all_ones", with(part), "outside the archive");
  }
  add("zip64_end_outside", with_end([](ZipEnd& end) {
        end.zip64 = true;
        end.end64_offset = ~0ULL;
      }),
      "zip64 end record lies outside");
  add("zip64_end_malformed", with_end([](ZipEnd& end) {
        end.zip64 = true;
        end.end64_offset = 0;
      }),
      "zip64 end record is malformed");
  add("zip64_table_of_all_ones", with_end([](ZipEnd& end) {
        end.zip64 = true;
        end.table_size = ~0ULL;
      }),
      "truncated or reaches past");
  add(
      "zip64_ends_disagree",
      [&] {
        std::string bytes = zip64;
        bytes[bytes.size() - 14] = 1;
        bytes[bytes.size() - 13] = 0;
        bytes[bytes.size() - 12] = 1;
        bytes[bytes.size() - 11] = 0;
        return bytes;
      }(),
      "disagree");
  add("zip64_entries_of_all_ones", with_end([](ZipEnd& end) {
        end.zip64 = true;
        end.entries = ~0ULL;
      }),
      "--max-entries", ErrorKind::limit);
  return all;
}

std::string zip_of_empty_entries(std::uint32_t count) {
  std::string archive;
  std::string table;
  archive.reserve(std::size_t{count} * 110 + 100);
  table.reserve(std::size_t{count} * 60);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::array<char, 16> name{};
    const auto length =
        static_cast<std::size_t>(std::snprintf(name.data(), name.size(), "v/%07u.png", i));
    const std::uint64_t offset = archive.size();
    put(archive, 0x04034b50, 4);
    put(archive, 20, 6);
    put(archive, 0x00210000, 4);
    put(archive, 0, 12);
    put(archive, length, 4);
    archive.append(name.data(), length);
    put(table, 0x02014b50, 4);
    put(table, 0x0014031e, 8);
    put(table, 0x00210000, 4);
    put(table, 0, 12);
    put(table, length, 4);
    put(table, 0, 6);
    put(table, std::uint64_t{0100644} << 16, 4);
    put(table, offset, 4);
    table.append(name.data(), length);
  }
  const std::uint64_t table_offset = archive.size();
  archive += table;
  const std::uint64_t end64 = archive.size();
  put(archive, 0x06064b50, 4);
  put(archive, 44, 8);
  put(archive, 0x002d002d, 4);
  put(archive, 0, 8);
  put(archive, count, 8);
  put(archive, count, 8);
  put(archive, table.size(), 8);
  put(archive, table_offset, 8);
  put(archive, 0x07064b50, 8);
  put(archive, end64, 8);
  put(archive, 1, 4);
  put(archive, 0x06054b50, 8);
  put(archive, ~0ULL, 8);
  put(archive, ~0ULL, 4);
  put(archive, 0, 2);
  return archive;
}

std::vector<std::string> misleading_names() {
  return {
      "<script>alert(1)</script>",
      "\"><img src=x onerror=alert(1)>",
      "=HYPERLINK(\"http:evil\",\"click\")",
      "+cmd|' calc'!A0",
      "@SUM(1+1)",
      "-2+3",
      "::error file=x,line=1::owned",
      "%0A::set-output name=x::y",
      "$(touch owned)",
      "`touch owned`",
      "a|b*c_d",
      "\xE2\x80\xAE"
      "gnp.exe",
      "##vso[task.complete result=Failed;]",
  };
}

}  // namespace angiobench::test
