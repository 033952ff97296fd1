// SPDX-License-Identifier: MIT
#include "dataset/synth/dsa_scene.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dataset/synth/background.h"
#include "dataset/synth/geometry.h"
#include "dataset/synth/random.h"

namespace angiobench::synth {
namespace {

constexpr double kStep = 1.0;  // mm between the points of a branch
// Thinner vessels are left out by the growth and by annotators.
constexpr double kLeastRadius = 0.28;
constexpr double kAnnotatedRadius = 0.34;
// The concentration, as a share of the injection's, from which an annotator sees a vessel.
constexpr double kVisible = 0.3;
constexpr int kMargin = 8;  // pixels of the head beyond the picture, for its small movements

enum Stream : std::uint64_t { kPlan, kTree, kHead, kImaging, kNoise, kMotion };

const Vec3 kBrainCentre{0, 0, 8};
const Vec3 kBrainRadii{66, 82, 62};

// How far out of the brain a point is: 1 on its surface.
double reach_of(const Vec3& point) {
  const Vec3 at = point - kBrainCentre;
  return std::sqrt(at.x * at.x / (kBrainRadii.x * kBrainRadii.x) +
                   at.y * at.y / (kBrainRadii.y * kBrainRadii.y) +
                   at.z * at.z / (kBrainRadii.z * kBrainRadii.z));
}

class Grower {
 public:
  explicit Grower(Random& random) : random_(random) {}

  VesselTree take() { return std::move(tree_); }

  int add(int parent, int parent_point, const std::vector<Vec3>& course, double radius) {
    Branch branch;
    branch.parent = parent;
    branch.parent_point = parent_point;
    branch.points = resample(course, kStep);
    double path = parent < 0 ? 0 : of(parent).path[static_cast<std::size_t>(parent_point)];
    for (std::size_t i = 0; i < branch.points.size(); ++i) {
      if (i > 0) path += length(branch.points[i] - branch.points[i - 1]);
      branch.path.push_back(path);
      // Twigs that are not drawn take their flow.
      branch.radii.push_back(radius * (1 - 0.12 * std::min(1.0, static_cast<double>(i) / 80)));
    }
    tree_.branches.push_back(std::move(branch));
    return static_cast<int>(tree_.branches.size()) - 1;
  }

  // A branch that leaves `parent` at a share of its length with a share of its flow, along
  // `course` (empty: it finds its own way).
  int leave(int parent, double at, double share, std::vector<Vec3> course, double length_mm) {
    Branch& trunk = of(parent);
    const auto last = static_cast<double>(trunk.points.size() - 1);
    const auto point = static_cast<std::size_t>(std::clamp(std::round(at * last), 1.0, last));
    const double before = trunk.radii[point];
    const MurrayRadii radii = split_radius(before, share);
    if (radii.side_mm < kLeastRadius) return -1;
    for (std::size_t i = point + 1; i < trunk.radii.size(); ++i)
      trunk.radii[i] *= radii.after_mm / before;
    const Vec3 start = trunk.points[point];
    const Vec3 heading = normalized(trunk.points[point] - trunk.points[point - 1]);
    if (course.empty()) {
      course = wander(start, heading, length_mm, radii.side_mm);
    } else {
      course.insert(course.begin(), start);
    }
    const int child =
        add(parent, static_cast<int>(point), smooth_curve(course, kStep), radii.side_mm);
    tree_.junctions.push_back({parent, child, before, radii.after_mm, radii.side_mm});
    return child;
  }

  // Lets a vessel branch by chance, and its branches in turn.
  void twigs(int parent, int depth) {
    if (parent < 0 || depth == 0) return;
    const double total = of(parent).path.back() - of(parent).path.front();
    const int count = static_cast<int>(total / random_.uniform(11, 19));
    for (int i = 0; i < count; ++i) {
      const double at = (i + random_.uniform(0.3, 0.9)) / (count + 0.3);
      const int child =
          leave(parent, at, random_.uniform(0.2, 0.45), {}, total * random_.uniform(0.3, 0.65));
      twigs(child, depth - 1);
    }
  }

 private:
  Branch& of(int index) { return tree_.branches[static_cast<std::size_t>(index)]; }

  Vec3 any_direction() {
    return {static_cast<double>(random_.normal()), static_cast<double>(random_.normal()),
            static_cast<double>(random_.normal())};
  }

  // Walks near the brain's surface: turns off its parent, drifts, comes back where it leaves.
  std::vector<Vec3> wander(const Vec3& start, const Vec3& heading, double length_mm,
                           double radius) {
    constexpr double kStride = 2.0;
    Vec3 direction = normalized(heading + 0.9 * normalized(any_direction()));
    Vec3 drift;
    std::vector<Vec3> points{start};
    const int count = std::max(3, static_cast<int>(length_mm / kStride));
    for (int i = 0; i < count; ++i) {
      // Small vessels wind more than large ones.
      drift = 0.8 * drift + std::min(0.16, 0.07 / radius) * any_direction();
      const Vec3 at = points.back() - kBrainCentre;
      const double beyond = reach_of(points.back()) - 0.93;
      direction =
          normalized(direction + 0.5 * drift - (1.2 * std::max(beyond, -0.1)) * normalized(at));
      points.push_back(points.back() + kStride * direction);
    }
    return points;
  }

