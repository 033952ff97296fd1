// SPDX-License-Identifier: MIT
#include "evaluator/scoring/task_scorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <cmath>

#include "dataset/error.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/comparing/comparison.h"
#include "evaluator/comparing/gate.h"
#include "tests/support/masks.h"
#include "tests/support/png_writer.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::HasSubstr;

void write_bytes(const TempFolder& folder, const std::string& path,
                 const std::vector<std::uint8_t>& bytes) {
  folder.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// Pixels "0", "1" … as labels, "v" as 255.
Mask labels(const std::vector<std::string>& rows) {
  Mask mask(static_cast<int>(rows.front().size()), static_cast<int>(rows.size()));
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const char c = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
      mask.at(x, y) = c == 'v' ? 255 : static_cast<std::uint8_t>(c - '0');
    }
  }
  return mask;
}

std::vector<std::uint8_t> grey(const Mask& mask) {
  return test::write_png(mask.view(), test::PngKind{.color_type = 0});
}

// A data set and a submission in a folder, and what scoring them says.
struct Case {
  explicit Case(const std::string& benchmark_json)
      : benchmark(parse_benchmark(benchmark_json, "mine.json")) {}

  ScoreOutcome outcome(const std::string& protocol, ScoreOptions options = {}) const {
    const SequenceIndex index = index_ground_truth(folder / "data", benchmark);
    const std::unique_ptr<FileTree> tree = open_file_tree(folder / "predictions");
    const Protocol rules = protocol.starts_with("{") ? parse_protocol(protocol, "rules.json")
                                                     : load_protocol(protocol);
    return score(index, *tree, rules, find_missing(index, *tree, rules), options);
  }
  Result result(const std::string& protocol, const ScoreOptions& options = {}) const {
    ScoreOutcome scored = outcome(protocol, options);
    for (const Error& error : scored.failures) ADD_FAILURE() << error.what();
    attach_intervals(scored.result);
    return std::move(scored.result);
  }
  std::string failure(const std::string& protocol) const {
    const ScoreOutcome scored = outcome(protocol);
    return scored.failures.empty() ? "none" : scored.failures.front().what();
  }

  TempFolder folder;
  BenchmarkDefinition benchmark;
};

std::optional<double> value_of(const Result& result, const char* metric,
                               Scope scope = Scope::overall) {
  const Aggregate* const aggregate = find_aggregate(result, Metric(metric), scope);
  return aggregate == nullptr ? std::optional<double>(-1) : aggregate->value;
}

std::string messages_of(const Result& result, std::string_view code) {
  std::string text;
  for (const Finding& finding : result.findings) {
    if (finding.code == code) text += finding.message + "\n";
  }
  return text;
}

// --- classes ---

constexpr const char* kClasses = R"({"schema": "benchmark-2", "name": "classes",
    "protocol": "semantic", "task": "semantic", "annotations": ["truth"], "prompts": "none",
    "palette": [[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]],
    "classes": [{"id": 0, "name": "background", "color": [0, 0, 0]},
                {"id": 1, "name": "vessel", "color": [255, 0, 0]},
                {"id": 2, "name": "wire", "color": [0, 255, 0]},
                {"id": 3, "name": "stent", "color": [0, 0, 255]}]})";

struct Classes : Case {
  Classes() : Case(kClasses) {
    add("a", "0", {"0011", "0v11"}, {"0012", "0111"});
    add("a", "1", {"0000", "0000"}, {"0000", "0000"});
    add("b", "0", {"1100", "1100"}, {"1000", "1000"});
  }
  void add(const std::string& sequence, const std::string& frame,
           const std::vector<std::string>& truth, const std::vector<std::string>& prediction) {
    const std::string file = sequence + "/" + frame + ".png";
    write_bytes(folder, "data/truth/" + file, grey(labels(truth)));
    write_bytes(folder, "predictions/" + file, grey(labels(prediction)));
  }
};

