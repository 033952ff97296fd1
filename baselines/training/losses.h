// SPDX-License-Identifier: MIT
#pragma once

// For sources of baselines/ and its tests only: shows Torch types.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>

#include "baselines/training/schedule.h"

namespace angiobench {

/// Cross-entropy over the hardest pixels of one sample: logits [1, classes, H, W], target [1, H, W]
/// (int64). All pixels before the schedule's start, then the mean of the floor(N p) largest losses,
/// p = hard_fraction(iteration).
at::Tensor bootstrapped_cross_entropy(const at::Tensor& logits, const at::Tensor& target,
                                      std::int64_t iteration,
                                      const BootstrapSchedule& schedule = {});

/// The projection that the contrastive loss compares cells in: 1x1 convolution, ReLU, 1x1
/// convolution, unit length. The paper says "light convolutional head" and no more; it is used in
/// training only and never stored with a network.
struct ContrastHead {
  at::Tensor hidden_weight;  // [channels, channels, 1, 1]
  at::Tensor hidden_bias;
  at::Tensor output_weight;  // [width, channels, 1, 1]
  at::Tensor output_bias;

  /// He initialisation from a seed; every tensor requires a gradient.
  static ContrastHead random(int channels, int width, std::uint64_t seed,
                             const at::TensorOptions& options);
  /// features [F, channels, h, w] -> [F, width, h, w], each cell of unit length.
  at::Tensor project(const at::Tensor& features) const;
  std::map<std::string, at::Tensor> parameters() const;
};

/// What the paper leaves open, with our choice.
struct ContrastOptions {
  double temperature = 0.1;  // not given
  /// Of an object: bounds the memory of the similarity matrix; the paper has no bound
  int max_anchors = 256;
};

/// The paper's spatio-temporal contrastive loss over the cells of all key frames (eq. 11-13). For
/// each object as many anchors as the object with the fewest cells has, drawn at random; an
/// anchor's positives are all other cells of its object in any frame, its negatives all cells that
/// are not. InfoNCE, mean over positives, then over anchors: -log(e^(a.p/t) / (e^(a.p/t) + sum over
/// negatives n of e^(a.n/t))). `projected` [F, C, h, w] of unit length, `labels` [F, h, w] (int64,
/// 0 background, which has no anchors). 0 where no object has two cells. An interpretation: the
/// authors' code has no such loss.
at::Tensor contrastive_loss(const at::Tensor& projected, const at::Tensor& labels,
                            const ContrastOptions& options, synth::Random& random);

}  // namespace angiobench
