// SPDX-License-Identifier: MIT
#include "dataset/synth/chest_scene.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "dataset/error.h"
#include "dataset/synth/background.h"
#include "dataset/synth/geometry.h"
#include "dataset/synth/imaging.h"
#include "dataset/synth/random.h"
#include "dataset/synth/raster.h"
#include "dataset/synth/scene.h"

namespace angiobench::synth {
namespace {

constexpr int kNumVertebrae = 12;
constexpr int kNumRibs = 10;
constexpr double kPitch = 24;  // mm between vertebrae

enum Stream : std::uint64_t { kBody, kTexture, kImaging, kNoise };

std::string sided(std::string_view part, double hand) {
  return std::string(part) + (hand > 0 ? "_left" : "_right");
}

// Draws the parts of one chest: each adds to the line integrals and sets its plane.
class ChestPainter {
 public:
  ChestPainter(int size, std::uint64_t seed)
      : view_(0, 0, 1800, 1650, 420.0 / size, size, size),
        attenuation_(size, size),
        canvas_(size, size),
        random_(mix_seed(seed, kBody)) {
    for (const std::string& label : chest_labels()) planes_.emplace(label, Mask(size, size));
  }

  void paint() {
    const double broad = random_.uniform(0.92, 1.06);
    add_ellipsoid(view_, {0, 0, -20}, {190 * broad, 115, 330}, kTissue, attenuation_);
    lungs(broad);
    mediastinum();
    bones(broad);
    diaphragm(broad);
  }

  const Image& attenuation() const { return attenuation_; }
  std::vector<Mask> take_planes() {
    std::vector<Mask> planes;
    for (const std::string& label : chest_labels()) planes.push_back(std::move(planes_.at(label)));
    return planes;
  }

 private:
  // Sets the planes of a part and of the wholes that it belongs to where the rays meet it.
  void mark(const Image& chords, const std::vector<std::string>& labels) {
    constexpr float kLeastChord = 0.5F;  // mm
    for (const std::string& label : labels) {
      Mask& plane = planes_.at(label);
      for (std::size_t i = 0; i < chords.pixels.size(); ++i) {
        if (chords.pixels[i] > kLeastChord) plane.pixels()[i] = 1;
      }
    }
  }

  void solid(const Vec3& centre, const Vec3& radii, double density,
             const std::vector<std::string>& labels) {
    Image chords(attenuation_.width, attenuation_.height);
    add_ellipsoid(view_, centre, radii, 1, chords);
    mark(chords, labels);
    for (std::size_t i = 0; i < chords.pixels.size(); ++i)
      attenuation_.pixels[i] += static_cast<float>(density) * chords.pixels[i];
  }

  // A tube of one radius; `hollow` is the inner over the outer radius.
  void tube(const std::vector<Vec3>& knots, double radius, double wall, double lumen, double hollow,
            const std::vector<std::string>& labels) {
    std::vector<TubeSample> samples;
    for (const Vec3& point : smooth_curve(knots, 2)) {
      const ImagePoint at = view_.project(point);
      TubeSample sample;
      sample.x = static_cast<float>(at.x);
      sample.y = static_cast<float>(at.y);
      sample.radius = static_cast<float>(radius * at.scale);
      sample.chord = static_cast<float>(2 * radius);
      sample.wall = static_cast<float>(wall);
      sample.lumen = static_cast<float>(lumen);
      sample.labelled = true;
      samples.push_back(sample);
    }
    canvas_.clear();
    canvas_.draw_tube(samples, static_cast<float>(hollow), Profile::round, 1);
    for (std::size_t i = 0; i < attenuation_.pixels.size(); ++i) {
      attenuation_.pixels[i] += canvas_.attenuation().pixels[i];
      if (canvas_.labels().pixels()[i] == 0) continue;
      for (const std::string& label : labels) planes_.at(label).pixels()[i] = 1;
    }
  }

  void lungs(double broad) {
    for (const double hand : {-1.0, 1.0}) {
      const double wide = (hand < 0 ? 62 : 56) * broad * random_.uniform(0.95, 1.05);
      const Vec3 centre{hand * 80 * broad, 5, 5 + random_.uniform(-6, 6)};
      solid(centre, {wide, 88, random_.uniform(120, 135)}, 0.8 * (kLung - kTissue),
            {"lungs", sided("lung", hand)});
      // Vessels spread from the hilum.
      for (int k = 0; k < 16; ++k) {
        Vec3 point{hand * 30, 0, random_.uniform(-15, 25)};
        Vec3 direction = normalized(
            {hand * random_.uniform(0.4, 1), random_.uniform(-0.5, 0.5), random_.uniform(-1, 1)});
        std::vector<Vec3> course{point};
        for (int i = 0; i < 14; ++i) {
          direction = normalized(direction +
                                 0.2 * Vec3{random_.normal(), random_.normal(), random_.normal()});
          point = point + 5.0 * direction;
          course.push_back(point);
        }
        tube(course, random_.uniform(0.8, 2.2), kTissue - kLung, 0, 0, {});
      }
    }
  }

