// SPDX-License-Identifier: MIT
#include "dataset/synth/raster.h"

#include <algorithm>
#include <cmath>

#include "dataset/synth/random.h"

namespace angiobench::synth {
namespace {

// A tube thinner than a pixel keeps its total attenuation and is spread over this much more: the
// aperture of a pixel.
constexpr float kApertureSquared = 0.3F;
// Half the width, in pixels, below which an annotator does not draw a line.
constexpr float kLeastLabelRadius = 0.7F;

std::vector<float> gaussian_kernel(double sigma) {
  const int radius = std::max(1, static_cast<int>(std::ceil(3 * sigma)));
  std::vector<float> kernel(static_cast<std::size_t>(2 * radius + 1));
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) sum += std::exp(-0.5 * i * i / (sigma * sigma));
  for (int i = -radius; i <= radius; ++i) {
    kernel[static_cast<std::size_t>(i + radius)] =
        static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma)) / sum);
  }
  return kernel;
}

// Mean over blocks of factor x factor pixels; the last block may be smaller.
Image shrunk(const Image& image, int factor) {
  const int width = (image.width + factor - 1) / factor;
  const int height = (image.height + factor - 1) / factor;
  Image small(width, height);
  for (int y = 0; y < height; ++y) {
    const int bottom = std::min(image.height, (y + 1) * factor);
    for (int x = 0; x < width; ++x) {
      const int right = std::min(image.width, (x + 1) * factor);
      float sum = 0;
      for (int v = y * factor; v < bottom; ++v) {
        for (int u = x * factor; u < right; ++u) sum += image.at(u, v);
      }
      small.at(x, y) = sum / static_cast<float>((bottom - y * factor) * (right - x * factor));
    }
  }
  return small;
}

}  // namespace

Canvas::Canvas(int width, int height)
    : attenuation_(width, height),
      labels_(width, height),
      nearness_(attenuation_.pixels.size()),
      value_(attenuation_.pixels.size()),
      join_(attenuation_.pixels.size()) {}

void Canvas::clear() {
  std::fill(attenuation_.pixels.begin(), attenuation_.pixels.end(), 0.0F);
  labels_ = Mask(labels_.width(), labels_.height());
}

void Canvas::draw_piece(const TubeSample& from, const TubeSample& to, float inner_ratio,
                        Profile profile, std::uint8_t label) {
  const float widest = std::sqrt(
      std::max(from.radius, to.radius) * std::max(from.radius, to.radius) + kApertureSquared);
  const int left =
      std::max(0, static_cast<int>(std::floor(std::min(from.x, to.x) - widest - 0.5F)));
  const int right = std::min(attenuation_.width - 1,
                             static_cast<int>(std::ceil(std::max(from.x, to.x) + widest)));
  const int top = std::max(0, static_cast<int>(std::floor(std::min(from.y, to.y) - widest - 0.5F)));
  const int bottom = std::min(attenuation_.height - 1,
                              static_cast<int>(std::ceil(std::max(from.y, to.y) + widest)));
  const float dx = to.x - from.x;
  const float dy = to.y - from.y;
  const float squared = dx * dx + dy * dy;
  const float inverse = squared > 0 ? 1 / squared : 0;
  for (int y = top; y <= bottom; ++y) {
    const float py = static_cast<float>(y) + 0.5F - from.y;
    for (int x = left; x <= right; ++x) {
      const float px = static_cast<float>(x) + 0.5F - from.x;
      const float t = std::clamp((px * dx + py * dy) * inverse, 0.0F, 1.0F);
      const float ex = px - t * dx;
      const float ey = py - t * dy;
      const float distance = ex * ex + ey * ey;
      const float radius = from.radius + t * (to.radius - from.radius);
      const float spread = radius * radius + kApertureSquared;
      if (distance >= spread) continue;
      const std::size_t at =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(attenuation_.width) +
          static_cast<std::size_t>(x);

      const float nearness = 1 - distance / spread;
      if (nearness > nearness_[at]) {
        if (nearness_[at] == 0) touched_.push_back(static_cast<std::uint32_t>(at));
        nearness_[at] = nearness;
        // Measure the chords through the outer and inner cylinder; spreading keeps their area.
        const float chord = (from.chord + t * (to.chord - from.chord)) * radius / std::sqrt(spread);
        const float outer = profile == Profile::flat ? chord : chord * std::sqrt(nearness);
        float inner = 0;
        if (inner_ratio > 0) {
          const float inner_spread = inner_ratio * inner_ratio * spread;
          if (distance < inner_spread)
            inner = inner_ratio * chord * std::sqrt(1 - distance / inner_spread);
        }
        const float wall = from.wall + t * (to.wall - from.wall);
        const float lumen = from.lumen + t * (to.lumen - from.lumen);
        value_[at] = wall * (outer - inner) + lumen * inner;
        join_[at] = from.join + t * (to.join - from.join);
      }
      if (label != 0 && from.labelled && to.labelled) {
        const float least = std::max(radius, kLeastLabelRadius);
        if (distance <= least * least) labels_.at(x, y) = label;
      }
    }
  }
}

