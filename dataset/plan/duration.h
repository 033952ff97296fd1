// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace angiobench {

/// Seconds as plans tell them: "45 s", "12 min", "3.5 h"; at least a second.
std::string duration_words(double seconds);

/// What predicting a clip costs, in the unit of PlanItem::cost: frames x pixels of a frame x
/// (2 + objects); 1, 3 and 5 objects take 0.95, 1.57 and 2.2 s.
std::uint64_t predict_cost(std::uint64_t frames, std::uint64_t pixels, std::uint64_t objects);

/// Seconds of one core that a learned network of the official size takes for a cost: a frame of
/// 512x512 with one object 0.95 s.
double network_seconds(std::uint64_t cost);

}  // namespace angiobench
