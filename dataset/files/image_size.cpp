// SPDX-License-Identifier: MIT
#include "dataset/files/image_size.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace angiobench {

std::optional<ImageSize> image_size(std::span<const std::uint8_t> file) {
  const auto big_endian = [&](std::size_t at, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; ++i) value = value << 8 | file[at + static_cast<std::size_t>(i)];
    return value;
  };
  constexpr std::array<std::uint8_t, 8> kPng = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  if (file.size() >= 24 && std::equal(kPng.begin(), kPng.end(), file.begin())) {
    if (file[16] > 0x7F || file[20] > 0x7F) return std::nullopt;
    return ImageSize{big_endian(16, 4), big_endian(20, 4)};
  }
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
