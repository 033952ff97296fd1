// SPDX-License-Identifier: MIT
#include "evaluator/scoring/scorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <thread>

#include "dataset/masks/png.h"
#include "reports/result_json.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::HasSubstr;

// A data set of a few sequences with random masks, and predictions that resemble them.
class ScorerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::mt19937_64 random(21);
    for (const char* const sequence : {"a", "b", "c"}) {
      for (int frame = 0; frame < 7; ++frame) {
        const std::string path = std::string(sequence) + "/0000" + std::to_string(frame) + ".png";
        write_mask_png(folder_ / ("truth/" + path), test::random_mask(70, 50, 3, random).view(),
                       voc_palette());
        write_mask_png(folder_ / ("predictions/" + path),
                       test::random_mask(70, 50, 3, random).view(), voc_palette());
      }
    }
  }

  ScoreOutcome run(const ScoreOptions& options = {},
                   const std::string& protocol_name = "vos-benchmark") {
    const SequenceIndex index = index_ground_truth(folder_ / "truth", load_benchmark("flat"));
    const auto predictions = open_file_tree(folder_ / "predictions");
    const Protocol protocol = load_protocol(protocol_name);
    missing_ = find_missing(index, *predictions, protocol);
    return score(index, *predictions, protocol, missing_, options);
  }

  TempFolder folder_;
  MissingFrames missing_;
};

TEST_F(ScorerTest, GivesTheSameBytesForAnyNumberOfThreads) {
  ScoreOptions options;
  options.rows = FrameRows::keep;
  options.jobs = 1;
  const ScoreOutcome one = run(options);
  for (const int jobs : {2, 3, 16}) {
    options.jobs = jobs;
    EXPECT_EQ(result_to_json(run(options).result), result_to_json(one.result)) << jobs;
  }
}

TEST_F(ScorerTest, HandsOverSequencesInOrder) {
  for (const int jobs : {1, 4}) {
    std::vector<std::string> names;
    ScoreOptions options;
    options.jobs = jobs;
    options.on_sequence = [&](const SequenceScore& sequence) {
      names.push_back(sequence.name);
      EXPECT_EQ(sequence.frame_names.size(), 7U);
    };
    EXPECT_TRUE(run(options).result.sequences[0].frames.empty());
    EXPECT_THAT(names, testing::ElementsAre("a", "b", "c"));
  }
}

TEST_F(ScorerTest, ShowsEveryScoredFrameToTheHook) {
  std::atomic<int> count{0};
  ScoreOptions options;
  options.on_frame = [&](const FrameView& frame) {
    ++count;
    EXPECT_EQ(frame.truth.width, 70);
  };
  const ScoreOutcome with_hook = run(options);
  EXPECT_EQ(count, 15);
  EXPECT_EQ(result_to_json(with_hook.result), result_to_json(run().result));
}

TEST_F(ScorerTest, AMissingFrameIsNamedAndNothingIsScored) {
  std::remove((folder_ / "predictions/b/00003.png").c_str());
  try {
    run();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::inconclusive);
  }
  ASSERT_FALSE(missing_.findings.empty());
  EXPECT_EQ(missing_.findings[0].code, "S001");
  EXPECT_THAT(missing_.findings[0].message, HasSubstr("1 of 7 frames are missing: 00003"));
}

TEST_F(ScorerTest, FirstAndLastFramesMayBeMissing) {
  std::remove((folder_ / "predictions/b/00000.png").c_str());
  std::remove((folder_ / "predictions/b/00006.png").c_str());
  EXPECT_TRUE(run().result.complete);
}

TEST_F(ScorerTest, MissingZeroScoresTheFrameAsZero) {
  const ScoreOutcome whole = run();
  std::remove((folder_ / "predictions/b/00003.png").c_str());
  ScoreOptions options;
  options.missing = MissingPolicy::zero;
  options.rows = FrameRows::keep;
  const ScoreOutcome outcome = run(options);
  EXPECT_TRUE(outcome.result.complete);
  EXPECT_EQ(outcome.result.findings.at(0).code, "S001");
  int num_missing = 0;
  for (const FrameScore& row : outcome.result.sequences[1].frames)
    num_missing += row.role == FrameRole::missing ? 1 : 0;
  EXPECT_GT(num_missing, 0);
  EXPECT_EQ(outcome.result.sequences[1].objects[0].frames,
            whole.result.sequences[1].objects[0].frames);
  EXPECT_LE(*outcome.result.sequences[1].objects[0].value(Metric("J")),
            *whole.result.sequences[1].objects[0].value(Metric("J")));
}

