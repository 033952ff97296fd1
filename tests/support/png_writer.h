// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"
#include "dataset/masks/png.h"

namespace angiobench::test {

/// A kind of PNG file that libpng writes.
struct PngKind {
  int color_type = 3;
  int bit_depth = 8;
  bool interlaced = false;
  int filter = 0;         // 0-4: that filter on every row; 5: libpng chooses row by row
  int idat_bytes = 8192;  // size of an IDAT chunk
};

/// "type3_depth8_interlaced_filter1_idat8192", a valid test name.
std::string name_of(const PngKind& kind);

/// The mask as such a file, written by libpng: grey value or palette index = label, r = g = b =
/// label, opaque.
std::vector<std::uint8_t> write_png(const MaskView& mask, const PngKind& kind);

/// An 8-bit RGB file of these pixels, row by row.
std::vector<std::uint8_t> write_rgb_png(int width, int height, const std::vector<Rgb>& pixels);
/// A 16-bit grey file of these pixels.
std::vector<std::uint8_t> write_grey16_png(int width, int height,
                                           const std::vector<std::uint16_t>& pixels);

/// A well-formed file (checksums right) whose header says whatever is asked for, with a few bytes
/// of image data.
std::vector<std::uint8_t> png_with_header(std::uint32_t width, std::uint32_t height, int bit_depth,
                                          int color_type);

}  // namespace angiobench::test
