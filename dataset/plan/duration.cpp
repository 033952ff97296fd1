// SPDX-License-Identifier: MIT
#include "dataset/plan/duration.h"

#include <algorithm>
#include <cstdio>

namespace angiobench {

std::string duration_words(double seconds) {
  char text[40];
  if (seconds < 90) {
    std::snprintf(text, sizeof text, "%.0f s", std::max(1.0, seconds));
  } else if (seconds < 5400) {
    std::snprintf(text, sizeof text, "%.0f min", seconds / 60);
  } else {
    std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
  }
  return text;
}

std::uint64_t predict_cost(std::uint64_t frames, std::uint64_t pixels, std::uint64_t objects) {
  return frames * pixels * (2 + objects);
}

double network_seconds(std::uint64_t cost) {
  constexpr double kOfFrame = 0.95 / (3.0 * 512 * 512);
  return kOfFrame * static_cast<double>(cost);
}

}  // namespace angiobench
