// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "dataset/masks/mask.h"
#include "evaluator/counting/counts.h"

namespace angiobench::oracle {

/// A binary map, row by row.
using Bitmap = std::vector<std::vector<bool>>;

/// Pixels of `mask` that have this label.
Bitmap select(const MaskView& mask, int label);

/// The boundary map as DAVIS's seg2bmap writes it: the map against itself shifted left, up and
/// both, last row and column apart.
Bitmap boundary_of(const Bitmap& map);

/// Dilation by NumPy's disk of a radius (arange(-r, r + 1), anchored in the middle); outside is
/// empty.
Bitmap dilate(const Bitmap& map, double radius);

/// The eight integers of one object, straight from their definitions.
FrameCounts count(const Bitmap& truth, const Bitmap& prediction, double radius);

}  // namespace angiobench::oracle
