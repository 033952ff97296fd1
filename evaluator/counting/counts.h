// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace angiobench {

/// The eight integers from which every per-frame number of one object is made (scoring.md, 1).
/// Boundaries and their matches depend on a radius; scoring.md says what a boundary is.
struct FrameCounts {
  std::uint32_t intersection = 0;         // |P and G|, pixels
  std::uint32_t union_area = 0;           // |P or G|
  std::uint32_t prediction = 0;           // |P|
  std::uint32_t truth = 0;                // |G|
  std::uint32_t prediction_boundary = 0;  // |dP|
  std::uint32_t truth_boundary = 0;       // |dG|
  std::uint32_t prediction_matched = 0;   // |dP and dilated dG|
  std::uint32_t truth_matched = 0;        // |dG and dilated dP|

  friend bool operator==(const FrameCounts&, const FrameCounts&) = default;
};

/// Region similarity J = |P and G| / |P or G| in [0, 1]; 1 where both are empty (DAVIS).
double region_j(const FrameCounts& counts);

/// Contour accuracy F = 2PR / (P + R) in [0, 1] of boundary precision and recall; 0 where P + R = 0
/// or one boundary alone is empty; 1 where both are empty, which a full frame against an empty one
/// is, too (DAVIS 2017, kept).
double boundary_f(const FrameCounts& counts);

}  // namespace angiobench
