// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "baselines/weights/network_spec.h"
#include "baselines/weights/state_dict.h"

namespace angiobench {

/// The seed of `--weights seed`, and of the reference weights that the golden figures were made
/// with.
inline constexpr std::uint64_t kReferenceSeed = 20240117;

/// Weights of the official network from a seed and a calibration: bit for bit those that the golden
/// figures were made with. Every convolution and linear weight w_i = v_i * bound(name), where v is
/// a splitmix64 stream keyed by FNV-1a(name), uniform in [-1, 1), and bound(name) is the
/// calibration's tensor "bound:<name>"; everything else (batch norm, biases, decoder.pred.weight)
/// is the calibration's. They propagate masks, but are not trained. Throws Error{input} where the
/// calibration lacks something; `path` names it in messages.
StateDict reference_weights(const StateDict& calibration, const std::string& path,
                            std::uint64_t seed = kReferenceSeed);

/// Weights for a network of any size from a seed alone: the same stream with He's bounds sqrt(6 /
/// inputs), the last convolution of a residual block reduced, the last of all nearly nothing, batch
/// norm neutral, biases 0. For
/// tests of speed and plumbing, and where training starts; what they predict means nothing.
StateDict random_weights(const NetworkSpec& spec, std::uint64_t seed = kReferenceSeed);

/// The check sum of weights_digest.json: sum over the tensor's 32-bit words u_i * (2 i + 1), modulo
/// 2^64.
std::uint64_t tensor_check_sum(const StoredTensor& tensor);

}  // namespace angiobench
