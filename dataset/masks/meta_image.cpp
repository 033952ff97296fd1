// SPDX-License-Identifier: MIT
#include "dataset/masks/meta_image.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "dataset/error.h"
#include "dataset/files/text.h"

namespace angiobench {
namespace {

constexpr std::size_t kMaxHeader = 1 << 16;  // bytes: what ITK writes has a few hundred
constexpr std::int64_t kMaxSide = 32768;

// Values as the header calls them.
struct ElementType {
  std::string_view name;
  std::size_t bytes;
  bool is_signed;
};
constexpr std::array<ElementType, 6> kElementTypes = {{{"MET_UCHAR", 1, false},
                                                       {"MET_CHAR", 1, true},
                                                       {"MET_USHORT", 2, false},
                                                       {"MET_SHORT", 2, true},
                                                       {"MET_UINT", 4, false},
                                                       {"MET_INT", 4, true}}};

struct Header {
  std::vector<std::int64_t> sizes;
  std::optional<ElementType> type;
  bool is_big_endian = false;
  bool is_compressed = false;
  std::size_t start = 0;  // of the values
};

class Reader {
 public:
  Reader(std::span<const std::uint8_t> file, const std::string& path) : file_(file), path_(path) {}

  Header header() const {
    Header header;
    std::size_t at = 0;
    while (true) {
      const std::string_view line = next_line(at);
      const std::size_t equals = line.find('=');
      if (equals == std::string_view::npos)
        fail("is no MetaImage", "a header of lines 'Key = value'");
      const std::string_view key = trimmed(line.substr(0, equals));
      const std::string_view value = trimmed(line.substr(equals + 1));
      take(key, value, header);
      if (key == "ElementDataFile") {
        if (value != "LOCAL") fail("keeps its values in another file", "ElementDataFile = LOCAL");
        header.start = at;
        break;
      }
    }
    if (!header.type) fail("says nothing of its ElementType", "MET_UCHAR or another integer");
    if (header.sizes.empty()) fail("says nothing of its DimSize", "width, height and frames");
    return header;
  }

  [[noreturn]] void fail(const std::string& found, const std::string& expected) const {
    throw Error(ErrorKind::input, path_, found, expected);
  }

 private:
  std::string_view next_line(std::size_t& at) const {
    const std::size_t limit = std::min(file_.size(), kMaxHeader);
    const std::uint8_t* const begin = file_.data() + at;
    const void* const end = at < limit ? std::memchr(begin, '\n', limit - at) : nullptr;
    if (end == nullptr) fail("has no whole MetaImage header", "one that ends in ElementDataFile");
    const std::size_t length =
        static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - begin);
    at += length + 1;
    return {reinterpret_cast<const char*>(begin), length};
  }

  void take(std::string_view key, std::string_view value, Header& header) const {
    if (key == "DimSize") {
      header.sizes = sizes_in(value);
    } else if (key == "ElementType") {
      const auto type = std::find_if(kElementTypes.begin(), kElementTypes.end(),
                                     [&](const ElementType& one) { return one.name == value; });
      if (type == kElementTypes.end())
        fail("has values of type " + std::string(value), "integers of 8, 16 or 32 bits");
      header.type = *type;
    } else if (key == "ElementNumberOfChannels" && value != "1") {
      fail("has " + std::string(value) + " values a pixel", "one, the label");
    } else if (key == "BinaryData" && value != "True") {
      fail("has its values as text", "BinaryData = True");
    } else if (key == "BinaryDataByteOrderMSB" || key == "ElementByteOrderMSB") {
      header.is_big_endian = value == "True";
    } else if (key == "CompressedData") {
      header.is_compressed = value == "True";
    } else if (key == "HeaderSize" && value != "0") {
      fail("has a header of another file inside", "HeaderSize = 0, or none");
    }
  }

