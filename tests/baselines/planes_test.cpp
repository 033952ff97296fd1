// SPDX-License-Identifier: MIT
#include "baselines/inference/planes.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace angiobench {
namespace {

Plane random_plane(int height, int width, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  Plane plane(height, width);
  for (float& pixel : plane.pixels) pixel = uniform(random);
  return plane;
}

at::Tensor as_tensor(const Plane& plane) {
  return at::from_blob(const_cast<float*>(plane.pixels.data()), {1, 1, plane.height, plane.width});
}

void expect_near(const Plane& got, const at::Tensor& want, float tolerance) {
  const at::Tensor flat = want.contiguous().flatten();
  ASSERT_EQ(static_cast<std::int64_t>(got.pixels.size()), flat.numel());
  for (std::size_t i = 0; i < got.pixels.size(); ++i) {
    ASSERT_NEAR(got.pixels[i], flat.data_ptr<float>()[i], tolerance) << "at " << i;
  }
}

TEST(Padding, PutsTheOddPixelRightAndBelow) {
  EXPECT_EQ(padding_to_16(512, 512), (Padding{0, 0, 0, 0}));
  EXPECT_EQ(padding_to_16(480, 854), (Padding{5, 5, 0, 0}));
  EXPECT_EQ(padding_to_16(120, 148), (Padding{6, 6, 4, 4}));
  EXPECT_EQ(padding_to_16(17, 31), (Padding{0, 1, 7, 8}));
  EXPECT_EQ(padding_to_16(100, 97), (Padding{7, 8, 6, 6}));
}

TEST(Padding, IsUndoneByUnpad) {
  const Plane plane = random_plane(17, 31, 1);
  const Padding padding = padding_to_16(17, 31);
  const Plane padded = pad(plane, padding);
  EXPECT_EQ(padded.height, 32);
  EXPECT_EQ(padded.width, 32);
  EXPECT_EQ(padded.at(0, 0), 0.0F);
  EXPECT_EQ(unpad(padded, padding).pixels, plane.pixels);
}

TEST(Resize, EqualsPyTorchsInterpolation) {
  for (const auto& [height, width, to_height, to_width] :
       {std::array{13, 9, 20, 31}, std::array{24, 17, 11, 8}, std::array{7, 7, 7, 7},
        std::array{1, 5, 3, 2}}) {
    const Plane plane = random_plane(height, width, 3);
    const at::Tensor tensor = as_tensor(plane);
    expect_near(resize_bicubic(plane, to_height, to_width),
                at::upsample_bicubic2d(tensor, {to_height, to_width}, false), 2e-6F);
    expect_near(resize_bilinear(plane, to_height, to_width),
                at::upsample_bilinear2d(tensor, {to_height, to_width}, false), 2e-6F);
    expect_near(resize_nearest(plane, to_height, to_width),
                at::upsample_nearest2d(tensor, {to_height, to_width}), 0);
  }
}

TEST(Aggregate, EqualsAFigureWorkedOutByHand) {
  // p = 0.5, 0.2: background 0.5 * 0.8 = 0.4; odds 2/3, 1, 1/4; their sum 23/12.
  std::vector<Plane> planes = {Plane(1, 1), Plane(1, 1, 0.5F), Plane(1, 1, 0.2F)};
  aggregate(planes);
  EXPECT_NEAR(planes[0].at(0, 0), 8.0F / 23, 1e-6F);
  EXPECT_NEAR(planes[1].at(0, 0), 12.0F / 23, 1e-6F);
  EXPECT_NEAR(planes[2].at(0, 0), 3.0F / 23, 1e-6F);
}

TEST(Aggregate, ClampsCertaintyAndStillSumsToOne) {
  // One object is certain: its odds are clamped to (1 - 1e-7) / 1e-7 in float, the background's to
  // 1e-7.
  std::vector<Plane> planes = {Plane(1, 2), Plane(1, 2)};
  planes[1].at(0, 0) = 1;
  aggregate(planes);
  EXPECT_NEAR(planes[1].at(0, 0), 1.0F, 1e-6F);
  EXPECT_GT(planes[0].at(0, 0), 0.0F);
  EXPECT_NEAR(planes[0].at(0, 1) + planes[1].at(0, 1), 1.0F, 1e-6F);
  EXPECT_GT(planes[1].at(0, 1), 0.0F);
}

}  // namespace
}  // namespace angiobench
