// SPDX-License-Identifier: MIT
#include "baselines/first_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <functional>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::mask_from;
using test::TempFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kFrameNames = {"00000", "00001", "00002"};

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "nothing was thrown";
}

// A disk and a bar on a ground, each in a colour of its own (blue, green, red).
cv::Mat drawn(const cv::Vec3b& ground, const cv::Vec3b& disk, const cv::Vec3b& bar, int side = 64) {
  cv::Mat picture(side, side, CV_8UC3);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const int dx = x - side / 3;
      const int dy = y - side / 3;
      const bool in_disk = 16 * (dx * dx + dy * dy) < side * side;
      const bool in_bar = std::abs(y - x / 4 - side / 2 - side / 8) < side / 16;
      picture.at<cv::Vec3b>(y, x) = in_disk ? disk : in_bar ? bar : ground;
    }
  }
  return picture;
}

// The same picture drawn four times as large and made smaller, as paint programs smooth edges.
cv::Mat smoothed(const cv::Mat& large) {
  cv::Mat small(large.rows / 4, large.cols / 4, CV_8UC3);
  for (int y = 0; y < small.rows; ++y) {
    for (int x = 0; x < small.cols; ++x) {
      cv::Vec3i sum(0, 0, 0);
      for (int i = 0; i < 16; ++i) {
        const cv::Vec3b& pixel = large.at<cv::Vec3b>(4 * y + i / 4, 4 * x + i % 4);
        for (int c = 0; c < 3; ++c) sum[c] += pixel[c];
      }
      for (int c = 0; c < 3; ++c)
        small.at<cv::Vec3b>(y, x)[c] = static_cast<std::uint8_t>((sum[c] + 8) / 16);
    }
  }
  return small;
}

const cv::Vec3b kBlack(0, 0, 0);
const cv::Vec3b kRed(0, 0, 255);
const cv::Vec3b kGreen(0, 255, 0);

Mask labels_of(const cv::Mat& picture, const cv::Vec3b& one, const cv::Vec3b& two) {
  Mask mask(picture.cols, picture.rows);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const cv::Vec3b& pixel = picture.at<cv::Vec3b>(y, x);
      mask.at(x, y) = pixel == one ? 1 : pixel == two ? 2 : 0;
    }
  }
  return mask;
}

class FirstMasksTest : public ::testing::Test {
 protected:
  FirstMasks read(const std::string& file, const FirstMaskOptions& options = {}) const {
    return read_first_masks(folder_ / file, kFrameNames, options);
  }
  void draw(const std::string& file, const cv::Mat& picture) const {
    ASSERT_TRUE(cv::imwrite(folder_ / file, picture));
  }
  TempFolder folder_;
};

TEST_F(FirstMasksTest, LabelsAreTakenAsTheyAre) {
  write_mask_png(folder_ / "m.png", mask_from({"13", ".."}).view(), voc_palette());
  const FirstMasks masks = read("m.png");
  EXPECT_EQ(masks.prompts.masks.at("00000"), mask_from({"13", ".."}));
  EXPECT_THAT(masks.prompts.object_ids, ElementsAre(1, 3));
  EXPECT_TRUE(masks.notes.empty());
}

TEST_F(FirstMasksTest, WhiteOnBlackIsOneObject) {
  cv::Mat grey = cv::Mat::zeros(8, 8, CV_8UC1);
  grey.at<std::uint8_t>(3, 4) = 255;
  draw("m.png", grey);
  EXPECT_THAT(read("m.png").prompts.object_ids, ElementsAre(255));
  cv::Mat one;
  grey.convertTo(one, CV_8U, 1.0 / 255);
  draw("one.png", one);
  EXPECT_THAT(read("one.png").prompts.object_ids, ElementsAre(1));
}

TEST_F(FirstMasksTest, ColoursAreObjectsAndBlackIsTheBackground) {
  const cv::Mat picture = drawn(kBlack, kRed, kGreen);
  draw("m.png", picture);
  const FirstMasks masks = read("m.png");
  EXPECT_EQ(masks.prompts.masks.at("00000"), labels_of(picture, kRed, kGreen));
  ASSERT_EQ(masks.notes.size(), 1U);
  EXPECT_THAT(masks.notes.front().text, HasSubstr("#ff0000 is object 1, #00ff00 is object 2"));
  draw("m.bmp", picture);
  EXPECT_EQ(read("m.bmp").prompts.masks.at("00000"), labels_of(picture, kRed, kGreen));
}

