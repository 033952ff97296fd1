// SPDX-License-Identifier: MIT
#include "baselines/predictors.h"

#include <string>
#include <vector>

#include "baselines/first_mask_predictor.h"
#include "baselines/network_predictor.h"
#include "baselines/optical_flow_predictor.h"
#include "dataset/error.h"
#include "dataset/names.h"

namespace angiobench {
namespace {

// The one table. A learned predictor adds its row inside the condition, so that a build without
// LibTorch lacks it.
constexpr PredictorKind kKinds[] = {
    {"first-mask", "the prompts, repeated: the floor", "angiobench", false,
     [](const PredictorOptions&) { return make_first_mask_predictor(); }},
    {"optical-flow", "the prompts, carried along the optical flow: the floor on moving objects",
     "Kroeger et al., ECCV 2016 (DIS flow), as in OpenCV", false,
     [](const PredictorOptions& options) { return make_optical_flow_predictor(options.threads); }},
#ifdef ANGIOBENCH_HAVE_TORCH
    {"local", "the paper's network: the memory is matched in a window round each cell",
     "arXiv 2601.00988, with the weights' layout of STCN", true, make_local_predictor},
    {"stcn", "STCN: every remembered cell is matched",
     "Cheng et al., NeurIPS 2021 (hkchengrex/STCN)", true, make_stcn_predictor},
#endif
};

}  // namespace

std::span<const PredictorKind> predictor_kinds() { return kKinds; }

std::unique_ptr<Predictor> make_predictor(std::string_view name, const PredictorOptions& options) {
  std::vector<std::string> known;
  for (const PredictorKind& kind : kKinds) {
    known.emplace_back(kind.name);
    if (folded_name(kind.name) != folded_name(name)) continue;
    if (kind.needs_weights && options.weights == nullptr) {
      throw Error::about(ErrorKind::usage, "weights",
                         "is missing, and " + std::string(name) + " has none of its own",
                         "'small', or a file");
    }
    return kind.make(options);
  }
#ifndef ANGIOBENCH_HAVE_TORCH
  if (name == "stcn" || name == "local") {
    throw Error(ErrorKind::inconclusive, "",
                "'" + std::string(name) + "' needs LibTorch, which this build lacks",
                "one of: " + list_of_words(known));
  }
#endif
  throw unknown_name("network", "is '" + std::string(name) + "', which is no predictor", known,
                     name);
}

}  // namespace angiobench
