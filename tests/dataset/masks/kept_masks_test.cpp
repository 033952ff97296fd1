// SPDX-License-Identifier: MIT
#include "dataset/masks/kept_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <random>

#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;

constexpr int kFrames = 6;

// Speckles, runs, an empty mask and a full one: what runs are good and bad at.
Mask drawn(int frame) {
  std::mt19937 random(static_cast<unsigned>(frame));
  Mask mask(37 + frame, 23);
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const auto value = static_cast<std::uint8_t>(random() % 3);
      mask.at(x, y) = frame == 0   ? 0
                      : frame == 1 ? 7
                      : frame == 2
                          ? value
                          : static_cast<std::uint8_t>(y > 5 && y < 12 && x > frame ? 3 : 0);
    }
  }
  return mask;
}

class KeptMasksTest : public testing::Test {
 protected:
  KeptMasksTest() {
    for (int frame = 0; frame < kFrames; ++frame)
      write_mask_png(folder_ / ("truth/a/0000" + std::to_string(frame) + ".png"),
                     drawn(frame).view(), voc_palette());
    index_ = index_ground_truth(folder_ / "truth", load_benchmark("flat"));
  }

  // The pixels and the digest of a frame.
  std::pair<Mask, Sha256> read(const MaskSource& masks, int frame) {
    MaskBuffers buffers;
    Sha256 digest;
    const Sequence& sequence = index_.sequences.front();
    const MaskView view = masks.read_labels(
        sequence, sequence.frames[static_cast<std::size_t>(frame)], {}, buffers, digest);
    return {Mask(view), digest};
  }

  TempFolder folder_;
  SequenceIndex index_;
};

TEST_F(KeptMasksTest, AreThoseOfTheFilesWithoutReadingThemAgain) {
  const auto kept = keep_masks(index_.masks);
  for (int frame = 0; frame < kFrames; ++frame)
    EXPECT_EQ(read(*kept, frame), read(*index_.masks, frame));
  std::vector<std::pair<Mask, Sha256>> first;
  for (int frame = 0; frame < kFrames; ++frame) first.push_back(read(*index_.masks, frame));
  boost::filesystem::remove_all(folder_ / "truth/a");
  EXPECT_THROW(read(*index_.masks, 0), Error);
  for (int frame = 0; frame < kFrames; ++frame) {
    EXPECT_EQ(read(*kept, frame), first[static_cast<std::size_t>(frame)]);
    EXPECT_EQ(read(*kept, frame).first, drawn(frame));
  }
}

TEST_F(KeptMasksTest, KnowTheirEmptyRows) {
  const auto kept = keep_masks(index_.masks);
  for (int round = 0; round < 2; ++round) {
    MaskBuffers buffers;
    Sha256 digest;
    const Sequence& sequence = index_.sequences.front();
    const MaskView view = kept->read_labels(sequence, sequence.frames[4], {}, buffers, digest);
    for (int y = 0; y < view.num_empty_above; ++y) {
      for (int x = 0; x < view.width; ++x) EXPECT_EQ(view.at(x, y), 0);
    }
    EXPECT_LE(view.num_empty_above, 6);
    EXPECT_LE(view.num_empty_below, 11);
  }
}

TEST_F(KeptMasksTest, AreReadAnewWhereTheyDoNotFit) {
  const auto kept = keep_masks(index_.masks, 1);
  const auto before = read(*kept, 3);
  EXPECT_EQ(read(*kept, 3), before);
  boost::filesystem::remove_all(folder_ / "truth/a");
  EXPECT_THROW(read(*kept, 3), Error);
}

TEST_F(KeptMasksTest, AreRefusedInTheWordsOfTheFilesWhereTheSizeIsAnother) {
  const auto kept = keep_masks(index_.masks);
  read(*kept, 3);
  MaskBuffers buffers;
  Sha256 digest;
  ExpectedMask expected;
  expected.width = 9;
  expected.height = 9;
  const Sequence& sequence = index_.sequences.front();
  EXPECT_THAT([&] { kept->read_labels(sequence, sequence.frames[3], expected, buffers, digest); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("40x23")));
}

}  // namespace
}  // namespace angiobench
