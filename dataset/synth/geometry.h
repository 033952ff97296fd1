// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <numbers>
#include <vector>

namespace angiobench::synth {

inline constexpr double kPi = std::numbers::pi;

/// A point or direction in the patient: x to the patient's left, y to the back, z to the head;
/// millimetres; the origin is the isocentre, which lies in the heart.
struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;

  friend Vec3 operator+(const Vec3& a, const Vec3& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend Vec3 operator-(const Vec3& a, const Vec3& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend Vec3 operator*(double s, const Vec3& a) { return {s * a.x, s * a.y, s * a.z}; }
};

inline double dot(const Vec3& a, const Vec3& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec3 cross(const Vec3& a, const Vec3& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double length(const Vec3& a) { return std::sqrt(dot(a, a)); }
inline Vec3 normalized(const Vec3& a) { return (1.0 / length(a)) * a; }

/// Where a point falls on the detector.
struct ImagePoint {
  double x = 0;      // pixels from the left edge; pixel i covers [i, i + 1)
  double y = 0;      // pixels from the top edge
  double scale = 0;  // pixels per millimetre at the point's depth
};

/// A C-arm: a point source and a flat detector that turn about the isocentre.
class View {
 public:
  /// Angles in degrees, LAO and cranial positive (the usual convention of angiography). `pixel_mm`
  /// is the detector's pitch; distances from the source to the detector and to the isocentre in
  /// millimetres.
  View(double lao_degrees, double cranial_degrees, double source_to_detector,
       double source_to_isocentre, double pixel_mm, int width, int height);

  ImagePoint project(const Vec3& point) const;

  const Vec3& right() const { return right_; }      // in the image plane, towards larger x
  const Vec3& up() const { return up_; }            // in the image plane, towards smaller y
  const Vec3& towards() const { return towards_; }  // from the isocentre to the detector
  double scale() const;                             // pixels per millimetre at the isocentre
  /// The point in the isocentre's plane that falls on the middle.
  Vec3 aim() const { return aim_x_ * right_ + aim_y_ * up_; }
  int width() const { return width_; }
  int height() const { return height_; }
  /// The same C-arm with the table moved so that `point` falls on the middle, and the field `zoom`
  /// times as large as before on the detector (above 1: less is seen, larger).
  View aimed(const Vec3& point, double zoom) const;
  /// The same C-arm with a detector that is larger by `margin` pixels on each side.
  View widened(int margin) const;

 private:
  Vec3 right_;
  Vec3 up_;
  Vec3 towards_;
  double source_to_detector_;
  double source_to_isocentre_;
  double pixel_mm_;
  int width_;
  int height_;
  double aim_x_ = 0;  // mm in the image plane at the isocentre that fall on the middle
  double aim_y_ = 0;
};

/// A smooth curve through `points` (centripetal Catmull-Rom), sampled every `step` millimetres of
/// its length, both ends included. Needs two points or more.
std::vector<Vec3> smooth_curve(const std::vector<Vec3>& points, double step);

/// Points of a polyline again, `step` apart along it, both ends included.
std::vector<Vec3> resample(const std::vector<Vec3>& points, double step);

}  // namespace angiobench::synth
