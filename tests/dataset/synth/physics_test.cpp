// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "dataset/synth/background.h"
#include "dataset/synth/heart.h"
#include "dataset/synth/imaging.h"
#include "dataset/synth/random.h"
#include "dataset/synth/raster.h"
#include "dataset/synth/scene.h"
#include "dataset/synth/vessel_tree.h"

namespace angiobench::synth {
namespace {

View front_view(int size) { return View(0, 0, 1000, 500, 1.0, size, size); }

TubeSample sample_at(float x, float y, float radius, float chord, float density) {
  TubeSample sample;
  sample.x = x;
  sample.y = y;
  sample.radius = radius;
  sample.chord = chord;
  sample.wall = density;
  sample.labelled = true;
  return sample;
}

TEST(Random, StreamsDifferByEveryPartOfTheirSeed) {
  EXPECT_NE(mix_seed(1, 2, 3), mix_seed(1, 2, 4));
  EXPECT_NE(mix_seed(1, 2, 3), mix_seed(1, 3, 3));
  EXPECT_NE(mix_seed(1, 2, 3), mix_seed(2, 2, 3));
  EXPECT_EQ(mix_seed(1, 2, 3), mix_seed(1, 2, 3));
}

TEST(Random, NormalHasZeroMeanAndUnitVariance) {
  Random random(5);
  double sum = 0;
  double squares = 0;
  const int count = 200000;
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<double>(random.normal());
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / count, 0, 0.01);
  EXPECT_NEAR(squares / count, 1, 0.01);
}

TEST(Random, IntegersReachBothEnds) {
  Random random(6);
  int lowest = 100;
  int highest = -100;
  for (int i = 0; i < 1000; ++i) {
    const int value = random.integer(-2, 3);
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  EXPECT_EQ(lowest, -2);
  EXPECT_EQ(highest, 3);
}

TEST(View, ShowsThePatientAsSeenFromTheDetector) {
  // 1000 / 500 = 2 pixels per mm at the isocentre.
  const View view = front_view(100);
  const ImagePoint centre = view.project({0, 0, 0});
  EXPECT_DOUBLE_EQ(centre.x, 50);
  EXPECT_DOUBLE_EQ(centre.y, 50);
  EXPECT_DOUBLE_EQ(centre.scale, 2);
  EXPECT_DOUBLE_EQ(view.project({10, 0, 0}).x,
                   70);  // the patient's left is on the right of the image
  EXPECT_DOUBLE_EQ(view.project({0, 0, 10}).y, 30);  // the head is up
  // 100 mm nearer to the detector (forwards) is further from the source: 1000 / 600.
  EXPECT_NEAR(view.project({0, -100, 0}).scale, 1000.0 / 600, 1e-12);
}

TEST(View, SeesTheBackOnTheRightFromTheLeftSide) {
  const View view(90, 0, 1000, 500, 1.0, 100, 100);
  EXPECT_NEAR(view.project({0, 10, 0}).x, 70, 1e-9);
  EXPECT_NEAR(view.project({0, 0, 10}).y, 30, 1e-9);
}

TEST(SmoothCurve, PassesThroughItsPointsInEvenSteps) {
  const std::vector<Vec3> curve = smooth_curve({{0, 0, 0}, {10, 0, 0}, {20, 5, 0}}, 1.0);
  EXPECT_DOUBLE_EQ(curve.front().x, 0);
  EXPECT_DOUBLE_EQ(curve.back().x, 20);
  double nearest = 100;
  for (const Vec3& point : curve) nearest = std::min(nearest, length(point - Vec3{10, 0, 0}));
  EXPECT_LT(nearest, 0.6);
  for (std::size_t i = 1; i < curve.size(); ++i)
    EXPECT_NEAR(length(curve[i] - curve[i - 1]), 1.0, 0.1);
}

TEST(BeerLambert, HalvesTheBeamAtLnTwo) {
  Image attenuation(4, 1);
  attenuation.pixels = {0.0F, std::log(2.0F), 1.0F, 5.0F};
  const Image beam = transmitted(attenuation);
  EXPECT_NEAR(static_cast<double>(beam.pixels[0]), 1, 1e-6);
  EXPECT_NEAR(static_cast<double>(beam.pixels[1]), 0.5, 1e-6);
  EXPECT_NEAR(static_cast<double>(beam.pixels[2]), 0.36787944, 1e-6);
  EXPECT_NEAR(static_cast<double>(beam.pixels[3]), 0.0067379470, 1e-8);
}

TEST(BeerLambert, MultipliesWhatLiesBehindEachOther) {
  Image one(1, 1, 0.7F);
  Image other(1, 1, 1.9F);
  Image both(1, 1, 0.7F + 1.9F);
  EXPECT_NEAR(static_cast<double>(transmitted(both).pixels[0]),
              static_cast<double>(transmitted(one).pixels[0] * transmitted(other).pixels[0]), 1e-6);
}

TEST(Tube, HasTheChordsOfACylinder) {
  // Radius 10 pixels, 10 mm through the middle, 0.1 per mm: 1 on the axis, 0.8 at 6/10 of the
  // radius.
  Canvas canvas(101, 41);
  const TubeSample tube[] = {sample_at(0, 20.5F, 10, 10, 0.1F),
                             sample_at(101, 20.5F, 10, 10, 0.1F)};
  canvas.draw_tube(tube, 0, Profile::round, 1);
  EXPECT_NEAR(static_cast<double>(canvas.attenuation().at(50, 20)), 1.0, 0.01);
  EXPECT_NEAR(static_cast<double>(canvas.attenuation().at(50, 26)), 0.8, 0.01);
  EXPECT_FLOAT_EQ(canvas.attenuation().at(50, 33), 0);
}

TEST(Tube, LabelsThePixelsWhoseCentresItCovers) {
  Canvas canvas(31, 21);
  const TubeSample tube[] = {sample_at(5, 10.5F, 3, 3, 0.1F), sample_at(25, 10.5F, 3, 3, 0.1F)};
  canvas.draw_tube(tube, 0, Profile::round, 4);
  EXPECT_EQ(canvas.labels().at(15, 10), 4);
  EXPECT_EQ(canvas.labels().at(15, 13), 4);
  EXPECT_EQ(canvas.labels().at(15, 14), 0);
  EXPECT_EQ(canvas.labels().at(0, 10), 0);
}

TEST(Tube, AddsToWhatItCrosses) {
  Canvas canvas(41, 41);
  const TubeSample across[] = {sample_at(0, 20.5F, 5, 10, 0.1F), sample_at(41, 20.5F, 5, 10, 0.1F)};
  const TubeSample down[] = {sample_at(20.5F, 0, 5, 10, 0.05F), sample_at(20.5F, 41, 5, 10, 0.05F)};
  canvas.draw_tube(across, 0, Profile::round, 1);
  canvas.draw_tube(down, 0, Profile::round, 2);
  EXPECT_NEAR(static_cast<double>(canvas.attenuation().at(20, 20)), 1.5, 0.02);
}

TEST(Tube, CountsOnceWhereABranchStartsInItsParent) {
  Canvas canvas(41, 41);
  TubeSample parent[] = {sample_at(0, 20.5F, 5, 10, 0.1F), sample_at(41, 20.5F, 5, 10, 0.1F)};
  TubeSample child[] = {sample_at(20.5F, 20.5F, 4, 8, 0.1F), sample_at(20.5F, 22.5F, 4, 8, 0.1F)};
  for (TubeSample& sample : child) sample.join = 1;
  canvas.draw_tube(parent, 0, Profile::round, 1);
  canvas.draw_tube(child, 0, Profile::round, 1);
  EXPECT_NEAR(static_cast<double>(canvas.attenuation().at(20, 20)), 1.0, 0.02);
}

TEST(Tube, IsEmptyInsideWhereItsLumenIsEmpty) {
  // Outer radius 10 pixels = 5 mm, inner half of it: 10 - 5 = 5 mm of wall at 0.2 per mm.
  Canvas canvas(41, 41);
  const TubeSample tube[] = {sample_at(-20, 20.5F, 10, 10, 0.2F),
                             sample_at(10, 20.5F, 10, 10, 0.2F),
                             sample_at(61, 20.5F, 10, 10, 0.2F)};
  canvas.draw_tube(tube, 0.5F, Profile::round, 1);
  EXPECT_NEAR(static_cast<double>(canvas.attenuation().at(20, 20)), 1.0, 0.02);
  // At six tenths of the radius the ray passes wall only: 0.2 * 10 * 0.8.
  EXPECT_NEAR(static_cast<double>(canvas.attenuation().at(20, 26)), 1.6, 0.02);
}

TEST(Tube, KeepsItsAreaWhenThinnerThanAPixel) {
  // Half-circle of radius 0.2 pixels: the line integral over a column is pi / 2 * chord * radius.
  Canvas canvas(21, 21);
  const TubeSample wire[] = {sample_at(0, 10.5F, 0.2F, 0.4F, 1.0F),
                             sample_at(21, 10.5F, 0.2F, 0.4F, 1.0F)};
  canvas.draw_tube(wire, 0, Profile::round, 1);
  float column = 0;
  for (int y = 0; y < 21; ++y) column += canvas.attenuation().at(10, y);
  EXPECT_NEAR(static_cast<double>(column), 3.14159 / 2 * 0.4 * 0.2, 0.04);
  EXPECT_EQ(canvas.labels().at(10, 10), 1);
}

TEST(Ellipsoid, HasTheChordsOfASphere) {
  // A sphere of 50 mm at 2 pixels per mm: 100 mm through the middle, 80 mm at 30 mm from it.
  Image image(301, 301);
  add_ellipsoid(View(0, 0, 1000, 500, 1.0, 301, 301), {0, 0, 0}, {50, 50, 50}, 1.0, image);
  EXPECT_NEAR(static_cast<double>(image.at(150, 150)), 100, 0.1);
  EXPECT_NEAR(static_cast<double>(image.at(210, 150)), 80, 0.1);
  EXPECT_NEAR(static_cast<double>(image.at(150, 90)), 80, 0.1);
  EXPECT_FLOAT_EQ(image.at(150, 260), 0);
}

TEST(Ellipsoid, TurnsWithTheView) {
  // From the patient's left the depth is the extent from left to right.
  Image image(301, 301);
  add_ellipsoid(View(90, 0, 1000, 500, 1.0, 301, 301), {0, 0, 0}, {20, 60, 40}, 1.0, image);
  EXPECT_NEAR(static_cast<double>(image.at(150, 150)), 40, 0.1);
  EXPECT_GT(image.at(150 + 110, 150), 0);  // 55 mm to the back, of 60
}

TEST(Murray, SplitsCubesOfRadii) {
  // Half of the flow each: 2 mm goes into two vessels of 2 / cbrt(2) = 1.5874 mm.
  const MurrayRadii even = split_radius(2.0, 0.5);
  EXPECT_NEAR(even.after_mm, 1.587401, 1e-6);
  EXPECT_NEAR(even.side_mm, 1.587401, 1e-6);
  // An eighth of the flow: half of the radius.
  EXPECT_NEAR(split_radius(2.0, 0.125).side_mm, 1.0, 1e-12);
}

class EveryTree : public testing::TestWithParam<TreeKind> {};

TEST_P(EveryTree, ObeysMurraysLawAtEveryJunction) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const Heart heart = random_heart(random);
    TreeOptions options;
    options.kind = GetParam();
    options.num_stenoses = 0;
    const VesselTree tree = grow_tree(heart, options, random);
    ASSERT_GE(tree.junctions.size(), 4U);
    for (const Junction& junction : tree.junctions) {
      EXPECT_NEAR(std::pow(junction.before_mm, 3),
                  std::pow(junction.after_mm, 3) + std::pow(junction.side_mm, 3), 1e-9);
      const Branch& child = tree.branches[static_cast<std::size_t>(junction.child)];
      const Branch& parent = tree.branches[static_cast<std::size_t>(junction.parent)];
      EXPECT_EQ(child.parent, junction.parent);
      EXPECT_DOUBLE_EQ(child.radii.front(), junction.side_mm);
      EXPECT_NEAR(parent.radii[static_cast<std::size_t>(child.parent_point)], junction.before_mm,
                  1e-9);
      EXPECT_LT(length(child.points.front() -
                       parent.points[static_cast<std::size_t>(child.parent_point)]),
                1e-6);
    }
  }
}

