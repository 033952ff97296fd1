// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "baselines/networks/network_engine.h"

namespace angiobench {

/// EngineKind::fast. Against the network as it is written down (torch_network.cpp):
/// batch norm is folded into the convolutions; 3x3 convolutions of stride 1 use Winograd's F(4x4,
/// 3x3) where the processor has it; and what does not depend on the object is computed once a frame
/// and kept in the encoding: both skip convolutions of the decoder, and, since a convolution is
/// linear in its input channels, the frame's part of decoder.compress, of the value encoder's first
/// convolution and of its fuser.
std::unique_ptr<NetworkEngine> make_fast_engine(const NetworkSpec& spec,
                                                std::shared_ptr<const StateDict> weights);

/// "oneDNN 2.6.3, blocks of 16".
std::string fast_engine_description();

/// Sets the threads of the OpenMP pool that oneDNN and our own loops use.
void set_pool_threads(int threads);

}  // namespace angiobench
