// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "dataset/synth/background.h"
#include "dataset/synth/heart.h"
#include "dataset/synth/imaging.h"
#include "dataset/synth/raster.h"
#include "dataset/synth/vessel_tree.h"

namespace angiobench::synth {

/// The semantic labels of MOSXAV.
enum class Category : std::uint8_t {
  background,
  vessel,
  contrast_catheter,
  catheter,
  balloon,
  others
};

/// How hard a sequence is: noise, dilution, motion and clutter grow.
enum class Difficulty { easy, normal, hard };

/// What kind of procedure is shown.
enum class Procedure {
  left_coronary,   // guiding catheter, left tree; wire, balloon or leads beside
  right_coronary,  // the same in the right tree
  venography,      // balloon catheter in the coronary sinus, veins filled behind the balloon
  valvuloplasty,   // large balloon with a waist over a stiff wire, pigtail
};

struct SceneOptions {
  int size = 512;  // pixels a side
  int num_frames = 45;
  double frame_rate = 15;  // frames a second
  Difficulty difficulty = Difficulty::normal;
  int max_objects = 5;  // the most that get a label
  bool others = false;  // whether objects of the category that training never shows occur
};

/// When the medium comes and goes. Concentrations are shares of the undiluted medium's.
struct Bolus {
  double start = 0;    // s, at path 0
  double stop = 3;     // s
  double speed = 180;  // mm/s
  double rise = 0.25;  // s, from nothing to full at path 0; longer further on
  double fall = 1.2;   // s
  double strength = 0.75;
  double period = 0;  // s, after which the next injection begins; 0: there is one

  /// In [0, strength] at `path` mm from where it is injected (negative inside of the catheter).
  double concentration(double seconds, double path) const;
};

/// A balloon's filling, 0 to 1, as a function of time.
struct Inflation {
  double start = 0;    // s
  double seconds = 0;  // how long filling takes; 0: always full
  double end = 1e9;    // s, when it is emptied

  double fullness(double now) const;
};

/// Anything tubular that absorbs: a vessel, a catheter, a wire, a balloon, a marker.
struct Tube {
  std::vector<Vec3> points;    // at rest
  std::vector<double> radii;   // mm
  std::vector<double> path;    // mm from where the medium is injected
  std::vector<double> follow;  // how much each point follows the heart, 0..1
  double wall = 0;             // attenuation over what it displaces, per mm
  double lumen = 0;            // of the lumen without medium
  double iodine = 0;           // of the lumen with undiluted medium; 0: none ever comes
  double inner_ratio = 0;
  double join_mm = 0;  // length at its origin that lies inside of its parent
  Profile profile = Profile::round;
  Inflation inflation;
  bool inflates = false;
  bool filled_vessel = false;    // seen, and labelled, only where medium is
  std::size_t label_points = 0;  // how many points from the origin an annotator would label
  int object = -1;               // index in Scene::objects, -1: never labelled
  int rank = 0;                  // what is drawn later hides what was before
};

struct SceneObject {
  Category category = Category::background;
  /// Objects beyond the most allowed lose their label, the least important first
  int importance = 0;
};

/// Everything in one video. A pure function of its options and seed.
struct Scene {
  Scene(const SceneOptions& options, std::uint64_t seed);

  SceneOptions options;
  std::uint64_t seed;
  Procedure procedure;
  View view;
  Heart heart;
  Motion motion;
  Bolus bolus;
  ImagingOptions imaging;
  std::vector<Tube> tubes;  // in the order of their rank
  std::vector<SceneObject> objects;
  std::unique_ptr<Background> background;
  double reference = 0;  // of the display, from the first frame

  /// Draws line integrals and labels (object index + 1) of a frame; the background is not in it.
  void draw(int frame, Canvas& canvas) const;
  /// 8-bit grey pixels of a frame, and its labels in `canvas`.
  std::vector<std::uint8_t> render(int frame, Canvas& canvas) const;
};

/// Options for the detector that a difficulty means, varied by the seed. `size` pixels a side.
ImagingOptions imaging_for(Difficulty difficulty, int size, std::uint64_t seed);

std::string_view procedure_name(Procedure procedure);

}  // namespace angiobench::synth
