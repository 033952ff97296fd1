// SPDX-License-Identifier: MIT
#include "dataset/synth/geometry.h"

#include <algorithm>
#include <numbers>

#include "dataset/error.h"

namespace angiobench::synth {

View::View(double lao_degrees, double cranial_degrees, double source_to_detector,
           double source_to_isocentre, double pixel_mm, int width, int height)
    : source_to_detector_(source_to_detector),
      source_to_isocentre_(source_to_isocentre),
      pixel_mm_(pixel_mm),
      width_(width),
      height_(height) {
  const double a = lao_degrees * std::numbers::pi / 180;
  const double b = cranial_degrees * std::numbers::pi / 180;
  towards_ = {std::sin(a) * std::cos(b), -std::cos(a) * std::cos(b), std::sin(b)};
  right_ = {std::cos(a), std::sin(a), 0};
  up_ = {-std::sin(a) * std::sin(b), std::cos(a) * std::sin(b), std::cos(b)};
}

ImagePoint View::project(const Vec3& point) const {
  // Keep a point that lies at the source from dividing by zero; nothing that matters is nearer than
  // 100 mm to it.
  const double depth = std::max(100.0, source_to_isocentre_ + dot(point, towards_));
  const double pixels_per_mm = source_to_detector_ / depth / pixel_mm_;
  return {width_ / 2.0 + (dot(point, right_) - aim_x_) * pixels_per_mm,
          height_ / 2.0 - (dot(point, up_) - aim_y_) * pixels_per_mm, pixels_per_mm};
}

double View::scale() const { return source_to_detector_ / source_to_isocentre_ / pixel_mm_; }

View View::aimed(const Vec3& point, double zoom) const {
  View moved = *this;
  moved.aim_x_ = dot(point, right_);
  moved.aim_y_ = dot(point, up_);
  moved.pixel_mm_ /= zoom;
  return moved;
}

View View::widened(int margin) const {
  View wide = *this;
  wide.width_ += 2 * margin;
  wide.height_ += 2 * margin;
  return wide;
}

std::vector<Vec3> resample(const std::vector<Vec3>& points, double step) {
  expects(points.size() >= 2 && step > 0, "a curve has two points and a positive step");
  double total = 0;
  for (std::size_t i = 1; i < points.size(); ++i) total += length(points[i] - points[i - 1]);
  const auto count = static_cast<std::size_t>(std::max(1.0, std::ceil(total / step)));
  std::vector<Vec3> result;
  result.reserve(count + 1);
  result.push_back(points.front());
  double passed = 0;  // length up to points[i - 1]
  std::size_t i = 1;
  for (std::size_t k = 1; k < count; ++k) {
    const double wanted = total * static_cast<double>(k) / static_cast<double>(count);
    double piece = length(points[i] - points[i - 1]);
    while (i + 1 < points.size() && passed + piece < wanted) {
      passed += piece;
      ++i;
      piece = length(points[i] - points[i - 1]);
    }
    const double t = piece > 0 ? std::clamp((wanted - passed) / piece, 0.0, 1.0) : 0.0;
    result.push_back(points[i - 1] + t * (points[i] - points[i - 1]));
  }
  result.push_back(points.back());
  return result;
}

std::vector<Vec3> smooth_curve(const std::vector<Vec3>& points, double step) {
  expects(points.size() >= 2, "a curve has two points or more");
  std::vector<Vec3> dense;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const Vec3& p1 = points[i];
    const Vec3& p2 = points[i + 1];
    const Vec3 p0 = i > 0 ? points[i - 1] : p1 - (p2 - p1);
    const Vec3 p3 = i + 2 < points.size() ? points[i + 2] : p2 + (p2 - p1);
    // Knots a square root of the distance apart: no cusps or loops within a piece (Yuksel et al.
    // 2011).
    const double t1 = std::sqrt(std::max(1e-9, length(p1 - p0)));
    const double t2 = t1 + std::sqrt(std::max(1e-9, length(p2 - p1)));
    const double t3 = t2 + std::sqrt(std::max(1e-9, length(p3 - p2)));
    const int pieces = std::max(2, static_cast<int>(std::ceil(length(p2 - p1) / step)) * 2);
    for (int k = 0; k < pieces; ++k) {
      const double t = t1 + (t2 - t1) * k / pieces;
      const Vec3 a1 = ((t1 - t) / t1) * p0 + (t / t1) * p1;
      const Vec3 a2 = ((t2 - t) / (t2 - t1)) * p1 + ((t - t1) / (t2 - t1)) * p2;
      const Vec3 a3 = ((t3 - t) / (t3 - t2)) * p2 + ((t - t2) / (t3 - t2)) * p3;
      const Vec3 b1 = ((t2 - t) / t2) * a1 + (t / t2) * a2;
      const Vec3 b2 = ((t3 - t) / (t3 - t1)) * a2 + ((t - t1) / (t3 - t1)) * a3;
      dense.push_back(((t2 - t) / (t2 - t1)) * b1 + ((t - t1) / (t2 - t1)) * b2);
    }
  }
  dense.push_back(points.back());
  return resample(dense, step);
}

}  // namespace angiobench::synth
