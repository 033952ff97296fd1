// SPDX-License-Identifier: MIT
// A result.json (reports/result_json.h) that somebody sent. What is accepted must be the same after
// it is written and read again.
#include <cstdlib>
#include <string>

#include "dataset/error.h"
#include "evaluator/measures.h"
#include "reports/result_json.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/results.h"

namespace angiobench::test {

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  Result least;
  least.protocol.rules = "{}";
  Result small = tiny_result();
  small.sequences.resize(1);
  small.sequences[0].objects.resize(1);
  small.sequences[0].objects[0].values[Metric("T")] = 0.25;
  small.sequences[0].objects[0].values[Metric("hd95")] = 12.5;
  small.sequences[0].objects[0].sides = FrameSides{3, 1, 2};
  small.metrics = metrics_of(small);
  small.metrics.push_back(describe(Metric("hd95"), Display::percent));
  small.spacing = Spacing{0.5, 0.25};
  small.aggregates.resize(1);
  small.aggregates[0].n_one_empty = 1;
  small.aggregates[0].interval = Interval{};
  small.findings.push_back(
      recorded_finding("S004", Severity::warning, {"p/v00", "v00", "00001", 3}, "message", "hint"));
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const Result& result : {least, small}) {
    const std::string text = result_to_json(result);
    seeds.emplace_back(text.begin(), text.end());
  }
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  try {
    const Result result =
        result_from_json({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    const std::string text = result_to_json(result);
    if (result_to_json(result_from_json(text, "again.json")) != text) std::abort();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
