// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench::test {

/// A file of expected/stills in the folder of real data.
nlohmann::json read_stills(std::string_view file);

/// CRC-32 of a map of 0 and 1, packed 8 pixels a byte, first pixel in the high bit, each row padded
/// to a byte, rows in order.
std::uint32_t packed_crc(const Mask& map);

/// CRC-32 of all pixels, rows in order.
std::uint32_t pixel_crc(const Mask& map);

/// 1 where the pixel has this label, 0 elsewhere; label 0: any but the background.
Mask select_label(const Mask& mask, int label);

/// The map of dias.json for case number `k`: a smoothed, shifted truth with noise of a hash.
Mask dias_map(const Mask& truth, int k);

/// The ellipses of paxray.json, of one image and one side: an array of 0 and 1, C order.
std::vector<std::uint8_t> ellipses(int image, bool is_truth, int num_labels, int height, int width);

/// Names of files that both folders have, sorted.
std::vector<std::string> common_files(const std::string& a, const std::string& b);

}  // namespace angiobench::test
