// SPDX-License-Identifier: MIT
#pragma once

// For sources of baselines/ and its tests only: shows Torch types.
#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

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

/// A step's loss (differentiable), and its parts; means over the clips.
struct StepLoss {
  at::Tensor total;
  double first = 0;     // cross-entropy of the second frame, which is predicted from the first
  double second = 0;    // of the third
  double contrast = 0;  // before its weight
  /// Of every clip both predicted frames, [1, objects + 1, H, W].
  std::vector<std::array<at::Tensor, 2>> logits;
};

/// The official training forward: the first frame's masks are given, the second is predicted from
/// it, its soft prediction becomes a memory, the third is predicted from both. Softmax over all
/// candidates, no top-k. A clip with one object is judged on two classes, and no second one is
/// computed. `head` null: no contrastive loss; else it compares the key features (f16, projected)
/// of the three frames of each clip, labels taken at the middle of each cell. The clips (1 or more)
/// have one size; all go through the network together.
StepLoss batch_loss(const TorchNetwork& network, std::span<const TrainingClip> clips,
                    const StepOptions& options, std::int64_t iteration, const ContrastHead* head,
                    synth::Random& random);

}  // namespace angiobench
