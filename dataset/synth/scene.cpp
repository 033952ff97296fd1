// SPDX-License-Identifier: MIT
#include "dataset/synth/scene.h"

#include <algorithm>
#include <cmath>

#include "dataset/synth/geometry.h"
#include "dataset/synth/random.h"
#include "dataset/words.h"

namespace angiobench::synth {
namespace {

// The medium's concentration from which an annotator sees the vessel.
constexpr double kVisibleConcentration = 0.25;
// The radius from which a branch is annotated: twigs of about a millimetre are left out, as in
// MOSXAV and ARCADE.
constexpr double kAnnotatedRadius = 0.65;

enum Stream : std::uint64_t {
  kPlan,
  kHeart,
  kMotion,
  kTree,
  kDevices,
  kBackground,
  kImaging,
  kNoise
};

double smooth(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

// Draw ranks: what lies in front hides what is behind in the instance masks.
enum Rank : int { kBehind, kBigBalloon, kVessel, kBalloon, kCatheter, kMarker };

Procedure pick_procedure(std::uint64_t seed) {
  Random random(mix_seed(seed, kPlan));
  const double draw = random.uniform();
  if (draw < 0.40) return Procedure::left_coronary;
  if (draw < 0.66) return Procedure::right_coronary;
  if (draw < 0.87) return Procedure::venography;
  return Procedure::valvuloplasty;
}

View pick_view(Procedure procedure, int size, std::uint64_t seed) {
  Random random(mix_seed(seed, kPlan, 1));
  // The usual working views (LAO and cranial positive, degrees), each with some freedom.
  struct Angles {
    double lao;
    double cranial;
  };
  static constexpr Angles kLeft[] = {{-30, -25}, {-20, 30}, {-10, 38}, {45, 25},
                                     {45, -25},  {0, -30},  {-30, 20}};
  static constexpr Angles kRight[] = {{45, 0}, {30, 15}, {-30, 0}, {0, 25}, {40, 20}};
  static constexpr Angles kVeins[] = {{40, 0}, {-30, 0}, {0, 0}, {30, 10}};
  static constexpr Angles kValve[] = {{15, 0}, {0, 0}, {30, -10}, {10, 15}, {-25, 0}};
  const auto from = [&](const auto& list) {
    return list[static_cast<std::size_t>(random.integer(0, static_cast<int>(std::size(list)) - 1))];
  };
  Angles angles{};
  switch (procedure) {
    case Procedure::left_coronary:
      angles = from(kLeft);
      break;
    case Procedure::right_coronary:
      angles = from(kRight);
      break;
    case Procedure::venography:
      angles = from(kVeins);
      break;
    case Procedure::valvuloplasty:
      angles = from(kValve);
      break;
  }
  const double lao = angles.lao + random.uniform(-8, 8);
  const double cranial = angles.cranial + random.uniform(-6, 6);
  const double field_mm =
      random.uniform(145, 185);  // side of the image intensifier's or detector's field
  return View(lao, cranial, random.uniform(980, 1120), random.uniform(740, 790), field_mm / size,
              size, size);
}

MotionOptions motion_for(Difficulty difficulty, double frame_rate, std::uint64_t seed) {
  Random random(mix_seed(seed, kMotion));
  MotionOptions options;
  options.frames_per_second = frame_rate;
  const double amount = difficulty == Difficulty::easy     ? 0.55
                        : difficulty == Difficulty::normal ? 0.9
                                                           : 1.2;
  options.heart_rate = random.uniform(52, 88) + (difficulty == Difficulty::hard ? 15 : 0);
  options.rate_variation = difficulty == Difficulty::hard && random.chance(0.3) ? 0.2 : 0.03;
  options.shortening_mm = amount * random.uniform(8, 13);
  options.contraction = amount * random.uniform(0.12, 0.2);
  options.twist = amount * random.uniform(0.06, 0.2);
  const bool held = random.chance(difficulty == Difficulty::easy     ? 0.8
                                  : difficulty == Difficulty::normal ? 0.5
                                                                     : 0.25);
  options.breath_mm = held ? random.uniform(0, 1.5) : amount * random.uniform(5, 14);
  options.breath_seconds = random.uniform(3, 5);
  const double pans = difficulty == Difficulty::easy     ? 0
                      : difficulty == Difficulty::normal ? 0.12
                                                         : 0.4;
  options.pan_mm = random.chance(pans) ? random.uniform(6, 22) : 0;
  if (difficulty == Difficulty::hard) options.pan_mm *= 1.8;  // the table follows the medium
  return options;
}

BackgroundOptions background_for(Difficulty difficulty, std::uint64_t seed) {
  Random random(mix_seed(seed, kBackground, 1));
  BackgroundOptions options;
  options.texture = random.uniform(0.7, 1.2) * (difficulty == Difficulty::easy     ? 0.75
                                                : difficulty == Difficulty::normal ? 1
                                                                                   : 1.3);
  options.collimation = random.chance(0.45) ? random.uniform(0.03, 0.11) : 0;
  options.num_wires = random.chance(0.25) ? random.integer(1, 2) : 0;
  return options;
}

// Builds the tubes of a scene.
class Builder {
 public:
  Builder(Scene& scene, std::uint64_t seed)
      : scene_(scene), random_(mix_seed(seed, kDevices)), seed_(seed) {}

  void build() {
    switch (scene_.procedure) {
      case Procedure::left_coronary:
      case Procedure::right_coronary:
        coronary();
        break;
      case Procedure::venography:
        venography();
        break;
      case Procedure::valvuloplasty:
        valvuloplasty();
        break;
    }
    if (scene_.options.others) foreign_bodies();
    std::stable_sort(scene_.tubes.begin(), scene_.tubes.end(),
                     [](const Tube& a, const Tube& b) { return a.rank < b.rank; });
  }

 private:
  double run_seconds() const { return scene_.options.num_frames / scene_.options.frame_rate; }

  int add_object(Category category, int importance) {
    scene_.objects.push_back({category, importance});
    return static_cast<int>(scene_.objects.size()) - 1;
  }

  // A tube of one radius along a course; `reach` is the length over which its hold on the heart
  // fades from its tip (the last point), which follows by `grip`.
  Tube along(std::vector<Vec3> course, double radius, double grip, double reach) const {
    Tube tube;
    tube.points = std::move(course);
    const std::size_t count = tube.points.size();
    tube.radii.assign(count, radius);
    tube.path.assign(count, 0);
    tube.follow.assign(count, grip);
    for (std::size_t i = count - 1; i-- > 0;) {
      const double piece = length(tube.points[i + 1] - tube.points[i]);
      tube.path[i] = tube.path[i + 1] - piece;
      tube.follow[i] = grip * std::exp(tube.path[i] / reach);
    }
    tube.label_points = count;
    return tube;
  }

  int add_tree(TreeKind kind, double root_radius, int importance, bool split) {
    Random random(mix_seed(seed_, kTree));
    TreeOptions options;
    options.kind = kind;
    options.root_radius_mm = root_radius;
    options.tortuosity = random.uniform(0.7, 1.5);
    options.num_stenoses = kind == TreeKind::coronary_veins ? 0 : random.integer(0, 2);
    const VesselTree tree = grow_tree(scene_.heart, options, random);

    const int whole = add_object(Category::vessel, importance);
    const int second = split ? add_object(Category::vessel, importance + 1) : whole;
    std::vector<std::size_t> labelled(tree.branches.size());
    for (std::size_t i = 0; i < tree.branches.size(); ++i) {
      const Branch& branch = tree.branches[i];
      Tube tube;
      tube.points = branch.points;
      tube.radii = branch.radii;
      tube.path = branch.path;
      tube.follow.assign(branch.points.size(), 1.0);
      tube.iodine = kIodine;
      tube.lumen = tube.wall = 0;
      tube.filled_vessel = true;
      tube.rank = kVessel;
      tube.object = branch.group == 2 ? second : whole;
      // Label up to the last point that is wide enough, where the parent is labelled at the
      // junction.
      std::size_t last = 0;
      for (std::size_t k = 0; k < branch.radii.size(); ++k) {
        if (branch.radii[k] >= kAnnotatedRadius) last = k + 1;
      }
      if (branch.parent >= 0) {
        const auto parent = static_cast<std::size_t>(branch.parent);
        if (static_cast<std::size_t>(branch.parent_point) >= labelled[parent]) last = 0;
        tube.join_mm =
            1.3 * tree.branches[parent].radii[static_cast<std::size_t>(branch.parent_point)];
      }
      labelled[i] = last;
      tube.label_points = last;
      scene_.tubes.push_back(std::move(tube));
    }
    trunk_ = tree.branches.front();
    aim(tree);
    return whole;
  }

  // Moves the table and the detector as an operator does: the tree in the middle, filling most of
  // the field.
  void aim(const VesselTree& tree) {
    double left = 1e9;
    double right = -1e9;
    double low = 1e9;
    double high = -1e9;
    for (const Branch& branch : tree.branches) {
      for (std::size_t i = 0; i < branch.points.size(); ++i) {
        if (branch.radii[i] < 0.45) continue;
        const double u = dot(branch.points[i], scene_.view.right());
        const double v = dot(branch.points[i], scene_.view.up());
        left = std::min(left, u);
        right = std::max(right, u);
        low = std::min(low, v);
        high = std::max(high, v);
      }
    }
    const double field = scene_.options.size / scene_.view.scale();
    const double share = std::max(right - left, high - low) / field;
    // A little off the middle, and rather down: the catheter comes from above.
    const double off_x = random_.uniform(-0.07, 0.07) * field;
    const double off_y = random_.uniform(-0.02, 0.10) * field;
    const Vec3 middle = ((left + right) / 2 + off_x) * scene_.view.right() +
                        ((low + high) / 2 + off_y) * scene_.view.up();
    scene_.view =
        scene_.view.aimed(middle, std::clamp(random_.uniform(0.62, 0.92) / share, 0.75, 1.2));
  }

  void add_guiding_catheter(const Vec3& ostium, const Vec3& inwards, double radius) {
    // From the arch down the ascending aorta; the tip bends into the ostium off the opposite wall.
    const Vec3 up{0, 0, 1};
    const double bow = random_.uniform(8, 22);
    const std::vector<Vec3> knots{ostium + 150.0 * up + Vec3{random_.uniform(-10, 25), 22, 0},
                                  ostium + 95.0 * up + Vec3{random_.uniform(-8, 14), 12, 0},
                                  ostium + 50.0 * up + (-bow * 0.5) * inwards + Vec3{0, 6, 0},
                                  ostium + 20.0 * up + (-bow) * inwards,
                                  ostium + random_.uniform(1, 7) * up + (-0.65 * bow) * inwards,
                                  ostium + 3.0 * inwards};
    Tube tube = along(smooth_curve(knots, 1.5), radius, 0.8, 38);
    tube.wall = kCatheterWall;
    tube.inner_ratio = 0.72;
    tube.iodine = kIodine;
    tube.rank = kCatheter;
    tube.object = add_object(Category::contrast_catheter, 0);
    scene_.tubes.push_back(std::move(tube));
  }

  // A wire in a vessel: thin steel, the last 30 mm of platinum.
  void add_guide_wire(bool labelled) {
    const std::size_t end = static_cast<std::size_t>(random_.uniform(0.55, 0.92) *
                                                     static_cast<double>(trunk_.points.size()));
    if (end < 12) return;
    std::vector<Vec3> course(trunk_.points.begin(),
                             trunk_.points.begin() + static_cast<std::ptrdiff_t>(end));
    const int object = labelled ? add_object(Category::catheter, 5) : -1;
    Tube wire = along(course, 0.19, 1.0, 1e9);
    wire.wall = 0.45;
    wire.rank = kCatheter;
    wire.object = object;
    const std::size_t tip = end > 34 ? end - 30 : end / 2;
    Tube coil =
        along({course.begin() + static_cast<std::ptrdiff_t>(tip), course.end()}, 0.21, 1.0, 1e9);
    coil.wall = 0.9;
    coil.rank = kCatheter;
    coil.object = object;
    scene_.tubes.push_back(std::move(wire));
    scene_.tubes.push_back(std::move(coil));
  }

  void add_coronary_balloon() {
    const double length_mm = random_.uniform(14, 26);
    const auto count = static_cast<std::size_t>(length_mm);
    if (trunk_.points.size() < count + 30) return;
    const auto first = static_cast<std::ptrdiff_t>(
        random_.uniform(18, static_cast<double>(trunk_.points.size() - count) * 0.7));
    std::vector<Vec3> course(trunk_.points.begin() + first,
                             trunk_.points.begin() + first + static_cast<std::ptrdiff_t>(count));
    const double vessel = trunk_.radii[static_cast<std::size_t>(first)];
    const double radius = std::max(1.3, 1.05 * vessel);
    Tube balloon = along(course, radius, 1.0, 1e9);
    for (std::size_t i = 0; i < count; ++i) {
      const double s = 2.0 * static_cast<double>(i) / static_cast<double>(count - 1) - 1;
      balloon.radii[i] = radius * std::pow(std::max(0.02, 1 - std::pow(std::abs(s), 6.0)), 0.5);
    }
    balloon.wall = 0.10;
    balloon.rank = kBalloon;
    balloon.inflates = true;
    const double length_s = run_seconds();
    balloon.inflation = {random_.uniform(-0.4, 0.55) * length_s, 0.5, 1e9};
    balloon.object = add_object(Category::balloon, 4);
    scene_.tubes.push_back(std::move(balloon));
    for (const std::size_t end : {std::size_t{1}, count - 2}) {
      Tube marker =
          along({course[end], course[end + 1 < count ? end + 1 : end - 1]}, 0.5, 1.0, 1e9);
      marker.wall = kSteel;
      marker.rank = kCatheter;
      scene_.tubes.push_back(std::move(marker));
    }
  }

  // An electrode catheter or pacing lead through the right atrium, from above or below.
  void add_lead(int importance, bool from_below) {
    const Heart& heart = scene_.heart;
    const double wide = heart.wide_mm;
    const Vec3 atrium =
        heart.base - 12.0 * heart.axis + (0.75 * wide) * heart.side - 8.0 * heart.front;
    std::vector<Vec3> knots;
    if (from_below) {
      knots = {{atrium.x + random_.uniform(-4, 10), atrium.y + 14, atrium.z - 150},
               {atrium.x + 4, atrium.y + 10, atrium.z - 70},
               atrium + Vec3{0, 0, -18}};
    } else {
      knots = {{atrium.x + random_.uniform(-6, 14), atrium.y - 6, atrium.z + 160},
               {atrium.x + 2, atrium.y - 2, atrium.z + 75},
               atrium + Vec3{-4, 0, 22}};
    }
    const bool sinus = random_.chance(0.4);
    if (sinus) {
      for (const double turn : {-kPi + 0.25, -kPi - 0.45, -kPi - 1.0})
        knots.push_back(heart.surface(-0.05, turn));
    } else {
      knots.push_back(heart.surface(0.1, -kPi / 2 - 0.3) - 16.0 * heart.side);
      knots.push_back(heart.base + (heart.long_mm * random_.uniform(0.35, 0.68)) * heart.axis +
                      10.0 * heart.side - random_.uniform(0, 12) * heart.front);
    }
    const std::vector<Vec3> course = smooth_curve(knots, 1.0);
    const double radius = random_.uniform(0.75, 1.15);
    Tube body = along(course, radius, 0.9, 70);
    body.wall = random_.uniform(0.14, 0.3);
    body.rank = kCatheter;
    body.object = add_object(Category::catheter, importance);
    // Electrodes: rings near the tip, in pairs or evenly.
    const int rings = random_.chance(0.3) ? 10 : random_.integer(2, 4);
    const std::size_t pitch = static_cast<std::size_t>(random_.integer(4, 6));
    std::size_t at = course.size() - 2;
    for (int k = 0; k < rings && at > 12; ++k) {
      Tube ring;
      ring.points = {course[at], course[at + 1]};
      ring.radii.assign(2, radius * 1.12);
      ring.path.assign(2, 0);
      ring.follow = {body.follow[at], body.follow[at + 1]};
      ring.wall = 0.4;
      ring.rank = kMarker;
      ring.label_points = 2;
      ring.object = body.object;
      scene_.tubes.push_back(std::move(ring));
      at -= k % 2 == 0 ? 3 : pitch;
    }
    scene_.tubes.push_back(std::move(body));
  }

  void coronary() {
    const bool left = scene_.procedure == Procedure::left_coronary;
    const bool split = left && random_.chance(scene_.options.max_objects > 5 ? 0.4 : 0.25);
    add_tree(left ? TreeKind::left_coronary : TreeKind::right_coronary,
             left ? random_.uniform(1.9, 2.5) : random_.uniform(1.6, 2.2), 1, split);
    const Vec3 inwards = normalized(trunk_.points[4] - trunk_.points[0]);
    add_guiding_catheter(trunk_.points.front(), inwards, random_.uniform(0.85, 1.1));
    const bool intervention = random_.chance(0.4);
    if (intervention) {
      add_guide_wire(random_.chance(0.6));
      if (random_.chance(0.7)) add_coronary_balloon();
    }
    if (random_.chance(0.3)) add_lead(3, random_.chance(0.5));
    if (random_.chance(0.12)) add_lead(6, random_.chance(0.5));
    set_bolus(0.55);
  }

  void venography() {
    const double radius = random_.uniform(2.4, 3.9);
    add_tree(TreeKind::coronary_veins, radius, 1, false);
    // The balloon closes the sinus; medium is pressed into the veins behind it.
    const std::size_t seat = 14;
    const double length_mm = random_.uniform(7, 12);
    std::vector<Vec3> course;
    const Vec3 middle = trunk_.points[seat];
    const Vec3 direction = normalized(trunk_.points[seat + 4] - trunk_.points[seat - 4]);
    for (int i = 0; i <= 12; ++i)
      course.push_back(middle + ((i / 12.0 - 0.5) * length_mm) * direction);
    Tube balloon = along(course, radius * 1.15, 1.0, 1e9);
    for (std::size_t i = 0; i < balloon.radii.size(); ++i) {
      const double s = 2.0 * static_cast<double>(i) / 12 - 1;
      balloon.radii[i] = radius * 1.15 * std::sqrt(std::max(0.03, 1 - s * s * s * s));
    }
    const double length_s = run_seconds();
    balloon.wall = random_.uniform(0.01, 0.06);
    balloon.rank = kBalloon;
    balloon.object = add_object(Category::balloon, 2);
    if (random_.chance(0.35)) {
      balloon.inflates = true;
      balloon.inflation = {random_.uniform(-0.2, 0.2) * length_s, 0.6, 1e9};
    }
    scene_.tubes.push_back(std::move(balloon));

    // Its shaft comes from above or below through the right atrium and turns into the sinus.
    const Heart& heart = scene_.heart;
    const Vec3 atrium =
        heart.base - 12.0 * heart.axis + (0.7 * heart.wide_mm) * heart.side - 10.0 * heart.front;
    const double sign = random_.chance(0.7) ? 1 : -1;
    const std::vector<Vec3> knots{
        {atrium.x + random_.uniform(-8, 14), atrium.y, atrium.z + sign * 155},
        {atrium.x - 2, atrium.y + 2, atrium.z + sign * 70},
        atrium + Vec3{-6, 4, sign * 12},
        trunk_.points[0] + Vec3{-9, -2, -6},
        trunk_.points[2],
        middle};
    Tube shaft = along(smooth_curve(knots, 1.2), random_.uniform(0.9, 1.3), 0.95, 60);
    shaft.wall = kCatheterWall;
    shaft.inner_ratio = 0.6;
    shaft.iodine = kIodine;
    shaft.rank = kCatheter;
    shaft.object = add_object(Category::contrast_catheter, 0);
    scene_.tubes.push_back(std::move(shaft));
    if (random_.chance(0.75)) add_lead(3, random_.chance(0.4));
    if (random_.chance(0.3)) add_lead(6, random_.chance(0.6));
    set_bolus(0.8);
  }

  void valvuloplasty() {
    const Heart& heart = scene_.heart;
    const Vec3 valve = heart.base - 4.0 * heart.axis + 8.0 * heart.front;
    const Vec3 up{0, 0, 1};
    scene_.view = scene_.view.aimed(valve + random_.uniform(-32, 32) * scene_.view.right() +
                                        random_.uniform(-40, 20) * scene_.view.up(),
                                    random_.uniform(0.8, 1.3));
    // A stiff wire lies in a loop in the ventricle; the balloon rides on it across the valve.
    const std::vector<Vec3> knots{valve + 150.0 * up + Vec3{10, 25, 0},
                                  valve + 90.0 * up + Vec3{-6, 10, 0},
                                  valve + 40.0 * up + Vec3{-12, 2, 0},
                                  valve + 1.0 * heart.axis,
                                  valve + (0.5 * heart.long_mm) * heart.axis + 6.0 * heart.front,
                                  valve + (0.72 * heart.long_mm) * heart.axis - 8.0 * heart.front,
                                  valve + (0.5 * heart.long_mm) * heart.axis - 16.0 * heart.front};
    const std::vector<Vec3> course = smooth_curve(knots, 1.0);
    Tube wire = along(course, 0.45, 0.85, 60);
    wire.wall = 0.5;
    wire.rank = kCatheter;
    wire.object = add_object(Category::catheter, 0);
    std::size_t seat = 0;
    for (std::size_t i = 1; i < course.size(); ++i) {
      if (length(course[i] - valve) < length(course[seat] - valve)) seat = i;
    }
    const double half = random_.uniform(18, 26);
    const auto first = static_cast<std::ptrdiff_t>(std::max(0.0, static_cast<double>(seat) - half));
    const auto last = std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(course.size()),
                                               first + static_cast<std::ptrdiff_t>(2 * half));
    Tube balloon = along({course.begin() + first, course.begin() + last}, 10, 0.8, 1e9);
    const double radius = random_.uniform(8.5, 12);
    const double waist = random_.uniform(0, 0.35);
    const double middle = random_.uniform(-0.3, 0.3);
    for (std::size_t i = 0; i < balloon.radii.size(); ++i) {
      const double s =
          2.0 * static_cast<double>(i) / static_cast<double>(balloon.radii.size() - 1) - 1;
      const double narrow = 1 - waist * std::exp(-(s - middle) * (s - middle) / 0.04);
      balloon.radii[i] =
          radius * narrow * std::sqrt(std::max(0.01, 1 - std::pow(std::abs(s), 4.0)));
      balloon.follow[i] = wire.follow[static_cast<std::size_t>(first) + i];
    }
    balloon.wall = random_.uniform(0.02, 0.04);
    balloon.rank = kBigBalloon;
    balloon.inflates = true;
    const double length_s = run_seconds();
    balloon.inflation = {random_.uniform(-0.4, 0.4) * length_s, 1.0,
                         random_.chance(0.4) ? length_s * 0.85 : 1e9};
    balloon.object = add_object(Category::balloon, 1);
    scene_.tubes.push_back(std::move(balloon));
    scene_.tubes.push_back(std::move(wire));

    // The pigtail ends in a loop in the aortic sinus.
    const Vec3 sinus = valve - 10.0 * heart.axis + 9.0 * heart.side;
    std::vector<Vec3> tail{sinus + 150.0 * up + Vec3{22, 30, 0}, sinus + 90.0 * up + Vec3{4, 14, 0},
                           sinus + 45.0 * up + Vec3{-4, 4, 0}, sinus + 14.0 * up};
    const double loop = random_.uniform(5, 7.5);
    for (int k = 0; k <= 7; ++k) {
      const double angle = k * 0.82;
      tail.push_back(sinus + (loop * (1 - std::cos(angle))) * scene_.view.right() +
                     (6 - loop * std::sin(angle)) * scene_.view.up());
    }
    Tube pigtail = along(smooth_curve(tail, 1.0), random_.uniform(0.75, 0.95), 0.6, 60);
    pigtail.wall = kCatheterWall;
    pigtail.inner_ratio = 0.65;
    pigtail.iodine = kIodine;
    pigtail.rank = kCatheter;
    pigtail.object = add_object(Category::contrast_catheter, 2);
    scene_.tubes.push_back(std::move(pigtail));
    if (random_.chance(0.8)) add_lead(3, random_.chance(0.7));
    set_bolus(0.3);
  }

  // What stays in or on patients: clips and loops of past surgery, electrodes on the skin, a
  // valve's frame.
  // A mesh that holds a vessel open: it moves with the vessel and is there before the medium comes.
  void add_stent(int importance) {
    const int count = static_cast<int>(trunk_.points.size());
    const int least = std::min(6, count / 3);
    const int first = random_.integer(least, std::max(least, count / 2));
    const int last = std::min(count - 1, first + random_.integer(6, 12));
    if (last - first < 3) return;
    Tube stent;
    for (int i = first; i <= last; ++i) {
      const auto at = static_cast<std::size_t>(i);
      stent.points.push_back(trunk_.points[at]);
      stent.radii.push_back(1.1 * trunk_.radii[at]);
    }
    stent.path.assign(stent.points.size(), 0);
    stent.follow.assign(stent.points.size(), 1.0);
    stent.label_points = stent.points.size();
    stent.wall = random_.uniform(0.35, 0.6);
    stent.inner_ratio = 0.8;
    stent.rank = kMarker;
    stent.object = add_object(Category::others, importance);
    scene_.tubes.push_back(std::move(stent));
  }

  void foreign_bodies() {
    const Heart& heart = scene_.heart;
    const double draw = random_.uniform();
    int importance = 10;
    if (draw < 0.45) {
      const int count = random_.integer(1, 3);
      for (int k = 0; k < count; ++k) {
        const Vec3 centre = scene_.view.aim() + random_.uniform(-55, 55) * scene_.view.right() +
                            random_.uniform(-50, 50) * scene_.view.up() -
                            random_.uniform(70, 100) * scene_.view.towards();
        Tube disc = along({centre, centre + 0.5 * scene_.view.right()}, random_.uniform(4.0, 6.5),
                          0.0, 1e9);
        disc.profile = Profile::flat;
        disc.wall = random_.uniform(0.25, 0.5) / (2 * disc.radii.front());
        disc.rank = kMarker;
        disc.object = add_object(Category::others, importance++);
        scene_.tubes.push_back(std::move(disc));
      }
    }
    if (draw > 0.35 && draw < 0.75) {
      const int count = random_.integer(1, 4);
      Vec3 place = heart.surface(random_.uniform(0.05, 0.3), random_.uniform(-0.6, 1.2));
      for (int k = 0; k < count; ++k) {
        const Vec3 direction = normalized(
            {random_.uniform(-1, 1), random_.uniform(-1, 1), random_.uniform(-0.4, 0.4) + 0.01});
        Tube clip = along({place - 2.5 * direction, place, place + 2.5 * direction},
                          random_.uniform(0.6, 0.9), 0.85, 1e9);
        clip.wall = kSteel;
        clip.rank = kMarker;
        clip.object = add_object(Category::others, importance++);
        scene_.tubes.push_back(std::move(clip));
        place = place + random_.uniform(7, 14) * heart.axis + random_.uniform(-8, 8) * heart.side;
      }
    }
    if (draw > 0.7) {
      const int count = random_.integer(1, 2);
      const double x = random_.uniform(-12, 12);
      for (int k = 0; k < count; ++k) {
        // A sternal wire: a flat figure of eight with a twisted end.
        const double z = 55 - 26.0 * k + random_.uniform(-3, 3);
        std::vector<Vec3> course;
        for (int i = 0; i <= 40; ++i) {
          const double angle = 2 * kPi * i / 36.0;
          course.push_back({x + 11 * std::cos(angle), -105 + 6 * std::sin(angle),
                            z + 4 * std::sin(angle) + 0.8 * std::cos(3 * angle)});
        }
        Tube loop = along(course, 0.45, 0.0, 1e9);
        loop.wall = kSteel;
        loop.rank = kMarker;
        loop.object = add_object(Category::others, importance++);
        scene_.tubes.push_back(std::move(loop));
      }
    }
    if (!trunk_.points.empty() && random_.chance(0.4)) add_stent(importance++);
    if (draw > 0.5 && draw < 0.72) {
      const Vec3 centre = heart.base - 5.0 * heart.axis + 8.0 * heart.front;
      std::vector<Vec3> ring;
      for (int i = 0; i <= 48; ++i) {
        const double angle = 2 * kPi * i / 48.0;
        ring.push_back(centre + (12 * std::cos(angle)) * heart.front +
                       (12 * std::sin(angle)) * heart.side);
      }
      Tube frame = along(ring, 0.9, 1.0, 1e9);
      frame.wall = 0.8;
      frame.rank = kBalloon;
      frame.object = add_object(Category::others, importance++);
      scene_.tubes.push_back(std::move(frame));
    }
  }

  void set_bolus(double speed_factor) {
    const double length_s = std::min(5.0, run_seconds());  // what an injection may take
    Bolus& bolus = scene_.bolus;
    const double amount = scene_.options.difficulty == Difficulty::easy     ? 1.1
                          : scene_.options.difficulty == Difficulty::normal ? 0.95
                                                                            : 0.7;
    bolus.strength = std::min(1.0, amount * random_.uniform(0.6, 0.95));
    bolus.speed = speed_factor * random_.uniform(150, 280);
    // Half of the runs begin before the medium comes, the others when the vessels are full.
    bolus.start =
        random_.chance(0.5) ? random_.uniform(0.05, 0.3) * length_s : -random_.uniform(1.5, 3);
    bolus.stop = bolus.start +
                 std::max(1.6, random_.uniform(0.8, 1.3) * length_s + std::max(0.0, -bolus.start));
    bolus.rise = random_.uniform(0.15, 0.5);
    bolus.fall = random_.uniform(0.7, 1.6);
    // Long runs show several injections.
    if (bolus.stop < run_seconds()) bolus.period = bolus.stop - bolus.start + random_.uniform(2, 4);
  }

  Scene& scene_;
  Random random_;
  std::uint64_t seed_;
  Branch trunk_;
};

}  // namespace

double Bolus::concentration(double seconds, double path) const {
  const double delay = path / speed;
  const double spread = 1 + 0.006 * std::max(path, 0.0);
  const auto injected = [&](double now) {
    return smooth((now - start - delay) / (rise * spread)) *
           (1 - smooth((now - stop - delay) / (fall * spread)));
  };
  if (period <= 0) return strength * injected(seconds);
  double most = 0;
  for (double now = seconds; now > start; now -= period) most = std::max(most, injected(now));
  return strength * most;
}

double Inflation::fullness(double now) const {
  if (seconds <= 0) return 1;
  return smooth((now - start) / seconds) * (1 - smooth((now - end) / seconds));
}

Scene::Scene(const SceneOptions& scene_options, std::uint64_t scene_seed)
    : options(scene_options),
      seed(scene_seed),
      procedure(pick_procedure(scene_seed)),
      view(pick_view(procedure, scene_options.size, scene_seed)),
      heart([&] {
        Random random(mix_seed(scene_seed, kHeart));
        return random_heart(random);
      }()),
      motion(heart, motion_for(scene_options.difficulty, scene_options.frame_rate, scene_seed),
             scene_options.num_frames, mix_seed(scene_seed, kMotion, 1)),
      imaging(imaging_for(scene_options.difficulty, scene_options.size,
                          mix_seed(scene_seed, kImaging))) {
  Builder(*this, scene_seed).build();
  background = std::make_unique<Background>(view, heart, background_for(options.difficulty, seed),
                                            mix_seed(seed, kBackground));
  Canvas canvas(options.size, options.size);
  draw(0, canvas);
  Image total = background->frame(motion, 0);
  for (std::size_t i = 0; i < total.pixels.size(); ++i) {
    total.pixels[i] += canvas.attenuation().pixels[i] + background->shutters().pixels[i];
  }
  reference = log_reference(detected(transmitted(total), imaging, mix_seed(seed, kNoise)),
                            background->shutters());
}

void Scene::draw(int frame, Canvas& canvas) const {
  canvas.clear();
  const double now = motion.seconds(frame);
  std::vector<TubeSample> samples;
  for (const Tube& tube : tubes) {
    const double fullness = tube.inflates ? tube.inflation.fullness(now) : 1.0;
    if (fullness < 0.03) continue;
    samples.clear();
    ImagePoint previous;
    Vec3 before;
    for (std::size_t i = 0; i < tube.points.size(); ++i) {
      const Vec3 place = motion.move(tube.points[i], tube.follow[i], frame);
      const ImagePoint at = view.project(place);
      const double concentration = tube.iodine > 0 ? bolus.concentration(now, tube.path[i]) : 0.0;
      const double radius = tube.radii[i] * std::sqrt(fullness);
      // A ray that meets the tube at an angle goes further through it; ends keep this from growing
      // without bound.
      double oblique = 1;
      if (i > 0 && tube.profile == Profile::round) {
        const double step = length(place - before);
        const double seen = std::hypot(at.x - previous.x, at.y - previous.y) / at.scale;
        oblique = std::min(2.2, step / std::max(seen, 1e-6));
      }
      before = place;
      previous = at;
      TubeSample sample;
      sample.x = static_cast<float>(at.x);
      sample.y = static_cast<float>(at.y);
      sample.radius = static_cast<float>(radius * at.scale);
      sample.chord = static_cast<float>(2 * radius * std::max(1.0, oblique));
      sample.lumen = static_cast<float>(tube.lumen + tube.iodine * concentration);
      sample.wall = tube.inner_ratio > 0
                        ? static_cast<float>(tube.wall)
                        : static_cast<float>(tube.wall + tube.iodine * concentration);
      sample.join = static_cast<float>(
          tube.join_mm > 0 ? 1 - smooth((tube.path[i] - tube.path.front()) / tube.join_mm) : 0.0);
      sample.labelled =
          i < tube.label_points && fullness > 0.35 &&
          (!tube.filled_vessel || concentration > kVisibleConcentration * bolus.strength);
      samples.push_back(sample);
    }
    canvas.draw_tube(samples, static_cast<float>(tube.inner_ratio), tube.profile,
                     static_cast<std::uint8_t>(tube.object + 1));
  }
}

std::vector<std::uint8_t> Scene::render(int frame, Canvas& canvas) const {
  draw(frame, canvas);
  Image total = background->frame(motion, frame);
  for (std::size_t i = 0; i < total.pixels.size(); ++i) {
    total.pixels[i] += canvas.attenuation().pixels[i] + background->shutters().pixels[i];
  }
  const Image counts = detected(transmitted(total), imaging,
                                mix_seed(seed, kNoise, static_cast<std::uint64_t>(frame)));
  return displayed(counts, imaging, reference);
}

ImagingOptions imaging_for(Difficulty difficulty, int size, std::uint64_t seed) {
  Random random(seed);
  ImagingOptions options;
  // Cine runs have ten times the dose of fluoroscopy.
  const double dose = random.chance(difficulty == Difficulty::easy     ? 0.0
                                    : difficulty == Difficulty::normal ? 0.2
                                                                       : 0.5)
                          ? random.uniform(450, 800)
                          : random.uniform(1000, 3000);
  // A smaller picture of the same field has larger pixels, which catch more quanta.
  options.photons = dose * (512.0 / size) * (512.0 / size);
  options.electronic = random.uniform(1.5, 4);
  options.scatter = random.uniform(0.3, 0.6);
  options.glare = random.uniform(0.04, 0.09);
  options.sharpness = random.uniform(0.5, 0.8) * size / 512.0;
  options.flatten = random.uniform(0.6, 0.85);
  options.enhance = random.uniform(0.4, 1.0);
  options.black = random.uniform(0.8, 1.15);
  options.level = random.uniform(0.49, 0.65);
  return options;
}

constexpr auto kProcedureWords = words<Procedure>({{"left coronary", Procedure::left_coronary},
                                                   {"right coronary", Procedure::right_coronary},
                                                   {"venography", Procedure::venography},
                                                   {"valvuloplasty", Procedure::valvuloplasty}});

std::string_view procedure_name(Procedure procedure) { return kProcedureWords.of(procedure); }

}  // namespace angiobench::synth
