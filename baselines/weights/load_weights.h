// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "baselines/weights/network_spec.h"
#include "baselines/weights/state_dict.h"

namespace angiobench {

/// Weights that a network can load, and what to say of them.
struct LoadedWeights {
  std::shared_ptr<const StateDict> weights;  // checked: every name, shape and value
  NetworkSpec spec;
  std::string source;  // file name without folders, or "seed"
  std::string digest;  // state_dict_digest
  /// What the network that was trained expects of its input, where the file says it: "xray" or
  /// "imagenet", and the shorter side that frames are resized to (0: as they are; -1: not said).
  std::string normalization;
  int resize = -1;
  /// What was taken and left: of several sets which, tensors that the network does not have.
  std::vector<std::string> notes;
  bool is_trained = true;  // false: made from a seed, so that what they predict means nothing
};

/// Loads what `--weights` names: a file (read_weights), "FILE#NAME" (of several sets in a file the
/// one of this name), "small" (shipped_weights), "seed" (random_weights of the official size) or
/// "seed:FILE" (reference_weights with the calibration in FILE). A file may hold further tensors,
/// which are left out, and lack num_batches_tracked, which takes no part in predicting. Throws as
/// those and check_state_dict do.
LoadedWeights load_weights(const std::string& name);

}  // namespace angiobench
