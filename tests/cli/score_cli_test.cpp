// SPDX-License-Identifier: MIT
// The verb `score` as a user meets it: exit codes, messages, what is written and what is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <nlohmann/json.hpp>

#include "dataset/benchmark.h"
#include "dataset/files/atomic_file.h"
#include "reports/result_json.h"
#include "tests/cli/small_benchmark.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiny_benchmark.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using test::ChildOutcome;
using ::testing::HasSubstr;
using ::testing::Not;

class ScoreCli : public ::testing::Test {
 protected:
  ChildOutcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {ANGIOBENCH_PROGRAM, "score"});
    return test::run_child(arguments);
  }
  ChildOutcome run_default(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"--dataset", "mosxav-test",       "-g", data_.truth(),
                                          "-p",        data_.predictions(), "-o", out()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  std::string out() const { return data_.folder / "out"; }
  bool nothing_written() const { return !fs::exists(out()); }

  test::SmallBenchmark data_;
};

TEST_F(ScoreCli, WritesEveryFileAndPrintsTheHeadline) {
  const ChildOutcome outcome = run_default();
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(
      outcome.out,
      HasSubstr("mosxav-test, protocol mosxav-test v1: 2 sequences, 4 objects, 6 frames scored"));
  EXPECT_THAT(outcome.out, HasSubstr("J&F (pooled)"));
  EXPECT_THAT(outcome.err, HasSubstr("[S004]"));  // v01's late object
  for (const char* const file : {"result.json", "summary.csv", "per_sequence.csv", "per_object.csv",
                                 "per_frame.csv", "report.html"}) {
    EXPECT_TRUE(fs::exists(out() + "/" + file)) << file;
  }
  const Result result = read_result(out());
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.sequences.at(1).frame_names.size(), 3U);
  EXPECT_EQ(result.run.command.at(1), "score");
}

TEST_F(ScoreCli, ReadsBackWhatItWrote) {
  ASSERT_EQ(run_default().exit_code, 0);
  const std::string text = read_text_file(out() + "/result.json");
  EXPECT_EQ(result_to_json(result_from_json(text, "result.json")), text);
}

TEST_F(ScoreCli, IsTheSameForAnyNumberOfThreadsButForTheRun) {
  std::vector<std::string> texts;
  for (const char* const jobs : {"1", "2", "7"}) {
    fs::remove_all(out());
    ASSERT_EQ(run_default({"-j", jobs}).exit_code, 0);
    nlohmann::json document = nlohmann::json::parse(read_text_file(out() + "/result.json"));
    document.erase("run");
    texts.push_back(document.dump() + read_text_file(out() + "/per_frame.csv") +
                    read_text_file(out() + "/per_object.csv"));
  }
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_EQ(texts[0], texts[2]);
}

TEST_F(ScoreCli, HelpShowsTwoExamplesAndNoArgumentsSayWhatIsMissing) {
  const ChildOutcome help = run({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("Examples:\n  angiobench score"));
  const ChildOutcome nothing = run({});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err,
              HasSubstr("angiobench score: --dataset (a benchmark, e.g. mosxav-test) is missing"));
  EXPECT_EQ(run({"--datset", "x"}).exit_code, 2);
}

TEST_F(ScoreCli, AnUnknownBenchmarkListsTheKnownOnes) {
  const ChildOutcome outcome = run({"--dataset", "mosxav", "-g", "x", "-p", "y"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("mosxav-test"));
}

TEST_F(ScoreCli, AWrongPathIsNamed) {
  const ChildOutcome outcome =
      run({"--dataset", "mosxav-test", "-g", data_.folder / "nowhere", "-p", data_.predictions()});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("nowhere: error: not found"));
}

TEST_F(ScoreCli, ATruncatedPngIsNamedAndNothingIsWritten) {
  const std::string path = data_.predictions() + "/v01/00002.png";
  fs::resize_file(path, fs::file_size(path) - 20);
  const ChildOutcome outcome = run_default();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("v01/00002.png: error: ends"));
  EXPECT_THAT(outcome.err, HasSubstr("truncated"));
  EXPECT_TRUE(nothing_written());
}

