// SPDX-License-Identifier: MIT
#include "dataset/synth/vessel_tree.h"

#include <algorithm>
#include <cmath>

#include "dataset/error.h"
#include "dataset/synth/geometry.h"

namespace angiobench::synth {
namespace {

constexpr double kStep = 1.0;  // mm between the points of a branch

// A place on the heart's surface.
struct Spot {
  double along = 0;
  double turn = 0;
};

// A side branch to grow from a vessel: where it leaves, which way, how much of the flow it takes.
struct Side {
  double at = 0;             // share of the parent's length
  double share = 0;          // of the flow
  std::vector<Spot> course;  // empty: it finds its own way
  double heading =
      0;  // where it finds its own way: angle against the apex's direction, towards the left
  double length_mm = 0;
  bool bare = false;  // gets its own side branches later
};

class Grower {
 public:
  Grower(const Heart& heart, const TreeOptions& options, Random& random)
      : heart_(heart), options_(options), random_(random) {}

  VesselTree take() { return std::move(tree_); }

  // Adds a vessel whose course is known; returns its index.
  int add(int parent, int parent_point, int group, std::vector<Vec3> points, double radius) {
    Branch branch;
    branch.parent = parent;
    branch.parent_point = parent_point;
    branch.group = group;
    // Small vessels wind more than large ones.
    wind(points, options_.tortuosity, std::clamp(0.9 / radius, 0.3, 1.7));
    branch.points = resample(points, kStep);
    double path = parent < 0 ? 0 : of(parent).path[static_cast<std::size_t>(parent_point)];
    for (std::size_t i = 0; i < branch.points.size(); ++i) {
      if (i > 0) path += length(branch.points[i] - branch.points[i - 1]);
      branch.path.push_back(path);
    }
    branch.radii.assign(branch.points.size(), radius);
    // Taper by up to a sixth on the way: small twigs that are not drawn take their flow.
    const double last = 1 - 0.17 * std::min(1.0, static_cast<double>(branch.points.size()) / 90.0);
    for (std::size_t i = 0; i < branch.radii.size(); ++i) {
      branch.radii[i] *=
          1 + (last - 1) * static_cast<double>(i) / static_cast<double>(branch.radii.size());
    }
    tree_.branches.push_back(std::move(branch));
    return static_cast<int>(tree_.branches.size()) - 1;
  }

  std::vector<Vec3> on_surface(const std::vector<Spot>& course) const {
    std::vector<Vec3> points;
    for (const Spot& spot : course) points.push_back(heart_.surface(spot.along, spot.turn));
    return points;
  }

  // Walks over the surface from a point: the heading drifts, small vessels wind more.
  std::vector<Vec3> wander(const Vec3& start, double heading, double length_mm) {
    const Vec3 relative = start - heart_.base;
    Spot spot;
    spot.along =
        std::asin(std::clamp(dot(relative, heart_.axis) / heart_.long_mm, -0.5, 0.999)) / (kPi / 2);
    spot.turn = std::atan2(-dot(relative, heart_.side), dot(relative, heart_.front));
    const Vec3 offset = start - heart_.surface(spot.along, spot.turn);
    std::vector<Vec3> points{start};
    double drift = 0;
    const double stride = 2.0;
    const int count = std::max(2, static_cast<int>(length_mm / stride));
    for (int i = 1; i <= count; ++i) {
      drift = 0.85 * drift + 0.16 * options_.tortuosity * static_cast<double>(random_.normal());
      heading += drift * 0.6 - 0.015 * heading;
      const double radius =
          std::max(8.0, heart_.wide_mm * std::cos(std::min(0.95, spot.along) * kPi / 2));
      spot.along =
          std::min(0.97, spot.along + stride * std::cos(heading) / (heart_.long_mm * 1.15));
      spot.turn += stride * std::sin(heading) / radius;
      // A branch that leaves a vessel off the surface comes down to it within 15 mm.
      const double fade = std::exp(-i * stride / 15.0);
      points.push_back(heart_.surface(spot.along, spot.turn) + fade * offset);
    }
    return points;
  }

