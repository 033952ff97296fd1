// SPDX-License-Identifier: MIT
#include "evaluator/counting/temporal_stability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>
#include <set>

#include "dataset/masks/png.h"
#include "evaluator/counting/frame_counter.h"
#include "evaluator/kernels/kernels.h"
#include "evaluator/scoring/scorer.h"
#include "reports/result_json.h"
#include "tests/oracle/outline_oracle.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::mask_from;
using test::TempFolder;

const CountingRules kIdentity;

std::vector<TracedContour> trace(const Mask& mask, int id = 1) {
  return trace_contours(mask.view(), kIdentity.truth_map, id);
}

OutlineShape shape_of(const Mask& mask) {
  return outline_shape(mask.view(), kIdentity.truth_map, 1);
}

// A square of this side with its upper left corner here, in a frame of 200 x 200.
Mask square(int row, int column, int side) {
  Mask mask(200, 200);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) mask.at(column + x, row + y) = 1;
  }
  return mask;
}

// A disk with wobbles, so that no two of its points look the same.
Mask blob(double radius, double phase) {
  Mask mask(200, 200);
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 200; ++x) {
      const double angle = std::atan2(y - 100, x - 100);
      const double reach =
          radius * (1 + 0.3 * std::sin(3 * angle + phase) + 0.1 * std::cos(7 * angle));
      if (std::hypot(y - 100, x - 100) < reach) mask.at(x, y) = 1;
    }
  }
  return mask;
}

// Twice the area that a closed curve encloses, > 0 where it runs clockwise on the screen.
double twice_area(const Contour& contour) {
  double area = 0;
  for (std::size_t i = 0; i + 1 < contour.size(); ++i)
    area += contour[i].column * contour[i + 1].row - contour[i + 1].column * contour[i].row;
  return area;
}

TEST(TraceContours, WalksDownFromTheUpperLeftCorner) {
  const auto contours = trace(mask_from({"....", ".##.", "...."}));
  ASSERT_EQ(contours.size(), 1U);
  EXPECT_FALSE(contours[0].is_hole);
  EXPECT_EQ(contours[0].points, (Contour{{1, 1}, {2, 1}, {2, 2}, {2, 3}, {1, 3}, {1, 2}, {1, 1}}));
}

TEST(TraceContours, KnowsHoles) {
  const auto contours = trace(mask_from({"#####", "#...#", "#.#.#", "#...#", "#####"}));
  ASSERT_EQ(contours.size(), 3U);
  std::vector<std::pair<double, bool>> found;
  for (const TracedContour& contour : contours)
    found.emplace_back(std::abs(twice_area(contour.points)) / 2, contour.is_hole);
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (std::vector<std::pair<double, bool>>{{1, false}, {9, true}, {25, false}}));
}

TEST(TraceContours, TurnsWhereTwoSquaresTouchAtACorner) {
  const auto contours = trace(mask_from({"##..", "##..", "..##", "..##"}));
  ASSERT_EQ(contours.size(), 2U);
  for (const TracedContour& contour : contours) {
    EXPECT_FALSE(contour.is_hole);
    EXPECT_EQ(std::abs(twice_area(contour.points)), 8);
    EXPECT_EQ(contour.points.front(), (ContourPoint{2, 2}));
  }
}

TEST(TraceContours, TakesTheImagesEdgeForBackground) {
  const auto contours = trace(mask_from({"##", "##"}));
  ASSERT_EQ(contours.size(), 1U);
  EXPECT_EQ(contours[0].points.size(), 9U);
}

