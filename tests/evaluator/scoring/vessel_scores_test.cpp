// SPDX-License-Identifier: MIT
// Measures of vessels from masks to a result: the protocol's frames, objects and means, one rule
// for empty sides, everything else as without them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <random>

#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "evaluator/comparing/comparison.h"
#include "evaluator/scoring/scorer.h"
#include "evaluator/scoring/submission.h"
#include "evaluator/vessel/vessel_counter.h"
#include "reports/pair_csv.h"
#include "reports/result_json.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiny_benchmark.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::HasSubstr;

constexpr std::string_view kRules = R"({"schema": "protocol-1", "name": "mine", "version": 1,
  "objects": {"from": "truth"}, "both_empty": "BOTH", "measures": ["vessel", "overlap"]})";

class VesselScores : public ::testing::Test {
 protected:
  void write(const std::string& side, int frame, const Mask& mask, const char* sequence = "a") {
    write_mask_png(folder_ / (side + "/" + sequence + "/0000" + std::to_string(frame) + ".png"),
                   mask.view(), voc_palette());
  }

  // A line of five pixels: found, then lost, then in neither mask. The image's diagonal is 13.
  void write_three_frames() {
    const Mask line = test::mask_from({".............", ".............", "...#####.....",
                                       ".............", ".............", "............."});
    const Mask nothing(13, 6);
    for (int frame = 0; frame < 3; ++frame) {
      write("truth", frame, frame < 2 ? line : nothing);
      write("predictions", frame, frame < 1 ? line : nothing);
    }
  }

  void write_random() {
    std::mt19937_64 random(33);
    for (const char* const sequence : {"a", "b", "c"}) {
      for (int frame = 0; frame < 5; ++frame) {
        const Mask truth = test::random_mask(90, 70, 3, random);
        write("truth", frame, truth, sequence);
        const Mask other = test::random_mask(90, 70, 3, random);
        write("predictions", frame, frame % 2 == 0 ? truth : other, sequence);
      }
    }
  }

  static Protocol protocol(const std::string& both_empty = "one") {
    std::string rules(kRules);
    rules.replace(rules.find("BOTH"), 4, both_empty);
    return parse_protocol(rules, "mine.json");
  }

  ScoreOutcome run(const Protocol& protocol, ScoreOptions options = {}) {
    const SequenceIndex index = index_ground_truth(folder_ / "truth", load_benchmark("flat"));
    const auto predictions = open_file_tree(folder_ / "predictions");
    const MissingFrames missing = find_missing(index, *predictions, protocol);
    ScoreOutcome outcome = score(index, *predictions, protocol, missing, options);
    for (const Error& error : outcome.failures) ADD_FAILURE() << error.what();
    return outcome;
  }

  static double value(const Result& result, const char* metric) {
    const Aggregate* const found = find_aggregate(result, Metric(metric), Scope::overall);
    EXPECT_NE(found, nullptr) << metric;
    return found == nullptr ? NAN : found->value.value_or(NAN);
  }

  TempFolder folder_;
};

