// SPDX-License-Identifier: MIT
// What needs OpenCV and no LibTorch; see cli/modules.h.
#include "cli/modules.h"
#include "cli/synth.h"
#include "cli/version.h"
#include "dataset/media/frame_io.h"
#include "dataset/media/grey_frame.h"

extern "C" const char* angiobench_module_stamp() {
  static const std::string stamp = angiobench::cli::build_stamp();
  return stamp.c_str();
}

extern "C" std::span<const angiobench::cli::ModuleVerb> angiobench_module_verbs() {
  static const angiobench::cli::ModuleVerb kVerbs[] = {{"synth", angiobench::cli::synth_code()}};
  return kVerbs;
}

extern "C" angiobench::FrameValueReader angiobench_module_frame_values() {
  return angiobench::read_frame_values;
}

extern "C" angiobench::GreyFrameReader angiobench_module_grey_frames() {
  return angiobench::read_grey_frame;
}
