// SPDX-License-Identifier: MIT
// Every figure of expected/ in the folder of test data: the float64 scores of the public Python
// scorers on real masks.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>
#include <nlohmann/json.hpp>

#include "dataset/files/atomic_file.h"
#include "dataset/files/zip_writer.h"
#include "evaluator/scoring/explanation.h"
#include "evaluator/scoring/scorer.h"
#include "reports/legacy_csv.h"
#include "reports/result_json.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

constexpr double kTolerance = 1e-12;

struct Case {
  const char* name;
  const char* benchmark;
  const char* truth;
  const char* predictions;
  const char* expected;
};

void PrintTo(const Case& golden, std::ostream* out) { *out << golden.name; }

Result score_tree(const Case& golden, const std::string& path, FrameRows rows = FrameRows::drop,
                  int jobs = 2) {
  const BenchmarkDefinition benchmark = load_benchmark(golden.benchmark);
  const SequenceIndex index = index_ground_truth(test::test_data(golden.truth), benchmark);
  const auto predictions = open_file_tree(path);
  const Protocol protocol = load_protocol(benchmark.protocol);
  const MissingFrames missing = find_missing(index, *predictions, protocol);
  ScoreOptions options;
  options.rows = rows;
  options.jobs = jobs;
  // Some predictions cover a part of the split only.
  options.missing = missing.any() ? MissingPolicy::skip : MissingPolicy::error;
  ScoreOutcome outcome = score(index, *predictions, protocol, missing, options);
  EXPECT_TRUE(outcome.failures.empty())
      << (outcome.failures.empty() ? "" : outcome.failures.front().what());
  return std::move(outcome.result);
}

Result score_case(const Case& golden, FrameRows rows = FrameRows::drop, int jobs = 2) {
  return score_tree(golden, test::test_data(golden.predictions), rows, jobs);
}

nlohmann::json read_expected(const std::string& file) {
  return nlohmann::json::parse(read_text_file(test::test_data(file)));
}

const ObjectScore* find_object(const Result& result, const std::string& sequence, int id) {
  for (const SequenceScore& candidate : result.sequences) {
    if (candidate.name != sequence) continue;
    for (const ObjectScore& object : candidate.objects) {
      if (object.id == id) return &object;
    }
  }
  return nullptr;
}

// Compares [J, F] x 100 of every object; returns how many there were.
std::size_t expect_means(const Result& result, const nlohmann::json& expected) {
  std::size_t count = 0;
  for (const auto& [sequence, objects] : expected.at("objects").items()) {
    for (const auto& [id, values] : objects.items()) {
      ++count;
      const ObjectScore* const object = find_object(result, sequence, std::stoi(id));
      EXPECT_NE(object, nullptr) << sequence << " " << id;
      if (object == nullptr) continue;
      EXPECT_NEAR(*object->value(Metric("J")), values.at(0).get<double>() / 100, kTolerance)
          << sequence << " " << id;
      EXPECT_NEAR(*object->value(Metric("F")), values.at(1).get<double>() / 100, kTolerance)
          << sequence << " " << id;
    }
  }
  return count;
}

class PerObjectMeans : public ::testing::TestWithParam<Case> {};

TEST_P(PerObjectMeans, EqualThePublicScorers) {
  ANGIOBENCH_REQUIRE_DATA(expected_path, GetParam().expected);
  const Result result = score_case(GetParam());
  const std::size_t num_expected = expect_means(result, read_expected(GetParam().expected));
  EXPECT_GT(num_expected, 0U);
  EXPECT_EQ(result.dataset.objects, num_expected);
}

TEST_P(PerObjectMeans, AreTheSameBytesForAnyNumberOfThreads) {
  ANGIOBENCH_REQUIRE_DATA(expected_path, GetParam().expected);
  const std::string one = result_to_json(score_case(GetParam(), FrameRows::drop, 1));
  for (const int jobs : {2, 3, 8})
    EXPECT_EQ(result_to_json(score_case(GetParam(), FrameRows::drop, jobs)), one) << jobs;
}

INSTANTIATE_TEST_SUITE_P(
    Golden, PerObjectMeans,
    ::testing::Values(Case{"mosxav_val", "mosxav-val", "mosxav", "mosxav/predictions/val",
                           "expected/mosxav-val.json"},
                      Case{"mosxav_test", "mosxav-test", "mosxav", "mosxav/predictions/test",
                           "expected/mosxav-test.json"},
                      Case{"xacv", "xacv", "xacv/gt", "xacv/pred", "expected/xacv.json"},
                      Case{"davis2016", "davis2016-val", "davis2016/gt", "davis2016/pred",
                           "expected/davis2016.json"}),
    [](const auto& golden) { return std::string(golden.param.name); });

