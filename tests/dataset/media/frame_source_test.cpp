// SPDX-License-Identifier: MIT
#include "dataset/media/frame_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/zip_writer.h"
#include "dataset/media/frame_io.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A ramp from `least` to `most`, wider than high.
cv::Mat ramp(int depth, int least, int most) {
  cv::Mat picture(6, 16, CV_MAKETYPE(depth, 1));
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const int value = least + (most - least) * x / (picture.cols - 1);
      if (depth == CV_16U) {
        picture.at<std::uint16_t>(y, x) = static_cast<std::uint16_t>(value);
      } else {
        picture.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(value);
      }
    }
  }
  return picture;
}

void write(const std::string& path, const cv::Mat& picture) {
  boost::filesystem::create_directories(boost::filesystem::path(path).parent_path());
  ASSERT_TRUE(cv::imwrite(path, picture));
}

// A JPEG with an Exif tag of orientation, as cameras write it.
std::string jpeg_with_tag(const cv::Mat& picture, int orientation) {
  std::vector<std::uint8_t> file;
  cv::imencode(".jpg", picture, file);
  std::string tiff("MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01", 18);
  tiff += '\0';
  tiff += static_cast<char>(orientation);
  tiff += std::string(6, '\0');
  const std::string body = std::string("Exif\0\0", 6) + tiff;
  std::string segment("\xFF\xE1\0", 3);
  segment += static_cast<char>(body.size() + 2);
  segment += body;
  std::string text(file.begin(), file.end());
  return text.substr(0, 2) + segment + text.substr(2);
}

std::vector<std::string> note_texts(const FrameFacts& facts) {
  std::vector<std::string> texts;
  for (const ClipNote& note : facts.notes) texts.push_back(note.text);
  return texts;
}

TEST(FrameSource, FramesComeInTheOrderOfTheirNumbers) {
  const TempFolder folder;
  for (const int i : {0, 1, 2, 10, 11}) {
    write(folder / ("a/img_" + std::to_string(i) + (i == 2 ? ".BMP" : ".png")),
          ramp(CV_8U, 0, 100 + i));
  }
  write(folder / "a/img_2 (1).png", ramp(CV_8U, 0, 250));
  folder.write("a/notes.txt", "x");
  const auto clip = open_clip(folder / "a");
  EXPECT_THAT(clip->names(), ElementsAre("img_0", "img_1", "img_2", "img_10", "img_11"));
  EXPECT_THAT(note_texts(clip->facts()),
              ElementsAre(HasSubstr("'img_2.BMP' before 'img_10.png'"),
                          HasSubstr("'img_2 (1).png'"), HasSubstr("'img_10' follows 'img_2'")));
  const auto frames = clip->open();
  for (const int i : {0, 1, 2, 10, 11}) {
    const std::optional<Frame> frame = frames->next();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->name, "img_" + std::to_string(i));
    EXPECT_EQ(frame->rgb.at<cv::Vec3b>(0, 15)[0], 100 + i);
  }
  EXPECT_FALSE(frames->next());
}

TEST(FrameSource, TwoFilesOfOneFrameAreRefused) {
  const TempFolder folder;
  write(folder / "a/0.png", ramp(CV_8U, 0, 100));
  write(folder / "a/0.jpg", ramp(CV_8U, 0, 100));
  EXPECT_THROW(open_clip(folder / "a"), Error);
}

// 8 bits of the same picture, whatever it was stored in.
TEST(FrameSource, SamplesOf16BitsAreScaledByTheClipsRange) {
  for (const auto& [bits, factor] :
       {std::pair(10, 4), std::pair(12, 16), std::pair(14, 64), std::pair(16, 257)}) {
    const TempFolder folder;
    write(folder / "a/0.png", ramp(CV_16U, 0, 20 * factor));  // a dark frame: not its own scale
    write(folder / "a/1.tif", ramp(CV_16U, 0, 255 * factor));
    const auto clip = open_clip(folder / "a");
    EXPECT_EQ(clip->facts().stored_bits, 16);
    EXPECT_EQ(clip->facts().bits, bits);
    EXPECT_EQ(clip->facts().most, 255 * factor);
    const auto frames = clip->open();
    EXPECT_EQ(frames->next()->rgb.at<cv::Vec3b>(0, 15)[0], 20);
    EXPECT_EQ(frames->next()->rgb.at<cv::Vec3b>(0, 15)[0], 255);
  }
}

