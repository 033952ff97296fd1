// SPDX-License-Identifier: MIT
#include "dataset/media/orientation.h"

#include <algorithm>
#include <cstring>
#include <opencv2/core.hpp>
#include <string_view>

#include "dataset/files/tiff_fields.h"

namespace angiobench {
namespace {

constexpr std::uint16_t kOrientationTag = 0x0112;
constexpr std::uint16_t kSubfileTag = 0x00FE;
constexpr std::uint16_t kPhotometricTag = 0x0106;
constexpr std::uint16_t kSampleFormatTag = 0x0153;

int orientation_of(std::span<const std::uint8_t> tiff) {
  const TiffFields reader(tiff);
  if (!reader.valid()) return 1;
  const std::uint32_t value = reader.value(reader.first_directory(), kOrientationTag).value_or(1);
  return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

std::size_t big_endian(std::span<const std::uint8_t> file, std::size_t at, int count) {
  std::size_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | file[at + static_cast<std::size_t>(i)];
  return value;
}

bool begins_with(std::span<const std::uint8_t> file, std::string_view text) {
  return file.size() >= text.size() && std::memcmp(file.data(), text.data(), text.size()) == 0;
}

int jpeg_orientation(std::span<const std::uint8_t> file) {
  constexpr std::string_view kExif("Exif\0\0", 6);
  std::size_t at = 2;
  while (at + 4 <= file.size() && file[at] == 0xFF) {
    const std::uint8_t marker = file[at + 1];
    if (marker == 0xDA || marker == 0xD9) break;  // the picture's data begin
    const std::size_t length = big_endian(file, at + 2, 2);
    if (length < 2 || length > file.size() - at - 2) break;
    const std::span<const std::uint8_t> segment = file.subspan(at + 4, length - 2);
    if (marker == 0xE1 && begins_with(segment, kExif))
      return orientation_of(segment.subspan(kExif.size()));
    at += 2 + length;
  }
  return 1;
}

int png_orientation(std::span<const std::uint8_t> file) {
  std::size_t at = 8;
  while (at + 12 <= file.size()) {
    const std::size_t length = big_endian(file, at, 4);
    if (length > file.size() - at - 12) break;
    if (begins_with(file.subspan(at + 4), "eXIf"))
      return orientation_of(file.subspan(at + 8, length));
    at += 12 + length;
  }
  return 1;
}

}  // namespace

int exif_orientation(std::span<const std::uint8_t> file) {
  if (begins_with(file, "\xFF\xD8")) return jpeg_orientation(file);
  if (begins_with(file, "\x89PNG\r\n\x1a\n")) return png_orientation(file);
  return 1;
}

int tiff_orientation(std::span<const std::uint8_t> file) { return orientation_of(file); }

int tiff_num_pictures(std::span<const std::uint8_t> file) {
  constexpr int kMost = 1'000'000;  // a chain that leads back to itself ends, too
  const TiffFields reader(file);
  if (!reader.valid()) return 0;
  int count = 0;
  std::uint64_t directory = reader.first_directory();
  for (int i = 0; directory != 0 && i < kMost; ++i) {
    if ((reader.value(directory, kSubfileTag).value_or(0) & 1U) == 0) ++count;
    const std::uint64_t next = reader.next_directory(directory);
    if (next == directory) break;
    directory = next;
  }
  return count;
}

bool tiff_white_is_zero(std::span<const std::uint8_t> file) {
  const TiffFields reader(file);
  return reader.valid() && reader.value(reader.first_directory(), kPhotometricTag) == 0U;
}

bool tiff_has_signed_samples(std::span<const std::uint8_t> file) {
  constexpr std::uint32_t kSigned = 2;
  constexpr std::uint32_t kFloat = 3;
  const TiffFields fields(file);
  if (!fields.valid()) return false;
  const auto format = fields.value(fields.first_directory(), kSampleFormatTag);
  return format == kSigned || format == kFloat;
}

cv::Mat upright(const cv::Mat& picture, int orientation) {
  cv::Mat result = picture;
  // Exif 2.32: 2 mirrored, 3 half a turn, 4 upside down, 5 transposed, 6 a quarter turn clockwise,
  // 7 the other diagonal, 8 counter-clockwise.
  if (orientation >= 5) {
    cv::Mat transposed;
    cv::transpose(result, transposed);
    result = transposed;
  }
  constexpr int kBoth = -1;
  constexpr int kUpDown = 0;
  constexpr int kLeftRight = 1;
  const auto flipped = [&](int way) {
    cv::Mat other;
    cv::flip(result, other, way);
    result = other;
  };
  switch (orientation) {
    case 2:
    case 6:
      flipped(kLeftRight);
      break;
    case 4:
    case 8:
      flipped(kUpDown);
      break;
    case 3:
    case 7:
      flipped(kBoth);
      break;
    default:
      break;
  }
  return result;
}

std::string orientation_text(int orientation) {
  switch (orientation) {
    case 2:
      return "mirrored left to right";
    case 3:
      return "turned by 180 degrees";
    case 4:
      return "mirrored top to bottom";
    case 5:
      return "mirrored along the diagonal";
    case 6:
      return "turned by 90 degrees";
    case 7:
      return "mirrored along the other diagonal";
    case 8:
      return "turned by 270 degrees";
    default:
      return "as stored";
  }
}

}  // namespace angiobench
