// SPDX-License-Identifier: MIT
#include "baselines/training/training_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cmath>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <set>

#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "dataset/synth/synthesize.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

// A square in the middle.
Mask square_of(int width, int height, std::uint8_t label = 1) {
  Mask mask(width, height);
  for (int y = height / 4; y < height / 2; ++y) {
    for (int x = width / 4; x < width / 2; ++x) mask.at(x, y) = label;
  }
  return mask;
}

// A PNG of RGB in which `color` is one square.
void write_colors(const std::string& path, const Rgb& color) {
  cv::Mat picture = cv::Mat::zeros(48, 64, CV_8UC3);
  picture(cv::Rect(20, 10, 16, 12)) = cv::Scalar(color[2], color[1], color[0]);
  boost::filesystem::create_directories(boost::filesystem::path(path).parent_path());
  cv::imwrite(path, picture);
}

constexpr const char* kMine = R"({"schema": "benchmark-1", "name": "mine", "title": "mine",
    "layout": "flat", "protocol": "vos-benchmark", "annotations": ["Annotations"],
    "images": ["JPEGImages"]})";

// Three frames with their masks, and the benchmark file mine.json.
void write_video(const test::TempFolder& folder, const Mask& mask, const Mask& picture) {
  for (const char* const name : {"00000", "00001", "00002"}) {
    const std::string file = "v/" + std::string(name) + ".png";
    write_mask_png(folder / ("JPEGImages/" + file), picture.view(), voc_palette());
    write_mask_png(folder / ("Annotations/" + file), mask.view(), voc_palette());
  }
  folder.write("mine.json", kMine);
}

template <typename Work>
std::string message_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "nothing was thrown";
}

TEST(HardFraction, FallsFromOneToFifteenHundredths) {
  EXPECT_DOUBLE_EQ(hard_fraction(0), 1);
  EXPECT_DOUBLE_EQ(hard_fraction(19999), 1);
  EXPECT_DOUBLE_EQ(hard_fraction(20000), 1);
  EXPECT_NEAR(hard_fraction(45000), 0.575, 1e-12);
  EXPECT_DOUBLE_EQ(hard_fraction(70000), 0.15);
  EXPECT_DOUBLE_EQ(hard_fraction(200000), 0.15);
}

TEST(MaxFrameDistance, GrowsAndShrinksWithTheEpochs) {
  const auto general = [](double progress) {
    return max_frame_distance(TrainingStage::general_videos, progress);
  };
  EXPECT_EQ(general(0), 5);
  EXPECT_EQ(general(0.1), 10);
  EXPECT_EQ(general(0.2), 15);
  EXPECT_EQ(general(0.3), 20);
  EXPECT_EQ(general(0.4), 25);
  EXPECT_EQ(general(0.85), 25);
  EXPECT_EQ(general(0.9), 5);
  const auto xray = [](double progress) {
    return max_frame_distance(TrainingStage::xray_videos, progress);
  };
  EXPECT_EQ(xray(0), 1);
  EXPECT_EQ(xray(0.45), 5);
  EXPECT_EQ(xray(0.8), 1);
}

TEST(LearningRate, DropsToATenth) {
  EXPECT_DOUBLE_EQ(learning_rate(1e-5, 124999, 125000), 1e-5);
  EXPECT_NEAR(learning_rate(1e-5, 125000, 125000), 1e-6, 1e-20);
}

TEST(DrawClip, KeepsFramesInOrderOrReversedAndWithinTheDistance) {
  synth::Random random(1);
  int reversed = 0;
  std::set<int> steps;
  for (int i = 0; i < 4000; ++i) {
    std::array<int, 3> clip = draw_clip(20, 4, random);
    for (const int frame : clip) {
      ASSERT_GE(frame, 0);
      ASSERT_LT(frame, 20);
    }
    if (clip[0] > clip[2]) {
      ++reversed;
      std::reverse(clip.begin(), clip.end());
    }
    EXPECT_LE(clip[0], clip[1]);
    EXPECT_LE(clip[1], clip[2]);
    EXPECT_LE(clip[1] - clip[0], 5);
    EXPECT_LE(clip[2] - clip[1], 5);
    steps.insert(clip[1] - clip[0]);
  }
  EXPECT_NEAR(reversed, 2000, 150);
  EXPECT_TRUE(steps.contains(1));
  EXPECT_TRUE(steps.contains(5));
}

