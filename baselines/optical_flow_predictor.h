// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "baselines/predictor.h"

namespace angiobench {

/// Carries the prompts along the optical flow (Kroeger et al., "Fast Optical Flow using Dense
/// Inverse Search", ECCV 2016; OpenCV's implementation): the floor that a learned method must beat
/// on moving objects.
///
/// For each frame the flow back to the frame before is estimated and composed with the place that
/// every pixel of that frame came from, in sub-pixels; labels are looked up once, on the frame of
/// the last prompt. (Carrying labels from frame to frame would round each step, and a steady motion
/// below half a pixel would be lost.) There is no test of whether the flow forth and back agree:
/// what it takes away of fast objects costs more than it cleans up.
///
/// `threads` (0: all cores) is what OpenCV takes, in the whole program; the result does not depend
/// on it.
std::unique_ptr<Predictor> make_optical_flow_predictor(int threads = 0);

}  // namespace angiobench
