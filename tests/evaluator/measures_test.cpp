// SPDX-License-Identifier: MIT
// The table of measures: what each row says, and its values of frames against slow twins.
#include "evaluator/measures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <set>

#include "evaluator/counting/frame_counter.h"
#include "evaluator/protocol.h"
#include "tests/oracle/frame_oracle.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

using ::testing::HasSubstr;

constexpr Direction kHigher = Direction::higher_is_better;
constexpr Direction kLower = Direction::lower_is_better;

TEST(Measures, EveryRowHasItsDirectionAndUnit) {
  const std::map<std::string, std::pair<Direction, Unit>> expected = {
      {"J&Ḟ", {kHigher, Unit::fraction}},
      {"J&F", {kHigher, Unit::fraction}},
      {"J_tr", {kHigher, Unit::fraction}},
      {"J_tr_recall", {kHigher, Unit::fraction}},
      {"J_tr_decay", {kLower, Unit::fraction}},
      {"J_d", {kHigher, Unit::fraction}},
      {"J&F_first", {kHigher, Unit::fraction}},
      {"J_first", {kHigher, Unit::fraction}},
      {"F_first", {kHigher, Unit::fraction}},
      {"J&F_second", {kHigher, Unit::fraction}},
      {"J_second", {kHigher, Unit::fraction}},
      {"F_second", {kHigher, Unit::fraction}},
      {"J&F_remain", {kHigher, Unit::fraction}},
      {"J_remain", {kHigher, Unit::fraction}},
      {"F_remain", {kHigher, Unit::fraction}},
      {"Q", {kHigher, Unit::fraction}},
      {"A", {kHigher, Unit::fraction}},
      {"R", {kHigher, Unit::fraction}},
      {"J", {kHigher, Unit::fraction}},
      {"F", {kHigher, Unit::fraction}},
      {"Ḟ", {kHigher, Unit::fraction}},
      {"J&Ḟ_d", {kHigher, Unit::fraction}},
      {"J&Ḟ_r", {kHigher, Unit::fraction}},
      {"J_recall", {kHigher, Unit::fraction}},
      {"J_decay", {kLower, Unit::fraction}},
      {"F_recall", {kHigher, Unit::fraction}},
      {"F_decay", {kLower, Unit::fraction}},
      {"Ḟ_recall", {kHigher, Unit::fraction}},
      {"Ḟ_decay", {kLower, Unit::fraction}},
      {"T", {kLower, Unit::fraction}},
      {"V", {kLower, Unit::fraction}},
      {"mIoU", {kHigher, Unit::fraction}},
      {"IoU", {kHigher, Unit::fraction}},
      {"Dice", {kHigher, Unit::fraction}},
      {"Dice_recall", {kHigher, Unit::fraction}},
      {"Dice_decay", {kLower, Unit::fraction}},
      {"clDice", {kHigher, Unit::fraction}},
      {"ADQ", {kHigher, Unit::fraction}},
      {"DRE", {kLower, Unit::fraction}},
      {"NRE", {kLower, Unit::fraction}},
      {"mIoU_foreground", {kHigher, Unit::fraction}},
      {"mIoU_foreground_image", {kHigher, Unit::fraction}},
      {"mIoU_image", {kHigher, Unit::fraction}},
      {"mDice_foreground", {kHigher, Unit::fraction}},
      {"mDice", {kHigher, Unit::fraction}},
      {"fwIoU", {kHigher, Unit::fraction}},
      {"pixel_accuracy", {kHigher, Unit::fraction}},
      {"DSC", {kHigher, Unit::fraction}},
      {"Acc", {kHigher, Unit::fraction}},
      {"Sen", {kHigher, Unit::fraction}},
      {"Spe", {kHigher, Unit::fraction}},
      {"IOU", {kHigher, Unit::fraction}},
      {"AUC", {kHigher, Unit::fraction}},
      {"AP", {kHigher, Unit::fraction}},
      {"miou", {kHigher, Unit::fraction}},
      {"miou-published", {kHigher, Unit::fraction}},
      {"miou-present", {kHigher, Unit::fraction}},
      {"miou-dataset", {kHigher, Unit::fraction}},
      {"mdice", {kHigher, Unit::fraction}},
      {"mdice-published", {kHigher, Unit::fraction}},
      {"mdice-present", {kHigher, Unit::fraction}},
      {"mdice-dataset", {kHigher, Unit::fraction}},
      {"VC", {Direction::unknown, Unit::plain}},
      {"log_VC", {kLower, Unit::plain}},
      {"fps", {kHigher, Unit::plain}},
      {"fps_std", {Direction::unknown, Unit::plain}}};
  std::set<std::string> seen;
  std::size_t num_pairs = 0;
  for (const Measure& row : measures()) {
    EXPECT_FALSE(row.name.empty()) << row.id;
    EXPECT_FALSE(row.words.empty()) << row.id;
    if (row.pair != nullptr) {
      ++num_pairs;
      EXPECT_TRUE(seen.insert(row.id).second) << row.id << " stands twice";
      continue;
    }
    ASSERT_TRUE(expected.contains(row.id)) << row.id;
    EXPECT_EQ(row.direction, expected.at(row.id).first) << row.id;
    EXPECT_EQ(row.unit, expected.at(row.id).second) << row.id;
    EXPECT_TRUE(seen.insert(row.id).second) << row.id << " stands twice";
    EXPECT_TRUE(row.ascii.empty() || seen.insert(row.ascii).second) << row.ascii;
  }
  EXPECT_EQ(measures().size(), expected.size() + num_pairs);
  EXPECT_EQ(num_pairs, pair_measures().size());
}

