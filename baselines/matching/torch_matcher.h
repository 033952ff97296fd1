// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "baselines/matching/matcher.h"

namespace angiobench {

/// Local matching by copies of the windows, with LibTorch (Sampling::unfold, shift, depth_wise).
/// Slow and large: per remembered frame and object window^2 times the values, one frame at a time.
std::unique_ptr<Matcher> make_torch_matcher(const MatchOptions& options);

}  // namespace angiobench
