// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>

namespace angiobench {

/// Told how much of the work is done (0 <= done <= total); may be called from any thread.
/// Libraries never print: the program that passes it decides what a person sees.
using ProgressCallback = std::function<void(std::uint64_t done, std::uint64_t total)>;

}  // namespace angiobench