TEST(Golden, Davis2017PredAEqualsVosBenchmarkUnderItsRules) {
  ANGIOBENCH_REQUIRE_DATA(root, "davis2017");
  const SequenceIndex index =
      index_ground_truth(root + "/Annotations", load_benchmark("davis2017-val"));
  const auto predictions = open_file_tree(root + "/pred-a");
  const Protocol protocol = load_protocol("vos-benchmark");
  const ScoreOutcome outcome =
      score(index, *predictions, protocol, find_missing(index, *predictions, protocol));
  EXPECT_EQ(expect_means(outcome.result, read_expected("expected/davis2017-pred-a.json")),
            outcome.result.dataset.objects);
}

TEST(Golden, Davis2017OsvosEqualsTheDavisCodeWithRecallAndDecay) {
  ANGIOBENCH_REQUIRE_DATA(expected_path, "expected/davis2017-pred-osvos.json");
  const nlohmann::json expected = nlohmann::json::parse(read_text_file(expected_path));
  const Result result =
      score_case({"", "davis2017-val", "davis2017/Annotations", "davis2017/pred-osvos", ""});
  std::size_t num_expected = 0;
  for (const auto& [name, values] : expected.at("objects").items()) {
    ++num_expected;
    const std::size_t cut = name.rfind('_');
    const ObjectScore* const object =
        find_object(result, name.substr(0, cut), std::stoi(name.substr(cut + 1)));
    ASSERT_NE(object, nullptr) << name;
    const std::optional<double> ours[] = {
        object->value(Metric("J")),        object->value(Metric("J_recall")),
        object->value(Metric("J_decay")),  object->value(Metric("F")),
        object->value(Metric("F_recall")), object->value(Metric("F_decay"))};
    for (std::size_t i = 0; i < 6; ++i)
      EXPECT_NEAR(*ours[i], values.at(i).get<double>(), kTolerance) << name << " " << i;
  }
  EXPECT_EQ(result.dataset.objects, num_expected);
}

TEST(Golden, LegacyCsvIsTheFilePublishedBesideThePredictions) {
  ANGIOBENCH_REQUIRE_DATA(val, "expected/mosxav-val-published.csv");
  ANGIOBENCH_REQUIRE_DATA(test_split, "expected/mosxav-test-published.csv");
  EXPECT_EQ(legacy_csv(score_case({"", "mosxav-val", "mosxav", "mosxav/predictions/val", ""}))
                .at(0)
                .second,
            read_text_file(val));
  EXPECT_EQ(legacy_csv(score_case({"", "mosxav-test", "mosxav", "mosxav/predictions/test", ""}))
                .at(0)
                .second,
            read_text_file(test_split));
}

TEST(Golden, MosxavTestHasThePublishedHeadlineAndThePooledMeanBesideIt) {
  ANGIOBENCH_REQUIRE_DATA(root, "mosxav");
  const Result result = score_case({"", "mosxav-test", "mosxav", "mosxav/predictions/test", ""});
  const auto percent = [&](const Metric& metric, Scope scope) {
    char text[16];
    std::snprintf(text, sizeof text, "%.1f",
                  100 * find_aggregate(result, metric, scope)->value.value());
    return std::string(text);
  };
  EXPECT_EQ(percent(Metric("J&F"), Scope::overall), "49.3");
  EXPECT_EQ(percent(Metric("J"), Scope::seen), "47.6");
  EXPECT_EQ(percent(Metric("F"), Scope::seen), "66.1");
  EXPECT_EQ(percent(Metric("J"), Scope::unseen), "33.2");
  EXPECT_EQ(percent(Metric("F"), Scope::unseen), "50.1");
  EXPECT_EQ(percent(Metric("J&F"), Scope::pooled), "49.4");
}

// What `explain` says of the published conventions on the real MOSXAV predictions. On val `visor`
// is the highest: it scores the last frame, and late objects not at all.
TEST(Golden, ExplainShowsTheRangeOfConventionsAndItsStepsAddUp) {
  ANGIOBENCH_REQUIRE_DATA(root, "mosxav");
  for (const auto& [name, low, high] :
       {std::tuple{"mosxav-val", "80.5", "85.1"}, std::tuple{"mosxav-test", "47.8", "51.8"}}) {
    const SequenceIndex index = index_ground_truth(root, load_benchmark(name));
    const auto predictions = open_file_tree(root + "/predictions/" + std::string(name).substr(7));
    std::vector<Protocol> protocols;
    for (const std::string& protocol : protocol_names())
      protocols.push_back(load_protocol(protocol));
    const auto between = std::pair{load_protocol(name), load_protocol("strict")};
    const Explanation explanation = explain_protocols(index, *predictions, protocols, between);
    double smallest = 1;
    double largest = 0;
    for (const ProtocolScore& score : explanation.scores) {
      if (!score.j_and_f || !score.in_range) continue;
      smallest = std::min(smallest, *score.j_and_f);
      largest = std::max(largest, *score.j_and_f);
    }
    char text[16];
    std::snprintf(text, sizeof text, "%.1f", 100 * smallest);
    EXPECT_STREQ(text, low);
    std::snprintf(text, sizeof text, "%.1f", 100 * largest);
    EXPECT_STREQ(text, high);
    double sum = 0;
    for (const RuleStep& step : explanation.steps) sum += step.contribution;
    EXPECT_EQ(sum, *explanation.to_value - *explanation.from_value);
    EXPECT_GE(explanation.steps.size(), 4U);
  }
}

