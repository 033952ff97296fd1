// SPDX-License-Identifier: MIT
// The verbs that need OpenCV and no LibTorch; see cli/modules.h.
#include "cli/synth.h"
#include "cli/verb.h"

namespace angiobench::cli {
namespace {

constexpr Verb kVerbs[] = {
    {"synth", "", run_synth},
};

}  // namespace
}  // namespace angiobench::cli

extern "C" std::span<const angiobench::cli::Verb> angiobench_module_verbs() {
  return angiobench::cli::kVerbs;
}