TEST(ScoreTask, SumsClassesOverImagesByHand) {
  const Result result = Classes().result("semantic");
  // Truth without void: a/0 has 3 background, 4 vessel; a/1 8 background; b/0 4 and 4.
  ASSERT_EQ(result.classes.size(), 4U);
  EXPECT_EQ(result.classes[0].sums, (ClassSums{15, 15, 17}));
  EXPECT_EQ(result.classes[1].sums, (ClassSums{5, 8, 5}));
  EXPECT_EQ(result.classes[2].sums, (ClassSums{0, 0, 1}));
  EXPECT_EQ(result.classes[1].images, 2U);
  EXPECT_EQ(value_of(result, "mIoU"), (15.0 / 17 + 5.0 / 8 + 0) / 3);
  EXPECT_EQ(value_of(result, "mIoU_foreground"), (5.0 / 8 + 0) / 2);
  EXPECT_EQ(value_of(result, "mDice_foreground"), (10.0 / 13 + 0) / 2);
  EXPECT_EQ(value_of(result, "pixel_accuracy"), 20.0 / 23);
  // By image, foreground: a/0 vessel 3/4 and wire 0; a/1 has none; b/0 2/4.
  EXPECT_EQ(value_of(result, "mIoU_foreground_image"), (0.375 + 0.5) / 2);
  EXPECT_EQ(find_aggregate(result, Metric("mIoU_foreground_image"), Scope::overall)->n_left_out,
            1U);
  // The class of neither side has no value, is in no mean, and that is told.
  EXPECT_FALSE(result.classes[3].iou);
  EXPECT_EQ(find_aggregate(result, Metric("mIoU"), Scope::overall)->n_left_out, 1U);
  EXPECT_THAT(messages_of(result, "S016"), HasSubstr("3 (stent)"));
  EXPECT_EQ(result.dataset.frames_scored, 3U);
  EXPECT_EQ(result.sequences[0].measures.at(Metric("mIoU_image")).n, 2U);
  EXPECT_EQ(result.sequences[1].measures.at(Metric("mIoU_foreground")).value, 0.5);
}

TEST(ScoreTask, TellsSeenFromUnseenClasses) {
  const Result result = Classes().result(R"({"schema": "protocol-1", "name": "mine", "version": 1,
      "task": "semantic", "background": 0, "seen": [1], "void": 255, "measures": ["IoU"]})");
  EXPECT_EQ(value_of(result, "IoU", Scope::seen), 5.0 / 8);
  EXPECT_EQ(value_of(result, "IoU", Scope::unseen), 0);  // wire alone has a value
  EXPECT_EQ(find_aggregate(result, Metric("mDice"), Scope::overall), nullptr);
}

TEST(ScoreTask, TakesTheColoursOfTheTable) {
  Classes plain;
  const Result numbers = plain.result("semantic");
  const std::vector<Rgb> colors = plain.benchmark.palette;
  std::vector<Rgb> pixels;
  for (const char c : std::string("00120111"))
    pixels.push_back(colors[static_cast<std::size_t>(c - '0')]);
  write_bytes(plain.folder, "predictions/a/0.png", test::write_rgb_png(4, 2, pixels));
  const Result colored = plain.result("semantic");
  EXPECT_EQ(colored.confusion->rows, numbers.confusion->rows);
  pixels[0] = {1, 2, 3};
  write_bytes(plain.folder, "predictions/a/0.png", test::write_rgb_png(4, 2, pixels));
  EXPECT_THAT(plain.failure("semantic"), HasSubstr("(1, 2, 3)"));
}

TEST(ScoreTask, RefusesLabelsAboveTheTable) {
  Classes above;
  above.add("b", "0", {"1100", "1100"}, {"1000", "7000"});
  EXPECT_THAT(above.failure("semantic"),
              HasSubstr("predictions/b/0.png: has the label 7, which is no class; expected the "
                        "classes 0 to 3 of classes"));
  above.add("b", "0", {"1100", "1100"}, {"1000", "v000"});
  EXPECT_THAT(above.failure("semantic"), HasSubstr("has the label 255"));
  above.add("b", "0", {"1100", "1100"}, {"100", "100"});
  EXPECT_THAT(above.failure("semantic"), HasSubstr("the mask is 3x2 pixels; expected 4x2"));
}