TEST_F(VesselScores, CountEmptySidesByOneRule) {
  write_three_frames();
  const Result result = run(protocol()).result;
  // The mean over a frame that is right, one that is lost and one without anything.
  EXPECT_DOUBLE_EQ(value(result, "cldice"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(value(result, "nsd@2"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(value(result, "f@1"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(value(result, "hd95"), 13.0 / 3);
  EXPECT_DOUBLE_EQ(value(result, "assd"), 13.0 / 3);
  EXPECT_DOUBLE_EQ(value(result, "hd95_defined"), 0);
  EXPECT_DOUBLE_EQ(value(result, "b0_error"), 1.0 / 3);
  // Parts without a value leave their own mean.
  EXPECT_DOUBLE_EQ(value(result, "tsens"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(value(result, "tprec"), 1);
  // Sums over frames, and shares of sums.
  EXPECT_DOUBLE_EQ(value(result, "centreline_lost"), 5);
  EXPECT_DOUBLE_EQ(value(result, "centreline_invented"), 0);
  EXPECT_DOUBLE_EQ(value(result, "components_missed"), 1);
  EXPECT_DOUBLE_EQ(value(result, "centreline_recall"), 0.5);
  EXPECT_DOUBLE_EQ(value(result, "centreline_precision"), 1);
  EXPECT_DOUBLE_EQ(value(result, "recall_thin"), 0.5);

  const auto tally = [&](const char* metric) {
    const Aggregate* const found = find_aggregate(result, Metric(metric), Scope::overall);
    return std::pair(*found->n_one_empty, *found->n_left_out);
  };
  EXPECT_EQ(tally("hd95"), std::pair(std::uint64_t{1}, std::uint64_t{0}));
  EXPECT_EQ(tally("hd95_defined"), std::pair(std::uint64_t{0}, std::uint64_t{2}));
  EXPECT_EQ(tally("tprec"), std::pair(std::uint64_t{0}, std::uint64_t{1}));
  EXPECT_FALSE(find_aggregate(result, region_metric(), Scope::overall)->n_one_empty);
  const ObjectScore& object = result.sequences.at(0).objects.at(0);
  EXPECT_EQ(object.sides, (FrameSides{1, 1, 1}));
}

TEST_F(VesselScores, LeaveOutWhatTheProtocolLeavesOut) {
  write_three_frames();
  const Result result = run(protocol("left-out")).result;
  EXPECT_DOUBLE_EQ(value(result, "cldice"), 0.5);
  EXPECT_DOUBLE_EQ(value(result, "hd95"), 6.5);
  EXPECT_DOUBLE_EQ(value(result, "hd95_defined"), 0);
  EXPECT_DOUBLE_EQ(value(result, "accuracy"), (1 + 73.0 / 78) / 2);
  EXPECT_EQ(find_aggregate(result, Metric("hd95"), Scope::overall)->n_left_out, 1U);
  EXPECT_DOUBLE_EQ(value(result, "J"), 0.5);
}

TEST_F(VesselScores, OfAFrameWithoutPredictionAreNeverGood) {
  write_three_frames();
  std::filesystem::remove(folder_ / "predictions/a/00002.png");
  ScoreOptions options;
  options.missing = MissingPolicy::zero;
  const Result result = run(protocol(), options).result;
  // J is 0 in it, although the truth has nothing there.
  EXPECT_DOUBLE_EQ(value(result, "J"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value(result, "cldice"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value(result, "hd95"), 26.0 / 3);
  EXPECT_DOUBLE_EQ(value(result, "hd95_defined"), 0);

  // One that misses what is there counts as if it were empty.
  std::filesystem::remove(folder_ / "predictions/a/00001.png");
  const Result worse = run(protocol(), options).result;
  EXPECT_DOUBLE_EQ(value(worse, "cldice"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value(worse, "centreline_lost"), 5);
  EXPECT_DOUBLE_EQ(value(worse, "recall_thin"), 0.5);
  EXPECT_DOUBLE_EQ(value(worse, "hd95"), 26.0 / 3);
}

TEST_F(VesselScores, AreInMillimetresWhereThePixelsHaveASize) {
  write_three_frames();
  const Protocol sized = with_measures(protocol(), {}, Spacing{0.5, 0.5});
  const Result result = run(sized).result;
  EXPECT_DOUBLE_EQ(value(result, "hd95"), 6.5 / 3);
  EXPECT_DOUBLE_EQ(value(result, "centreline_lost"), 5);
  EXPECT_EQ(descriptor_of(result, Metric("hd95")).unit, Unit::millimetres);
  EXPECT_EQ(descriptor_of(result, Metric("hd95_defined")).unit, Unit::millimetres);
  EXPECT_EQ(descriptor_of(result, Metric("centreline_lost")).unit, Unit::pixels);
  EXPECT_EQ(descriptor_of(run(protocol()).result, Metric("hd95")).unit, Unit::pixels);
  // Rows and columns of two sizes: 5 rows and 12 columns.
  const Result flat = run(with_measures(protocol(), {}, Spacing{0.8, 0.25})).result;
  EXPECT_DOUBLE_EQ(value(flat, "hd95"), 5.0 / 3);
}

TEST_F(VesselScores, LeaveEverythingElseAsItIs) {
  write_random();
  const Protocol plain = load_protocol("vos-benchmark");
  const Result without = run(plain).result;
  const Result with = run(with_measures(plain, {"vessel", "distance-contour"}, {})).result;
  EXPECT_EQ(with.dataset.digest, without.dataset.digest);
  EXPECT_EQ(with.submission.digest, without.submission.digest);
  EXPECT_NE(with.protocol.hash, without.protocol.hash);
  EXPECT_EQ(with.protocol.name, without.protocol.name);
  EXPECT_EQ(ranking_metric(with), ranking_metric(without));
  for (const Aggregate& aggregate : without.aggregates) {
    const Aggregate* const own = find_aggregate(with, aggregate.metric, aggregate.scope);
    ASSERT_NE(own, nullptr) << aggregate.metric.id;
    EXPECT_EQ(own->value, aggregate.value) << aggregate.metric.id;
  }
  EXPECT_THAT(result_to_json(without), ::testing::Not(HasSubstr("measures")));
  EXPECT_THAT(result_to_json(without), ::testing::Not(HasSubstr("n_one_empty")));

  // What both have is compared.
  const Comparison comparison = compare_results(without, with, {});
  EXPECT_TRUE(comparison.comparability.comparable)
      << ::testing::PrintToString(comparison.comparability.reasons);
  EXPECT_EQ(comparison.aggregates.size(), without.aggregates.size());
}

TEST_F(VesselScores, AreTheSameBytesForAnyNumberOfThreads) {
  write_random();
  const PairColumns columns{PairNeeds::vessel(), std::nullopt};
  std::vector<std::string> texts;
  for (const int jobs : {1, 2, 7}) {
    ScoreOptions options;
    options.jobs = jobs;
    options.rows = FrameRows::keep;
    const Result result = run(protocol(), options).result;
    std::string text = result_to_json(result);
    for (const SequenceScore& sequence : result.sequences)
      write_pair_csv_rows(sequence, columns, [&](std::string_view piece) { text += piece; });
    texts.push_back(std::move(text));
  }
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_EQ(texts[0], texts[2]);
}

// The way of the pass against one mask at a time.
TEST_F(VesselScores, EqualWhatIsCountedOfEachPairAlone) {
  write_random();
  const Protocol rules = protocol("left-out");
  const Result result = run(rules).result;
  const std::vector<const PairMeasure*> measures = pair_measures_of(rules);
  const PairNeeds needs = needs_of(measures);
  VesselCounter counter;
  std::size_t compared = 0;
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      PairSums sums(measures, PairBothEmpty::left_out);
      for (int frame = 0; frame < 5; ++frame) {
        const auto only = [&](const std::string& side) {
          Mask mask = read_mask(
              folder_ / (side + "/" + sequence.name + "/0000" + std::to_string(frame) + ".png"));
          for (int y = 0; y < mask.height(); ++y) {
            for (int x = 0; x < mask.width(); ++x)
              mask.at(x, y) = mask.at(x, y) == object.id ? 1 : 0;
          }
          return mask;
        };
        PairCounts counts;
        counter.count(only("truth").view(), only("predictions").view(), needs, {}, counts);
        sums.add(pair_frame(counts, needs, {}));
      }
      const std::vector<PairResult> expected = sums.results();
      for (std::size_t i = 0; i < measures.size(); ++i) {
        const std::optional<double> value = object.value(Metric(measures[i]->id));
        EXPECT_EQ(value, expected[i].value) << sequence.name << object.id << measures[i]->id;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 300U);
}

TEST_F(VesselScores, StandInTheResultAndComeBackFromIt) {
  write_three_frames();
  const Result result = run(with_measures(protocol(), {}, Spacing{0.5, 0.25})).result;
  const std::string text = result_to_json(result);
  EXPECT_THAT(text, HasSubstr(R"("unit": "mm", "spacing": [0.5, 0.25])"));
  EXPECT_THAT(text, HasSubstr(R"("pairs": {"both": 1, "one_empty": 1, "both_empty": 1})"));
  EXPECT_THAT(text, HasSubstr(R"("measures": {"iou": )"));
  const Result again = result_from_json(text, "result.json");
  EXPECT_EQ(result_to_json(again), text);
  EXPECT_EQ(again.spacing, result.spacing);
  EXPECT_EQ(again.sequences.at(0).objects.at(0).values,
            result.sequences.at(0).objects.at(0).values);
}

// Whatever a benchmark's layout, storage and protocol: objects are objects.
TEST(VesselBenchmarks, AllTakeMeasuresOfVessels) {
  int num_scored = 0;
  for (const std::string& name : benchmark_names()) {
    const BenchmarkDefinition benchmark = load_benchmark(name);
    const Protocol plain = load_protocol(benchmark.protocol);
    if (benchmark.task != Task::objects || plain.objects == ObjectSource::proposals) continue;
    const TempFolder folder;
    test::write_tiny_benchmark(folder, benchmark);
    const SequenceIndex index = index_ground_truth(folder / "data", benchmark);
    const auto files = open_file_tree(folder / "predictions");
    const auto scored = [&](const Protocol& protocol) {
      return score(index, *files, protocol, find_missing(index, *files, protocol)).result;
    };
    const Result without = scored(plain);
    const Result with = scored(with_measures(plain, {"vessel"}, {}));
    for (const Aggregate& aggregate : without.aggregates) {
      const Aggregate* const own = find_aggregate(with, aggregate.metric, aggregate.scope);
      ASSERT_NE(own, nullptr) << name;
      EXPECT_EQ(own->value, aggregate.value) << name << " " << aggregate.metric.id;
    }
    // The predictions are a pixel larger than the truth.
    const Aggregate* const cldice = find_aggregate(with, Metric("cldice"), Scope::overall);
    ASSERT_TRUE(cldice != nullptr && cldice->value) << name;
    EXPECT_GT(*cldice->value, 0.5) << name;
    const Aggregate* const far = find_aggregate(with, Metric("hd95_defined"), Scope::overall);
    ASSERT_TRUE(far != nullptr && far->value) << name;
    EXPECT_GT(*far->value, 0) << name;
    EXPECT_LT(*far->value, 20) << name;
    ++num_scored;
  }
  EXPECT_GT(num_scored, 15);
}

TEST(VesselBenchmarks, SayThatDistancesOfAMissingVideoAreNotKnown) {
  const BenchmarkDefinition benchmark = load_benchmark("mose-v2-valid");
  const TempFolder folder;
  test::write_tiny_benchmark(folder, benchmark);
  const SequenceIndex index = index_ground_truth(folder / "data", benchmark);
  const std::string lost = index.sequences.front().name;
  std::filesystem::remove_all(folder / ("predictions/" + lost));
  const auto files = open_file_tree(folder / "predictions");
  const auto scored = [&](const Protocol& protocol) {
    return score(index, *files, protocol, find_missing(index, *files, protocol)).result;
  };
  const auto has_note = [](const Result& result) {
    return std::ranges::any_of(result.findings,
                               [](const Finding& finding) { return finding.code == "S031"; });
  };
  const Protocol plain = load_protocol("mose-v2");
  EXPECT_FALSE(has_note(scored(plain)));
  const Result result = scored(with_measures(plain, {"vessel"}, {}));
  EXPECT_TRUE(has_note(result));
  const auto sequence = std::ranges::find(result.sequences, lost, &SequenceScore::name);
  ASSERT_NE(sequence, result.sequences.end());
  ASSERT_FALSE(sequence->objects.empty());
  for (const ObjectScore& object : sequence->objects) {
    for (const char* const zero : {"J", "cldice", "tsens", "nsd@1", "f@2", "recall_thin"})
      EXPECT_EQ(object.value(Metric(zero)), 0.0) << zero;
    for (const char* const unknown : {"hd95", "hd95_defined", "tprec", "b0_error"})
      EXPECT_EQ(object.value(Metric(unknown)), std::nullopt) << unknown;
  }
}

TEST(VesselProtocols, AreTheSameHoweverMeasuresAreAskedFor) {
  const Protocol plain = load_protocol("mosxav-val");
  const Protocol both = with_measures(plain, {"hd95", "cldice"}, {});
  EXPECT_EQ(both.hash, with_measures(plain, {"cldice", "hd95", "J"}, {}).hash);
  EXPECT_EQ(both.hash, with_measures(with_measures(plain, {"hd95"}, {}), {"cldice"}, {}).hash);
  EXPECT_EQ(both.hash, with_measures(both, {"cldice"}, {}).hash);
  EXPECT_NE(both.hash, plain.hash);
  EXPECT_NE(both.hash, with_measures(both, {}, Spacing{0.3, 0.3}).hash);
  EXPECT_EQ(plain.hash, with_measures(plain, {}, {}).hash);
  EXPECT_EQ(plain.hash, with_measures(plain, {"J"}, {}).hash);
  // It is what a file with these rules would be.
  EXPECT_EQ(parse_protocol(both.rules, "again").hash, both.hash);
  std::vector<std::string> ids;
  for (const Metric& metric : both.measures) ids.push_back(metric.id);
  EXPECT_THAT(ids, ::testing::ElementsAre("J&F", "J", "F", "cldice", "tprec", "tsens", "hd95"));
}

TEST(VesselProtocols, ShareRulesWhereOnlyMeasuresDiffer) {
  const auto stamp = [](const Protocol& protocol) { return stamp_of(protocol); };
  const Protocol plain = load_protocol("mosxav-val");
  const Protocol vessel = with_measures(plain, {"vessel"}, {});
  const Protocol sized = with_measures(plain, {"vessel"}, Spacing{0.3, 0.3});
  EXPECT_TRUE(share_rules(stamp(plain), stamp(vessel)));
  EXPECT_TRUE(share_rules(stamp(plain), stamp(sized)));
  EXPECT_TRUE(share_rules(stamp(with_measures(plain, {"cldice"}, {})), stamp(vessel)));
  EXPECT_FALSE(share_rules(stamp(vessel), stamp(sized)));
  EXPECT_FALSE(share_rules(stamp(load_protocol("mosxav-test")), stamp(vessel)));
  ProtocolStamp changed = stamp(plain);
  changed.rules = vessel.rules;  // rules that are not what the hash is of
  EXPECT_FALSE(share_rules(changed, stamp(vessel)));
}

TEST(VesselProtocols, TakeMeasuresWhereverObjectsAreKnown) {
  int num_refused = 0;
  for (const std::string& name : protocol_names()) {
    const Protocol protocol = load_protocol(name);
    try {
      const Protocol more = with_measures(protocol, {"vessel"}, {});
      EXPECT_EQ(more.display, protocol.display) << name;
      EXPECT_EQ(more.measures.front(), protocol.measures.front()) << name;
      EXPECT_GT(more.measures.size(), protocol.measures.size() + 30) << name;
    } catch (const Error& error) {
      EXPECT_TRUE(protocol.objects == ObjectSource::proposals || protocol.task != Task::objects)
          << name << error.what();
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      ++num_refused;
    }
  }
  EXPECT_GT(num_refused, 0);
}

TEST(VesselProtocols, RefuseWhatIsNoMeasure) {
  const Protocol plain = load_protocol("mosxav-val");
  try {
    with_measures(plain, {"hd96"}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.what(), HasSubstr("hd96"));
    EXPECT_THAT(error.what(), HasSubstr("hd95"));
  }
  const std::string head = R"({"schema": "protocol-1", "name": "mine", "version": 1,
      "objects": {"from": "truth"}, "spacing": )";
  EXPECT_THROW(parse_protocol(head + "[1, 1]}", "mine"), Error);  // of no distance
  for (const char* const spacing : {"[0, 1]", "[1]", "0.3", R"(["a", 1])", "[1, -1]", "[1, 2000]"})
    EXPECT_THROW(parse_protocol(head + spacing + R"(, "measures": ["vessel"]})", "mine"), Error);
  const Protocol sized = parse_protocol(head + R"([0.5, 0.25], "measures": ["vessel"]})", "mine");
  EXPECT_EQ(sized.spacing, (Spacing{0.5, 0.25}));
}

}  // namespace
}  // namespace angiobench