  Random& random_;
  VesselTree tree_;
};

View pick_view(int size, Random& random) {
  // From the front, from the side and in between, as runs of the carotid are taken.
  struct Angles {
    double lao;
    double cranial;
  };
  static constexpr std::array<Angles, 4> kViews = {{{0, -15}, {90, 0}, {35, -5}, {-90, 0}}};
  const Angles angles =
      kViews[static_cast<std::size_t>(random.integer(0, static_cast<int>(kViews.size()) - 1))];
  const double field_mm = random.uniform(270, 310);  // of the detector
  return View(angles.lao + random.uniform(-6, 6), angles.cranial + random.uniform(-5, 5),
              random.uniform(1080, 1150), random.uniform(740, 780), field_mm / size, size, size)
      .aimed({random.uniform(-8, 8), random.uniform(-8, 8), random.uniform(-22, -10)}, 1);
}

Image head_of(const View& view, std::uint64_t seed) {
  Random random(seed);
  Image head(view.width(), view.height());
  const double thick = random.uniform(5, 8);
  const Vec3 outer{kBrainRadii.x + 12, kBrainRadii.y + 12, kBrainRadii.z + 12};
  const Vec3 inner{outer.x - thick, outer.y - thick, outer.z - thick};
  add_ellipsoid(view, kBrainCentre, outer, kCortex, head);
  add_ellipsoid(view, kBrainCentre, inner, kTissue - kCortex, head);
  // The base of the skull and the face: dense, uneven bone below.
  add_ellipsoid(view, {0, -20, -62}, {52, 62, 34}, 0.5 * (kMarrow + kTissue), head, 12);
  add_ellipsoid(view, {0, 20, -95}, {46, 40, 60}, kTissue, head, 12);
  const double unit = view.width() / 512.0;
  const Image bone =
      fractal_noise(head.width, head.height, 90 * unit, 5 * unit, 0.7, mix_seed(seed, 1));
  for (std::size_t i = 0; i < head.pixels.size(); ++i) head.pixels[i] *= 1 + 0.05F * bone.pixels[i];
  return gaussian_blur(head, 1.2 * unit);
}

Bolus pick_bolus(const DsaScene::Options& options, Random& random) {
  const double seconds = options.num_frames / options.frame_rate;
  Bolus bolus;
  const double amount = options.difficulty == Difficulty::easy     ? 1.0
                        : options.difficulty == Difficulty::normal ? 0.85
                                                                   : 0.65;
  bolus.strength = amount * random.uniform(0.8, 1);
  bolus.speed = random.uniform(220, 340);
  bolus.start = random.uniform(0.05, 0.15) * seconds;
  bolus.stop = bolus.start + random.uniform(0.55, 0.75) * seconds;
  bolus.rise = random.uniform(0.2, 0.4);
  bolus.fall = random.uniform(0.5, 1.0);
  return bolus;
}

double smooth(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

}  // namespace

VesselTree grow_cerebral_tree(double hand, Random& random) {
  Grower grower(random);
  const auto off = [&](double amount) { return random.uniform(-amount, amount); };
  // Up the neck, through the siphon, to where it parts into middle and anterior artery.
  const std::vector<Vec3> carotid = {
      {hand * (20 + off(3)), 12, -120}, {hand * (23 + off(4)), 6 + off(3), -95},
      {hand * (18 + off(3)), 10, -70},  {hand * 12, 4 + off(2), -50},
      {hand * 9, -12 + off(2), -42},    {hand * 9, -17, -33},
      {hand * 11, -6 + off(2), -28},    {hand * 15, -7, -20}};
  const int trunk = grower.add(-1, -1, smooth_curve(carotid, kStep), random.uniform(2.1, 2.6));
  const std::vector<Vec3> middle = {
      {hand * 26, -8, -17 + off(3)}, {hand * 38, -6 + off(3), -13}, {hand * 46, 2, -2},
      {hand * 55, 12 + off(5), 10},  {hand * 58, 26 + off(5), 24},  {hand * 54, 40, 34}};
  const std::vector<Vec3> anterior = {
      {hand * 8, -18, -16}, {hand * 3, -32 + off(3), -4}, {hand * 2, -46 + off(4), 14},
      {hand * 2, -40, 36},  {hand * 2, -16 + off(4), 48}, {hand * 3, 14, 52},
      {hand * 3, 40, 44}};
  const int front = grower.leave(trunk, 0.98, 0.32, anterior, 0);
  const int side = grower.leave(trunk, 1.0, 0.7, middle, 0);
  // The ophthalmic and the posterior communicating artery, thin and short.
  grower.leave(trunk, 0.80, 0.06, {}, 26);
  grower.leave(trunk, 0.90, 0.08, {}, 30);
  // The middle artery fans out over the hemisphere.
  const int num_fans = random.integer(4, 6);
  for (int i = 0; i < num_fans; ++i) {
    const double angle = -0.9 + 2.3 * i / (num_fans - 1) + off(0.15);
    const Vec3 rim{hand * 46, 62 * std::sin(angle), 8 + 52 * std::cos(angle)};
    const Vec3 halfway{hand * (60 + off(3)), 36 * std::sin(angle), 4 + 26 * std::cos(angle)};
    const int fan = grower.leave(side, 0.35 + 0.5 * i / num_fans, 0.3, {halfway, rim}, 0);
    grower.twigs(fan, 2);
  }
  grower.twigs(side, 2);
  grower.twigs(front, 2);
  return grower.take();
}

DsaScene::DsaScene(const Options& options, std::uint64_t seed)
    : options_(options),
      seed_(seed),
      view_([&] {
        Random random(mix_seed(seed, kPlan));
        return pick_view(options.size, random);
      }()),
      imaging_(imaging_for(options.difficulty, options.size, mix_seed(seed, kImaging))) {
  Random trees(mix_seed(seed, kTree));
  tree_ = grow_cerebral_tree(trees.chance(0.5) ? 1 : -1, trees);
  for (const Branch& branch : tree_.branches) {
    std::size_t last = 0;
    for (std::size_t i = 0; i < branch.radii.size(); ++i) {
      if (branch.radii[i] >= kAnnotatedRadius) last = i + 1;
    }
    const auto parent = static_cast<std::size_t>(std::max(branch.parent, 0));
    const bool is_cut = branch.parent >= 0 &&
                        static_cast<std::size_t>(branch.parent_point) >= label_points_[parent];
    label_points_.push_back(is_cut ? 0 : last);
  }
  Random plan(mix_seed(seed, kPlan, 1));
  bolus_ = pick_bolus(options, plan);
  imaging_.photons *= 3;  // runs for subtraction have a higher dose
  restless_ = (options.difficulty == Difficulty::hard ? 0.5 : 0.15) * plan.uniform(0.2, 1) *
              options.size / 512.0;
  head_ = head_of(view_.widened(kMargin), mix_seed(seed, kHead));
  const Image still = shifted_part(head_, kMargin, kMargin, options.size, options.size);
  plain_ = detected(transmitted(still), imaging_, mix_seed(seed, kNoise, 1'000'000));
}

void DsaScene::draw(double seconds, Canvas& canvas) const {
  canvas.clear();
  std::vector<TubeSample> samples;
  for (std::size_t b = 0; b < tree_.branches.size(); ++b) {
    const Branch& branch = tree_.branches[b];
    double join = 0;
    if (branch.parent >= 0) {
      const Branch& parent = tree_.branches[static_cast<std::size_t>(branch.parent)];
      join = 1.3 * parent.radii[static_cast<std::size_t>(branch.parent_point)];
    }
    samples.clear();
    ImagePoint previous;
    for (std::size_t i = 0; i < branch.points.size(); ++i) {
      const ImagePoint at = view_.project(branch.points[i]);
      const double concentration = bolus_.concentration(seconds, branch.path[i]);
      // A ray that meets the tube at an angle goes further through it.
      double oblique = 1;
      if (i > 0) {
        const double step = length(branch.points[i] - branch.points[i - 1]);
        const double seen = std::hypot(at.x - previous.x, at.y - previous.y) / at.scale;
        oblique = std::clamp(step / std::max(seen, 1e-6), 1.0, 2.2);
      }
      previous = at;
      TubeSample sample;
      sample.x = static_cast<float>(at.x);
      sample.y = static_cast<float>(at.y);
      sample.radius = static_cast<float>(branch.radii[i] * at.scale);
      sample.chord = static_cast<float>(2 * branch.radii[i] * oblique);
      sample.wall = static_cast<float>(kIodine * concentration);
      sample.lumen = sample.wall;
      sample.join = static_cast<float>(
          join > 0 ? 1 - smooth((branch.path[i] - branch.path.front()) / join) : 0.0);
      sample.labelled = i < label_points_[b] && concentration > kVisible * bolus_.strength;
      samples.push_back(sample);
    }
    canvas.draw_tube(samples, 0, Profile::round, 1);
  }
}

std::vector<std::uint8_t> DsaScene::render(int frame, Canvas& canvas, Mask& label) const {
  draw(frame / options_.frame_rate, canvas);
  const std::size_t count = canvas.attenuation().pixels.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (canvas.labels().pixels()[i] != 0) label.pixels()[i] = 255;
  }
  // The head has moved a little since the picture that is subtracted.
  Random motion(mix_seed(seed_, kMotion, static_cast<std::uint64_t>(frame)));
  const double angle = motion.uniform(0, 2 * kPi);
  Image total = shifted_part(head_, kMargin + restless_ * std::cos(angle),
                             kMargin + restless_ * std::sin(angle), options_.size, options_.size);
  for (std::size_t i = 0; i < count; ++i) total.pixels[i] += canvas.attenuation().pixels[i];
  const Image counts = detected(transmitted(total), imaging_,
                                mix_seed(seed_, kNoise, static_cast<std::uint64_t>(frame)));
  return subtracted(counts, plain_);
}

}  // namespace angiobench::synth