TEST(ScoreTask, WhatIsMissingIsAnErrorBackgroundOrLeftOut) {
  Classes gone;
  boost::filesystem::remove(gone.folder / "predictions/b/0.png");
  EXPECT_THROW(gone.outcome("semantic"), Error);
  ScoreOptions options;
  options.missing = MissingPolicy::zero;
  const Result zero = gone.result("semantic", options);
  EXPECT_EQ(zero.classes[1].sums, (ClassSums{3, 8, 3}));
  EXPECT_TRUE(zero.complete);
  options.missing = MissingPolicy::skip;
  const Result skip = gone.result("semantic", options);
  EXPECT_EQ(skip.classes[1].sums, (ClassSums{3, 4, 3}));
  EXPECT_FALSE(skip.complete);
  EXPECT_EQ(skip.dataset.frames_scored, 2U);
}

TEST(ScoreTask, HandsImagesToWhoeverWritesThem) {
  std::vector<std::string> names;
  ScoreOptions options;
  options.on_sequence = [&](const SequenceScore& sequence) {
    for (const ImageScore& image : sequence.images) {
      names.push_back(sequence.name + "/" + image.name);
      EXPECT_EQ(image.classes.size(), 4U);
    }
  };
  const Result result = Classes().result("semantic", options);
  EXPECT_THAT(names, testing::ElementsAre("a/0", "a/1", "b/0"));
  EXPECT_TRUE(result.sequences[0].images.empty());
}

// --- maps ---

constexpr const char* kMaps = R"({"schema": "benchmark-2", "name": "maps", "protocol": "dias",
    "task": "binary", "annotations": ["truth"], "masks": "{sequence}.png", "submission": "map",
    "labels": {"nonzero": 1}, "prompts": "none"})";

struct Maps : Case {
  Maps() : Case(kMaps) {}
  void add(const std::string& name, const Mask& truth, const Mask& map) {
    write_bytes(folder, "data/truth/" + name + ".png", grey(truth));
    write_bytes(folder, "predictions/" + name + ".png", grey(map));
  }
};

// `value` where `mask` is set.
Mask scaled(const Mask& mask, int value) {
  Mask map(mask.width(), mask.height());
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x)
      map.at(x, y) = static_cast<std::uint8_t>(mask.at(x, y) != 0 ? value : 0);
  }
  return map;
}

TEST(ScoreTask, APublishedRowIsNanWhereOneImageHasNoOverlap) {
  Maps maps;
  const Mask object = labels({"0000", "0110", "0110", "0000"});
  const Mask elsewhere = labels({"1000", "0000", "0000", "0001"});
  maps.add("good", object, scaled(object, 200));
  maps.add("lost", object, scaled(elsewhere, 200));
  const Result published = maps.result("dias");
  EXPECT_FALSE(value_of(published, "DSC"));
  EXPECT_EQ(value_of(published, "Sen"), 0.5);
  EXPECT_THAT(messages_of(published, "S012"),
              HasSubstr("DSC (overall) has no value: the public code has NaN for lost"));
  const Result exact = maps.result("dias-exact");
  EXPECT_EQ(value_of(exact, "DSC"), 0.5);
  EXPECT_EQ(value_of(exact, "cldice"), 0.5);
  EXPECT_EQ(messages_of(exact, "S012"), "");
  // One component each in the first, two for one in the second.
  EXPECT_EQ(value_of(exact, "VC"), 1.5);
  EXPECT_EQ(value_of(exact, "log_VC"), std::log(2.0) / 2);
  EXPECT_EQ(find_aggregate(exact, Metric("DSC"), Scope::overall)->deviation, 0.5);
}

