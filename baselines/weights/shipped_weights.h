// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace angiobench {

/// A safetensors file that is part of this program: "small", the network that
/// scripts/train_reference.sh trains (baselines/weights/README.md). Nothing for another name.
std::optional<std::span<const std::uint8_t>> shipped_weights(std::string_view name);

}  // namespace angiobench
