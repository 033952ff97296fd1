// SPDX-License-Identifier: MIT
// The verbs that need OpenCV and no LibTorch; see cli/modules.h.
#include "cli/modules.h"
#include "cli/synth.h"
#include "cli/version.h"

extern "C" const char* angiobench_module_stamp() {
  static const std::string stamp = angiobench::cli::build_stamp();
  return stamp.c_str();
}

extern "C" std::span<const angiobench::cli::ModuleVerb> angiobench_module_verbs() {
  static const angiobench::cli::ModuleVerb kVerbs[] = {{"synth", angiobench::cli::synth_code()}};
  return kVerbs;
}
