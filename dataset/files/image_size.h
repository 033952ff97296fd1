// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace angiobench {

/// Width and height in the header of a JPEG or PNG; nothing where the bytes are neither.
struct ImageSize {
  int width = 0;
  int height = 0;
  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};
std::optional<ImageSize> image_size(std::span<const std::uint8_t> file);

}  // namespace angiobench
