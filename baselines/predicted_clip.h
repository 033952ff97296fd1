// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <string>

#include "baselines/runner.h"
#include "dataset/masks/mask.h"

namespace angiobench {

/// A frame of a predicted clip, as it is shown; valid during one call.
struct PredictedFrame {
  std::string name;
  std::size_t number = 0;  // in the clip, from 0
  cv::Mat rgb;             // scaled to the masks' size
  MaskView labels;
};

/// Reads a finished clip of the folder `out` back (predict_clips), frame by frame: one is held at a
/// time. Throws Error{input} where a frame has no mask, or one of another size than the first.
void for_each_predicted(const Clip& clip, const std::string& out,
                        const std::function<void(const PredictedFrame&)>& visit);

}  // namespace angiobench