TEST(DrawClip, FitsTheShortestVideo) {
  synth::Random random(2);
  for (int i = 0; i < 200; ++i) {
    for (const int frame : draw_clip(3, 25, random)) {
      EXPECT_GE(frame, 0);
      EXPECT_LT(frame, 3);
    }
  }
}

// A picture with a bright square that is object 3.
LabelledFrame square_frame(int side, int left) {
  LabelledFrame frame{cv::Mat(side, side, CV_8UC3, cv::Scalar(40, 40, 40)),
                      cv::Mat::zeros(side, side, CV_8UC1)};
  for (int y = side / 4; y < side / 2; ++y) {
    for (int x = left; x < left + side / 4; ++x) {
      frame.image.at<cv::Vec3b>(y, x) = {200, 200, 200};
      frame.labels.at<std::uint8_t>(y, x) = 3;
    }
  }
  return frame;
}

TEST(Augment, MovesLabelsWithThePicture) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    synth::Random random(seed);
    AugmentOptions options = still_image_augmentation();
    options.crop = 96;
    const LabelledFrame frame = square_frame(128, 30);
    for (const LabelledFrame& made : augment({frame, frame, frame}, options, random)) {
      ASSERT_EQ(made.image.cols, 96);
      ASSERT_EQ(made.labels.rows, 96);
      int right = 0;
      int wrong = 0;
      for (int y = 0; y < 96; ++y) {
        for (int x = 0; x < 96; ++x) {
          const bool bright = made.image.at<cv::Vec3b>(y, x)[0] > 150;
          const bool object = made.labels.at<std::uint8_t>(y, x) == 3;
          (bright == object ? right : wrong) += 1;
        }
      }
      EXPECT_LT(wrong, 300) << seed;  // the border alone: nearest against cubic
      EXPECT_GT(right, 8900) << seed;
    }
  }
}

TEST(Augment, SharesTheMirrorAndCropOfAClip) {
  AugmentOptions options;
  options.crop = 64;
  options.rotation = options.shear = 0;
  options.frame_jitter = {0, 0, 0};
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    synth::Random random(seed);
    const LabelledFrame frame = square_frame(96, 10);
    const std::vector<LabelledFrame> made = augment({frame, frame, frame}, options, random);
    EXPECT_EQ(cv::norm(made[0].image, made[1].image), 0);
    EXPECT_EQ(cv::norm(made[0].labels, made[2].labels), 0);
  }
}

TEST(Augment, IsAFunctionOfItsSeed) {
  const LabelledFrame frame = square_frame(96, 10);
  AugmentOptions options = still_image_augmentation();
  options.crop = 64;
  synth::Random one(7);
  synth::Random two(7);
  synth::Random other(8);
  const cv::Mat first = augment({frame}, options, one).front().image;
  EXPECT_EQ(cv::norm(first, augment({frame}, options, two).front().image), 0);
  EXPECT_GT(cv::norm(first, augment({frame}, options, other).front().image), 0);
}

TEST(JitterColors, FollowsPillow) {
  cv::Mat image(1, 2, CV_8UC3);
  image.at<cv::Vec3b>(0, 0) = {100, 100, 100};
  image.at<cv::Vec3b>(0, 1) = {200, 50, 0};
  cv::Mat brighter = image.clone();
  jitter_colors(brighter, 1.2, 1, 1);
  EXPECT_EQ(brighter.at<cv::Vec3b>(0, 0)[0], 120);
  EXPECT_EQ(brighter.at<cv::Vec3b>(0, 1)[0], 240);
  cv::Mat colourless = image.clone();
  jitter_colors(colourless, 1, 1, 0);
  EXPECT_EQ(colourless.at<cv::Vec3b>(0, 1)[0], 89);  // 0.299 * 200 + 0.587 * 50
  EXPECT_EQ(colourless.at<cv::Vec3b>(0, 1)[2], 89);
}

