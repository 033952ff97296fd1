// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "dataset/benchmark.h"
#include "tests/support/temp_folder.h"

namespace angiobench::test {

/// Writes a small sound data set into `folder`/data and a submission for it into
/// `folder`/predictions, both as the benchmark describes them: two sequences (of its official split
/// where it has one) of seven frames, or two single images; two squares that move (one where the
/// labels have one object), of which the second vanishes for two frames. The predictions are a
/// pixel larger than the truth, but for the first frame. Lists and json that the benchmark names
/// are written, too.
void write_tiny_benchmark(const TempFolder& folder, const BenchmarkDefinition& benchmark);

/// Packs a folder's files into a zip, as they are.
void zip_folder(const std::string& folder, const std::string& zip);

}  // namespace angiobench::test
