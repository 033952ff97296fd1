// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench::synth {

/// The labels of a chest radiograph, in the order of its planes: parts and wholes, which overlap.
std::vector<std::string> chest_labels();

/// A radiograph of a chest from the front, bones bright, and a plane of 0 and 1 for each label.
struct ChestImage {
  std::vector<std::uint8_t> grey;
  std::vector<Mask> planes;
};

/// A pure function of its arguments; `size` pixels a side.
ChestImage render_chest(int size, std::uint64_t seed);

}  // namespace angiobench::synth
