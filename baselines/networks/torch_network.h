// SPDX-License-Identifier: MIT
#pragma once

// For sources of baselines/ and its tests only: shows Torch types.
#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <string>

#include "baselines/weights/network_spec.h"
#include "baselines/weights/state_dict.h"

namespace angiobench {

/// A stored tensor, f32 or i64, as one of LibTorch in main memory.
at::Tensor to_tensor(const StoredTensor& stored);

/// The network that both baselines share, written down as the official code computes it, with the
/// official names. Differentiable: set requires_grad on parameters(). Batch norm uses its running
/// statistics, as the official code does even in training, unless batch_statistics is set.
class TorchNetwork {
 public:
  /// What the key encoder makes of frames B x 3 x H x W; H and W are multiples of 16.
  struct Features {
    at::Tensor key;   // 64 channels at 1/16: what is matched
    at::Tensor thin;  // 512 at 1/16: what the decoder sees beside the read-out
    at::Tensor f16;   // 1024 at 1/16
    at::Tensor f8;    // 512 at 1/8
    at::Tensor f4;    // 256 at 1/4
  };

  /// Copies the tensors of `weights`, which must fit `spec` (check_state_dict).
  TorchNetwork(const NetworkSpec& spec, const StateDict& weights,
               const std::string& device = "cpu");

  const NetworkSpec& spec() const { return spec_; }
  /// Every entry of the state dict by name, counters included.
  std::map<std::string, at::Tensor>& parameters() { return parameters_; }
  const std::map<std::string, at::Tensor>& parameters() const { return parameters_; }

  Features encode_key(const at::Tensor& image) const;
  /// image 1 or B x 3, f16 1 or B x 1024, mask and others B x 1 (the object's own mask, the sum of
  /// all others')
  /// -> B x 512
  at::Tensor encode_value(const at::Tensor& image, const at::Tensor& f16, const at::Tensor& mask,
                          const at::Tensor& others) const;
  /// readout B x 512 with features of batch 1 or B -> logits B x 1 x H x W. With `frame_of` (int64,
  /// B) read-out b belongs to the frame frame_of[b] of the features, and what depends on the frame
  /// alone is done once a frame.
  at::Tensor decode(const at::Tensor& readout, const Features& features,
                    const at::Tensor& frame_of = {}) const;

  /// Batch norm takes the statistics of the batch and moves the running ones a tenth towards them:
  /// for training from nothing.
  bool batch_statistics = false;

  /// Called with the name and the output of every layer that has parameters; for tests. Empty:
  /// nothing is called.
  std::function<void(const std::string& name, const at::Tensor& output)> trace;

 private:
  const at::Tensor& parameter(const std::string& name) const;
  at::Tensor conv(const at::Tensor& x, const std::string& name, int stride = 1) const;
  at::Tensor norm(const at::Tensor& x, const std::string& name) const;
  at::Tensor linear(const at::Tensor& x, const std::string& name) const;
  at::Tensor conv_norm(const at::Tensor& x, const std::string& conv_name,
                       const std::string& norm_name, int stride) const;
  at::Tensor stem(const at::Tensor& x, const std::string& name) const;
  at::Tensor bottleneck(const at::Tensor& x, const std::string& name, int stride) const;
  at::Tensor basic_block(const at::Tensor& x, const std::string& name, int stride) const;
  at::Tensor res_block(const at::Tensor& x, const std::string& name) const;
  at::Tensor attention(const at::Tensor& x, const std::string& name) const;
  at::Tensor upsample_block(const at::Tensor& skip, const at::Tensor& x, const std::string& name,
                            const at::Tensor& frame_of) const;

  NetworkSpec spec_;
  std::map<std::string, at::Tensor> parameters_;
};

/// Soft aggregation of k object probabilities [k, …] to k + 1 planes, background first: background
/// = product of (1 - p), all clamped to [1e-7, 1 - 1e-7]. Gives the log-odds, or their softmax.
at::Tensor aggregate_logits(const at::Tensor& probabilities);
at::Tensor aggregate(const at::Tensor& probabilities);

}  // namespace angiobench
