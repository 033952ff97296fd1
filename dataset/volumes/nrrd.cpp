// SPDX-License-Identifier: MIT
#include "dataset/volumes/nrrd.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "dataset/characters.h"
#include "dataset/error.h"
#include "dataset/files/text.h"

namespace angiobench {
namespace {

// Every name that the format has for a type of whole numbers.
struct NrrdType {
  std::string_view name;
  std::size_t bytes;
  bool is_signed;
};
constexpr auto kNrrdTypes = std::to_array<NrrdType>({
    {"uchar", 1, false},
    {"unsigned char", 1, false},
    {"uint8", 1, false},
    {"uint8_t", 1, false},
    {"signed char", 1, true},
    {"int8", 1, true},
    {"int8_t", 1, true},
    {"ushort", 2, false},
    {"unsigned short", 2, false},
    {"unsigned short int", 2, false},
    {"uint16", 2, false},
    {"uint16_t", 2, false},
    {"short", 2, true},
    {"short int", 2, true},
    {"signed short", 2, true},
    {"signed short int", 2, true},
    {"int16", 2, true},
    {"int16_t", 2, true},
    {"uint", 4, false},
    {"unsigned int", 4, false},
    {"uint32", 4, false},
    {"uint32_t", 4, false},
    {"int", 4, true},
    {"signed int", 4, true},
    {"int32", 4, true},
    {"int32_t", 4, true},
    {"ulonglong", 8, false},
    {"unsigned long long", 8, false},
    {"unsigned long long int", 8, false},
    {"uint64", 8, false},
    {"uint64_t", 8, false},
    {"longlong", 8, true},
    {"long long", 8, true},
    {"long long int", 8, true},
    {"signed long long", 8, true},
    {"signed long long int", 8, true},
    {"int64", 8, true},
    {"int64_t", 8, true},
});

struct NrrdFields {
  std::vector<std::int64_t> sizes;
  std::optional<NrrdType> type;
  std::string encoding;
  bool has_order = false;
  bool is_big_endian = false;
  std::size_t start = 0;  // of the values
};

class NrrdReader {
 public:
  NrrdReader(std::span<const std::uint8_t> file, const std::string& path)
      : file_(file), path_(path) {}

  NrrdFields fields() const {
    NrrdFields fields;
    std::size_t at = 0;
    if (!next_line(at).starts_with("NRRD000")) fail("is no NRRD", "a first line NRRD0001 to 0005");
    for (std::string_view line = next_line(at); !line.empty(); line = next_line(at)) {
      if (line.front() == '#') continue;
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos)
        fail("has a line in its header that is no field", "lines 'field: value'");
      if (line.substr(colon).starts_with(":=")) continue;  // a key of the user's own
      take(lowered(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1)), fields);
    }
    fields.start = at;
    if (!fields.type) fail("says nothing of its type", "uint8 or other whole numbers");
    if (fields.sizes.empty()) fail("says nothing of its sizes", "width, height and frames");
    if (fields.encoding.empty()) fail("says nothing of its encoding", "raw or gzip");
    if (fields.type->bytes > 1 && !fields.has_order)
      fail("says nothing of its endian", "little or big, where a value has several bytes");
    return fields;
  }

 private:
  [[noreturn]] void fail(const std::string& found, const std::string& expected) const {
    throw Error(ErrorKind::input, path_, found, expected);
  }

  std::string_view next_line(std::size_t& at) const {
    const std::optional<std::string_view> line = header_line(file_, at);
    if (!line) fail("has no whole NRRD header", "one that ends in an empty line");
    return *line;
  }

  void take_kinds(std::string_view value) const {
    const std::string first = lowered(value.substr(0, value.find_first_of(" \t")));
    static constexpr std::string_view kSpaces[] = {"domain", "space", "???", "none"};
    if (std::ranges::find(kSpaces, first) == std::end(kSpaces))
      fail("has a first axis of the kind '" + first + "'",
           "x, y and frames, one value a pixel: a volume, no sequence and no picture in colours");
  }

  void take(const std::string& field, std::string_view value, NrrdFields& fields) const {
    if (field == "sizes") {
      const auto sizes = whole_numbers(value);
      if (!sizes) fail("has no sizes of whole numbers", "512 512 60");
      fields.sizes = *sizes;
    } else if (field == "type") {
      const auto type = std::ranges::find(kNrrdTypes, lowered(value), &NrrdType::name);
      if (type == kNrrdTypes.end())
        fail("has values of type " + std::string(value), "whole numbers of 8 to 64 bits");
      fields.type = *type;
    } else if (field == "encoding") {
      fields.encoding = lowered(value);
      if (fields.encoding == "gz") fields.encoding = "gzip";
      if (fields.encoding != "raw" && fields.encoding != "gzip")
        fail("has the encoding " + std::string(value), "raw or gzip");
    } else if (field == "endian") {
      fields.has_order = true;
      fields.is_big_endian = lowered(value) == "big";
    } else if (field == "kinds") {
      take_kinds(value);
    } else if (field == "data file" || field == "datafile") {
      fail("keeps its values in another file", "a .nrrd with its values");
    } else if ((field == "line skip" || field == "lineskip" || field == "byte skip" ||
                field == "byteskip") &&
               value != "0") {
      fail("skips something before its values", field + ": 0, or none");
    }
  }

  std::span<const std::uint8_t> file_;
  const std::string& path_;
};

}  // namespace

VolumeHeader parse_nrrd_header(std::span<const std::uint8_t> beginning, const std::string& path) {
  const NrrdFields fields = NrrdReader(beginning, path).fields();
  VolumeHeader header;
  header.form = VolumeForm::nrrd;
  take_sides(fields.sizes, path, header);
  header.sample = {fields.type->bytes, fields.type->is_signed, fields.is_big_endian};
  header.packing = fields.encoding == "gzip" ? VolumePacking::deflated : VolumePacking::none;
  header.start = fields.start;
  return header;
}

std::string nrrd_header(int width, int height, int num_frames) {
  return "NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: " +
         std::to_string(width) + " " + std::to_string(height) + " " + std::to_string(num_frames) +
         "\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nkinds: domain domain domain\n"
         "encoding: gzip\nspace origin: (0,0,0)\n\n";
}

}  // namespace angiobench