// Every submission at hand, whether it came as a folder or as a zip, in the other form.
class FolderAndZip : public ::testing::TestWithParam<Case> {};

TEST_P(FolderAndZip, GiveTheSameResult) {
  ANGIOBENCH_REQUIRE_DATA(path, GetParam().predictions);
  const auto tree = open_file_tree(path);
  const test::TempFolder folder;
  const bool is_zip = path.ends_with(".zip");
  const std::string copy = folder / (is_zip ? "masks" : "masks.zip");
  std::optional<ZipWriter> writer;
  if (!is_zip) writer.emplace(copy);
  std::vector<std::uint8_t> bytes;
  for (const std::string& sequence : tree->folders("")) {
    for (const std::string& file : tree->files(sequence)) {
      const std::string name = join_path(sequence, file);
      ASSERT_TRUE(tree->read(name, bytes)) << name;
      if (writer) {
        writer->add(name, bytes);
      } else {
        folder.write("masks/" + name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      }
    }
  }
  if (writer) writer->finish();
  // All but where the files lie.
  const auto text_of = [](Result result) {
    for (Finding& finding : result.findings) finding.path.clear();
    return result_to_json(result);
  };
  const Result original = score_tree(GetParam(), path);
  EXPECT_FALSE(original.aggregates.empty());
  EXPECT_EQ(text_of(score_tree(GetParam(), copy)), text_of(original));
}

INSTANTIATE_TEST_SUITE_P(
    Golden, FolderAndZip,
    ::testing::Values(
        Case{"mosxav_val", "mosxav-val", "mosxav", "mosxav/predictions/val", ""},
        Case{"mosxav_test", "mosxav-test", "mosxav", "mosxav/predictions/test", ""},
        Case{"xacv", "xacv", "xacv/gt", "xacv/pred", ""},
        Case{"davis2016", "davis2016-val", "davis2016/gt", "davis2016/pred", ""},
        Case{"davis2016_stm", "davis2016-val", "davis2016/gt", "davis2016/predictions/stm.zip", ""},
        Case{"davis2016_siammask", "davis2016-val", "davis2016/gt",
             "davis2016/predictions/siammask.zip", ""},
        Case{"davis2017_a", "davis2017-val", "davis2017/Annotations", "davis2017/pred-a", ""},
        Case{"davis2017_osvos", "davis2017-val", "davis2017/Annotations", "davis2017/pred-osvos",
             ""}),
    [](const auto& golden) { return std::string(golden.param.name); });

// The official per-frame values of two submissions, printed with three decimals; every frame of
// every sequence.
class PublishedFrames : public ::testing::TestWithParam<const char*> {};

TEST_P(PublishedFrames, AreReproducedOnEveryFrame) {
  ANGIOBENCH_REQUIRE_DATA(expected_path,
                          std::string("expected/davis2016-") + GetParam() + "-published.json");
  const std::string zip = std::string("davis2016/predictions/") + GetParam() + ".zip";
  const Result result =
      score_case({"", "davis2016-val", "davis2016/gt", zip.c_str(), ""}, FrameRows::keep);
  const nlohmann::json expected = nlohmann::json::parse(read_text_file(expected_path));
  std::size_t num_frames = 0;
  for (const SequenceScore& sequence : result.sequences) {
    const nlohmann::json& published = expected.at(sequence.name);
    std::size_t position = 0;
    for (const FrameScore& row : sequence.frames) {
      if (row.role != FrameRole::scored) continue;
      char j[16];
      char f[16];
      std::snprintf(j, sizeof j, "%.3f", region_j(row.counts));
      std::snprintf(f, sizeof f, "%.3f", boundary_f(row.counts));
      EXPECT_EQ(j, published.at("J").at(position).get<std::string>())
          << sequence.name << " " << position;
      EXPECT_EQ(f, published.at("F").at(position).get<std::string>())
          << sequence.name << " " << position;
      ++position;
      ++num_frames;
    }
    EXPECT_EQ(position, published.at("J").size()) << sequence.name;
  }
  EXPECT_EQ(num_frames, 1336U);
  // The temporal stability of the same two, as published.
  const Aggregate* const stability = find_aggregate(result, Metric("T"), Scope::overall);
  ASSERT_NE(stability, nullptr);
  EXPECT_EQ(stability->n, 10U);
  char t[16];
  std::snprintf(t, sizeof t, "%.3f", stability->value.value_or(-1));
  EXPECT_STREQ(t, std::string(GetParam()) == "stm" ? "0.150" : "0.407");
}

INSTANTIATE_TEST_SUITE_P(Golden, PublishedFrames, ::testing::Values("stm", "siammask"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace angiobench
