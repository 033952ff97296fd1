// SPDX-License-Identifier: MIT
#include "dataset/masks/npy.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "dataset/characters.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

[[noreturn]] void refuse(const std::string& path, std::string found, std::string expected) {
  throw Error(ErrorKind::input, path, std::move(found), std::move(expected));
}

// The text after "'key':" in the header, which is a Python dictionary literal; empty where the key
// is not there.
std::string_view value_of(std::string_view header, std::string_view key) {
  for (const char quote : {'\'', '"'}) {
    const std::string quoted = quote + std::string(key) + quote;
    const std::size_t at = header.find(quoted);
    if (at == std::string_view::npos) continue;
    const std::size_t colon = header.find_first_not_of(" \t", at + quoted.size());
    if (colon == std::string_view::npos || header[colon] != ':') continue;
    const std::size_t begin = header.find_first_not_of(" \t", colon + 1);
    if (begin != std::string_view::npos) return header.substr(begin);
  }
  return {};
}

// "(166, 512, 512)" -> its numbers.
std::vector<std::uint64_t> parse_shape(std::string_view text, const std::string& path) {
  const std::string expected = "a tuple of sizes as 'shape' in the .npy header";
  const std::size_t end = text.find(')');
  if (text.empty() || text.front() != '(' || end == std::string_view::npos)
    refuse(path, "no shape", expected);
  text = text.substr(1, end - 1);
  std::vector<std::uint64_t> shape;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view number = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t first = number.find_first_not_of(" \t");
    if (first == std::string_view::npos) continue;
    number = number.substr(first, number.find_last_not_of(" \tL") + 1 - first);
    const bool digits =
        !number.empty() && number.size() <= 10 && std::ranges::all_of(number, is_digit);
    if (!digits || shape.size() >= 8)
      refuse(path, "the shape '(" + std::string(number) + ")'", expected);
    std::uint64_t value = 0;
    for (const char c : number) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    shape.push_back(value);
  }
  return shape;
}

}  // namespace

std::size_t npy_header_bytes(std::span<const std::uint8_t> beginning) {
  if (beginning.size() < 12) return beginning.size();
  const bool is_first_version = beginning[6] == 1;
  std::size_t length = 0;
  for (std::size_t i = is_first_version ? 2 : 4; i-- > 0;) length = length << 8 | beginning[8 + i];
  return (is_first_version ? 10 : 12) + length;
}

NpyHeader describe_npy(std::span<const std::uint8_t> file, const std::string& path) {
  if (file.size() < 10 || std::memcmp(file.data(), kMagic.data(), kMagic.size()) != 0) {
    refuse(path, "no .npy header", "a file that numpy.save wrote");
  }
  const int version = file[6];
  if (version < 1 || version > 3)
    refuse(path, ".npy version " + std::to_string(version), "1, 2 or 3");
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::size_t length = 0;
  if (file.size() < 8 + length_bytes) refuse(path, "a .npy header that is cut off", "a whole file");
  for (std::size_t i = length_bytes; i-- > 0;) length = length << 8 | file[8 + i];
  const std::size_t start = 8 + length_bytes;
  if (length > kMaxNpyHeader) {
    refuse(path, "a .npy header of " + std::to_string(length) + " bytes",
           "at most " + std::to_string(kMaxNpyHeader));
  }
  if (length > file.size() - start) refuse(path, "a .npy header that is cut off", "a whole file");
  const std::string_view header(reinterpret_cast<const char*>(file.data()) + start, length);

  NpyHeader described;
  const std::string_view type = value_of(header, "descr");
  const std::size_t end = std::min<std::size_t>({type.find_first_of(",}"), 16, type.size()});
  described.type = type.substr(0, end);
  if (described.type.size() > 2 && (type[0] == '\'' || type[0] == '"') &&
      described.type.back() == type[0])
    described.type = described.type.substr(1, described.type.size() - 2);
  described.is_fortran = !value_of(header, "fortran_order").starts_with("False");
  described.shape = parse_shape(value_of(header, "shape"), path);
  described.start = start + length;
  return described;
}

NpyHeader parse_npy_header(std::span<const std::uint8_t> file, std::uint64_t file_bytes,
                           const std::string& path) {
  NpyHeader parsed = describe_npy(file, path);
  // Only types of one byte are labels; anything else is more likely a mistake than a mask.
  if (parsed.type != "|b1" && parsed.type != "|u1" && parsed.type != "|i1")
    refuse(path, "values of type '" + parsed.type + "'", "bool or uint8");
  if (parsed.is_fortran) refuse(path, "an array in Fortran order", "C order");
  std::uint64_t count = 1;
  for (const std::uint64_t size : parsed.shape) {
    if (size != 0 && count > std::numeric_limits<std::uint64_t>::max() / size)
      refuse(path, "a shape too large", "less");
    count *= size;
  }
  if (count != file_bytes - parsed.start) {
    refuse(path, std::to_string(file_bytes - parsed.start) + " bytes of data",
           std::to_string(count) + ", as the shape says");
  }
  return parsed;
}

std::string shape_text(std::span<const std::uint64_t> shape) {
  std::string text;
  for (const std::uint64_t size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

std::string shape_text(const PlaneShape& shape) {
  const std::uint64_t sizes[] = {static_cast<std::uint64_t>(shape.num_planes),
                                 static_cast<std::uint64_t>(shape.height),
                                 static_cast<std::uint64_t>(shape.width)};
  return shape_text(sizes);
}

PlaneShape plane_shape(const NpyHeader& header, const std::string& path) {
  constexpr std::uint64_t kMaxSide = 1 << 15;
  constexpr std::uint64_t kMaxPlanes = 1024;
  const std::vector<std::uint64_t>& shape = header.shape;
  const bool is_stack = shape.size() == 3 && shape[0] >= 1 && shape[0] <= kMaxPlanes &&
                        shape[1] >= 1 && shape[1] <= kMaxSide && shape[2] >= 1 &&
                        shape[2] <= kMaxSide;
  if (!is_stack) refuse(path, "shape " + shape_text(shape), "[classes, height, width]");
  return {static_cast<int>(shape[0]), static_cast<int>(shape[1]), static_cast<int>(shape[2])};
}

NpyArray parse_npy(std::span<const std::uint8_t> file, const std::string& path) {
  NpyHeader header = parse_npy_header(file, file.size(), path);
  return {std::move(header.shape), file.subspan(header.start)};
}

std::vector<std::uint8_t> encode_npy(std::span<const std::uint64_t> shape,
                                     std::span<const std::uint8_t> values) {
  std::string header = "{'descr': '|b1', 'fortran_order': False, 'shape': (";
  for (const std::uint64_t size : shape) header += std::to_string(size) + ", ";
  header += "), }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string text(kMagic);
  text += '\x01';
  text += '\0';
  text += static_cast<char>(header.size() & 0xFF);
  text += static_cast<char>(header.size() >> 8);
  text += header;
  std::vector<std::uint8_t> file(text.size() + values.size());
  std::ranges::transform(text, file.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  std::ranges::copy(values, file.begin() + static_cast<std::ptrdiff_t>(text.size()));
  return file;
}

}  // namespace angiobench