TEST(Measures, OfPairsSayWhichWayIsBetterAndInWhatUnit) {
  const std::map<std::string, std::pair<Direction, Unit>> expected = {
      {"mcc", {kHigher, Unit::fraction}},
      {"cldice", {kHigher, Unit::fraction}},
      {"centreline_lost", {kLower, Unit::pixels}},
      {"recall_thin", {kHigher, Unit::fraction}},
      {"b0_error", {kLower, Unit::count}},
      {"components_missed", {kLower, Unit::count}},
      {"hd95", {kLower, Unit::pixels}},
      {"hd95_defined", {kLower, Unit::pixels}},
      {"nsd@2", {kHigher, Unit::fraction}},
      {"f@6", {kHigher, Unit::fraction}},
      {"hd95-contour", {kLower, Unit::pixels}}};
  for (const auto& [id, row] : expected) {
    const Measure* const measure = find_measure(Metric(id));
    ASSERT_NE(measure, nullptr) << id;
    EXPECT_EQ(measure->direction, row.first) << id;
    EXPECT_EQ(measure->unit, row.second) << id;
    EXPECT_TRUE(is_pair_metric(Metric(id)));
  }
  EXPECT_FALSE(is_pair_metric(region_metric()));
  EXPECT_FALSE(is_pair_metric(Metric("Dice")));
}

TEST(Measures, AreMadeOfRowsThatHaveAValue) {
  for (const Measure& row : measures()) {
    for (const std::string& part : row.of) {
      const Measure* const source = find_measure(Metric(part));
      ASSERT_NE(source, nullptr) << row.id << " is made of " << part;
      // Of a value per frame, or of a reduction of one.
      const bool has_value = source->per_frame != nullptr || !source->of.empty();
      EXPECT_TRUE(has_value) << row.id << " is made of " << part;
    }
    EXPECT_TRUE(!row.is_mean_of_parts() || row.of.size() == 2) << row.id;
    EXPECT_TRUE(row.per_frame == nullptr || row.of == std::vector{row.id}) << row.id;
  }
}

TEST(Measures, KnowOtherSpellings) {
  EXPECT_EQ(metric_named("J&Fdot"), Metric("J&Ḟ"));
  EXPECT_EQ(metric_named("F\xCC\x87"), Metric("Ḟ"));
  EXPECT_EQ(metric_named("Fdot_decay"), Metric("Ḟ_decay"));
  EXPECT_EQ(metric_named("magic"), Metric("magic"));
}

TEST(Measures, GuessNothingAboutAMetricThatIsNotInTheTable) {
  const MetricDescriptor metric = describe(Metric("HD_95"), Display::percent);
  EXPECT_EQ(metric.name, "HD 95");
  EXPECT_EQ(metric.direction, Direction::unknown);
  EXPECT_FALSE(is_better(1, 0, metric.direction));
  EXPECT_FALSE(is_better(0, 1, metric.direction));
}

// The values of a frame straight from two bitmaps.
double slow_region(const oracle::Bitmap& truth, const oracle::Bitmap& prediction, bool plus_one) {
  int both = 0;
  int any = 0;
  for (std::size_t y = 0; y < truth.size(); ++y) {
    for (std::size_t x = 0; x < truth[y].size(); ++x) {
      both += truth[y][x] && prediction[y][x] ? 1 : 0;
      any += truth[y][x] || prediction[y][x] ? 1 : 0;
    }
  }
  if (any == 0) return 1;
  return plus_one ? (both + 1.0) / (any + 1.0) : static_cast<double>(both) / any;
}

double slow_dice(const oracle::Bitmap& truth, const oracle::Bitmap& prediction) {
  int twice_both = 0;
  int areas = 0;
  for (std::size_t y = 0; y < truth.size(); ++y) {
    for (std::size_t x = 0; x < truth[y].size(); ++x) {
      if (truth[y][x] && prediction[y][x]) twice_both += 2;
      if (truth[y][x]) ++areas;
      if (prediction[y][x]) ++areas;
    }
  }
  return areas == 0 ? 1 : static_cast<double>(twice_both) / areas;
}