TEST_F(ScorerTest, MissingSkipLeavesTheFrameOutAndTheResultIncomplete) {
  std::remove((folder_ / "predictions/b/00003.png").c_str());
  ScoreOptions options;
  options.missing = MissingPolicy::skip;
  const ScoreOutcome outcome = run(options);
  EXPECT_FALSE(outcome.result.complete);
  EXPECT_FALSE(outcome.result.sequences[1].complete);
  EXPECT_TRUE(outcome.result.sequences[0].complete);
  EXPECT_EQ(outcome.result.sequences[1].frames_scored, 4U);
}

TEST_F(ScorerTest, AMissingSequenceIsNamed) {
  for (int frame = 0; frame < 7; ++frame)
    std::remove((folder_ / ("predictions/c/0000" + std::to_string(frame) + ".png")).c_str());
  std::remove((folder_ / "predictions/c").c_str());
  EXPECT_THROW(run(), Error);
  EXPECT_EQ(missing_.findings.at(0).code, "S002");
  EXPECT_EQ(missing_.findings.at(0).sequence, "c");
}

TEST_F(ScorerTest, ListsTheFirstFailureOfEachSequenceWhateverTheThreads) {
  folder_.write("predictions/a/00002.png", "no picture");
  folder_.write("predictions/a/00004.png", "");
  write_mask_png(folder_ / "predictions/c/00001.png", Mask(3, 3).view(), voc_palette());
  for (const int jobs : {1, 8}) {
    ScoreOptions options;
    options.jobs = jobs;
    const ScoreOutcome outcome = run(options);
    ASSERT_EQ(outcome.failures.size(), 2U);
    EXPECT_THAT(outcome.failures[0].what(),
                HasSubstr("predictions/a/00002.png: does not start with the PNG signature"));
    EXPECT_THAT(outcome.failures[1].what(),
                HasSubstr("predictions/c/00001.png: the mask is 3x3 pixels; expected 70x50"));
    EXPECT_TRUE(outcome.result.sequences.empty());
    EXPECT_TRUE(outcome.result.aggregates.empty());
  }
}

TEST_F(ScorerTest, AFloodOfIdsHitsTheLimit) {
  Mask flood(70, 50);
  for (int i = 0; i < 200; ++i) flood.at(i % 70, i / 70) = static_cast<std::uint8_t>(i);
  write_mask_png(folder_ / "predictions/b/00002.png", flood.view(), voc_palette());
  const ScoreOutcome outcome = run();
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_EQ(outcome.failures[0].kind(), ErrorKind::limit);
  EXPECT_THAT(outcome.failures[0].what(), HasSubstr("--max-ids"));
}

TEST_F(ScorerTest, TheDigestsFollowTheMasks) {
  const Result before = run().result;
  write_mask_png(folder_ / "predictions/b/00002.png", Mask(70, 50).view(), voc_palette());
  const Result after = run().result;
  EXPECT_EQ(after.dataset.digest, before.dataset.digest);
  EXPECT_NE(after.submission.digest, before.submission.digest);
}

TEST_F(ScorerTest, OnePassForSeveralProtocolsGivesWhatEachGivesAlone) {
  const SequenceIndex index = index_ground_truth(folder_ / "truth", load_benchmark("flat"));
  const auto predictions = open_file_tree(folder_ / "predictions");
  std::vector<Protocol> protocols;
  for (const char* const name : {"vos-benchmark", "davis2017", "mose-v1", "strict", "xacv", "lvos",
                                 "vost", "davis2017-unsupervised"}) {
    protocols.push_back(load_protocol(name));
  }
  MissingFrames none;
  none.frames.resize(3);
  none.whole_sequence.resize(3);
  const MultiOutcome together = score_protocols(index, *predictions, protocols, none);
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    const bool scores_nothing = std::ranges::all_of(
        together.sequences[i], [](const SequenceScore& one) { return one.frames_scored == 0; });
    EXPECT_EQ(scores_nothing, protocols[i].name == "xacv" || protocols[i].name == "lvos");
    if (scores_nothing) {
      // Its labels are others, or its json is not there: alone it has nothing to score, and says
      // so.
      EXPECT_THROW(score(index, *predictions, protocols[i], none), Error);
      continue;
    }
    const ScoreOutcome alone = score(index, *predictions, protocols[i], none);
    ASSERT_EQ(together.sequences[i].size(), alone.result.sequences.size()) << protocols[i].name;
    for (std::size_t k = 0; k < alone.result.sequences.size(); ++k) {
      const SequenceScore& one = alone.result.sequences[k];
      const SequenceScore& other = together.sequences[i][k];
      ASSERT_EQ(one.objects.size(), other.objects.size()) << protocols[i].name;
      for (std::size_t o = 0; o < one.objects.size(); ++o) {
        EXPECT_EQ(one.objects[o].value(Metric("J")), other.objects[o].value(Metric("J")))
            << protocols[i].name;
        EXPECT_EQ(one.objects[o].value(Metric("F")), other.objects[o].value(Metric("F")))
            << protocols[i].name;
      }
    }
  }
}