TEST(FrameSource, BitsMayBeStatedAndMustFit) {
  const TempFolder folder;
  write(folder / "a/0.png", ramp(CV_16U, 0, 1000));
  FrameReading reading;
  reading.bits = 12;
  const auto clip = open_clip(folder / "a", reading);
  EXPECT_EQ(clip->open()->next()->rgb.at<cv::Vec3b>(0, 15)[0], 1000 >> 4);
  reading.bits = 8;
  EXPECT_THROW(open_clip(folder / "a", reading)->facts(), Error);
}

TEST(FrameSource, ASmallPartOfTheRangeIsTold) {
  const TempFolder folder;
  write(folder / "a/0.png", ramp(CV_8U, 100, 112));
  EXPECT_THAT(note_texts(open_clip(folder / "a")->facts()),
              ElementsAre(HasSubstr("% of their range")));
  write(folder / "b/0.png", ramp(CV_8U, 10, 212));
  EXPECT_TRUE(open_clip(folder / "b")->facts().notes.empty());
}

TEST(FrameSource, OneDepthAClip) {
  const TempFolder folder;
  write(folder / "a/0.png", ramp(CV_8U, 0, 200));
  write(folder / "a/1.png", ramp(CV_16U, 0, 200));
  const auto frames = open_clip(folder / "a")->open();
  frames->next();
  EXPECT_THROW(frames->next(), Error);
}

TEST(FrameSource, OrientationIsToldAndFollowedOnDemand) {
  const TempFolder folder;
  cv::Mat picture(16, 32, CV_8UC1, cv::Scalar(40));
  picture(cv::Rect(0, 0, 16, 8)) = 220;  // top left
  folder.write("a/0.jpg", jpeg_with_tag(picture, 6));
  const auto stored = open_clip(folder / "a");
  EXPECT_EQ(stored->facts().width, 32);
  EXPECT_EQ(stored->facts().orientation, 6);
  ASSERT_EQ(stored->facts().notes.size(), 1U);
  EXPECT_EQ(stored->facts().notes.front().severity, Severity::warning);
  EXPECT_GT(stored->open()->next()->rgb.at<cv::Vec3b>(3, 6)[0], 150);

  FrameReading reading;
  reading.orientation = Orientation::upright;
  const auto turned = open_clip(folder / "a", reading);
  EXPECT_EQ(turned->facts().width, 16);
  const cv::Mat rgb = turned->open()->next()->rgb;
  ASSERT_EQ(rgb.rows, 32);
  // A quarter turn clockwise brings the top left to the top right.
  EXPECT_GT(rgb.at<cv::Vec3b>(6, 12)[0], 150);
  EXPECT_LT(rgb.at<cv::Vec3b>(6, 3)[0], 100);
  // OpenCV's own reading of the tag is the same.
  const std::string file = jpeg_with_tag(picture, 6);
  const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8UC1, const_cast<char*>(file.data()));
  const cv::Mat seen = cv::imdecode(bytes, cv::IMREAD_COLOR);
  ASSERT_EQ(seen.size(), rgb.size());
  EXPECT_LT(cv::norm(seen, rgb, cv::NORM_INF), 3);

  folder.write("a/1.jpg", jpeg_with_tag(picture, 1));
  const auto frames = open_clip(folder / "a")->open();
  frames->next();
  EXPECT_THROW(frames->next(), Error);
}

TEST(Orientation, EveryTagDoesWhatOpenCvDoes) {
  cv::Mat picture(16, 32, CV_8UC1, cv::Scalar(40));
  picture(cv::Rect(0, 0, 16, 8)) = 220;
  picture(cv::Rect(16, 0, 16, 8)) = 130;
  for (int tag = 1; tag <= 8; ++tag) {
    const std::string file = jpeg_with_tag(picture, tag);
    const std::span<const std::uint8_t> span(reinterpret_cast<const std::uint8_t*>(file.data()),
                                             file.size());
    EXPECT_EQ(exif_orientation(span), tag);
    const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8UC1, const_cast<char*>(file.data()));
    const cv::Mat expected = cv::imdecode(bytes, cv::IMREAD_GRAYSCALE);
    const cv::Mat raw = cv::imdecode(bytes, cv::IMREAD_GRAYSCALE | cv::IMREAD_IGNORE_ORIENTATION);
    const cv::Mat found = upright(raw, tag);
    ASSERT_EQ(found.size(), expected.size()) << tag;
    EXPECT_EQ(cv::norm(found, expected, cv::NORM_INF), 0) << tag;
  }
}

