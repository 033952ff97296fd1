// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"

namespace angiobench::cli {

/// The verb `bench` (module "baselines").
int run_bench(const std::vector<std::string>& arguments, const Streams& streams);

}  // namespace angiobench::cli
