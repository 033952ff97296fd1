// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "dataset/synth/imaging.h"
#include "dataset/synth/raster.h"
#include "dataset/synth/scene.h"
#include "dataset/synth/vessel_tree.h"

namespace angiobench::synth {

/// The arteries of one side of the brain: internal carotid, middle and anterior cerebral artery
/// with their branches on the hemisphere, by Murray's law. `hand` is 1 for the left side, -1 for
/// the right. Millimetres; the origin is the middle of the head.
VesselTree grow_cerebral_tree(double hand, Random& random);

/// One run of digital subtraction angiography of a brain's arteries: the medium comes and goes,
/// the picture before it is subtracted. A pure function of its options and seed.
class DsaScene {
 public:
  struct Options {
    int size = 512;  // pixels a side
    int num_frames = 8;
    double frame_rate = 4;  // frames a second
    Difficulty difficulty = Difficulty::normal;
  };

  DsaScene(const Options& options, std::uint64_t seed);

  /// 8-bit grey pixels of a frame, vessels dark; the vessels that it shows are added to `label`
  /// (255).
  std::vector<std::uint8_t> render(int frame, Canvas& canvas, Mask& label) const;

 private:
  void draw(double seconds, Canvas& canvas) const;

  Options options_;
  std::uint64_t seed_;
  View view_;
  VesselTree tree_;
  std::vector<std::size_t> label_points_;  // of each branch, how many an annotator would label
  Bolus bolus_;
  ImagingOptions imaging_;
  Image head_;           // line integrals without medium, with a margin
  Image plain_;          // counts of the picture that is subtracted
  double restless_ = 0;  // pixels by which the head moves between that picture and a frame
};

}  // namespace angiobench::synth
