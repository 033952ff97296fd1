// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <vector>

#include "baselines/weights/state_dict.h"

namespace angiobench {

/// Depth and width of the network that both baselines share. The defaults are the official ones;
/// smaller ones can be trained on a CPU. Every channel count is a multiple of `width`, so one
/// number scales the whole network.
struct NetworkSpec {
  int width = 64;  // channels of the first stage, a multiple of 2
  std::array<int, 3> key_blocks = {3, 4,
                                   6};  // bottleneck blocks of res2, layer2, layer3 (ResNet-50)
  std::array<int, 3> value_blocks = {
      2, 2, 2};  // basic blocks of layer1..3 of the value encoder (ResNet-18)

  int f4_channels() const { return 4 * width; }     // 256: key encoder at 1/4
  int f8_channels() const { return 8 * width; }     // 512: at 1/8
  int f16_channels() const { return 16 * width; }   // 1024: at 1/16
  int key_channels() const { return width; }        // 64
  int value_channels() const { return 8 * width; }  // 512; also f16_thin
  int mid_channels() const { return 4 * width; }    // 256: decoder, last stage of the value encoder
  int gate_channels() const { return width / 2; }   // 32: hidden layer of the channel gate

  friend bool operator==(const NetworkSpec&, const NetworkSpec&) = default;
};

/// Names, shapes and order of the state dict of such a network: the official 405 entries with the
/// defaults.
std::vector<TensorSpec> network_tensors(const NetworkSpec& spec = {});

/// The spec that the shapes of some weights imply (width from key_encoder.conv1, depths from the
/// numbered blocks), so that small networks load without options. Throws Error{input} where the
/// names are not those of this network.
NetworkSpec network_spec_of(const StateDict& weights, const std::string& path);

}  // namespace angiobench
