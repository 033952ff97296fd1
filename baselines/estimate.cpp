// SPDX-License-Identifier: MIT
#include "baselines/estimate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <opencv2/core/mat.hpp>

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

// The quicker of two frames, after two that load what is used again.
double seconds_a_frame(Predictor& predictor, int side, int num_objects) {
  constexpr int kFrames = 4;
  constexpr int kTimed = 2;
  Mask prompt(side, side);
  for (int id = 1; id <= std::clamp(num_objects, 1, 64); ++id) {
    const int left = 16 + (37 * id) % (side - 56);
    const int top = 16 + (61 * id) % (side - 56);
    for (int y = top; y < top + 16; ++y) {
      for (int x = left; x < left + 16; ++x) prompt.at(x, y) = static_cast<std::uint8_t>(id);
    }
  }
  predictor.begin({"estimate", side, side, kFrames, {}});
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < kFrames; ++i) {
    const cv::Mat frame = probe_frame(side, i);
    const auto start = std::chrono::steady_clock::now();
    predictor.step(frame, i == 0 ? &prompt : nullptr, false);
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    if (i >= kFrames - kTimed) least = std::min(least, passed.count());
  }
  return least;
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

double estimated_seconds(const RunPlan& plan, Predictor& predictor, int shorter_side) {
  // A frame takes something, and each of its pixels takes something: two sizes tell both.
  constexpr int kSmall = 256;
  constexpr int kLarge = 512;
  const double small = seconds_a_frame(predictor, kSmall, plan.objects);
  const double large = seconds_a_frame(predictor, kLarge, plan.objects);
  const double a_pixel =
      std::max(0.0, large - small) / (double{kLarge} * kLarge - double{kSmall} * kSmall);
  const double a_frame = std::max(0.0, small - a_pixel * kSmall * kSmall);
  return a_frame * static_cast<double>(plan.frames) +
         a_pixel * plan.pixels * share_seen(plan.frame_size, shorter_side);
}

double estimated_bytes(const RunPlan& plan, const MemoryFacts& facts) {
  // Measured with `bench` at 256x256 to 1920x1088, 1 and 3 objects, widths 16 and 64.
  constexpr double kProgram = 160e6;
  constexpr double kPackedWeights = 3.4;    // the convolutions' own copies of the weights
  constexpr double kBytesOfChannel = 11.5;  // a pixel and channel of the first stage
  constexpr double kCell = 16.0 * 16.0;
  const double pixels =
      static_cast<double>(plan.frame_size) * share_seen(plan.frame_size, facts.shorter_side);
  double weights = 0;
  for (const TensorSpec& tensor : network_tensors(facts.spec)) {
    double count = 4;
    for (const std::int64_t size : tensor.shape) count *= static_cast<double>(size);
    weights += count;
  }
  const double network = kPackedWeights * weights + pixels * kBytesOfChannel * facts.spec.width;
  double remembered =
      static_cast<double>(plan.frames) / std::max(1, plan.clips) / std::max(1, facts.memory_every) +
      1;
  if (facts.max_memory_frames > 0)
    remembered = std::min(remembered, static_cast<double>(facts.max_memory_frames));
  const double bank = 4 * remembered * pixels / kCell *
                      (facts.spec.key_channels() + plan.objects * facts.spec.value_channels());
  // Planes of probabilities at the frames' own size, and the pictures that are read ahead.
  const double planes = static_cast<double>(plan.frame_size) * (8.0 * (plan.objects + 1) + 12);
  return kProgram + network + bank + planes;
}

double available_bytes() {
  constexpr double kKibi = 1024;
  double bytes = kKibi * number_in("/proc/meminfo", "MemAvailable:");
  const double limit = number_in("/sys/fs/cgroup/memory.max", "");
  if (limit > 0) {
    const double left = limit - number_in("/sys/fs/cgroup/memory.current", "");
    bytes = bytes > 0 ? std::min(bytes, left) : left;
  }
  return bytes;
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
