// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string_view>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench::test {

/// A mask drawn as text, one string a row: '.' is 0, '#' is 1, a digit is itself, a letter a=10,
/// b=11, ….
Mask mask_from(std::initializer_list<std::string_view> rows);

/// A random label mask of blobs, lines, specks and frames with labels 0..num_labels; same seed,
/// same mask. The kinds include the extremes: empty, full, one pixel wide, touching every edge.
Mask random_mask(int width, int height, int num_labels, std::mt19937_64& random);

/// The runs of a mask, pixel by pixel: what a decoder of runs must come to.
std::vector<LabelRun> runs_of(const Mask& mask);

}  // namespace angiobench::test
