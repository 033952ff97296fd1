// SPDX-License-Identifier: MIT
#include "tests/oracle/coco_oracle.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace angiobench::oracle {
namespace {

using Step = std::pair<int, int>;  // u across, v down, in fifths of a pixel

// Every point of a side on whole numbers, from its begin to its end.
std::vector<Step> steps_of(Step begin, Step end) {
  const int across = std::abs(end.first - begin.first);
  const int down = std::abs(end.second - begin.second);
  const bool by_column = across >= down;
  // It is drawn from the lower coordinate on, whatever its direction is.
  const bool turned = by_column ? begin.first > end.first : begin.second > end.second;
  if (turned) std::swap(begin, end);
  std::vector<Step> steps;
  for (int i = 0; i <= std::max(across, down); ++i) {
    if (across == 0 && down == 0) {
      steps.push_back(begin);
    } else if (by_column) {
      const double slope = static_cast<double>(end.second - begin.second) / across;
      steps.emplace_back(begin.first + i, static_cast<int>(begin.second + slope * i + .5));
    } else {
      const double slope = static_cast<double>(end.first - begin.first) / down;
      steps.emplace_back(static_cast<int>(begin.first + slope * i + .5), begin.second + i);
    }
  }
  if (turned) std::ranges::reverse(steps);
  return steps;
}

}  // namespace

Columns pixels_of_text(std::string_view text, std::size_t num_pixels) {
  std::vector<long> lengths;
  std::size_t at = 0;
  while (at < text.size()) {
    std::string bits;  // of the number, the lowest first
    bool more = true;
    while (more) {
      const int group = text[at++] - 48;
      for (int bit = 0; bit < 5; ++bit) bits += (group >> bit & 1) != 0 ? '1' : '0';
      more = (group & 32) != 0;
    }
    long value = bits.back() == '1' ? -(1L << bits.size()) : 0;
    for (std::size_t bit = 0; bit < bits.size(); ++bit) value += bits[bit] == '1' ? 1L << bit : 0;
    if (lengths.size() > 2) value += lengths[lengths.size() - 2];
    lengths.push_back(value);
  }
  Columns pixels;
  for (std::size_t i = 0; i < lengths.size(); ++i)
    pixels.insert(pixels.end(), static_cast<std::size_t>(lengths[i]), i % 2 == 1 ? 1 : 0);
  pixels.resize(num_pixels);
  return pixels;
}

std::string text_of_pixels(const Columns& pixels) {
  std::vector<long> lengths = {0};
  std::uint8_t value = 0;
  for (const std::uint8_t pixel : pixels) {
    if (pixel != value) {
      lengths.push_back(0);
      value = pixel;
    }
    ++lengths.back();
  }
  std::string text;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    long number = i > 2 ? lengths[i] - lengths[i - 2] : lengths[i];
    for (;;) {
      const long low = ((number % 32) + 32) % 32;
      const long rest = (number - low) / 32;
      const bool is_last = (rest == 0 && low < 16) || (rest == -1 && low >= 16);
      text += static_cast<char>(48 + low + (is_last ? 0 : 32));
      if (is_last) break;
      number = rest;
    }
  }
  return text;
}

Columns pixels_of_polygon(std::span<const double> points, int width, int height) {
  std::vector<Step> corners;
  for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
    corners.emplace_back(static_cast<int>(5 * points[i] + .5),
                         static_cast<int>(5 * points[i + 1] + .5));
  }
  std::vector<Step> outline;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const std::vector<Step> steps = steps_of(corners[i], corners[(i + 1) % corners.size()]);
    outline.insert(outline.end(), steps.begin(), steps.end());
  }
  const std::size_t num_pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  // Each crossing of a column's middle turns all pixels from there on.
  std::vector<int> turns(num_pixels + 1);
  for (std::size_t i = 1; i < outline.size(); ++i) {
    const auto [u, v] = outline[i];
    const auto [u_before, v_before] = outline[i - 1];
    if (u == u_before) continue;
    const double x = ((u < u_before ? u : u - 1) + .5) / 5 - .5;
    if (std::floor(x) != x || x < 0 || x > width - 1) continue;
    double y = ((v < v_before ? v : v_before) + .5) / 5 - .5;
    y = std::ceil(std::min(std::max(y, 0.0), static_cast<double>(height)));
    ++turns[static_cast<std::size_t>(x) * static_cast<std::size_t>(height) +
            static_cast<std::size_t>(y)];
  }
  Columns pixels(num_pixels);
  int count = 0;
  for (std::size_t i = 0; i < num_pixels; ++i) {
    count += turns[i];
    pixels[i] = static_cast<std::uint8_t>(count % 2);
  }
  return pixels;
}

}  // namespace angiobench::oracle
