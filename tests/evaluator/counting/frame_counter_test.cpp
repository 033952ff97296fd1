// SPDX-License-Identifier: MIT
#include "evaluator/counting/frame_counter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "evaluator/counting/boundary_disk.h"
#include "evaluator/counting/label_planes.h"
#include "tests/oracle/frame_oracle.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

using test::mask_from;

FrameCounts count_one(const Mask& truth, const Mask& prediction, double tolerance) {
  FrameCounter counter;
  CountingRules rules;
  rules.tolerance = tolerance;
  std::vector<ObjectCounts> counts;
  counter.count(truth.view(), prediction.view(), rules, counts);
  return counts.empty() ? FrameCounts{} : counts.front().counts;
}

// A copy that looks like the truth: shifted, with some shapes of another mask over it.
Mask perturbed(const Mask& mask, std::mt19937_64& random, int num_labels) {
  Mask result(mask.width(), mask.height());
  const int dx = static_cast<int>(random() % 5) - 2;
  const int dy = static_cast<int>(random() % 5) - 2;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const int from_x = x + dx;
      const int from_y = y + dy;
      if (from_x >= 0 && from_x < mask.width() && from_y >= 0 && from_y < mask.height()) {
        result.at(x, y) = mask.at(from_x, from_y);
      }
    }
  }
  if (random() % 3 == 0) {
    const Mask other = test::random_mask(mask.width(), mask.height(), num_labels, random);
    for (int y = 0; y < mask.height(); ++y) {
      for (int x = 0; x < mask.width(); ++x) {
        if (other.at(x, y) != 0) result.at(x, y) = other.at(x, y);
      }
    }
  }
  return result;
}

void expect_equals_oracle(FrameCounter& counter, const Mask& truth, const Mask& prediction,
                          double tolerance) {
  CountingRules rules;
  rules.tolerance = tolerance;
  std::vector<ObjectCounts> counts;
  counter.count(truth.view(), prediction.view(), rules, counts);
  const int radius = boundary_radius(truth.width(), truth.height(), tolerance);
  std::set<int> listed;
  for (const ObjectCounts& object : counts) {
    listed.insert(object.id);
    const FrameCounts expected =
        oracle::count(oracle::select(truth.view(), object.id),
                      oracle::select(prediction.view(), object.id), radius);
    ASSERT_EQ(object.counts, expected)
        << truth.width() << "x" << truth.height() << " id " << object.id << " r " << radius;
  }
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      for (const int label : {int{truth.at(x, y)}, int{prediction.at(x, y)}}) {
        if (label == 0) continue;
        ASSERT_TRUE(listed.contains(label));
      }
    }
  }
}

// One suite over every level of vector instructions that this CPU runs.
class EveryLevel : public ::testing::TestWithParam<std::string_view> {
 protected:
  void SetUp() override { ASSERT_TRUE(counter_.use_level(GetParam())); }
  FrameCounter counter_;
};

TEST_P(EveryLevel, EqualsTheOracleOnSmallMasks) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 1500; ++i) {
    const int width = 1 + static_cast<int>(random() % 40);
    const int height = 1 + static_cast<int>(random() % 30);
    const Mask truth = test::random_mask(width, height, 3, random);
    const Mask prediction = random() % 4 == 0 ? test::random_mask(width, height, 4, random)
                                              : perturbed(truth, random, 3);
    expect_equals_oracle(counter_, truth, prediction, static_cast<double>(1 + random() % 9));
    if (HasFatalFailure()) return;
  }
}

TEST_P(EveryLevel, EqualsTheOracleAcrossWordsAndStrips) {
  std::mt19937_64 random(12);
  for (int i = 0; i < 120; ++i) {
    const int width = 50 + static_cast<int>(random() % 160);
    const int height = 1 + static_cast<int>(random() % 80);
    const Mask truth = test::random_mask(width, height, 5, random);
    expect_equals_oracle(counter_, truth, perturbed(truth, random, 5),
                         i % 2 == 0 ? 0.03 : static_cast<double>(1 + random() % 29));
    if (HasFatalFailure()) return;
  }
}

// A plane notes 64 groups of rows in a word: heights around the seams of those words.
TEST_P(EveryLevel, EqualsTheOracleOnTallMasks) {
  std::mt19937_64 random(18);
  for (const int height : {504, 511, 512, 513, 519, 520, 521, 1024, 1030}) {
    for (int i = 0; i < 3; ++i) {
      const Mask truth = test::random_mask(20 + static_cast<int>(random() % 60), height, 3, random);
      expect_equals_oracle(counter_, truth, perturbed(truth, random, 3),
                           static_cast<double>(1 + random() % 12));
      if (HasFatalFailure()) return;
    }
  }
}

