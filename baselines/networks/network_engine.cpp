// SPDX-License-Identifier: MIT
#include "baselines/networks/network_engine.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "baselines/networks/torch_engine.h"
#include "dataset/error.h"

namespace angiobench {

std::string_view engine_name(EngineKind kind) { return kind == EngineKind::fast ? "fast" : "torch"; }

EngineKind best_engine(const std::string&) { return EngineKind::torch; }

std::unique_ptr<NetworkEngine> make_engine(EngineKind kind, const NetworkSpec& spec,
                                           std::shared_ptr<const StateDict> weights, const std::string& device) {
  expects(weights != nullptr, "an engine has weights");
  if (kind == EngineKind::torch) return make_torch_engine(spec, *weights, device);
  throw Error(ErrorKind::inconclusive, "", "this build has no fast engine", "a build with oneDNN 2");
}

void set_engine_threads(int threads) {
  set_torch_threads(threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
}

}  // namespace angiobench
