// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace angiobench {

/// Suffixes of the files that frames are kept in, lower case (file_suffix): JPEG, PNG, BMP and
/// TIFF.
inline constexpr std::string_view kFrameSuffixes[] = {".jpg", ".jpeg", ".png",
                                                      ".bmp", ".tif",  ".tiff"};

/// What the samples of a frame are.
struct FrameValues {
  int least = 0;  // smallest and largest sample
  int most = 0;
  int num_values = 256;     // that a sample of its file can have: 256 or 65536
  bool has_colour = false;  // one pixel in a hundred is plainly no grey
};

/// Channels that are further apart than this, of 255, are no grey; JPEG makes grey a little
/// coloured.
inline constexpr int kPlainColour = 24;

/// Whether samples use so small a part of their range that a network, or an eye, sees little. A
/// film of 12 bits in 16-bit files uses a sixteenth, and what is darker than that is one, too.
inline bool uses_small_part(int least, int most, int num_values) {
  constexpr int kSmallPart = 12;
  return kSmallPart * (most - least + 1) < num_values;
}

/// Decodes a frame, of any form, and looks at it; nothing where it is no picture. Made by
/// dataset/media: who has no OpenCV asks for none.
using FrameValueReader = std::function<std::optional<FrameValues>(
    std::span<const std::uint8_t> file, const std::string& path)>;

}  // namespace angiobench