  // Grows `sides` from a vessel, which must be free of side branches, in order of their place. By
  // Murray's law its own radius falls at each.
  std::vector<int> branch_off(int parent, std::vector<Side> sides, int depth, int group = -1) {
    std::sort(sides.begin(), sides.end(), [](const Side& a, const Side& b) { return a.at < b.at; });
    std::vector<int> children;
    for (const Side& side : sides) {
      Branch& trunk = of(parent);
      const auto last = static_cast<double>(trunk.points.size() - 1);
      const auto point =
          static_cast<std::size_t>(std::clamp(std::round(side.at * last), 1.0, last));
      const double before = trunk.radii[point];
      const MurrayRadii radii = split_radius(before, side.share);
      if (radii.side_mm < options_.least_radius_mm) continue;
      for (std::size_t i = point + 1; i < trunk.radii.size(); ++i)
        trunk.radii[i] *= radii.after_mm / before;

      const Vec3 start = trunk.points[point];
      const int child_group = group >= 0 ? group : trunk.group;
      std::vector<Vec3> course;
      if (side.course.empty()) {
        course = wander(start, side.heading, side.length_mm);
      } else {
        course.push_back(start);
        for (const Vec3& p : on_surface(side.course)) course.push_back(p);
      }
      const int child = add(parent, static_cast<int>(point), child_group,
                            smooth_curve(course, kStep), radii.side_mm);
      tree_.junctions.push_back({parent, child, before, radii.after_mm, of(child).radii.front()});
      children.push_back(child);
      if (depth > 0 && !side.bare) twigs(child, depth);
    }
    return children;
  }

  // Lets a vessel branch by chance: about one twig every 14 mm, to both sides in turn.
  void twigs(int parent, int depth) {
    const double total = of(parent).path.back() - of(parent).path.front();
    std::vector<Side> sides;
    double hand = random_.chance(0.5) ? 1 : -1;
    const int count = static_cast<int>(total / random_.uniform(10, 18));
    for (int i = 0; i < count; ++i) {
      Side side;
      side.at = (i + random_.uniform(0.3, 0.9)) / (count + 0.2);
      side.share = random_.uniform(0.06, 0.3);
      side.heading = heading_at(parent, side.at) + hand * random_.uniform(0.5, 1.1);
      side.length_mm = random_.uniform(0.25, 0.6) * total * (1.1 - 0.5 * side.at);
      hand = random_.chance(0.8) ? -hand : hand;
      if (side.length_mm > 5) sides.push_back(side);
    }
    branch_off(parent, sides, depth - 1);
  }

  // The vessel's own direction on the surface, 0 towards the apex, positive to the left.
  double heading_at(int branch, double at) const {
    const Branch& vessel = tree_.branches[static_cast<std::size_t>(branch)];
    const auto last = static_cast<double>(vessel.points.size() - 1);
    const auto i = static_cast<std::size_t>(std::clamp(at * last, 1.0, last));
    const Vec3 direction = vessel.points[i] - vessel.points[i - 1];
    const Vec3 relative = vessel.points[i] - heart_.base;
    const double turn = std::atan2(-dot(relative, heart_.side), dot(relative, heart_.front));
    const Vec3 left = (-std::sin(turn)) * heart_.front - std::cos(turn) * heart_.side;
    return std::atan2(dot(direction, left), dot(direction, heart_.axis));
  }

