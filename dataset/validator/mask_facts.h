// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench {

/// Pixels of one label in one frame.
struct LabelArea {
  std::uint16_t label = 0;
  std::uint32_t pixels = 0;

  friend bool operator==(const LabelArea&, const LabelArea&) = default;
};

/// What the pixels of one mask say; small, so that a long video's facts fit into memory.
struct MaskFacts {
  int width = 0;
  int height = 0;
  std::vector<LabelArea> labels;  // ascending, background included where it occurs
  /// Equal masks have equal ones (64-bit mix of size and pixels; not cryptographic)
  std::uint64_t fingerprint = 0;
  std::uint32_t edge_pixels = 0;  // pixels whose right neighbour has another label
  /// Pixels strictly between their left and right neighbour: see describe_mask
  std::uint32_t ramp_pixels = 0;
  /// Pixels that differ from all four neighbours, but background between two labels (edges and
  /// lonely ones: 3 labels or more)
  std::uint32_t lonely_pixels = 0;

  /// Pixels of a label, 0 where it does not occur.
  std::uint32_t pixels_of(int label) const;
  bool has_objects() const;
};

/// Pixels that are one id in a mask and another in a second one.
struct IdOverlap {
  std::uint8_t first = 0;
  std::uint8_t second = 0;
  std::uint32_t pixels = 0;
};

/// All of them of two masks of one size; nothing where their sizes differ.
std::vector<IdOverlap> overlaps_of(const MaskLabels& first, const MaskLabels& second);

/// Pixels that have `id` in the first mask and `other` in the second. `areas` are those of the
/// first mask, by id.
double common_pixels(const std::map<int, std::uint32_t>& areas, std::span<const IdOverlap> overlaps,
                     int id, int other);

/// Two ids of a mask, each of which fits the other's place in a second mask so much better than
/// its own (kExchangeGain, intersection over union, in the mean of both) that they were exchanged.
struct ExchangedIds {
  int first = 0;
  int second = 0;
  double crossed = 0;   // mean overlap with the other's place
  double straight = 0;  // and with the own
};
std::vector<ExchangedIds> exchanged_ids(const std::map<int, std::uint32_t>& first,
                                        const std::map<int, std::uint32_t>& second,
                                        std::span<const IdOverlap> overlaps);

/// Counts a mask. A mask with hard edges has next to no ramp pixels (left < v < right or left > v >
/// right), for they need a region one pixel wide between two others in the order of their ids;
/// anti-aliasing and interpolation put one or more along every edge they blur. JPEG compression
/// leaves lonely pixels. Of 2,000 real masks none had more than 5 % of ramp or 3 % of lonely pixels
/// to its edges; blurred ones have 25 % and more, compressed ones 20 % and more.
MaskFacts describe_mask(const MaskLabels& mask);

/// Whether a mask looks anti-aliased or JPEG-compressed: many labels that are not `allowed` (empty:
/// unknown, more than 64 labels count), or ramp pixels along a fifth of its vertical edges, or
/// lonely pixels for a seventh of them.
bool has_stray_values(const MaskFacts& facts, std::span<const bool> allowed);

}  // namespace angiobench
