// SPDX-License-Identifier: MIT
#include "dataset/synth/mask_scene.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core/mat.hpp>
#include <opencv2/imgproc.hpp>

#include "dataset/error.h"
#include "dataset/synth/random.h"

namespace angiobench::synth {
namespace {

enum Stream : std::uint64_t { kView, kHeart, kMotion, kBackground, kImaging, kDensity, kNoise };

// What lies before an object cuts a gap into its mask: close gaps, but only over other objects'
// pixels and the thin border that annotators leave beside them.
cv::Mat whole_shape(const MaskView& mask, std::uint8_t label) {
  cv::Mat own(mask.height, mask.width, CV_8UC1);
  cv::Mat others(mask.height, mask.width, CV_8UC1);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      own.at<std::uint8_t>(y, x) = mask.at(x, y) == label ? 255 : 0;
      others.at<std::uint8_t>(y, x) = mask.at(x, y) != label && mask.at(x, y) != 0 ? 255 : 0;
    }
  }
  cv::dilate(others, others, cv::Mat::ones(5, 5, CV_8U));
  const int reach = std::max(3, mask.width / 40) | 1;
  cv::Mat closed;
  cv::morphologyEx(own, closed, cv::MORPH_CLOSE,
                   cv::getStructuringElement(cv::MORPH_ELLIPSE, {reach, reach}));
  closed = (closed & others) | own;
  return closed;
}

// Distance of every pixel's centre to the border of the shape.
cv::Mat depth_of(const cv::Mat& shape) {
  cv::Mat depth;
  cv::distanceTransform(shape, depth, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  depth = depth - 0.5;  // the border runs between pixels
  depth.setTo(0, shape == 0);
  return depth;
}

// Whether no neighbour lies deeper: the medial axis, one or two pixels wide.
bool on_axis(const cv::Mat& depth, int x, int y) {
  const float own = depth.at<float>(y, x);
  if (own <= 0) return false;
  int deeper = 0;
  for (int v = std::max(0, y - 1); v <= std::min(depth.rows - 1, y + 1); ++v) {
    for (int u = std::max(0, x - 1); u <= std::min(depth.cols - 1, x + 1); ++u) {
      if (depth.at<float>(v, u) > own + 0.35F) ++deeper;
    }
  }
  return deeper == 0;
}

Image thickness_of_shape(const cv::Mat& shape) {
  const cv::Mat depth = depth_of(shape);
  Image squares(shape.cols, shape.rows);
  for (int y = 0; y < shape.rows; ++y) {
    for (int x = 0; x < shape.cols; ++x) {
      if (shape.at<std::uint8_t>(y, x) == 0) continue;
      if (!on_axis(depth, x, y)) continue;
      const float radius = depth.at<float>(y, x) + 0.25F;
      const int reach = static_cast<int>(radius);
      for (int v = std::max(0, y - reach); v <= std::min(shape.rows - 1, y + reach); ++v) {
        for (int u = std::max(0, x - reach); u <= std::min(shape.cols - 1, x + reach); ++u) {
          const auto distance = static_cast<float>((u - x) * (u - x) + (v - y) * (v - y));
          squares.at(u, v) = std::max(squares.at(u, v), radius * radius - distance);
        }
      }
    }
  }
  for (int y = 0; y < shape.rows; ++y) {
    for (int x = 0; x < shape.cols; ++x) {
      // What no ball reached (corners of the pixel grid) still lies in the shape.
      const float least = shape.at<std::uint8_t>(y, x) != 0 ? 0.2F : 0.0F;
      squares.at(x, y) =
          shape.at<std::uint8_t>(y, x) != 0 ? 2 * std::sqrt(std::max(squares.at(x, y), least)) : 0;
    }
  }
  return squares;
}

}  // namespace

Image thickness_of(const MaskView& mask, std::uint8_t label) {
  try {
    return thickness_of_shape(whole_shape(mask, label));
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::bug, "",
                std::string("the thickness of a shape cannot be found (") + error.what() + ")");
  }
}