TEST(ThinPlate, PassesThroughItsControlPoints) {
  std::vector<cv::Point2d> shifts(9);
  shifts[4] = {0.1, -0.05};  // the middle
  cv::Mat x;
  cv::Mat y;
  thin_plate_maps(101, 101, 3, shifts, x, y);
  EXPECT_NEAR(static_cast<double>(x.at<float>(50, 50)), 50 + 10.1, 0.05);
  EXPECT_NEAR(static_cast<double>(y.at<float>(50, 50)), 50 - 5.05, 0.05);
  EXPECT_NEAR(static_cast<double>(x.at<float>(0, 0)), 0, 1.0);
}

TEST(ThinPlate, OfNoShiftsChangesNothing) {
  cv::Mat x;
  cv::Mat y;
  thin_plate_maps(40, 30, 4, std::vector<cv::Point2d>(16), x, y);
  EXPECT_NEAR(static_cast<double>(x.at<float>(20, 33)), 33, 1e-4);
  EXPECT_NEAR(static_cast<double>(y.at<float>(20, 33)), 20, 1e-4);
}

TEST(DrawOutlines, GivesEachLineItsNumber) {
  const cv::Mat labels = draw_outlines(
      "1 0.1 0.1 0.4 0.1 0.4 0.4 0.1 0.4\n9a 0.6 0.6 0.9 0.6 0.9 0.9\n", "x.txt", 101, 101);
  EXPECT_EQ(labels.at<std::uint8_t>(25, 25), 1);
  EXPECT_EQ(labels.at<std::uint8_t>(70, 85), 2);
  EXPECT_EQ(labels.at<std::uint8_t>(50, 50), 0);
}

TEST(DrawOutlines, NamesTheLineThatIsWrong) {
  for (const char* const text : {"1 0.1 0.1 0.4 0.1\n", "1 0.1 0.1 0.4 1.7 0.4 0.4 0.2 0.2\n",
                                 "1 a b c d e f\n", "1 0.1 0.1 0.4 0.1 0.4 0.4 0.2 0.2 0.1\n"}) {
    try {
      draw_outlines(text, "labels/7.txt", 64, 64);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::input);
      EXPECT_THAT(error.what(), testing::HasSubstr("line 1"));
    }
  }
}

TEST(ChooseObjects, PicksTwoOfTheFirstFramesLabelsAlike) {
  std::map<int, int> targets;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    TrainingSample sample;
    cv::Mat labels = (cv::Mat_<std::uint8_t>(1, 4) << 0, 2, 5, 7);
    cv::Mat later = (cv::Mat_<std::uint8_t>(1, 4) << 9, 2, 5, 7);
    sample.frames = {{cv::Mat(1, 4, CV_8UC3), labels}, {cv::Mat(1, 4, CV_8UC3), later}};
    synth::Random random(seed);
    ASSERT_TRUE(choose_objects(sample, random));
    EXPECT_TRUE(sample.has_second);
    std::vector<int> seen;
    for (int x = 0; x < 4; ++x) seen.push_back(sample.frames[1].labels.at<std::uint8_t>(0, x));
    EXPECT_EQ(seen[0], 0);  // 9 was not in the first frame
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 1);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 2), 1);
    for (int x = 1; x < 4; ++x) targets[x] += seen[static_cast<std::size_t>(x)] == 1 ? 1 : 0;
  }
  for (int x = 1; x < 4; ++x) EXPECT_NEAR(targets[x], 1000, 120);
}

TEST(ChooseObjects, SaysWhereTheFirstFrameIsEmpty) {
  TrainingSample sample;
  sample.frames = {{cv::Mat(2, 2, CV_8UC3), cv::Mat::zeros(2, 2, CV_8UC1)}};
  synth::Random random(1);
  EXPECT_FALSE(choose_objects(sample, random));
  EXPECT_FALSE(sample.has_second);
}

