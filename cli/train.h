// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"

namespace angiobench::cli {

/// `angiobench train`: data to weights. In the module of the baselines.
int run_train(const std::vector<std::string>& arguments, const Streams& streams);

}  // namespace angiobench::cli
