// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

namespace angiobench {

/// Which of a file's tensors are the network's weights. Tools wrap a state dict in dicts of a
/// checkpoint ("model", "net", …) and put words before its names ("module.", "_orig_mod."); with
/// the keys of the dicts joined to the names by dots both are the same: a prefix.
struct WeightsSet {
  std::string prefix;               // "model_ema.module."; empty: the names are the network's own
  bool is_average = false;          // a moving average of the weights (EMA, SWA), by its name
  std::vector<std::string> others;  // prefixes of further sets that the file holds
};

/// Finds the sets by the first tensor of the network ("key_encoder.conv1.weight"). Of several an
/// average is taken, as evaluations do, else that of "network", "model" or "state_dict", else the
/// first. `wanted` names one instead ("model", "model_ema.module"). Where no name is the network's,
/// the prefix is that of "network", "model" or "state_dict", and "module." where every name has it.
/// Throws Error{input} where `wanted` is none of them.
WeightsSet choose_weights_set(std::span<const std::string> names, const std::string& wanted,
                              const std::string& path);

/// What a person should know of the choice: empty where there was none.
std::string weights_set_note(const WeightsSet& set);

/// Some of many names for a message: "'a', 'b', 'c' and 402 more".
std::string some_names(std::span<const std::string> names);

}  // namespace angiobench
