// SPDX-License-Identifier: MIT
#include "dataset/synth/imaging.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "dataset/synth/random.h"

namespace angiobench::synth {
namespace {

// exp and log as plain polynomials: a vector of them costs a fifth of the library's, and every
// processor gets the same bits, which the library does not promise.

// 2^x by splitting off the whole part; the rest by its Taylor series to the 6th power (relative
// error below 2e-7).
inline float fast_exp(float x) {
  x = std::clamp(x, -80.0F, 80.0F) * 1.44269504F;
  const float whole = static_cast<float>(static_cast<int>(x + (x >= 0 ? 0.5F : -0.5F)));
  const float f = (x - whole) * 0.69314718F;
  const float series =
      1 + f * (1 + f * (0.5F + f * (0.16666667F +
                                    f * (0.041666667F + f * (0.0083333333F + f * 0.0013888889F)))));
  const std::int32_t exponent = (static_cast<std::int32_t>(whole) + 127) << 23;
  return series * std::bit_cast<float>(exponent);
}

// ln x = ln m + e ln 2 with m in [0.7, 1.4); atanh series (absolute error below 1e-6).
inline float fast_log(float x) {
  const std::int32_t bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t shifted = (bits - 0x3f330000) >> 23;
  const float m = std::bit_cast<float>(bits - (shifted << 23));
  const float z = (m - 1) / (m + 1);
  const float z2 = z * z;
  const float series =
      2 * z * (1 + z2 * (0.33333333F + z2 * (0.2F + z2 * (0.14285714F + z2 * 0.11111111F))));
  return series + static_cast<float>(shifted) * 0.69314718F;
}

}  // namespace

Image transmitted(const Image& attenuation) {
  Image result(attenuation.width, attenuation.height);
  for (std::size_t i = 0; i < result.pixels.size(); ++i)
    result.pixels[i] = fast_exp(-attenuation.pixels[i]);
  return result;
}

Image detected(const Image& intensity, const ImagingOptions& options, std::uint64_t seed) {
  const int width = intensity.width;
  const int factor = std::max(2, width / 64);
  const Image scattered = wide_blur(intensity, options.scatter_width * width, factor);
  const auto scatter = static_cast<float>(options.scatter);
  Image light(width, intensity.height);
  double sum = 0;
  for (std::size_t i = 0; i < light.pixels.size(); ++i) {
    light.pixels[i] = intensity.pixels[i] + scatter * scattered.pixels[i];
    sum += static_cast<double>(light.pixels[i]);
  }
  // Set the exposure: automatic control holds the mean count.
  const auto gain = static_cast<float>(options.photons * static_cast<double>(light.pixels.size()) /
                                       std::max(sum, 1e-30));

  const Image stray = wide_blur(light, options.glare_width * width, std::max(1, factor / 2));
  const auto glare = static_cast<float>(options.glare);
  Random random(seed);
  for (std::size_t i = 0; i < light.pixels.size(); ++i) {
    const float mean = gain * ((1 - glare) * light.pixels[i] + glare * stray.pixels[i]);
    light.pixels[i] = mean + std::sqrt(std::max(mean, 0.0F)) * random.normal();
  }
  Image counts = gaussian_blur(light, options.sharpness);
  const auto electronic = static_cast<float>(options.electronic);
  for (float& count : counts.pixels) count = std::max(0.5F, count + electronic * random.normal());
  return counts;
}

std::vector<std::uint8_t> displayed(const Image& counts, const ImagingOptions& options,
                                    double reference) {
  Image density(counts.width, counts.height);
  for (std::size_t i = 0; i < density.pixels.size(); ++i) {
    density.pixels[i] = fast_log(counts.pixels[i]) - static_cast<float>(reference);
  }
  // Shutters are left out of what is slow, or their darkness would brighten the field beside them.
  Image bounded = density;
  for (float& value : bounded.pixels) value = std::max(value, -0.7F);
  const Image slow = wide_blur(bounded, 0.11 * counts.width, std::max(2, counts.width / 64));
  const Image smooth = gaussian_blur(density, 2.2 * counts.width / 512.0);
  const auto flatten = static_cast<float>(options.flatten);
  const auto enhance = static_cast<float>(options.enhance);
  const auto slope = static_cast<float>(0.5 / options.black);
  const auto level = static_cast<float>(options.level);
  std::vector<std::uint8_t> grey(density.pixels.size());
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const float value = density.pixels[i] - flatten * slow.pixels[i] +
                        enhance * (density.pixels[i] - smooth.pixels[i]);
    // A logistic curve compresses both ends as film does; level is its value at the mean.
    const float linear = level + slope * value;
    const float soft = linear < 0.15F  ? 0.15F * fast_exp((linear - 0.15F) / 0.15F)
                       : linear > 0.8F ? 1 - 0.2F * fast_exp(-(linear - 0.8F) / 0.2F)
                                       : linear;
    grey[i] = static_cast<std::uint8_t>(std::clamp(soft * 255 + 0.5F, 0.0F, 255.0F));
  }
  return grey;
}

std::vector<std::uint8_t> subtracted(const Image& counts, const Image& plain) {
  constexpr float kLevel = 0.8F;  // of what has not changed
  constexpr float kSlope =
      2.0F;  // scatter takes half of the contrast; a full carotid is near black
  // The exposure control answers the medium; its change is the median of what has not changed, for
  // vessels cover little of a picture.
  std::vector<float> change(counts.pixels.size());
  for (std::size_t i = 0; i < change.size(); ++i)
    change[i] = fast_log(counts.pixels[i]) - fast_log(plain.pixels[i]);
  std::vector<float> sorted = change;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  const float unchanged = *middle;
  std::vector<std::uint8_t> grey(change.size());
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const float value = kLevel + kSlope * (change[i] - unchanged);
    grey[i] = static_cast<std::uint8_t>(std::clamp(value * 255 + 0.5F, 0.0F, 255.0F));
  }
  return grey;
}

double log_reference(const Image& counts, const Image& shutters) {
  double sum = 0;
  double number = 0;
  for (std::size_t i = 0; i < counts.pixels.size(); ++i) {
    if (shutters.pixels[i] > 0.1F) continue;
    sum += static_cast<double>(fast_log(counts.pixels[i]));
    number += 1;
  }
  return number > 0 ? sum / number : 0;
}

}  // namespace angiobench::synth