  std::vector<std::int64_t> sizes_in(std::string_view text) const {
    std::vector<std::int64_t> sizes;
    while (!(text = trimmed(text)).empty()) {
      std::int64_t size = 0;
      const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), size);
      if (code != std::errc() || size < 1) fail("has no DimSize of whole numbers", "512 512 60");
      sizes.push_back(size);
      text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    while (sizes.size() > 3 && sizes.back() == 1) sizes.pop_back();
    if (sizes.size() < 2 || sizes.size() > 3)
      fail("has " + std::to_string(sizes.size()) + " dimensions", "x, y and frames");
    if (std::any_of(sizes.begin(), sizes.end(), [](auto size) { return size > kMaxSide; }))
      fail("has more than 32768 pixels a side, or frames", "a stack of label maps");
    return sizes;
  }

  std::span<const std::uint8_t> file_;
  const std::string& path_;
};

// The values as they are stored, unpacked.
std::vector<std::uint8_t> values_of(std::span<const std::uint8_t> stored, bool is_compressed,
                                    std::size_t size, const Reader& reader) {
  const std::string wanted = std::to_string(size) + " bytes, as its DimSize says";
  if (!is_compressed) {
    if (stored.size() != size)
      reader.fail("has values of " + std::to_string(stored.size()) + " bytes", wanted);
    return {stored.begin(), stored.end()};
  }
  std::vector<std::uint8_t> values(size);
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  std::size_t used = 0;
  const auto outcome = libdeflate_zlib_decompress_ex(inflater.get(), stored.data(), stored.size(),
                                                     values.data(), size, &used, nullptr);
  if (outcome != LIBDEFLATE_SUCCESS || used != stored.size())
    reader.fail("has compressed values that are damaged or of another length", wanted);
  return values;
}

// The value at `bytes`, least significant byte first after the swap.
std::int64_t value_at(const std::uint8_t* bytes, const ElementType& type, bool is_big_endian) {
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < type.bytes; ++k) {
    const std::size_t shift = is_big_endian ? type.bytes - 1 - k : k;
    value |= std::uint64_t{bytes[k]} << (8 * shift);
  }
  const std::uint64_t sign = std::uint64_t{1} << (8 * type.bytes - 1);
  return static_cast<std::int64_t>(value) - (type.is_signed && (value & sign)
                                                 ? static_cast<std::int64_t>(sign << 1)
                                                 : std::int64_t{0});
}

}  // namespace

LabelStack parse_meta_image(std::span<const std::uint8_t> file, std::uint64_t max_bytes,
                            const std::string& path) {
  const Reader reader(file, path);
  const Header header = reader.header();
  LabelStack stack;
  stack.width = static_cast<int>(header.sizes[0]);
  stack.height = static_cast<int>(header.sizes[1]);
  stack.num_frames = header.sizes.size() > 2 ? static_cast<int>(header.sizes[2]) : 1;
  // Three sides of 2^15 and four bytes: 2^47 at most.
  const std::uint64_t pixels = static_cast<std::uint64_t>(stack.width) *
                               static_cast<std::uint64_t>(stack.height) *
                               static_cast<std::uint64_t>(stack.num_frames);
  const std::uint64_t bytes = pixels * header.type->bytes;
  if (bytes > max_bytes)
    throw Error(ErrorKind::limit, path, "has values of " + std::to_string(bytes) + " bytes",
                "at most " + std::to_string(max_bytes));

  std::vector<std::uint8_t> values =
      values_of(file.subspan(header.start), header.is_compressed, bytes, reader);
  if (header.type->bytes == 1 && !header.type->is_signed) {
    stack.labels = std::move(values);
    return stack;
  }
  stack.labels.resize(pixels);
  for (std::uint64_t k = 0; k < pixels; ++k) {
    const std::int64_t value =
        value_at(values.data() + k * header.type->bytes, *header.type, header.is_big_endian);
    if (value < 0 || value > 255)
      reader.fail("has the label " + std::to_string(value), "labels from 0 to 255");
    stack.labels[k] = static_cast<std::uint8_t>(value);
  }
  return stack;
}

}  // namespace angiobench