TEST(TraceContours, EncloseEveryPixelAndPassEveryCrackOnce) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 300; ++round) {
    const int width = 1 + static_cast<int>(random() % 40);
    const int height = 1 + static_cast<int>(random() % 40);
    Mask mask(width, height);
    const unsigned density = 1 + static_cast<unsigned>(random() % 15);
    if (round % 2 == 0) {
      mask = test::random_mask(width, height, 1, random);
    } else {
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) mask.at(x, y) = random() % 16 < density ? 1 : 0;
      }
    }
    double pixels = 0;
    std::size_t cracks = 0;
    const auto at = [&](int x, int y) {
      return x >= 0 && y >= 0 && x < width && y < height && mask.at(x, y) == 1;
    };
    for (int y = 0; y <= height; ++y) {
      for (int x = 0; x <= width; ++x) {
        pixels += at(x, y) ? 1 : 0;
        cracks += at(x, y) != at(x - 1, y) ? 1U : 0U;
        cracks += at(x, y) != at(x, y - 1) ? 1U : 0U;
      }
    }
    double enclosed = 0;
    std::size_t length = 0;
    for (const TracedContour& contour : trace(mask)) {
      const double area = std::abs(twice_area(contour.points)) / 2;
      enclosed += contour.is_hole ? -area : area;
      length += contour.points.size() - 1;
      EXPECT_EQ(contour.points.front(), contour.points.back());
      std::set<std::pair<double, double>> corners;
      for (std::size_t i = 0; i + 1 < contour.points.size(); ++i) {
        EXPECT_TRUE(corners.emplace(contour.points[i].row, contour.points[i].column).second)
            << "a curve meets itself";
        EXPECT_EQ(std::abs(contour.points[i].row - contour.points[i + 1].row) +
                      std::abs(contour.points[i].column - contour.points[i + 1].column),
                  1);
      }
    }
    EXPECT_EQ(enclosed, pixels) << round;
    EXPECT_EQ(length, cracks) << round;
  }
}

TEST(SimplifyContours, KeepsTheCornersOfASquare) {
  const auto contours = simplify_contours(trace(square(10, 20, 30)), 1.5);
  ASSERT_EQ(contours.size(), 1U);
  // Clockwise on the screen, from the corner where the walk began.
  EXPECT_EQ(contours[0], (Contour{{10, 20}, {10, 50}, {40, 50}, {40, 20}, {10, 20}}));
}

TEST(SimplifyContours, TakesAStaircaseForALine) {
  Mask mask(60, 60);
  for (int y = 0; y < 50; ++y) {
    for (int x = 0; x <= y; ++x) mask.at(x, y) = 1;
  }
  const auto contours = simplify_contours(trace(mask), 1.5);
  ASSERT_EQ(contours.size(), 1U);
  EXPECT_LE(contours[0].size(), 6U);
}

TEST(SimplifyContours, DropsSpecks) {
  EXPECT_TRUE(simplify_contours(trace(mask_from({"...", ".#.", "..."})), 1.5).empty());
  EXPECT_TRUE(simplify_contours(trace(mask_from({".......", ".#####.", "......."})), 1.5).empty());
}

TEST(ResampleContour, DividesLongSidesEvenly) {
  const Contour points = resample_contour({{0, 0}, {0, 10}, {3, 10}, {0, 0}}, 3);
  ASSERT_EQ(points.size(), 4U + 1U + 4U + 1U);
  EXPECT_EQ(points[1], (ContourPoint{0, 2.5}));
  EXPECT_EQ(points[4], (ContourPoint{0, 10}));
  EXPECT_EQ(points[5], (ContourPoint{3, 10}));
  EXPECT_EQ(points.back(), points.front());
}

TEST(ShapeSector, IsTheRoundedAngleOfThePublicCode) {
  const auto rounded = [](double rows, double columns) {
    const double turn = 2 * std::numbers::pi;
    const double angle = std::fmod(std::fmod(std::atan2(columns, rows), turn) + turn, turn);
    return static_cast<std::size_t>(std::floor(angle / (turn / 12))) % 12;
  };
  for (const double noise : {0.0, 1e-16, -1e-16, 3e-15, -3e-15, 1e-12, -1e-12}) {
    for (int row = -60; row <= 60; ++row) {
      for (int column = -60; column <= 60; ++column) {
        EXPECT_EQ(shape_sector(row + noise, column), rounded(row + noise, column))
            << row << " " << column << " " << noise;
        EXPECT_EQ(shape_sector(row, column + noise), rounded(row, column + noise))
            << row << " " << column << " " << noise;
      }
    }
  }
  const double tangent = std::tan(std::numbers::pi / 6);
  for (const double k : {1.0, 7.0, 100.0}) {
    EXPECT_EQ(shape_sector(k, k * tangent), rounded(k, k * tangent));
    EXPECT_EQ(shape_sector(-k * tangent, k), rounded(-k * tangent, k));
  }
}

TEST(ShapeSector, IsNoThirteenthOneJustBelowAWholeTurn) {
  for (int i = 1; i <= 4000; ++i) {
    const std::size_t sector = shape_sector(1, -1e-18 * i);
    ASSERT_TRUE(sector == 0 || sector == 11) << i << ": " << sector;
  }
  EXPECT_EQ(shape_sector(1, -6e-16), 0U);  // its angle is one step of a double below 2 pi
  EXPECT_EQ(shape_sector(1, -3e-15), 11U);
}

