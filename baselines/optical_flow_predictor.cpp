// SPDX-License-Identifier: MIT
#include "baselines/optical_flow_predictor.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

// OpenCV's estimator builds a pyramid down to patches of 8 pixels and fails on frames that have no
// room for one.
constexpr int kMinSide = 16;

class OpticalFlowPredictor final : public Predictor {
 public:
  void begin(const ClipInfo& clip) override {
    // A flow keeps no field from call to call, but a fresh estimator makes that sure.
    flow_ = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
    canvas_ = Mask(clip.width, clip.height);
    labels_ = canvas_;
    has_objects_ = false;
    grey_.release();
  }

  Mask step(const cv::Mat& rgb, const Mask* prompt, bool) override {
    follow_flow(rgb);
    if (prompt != nullptr) paint(*prompt);
    return labels_;
  }

  // Where the labels are what the flow gives they come from where they came from: frames that
  // follow are then those of a run that predicted this one.
  void take(const cv::Mat& rgb, const Mask& labels, Known, bool) override {
    follow_flow(rgb);
    if (has_objects_ && labels_ == labels) return;
    labels_ = labels;
    start_canvas();
  }

  std::string describe() const override { return "optical-flow DIS medium, composed"; }

 private:
  void follow_flow(const cv::Mat& rgb) {
    try {
      advance(rgb);
    } catch (const cv::Exception& error) {
      throw Error(ErrorKind::input, "", std::string("optical flow failed: ") + error.what());
    }
  }

  // From the frame before to this one.
  void advance(const cv::Mat& rgb) {
    cv::Mat grey;
    cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
    const bool has_room = grey.rows >= kMinSide && grey.cols >= kMinSide;
    if (has_objects_ && has_room) {
      cv::Mat back;
      flow_->calc(grey, grey_, back);
      compose(back);
      look_up();
    }
    grey_ = std::move(grey);
  }

  // Where each pixel came from: origin(x) <- origin(x + back(x)). What comes from outside the frame
  // continues its edge.
  void compose(const cv::Mat& back) {
    cv::Mat before(back.size(), CV_32FC2);
    for (int y = 0; y < back.rows; ++y) {
      const auto* const from = back.ptr<cv::Vec2f>(y);
      auto* const to = before.ptr<cv::Vec2f>(y);
      for (int x = 0; x < back.cols; ++x) {
        to[x] = cv::Vec2f(static_cast<float>(x) + from[x][0], static_cast<float>(y) + from[x][1]);
      }
    }
    cv::Mat origin;
    cv::remap(origin_, origin, before, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    origin_ = std::move(origin);
  }

  // The labels of this frame, from the canvas; every origin lies on it, for averages of places on
  // it do.
  void look_up() {
    for (int y = 0; y < labels_.height(); ++y) {
      const auto* const origin = origin_.ptr<cv::Vec2f>(y);
      for (int x = 0; x < labels_.width(); ++x) {
        const int from_x =
            std::clamp(static_cast<int>(std::lround(origin[x][0])), 0, canvas_.width() - 1);
        const int from_y =
            std::clamp(static_cast<int>(std::lround(origin[x][1])), 0, canvas_.height() - 1);
        labels_.at(x, y) = canvas_.at(from_x, from_y);
      }
    }
  }

  // Paints the new objects over what is there, which becomes the canvas of the frames to come.
  void paint(const Mask& prompt) {
    bool is_new = false;
    const auto num_pixels =
        static_cast<std::size_t>(prompt.width()) * static_cast<std::size_t>(prompt.height());
    for (std::size_t i = 0; i < num_pixels; ++i) {
      if (prompt.pixels()[i] == kBackgroundLabel) continue;
      labels_.pixels()[i] = prompt.pixels()[i];
      is_new = true;
    }
    if (is_new) start_canvas();
  }

  // The labels of this frame are what later ones come from.
  void start_canvas() {
    has_objects_ = true;
    canvas_ = labels_;
    origin_.create(canvas_.height(), canvas_.width(), CV_32FC2);
    for (int y = 0; y < origin_.rows; ++y) {
      auto* const origin = origin_.ptr<cv::Vec2f>(y);
      for (int x = 0; x < origin_.cols; ++x)
        origin[x] = cv::Vec2f(static_cast<float>(x), static_cast<float>(y));
    }
  }

  cv::Ptr<cv::DISOpticalFlow> flow_;
  cv::Mat grey_;    // the frame before
  Mask canvas_;     // labels at the frame of the last prompt
  cv::Mat origin_;  // for each pixel, its place on the canvas (x, y)
  Mask labels_;     // of the last frame
  bool has_objects_ = false;
};

}  // namespace

std::unique_ptr<Predictor> make_optical_flow_predictor(int threads) {
  // (TBB complains on stderr of more threads than there are cores.)
  cv::setNumThreads(threads > 0 ? std::min(threads, cv::getNumberOfCPUs()) : -1);
  return std::make_unique<OpticalFlowPredictor>();
}

}  // namespace angiobench