TEST(ScoreTask, AnEmptyTruthHasNoCurveAndIsCounted) {
  Maps maps;
  const Mask object = labels({"0000", "0110", "0110", "0000"});
  maps.add("good", object, scaled(object, 200));
  maps.add("empty", Mask(4, 4), Mask(4, 4));
  const Result exact = maps.result("dias-exact");
  const Aggregate& area = *find_aggregate(exact, Metric("AUC"), Scope::overall);
  EXPECT_EQ(area.value, 1);
  EXPECT_EQ(area.n, 1U);
  EXPECT_EQ(area.n_left_out, 1U);
  EXPECT_THAT(messages_of(exact, "S016"), HasSubstr("AUC has no value in 1 image (empty)"));
  EXPECT_EQ(value_of(exact, "DSC"), 1);  // nothing to find, nothing reported
  const Result left_out = maps.result(
      R"({"schema": "protocol-1", "name": "mine", "version": 1, "task": "binary",
          "both_empty": "left-out", "measures": ["DSC"], "spread": "sample"})");
  EXPECT_EQ(find_aggregate(left_out, Metric("DSC"), Scope::overall)->n, 1U);
  EXPECT_FALSE(find_aggregate(left_out, Metric("DSC"), Scope::overall)->deviation);
}

TEST(ScoreTask, MapsOfSixteenBitsScoreAsThoseOfEight) {
  Maps maps;
  const Mask object = labels({"000000", "011110", "010010", "000000"});
  Mask map(6, 4);
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 6; ++x) map.at(x, y) = static_cast<std::uint8_t>((37 * x + 91 * y) % 256);
  }
  map.at(0, 0) = 127;
  maps.add("one", object, map);
  const Result eight = maps.result("dias-exact");
  EXPECT_THAT(messages_of(eight, "S017"), HasSubstr("1 pixels of 1 map have"));
  std::vector<std::uint16_t> values;
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 6; ++x) values.push_back(static_cast<std::uint16_t>(map.at(x, y) * 257));
  }
  write_bytes(maps.folder, "predictions/one.png", test::write_grey16_png(6, 4, values));
  const Result sixteen = maps.result("dias-exact");
  for (const Aggregate& aggregate : eight.aggregates)
    EXPECT_EQ(value_of(sixteen, aggregate.metric.id.c_str()), aggregate.value)
        << aggregate.metric.id;
  EXPECT_EQ(sixteen.curve->on, eight.curve->on);
}

TEST(ScoreTask, AThresholdIsTheProtocols) {
  Maps maps;
  const Mask object = labels({"0000", "0110", "0110", "0000"});
  maps.add("one", object, scaled(object, 100));
  EXPECT_EQ(value_of(maps.result("dias-exact"), "DSC"), 0);
  EXPECT_EQ(value_of(maps.result(R"({"schema": "protocol-1", "name": "mine", "version": 1,
                "task": "binary", "threshold": 0.3, "measures": ["DSC"]})"),
                     "DSC"),
            1);
  maps.add("one", object, Mask(5, 4));
  EXPECT_THAT(maps.failure("dias"), HasSubstr("the mask is 5x4 pixels; expected 4x4"));
}

// --- labels that may overlap ---

constexpr const char* kPlanes = R"({"schema": "benchmark-2", "name": "planes",
    "protocol": "paxray", "task": "multilabel", "annotations": ["truth"], "storage": "planes",
    "masks": "{frame}.npy", "submission": "planes", "prompts": "none"})";

TEST(ScoreTask, RefusesArraysThatAreNotTheTruths) {
  Case planes(kPlanes);
  const std::vector<std::uint64_t> shape = {2, 2, 2};
  write_bytes(planes.folder, "data/truth/x.npy",
              encode_npy(shape, std::vector<std::uint8_t>{1, 1, 0, 0, 0, 0, 0, 0}));
  write_bytes(planes.folder, "predictions/x.npy",
              encode_npy(shape, std::vector<std::uint8_t>{1, 0, 0, 0, 0, 0, 0, 1}));
  const Result result = planes.result("paxray");
  EXPECT_EQ(value_of(result, "miou"), (0.5 + 0) / 2);
  EXPECT_EQ(value_of(result, "miou-present"), 0.5);
  EXPECT_EQ(result.classes[1].sums, (ClassSums{0, 0, 1}));

  const std::vector<std::uint64_t> more = {3, 2, 2};
  write_bytes(planes.folder, "predictions/x.npy", encode_npy(more, std::vector<std::uint8_t>(12)));
  EXPECT_THAT(planes.failure("paxray"), HasSubstr("has the shape [3, 2, 2]; expected [2, 2, 2]"));
  const std::vector<std::uint64_t> larger = {2, 2, 3};
  write_bytes(planes.folder, "predictions/x.npy",
              encode_npy(larger, std::vector<std::uint8_t>(12)));
  EXPECT_THAT(planes.failure("paxray"), HasSubstr("has the shape [2, 2, 3]"));
  std::vector<std::uint8_t> floats = encode_npy(shape, std::vector<std::uint8_t>(16));
  const std::string type = "|b1";
  const auto at = std::search(floats.begin(), floats.end(), type.begin(), type.end());
  std::copy_n("<f2", 3, at);
  write_bytes(planes.folder, "predictions/x.npy", floats);
  EXPECT_THAT(planes.failure("paxray"), HasSubstr("bool or uint8"));
}