TEST_F(ScoreCli, AMissingFrameIsNamedAndNothingIsWritten) {
  fs::remove(data_.predictions() + "/v01/00002.png");
  const ChildOutcome outcome = run_default();
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("v01: error: 1 of 5 frames are missing: 00002 [S001]"));
  EXPECT_TRUE(nothing_written());
}

TEST_F(ScoreCli, AMissingSequenceIsNamedAndNothingIsWritten) {
  fs::remove_all(data_.predictions() + "/v01");
  const ChildOutcome outcome = run_default();
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.err,
              HasSubstr("v01: error: the sequence is missing; expected 3 masks [S002]"));
  EXPECT_TRUE(nothing_written());
}

TEST_F(ScoreCli, MissingZeroAndSkipGoOnAndMarkTheResult) {
  fs::remove_all(data_.predictions() + "/v01");
  const ChildOutcome zero = run_default({"--missing", "zero"});
  EXPECT_EQ(zero.exit_code, 0);
  const Result zeros = read_result(out());
  EXPECT_EQ(*zeros.sequences.at(1).objects.at(0).value(Metric("J")), 0.0);
  EXPECT_EQ(zeros.findings.at(0).code, "S002");
  fs::remove_all(out());
  const ChildOutcome skip = run_default({"--missing", "skip"});
  EXPECT_EQ(skip.exit_code, 0);
  EXPECT_THAT(skip.out, HasSubstr("NOT COMPLETE"));
  const Result skipped = read_result(out());
  EXPECT_FALSE(skipped.complete);
  EXPECT_TRUE(skipped.sequences.at(1).objects.empty());
}

TEST_F(ScoreCli, AMaskOfTheWrongSizeIsNamed) {
  write_mask_png(data_.predictions() + "/v00/00001.png", Mask(480, 480).view(), voc_palette());
  const ChildOutcome outcome = run_default();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("v00/00001.png: error: the mask is 480x480 pixels; expected "
                                     "512x512 as the ground truth"));
  EXPECT_TRUE(nothing_written());
}

TEST_F(ScoreCli, AnEmptyFolderIsNamed) {
  fs::create_directories(data_.folder / "empty");
  const ChildOutcome predictions = run(
      {"--dataset", "mosxav-test", "-g", data_.truth(), "-p", data_.folder / "empty", "-o", out()});
  EXPECT_EQ(predictions.exit_code, 4);
  EXPECT_THAT(predictions.err, HasSubstr("[S002]"));
  const ChildOutcome truth = run({"--dataset", "mosxav-test", "-g", data_.folder / "empty", "-p",
                                  data_.predictions(), "-o", out()});
  EXPECT_EQ(truth.exit_code, 3);
  EXPECT_THAT(truth.err, HasSubstr("no masks in the layout of mosxav-test"));
  EXPECT_TRUE(nothing_written());
}

TEST_F(ScoreCli, SwappedGroundTruthAndPredictionsAreRecognised) {
  const ChildOutcome outcome = run({"--dataset", "mosxav-test", "-g", data_.predictions(), "-p",
                                    data_.truth() + "/test/Annotations", "-o", out()});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("are they swapped?"));
  EXPECT_TRUE(nothing_written());
}

