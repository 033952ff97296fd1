// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "baselines/training/trainer.h"
#include "baselines/weights/network_spec.h"
#include "baselines/weights/state_dict.h"
#include "dataset/progress.h"

namespace angiobench {

/// What a set of weights came to on the data that it is chosen by; fractions.
struct ValidationScore {
  double j_and_f = 0;
  double j = 0;
  double f = 0;
};

/// What is drawn into the page of a run.
struct TrainingCurves {
  std::string log_csv;
  std::string validation_csv;
  std::vector<std::pair<std::string, std::string>> settings;  // name, value
};

/// What a run asks of the world: how weights are scored and how curves are drawn is known to
/// others.
struct TrainingHooks {
  /// Unset: weights are not chosen, the last ones count.
  std::function<ValidationScore(const StateDict& weights)> validate;
  std::function<std::string(const TrainingCurves& curves)> draw;  // HTML; unset: no page
  std::function<void(const std::string& message)> note;
  std::function<void(std::uint64_t step)> going_on;  // steps that an earlier run has done
  ProgressCallback progress;
};

/// A training run in a folder.
struct TrainingRunOptions {
  TrainerOptions trainer;
  std::string out;
  std::string init = "seed";  // file of the weights to start from; "seed": new ones of `spec`
  NetworkSpec spec;
  std::string dataset;     // name of the videos' benchmark, for the record; may be empty
  std::string validation;  // what `validate` scores, for the record; may be empty
  std::int64_t validate_every = 5000;
  int patience = 0;  // stop after so many validations without a better one; 0: never
  std::int64_t checkpoint_every = 1000;
  std::int64_t log_every = 50;
  std::int64_t stop_after = 0;  // steps of this run; 0: all
  bool half = false;            // final weights in half precision
  std::string tool_version;     // for the record
  std::string tool_commit;
  std::vector<std::string> command;
};

/// The files of a run's folder.
inline constexpr const char* kFinalWeights = "weights.safetensors";
inline constexpr const char* kTrainingPage = "training.html";

/// What a run came to.
struct TrainingSummary {
  std::int64_t steps_done = 0;  // of all runs together
  double seconds = 0;
  bool interrupted = false;  // by stop_after: the same run goes on
  bool stopped_early = false;
  std::int64_t best_step = 0;  // 0: nothing was validated
  double best = 0;             // its J&F
};

/// Trains in `out`: weights.safetensors (the best of the validations, or the last),
/// best.safetensors, checkpoint.safetensors, log.csv, validation.csv, training.html,
/// provenance.json. Where a checkpoint of the same settings is there, goes on after it as if it had
/// not stopped. Throws Error{usage} for options, Error{input} for files and for a checkpoint of
/// other settings.
TrainingSummary run_training(const TrainingRunOptions& options, const TrainingData& data,
                             const TrainingHooks& hooks);

}  // namespace angiobench
