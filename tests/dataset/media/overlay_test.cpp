// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <random>

#include "dataset/error.h"
#include "dataset/media/overlay.h"
#include "dataset/media/overlay_file.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using ::testing::HasSubstr;

// A soft picture that moves, and objects in it.
struct ShownFrame {
  cv::Mat grey;
  Mask labels;
};

ShownFrame frame_at(int number, int width, int height) {
  ShownFrame frame{cv::Mat(height, width, CV_8UC1), Mask(width, height)};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      frame.grey.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(
          128 + 60 * std::sin((x + number) / 17.0) + 50 * std::cos(y / 23.0));
      if (std::hypot(x - width / 3 - number, y - height / 2) < height / 5.0)
        frame.labels.at(x, y) = 1;
      if (std::abs(x - 2 * width / 3) < 5 && y > number) frame.labels.at(x, y) = 3;
    }
  }
  return frame;
}

// The rule, pixel by pixel, in words of its own; B, G, R.
cv::Vec3b color_by_rule(const ShownFrame& frame, int x, int y, OverlayStyle style) {
  const int grey = frame.grey.at<std::uint8_t>(y, x);
  const int label = frame.labels.at(x, y);
  const auto same = [&](int u, int v) {
    const bool is_outside = u < 0 || v < 0 || u >= frame.grey.cols || v >= frame.grey.rows;
    return is_outside || frame.labels.at(u, v) == label;
  };
  const bool inside = same(x - 1, y) && same(x + 1, y) && same(x, y - 1) && same(x, y + 1);
  const auto g = static_cast<std::uint8_t>(grey);
  if (label == 0 || (style == OverlayStyle::outline && inside)) return {g, g, g};
  // VOC's colours: 1 is dark red, 3 is olive.
  const int red = 128;
  const int green = label == 3 ? 128 : 0;
  if (style == OverlayStyle::outline)
    return {0, static_cast<std::uint8_t>(green), static_cast<std::uint8_t>(red)};
  return {static_cast<std::uint8_t>(grey / 2), static_cast<std::uint8_t>((green + grey) / 2),
          static_cast<std::uint8_t>((red + grey) / 2)};
}

cv::Mat drawn_by_rule(const ShownFrame& frame, OverlayStyle style) {
  cv::Mat picture(frame.grey.size(), CV_8UC3);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x)
      picture.at<cv::Vec3b>(y, x) = color_by_rule(frame, x, y, style);
  }
  return picture;
}

void write_overlay(const std::string& path, OverlayStyle style, int num_frames, int width,
                   int height, const std::vector<double>& times_ms = {}) {
  const auto writer = make_overlay_writer(path, style);
  writer->begin({"clip", width, height, {1, 3}, times_ms});
  for (int i = 0; i < num_frames; ++i) {
    const ShownFrame frame = frame_at(i, width, height);
    writer->add("0000" + std::to_string(i), frame.grey, frame.labels.view());
  }
  writer->commit();
}

// B, G, R, as a player that is not ours reads it.
std::vector<cv::Mat> frames_of(const std::string& path, double* fps = nullptr) {
  cv::VideoCapture capture(path, cv::CAP_FFMPEG);
  EXPECT_TRUE(capture.isOpened());
  if (fps != nullptr) *fps = capture.get(cv::CAP_PROP_FPS);
  std::vector<cv::Mat> frames;
  for (cv::Mat frame; capture.read(frame);) frames.push_back(frame.clone());
  return frames;
}

