// SPDX-License-Identifier: MIT
#include "baselines/estimate.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <opencv2/core/mat.hpp>

#include "dataset/error.h"

namespace angiobench {
namespace {

// A picture of waves: its values do not matter for the time, but must not be constant.
cv::Mat probe_frame(int side, int index) {
  cv::Mat rgb(side, side, CV_8UC3);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const auto grey = static_cast<std::uint8_t>(128 + 60 * std::sin(0.11 * x + 0.2 * index) *
                                                            std::cos(0.07 * y));
      rgb.at<cv::Vec3b>(y, x) = cv::Vec3b(grey, grey, grey);
    }
  }
  return rgb;
}

// How much smaller the pictures are that the network sees.
double share_seen(std::uint64_t frame_size, int shorter_side) {
  if (shorter_side <= 0 || frame_size == 0) return 1;
  // The ratio of sides is not known here: that of a square.
  return std::min(
      1.0, static_cast<double>(shorter_side) * shorter_side / static_cast<double>(frame_size));
}

// Seconds a frame with `remembered` frames in memory, the mean over as many as one is remembered
// of, after two that load what is used again.
double seconds_a_frame(Predictor& predictor, int side, int num_objects, int remembered,
                       int memory_every) {
  constexpr int kMostTimed = 6;
  const int timed = std::clamp(memory_every, 2, kMostTimed);
  Mask prompt(side, side);
  for (int id = 1; id <= std::clamp(num_objects, 1, 64); ++id) {
    const int left = 16 + (37 * id) % (side - 56);
    const int top = 16 + (61 * id) % (side - 56);
    for (int y = top; y < top + 16; ++y) {
      for (int x = left; x < left + 16; ++x) prompt.at(x, y) = static_cast<std::uint8_t>(id);
    }
  }
  const Mask nothing_new(side, side);
  predictor.begin({"estimate", side, side, remembered + 1 + timed, {}});
  std::chrono::steady_clock::time_point start;
  for (int i = 0; i < remembered + 1 + timed; ++i) {
    const cv::Mat frame = probe_frame(side, i);
    if (i == remembered + 1) start = std::chrono::steady_clock::now();
    // A frame with a prompt is remembered, also where nothing in it is new.
    const Mask* const labels = i == 0 ? &prompt : i < remembered ? &nothing_new : nullptr;
    predictor.step(frame, labels, false);
  }
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  return passed.count() / timed;
}

// Frames in memory at a clip's last frame, and on average.
double most_remembered(const RunPlan& plan, const MemoryFacts& facts) {
  const double all =
      static_cast<double>(plan.frames) / std::max(1, plan.clips) / std::max(1, facts.memory_every) +
      1;
  return facts.max_memory_frames > 0 ? std::min(all, static_cast<double>(facts.max_memory_frames))
                                     : all;
}

double mean_remembered(const RunPlan& plan, const MemoryFacts& facts) {
  const double most = most_remembered(plan, facts);
  const double frames = static_cast<double>(plan.frames) / std::max(1, plan.clips);
  const double filling = std::min(frames, most * std::max(1, facts.memory_every));
  return frames > 0 ? most - filling / frames * (most - 1) / 2 : 1;
}

double weight_bytes(const NetworkSpec& spec) {
  double bytes = 0;
  for (const TensorSpec& tensor : network_tensors(spec)) {
    double count = 4;
    for (const std::int64_t size : tensor.shape) count *= static_cast<double>(size);
    bytes += count;
  }
  return bytes;
}

double number_in(const char* path, const char* word) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind(word, 0) != 0) continue;
    double value = 0;
    if (std::sscanf(line.c_str() + std::char_traits<char>::length(word), " %lf", &value) == 1)
      return value;
  }
  return 0;
}

}  // namespace