TEST(NormalisedPlanes, HasBothScales) {
  cv::Mat image(1, 1, CV_8UC3, cv::Scalar(255, 0, 128));
  const std::vector<float> xray = normalised_planes(image, PixelScale::xray);
  EXPECT_FLOAT_EQ(xray[0], 1);
  EXPECT_FLOAT_EQ(xray[1], -1);
  const std::vector<float> imagenet = normalised_planes(image, PixelScale::imagenet);
  EXPECT_FLOAT_EQ(imagenet[0], (1 - 0.485F) / 0.229F);
  EXPECT_FLOAT_EQ(imagenet[1], -0.456F / 0.224F);
}

TEST(TrainingVideos, AreDrawnFromASyntheticDataSet) {
  const test::TempFolder folder;
  synth::SynthOptions options;
  options.size = 96;
  options.min_frames = options.max_frames = 16;
  options.sequences = {2, 0, 0};
  options.jobs = 2;
  synth::synthesize(folder / "set", options);
  const std::vector<TrainingVideo> videos =
      list_training_videos(folder / "set", folder / "set/benchmarks/synth-train.json");
  ASSERT_EQ(videos.size(), 2U);
  EXPECT_EQ(videos[0].images.size(), 5U);  // 0, 4, 9, 14, 15
  AugmentOptions small;
  small.crop = 64;
  int with_target = 0;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const TrainingSample sample = sample_video(videos[seed % 2], 1, small, seed);
    ASSERT_EQ(sample.frames.size(), 3U);
    double most = 0;
    cv::minMaxLoc(sample.frames[0].labels, nullptr, &most);
    EXPECT_LE(most, 2);
    with_target += most > 0 ? 1 : 0;
    const TrainingSample again = sample_video(videos[seed % 2], 1, small, seed);
    EXPECT_EQ(cv::norm(sample.frames[2].image, again.frames[2].image), 0);
  }
  EXPECT_GE(with_target, 5);
}

TEST(StillImages, ReadMasksAndOutlines) {
  const test::TempFolder folder;
  EXPECT_THROW(list_still_images(folder.path()), Error);
  Mask mask(80, 80);
  for (int y = 20; y < 60; ++y) {
    for (int x = 20; x < 60; ++x) mask.at(x, y) = x < 40 ? 4 : 9;
  }
  // A palette PNG serves as the picture too.
  write_mask_png(folder / "images/a.png", mask.view(), voc_palette());
  write_mask_png(folder / "masks/a.png", mask.view(), voc_palette());
  write_mask_png(folder / "images/b.png", mask.view(), voc_palette());
  folder.write("labels/b.txt", "1 0.25 0.25 0.75 0.25 0.75 0.75 0.25 0.75\n");
  write_mask_png(folder / "images/c.png", mask.view(), voc_palette());
  const std::vector<StillImage> stills = list_still_images(folder.path());
  ASSERT_EQ(stills.size(), 2U);
  AugmentOptions options = still_image_augmentation();
  options.crop = 64;
  const TrainingSample masked = sample_still(stills[0], options, 3);
  EXPECT_TRUE(masked.has_second);
  const TrainingSample outlined = sample_still(stills[1], options, 3);
  EXPECT_FALSE(outlined.has_second);
  EXPECT_GT(cv::countNonZero(outlined.frames[1].labels), 300);
}