// A closed curve of random points, on a coarse grid so that distances and directions repeat.
Contour scribble(std::mt19937_64& random, std::size_t num_points, int side) {
  Contour points;
  for (std::size_t i = 0; i < num_points; ++i) {
    points.push_back({static_cast<double>(random() % static_cast<unsigned>(side)),
                      static_cast<double>(random() % static_cast<unsigned>(side)) / 2});
  }
  points.push_back(points.front());
  return points;
}

// A star whose rays are as long as chance has it, turned, moved and with another first point.
Contour star(std::mt19937_64& random, std::size_t num_points, double wobble) {
  std::uniform_real_distribution<double> share(-1, 1);
  Contour points;
  const double turn = share(random);
  for (std::size_t i = 0; i < num_points; ++i) {
    const double angle = 6.283 * static_cast<double>(i) / static_cast<double>(num_points) + turn;
    const double reach = 60 * (1 + 0.4 * std::sin(3 * angle) + wobble * share(random));
    points.push_back({500 + reach * std::cos(angle), 300 + reach * std::sin(angle)});
  }
  points.push_back(points.front());
  return points;
}

TEST(ShapeOfPoints, EqualsItsPlainTwinToTheLastBit) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 60; ++round) {
    const Contour points = round % 2 == 0 ? scribble(random, 1 + random() % 70, 2 + round)
                                          : star(random, 1 + random() % 150, 0.01 * round);
    const OutlineShape shape = shape_of_points(points);
    const OutlineShape expected = oracle::plain_shape(points);
    EXPECT_EQ(shape.num_points, expected.num_points);
    EXPECT_EQ(shape.contexts, expected.contexts) << round;
  }
}

// Four points on a line: the mean of all distances is 1, so that some lie on a ring to the last
// bit, where only the exact mean tells.
TEST(ShapeOfPoints, LooksCloserOnARing) {
  const Contour points = {{0, 0}, {0, 0.5}, {0, 1}, {0, 2.4}, {0, 0}};
  EXPECT_EQ(shape_of_points(points).contexts, oracle::plain_shape(points).contexts);
  const Contour pair = {{0, 0}, {0, 2}, {0, 0}, {0, 2}};
  EXPECT_EQ(shape_of_points(pair).contexts, oracle::plain_shape(pair).contexts);
}

TEST(OutlineKernels, SayTheSameOnEveryLevel) {
  std::mt19937_64 random(10);
  std::uniform_real_distribution<float> place(-80, 80);
  constexpr std::size_t kPoints = 100;
  std::vector<float> rows(kPoints + kernels::kOutlinePadding);
  std::vector<float> columns(rows.size());
  for (float& value : rows) value = place(random);
  for (float& value : columns) value = place(random);
  kernels::OutlineBorders borders{{25, 100, 400, 1600, 6400}, {26, 101, 401, 1601, 6401}, 1e-3F};
  std::vector<float> others(kShapeBins * kPoints);
  for (float& value : others) value = random() % 3 == 0 ? 0 : std::abs(place(random)) / 2000;
  std::vector<kernels::OutlineBin> bins;
  for (std::size_t bin = 0; bin < kShapeBins; bin += 2)
    bins.push_back({0.01F * static_cast<float>(bin + 1), others.data() + bin * kPoints});
  std::vector<float> sums(kPoints, 0.5F);

  const kernels::Level& plain = kernels::kBaseline;
  for (int i = 0; i < kernels::num_levels(); ++i) {
    const kernels::Level& level = kernels::level(i);
    for (std::size_t point = 0; point < kPoints; ++point) {
      std::vector<std::int32_t> found(112);
      std::vector<std::int32_t> expected(112);
      std::vector<std::uint32_t> unclear(kPoints);
      const kernels::OutlinePoints points{rows.data(), columns.data(), kPoints};
      const std::size_t num_unclear = level.outline_bins(points, rows[point], columns[point],
                                                         borders, found.data(), unclear.data());
      plain.outline_bins(points, rows[point], columns[point], borders, expected.data(),
                         std::vector<std::uint32_t>(kPoints).data());
      EXPECT_EQ(found, expected) << level.name;
      EXPECT_EQ(static_cast<std::size_t>(
                    std::count(found.begin(), found.begin() + kPoints, kernels::kUnclearBin)),
                num_unclear);
      for (std::size_t k = 0; k < num_unclear; ++k)
        EXPECT_EQ(found[unclear[k]], kernels::kUnclearBin);
    }
    std::array<float, kernels::kOutlineBlock> costs{};
    level.outline_costs(bins.data(), bins.size(), sums.data(), 32, costs.data());
    for (std::size_t j = 0; j < costs.size(); ++j) {
      double expected = 0.25;
      for (const kernels::OutlineBin& bin : bins) {
        const double a = static_cast<double>(bin.value);
        const double b = static_cast<double>(bin.others[32 + j]);
        expected += a / 2 - 2 * a * b / (a + b);
      }
      EXPECT_NEAR(static_cast<double>(costs[j]), expected, 2e-5) << level.name;
    }
  }
}

