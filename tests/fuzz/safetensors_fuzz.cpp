// SPDX-License-Identifier: MIT
#include "baselines/weights/safetensors.h"

#include "baselines/weights/network_spec.h"
#include "dataset/error.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    angiobench::WeightsMetadata metadata;
    const angiobench::MemorySource source({data, size}, "fuzz.safetensors");
    const angiobench::StateDict weights = angiobench::parse_safetensors(source, &metadata);
    angiobench::network_spec_of(weights, source.path());
  } catch (const angiobench::Error& error) {
    if (error.kind() == angiobench::ErrorKind::bug) throw;
  }
  return 0;
}

namespace angiobench::test {

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  StateDict weights;
  weights.add("key_encoder.conv1.weight",
              {ElementType::f32, {2, 1, 1, 1}, std::vector<std::uint8_t>(8)});
  weights.add("n", {ElementType::i64, {}, std::vector<std::uint8_t>(8)});
  weights.add("empty", {ElementType::f16, {0, 3}, {}});
  const std::string header = safetensors_header(weights, {{"format", "pt"}});
  std::vector<std::uint8_t> file(header.begin(), header.end());
  file.resize(file.size() + 16);
  return {file};
}

}  // namespace angiobench::test
