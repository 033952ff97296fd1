// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"

namespace angiobench::cli {

/// The verb "predict", of the module "baselines".
int run_predict(const std::vector<std::string>& arguments, const Streams& streams);

}  // namespace angiobench::cli