TEST(OutlineMatcher, EqualsTheProgrammeOverAllPairsToTheLastBit) {
  std::mt19937_64 random(9);
  OutlineMatcher matcher;
  for (int round = 0; round < 120; ++round) {
    const double wobble = 0.003 * round;
    const std::size_t num_points = 3 + random() % 90;
    const OutlineShape from = shape_of_points(star(random, num_points, wobble));
    const OutlineShape to =
        shape_of_points(round % 4 == 0 ? scribble(random, 3 + random() % 60, 40)
                                       : star(random, 3 + random() % 90, wobble));
    EXPECT_EQ(matcher.change(from, to), oracle::plain_change(from, to)) << round;
    EXPECT_EQ(matcher.change(to, from), oracle::plain_change(to, from)) << round;
  }
}

TEST(OutlineMatcher, EqualsTheProgrammeOnOutlinesOfMasks) {
  OutlineMatcher matcher;
  std::vector<OutlineShape> shapes;
  for (int i = 0; i < 4; ++i) shapes.push_back(shape_of(blob(40 + 3 * i, 0.4 * i)));
  for (const int side : {3, 20, 91}) shapes.push_back(shape_of(square(30, 40, side)));
  for (const OutlineShape& from : shapes) {
    for (const OutlineShape& to : shapes)
      EXPECT_EQ(matcher.change(from, to), oracle::plain_change(from, to));
  }
}

// Of outlines that follow each other few pairs are looked at exactly.
TEST(OutlineMatcher, LooksAtFewPairs) {
  OutlineMatcher matcher;
  const OutlineShape from = shape_of(blob(60, 0));
  const OutlineShape to = shape_of(blob(61, 0.05));
  matcher.change(from, to);
  EXPECT_LT(matcher.num_exact(), from.num_points * to.num_points / 5);
}

TEST(OutlineMatcher, FindsNoChangeInAShapeThatMoves) {
  OutlineMatcher matcher;
  EXPECT_EQ(matcher.change(shape_of(square(10, 20, 60)), shape_of(square(70, 33, 60))), 0);
  const OutlineShape shape = shape_of(blob(50, 0));
  EXPECT_EQ(matcher.change(shape, shape), 0);
}

TEST(OutlineMatcher, FindsMoreChangeInAShapeThatChangesMore) {
  OutlineMatcher matcher;
  const OutlineShape shape = shape_of(blob(50, 0));
  const double little = matcher.change(shape, shape_of(blob(50, 0.2)));
  const double much = matcher.change(shape, shape_of(square(40, 40, 90)));
  EXPECT_GT(little, 0);
  EXPECT_GT(much, little);
  EXPECT_LT(much, 1);
}

TEST(OutlineMatcher, EqualsItsSlowTwin) {
  OutlineMatcher matcher;
  const auto points_of = [](const Mask& mask) {
    const auto contours = simplify_contours(trace(mask), 1.5);
    return resample_contour(contours.at(0), 3);
  };
  for (int round = 0; round < 6; ++round) {
    const Mask from = blob(15 + 3 * round, 0.3 * round);
    const Mask to = blob(17 + 2 * round, 0.5 * round);
    ASSERT_EQ(simplify_contours(trace(from), 1.5).size(), 1U);
    EXPECT_NEAR(matcher.change(shape_of(from), shape_of(to)),
                oracle::outline_change(points_of(from), points_of(to)), 1e-12);
  }
}

