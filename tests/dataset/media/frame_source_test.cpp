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
  EXPECT_THAT(note_texts(clip->facts()), ElementsAre(HasSubstr("'img_2.BMP' before 'img_10.png'"),
                                                     HasSubstr("'img_2 (1).png'")));
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
