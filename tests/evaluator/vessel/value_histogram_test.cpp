// SPDX-License-Identifier: MIT
#include "evaluator/vessel/value_histogram.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "tests/oracle/vessel_oracle.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

using test::mask_from;

TEST(ValueHistogram, AreasEqualThoseOfSortedPixels) {
  std::mt19937_64 random(41);
  for (int round = 0; round < 40; ++round) {
    const int width = 1 + static_cast<int>(random() % 90);
    const int height = 2 + static_cast<int>(random() % 50);
    const Mask truth = test::random_mask(width, height, 3, random);
    Mask map(width, height);
    std::vector<std::uint16_t> deep;
    std::vector<int> values;
    std::vector<int> deep_values;
    const auto labels = std::make_unique<bool[]>(static_cast<std::size_t>(width * height));
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        labels[values.size()] = truth.at(x, y) != 0;
        map.at(x, y) = static_cast<std::uint8_t>(random() % (round % 3 == 0 ? 3 : 256));
        deep.push_back(static_cast<std::uint16_t>(random() % 65536));
        values.push_back(map.at(x, y));
        deep_values.push_back(deep.back());
      }
    }
    const ValueHistogram histogram = count_values(truth.view(), map.view());
    const ValueHistogram deep_histogram = count_values(truth.view(), deep, 65536);
    const std::vector<std::uint16_t> shallow(values.begin(), values.end());
    EXPECT_EQ(count_values(truth.view(), shallow, 256), histogram);
    const std::span<const bool> on(labels.get(), values.size());
    const std::uint64_t num_on = histogram.num_on();
    EXPECT_EQ(num_on + histogram.num_off(), values.size());
    EXPECT_EQ(area_under_roc(histogram).has_value(), num_on != 0 && num_on != values.size());
    EXPECT_EQ(average_precision(histogram).has_value(), num_on != 0);
    if (area_under_roc(histogram)) {
      EXPECT_NEAR(area_under_roc(histogram).value(), oracle::area_under_roc(values, on), 1e-14);
      EXPECT_NEAR(area_under_roc(deep_histogram).value(), oracle::area_under_roc(deep_values, on),
                  1e-14);
    }
    if (average_precision(histogram)) {
      EXPECT_NEAR(average_precision(histogram).value(), oracle::average_precision(values, on),
                  1e-14);
      EXPECT_NEAR(average_precision(deep_histogram).value(),
                  oracle::average_precision(deep_values, on), 1e-14);
    }
    for (const std::size_t threshold : {1U, 2U, 128U, 255U}) {
      ThresholdCounts expected;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const bool is_predicted = values[i] >= static_cast<int>(threshold);
        ++(is_predicted ? (on[i] ? expected.true_positive : expected.false_positive)
                        : (on[i] ? expected.false_negative : expected.true_negative));
      }
      EXPECT_EQ(counts_at(histogram, threshold), expected);
    }
  }
}

TEST(ValueHistogram, AConstantMapKnowsNothing) {
  const Mask truth = mask_from({"0011", "0001"});
  const ValueHistogram histogram = count_values(truth.view(), Mask(4, 2, 77).view());
  EXPECT_EQ(area_under_roc(histogram), 0.5);
  EXPECT_EQ(average_precision(histogram), 3.0 / 8);
}

TEST(ValueHistogram, CountsPairsAndHalfPairs) {
  // Truth 2 and 1 against 1 and 0: 2 > 1, 2 > 0, 1 = 1 (half), 1 > 0.
  const Mask truth = mask_from({"1100"});
  const Mask map = mask_from({"2110"});
  const ValueHistogram histogram = count_values(truth.view(), map.view());
  EXPECT_EQ(auc_numerator_twice(histogram), 7U);
  EXPECT_EQ(area_under_roc(histogram), 7.0 / 8);
  const std::vector<CurvePoint> points = curve(histogram);
  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[0].true_positive_rate, 0);
  EXPECT_EQ(points[1].threshold, 2U);
  EXPECT_EQ(points[1].true_positive_rate, 0.5);
  EXPECT_EQ(points[1].false_positive_rate, 0);
  EXPECT_EQ(points[2].false_positive_rate, 0.5);
  EXPECT_EQ(points[2].precision, 2.0 / 3);
  EXPECT_EQ(points[3].true_positive_rate, 1);
  EXPECT_EQ(points[3].false_positive_rate, 1);
  EXPECT_EQ(points[3].precision, 0.5);
}

TEST(ValueHistogram, TheNumeratorOfAGigapixelIsExact) {
  ValueHistogram histogram{std::vector<std::uint64_t>(256), std::vector<std::uint64_t>(256)};
  histogram.on[200] = 1000000000;
  histogram.off[100] = 999999999;
  EXPECT_EQ(auc_numerator_twice(histogram), std::uint64_t{2} * 1000000000 * 999999999);
  EXPECT_EQ(area_under_roc(histogram), 1);
}

TEST(ValueHistogram, HalfIs128Of255) {
  EXPECT_EQ(threshold_value(0.5, 255), 128U);
  EXPECT_EQ(threshold_value(0.5, 65535), 32768U);
  EXPECT_EQ(threshold_value(1, 255), 255U);
  EXPECT_EQ(threshold_value(0.2, 255), 51U);
}

}  // namespace
}  // namespace angiobench
