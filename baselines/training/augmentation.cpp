// SPDX-License-Identifier: MIT
#include "baselines/training/augmentation.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr int kOutside = 128;  // grey of what lies outside of the frame

double jitter(double amount, synth::Random& random) {
  return random.uniform(1 - amount, 1 + amount);
}

// A crop of random area and shape (torchvision's RandomResizedCrop: ten tries, else the largest of
// the nearest shape).
cv::Rect draw_crop(int width, int height, const AugmentOptions& options, synth::Random& random) {
  const double area = static_cast<double>(width) * height;
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double wanted = area * random.uniform(options.least_area, options.most_area);
    const double ratio =
        std::exp(random.uniform(std::log(options.least_ratio), -std::log(options.least_ratio)));
    const int w = static_cast<int>(std::lround(std::sqrt(wanted * ratio)));
    const int h = static_cast<int>(std::lround(std::sqrt(wanted / ratio)));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    return {random.integer(0, width - w), random.integer(0, height - h), w, h};
  }
  const int side = std::min(width, height);
  return {(width - side) / 2, (height - side) / 2, side, side};
}

// Rotation, shear along x and scale about the middle of a square of `side` pixels.
cv::Mat draw_affine(int side, const AugmentOptions& options, synth::Random& random) {
  const double degree = std::numbers::pi / 180;
  const double angle = degree * random.uniform(-options.rotation, options.rotation);
  const double shear = degree * random.uniform(-options.shear, options.shear);
  const double scale = random.uniform(options.scale[0], options.scale[1]);
  const double a = scale * std::cos(angle);
  const double b = scale * (-std::cos(angle) * std::tan(shear) - std::sin(angle));
  const double c = scale * std::sin(angle);
  const double d = scale * (-std::sin(angle) * std::tan(shear) + std::cos(angle));
  const double middle = (side - 1) / 2.0;
  return (cv::Mat_<double>(2, 3) << a, b, middle - a * middle - b * middle, c, d,
          middle - c * middle - d * middle);
}

}  // namespace

AugmentOptions still_image_augmentation() {
  AugmentOptions options;
  options.rotation = 20;
  options.scale = {0.9, 1.1};
  options.warp = 1.0 / 3;
  return options;
}

void jitter_colors(cv::Mat& image, double brightness, double contrast, double saturation) {
  const auto bounded = [](double value) {
    return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
  };
  const auto luma = [](const cv::Vec3b& p) { return 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]; };
  double mean = 0;
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      cv::Vec3b& pixel = image.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) pixel[c] = bounded(brightness * pixel[c]);
      mean += luma(pixel);
    }
  }
  mean /= static_cast<double>(image.total());
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      cv::Vec3b& pixel = image.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) pixel[c] = bounded(mean + contrast * (pixel[c] - mean));
      const double own = luma(pixel);
      for (int c = 0; c < 3; ++c) pixel[c] = bounded(own + saturation * (pixel[c] - own));
    }
  }
}

void thin_plate_maps(int width, int height, int grid, const std::vector<cv::Point2d>& shifts,
                     cv::Mat& map_x, cv::Mat& map_y) {
  expects(grid >= 2 && static_cast<int>(shifts.size()) == grid * grid,
          "a spline has a shift for each control point");
  const int n = grid * grid;
  const auto kernel = [](double squared) {
    return squared > 0 ? 0.5 * squared * std::log(squared) : 0.0;
  };  // r^2 ln r
  std::vector<cv::Point2d> points;
  for (int i = 0; i < n; ++i)
    points.emplace_back(static_cast<double>(i % grid) / (grid - 1),
                        static_cast<double>(i / grid) / (grid - 1));

  // Solve for the weights: K w + P a = shift, P^T w = 0 (Bookstein 1989).
  cv::Mat system = cv::Mat::zeros(n + 3, n + 3, CV_64F);
  cv::Mat right = cv::Mat::zeros(n + 3, 2, CV_64F);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      const cv::Point2d d =
          points[static_cast<std::size_t>(i)] - points[static_cast<std::size_t>(j)];
      system.at<double>(i, j) = kernel(d.dot(d));
    }
    const cv::Point2d& p = points[static_cast<std::size_t>(i)];
    const double row[] = {1, p.x, p.y};
    for (int k = 0; k < 3; ++k) system.at<double>(i, n + k) = system.at<double>(n + k, i) = row[k];
    right.at<double>(i, 0) = shifts[static_cast<std::size_t>(i)].x;
    right.at<double>(i, 1) = shifts[static_cast<std::size_t>(i)].y;
  }
  cv::Mat weights;
  expects(cv::solve(system, right, weights, cv::DECOMP_LU),
          "the control points of a spline do not lie on one line");

  map_x.create(height, width, CV_32F);
  map_y.create(height, width, CV_32F);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const cv::Point2d p((x + 0.5) / width, (y + 0.5) / height);
      double sx = weights.at<double>(n, 0) + weights.at<double>(n + 1, 0) * p.x +
                  weights.at<double>(n + 2, 0) * p.y;
      double sy = weights.at<double>(n, 1) + weights.at<double>(n + 1, 1) * p.x +
                  weights.at<double>(n + 2, 1) * p.y;
      for (int i = 0; i < n; ++i) {
        const cv::Point2d d = p - points[static_cast<std::size_t>(i)];
        const double u = kernel(d.dot(d));
        sx += weights.at<double>(i, 0) * u;
        sy += weights.at<double>(i, 1) * u;
      }
      map_x.at<float>(y, x) = static_cast<float>(x + sx * width);
      map_y.at<float>(y, x) = static_cast<float>(y + sy * height);
    }
  }
}

