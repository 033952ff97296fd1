// SPDX-License-Identifier: MIT
#include "dataset/frame_order.h"
#include "dataset/validator/mask_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core/mat.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <random>
#include <vector>

#include "dataset/files/image_size.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

using test::mask_from;
using ::testing::ElementsAre;

// Blobs and vessels as wide as in angiograms, labels 1 to `num_labels` times `step`.
Mask scene(int num_labels, int step, unsigned seed) {
  Mask mask(256, 256);
  std::mt19937_64 random(seed);
  for (int label = 1; label <= num_labels; ++label) {
    double x = 40 + static_cast<double>(random() % 160);
    double y = 40 + static_cast<double>(random() % 160);
    const double angle = static_cast<double>(random() % 628) / 100;
    const double radius = 3 + static_cast<double>(random() % 6);
    for (int i = 0; i < 90; ++i) {
      x += std::cos(angle + i * 0.02);
      y += std::sin(angle + i * 0.02);
      const auto low = [&](double centre) {
        return std::clamp(static_cast<int>(centre - radius), 0, 255);
      };
      const auto high = [&](double centre) {
        return std::clamp(static_cast<int>(centre + radius) + 1, 0, 255);
      };
      for (int row = low(y); row <= high(y); ++row) {
        for (int column = low(x); column <= high(x); ++column) {
          if (std::hypot(column - x, row - y) <= radius)
            mask.at(column, row) = static_cast<std::uint8_t>(label * step);
        }
      }
    }
  }
  return mask;
}

cv::Mat image_of(const Mask& mask) {
  cv::Mat image(mask.height(), mask.width(), CV_8UC1);
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) image.at<std::uint8_t>(y, x) = mask.at(x, y);
  }
  return image;
}

MaskFacts describe(const cv::Mat& image) {
  return describe_mask(
      MaskView{image.ptr(), image.cols, image.rows, static_cast<std::ptrdiff_t>(image.step[0])});
}

cv::Mat as_jpeg(const Mask& mask, int quality) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", image_of(mask), bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
  return cv::imdecode(bytes, cv::IMREAD_GRAYSCALE);
}

cv::Mat resized(const Mask& mask, int interpolation, double scale) {
  cv::Mat image;
  cv::resize(image_of(mask), image, {}, scale, scale, interpolation);
  return image;
}

std::vector<bool> allow(int highest) {
  std::vector<bool> allowed(256);
  for (int i = 0; i <= highest; ++i) allowed[static_cast<std::size_t>(i)] = true;
  return allowed;
}

bool is_stray(const MaskFacts& facts, const std::vector<bool>& allowed = {}) {
  std::array<bool, 256> flags{};
  std::copy(allowed.begin(), allowed.end(), flags.begin());
  return has_stray_values(facts,
                          allowed.empty() ? std::span<const bool>() : std::span<const bool>(flags));
}

TEST(DescribeMask, CountsLabels) {
  const MaskFacts facts = describe_mask(mask_from({"..11", "..12", "...2"}).view());
  EXPECT_THAT(facts.labels, ElementsAre(LabelArea{0, 7}, LabelArea{1, 3}, LabelArea{2, 2}));
  EXPECT_EQ(facts.pixels_of(1), 3U);
  EXPECT_EQ(facts.pixels_of(9), 0U);
  EXPECT_TRUE(facts.has_objects());
}

TEST(DescribeMask, EqualsAPlainCountOnRandomMasks) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    const Mask mask = test::random_mask(1 + static_cast<int>(random() % 40),
                                        1 + static_cast<int>(random() % 30), 9, random);
    std::vector<std::uint32_t> counts(256);
    for (int y = 0; y < mask.height(); ++y) {
      for (int x = 0; x < mask.width(); ++x) ++counts[mask.at(x, y)];
    }
    const MaskFacts facts = describe_mask(mask.view());
    for (int label = 0; label < 256; ++label)
      ASSERT_EQ(facts.pixels_of(label), counts[static_cast<std::size_t>(label)]);
    Mask other = mask;
    EXPECT_EQ(describe_mask(other.view()).fingerprint, facts.fingerprint);
    other.at(mask.width() - 1, mask.height() - 1) =
        static_cast<std::uint8_t>(mask.at(mask.width() - 1, mask.height() - 1) + 1);
    EXPECT_NE(describe_mask(other.view()).fingerprint, facts.fingerprint);
  }
}

TEST(HasStrayValues, LeavesHardEdgedMasksAlone) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    for (const int step : {1, 25}) {
      const Mask mask = scene(10, step, seed);
      EXPECT_FALSE(is_stray(describe_mask(mask.view()))) << seed;
      EXPECT_FALSE(is_stray(describe(resized(mask, cv::INTER_NEAREST, 0.6)))) << seed;
    }
  }
}

