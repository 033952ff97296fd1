// SPDX-License-Identifier: MIT
// How values become grey, held against the formulas of PS3.3 as they stand there, pixel by pixel.
#include "dataset/dicom/grey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "dataset/dicom/dicom_clip.h"
#include "tests/support/dicom_writer.h"
#include "tests/support/temp_folder.h"

namespace angiobench::dicom {
namespace {

using test::DicomSample;
using test::number_field;
using ::testing::HasSubstr;

// C.11.2.1.2.1, in the words of the standard: c = center, w = width, x = input, y = output, ymin =
// 0 and ymax = 255.
double linear_twin(double x, double c, double w) {
  if (x <= c - 0.5 - (w - 1) / 2) return 0;
  if (x > c - 0.5 + (w - 1) / 2) return 255;
  return ((x - (c - 0.5)) / (w - 1) + 0.5) * (255 - 0) + 0;
}
double exact_twin(double x, double c, double w) {
  if (x <= c - w / 2) return 0;
  if (x > c + w / 2) return 255;
  return ((x - c) / w + 0.5) * (255 - 0) + 0;
}
double sigmoid_twin(double x, double c, double w) {
  return (255 - 0) / (1 + std::exp(-4 * ((x - c) / w))) + 0;
}

TEST(Grey, WindowsAreThoseOfTheStandard) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> center(-2000, 5000);
  std::uniform_real_distribution<double> width(1, 4000);
  std::uniform_int_distribution<int> value(-4096, 8192);
  for (int i = 0; i < 20000; ++i) {
    const double c = i % 3 == 0 ? std::floor(center(random)) : center(random);
    const double w = i % 100 == 0 ? 1 : width(random);
    const double x = i % 5 == 0 ? c : value(random);
    EXPECT_NEAR(windowed(x, {c, w, VoiFunction::linear}), linear_twin(x, c, w), 1e-6);
    EXPECT_NEAR(windowed(x, {c, w, VoiFunction::linear_exact}), exact_twin(x, c, w), 1e-6);
    EXPECT_NEAR(windowed(x, {c, w, VoiFunction::sigmoid}), sigmoid_twin(x, c, w), 1e-6);
  }
}

// The grey frames of a sample.
std::vector<cv::Mat> grey_frames(const DicomSample& sample, const DicomWindow& window = {},
                                 std::string* words = nullptr) {
  const test::TempFolder folder;
  folder.write("x.dcm", write_dicom(sample));
  FrameReading reading;
  reading.window = window;
  const auto clip = open_dicom_clip(folder / "x.dcm", reading);
  if (words != nullptr) *words = clip->facts().values_as;
  std::vector<cv::Mat> frames;
  const auto source = clip->open_grey();
  while (const auto frame = source->next()) frames.push_back(frame->rgb);
  return frames;
}

// All 1024 values of 10 bits, and as a second frame 512 twice.
DicomSample all_values() {
  DicomSample sample;
  sample.width = 32;
  sample.height = 32;
  sample.frames.resize(2);
  for (int i = 0; i < 1024; ++i) {
    sample.frames[0].push_back(static_cast<std::uint16_t>(i));
    sample.frames[1].push_back(512);
  }
  return sample;
}

// Holds a frame's greys against a function of the stored number.
template <typename Twin>
void expect_greys(const DicomSample& sample, const cv::Mat& grey, const Twin& twin) {
  for (int i = 0; i < 1024; ++i) {
    const int stored = sample.frames[0][static_cast<std::size_t>(i)];
    const int number = sample.is_signed && stored >= 512 ? stored - 1024 : stored;
    const int expected = static_cast<int>(std::floor(twin(number) + 0.5));
    ASSERT_EQ(grey.at<std::uint8_t>(i / 32, i % 32), expected) << "value " << number;
  }
}

TEST(Grey, SlopeInterceptWindowAndInversionComeInTheirOrder) {
  for (const char* photometric : {"MONOCHROME1", "MONOCHROME2"}) {
    for (const double slope : {1.0, -2.5}) {
      DicomSample sample = all_values();
      sample.photometric = photometric;
      sample.fields = {{0x00281052, "DS", "-100.5"},
                       {0x00281053, "DS", slope > 0 ? "1" : "-2.5"},
                       {0x00281050, "DS", slope > 0 ? "350\\1" : "-1000\\1"},
                       {0x00281051, "DS", "400\\2"}};
      std::string words;
      const cv::Mat grey = grey_frames(sample, {}, &words)[0];
      expect_greys(sample, grey, [&](int number) {
        const double y = linear_twin(number * slope - 100.5, slope > 0 ? 350 : -1000, 400);
        return photometric[10] == '1' ? 255 - y : y;
      });
      EXPECT_THAT(words, HasSubstr(slope > 0 ? "window 350,400 (LINEAR) of the file"
                                             : "window -1000,400 (LINEAR) of the file"));
    }
  }
}

TEST(Grey, FunctionsOfTheFileAreUsedForSignedValuesToo) {
  for (const char* function : {"LINEAR_EXACT", "SIGMOID"}) {
    DicomSample sample = all_values();
    sample.is_signed = true;
    sample.fields = {
        {0x00281050, "DS", "-20"}, {0x00281051, "DS", "300"}, {0x00281056, "CS", function}};
    expect_greys(sample, grey_frames(sample)[0], [&](int number) {
      return function[0] == 'S' ? sigmoid_twin(number, -20, 300) : exact_twin(number, -20, 300);
    });
  }
}

TEST(Grey, APresentationTableOfShapeInverseInvertsOnce) {
  for (const char* photometric : {"MONOCHROME1", "MONOCHROME2"}) {
    DicomSample sample = all_values();
    sample.photometric = photometric;
    sample.fields = {
        {0x20500020, "CS", "INVERSE"}, {0x00281050, "DS", "512"}, {0x00281051, "DS", "1024"}};
    expect_greys(sample, grey_frames(sample)[0],
                 [](int number) { return 255 - linear_twin(number, 512, 1024); });
  }
}

TEST(Grey, ModalityAndVoiTablesFollowEachOther) {
  // Values 100 to 103 become 10, 20, 30, 40; those of 15 to 34 a grey of 12 bits.
  DicomSample sample = all_values();
  test::DicomField modality{0x00283000, "SQ"};
  modality.items = {{number_field(0x00283002, "US", {4, 100, 16}),
                     number_field(0x00283006, "US", {10, 20, 30, 40})}};
  std::vector<int> greys;
  for (int i = 0; i < 20; ++i) greys.push_back(200 * i);
  test::DicomField voi{0x00283010, "SQ"};
  voi.items = {
      {number_field(0x00283002, "US", {20, 15, 12}), number_field(0x00283006, "OW", greys)}};
  sample.fields = {modality, voi, {0x00281050, "DS", "1"}, {0x00281051, "DS", "2"}};
  std::string words;
  expect_greys(sample, grey_frames(sample, {}, &words)[0], [&](int number) {
    const int value = 10 * (std::clamp(number, 100, 103) - 99);
    return 200 * std::clamp(value - 15, 0, 19) * 255.0 / 4095;
  });
  EXPECT_THAT(words, HasSubstr("look-up table of the file"));
}

TEST(Grey, WithoutAWindowTheCineSOwnPercentilesMakeOneForAllFrames) {
  DicomSample sample = all_values();
  std::string words;
  const std::vector<cv::Mat> grey = grey_frames(sample, {}, &words);
  // The slow twin: all values sorted, nearest rank.
  std::vector<int> sorted;
  for (const auto& frame : sample.frames) sorted.insert(sorted.end(), frame.begin(), frame.end());
  std::ranges::sort(sorted);
  const auto at = [&](double share) {
    return sorted[static_cast<std::size_t>(std::ceil(share * 2048)) - 1];
  };
  const double low = at(0.005);
  const double high = at(0.995);
  const auto twin = [&](int number) { return exact_twin(number, (low + high) / 2, high - low); };
  expect_greys(sample, grey[0], twin);
  EXPECT_EQ(grey[1].at<std::uint8_t>(5, 5), static_cast<int>(std::floor(twin(512) + 0.5)));
  EXPECT_THAT(words, HasSubstr("0.5 to 99.5 percent of the cine's values"));
}

TEST(Grey, AWindowThatIsAskedForWins) {
  DicomSample sample = all_values();
  sample.fields = {{0x00281050, "DS", "512"}, {0x00281051, "DS", "1024"}};
  DicomWindow window{DicomWindow::Kind::given, 300, 100};
  expect_greys(sample, grey_frames(sample, window)[0],
               [](int number) { return linear_twin(number, 300, 100); });
  window.kind = DicomWindow::Kind::full;
  expect_greys(sample, grey_frames(sample, window)[0],
               [](int number) { return exact_twin(number, 511.5, 1023); });
  sample.fields = {};
  window.kind = DicomWindow::Kind::file;
  EXPECT_THROW(grey_frames(sample, window), Error);
}

TEST(Grey, AConstantCineHasAWindow) {
  DicomSample sample = all_values();
  sample.frames[0] = sample.frames[1];
  EXPECT_EQ(grey_frames(sample)[0].at<std::uint8_t>(0, 0), 128);
}

TEST(Grey, FramesHaveWindowsOfTheirOwnInEnhancedFiles) {
  DicomSample sample = all_values();
  sample.frames[1] = sample.frames[0];
  test::DicomField groups{0x52009230, "SQ"};
  for (const char* center : {"300", "700"}) {
    groups.items.push_back(
        {{0x00289132, "SQ", "", {{{0x00281050, "DS", center}, {0x00281051, "DS", "500"}}}}});
  }
  sample.fields = {groups};
  const std::vector<cv::Mat> grey = grey_frames(sample);
  expect_greys(sample, grey[0], [](int number) { return linear_twin(number, 300, 500); });
  expect_greys(sample, grey[1], [](int number) { return linear_twin(number, 700, 500); });
}

}  // namespace
}  // namespace angiobench::dicom
