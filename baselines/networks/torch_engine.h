// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "baselines/networks/network_engine.h"

namespace angiobench {

/// EngineKind::torch.
std::unique_ptr<NetworkEngine> make_torch_engine(const NetworkSpec& spec, const StateDict& weights,
                                                 const std::string& device);

/// at::set_num_threads.
void set_torch_threads(int threads);

}  // namespace angiobench