std::size_t num_entries(const std::string& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

class Overlay : public ::testing::Test {
 protected:
  test::TempFolder folder_;
};

TEST_F(Overlay, pixels_are_drawn_by_the_rule_on_random_masks_up_to_the_edges) {
  std::mt19937_64 random(5);
  for (const OverlayStyle style : {OverlayStyle::outline, OverlayStyle::fill}) {
    for (int i = 0; i < 30; ++i) {
      ShownFrame frame = frame_at(i, 31, 19);
      const Mask labels = test::random_mask(31, 19, 1, random);
      frame.labels = labels;
      EXPECT_EQ(cv::norm(draw_overlay(frame.grey, labels.view(), style),
                         drawn_by_rule(frame, style), cv::NORM_INF),
                0);
    }
  }
}

TEST_F(Overlay, a_folder_has_a_png_a_frame_that_is_exactly_what_was_drawn) {
  for (const OverlayStyle style : {OverlayStyle::outline, OverlayStyle::fill}) {
    write_overlay(folder_ / "look", style, 3, 64, 48);
    for (int i = 0; i < 3; ++i) {
      const cv::Mat read =
          cv::imread(folder_ / ("look/clip/0000" + std::to_string(i) + ".png"), cv::IMREAD_COLOR);
      ASSERT_FALSE(read.empty());
      EXPECT_EQ(cv::norm(read, drawn_by_rule(frame_at(i, 64, 48), style), cv::NORM_INF), 0);
    }
  }
}

TEST_F(Overlay, a_second_overlay_leaves_no_frame_of_the_first_and_all_of_others) {
  write_overlay(folder_ / "look", OverlayStyle::outline, 5, 16, 16);
  folder_.write("look/own/notes.txt", "mine");
  write_overlay(folder_ / "look", OverlayStyle::outline, 2, 16, 16);
  EXPECT_EQ(num_entries(folder_ / "look/clip"), 2);
  EXPECT_TRUE(fs::exists(folder_ / "look/own/notes.txt"));
}

TEST_F(Overlay, an_mp4_opens_again_with_its_rate_and_frames_close_to_what_was_drawn) {
  const std::string path = folder_ / "look.mp4";
  write_overlay(path, OverlayStyle::outline, 12, 128, 96, {0, 40, 80, 120});
  double fps = 0;
  const std::vector<cv::Mat> frames = frames_of(path, &fps);
  EXPECT_DOUBLE_EQ(fps, 25);
  ASSERT_EQ(frames.size(), 12);
  for (int i = 0; i < 12; ++i) {
    const cv::Mat drawn = drawn_by_rule(frame_at(i, 128, 96), OverlayStyle::outline);
    // Colours have half the sides in H.264: an outline of one pixel loses most.
    EXPECT_GT(cv::PSNR(frames[static_cast<std::size_t>(i)], drawn), 24) << i;
    EXPECT_LT(cv::PSNR(frames[static_cast<std::size_t>(i)],
                       drawn_by_rule(frame_at(i + 6, 128, 96), OverlayStyle::outline)),
              cv::PSNR(frames[static_cast<std::size_t>(i)], drawn));
  }
}

TEST_F(Overlay, an_mp4_of_odd_sides_keeps_every_column_and_row) {
  const std::string path = folder_ / "look.mp4";
  write_overlay(path, OverlayStyle::fill, 3, 65, 49);
  double fps = 0;
  const std::vector<cv::Mat> frames = frames_of(path, &fps);
  EXPECT_DOUBLE_EQ(fps, kDefaultFps);
  ASSERT_EQ(frames.size(), 3);
  EXPECT_EQ(frames[0].size(), cv::Size(66, 50));
}

TEST_F(Overlay, a_gif_has_the_labels_colours_exactly_and_the_greys_to_a_level) {
  const std::string path = folder_ / "look.gif";
  write_overlay(path, OverlayStyle::outline, 4, 64, 48);
  const std::vector<cv::Mat> frames = frames_of(path);
  ASSERT_EQ(frames.size(), 4);
  for (int i = 0; i < 4; ++i) {
    const ShownFrame frame = frame_at(i, 64, 48);
    for (int y = 0; y < 48; ++y) {
      for (int x = 0; x < 64; ++x) {
        const cv::Vec3b wanted = color_by_rule(frame, x, y, OverlayStyle::outline);
        const cv::Vec3b read = frames[static_cast<std::size_t>(i)].at<cv::Vec3b>(y, x);
        const int allowed = wanted[0] == wanted[2] && wanted[1] == wanted[2] ? 1 : 0;
        for (int c = 0; c < 3; ++c) ASSERT_LE(std::abs(wanted[c] - read[c]), allowed);
      }
    }
  }
}

TEST_F(Overlay, a_filled_gif_is_close_to_what_was_drawn) {
  const std::string path = folder_ / "look.gif";
  write_overlay(path, OverlayStyle::fill, 2, 64, 48);
  const std::vector<cv::Mat> frames = frames_of(path);
  ASSERT_EQ(frames.size(), 2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_GT(cv::PSNR(frames[static_cast<std::size_t>(i)],
                       drawn_by_rule(frame_at(i, 64, 48), OverlayStyle::fill)),
              38);
  }
}

TEST_F(Overlay, a_gif_shows_frames_as_long_as_the_clip_says) {
  const std::string path = folder_ / "look.gif";
  // 15 a second are 6 2/3 hundredths each: what is rounded away comes back.
  write_overlay(path, OverlayStyle::outline, 60, 16, 16);
  cv::VideoCapture capture(path, cv::CAP_FFMPEG);
  EXPECT_NEAR(capture.get(cv::CAP_PROP_FRAME_COUNT) / capture.get(cv::CAP_PROP_FPS), 4, 0.1);
}

TEST_F(Overlay, what_is_not_committed_leaves_nothing) {
  for (const char* const name : {"look.mp4", "look.gif", "look"}) {
    const std::string path = folder_ / name;
    {
      const auto writer = make_overlay_writer(path, OverlayStyle::outline);
      writer->begin({"clip", 32, 32, {1, 3}, {}});
      const ShownFrame frame = frame_at(0, 32, 32);
      writer->add("00000", frame.grey, frame.labels.view());
    }
    EXPECT_EQ(num_entries(folder_.path()), 0) << name;
  }
}

TEST_F(Overlay, a_folder_or_a_file_in_the_way_is_told_before_anything_is_drawn) {
  fs::create_directories(folder_ / "a.gif");
  fs::create_directories(folder_ / "b");
  folder_.write("c", "a file");
  EXPECT_THROW(make_overlay_writer(folder_ / "a.gif", OverlayStyle::outline), Error);
  EXPECT_THROW(make_overlay_writer(folder_ / "c", OverlayStyle::outline), Error);
  EXPECT_THROW(make_overlay_writer(folder_ / "c/x.mp4", OverlayStyle::outline), Error);
  EXPECT_EQ(num_entries(folder_.path()), 3);
}

TEST_F(Overlay, another_ending_is_a_mistake_about_the_field) {
  try {
    overlay_form("look.avi");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_EQ(error.field(), "overlay");
    EXPECT_THAT(error.expected(), HasSubstr("FILE.mp4"));
  }
  EXPECT_EQ(overlay_form("LOOK.GIF"), OverlayForm::gif);
  EXPECT_EQ(overlay_form("out/look"), OverlayForm::folder);
}

TEST_F(Overlay, more_objects_than_a_gif_has_colours_for_are_a_limit) {
  const auto writer = make_overlay_writer(folder_ / "look.gif", OverlayStyle::fill);
  std::vector<int> ids;
  for (int id = 1; id <= 64; ++id) ids.push_back(id);
  writer->begin({"clip", 32, 32, ids, {}});
  ids.push_back(65);
  EXPECT_THROW(writer->begin({"clip", 32, 32, ids, {}}), Error);
}

TEST_F(Overlay, frames_a_second_are_those_of_the_usual_step) {
  EXPECT_FALSE(frames_per_second({}));
  EXPECT_FALSE(frames_per_second({0}));
  EXPECT_FALSE(frames_per_second({5, 5, 5}));
  EXPECT_DOUBLE_EQ(*frames_per_second({0, 100, 200, 900, 1000}), 10);
}

TEST_F(Overlay, a_jpeg_is_lowered_until_it_fits_but_not_below_what_can_be_seen) {
  cv::Mat noise(128, 128, CV_8UC1);
  cv::randu(noise, 0, 256);
  int quality = 90;
  const std::vector<std::uint8_t> fits = encode_jpeg_within(noise, 8'000, quality);
  EXPECT_LE(fits.size(), 8'000);
  EXPECT_LT(quality, 90);
  EXPECT_EQ(encode_jpeg_within(noise, 8'000, quality), fits);
  encode_jpeg_within(noise, 10, quality);
  EXPECT_EQ(quality, 30);
}

}  // namespace
}  // namespace angiobench
