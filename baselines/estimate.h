// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "baselines/predictor.h"
#include "baselines/runner.h"
#include "baselines/weights/network_spec.h"

namespace angiobench {

/// What a run will take, roughly.
struct RunEstimate {
  double seconds = 0;
  double bytes = 0;  // of memory; 0: not known, little
};

/// What memory of a learned network depends on.
struct MemoryFacts {
  NetworkSpec spec;
  int shorter_side = 0;        // frames are resized to it; 0: as they are
  int memory_every = 5;        // a frame is remembered every so many
  int max_memory_frames = 64;  // at most; 0: all
};

/// Seconds of a run, from those that frames of 256x256 and 512x512 take, which are predicted for
/// it: what a frame costs, and what a pixel does. An order of magnitude on a machine that is busy;
/// of global matching, whose time grows with the square of the pixels, a lower bound.
/// `shorter_side` as in MemoryFacts.
double estimated_seconds(const RunPlan& plan, Predictor& predictor, int shorter_side);

/// Bytes that a learned network takes at its worst clip, from the sizes of its planes: within a
/// fifth of what was measured from 256x256 to 1920x1088.
double estimated_bytes(const RunPlan& plan, const MemoryFacts& facts);

/// Bytes of memory that this process may still take (/proc/meminfo, and the limit of its control
/// group); 0 where it is not known.
double available_bytes();

/// "12 minutes", "3 hours"; "2.1 GB".
std::string duration_text(double seconds);
std::string bytes_text(double bytes);

}  // namespace angiobench
