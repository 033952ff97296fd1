// SPDX-License-Identifier: MIT
#include "dataset/benchmark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"

namespace angiobench {
namespace {

using ::testing::HasSubstr;

BenchmarkDefinition parsed_benchmark(const std::string& fields) {
  return parse_benchmark(
      R"({"schema": "benchmark-2", "name": "mine", "protocol": "strict")" + fields + "}",
      "mine.json");
}

std::string refusal(const std::string& fields) {
  try {
    parsed_benchmark(fields);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "taken";
}

// The files of the first schema as they shipped: they are read for ever, and say the same.
class FirstSchema : public ::testing::TestWithParam<std::string> {};

TEST_P(FirstSchema, SaysWhatTheSecondSays) {
  const std::string path =
      ANGIOBENCH_SOURCE_DIR "/tests/golden/benchmarks-1/" + GetParam() + ".json";
  BenchmarkDefinition old = parse_benchmark(read_text_file(path), path);
  const BenchmarkDefinition now = load_benchmark(GetParam());
  // What the first schema could not say, and two protocols that never were.
  old.sequences = now.sequences;
  old.digest = now.digest;
  old.scored_digest = now.scored_digest;
  if (old.protocol == "dias" || old.protocol == "paxray") old.protocol = now.protocol;
  EXPECT_TRUE(old == now);
}

// Those that shipped in the first schema.
std::vector<std::string> first_names() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(ANGIOBENCH_SOURCE_DIR "/tests/golden/benchmarks-1"))
    names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(FirstSchemas, AreAllKept) { EXPECT_EQ(first_names().size(), 23U); }

INSTANTIATE_TEST_SUITE_P(Shipped, FirstSchema, ::testing::ValuesIn(first_names()),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Benchmark, OfTheSecondSchemaSaysHowMasksAreKeptAndWhatTheyMean) {
  const BenchmarkDefinition benchmark = parsed_benchmark(R"(,
      "task": "binary", "masks": "{sequence}/seg/{frame}_m.png", "submission": "map",
      "labels": {"truth": {"7": 1, "9": 2}, "void": 8, "truth_values": [0, 7, 8, 9]},
      "palette": [[0, 0, 0], [255, 0, 0]], "color_types": ["grey", "palette"], "bits": 8,
      "numbering": {"from_zero": true, "dense": true}, "prompts": "none", "spacing_mm": [0.3, 0.2],
      "classes": [{"id": 1, "name": "vessel", "color": [1, 2, 3]}], "sequences": ["b", "a"])");
  EXPECT_EQ(benchmark.task, Task::binary);
  EXPECT_EQ(benchmark.masks.inner_folder(), "seg");
  EXPECT_EQ(benchmark.submission, MaskStorage::map);
  EXPECT_EQ(benchmark.submission_masks.at(0).text(), "{sequence}/{frame}.png");
  EXPECT_EQ(benchmark.labels.truth_ids[7], 1);
  EXPECT_EQ(benchmark.labels.truth_ids[9], 2);
  EXPECT_EQ(benchmark.labels.truth_ids[8], 0);
  EXPECT_EQ(benchmark.labels.truth_ids[1], 0);
  EXPECT_EQ(benchmark.labels.void_label, 8);
  EXPECT_EQ(benchmark.palette.size(), 2U);
  EXPECT_EQ(benchmark.classes.at(0).name, "vessel");
  EXPECT_THAT(benchmark.color_types, ::testing::ElementsAre(0, 3));
  EXPECT_TRUE(benchmark.from_zero && benchmark.dense);
  EXPECT_DOUBLE_EQ(benchmark.spacing_mm[1], 0.2);
  EXPECT_THAT(benchmark.sequences, ::testing::ElementsAre("a", "b"));
}

TEST(Benchmark, NamesTheFieldThatIsWrong) {
  EXPECT_THAT(refusal(R"(, "masks": "{frame}")"), HasSubstr("'masks'"));
  EXPECT_THAT(refusal(R"(, "storage": "objects", "masks": "{sequence}/{frame}.png")"),
              HasSubstr("{object}"));
  EXPECT_THAT(refusal(R"(, "storage": "planes", "masks": "{frame}.png")"), HasSubstr(".npy"));
  EXPECT_THAT(refusal(R"(, "submission": "planes")"), HasSubstr("'submission'"));
  EXPECT_THAT(refusal(R"(, "storage": "map")"), HasSubstr("'storage'"));
  EXPECT_THAT(refusal(R"(, "labels": {"truth": {"300": 1}})"), HasSubstr("labels.truth"));
  EXPECT_THAT(refusal(R"(, "labels": {"colour": 1})"), HasSubstr("labels.colour"));
  EXPECT_THAT(refusal(R"(, "palette": [[0, 0, 256]])"), HasSubstr("'palette'"));
  EXPECT_THAT(refusal(R"(, "classes": [{"id": 2, "name": "a"}, {"id": 1, "name": "b"}])"),
              HasSubstr("classes[1].id"));
  EXPECT_THAT(refusal(R"(, "spacing_mm": [0, 1])"), HasSubstr("'spacing_mm'"));
  EXPECT_THAT(refusal(R"(, "color_types": ["pink"])"), HasSubstr("'color_types'"));
  EXPECT_THAT(refusal(R"(, "prompts": "maybe")"), HasSubstr("'prompts'"));
}

// The schema file names every field that the shipped benchmarks use.
TEST(Benchmark, SchemaFileKnowsEveryFieldOfTheShippedOnes) {
  const nlohmann::json schema = nlohmann::json::parse(
      read_text_file(ANGIOBENCH_SOURCE_DIR "/dataset/schema/benchmark-2.json"));
  const nlohmann::json& known = schema.at("properties");
  for (const std::string& name : benchmark_names()) {
    const nlohmann::json file = nlohmann::json::parse(
        read_text_file(ANGIOBENCH_SOURCE_DIR "/dataset/benchmarks/" + name + ".json"));
    for (const auto& field : file.items()) EXPECT_TRUE(known.contains(field.key())) << field.key();
    for (const auto& field : schema.at("required"))
      EXPECT_TRUE(file.contains(field.get<std::string>())) << name;
  }
}

}  // namespace
}  // namespace angiobench