  // Narrows large vessels: excentric or not makes no difference to a projection's width.
  void narrow() {
    for (int k = 0; k < options_.num_stenoses; ++k) {
      // Take one of the four largest branches by length and radius.
      std::vector<std::size_t> order(tree_.branches.size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      const auto weight = [&](std::size_t i) {
        return tree_.branches[i].radii.front() *
               static_cast<double>(tree_.branches[i].points.size());
      };
      std::sort(order.begin(), order.end(),
                [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
      const std::size_t pick = order[static_cast<std::size_t>(
          random_.integer(0, std::min<int>(3, static_cast<int>(order.size()) - 1)))];
      Branch& branch = tree_.branches[pick];
      const double centre = branch.path.front() +
                            random_.uniform(0.2, 0.7) * (branch.path.back() - branch.path.front());
      const double half = random_.uniform(2.0, 5.0);
      const double severity = random_.uniform(0.4, 0.85);
      for (std::size_t i = 0; i < branch.radii.size(); ++i) {
        const double d = (branch.path[i] - centre) / half;
        branch.radii[i] *= 1 - severity * std::exp(-d * d);
      }
    }
  }

 private:
  Branch& of(int index) { return tree_.branches[static_cast<std::size_t>(index)]; }

  // Adds sideways waves that vanish at the origin; the short ones grow towards the end, where
  // vessels wind most.
  void wind(std::vector<Vec3>& points, double amount, double short_amount) {
    double total = 0;
    for (std::size_t i = 1; i < points.size(); ++i) total += length(points[i] - points[i - 1]);
    if (total < 4) return;
    struct Wave {
      Vec3 direction;
      double amplitude;
      double wavelength;
      double phase;
      bool is_short;
    };
    std::vector<Wave> waves;
    const double restless = short_amount * random_.uniform(0.2, 1.5);
    for (int k = 0; k < 6; ++k) {
      const bool is_short = k >= 2;
      const double wavelength = is_short ? random_.uniform(6, 17) : random_.uniform(24, 48);
      const Vec3 direction = normalized(
          {random_.uniform(-1, 1) + 1e-3, random_.uniform(-1, 1), random_.uniform(-1, 1)});
      const double strength =
          is_short ? restless * random_.uniform(0.01, 0.06) : random_.uniform(0.02, 0.06);
      waves.push_back({direction, amount * wavelength * strength, wavelength,
                       random_.uniform(0, 2 * kPi), is_short});
    }
    double s = 0;
    Vec3 previous = points.front();
    for (Vec3& point : points) {
      s += length(point - previous);
      previous = point;
      const double ramp = std::min(1.0, s / 12);
      const double late = ramp * std::min(1.0, 0.25 + s / 70);
      for (const Wave& wave : waves) {
        point = point + ((wave.is_short ? late : ramp) * wave.amplitude *
                         std::sin(2 * kPi * s / wave.wavelength + wave.phase)) *
                            wave.direction;
      }
    }
  }

  const Heart& heart_;
  const TreeOptions& options_;
  Random& random_;
  VesselTree tree_;
};

// Where the coronary arteries leave the aorta: above the valve plane, a little to the front.
Vec3 aortic_root(const Heart& heart) { return heart.base - 10.0 * heart.axis + 14.0 * heart.front; }

void grow_left(const Heart& heart, const TreeOptions& options, Random& random, Grower& grower) {
  const Vec3 ostium = aortic_root(heart) - 9.0 * heart.side + 2.0 * heart.front;
  const double jitter = random.uniform(-0.12, 0.12);

  // Lead the left main and the LAD as one course down the anterior groove and round the apex.
  std::vector<Vec3> lad{ostium, ostium - 7.0 * heart.side + 4.0 * heart.front + 2.0 * heart.axis};
  const double groove = 0.12 + jitter;
  const double reach = random.uniform(0.82, 0.99);
  for (const double along : {0.1, 0.28, 0.46, 0.64, 0.8, 0.92}) {
    if (along > reach) break;
    lad.push_back(heart.surface(along, groove + random.uniform(-0.06, 0.06) - 0.1 * along));
  }
  if (reach > 0.94) lad.push_back(heart.surface(0.95, kPi + 0.3));
  const int trunk = grower.add(-1, -1, 1, smooth_curve(lad, 1.0), options.root_radius_mm);

  // The circumflex takes nearly half of the flow and runs round in the groove between atrium and
  // ventricle.
  const double far = random.uniform(1.7, 2.7);
  Side circumflex;
  circumflex.at = 0.10;
  circumflex.bare = true;
  circumflex.share = random.uniform(0.36, 0.48);
  for (double turn = 0.75; turn < far; turn += 0.42) {
    circumflex.course.push_back({-0.02 + random.uniform(-0.03, 0.03), turn});
  }
  circumflex.course.push_back({0.12, far + 0.1});

  std::vector<Side> sides{circumflex};
  const int diagonals = random.integer(2, 3);
  for (int i = 0; i < diagonals; ++i) {
    const double at = 0.2 + 0.2 * i + random.uniform(-0.04, 0.05);
    const double first = 0.05 + 0.9 * at;
    const double turn = groove + 0.25;
    sides.push_back({at,
                     random.uniform(0.16, 0.3),
                     {{first + 0.06, turn + 0.2},
                      {first + 0.15, turn + 0.55},
                      {first + 0.25, turn + random.uniform(0.75, 1.15)}},
                     0,
                     0});
  }
  const int septals = random.integer(3, 6);
  for (int i = 0; i < septals; ++i) {
    sides.push_back({0.17 + 0.6 * i / septals + random.uniform(0, 0.08),
                     random.uniform(0.03, 0.09),
                     {},
                     -random.uniform(0.7, 1.3),
                     random.uniform(14, 32)});
  }
  const std::vector<int> children = grower.branch_off(trunk, sides, 1);

  // Marginals run from the circumflex towards the apex.
  std::vector<Side> marginals;
  const int count = random.integer(2, 4);
  for (int i = 0; i < count; ++i) {
    const double at = 0.22 + 0.68 * i / count + random.uniform(-0.04, 0.05);
    const double turn = 0.4 + at * (far - 0.4);
    marginals.push_back({at,
                         random.uniform(0.2, 0.42),
                         {{0.14, turn + 0.14},
                          {0.3, turn + 0.26 + random.uniform(-0.1, 0.15)},
                          {0.46 + random.uniform(-0.1, 0.12), turn + random.uniform(0.15, 0.6)}},
                         0,
                         0});
  }
  if (!children.empty()) grower.branch_off(children.front(), marginals, 2, 2);
}

void grow_right(const Heart& heart, const TreeOptions& options, Random& random, Grower& grower) {
  const Vec3 ostium = aortic_root(heart) + 8.0 * heart.front + 5.0 * heart.side;
  std::vector<Vec3> course{ostium, ostium + 7.0 * heart.front + 5.0 * heart.side};
  const double crux = -kPi + random.uniform(-0.1, 0.15);
  for (double turn = -0.75; turn > crux; turn -= 0.42) {
    course.push_back(
        heart.surface(-0.03 + random.uniform(-0.03, 0.04), turn + random.uniform(-0.05, 0.05)));
  }
  course.push_back(heart.surface(0.02, crux));
  // Past the crux the vessel goes on as the posterolateral branch.
  course.push_back(heart.surface(0.06, crux - 0.35));
  course.push_back(heart.surface(0.2, crux - 0.7));
  course.push_back(heart.surface(0.4, crux - random.uniform(0.75, 1.0)));
  const int trunk = grower.add(-1, -1, 0, smooth_curve(course, 1.0), options.root_radius_mm);

  std::vector<Side> sides;
  sides.push_back(
      {0.06, random.uniform(0.05, 0.12), {}, random.uniform(-0.3, 0.6), random.uniform(20, 40)});
  const int marginals = random.integer(1, 3);
  for (int i = 0; i < marginals; ++i) {
    const double at = 0.2 + 0.13 * i + random.uniform(-0.02, 0.04);
    const double turn = -0.6 - at * 2.6;
    sides.push_back({at,
                     random.uniform(0.06, 0.16),
                     {{0.12, turn + 0.05},
                      {0.3, turn + 0.15},
                      {0.5 + random.uniform(-0.1, 0.15), turn + random.uniform(0.15, 0.4)}},
                     0,
                     0});
  }
  // The posterior descending branch runs in the groove towards the apex.
  sides.push_back({0.66,
                   random.uniform(0.3, 0.45),
                   {{0.13, crux + 0.06},
                    {0.34, crux + 0.02},
                    {0.56, crux},
                    {0.72 + random.uniform(-0.1, 0.1), crux}},
                   0,
                   0});
  sides.push_back(
      {0.77,
       random.uniform(0.2, 0.35),
       {{0.14, crux - 0.3}, {0.32, crux - 0.35}, {0.5, crux - random.uniform(0.3, 0.5)}},
       0,
       0});
  grower.branch_off(trunk, sides, 2);
}

void grow_veins(const TreeOptions& options, Random& random, Grower& grower) {
  // The sinus runs in the posterior groove to the left and becomes the great cardiac vein beside
  // the LAD.
  std::vector<Spot> course;
  for (double turn = kPi - 0.25; turn > 0.55; turn -= 0.4) {
    course.push_back({-0.05 + random.uniform(-0.03, 0.03), turn});
  }
  course.push_back({0.1, 0.32});
  course.push_back({0.4, 0.2});
  course.push_back({0.62, 0.14});
  const int trunk =
      grower.add(-1, -1, 0, smooth_curve(grower.on_surface(course), 1.0), options.root_radius_mm);
  std::vector<Side> sides;
  const int tributaries = random.integer(3, 5);
  for (int i = 0; i < tributaries; ++i) {
    const double at = 0.1 + 0.55 * i / tributaries + random.uniform(-0.03, 0.06);
    const double turn = kPi - 0.25 - at * 2.9;
    sides.push_back({at,
                     random.uniform(0.14, 0.34),
                     {{0.12, turn - 0.04},
                      {0.33, turn + random.uniform(-0.15, 0.1)},
                      {0.52 + random.uniform(-0.1, 0.15), turn + random.uniform(-0.25, 0.15)}},
                     0,
                     0});
  }
  grower.branch_off(trunk, sides, 1);
}

}  // namespace

MurrayRadii split_radius(double before_mm, double share) {
  expects(share > 0 && share < 1, "a side branch takes a part of the flow");
  return {before_mm * std::cbrt(1 - share), before_mm * std::cbrt(share)};
}

VesselTree grow_tree(const Heart& heart, const TreeOptions& options, Random& random) {
  Grower grower(heart, options, random);
  switch (options.kind) {
    case TreeKind::left_coronary:
      grow_left(heart, options, random, grower);
      break;
    case TreeKind::right_coronary:
      grow_right(heart, options, random, grower);
      break;
    case TreeKind::coronary_veins:
      grow_veins(options, random, grower);
      break;
  }
  grower.narrow();
  return grower.take();
}

}  // namespace angiobench::synth
