// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>

#include "baselines/inference/video_session.h"
#include "baselines/networks/network_engine.h"
#include "baselines/predictor.h"
#include "baselines/predictors.h"

namespace angiobench {

/// How pixels (0..255) are normalised before the network sees them.
enum class Normalization {
  xray,      // (x / 255 - 0.5) / 0.5: the paper's network
  imagenet,  // ImageNet's mean and standard deviation a channel: STCN
};

struct NetworkPredictorOptions {
  std::string name;  // "stcn", "local"
  SessionOptions session;
  Normalization normalization = Normalization::xray;
  int resize = 0;  // shorter side that frames are resized to before the network; 0: not resized
  EngineKind engine = EngineKind::fast;
  std::string device = "cpu";
  int threads = 0;
};

/// A memory network as a predictor: normalises, resizes (bicubic), pads to multiples of 16,
/// propagates, takes the padding off, resizes the probabilities back (bilinear) and gives each
/// pixel its most probable object, of equal ones the background, then the least id. Where frames
/// are resized, even a prompted frame comes back through the probabilities, as in the official
/// code.
class NetworkPredictor final : public Predictor {
 public:
  NetworkPredictor(const NetworkPredictorOptions& options, std::unique_ptr<NetworkEngine> engine);

  void begin(const ClipInfo& clip) override;
  Mask step(const cv::Mat& rgb, const Mask* prompt, bool last) override;
  void take(const cv::Mat& rgb, const Mask& labels, Known how, bool last) override;
  std::string describe() const override;

  /// The probabilities of the last step, padded, background first (for tests); empty before the
  /// first prompt.
  std::span<const Plane> probabilities() const { return probabilities_; }
  const VideoSession& session() const { return *session_; }

 private:
  std::vector<float> to_input(const cv::Mat& rgb) const;
  std::vector<NewObject> to_objects(const Mask& labels) const;
  int padded_height() const { return height_ + padding_.top + padding_.bottom; }
  int padded_width() const { return width_ + padding_.left + padding_.right; }

  NetworkPredictorOptions options_;
  std::unique_ptr<NetworkEngine> engine_;
  std::optional<VideoSession> session_;
  ClipInfo clip_;
  int height_ = 0;  // after resizing
  int width_ = 0;
  Padding padding_;
  std::span<const Plane> probabilities_;
};

/// The predictors "stcn" and "local" of predictors.h. Throws as make_predictor.
std::unique_ptr<Predictor> make_stcn_predictor(const PredictorOptions& options);
std::unique_ptr<Predictor> make_local_predictor(const PredictorOptions& options);

/// The options of such a predictor, defaults filled in. Throws Error{usage}.
NetworkPredictorOptions network_predictor_options(std::string_view name,
                                                  const PredictorOptions& options);

}  // namespace angiobench
