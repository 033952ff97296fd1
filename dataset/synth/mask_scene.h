// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "dataset/masks/mask.h"
#include "dataset/synth/scene.h"

namespace angiobench::synth {

/// Thickness in pixels that a mask's shape suggests: the union of the balls of its medial axis, 2
/// sqrt(R^2 - d^2); for a straight band of half width R exactly a cylinder. 0 outside of the mask.
Image thickness_of(const MaskView& mask, std::uint8_t label);

/// What an object most likely is, from its shape alone, where no semantic mask says so: compact and
/// large is a balloon, compact and small is something else, long and of even width is a catheter,
/// any other long shape a vessel.
Category guess_category(const MaskView& mask, std::uint8_t label);

/// Angiograms for the masks of one real sequence: real shapes and motion, everything else made.
class MaskScene {
 public:
  /// `masks` with their frame numbers; all of one size. `categories` of ids that are known; the
  /// others are guessed from the frame in which they are largest.
  MaskScene(const std::vector<Mask>& masks, const std::vector<int>& frame_numbers,
            const std::map<int, Category>& categories, Difficulty difficulty, std::uint64_t seed);

  /// 8-bit grey pixels of the k-th mask's frame.
  std::vector<std::uint8_t> render(std::size_t k) const;
  const std::map<int, Category>& categories() const { return categories_; }

 private:
  Image attenuation(std::size_t k) const;

  const std::vector<Mask>& masks_;
  std::vector<int> frame_numbers_;
  std::map<int, Category> categories_;
  std::map<int, double> density_;  // 1/mm
  std::uint64_t seed_;
  View view_;
  Heart heart_;
  Motion motion_;
  ImagingOptions imaging_;
  std::unique_ptr<Background> background_;
  double reference_ = 0;
};

}  // namespace angiobench::synth
