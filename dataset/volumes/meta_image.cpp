// SPDX-License-Identifier: MIT
#include "dataset/volumes/meta_image.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "dataset/error.h"
#include "dataset/files/text.h"

namespace angiobench {
namespace {

// Values as the header calls them.
struct MetaType {
  std::string_view name;
  std::size_t bytes;
  bool is_signed;
};
constexpr std::array<MetaType, 6> kMetaTypes = {{{"MET_UCHAR", 1, false},
                                                 {"MET_CHAR", 1, true},
                                                 {"MET_USHORT", 2, false},
                                                 {"MET_SHORT", 2, true},
                                                 {"MET_UINT", 4, false},
                                                 {"MET_INT", 4, true}}};

struct MetaFields {
  std::vector<std::int64_t> sizes;
  std::optional<MetaType> type;
  bool is_big_endian = false;
  bool is_compressed = false;
  std::size_t start = 0;  // of the values
};

class MetaReader {
 public:
  MetaReader(std::span<const std::uint8_t> file, const std::string& path)
      : file_(file), path_(path) {}

  MetaFields fields() const {
    MetaFields header;
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
    const std::optional<std::string_view> line = header_line(file_, at);
    if (!line) fail("has no whole MetaImage header", "one that ends in ElementDataFile");
    return *line;
  }

  void take(std::string_view key, std::string_view value, MetaFields& header) const {
    if (key == "DimSize") {
      const auto sizes = whole_numbers(value);
      if (!sizes) fail("has no DimSize of whole numbers", "512 512 60");
      header.sizes = *sizes;
    } else if (key == "ElementType") {
      const auto type = std::find_if(kMetaTypes.begin(), kMetaTypes.end(),
                                     [&](const MetaType& one) { return one.name == value; });
      if (type == kMetaTypes.end())
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

  std::span<const std::uint8_t> file_;
  const std::string& path_;
};

}  // namespace

VolumeHeader parse_meta_header(std::span<const std::uint8_t> beginning, const std::string& path) {
  const MetaFields fields = MetaReader(beginning, path).fields();
  VolumeHeader header;
  header.form = VolumeForm::meta_image;
  take_sides(fields.sizes, path, header);
  header.sample = {fields.type->bytes, fields.type->is_signed, fields.is_big_endian};
  header.packing = fields.is_compressed ? VolumePacking::deflated : VolumePacking::none;
  header.start = fields.start;
  return header;
}

std::string meta_header(int width, int height, int num_frames, std::uint64_t packed_bytes) {
  return "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
         "CompressedData = True\nCompressedDataSize = " +
         std::to_string(packed_bytes) +
         "\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 0 0 0\nCenterOfRotation = 0 0 0\n"
         "AnatomicalOrientation = RAI\nElementSpacing = 1 1 1\nDimSize = " +
         std::to_string(width) + " " + std::to_string(height) + " " + std::to_string(num_frames) +
         "\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n";
}

}  // namespace angiobench
