// SPDX-License-Identifier: MIT
#include "dataset/files/image_size.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

#include "dataset/files/tiff_fields.h"

namespace angiobench {
namespace {

constexpr std::uint32_t kMostSide = std::numeric_limits<int>::max();

bool is_png(std::span<const std::uint8_t> file) {
  constexpr std::array<std::uint8_t, 8> kPng = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  return file.size() >= 24 && std::equal(kPng.begin(), kPng.end(), file.begin());
}

// The two headers that programs write: with sides of 16 bits (12 bytes long), or of 32 bits, the
// height negative where rows go down.
std::optional<ImageSize> bmp_size(std::span<const std::uint8_t> file) {
  constexpr std::uint32_t kOldHeader = 12;
  if (file.size() < 26 || file[0] != 'B' || file[1] != 'M') return std::nullopt;
  const auto number = [&](std::size_t at, int bytes) {
    std::uint32_t value = 0;
    for (int i = bytes - 1; i >= 0; --i)
      value = value << 8 | file[at + static_cast<std::size_t>(i)];
    return value;
  };
  if (number(14, 4) == kOldHeader)
    return ImageSize{static_cast<int>(number(18, 2)), static_cast<int>(number(20, 2))};
  const std::uint32_t width = number(18, 4);
  const std::uint32_t height = number(22, 4) > kMostSide ? ~number(22, 4) + 1 : number(22, 4);
  if (width > kMostSide || height > kMostSide) return std::nullopt;
  return ImageSize{static_cast<int>(width), static_cast<int>(height)};
}

std::optional<ImageSize> tiff_size(std::span<const std::uint8_t> file) {
  constexpr std::uint16_t kWidth = 256;
  constexpr std::uint16_t kHeight = 257;
  const TiffFields fields(file);
  if (!fields.valid()) return std::nullopt;
  const auto width = fields.value(fields.first_directory(), kWidth);
  const auto height = fields.value(fields.first_directory(), kHeight);
  if (!width || !height || *width > kMostSide || *height > kMostSide) return std::nullopt;
  return ImageSize{static_cast<int>(*width), static_cast<int>(*height)};
}

}  // namespace

int sample_bits(std::span<const std::uint8_t> file) {
  constexpr std::size_t kPngDepth = 24;
  constexpr std::uint16_t kBitsPerSample = 258;
  int bits = 8;
  if (is_png(file)) {
    if (file.size() > kPngDepth) bits = file[kPngDepth];
  } else if (const TiffFields fields(file); fields.valid()) {
    const auto said = fields.value(fields.first_directory(), kBitsPerSample);
    bits = static_cast<int>(std::min(64U, said.value_or(8)));
  }
  return bits;
}

std::string size_text(std::int64_t width, std::int64_t height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

std::string size_text(const ImageSize& size) { return size_text(size.width, size.height); }

std::optional<ImageSize> image_size(std::span<const std::uint8_t> file) {
  const auto big_endian = [&](std::size_t at, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; ++i) value = value << 8 | file[at + static_cast<std::size_t>(i)];
    return value;
  };
  if (is_png(file)) {
    if (file[16] > 0x7F || file[20] > 0x7F) return std::nullopt;
    return ImageSize{big_endian(16, 4), big_endian(20, 4)};
  }
  if (const auto size = bmp_size(file)) return size;
  if (const auto size = tiff_size(file)) return size;
  if (file.size() < 4 || file[0] != 0xFF || file[1] != 0xD8) return std::nullopt;
  // Walk the markers of a JPEG up to the frame header (ITU-T T.81, B.1.1.3): SOF0-15 without DHT,
  // JPG and DAC.
  std::size_t at = 2;
  while (at + 9 < file.size()) {
    if (file[at] != 0xFF) return std::nullopt;
    const int marker = file[at + 1];
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
      return ImageSize{big_endian(at + 7, 2), big_endian(at + 5, 2)};
    }
    const bool stands_alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    at += stands_alone ? 2 : 2 + static_cast<std::size_t>(std::max(2, big_endian(at + 2, 2)));
  }
  return std::nullopt;
}

}  // namespace angiobench
