// SPDX-License-Identifier: MIT
#include "dataset/masks/palette_order.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace angiobench {

bool are_alike(const Rgb& a, const Rgb& b) {
  constexpr int kTolerance = 2;
  return std::ranges::equal(a, b, [](int x, int y) { return std::abs(x - y) <= kTolerance; });
}

std::string palette_disorder(std::span<const Rgb> palette, std::span<const Rgb> known,
                             std::span<const bool> is_used) {
  constexpr Rgb kBlack{};
  if (palette.empty()) return {};
  if (!are_alike(palette[0], kBlack)) {
    return "the colour of index 0 is " + std::to_string(palette[0][0]) + ", " +
           std::to_string(palette[0][1]) + ", " + std::to_string(palette[0][2]) +
           "; expected black, the background";
  }
  std::string table;
  for (std::size_t label = 1; label < std::min(palette.size(), known.size()); ++label) {
    if (!is_used.empty() && !is_used[label]) continue;
    const Rgb& color = palette[label];
    if (are_alike(color, known[label]) || are_alike(color, kBlack)) continue;
    for (std::size_t other = 1; other < known.size(); ++other) {
      if (!are_alike(color, known[other])) continue;
      table += (table.empty() ? "" : ", ") + std::to_string(label) + " → " + std::to_string(other);
      break;
    }
  }
  return table.empty() ? table
                       : "the data set's colours stand under other indices (index here → label of "
                         "its colour): " +
                             table;
}

std::span<const std::uint8_t> palette_bytes(std::span<const std::uint8_t> file) {
  constexpr std::size_t kFirstChunk = 8 + 25;  // signature and IHDR
  for (std::size_t at = kFirstChunk; at + 12 <= file.size();) {
    const std::size_t length = std::size_t{file[at]} << 24 | std::size_t{file[at + 1]} << 16 |
                               std::size_t{file[at + 2]} << 8 | file[at + 3];
    const bool fits = length <= file.size() - at - 12;
    if (!fits || std::memcmp(&file[at + 4], "IDAT", 4) == 0) return {};
    if (std::memcmp(&file[at + 4], "PLTE", 4) == 0) return file.subspan(at + 8, length);
    at += length + 12;
  }
  return {};
}

}  // namespace angiobench
