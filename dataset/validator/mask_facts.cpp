// SPDX-License-Identifier: MIT
#include "dataset/validator/mask_facts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

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

// So much better must two ids fit each other's place.
constexpr double kExchangeGain = 0.5;

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

std::vector<IdOverlap> overlaps_of(const MaskView& first, const MaskView& second) {
  if (second.width != first.width || second.height != first.height) return {};
  std::map<std::pair<std::uint8_t, std::uint8_t>, std::uint32_t> pixels;
  for (int y = 0; y < first.height; ++y) {
    const std::uint8_t* const a = first.row(y);
    const std::uint8_t* const b = second.row(y);
    for (int x = 0; x < first.width;) {
      // Runs of one pair; masks are made of them.
      const int begin = x;
      const int end = std::min(run_end(a, x, first.width), run_end(b, x, first.width));
      x = end;
      if (a[begin] != b[begin])
        pixels[{a[begin], b[begin]}] += static_cast<std::uint32_t>(end - begin);
    }
  }
  std::vector<IdOverlap> overlaps;
  for (const auto& [ids, count] : pixels) overlaps.push_back({ids.first, ids.second, count});
  return overlaps;
}

double common_pixels(const std::map<int, std::uint32_t>& areas, std::span<const IdOverlap> overlaps,
                     int id, int other) {
  double sum = 0;
  double others = 0;  // the pixels where both agree are what is left
  for (const IdOverlap& one : overlaps) {
    if (one.first != id) continue;
    if (one.second == other) sum = one.pixels;
    others += one.pixels;
  }
  return id == other ? areas.at(id) - others : sum;
}

std::vector<ExchangedIds> exchanged_ids(const std::map<int, std::uint32_t>& first,
                                        const std::map<int, std::uint32_t>& second,
                                        std::span<const IdOverlap> overlaps) {
  const auto iou = [&](int id, int other) {
    const double same = common_pixels(first, overlaps, id, other);
    return same / (first.at(id) + second.at(other) - same);
  };
  std::vector<ExchangedIds> found;
  for (auto a = first.begin(); a != first.end(); ++a) {
    if (!second.contains(a->first)) continue;
    for (auto b = std::next(a); b != first.end(); ++b) {
      if (!second.contains(b->first)) continue;
      ExchangedIds pair{a->first, b->first};
      pair.crossed = (iou(a->first, b->first) + iou(b->first, a->first)) / 2;
      pair.straight = (iou(a->first, a->first) + iou(b->first, b->first)) / 2;
      if (pair.crossed >= pair.straight + kExchangeGain) found.push_back(pair);
    }
  }
  return found;
}

}  // namespace angiobench