double estimated_seconds(const RunPlan& plan, Predictor& predictor, const MemoryFacts& facts) {
  // A frame takes something, and each of its pixels takes something: two sizes tell both. What is
  // remembered is searched: two fillings of the memory tell that.
  constexpr int kSmall = 256;
  constexpr int kLarge = 512;
  constexpr int kFilled = 17;
  const auto probe = [&](int side, int remembered) {
    return seconds_a_frame(predictor, side, plan.objects, remembered, facts.memory_every);
  };
  constexpr double kSmallPixels = double{kSmall} * kSmall;
  constexpr double kLargePixels = double{kLarge} * kLarge;
  const double small = probe(kSmall, 1);
  const double large = probe(kLarge, 1);
  const double filled = probe(kSmall, kFilled);
  const double a_pixel = std::max(0.0, large - small) / (kLargePixels - kSmallPixels);
  const double a_frame = std::max(0.0, small - a_pixel * kSmallPixels);
  const double a_memory = std::max(0.0, filled - small) / (kFilled - 1) / kSmallPixels;
  const double a_pixel_then = a_pixel + a_memory * std::max(0.0, mean_remembered(plan, facts) - 1);
  return a_frame * static_cast<double>(plan.frames) +
         a_pixel_then * plan.pixels * share_seen(plan.frame_size, facts.shorter_side);
}

double estimated_bytes(const RunPlan& plan, const MemoryFacts& facts) {
  // Measured with `bench` at 256x256 to 1920x1088, 1 and 3 objects, widths 16 and 64.
  constexpr double kProgram = 160e6;
  constexpr double kPackedWeights = 3.4;    // the convolutions' own copies of the weights
  constexpr double kBytesOfChannel = 11.5;  // a pixel and channel of the first stage
  constexpr double kCell = 16.0 * 16.0;
  const double pixels =
      static_cast<double>(plan.frame_size) * share_seen(plan.frame_size, facts.shorter_side);
  const double network =
      kPackedWeights * weight_bytes(facts.spec) + pixels * kBytesOfChannel * facts.spec.width;
  const double bank = 4 * most_remembered(plan, facts) * pixels / kCell *
                      (facts.spec.key_channels() + plan.objects * facts.spec.value_channels());
  // Planes of probabilities at the frames' own size, and the pictures that are read ahead.
  const double planes = static_cast<double>(plan.frame_size) * (8.0 * (plan.objects + 1) + 12);
  return kProgram + network + bank + planes;
}

double estimated_training_bytes(const NetworkSpec& spec, int batch, int crop) {
  // Measured with `train` of two steps at widths 4, 16 and 64, crops of 48 to 256.
  constexpr double kProgram = 230e6;
  constexpr double kWeightCopies = 5.2;    // gradients, two moments, the state that was loaded
  constexpr double kBytesOfChannel = 450;  // a pixel of a clip and channel of the first stage
  return kProgram + kWeightCopies * weight_bytes(spec) +
         kBytesOfChannel * spec.width * batch * static_cast<double>(crop) * crop;
}

void check_memory(double bytes, const std::string& work, const std::string& cure) {
  const double available = available_bytes();
  if (available <= 0 || bytes <= available) return;
  throw Error(ErrorKind::inconclusive, "",
              work + " would take about " + bytes_text(bytes) + " of memory, of which " +
                  bytes_text(available) + " are free",
              cure);
}

double available_bytes() {
  constexpr double kKibi = 1024;
  double bytes = kKibi * number_in("/proc/meminfo", "MemAvailable:");
  const double limit = number_in("/sys/fs/cgroup/memory.max", "");
  if (limit > 0) {
    const double left = limit - number_in("/sys/fs/cgroup/memory.current", "");
    bytes = bytes > 0 ? std::min(bytes, left) : left;
  }
  rlimit space{};
  if (::getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
    const double left =
        static_cast<double>(space.rlim_cur) - kKibi * number_in("/proc/self/status", "VmSize:");
    bytes = bytes > 0 ? std::min(bytes, left) : left;
  }
  return bytes == 0 ? 0 : std::max(1.0, bytes);
}

std::string duration_text(double seconds) {
  char text[32];
  if (seconds < 90) {
    std::snprintf(text, sizeof text, "%.0f seconds", std::max(1.0, seconds));
  } else if (seconds < 5400) {
    std::snprintf(text, sizeof text, "%.0f minutes", seconds / 60);
  } else if (seconds < 48 * 3600.0) {
    std::snprintf(text, sizeof text, "%.1f hours", seconds / 3600);
  } else {
    std::snprintf(text, sizeof text, "%.1f days", seconds / 86400);
  }
  return text;
}

std::string bytes_text(double bytes) {
  char text[32];
  if (bytes < 1e9) {
    std::snprintf(text, sizeof text, "%.0f MB", bytes / 1e6);
  } else {
    std::snprintf(text, sizeof text, "%.1f GB", bytes / 1e9);
  }
  return text;
}

}  // namespace angiobench
