// SPDX-License-Identifier: MIT
#include "dataset/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::HasSubstr;

Plan plan_of_costs(const std::vector<std::uint64_t>& costs, std::uint32_t shards) {
  Plan plan;
  plan.metric_version = "1";
  plan.benchmark = "mosxav-test";
  plan.protocol = "mosxav-test 1";
  plan.options = {{"missing", "zero"}, {"measures", "vessel"}};
  plan.submissions = {"a"};
  for (std::size_t i = 0; i < costs.size(); ++i) {
    PlanItem& item = plan.items.emplace_back();
    item.name = "v" + std::to_string(i);
    item.frames = 10;
    item.pixels = 100;
    item.cost = costs[i];
    item.files = "sha256:0";
  }
  plan.shards = shards;
  cut_into_shards(plan.items, shards);
  return plan;
}

std::string words_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Plan, ReadsBackWhatWasWritten) {
  const TempFolder folder;
  Plan plan = plan_of_costs({5, 1, 4, 4}, 2);
  const std::string text = plan_text(plan);
  folder.write("plan.json", text);
  Plan read = read_plan(folder / "plan.json");
  EXPECT_EQ(read.items, plan.items);
  EXPECT_EQ(read.id, plan.id);
  EXPECT_EQ(plan_text(read), text);
  EXPECT_EQ(plan.short_id().size(), 12U);
}

TEST(Plan, AnEditedOneIsRefused) {
  const TempFolder folder;
  Plan plan = plan_of_costs({5, 1}, 2);
  const std::string text = plan_text(plan);
  folder.write("plan.json", " " + text);
  EXPECT_THAT(words_of([&] { read_plan(folder / "plan.json"); }), HasSubstr("it was edited"));
  folder.write("plan.json", text.substr(0, text.size() / 2));
  EXPECT_THAT(words_of([&] { read_plan(folder / "plan.json"); }), HasSubstr("is not JSON"));
  std::string other = text;
  other.replace(other.find("plan-1"), 6, "plan-9");
  folder.write("plan.json", other);
  EXPECT_THAT(words_of([&] { read_plan(folder / "plan.json"); }), HasSubstr("'schema'"));
}

TEST(Plan, TheLongestItemsComeFirstAndNoShardIsEmpty) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const std::size_t count = 1 + random() % 60;
    std::vector<std::uint64_t> costs(count);
    for (std::uint64_t& cost : costs) cost = random() % 5 == 0 ? 0 : random() % 1000;
    const auto shards = static_cast<std::uint32_t>(1 + random() % count);
    const Plan plan = plan_of_costs(costs, shards);
    std::map<std::uint32_t, std::uint64_t> loads;
    for (const PlanItem& item : plan.items) loads[item.shard] += item.cost;
    ASSERT_EQ(loads.size(), shards);
    // Longest first is within 4/3 of the best there is, which is no less than the mean or the
    // longest.
    std::uint64_t most = 0;
    std::uint64_t total = 0;
    std::uint64_t longest = 0;
    for (const auto& [shard, load] : loads) most = std::max(most, load);
    for (const std::uint64_t cost : costs) {
      total += cost;
      longest = std::max(longest, cost);
    }
    const double least =
        std::max(static_cast<double>(total) / shards, static_cast<double>(longest));
    // Items without cost count as 1 each while shards are filled.
    EXPECT_LE(static_cast<double>(most), 2 * least + static_cast<double>(count));
    EXPECT_EQ(plan_of_costs(costs, shards).items, plan.items);
  }
}

TEST(Plan, MoreShardsThanItemsAreRefusedWithTheMostThatHelp) {
  EXPECT_THAT(words_of([] { plan_of_costs({1, 2, 3}, 4); }), HasSubstr("expected 1 to 3"));
}

TEST(Plan, ListsShardsAsSchedulersTakeThem) {
  const std::vector<std::uint32_t> shards = {7, 2, 5, 6, 5, 9, 10};
  EXPECT_EQ(array_list(shards), "2,5-7,9,10");
  EXPECT_EQ(array_list({}), "");
}

TEST(Plan, AShardIsANumberOrTheArrayTasks) {
  const Plan plan = plan_of_costs({1, 1, 1}, 3);
  EXPECT_EQ(shard_number("2", plan), 2U);
  EXPECT_THAT(words_of([&] { shard_number("3", plan); }), HasSubstr("expected 0 to 2"));
  EXPECT_THAT(words_of([&] { shard_number("-1", plan); }), HasSubstr("expected 0 to 2"));
  for (const char* const name :
       {"SLURM_ARRAY_TASK_ID", "AWS_BATCH_JOB_ARRAY_INDEX", "JOB_COMPLETION_INDEX", "PARALLEL_SEQ"})
    ::unsetenv(name);
  EXPECT_THAT(words_of([&] { shard_number("env", plan); }), HasSubstr("no array task runs here"));
  ::setenv("PARALLEL_SEQ", "3", 1);
  EXPECT_EQ(shard_number("env", plan), 2U);
  ::setenv("PARALLEL_SEQ", "0", 1);
  EXPECT_THAT(words_of([&] { shard_number("env", plan); }), HasSubstr("PARALLEL_SEQ"));
  ::setenv("SLURM_ARRAY_TASK_ID", "1", 1);
  EXPECT_EQ(shard_number("env", plan), 1U);
  ::unsetenv("SLURM_ARRAY_TASK_ID");
  ::unsetenv("PARALLEL_SEQ");
}

TEST(Plan, PlacesGivenInAnotherFolderAreFoundFromHere) {
  const TempFolder folder;
  PlanPlaces places;
  places.folder = folder.path();
  places.options = {{"ground-truth", {"data"}}, {"predictions", {"/abs/a.zip"}}};
  folder.write("plan.places", places_text(places));
  const PlanPlaces read = read_places(folder / "plan.json");
  EXPECT_EQ(read.paths("ground-truth"), std::vector<std::string>{folder / "data"});
  EXPECT_EQ(read.paths("predictions"), std::vector<std::string>{"/abs/a.zip"});
  EXPECT_TRUE(read.paths("meta").empty());
}

TEST(Plan, FewShardsAreMadeOfLittleWork) {
  EXPECT_EQ(worthwhile_shards(100, 30), 1U);
  EXPECT_EQ(worthwhile_shards(100, 6000), 10U);
  EXPECT_EQ(worthwhile_shards(4, 6000), 4U);
  EXPECT_EQ(worthwhile_shards(1000, 1e9), 64U);
}

}  // namespace
}  // namespace angiobench
