// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "baselines/training/augmentation.h"
#include "baselines/training/schedule.h"
#include "baselines/training/training_data.h"
#include "baselines/weights/safetensors.h"
#include "baselines/weights/state_dict.h"
#include "dataset/error.h"
#include "dataset/words.h"

namespace angiobench {

/// Which frames' cells a cell may read from while training. Neither has parameters of its own, so
/// that weights of any serve both baselines.
enum class TrainingMatching {
  global,
  local,
  mixed,  // each step one or the other, drawn
};

inline constexpr auto kTrainingMatchings =
    words<TrainingMatching>({{"global", TrainingMatching::global},
                             {"local", TrainingMatching::local},
                             {"mixed", TrainingMatching::mixed}});

/// How a network is trained. The defaults are the official code's last stage (networks.md §6).
struct TrainerOptions {
  std::int64_t steps = 150000;
  int batch = 4;                      // clips a step
  double learning_rate = 1e-5;        // Adam
  std::int64_t drop_at = 125000;      // step from which the rate is a tenth
  std::int64_t warm_up = 0;           // steps over which the rate grows to its full size
  double weight_decay = 1e-7;         // L2, added to the gradient
  double max_gradient_norm = 0;       // of all parameters together; 0: not clipped
  std::int64_t batch_statistics = 0;  // steps in which batch norm uses the batch's own statistics
  TrainingMatching matching = TrainingMatching::local;
  int window = 15;  // of local matching, odd
  BootstrapSchedule bootstrap;
  double contrast_weight = 0.01;                     // of the contrastive loss; 0: none
  int contrast_width = 128;                          // of its projection
  TrainingStage stage = TrainingStage::xray_videos;  // frame distances
  AugmentOptions video_augment;
  AugmentOptions still_augment = still_image_augmentation();
  double still_share = 0;  // of the clips that are made of stills, 0..1
  PixelScale scale = PixelScale::xray;
  std::uint64_t seed = 1;
  std::string device = "cpu";
  int threads = 0;  // 0: all cores; another number of threads rounds differently

  /// Everything that decides the trajectory, as name and value: for checkpoints and provenance.
  std::vector<std::pair<std::string, std::string>> described() const;
};

/// Every option that is out of its range: Error{usage} about its field.
std::vector<Error> mistakes_of(const TrainerOptions& options);
/// Throws the first of them.
void check_trainer_options(const TrainerOptions& options);

/// What is drawn from.
struct TrainingData {
  std::vector<TrainingVideo> videos;
  std::vector<StillImage> stills;
};

/// What a step came to.
struct StepRecord {
  std::int64_t step = 0;  // the first is 1
  double loss = 0;
  double first = 0;          // cross-entropy of the second frame
  double second = 0;         // of the third
  double contrast = 0;       // before its weight
  double gradient_norm = 0;  // before clipping
  double learning_rate = 0;
  bool local = false;  // which matching
};

/// Trains a network step by step. A step is a pure function of the options, the data, the state and
/// the step's number: a run that is stopped and restored goes on as if it had not been.
class Trainer {
 public:
  /// Starts from `initial` (checked weights of any size). Throws Error{usage} for the options or
  /// where there is nothing to draw from, Error{inconclusive} where the device is missing.
  Trainer(const TrainerOptions& options, TrainingData data, const StateDict& initial);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// The next step. Throws Error{input} where a sample cannot be read, Error{inconclusive} where
  /// the loss is not finite.
  StepRecord step();
  std::int64_t steps_done() const;

  /// The network's weights as they are, f32, in the order of the state dict.
  StateDict weights() const;
  /// Weights, projection, moments of the optimiser and number of steps.
  StateDict checkpoint() const;
  /// Goes back to where checkpoint() was taken. Throws Error{input} with `path` where it does not
  /// fit.
  void restore(const StateDict& checkpoint, const std::string& path);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The weights in half precision: batch norm's variances, which may be small, and counters keep
/// their types.
StateDict half_precision(const StateDict& weights);

}  // namespace angiobench