TEST_P(EveryTree, NeverWidensDownstreamAndStaysOnTheHeart) {
  Random random(3);
  const Heart heart = random_heart(random);
  TreeOptions options;
  options.kind = GetParam();
  options.num_stenoses = 0;
  const VesselTree tree = grow_tree(heart, options, random);
  for (const Branch& branch : tree.branches) {
    for (std::size_t i = 1; i < branch.radii.size(); ++i)
      EXPECT_LE(branch.radii[i], branch.radii[i - 1] + 1e-12);
    EXPECT_TRUE(std::is_sorted(branch.path.begin(), branch.path.end()));
    for (const Vec3& point : branch.points)
      EXPECT_LT(length(point - heart.base), 1.6 * heart.long_mm);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryTree,
                         testing::Values(TreeKind::left_coronary, TreeKind::right_coronary,
                                         TreeKind::coronary_veins));

TEST(Stenosis, NarrowsAVesselByFortyToEightyFivePercent) {
  double narrowest = 1;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Random one(seed);
    Random two(seed);
    const Heart heart = random_heart(one);
    random_heart(two);
    TreeOptions options;
    options.num_stenoses = 0;
    const VesselTree healthy = grow_tree(heart, options, one);
    options.num_stenoses = 1;
    const VesselTree ill = grow_tree(heart, options, two);
    double least = 1;
    for (std::size_t b = 0; b < ill.branches.size(); ++b) {
      for (std::size_t i = 0; i < ill.branches[b].radii.size(); ++i) {
        least = std::min(least, ill.branches[b].radii[i] / healthy.branches[b].radii[i]);
      }
    }
    EXPECT_LT(least, 0.62);
    EXPECT_GT(least, 0.14);
    narrowest = std::min(narrowest, least);
  }
  EXPECT_LT(narrowest, 0.5);
}

