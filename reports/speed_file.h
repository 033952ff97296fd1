// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace angiobench {

/// The speed of one way of predicting, as `bench` measured it.
struct MeasuredSpeed {
  std::string strategy;  // "unfold (the paper's)"
  std::string matching;  // "global", "local", "local-best-match"
  std::string sampling;  // "direct", "unfold", "shift", "depth-wise"
  int window = 0;        // side in cells
  int memory_every = 0;  // a frame is remembered every so many
  double mean = 0;       // frames per second
  double deviation = 0;  // of the repeats
};

/// A file of `bench --json` (schema "bench-1").
struct SpeedFile {
  std::string path;
  std::string digest;   // "sha256:…" of the file
  std::string machine;  // "AMD EPYC, 2 threads"
  std::string setting;  // "512x512, 3 objects, 5 frames in memory, LibTorch 1.13.0, …"
  std::vector<MeasuredSpeed> cases;
};

/// Parses such a file. Throws Error{input} naming the field that is wrong or missing.
SpeedFile parse_speed_file(std::string_view text, const std::string& path);

}  // namespace angiobench
