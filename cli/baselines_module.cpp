// SPDX-License-Identifier: MIT
// The verbs of the baselines, which need OpenCV and, for the learned ones, LibTorch; see
// cli/modules.h.
#include "cli/bench.h"
#include "cli/list.h"
#include "cli/modules.h"
#include "cli/predict.h"
#include "cli/train.h"
#include "cli/version.h"
#include "dataset/error.h"

#ifndef ANGIOBENCH_HAVE_TORCH
namespace angiobench::cli {
namespace {

// A verb that this build cannot have: it says so, and there are no pages of it.
template <const char* const& name>
VerbCode lacking() {
  return {[](const std::vector<std::string>&, const Streams&) -> int {
            throw Error(ErrorKind::inconclusive, "",
                        std::string("'") + name + "' needs LibTorch, which this build lacks",
                        "a build with LibTorch");
          },
          [] { return std::vector<HelpPage>{}; }};
}

constexpr const char* kBench = "bench";
constexpr const char* kTrain = "train";
constexpr const char* kPlanTrain = "plan train";

}  // namespace

VerbCode bench_code() { return lacking<kBench>(); }
VerbCode train_code() { return lacking<kTrain>(); }
VerbCode plan_train_code() { return lacking<kPlanTrain>(); }

}  // namespace angiobench::cli
#endif

extern "C" const char* angiobench_module_stamp() {
  static const std::string stamp = angiobench::cli::build_stamp();
  return stamp.c_str();
}

extern "C" std::span<const angiobench::cli::ModuleVerb> angiobench_module_verbs() {
  static const angiobench::cli::ModuleVerb kVerbs[] = {
      {"bench", angiobench::cli::bench_code()},
      {"list networks", angiobench::cli::list_networks_code()},
      {"plan predict", angiobench::cli::plan_predict_code()},
      {"plan train", angiobench::cli::plan_train_code()},
      {"predict", angiobench::cli::predict_code()},
      {"train", angiobench::cli::train_code()},
  };
  return kVerbs;
}