TEST_F(FirstMasksTest, WithoutBlackTheCommonestColourIsTheBackground) {
  const cv::Vec3b white(255, 255, 255);
  const cv::Mat picture = drawn(white, kRed, kGreen);
  draw("m.png", picture);
  EXPECT_EQ(read("m.png").prompts.masks.at("00000"), labels_of(picture, kRed, kGreen));
}

TEST_F(FirstMasksTest, ColoursOfVocHaveTheirOwnNumbers) {
  const cv::Vec3b five(128, 0, 128);  // VOC's 5; blue, green, red
  const cv::Mat picture = drawn(kBlack, five, kBlack);
  draw("m.png", picture);
  EXPECT_THAT(read("m.png").prompts.object_ids, ElementsAre(5));
}

TEST_F(FirstMasksTest, TransparentIsBackground) {
  cv::Mat picture = cv::Mat::zeros(16, 16, CV_8UC4);
  for (int y = 4; y < 8; ++y) {
    for (int x = 4; x < 12; ++x) picture.at<cv::Vec4b>(y, x) = {0, 0, 255, 255};
  }
  draw("m.png", picture);
  const FirstMasks masks = read("m.png");
  EXPECT_THAT(masks.prompts.object_ids, ElementsAre(1));
  EXPECT_EQ(given_objects(masks.prompts).front().pixels, 32U);
  picture.at<cv::Vec4b>(8, 8)[3] = 100;
  draw("half.png", picture);
  EXPECT_THAT(message_of([&] { read("half.png"); }), HasSubstr("half transparent"));
  // One opacity for all of it is how a mask is shown over a picture.
  picture.at<cv::Vec4b>(8, 8)[3] = 0;
  for (int y = 4; y < 8; ++y) {
    for (int x = 4; x < 12; ++x) picture.at<cv::Vec4b>(y, x)[3] = 90;
  }
  draw("veil.png", picture);
  EXPECT_EQ(given_objects(read("veil.png").prompts).front().pixels, 32U);
}

TEST_F(FirstMasksTest, AQuantisedPictureIsReadByItsColours) {
  // What quantising makes: indices by frequency, index 0 is red.
  const cv::Mat picture = drawn(kBlack, kRed, kGreen);
  Mask indices = labels_of(picture, kGreen, kBlack);
  const Rgb palette[] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 0}};
  write_mask_png(folder_ / "m.png", indices.view(), palette);
  EXPECT_EQ(read("m.png").prompts.masks.at("00000"), labels_of(picture, kRed, kGreen));
}

TEST_F(FirstMasksTest, SmoothedEdgesAreRefusedAndTakenApartOnDemand) {
  const cv::Mat large = drawn(kBlack, kRed, kGreen, 256);
  const cv::Mat picture = smoothed(large);
  draw("m.png", picture);
  const std::string said = message_of([&] { read("m.png"); });
  EXPECT_THAT(said, HasSubstr("only on the edges between others"));
  EXPECT_THAT(said, HasSubstr("--binarize"));
  FirstMaskOptions options;
  options.binarize = true;
  const FirstMasks masks = read("m.png", options);
  EXPECT_THAT(masks.prompts.object_ids, ElementsAre(1, 2));
  // Each pixel has what most of it was drawn with.
  const Mask truth = labels_of(large, kRed, kGreen);
  const Mask& mask = masks.prompts.masks.at("00000");
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      int count = 0;
      for (int i = 0; i < 16; ++i)
        count += truth.at(4 * x + i % 4, 4 * y + i / 4) == mask.at(x, y) ? 1 : 0;
      ASSERT_GE(count, 8) << x << ' ' << y;
    }
  }
}

TEST_F(FirstMasksTest, SmoothedGreyEdgesAreRefused) {
  const cv::Vec3b white(255, 255, 255);
  const cv::Mat picture = smoothed(drawn(kBlack, white, kBlack, 256));
  cv::Mat grey;
  cv::extractChannel(picture, grey, 0);
  draw("m.png", grey);
  EXPECT_THAT(message_of([&] { read("m.png"); }), HasSubstr("--binarize gives each such pixel"));
  FirstMaskOptions options;
  options.trusted = true;
  EXPECT_GT(read("m.png", options).prompts.object_ids.size(), 3U);
}

