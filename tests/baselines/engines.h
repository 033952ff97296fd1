// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "baselines/networks/network_engine.h"

namespace angiobench::test {

/// The engines of this build.
inline std::vector<EngineKind> engines() {
  std::vector<EngineKind> list = {EngineKind::torch};
  if (best_engine() == EngineKind::fast) list.push_back(EngineKind::fast);
  return list;
}

}  // namespace angiobench::test