std::vector<LabelledFrame> augment(const std::vector<LabelledFrame>& frames,
                                   const AugmentOptions& options, synth::Random& random) {
  expects(!frames.empty() && options.crop > 0, "a clip has frames and a size");
  const int width = frames.front().image.cols;
  const int height = frames.front().image.rows;
  const bool mirror = random.chance(options.flip);
  const cv::Rect crop = draw_crop(width, height, options, random);
  const double brightness = jitter(options.clip_jitter[0], random);
  const double contrast = jitter(options.clip_jitter[1], random);
  const double saturation =
      random.chance(options.grey) ? 0.0 : jitter(options.clip_jitter[2], random);
  const cv::Size size(options.crop, options.crop);
  const cv::Scalar outside(kOutside, kOutside, kOutside);

  std::vector<LabelledFrame> result;
  for (const LabelledFrame& frame : frames) {
    expects(frame.image.size() == frames.front().image.size() &&
                frame.labels.size() == frame.image.size(),
            "the frames of a clip and their labels have one size");
    LabelledFrame made;
    try {
      cv::resize(frame.image(crop), made.image, size, 0, 0, cv::INTER_CUBIC);
      cv::resize(frame.labels(crop), made.labels, size, 0, 0, cv::INTER_NEAREST);
      if (mirror) {
        cv::flip(made.image, made.image, 1);
        cv::flip(made.labels, made.labels, 1);
      }
      jitter_colors(made.image, brightness, contrast, saturation);

      const cv::Mat affine = draw_affine(options.crop, options, random);
      cv::Mat moved;
      cv::warpAffine(made.image, moved, affine, size, cv::INTER_CUBIC, cv::BORDER_CONSTANT,
                     outside);
      cv::Mat moved_labels;
      cv::warpAffine(made.labels, moved_labels, affine, size, cv::INTER_NEAREST,
                     cv::BORDER_CONSTANT, 0);
      if (random.chance(options.warp)) {
        constexpr int kGrid = 4;
        std::vector<cv::Point2d> shifts;
        for (int i = 0; i < kGrid * kGrid; ++i)
          shifts.emplace_back(random.uniform(-0.05, 0.05), random.uniform(-0.05, 0.05));
        cv::Mat map_x;
        cv::Mat map_y;
        thin_plate_maps(options.crop, options.crop, kGrid, shifts, map_x, map_y);
        cv::Mat bent;
        cv::Mat bent_labels;
        cv::remap(moved, bent, map_x, map_y, cv::INTER_CUBIC, cv::BORDER_CONSTANT, outside);
        cv::remap(moved_labels, bent_labels, map_x, map_y, cv::INTER_NEAREST, cv::BORDER_CONSTANT,
                  0);
        moved = bent;
        moved_labels = bent_labels;
      }
      made.image = moved;
      made.labels = moved_labels;
    } catch (const cv::Exception& error) {
      throw Error(ErrorKind::bug, "",
                  std::string("a frame cannot be augmented (") + error.what() + ")");
    }
    jitter_colors(made.image, jitter(options.frame_jitter[0], random),
                  jitter(options.frame_jitter[1], random), jitter(options.frame_jitter[2], random));
    result.push_back(std::move(made));
  }
  return result;
}

}  // namespace angiobench
