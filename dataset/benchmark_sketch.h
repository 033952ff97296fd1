// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "dataset/benchmark.h"

namespace angiobench {

/// A benchmark definition made from what lies in a folder, and what the folder could not tell.
struct BenchmarkSketch {
  BenchmarkDefinition benchmark;
  std::string definition;            // the text of its file (schema "benchmark-1")
  std::vector<std::string> found;    // what was seen, a clause each
  std::vector<std::string> unknown;  // what the user has to say, and where
};

/// Looks at a folder of masks: <sequence>/<frame>.png, one PNG a frame or one an object
/// (<sequence>/<object>/<frame>.png), up to three folders down, and frames of the same sequences
/// beside them. Reads the first, middle and last mask of each of up to 200 sequences. `name` is the
/// benchmark's; empty: the folder's. Throws Error{input} where there are no masks, naming what is
/// there.
BenchmarkSketch sketch_benchmark(const std::string& folder, const std::string& name = {});

}  // namespace angiobench
