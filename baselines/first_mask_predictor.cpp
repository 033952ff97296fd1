// SPDX-License-Identifier: MIT
#include "baselines/first_mask_predictor.h"

#include <cstddef>

namespace angiobench {
namespace {

class FirstMaskPredictor final : public Predictor {
 public:
  void begin(const ClipInfo& clip) override { labels_ = Mask(clip.width, clip.height); }

  Mask step(const cv::Mat&, const Mask* prompt, bool) override {
    if (prompt != nullptr) paint(*prompt);
    return labels_;
  }

  void take(const cv::Mat&, const Mask& labels, Known, bool) override { labels_ = labels; }

  std::string describe() const override { return "first-mask"; }

 private:
  void paint(const Mask& prompt) {
    const auto num_pixels =
        static_cast<std::size_t>(prompt.width()) * static_cast<std::size_t>(prompt.height());
    for (std::size_t i = 0; i < num_pixels; ++i) {
      if (prompt.pixels()[i] != kBackgroundLabel) labels_.pixels()[i] = prompt.pixels()[i];
    }
  }

  Mask labels_;
};

}  // namespace

std::unique_ptr<Predictor> make_first_mask_predictor() {
  return std::make_unique<FirstMaskPredictor>();
}

}  // namespace angiobench
