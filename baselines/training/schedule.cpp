// SPDX-License-Identifier: MIT
#include "baselines/training/schedule.h"

#include <algorithm>
#include <utility>

#include "dataset/error.h"

namespace angiobench {

double hard_fraction(std::int64_t iteration, const BootstrapSchedule& schedule) {
  expects(schedule.start < schedule.end, "a bootstrap schedule ends after it starts");
  if (iteration < schedule.start) return 1;
  if (iteration > schedule.end) return schedule.least;
  const double left = static_cast<double>(schedule.end - iteration) /
                      static_cast<double>(schedule.end - schedule.start);
  return schedule.least + (1 - schedule.least) * left;
}

int max_frame_distance(TrainingStage stage, double progress) {
  const double last = stage == TrainingStage::xray_videos ? 0.8 : 0.9;
  int distance = 5;
  if (progress >= last) {
    distance = 5;
  } else if (progress >= 0.4) {
    distance = 25;
  } else if (progress >= 0.3) {
    distance = 20;
  } else if (progress >= 0.2) {
    distance = 15;
  } else if (progress >= 0.1) {
    distance = 10;
  }
  return stage == TrainingStage::xray_videos ? std::max(1, distance / 5) : distance;
}

std::array<int, 3> draw_clip(int num_frames, int most, synth::Random& random) {
  expects(num_frames >= 3 && most >= 1, "a clip is drawn from three labelled frames or more");
  const int jump = std::min(num_frames, most);
  const int first = random.integer(0, num_frames - jump);
  int second = first + random.integer(1, jump + 1);
  second = std::min({second, num_frames - jump, num_frames - 1});
  int third = second + random.integer(1, jump + 1);
  third = std::min({third, num_frames - jump / 2, num_frames - 1});
  std::array<int, 3> frames{first, second, third};
  if (random.chance(0.5)) std::swap(frames[0], frames[2]);
  return frames;
}

double learning_rate(double base, std::int64_t iteration, std::int64_t drop) {
  return iteration < drop ? base : 0.1 * base;
}

}  // namespace angiobench
