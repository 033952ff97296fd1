// SPDX-License-Identifier: MIT
// Protocols on hand-worked sequences: the counts of each frame are written down, the score is
// worked out on paper.
#include "evaluator/scoring/sequence_score.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dataset/error.h"
#include "evaluator/pairwise_sum.h"

namespace angiobench {
namespace {

// Counts with J = intersection / union and F = the same share of a boundary of 10 pixels.
FrameCounts overlap(std::uint32_t truth, std::uint32_t prediction, std::uint32_t both) {
  FrameCounts counts;
  counts.truth = truth;
  counts.prediction = prediction;
  counts.intersection = both;
  counts.union_area = truth + prediction - both;
  counts.truth_boundary = truth > 0 ? 10 : 0;
  counts.prediction_boundary = prediction > 0 ? 10 : 0;
  counts.truth_matched = counts.prediction_matched =
      both > 0 ? 5 : 0;  // F = 0.5 where anything overlaps
  return counts;
}

struct Story {
  Sequence sequence;
  CountTable table;

  // Adds a frame with the objects' counts.
  void frame(std::vector<ObjectCounts> objects) {
    sequence.frames.append("0000" + std::to_string(table.size()));
    FrameRecord record;
    record.read = FrameNeed::both;
    record.counts = std::move(objects);
    record.second_counts = record.counts;
    for (const ObjectCounts& object : record.counts) {
      if (object.counts.truth > 0) record.truth_ids.push_back(object.id);
    }
    table.push_back(std::move(record));
  }
};

SequenceScore score_with(const std::string& protocol, const Story& story,
                         std::vector<Finding>* findings = nullptr) {
  std::vector<Finding> unused;
  return score_sequence(load_protocol(protocol), story.sequence, story.table, FrameRows::keep,
                        findings != nullptr ? *findings : unused);
}

// Five frames: object 1 throughout (J 1/2), object 2 from frame 2 on (never found), object 4
// predicted only.
Story late_object() {
  Story story;
  story.frame({{1, overlap(4, 4, 4)}});
  story.frame({{1, overlap(4, 2, 2)}});
  story.frame({{1, overlap(4, 2, 2)}, {2, overlap(3, 0, 0)}, {4, overlap(0, 5, 0)}});
  story.frame({{1, overlap(4, 2, 2)}, {2, overlap(3, 0, 0)}});
  story.frame({{1, overlap(4, 4, 4)}, {2, overlap(3, 3, 3)}});
  return story;
}

TEST(VosBenchmark, CountsAnObjectFromFirstSightBetweenTheFirstAndLastFrame) {
  const SequenceScore score = score_with("vos-benchmark", late_object());
  ASSERT_EQ(score.objects.size(), 2U);  // 4 occurs in no truth
  EXPECT_EQ(score.objects[0].frames, 3U);
  EXPECT_DOUBLE_EQ(*score.objects[0].value(Metric("J")), 0.5);
  EXPECT_EQ(score.objects[1].frames, 2U);  // frames 2 and 3
  EXPECT_DOUBLE_EQ(*score.objects[1].value(Metric("J")), 0.0);
}

TEST(VosBenchmark, SaysThatAPromptIsCredited) {
  std::vector<Finding> findings;
  score_with("vos-benchmark", late_object(), &findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, "S004");
  EXPECT_EQ(findings[0].object, 2);
}

TEST(Davis2017, ScoresAPhantomObjectWhereIdsHaveAGap) {
  Story story;
  for (int i = 0; i < 4; ++i) story.frame({{1, overlap(4, 2, 2)}, {3, overlap(4, 4, 4)}});
  std::vector<Finding> findings;
  const SequenceScore score = score_with("davis2017", story, &findings);
  ASSERT_EQ(score.objects.size(), 3U);
  EXPECT_EQ(score.objects[1].id, 2);
  EXPECT_DOUBLE_EQ(*score.objects[1].value(Metric("J")), 1.0);
  EXPECT_EQ(findings.at(0).code, "S008");
}

TEST(Davis2017, RefusesAnIdAboveTheLargestOfTheFirstFrame) {
  Story story;
  story.frame({{1, overlap(4, 4, 4)}});
  story.frame({{1, overlap(4, 4, 4)}, {2, overlap(0, 3, 0)}});
  story.frame({{1, overlap(4, 4, 4)}});
  EXPECT_THROW(score_with("davis2017", story), Error);
}

TEST(MoseV1, ScoresEveryIdOfTheTruthAndNoPhantom) {
  Story story;
  for (int i = 0; i < 4; ++i) story.frame({{1, overlap(4, 2, 2)}, {3, overlap(4, 4, 4)}});
  EXPECT_EQ(score_with("mose-v1", story).objects.size(), 2U);
}

TEST(Xacv, ScoresTheLastFrameToo) {
  Story story;
  story.frame({{1, overlap(4, 4, 4)}});
  story.frame({{1, overlap(4, 1, 1)}});
  const SequenceScore score = score_with("xacv", story);
  EXPECT_EQ(score.objects.at(0).frames, 1U);
  EXPECT_DOUBLE_EQ(*score.objects[0].value(Metric("J")), 0.25);
}

TEST(Xacv, ASequenceOfOneFrameHasNoScore) {
  Story story;
  story.frame({{1, overlap(4, 4, 4)}});
  std::vector<Finding> findings;
  const SequenceScore score = score_with("xacv", story, &findings);
  EXPECT_TRUE(score.objects.empty());
  EXPECT_EQ(findings.at(0).code, "S003");
}

TEST(Strict, LeavesOutPromptsAndFramesWithNothingToFind) {
  Story story = late_object();
  story.frame({{1, overlap(4, 1, 1)}});                         // object 2 is gone and not reported
  story.frame({{1, overlap(4, 1, 1)}, {2, overlap(0, 3, 0)}});  // and here reported
  const SequenceScore score = score_with("strict", story);
  ASSERT_EQ(score.objects.size(), 2U);
  EXPECT_EQ(score.objects[0].frames, 6U);  // frames 1 to 6; its prompt is frame 0
  EXPECT_DOUBLE_EQ(*score.objects[0].value(Metric("J")), (0.5 + 0.5 + 0.5 + 1 + 0.25 + 0.25) / 6);
  EXPECT_EQ(score.objects[1].frames, 3U);  // frames 3, 4 and 6
  EXPECT_EQ(score.objects[1].frames_empty, 1U);
  EXPECT_DOUBLE_EQ(*score.objects[1].value(Metric("J")), 1.0 / 3);
}

TEST(Strict, TakesThePromptThatTheFirstMaskJsonStates) {
  Story story = late_object();
  story.sequence.prompts["00003"] = {2};
  EXPECT_EQ(score_with("strict", story).objects.at(1).frames, 1U);  // frame 4 alone
}

TEST(VotAbsence, CountsWhatBecameOfPresentAndAbsentObjects) {
  Story story;
  story.frame({{1, overlap(4, 4, 4)}});                              // prompt
  story.frame({{1, overlap(4, 2, 2)}});                              // found
  story.frame({{1, overlap(4, 3, 0)}});                              // wrong
  story.frame({{1, overlap(4, 0, 0)}});                              // missed
  story.frame({{1, overlap(4, 4, 4)}});                              // found
  for (int i = 0; i < 9; ++i) story.frame({});                       // absent, not reported
  for (int i = 0; i < 3; ++i) story.frame({{1, overlap(0, 2, 0)}});  // absent, reported
  const ObjectScore object = score_with("vot-absence", story).objects.at(0);
  EXPECT_DOUBLE_EQ(object.value(Metric("NRE")).value(), 0.25);
  EXPECT_DOUBLE_EQ(object.value(Metric("DRE")).value(), 0.25);
  EXPECT_DOUBLE_EQ(object.value(Metric("ADQ")).value(), 0.75);
}

TEST(VotAbsence, HasNoAbsenceQualityOverTenFramesOrFewer) {
  Story story;
  story.frame({{1, overlap(4, 4, 4)}});
  for (int i = 0; i < 10; ++i) story.frame({});
  EXPECT_FALSE(score_with("vot-absence", story).objects.at(0).value(Metric("ADQ")).has_value());
}

TEST(Lvos, ScoresEveryFifthFrameOfARangeButItsFirstAndItsEndAndReportsVariation) {
  Story story = late_object();
  story.sequence.frames = {};
  for (const char* const name : {"00001", "00006", "00011", "00016", "00021"})
    story.sequence.frames.append(name);
  story.sequence.meta_objects = {1, 2};
  story.sequence.object_ranges[1] = {1, 21, 5, 5};
  story.sequence.object_ranges[2] = {11, 26, 4, 5};
  const SequenceScore score = score_with("lvos", story);
  EXPECT_EQ(score.objects.at(0).frames, 3U);
  EXPECT_EQ(score.objects.at(1).frames, 2U);
  // Object 2: (J + F) / 2 is 0 in frame 16 and (1 + 0.5) / 2 in frame 21; the variance 0.140625 is
  // rounded.
  EXPECT_DOUBLE_EQ(score.objects.at(1).value(Metric("V")).value(), std::sqrt(0.1406));
}

TEST(Vost, ReportsJOverTheLastQuarter) {
  Story story;
  for (int i = 0; i < 10; ++i)
    story.frame({{1, overlap(4, static_cast<std::uint32_t>(i >= 7 ? 1 : 4),
                             static_cast<std::uint32_t>(i >= 7 ? 1 : 4))}});
  // Frames 1 to 8 count; the last quarter of these eight are frames 7 and 8.
  EXPECT_DOUBLE_EQ(score_with("vost", story).objects.at(0).value(Metric("J_tr")).value(), 0.25);
}

TEST(YoutubeVos, ScoresTheMetaFramesOfAnObjectButItsFirst) {
  Story story = late_object();
  story.sequence.meta_objects = {1, 2};
  story.sequence.object_frames[1] = {"00000", "00001", "00004"};
  story.sequence.object_frames[2] = {"00002", "00004"};
  story.sequence.seen_objects = {1};
  story.sequence.unseen_objects = {2};
  const SequenceScore score = score_with("youtube-vos", story);
  EXPECT_DOUBLE_EQ(*score.objects.at(0).value(Metric("J")), 0.75);  // frames 1 and 4
  EXPECT_EQ(score.objects.at(0).group, ObjectGroup::seen);
  EXPECT_DOUBLE_EQ(*score.objects.at(1).value(Metric("J")), 1.0);
  const std::vector<Aggregate> aggregates =
      aggregates_of(load_protocol("youtube-vos"), std::vector{score});
  // Mean of J_s 0.75, F_s 0.5, J_u 1, F_u 0.5.
  EXPECT_EQ(aggregates.at(0).metric, Metric("J&F"));
  EXPECT_DOUBLE_EQ(*aggregates.at(0).value, 0.6875);
}

TEST(MoseV2, AddsOneToIntersectionAndUnion) {
  const Protocol protocol = load_protocol("mose-v2");
  EXPECT_DOUBLE_EQ(frame_j(protocol, overlap(4, 2, 2)), 3.0 / 5);
  EXPECT_DOUBLE_EQ(frame_j(protocol, overlap(0, 0, 0)), 1.0);
  EXPECT_DOUBLE_EQ(frame_j(protocol, overlap(0, 3, 0)), 1.0 / 4);
}

TEST(MoseV2, ScoresDisappearanceAndReappearanceApart) {
  Story story;
  story.sequence.meta_objects = {1};
  story.frame({{1, overlap(4, 4, 4)}});  // dropped
  story.frame({{1, overlap(4, 4, 4)}});  // there: J 1
  story.frame({});                       // gone: J 1, F 1
  story.frame({{1, overlap(0, 3, 0)}});  // gone, but reported: J 1/4, F 0
  story.frame({{1, overlap(4, 2, 2)}});  // back: J 3/5, F 1/2
  story.frame({{1, overlap(4, 0, 0)}});  // back, missed: J 1/5, F 0
  story.frame({{1, overlap(4, 4, 4)}});  // dropped
  const ObjectScore object = score_with("mose-v2", story).objects.at(0);
  EXPECT_DOUBLE_EQ(*object.value(Metric("J")), (1 + 1 + 0.25 + 0.6 + 0.2) / 5);
  EXPECT_DOUBLE_EQ(object.value(Metric("J&Ḟ_d")).value(), ((1 + 0.25) / 2 + 0.5) / 2);
  EXPECT_DOUBLE_EQ(object.value(Metric("J&Ḟ_r")).value(), ((0.6 + 0.2) / 2 + 0.25) / 2);
}

TEST(MoseV2, SkipsADisappearanceThatStartsTheVideo) {
  Story story;
  story.sequence.meta_objects = {1};
  story.frame({});
  story.frame({});                       // gone from the start: no segment
  story.frame({{1, overlap(4, 4, 4)}});  // this is a reappearance
  story.frame({});
  const ObjectScore object = score_with("mose-v2", story).objects.at(0);
  EXPECT_FALSE(object.value(Metric("J&Ḟ_d")).has_value());
  EXPECT_TRUE(object.value(Metric("J&Ḟ_r")).has_value());
}

TEST(SaV, ScoresAnObjectInsideItsOwnRange) {
  Story story = late_object();
  for (const char* const frame : {"00001", "00002", "00003"})
    story.sequence.object_masks[1].append(frame);
  for (const char* const frame : {"00002", "00003", "00004"})
    story.sequence.object_masks[2].append(frame);
  const SequenceScore score = score_with("sa-v", story);
  EXPECT_EQ(score.objects.at(0).frames, 1U);
  EXPECT_DOUBLE_EQ(*score.objects.at(0).value(Metric("J")), 0.5);
  EXPECT_EQ(score.objects.at(1).frames, 1U);
}

TEST(MatchProposals, GivesEachObjectTheProposalThatServesItBest) {
  // Objects 1 and 2 were proposed as 5 and 3.
  Story story;
  for (int i = 0; i < 2; ++i) {
    story.frame({{1, overlap(4, 0, 0)},
                 {2, overlap(4, 0, 0)},
                 {3, overlap(0, 4, 0)},
                 {5, overlap(0, 4, 0)}});
    FrameRecord& record = story.table.back();
    record.predicted_ids = {3, 5};
    record.pairs = {overlap(4, 4, 1), overlap(4, 4, 4), overlap(4, 4, 3), overlap(4, 4, 0)};
  }
  const Protocol protocol = load_protocol("davis2017-unsupervised");
  std::vector<Finding> findings;
  const SequenceScore score = score_sequence(protocol, story.sequence,
                                             match_proposals(protocol, story.sequence, story.table),
                                             FrameRows::drop, findings);
  ASSERT_EQ(score.objects.size(), 2U);
  EXPECT_DOUBLE_EQ(*score.objects[0].value(Metric("J")), 1.0);
  EXPECT_DOUBLE_EQ(*score.objects[1].value(Metric("J")), 0.6);
}

TEST(MatchProposals, RefusesMoreThanTwenty) {
  Story story;
  story.frame({{1, overlap(4, 4, 4)}, {21, overlap(0, 4, 0)}});
  story.table[0].predicted_ids = {1, 21};
  story.table[0].pairs = {overlap(4, 4, 4), overlap(4, 4, 0)};
  EXPECT_THROW(
      match_proposals(load_protocol("davis2017-unsupervised"), story.sequence, story.table), Error);
}

TEST(FrameStatistics, UsesDavisBins) {
  // n = 9: bin ends round(linspace(1, 9, 5)) - 1 = 0, 2, 4, 6, 8; bins share their ends.
  const std::vector<double> values = {1, 1, 1, 0.5, 0.5, 0.5, 0.2, 0.2, 0.2};
  const FrameStatistics statistics = frame_statistics(values);
  EXPECT_DOUBLE_EQ(*statistics.recall, 3.0 / 9);  // above 0.5, strictly
  EXPECT_DOUBLE_EQ(*statistics.decay, 0.8);
}

TEST(FrameStatistics, CanReproduceTheOverflowOfThePublicCode) {
  // 300 frames: bin ends 0, 75, 150, 224, 299 as uint8 are 0, 75, 150, 224, 43, so that the last
  // bin is empty.
  const std::vector<double> values(300, 0.5);
  EXPECT_TRUE(frame_statistics(values, DecayRule::exact).decay.has_value());
  EXPECT_FALSE(frame_statistics(values, DecayRule::bug_compatible).decay.has_value());
}

TEST(FrameStatistics, AreEmptyWithoutFrames) {
  EXPECT_FALSE(frame_statistics({}).mean.has_value());
  EXPECT_DOUBLE_EQ(*frame_statistics(std::vector{0.75}).decay, 0.0);
}

TEST(PairwiseSum, AddsInTheOrderOfNumpy) {
  // Above 128 values halves are added: 129 values are split at 64, each half with eight
  // accumulators.
  std::vector<double> values;
  for (int i = 0; i < 129; ++i) values.push_back(1.0 / (i + 1));
  // numpy.sum(1.0 / numpy.arange(1, 130)) as a hexadecimal float.
  EXPECT_EQ(pairwise_sum(values), 0x1.5c37b09149ba9p+2);
  values.resize(9);
  EXPECT_EQ(pairwise_sum(values), 0x1.6a1ba1ba1ba1bp+1);
}

}  // namespace
}  // namespace angiobench