TEST_F(FirstMasksTest, DitheredPicturesAreRefused) {
  // Red that a palette lacks, as two others side by side.
  cv::Mat picture = drawn(kBlack, kRed, kBlack);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      if (picture.at<cv::Vec3b>(y, x) == kRed)
        picture.at<cv::Vec3b>(y, x) =
            (x + y) % 2 == 0 ? cv::Vec3b(0, 0, 102) : cv::Vec3b(0, 0, 153);
    }
  }
  draw("m.png", picture);
  EXPECT_THAT(message_of([&] { read("m.png"); }),
              AllOf(HasSubstr("dithered"), HasSubstr("--binarize makes one object of values")));
}

// Each of a list of colours, by the labels of `indices`: what a program writes that keeps palettes.
void draw_palette(const std::string& path, const cv::Mat& picture,
                  const std::vector<cv::Vec3b>& colours) {
  Mask indices(picture.cols, picture.rows);
  std::vector<Rgb> palette;
  for (const cv::Vec3b& colour : colours) palette.push_back({colour[2], colour[1], colour[0]});
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const auto nearest = [&](const cv::Vec3b& a, const cv::Vec3b& b) {
        return cv::norm(a, picture.at<cv::Vec3b>(y, x)) < cv::norm(b, picture.at<cv::Vec3b>(y, x));
      };
      indices.at(x, y) = static_cast<std::uint8_t>(
          std::min_element(colours.begin(), colours.end(), nearest) - colours.begin());
    }
  }
  write_mask_png(path, indices.view(), palette);
}

TEST_F(FirstMasksTest, DitheredPicturesAreTakenApartOnDemand) {
  const cv::Mat truth = drawn(kBlack, kRed, kGreen);
  cv::Mat picture = truth.clone();
  const std::vector<cv::Vec3b> colours = {
      kBlack, {0, 0, 102}, {0, 0, 153}, {0, 102, 0}, {0, 153, 0}};
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      cv::Vec3b& pixel = picture.at<cv::Vec3b>(y, x);
      const std::size_t odd = (x + y) % 2;
      pixel = pixel == kRed ? colours[1 + odd] : pixel == kGreen ? colours[3 + odd] : pixel;
    }
  }
  // Index 0 is black, as that of labels is: 1, 2, 3 and 4 are no objects for that.
  draw_palette(folder_ / "m.png", picture, colours);
  EXPECT_THAT(message_of([&] { read("m.png"); }), HasSubstr("the values 1, 2, 3, 4 are scattered"));
  FirstMaskOptions options;
  options.binarize = true;
  const FirstMasks masks = read("m.png", options);
  EXPECT_EQ(masks.prompts.masks.at("00000"), labels_of(truth, kRed, kGreen));
  ASSERT_FALSE(masks.notes.empty());
  EXPECT_THAT(masks.notes.front().text, HasSubstr("of 5 values 3 stay: #000000, "));
  draw("m.bmp", picture);
  EXPECT_EQ(read("m.bmp", options).prompts.masks.at("00000"), labels_of(truth, kRed, kGreen));
}

