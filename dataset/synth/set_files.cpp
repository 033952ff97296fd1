// SPDX-License-Identifier: MIT
#include "dataset/synth/set_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"

namespace angiobench::synth {

void ProgressCounter::add() {
  const std::uint64_t done = done_.fetch_add(1) + 1;
  if (callback_) callback_(std::min(done, total_), total_);
}

std::string padded(int number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string lines_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  return text;
}

void write_benchmark_like(const OutputFolder& out, const std::string& pattern,
                          const std::string& name, const std::string& title, int width,
                          int height) {
  nlohmann::ordered_json definition = nlohmann::ordered_json::parse(benchmark_text(pattern));
  definition["name"] = name;
  definition["title"] = title;
  definition["width"] = width;
  definition["height"] = height;
  definition.erase("sequences");
  definition.erase("digest");
  out.write("benchmarks/" + name + ".json", definition.dump(2) + "\n");
}

}  // namespace angiobench::synth