// What a frame leaves behind does not reach the next one, also where pixels touch every edge.
TEST_P(EveryLevel, EqualsTheOracleFrameAfterFrameOfOneSize) {
  std::mt19937_64 random(19);
  for (int i = 0; i < 200; ++i) {
    const int num_labels = 1 + static_cast<int>(random() % 4);
    const Mask truth = test::random_mask(130, 45, num_labels, random);
    expect_equals_oracle(counter_, truth, perturbed(truth, random, num_labels),
                         static_cast<double>(1 + random() % 5));
    if (HasFatalFailure()) return;
  }
}

TEST_P(EveryLevel, LeavesOutOnlyRowsThatAViewCallsEmpty) {
  Mask mask(70, 50);
  for (int y = 13; y < 37; ++y) {
    for (int x = 5; x < 68; ++x) mask.at(x, y) = 1;
  }
  const CountingRules rules;
  std::vector<ObjectCounts> expected;
  counter_.count(mask.view(), mask.view(), rules, expected);
  for (const int above : {0, 5, 8, 12, 13}) {
    for (const int below : {0, 1, 12, 13}) {
      MaskView view = mask.view();
      view.num_empty_above = above;
      view.num_empty_below = below;
      std::vector<ObjectCounts> counts;
      counter_.count(view, view, rules, counts);
      EXPECT_EQ(counts, expected) << above << ", " << below;
    }
  }
  const Mask empty(70, 50);
  MaskView view = empty.view();
  view.num_empty_above = view.num_empty_below = 50;
  std::vector<ObjectCounts> counts;
  counter_.count(view, view, rules, counts);
  EXPECT_TRUE(counts.empty());
}

TEST_P(EveryLevel, EqualsTheOracleAtEveryRadiusOfTheStripPath) {
  std::mt19937_64 random(13);
  for (int radius = 1; radius <= 34; ++radius) {  // and some beyond it
    const Mask truth = test::random_mask(97, 41, 2, random);
    expect_equals_oracle(counter_, truth, perturbed(truth, random, 2), radius);
    if (HasFatalFailure()) return;
  }
}

