// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "dataset/files/output_folder.h"
#include "dataset/progress.h"

namespace angiobench::synth {

/// Counts what is done for a progress bar; may be called from any thread.
class ProgressCounter {
 public:
  ProgressCounter(const ProgressCallback& callback, std::uint64_t total)
      : callback_(callback), total_(total) {}
  void add();

 private:
  const ProgressCallback& callback_;
  std::uint64_t total_;
  std::atomic<std::uint64_t> done_{0};
};

/// A number with zeros before it, at least `digits` long.
std::string padded(int number, std::size_t digits);

/// The names, a line each.
std::string lines_of(const std::vector<std::string>& names);

/// Writes `benchmarks/<name>.json`: the built-in benchmark `pattern` under another name and title,
/// for masks of this size, of no official split.
void write_benchmark_like(const OutputFolder& out, const std::string& pattern,
                          const std::string& name, const std::string& title, int width, int height);

}  // namespace angiobench::synth
