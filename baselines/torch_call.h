// SPDX-License-Identifier: MIT
#pragma once

// For sources of baselines/ only: shows Torch types.
#include <c10/util/Exception.h>

#include <new>
#include <string>

#include "dataset/error.h"

namespace angiobench {

/// Calls a function that uses LibTorch and turns its exceptions into ours; `what` names the work.
template <typename Function>
auto torch_call(const std::string& what, Function&& function) {
  try {
    return function();
  } catch (const c10::Error& error) {
    throw Error(ErrorKind::bug, what,
                std::string("LibTorch failed: ") + error.what_without_backtrace());
  }
}

}  // namespace angiobench
