// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace angiobench::oracle {

/// A binary mask, column by column from the top left, a byte a pixel.
using Columns = std::vector<std::uint8_t>;

/// COCO's masks from their definition (common/maskApi.c of cocodataset/cocoapi, read, not run):
/// pixel by pixel, number by number, with no thought of speed or of hostile text.
Columns pixels_of_text(std::string_view text, std::size_t num_pixels);
std::string text_of_pixels(const Columns& pixels);

/// An outline, drawn densely at five times its size, then looked at step by step.
Columns pixels_of_polygon(std::span<const double> points, int width, int height);

}  // namespace angiobench::oracle
