// SPDX-License-Identifier: MIT
// Measures of vessels as a user meets them: `score --measures`, what is written with them, compared
// and ranked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <nlohmann/json.hpp>

#include "dataset/files/atomic_file.h"
#include "reports/result_json.h"
#include "tests/cli/small_benchmark.h"
#include "tests/support/child_process.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using test::ChildOutcome;
using ::testing::HasSubstr;
using ::testing::Not;

class VesselCli : public ::testing::Test {
 protected:
  static ChildOutcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), ANGIOBENCH_PROGRAM);
    return test::run_child(arguments);
  }
  ChildOutcome score(const std::string& out, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"score",       "--dataset", "mosxav-test",       "-g",
                                          data_.truth(), "-p",        data_.predictions(), "-o",
                                          path(out)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  std::string path(const std::string& name) const { return data_.folder / name; }

  test::SmallBenchmark data_;
};

TEST_F(VesselCli, StandBesideWhatTheProtocolMeasures) {
  ASSERT_EQ(score("plain").exit_code, 0);
  const ChildOutcome outcome = score("vessel", {"--measures", "vessel"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("vessels, overall:\n    clDice "));
  EXPECT_TRUE(fs::exists(path("vessel/vessel_per_frame.csv")));
  EXPECT_TRUE(fs::exists(path("vessel/skeleton_maps")));
  EXPECT_FALSE(fs::exists(path("plain/vessel_per_frame.csv")));
  EXPECT_FALSE(fs::exists(path("plain/skeleton_maps")));
  const Result plain = read_result(path("plain"));
  const Result vessel = read_result(path("vessel"));
  EXPECT_EQ(vessel.protocol.name, plain.protocol.name);
  EXPECT_NE(vessel.protocol.hash, plain.protocol.hash);
  EXPECT_EQ(read_text_file(path("plain/per_frame.csv")),
            read_text_file(path("vessel/per_frame.csv")));
  EXPECT_TRUE(vessel.sequences.at(0).objects.at(0).value(Metric("hd95")).has_value());
  const std::string text = read_text_file(path("vessel/result.json"));
  EXPECT_EQ(result_to_json(result_from_json(text, "result.json")), text);
  EXPECT_THAT(text, HasSubstr("\"unit\": \"px\""));
  EXPECT_THAT(read_text_file(path("plain/result.json")), Not(HasSubstr("\"unit\": \"px\"")));

  // Results with and without them are compared in what both have.
  EXPECT_EQ(run({"compare", path("plain"), path("vessel")}).exit_code, 0);
  const ChildOutcome gate = run({"check", path("vessel"), "--baseline", path("plain")});
  EXPECT_EQ(gate.exit_code, 0) << gate.out << gate.err;
}

TEST_F(VesselCli, AreInMillimetresOnRequest) {
  ASSERT_EQ(score("px", {"--measures", "hd95,nsd@2"}).exit_code, 0);
  ASSERT_EQ(score("mm", {"--measures", "nsd@2,hd95", "--spacing", "0.5"}).exit_code, 0);
  const auto distance = [&](const std::string& folder) {
    const Result result = read_result(path(folder));
    return *find_aggregate(result, Metric("hd95"), Scope::overall)->value;
  };
  EXPECT_DOUBLE_EQ(distance("mm"), distance("px") / 2);
  EXPECT_THAT(read_text_file(path("mm/result.json")),
              HasSubstr("\"unit\": \"mm\", \"spacing\": [0.5, 0.5]"));
  EXPECT_EQ(run({"check", path("mm"), "--baseline", path("px")}).exit_code, 4);
  EXPECT_EQ(score("both", {"--measures", "hd", "--spacing", "0.5,0.25"}).exit_code, 0);
}

TEST_F(VesselCli, TellMistakesBeforeAnythingIsRead) {
  const ChildOutcome unknown = score("out", {"--measures", "cldice,hd96"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("--measures names 'hd96'"));
  EXPECT_THAT(unknown.err, HasSubstr("hd95"));
  const ChildOutcome size = score("out", {"--measures", "hd", "--spacing", "0,1"});
  EXPECT_EQ(size.exit_code, 2);
  EXPECT_THAT(size.err, HasSubstr("--spacing"));
  const ChildOutcome alone = score("out", {"--spacing", "0.3"});
  EXPECT_EQ(alone.exit_code, 2);
  EXPECT_THAT(alone.err, HasSubstr("no distance"));
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(VesselCli, BecomeNnUNetsSummary) {
  ASSERT_EQ(score("vessel", {"--measures", "cldice"}).exit_code, 0);
  ASSERT_EQ(score("plain").exit_code, 0);
  const ChildOutcome outcome =
      run({"report", "nnunet", path("vessel"), "-o", path("summary.json")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json summary = nlohmann::json::parse(read_text_file(path("summary.json")));
  EXPECT_EQ(summary.at("metric_per_case").size(), 6U);
  const nlohmann::json& first = summary["metric_per_case"][0]["metrics"]["1"];
  EXPECT_EQ(first.at("TP").get<int>() + first.at("FP").get<int>() + first.at("FN").get<int>() +
                first.at("TN").get<int>(),
            512 * 512);
  EXPECT_EQ(first.at("n_ref").get<int>(), 80 * 80);
  // The benchmark knows the size of its frames, or the integers do.
  const ChildOutcome plain = run({"report", "nnunet", path("plain")});
  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  fs::remove(path("vessel/per_frame.csv"));
  EXPECT_EQ(run({"report", "nnunet", path("vessel")}).exit_code, 3);
}

TEST_F(VesselCli, RankBestAscendingWhereLowerIsBetter) {
  // The second submission is the truth but for its first frames.
  fs::create_directories(path("better"));
  for (const char* const sequence : {"v00", "v01"}) {
    fs::create_directories(path("better") + "/" + sequence);
    for (const auto& entry :
         fs::directory_iterator(data_.truth() + "/test/Annotations/" + sequence))
      fs::copy_file(entry.path(),
                    path("better") + "/" + sequence + "/" + entry.path().filename().string());
  }
  fs::copy_file(data_.predictions() + "/v00/00002.png", path("better/v00/00002.png"),
                fs::copy_option::overwrite_if_exists);
  const std::string rules = path("rules.json");
  write_file_atomically(rules, R"({"schema": "protocol-1", "name": "far", "version": 1,
    "objects": {"from": "truth"}, "measures": ["hd95", "J"]})");
  for (const auto& [name, masks] :
       {std::pair("worse", data_.predictions()), std::pair("better", path("better"))}) {
    const ChildOutcome outcome =
        run({"score", "--dataset", "mosxav-test", "-g", data_.truth(), "-p", masks, "--protocol",
             rules, "--name", name, "-o", path(std::string("out-") + name), "--missing", "zero"});
    ASSERT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1) << outcome.err;
    const ChildOutcome added =
        run({"leaderboard", "add", path(std::string("out-") + name), "--db", path("board.db")});
    ASSERT_EQ(added.exit_code, 0) << added.err;
  }
  const ChildOutcome board = run({"leaderboard", "show", "--db", path("board.db"), "--dataset",
                                  "mosxav-test", "--published", "none"});
  ASSERT_EQ(board.exit_code, 0) << board.err;
  ASSERT_THAT(board.out, HasSubstr("better"));
  EXPECT_LT(board.out.find("better"), board.out.find("worse")) << board.out;
}

}  // namespace
}  // namespace angiobench
