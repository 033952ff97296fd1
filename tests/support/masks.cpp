// SPDX-License-Identifier: MIT
#include "tests/support/masks.h"

#include <algorithm>
#include <cmath>

#include "dataset/error.h"

namespace angiobench::test {
namespace {

std::uint8_t label_of(char c) {
  if (c == '.') return 0;
  if (c == '#') return 1;
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  expects(c >= 'a' && c <= 'z', "a mask is drawn with . # 0-9 a-z");
  return static_cast<std::uint8_t>(10 + c - 'a');
}

void draw_ellipse(Mask& mask, double cx, double cy, double rx, double ry, std::uint8_t label) {
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const double dx = (x - cx) / rx;
      const double dy = (y - cy) / ry;
      if (dx * dx + dy * dy <= 1) mask.at(x, y) = label;
    }
  }
}

void draw_line(Mask& mask, double x0, double y0, double x1, double y1, double thickness,
               std::uint8_t label) {
  const int steps = static_cast<int>(2 * std::hypot(x1 - x0, y1 - y0)) + 1;
  for (int i = 0; i <= steps; ++i) {
    const double t = static_cast<double>(i) / steps;
    const double half = std::max(0.5, thickness / 2);
    const double cx = x0 + t * (x1 - x0);
    const double cy = y0 + t * (y1 - y0);
    const int top = std::max(0, static_cast<int>(std::ceil(cy - half)));
    const int left = std::max(0, static_cast<int>(std::ceil(cx - half)));
    for (int y = top; y < std::min<int>(mask.height(), static_cast<int>(std::ceil(cy + half)));
         ++y) {
      for (int x = left; x < std::min<int>(mask.width(), static_cast<int>(std::ceil(cx + half)));
           ++x) {
        mask.at(x, y) = label;
      }
    }
  }
}

}  // namespace

Mask mask_from(std::initializer_list<std::string_view> rows) {
  expects(rows.size() > 0, "a drawn mask has rows");
  Mask mask(static_cast<int>(rows.begin()->size()), static_cast<int>(rows.size()));
  int y = 0;
  for (const std::string_view row : rows) {
    expects(static_cast<int>(row.size()) == mask.width(),
            "the rows of a drawn mask are equally long");
    for (int x = 0; x < mask.width(); ++x)
      mask.at(x, y) = label_of(row[static_cast<std::size_t>(x)]);
    ++y;
  }
  return mask;
}

Mask random_mask(int width, int height, int num_labels, std::mt19937_64& random) {
  Mask mask(width, height);
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(random() >> 11) * 0x1.0p-53);
  };
  const auto any_label = [&] {
    return static_cast<std::uint8_t>(1 + random() % static_cast<std::uint64_t>(num_labels));
  };
  switch (random() % 10) {
    case 0:  // empty
      return mask;
    case 1:  // full
      return Mask(width, height, any_label());
    case 2:  // every pixel its own draw
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
          if (random() % 3 == 0) mask.at(x, y) = any_label();
        }
      }
      return mask;
    case 3: {  // a frame along every edge
      const std::uint8_t label = any_label();
      for (int x = 0; x < width; ++x) mask.at(x, 0) = mask.at(x, height - 1) = label;
      for (int y = 0; y < height; ++y) mask.at(0, y) = mask.at(width - 1, y) = label;
      return mask;
    }
    default:
      break;
  }
  const int num_shapes = 1 + static_cast<int>(random() % 6);
  for (int i = 0; i < num_shapes; ++i) {
    const double cx = uniform(-2, width + 2);
    const double cy = uniform(-2, height + 2);
    if (random() % 2 == 0) {
      draw_ellipse(mask, cx, cy, uniform(0.5, width / 2.0 + 1), uniform(0.5, height / 2.0 + 1),
                   any_label());
    } else {
      draw_line(mask, cx, cy, uniform(0, width), uniform(0, height), uniform(1, 5), any_label());
    }
  }
  return mask;
}

std::vector<LabelRun> runs_of(const Mask& mask) {
  std::vector<LabelRun> runs;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const std::uint8_t label = mask.at(x, y);
      if (label == kBackgroundLabel) continue;
      const bool goes_on = x > 0 && mask.at(x - 1, y) == label;
      if (!goes_on) {
        runs.push_back({y, x, x, label});
      }
      ++runs.back().x_end;
    }
  }
  return runs;
}

}  // namespace angiobench::test
