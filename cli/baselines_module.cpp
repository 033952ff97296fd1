// SPDX-License-Identifier: MIT
// The verbs of the baselines, which need OpenCV and, for the learned ones, LibTorch; see cli/modules.h.
#include "cli/predict.h"
#include "cli/verb.h"

namespace angiobench::cli {
namespace {

constexpr Verb kVerbs[] = {
    {"predict", "", run_predict},
};

}  // namespace
}  // namespace angiobench::cli

extern "C" std::span<const angiobench::cli::Verb> angiobench_module_verbs() { return angiobench::cli::kVerbs; }
