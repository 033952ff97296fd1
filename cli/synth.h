// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"

namespace angiobench::cli {

/// `angiobench synth`; in the media module.
int run_synth(const std::vector<std::string>& arguments, const Streams& streams);

}  // namespace angiobench::cli
