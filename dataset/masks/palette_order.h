// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dataset/masks/png.h"

namespace angiobench {

/// Whether two colours are one: the palette of some tools has 191 where the VOC map has 192.
bool are_alike(const Rgb& a, const Rgb& b);

/// What is wrong with the order of a palette, as a message has it; empty where nothing is. Index 0
/// must be black, and a colour of `known` (empty: no colours are known) must not stand under
/// another index: "label 1 has the colour of 2, 2 that of 1". `is_used` says which labels count,
/// 256; empty: all. Colours that `known` does not have, and black, say nothing.
std::string palette_disorder(std::span<const Rgb> palette, std::span<const Rgb> known,
                             std::span<const bool> is_used);

/// The bytes of a PNG's palette (its PLTE chunk, 3 a colour), empty where it has none before its
/// data or is no PNG. Checks nothing, for who looks at every mask.
std::span<const std::uint8_t> palette_bytes(std::span<const std::uint8_t> file);

}  // namespace angiobench
