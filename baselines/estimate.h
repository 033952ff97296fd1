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
/// it: what a frame costs, what a pixel does, and what a pixel does for each frame in memory. Every
/// probe holds one remembered frame in its usual share. Within a factor of 2 where the machine is
/// as busy as then; of global matching, whose time grows with the square of the pixels, a lower
/// bound. `facts.spec` is not looked at.
double estimated_seconds(const RunPlan& plan, Predictor& predictor, const MemoryFacts& facts);

/// Bytes that a learned network takes at its worst clip, from the sizes of its planes: within a
/// fifth of what was measured from 256x256 to 1920x1088.
double estimated_bytes(const RunPlan& plan, const MemoryFacts& facts);

/// Bytes that training takes: weights with gradients and moments, and what is kept of `batch` clips
/// of three frames of crop x crop to go back through. Fitted to what was measured (estimate_test).
double estimated_training_bytes(const NetworkSpec& spec, int batch, int crop);

/// Throws Error{inconclusive} where `bytes` are more than this process may still take: "<work>
/// would take about …", and `cure`.
void check_memory(double bytes, const std::string& work, const std::string& cure);

/// Bytes of memory that this process may still take (/proc/meminfo, the limit of its control group
/// and of its address space, ulimit -v); 0 where it is not known.
double available_bytes();

/// "12 minutes", "3 hours"; "2.1 GB".
std::string duration_text(double seconds);
std::string bytes_text(double bytes);

}  // namespace angiobench