TEST_F(FirstMasksTest, QuantisedSmoothedEdgesAreTakenApartOnDemand) {
  // Sixteen colours of a smoothed drawing, red first: several steps of each edge are one colour.
  const cv::Mat large = drawn(kBlack, kRed, kGreen, 256);
  std::vector<cv::Vec3b> colours = {kRed, kGreen, kBlack};
  for (const int step : {20, 50, 90, 130, 170, 210, 240}) {
    const auto value = static_cast<std::uint8_t>(step);
    colours.push_back({0, 0, value});
    colours.push_back({0, value, 0});
  }
  draw_palette(folder_ / "m.png", smoothed(large), colours);
  EXPECT_THAT(message_of([&] { read("m.png"); }), HasSubstr("--binarize"));
  FirstMaskOptions options;
  options.binarize = true;
  const FirstMasks masks = read("m.png", options);
  EXPECT_THAT(masks.prompts.object_ids, ElementsAre(1, 2));
  const Mask truth = labels_of(large, kRed, kGreen);
  const Mask& mask = masks.prompts.masks.at("00000");
  int wrong = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      int count = 0;
      for (int i = 0; i < 16; ++i)
        count += truth.at(4 * x + i % 4, 4 * y + i / 4) == mask.at(x, y) ? 1 : 0;
      wrong += count < 6 ? 1 : 0;
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST_F(FirstMasksTest, JpegsAndDrawingsOnThePictureAreTakenApartOnDemand) {
  FirstMaskOptions options;
  options.binarize = true;
  const cv::Mat truth = drawn(kBlack, kRed, kGreen);
  draw("m.jpg", truth);
  EXPECT_THAT(message_of([&] { read("m.jpg"); }), HasSubstr("saved as JPEG"));
  const FirstMasks jpeg = read("m.jpg", options);
  EXPECT_THAT(jpeg.prompts.object_ids, ElementsAre(1, 2));
  const Mask& mask = jpeg.prompts.masks.at("00000");
  const Mask right = labels_of(truth, kRed, kGreen);
  int wrong = 0;
  for (int i = 0; i < 64 * 64; ++i) wrong += mask.pixels()[i] != right.pixels()[i] ? 1 : 0;
  EXPECT_LT(wrong, 80) << "JPEG halves the colours' resolution";

  // Painted into the frame itself: its greys are the background.
  cv::Mat over = truth.clone();
  for (int y = 0; y < over.rows; ++y) {
    for (int x = 0; x < over.cols; ++x) {
      const auto grey = static_cast<std::uint8_t>(150 + (7 * x + 13 * y * y) % 29);
      if (over.at<cv::Vec3b>(y, x) == kBlack) over.at<cv::Vec3b>(y, x) = {grey, grey, grey};
    }
  }
  draw("over.png", over);
  EXPECT_THAT(message_of([&] { read("over.png"); }), HasSubstr("scattered"));
  EXPECT_EQ(read("over.png", options).prompts.masks.at("00000"), right);

  // No mask at all.
  cv::Mat noise(64, 64, CV_8UC3);
  for (int i = 0; i < 64 * 64; ++i)
    noise.at<cv::Vec3b>(i / 64, i % 64) = {static_cast<std::uint8_t>(i * i * 7 + i / 64),
                                           static_cast<std::uint8_t>(i * 91),
                                           static_cast<std::uint8_t>(i * i * 31)};
  draw("noise.png", noise);
  EXPECT_THAT(message_of([&] { read("noise.png", options); }), HasSubstr("not a mask"));
}

TEST_F(FirstMasksTest, WhatTakesApartLeavesSoundMasksAsTheyAre) {
  FirstMaskOptions options;
  options.binarize = true;
  const cv::Mat picture = drawn(kBlack, kRed, kGreen);
  draw("m.png", picture);
  EXPECT_EQ(read("m.png", options).prompts.masks.at("00000"), labels_of(picture, kRed, kGreen));
  write_mask_png(folder_ / "l.png", mask_from({"13", ".."}).view(), voc_palette());
  EXPECT_EQ(read("l.png", options).prompts.masks.at("00000"), mask_from({"13", ".."}));
}

TEST_F(FirstMasksTest, AThinWireInAVesselIsNoStrayValue) {
  Mask mask(64, 64);
  for (int x = 2; x < 60; ++x) {
    for (int y = 20; y < 34; ++y) mask.at(x, y) = 2;
    mask.at(x, 26) = 1;
    mask.at(x, 45) = 3;
  }
  write_mask_png(folder_ / "m.png", mask.view(), voc_palette());
  EXPECT_EQ(read("m.png").prompts.masks.at("00000"), mask);
}

TEST_F(FirstMasksTest, ASpeckBetweenTwoObjectsIsNoStrayValue) {
  Mask mask(64, 64);
  for (int y = 20; y < 40; ++y) {
    for (int x = 10; x < 30; ++x) mask.at(x, y) = 4;
    for (int x = 30; x < 50; ++x) mask.at(x, y) = 8;
  }
  for (int y = 28; y < 32; ++y) mask.at(30, y) = 6;  // by its number between the two
  write_mask_png(folder_ / "m.png", mask.view(), voc_palette());
  EXPECT_EQ(read("m.png").prompts.masks.at("00000"), mask);
}

TEST_F(FirstMasksTest, AMaskNamedAsAFrameIsThatFrames) {
  write_mask_png(folder_ / "00001.png", mask_from({"1."}).view(), voc_palette());
  const FirstMasks masks = read("00001.png");
  EXPECT_TRUE(masks.prompts.masks.contains("00001"));
  ASSERT_EQ(masks.notes.size(), 1U);
  EXPECT_THAT(masks.notes.front().text, HasSubstr("'00001', by its name"));
}

TEST_F(FirstMasksTest, AFolderGivesEachLabelOnceInTheOrderOfFrames) {
  const std::vector<std::string> frames = {"1", "2", "10"};
  boost::filesystem::create_directories(folder_ / "m");
  write_mask_png(folder_ / "m/1.PNG", mask_from({"..."}).view(), voc_palette());
  write_mask_png(folder_ / "m/2.png", mask_from({"1.."}).view(), voc_palette());
  write_mask_png(folder_ / "m/10.png", mask_from({".12"}).view(), voc_palette());
  write_mask_png(folder_ / "m/10 (1).png", mask_from({"999"}).view(), voc_palette());
  const FirstMasks masks = read_first_masks(folder_ / "m", frames, {});
  ASSERT_EQ(masks.prompts.masks.size(), 2U);
  EXPECT_EQ(masks.prompts.masks.at("2"), mask_from({"1.."}));
  EXPECT_EQ(masks.prompts.masks.at("10"), mask_from({"..2"}));
  EXPECT_THAT(masks.notes.front().text, HasSubstr("'10 (1).png' is a copy"));
  EXPECT_EQ(given_objects_text(given_objects(masks.prompts), "1"),
            "object 1: 1 pixel at 2, object 2: 1 pixel at 10");
  write_mask_png(folder_ / "m/11.png", mask_from({".12"}).view(), voc_palette());
  EXPECT_THAT(message_of([&] { read_first_masks(folder_ / "m", frames, {}); }),
              HasSubstr("'11', which is not there"));
}

TEST_F(FirstMasksTest, EmptyUnequalAndAbsentMasksAreRefused) {
  write_mask_png(folder_ / "empty.png", mask_from({".."}).view(), voc_palette());
  EXPECT_THAT(message_of([&] { read("empty.png"); }), HasSubstr("hold no object"));
  EXPECT_THAT(message_of([&] { read("absent.png"); }), HasSubstr("No such file"));
  boost::filesystem::create_directories(folder_ / "odd");
  write_mask_png(folder_ / "odd/00000.png", mask_from({"1."}).view(), voc_palette());
  write_mask_png(folder_ / "odd/00001.png", mask_from({"1.."}).view(), voc_palette());
  EXPECT_THAT(message_of([&] { read("odd"); }), HasSubstr("2x1, as the masks before it"));
}

Prompts prompts_of(const Mask& mask, std::vector<int> ids) {
  Prompts prompts;
  prompts.masks.emplace("0", mask);
  prompts.object_ids = std::move(ids);
  return prompts;
}

TEST(CheckFirstMasks, ABackgroundWithANumberIsRefusedAndExchangedOnDemand) {
  const Mask mask = mask_from({"7777", "7.17", "7777"});
  Prompts prompts = prompts_of(mask, {1, 7});
  EXPECT_THAT(message_of([&] { check_first_masks(prompts, {}, "m.png"); }),
              HasSubstr("object 7 covers 83 % of the frame and its corners"));
  FirstMaskOptions trusted;
  trusted.trusted = true;
  EXPECT_NO_THROW(check_first_masks(prompts, trusted, "m.png"));
  FirstMaskOptions options;
  options.background = 7;
  check_first_masks(prompts, options, "m.png");
  EXPECT_EQ(prompts.masks.at("0"), mask_from({"....", ".71.", "...."}));
  EXPECT_THAT(prompts.object_ids, ElementsAre(1, 7));
}

TEST(CheckFirstMasks, MoreObjectsThanAllowedAreRefused) {
  Prompts prompts = prompts_of(mask_from({"123....."}), {1, 2, 3});
  FirstMaskOptions options;
  options.max_objects = 2;
  EXPECT_THAT(message_of([&] { check_first_masks(prompts, options, "m.png"); }),
              HasSubstr("3 objects; expected at most 2; --max-objects N"));
}

TEST(ScaledPrompts, TakeTheNearestLabel) {
  const Prompts prompts = prompts_of(mask_from({"1.", ".2"}), {1, 2});
  EXPECT_EQ(scaled_prompts(prompts, 4, 4).masks.at("0"),
            mask_from({"11..", "11..", "..22", "..22"}));
  EXPECT_NE(prompts_digest(prompts), prompts_digest(scaled_prompts(prompts, 4, 4)));
}

}  // namespace
}  // namespace angiobench
