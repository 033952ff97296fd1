// SPDX-License-Identifier: MIT
// The verbs that need LibTorch; see cli/modules.h.
#include "cli/verb.h"

namespace angiobench::cli {
namespace {

// (No verb yet: an array cannot be empty, so the span is.)
constexpr std::span<const Verb> kVerbs{};

}  // namespace
}  // namespace angiobench::cli

extern "C" std::span<const angiobench::cli::Verb> angiobench_module_verbs() { return angiobench::cli::kVerbs; }
