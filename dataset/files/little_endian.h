// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace angiobench {

/// The number in `count` bytes (1 to 8), the least significant first.
inline std::uint64_t little_endian(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}
inline std::uint16_t u16(const std::uint8_t* bytes) {
  return static_cast<std::uint16_t>(little_endian(bytes, 2));
}
inline std::uint32_t u32(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(little_endian(bytes, 4));
}
inline std::uint64_t u64(const std::uint8_t* bytes) { return little_endian(bytes, 8); }

}  // namespace angiobench
