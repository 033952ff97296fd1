// SPDX-License-Identifier: MIT
#include "evaluator/vessel/pair_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "evaluator/vessel/vessel_counter.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

using test::mask_from;

std::vector<std::string> ids_of(const std::vector<std::string>& words) {
  std::vector<std::string> unknown;
  std::vector<std::string> ids;
  for (const PairMeasure* const measure : select_pair_measures(words, unknown))
    ids.emplace_back(measure->id);
  for (const std::string& word : unknown) ids.push_back("?" + word);
  return ids;
}

TEST(PairTable, EveryRowHasANameOfItsOwnAndAWayToItsValue) {
  std::set<std::string_view> ids;
  for (const PairMeasure& measure : pair_measures()) {
    EXPECT_TRUE(ids.insert(measure.id).second) << measure.id;
    EXPECT_EQ(find_pair_measure(measure.id), &measure);
    EXPECT_FALSE(measure.words.empty());
    EXPECT_EQ(measure.reduce == PairReduce::ratio, measure.parts != nullptr) << measure.id;
    EXPECT_EQ(measure.reduce == PairReduce::ratio, measure.value == nullptr) << measure.id;
    if (measure.unit == PairUnit::length) {
      EXPECT_TRUE(measure.lower_is_better) << measure.id;
      const std::string other = measure.reduce == PairReduce::mean
                                    ? std::string(measure.id) + "_defined"
                                    : std::string(measure.id.substr(0, measure.id.size() - 8));
      EXPECT_NE(find_pair_measure(other), nullptr) << other;
    }
  }
  EXPECT_EQ(find_pair_measure("hd96"), nullptr);
}

TEST(PairTable, WordsAreIdsGroupsOrVessel) {
  using ::testing::ElementsAre;
  EXPECT_THAT(ids_of({"cldice"}), ElementsAre("cldice", "tprec", "tsens"));
  EXPECT_THAT(ids_of({"nsd@2", "iou", "nsd@2"}), ElementsAre("iou", "nsd@2"));
  EXPECT_THAT(ids_of({"hausdorff", "tprec"}), ElementsAre("tprec", "?hausdorff"));
  for (const std::string& id : ids_of({"vessel"})) {
    EXPECT_NE(find_pair_measure(id)->group, "distance-contour");
    EXPECT_NE(find_pair_measure(id)->group, "overlap");
  }
  EXPECT_THAT(ids_of({"vessel"}), ::testing::IsSupersetOf({"cldice", "recall_thin", "b1_error",
                                                           "hd95_defined", "nsd@3", "f@6"}));
  std::vector<std::string> unknown;
  EXPECT_EQ(needs_of(select_pair_measures(std::vector<std::string>{"vessel"}, unknown)),
            PairNeeds::vessel());
}

TEST(PairSums, SumsIntegersAndMeansValues) {
  const Mask truth = mask_from({"........", "########", "........"});
  const Mask half = mask_from({"........", "####....", "........"});
  const Mask nothing = mask_from({"........", "........", "........"});
  std::vector<std::string> unknown;
  const std::vector<std::string> words = {"iou", "precision", "radius", "centreline_lost",
                                          "hd",  "hd_defined"};
  const auto measures = select_pair_measures(words, unknown);
  ASSERT_TRUE(unknown.empty());
  for (const PairBothEmpty both_empty : {PairBothEmpty::counts, PairBothEmpty::left_out}) {
    PairSums sums(measures, both_empty);
    VesselCounter counter;
    PairCounts counts;
    const PairNeeds needs = needs_of(measures);
    for (const Mask* const prediction : {&truth, &half, &nothing}) {
      counter.count(truth.view(), prediction->view(), needs, {}, counts);
      sums.add(pair_frame(counts, needs, {}));
    }
    counter.count(nothing.view(), nothing.view(), needs, {}, counts);
    sums.add(pair_frame(counts, needs, {}));
    const std::vector<PairResult> results = sums.results();
    const auto result = [&](std::string_view id) {
      for (std::size_t i = 0; i < measures.size(); ++i) {
        if (measures[i]->id == id) return results[i];
      }
      ADD_FAILURE() << id;
      return PairResult{};
    };
    const bool counts_empty = both_empty == PairBothEmpty::counts;
    const double frames = counts_empty ? 4 : 3;
    EXPECT_DOUBLE_EQ(result("iou").value.value(), (1 + 0.5 + (counts_empty ? 1 : 0)) / frames);
    EXPECT_EQ(result("iou").one_empty, 1U);
    EXPECT_EQ(result("iou").left_out, counts_empty ? 0U : 1U);
    // Nothing predicted has no precision.
    EXPECT_EQ(result("precision").frames, counts_empty ? 3U : 2U);
    // 8 + 4 + 0 of 3 x 8.
    EXPECT_EQ(result("recall_thin").value, 0.5);
    EXPECT_EQ(result("recall_thick").value, std::nullopt);
    EXPECT_EQ(result("centreline_lost").value, 12);
    EXPECT_EQ(result("hd_defined").value, 2);
    EXPECT_EQ(result("hd_defined").frames, 2U);
    EXPECT_EQ(result("hd").one_empty, 1U);
    EXPECT_DOUBLE_EQ(result("hd").value.value(), (4 + std::sqrt(4 + 49)) / frames);
  }
}

}  // namespace
}  // namespace angiobench
