// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "dataset/synth/random.h"

namespace angiobench {

/// When the bootstrapped cross-entropy narrows down to the hardest pixels (the official code's
/// numbers).
struct BootstrapSchedule {
  std::int64_t start = 20000;  // all pixels count before this iteration
  std::int64_t end = 70000;    // from here on only `least` of them
  double least = 0.15;
};

/// Share of the pixels that count in an iteration: 1, then falling linearly from 1 at `start` to
/// `least` at `end`.
double hard_fraction(std::int64_t iteration, const BootstrapSchedule& schedule = {});

/// Which training a frame distance belongs to.
enum class TrainingStage {
  general_videos,  // DAVIS and YouTube-VOS: the distance shrinks again at nine tenths of the epochs
  xray_videos,     // MOSXAV: annotated in every fifth frame, so distances are a fifth; shrinks at
                   // eight tenths
};

/// The most labelled frames that may lie between two frames of a sample, at least 1: 5, then 10,
/// 15, 20, 25 from 10, 20, 30 and 40 % of the epochs on, and 5 again at the end. `progress` is the
/// share of the epochs that are done.
int max_frame_distance(TrainingStage stage, double progress);

/// Three of `num_frames` labelled frames (3 or more): the first uniform so that the distance `most`
/// fits behind it, each next one 1 to most + 1 frames on (clipped as the official code clips), half
/// of the time in reverse.
std::array<int, 3> draw_clip(int num_frames, int most, synth::Random& random);

/// Learning rate: `base`, a tenth from `drop` on.
double learning_rate(double base, std::int64_t iteration, std::int64_t drop);

}  // namespace angiobench
