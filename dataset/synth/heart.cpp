// SPDX-License-Identifier: MIT
#include "dataset/synth/heart.h"

#include <algorithm>
#include <cmath>

#include "dataset/synth/geometry.h"

namespace angiobench::synth {

namespace {}

Vec3 Heart::surface(double along, double turn) const {
  // The right ventricle bulges: its side of the rim is a sixth wider.
  const double theta = along * kPi / 2;
  const double bulge = 1 + 0.16 * std::max(0.0, -std::sin(turn));
  // Blunter than an ellipsoid: a power below one of the cosine.
  const double radius =
      wide_mm * bulge * std::pow(std::max(0.0, std::cos(std::max(theta, -0.6))), 0.75);
  return base + (long_mm * std::sin(theta)) * axis + (radius * std::cos(turn)) * front -
         (radius * std::sin(turn)) * side;
}

Heart random_heart(Random& random) {
  Heart heart;
  heart.long_mm = random.uniform(82, 100);
  heart.wide_mm = random.uniform(43, 53);
  // To the left, forwards and down, as in anatomy, each tilted by some degrees.
  heart.axis = normalized({0.65 + random.uniform(-0.1, 0.1), -0.5 + random.uniform(-0.1, 0.1),
                           -0.57 + random.uniform(-0.12, 0.12)});
  const Vec3 reference{-0.1 + random.uniform(-0.1, 0.1), -0.8, 0.6};
  heart.front = normalized(reference - dot(reference, heart.axis) * heart.axis);
  heart.side = cross(heart.axis, heart.front);
  heart.base = (-0.42 * heart.long_mm) * heart.axis;
  return heart;
}

Motion::Motion(const Heart& heart, const MotionOptions& options, int num_frames, std::uint64_t seed)
    : heart_(heart), options_(options), num_frames_(num_frames) {
  Random random(seed);
  const double beat = 60 / options.heart_rate;
  double start = -beat * (1 + random.uniform());
  const double end = num_frames / options.frames_per_second + 2 * beat;
  while (start < end) {
    beats_.push_back(start);
    start +=
        beat * std::max(0.4, 1 + options.rate_variation * static_cast<double>(random.normal()));
  }
  beats_.push_back(start);
  breath_phase_ = random.uniform();
  const double angle = random.uniform(0, 2 * kPi);
  pan_direction_ = {std::cos(angle), 0, std::sin(angle)};
}

double Motion::contraction(int frame) const {
  const double now = seconds(frame);
  const auto next = std::upper_bound(beats_.begin(), beats_.end() - 1, now);
  const double start = next == beats_.begin() ? *next : *(next - 1);
  const double phase = std::clamp((now - start) / (*next - start), 0.0, 1.0);
  // Contract and relax over the first 0.6 of the beat, then rest; the atrial kick stretches the
  // ventricles at the end.
  if (phase < 0.6) return std::sin(kPi * phase / 0.6) * std::sin(kPi * phase / 0.6);
  const double rest = (phase - 0.6) / 0.4;
  return -0.07 * std::sin(kPi * rest) * std::sin(kPi * rest);
}

Vec3 Motion::breath(int frame) const {
  // Lujan's model (1999): cos^4 dwells at the end of expiration.
  const double phase = seconds(frame) / options_.breath_seconds + breath_phase_;
  const double depth = std::pow(std::cos(kPi * phase), 4);
  return {0, -0.25 * options_.breath_mm * depth, -options_.breath_mm * depth};
}

Vec3 Motion::pan(int frame) const {
  const double t = num_frames_ > 1 ? static_cast<double>(frame) / (num_frames_ - 1) : 0;
  return (options_.pan_mm * t * t * (3 - 2 * t)) * pan_direction_;
}

Vec3 Motion::move(const Vec3& point, double follow, int frame) const {
  const double depth = contraction(frame);
  const Vec3 relative = point - heart_.base;
  const double along = dot(relative, heart_.axis);
  double f = dot(relative, heart_.front);
  double s = dot(relative, heart_.side);
  // The base moves to the apex, which stays; above the valves the great vessels follow less and
  // less.
  const double share = along / heart_.long_mm;
  const double shift = options_.shortening_mm * depth *
                       (along >= 0 ? std::max(0.0, 1 - share) : std::exp(along / 30));
  const double shrink = 1 - options_.contraction * depth * std::clamp(0.55 + share, 0.1, 1.0);
  const double angle = options_.twist * depth * std::clamp(share, 0.0, 1.0);
  const double c = std::cos(angle);
  const double n = std::sin(angle);
  f *= shrink;
  s *= shrink;
  const Vec3 beaten = heart_.base + (along + shift) * heart_.axis + (c * f - n * s) * heart_.front +
                      (n * f + c * s) * heart_.side;
  return point + follow * (beaten - point) + follow * breath(frame) + pan(frame);
}

}  // namespace angiobench::synth
