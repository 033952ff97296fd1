// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "dataset/masks/mask.h"

namespace angiobench::test {

/// The labels of a grey or palette PNG of at most 8 bits as libpng alone reads them (index or grey
/// value, not scaled); nullopt where libpng refuses the file, or it is of another kind or larger
/// than `max_pixels`.
std::optional<Mask> libpng_labels(std::span<const std::uint8_t> file, std::uint64_t max_pixels);

}  // namespace angiobench::test
