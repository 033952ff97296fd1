// SPDX-License-Identifier: MIT
// What every shipped benchmark promises: shards that are merged are one run, byte for byte.
#include "reports/runs/planned_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <fstream>
#include <map>
#include <random>
#include <regex>
#include <sstream>

#include "dataset/error.h"
#include "evaluator/plan/score_plan.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiny_benchmark.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using test::TempFolder;
using ::testing::HasSubstr;

const PartMaker kMaker{"1", "0.1", "abc"};

// Every file below a folder; of result.json and the page what says how the run went is left out.
std::map<std::string, std::string> contents(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!fs::is_regular_file(entry.path())) continue;
    std::ifstream file(entry.path().string(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    std::string content = text.str();
    const std::string name = fs::relative(entry.path(), folder).string();
    if (name == "result.json") content.erase(content.find("\"run\": {"));
    if (name == "report.html") {
      content = std::regex_replace(content, std::regex("20[0-9-]{8}T[0-9:]{8}Z"), "TIME");
      content = std::regex_replace(content, std::regex("TIME, [0-9.]+ s"), "TIME");
    }
    files[name] = content;
  }
  return files;
}

// A tiny data set and submission of a benchmark.
class TinyRun {
 public:
  TinyRun(const std::string& benchmark, std::vector<std::string> measures = {}) {
    test::write_tiny_benchmark(folder_, load_benchmark(benchmark));
    request_.dataset = benchmark;
    request_.ground_truth = folder_ / "data";
    request_.predictions = folder_ / "predictions";
    request_.measures = std::move(measures);
  }

  RunRequest run(const std::string& out) const {
    RunRequest run;
    run.name = "predictions";
    run.out = folder_ / out;
    run.score.jobs = 1;
    return run;
  }

  std::map<std::string, std::string> at_once() const {
    const RunOutcome outcome = run_submission(open_submission(request_), run("once"));
    EXPECT_EQ(outcome.end, RunEnd::scored);
    return contents(folder_ / "once");
  }

  Plan plan(std::uint32_t shards) const {
    const OpenTruth truth = open_truth(request_);
    Plan plan = plan_of(truth, request_);
    plan.submissions = {"predictions"};
    const OpenSubmission opened = open_submission(truth, request_);
    plan.items =
        score_items(opened, find_missing(opened.index, *opened.predictions, opened.protocol), 0, 1);
    plan.shards = shards;
    cut_into_shards(plan.items, shards);
    plan_text(plan);
    return plan;
  }

  std::string count(const Plan& plan, std::uint32_t shard) const {
    ShardRequest request;
    request.submission = request_;
    request.predictions = {request_.predictions};
    request.score.jobs = 1;
    const CountedShard counted = count_shard(plan, shard, request);
    for (const Error& error : counted.failures) ADD_FAILURE() << error.what();
    const std::string path = folder_ / part_name(plan, {{shard}});
    PartWriter part(path, {plan.id,
                           {shard},
                           counted.items.size(),
                           counted.num_rows,
                           kMaker.metric_version,
                           kMaker.tool,
                           kMaker.commit});
    for (const std::string& rows : counted.items) part.add(rows);
    part.commit();
    return path;
  }

  std::map<std::string, std::string> in_shards(std::uint32_t shards, ErrorMapChoice maps) const {
    const Plan plan = this->plan(shards);
    PartSet parts(plan, kMaker);
    for (std::uint32_t shard = shards; shard-- > 0;) parts.add(count(plan, shard));
    RunRequest request = run("merged" + std::to_string(shards));
    request.error_maps = maps;
    const RunOutcome outcome = merge_submission(plan, parts, 0, open_submission(request_), request);
    EXPECT_EQ(outcome.end, RunEnd::scored);
    for (const Error& error : outcome.failures) ADD_FAILURE() << error.what();
    return contents(request.out);
  }

  TempFolder folder_;
  SubmissionRequest request_;
};

class PlannedBenchmark : public ::testing::TestWithParam<std::string> {};

TEST_P(PlannedBenchmark, ShardsMergedAreOneRun) {
  const TinyRun tiny(GetParam());
  const auto once = tiny.at_once();
  ASSERT_GT(once.size(), 4U);
  EXPECT_EQ(tiny.in_shards(1, ErrorMapChoice::worst), once);
  EXPECT_EQ(tiny.in_shards(2, ErrorMapChoice::worst), once);
}

INSTANTIATE_TEST_SUITE_P(Shipped, PlannedBenchmark, ::testing::ValuesIn(benchmark_names()),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(PlannedRun, MeasuresOfVesselsAreMergedToTheBit) {
  const TinyRun tiny("mosxav-test", {"vessel"});
  const auto once = tiny.at_once();
  EXPECT_TRUE(once.contains("vessel_per_frame.csv"));
  EXPECT_EQ(tiny.in_shards(2, ErrorMapChoice::worst), once);
}

TEST(PlannedRun, ErrorMapsOfAllFramesAreDrawnFromTheMasks) {
  const TinyRun tiny("davis2017-val");
  RunRequest request = tiny.run("all");
  request.error_maps = ErrorMapChoice::all;
  run_submission(open_submission(tiny.request_), request);
  EXPECT_EQ(tiny.in_shards(2, ErrorMapChoice::all), contents(request.out));
}

TEST(PlannedRun, FilesThatChangedSinceThePlanAreRefused) {
  const TinyRun tiny("davis2017-val");
  const Plan plan = tiny.plan(1);
  fs::path first;
  for (const auto& entry : fs::recursive_directory_iterator(tiny.request_.predictions)) {
    if (fs::is_regular_file(entry.path()) && (first.empty() || entry.path() < first))
      first = entry.path();
  }
  std::ofstream(first.string(), std::ios::app) << "x";
  try {
    tiny.count(plan, 0);
    FAIL() << "a shard was counted of other files than were planned";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_THAT(error.what(), HasSubstr("changed since the plan was made"));
  }
}

TEST(PlannedRun, AMissingVideoThatCountsAsZeroIsOneInAShardOfItsOwn) {
  const TinyRun tiny("mose-v2-valid");
  const std::string video = open_truth(tiny.request_).index.sequences.back().name;
  fs::remove_all(fs::path(tiny.request_.predictions) / video);
  const auto once = tiny.at_once();
  EXPECT_EQ(tiny.in_shards(2, ErrorMapChoice::worst), once);
}

}  // namespace
}  // namespace angiobench
