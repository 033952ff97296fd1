// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace angiobench {

/// Distance between the centres of neighbouring pixels.
struct Spacing {
  double row = 1;     // from a row to the next
  double column = 1;  // from a column to the next

  bool is_isotropic() const { return row == column; }
  friend bool operator==(const Spacing&, const Spacing&) = default;
};

/// What of a pair of masks is counted; areas always are.
struct PairNeeds {
  bool skeleton = false;    // skeletons, and how much of them lies in the other mask
  bool centreline = false;  // skeleton pixels near the other skeleton
  bool radius = false;      // the truth's skeleton by local radius
  bool topology = false;    // components and holes
  bool border = false;      // distances between border pixels
  bool contour = false;     // distances between contour elements
  bool boundary = false;    // DAVIS's boundary, matched at kBoundaryRadii

  /// All but `contour`.
  static PairNeeds vessel() { return {true, true, true, true, true, false, true}; }
  static PairNeeds all() { return {true, true, true, true, true, true, true}; }
  bool any() const {
    return skeleton || centreline || radius || topology || border || contour || boundary;
  }
  friend bool operator==(const PairNeeds&, const PairNeeds&) = default;
};

/// Radii in pixels at which F is counted ("f@1" …).
inline constexpr std::array<int, 4> kBoundaryRadii = {1, 2, 3, 6};

/// Elements of one side at one distance from the other side. `key` is the squared distance in
/// pixels or, under a spacing that is not isotropic, columns << 32 | rows to the nearest element.
struct DistanceBin {
  std::uint64_t key = 0;
  std::uint32_t count = 0;
  std::uint8_t kind = 0;  // of a contour element (ContourKind); 0 for border pixels

  friend bool operator==(const DistanceBin&, const DistanceBin&) = default;
};

/// A 2x2 window of a contour; its length follows from it and the spacing.
enum class ContourKind : std::uint8_t {
  corner,    // one or three pixels set: half the diagonal of a pixel
  beside,    // left set and right not, or the reverse: the contour runs along a column
  stacked,   // above set and below not, or the reverse: it runs along a row
  opposite,  // two opposite ones: the diagonal of a pixel
};
inline constexpr int kNumContourKinds = 4;

/// Distances of one side's elements to the other side's nearest. Without an element on the other
/// side there are no bins.
struct SideDistances {
  /// By kind, whether they have a distance or not
  std::array<std::uint32_t, kNumContourKinds> elements{};
  std::vector<DistanceBin> bins;  // by (key, kind), each once

  std::uint32_t num_elements() const {
    return elements[0] + elements[1] + elements[2] + elements[3];
  }
  friend bool operator==(const SideDistances&, const SideDistances&) = default;
};

/// Everything that is counted of one truth and one prediction; all measures of vessels are pure
/// functions of it (pair_measures.h). Pixels. What was not asked for is 0.
struct PairCounts {
  int width = 0;
  int height = 0;
  std::uint32_t truth = 0;         // |G|
  std::uint32_t prediction = 0;    // |P|
  std::uint32_t intersection = 0;  // |G and P|

  // S is the skeleton.
  std::uint32_t truth_skeleton = 0;              // |S(G)|
  std::uint32_t truth_skeleton_found = 0;        // |S(G) and P|
  std::uint32_t prediction_skeleton = 0;         // |S(P)|
  std::uint32_t prediction_skeleton_inside = 0;  // |S(P) and G|

  // Skeleton pixels at most kCentrelineRadius from the other skeleton.
  std::uint32_t truth_skeleton_near = 0;
  std::uint32_t prediction_skeleton_near = 0;

  // S(G) by the squared distance to the nearest pixel outside G: up to 4, up to 16, above.
  std::array<std::uint32_t, 3> radius{};
  std::array<std::uint32_t, 3> radius_found{};  // of those, in P

  std::uint32_t truth_components = 0;  // 8-connected
  std::uint32_t prediction_components = 0;
  std::uint32_t truth_holes = 0;  // of 4-connected background, the outside left out
  std::uint32_t prediction_holes = 0;
  std::uint32_t components_missed = 0;    // of G without a pixel of P
  std::uint32_t components_invented = 0;  // of P without a pixel of G

  SideDistances truth_border;  // set pixels with one of four neighbours not set
  SideDistances prediction_border;
  SideDistances truth_contour;  // 2x2 windows that are neither full nor empty
  SideDistances prediction_contour;

  std::uint32_t truth_boundary = 0;  // as FrameCounts
  std::uint32_t prediction_boundary = 0;
  std::array<std::uint32_t, kBoundaryRadii.size()> truth_matched{};
  std::array<std::uint32_t, kBoundaryRadii.size()> prediction_matched{};

  bool both_empty() const { return truth == 0 && prediction == 0; }
  bool one_empty() const { return (truth == 0) != (prediction == 0); }
  friend bool operator==(const PairCounts&, const PairCounts&) = default;
};

/// The same truth beside an empty prediction.
PairCounts without_prediction(const PairCounts& counts);

/// Pixels within which a centre line counts as found.
inline constexpr int kCentrelineRadius = 2;

}  // namespace angiobench