TEST(Motion, ContractsOnceABeatAndRests) {
  Random random(1);
  const Heart heart = random_heart(random);
  MotionOptions options;
  options.heart_rate = 60;
  options.rate_variation = 0;
  options.frames_per_second = 50;
  const Motion motion(heart, options, 500, 9);
  int peaks = 0;
  for (int frame = 1; frame + 1 < 500; ++frame) {
    const double depth = motion.contraction(frame);
    EXPECT_GE(depth, -0.08);
    EXPECT_LE(depth, 1.0);
    peaks += depth > 0.95 && depth >= motion.contraction(frame - 1) &&
                     depth > motion.contraction(frame + 1)
                 ? 1
                 : 0;
  }
  EXPECT_EQ(peaks, 10);  // ten seconds at 60 beats a minute
}

TEST(Motion, MovesTheBaseAndHoldsTheApex) {
  Random random(2);
  const Heart heart = random_heart(random);
  MotionOptions options;
  options.breath_mm = 0;
  const Motion motion(heart, options, 60, 4);
  double base = 0;
  double apex = 0;
  double still = 0;
  for (int frame = 0; frame < 60; ++frame) {
    const Vec3 rim = heart.surface(0, 0);
    const Vec3 tip = heart.base + heart.long_mm * heart.axis;
    base = std::max(base, length(motion.move(rim, 1, frame) - rim));
    apex = std::max(apex, length(motion.move(tip, 1, frame) - tip));
    still = std::max(still, length(motion.move(rim, 0, frame) - rim));
  }
  EXPECT_GT(base, 8);
  EXPECT_LT(base, 25);
  EXPECT_LT(apex, 0.5);
  EXPECT_DOUBLE_EQ(still, 0);
}