TEST(Orientation, NoTagAndBrokenTagsTurnNothing) {
  std::string file = jpeg_with_tag(ramp(CV_8U, 0, 200), 6);
  for (std::size_t length = 0; length < 60; ++length) {
    const std::string cut = file.substr(0, length);
    const int tag =
        exif_orientation({reinterpret_cast<const std::uint8_t*>(cut.data()), cut.size()});
    EXPECT_TRUE(tag == 1 || length > 30) << length;
  }
  EXPECT_EQ(exif_orientation({}), 1);
}

TEST(FrameSource, AZipOfFramesIsAClip) {
  const TempFolder folder;
  write(folder / "0.png", ramp(CV_8U, 0, 100));
  const std::string file = read_text_file(folder / "0.png");
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(file.data()),
                                            file.size());
  ZipWriter zip(folder / "clip.zip");
  for (const char* const name : {"cine/frames/10.png", "cine/frames/9.png", "cine/frames/._9.png"})
    zip.add(name, bytes);
  zip.finish();
  const auto clip = open_clip(folder / "clip.zip");
  EXPECT_THAT(clip->names(), ElementsAre("9", "10"));
  EXPECT_EQ(clip->open()->next()->rgb.cols, 16);
  folder.write("x.7z", "7z\xBC\xAF\x27\x1C and so on");
  EXPECT_THROW(open_clip(folder / "x.7z"), Error);
}

TEST(FrameSource, ATiffOfSeveralPicturesIsRefused) {
  const TempFolder folder;
  ASSERT_TRUE(cv::imwritemulti(folder / "0.tif",
                               std::vector<cv::Mat>{ramp(CV_8U, 0, 100), ramp(CV_8U, 0, 200)}));
  try {
    read_frame_rgb(folder / "0.tif");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("TIFF of 2 pictures"));
  }
}

TEST(FrameSource, DigestsDependOnNamesAndContents) {
  const TempFolder folder;
  write(folder / "a/0.png", ramp(CV_8U, 0, 100));
  write(folder / "b/1.png", ramp(CV_8U, 0, 100));
  write(folder / "c/0.png", ramp(CV_8U, 0, 101));
  write(folder / "d/0.png", ramp(CV_8U, 0, 100));
  EXPECT_NE(open_clip(folder / "a")->digest(), open_clip(folder / "b")->digest());
  EXPECT_NE(open_clip(folder / "a")->digest(), open_clip(folder / "c")->digest());
  EXPECT_EQ(open_clip(folder / "a")->digest(), open_clip(folder / "d")->digest());
}

TEST(SideFit, RatiosAreCheckedToAPixel) {
  EXPECT_EQ(side_fit(512, 512, 512, 512), SideFit::same);
  EXPECT_EQ(side_fit(854, 480, 3840, 2160), SideFit::scaled);
  EXPECT_EQ(side_fit(3840, 2160, 854, 480), SideFit::scaled);
  EXPECT_EQ(side_fit(96, 128, 128, 96), SideFit::turned);
  EXPECT_EQ(side_fit(480, 854, 3840, 2160), SideFit::turned);
  EXPECT_EQ(side_fit(640, 480, 3840, 2160), SideFit::other);
}

TEST(FrameFolder, FramesOfAnotherSizeAreToldBeforeTheFirstIsRead) {
  const TempFolder folder;
  write(folder / "a/0.png", ramp(CV_8U, 0, 200));
  cv::Mat twice;
  cv::resize(ramp(CV_8U, 0, 200), twice, {32, 12});
  write(folder / "a/1.png", twice);
  write(folder / "a/2.jpg", twice);
  const auto scaled = open_clip(folder / "a");
  EXPECT_FALSE(scaled->facts().trouble);
  ASSERT_EQ(scaled->facts().notes.size(), 1U);
  EXPECT_THAT(scaled->facts().notes[0].text,
              HasSubstr("differ in size: '1' has 32x12, the first frame 16x6"));

  cv::resize(twice, twice, {20, 12});
  write(folder / "a/2.jpg", twice);
  const auto other = open_clip(folder / "a");
  ASSERT_TRUE(other->facts().trouble);
  EXPECT_THAT(other->facts().trouble->what(), HasSubstr("2.jpg: has 20x12"));
}

TEST(FrameFolder, AFrameThatLiesOtherwiseIsToldBeforeTheFirstIsRead) {
  const TempFolder folder;
  folder.write("a/0.jpg", jpeg_with_tag(ramp(CV_8U, 0, 200), 1));
  folder.write("a/1.jpg", jpeg_with_tag(ramp(CV_8U, 0, 200), 6));
  const auto clip = open_clip(folder / "a");
  ASSERT_TRUE(clip->facts().trouble);
  EXPECT_THAT(clip->facts().trouble->what(), HasSubstr("1.jpg: is to be shown turned by 90"));
}