// So many frames that threads must wait for the sequences in front.
class ScorerOfManyFrames : public ::testing::Test {
 protected:
  static constexpr int kSequences = 60;
  static constexpr int kFrames = 40;

  void SetUp() override {
    write_mask_png(folder_ / "mask.png", test::mask_from({"11..", "...."}).view(), voc_palette());
    for (int sequence = 0; sequence < kSequences; ++sequence) {
      const std::string place = folder_ / ("set/v" + std::to_string(100 + sequence));
      std::filesystem::create_directories(place);
      for (int frame = 0; frame < kFrames; ++frame) {
        std::filesystem::create_hard_link(folder_ / "mask.png",
                                          place + "/" + std::to_string(10 + frame) + ".png");
      }
    }
  }

  Result run(const ScoreOptions& options) {
    const SequenceIndex index = index_ground_truth(folder_ / "set", load_benchmark("flat"));
    const auto predictions = open_file_tree(folder_ / "set");
    const Protocol protocol = load_protocol("vos-benchmark");
    return score(index, *predictions, protocol, find_missing(index, *predictions, protocol),
                 options)
        .result;
  }

  TempFolder folder_;
};

TEST_F(ScorerOfManyFrames, FewAreCountedWhileASequenceIsWrittenSlowly) {
  ScoreOptions options;
  options.jobs = 2;
  std::atomic<std::uint64_t> num_counted{0};
  options.progress = [&](std::uint64_t, std::uint64_t) { ++num_counted; };
  std::uint64_t most_ahead = 0;
  std::uint64_t num_written = 0;
  options.on_sequence = [&](const SequenceScore& sequence) {
    EXPECT_EQ(sequence.name, "v" + std::to_string(100 + num_written / kFrames));
    if (num_written == 0) std::this_thread::sleep_for(std::chrono::milliseconds(300));
    num_written += kFrames;
    most_ahead = std::max(most_ahead, num_counted - num_written);
  };
  EXPECT_EQ(run(options).sequences.size(), std::size_t{kSequences});
  EXPECT_LT(most_ahead, std::uint64_t{kSequences * kFrames} / 2);
}

TEST_F(ScorerOfManyFrames, NobodyWaitsForWhatFailed) {
  for (const int jobs : {1, 2, 4}) {
    ScoreOptions options;
    options.jobs = jobs;
    options.on_sequence = [](const SequenceScore&) { throw std::runtime_error("no room"); };
    EXPECT_THROW(run(options), std::runtime_error);
  }
}

TEST(ScorerOfObjectMasks, ScoresTheObjectInTheFolderOfNumberZeroAndThoseAbove255) {
  const TempFolder folder;
  for (const char* const object : {"000", "001", "300"}) {
    for (const char* const frame : {"00000", "00004", "00008"}) {
      const Mask truth = test::mask_from({"1111", "...."});
      const Mask half = test::mask_from({"11..", "...."});
      const std::string path = std::string("sav_1/") + object + "/" + frame + ".png";
      write_mask_png(folder / ("set/Annotations_6fps/" + path), truth.view(), voc_palette());
      write_mask_png(folder / ("out/" + path), (object == std::string("001") ? half : truth).view(),
                     voc_palette());
    }
  }
  const SequenceIndex index = index_ground_truth(folder / "set", load_benchmark("sa-v-val"));
  const auto predictions = open_file_tree(folder / "out");
  const Protocol protocol = load_protocol("sa-v");
  const ScoreOutcome outcome =
      score(index, *predictions, protocol, find_missing(index, *predictions, protocol), {});
  const std::vector<ObjectScore>& objects = outcome.result.sequences.at(0).objects;
  ASSERT_EQ(objects.size(), 3U);
  EXPECT_EQ(objects[0].id, 0);
  EXPECT_DOUBLE_EQ(objects[0].value(Metric("J")).value(), 1.0);
  EXPECT_DOUBLE_EQ(objects[1].value(Metric("J")).value(), 0.5);
  EXPECT_EQ(objects[2].id, 300);
  EXPECT_DOUBLE_EQ(objects[2].value(Metric("J")).value(), 1.0);
  EXPECT_EQ(objects[0].frames, 1U);
}

}  // namespace
}  // namespace angiobench
