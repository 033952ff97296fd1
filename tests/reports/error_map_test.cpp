// SPDX-License-Identifier: MIT
#include "reports/error_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <thread>

#include "dataset/error.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

// RGBA pixels as libpng, which is no part of the encoder, reads them.
std::vector<std::uint32_t> decode(const std::vector<std::uint8_t>& file, int& width, int& height) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_memory(&image, file.data(), file.size()), 0) << image.message;
  image.format = PNG_FORMAT_RGBA;
  std::vector<std::uint32_t> pixels(std::size_t{image.width} * image.height);
  EXPECT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0) << image.message;
  EXPECT_EQ(image.warning_or_error, 0u) << image.message;
  width = static_cast<int>(image.width);
  height = static_cast<int>(image.height);
  return pixels;
}

std::uint32_t rgba(unsigned r, unsigned g, unsigned b, unsigned a = 255) {
  return r | g << 8 | b << 16 | a << 24;
}

const std::uint32_t kBackground = rgba(255, 255, 255, 0);
const std::uint32_t kRight = rgba(0xBF, 0xBF, 0xBF);
const std::uint32_t kFalsePositive = rgba(0xD5, 0x5E, 0x00);
const std::uint32_t kFalseNegative = rgba(0x00, 0x72, 0xB2);
const std::uint32_t kWrongObject = rgba(0xCC, 0x79, 0xA7);

TEST(ErrorMap, ColoursEachVerdict) {
  const Mask truth = test::mask_from({".1122", ".1122", "....."});
  const Mask prediction = test::mask_from({"11.21", ".1.2.", "....3"});
  int width = 0;
  int height = 0;
  const std::vector<std::uint32_t> pixels =
      decode(encode_error_map(truth.view(), prediction.view()), width, height);
  EXPECT_EQ(width, 5);
  EXPECT_EQ(height, 3);
  EXPECT_THAT(pixels, testing::ElementsAre(
                          kFalsePositive, kRight, kFalseNegative, kRight, kWrongObject,  //
                          kBackground, kRight, kFalseNegative, kRight, kFalseNegative,   //
                          kBackground, kBackground, kBackground, kBackground, kFalsePositive));
}

TEST(ErrorMap, EqualsItsSlowTwinOnRandomMasks) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 60; ++round) {
    const int width = 1 + static_cast<int>(random() % 70);
    const int height = 1 + static_cast<int>(random() % 50);
    const Mask truth = test::random_mask(width, height, 3, random);
    const Mask prediction = test::random_mask(width, height, 3, random);
    const std::vector<std::uint8_t> png = encode_error_map(truth.view(), prediction.view());
    // Masks that come as runs make the same file.
    const std::vector<LabelRun> truth_runs = test::runs_of(truth);
    const std::vector<LabelRun> prediction_runs = test::runs_of(prediction);
    ASSERT_EQ(encode_error_map(MaskLabels(width, height, truth_runs),
                               MaskLabels(width, height, prediction_runs)),
              png);
    ASSERT_EQ(encode_error_map(MaskLabels(width, height, truth_runs), prediction.view()), png);
    int w = 0;
    int h = 0;
    const std::vector<std::uint32_t> pixels = decode(png, w, h);
    ASSERT_EQ(w, width);
    ASSERT_EQ(h, height);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const int t = truth.at(x, y);
        const int p = prediction.at(x, y);
        const std::uint32_t expected = t == p   ? (t == 0 ? kBackground : kRight)
                                       : t == 0 ? kFalsePositive
                                       : p == 0 ? kFalseNegative
                                                : kWrongObject;
        ASSERT_EQ(pixels[static_cast<std::size_t>(y * width + x)], expected) << x << ',' << y;
      }
    }
  }
}

TEST(ErrorMap, EqualsItsSlowTwinOnWidePicturesOfFewObjects) {
  std::mt19937_64 random(9);
  for (const int width : {63, 64, 65, 127, 128, 130, 257}) {
    Mask truth(width, 9);
    Mask prediction(width, 9);
    for (int i = 0; i < 12; ++i) {
      truth.at(static_cast<int>(random() % width), static_cast<int>(random() % 9)) =
          static_cast<std::uint8_t>(1 + random() % 2);
      prediction.at(static_cast<int>(random() % width), static_cast<int>(random() % 9)) = 1;
    }
    truth.at(width - 1, 8) = 2;  // the last pixel shares its byte with what is no pixel
    int w = 0;
    int h = 0;
    const auto pixels = decode(encode_error_map(truth.view(), prediction.view()), w, h);
    for (int y = 0; y < 9; ++y) {
      for (int x = 0; x < width; ++x) {
        const int t = truth.at(x, y);
        const int p = prediction.at(x, y);
        ASSERT_EQ(pixels[static_cast<std::size_t>(y * width + x)] == kBackground, t == 0 && p == 0)
            << width << ": " << x << ',' << y;
        ASSERT_EQ(pixels[static_cast<std::size_t>(y * width + x)] == kRight, t == p && t != 0);
      }
    }
  }
}

