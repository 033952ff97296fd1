// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "evaluator/result.h"
#include "evaluator/vessel/pair_counts.h"

namespace angiobench {

/// What vessel_per_frame.csv has columns for.
struct PairColumns {
  PairNeeds needs;                 // what was counted
  std::optional<Spacing> spacing;  // of distances
};

/// sequence,frame,object,role,width,height,truth,prediction,intersection and the integers of what
/// was counted: skeletons, radius classes, components, holes, boundaries, and of distances the
/// number of elements and their histogram, "d2:count d2:count …" by squared distance in pixels
/// ("columns+rows:count" under a spacing that is not isotropic; contours have "@kind" behind the
/// distance, a ContourKind). Everything that measures of vessels are made of.
std::string pair_csv_header(const PairColumns& columns);
/// The rows of one sequence, in pieces.
void write_pair_csv_rows(const SequenceScore& sequence, const PairColumns& columns,
                         const std::function<void(std::string_view)>& write);

/// The size of each frame, by (sequence, frame), from the text of a vessel_per_frame.csv. Throws
/// Error{input} where it is none.
std::map<std::pair<std::string, std::string>, std::pair<std::uint32_t, std::uint32_t>>
frame_sizes_of_pair_csv(std::string_view text, const std::string& path);

}  // namespace angiobench