double slow_contour(const oracle::Bitmap& truth, const oracle::Bitmap& prediction, double radius) {
  const FrameCounts counts = oracle::count(truth, prediction, radius);
  if (counts.prediction_boundary == 0 && counts.truth_boundary == 0) return 1;
  if (counts.prediction_boundary == 0 || counts.truth_boundary == 0) return 0;
  const double precision = 1.0 * counts.prediction_matched / counts.prediction_boundary;
  const double recall = 1.0 * counts.truth_matched / counts.truth_boundary;
  return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
}

TEST(Measures, ValuesOfAFrameEqualTheirSlowTwins) {
  constexpr int kWidth = 70;
  constexpr int kHeight = 50;
  constexpr int kObjects = 3;
  std::mt19937_64 random(7);
  FrameCounter counter;
  CountingRules one_radius;
  CountingRules object_radius;
  object_radius.boundary = BoundaryRule::mose_v2;
  std::size_t num_compared = 0;
  for (int round = 0; round < 40; ++round) {
    const Mask truth = test::random_mask(kWidth, kHeight, kObjects, random);
    const Mask prediction = test::random_mask(kWidth, kHeight, kObjects, random);
    std::vector<ObjectCounts> fixed;
    std::vector<ObjectCounts> own;
    counter.count(truth.view(), prediction.view(), one_radius, fixed);
    counter.count(truth.view(), prediction.view(), object_radius, own);
    ASSERT_EQ(fixed.size(), own.size());
    for (std::size_t i = 0; i < fixed.size(); ++i) {
      const oracle::Bitmap g = oracle::select(truth.view(), fixed[i].id);
      const oracle::Bitmap p = oracle::select(prediction.view(), fixed[i].id);
      MeasureRules rules;
      rules.plus_one_region = round % 2 == 1;
      const MeasuredFrame frame{fixed[i].counts, &fixed[i].counts, &own[i].counts, rules};
      const auto value = [&](const char* id) { return find_measure(Metric(id))->per_frame(frame); };
      EXPECT_DOUBLE_EQ(value("J"), slow_region(g, p, rules.plus_one_region));
      EXPECT_DOUBLE_EQ(value("Dice"), slow_dice(g, p));
      EXPECT_DOUBLE_EQ(value("F"), slow_contour(g, p, boundary_radius(kWidth, kHeight, 0.008)));
      // Ḟ: w = min(ceil(0.1 sqrt|G|), 0.008 diagonal).
      const double cap = 0.008 * std::hypot(kWidth, kHeight);
      const double area = fixed[i].counts.truth;
      const double radius = area == 0 ? cap : std::min(std::ceil(0.1 * std::sqrt(area)), cap);
      EXPECT_DOUBLE_EQ(value("Ḟ"), slow_contour(g, p, radius));
      ++num_compared;
    }
  }
  EXPECT_GT(num_compared, 60U);
}

// Frames of an object, reduced by a row.
std::optional<double> reduced(const char* id, ObjectValues values) {
  const Measure* const row = find_measure(Metric(id));
  return row->reduce(*row, values, {});
}

ObjectValues with_series(const char* id, std::vector<double> values) {
  ObjectValues object;
  object.series.push_back({find_measure(Metric(id)), std::move(values)});
  object.truth_is_empty.resize(object.series.front().values.size());
  return object;
}

TEST(Measures, ReduceTheFramesOfAnObject) {
  EXPECT_DOUBLE_EQ(reduced("Dice", with_series("Dice", {0.25, 0.75, 0.5})).value(), 0.5);
  EXPECT_DOUBLE_EQ(reduced("Dice_recall", with_series("Dice", {0.25, 0.75, 0.5})).value(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(reduced("J_tr", with_series("J", {1, 1, 1, 0.25})).value(), 0.25);
  EXPECT_EQ(reduced("J", with_series("J", {})), std::nullopt);
  EXPECT_EQ(reduced("T", {}), std::nullopt);
  ObjectValues seldom_absent;
  seldom_absent.absence.absent = 10;
  EXPECT_EQ(reduced("ADQ", seldom_absent), std::nullopt);
  seldom_absent.absence.hallucinated = 1;
  EXPECT_DOUBLE_EQ(reduced("ADQ", seldom_absent).value(), 10.0 / 11);
}

TEST(FrameMeasures, AreThoseThatTheRowsOfAProtocolHold) {
  const auto ids = [](const std::string& protocol) {
    std::string text;
    for (const Measure* const measure : frame_measures(load_protocol(protocol)).measures)
      text += measure->id + " ";
    return text;
  };
  EXPECT_EQ(ids("mosxav-val"), "J F ");
  EXPECT_EQ(ids("davis2016"), "J F ");
  EXPECT_EQ(ids("mose-v2"), "J Ḟ ");
}

}  // namespace
}  // namespace angiobench
