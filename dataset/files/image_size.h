// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace angiobench {

/// Width and height of a picture.
struct ImageSize {
  int width = 0;
  int height = 0;
  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

/// "512x400": width and height in pixels, as every message and page has them.
std::string size_text(std::int64_t width, std::int64_t height);
std::string size_text(const ImageSize& size);

/// As the header of a JPEG, PNG, BMP or TIFF (its first picture) says; nothing where the bytes are
/// none of these.
std::optional<ImageSize> image_size(std::span<const std::uint8_t> file);

/// Bits of a sample as a PNG or TIFF says, else 8.
int sample_bits(std::span<const std::uint8_t> file);

}  // namespace angiobench