TEST(Bolus, ArrivesLaterFurtherOnAndWashesOut) {
  Bolus bolus;
  bolus.start = 1;
  bolus.stop = 3;
  bolus.speed = 100;
  bolus.rise = 0.2;
  bolus.fall = 1;
  bolus.strength = 0.8;
  EXPECT_DOUBLE_EQ(bolus.concentration(0.9, 0), 0);
  EXPECT_DOUBLE_EQ(bolus.concentration(2, 0), 0.8);
  EXPECT_DOUBLE_EQ(bolus.concentration(1.5, 100), 0);  // 100 mm take a second
  EXPECT_GT(bolus.concentration(2.3, 100), 0.3);
  EXPECT_LT(bolus.concentration(3.5, 0), 0.8);
  EXPECT_DOUBLE_EQ(bolus.concentration(6, 0), 0);
}

TEST(Bolus, ComesAgainAfterItsPeriod) {
  Bolus bolus;
  bolus.start = 1;
  bolus.stop = 3;
  bolus.speed = 100;
  bolus.rise = 0.2;
  bolus.fall = 1;
  bolus.strength = 0.8;
  bolus.period = 6;
  EXPECT_DOUBLE_EQ(bolus.concentration(2, 0), 0.8);
  EXPECT_DOUBLE_EQ(bolus.concentration(6, 0), 0);  // washed out
  EXPECT_DOUBLE_EQ(bolus.concentration(8, 0), 0.8);
  EXPECT_DOUBLE_EQ(bolus.concentration(14, 0), 0.8);
  EXPECT_DOUBLE_EQ(bolus.concentration(7.5, 100), bolus.concentration(1.5, 100));
}

