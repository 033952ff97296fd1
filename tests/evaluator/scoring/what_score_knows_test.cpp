// SPDX-License-Identifier: MIT
// What the validator calls an error in a submission, the scorer says, too, or refuses to score.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <iterator>
#include <set>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "dataset/validator/validate_submission.h"
#include "evaluator/scoring/scorer.h"
#include "tests/support/finding_cases.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;
using test::Variant;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::set<std::string> errors_of(const std::vector<Finding>& findings) {
  std::set<std::string> codes;
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::error) codes.insert(finding.code);
  }
  return codes;
}

// As the verb `score` wires them.
Result score_folder(const std::string& truth, const std::string& predictions,
                    const BenchmarkDefinition& benchmark,
                    MissingPolicy policy = MissingPolicy::error, int jobs = 2) {
  const SequenceIndex index = index_ground_truth(truth, benchmark);
  const std::unique_ptr<FileTree> tree = open_file_tree(predictions);
  const Protocol protocol = load_protocol(benchmark.protocol);
  ValidationOptions look;
  look.is_read = [&](const Sequence& sequence, std::size_t position) {
    return frame_need(protocol, sequence, position) == FrameNeed::both;
  };
  ScoreOptions options;
  options.jobs = jobs;
  options.missing = policy;
  options.look_again = [&](std::span<const std::size_t> suspicious) {
    return second_look(index, *tree, truth, suspicious, look);
  };
  const MissingFrames missing = find_missing(index, *tree, protocol);
  ScoreOutcome outcome = score(index, *tree, protocol, missing, options);
  if (!outcome.failures.empty()) throw Error(outcome.failures.front());
  return outcome.result;
}

class EverySubmission : public ::testing::TestWithParam<test::FindingCase> {};

TEST_P(EverySubmission, IsScoredOnlyWithTheErrorsThatTheValidatorSees) {
  const TempFolder folder;
  GetParam().make(folder, Variant::bad);
  const BenchmarkDefinition benchmark = load_benchmark(std::string(GetParam().benchmark));
  const Protocol protocol = load_protocol(benchmark.protocol);
  ValidationOptions look;
  look.is_read = [&](const Sequence& sequence, std::size_t position) {
    return frame_need(protocol, sequence, position) == FrameNeed::both;
  };
  const std::set<std::string> expected = errors_of(
      validate_submission(folder / "predictions", folder / "data", benchmark, look).findings);
  try {
    const Result result = score_folder(folder / "data", folder / "predictions", benchmark);
    for (const std::string& code : expected)
      EXPECT_THAT(errors_of(result.findings), Contains(code)) << "scored, and nothing said";
  } catch (const Error& error) {
    EXPECT_NE(error.kind(), ErrorKind::bug) << error.what();  // not scored: nothing is silent
  }
}

TEST_P(EverySubmission, OnceCuredIsScoredWithoutAnError) {
  const TempFolder folder;
  GetParam().make(folder, Variant::cured);
  const BenchmarkDefinition benchmark = load_benchmark(std::string(GetParam().benchmark));
  const Result result = score_folder(folder / "data", folder / "predictions", benchmark);
  EXPECT_THAT(errors_of(result.findings), IsEmpty());
}

std::vector<test::FindingCase> cases_of_submissions() {
  std::vector<test::FindingCase> cases;
  std::ranges::copy_if(test::finding_cases(), std::back_inserter(cases),
                       [](const auto& one) { return one.code.starts_with("P"); });
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Findings, EverySubmission, ::testing::ValuesIn(cases_of_submissions()),
                         [](const auto& one) { return std::string(one.param.code); });

class Sound : public ::testing::Test {
 protected:
  void make(std::string_view code) {
    for (const test::FindingCase& entry : test::finding_cases()) {
      if (entry.code == code) entry.make(folder_, Variant::cured);
    }
  }
  Result run(MissingPolicy policy = MissingPolicy::error) {
    return score_folder(folder_ / "data", folder_ / "predictions", load_benchmark("flat"), policy);
  }
  void expect_refused(ErrorKind kind, const std::string& words,
                      MissingPolicy policy = MissingPolicy::error) {
    try {
      run(policy);
      FAIL() << "was scored";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(words));
    }
  }
  void remove(const std::string& path) { boost::filesystem::remove_all(folder_ / path); }

  TempFolder folder_;
};