Category guess_category(const MaskView& mask, std::uint8_t label) {
  const cv::Mat shape = whole_shape(mask, label);
  const cv::Mat depth = depth_of(shape);
  double area = 0;
  double widest = 0;
  double sum = 0;
  double squares = 0;
  double number = 0;
  for (int y = 0; y < shape.rows; ++y) {
    for (int x = 0; x < shape.cols; ++x) {
      if (shape.at<std::uint8_t>(y, x) == 0) continue;
      ++area;
      if (!on_axis(depth, x, y)) continue;
      const auto radius = static_cast<double>(depth.at<float>(y, x));
      widest = std::max(widest, radius);
      if (radius < 0.8) continue;
      sum += radius;
      squares += radius * radius;
      ++number;
    }
  }
  const double unit = mask.width / 512.0;
  const double mean = number > 0 ? sum / number : 0.7;
  const double spread =
      number > 0 ? std::sqrt(std::max(0.0, squares / number - mean * mean)) / mean : 0;
  const double elongation =
      area / (4 * std::max(0.5, widest) * std::max(0.5, widest));  // length over width
  if (elongation < 4) return widest > 9 * unit ? Category::balloon : Category::others;
  if (spread < 0.3 && mean < 6 * unit) return Category::catheter;
  return Category::vessel;
}

MaskScene::MaskScene(const std::vector<Mask>& masks, const std::vector<int>& frame_numbers,
                     const std::map<int, Category>& categories, Difficulty difficulty,
                     std::uint64_t seed)
    : masks_(masks),
      frame_numbers_(frame_numbers),
      categories_(categories),
      seed_(seed),
      view_([&] {
        expects(!masks.empty() && masks.size() == frame_numbers.size(),
                "a sequence has masks, each with its number");
        Random random(mix_seed(seed, kView));
        const int width = masks.front().width();
        return View(random.uniform(-40, 50), random.uniform(-30, 30), 1050, 765,
                    random.uniform(150, 185) / width, width, masks.front().height());
      }()),
      heart_([&] {
        Random random(mix_seed(seed, kHeart));
        return random_heart(random);
      }()),
      motion_(heart_, MotionOptions{},
              *std::max_element(frame_numbers.begin(), frame_numbers.end()) + 1,
              mix_seed(seed, kMotion)),
      imaging_(imaging_for(difficulty, masks.front().width(), mix_seed(seed, kImaging))) {
  // Find every object's largest appearance, and from it what the object is.
  std::map<int, std::pair<int, std::size_t>> largest;
  for (std::size_t k = 0; k < masks.size(); ++k) {
    std::array<int, 256> areas{};
    for (int y = 0; y < masks[k].height(); ++y) {
      for (int x = 0; x < masks[k].width(); ++x) ++areas[masks[k].at(x, y)];
    }
    for (int id = 1; id < 256; ++id) {
      const int area = areas[static_cast<std::size_t>(id)];
      if (area > 0 && area > largest[id].first) largest[id] = {area, k};
    }
  }
  Random random(mix_seed(seed, kDensity));
  for (const auto& [id, place] : largest) {
    if (!categories_.contains(id)) {
      categories_[id] = guess_category(masks[place.second].view(), static_cast<std::uint8_t>(id));
    }
    switch (categories_[id]) {
      case Category::vessel:
        density_[id] = kIodine * random.uniform(0.45, 0.8);
        break;
      case Category::contrast_catheter:
      case Category::catheter:
        density_[id] = random.uniform(0.09, 0.2);
        break;
      case Category::balloon:
        density_[id] = random.uniform(0.015, 0.035);
        break;
      default:
        density_[id] = random.uniform(0.1, 0.3);
        break;
    }
  }
  Random choice(mix_seed(seed, kBackground));
  BackgroundOptions background;
  background.texture = choice.uniform(0.7, 1.2);
  background.num_wires = choice.chance(0.2) ? 1 : 0;
  background_ =
      std::make_unique<Background>(view_, heart_, background, mix_seed(seed, kBackground, 1));
  reference_ =
      log_reference(detected(transmitted(attenuation(0)), imaging_, mix_seed(seed_, kNoise)),
                    background_->shutters());
}

Image MaskScene::attenuation(std::size_t k) const {
  Image total = background_->frame(motion_, frame_numbers_[k]);
  const Mask& mask = masks_[k];
  std::array<bool, 256> present{};
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) present[mask.at(x, y)] = true;
  }
  for (const auto& [id, density] : density_) {
    if (!present[static_cast<std::size_t>(id)]) continue;
    const Image thickness =
        gaussian_blur(thickness_of(mask.view(), static_cast<std::uint8_t>(id)), 0.6);
    const auto per_pixel = static_cast<float>(density / view_.scale());
    for (std::size_t i = 0; i < total.pixels.size(); ++i)
      total.pixels[i] += per_pixel * thickness.pixels[i];
  }
  return total;
}

std::vector<std::uint8_t> MaskScene::render(std::size_t k) const {
  const Image counts = detected(transmitted(attenuation(k)), imaging_, mix_seed(seed_, kNoise, k));
  return displayed(counts, imaging_, reference_);
}

}  // namespace angiobench::synth