// --- tasks ---

TEST(CheckTask, AProtocolOfAnotherTaskIsToldBeforeAnythingIsRead) {
  const auto message = [](const char* benchmark, const char* protocol) -> std::string {
    try {
      check_task(load_benchmark(benchmark), load_protocol(protocol));
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_THAT(message("mosxav-test", "dias"),
              HasSubstr("is dias, whose task is binary; the task of mosxav-test is objects"));
  EXPECT_THAT(message("dias-test", "semantic"), HasSubstr("the benchmark's own protocol, dias"));
  EXPECT_EQ(message("dias-test", "dias-exact"), "none");
  EXPECT_EQ(message("dias-test", "stills"), "none");
  EXPECT_EQ(message("mosxav-semantic-val", "semantic"), "none");
  EXPECT_EQ(message("paxray-test", "paxray"), "none");
}

// --- comparing and gates ---

TEST(CompareResults, PairsSequencesOfClasses) {
  Classes mine;
  const Result before = mine.result("semantic");
  mine.add("b", "0", {"1100", "1100"}, {"1100", "1100"});
  const Result after = mine.result("semantic");
  const Comparison comparison = compare_results(before, after);
  EXPECT_TRUE(comparison.conclusive());
  const AggregateChange& change = comparison.aggregates.front();
  EXPECT_EQ(change.metric.metric, Metric("mIoU_foreground"));
  EXPECT_EQ(change.verdict, Verdict::improved);
  ASSERT_TRUE(change.statistics);
  // Two sequences of which one differs: every exchange leaves a difference as large.
  EXPECT_EQ(change.statistics->sign_flips.p, 1);
  EXPECT_NEAR(change.statistics->difference, *change.after - *change.before, 1e-15);
  ASSERT_EQ(comparison.sequences.size(), 2U);
  EXPECT_EQ(comparison.sequences[1].verdict, Verdict::improved);

  const GateRules rules = parse_gate_rules(R"({"schema": "gate-1", "rules": [
      {"metric": "mIoU_foreground", "scope": "overall", "max_drop": 0.01},
      {"metric": "IoU", "scope": "each-class", "max_drop": 0.01},
      {"metric": "mIoU", "scope": "each-sequence", "max_drop": 0.01}]})",
                                           "gate.json");
  EXPECT_EQ(evaluate_gate(after, &before, rules).verdict, Outcome::passed);
  const GateReport failed = evaluate_gate(before, &after, rules);
  EXPECT_EQ(failed.verdict, Outcome::failed);
  ASSERT_FALSE(failed.rules[1].broken.empty());
  EXPECT_EQ(failed.rules[1].broken.front().change.sequence, "vessel");
}

TEST(Gate, TakesThresholdsOfMeasuresThatAreNoFractions) {
  EXPECT_NO_THROW(parse_gate_rules(
      R"({"schema": "gate-1", "rules": [{"metric": "log_VC", "scope": "overall", "max": 2.5}]})",
      "gate.json"));
  EXPECT_THROW(
      parse_gate_rules(
          R"({"schema": "gate-1", "rules": [{"metric": "DSC", "scope": "overall", "min": 2.5}]})",
          "gate.json"),
      Error);
}

}  // namespace
}  // namespace angiobench
