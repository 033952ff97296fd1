// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace angiobench {

/// A frame's brightness: rows x columns, the upper 8 bits of the samples its file uses; of colours
/// their mean.
struct GreyFrame {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> values;
};

/// Decodes a frame of any form; nothing where it is no picture. Made by dataset/media: who has no
/// OpenCV asks for none.
using GreyFrameReader = std::function<std::optional<GreyFrame>(std::span<const std::uint8_t> file,
                                                               const std::string& path)>;

}  // namespace angiobench
