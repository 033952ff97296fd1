// SPDX-License-Identifier: MIT
#include "dataset/files/tiff_fields.h"

#include <cstddef>

namespace angiobench {

TiffFields::TiffFields(std::span<const std::uint8_t> bytes) : bytes_(bytes) {
  if (bytes.size() < 8) return;
  big_ = bytes[0] == 'M' && bytes[1] == 'M';
  valid_ = (big_ || (bytes[0] == 'I' && bytes[1] == 'I')) && number(2, 2) == 42;
}

std::optional<std::uint32_t> TiffFields::number(std::uint64_t at, int count) const {
  if (at > bytes_.size() || bytes_.size() - at < static_cast<std::size_t>(count))
    return std::nullopt;
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t place = at + static_cast<std::uint64_t>(big_ ? i : count - 1 - i);
    value = value << 8 | bytes_[static_cast<std::size_t>(place)];
  }
  return value;
}

std::optional<std::uint32_t> TiffFields::value(std::uint64_t directory, std::uint16_t tag) const {
  constexpr std::uint32_t kShort = 3;
  constexpr std::uint64_t kInline = 4;  // bytes of values that stand in the entry itself
  const std::uint32_t count = number(directory, 2).value_or(0);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t entry = directory + 2 + 12ULL * i;
    const std::optional<std::uint32_t> own = number(entry, 2);
    if (!own) return std::nullopt;
    if (*own != tag) continue;
    const int size = number(entry + 2, 2) == kShort ? 2 : 4;
    const std::uint64_t bytes = static_cast<std::uint64_t>(size) * number(entry + 4, 4).value_or(0);
    return number(bytes > kInline ? number(entry + 8, 4).value_or(0) : entry + 8, size);
  }
  return std::nullopt;
}

std::uint64_t TiffFields::next_directory(std::uint64_t directory) const {
  const std::uint32_t count = number(directory, 2).value_or(0);
  return number(directory + 2 + 12ULL * count, 4).value_or(0);
}

}  // namespace angiobench
