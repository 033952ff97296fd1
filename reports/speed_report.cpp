// SPDX-License-Identifier: MIT
#include "reports/speed_report.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "dataset/files/image_size.h"
#include "reports/escape.h"

namespace angiobench {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const SpeedRow& row) {
  const SpeedStages& stages = row.stages;
  return {{"strategy", row.speed.strategy},
          {"matching", row.speed.matching},
          {"sampling", row.speed.sampling},
          {"window", row.speed.window},
          {"top_k", row.top_k},
          {"memory_every", row.speed.memory_every},
          {"engine", row.engine},
          {"fps", row.frames_per_second},
          {"fps_mean", row.speed.mean},
          {"fps_std", row.speed.deviation},
          {"cpu_seconds_per_frame", row.cpu_seconds},
          {"seconds_per_frame",
           {{"key_encoder", stages.key_encoder},
            {"matching", stages.matching},
            {"decoder", stages.decoder},
            {"value_encoder", stages.value_encoder},
            {"other", stages.other}}},
          {"peak_bytes", row.peak_bytes},
          {"memory_bank_bytes", row.memory_bank_bytes}};
}

}  // namespace

std::string speed_heading(const SpeedReport& report) {
  char heading[256];
  std::snprintf(heading, sizeof heading, "%-48s %6s %3s  %18s %9s %9s %8s  %4s %4s %4s %4s %4s\n",
                "sampling", "window", "r", "frames/s", "CPU-s/fr", "peak MB", "bank MB", "key%",
                "mat%", "dec%", "val%", "oth%");
  return "processor " + escape_terminal(report.processor) + ", " + std::to_string(report.threads) +
         (report.threads == 1 ? " thread\n" : " threads\n") + "LibTorch " + report.libtorch +
         "; fast engine: " +
         (report.fast_engine.empty() ? "none (no oneDNN 2 in this build)" : report.fast_engine) +
         "; BLAS: " + (report.blas.empty() ? "LibTorch's own" : escape_terminal(report.blas)) +
         '\n' + size_text(report.width, report.height) + ", " + std::to_string(report.objects) +
         " objects, " + std::to_string(report.memory_frames) + " frames in memory, top " +
         std::to_string(report.top_k) + "\n\n" + heading;
}

std::string speed_line(const SpeedRow& row) {
  const SpeedStages& stages = row.stages;
  const double total =
      stages.key_encoder + stages.matching + stages.decoder + stages.value_encoder + stages.other;
  const auto share = [&](double seconds) { return total > 0 ? 100 * seconds / total : 0.0; };
  const std::string window =
      row.speed.matching == "global" ? "-" : std::to_string(row.speed.window);
  char line[256];
  std::snprintf(line, sizeof line,
                "%-48s %6s %3d  %8.3f ± %-7.3f %9.3f %9.0f %8.1f  %4.0f %4.0f %4.0f %4.0f %4.0f\n",
                row.speed.strategy.c_str(), window.c_str(), row.speed.memory_every, row.speed.mean,
                row.speed.deviation, row.cpu_seconds, static_cast<double>(row.peak_bytes) / 1e6,
                static_cast<double>(row.memory_bank_bytes) / 1e6, share(stages.key_encoder),
                share(stages.matching), share(stages.decoder), share(stages.value_encoder),
                share(stages.other));
  return line;
}

std::string speed_legend() {
  return "\nr: a frame is remembered every r; shares of wall time: key encoder, matching, decoder, "
         "value encoder, the rest\n";
}

std::string speed_json(const SpeedReport& report) {
  Json cases = Json::array();
  for (const SpeedRow& row : report.rows) cases.push_back(json_of(row));
  const Json document = {{"schema", "bench-1"},
                         {"tool",
                          {{"name", "angiobench"},
                           {"version", report.tool_version},
                           {"git_commit", report.git_commit}}},
                         {"environment",
                          {{"processor", report.processor},
                           {"threads", report.threads},
                           {"libtorch", report.libtorch},
                           {"fast_engine", report.fast_engine},
                           {"blas", report.blas},
                           {"reference_blas", report.reference_blas}}},
                         {"weights", report.weights},
                         {"width", report.width},
                         {"height", report.height},
                         {"objects", report.objects},
                         {"memory_frames", report.memory_frames},
                         {"device", report.device},
                         {"cases", std::move(cases)}};
  return document.dump(2) + "\n";
}

}  // namespace angiobench
