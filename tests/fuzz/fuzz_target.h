// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

// What a fuzz target (one source file of tests/fuzz) defines.

/// Feeds one input to a parser. It must not crash, leak, hang or allocate much more than the
/// input's size; the only exception that may leave the parser is angiobench::Error of a kind other
/// than bug, and the target catches it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace angiobench::test {

/// A few well-formed inputs, made by code: where a fuzzer starts, and what the replay test mutates.
std::vector<std::vector<std::uint8_t>> fuzz_seeds();

}  // namespace angiobench::test