TEST(HasStrayValues, SeesInterpolation) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    for (const int interpolation :
         {cv::INTER_LINEAR, cv::INTER_CUBIC, cv::INTER_AREA, cv::INTER_LANCZOS4}) {
      for (const double scale : {0.5, 0.7, 1.6}) {
        EXPECT_TRUE(is_stray(describe(resized(scene(3, 60, seed), interpolation, scale))))
            << interpolation << ' ' << scale;
        EXPECT_TRUE(is_stray(describe(resized(scene(1, 255, seed), interpolation, scale))))
            << interpolation << ' ' << scale;
      }
    }
  }
}

TEST(HasStrayValues, SeesJpegCompression) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    for (const int quality : {50, 75, 90, 95, 100}) {
      EXPECT_TRUE(quality == 100 || is_stray(describe(as_jpeg(scene(1, 255, seed), quality))))
          << quality;
      EXPECT_TRUE(is_stray(describe(as_jpeg(scene(4, 60, seed), quality)))) << quality;
      // At full quality three values are left: wrong ids, which are another finding.
      EXPECT_TRUE(quality == 100 ||
                  is_stray(describe(as_jpeg(scene(1, 255, seed), quality)), allow(10)))
          << quality;
    }
  }
}

TEST(ImageSize, ReadsJpegAndPngHeaders) {
  for (const char* const kind : {".jpg", ".png"}) {
    std::vector<std::uint8_t> bytes;
    cv::imencode(kind, cv::Mat(33, 47, CV_8UC3, cv::Scalar(1, 2, 3)), bytes);
    const auto size = image_size(bytes);
    ASSERT_TRUE(size) << kind;
    EXPECT_EQ(size->width, 47);
    EXPECT_EQ(size->height, 33);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      image_size(std::span(bytes).first(length));
  }
  EXPECT_FALSE(
      image_size(std::vector<std::uint8_t>{0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(FrameNumber, IsTheNumberAtTheEnd) {
  EXPECT_EQ(frame_number("00012"), 12);
  EXPECT_EQ(frame_number("frame_000007"), 7);
  EXPECT_EQ(frame_number("7a"), std::nullopt);
  EXPECT_EQ(frame_number(""), std::nullopt);
  EXPECT_EQ(frame_number("9999999999999999999999"), std::nullopt);
}

// What a walk over pixels says, written down again: the runs of every row, background included.
MaskFacts slow_facts(const Mask& mask) {
  MaskFacts facts;
  std::array<std::uint32_t, 256> counts{};
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const int label = mask.at(x, y);
      ++counts[static_cast<std::size_t>(label)];
      if (x + 1 == mask.width() || mask.at(x + 1, y) == label) continue;
      ++facts.edge_pixels;
      if (x == 0 || mask.at(x - 1, y) == label) continue;
      const int left = mask.at(x - 1, y);
      const int right = mask.at(x + 1, y);
      if ((left < label) == (label < right)) ++facts.ramp_pixels;
      if (label == 0 && left != right) continue;
      if (y > 0 && y + 1 < mask.height() && mask.at(x, y - 1) != label &&
          mask.at(x, y + 1) != label)
        ++facts.lonely_pixels;
    }
  }
  for (std::size_t label = 0; label < counts.size(); ++label) {
    if (counts[label] > 0)
      facts.labels.push_back({static_cast<std::uint16_t>(label), counts[label]});
  }
  if (facts.labels.size() <= 2) facts.edge_pixels = facts.ramp_pixels = facts.lonely_pixels = 0;
  return facts;
}

TEST(DescribeMask, EqualsItsSlowTwinOnRandomMasksAsPixelsAndAsRuns) {
  std::mt19937_64 random(41);
  for (int round = 0; round < 500; ++round) {
    const int width = 1 + static_cast<int>(random() % 40);
    const int height = 1 + static_cast<int>(random() % 20);
    Mask mask = test::random_mask(width, height, 4, random);
    for (std::uint64_t i = random() % 30; i > 0; --i) {
      mask.at(static_cast<int>(random() % static_cast<unsigned>(width)),
              static_cast<int>(random() % static_cast<unsigned>(height))) =
          static_cast<std::uint8_t>(random() % 4);
    }
    const MaskFacts expected = slow_facts(mask);
    const std::vector<LabelRun> runs = test::runs_of(mask);
    const MaskFacts by_runs = describe_mask(MaskLabels(width, height, runs));
    const MaskFacts by_pixels = describe_mask(mask.view());
    for (const MaskFacts& facts : {by_runs, by_pixels}) {
      ASSERT_EQ(facts.labels, expected.labels);
      ASSERT_EQ(facts.edge_pixels, expected.edge_pixels);
      ASSERT_EQ(facts.ramp_pixels, expected.ramp_pixels);
      ASSERT_EQ(facts.lonely_pixels, expected.lonely_pixels);
      ASSERT_EQ(facts.fingerprint, by_runs.fingerprint);
    }
  }
}

}  // namespace
}  // namespace angiobench
