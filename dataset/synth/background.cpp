// SPDX-License-Identifier: MIT
#include "dataset/synth/background.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dataset/synth/geometry.h"
#include "dataset/synth/random.h"

namespace angiobench::synth {
namespace {

// Streams of random numbers; each structure has its own.
enum Stream : std::uint64_t { kBody, kSpine, kRibs, kLungs, kTexture, kShutters, kLeads };

// Distance in pixels from a point to a polyline's nearest sample is not needed: bones are tubes and
// plates.
void draw_bone(const View& view, Canvas& canvas, const std::vector<Vec3>& points, double radius_mm,
               double cortex_mm) {
  std::vector<TubeSample> samples;
  for (const Vec3& point : points) {
    const ImagePoint at = view.project(point);
    TubeSample sample;
    sample.x = static_cast<float>(at.x);
    sample.y = static_cast<float>(at.y);
    sample.radius = static_cast<float>(radius_mm * at.scale);
    sample.chord = static_cast<float>(2 * radius_mm);
    sample.wall = static_cast<float>(kCortex - kTissue);
    sample.lumen = static_cast<float>(kMarrow - kTissue);
    samples.push_back(sample);
  }
  canvas.draw_tube(samples, static_cast<float>(1 - cortex_mm / radius_mm), Profile::round, 0);
}

// How far a pixel lies inside a rounded rectangle (negative: outside), all in pixels.
double inside_rounded_box(double x, double y, double half_width, double half_height,
                          double corner) {
  const double qx = std::abs(x) - half_width + corner;
  const double qy = std::abs(y) - half_height + corner;
  const double outside = std::hypot(std::max(qx, 0.0), std::max(qy, 0.0));
  return corner - outside - std::min(std::max(qx, qy), 0.0);
}

double smooth_step(double low, double high, double x) {
  const double t = std::clamp((x - low) / (high - low), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

// The vertebral bodies and arches of the thoracic spine that can come into view.
void add_spine(const View& view, const Image& texture, double strength, Random& random,
               Image& image) {
  const double pitch = random.uniform(23, 27);
  const double depth = random.uniform(58, 72);
  const double lean = random.uniform(-0.06, 0.06);
  const double first = random.uniform(0, pitch);
  for (int k = -7; k <= 7; ++k) {
    const double z = first + k * pitch;
    const Vec3 body{lean * z, depth, z};
    const ImagePoint centre = view.project(body);
    const double half_width = (17.5 + 0.02 * k) * centre.scale;
    const double half_height = 0.43 * pitch * centre.scale;
    // Seen at an angle the arch (pedicles, spinous process) moves sideways over the body.
    const ImagePoint arch = view.project(body + Vec3{0, 24, 0});
    const ImagePoint pedicle_left = view.project(body + Vec3{-12, 16, 3});
    const ImagePoint pedicle_right = view.project(body + Vec3{12, 16, 3});
    const double reach = 3.2 * half_width;
    const int left = std::max(0, static_cast<int>(centre.x - reach));
    const int right = std::min(image.width - 1, static_cast<int>(centre.x + reach));
    const int top = std::max(0, static_cast<int>(centre.y - 2.2 * half_height));
    const int bottom = std::min(image.height - 1, static_cast<int>(centre.y + 2.6 * half_height));
    for (int y = top; y <= bottom; ++y) {
      for (int x = left; x <= right; ++x) {
        const double px = x + 0.5 - centre.x;
        const double py = y + 0.5 - centre.y;
        // A waist: bodies are narrower in the middle.
        const double waist = 1 - 0.09 * (1 - (py / half_height) * (py / half_height));
        const double inside = inside_rounded_box(px, py, half_width * std::max(0.85, waist),
                                                 half_height, 0.25 * half_height);
        double sum = 0;
        if (inside > -2) {
          const double soft = smooth_step(-1.2, 1.8, inside);
          const double across = std::clamp(1 - (px / half_width) * (px / half_width), 0.0, 1.0);
          sum += (kMarrow - kTissue) * 30 * std::sqrt(0.2 + 0.8 * across) * soft;
          const double rim = inside / centre.scale;  // mm from the border
          sum += (kCortex - kTissue) * 5.0 * std::exp(-(rim - 1.0) * (rim - 1.0) / 1.6) * soft;
          sum *= 1 + 0.13 * static_cast<double>(texture.at(x, y));
        }
        for (const ImagePoint& pedicle : {pedicle_left, pedicle_right}) {
          const double ex = (x + 0.5 - pedicle.x) / (4.2 * pedicle.scale);
          const double ey = (y + 0.5 - pedicle.y) / (6.5 * pedicle.scale);
          const double ring = std::sqrt(ex * ex + ey * ey);
          sum += (kCortex - kTissue) * 7 * std::exp(-(ring - 0.8) * (ring - 0.8) / 0.06) +
                 0.10 * smooth_step(1.0, 0.5, ring);
        }
        // The spinous process is a narrow drop below the body's centre.
        const double sx = (x + 0.5 - arch.x) / (2.6 * arch.scale);
        const double sy = (y + 0.5 - arch.y - 9 * arch.scale) / (11 * arch.scale);
        sum += 0.2 * std::exp(-sx * sx * sx * sx - sy * sy * sy * sy);
        image.at(x, y) += static_cast<float>(strength * sum);
      }
    }
  }
}

}  // namespace

void add_ellipsoid(const View& view, const Vec3& centre, const Vec3& radii, double weight,
                   Image& image, double soft_mm) {
  // With p = A + s d on a ray: |(p - c) / radii|^2 = 1 is quadratic in s; the chord is
  // sqrt(discriminant) / (d d).
  const ImagePoint at = view.project(centre);
  const auto scaled = [&](const Vec3& v) {
    return Vec3{v.x / radii.x, v.y / radii.y, v.z / radii.z};
  };
  const Vec3 d = scaled(view.towards());
  const Vec3 u = scaled(view.right());
  const Vec3 v = scaled(view.up());
  const double dd = dot(d, d);
  // In image millimetres (a to the right, b up): discriminant / dd^2 = k0 + k1 a^2 + k2 a b + k3
  // b^2.
  const auto k1 = static_cast<float>((dot(d, u) * dot(d, u) - dd * dot(u, u)) / (dd * dd));
  const auto k2 = static_cast<float>(2 * (dot(d, u) * dot(d, v) - dd * dot(u, v)) / (dd * dd));
  const auto k3 = static_cast<float>((dot(d, v) * dot(d, v) - dd * dot(v, v)) / (dd * dd));
  const auto k0 = static_cast<float>(1 / dd);
  const auto factor = static_cast<float>(2 * weight);
  const auto soft = static_cast<float>(0.25 * soft_mm * soft_mm + 1e-6);
  const auto step = static_cast<float>(1 / at.scale);
  const auto a0 = static_cast<float>((0.5 - at.x) / at.scale);
  for (int y = 0; y < image.height; ++y) {
    const auto b = static_cast<float>((at.y - y - 0.5) / at.scale);
    float* row = image.row(y);
    for (int x = 0; x < image.width; ++x) {
      const float a = a0 + static_cast<float>(x) * step;
      const float square = k0 + k1 * a * a + k2 * a * b + k3 * b * b;
      const float inside = square > 0 ? square : 0.0F;
      row[x] += factor * inside / std::sqrt(inside + soft);
    }
  }
}

Background::Background(const View& view, const Heart& heart, const BackgroundOptions& options,
                       std::uint64_t seed)
    : view_(view), heart_(heart), margin_(view.width() / 5) {
  const View wide = view.widened(margin_);
  const int width = wide.width();
  const int height = wide.height();
  const double unit = width / 512.0;
  const Image coarse =
      fractal_noise(width, height, 130 * unit, 24 * unit, 0.6, mix_seed(seed, kTexture, 0));
  const Image fine =
      fractal_noise(width, height, 22 * unit, 3 * unit, 0.72, mix_seed(seed, kTexture, 1));

  // Let the body's thickness vary smoothly: an elliptic trunk and fat that is not the same
  // everywhere.
  Random body(mix_seed(seed, kBody));
  bones_ = Image(width, height);
  add_ellipsoid(wide, {body.uniform(-15, 15), 15, 0},
                {body.uniform(150, 185), body.uniform(100, 125), 900}, kTissue, bones_);
  for (std::size_t i = 0; i < bones_.pixels.size(); ++i) {
    bones_.pixels[i] +=
        static_cast<float>(options.texture) * (0.065F * coarse.pixels[i] + 0.018F * fine.pixels[i]);
  }

  Random spine(mix_seed(seed, kSpine));
  Image vertebrae(width, height);
  add_spine(wide, fine, spine.uniform(0.15, 0.5), spine, vertebrae);
  // The spine lies far from the detector: the focal spot blurs it.
  vertebrae = gaussian_blur(vertebrae, 1.7 * unit);
  for (std::size_t i = 0; i < bones_.pixels.size(); ++i) bones_.pixels[i] += vertebrae.pixels[i];

  // Ribs: from the spine round the chest and down, ten on either side, as shells of compact bone.
  Random ribs(mix_seed(seed, kRibs));
  Canvas canvas(width, height);
  const double first = ribs.uniform(-12, 12);
  const double rib_density = ribs.uniform(0.2, 0.55);
  for (int k = -5; k <= 6; ++k) {
    for (const double hand : {-1.0, 1.0}) {
      std::vector<Vec3> course;
      const double radius = 132 + ribs.uniform(-3, 3);
      const double drop = 78 + ribs.uniform(-6, 6);
      for (int i = 0; i <= 90; ++i) {
        const double t = i / 90.0;
        const double angle = 0.12 + t * 2.5;
        course.push_back({hand * radius * std::sin(angle), 5 + 88 * std::cos(angle),
                          first + 25.0 * k + 34 - drop * t * (1.2 - 0.2 * t)});
      }
      draw_bone(wide, canvas, course, 5.2 + ribs.uniform(-0.6, 0.6), 0.9);
    }
  }
  const Image cage = gaussian_blur(canvas.attenuation(), 1.5 * unit);
  for (std::size_t i = 0; i < bones_.pixels.size(); ++i)
    bones_.pixels[i] += static_cast<float>(rib_density) * cage.pixels[i];

  // Lungs replace tissue by air, with vessels that branch from the hilum.
  Random lungs(mix_seed(seed, kLungs));
  lungs_ = Image(width, height);
  const double air = kLung - kTissue;
  const double airiness = lungs.uniform(0.2, 0.55);
  const Vec3 right_lung{-85 + lungs.uniform(-8, 8), 20, 10};
  const Vec3 left_lung{92 + lungs.uniform(-8, 8), 25, 10};
  add_ellipsoid(wide, right_lung, {58, 85, 125}, airiness * air, lungs_);
  add_ellipsoid(wide, left_lung, {52, 85, 125}, airiness * air, lungs_);
  lungs_ = wide_blur(lungs_, 9 * unit, std::max(1, static_cast<int>(4 * unit)));
  for (std::size_t i = 0; i < lungs_.pixels.size(); ++i) {
    lungs_.pixels[i] *= 1 + static_cast<float>(options.texture) *
                                (0.10F * coarse.pixels[i] + 0.068F * fine.pixels[i]);
  }
  canvas.clear();
  for (int k = 0; k < 90; ++k) {
    const double hand = k % 2 == 0 ? -1 : 1;
    Vec3 point{hand * lungs.uniform(25, 60), lungs.uniform(0, 60), lungs.uniform(-20, 60)};
    Vec3 direction = normalized(
        {hand * lungs.uniform(0.1, 1), lungs.uniform(-0.8, 0.8), lungs.uniform(-1, 0.8)});
    double radius = lungs.uniform(0.5, 2.4);
    std::vector<TubeSample> samples;
    for (int i = 0; i < 70; ++i) {
      const ImagePoint at = wide.project(point);
      TubeSample sample;
      sample.x = static_cast<float>(at.x);
      sample.y = static_cast<float>(at.y);
      sample.radius = static_cast<float>(radius * at.scale);
      sample.chord = static_cast<float>(2 * radius);
      sample.wall = static_cast<float>(options.texture * 0.75 * (kTissue - kLung));
      samples.push_back(sample);
      direction =
          normalized(direction + 0.13 * Vec3{lungs.normal(), lungs.normal(), lungs.normal()});
      point = point + 1.3 * direction;
      radius = std::max(0.25, radius * 0.985);
    }
    canvas.draw_tube(samples, 0, Profile::round, 0);
  }
  for (std::size_t i = 0; i < lungs_.pixels.size(); ++i)
    lungs_.pixels[i] += canvas.attenuation().pixels[i];

  // Leads of the ECG cross the skin in long bows.
  Random leads(mix_seed(seed, kLeads));
  canvas.clear();
  for (int k = 0; k < options.num_wires; ++k) {
    const double z = leads.uniform(-40, 80);
    std::vector<Vec3> course{{-130, -110, z + leads.uniform(-30, 30)},
                             {-40, -118, z},
                             {50, -115, z + leads.uniform(-15, 15)},
                             {130, -100, z + leads.uniform(-40, 40)}};
    std::vector<TubeSample> samples;
    for (const Vec3& point : smooth_curve(course, 2.0)) {
      const ImagePoint at = wide.project(point);
      TubeSample sample;
      sample.x = static_cast<float>(at.x);
      sample.y = static_cast<float>(at.y);
      sample.radius = static_cast<float>(0.8 * at.scale);
      sample.chord = 1.6F;
      sample.wall = 0.11F;
      samples.push_back(sample);
    }
    canvas.draw_tube(samples, 0, Profile::round, 0);
  }
  for (std::size_t i = 0; i < bones_.pixels.size(); ++i)
    bones_.pixels[i] += canvas.attenuation().pixels[i];

  // The two domes of the diaphragm: liver and stomach below the lungs.
  Random domes(mix_seed(seed, kBody, 1));
  dome_radius_ = domes.uniform(82, 100);
  const double level = domes.uniform(-66, -28);
  dome_right_ = {-50, -5, level - dome_radius_ * 1.5};
  dome_left_ = {54, 5, level - 14 - dome_radius_ * 1.5};

  // Shutters let through a hundredth; a round or square field with soft edges.
  Random blades(mix_seed(seed, kShutters));
  shutters_ = Image(view.width(), view.height());
  if (options.collimation > 0) {
    std::array<double, 4> sides{};
    for (double& side : sides)
      side = blades.chance(0.7) ? options.collimation * blades.uniform(0.4, 1.2) : -0.1;
    for (int y = 0; y < view.height(); ++y) {
      for (int x = 0; x < view.width(); ++x) {
        const double px = (x + 0.5) / view.width();
        const double py = (y + 0.5) / view.height();
        const double inside = std::min(std::min(px - sides[0] / 2, 1 - px - sides[1] / 2),
                                       std::min(py - sides[2] / 2, 1 - py - sides[3] / 2));
        shutters_.at(x, y) = static_cast<float>(4.0 * smooth_step(0.006, -0.012, inside));
      }
    }
  }
}

Image Background::frame(const Motion& motion, int frame) const {
  const double scale = view_.scale();
  const Vec3 pan = motion.pan(frame);
  const Vec3 breath = motion.breath(frame);
  const auto shifted = [&](const Image& layer, const Vec3& shift) {
    const double left = margin_ - dot(shift, view_.right()) * scale;
    const double top = margin_ + dot(shift, view_.up()) * scale;
    return shifted_part(layer, left, top, view_.width(), view_.height());
  };
  Image total = shifted(bones_, pan);
  const Image air = shifted(lungs_, pan + 0.6 * breath);
  for (std::size_t i = 0; i < total.pixels.size(); ++i) total.pixels[i] += air.pixels[i];

  // The heart and the domes stand against lung: each replaces air by tissue.
  const double tissue = kTissue - kLung;
  const double beat = motion.contraction(frame);
  const Vec3 centre =
      heart_.base + (0.38 * heart_.long_mm) * heart_.axis + pan + breath + (4 * beat) * heart_.axis;
  const double shrink = 1 - 0.07 * beat;
  add_ellipsoid(view_, centre, {66 * shrink, 52 * shrink, 58 * shrink}, 0.24 * tissue, total, 26);
  const Vec3 atria = centre + (-0.35 * heart_.long_mm) * heart_.axis + 14.0 * heart_.side;
  add_ellipsoid(view_, atria, {50, 44, 58}, 0.22 * tissue, total, 60);
  const double r = dome_radius_;
  Image dome(total.width, total.height);
  Image other(total.width, total.height);
  add_ellipsoid(view_, dome_right_ + pan + breath, {1.35 * r, 1.15 * r, 1.6 * r}, 0.42 * tissue,
                dome, 14);
  add_ellipsoid(view_, dome_left_ + pan + breath, {1.3 * r, 1.1 * r, 1.6 * r}, 0.34 * tissue, other,
                14);
  // They overlap to one body: the larger of both chords, rounded where they meet.
  for (std::size_t i = 0; i < total.pixels.size(); ++i) {
    const float a = dome.pixels[i];
    const float b = other.pixels[i];
    total.pixels[i] += std::sqrt(a * a + b * b);
  }
  return total;
}

}  // namespace angiobench::synth