TEST(StillImages, ReadCocoPolygonsByImage) {
  const test::TempFolder folder;
  const Mask picture(80, 60);
  write_mask_png(folder / "images/1.png", picture.view(), voc_palette());
  write_mask_png(folder / "images/2.png", picture.view(), voc_palette());
  const auto box = [](int id, int image, int left) {
    const std::string x = std::to_string(left);
    const std::string right = std::to_string(left + 9);
    return "{\"id\": " + std::to_string(id) + ", \"image_id\": " + std::to_string(image) +
           ", \"category_id\": 3, \"iscrowd\": 0, \"segmentation\": [[" + x + ", 10, " + right +
           ", 10, " + right + ", 19, " + x + ", 19]]}";
  };
  const std::string images =
      R"({"images": [{"id": 7, "file_name": "1.png"}, {"id": 8, "file_name": "data/2.png"}], )";
  // As ARCADE: the objects of two pictures have one id.
  folder.write("annotations/train.json", images + "\"annotations\": [" + box(5, 7, 10) + ", " +
                                             box(6, 7, 30) + ", " + box(5, 8, 50) + "]}");
  std::vector<std::string> notes;
  const std::vector<StillImage> stills = list_still_images(folder.path(), &notes);
  ASSERT_EQ(stills.size(), 2U);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes.front().find("1 annotation has an id that another one has, too (5)"),
            std::string::npos)
      << notes.front();
  // Filled as COCO does, whatever reads it.
  const cv::Mat labels = coco_labels(stills[0], 80, 60);
  EXPECT_EQ(cv::countNonZero(labels == 1), 81);
  EXPECT_EQ(cv::countNonZero(labels == 2), 81);
  EXPECT_EQ(labels.at<std::uint8_t>(11, 31), 2);
  EXPECT_EQ(coco_labels(stills[1], 80, 60).at<std::uint8_t>(18, 58), 1);
  AugmentOptions options = still_image_augmentation();
  options.crop = 48;
  EXPECT_EQ(sample_still(stills[0], options, 1).frames.size(), 3U);
  EXPECT_NE(training_data_digest({}, {stills[0]}), training_data_digest({}, {stills[1]}));

  // A picture that is named and not there, and an outline of two points.
  folder.write("annotations/train.json", images + "\"annotations\": [" + box(5, 9, 10) + "]}");
  EXPECT_THROW(list_still_images(folder.path()), Error);
  folder.write("annotations/train.json",
               images + R"("annotations": [{"image_id": 7, "segmentation": [[1, 2, 3, 4]]}]})");
  EXPECT_THROW(list_still_images(folder.path()), Error);
}

TEST(TrainingVideos, FramesAreInTheOrderOfTheirNumbersAndOfTheMasksSize) {
  const test::TempFolder folder;
  const Mask upright = square_of(48, 64);
  for (const char* const name : {"9", "10", "11"}) {
    write_mask_png(folder / ("JPEGImages/v/" + std::string(name) + ".PNG"), upright.view(),
                   voc_palette());
    write_mask_png(folder / ("Annotations/v/" + std::string(name) + ".png"), upright.view(),
                   voc_palette());
  }
  folder.write("mine.json", R"({"schema": "benchmark-1", "name": "mine", "title": "mine",
    "layout": "flat", "protocol": "vos-benchmark", "annotations": ["Annotations"],
    "images": ["JPEGImages"]})");
  std::vector<ClipNote> notes;
  const auto videos = list_training_videos(folder.path(), folder / "mine.json", &notes);
  ASSERT_EQ(videos.size(), 1U);
  EXPECT_EQ(videos[0].images[0], folder / "JPEGImages/v/9.PNG");
  EXPECT_EQ(videos[0].masks[2], folder / "Annotations/v/11.png");
  ASSERT_FALSE(notes.empty());
  EXPECT_NE(notes.front().text.find("'9.PNG' before '10.PNG'"), std::string::npos);
  write_mask_png(folder / "Annotations/v/9.png", square_of(64, 48).view(), voc_palette());
  try {
    list_training_videos(folder.path(), folder / "mine.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("turned by 90 degrees"), std::string::npos);
  }
}

// DAVIS 2016 gives its one object the label 255, which is void elsewhere.
TEST(TrainingVideos, AnObjectWithTheLabel255IsLearned) {
  const test::TempFolder folder;
  Mask square(64, 64);
  for (int y = 16; y < 48; ++y) {
    for (int x = 16; x < 48; ++x) square.at(x, y) = 255;
  }
  for (const char* const name : {"00000", "00001", "00002"}) {
    for (const char* const place : {"JPEGImages/v/", "Annotations/v/"})
      write_mask_png(folder / (place + std::string(name) + ".png"), square.view(), voc_palette());
  }
  const std::string head = R"({"schema": "benchmark-2", "name": "mine", "title": "mine",
    "protocol": "vos-benchmark", "annotations": ["Annotations"], "images": ["JPEGImages"],
    "storage": "labels", "masks": "{sequence}/{frame}.png", "prompts": "first-frame")";
  folder.write("stated.json", head + R"(, "labels": {"nonzero": 255}})");
  folder.write("void.json", head + "}");
  std::vector<ClipNote> notes;
  AugmentOptions augment;
  augment.crop = 64;
  const auto stated = list_training_videos(folder.path(), folder / "stated.json", &notes);
  const TrainingSample sample = sample_video(stated.at(0), 5, augment, 3);
  EXPECT_GT(cv::countNonZero(sample.frames.at(0).labels == 1), 100);
  for (const ClipNote& note : notes)
    EXPECT_THAT(note.text, Not(HasSubstr("255 only"))) << note.text;

  notes.clear();
  const auto unstated = list_training_videos(folder.path(), folder / "void.json", &notes);
  EXPECT_EQ(cv::countNonZero(sample_video(unstated.at(0), 5, augment, 3).frames.at(0).labels), 0);
  EXPECT_THAT(notes, Contains(Field(&ClipNote::text, HasSubstr("255 only"))));
}

