// SPDX-License-Identifier: MIT
// The rows of a per_frame.csv (reports/csv.h) that came with a result. What is accepted must be the
// same after it is written and read again.
#include <cstdlib>
#include <string>

#include "dataset/error.h"
#include "reports/csv.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/results.h"

namespace angiobench::test {
namespace {

std::string text_of(const Result& result) {
  std::string text = per_frame_csv_header(frame_measures(result.protocol));
  for (const SequenceScore& sequence : result.sequences)
    text += per_frame_csv_rows(sequence, frame_measures(result.protocol));
  return text;
}

}  // namespace

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  Result small = tiny_result();
  Result odd = small;
  odd.sequences.resize(1);
  odd.sequences[0].frame_names.assign(odd.sequences[0].frame_names.size(), "a,\"b\"\n");
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const Result& result : {small, odd}) {
    const std::string text = text_of(result);
    seeds.emplace_back(text.begin(), text.end());
  }
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  static const Result kResult = test::tiny_result();
  Result result = kResult;
  try {
    read_per_frame_csv({reinterpret_cast<const char*>(data), size}, "fuzz.csv", result);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
    return 0;
  }
  const std::string text = test::text_of(result);
  Result again = kResult;
  read_per_frame_csv(text, "again.csv", again);
  if (test::text_of(again) != text) std::abort();
  return 0;
}
