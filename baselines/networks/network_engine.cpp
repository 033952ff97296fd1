// SPDX-License-Identifier: MIT
#include "baselines/networks/network_engine.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "baselines/networks/fast_engine.h"
#include "baselines/networks/torch_engine.h"
#include "dataset/error.h"

namespace angiobench {

std::string_view engine_name(EngineKind kind) {
  return kind == EngineKind::fast ? "fast" : "torch";
}

EngineKind best_engine([[maybe_unused]] const std::string& device) {
#ifdef ANGIOBENCH_HAVE_DNNL
  if (device == "cpu") return EngineKind::fast;
#endif
  return EngineKind::torch;
}

std::unique_ptr<NetworkEngine> make_engine(EngineKind kind, const NetworkSpec& spec,
                                           std::shared_ptr<const StateDict> weights,
                                           const std::string& device) {
  expects(weights != nullptr, "an engine has weights");
  if (kind == EngineKind::torch) return make_torch_engine(spec, *weights, device);
  if (device != "cpu")
    throw Error::about(ErrorKind::usage, "device", "is " + device,
                       "cpu: the fast engine has no other");
#ifdef ANGIOBENCH_HAVE_DNNL
  return make_fast_engine(spec, std::move(weights));
#else
  throw Error(ErrorKind::inconclusive, "", "this build has no fast engine",
              "a build with oneDNN 2 (libdnnl-dev)");
#endif
}

std::string fast_engine_version() {
#ifdef ANGIOBENCH_HAVE_DNNL
  return fast_engine_description();
#else
  return {};
#endif
}

void set_engine_threads(int threads) {
  const int count =
      threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  set_torch_threads(count);
#ifdef ANGIOBENCH_HAVE_DNNL
  set_pool_threads(count);
#endif
}

}  // namespace angiobench