  void mediastinum() {
    solid({0, 10, 20}, {36, 60, 115}, 0.15 * kTissue, {"mediastinum"});
    solid({24 + random_.uniform(-5, 5), -25, -48}, {58 * random_.uniform(0.9, 1.12), 48, 50},
          0.8 * (kTissue - kLung), {"mediastinum", "heart"});
    tube({{0, 25, 150}, {2, 28, 100}, {0, 30, 52}}, 9, kLung - kTissue, 0, 0,
         {"mediastinum", "trachea"});
    const double arch = random_.uniform(62, 76);
    tube({{-8, -20, -10},
          {-20, -15, 30},
          {-10, -5, arch - 6},
          {12, 10, arch},
          {26, 35, arch - 14},
          {24, 48, 10},
          {14, 52, -90},
          {6, 52, -150}},
         random_.uniform(11, 14), 0.6 * kTissue, 0, 0, {"mediastinum", "aorta"});
  }

  void bones(double broad) {
    for (int k = 0; k < kNumVertebrae; ++k) {
      const double z = (5.5 - k) * kPitch + 20;
      solid({0, 62, z}, {15.5 + 0.4 * k, 15, 10.5}, kMarrow,
            {"bones", "spine", "vertebra_t" + std::to_string(k + 1)});
    }
    for (int k = 0; k < kNumRibs; ++k) {
      for (const double hand : {-1.0, 1.0}) {
        const double z = (5.5 - k) * kPitch + 22;
        const double radius = broad * std::min(138.0, 70 + 16.0 * k) + random_.uniform(-2, 2);
        std::vector<Vec3> knots;
        for (int i = 0; i <= 10; ++i) {
          const double t = i / 10.0;
          const double angle = 0.15 + 2.5 * t;
          knots.push_back(
              {hand * radius * std::sin(angle), 88 * std::cos(angle) - 5, z - (30 + 5.5 * k) * t});
        }
        tube(knots, 5.4, kCortex - kTissue, kMarrow - kTissue, 0.7,
             {"bones", "ribs", sided("rib_" + std::to_string(k + 1), hand)});
      }
    }
    for (const double hand : {-1.0, 1.0}) {
      const double tilt = random_.uniform(0, 16);
      tube({{hand * 14, -60, 128}, {hand * 60, -62, 134 + tilt / 2}, {hand * 135, -40, 140 + tilt}},
           6, kCortex - kTissue, kMarrow - kTissue, 0.7,
           {"bones", "clavicles", sided("clavicle", hand)});
    }
  }

  void diaphragm(double broad) {
    for (const double hand : {-1.0, 1.0}) {
      const double top = (hand < 0 ? -88 : -98) + random_.uniform(-8, 8);
      solid({hand * 76 * broad, 0, top - 90}, {86 * broad, 95, 90}, 0.7 * (kTissue - kLung),
            {"diaphragm", sided("diaphragm", hand)});
    }
  }

  View view_;
  Image attenuation_;
  Canvas canvas_;
  Random random_;
  std::map<std::string, Mask> planes_;
};

}  // namespace

std::vector<std::string> chest_labels() {
  std::vector<std::string> labels = {
      "lungs",   "lung_left", "lung_right",     "mediastinum",     "heart", "aorta",
      "trachea", "diaphragm", "diaphragm_left", "diaphragm_right", "bones", "spine"};
  for (int k = 1; k <= kNumVertebrae; ++k) labels.push_back("vertebra_t" + std::to_string(k));
  labels.push_back("ribs");
  for (int k = 1; k <= kNumRibs; ++k) {
    for (const double hand : {1.0, -1.0}) labels.push_back(sided("rib_" + std::to_string(k), hand));
  }
  for (const char* const label : {"clavicles", "clavicle_left", "clavicle_right"})
    labels.emplace_back(label);
  return labels;
}

ChestImage render_chest(int size, std::uint64_t seed) {
  ChestPainter painter(size, seed);
  painter.paint();
  Image total = painter.attenuation();
  const double unit = size / 512.0;
  const Image texture =
      fractal_noise(size, size, 40 * unit, std::max(2.0, 3 * unit), 0.7, mix_seed(seed, kTexture));
  for (std::size_t i = 0; i < total.pixels.size(); ++i)
    total.pixels[i] = std::max(0.0F, total.pixels[i] * (1 + 0.03F * texture.pixels[i]));
  total = gaussian_blur(total, unit);
  ImagingOptions imaging = imaging_for(Difficulty::easy, size, mix_seed(seed, kImaging));
  imaging.flatten = 0.3;
  imaging.black = 1.6;
  imaging.level = 0.5;
  const Image counts = detected(transmitted(total), imaging, mix_seed(seed, kNoise));
  ChestImage chest;
  chest.grey = displayed(counts, imaging, log_reference(counts, Image(size, size)));
  // On a radiograph bones are bright.
  for (std::uint8_t& value : chest.grey) value = static_cast<std::uint8_t>(255 - value);
  chest.planes = painter.take_planes();
  return chest;
}

}  // namespace angiobench::synth
