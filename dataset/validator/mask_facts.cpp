// SPDX-License-Identifier: MIT
#include "dataset/validator/mask_facts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace angiobench {
namespace {

// Labels that one frame may have before it is called blurred: layouts.md allows 64 a sequence.
constexpr std::size_t kMaxLabels = 64;
// Foreign labels in one frame from which on they are a blur and not a wrong id.
constexpr std::size_t kManyForeign = 4;
// Ramp and lonely pixels: at least this many, and at least a fifth (a seventh) of the vertical
// edges.
constexpr std::uint32_t kMinOdd = 12;
constexpr std::uint32_t kRampPart = 5;
constexpr std::uint32_t kLonelyPart = 7;

std::uint64_t mix(std::uint64_t state, std::uint64_t value) {
  state = (state ^ value) * 0x9E3779B97F4A7C15ULL;
  return state ^ (state >> 29);
}

// The end of the run of equal bytes that starts at `x`: eight at a time, for masks are made of long
// runs.
int run_end(const std::uint8_t* row, int x, int width) {
  const std::uint64_t pattern = row[x] * 0x0101010101010101ULL;
  int end = x + 1;
  for (; end + 8 <= width; end += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, row + end, 8);
    const std::uint64_t difference = word ^ pattern;
    if (difference == 0) continue;
    const int zero_bits = std::endian::native == std::endian::little ? std::countr_zero(difference)
                                                                     : std::countl_zero(difference);
    return end + zero_bits / 8;
  }
  while (end < width && row[end] == row[x]) ++end;
  return end;
}

// Walks the runs of a row: all that a mask's facts need.
void describe_row(const MaskView& mask, int y, std::uint32_t* counts, MaskFacts& facts) {
  const std::uint8_t* const row = mask.row(y);
  const int width = mask.width;
  for (int x = 0; x < width;) {
    const int end = run_end(row, x, width);
    counts[row[x]] += static_cast<std::uint32_t>(end - x);
    facts.fingerprint = mix(facts.fingerprint, static_cast<std::uint64_t>(end - x) << 8 | row[x]);
    if (end < width) ++facts.edge_pixels;
    if (end == x + 1 && x > 0 && end < width) {
      const bool is_ramp = (row[x - 1] < row[x]) == (row[x] < row[end]);
      facts.ramp_pixels += is_ramp ? 1 : 0;
      // Background between two labels is a gap; inside one it is a hole.
      const bool is_gap = row[x] == kBackgroundLabel && row[x - 1] != row[end];
      const bool is_lonely = !is_gap && y > 0 && y + 1 < mask.height &&
                             row[x] != mask.row(y - 1)[x] && row[x] != mask.row(y + 1)[x];
      facts.lonely_pixels += is_lonely ? 1 : 0;
    }
    x = end;
  }
}

}  // namespace

std::uint32_t MaskFacts::pixels_of(int label) const {
  for (const LabelArea& area : labels) {
    if (area.label == label) return area.pixels;
  }
  return 0;
}

bool MaskFacts::has_objects() const {
  return std::ranges::any_of(
      labels, [](const LabelArea& area) { return area.label != 0 && area.pixels > 0; });
}

MaskFacts describe_mask(const MaskView& mask) {
  MaskFacts facts;
  facts.width = mask.width;
  facts.height = mask.height;
  std::array<std::uint32_t, 256> counts{};
  facts.fingerprint =
      mix(static_cast<std::uint64_t>(mask.width), static_cast<std::uint64_t>(mask.height));
  for (int y = 0; y < mask.height; ++y) describe_row(mask, y, counts.data(), facts);
  for (std::size_t label = 0; label < counts.size(); ++label) {
    if (counts[label] > 0)
      facts.labels.push_back({static_cast<std::uint16_t>(label), counts[label]});
  }
  // Two labels have no value between them, and a lonely pixel of one on the other is no sign of
  // compression.
  if (facts.labels.size() <= 2) facts.edge_pixels = facts.ramp_pixels = facts.lonely_pixels = 0;
  return facts;
}

bool has_stray_values(const MaskFacts& facts, std::span<const bool> allowed) {
  const auto is_foreign = [&](const LabelArea& area) {
    return !allowed.empty() && (area.label >= allowed.size() || !allowed[area.label]);
  };
  if (static_cast<std::size_t>(std::ranges::count_if(facts.labels, is_foreign)) >= kManyForeign)
    return true;
  if (facts.labels.size() > kMaxLabels) return true;
  const auto is_large_part = [&](std::uint32_t pixels, std::uint32_t part) {
    return pixels >= kMinOdd && std::uint64_t{pixels} * part >= facts.edge_pixels;
  };
  return is_large_part(facts.ramp_pixels, kRampPart) ||
         is_large_part(facts.lonely_pixels, kLonelyPart);
}

std::string_view file_kind(std::span<const std::uint8_t> file) {
  const auto starts = [&](std::string_view magic, std::size_t at = 0) {
    return file.size() >= at + magic.size() &&
           std::memcmp(file.data() + at, magic.data(), magic.size()) == 0;
  };
  if (file.empty()) return "empty";
  if (starts("\x89PNG\r\n\x1a\n")) return "a PNG";
  if (starts("\xFF\xD8\xFF")) return "a JPEG";
  if (starts("GIF8")) return "a GIF";
  if (starts("BM")) return "a BMP";
  if (starts({"II*\0", 4}) || starts({"MM\0*", 4})) return "a TIFF";
  if (starts("RIFF") && starts("WEBP", 8)) return "a WebP";
  const auto is_text = [](std::uint8_t c) {
    return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == '\t';
  };
  const auto head = file.first(std::min<std::size_t>(file.size(), 512));
  return std::ranges::all_of(head, is_text) ? "text" : "no known image";
}

}  // namespace angiobench