TEST(TrainingVideos, MasksInColorsAreReadAsTheTruthOfABenchmarkIs) {
  const test::TempFolder folder;
  for (const char* const name : {"00000", "00001", "00002"}) {
    const std::string file = "v/" + std::string(name) + ".png";
    write_mask_png(folder / ("JPEGImages/" + file), Mask(64, 48).view(), voc_palette());
    write_colors(folder / ("Annotations/" + file), {48, 112, 32});
  }
  const std::string head = R"({"schema": "benchmark-2", "name": "mine", "title": "mine",
    "protocol": "vos-benchmark", "annotations": ["Annotations"], "images": ["JPEGImages"],
    "storage": "labels", "masks": "{sequence}/{frame}.png", "prompts": "first-frame")";
  folder.write("plain.json", head + "}");
  folder.write("colored.json", head + R"(, "palette": [[0, 0, 0], [48, 112, 32]]})");
  EXPECT_THAT(message_of([&] { list_training_videos(folder.path(), folder / "plain.json"); }),
              HasSubstr("(48, 112, 32)"));
  TrainingReading reading;
  reading.colors = parse_color_table("3 48 112 32 vessel\n", "table.txt");
  AugmentOptions options;
  options.crop = 48;
  options.least_area = options.most_area = 1;
  for (const auto& videos :
       {list_training_videos(folder.path(), folder / "colored.json"),
        list_training_videos(folder.path(), folder / "plain.json", nullptr, reading)}) {
    const TrainingSample sample = sample_video(videos.at(0), 2, options, 3);
    EXPECT_GT(cv::countNonZero(sample.frames.at(0).labels == 1), 50);
  }
}

TEST(TrainingVideos, FramesOfAnotherSizeAreScaledToTheMasks) {
  const test::TempFolder folder;
  write_video(folder, square_of(64, 48), square_of(128, 96));
  std::vector<ClipNote> notes;
  const auto videos = list_training_videos(folder.path(), folder / "mine.json", &notes);
  EXPECT_THAT(notes, Contains(Field(&ClipNote::text,
                                    HasSubstr("frames of 128x96 are scaled to the masks' 64x48"))));
  AugmentOptions augment;
  augment.crop = 32;
  EXPECT_GT(cv::countNonZero(sample_video(videos.at(0), 5, augment, 1).frames.at(0).labels), 0);
}

TEST(TrainingVideos, WhatCannotBeMeantIsToldBeforeTheFirstStep) {
  const test::TempFolder folder;
  const auto list = [&](const TrainingReading& reading = {}) {
    return list_training_videos(folder.path(), folder / "mine.json", nullptr, reading);
  };
  // The last mask lies otherwise; a frame in the middle has another ratio of sides.
  write_video(folder, square_of(64, 48), square_of(64, 48));
  write_mask_png(folder / "Annotations/v/00002.png", square_of(48, 64).view(), voc_palette());
  EXPECT_THAT(message_of([&] { list(); }), HasSubstr("00002.png: is 48x64: it or the picture"));
  write_video(folder, square_of(64, 48), square_of(64, 48));
  write_mask_png(folder / "JPEGImages/v/00001.png", square_of(80, 48).view(), voc_palette());
  EXPECT_THAT(message_of([&] { list(); }), HasSubstr("frames of one ratio of sides"));
  // A background with a number, and edges that a paint program smoothed.
  write_video(folder, Mask(64, 48, 2), square_of(64, 48));
  EXPECT_THAT(message_of([&] { list(); }), HasSubstr("object 2 covers 100 % of the frame"));
  TrainingReading trusting;
  trusting.trusts_masks = true;
  EXPECT_EQ(list(trusting).size(), 1U);
  Mask smoothed = square_of(64, 48, 255);
  for (int i = 0; i < 14; ++i) {
    smoothed.at(16 + i, 11) = static_cast<std::uint8_t>(60 + 10 * (i % 3));
    smoothed.at(16 + i, 24) = static_cast<std::uint8_t>(150 + 10 * (i % 3));
  }
  write_video(folder, smoothed, square_of(64, 48));
  const std::string said = message_of([&] { list(); });
  EXPECT_THAT(said, HasSubstr("smoothed (anti-aliased) edges"));
  EXPECT_THAT(said, Not(HasSubstr("--binarize"))) << "train has no such option";
}

