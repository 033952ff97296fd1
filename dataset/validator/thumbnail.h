// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "dataset/masks/mask.h"
#include "dataset/validator/validation.h"

namespace angiobench {

/// A mask reduced to at most `side` pixels: each pixel takes the most frequent object of its block,
/// background only where the block has nothing else, so that thin vessels do not vanish. In the
/// colours of the VOC map, lightened, for its dark blue cannot be seen on black.
Thumbnail make_thumbnail(const MaskView& ids, std::string frame, int side);

}  // namespace angiobench
