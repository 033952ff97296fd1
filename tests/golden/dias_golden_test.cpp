// SPDX-License-Identifier: MIT
// DIAS's columns, as published and put right, against its public code and scikit-learn:
// expected/stills in the folder of test data.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dataset/masks/png.h"
#include "evaluator/vessel/map_score.h"
#include "evaluator/vessel/pair_measures.h"
#include "evaluator/vessel/vessel_counter.h"
#include "tests/golden/stills.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using nlohmann::json;

MapCounts counts_of(const Mask& truth, const Mask& map, VesselCounter& counter) {
  MapCounts counts;
  counts.histogram = count_values(truth.view(), map.view());
  const std::size_t threshold = threshold_value(0.5, 255);
  counts.at = counts_at(counts.histogram, threshold);
  Mask mask(map.width(), map.height());
  for (int y = 0; y < map.height(); ++y) {
    for (int x = 0; x < map.width(); ++x) mask.at(x, y) = map.at(x, y) >= threshold;
  }
  PairNeeds needs;
  needs.skeleton = needs.topology = true;
  counter.count(truth.view(), mask.view(), needs, {}, counts.pair);
  return counts;
}

TEST(DiasGolden, PublishedAndExactRows) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/dias.json");
  ANGIOBENCH_REQUIRE_DATA(masks, "mosxav/test/Annotations");
  const json golden = test::read_stills("dias.json");
  VesselCounter counter;
  std::vector<MapValues> published;
  std::vector<MapValues> exact;
  for (const json& row : golden.at("cases")) {
    const std::string name = row.at("case").get<std::string>();
    const Mask truth = test::select_label(read_mask(masks + "/" + name + ".png"), 0);
    const Mask map = test::dias_map(truth, row.at("k").get<int>());
    ASSERT_EQ(test::pixel_crc(map), row.at("map_crc32").get<std::uint32_t>()) << name;
    const MapCounts counts = counts_of(truth, map, counter);
    EXPECT_EQ(counts.at.true_positive, row.at("tp").get<std::uint64_t>()) << name;
    EXPECT_EQ(counts.at.false_positive, row.at("fp").get<std::uint64_t>()) << name;
    EXPECT_EQ(counts.at.false_negative, row.at("fn").get<std::uint64_t>()) << name;
    EXPECT_EQ(counts.at.true_negative, row.at("tn").get<std::uint64_t>()) << name;
    EXPECT_EQ(counts.histogram.on[127] + counts.histogram.off[127],
              row.at("n_127").get<std::uint64_t>())
        << name;
    EXPECT_EQ(auc_numerator_twice(counts.histogram),
              row.at("AUC_numerator_twice").get<std::uint64_t>())
        << name;
    EXPECT_NEAR(average_precision(counts.histogram).value(), row.at("AP").get<double>(), 1e-15);
    EXPECT_EQ(counts.pair.truth_components, row.at("components_truth").get<std::uint32_t>());
    EXPECT_EQ(counts.pair.prediction_components,
              row.at("components_prediction").get<std::uint32_t>());
    EXPECT_NEAR(pair_mcc(counts.pair).value(), row.at("mcc").get<double>(), 1e-12) << name;
    published.push_back(published_map_values(counts));
    exact.push_back(exact_map_values(counts));
    for (std::size_t i = 0; i < kMapMeasures.size(); ++i) {
      const std::string measure(kMapMeasures[i]);
      EXPECT_EQ(published.back()[i], row.at("published").at(measure).get<double>())
          << name << " " << measure;
      if (measure == "VC") continue;
      EXPECT_NEAR(exact.back()[i].value(), row.at("exact").at(measure).get<double>(), 1e-15)
          << name << " " << measure;
    }
    EXPECT_NEAR(exact.back()[7].value(), row.at("VC_corrected").get<double>(), 1e-15) << name;
  }
  const auto published_summaries = summarize_maps(published);
  const auto exact_summaries = summarize_maps(exact);
  for (std::size_t i = 0; i < kMapMeasures.size(); ++i) {
    const std::string measure(kMapMeasures[i]);
    EXPECT_EQ(published_cell(published_summaries[i]),
              golden.at("published_row")[i].get<std::string>());
    EXPECT_NEAR(exact_summaries[i].mean.value(), golden.at("exact_mean").at(measure).get<double>(),
                1e-14)
        << measure;
    EXPECT_NEAR(exact_summaries[i].deviation.value(),
                golden.at("exact_std_population").at(measure).get<double>(), 1e-14)
        << measure;
  }
}

TEST(DiasGolden, DegenerateImagesAsThePublicCodeHasThem) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/dias.json");
  const json golden = test::read_stills("dias.json").at("degenerate").at("rows");
  const Mask nothing(8, 8);
  Mask object(8, 8);
  for (int y = 2; y <= 4; ++y) {
    for (int x = 1; x <= 6; ++x) object.at(x, y) = 200;
  }
  struct Case {
    const char* name;
    Mask truth;
    Mask map;
  };
  const std::vector<Case> cases = {
      {"truth empty, map zero", nothing, nothing},
      {"truth empty, map 0/200", nothing, object},
      {"truth set, map zero", object, nothing},
      {"truth set, map 100 everywhere", object, Mask(8, 8, 100)},
      {"truth full, map 200", Mask(8, 8, 1), Mask(8, 8, 200)},
      {"equal", object, object},
  };
  VesselCounter counter;
  std::size_t compared = 0;
  for (const json& row : golden) {
    const auto found = std::ranges::find_if(
        cases, [&](const Case& drawn) { return drawn.name == row[0].get<std::string>(); });
    if (found == cases.end()) continue;  // a label of 254 is the validator's
    ++compared;
    const MapValues ours = published_map_values(counts_of(found->truth, found->map, counter));
    EXPECT_EQ(ours[7], row[2].get<double>()) << found->name;
    if (row[1].contains("error")) {
      EXPECT_EQ(ours[5], std::nullopt) << found->name;
      continue;
    }
    for (std::size_t i = 0; i < 7; ++i) {
      const json& expected = row[1].at(std::string(kMapMeasures[i]));
      if (expected.is_number()) {
        EXPECT_EQ(ours[i], expected.get<double>()) << found->name << " " << kMapMeasures[i];
      } else {
        EXPECT_TRUE(std::isnan(ours[i].value())) << found->name << " " << kMapMeasures[i];
      }
    }
  }
  EXPECT_EQ(compared, cases.size());
}

}  // namespace
}  // namespace angiobench