TEST(OutlineSequence, ComparesNeighboursInWhateverOrderTheyCome) {
  OutlineMatcher matcher;
  std::vector<OutlineShape> shapes;
  for (int i = 0; i < 5; ++i) shapes.push_back(shape_of(blob(30 + 2 * i, 0.1 * i)));
  shapes[3] = shape_of(Mask(200, 200));
  EXPECT_TRUE(shapes[3].empty());
  std::vector<std::size_t> order(shapes.size());
  std::iota(order.begin(), order.end(), 0U);
  do {
    OutlineSequence sequence(shapes.size());
    std::vector<double> found(shapes.size(), -1);
    for (const std::size_t frame : order) {
      for (const OutlineChange& change : sequence.add(frame, {{7, shapes[frame]}}, matcher)) {
        EXPECT_EQ(change.id, 7);
        EXPECT_EQ(found[change.frame], -1);
        found[change.frame] = change.value;
      }
    }
    // A frame without an outline has no change, and neither has the one after it.
    EXPECT_EQ(found, (std::vector<double>{-1, matcher.change(shapes[0], shapes[1]),
                                          matcher.change(shapes[1], shapes[2]), -1, -1}));
  } while (std::next_permutation(order.begin(), order.end()));
}

// Three sequences: a square that moves; one that grows from frame to frame; one with nothing.
class StabilityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int frame = 0; frame < 7; ++frame) {
      const std::string name = "/0000" + std::to_string(frame) + ".png";
      write("truth/moving" + name, square(10 + 5 * frame, 20, 40));
      write("predictions/moving" + name, square(12 + 5 * frame, 21, 40));
      write("truth/growing" + name, blob(40, 0));
      write("predictions/growing" + name, blob(30 + 4 * frame, 0.3 * frame));
      write("truth/nothing" + name, blob(40, 0));
      write("predictions/nothing" + name, Mask(200, 200));
      write("truth/tennis" + name, blob(40, 0));
      write("predictions/tennis" + name, blob(40, 0.1 * frame));
    }
  }

  void write(const std::string& path, const Mask& mask) const {
    write_mask_png(folder_ / path, mask.view(), voc_palette());
  }

  Result run(int jobs = 1, MissingPolicy policy = MissingPolicy::error) const {
    const SequenceIndex index = index_ground_truth(folder_ / "truth", load_benchmark("flat"));
    const auto predictions = open_file_tree(folder_ / "predictions");
    const Protocol protocol = load_protocol("davis2016");
    ScoreOptions options;
    options.jobs = jobs;
    options.missing = policy;
    ScoreOutcome outcome =
        score(index, *predictions, protocol, find_missing(index, *predictions, protocol), options);
    EXPECT_TRUE(outcome.failures.empty());
    return std::move(outcome.result);
  }

  static std::optional<double> stability(const Result& result, const std::string& name) {
    for (const SequenceScore& sequence : result.sequences) {
      if (sequence.name == name) return sequence.objects.at(0).value(Metric("T"));
    }
    return std::nullopt;
  }

  TempFolder folder_;
};

TEST_F(StabilityTest, IsFiveTimesTheMeanChangeFromTheFirstTruthOn) {
  const Result result = run();
  EXPECT_EQ(stability(result, "moving"), 0);
  OutlineMatcher matcher;
  double sum = matcher.change(shape_of(blob(40, 0)), shape_of(blob(34, 0.3)));
  for (int frame = 2; frame < 6; ++frame) {
    sum += matcher.change(shape_of(blob(30 + 4 * (frame - 1), 0.3 * (frame - 1))),
                          shape_of(blob(30 + 4 * frame, 0.3 * frame)));
  }
  EXPECT_NEAR(stability(result, "growing").value_or(-1), 5 * sum / 5, 1e-15);
}

TEST_F(StabilityTest, LeavesOutWhatHasNoOutlineAndTheSequencesThatTheProtocolNames) {
  const Result result = run();
  EXPECT_EQ(stability(result, "nothing"), std::nullopt);
  EXPECT_EQ(stability(result, "tennis"), std::nullopt);
  const Aggregate* const t = find_aggregate(result, Metric("T"), Scope::overall);
  ASSERT_NE(t, nullptr);
  EXPECT_EQ(t->n, 2U);
  EXPECT_NEAR(t->value.value_or(-1), *stability(result, "growing") / 2, 1e-15);
}

TEST_F(StabilityTest, IsTheSameForAnyNumberOfThreads) {
  const std::string one = result_to_json(run(1));
  for (const int jobs : {2, 5, 16}) EXPECT_EQ(result_to_json(run(jobs)), one) << jobs;
}

TEST_F(StabilityTest, SkipsFramesThatAreMissing) {
  const double whole = stability(run(), "growing").value_or(-1);
  std::remove((folder_ / "predictions/growing/00003.png").c_str());
  const double part = stability(run(2, MissingPolicy::zero), "growing").value_or(-1);
  EXPECT_GT(part, 0);
  EXPECT_NE(part, whole);
}

}  // namespace
}  // namespace angiobench
