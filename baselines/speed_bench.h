// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "baselines/inference/video_session.h"
#include "baselines/networks/network_engine.h"
#include "baselines/weights/state_dict.h"

namespace angiobench {

/// One way of predicting whose speed is measured.
struct SpeedCase {
  MatchOptions match;
  EngineKind engine = EngineKind::fast;
  int memory_every = 5;
};

struct SpeedOptions {
  int width = 512;
  int height = 512;
  int objects = 3;
  int memory_frames = 5;  // frames in memory while frames are timed
  int repeats = 5;
  int threads = 0;  // 0: all cores
  std::string device = "cpu";
  std::shared_ptr<const StateDict> weights;
};

/// What was measured of one case. A repeat predicts `memory_every` frames, one of which is
/// remembered, from RGB pixels to labels.
struct SpeedResult {
  SpeedCase which;
  std::vector<double> frames_per_second;  // a repeat each, wall time
  std::vector<double> cpu_seconds;        // of the process, per frame, a repeat each
  StageTimes stages;  // wall seconds per frame; `other` is all that is not one of the stages
  std::uint64_t peak_bytes = 0;  // resident memory of the process at its highest during this case
  std::uint64_t memory_bank_bytes = 0;  // keys and values that were remembered

  double mean_fps() const;
  double std_fps() const;  // of the sample (n - 1); 0 for one repeat
  double mean_cpu_seconds() const;
};

/// Throws Error{usage} where an option is out of its range.
void check_speed_options(const SpeedOptions& options);

/// Measures one case on synthetic frames: the memory is filled first, which also warms up. The
/// masks mean nothing.
SpeedResult measure_speed(const SpeedCase& which, const SpeedOptions& options);

/// What the figures depend on: one line each, "name: value".
struct SpeedEnvironment {
  std::string processor;
  std::string torch;   // version
  std::string engine;  // NetworkEngine::describe of the fast engine, empty where there is none
  std::string blas;    // file of the BLAS that is loaded
  bool reference_blas = false;  // the slow one of netlib: LibTorch's matrix products crawl
  int threads = 0;
};

SpeedEnvironment speed_environment(int threads);

}  // namespace angiobench