TEST_P(EveryLevel, EqualsTheOracleAtLargeRadii) {
  std::mt19937_64 random(16);
  for (const int radius : {30, 36, 64, 65, 128, 129, 300}) {
    for (const int width : {5, 64, 200}) {
      const Mask truth = test::random_mask(width, 1 + static_cast<int>(random() % 40), 2, random);
      expect_equals_oracle(counter_, truth, perturbed(truth, random, 2), radius);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(EveryLevel, EqualsTheOracleWithOffCentreDisks) {
  std::mt19937_64 random(17);
  for (int i = 0; i < 40; ++i) {
    const int width = 1 + static_cast<int>(random() % 150);
    const int height = 1 + static_cast<int>(random() % 50);
    const Mask truth = test::random_mask(width, height, 1, random);
    const Mask prediction = perturbed(truth, random, 1);
    CountingRules rules;
    rules.boundary = BoundaryRule::mose_v2_plain;
    rules.tolerance = 0.004 * static_cast<double>(1 + random() % 100);
    std::vector<ObjectCounts> counts;
    counter_.count(truth.view(), prediction.view(), rules, counts);
    for (const ObjectCounts& object : counts) {
      const double cap = rules.tolerance * std::hypot(width, height);
      const double own = std::ceil(0.1 * std::sqrt(static_cast<double>(object.counts.truth)));
      const double radius = object.counts.truth == 0 || own >= cap ? cap : std::ceil(cap);
      ASSERT_EQ(object.counts, oracle::count(oracle::select(truth.view(), object.id),
                                             oracle::select(prediction.view(), object.id), radius))
          << width << "x" << height << " " << radius;
    }
  }
}

TEST_P(EveryLevel, EqualsTheOracleOnSizesAroundAWord) {
  std::mt19937_64 random(14);
  for (const int width : {1, 2, 63, 64, 65, 127, 128, 129}) {
    for (const int height : {1, 2, 7, 8, 9, 16, 17}) {
      for (int i = 0; i < 6; ++i) {
        const Mask truth = test::random_mask(width, height, 2, random);
        expect_equals_oracle(counter_, truth, perturbed(truth, random, 2),
                             static_cast<double>(1 + random() % 4));
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST_P(EveryLevel, TakesVoidPixelsOutOfBothMasksBeforeTheBoundary) {
  std::mt19937_64 random(15);
  CountingRules rules;
  rules.void_label = 3;
  rules.tolerance = 2;
  for (int i = 0; i < 200; ++i) {
    const Mask truth = test::random_mask(70, 20, 3, random);
    const Mask prediction = perturbed(truth, random, 3);
    Mask clean_truth = truth;
    Mask clean_prediction = prediction;
    for (int y = 0; y < 20; ++y) {
      for (int x = 0; x < 70; ++x) {
        if (truth.at(x, y) == 3) clean_truth.at(x, y) = clean_prediction.at(x, y) = 0;
      }
    }
    std::vector<ObjectCounts> counts;
    counter_.count(truth.view(), prediction.view(), rules, counts);
    for (const ObjectCounts& object : counts) {
      ASSERT_EQ(object.counts,
                oracle::count(oracle::select(clean_truth.view(), object.id),
                              oracle::select(clean_prediction.view(), object.id), 2));
    }
  }
}

TEST_P(EveryLevel, CountsPairsAsItCountsObjects) {
  std::mt19937_64 random(16);
  CountingRules rules;
  const Mask truth = test::random_mask(80, 30, 3, random);
  const Mask prediction = test::random_mask(80, 30, 4, random);
  rules.tolerance = 3;
  counter_.set_truth(truth.view(), rules);
  const std::vector<int> truth_ids = {1, 2, 3};
  const std::vector<int> prediction_ids = {1, 2, 3, 4};
  std::vector<FrameCounts> counts;
  counter_.count_pairs(prediction.view(), rules, truth_ids, prediction_ids, counts);
  ASSERT_EQ(counts.size(), 12U);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    EXPECT_EQ(counts[i],
              oracle::count(oracle::select(truth.view(), truth_ids[i / 4]),
                            oracle::select(prediction.view(), prediction_ids[i % 4]), 3));
  }
}

// Masks that come as runs have the same planes, so the same of everything: labels that are renamed,
// joined, skipped and void, in sizes around a word and a group of rows.
TEST_P(EveryLevel, CountsRunsAsItCountsPixels) {
  std::mt19937_64 random(24);
  FrameCounter by_pixels;
  FrameCounter by_runs;
  ASSERT_TRUE(by_pixels.use_level(GetParam()));
  ASSERT_TRUE(by_runs.use_level(GetParam()));
  by_pixels.count_runs(true);
  by_runs.count_runs(true);
  for (int round = 0; round < 400; ++round) {
    const int width = 1 + static_cast<int>(random() % 200);
    const int height = 1 + static_cast<int>(random() % 40);
    const Mask truth = test::random_mask(width, height, 5, random);
    const Mask prediction = perturbed(truth, random, 5);
    CountingRules rules;
    rules.prediction_map[4] = 0;
    rules.prediction_map[5] = 1;
    rules.truth_map[3] = 0;
    if (round % 3 == 0) rules.void_label = 2;
    const std::vector<LabelRun> truth_runs = test::runs_of(truth);
    const std::vector<LabelRun> prediction_runs = test::runs_of(prediction);
    std::vector<ObjectCounts> expected;
    by_pixels.count(truth.view(), prediction.view(), rules, expected);
    std::vector<ObjectCounts> counts;
    by_runs.count(MaskLabels(width, height, truth_runs), MaskLabels(width, height, prediction_runs),
                  rules, counts);
    ASSERT_EQ(counts, expected);
    ASSERT_EQ(by_runs.truth_ids(), by_pixels.truth_ids());
    ASSERT_EQ(by_runs.predicted_runs().lonely, by_pixels.predicted_runs().lonely);
    std::vector<int> skipped;
    by_runs.prediction_planes().skipped().for_each([&](int label) { skipped.push_back(label); });
    std::vector<int> expected_skipped;
    by_pixels.prediction_planes().skipped().for_each(
        [&](int label) { expected_skipped.push_back(label); });
    ASSERT_EQ(skipped, expected_skipped);
    by_pixels.prediction_planes().labels().for_each([&](int label) {
      const kernels::PixelBox box = by_pixels.prediction_planes().box(label);
      const kernels::PixelBox own = by_runs.prediction_planes().box(label);
      ASSERT_EQ(own.x_begin, box.x_begin);
      ASSERT_EQ(own.x_end, box.x_end);
      ASSERT_EQ(own.y_begin, box.y_begin);
      ASSERT_EQ(own.y_end, box.y_end);
    });
  }
}

INSTANTIATE_TEST_SUITE_P(FrameCounter, EveryLevel, ::testing::ValuesIn(FrameCounter::levels()),
                         [](const auto& level) { return std::string(level.param); });

TEST(FrameCounter, MapsLabelsToObjects) {
  const Mask truth = mask_from({"..77", ".39."});
  CountingRules rules;
  rules.truth_map.fill(0);
  rules.truth_map[7] = 1;
  rules.truth_map[9] = 1;
  std::vector<ObjectCounts> counts;
  FrameCounter().count(truth.view(), mask_from({"..11", "...."}).view(), rules, counts);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].id, 1);
  EXPECT_EQ(counts[0].counts.truth, 3U);
  EXPECT_EQ(counts[0].counts.intersection, 2U);
}

TEST(FrameCounter, AFullFrameHasNoBoundary) {
  const FrameCounts counts = count_one(Mask(20, 10, 1), Mask(20, 10, 0), 1);
  EXPECT_EQ(counts.truth, 200U);
  EXPECT_EQ(counts.truth_boundary, 0U);
  EXPECT_EQ(boundary_f(counts), 1.0);  // kept from DAVIS 2017: neither has a boundary
  EXPECT_EQ(region_j(counts), 0.0);
}

TEST(FrameCounter, ForgetsTheFrameBefore) {
  FrameCounter counter;
  const CountingRules rules;
  std::vector<ObjectCounts> counts;
  counter.count(Mask(130, 40, 2).view(), Mask(130, 40, 5).view(), rules, counts);
  counter.count(mask_from({"1."}).view(), mask_from({"1."}).view(), rules, counts);
  counter.count(Mask(130, 40, 0).view(), Mask(130, 40, 0).view(), rules, counts);
  EXPECT_TRUE(counts.empty());
  counter.count(Mask(130, 40, 2).view(), Mask(130, 40, 0).view(), rules, counts);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].counts.truth, 5200U);
}

TEST(BoundaryRadius, IsThatOfTheUsualSizes) {
  EXPECT_EQ(boundary_radius(512, 512, 0.008), 6);
  EXPECT_EQ(boundary_radius(854, 480, 0.008), 8);
  EXPECT_EQ(boundary_radius(1280, 720, 0.008), 12);
  EXPECT_EQ(boundary_radius(1920, 1080, 0.008), 18);
  EXPECT_EQ(boundary_radius(100, 100, 5), 5);
}

TEST(DiskRows, AreTheDiskOfTheUsualRadii) {
  const auto num_pixels = [](double radius) {
    int count = 0;
    for (const DiskRow& row : disk_rows(radius)) count += row.last - row.first + 1;
    return count;
  };
  EXPECT_EQ(num_pixels(1), 5);
  EXPECT_EQ(num_pixels(18), 1009);
  // MOSEv2 at 1080p: the un-ceiled radius makes an off-centre kernel.
  EXPECT_EQ(num_pixels(0.008 * std::sqrt(1920.0 * 1920 + 1080.0 * 1080)), 971);
}

TEST(MoseV2Boundary, TakesTheRadiusOfTheObject) {
  // 900 pixels: ceil(0.1 * 30) = 3, below the cap of 0.008 * 720.
  Mask truth(576, 432);
  for (int y = 100; y < 130; ++y) {
    for (int x = 100; x < 130; ++x) truth.at(x, y) = 1;
  }
  std::mt19937_64 random(3);
  const Mask prediction = perturbed(truth, random, 1);
  CountingRules rules;
  rules.boundary = BoundaryRule::mose_v2;
  std::vector<ObjectCounts> counts;
  FrameCounter().count(truth.view(), prediction.view(), rules, counts);
  EXPECT_EQ(counts.at(0).counts, oracle::count(oracle::select(truth.view(), 1),
                                               oracle::select(prediction.view(), 1), 3));
}

TEST(MoseV2Boundary, IsOffCentreAtTheCap) {
  std::mt19937_64 random(4);
  const Mask truth(170, 120, 1);
  Mask hollow = truth;
  for (int y = 30; y < 60; ++y) {
    for (int x = 40; x < 90; ++x) hollow.at(x, y) = 0;
  }
  const Mask prediction = perturbed(hollow, random, 1);
  const double cap = 0.03 * std::sqrt(170.0 * 170 + 120.0 * 120);
  CountingRules rules;
  rules.tolerance = 0.03;
  for (const BoundaryRule rule : {BoundaryRule::mose_v2, BoundaryRule::mose_v2_plain}) {
    rules.boundary = rule;
    std::vector<ObjectCounts> counts;
    FrameCounter().count(hollow.view(), prediction.view(), rules, counts);
    EXPECT_EQ(counts.at(0).counts, oracle::count(oracle::select(hollow.view(), 1),
                                                 oracle::select(prediction.view(), 1), cap));
  }
}

}  // namespace
}  // namespace angiobench