TEST(Scene, MovesFurtherBetweenFramesAtALowerRate) {
  const auto seconds_of_frame_ten = [](double frame_rate) {
    SceneOptions options;
    options.size = 64;
    options.frame_rate = frame_rate;
    return Scene(options, 5).motion.seconds(10);
  };
  EXPECT_DOUBLE_EQ(seconds_of_frame_ten(15), 10 / 15.0);
  EXPECT_DOUBLE_EQ(seconds_of_frame_ten(4), 2.5);
}

TEST(Scene, InjectsAgainInALongRun) {
  SceneOptions options;
  options.size = 64;
  options.frame_rate = 4;
  options.num_frames = 80;  // 20 s
  int again = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) again += Scene(options, seed).bolus.period > 0;
  EXPECT_EQ(again, 8);
  options.num_frames = 6;
  EXPECT_EQ(Scene(options, 1).bolus.period, 0);
}

TEST(Detector, CountsPhotonsWithPoissonVariance) {
  ImagingOptions options;
  options.photons = 400;
  options.electronic = 3;
  options.scatter = 0;
  options.glare = 0;
  options.sharpness = 0;
  const Image counts = detected(Image(256, 256, 0.3F), options, 11);
  double sum = 0;
  double squares = 0;
  for (const float count : counts.pixels) {
    sum += static_cast<double>(count);
    squares += static_cast<double>(count) * static_cast<double>(count);
  }
  const double mean = sum / 65536;
  EXPECT_NEAR(mean, 400, 1);
  EXPECT_NEAR(squares / 65536 - mean * mean, 400 + 9, 12);
}

TEST(Detector, LosesContrastToScatter) {
  // A beam stop over half of the field: primary light is nothing behind it, scatter fills it.
  Image beam(128, 128, 1.0F);
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 64; ++x) beam.at(x, y) = 0;
  }
  ImagingOptions options;
  options.photons = 10000;
  options.scatter = 0.5;
  const Image counts = detected(beam, options, 1);
  EXPECT_GT(counts.at(60, 64), 0.1F * counts.at(100, 64));
  EXPECT_LT(counts.at(10, 64), counts.at(60, 64));
}

TEST(Display, IsDarkerWhereMoreIsAbsorbed) {
  Image counts(64, 64, 1000);
  for (int y = 24; y < 40; ++y) {
    for (int x = 24; x < 40; ++x) counts.at(x, y) = 500;
  }
  const std::vector<std::uint8_t> grey = displayed(counts, {}, std::log(1000.0));
  EXPECT_LT(grey[32 * 64 + 32], grey[5 * 64 + 5]);
}

TEST(Blur, KeepsTheMeanOfAnEvenImageAndOfAPoint) {
  const Image even = gaussian_blur(Image(20, 20, 3.0F), 1.5);
  EXPECT_NEAR(static_cast<double>(even.at(0, 0)), 3, 1e-5);
  Image point(41, 41);
  point.at(20, 20) = 1;
  const Image spread = gaussian_blur(point, 2);
  double sum = 0;
  for (const float value : spread.pixels) sum += static_cast<double>(value);
  EXPECT_NEAR(sum, 1, 1e-4);
  EXPECT_NEAR(static_cast<double>(wide_blur(Image(37, 21, 2.0F), 9, 4).at(36, 20)), 2, 1e-5);
}

TEST(ShiftedPart, InterpolatesBetweenPixels) {
  Image ramp(10, 10);
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 10; ++x) ramp.at(x, y) = static_cast<float>(x + 10 * y);
  }
  const Image part = shifted_part(ramp, 2.25, 3.5, 4, 4);
  EXPECT_NEAR(static_cast<double>(part.at(0, 0)), 2.25 + 35, 1e-4);
  const Image over = shifted_part(ramp, 8, 8, 4, 4);
  EXPECT_NEAR(static_cast<double>(over.at(3, 3)), 99, 1e-4);
}

// What an object covers, its centre and how much it shares with the frame before.
struct Track {
  int area = 0;
  double x = 0;
  double y = 0;
};

