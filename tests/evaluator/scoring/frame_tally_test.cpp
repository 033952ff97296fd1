// SPDX-License-Identifier: MIT
// A frame that somebody has in memory is counted as a pass counts the same frame.
#include "evaluator/scoring/frame_tally.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/masks/label_digest.h"
#include "dataset/masks/mask_source.h"
#include "evaluator/protocol.h"
#include "evaluator/scoring/counting_pass.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

// Masks of one sequence, and the arrays that are them.
struct Clip {
  std::vector<Mask> masks;

  explicit Clip(std::mt19937_64& random) {
    for (int i = 0; i < 6; ++i) masks.push_back(test::random_mask(40, 30, 3, random));
  }
  MaskArrays arrays() const {
    MaskArrays arrays;
    for (std::size_t i = 0; i < masks.size(); ++i)
      arrays["v"].push_back({std::to_string(i), masks[i].pixels(), 40, 30});
    return arrays;
  }
};

void expect_equal(const FrameRecord& found, const FrameRecord& expected) {
  EXPECT_EQ(found.read, expected.read);
  EXPECT_EQ(found.truth_ids, expected.truth_ids);
  EXPECT_EQ(found.counts, expected.counts);
  EXPECT_EQ(found.second_counts, expected.second_counts);
  EXPECT_EQ(found.predicted_ids, expected.predicted_ids);
  EXPECT_EQ(found.pairs, expected.pairs);
  ASSERT_EQ(found.object_pairs.size(), expected.object_pairs.size());
  for (std::size_t i = 0; i < found.object_pairs.size(); ++i) {
    EXPECT_EQ(found.object_pairs[i].id, expected.object_pairs[i].id);
    EXPECT_EQ(found.object_pairs[i].counts, expected.object_pairs[i].counts);
  }
}

TEST(FrameTally, CountsWhatAPassCounts) {
  std::mt19937_64 random(7);
  for (const std::string name : {"strict", "mose-v2", "davis2017-unsupervised", "vots"}) {
    Protocol protocol = load_protocol(name);
    if (name == "strict" || name == "vots")
      protocol = with_measures(protocol, {"vessel"}, std::nullopt);
    const CountingPlan plan = counting_plan(protocol);
    const Clip truth(random);
    const Clip prediction(random);
    const BenchmarkDefinition benchmark = load_benchmark("flat");
    const SequenceIndex index = index_arrays(truth.arrays(), benchmark);
    const auto source =
        array_masks(prediction.arrays(), benchmark, MaskRole::prediction, "predictions");
    MissingFrames missing;
    missing.frames.resize(1);
    missing.whole_sequence.resize(1);
    FrameBuffers buffers;
    // Every other frame has its prediction read.
    const auto need = [](std::size_t, std::size_t frame) {
      return frame % 2 == 0 ? FrameNeed::both : FrameNeed::truth;
    };
    counting_pass(
        index, *source, std::span(&plan, 1), need, missing, {}, [&](SequenceCounts&& counts) {
          ASSERT_FALSE(counts.failure.has_value());
          for (std::size_t i = 0; i < truth.masks.size(); ++i) {
            const FrameRecord record =
                tally_frame(plan, truth.masks[i].view(), prediction.masks[i].view(), buffers);
            expect_equal(i % 2 == 0 ? record : without_prediction(plan, record),
                         counts.tables[0][i]);
          }
        });
  }
}

TEST(LabelDigest, IsTheSameForTheSamePixelsAndAnotherForOthers) {
  std::mt19937_64 random(8);
  const Mask mask = test::random_mask(40, 30, 3, random);
  const std::vector<LabelRun> runs = test::runs_of(mask);
  EXPECT_EQ(label_digest(mask.view()), label_digest(MaskLabels(40, 30, runs)));
  const Sha256 first = label_digest(mask.view());
  for (const auto& [x, y] : {std::pair(0, 0), std::pair(39, 29), std::pair(17, 11)}) {
    Mask other = mask;
    other.at(x, y) = static_cast<std::uint8_t>(other.at(x, y) + 1);
    EXPECT_NE(label_digest(other.view()), first);
  }
  // The size counts, also where there is no run.
  EXPECT_NE(label_digest(Mask(4, 3).view()), label_digest(Mask(3, 4).view()));
}

}  // namespace
}  // namespace angiobench