TEST_F(Sound, NothingScoredIsInconclusiveWhateverIsDoneWithWhatIsMissing) {
  make("P031");
  remove("predictions/a");
  remove("predictions/b");
  folder_.write("predictions/notes.txt", "later");
  expect_refused(ErrorKind::inconclusive, "0 frames were scored", MissingPolicy::skip);
}

TEST_F(Sound, APipeAsATruthMaskEndsTheRunAndIsNotWaitedFor) {
  make("P031");
  remove("data/a/00003.png");
  ASSERT_EQ(::mkfifo((folder_ / "data/a/00003.png").c_str(), 0600), 0);
  expect_refused(ErrorKind::input, "00003.png: is a pipe (FIFO)");
}

TEST_F(Sound, AFolderAsATruthMaskEndsTheRun) {
  make("P031");
  remove("data/a/00003.png");
  boost::filesystem::create_directory(folder_ / "data/a/00003.png");
  expect_refused(ErrorKind::input, "00003.png: is a folder");
}

TEST_F(Sound, ALinkAsATruthMaskEndsTheRun) {
  make("P031");
  remove("data/a/00003.png");
  boost::filesystem::create_symlink(folder_ / "data/b/00003.png", folder_ / "data/a/00003.png");
  expect_refused(ErrorKind::input, "00003.png: is a link");
}

TEST_F(Sound, LinksInASubmissionAreRefused) {
  make("P031");
  remove("predictions/a/00003.png");
  boost::filesystem::create_symlink(folder_ / "data/a/00003.png",
                                    folder_ / "predictions/a/00003.png");
  expect_refused(ErrorKind::input, "predictions/a/00003.png: is a link");
  remove("predictions/a");
  boost::filesystem::create_directory_symlink(folder_ / "data/a", folder_ / "predictions/a");
  expect_refused(ErrorKind::input, "predictions/a: is a link");
}

TEST_F(Sound, AGapInADenseTruthEndsTheRun) {
  for (const test::FindingCase& entry : test::finding_cases()) {
    if (entry.code == "D010") entry.make(folder_, Variant::bad);
  }
  EXPECT_THROW(index_ground_truth(folder_ / "data", load_benchmark("davis2017-val")), Error);
}

TEST_F(Sound, TheCaseOfASuffixDoesNotMatter) {
  make("P031");
  const Result before = run();
  boost::filesystem::rename(folder_ / "data/a/00003.png", folder_ / "data/a/00003.PNG");
  boost::filesystem::rename(folder_ / "predictions/a/00002.png",
                            folder_ / "predictions/a/00002.Png");
  const Result after = run();
  EXPECT_EQ(after.dataset.frames_scored, before.dataset.frames_scored);
  EXPECT_EQ(after.dataset.digest, before.dataset.digest);
  EXPECT_EQ(after.submission.digest, before.submission.digest);
}

TEST_F(Sound, FramesAreInTheOrderOfTheirNumbersAndCopiesAreNone) {
  make("D013");
  for (int i = 7; i < 13; ++i) {
    const std::string padded = std::string(i < 10 ? "0000" : "000") + std::to_string(i) + ".png";
    boost::filesystem::rename(folder_ / ("data/c/" + padded),
                              folder_ / ("data/c/" + std::to_string(i) + ".png"));
  }
  boost::filesystem::copy_file(folder_ / "data/c/9.png", folder_ / "data/c/9 (1).png");
  const SequenceIndex index = index_ground_truth(folder_ / "data", load_benchmark("flat"));
  const Sequence& sequence = index.sequences.at(2);
  ASSERT_EQ(sequence.frames.size(), 6U);
  EXPECT_EQ(sequence.frames[3], "10");
  EXPECT_EQ(sequence.frames.find("12"), 5U);
  std::set<std::string> codes;
  for (const Finding& finding : index.findings) codes.insert(finding.code);
  EXPECT_EQ(codes, (std::set<std::string>{"D013", "D019"}));
}

TEST_F(Sound, WhatIsFoundDoesNotDependOnThreads) {
  for (const test::FindingCase& entry : test::finding_cases()) {
    if (entry.code == "P032") entry.make(folder_, Variant::bad);
  }
  const BenchmarkDefinition flat = load_benchmark("flat");
  std::vector<std::string> first;
  for (const int jobs : {1, 3}) {
    std::vector<std::string> lines;
    for (const Finding& finding :
         score_folder(folder_ / "data", folder_ / "predictions", flat, MissingPolicy::error, jobs)
             .findings)
      lines.push_back(format_finding(finding));
    if (jobs == 1) first = lines;
    EXPECT_EQ(lines, first);
  }
}

}  // namespace
}  // namespace angiobench
