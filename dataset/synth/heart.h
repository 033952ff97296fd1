// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "dataset/synth/geometry.h"
#include "dataset/synth/random.h"

namespace angiobench::synth {

/// Where the heart lies: a half ellipsoid that hangs from the plane of its valves. `axis` points
/// from base to apex, `front` to the anterior groove between the ventricles, where the LAD runs;
/// `side` = axis x front points to the right ventricle.
struct Heart {
  Vec3 base;  // centre of the valve plane
  Vec3 axis;
  Vec3 front;
  Vec3 side;
  double long_mm = 90;  // base to apex
  double wide_mm = 48;  // radius of the valve plane's rim

  /// A point on the surface: `along` 0 at the valves to 1 at the apex (below 0: above the valves),
  /// `turn` in radians about the axis from `front` to the left (pi is the posterior groove,
  /// negative values the right side).
  Vec3 surface(double along, double turn) const;
};

/// A heart of a size and tilt within what adults have.
Heart random_heart(Random& random);

struct MotionOptions {
  double heart_rate = 70;        // beats per minute
  double rate_variation = 0.03;  // standard deviation of a beat's length over its mean
  /// How far the valve plane moves to the apex (healthy adults: 10 to 15)
  double shortening_mm = 11;
  double contraction = 0.18;  // share by which the radius shrinks
  double twist = 0.15;        // radians by which the apex turns against the base
  double breath_mm = 8;       // how far the diaphragm goes down, from peak to peak; 0: breath held
  double breath_seconds = 4;
  double pan_mm = 0;  // how far the table is moved in the course of the run
  double frames_per_second = 15;
};

/// How everything moves. Same seed, same motion; a pure function of the frame's number.
class Motion {
 public:
  Motion(const Heart& heart, const MotionOptions& options, int num_frames, std::uint64_t seed);

  /// How far the heart has contracted in a frame: 0 relaxed, 1 end of systole, a little below 0 at
  /// the atrial kick.
  double contraction(int frame) const;
  /// Displacement by breathing of what hangs on the diaphragm.
  Vec3 breath(int frame) const;
  /// Displacement of the whole patient (table).
  Vec3 pan(int frame) const;
  /// Where a point that follows the heart by `follow` (0 none, 1 wholly), and as much the breath,
  /// is in a frame.
  Vec3 move(const Vec3& point, double follow, int frame) const;
  double seconds(int frame) const { return frame / options_.frames_per_second; }

 private:
  Heart heart_;
  MotionOptions options_;
  int num_frames_;
  std::vector<double> beats_;  // start of each beat, s
  double breath_phase_;        // 0..1
  Vec3 pan_direction_;
};

}  // namespace angiobench::synth
