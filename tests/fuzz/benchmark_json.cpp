// SPDX-License-Identifier: MIT
// A benchmark definition (dataset/benchmark.h) that a user wrote.
#include <cstdlib>
#include <string>
#include <string_view>

#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  constexpr std::string_view kTexts[] = {
      R"({"schema": "benchmark-1", "name": "x", "title": "t", "layout": "flat", "split": "", "protocol": "mosxav-val",)"
      R"( "roots": ["."], "annotations": ["Annotations", "."], "images": ["JPEGImages"], "split_files": ["a.txt"],)"
      R"( "meta_files": ["m.json"], "width": 512, "height": 512, "max_objects": 10})",
      R"({"schema": "benchmark-1", "name": "mosxav", "layout": "mosxav"})",
      R"([1, -2.5e3, true, null, "\u00e9\ud83d\ude00\n"])",
  };
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const std::string_view text : kTexts) seeds.emplace_back(text.begin(), text.end());
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  try {
    const BenchmarkDefinition definition =
        parse_benchmark({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    if (definition.width < 0 || definition.height < 0 || definition.max_objects < 0) std::abort();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
