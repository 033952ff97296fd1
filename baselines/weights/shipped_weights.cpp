// SPDX-License-Identifier: MIT
#include "baselines/weights/shipped_weights.h"

// The assembler copies the file: as an array in C++ it would take minutes to compile.
// clang-format off
asm(".pushsection .rodata\n"
    ".balign 16\n"
    ".global angiobench_weights_small\n"
    ".hidden angiobench_weights_small\n"
    "angiobench_weights_small:\n"
    ".incbin \"" ANGIOBENCH_SMALL_WEIGHTS "\"\n"
    ".global angiobench_weights_small_end\n"
    ".hidden angiobench_weights_small_end\n"
    "angiobench_weights_small_end:\n"
    ".byte 0\n"
    ".popsection\n");
// clang-format on

extern "C" {
[[gnu::visibility("hidden")]] extern const std::uint8_t angiobench_weights_small[];
[[gnu::visibility("hidden")]] extern const std::uint8_t angiobench_weights_small_end[];
}

namespace angiobench {

std::optional<std::span<const std::uint8_t>> shipped_weights(std::string_view name) {
  if (name != "small") return std::nullopt;
  return std::span<const std::uint8_t>(angiobench_weights_small, angiobench_weights_small_end);
}

}  // namespace angiobench
