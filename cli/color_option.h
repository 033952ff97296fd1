// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cli/option_set.h"
#include "dataset/benchmark.h"

namespace angiobench::cli {

/// --colours: the table through which masks in colours are read, a file or "voc".
void add_colors_option(OptionSet& options, std::string& colors);

/// The benchmark that --dataset names, with the colours that --colours names (empty: its own).
BenchmarkDefinition benchmark_with(const std::string& dataset, const std::string& colors);

}  // namespace angiobench::cli
