// SPDX-License-Identifier: MIT
#include "evaluator/vessel/map_score.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "evaluator/vessel/vessel_counter.h"

namespace angiobench {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(MapScore, PythonPrintsTheShortestDecimals) {
  EXPECT_EQ(python_text(0.9), "0.9");
  EXPECT_EQ(python_text(1), "1.0");
  EXPECT_EQ(python_text(0), "0.0");
  EXPECT_EQ(python_text(0.0001), "0.0001");
  EXPECT_EQ(python_text(0.00001), "1e-05");
  EXPECT_EQ(python_text(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(python_text(1e15), "1000000000000000.0");
  EXPECT_EQ(python_text(1e16), "1e+16");
  EXPECT_EQ(python_text(kNan), "nan");
}

TEST(MapScore, RoundsHalfToEven) {
  EXPECT_EQ(rounded_as_numpy(0.00005, 4), 0);
  EXPECT_EQ(rounded_as_numpy(0.53125, 4), 0.5312);
  EXPECT_EQ(rounded_as_numpy(0.71875, 4), 0.7188);
}

MapCounts counts_of(const Mask& truth, const Mask& map) {
  MapCounts counts;
  counts.histogram = count_values(truth.view(), map.view());
  counts.at = counts_at(counts.histogram, 128);
  Mask mask(map.width(), map.height());
  for (int y = 0; y < map.height(); ++y) {
    for (int x = 0; x < map.width(); ++x) mask.at(x, y) = map.at(x, y) >= 128;
  }
  VesselCounter counter;
  PairNeeds needs;
  needs.skeleton = needs.topology = true;
  counter.count(truth.view(), mask.view(), needs, {}, counts.pair);
  return counts;
}

TEST(MapScore, AFullTruthHasNoAreaUnderTheCurve) {
  const MapCounts counts = counts_of(Mask(8, 8, 1), Mask(8, 8, 200));
  EXPECT_EQ(published_map_values(counts)[5], std::nullopt);
  EXPECT_EQ(exact_map_values(counts)[5], std::nullopt);
  EXPECT_TRUE(std::isnan(published_map_values(counts)[3].value()));
  EXPECT_EQ(exact_map_values(counts)[3], std::nullopt);
}

TEST(MapScore, ExactValuesFollowTheRuleOfEmptySides) {
  Mask object(8, 8);
  for (int y = 2; y < 5; ++y) {
    for (int x = 1; x < 7; ++x) object.at(x, y) = 200;
  }
  const MapValues missed = exact_map_values(counts_of(object, Mask(8, 8)));
  EXPECT_EQ(missed[0], 0);
  EXPECT_EQ(missed[2], 0);
  EXPECT_EQ(missed[5], 0.5);
  EXPECT_EQ(missed[6], 0);
  EXPECT_EQ(missed[7], 0);
  EXPECT_EQ(log_vc(missed), std::nullopt);
  const MapValues invented = exact_map_values(counts_of(Mask(8, 8), object));
  EXPECT_EQ(invented[0], 0);
  EXPECT_EQ(invented[2], std::nullopt);
  EXPECT_EQ(invented[5], std::nullopt);
  EXPECT_EQ(invented[7], std::nullopt);
  const MapValues nothing = exact_map_values(counts_of(Mask(8, 8), Mask(8, 8)));
  EXPECT_EQ(nothing[0], 1);
  EXPECT_EQ(nothing[2], 1);
  EXPECT_EQ(nothing[6], 1);
  MapValues twice{};
  twice[7] = 2;
  MapValues half{};
  half[7] = 0.5;
  EXPECT_EQ(log_vc(twice), log_vc(half));
}

TEST(MapScore, OneImageWithoutANumberSpoilsThePublishedRowOnly) {
  MapValues good{};
  good.fill(0.5);
  MapValues bad = good;
  bad[0] = kNan;
  bad[5] = std::nullopt;
  const auto summaries = summarize_maps(std::vector<MapValues>{good, bad});
  EXPECT_EQ(published_cell(summaries[0]), "nan$\\pm$nan");
  EXPECT_EQ(published_cell(summaries[1]), "0.5$\\pm$0.0");
  EXPECT_EQ(summaries[5].count, 1U);
  EXPECT_EQ(summaries[5].left_out, 1U);
  EXPECT_EQ(published_cell(summarize_maps({})[0]), "nan");
}

}  // namespace
}  // namespace angiobench
