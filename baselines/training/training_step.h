// SPDX-License-Identifier: MIT
#pragma once

// For sources of baselines/ and its tests only: shows Torch types.
#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>

#include "baselines/networks/torch_network.h"
#include "baselines/training/losses.h"

namespace angiobench {

/// Three frames of one sample with up to two objects; H and W are multiples of 16.
struct TrainingClip {
  at::Tensor images;  // [3, 3, H, W], normalised
  at::Tensor labels;  // [3, H, W], int64: 0 background, 1 the target, 2 the second object
  bool has_second = false;
};

struct StepOptions {
  int window = 0;  // local matching's window, odd; 0: global matching
  BootstrapSchedule bootstrap;
  double contrast_weight = 0.01;  // only where a head is given
  ContrastOptions contrast;
};

/// What one clip contributes to a step's loss (differentiable), and its parts.
struct StepLoss {
  at::Tensor total;
  double first = 0;     // cross-entropy of the second frame, which is predicted from the first
  double second = 0;    // of the third
  double contrast = 0;  // before its weight
  std::array<at::Tensor, 2> logits;  // [1, 3, H, W] of both predicted frames
};

/// The official training forward: the first frame's masks are given, the second is predicted from
/// it, its soft prediction becomes a memory, the third is predicted from both. Softmax over all
/// candidates, no top-k. A clip with one object is judged on two classes. `head` null: no
/// contrastive loss; else it compares the key features (f16, projected) of all three frames, labels
/// taken at the middle of each cell.
StepLoss clip_loss(const TorchNetwork& network, const TrainingClip& clip,
                   const StepOptions& options, std::int64_t iteration, const ContrastHead* head,
                   synth::Random& random);

}  // namespace angiobench
