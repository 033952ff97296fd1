// SPDX-License-Identifier: MIT
// The verb `explain` as a user meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/small_benchmark.h"
#include "tests/support/child_process.h"

namespace angiobench {
namespace {

using test::ChildOutcome;
using ::testing::HasSubstr;

class ExplainCli : public ::testing::Test {
 protected:
  ChildOutcome run(std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        ANGIOBENCH_PROGRAM, "explain", "--dataset",        "mosxav-test", "-g",
        data_.truth(),      "-p",      data_.predictions()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::run_child(arguments);
  }
  test::SmallBenchmark data_;
};

TEST_F(ExplainCli, ListsEveryProtocolAndWhyOneDoesNotApply) {
  const ChildOutcome outcome = run({});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("mosxav-test *"));
  EXPECT_THAT(outcome.out, HasSubstr("strict"));
  EXPECT_THAT(outcome.out, HasSubstr("does not apply: needs the objects of a meta json"));
}

TEST_F(ExplainCli, StepsBetweenTwoProtocolsAddUpExactly) {
  for (const char* const pair :
       {"mosxav-test,strict", "strict,vost", "vos-benchmark,mose-v1", "all-frames,mosxav-test"}) {
    const ChildOutcome outcome = run({"--between", pair, "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const nlohmann::json between = nlohmann::json::parse(outcome.out).at("between");
    double sum = 0;
    for (const nlohmann::json& step : between.at("steps"))
      sum += step.at("contribution").get<double>();
    EXPECT_EQ(sum, between.at("to").get<double>() - between.at("from").get<double>()) << pair;
  }
}

TEST_F(ExplainCli, ShowsTheIntegersBehindOneFrame) {
  const ChildOutcome outcome = run({"--sequence", "v00", "--object", "1", "--frame", "00001"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  // Two squares of 80 x 80, shifted by 6: 74 * 80 of 86 * 80 pixels.
  EXPECT_THAT(outcome.out,
              HasSubstr("|G| = 6400   |P| = 6400   |P and G| = 5920   |P or G| = 6880"));
  EXPECT_THAT(outcome.out, HasSubstr("J = 5920 / 6880 = 0.860465"));
  EXPECT_THAT(outcome.out, HasSubstr("F = 2PR / (P + R) = 1.000000"));
}

TEST_F(ExplainCli, SaysWhatAMeanIsMadeOf) {
  const ChildOutcome outcome = run({"--sequence", "v01", "--object", "2"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr("from 1 its own first frame in the truth, credited as a prediction"));
}

TEST_F(ExplainCli, NamesWhatIsWrongOnTheCommandLine) {
  EXPECT_EQ(run({"--object", "1"}).exit_code, 2);
  EXPECT_THAT(run({"--sequence", "v00", "--object", "9"}).err,
              HasSubstr("--object is 9, which is not reported in v00; expected one of 1, 2"));
  EXPECT_THAT(run({"--sequence", "v09", "--object", "1"}).err,
              HasSubstr("--sequence is 'v09', no sequence of"));
  EXPECT_EQ(run({"--between", "strict"}).exit_code, 2);
  EXPECT_EQ(test::run_child({ANGIOBENCH_PROGRAM, "explain"}).exit_code, 2);
  EXPECT_THAT(run({"--help"}).out, HasSubstr("Examples:"));
}

}  // namespace
}  // namespace angiobench
