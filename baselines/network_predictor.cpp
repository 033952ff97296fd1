// SPDX-License-Identifier: MIT
#include "baselines/network_predictor.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/image_size.h"

namespace angiobench {
namespace {

// A frame of this many pixels needs about 10 GB; larger ones are refused rather than left to swap.
constexpr std::int64_t kMaxPixels = std::int64_t{4096} * 2304;

struct ChannelStatistics {
  std::array<float, 3> mean;
  std::array<float, 3> deviation;
};

ChannelStatistics statistics(Normalization normalization) {
  if (normalization == Normalization::xray) return {{0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}};
  return {{0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}};  // torchvision's for ImageNet
}

// One plane a label, 1 where the mask has it.
std::vector<NewObject> split_labels(const Mask& mask) {
  std::map<int, Plane> planes;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const int label = mask.at(x, y);
      if (label == kBackgroundLabel) continue;
      planes.try_emplace(label, mask.height(), mask.width()).first->second.at(y, x) = 1;
    }
  }
  std::vector<NewObject> objects;
  for (auto& [label, plane] : planes) objects.push_back({label, std::move(plane)});
  return objects;
}

}  // namespace

NetworkPredictor::NetworkPredictor(const NetworkPredictorOptions& options,
                                   std::unique_ptr<NetworkEngine> engine)
    : options_(options), engine_(std::move(engine)) {
  session_.emplace(*engine_, options_.session);
}

void NetworkPredictor::begin(const ClipInfo& clip) {
  if (clip.width < 1 || clip.height < 1) {
    throw Error(ErrorKind::input, clip.name, size_text(clip.width, clip.height) + " frames",
                "at least one pixel");
  }
  clip_ = clip;
  height_ = clip.height;
  width_ = clip.width;
  if (options_.resize > 0) {
    // The shorter side becomes `resize`, the longer follows, rounded down (torchvision).
    const int shorter = std::min(clip.width, clip.height);
    const auto scaled = [&](int side) {
      return static_cast<int>(static_cast<std::int64_t>(options_.resize) * side / shorter);
    };
    height_ = scaled(clip.height);
    width_ = scaled(clip.width);
  }
  if (static_cast<std::int64_t>(height_) * width_ > kMaxPixels) {
    throw Error(ErrorKind::limit, clip.name,
                std::to_string(width_) + "x" + std::to_string(height_) + " frames",
                "at most 4096x2304 pixels: --resize makes them smaller");
  }
  padding_ = padding_to_16(height_, width_);
  probabilities_ = {};
  session_.emplace(*engine_, options_.session);
  set_engine_threads(options_.threads);
}

std::vector<float> NetworkPredictor::to_input(const cv::Mat& rgb) const {
  const ChannelStatistics normal = statistics(options_.normalization);
  std::vector<float> image;
  for (int channel = 0; channel < 3; ++channel) {
    Plane plane(rgb.rows, rgb.cols);
    for (int y = 0; y < rgb.rows; ++y) {
      const std::uint8_t* row = rgb.ptr<std::uint8_t>(y);
      for (int x = 0; x < rgb.cols; ++x) {
        plane.at(y, x) =
            (static_cast<float>(row[3 * x + channel]) / 255.0F - normal.mean[channel]) /
            normal.deviation[channel];
      }
    }
    const Plane padded = pad(resize_bicubic(plane, height_, width_), padding_);
    image.insert(image.end(), padded.pixels.begin(), padded.pixels.end());
  }
  return image;
}

// The masks at the network's size.
std::vector<NewObject> NetworkPredictor::to_objects(const Mask& labels) const {
  expects(labels.width() == clip_.width && labels.height() == clip_.height,
          "a prompt has the clip's size");
  std::vector<NewObject> objects = split_labels(labels);
  for (NewObject& object : objects)
    object.mask = pad(resize_nearest(object.mask, height_, width_), padding_);
  return objects;
}

void NetworkPredictor::take(const cv::Mat& rgb, const Mask& labels, Known how, bool last) {
  expects(rgb.rows == clip_.height && rgb.cols == clip_.width && rgb.type() == CV_8UC3,
          "a frame has the clip's size and three channels");
  session_->take(to_input(rgb), padded_height(), padded_width(), to_objects(labels), how, last);
  probabilities_ = {};
}

