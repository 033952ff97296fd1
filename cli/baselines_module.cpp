// SPDX-License-Identifier: MIT
// The verbs of the baselines, which need OpenCV and, for the learned ones, LibTorch; see
// cli/modules.h.
#include "cli/bench.h"
#include "cli/predict.h"
#include "cli/train.h"
#include "cli/verb.h"
#include "dataset/error.h"

namespace angiobench::cli {
namespace {

#ifdef ANGIOBENCH_HAVE_TORCH
int bench(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_bench(arguments, streams);
}
int train(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_train(arguments, streams);
}
#else
int bench(const std::vector<std::string>&, const Streams&) {
  throw Error(ErrorKind::inconclusive, "", "'bench' needs LibTorch, which this build lacks",
              "a build with LibTorch");
}
int train(const std::vector<std::string>&, const Streams&) {
  throw Error(ErrorKind::inconclusive, "", "'train' needs LibTorch, which this build lacks",
              "a build with LibTorch");
}
#endif

constexpr Verb kVerbs[] = {
    {"bench", "", bench},
    {"predict", "", run_predict},
    {"train", "", train},
};

}  // namespace
}  // namespace angiobench::cli

extern "C" std::span<const angiobench::cli::Verb> angiobench_module_verbs() {
  return angiobench::cli::kVerbs;
}