void Canvas::draw_tube(std::span<const TubeSample> samples, float inner_ratio, Profile profile,
                       std::uint8_t label) {
  for (std::size_t i = 0; i + 1 < samples.size(); ++i) {
    draw_piece(samples[i], samples[i + 1], inner_ratio, profile, label);
  }
  if (samples.size() == 1) draw_piece(samples[0], samples[0], inner_ratio, profile, label);
  for (const std::uint32_t at : touched_) {
    float& total = attenuation_.pixels[at];
    const float sum = total + value_[at];
    total = sum + join_[at] * (std::max(total, value_[at]) - sum);
    nearness_[at] = 0;
  }
  touched_.clear();
}

Image gaussian_blur(const Image& image, double sigma) {
  if (sigma < 0.2) return image;
  const std::vector<float> kernel = gaussian_kernel(sigma);
  const int radius = static_cast<int>(kernel.size() / 2);
  Image across(image.width, image.height);
  std::vector<float> padded(static_cast<std::size_t>(image.width + 2 * radius));
  for (int y = 0; y < image.height; ++y) {
    const float* from = image.row(y);
    std::fill_n(padded.begin(), radius, from[0]);
    std::copy_n(from, image.width, padded.begin() + radius);
    std::fill_n(padded.begin() + radius + image.width, radius, from[image.width - 1]);
    float* to = across.row(y);
    for (std::size_t k = 0; k < kernel.size(); ++k) {
      const float weight = kernel[k];
      const float* shifted = padded.data() + k;
      for (int x = 0; x < image.width; ++x) to[x] += weight * shifted[x];
    }
  }
  Image both(image.width, image.height);
  for (int y = 0; y < image.height; ++y) {
    float* to = both.row(y);
    for (int k = -radius; k <= radius; ++k) {
      const float weight = kernel[static_cast<std::size_t>(k + radius)];
      const float* from = across.row(std::clamp(y + k, 0, image.height - 1));
      for (int x = 0; x < image.width; ++x) to[x] += weight * from[x];
    }
  }
  return both;
}

Image wide_blur(const Image& image, double sigma, int factor) {
  const Image small = gaussian_blur(shrunk(image, factor), sigma / factor);
  Image result(image.width, image.height);
  for (int y = 0; y < image.height; ++y) {
    const float v = std::clamp((static_cast<float>(y) + 0.5F) / static_cast<float>(factor) - 0.5F,
                               0.0F, static_cast<float>(small.height - 1));
    const int y0 = static_cast<int>(v);
    const float fy = v - static_cast<float>(y0);
    const float* upper = small.row(y0);
    const float* lower = small.row(std::min(y0 + 1, small.height - 1));
    float* to = result.row(y);
    for (int x = 0; x < image.width; ++x) {
      const float u = std::clamp((static_cast<float>(x) + 0.5F) / static_cast<float>(factor) - 0.5F,
                                 0.0F, static_cast<float>(small.width - 1));
      const int x0 = static_cast<int>(u);
      const int x1 = std::min(x0 + 1, small.width - 1);
      const float fx = u - static_cast<float>(x0);
      const float a = upper[x0] + fx * (upper[x1] - upper[x0]);
      const float b = lower[x0] + fx * (lower[x1] - lower[x0]);
      to[x] = a + fy * (b - a);
    }
  }
  return result;
}