TEST(ErrorMap, TakesTwoBitsAPixelUnlessAllFiveVerdictsOccur) {
  const std::size_t depth_at = 24;  // signature, IHDR length and type, width, height
  EXPECT_EQ(encode_error_map(test::mask_from({"01", "10"}).view(),
                             test::mask_from({"10", "10"}).view())[depth_at],
            2);
  EXPECT_EQ(
      encode_error_map(test::mask_from({"12"}).view(), test::mask_from({"21"}).view())[depth_at],
      2);
  EXPECT_EQ(encode_error_map(test::mask_from({"01120"}).view(),
                             test::mask_from({"10110"}).view())[depth_at],
            4);
}

TEST(ErrorMap, LeavesOutVoidPixelsWhereTheProtocolDoes) {
  Mask truth(2, 1, kVoidLabel);
  const Mask prediction(2, 1, 1);
  int width = 0;
  int height = 0;
  EXPECT_THAT(decode(encode_error_map(truth.view(), prediction.view(), {.ignore_void = true}),
                     width, height),
              testing::Each(kBackground));
  EXPECT_THAT(decode(encode_error_map(truth.view(), prediction.view()), width, height),
              testing::Each(kWrongObject));
  const std::vector<LabelRun> truth_runs = test::runs_of(truth);
  const std::vector<LabelRun> prediction_runs = test::runs_of(prediction);
  EXPECT_THAT(decode(encode_error_map(MaskLabels(2, 1, truth_runs),
                                      MaskLabels(2, 1, prediction_runs), {.ignore_void = true}),
                     width, height),
              testing::Each(kBackground));
}

TEST(ErrorMap, RefusesMasksOfDifferentSizes) {
  EXPECT_THROW(encode_error_map(Mask(2, 2).view(), Mask(2, 3).view()), Error);
}

TEST(FrameQuality, IsTheMeanOverObjectsThatAreShown) {
  EXPECT_EQ(frame_quality({}), 1.0);
  const FrameCounts nothing;
  const FrameCounts half{.intersection = 1,
                         .union_area = 2,
                         .prediction = 1,
                         .truth = 2,
                         .prediction_boundary = 1,
                         .truth_boundary = 1,
                         .prediction_matched = 1,
                         .truth_matched = 1};
  const FrameCounts lost{
      .intersection = 0, .union_area = 2, .prediction = 0, .truth = 2, .truth_boundary = 4};
  EXPECT_EQ(frame_quality(std::vector<ObjectCounts>{{1, nothing}, {2, half}}), 0.75);
  EXPECT_EQ(frame_quality(std::vector<ObjectCounts>{{1, half}, {2, lost}}), 0.375);
}

struct Offered {
  std::size_t sequence;
  std::size_t frame;
  double j;
};

// A frame whose single object has about this J.
void offer(WorstFrames& worst, const Offered& one) {
  const FrameCounts counts{.intersection = static_cast<std::uint32_t>(one.j * 1000),
                           .union_area = 1000,
                           .prediction = 1000,
                           .truth = 1000,
                           .prediction_boundary = 10,
                           .truth_boundary = 10,
                           .prediction_matched = 5,
                           .truth_matched = 5};
  worst.offer(one.sequence, one.frame, std::vector<ObjectCounts>{{1, counts}});
}

std::vector<std::string> kept_names(WorstFrames& worst) {
  std::vector<std::string> names;
  for (std::size_t sequence = 0; sequence < 4; ++sequence) {
    for (const std::size_t frame : worst.take(sequence))
      names.push_back("v" + std::to_string(sequence) + "/" + std::to_string(frame));
  }
  return names;
}

TEST(WorstFrames, KeepsTheWorstFramesOfEachSequenceAndNoNeighbours) {
  WorstFrames worst({.worst = 2, .spacing = 4});
  for (const Offered& one : std::vector<Offered>{
           {0, 0, 0.9}, {0, 1, 0.1}, {0, 2, 0.05}, {0, 4, 0.3}, {0, 8, 0.2}, {3, 7, 0.95}}) {
    offer(worst, one);
  }
  EXPECT_THAT(kept_names(worst), testing::ElementsAre("v0/2", "v0/8", "v3/7"));
}

TEST(WorstFrames, DependsNeitherOnOrderNorOnThreads) {
  std::mt19937_64 random(11);
  std::vector<Offered> frames;
  for (std::size_t sequence = 0; sequence < 3; ++sequence) {
    for (std::size_t frame = 0; frame < 80; ++frame) {
      frames.push_back(
          {sequence, frame, static_cast<double>(random() % 40) / 40});  // with many ties
    }
  }
  WorstFrames first({});
  for (const Offered& one : frames) offer(first, one);
  const std::vector<std::string> expected = kept_names(first);
  for (int round = 0; round < 10; ++round) {
    std::shuffle(frames.begin(), frames.end(), random);
    WorstFrames worst({});
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (std::size_t index = thread; index < frames.size(); index += 4)
          offer(worst, frames[index]);
      });
    }
    threads.clear();
    ASSERT_EQ(kept_names(worst), expected);
  }
}

