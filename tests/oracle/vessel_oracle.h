// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "evaluator/vessel/pair_counts.h"
#include "tests/oracle/frame_oracle.h"

namespace angiobench::oracle {

/// What happens to a pixel by its eight neighbours (scikit-image 02377ea4, _skeletonize_cy.pyx):
/// entry NW + 2 N + 4 NE + 8 E + 16 SE + 32 S + 64 SW + 128 W is '0' (stays), '1' (removed in the
/// first half of a pass), '2' (in the second) or '3' (in both).
std::string_view skeleton_table();

/// Thinning by that table, pixel by pixel, until a pass removes nothing.
Bitmap skeleton(const Bitmap& mask);

/// Components by flood fill, through all eight neighbours or the four along rows and columns.
std::vector<Bitmap> components(const Bitmap& mask, int num_neighbours);

/// Holes: components of the background in the image with a pixel more on each side, less one.
std::uint32_t holes(const Bitmap& mask);

/// Every integer of a pair from its definition: all pairs of pixels, all neighbours.
PairCounts pair_counts(const Bitmap& truth, const Bitmap& prediction, const Spacing& spacing);

/// Area under the ROC curve by sorting: ranks with ties at their mean. Both classes occur.
double area_under_roc(std::span<const int> values, std::span<const bool> truth);

/// Average precision by going down the sorted values: sum of precision times step of recall.
double average_precision(std::span<const int> values, std::span<const bool> truth);

}  // namespace angiobench::oracle