std::vector<Track> tracks_of(const Mask& labels, std::size_t num_objects) {
  std::vector<Track> tracks(num_objects + 1);
  for (int y = 0; y < labels.height(); ++y) {
    for (int x = 0; x < labels.width(); ++x) {
      Track& track = tracks[labels.at(x, y)];
      ++track.area;
      track.x += x;
      track.y += y;
    }
  }
  for (Track& track : tracks) {
    if (track.area == 0) continue;
    track.x /= track.area;
    track.y /= track.area;
  }
  return tracks;
}

TEST(Scene, MovesObjectsSmoothlyFromFrameToFrame) {
  double shared_sum = 0;
  int shared_number = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SceneOptions options;
    options.size = 256;
    options.num_frames = 30;
    options.others = true;
    options.max_objects = 10;
    const Scene scene(options, seed);
    Canvas canvas(256, 256);
    Mask before;
    for (int frame = 0; frame < 30; ++frame) {
      scene.draw(frame, canvas);
      const Mask& now = canvas.labels();
      if (frame > 0) {
        const std::vector<Track> old_tracks = tracks_of(before, scene.objects.size());
        const std::vector<Track> new_tracks = tracks_of(now, scene.objects.size());
        for (std::size_t i = 1; i < new_tracks.size(); ++i) {
          const int smaller = std::min(old_tracks[i].area, new_tracks[i].area);
          const int larger = std::max(old_tracks[i].area, new_tracks[i].area);
          if (smaller < 60) continue;
          int both = 0;
          for (int y = 0; y < 256; ++y) {
            for (int x = 0; x < 256; ++x) both += now.at(x, y) == i && before.at(x, y) == i ? 1 : 0;
          }
          shared_sum += static_cast<double>(both) / (smaller + larger - both);
          ++shared_number;
          // What neither fills nor leaves the field moves by less than 12 mm (about 20 pixels here)
          // in a fifteenth second.
          if (larger < 1.1 * smaller) {
            EXPECT_LT(
                std::hypot(new_tracks[i].x - old_tracks[i].x, new_tracks[i].y - old_tracks[i].y),
                20)
                << "seed " << seed << " frame " << frame << " object " << i;
          }
        }
      }
      before = now;
    }
  }
  // Objects move smoothly, but thin wires keep little of themselves from one frame to the next.
  EXPECT_GT(shared_number, 300);
  EXPECT_GT(shared_sum / shared_number, 0.35);
  EXPECT_LT(shared_sum / shared_number, 0.98);
}

TEST(Scene, VesselsAreDarkerThanTheirSurroundings) {
  int darker = 0;
  int all = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SceneOptions options;
    options.size = 256;
    options.num_frames = 30;
    const Scene scene(options, seed);
    Canvas canvas(256, 256);
    const std::vector<std::uint8_t> grey = scene.render(25, canvas);
    double inside = 0;
    double outside = 0;
    int inside_count = 0;
    int outside_count = 0;
    for (int y = 4; y < 252; ++y) {
      for (int x = 4; x < 252; ++x) {
        const int label = canvas.labels().at(x, y);
        const double value = grey[static_cast<std::size_t>(y * 256 + x)];
        if (label > 0 &&
            scene.objects[static_cast<std::size_t>(label - 1)].category == Category::vessel) {
          inside += value;
          ++inside_count;
          continue;
        }
        bool near = false;
        for (int d = -4; d <= 4; d += 4)
          near = near || canvas.labels().at(x + d, y) > 0 || canvas.labels().at(x, y + d) > 0;
        if (label == 0 && near) {
          outside += value;
          ++outside_count;
        }
      }
    }
    if (inside_count < 300) continue;
    ++all;
    darker += inside / inside_count + 5 < outside / outside_count ? 1 : 0;
  }
  EXPECT_GE(all, 5);
  EXPECT_GE(darker + 1, all);  // diluted medium over the spine may be all but unseen
}

TEST(Scene, RendersAFrameInUnderATenthOfASecond) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
  GTEST_SKIP() << "timed in optimised builds only";
#endif
  SceneOptions options;
  options.others = true;
  options.max_objects = 10;
  const Scene scene(options, 1);
  Canvas canvas(512, 512);
  const std::clock_t start = std::clock();
  for (int frame = 0; frame < 10; ++frame) scene.render(frame, canvas);
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / 10, 0.1);
}

}  // namespace
}  // namespace angiobench::synth
