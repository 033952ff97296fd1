// SPDX-License-Identifier: MIT
// A first-mask json of either schema (dataset/sequence_index.h).
#include <cstdlib>
#include <string_view>

#include "dataset/error.h"
#include "dataset/sequence_index.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  constexpr std::string_view kTexts[] = {
      R"({"videos": {"v01": ["00000", "00003"], "v02": []}})",
      R"({"videos": {"v03": {"frames": {"00000": {"objects": ["1", "2"]}, "00005": {"objects": ["7"]}},)"
      R"( "seen_objects": ["1"], "unseen_objects": ["2", "7"]}}})",
      R"({"videos": {}})",
  };
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const std::string_view text : kTexts) seeds.emplace_back(text.begin(), text.end());
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  try {
    for (const auto& [video, first] :
         parse_first_masks({reinterpret_cast<const char*>(data), size}, "fuzz.json")) {
      for (const auto& [frame, ids] : first.prompts) {
        for (const int id : ids) {
          if (id < 0 || id > 255) std::abort();
        }
      }
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
