// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench::synth {

/// One picture of a contact sheet.
struct SheetTile {
  std::string caption;
  std::vector<std::uint8_t> grey;  // width * height of `mask`
  Mask mask;                       // ids; objects are outlined in the VOC colours
};

/// A PNG with `columns` tiles a row, each scaled to `tile_size` pixels.
std::vector<std::uint8_t> contact_sheet(std::span<const SheetTile> tiles, int columns,
                                        int tile_size);

}  // namespace angiobench::synth
