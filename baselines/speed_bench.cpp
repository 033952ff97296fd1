// SPDX-License-Identifier: MIT
#include "baselines/speed_bench.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <numeric>
#include <opencv2/core/mat.hpp>
#include <random>
#include <sstream>
#include <thread>

#include "baselines/network_predictor.h"
#include "baselines/torch_info.h"
#include "baselines/weights/network_spec.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

double cpu_now() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double wall_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Makes the kernel forget the highest resident size so far (proc(5), clear_refs), and reads it.
// Where it cannot be forgotten, what is read is that of the whole process so far.
void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::uint64_t peak_resident_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

// Grey noise that drifts: values do not matter for the time, but must not be constant (denormal
// numbers are slow).
cv::Mat synthetic_frame(int width, int height, int index) {
  std::mt19937 random(static_cast<unsigned>(index));
  cv::Mat frame(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    std::uint8_t* row = frame.ptr<std::uint8_t>(y);
    for (int x = 0; x < width; ++x) {
      const auto grey = static_cast<std::uint8_t>(96 + (x + y + 3 * index) % 64 +
                                                  static_cast<int>(random() % 16));
      std::fill(row + 3 * x, row + 3 * x + 3, grey);
    }
  }
  return frame;
}

// One disc an object, side by side.
Mask synthetic_prompt(int width, int height, int objects) {
  Mask mask(width, height);
  const int radius = std::max(2, std::min(height / 4, width / (3 * objects)));
  for (int i = 0; i < objects; ++i) {
    const int centre_x = (2 * i + 1) * width / (2 * objects);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const int dx = x - centre_x;
        const int dy = y - height / 2;
        if (dx * dx + dy * dy < radius * radius) mask.at(x, y) = static_cast<std::uint8_t>(i + 1);
      }
    }
  }
  return mask;
}

double mean(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

}  // namespace

double SpeedResult::mean_fps() const { return mean(frames_per_second); }
double SpeedResult::mean_cpu_seconds() const { return mean(cpu_seconds); }

double SpeedResult::std_fps() const {
  if (frames_per_second.size() < 2) return 0;
  const double middle = mean_fps();
  double sum = 0;
  for (const double fps : frames_per_second) sum += (fps - middle) * (fps - middle);
  return std::sqrt(sum / static_cast<double>(frames_per_second.size() - 1));
}

void check_speed_options(const SpeedOptions& options) {
  if (options.objects < 1 || options.objects > 255) {
    throw Error::about(ErrorKind::usage, "objects", "is " + std::to_string(options.objects),
                       "1 to 255");
  }
  if (options.memory_frames < 1) {
    throw Error::about(ErrorKind::usage, "memory_frames",
                       "is " + std::to_string(options.memory_frames), "1 or more");
  }
  if (options.repeats < 1)
    throw Error::about(ErrorKind::usage, "repeats", "is " + std::to_string(options.repeats),
                       "1 or more");
}

SpeedResult measure_speed(const SpeedCase& which, const SpeedOptions& options) {
  expects(options.weights != nullptr, "a network has weights");
  check_speed_options(options);
  set_engine_threads(options.threads);
  forget_peak();

  NetworkPredictorOptions predicting;
  predicting.name = "bench";
  predicting.session.match = which.match;
  predicting.session.memory_every = which.memory_every;
  predicting.session.max_memory_frames = options.memory_frames;
  predicting.engine = which.engine;
  predicting.device = options.device;
  predicting.threads = options.threads;
  NetworkPredictor predictor(predicting,
                             make_engine(which.engine, network_spec_of(*options.weights, "weights"),
                                         options.weights, options.device));

  // Fill the memory: every prompted frame is remembered, also one without new objects.
  predictor.begin({"bench", options.width, options.height, 0, {}});
  const Mask first = synthetic_prompt(options.width, options.height, options.objects);
  const Mask nothing_new(options.width, options.height);
  int index = 0;
  for (; index < options.memory_frames; ++index) {
    predictor.step(synthetic_frame(options.width, options.height, index),
                   index == 0 ? &first : &nothing_new, false);
  }
  // One more, so that decoding is warm even where one frame is remembered.
  predictor.step(synthetic_frame(options.width, options.height, index), &nothing_new, true);

  SpeedResult result;
  result.which = which;
  const StageTimes before = predictor.session().stage_times();
  double total = 0;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    std::vector<cv::Mat> frames;
    for (int i = 0; i < which.memory_every; ++i) {
      frames.push_back(synthetic_frame(options.width, options.height, ++index));
    }
    const double cpu = cpu_now();
    const double wall = wall_now();
    for (const cv::Mat& frame : frames) predictor.step(frame, nullptr, false);
    const double passed = wall_now() - wall;
    total += passed;
    result.frames_per_second.push_back(static_cast<double>(frames.size()) / passed);
    result.cpu_seconds.push_back((cpu_now() - cpu) / static_cast<double>(frames.size()));
  }

  // Stages, per frame; what none of them counted is `other`.
  const StageTimes& after = predictor.session().stage_times();
  const double frames = static_cast<double>(options.repeats) * which.memory_every;
  result.stages = {(after.key_encoder - before.key_encoder) / frames,
                   (after.matching - before.matching) / frames,
                   (after.decoder - before.decoder) / frames,
                   (after.value_encoder - before.value_encoder) / frames, 0};
  result.stages.other = std::max(0.0, total / frames - result.stages.total());
  result.peak_bytes = peak_resident_bytes();
  result.memory_bank_bytes = predictor.session().memory_bytes();
  return result;
}

SpeedEnvironment speed_environment(int threads) {
  SpeedEnvironment environment;
  environment.torch = torch_version();
  environment.blas = loaded_blas();
  environment.reference_blas = is_reference_blas(environment.blas);
  environment.threads =
      threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  environment.engine = fast_engine_version();
  std::ifstream facts("/proc/cpuinfo");
  for (std::string line; std::getline(facts, line);) {
    const std::size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) {
      environment.processor = line.substr(colon + 2);
      break;
    }
  }
  return environment;
}

}  // namespace angiobench
