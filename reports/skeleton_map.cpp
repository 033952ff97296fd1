// SPDX-License-Identifier: MIT
#include "reports/skeleton_map.h"

#include <algorithm>
#include <set>

#include "dataset/error.h"
#include "evaluator/vessel/vessel_counter.h"

namespace angiobench {
namespace {

constexpr std::array<std::string_view, 5> kColors = {"#FFFFFF", "#E3E3E3", "#8C8C8C", "#0072B2",
                                                     "#D55E00"};
constexpr MapPalette kPalette = {{{0xFF, 0xFF, 0xFF},
                                  {0xE3, 0xE3, 0xE3},
                                  {0x8C, 0x8C, 0x8C},
                                  {0x00, 0x72, 0xB2},
                                  {0xD5, 0x5E, 0x00}}};

constexpr std::uint8_t entry(SkeletonVerdict verdict) { return static_cast<std::uint8_t>(verdict); }

// Ids of objects in a mask, void pixels left out.
void add_ids(const MaskView& mask, const MaskView& truth, bool ignores_void, std::set<int>& ids) {
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const bool is_void = ignores_void && truth.at(x, y) == kVoidLabel;
      if (!is_void && mask.at(x, y) != kBackgroundLabel) ids.insert(mask.at(x, y));
    }
  }
}

// 1 where the mask has the id and is not void.
Mask only(const MaskView& mask, const MaskView& truth, bool ignores_void, int id) {
  Mask one(mask.width, mask.height);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const bool is_void = ignores_void && truth.at(x, y) == kVoidLabel;
      one.at(x, y) = !is_void && mask.at(x, y) == id ? 1 : 0;
    }
  }
  return one;
}

// A pixel of a centre line and its neighbours; a graver verdict stays.
void draw(Mask& map, int x, int y, SkeletonVerdict verdict) {
  for (int row = std::max(y - 1, 0); row <= std::min(y + 1, map.height() - 1); ++row) {
    for (int column = std::max(x - 1, 0); column <= std::min(x + 1, map.width() - 1); ++column)
      map.at(column, row) = std::max(map.at(column, row), entry(verdict));
  }
}

void draw_lines(Mask& map, const Mask& skeleton, const Mask& other, SkeletonVerdict inside,
                SkeletonVerdict outside) {
  for (int y = 0; y < map.height(); ++y) {
    for (int x = 0; x < map.width(); ++x) {
      if (skeleton.at(x, y) == 0) continue;
      const SkeletonVerdict verdict = other.at(x, y) != 0 ? inside : outside;
      if (verdict != SkeletonVerdict::background) draw(map, x, y, verdict);
    }
  }
}

}  // namespace

std::span<const std::string_view, 5> skeleton_map_colors() { return kColors; }

std::vector<std::uint8_t> encode_skeleton_map(const MaskView& truth, const MaskView& prediction,
                                              const ErrorMapOptions& options) {
  expects(truth.width == prediction.width && truth.height == prediction.height,
          "both masks have one size");
  std::set<int> ids;
  add_ids(truth, truth, options.ignore_void, ids);
  add_ids(prediction, truth, options.ignore_void, ids);
  Mask map(truth.width, truth.height);
  VesselCounter counter;
  for (const int id : ids) {
    const Mask own = only(truth, truth, options.ignore_void, id);
    const Mask found = only(prediction, truth, options.ignore_void, id);
    for (int y = 0; y < map.height(); ++y) {
      for (int x = 0; x < map.width(); ++x) {
        if (own.at(x, y) != 0) map.at(x, y) = std::max(map.at(x, y), entry(SkeletonVerdict::truth));
      }
    }
    draw_lines(map, counter.skeleton(own.view()), found, SkeletonVerdict::found,
               SkeletonVerdict::lost);
    draw_lines(map, counter.skeleton(found.view()), own, SkeletonVerdict::background,
               SkeletonVerdict::invented);
  }
  return encode_palette_map(map.view(), kPalette);
}

}  // namespace angiobench
