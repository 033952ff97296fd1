// SPDX-License-Identifier: MIT
#include "reports/speed_file.h"

#include <cstdint>

#include "dataset/files/digest.h"
#include "dataset/files/json_fields.h"
#include "dataset/files/text.h"

namespace angiobench {
namespace {

constexpr std::int64_t kMaxCount = 1'000'000;

}  // namespace

SpeedFile parse_speed_file(std::string_view text, const std::string& path) {
  const Json document = parse_json(text, path);
  JsonFields fields(document, path);
  fields.choice("schema", {"bench-1"});
  SpeedFile file;
  file.path = path;
  file.digest = format_digest(sha256(text));

  JsonFields environment = fields.object("environment");
  const std::string device = fields.string_or("device", "cpu");
  file.machine = environment.string("processor");
  if (device == "cpu") {
    file.machine += ", " + plural(environment.integer("threads", 1, kMaxCount), "thread");
  } else {
    file.machine += ", " + device;
  }
  file.setting = std::to_string(fields.integer("width", 1, kMaxCount)) + "x" +
                 std::to_string(fields.integer("height", 1, kMaxCount)) + ", " +
                 plural(fields.integer("objects", 1, kMaxCount), "object") + ", " +
                 plural(fields.integer("memory_frames", 1, kMaxCount), "frame") +
                 " in memory, LibTorch " + environment.string("libtorch");
  const std::string engine = environment.string_or("fast_engine", "");
  if (!engine.empty()) file.setting += ", " + engine;
  const std::string weights = fields.string_or("weights", "");
  if (!weights.empty()) file.setting += ", weights " + weights.substr(0, 19);

  const Json& cases = fields.value("cases");
  if (!cases.is_array() || cases.empty()) fields.fail("cases", "a list of measured cases");
  constexpr double kMaxSpeed = 1e9;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    JsonFields item(cases[i], path, "cases[" + std::to_string(i) + "]");
    MeasuredSpeed& speed = file.cases.emplace_back();
    speed.strategy = item.string("strategy");
    speed.matching = item.choice("matching", {"global", "local", "local-best-match"});
    speed.sampling = item.choice("sampling", {"direct", "unfold", "shift", "depth-wise"});
    speed.window = static_cast<int>(item.integer("window", 1, kMaxCount));
    speed.memory_every = static_cast<int>(item.integer("memory_every", 1, kMaxCount));
    speed.mean = item.number("fps_mean", 0, kMaxSpeed);
    speed.deviation = item.number("fps_std", 0, kMaxSpeed);
  }
  return file;
}

}  // namespace angiobench