TEST(StillImages, ReadCocoRunLengths) {
  const test::TempFolder folder;
  write_mask_png(folder / "images/1.png", Mask(4, 3).view(), voc_palette());
  folder.write("annotations/a.json",
               R"({"images": [{"id": 7, "file_name": "1.png", "width": 4, "height": 3}],
               "annotations": [{"id": 1, "image_id": 7, "category_id": 1,
               "segmentation": {"size": [3, 4], "counts": [3, 2, 1, 2, 4]}}]})");
  const std::vector<StillImage> stills = list_still_images(folder.path());
  const cv::Mat labels = coco_labels(stills.at(0), 4, 3);
  EXPECT_EQ(cv::countNonZero(labels == 1), 4);
  EXPECT_EQ(labels.at<std::uint8_t>(1, 2), 1);
  folder.write("annotations/a.json",
               R"({"images": [{"id": 7, "file_name": "1.png", "width": 4, "height": 3}],
               "annotations": [{"id": 1, "image_id": 7, "category_id": 1,
               "segmentation": {"size": [3, 4], "counts": [3, 2, 1, 2]}}]})");
  EXPECT_THAT(message_of([&] { list_still_images(folder.path()); }),
              HasSubstr("a.json: '1': the runs end after"));
}

TEST(StillImages, ReadMasksInColorsThroughATable) {
  const test::TempFolder folder;
  write_mask_png(folder / "images/1.png", Mask(64, 48).view(), voc_palette());
  write_colors(folder / "masks/1.png", {10, 200, 30});
  EXPECT_THAT(message_of([&] { list_still_images(folder.path()); }),
              HasSubstr("expected only the data set's colours (--colours FILE"));
  TrainingReading reading;
  reading.colors = parse_color_table("vessel:10,200,30::\n", "labelmap.txt");
  AugmentOptions options = still_image_augmentation();
  options.crop = 48;
  options.least_area = options.most_area = 1;
  const std::vector<StillImage> stills = list_still_images(folder.path(), nullptr, reading);
  EXPECT_GT(cv::countNonZero(sample_still(stills.at(0), options, 1).frames[0].labels == 1), 0);
  // A colour that the table does not have is named.
  write_colors(folder / "masks/1.png", {10, 200, 31});
  EXPECT_THAT(message_of([&] { list_still_images(folder.path(), nullptr, reading); }),
              HasSubstr("(10, 200, 31)"));
}

TEST(StillImages, WhiteOnBlackIsAnObject) {
  const test::TempFolder folder;
  write_mask_png(folder / "images/a.png", square_of(64, 64, 9).view(), voc_palette());
  write_mask_png(folder / "masks/a.png", square_of(64, 64, 255).view(), voc_palette());
  const std::vector<StillImage> stills = list_still_images(folder.path());
  AugmentOptions options = still_image_augmentation();
  options.crop = 32;
  int with_target = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed)
    with_target +=
        cv::countNonZero(sample_still(stills.at(0), options, seed).frames[0].labels == 1) > 0;
  EXPECT_GE(with_target, 3);
}

