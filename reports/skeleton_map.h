// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dataset/masks/mask.h"
#include "reports/error_map.h"

namespace angiobench {

/// What a pixel of a skeleton map shows. The values are palette entries.
enum class SkeletonVerdict : std::uint8_t {
  background = 0,  // transparent
  truth = 1,       // the truth's pixels, faint
  found = 2,       // the truth's centre line inside the prediction: grey
  lost = 3,        // the truth's centre line outside it: blue
  invented = 4,    // the prediction's centre line outside the truth: vermillion
};

/// Colours of the verdicts as #RRGGBB, indexed by SkeletonVerdict (Okabe and Ito's palette).
std::span<const std::string_view, 5> skeleton_map_colors();

/// The centre lines of every object of a frame, right and wrong, as a palette PNG: object by
/// object, as cldice counts them, 3 pixels wide over the faint truth; where lines meet, what was
/// invented stands above what was lost, and both above what was found. 2 bits a pixel, 4 where all
/// five verdicts occur. Both masks are of object ids and have the same size. Same input, same
/// bytes.
std::vector<std::uint8_t> encode_skeleton_map(const MaskView& truth, const MaskView& prediction,
                                              const ErrorMapOptions& options = {});

}  // namespace angiobench
