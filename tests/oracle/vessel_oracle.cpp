// SPDX-License-Identifier: MIT
#include "tests/oracle/vessel_oracle.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace angiobench::oracle {
namespace {

int height_of(const Bitmap& map) { return static_cast<int>(map.size()); }
int width_of(const Bitmap& map) { return static_cast<int>(map[0].size()); }

bool is_set(const Bitmap& map, int x, int y) {
  return x >= 0 && y >= 0 && x < width_of(map) && y < height_of(map) &&
         map[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
}

void set(Bitmap& map, int x, int y, bool value) {
  map[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] = value;
}

Bitmap empty_map(int width, int height) {
  return Bitmap(static_cast<std::size_t>(height),
                std::vector<bool>(static_cast<std::size_t>(width)));
}

struct Element {
  int x;
  int y;
  std::uint8_t kind;
};

std::vector<Element> pixels_of(const Bitmap& map) {
  std::vector<Element> pixels;
  for (int y = 0; y < height_of(map); ++y) {
    for (int x = 0; x < width_of(map); ++x) {
      if (is_set(map, x, y)) pixels.push_back({x, y, 0});
    }
  }
  return pixels;
}

std::vector<Element> border_of(const Bitmap& map) {
  std::vector<Element> border;
  for (const Element& pixel : pixels_of(map)) {
    if (is_set(map, pixel.x - 1, pixel.y) && is_set(map, pixel.x + 1, pixel.y) &&
        is_set(map, pixel.x, pixel.y - 1) && is_set(map, pixel.x, pixel.y + 1)) {
      continue;
    }
    border.push_back(pixel);
  }
  return border;
}

std::vector<Element> contour_of(const Bitmap& map) {
  std::vector<Element> contour;
  for (int y = 0; y <= height_of(map); ++y) {
    for (int x = 0; x <= width_of(map); ++x) {
      const bool a = is_set(map, x - 1, y - 1);
      const bool b = is_set(map, x, y - 1);
      const bool c = is_set(map, x - 1, y);
      const bool d = is_set(map, x, y);
      const int number = int{a} + int{b} + int{c} + int{d};
      if (number == 0 || number == 4) continue;
      ContourKind kind = ContourKind::corner;
      if (number == 2 && a == c) kind = ContourKind::beside;
      if (number == 2 && a == b) kind = ContourKind::stacked;
      if (number == 2 && a == d) kind = ContourKind::opposite;
      contour.push_back({x, y, static_cast<std::uint8_t>(kind)});
    }
  }
  return contour;
}

SideDistances distances(const std::vector<Element>& from, const std::vector<Element>& to,
                        const Spacing& spacing) {
  SideDistances side;
  std::map<std::pair<std::uint64_t, std::uint8_t>, std::uint32_t> bins;
  for (const Element& element : from) {
    ++side.elements[element.kind];
    double least = std::numeric_limits<double>::infinity();
    std::uint64_t key = 0;
    for (const Element& other : to) {
      const auto dx = static_cast<std::uint64_t>(std::abs(element.x - other.x));
      const auto dy = static_cast<std::uint64_t>(std::abs(element.y - other.y));
      const double across = static_cast<double>(dx) * spacing.column;
      const double down = static_cast<double>(dy) * spacing.row;
      if (across * across + down * down >= least) continue;
      least = across * across + down * down;
      key = spacing.is_isotropic() ? dx * dx + dy * dy : dx << 32 | dy;
    }
    if (!to.empty()) ++bins[{key, element.kind}];
  }
  for (const auto& [at, count] : bins) side.bins.push_back({at.first, count, at.second});
  return side;
}

std::uint32_t count_within(const std::vector<Element>& from, const std::vector<Element>& to,
                           int square) {
  std::uint32_t count = 0;
  for (const Element& element : from) {
    count += std::ranges::any_of(to, [&](const Element& other) {
      const int dx = element.x - other.x;
      const int dy = element.y - other.y;
      return dx * dx + dy * dy <= square;
    });
  }
  return count;
}

std::uint32_t untouched(const std::vector<Bitmap>& parts, const Bitmap& other) {
  std::uint32_t count = 0;
  for (const Bitmap& part : parts) {
    count += std::ranges::none_of(
        pixels_of(part), [&](const Element& pixel) { return is_set(other, pixel.x, pixel.y); });
  }
  return count;
}

// Squared distance to the nearest pixel that is not set, the outside among them.
int square_to_outside(const Bitmap& map, int x, int y) {
  int least = std::numeric_limits<int>::max();
  for (int ty = -1; ty <= height_of(map); ++ty) {
    for (int tx = -1; tx <= width_of(map); ++tx) {
      if (is_set(map, tx, ty)) continue;
      least = std::min(least, (tx - x) * (tx - x) + (ty - y) * (ty - y));
    }
  }
  return least;
}

}  // namespace

std::string_view skeleton_table() {
  return "00010013003110130000000020203033000000003000000000000000200030220000000000000000000000000"
         "000"
         "00002000000020002000300000003000302000310013000000010000000000000001310000000000000020000"
         "000"
         "000000002313001300000001000000000000000023010001000000003301000022002000";
}

Bitmap skeleton(const Bitmap& mask) {
  constexpr std::array<std::pair<int, int>, 8> kOrder = {
      {{-1, -1}, {0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}}};
  Bitmap map = mask;
  for (bool removed = true; removed;) {
    removed = false;
    for (const int half : {1, 2}) {
      const Bitmap before = map;
      for (const Element& pixel : pixels_of(before)) {
        std::size_t code = 0;
        for (std::size_t i = 0; i < kOrder.size(); ++i) {
          if (is_set(before, pixel.x + kOrder[i].first, pixel.y + kOrder[i].second))
            code |= std::size_t{1} << i;
        }
        if (((skeleton_table()[code] - '0') & half) == 0) continue;
        set(map, pixel.x, pixel.y, false);
        removed = true;
      }
    }
  }
  return map;
}

std::vector<Bitmap> components(const Bitmap& mask, int num_neighbours) {
  std::vector<Bitmap> found;
  Bitmap left = mask;
  for (int y = 0; y < height_of(mask); ++y) {
    for (int x = 0; x < width_of(mask); ++x) {
      if (!is_set(left, x, y)) continue;
      Bitmap& part = found.emplace_back(empty_map(width_of(mask), height_of(mask)));
      std::vector<std::pair<int, int>> open = {{x, y}};
      set(left, x, y, false);
      while (!open.empty()) {
        const auto [px, py] = open.back();
        open.pop_back();
        set(part, px, py, true);
        for (int dy = -1; dy <= 1; ++dy) {
          for (int dx = -1; dx <= 1; ++dx) {
            if (num_neighbours == 4 && dx != 0 && dy != 0) continue;
            if (!is_set(left, px + dx, py + dy)) continue;
            set(left, px + dx, py + dy, false);
            open.emplace_back(px + dx, py + dy);
          }
        }
      }
    }
  }
  return found;
}

std::uint32_t holes(const Bitmap& mask) {
  Bitmap background = empty_map(width_of(mask) + 2, height_of(mask) + 2);
  for (int y = 0; y < height_of(background); ++y) {
    for (int x = 0; x < width_of(background); ++x)
      set(background, x, y, !is_set(mask, x - 1, y - 1));
  }
  return static_cast<std::uint32_t>(components(background, 4).size() - 1);
}

PairCounts pair_counts(const Bitmap& truth, const Bitmap& prediction, const Spacing& spacing) {
  PairCounts counts;
  counts.width = width_of(truth);
  counts.height = height_of(truth);
  const auto size = [](const auto& list) { return static_cast<std::uint32_t>(list.size()); };
  const auto inside = [&](const Bitmap& map, const Bitmap& other) {
    return static_cast<std::uint32_t>(std::ranges::count_if(
        pixels_of(map), [&](const Element& pixel) { return is_set(other, pixel.x, pixel.y); }));
  };
  counts.truth = size(pixels_of(truth));
  counts.prediction = size(pixels_of(prediction));
  counts.intersection = inside(truth, prediction);

  const Bitmap truth_skeleton = skeleton(truth);
  const Bitmap prediction_skeleton = skeleton(prediction);
  const std::vector<Element> truth_line = pixels_of(truth_skeleton);
  const std::vector<Element> prediction_line = pixels_of(prediction_skeleton);
  counts.truth_skeleton = size(truth_line);
  counts.prediction_skeleton = size(prediction_line);
  counts.truth_skeleton_found = inside(truth_skeleton, prediction);
  counts.prediction_skeleton_inside = inside(prediction_skeleton, truth);
  constexpr int kSquare = kCentrelineRadius * kCentrelineRadius;
  counts.truth_skeleton_near = count_within(truth_line, prediction_line, kSquare);
  counts.prediction_skeleton_near = count_within(prediction_line, truth_line, kSquare);
  for (const Element& pixel : truth_line) {
    const int square = square_to_outside(truth, pixel.x, pixel.y);
    const std::size_t radius = square <= 4 ? 0 : square <= 16 ? 1 : 2;
    ++counts.radius[radius];
    counts.radius_found[radius] += is_set(prediction, pixel.x, pixel.y) ? 1 : 0;
  }

  const std::vector<Bitmap> truth_parts = components(truth, 8);
  const std::vector<Bitmap> prediction_parts = components(prediction, 8);
  counts.truth_components = size(truth_parts);
  counts.prediction_components = size(prediction_parts);
  counts.truth_holes = holes(truth);
  counts.prediction_holes = holes(prediction);
  counts.components_missed = untouched(truth_parts, prediction);
  counts.components_invented = untouched(prediction_parts, truth);

  counts.truth_border = distances(border_of(truth), border_of(prediction), spacing);
  counts.prediction_border = distances(border_of(prediction), border_of(truth), spacing);
  counts.truth_contour = distances(contour_of(truth), contour_of(prediction), spacing);
  counts.prediction_contour = distances(contour_of(prediction), contour_of(truth), spacing);
  for (std::size_t i = 0; i < kBoundaryRadii.size(); ++i) {
    const FrameCounts frame = count(truth, prediction, kBoundaryRadii[i]);
    counts.truth_boundary = frame.truth_boundary;
    counts.prediction_boundary = frame.prediction_boundary;
    counts.truth_matched[i] = frame.truth_matched;
    counts.prediction_matched[i] = frame.prediction_matched;
  }
  return counts;
}

double area_under_roc(std::span<const int> values, std::span<const bool> truth) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  double rank_sum = 0;
  double num_set = 0;
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    const double rank = (static_cast<double>(i + 1) + static_cast<double>(end)) / 2;
    for (; i < end; ++i) {
      if (!truth[order[i]]) continue;
      rank_sum += rank;
      num_set += 1;
    }
  }
  const double num_clear = static_cast<double>(values.size()) - num_set;
  return (rank_sum - num_set * (num_set + 1) / 2) / (num_set * num_clear);
}

double average_precision(std::span<const int> values, std::span<const bool> truth) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, std::greater<>{}, [&](std::size_t i) { return values[i]; });
  const auto num_set = static_cast<double>(std::ranges::count(truth, true));
  double sum = 0;
  double hits = 0;
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    double here = 0;
    while (end < order.size() && values[order[end]] == values[order[i]]) {
      here += truth[order[end]] ? 1 : 0;
      ++end;
    }
    hits += here;
    sum += here / num_set * (hits / static_cast<double>(end));
    i = end;
  }
  return sum;
}

}  // namespace angiobench::oracle