TEST(StillImages, MasksAndPolygonsOfAnotherSizeAreScaledOrRefused) {
  const test::TempFolder folder;
  write_mask_png(folder / "images/1.png", square_of(80, 60).view(), voc_palette());
  const auto json = [&](int width, int height) {
    folder.write("annotations/train.json",
                 R"({"images": [{"id": 7, "file_name": "1.png", "width": )" +
                     std::to_string(width) + ", \"height\": " + std::to_string(height) +
                     R"(}], "annotations": [{"id": 1, "image_id": 7,
                      "segmentation": [[20, 20, 58, 20, 58, 38, 20, 38]]}]})");
  };
  json(160, 120);
  std::vector<std::string> notes;
  const std::vector<StillImage> stills = list_still_images(folder.path(), &notes);
  const cv::Mat drawn = coco_labels(stills.at(0), 80, 60);
  EXPECT_EQ(drawn.size(), cv::Size(160, 120)) << "the picture is scaled, as to a mask";
  EXPECT_EQ(cv::countNonZero(drawn), 38 * 18);
  EXPECT_THAT(notes, Contains(HasSubstr("1 pictures are of another size")));
  json(60, 80);
  EXPECT_THAT(message_of([&] { list_still_images(folder.path()); }),
              HasSubstr("turned by 90 degrees"));
  json(100, 100);
  EXPECT_THAT(message_of([&] { list_still_images(folder.path()); }),
              HasSubstr("the sides' ratio differs"));

  // Masks, too.
  write_mask_png(folder / "masks/1.png", square_of(160, 120).view(), voc_palette());
  AugmentOptions options = still_image_augmentation();
  options.crop = 32;
  EXPECT_EQ(sample_still(list_still_images(folder.path()).at(0), options, 1).frames.size(), 3U);
  write_mask_png(folder / "masks/1.png", square_of(60, 80).view(), voc_palette());
  EXPECT_THAT(message_of([&] { list_still_images(folder.path()); }),
              HasSubstr("turned by 90 degrees"));
}

TEST(StillImages, AreInTheOrderOfTheirNumbers) {
  const test::TempFolder folder;
  for (const char* const name : {"10", "9", "100"}) {
    write_mask_png(folder / ("images/" + std::string(name) + ".png"), square_of(16, 16).view(),
                   voc_palette());
    write_mask_png(folder / ("masks/" + std::string(name) + ".png"), square_of(16, 16).view(),
                   voc_palette());
  }
  const std::vector<StillImage> stills = list_still_images(folder.path());
  ASSERT_EQ(stills.size(), 3U);
  EXPECT_EQ(stills[0].image, folder / "images/9.png");
  EXPECT_EQ(stills[1].image, folder / "images/10.png");
  EXPECT_EQ(stills[2].image, folder / "images/100.png");
}

TEST(StillImages, ReadRealAngiograms) {
  ANGIOBENCH_REQUIRE_DATA(folder, "arcade/val");
  const std::vector<StillImage> stills = list_still_images(folder);
  EXPECT_EQ(stills.size(), 200U);
  AugmentOptions options = still_image_augmentation();
  options.crop = 128;
  int with_target = 0;
  for (std::uint64_t k = 0; k < 10; ++k) {
    const TrainingSample sample = sample_still(stills[19 * k], options, k);
    with_target += cv::countNonZero(sample.frames[0].labels == 1) > 20 ? 1 : 0;
  }
  EXPECT_GE(with_target, 8);
}

TEST(TrainingDataDigest, DependsOnNamesAndContentsAndNotOnTheFolder) {
  const auto digest = [](const std::string& name, const std::string& content) {
    const test::TempFolder folder;
    folder.write("v00/" + name, content);
    folder.write("v00/m.png", "mask");
    return training_data_digest({{"v00", {folder / ("v00/" + name)}, {folder / "v00/m.png"}}}, {});
  };
  EXPECT_EQ(digest("a.jpg", "one"), digest("a.jpg", "one"));
  EXPECT_NE(digest("a.jpg", "one"), digest("b.jpg", "one"));
  EXPECT_NE(digest("a.jpg", "one"), digest("a.jpg", "two"));
  EXPECT_THROW(training_data_digest({}, {{"absent.jpg", "", ""}}), Error);
}

}  // namespace
}  // namespace angiobench