TEST_F(ScoreCli, NeverWritesIntoThePredictions) {
  const ChildOutcome outcome = run({"--dataset", "mosxav-test", "-g", data_.truth(), "-p",
                                    data_.predictions(), "-o", data_.predictions() + "/results"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_FALSE(fs::exists(data_.predictions() + "/results"));
}

TEST_F(ScoreCli, ASubsetOfTheSequencesIsNotComplete) {
  const ChildOutcome outcome = run_default({"--sequences", "v00"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("NOT COMPLETE"));
}

TEST_F(ScoreCli, AProtocolOfTheUsersOwnIsTakenAndAWrongOneNamesItsField) {
  data_.folder.write(
      "mine.json",
      R"({"schema": "protocol-1", "name": "mine", "version": 3, "objects": {"from": "truth"}})");
  const ChildOutcome outcome = run_default({"--protocol", data_.folder / "mine.json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("protocol mine v3"));
  data_.folder.write(
      "bad.json",
      R"({"schema": "protocol-1", "name": "mine", "version": 3, "objects": {"form": "truth"}})");
  const ChildOutcome bad = run_default({"--protocol", data_.folder / "bad.json"});
  EXPECT_EQ(bad.exit_code, 3);
  EXPECT_THAT(bad.err, HasSubstr("field 'objects.from' is missing"));
}

TEST_F(ScoreCli, WritesThePublicToolsFile) {
  ASSERT_EQ(run_default({"--legacy-csv", data_.folder / "legacy.csv"}).exit_code, 0);
  EXPECT_THAT(
      read_text_file(data_.folder / "legacy.csv"),
      testing::StartsWith("            ,   ,  J&F,  J_s,  F_s,  J_u,  F_u\nGlobal score,   , "));
}

TEST_F(ScoreCli, TimingSaysWhereTheTimeWent) {
  EXPECT_THAT(run_default({"--timing"}).out, HasSubstr("decode PNG"));
}

TEST(ResultSchema, NamesEveryTopLevelFieldOfAResult) {
  const nlohmann::json schema = nlohmann::json::parse(
      read_text_file(std::string(ANGIOBENCH_SOURCE) + "/reports/schema/result-1.json"));
  const nlohmann::json document = nlohmann::json::parse(result_to_json(Result{}));
  for (const auto& [name, value] : document.items())
    EXPECT_TRUE(schema.at("properties").contains(name)) << name;
  for (const nlohmann::json& name : schema.at("required"))
    EXPECT_TRUE(document.contains(name.get<std::string>())) << name;
}

// DIAS has one mask a sequence, flat in a folder: what validates is scored, whichever of the two
// names a submission uses.
class SingleImagesCli : public ::testing::Test {
 protected:
  SingleImagesCli() {
    test::write_tiny_benchmark(folder_, load_benchmark("dias-test"));
    fs::rename(folder_ / "predictions/label_s12.png", folder_ / "predictions/s12.png");
  }
  ChildOutcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), ANGIOBENCH_PROGRAM);
    for (const char* const more : {"--dataset", "dias-test", "-g"}) arguments.emplace_back(more);
    arguments.push_back(folder_ / "data");
    for (const std::string& more : {std::string("-p"), folder_ / "predictions"})
      arguments.push_back(more);
    return test::run_child(arguments);
  }

  test::TempFolder folder_;
};

TEST_F(SingleImagesCli, WhatValidatesIsScored) {
  const ChildOutcome validated = run({"validate", "submission"});
  ASSERT_EQ(validated.exit_code, 0) << validated.err;
  const ChildOutcome scored = run({"score", "-o", folder_ / "out"});
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  const Result result = read_result(folder_ / "out");
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.dataset.frames_scored, 2U);
  for (const Aggregate& aggregate : result.aggregates) {
    ASSERT_TRUE(aggregate.value.has_value()) << aggregate.metric.id;
    EXPECT_GT(*aggregate.value, 0.5) << aggregate.metric.id;
  }
  EXPECT_EQ(result.protocol.name, "dias");
  EXPECT_THAT(scored.out, HasSubstr("as published: "));
  EXPECT_TRUE(fs::exists(folder_ / "out/report.html"));
  EXPECT_FALSE(fs::exists(folder_ / "out/per_object.csv"));
  EXPECT_FALSE(fs::exists(folder_ / "out/per_frame.csv"));
  EXPECT_THAT(read_text_file(folder_ / "out/per_image.csv"),
              testing::StartsWith("sequence,frame,DSC,Acc,Sen,Spe,IOU,AUC,cldice,VC,intersection,"
                                  "truth,prediction\ns7,label_s7,"));
}

TEST_F(SingleImagesCli, AMissingImageIsNamedAndIsNoZeroByItself) {
  fs::remove(folder_ / "predictions/s12.png");
  const ChildOutcome outcome = run({"score", "-o", folder_ / "out"});
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("label_s12.png: error: the sequence is missing"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("label_s7.png")));
}

TEST_F(SingleImagesCli, ArePackedOnceEach) {
  const ChildOutcome outcome = run({"pack", "-o", folder_ / "mine.zip"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("2 masks of 2 sequences"));
}

}  // namespace
}  // namespace angiobench