Mask NetworkPredictor::step(const cv::Mat& rgb, const Mask* prompt, bool last) {
  expects(rgb.rows == clip_.height && rgb.cols == clip_.width && rgb.type() == CV_8UC3,
          "a frame has the clip's size and three channels");

  std::vector<NewObject> objects;
  if (prompt != nullptr) objects = to_objects(*prompt);
  const std::vector<float> image = to_input(rgb);
  probabilities_ = session_->step(image, padded_height(), padded_width(),
                                  prompt != nullptr ? &objects : nullptr, last);
  Mask labels(clip_.width, clip_.height);
  if (probabilities_.empty()) return labels;

  // Give each pixel its most probable plane.
  Plane best = resize_bilinear(unpad(probabilities_[0], padding_), clip_.height, clip_.width);
  for (std::size_t i = 1; i < probabilities_.size(); ++i) {
    const Plane plane =
        resize_bilinear(unpad(probabilities_[i], padding_), clip_.height, clip_.width);
    const auto label = static_cast<std::uint8_t>(session_->object_ids()[i - 1]);
    for (std::size_t pixel = 0; pixel < plane.pixels.size(); ++pixel) {
      if (plane.pixels[pixel] <= best.pixels[pixel]) continue;
      best.pixels[pixel] = plane.pixels[pixel];
      labels.pixels()[pixel] = label;
    }
  }
  return labels;
}

std::string NetworkPredictor::describe() const {
  const MatchOptions& match = options_.session.match;
  std::string text = options_.name + " matching " + std::string(matching_name(match.matching));
  if (match.matching != Matching::global) text += " window " + std::to_string(match.window);
  if (match.matching == Matching::local_best_match)
    text += " (window on the best match: no reference exists)";
  if (match.sampling != Sampling::direct)
    text += " sampling " + std::string(sampling_name(match.sampling));
  text += " top-k " + std::to_string(match.top_k) + " memory-every " +
          std::to_string(options_.session.memory_every);
  if (options_.session.include_last) text += " include-last";
  if (options_.session.max_memory_frames > 0) {
    text += " max-memory-frames " + std::to_string(options_.session.max_memory_frames);
  }
  text += options_.normalization == Normalization::xray ? " normalization xray"
                                                        : " normalization imagenet";
  if (options_.resize > 0) text += " resize " + std::to_string(options_.resize);
  return text + " engine " + std::string(engine_name(options_.engine)) + " (" +
         engine_->describe() + ")";
}

NetworkPredictorOptions network_predictor_options(std::string_view name,
                                                  const PredictorOptions& options) {
  const bool local = name == "local";
  NetworkPredictorOptions result;
  result.name = std::string(name);
  if (!local && options.window > 0) {
    throw Error::about(ErrorKind::usage, "window", "is " + std::to_string(options.window),
                       "no window: stcn matches globally");
  }
  if (!local && options.best_match_window) {
    throw Error::about(ErrorKind::usage, "best_match_window", "is given",
                       "the predictor 'local': stcn matches globally");
  }
  result.session.match.matching = !local                      ? Matching::global
                                  : options.best_match_window ? Matching::local_best_match
                                                              : Matching::local;
  if (options.window != -1) result.session.match.window = options.window;
  if (options.top_k != -1) result.session.match.top_k = options.top_k;
  if (options.memory_every != -1) result.session.memory_every = options.memory_every;
  if (options.max_memory_frames != -1) {
    result.session.max_memory_frames = options.max_memory_frames;
  }
  result.session.include_last = options.include_last;
  result.normalization = local ? Normalization::xray : Normalization::imagenet;
  if (options.normalization == "xray") {
    result.normalization = Normalization::xray;
  } else if (options.normalization == "imagenet") {
    result.normalization = Normalization::imagenet;
  } else if (!options.normalization.empty()) {
    throw Error::about(ErrorKind::usage, "normalization", "is '" + options.normalization + "'",
                       "xray or imagenet");
  }
  result.resize = options.resize == -1 ? (local ? 0 : 480) : options.resize;
  if (result.resize != 0 && result.resize < 16) {
    throw Error::about(ErrorKind::usage, "resize", "is " + std::to_string(options.resize),
                       "0 (as it is) or at least 16");
  }
  result.engine = best_engine(options.device);
  result.device = options.device;
  result.threads = options.threads;
  return result;
}

namespace {

std::unique_ptr<Predictor> make_network_predictor(std::string_view name,
                                                  const PredictorOptions& options) {
  const NetworkPredictorOptions own = network_predictor_options(name, options);
  expects(options.weights != nullptr, "a learned predictor has weights");
  const NetworkSpec spec = network_spec_of(*options.weights, "weights");
  return std::make_unique<NetworkPredictor>(
      own, make_engine(own.engine, spec, options.weights, own.device));
}

}  // namespace

std::unique_ptr<Predictor> make_stcn_predictor(const PredictorOptions& options) {
  return make_network_predictor("stcn", options);
}

std::unique_ptr<Predictor> make_local_predictor(const PredictorOptions& options) {
  return make_network_predictor("local", options);
}

}  // namespace angiobench