// Four frames that darken downwards, 64x32, whose container tells players to turn them by 90
// degrees clockwise: the matrix of the track header (ISO/IEC 14496-12, 8.3.2). False where this
// OpenCV cannot write the video.
bool write_turned_video(const std::string& path) {
  cv::VideoWriter writer(path, cv::CAP_FFMPEG, cv::VideoWriter::fourcc('m', 'p', '4', 'v'), 10,
                         {64, 32});
  if (!writer.isOpened()) return false;
  cv::Mat picture(32, 64, CV_8UC3);
  for (int y = 0; y < picture.rows; ++y) picture.row(y).setTo(cv::Scalar::all(240 - 6 * y));
  for (int i = 0; i < 4; ++i) writer.write(picture);
  writer.release();
  std::string file = read_text_file(path);
  const std::size_t header = file.find("tkhd");
  constexpr std::size_t kMatrix = 44;  // of version 0
  if (header == std::string::npos || file[header + 4] != 0) return false;
  const std::string matrix("\0\0\0\0\0\x01\0\0\0\0\0\0\xFF\xFF\0\0\0\0\0\0\0\0\0\0", 24);
  file.replace(header + kMatrix, matrix.size(), matrix);
  write_file_atomically(path, file);
  return true;
}

// Headers of every form say sizes and depths before a frame is decoded.
TEST(FrameFolder, BmpAndTiffFramesAreLookedAtByTheirHeaders) {
  for (const std::string form : {"bmp", "tif"}) {
    const TempFolder folder;
    write(folder / ("a/0." + form), ramp(CV_8U, 0, 200));
    cv::Mat large;
    cv::resize(ramp(CV_8U, 0, 200), large, cv::Size(64, 24));
    write(folder / ("a/1." + form), large);
    EXPECT_THAT(note_texts(open_clip(folder / "a")->facts()),
                ElementsAre(HasSubstr("'1' has 64x24, the first frame 16x6")))
        << form;
    write(folder / ("a/2." + form), cv::Mat(40, 16, CV_8UC1, cv::Scalar(3)));
    const FrameFacts facts = open_clip(folder / "a")->facts();
    ASSERT_TRUE(facts.trouble) << form;
    EXPECT_THAT(facts.trouble->what(), HasSubstr("one ratio of sides")) << form;
  }
  const TempFolder folder;
  write(folder / "a/0.tif", ramp(CV_8U, 0, 200));
  write(folder / "a/1.tif", ramp(CV_16U, 0, 200));
  const FrameFacts facts = open_clip(folder / "a")->facts();
  ASSERT_TRUE(facts.trouble);
  EXPECT_THAT(facts.trouble->what(), HasSubstr("has 16 bits a sample"));
}

TEST(FrameFolder, AFrameThatIsMissingIsTold) {
  const TempFolder folder;
  for (const int i : {0, 1, 2, 3, 5, 6, 7})
    write(folder / ("a/" + std::to_string(i) + ".png"), ramp(CV_8U, 0, 200));
  EXPECT_THAT(note_texts(open_clip(folder / "a")->facts()),
              ElementsAre(HasSubstr("'5' follows '3', where others are 1 apart")));
  // Every fifth, and steps of many lengths, have no gap.
  for (const int i : {0, 5, 10, 15, 20})
    write(folder / ("b/" + std::to_string(i) + ".png"), ramp(CV_8U, 0, 200));
  for (const int i : {0, 5, 9, 14, 18, 19})
    write(folder / ("c/" + std::to_string(10 + i) + ".png"), ramp(CV_8U, 0, 200));
  for (const char* const name : {"b", "c"}) {
    for (const std::string& note : note_texts(open_clip(folder / name)->facts()))
      EXPECT_THAT(note, Not(HasSubstr("apart"))) << name;
  }
}

