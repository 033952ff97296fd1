// SPDX-License-Identifier: MIT
#include "baselines/inference/planes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "dataset/error.h"

namespace angiobench {
namespace {

// Sources and weights of one output position along one axis.
struct Taps {
  std::array<int, 4> at{};
  std::array<float, 4> weight{};
};

// Positions past the border take the border's pixel.
int clamped(int at, int size) { return std::clamp(at, 0, size - 1); }

std::vector<Taps> cubic_taps(int from, int to) {
  constexpr float kA = -0.75F;  // PyTorch's and OpenCV's
  const auto near = [](float x) { return ((kA + 2) * x - (kA + 3)) * x * x + 1; };
  const auto far = [](float x) { return ((kA * x - 5 * kA) * x + 8 * kA) * x - 4 * kA; };
  const float scale = static_cast<float>(from) / static_cast<float>(to);
  std::vector<Taps> taps(to);
  for (int i = 0; i < to; ++i) {
    const float source = scale * (static_cast<float>(i) + 0.5F) - 0.5F;
    const int floor = static_cast<int>(std::floor(source));
    const float t = source - static_cast<float>(floor);
    for (int j = 0; j < 4; ++j) taps[i].at[j] = clamped(floor - 1 + j, from);
    taps[i].weight = {far(t + 1), near(t), near(1 - t), far(2 - t)};
  }
  return taps;
}

std::vector<Taps> linear_taps(int from, int to) {
  const float scale = static_cast<float>(from) / static_cast<float>(to);
  std::vector<Taps> taps(to);
  for (int i = 0; i < to; ++i) {
    const float source = std::max(0.0F, scale * (static_cast<float>(i) + 0.5F) - 0.5F);
    const int first = std::min(static_cast<int>(source), from - 1);
    const float t = source - static_cast<float>(first);
    taps[i].at = {first, std::min(first + 1, from - 1), 0, 0};
    taps[i].weight = {1 - t, t, 0, 0};
  }
  return taps;
}

Plane resample(const Plane& plane, int height, int width, int num_taps,
               std::vector<Taps> (*make)(int, int)) {
  if (plane.height == height && plane.width == width) return plane;
  const std::vector<Taps> rows = make(plane.height, height);
  const std::vector<Taps> columns = make(plane.width, width);

  // Along the rows first, then down the columns.
  Plane wide(plane.height, width);
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < width; ++x) {
      float sum = 0;
      for (int i = 0; i < num_taps; ++i)
        sum += columns[x].weight[i] * plane.at(y, columns[x].at[i]);
      wide.at(y, x) = sum;
    }
  }
  Plane out(height, width);
  for (int y = 0; y < height; ++y) {
    for (int i = 0; i < num_taps; ++i) {
      const float weight = rows[y].weight[i];
      const float* from = &wide.pixels[static_cast<std::size_t>(rows[y].at[i]) * width];
      float* to = &out.pixels[static_cast<std::size_t>(y) * width];
      for (int x = 0; x < width; ++x) to[x] += weight * from[x];
    }
  }
  return out;
}

}  // namespace

Padding padding_to_16(int height, int width) {
  const auto missing = [](int size) { return (16 - size % 16) % 16; };
  const int columns = missing(width);
  const int rows = missing(height);
  return {columns / 2, columns - columns / 2, rows / 2, rows - rows / 2};
}

Plane pad(const Plane& plane, const Padding& padding) {
  Plane out(plane.height + padding.top + padding.bottom,
            plane.width + padding.left + padding.right);
  for (int y = 0; y < plane.height; ++y) {
    const auto from = plane.pixels.begin() + static_cast<std::ptrdiff_t>(y) * plane.width;
    std::copy(from, from + plane.width,
              out.pixels.begin() + static_cast<std::ptrdiff_t>(y + padding.top) * out.width +
                  padding.left);
  }
  return out;
}

Plane unpad(const Plane& plane, const Padding& padding) {
  Plane out(plane.height - padding.top - padding.bottom,
            plane.width - padding.left - padding.right);
  for (int y = 0; y < out.height; ++y) {
    const auto from = plane.pixels.begin() +
                      static_cast<std::ptrdiff_t>(y + padding.top) * plane.width + padding.left;
    std::copy(from, from + out.width,
              out.pixels.begin() + static_cast<std::ptrdiff_t>(y) * out.width);
  }
  return out;
}

Plane resize_bicubic(const Plane& plane, int height, int width) {
  return resample(plane, height, width, 4, cubic_taps);
}

Plane resize_bilinear(const Plane& plane, int height, int width) {
  return resample(plane, height, width, 2, linear_taps);
}

Plane resize_nearest(const Plane& plane, int height, int width) {
  if (plane.height == height && plane.width == width) return plane;
  const float row_scale = static_cast<float>(plane.height) / static_cast<float>(height);
  const float column_scale = static_cast<float>(plane.width) / static_cast<float>(width);
  Plane out(height, width);
  for (int y = 0; y < height; ++y) {
    const int from =
        std::min(static_cast<int>(static_cast<float>(y) * row_scale), plane.height - 1);
    for (int x = 0; x < width; ++x) {
      out.at(y, x) = plane.at(
          from, std::min(static_cast<int>(static_cast<float>(x) * column_scale), plane.width - 1));
    }
  }
  return out;
}

void aggregate(std::span<Plane> planes) {
  expects(!planes.empty(), "there is a plane for the background");
  constexpr float kLeast = 1e-7F;
  constexpr float kMost = 1 - 1e-7F;  // 0.99999988
  const std::size_t pixels = planes[0].pixels.size();
#pragma omp parallel for schedule(static)
  for (std::size_t at = 0; at < pixels; ++at) {
    // The softmax of log-odds is odds over the sum of odds; the largest odds are 8.4e6, so nothing
    // overflows.
    float background = 1;
    for (std::size_t i = 1; i < planes.size(); ++i) background *= 1 - planes[i].pixels[at];
    planes[0].pixels[at] = background;
    float sum = 0;
    for (Plane& plane : planes) {
      const float p = std::clamp(plane.pixels[at], kLeast, kMost);
      plane.pixels[at] = p / (1 - p);
      sum += plane.pixels[at];
    }
    for (Plane& plane : planes) plane.pixels[at] /= sum;
  }
}

}  // namespace angiobench
