// SPDX-License-Identifier: MIT
#include "dataset/synth/example_submissions.h"

#include <algorithm>
#include <cmath>

#include "dataset/files/atomic_file.h"
#include "dataset/masks/npy.h"
#include "dataset/media/frame_io.h"
#include "dataset/synth/random.h"
#include "dataset/synth/raster.h"
#include "dataset/synth/set_files.h"

namespace angiobench::synth {
namespace {

enum Stream : std::uint64_t { kAcross, kDown, kHoles, kNoise, kClasses };

// A seed that depends on a name.
std::uint64_t seed_of(std::uint64_t seed, const std::string& name, std::string_view quality) {
  std::uint64_t mixed = seed;
  for (const char c : name + "/" + std::string(quality))
    mixed = mix_seed(mixed, static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
  return mixed;
}

Image wobble_of(int width, int height, std::uint64_t seed) {
  const double unit = width / 512.0;
  return fractal_noise(width, height, 60 * unit, std::max(2.0, 8 * unit), 0.6, seed);
}

void exchange(Mask& mask, std::uint8_t a, std::uint8_t b) {
  std::uint8_t* const pixels = mask.pixels();
  const std::size_t count =
      static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
  std::transform(pixels, pixels + count, pixels, [&](std::uint8_t label) {
    return label == a ? b : label == b ? a : label;
  });
}

}  // namespace

Mask degraded(const MaskView& truth, const ExampleQuality& quality, std::uint64_t seed) {
  const Image across = wobble_of(truth.width, truth.height, mix_seed(seed, kAcross));
  const Image down = wobble_of(truth.width, truth.height, mix_seed(seed, kDown));
  const auto reach = static_cast<float>(quality.wobble * truth.width);
  Mask mask(truth.width, truth.height);
  const auto from = [&](int at, float shift, int size) {
    return std::clamp(at + static_cast<int>(std::floor(reach * shift + 0.5F)), 0, size - 1);
  };
  for (int y = 0; y < truth.height; ++y) {
    for (int x = 0; x < truth.width; ++x) {
      mask.at(x, y) =
          truth.at(from(x, across.at(x, y), truth.width), from(y, down.at(x, y), truth.height));
    }
  }

  // Holes lie on what is there, so that they are seen.
  Random random(mix_seed(seed, kHoles));
  const double radius = quality.hole * truth.width;
  int left = quality.num_holes;
  for (int attempt = 0; attempt < 400 && left > 0; ++attempt) {
    const int column = random.integer(0, truth.width - 1);
    const int row = random.integer(0, truth.height - 1);
    if (truth.at(column, row) == 0) continue;
    --left;
    for (int y = 0; y < truth.height; ++y) {
      for (int x = 0; x < truth.width; ++x) {
        if (std::hypot(x - column, y - row) < radius) mask.at(x, y) = 0;
      }
    }
  }
  return mask;
}

std::vector<std::uint8_t> probability_map(const MaskView& truth, const ExampleQuality& quality,
                                          std::uint64_t seed) {
  const Mask mask = degraded(truth, quality, seed);
  Image sharp(truth.width, truth.height);
  for (std::size_t i = 0; i < sharp.pixels.size(); ++i)
    sharp.pixels[i] = mask.pixels()[i] != 0 ? 0.96F : 0.02F;
  const Image soft = gaussian_blur(sharp, quality.blur * truth.width);
  const Image noise = wobble_of(truth.width, truth.height, mix_seed(seed, kNoise));
  std::vector<std::uint8_t> map(soft.pixels.size());
  for (std::size_t i = 0; i < map.size(); ++i) {
    const float probability = soft.pixels[i] + static_cast<float>(quality.noise) * noise.pixels[i];
    map[i] = static_cast<std::uint8_t>(std::clamp(255 * probability, 0.0F, 255.0F));
  }
  return map;
}

ExampleSubmissions::ExampleSubmissions(const std::string& folder, std::uint64_t seed)
    : seed_(seed) {
  if (!folder.empty()) out_ = std::make_unique<OutputFolder>(folder, ExistingFolder::refuse);
}

void ExampleSubmissions::add_labels(const std::string& sequence, const std::string& frame,
                                    const Mask& truth, std::span<const Rgb> palette,
                                    bool is_given) const {
  if (out_ == nullptr) return;
  for (const ExampleQuality& quality : kExampleQualities) {
    const std::string path = std::string(quality.name) + "/" + sequence + "/" + frame + ".png";
    const std::uint64_t seed = seed_of(seed_, sequence + "/" + frame, quality.name);
    const Mask mask = is_given ? truth : degraded(truth.view(), quality, seed);
    out_->write(path, encode_mask_png(mask.view(), palette));
  }
}

void ExampleSubmissions::add_classes(const std::string& sequence, const std::string& frame,
                                     const Mask& truth, std::span<const Rgb> palette) const {
  if (out_ == nullptr) return;
  constexpr std::uint8_t kContrastCatheter = 2;
  constexpr std::uint8_t kCatheter = 3;
  for (const ExampleQuality& quality : kExampleQualities) {
    const std::string path = std::string(quality.name) + "/" + sequence + "/" + frame + ".png";
    Mask mask =
        degraded(truth.view(), quality, seed_of(seed_, sequence + "/" + frame, quality.name));
    Random random(mix_seed(seed_of(seed_, sequence, quality.name), kClasses));
    if (random.chance(quality.confused)) exchange(mask, kContrastCatheter, kCatheter);
    out_->write(path, encode_mask_png(mask.view(), palette));
  }
}

void ExampleSubmissions::add_map(const std::string& name, const Mask& truth) const {
  if (out_ == nullptr) return;
  for (const ExampleQuality& quality : kExampleQualities) {
    const std::vector<std::uint8_t> map =
        probability_map(truth.view(), quality, seed_of(seed_, name, quality.name));
    out_->write(std::string(quality.name) + "/" + name + ".png",
                encode_grey_png(map, truth.width(), truth.height()));
  }
}

void ExampleSubmissions::add_planes(const std::string& name, std::span<const Mask> truth) const {
  if (out_ == nullptr) return;
  const std::vector<std::uint64_t> shape = {truth.size(),
                                            static_cast<std::uint64_t>(truth.front().height()),
                                            static_cast<std::uint64_t>(truth.front().width())};
  for (const ExampleQuality& quality : kExampleQualities) {
    std::vector<std::uint8_t> values;
    values.reserve(static_cast<std::size_t>(shape[0] * shape[1] * shape[2]));
    for (std::size_t plane = 0; plane < truth.size(); ++plane) {
      const std::uint64_t seed = seed_of(seed_, name + "/" + std::to_string(plane), quality.name);
      const Mask mask = degraded(truth[plane].view(), quality, seed);
      values.insert(values.end(), mask.pixels(), mask.pixels() + shape[1] * shape[2]);
    }
    out_->write(std::string(quality.name) + "/" + name + ".npy", encode_npy(shape, values));
  }
}

void ExampleSubmissions::commit() {
  if (out_ != nullptr) out_->commit();
}

}  // namespace angiobench::synth
