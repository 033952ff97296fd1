// SPDX-License-Identifier: MIT
#include "baselines/predictors.h"

#include "baselines/first_mask_predictor.h"
#include "baselines/network_predictor.h"
#include "baselines/optical_flow_predictor.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

// The one table. A learned predictor adds its row inside the condition, so that a build without
// LibTorch lacks it.
constexpr PredictorKind kKinds[] = {
    {"first-mask", "the prompts, repeated: the floor", false,
     [](const PredictorOptions&) { return make_first_mask_predictor(); }},
    {"optical-flow", "the prompts, carried along the optical flow: the floor on moving objects",
     false,
     [](const PredictorOptions& options) { return make_optical_flow_predictor(options.threads); }},
#ifdef ANGIOBENCH_HAVE_TORCH
    {"local", "the paper's network: the memory is matched in a window round each cell", true,
     make_local_predictor},
    {"stcn", "STCN: every remembered cell is matched", true, make_stcn_predictor},
#endif
};

}  // namespace

std::span<const PredictorKind> predictor_kinds() { return kKinds; }

std::unique_ptr<Predictor> make_predictor(std::string_view name, const PredictorOptions& options) {
  std::string known;
  for (const PredictorKind& kind : kKinds) {
    if (kind.name == name) {
      if (kind.needs_weights && options.weights == nullptr) {
        throw Error(ErrorKind::usage, "", std::string(name) + " has no weights",
                    "--weights small, or a file");
      }
      return kind.make(options);
    }
    known += (known.empty() ? "" : ", ") + std::string(kind.name);
  }
#ifndef ANGIOBENCH_HAVE_TORCH
  if (name == "stcn" || name == "local") {
    throw Error(ErrorKind::inconclusive, "",
                "'" + std::string(name) + "' needs LibTorch, which this build lacks",
                "one of: " + known);
  }
#endif
  throw Error(ErrorKind::usage, "", "there is no predictor '" + std::string(name) + "'",
              "one of: " + known);
}

}  // namespace angiobench
