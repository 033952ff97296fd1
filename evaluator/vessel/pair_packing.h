// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluator/vessel/pair_counts.h"

namespace angiobench {

/// A pair's integers in few bytes (half a KB for a usual object): small numbers take one byte, a
/// bin of distances two or three. While a sequence is open every object of every frame is kept so.
std::vector<std::uint8_t> pack_pair(const PairCounts& counts);

/// What pack_pair was given; the capacity of `counts` is reused.
void unpack_pair(std::span<const std::uint8_t> bytes, PairCounts& counts);

}  // namespace angiobench