TEST(ErrorMapFiles, AreReadBackAsTheyWereWritten) {
  const test::TempFolder folder;
  Result result;
  result.sequences.resize(3);
  result.sequences[0].name = "v00";
  result.sequences[1].name = "..";
  result.sequences[2].name = "v02";
  const std::vector<std::uint8_t> png = encode_error_map(Mask(3, 3, 1).view(), Mask(3, 3).view());
  const std::vector<ErrorMap> maps = {
      {"v00", "00001", png}, {"v00", "00007", png}, {"v02", "00003", png}};
  write_error_maps(folder / "error_maps", maps);
  EXPECT_EQ(read_error_maps(folder / "error_maps", result), maps);
  EXPECT_TRUE(read_error_maps(folder / "nowhere", result).empty());
}

class StagedMaps : public testing::Test {
 protected:
  static std::string sequence_name(std::size_t sequence) { return "v" + std::to_string(sequence); }
  static std::string frame_name(std::size_t, std::size_t frame) { return std::to_string(frame); }
  // Names of files and folders, whatever their depth, sorted.
  std::vector<std::string> listed() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path()))
      names.push_back(std::filesystem::relative(entry.path(), folder_.path()).string());
    std::sort(names.begin(), names.end());
    return names;
  }

  test::TempFolder folder_;
  std::vector<std::uint8_t> png_ = encode_error_map(Mask(3, 3, 1).view(), Mask(3, 3).view());
};

TEST_F(StagedMaps, StandInTheirPlacesOnceCommitted) {
  {
    StagedErrorMaps maps(folder_ / "maps", sequence_name, frame_name);
    for (const std::size_t frame : {3u, 1u}) maps.add(7, frame, png_);
    maps.add(2, 5, png_);
    maps.sort();
    ASSERT_EQ(maps.places().size(), 3u);
    EXPECT_EQ(maps.places()[0].sequence, 2u);
    EXPECT_EQ(maps.places()[1].frame, 1u);
    EXPECT_EQ(maps.places()[1].num_bytes, png_.size());
    EXPECT_EQ(maps.read(1), png_);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "maps"));
    maps.commit();
  }
  EXPECT_THAT(listed(), testing::ElementsAre("maps", "maps/v2", "maps/v2/5.png", "maps/v7",
                                             "maps/v7/1.png", "maps/v7/3.png"));
}

TEST_F(StagedMaps, JoinThoseOfAnEarlierRun) {
  folder_.write("maps/v2/4.png", "old");
  folder_.write("maps/v2/5.png", "old");
  {
    StagedErrorMaps maps(folder_ / "maps", sequence_name, frame_name);
    maps.add(2, 5, png_);
    maps.add(3, 0, png_);
    maps.sort();
    maps.commit();
  }
  EXPECT_THAT(listed(), testing::ElementsAre("maps", "maps/v2", "maps/v2/4.png", "maps/v2/5.png",
                                             "maps/v3", "maps/v3/0.png"));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "maps/v2/4.png"), 3u);
  EXPECT_EQ(std::filesystem::file_size(folder_ / "maps/v2/5.png"), png_.size());
}

TEST_F(StagedMaps, LeaveNothingBehindWhereTheyAreNotCommitted) {
  { StagedErrorMaps(folder_ / "maps", sequence_name, frame_name).add(2, 5, png_); }
  EXPECT_THAT(listed(), testing::IsEmpty());
}

TEST_F(StagedMaps, AreNeverWrittenOutsideTheirFolder) {
  StagedErrorMaps maps(
      folder_ / "maps", [](std::size_t sequence) { return sequence == 0 ? "v0" : ".."; },
      [](std::size_t, std::size_t frame) { return frame == 0 ? "0" : "a/b"; });
  EXPECT_THROW(maps.add(1, 0, png_), Error);
  EXPECT_THROW(maps.add(0, 1, png_), Error);
  EXPECT_THAT(listed(), testing::IsEmpty());
}

TEST(ErrorMapFiles, AreNeverWrittenOutsideTheirFolder) {
  const test::TempFolder folder;
  const std::vector<std::uint8_t> png = {1};
  for (const std::string name : {"..", "a/b", "", "a\\b"}) {
    EXPECT_THROW(write_error_maps(folder / "maps", std::vector<ErrorMap>{{name, "00000", png}}),
                 Error)
        << name;
    EXPECT_THROW(write_error_maps(folder / "maps", std::vector<ErrorMap>{{"v00", name, png}}),
                 Error)
        << name;
  }
}

TEST(ErrorMapFiles, ThatAreNoPngAreRefused) {
  const test::TempFolder folder;
  folder.write("v00/00000.png", "GIF89a");
  Result result;
  result.sequences.resize(1);
  result.sequences[0].name = "v00";
  EXPECT_THROW(read_error_maps(folder.path(), result), Error);
}

}  // namespace
}  // namespace angiobench
