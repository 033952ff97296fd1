// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "dataset/synth/heart.h"
#include "dataset/synth/raster.h"

namespace angiobench::synth {

// Effective linear attenuation at the mean energy behind a patient (about 60 keV), per mm. Tissue,
// lung and bone from the tables of NIST (XCOM) for 0.206, 0.06 and about 0.45 per cm at their
// densities, compact bone less for its marrow; contrast media and plastics are set so that a 3 mm
// vessel and a 6 F catheter look as they do in angiograms. Metals stop everything a wire can.
inline constexpr double kTissue = 0.0206;
inline constexpr double kLung = 0.006;
inline constexpr double kCortex = 0.075;
inline constexpr double kMarrow = 0.031;
inline constexpr double kIodine = 0.15;        // undiluted medium (350 mg/ml) over blood
inline constexpr double kCatheterWall = 0.16;  // plastic with barium sulphate
inline constexpr double kSteel = 1.2;

/// Length in mm of the ray through each pixel inside an axis-aligned ellipsoid (parallel rays
/// through its place; the magnification is that of its depth). Added to `image` times `weight`.
/// `soft_mm` blurs the border: chords much shorter than it are made shorter still (chord^2 /
/// sqrt(chord^2 + soft^2)); 0: none.
void add_ellipsoid(const View& view, const Vec3& centre, const Vec3& radii, double weight,
                   Image& image, double soft_mm = 0);

struct BackgroundOptions {
  double texture = 1;  // amplitude of the fine structure of lung and bone
  /// Share of the half width that shutters cover on the sides they are on; 0: open
  double collimation = 0;
  int num_wires = 0;  // wires of ECG leads on the skin
};

/// What lies behind and before the vessels: body, lungs, spine, ribs, diaphragm, the heart's own
/// shadow, shutters. Line integrals of attenuation over air, frame by frame; what does not change
/// is computed once.
class Background {
 public:
  Background(const View& view, const Heart& heart, const BackgroundOptions& options,
             std::uint64_t seed);

  /// The line integrals of a frame.
  Image frame(const Motion& motion, int frame) const;
  /// Added outside of the shutters' opening: 0 where open.
  const Image& shutters() const { return shutters_; }

 private:
  View view_;
  Heart heart_;
  int margin_;
  Image bones_;  // spine, ribs, skin: moves with the table
  Image lungs_;  // lung and its vessels: moves with the breath too
  Image shutters_;
  Vec3 dome_right_;
  Vec3 dome_left_;
  double dome_radius_ = 0;
};

}  // namespace angiobench::synth
