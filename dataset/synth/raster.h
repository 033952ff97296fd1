// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench::synth {

/// A float image, rows without gaps.
struct Image {
  Image() = default;
  Image(int columns, int rows, float value = 0)
      : width(columns),
        height(rows),
        pixels(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), value) {}

  float* row(int y) { return pixels.data() + static_cast<std::ptrdiff_t>(y) * width; }
  const float* row(int y) const { return pixels.data() + static_cast<std::ptrdiff_t>(y) * width; }
  float& at(int x, int y) { return row(y)[x]; }
  float at(int x, int y) const { return row(y)[x]; }

  int width = 0;
  int height = 0;
  std::vector<float> pixels;
};

/// How the thickness of a tube falls off from its axis.
enum class Profile {
  round,  // a circular cross-section: 2 sqrt(r^2 - d^2)
  flat,   // a disc or plate seen from its face: the same everywhere
};

/// One point of a projected tube.
struct TubeSample {
  float x = 0;       // pixels
  float y = 0;       // pixels
  float radius = 0;  // pixels
  float chord = 0;  // path of the ray through the axis, mm (2 r, longer where the tube runs towards
                    // the detector)
  float wall = 0;   // attenuation of the wall per mm (of the whole where inner_ratio is 0)
  float lumen = 0;  // attenuation of what fills it per mm
  float join = 0;   // 0: adds to what lies in front and behind; 1: the larger of both (inside the
                    // parent's lumen)
  bool labelled = false;  // whether the mask shows this point
};

/// Line integrals of attenuation along the rays of every pixel (dimensionless: mm times 1/mm), and
/// labels. Holds the buffers that drawing needs; one a thread.
class Canvas {
 public:
  Canvas(int width, int height);

  void clear();
  /// Draws a tube. Where it folds onto itself the nearer axis counts (its pieces are one solid);
  /// tubes add up. `inner_ratio` is the inner over the outer radius, 0 for a solid. Pixels whose
  /// centre lies within the radius (0.7 pixels at least) of a labelled point take `label`; 0 draws
  /// no label.
  void draw_tube(std::span<const TubeSample> samples, float inner_ratio, Profile profile,
                 std::uint8_t label);

  const Image& attenuation() const { return attenuation_; }
  Image& attenuation() { return attenuation_; }
  const Mask& labels() const { return labels_; }
  Mask& labels() { return labels_; }

 private:
  void draw_piece(const TubeSample& from, const TubeSample& to, float inner_ratio, Profile profile,
                  std::uint8_t label);

  Image attenuation_;
  Mask labels_;
  std::vector<float> nearness_;  // of the tube being drawn: 1 at its axis, 0 where it is not
  std::vector<float> value_;     // its line integral, where it is
  std::vector<float> join_;      // its join, where it is
  std::vector<std::uint32_t> touched_;
};

/// Separable Gaussian, edges repeated; sigma in pixels. Below 0.2 the image is returned as it is.
Image gaussian_blur(const Image& image, double sigma);

/// As gaussian_blur for wide kernels, computed on an image smaller by `factor` and scaled up
/// bilinearly.
Image wide_blur(const Image& image, double sigma, int factor);

/// The part of `image` that starts at (left, top), which may lie between pixels, bilinear, edges
/// repeated.
Image shifted_part(const Image& image, double left, double top, int width, int height);

/// Fractal value noise: octaves from `cell` pixels down to `smallest`, each of the next half in
/// size and `gain` in amplitude; about unit variance.
Image fractal_noise(int width, int height, double cell, double smallest, double gain,
                    std::uint64_t seed);

}  // namespace angiobench::synth
