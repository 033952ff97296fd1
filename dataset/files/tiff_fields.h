// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace angiobench {

/// Fields of a TIFF structure (TIFF 6.0, section 2), of files and of Exif, in its own byte order.
/// Nothing is read past the end; what is malformed has no value.
class TiffFields {
 public:
  explicit TiffFields(std::span<const std::uint8_t> bytes);

  /// Whether it begins as a TIFF does.
  bool valid() const { return valid_; }
  std::uint64_t first_directory() const { return number(4, 4).value_or(0); }
  /// 0 after the last.
  std::uint64_t next_directory(std::uint64_t directory) const;
  /// The first value of a tag of SHORTs or LONGs.
  std::optional<std::uint32_t> value(std::uint64_t directory, std::uint16_t tag) const;

 private:
  std::optional<std::uint32_t> number(std::uint64_t at, int count) const;

  std::span<const std::uint8_t> bytes_;
  bool big_ = false;
  bool valid_ = false;
};

}  // namespace angiobench