Image shifted_part(const Image& image, double left, double top, int width, int height) {
  Image part(width, height);
  const int x0 = static_cast<int>(std::floor(left));
  const int y0 = static_cast<int>(std::floor(top));
  const auto fx = static_cast<float>(left - x0);
  const auto fy = static_cast<float>(top - y0);
  const float w00 = (1 - fx) * (1 - fy);
  const float w10 = fx * (1 - fy);
  const float w01 = (1 - fx) * fy;
  const float w11 = fx * fy;
  const bool inside = x0 >= 0 && x0 + width < image.width;
  for (int y = 0; y < height; ++y) {
    const float* upper = image.row(std::clamp(y0 + y, 0, image.height - 1));
    const float* lower = image.row(std::clamp(y0 + y + 1, 0, image.height - 1));
    float* to = part.row(y);
    if (inside) {
      const float* a = upper + x0;
      const float* b = lower + x0;
      for (int x = 0; x < width; ++x)
        to[x] = w00 * a[x] + w10 * a[x + 1] + w01 * b[x] + w11 * b[x + 1];
      continue;
    }
    for (int x = 0; x < width; ++x) {
      const int u = std::clamp(x0 + x, 0, image.width - 1);
      const int v = std::clamp(x0 + x + 1, 0, image.width - 1);
      to[x] = w00 * upper[u] + w10 * upper[v] + w01 * lower[u] + w11 * lower[v];
    }
  }
  return part;
}

Image fractal_noise(int width, int height, double cell, double smallest, double gain,
                    std::uint64_t seed) {
  Image noise(width, height);
  double amplitude = 1;
  double power = 0;
  std::uint64_t octave = 0;
  for (double size = cell; size >= smallest; size /= 2, amplitude *= gain, ++octave) {
    Random random(mix_seed(seed, octave));
    const int columns = static_cast<int>(width / size) + 3;
    const int rows = static_cast<int>(height / size) + 3;
    Image grid(columns, rows);
    for (float& value : grid.pixels) value = random.normal();
    const double offset_x = random.uniform();
    const double offset_y = random.uniform();
    for (int y = 0; y < height; ++y) {
      const double v = y / size + offset_y;
      const int y0 = static_cast<int>(v);
      const double ty = v - y0;
      const auto sy = static_cast<float>(ty * ty * (3 - 2 * ty));
      float* to = noise.row(y);
      for (int x = 0; x < width; ++x) {
        const double u = x / size + offset_x;
        const int x0 = static_cast<int>(u);
        const double tx = u - x0;
        const auto sx = static_cast<float>(tx * tx * (3 - 2 * tx));
        const float a = grid.at(x0, y0) + sx * (grid.at(x0 + 1, y0) - grid.at(x0, y0));
        const float b = grid.at(x0, y0 + 1) + sx * (grid.at(x0 + 1, y0 + 1) - grid.at(x0, y0 + 1));
        to[x] += static_cast<float>(amplitude) * (a + sy * (b - a));
      }
    }
    // Interpolated unit noise has a variance of about 0.55 (mean over the cell of the squared
    // weights).
    power += 0.55 * amplitude * amplitude;
  }
  const auto scale = static_cast<float>(1 / std::sqrt(std::max(power, 1e-12)));
  for (float& value : noise.pixels) value *= scale;
  return noise;
}

}  // namespace angiobench::synth
