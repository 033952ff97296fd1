// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/speed_file.h"

namespace angiobench {

/// Wall seconds per frame by stage.
struct SpeedStages {
  double key_encoder = 0;
  double matching = 0;
  double decoder = 0;
  double value_encoder = 0;
  double other = 0;  // all that is not one of the others
};

/// What was measured of one way of predicting.
struct SpeedRow {
  MeasuredSpeed speed;
  int top_k = 0;
  std::string engine;
  std::vector<double> frames_per_second;  // a repeat each
  double cpu_seconds = 0;                 // per frame, mean
  SpeedStages stages;
  std::uint64_t peak_bytes = 0;
  std::uint64_t memory_bank_bytes = 0;
};

/// A whole measurement: what the figures depend on, and the figures.
struct SpeedReport {
  std::string tool_version;
  std::string git_commit;
  std::string processor;
  int threads = 0;
  std::string libtorch;
  std::string fast_engine;  // empty: none
  std::string blas;         // file; empty: LibTorch's own
  bool reference_blas = false;
  std::string weights;  // digest
  int width = 0;
  int height = 0;
  int objects = 0;
  int memory_frames = 0;
  int top_k = 0;
  std::string device;
  std::vector<SpeedRow> rows;
};

/// The table for a terminal in its parts, as rows are measured one after the other: machine,
/// settings and headings; a line a row; what the headings mean.
std::string speed_heading(const SpeedReport& report);
std::string speed_line(const SpeedRow& row);
std::string speed_legend();

/// All figures as JSON (schema "bench-1", which parse_speed_file reads), a line end at the end.
std::string speed_json(const SpeedReport& report);

}  // namespace angiobench
