// SPDX-License-Identifier: MIT
// Measures of vessels of a video benchmark, from files to the result, against what public tools
// give for each object: expected/stills/video-val.json in the folder of test data.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dataset/files/atomic_file.h"
#include "evaluator/scoring/submission.h"
#include "tests/golden/stills.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

constexpr double kVideoTolerance = 1e-12;

// MOSXAV's frames, all of them for every object; frames with neither mask are left out.
constexpr std::string_view kRules = R"({"schema": "protocol-1", "name": "all-frames-of-all",
  "version": 1, "frames": {"drop_first": true, "drop_last": true},
  "objects": {"from": "truth-scored", "frames": "all"}, "both_empty": "left-out"})";

Result scored(const std::string& dataset, const std::string& protocol, const std::string& truth,
              const std::string& predictions, bool keeps_rows = false) {
  SubmissionRequest request;
  request.dataset = dataset;
  request.protocol = protocol;
  request.ground_truth = truth;
  request.predictions = predictions;
  request.measures = {"vessel"};
  ScoreOptions options;
  options.jobs = 2;
  options.rows = keeps_rows ? FrameRows::keep : FrameRows::drop;
  return score_submission(request, options);
}

TEST(VesselVideo, EqualsThePublicToolsObjectByObject) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/video-val.json");
  ANGIOBENCH_REQUIRE_DATA(truth, "mosxav");
  ANGIOBENCH_REQUIRE_DATA(predictions, "mosxav/predictions/val");
  const nlohmann::json golden = test::read_stills("video-val.json");
  const test::TempFolder folder;
  const std::string protocol = folder / "rules.json";
  write_file_atomically(protocol, kRules);
  const Result result = scored("mosxav-val", protocol, truth, predictions, true);
  int compared = 0;
  for (const SequenceScore& sequence : result.sequences) {
    if (!golden.at("sequences").contains(sequence.name)) continue;
    const nlohmann::json& objects = golden.at("sequences").at(sequence.name);
    EXPECT_EQ(sequence.objects.size(), objects.size()) << sequence.name;
    for (const ObjectScore& object : sequence.objects) {
      const std::string name = sequence.name + "/" + std::to_string(object.id);
      const nlohmann::json& row = objects.at(std::to_string(object.id));
      EXPECT_EQ(object.sides.value().both, row[0].get<std::uint32_t>()) << name;
      EXPECT_EQ(object.sides->one_empty, row[1].get<std::uint32_t>()) << name;
      EXPECT_EQ(object.sides->both_empty, row[2].get<std::uint32_t>()) << name;
      const auto expect = [&](const char* metric, double expected) {
        EXPECT_NEAR(object.value(Metric(metric)).value(), expected,
                    kVideoTolerance * std::max(1.0, expected))
            << name << " " << metric;
      };
      expect("cldice", row[3].get<double>());
      expect("hd95_defined", row[4].get<double>());
      expect("assd_defined", row[5].get<double>());
      expect("nsd@2", row[6].get<double>());
      expect("b0_error", row[7].get<double>());
      expect("b1_error", row[8].get<double>());
      expect("centreline_lost", row[9].get<double>() - row[10].get<double>());
      expect("centreline_invented", row[11].get<double>() - row[12].get<double>());
      expect("components_missed", row[13].get<double>());
      expect("components_invented", row[14].get<double>());
      std::uint64_t skeleton = 0;
      for (const PairScore& pair : sequence.pairs)
        skeleton += pair.object_id == object.id ? pair.counts.truth_skeleton : 0;
      EXPECT_EQ(skeleton, row[9].get<std::uint64_t>()) << name;
      // F at the protocol's own radius of 6 is F.
      expect("f@6", object.value(Metric("F")).value());
      ++compared;
    }
  }
  EXPECT_EQ(compared, 23);
}

TEST(VesselVideo, HasGroupsAndIntervalsAsJHas) {
  ANGIOBENCH_REQUIRE_DATA(truth, "mosxav");
  ANGIOBENCH_REQUIRE_DATA(predictions, "mosxav/predictions/test");
  const Result result = scored("mosxav-test", "", truth, predictions);
  for (const char* const metric : {"cldice", "hd95", "hd95_defined", "recall_thin", "b0_error"}) {
    std::uint64_t grouped = 0;
    for (const Scope scope : {Scope::overall, Scope::seen, Scope::unseen, Scope::pooled}) {
      const Aggregate* const found = find_aggregate(result, Metric(metric), scope);
      ASSERT_NE(found, nullptr) << metric;
      ASSERT_TRUE(found->value && found->interval) << metric;
      EXPECT_LE(found->interval->low, *found->value) << metric;
      EXPECT_GE(found->interval->high, *found->value) << metric;
      if (scope == Scope::seen || scope == Scope::unseen) grouped += found->n;
    }
    EXPECT_EQ(find_aggregate(result, Metric(metric), Scope::pooled)->n, grouped) << metric;
    const double seen = *find_aggregate(result, Metric(metric), Scope::seen)->value;
    const double unseen = *find_aggregate(result, Metric(metric), Scope::unseen)->value;
    EXPECT_NEAR(*find_aggregate(result, Metric(metric), Scope::overall)->value, (seen + unseen) / 2,
                1e-12 * std::max(1.0, seen + unseen))
        << metric;
  }
  const auto value = [&](const char* metric) {
    return *find_aggregate(result, Metric(metric), Scope::overall)->value;
  };
  EXPECT_GT(value("hd95"), value("hd95_defined"));
  EXPECT_LT(value("recall_thin"), value("recall_thick"));
}

}  // namespace
}  // namespace angiobench