TEST(FrameFolder, WhatIsThereInsteadOfFramesIsNamed) {
  const TempFolder folder;
  const auto said = [&](const std::string& path) -> std::string {
    try {
      open_clip(folder / path)->facts();
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  write(folder / "two/left/0.png", ramp(CV_8U, 0, 200));
  write(folder / "two/right/0.png", ramp(CV_8U, 0, 200));
  EXPECT_THAT(said("two"), HasSubstr("has no frames, but 2 folders, the first is 'left'"));
  EXPECT_THAT(said("two/left/0.png"), HasSubstr("is a single picture; expected a folder"));
  ASSERT_TRUE(cv::imwritemulti(folder / "film.tif",
                               std::vector<cv::Mat>{ramp(CV_8U, 0, 9), ramp(CV_8U, 0, 9)}));
  EXPECT_THAT(said("film.tif"), HasSubstr("is a TIFF of 2 pictures"));
  write(folder / "float/0.tif", cv::Mat(8, 8, CV_32FC1, cv::Scalar(0.5)));
  EXPECT_THAT(said("float"), HasSubstr("signed or floating-point samples"));
}

TEST(FrameFolder, ATiffOfSeveralPicturesIsToldBeforeTheFirstIsRead) {
  const TempFolder folder;
  write(folder / "a/0.tif", ramp(CV_8U, 0, 200));
  ASSERT_TRUE(cv::imwritemulti(folder / "a/1.tif",
                               std::vector<cv::Mat>{ramp(CV_8U, 0, 200), ramp(CV_8U, 0, 100)}));
  const FrameFacts facts = open_clip(folder / "a")->facts();
  ASSERT_TRUE(facts.trouble);
  EXPECT_THAT(facts.trouble->what(), HasSubstr("is a TIFF of 2 pictures"));
}

std::optional<FrameValues> values_in(const std::string& form, const cv::Mat& picture) {
  std::vector<std::uint8_t> file;
  EXPECT_TRUE(cv::imencode(form, picture, file));
  return read_frame_values(file, "frame" + form);
}

TEST(FrameValues, AreThoseOfEveryForm) {
  cv::Mat large;
  cv::resize(ramp(CV_8U, 40, 200), large, cv::Size(640, 480), 0, 0, cv::INTER_NEAREST);
  for (const char* const form : {".png", ".bmp", ".tif", ".jpg"}) {
    const auto values = values_in(form, large);
    ASSERT_TRUE(values) << form;
    EXPECT_NEAR(values->least, 40, 3) << form;
    EXPECT_NEAR(values->most, 200, 3) << form;
    EXPECT_EQ(values->num_values, 256) << form;
    EXPECT_FALSE(values->has_colour) << form;
    cv::Mat coloured;
    cv::cvtColor(large, coloured, cv::COLOR_GRAY2BGR);
    cv::rectangle(coloured, {0, 0, 200, 200}, cv::Scalar(0, 255, 255), cv::FILLED);
    EXPECT_TRUE(values_in(form, coloured)->has_colour) << form;
  }
  const auto film = values_in(".tif", ramp(CV_16U, 100, 4000));
  ASSERT_TRUE(film);
  EXPECT_EQ(film->most, 4000);
  EXPECT_TRUE(uses_small_part(film->least, film->most, film->num_values));
  EXPECT_FALSE(read_frame_values({}, "nothing"));
}

// Fine lines of black and white are grey at an eighth of the size: the picture itself is looked at.
TEST(FrameValues, OfAJpegMeansDoNotDecideAlone) {
  cv::Mat lines(256, 256, CV_8UC1);
  for (int y = 0; y < lines.rows; ++y) lines.row(y).setTo(y % 2 == 0 ? 20 : 220);
  const auto values = values_in(".jpg", lines);
  ASSERT_TRUE(values);
  EXPECT_FALSE(uses_small_part(values->least, values->most, values->num_values));
}

TEST(Video, ATagOfRotationIsToldAndFollowedOnlyWhereAsked) {
  const TempFolder folder;
  const std::string path = folder / "turned.mp4";
  if (!write_turned_video(path)) GTEST_SKIP() << "this OpenCV writes no mp4";
  const auto stored = open_video(path);
  EXPECT_EQ(stored->facts().width, 64);
  EXPECT_EQ(stored->facts().height, 32);
  EXPECT_EQ(stored->facts().orientation, 6);
  EXPECT_EQ(stored->open()->next()->rgb.size(), cv::Size(64, 32));
  ASSERT_FALSE(stored->facts().notes.empty());
  EXPECT_EQ(stored->facts().notes[0].severity, Severity::warning);
  EXPECT_THAT(stored->facts().notes[0].text, HasSubstr("turned by 90 degrees"));

  FrameReading reading;
  reading.orientation = Orientation::upright;
  const auto upright = open_video(path, reading);
  EXPECT_EQ(upright->facts().width, 32);
  EXPECT_EQ(upright->facts().height, 64);
  const cv::Mat picture = upright->open()->next()->rgb;
  ASSERT_EQ(picture.size(), cv::Size(32, 64));
  // What was on top, and bright, is now on the right.
  EXPECT_GT(picture.at<cv::Vec3b>(32, 30)[0], picture.at<cv::Vec3b>(32, 1)[0] + 100);
}

}  // namespace
}  // namespace angiobench
