// SPDX-License-Identifier: MIT
#include "dataset/validator/mask_facts.h"

#include <algorithm>
#include <array>
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

// Walks the runs of rows, background included: all that a mask's facts need.
class Describer {
 public:
  Describer(const MaskLabels& mask, MaskFacts& facts) : mask_(mask), facts_(facts) {}

  void run() {
    std::size_t next = 0;
    for (int y = 0; y < mask_.height; ++y) {
      first_in_row_[0] = first_in_row_[1];
      first_in_row_[1] = next;
      while (next < mask_.runs.size() && mask_.runs[next].y == y) ++next;
      first_in_row_[2] = next;
      describe_row(y);
    }
    for (std::size_t label = 0; label < counts_.size(); ++label) {
      if (counts_[label] > 0)
        facts_.labels.push_back({static_cast<std::uint16_t>(label), counts_[label]});
    }
  }

 private:
  struct Piece {
    int begin;
    int end;
    int label;
  };

  void describe_row(int y) {
    pieces_.clear();
    int x = 0;
    for (std::size_t i = first_in_row_[1]; i < first_in_row_[2]; ++i) {
      const LabelRun& run = mask_.runs[i];
      if (x < run.x_begin) pieces_.push_back({x, run.x_begin, kBackgroundLabel});
      pieces_.push_back({run.x_begin, run.x_end, run.label});
      x = run.x_end;
    }
    if (x < mask_.width) pieces_.push_back({x, mask_.width, kBackgroundLabel});
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      const auto length = static_cast<std::uint32_t>(piece.end - piece.begin);
      counts_[static_cast<std::size_t>(piece.label)] += length;
      facts_.fingerprint = mix(
          facts_.fingerprint, std::uint64_t{length} << 8 | static_cast<std::uint64_t>(piece.label));
      if (piece.end == mask_.width) continue;
      ++facts_.edge_pixels;
      if (length > 1 || i == 0) continue;
      const int left = pieces_[i - 1].label;
      const int right = pieces_[i + 1].label;
      facts_.ramp_pixels += (left < piece.label) == (piece.label < right) ? 1 : 0;
      // Background between two labels is a gap; inside one it is a hole.
      const bool is_gap = piece.label == kBackgroundLabel && left != right;
      const bool is_lonely = !is_gap && y > 0 && y + 1 < mask_.height &&
                             piece.label != label_at(piece.begin, y - 1, first_in_row_[0]) &&
                             piece.label != label_at(piece.begin, y + 1, first_in_row_[2]);
      facts_.lonely_pixels += is_lonely ? 1 : 0;
    }
  }

  // `first`: of the row's runs.
  int label_at(int x, int y, std::size_t first) const {
    for (std::size_t i = first; i < mask_.runs.size() && mask_.runs[i].y == y; ++i) {
      if (x < mask_.runs[i].x_begin) return kBackgroundLabel;
      if (x < mask_.runs[i].x_end) return mask_.runs[i].label;
    }
    return kBackgroundLabel;
  }

  const MaskLabels& mask_;
  MaskFacts& facts_;
  std::array<std::uint32_t, 256> counts_{};
  std::vector<Piece> pieces_;
  std::array<std::size_t, 3> first_in_row_{};  // runs of the row above, of this one and below
};

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

MaskFacts describe_mask(const MaskLabels& labels) {
  std::vector<LabelRun> storage;
  const MaskLabels mask = runs_of(labels, storage);
  MaskFacts facts;
  facts.width = mask.width;
  facts.height = mask.height;
  facts.fingerprint =
      mix(static_cast<std::uint64_t>(mask.width), static_cast<std::uint64_t>(mask.height));
  Describer(mask, facts).run();
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

std::vector<IdOverlap> overlaps_of(const MaskLabels& first, const MaskLabels& second) {
  if (second.width != first.width || second.height != first.height) return {};
  std::vector<LabelRun> first_runs;
  std::vector<LabelRun> second_runs;
  std::map<std::pair<int, int>, std::uint32_t> pixels;
  for_each_pair(runs_of(first, first_runs).runs, runs_of(second, second_runs).runs,
                [&](int, int begin, int end, int own, int other) {
                  if (own != other) pixels[{own, other}] += static_cast<std::uint32_t>(end - begin);
                });
  std::vector<IdOverlap> overlaps;
  for (const auto& [ids, count] : pixels)
    overlaps.push_back(
        {static_cast<std::uint8_t>(ids.first), static_cast<std::uint8_t>(ids.second), count});
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
