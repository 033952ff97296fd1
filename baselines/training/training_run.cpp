// SPDX-License-Identifier: MIT
#include "baselines/training/training_run.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "baselines/estimate.h"
#include "baselines/torch_info.h"
#include "baselines/weights/load_weights.h"
#include "baselines/weights/network_spec.h"
#include "baselines/weights/seed_weights.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/input_file.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr const char* kCheckpoint = "checkpoint.safetensors";
constexpr const char* kBest = "best.safetensors";
constexpr const char* kLog = "log.csv";
constexpr const char* kValidation = "validation.csv";
constexpr const char* kProvenance = "provenance.json";

std::string significant(double value) {
  char text[48];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string fixed(double value, int places) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", places, value);
  return text;
}

// What a run keeps beside the tensors, in the checkpoint's metadata.
struct Progress {
  double best = -1;            // J&F of the best validation
  std::int64_t best_step = 0;  // 0: none yet
  int without_better = 0;      // validations since
  double seconds = 0;          // of training, all runs together
  std::size_t log_bytes = 0;   // of log.csv when the checkpoint was made
  std::size_t validation_bytes = 0;
};

// A CSV that grows with the run. Kept in memory and rewritten whole: it has a row for every
// log_every steps, and a reader never sees half of one.
class GrowingCsv {
 public:
  GrowingCsv(std::string path, std::string header) : path_(std::move(path)), text_(header) {}
  // What an earlier run had written when its checkpoint was made.
  void resume(std::size_t bytes) {
    const std::string before = read_text_file(path_);
    if (before.size() < bytes) {
      throw Error(ErrorKind::input, path_, "has " + std::to_string(before.size()) + " bytes",
                  std::to_string(bytes) + ", as when the checkpoint was made");
    }
    text_ = before.substr(0, bytes);
  }
  void add(const std::string& row) { text_ += row + "\n"; }
  void save() const { write_file_atomically(path_, text_); }
  const std::string& text() const { return text_; }

 private:
  std::string path_;
  std::string text_;
};

// The mean of what was measured over the steps of a row.
struct LogRow {
  std::int64_t step = 0;
  int count = 0;
  StepRecord sum;

  void add(const StepRecord& record) {
    step = record.step;
    ++count;
    sum.loss += record.loss;
    sum.first += record.first;
    sum.second += record.second;
    sum.contrast += record.contrast;
    sum.gradient_norm += record.gradient_norm;
    sum.learning_rate = record.learning_rate;
  }
  std::string csv(double seconds) const {
    std::string row = std::to_string(step);
    for (const double value : {sum.loss, sum.first, sum.second, sum.contrast, sum.gradient_norm})
      row += "," + significant(value / std::max(1, count));
    return row + "," + significant(sum.learning_rate) + "," + fixed(seconds, 1);
  }
};

// The weights that a run starts from, and what the record calls them.
struct Start {
  StateDict weights;
  std::string digest;
};

Start start_of(const TrainingRunOptions& options, const TrainingHooks& hooks) {
  if (options.init == "seed") {
    Start start{random_weights(options.spec, options.trainer.seed), {}};
    start.digest =
        "seed " + std::to_string(options.trainer.seed) + ", " + state_dict_digest(start.weights);
    return start;
  }
  const LoadedWeights loaded = load_weights(options.init);
  if (hooks.note) {
    for (const std::string& note : loaded.notes) hooks.note(note);
  }
  return {*loaded.weights, loaded.digest};
}

// What decides the trajectory: kept in the checkpoint; a run that says something else is refused.
Json settings_of(const TrainingRunOptions& options, const std::string& init_digest,
                 const TrainingData& data) {
  Json settings = {{"init", init_digest},
                   {"dataset", options.dataset},
                   {"videos", data.videos.size()},
                   {"stills", data.stills.size()}};
  for (const auto& [name, value] : options.trainer.described()) settings[name] = value;
  // How pictures are read, where that is not as usual.
  int bits = 8;
  Orientation orientation = Orientation::stored;
  for (const TrainingVideo& video : data.videos) {
    bits = std::max(bits, video.bits);
    orientation = video.orientation;
  }
  for (const StillImage& still : data.stills) orientation = still.orientation;
  if (bits != 8) settings["bits"] = bits;
  if (orientation != Orientation::stored) settings["orientation"] = kOrientations.of(orientation);
  return settings;
}

// The names of settings in which two runs differ.
std::string differences(const Json& settings, const Json& then) {
  std::string what;
  for (const auto& [name, value] : settings.items()) {
    if (!then.is_object() || !then.contains(name) || then[name] != value)
      what += (what.empty() ? "" : ", ") + name;
  }
  return what.empty() ? "unknown" : what;
}

// What a step works on, in words.
std::string work_of(const TrainerOptions& trainer) {
  const std::string side = std::to_string(trainer.video_augment.crop);
  return "batches of " + std::to_string(trainer.batch) + " clips of " + side + "x" + side;
}

// Stops a run that memory does not suffice for; else what it will take.
double checked_bytes(const TrainerOptions& trainer, const StateDict& weights) {
  const double bytes = estimated_training_bytes(network_spec_of(weights, "weights"), trainer.batch,
                                                trainer.video_augment.crop);
  if (trainer.device == "cpu") {
    check_memory(bytes, "training on " + work_of(trainer),
                 "a smaller batch, crop or network, or another machine");
  }
  return bytes;
}

// Steps that are timed to say what the run will take.
constexpr int kTimedSteps = 2;

class TrainingRun {
 public:
  TrainingRun(const TrainingRunOptions& options, const TrainingData& data,
              const TrainingHooks& hooks)
      : TrainingRun(options, data, hooks, start_of(options, hooks)) {}

  TrainingSummary run() {
    const std::int64_t total = options_.trainer.steps;
    std::int64_t steps_here = 0;
    while (trainer_.steps_done() < total && !summary_.stopped_early && !summary_.interrupted) {
      row_.add(trainer_.step());
      ++steps_here;
      const std::int64_t step = trainer_.steps_done();
      if (steps_here == 1) first_step_ = seconds();
      if (steps_here == 1 + kTimedSteps) tell_estimate(total - step);
      const bool last = step == total;
      summary_.interrupted = options_.stop_after > 0 && steps_here >= options_.stop_after && !last;
      if (step % options_.log_every == 0 || last) {
        log_.add(row_.csv(seconds()));
        row_ = {};
      }
      if (hooks_.validate && (step % options_.validate_every == 0 || last)) validate(step);
      if (step % options_.checkpoint_every == 0 || last || summary_.stopped_early ||
          summary_.interrupted)
        save_checkpoint();
      tell_progress(step, total);
    }
    summary_.steps_done = trainer_.steps_done();
    summary_.best_step = progress_.best_step;
    summary_.best = progress_.best;
    summary_.seconds = progress_.seconds;
    if (!summary_.interrupted) finish();
    return summary_;
  }

 private:
  TrainingRun(const TrainingRunOptions& options, const TrainingData& data,
              const TrainingHooks& hooks, const Start& start)
      : options_(options),
        data_(data),
        hooks_(hooks),
        settings_(settings_of(options, start.digest, data)),
        training_bytes_(checked_bytes(options.trainer, start.weights)),
        trainer_(options.trainer, data, start.weights),
        log_(file(kLog),
             "step,loss,ce_second_frame,ce_third_frame,contrast,gradient_norm,learning_rate,"
             "seconds\n"),
        scores_(file(kValidation), "step,J&F,J,F\n") {
    boost::system::error_code code;
    if (fs::exists(file(kCheckpoint), code)) resume();
    seconds_before_ = progress_.seconds;
    summary_.stopped_early = options.patience > 0 && progress_.without_better >= options.patience;
    if (fs::symlink_status(options.out, code).type() != fs::file_not_found)
      check_input_folder(options.out, "a new folder, or one of a training run");
    fs::create_directories(options.out, code);
    if (code) {
      throw Error(ErrorKind::input, options.out,
                  "the folder cannot be made (" + code.message() + ")");
    }
    start_ = Clock::now();
  }

  // Whoever is told may stop the run by an exception that is no Error: nothing of it is lost.
  void tell_progress(std::int64_t step, std::int64_t total) {
    if (!hooks_.progress) return;
    try {
      hooks_.progress(static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(total));
    } catch (const Error&) {
      throw;
    } catch (...) {
      save_checkpoint();
      throw;
    }
  }

  // What the rest will take, by the steps after the first, which also loads and allocates.
  void tell_estimate(std::int64_t left) const {
    constexpr double kWorthSaying = 30;
    const double expected = static_cast<double>(left) * (seconds() - first_step_) / kTimedSteps;
    if (expected < kWorthSaying) return;
    note(std::to_string(left) + " steps of " + work_of(options_.trainer) + ": about " +
         duration_text(expected) + (hooks_.validate ? " without validations" : "") + " and " +
         bytes_text(training_bytes_) + " of memory (estimated)");
  }

  std::string file(const char* name) const { return options_.out + "/" + name; }

  double seconds() const {
    return seconds_before_ + std::chrono::duration<double>(Clock::now() - start_).count();
  }

  // Goes on after the checkpoint that is there.
  void resume() {
    const std::string path = file(kCheckpoint);
    WeightsMetadata metadata;
    const StateDict checkpoint = read_safetensors(path, &metadata);
    const Json then = Json::parse(metadata["settings"], nullptr, false);
    if (then != settings_) {
      throw Error(ErrorKind::input, path,
                  "is of a run with other settings (" + differences(settings_, then) + ")",
                  "the same settings to go on, or another folder");
    }
    trainer_.restore(checkpoint, path);
    const Json state = Json::parse(metadata["progress"], nullptr, false);
    if (!state.is_object())
      throw Error(ErrorKind::input, path, "has no record of its progress", "a checkpoint");
    progress_.best = state.value("best", -1.0);
    progress_.best_step = state.value("best_step", std::int64_t{0});
    progress_.without_better = state.value("without_better", 0);
    progress_.seconds = state.value("seconds", 0.0);
    log_.resume(state.value("log_bytes", std::size_t{0}));
    scores_.resume(state.value("validation_bytes", std::size_t{0}));
    note("going on after step " + std::to_string(trainer_.steps_done()) + " of " + path);
    if (hooks_.going_on) hooks_.going_on(static_cast<std::uint64_t>(trainer_.steps_done()));
  }

  void note(const std::string& message) const {
    if (hooks_.note) hooks_.note(message);
  }

  void save_checkpoint() {
    log_.save();
    scores_.save();
    progress_.seconds = seconds();
    const Json state = {{"best", progress_.best},
                        {"best_step", progress_.best_step},
                        {"without_better", progress_.without_better},
                        {"seconds", progress_.seconds},
                        {"log_bytes", log_.text().size()},
                        {"validation_bytes", scores_.text().size()}};
    write_safetensors(file(kCheckpoint), trainer_.checkpoint(),
                      {{"settings", settings_.dump()}, {"progress", state.dump()}});
    draw();
  }

  void draw() const {
    if (!hooks_.draw) return;
    TrainingCurves curves{log_.text(), scores_.text(), {}};
    for (const auto& [name, value] : settings_.items()) {
      curves.settings.emplace_back(name,
                                   value.is_string() ? value.get<std::string>() : value.dump());
    }
    write_file_atomically(file(kTrainingPage), hooks_.draw(curves));
  }

  void validate(std::int64_t step) {
    const StateDict weights = trainer_.weights();
    const ValidationScore found = hooks_.validate(weights);
    scores_.add(std::to_string(step) + "," + fixed(found.j_and_f, 6) + "," + fixed(found.j, 6) +
                "," + fixed(found.f, 6));
    if (found.j_and_f > progress_.best) {
      progress_.best = found.j_and_f;
      progress_.best_step = step;
      progress_.without_better = 0;
      write_safetensors(file(kBest), weights, {{"step", std::to_string(step)}});
    } else {
      ++progress_.without_better;
      summary_.stopped_early =
          options_.patience > 0 && progress_.without_better >= options_.patience;
    }
    note("step " + std::to_string(step) + ": validation J&F " + fixed(100 * found.j_and_f, 1) +
         " (J " + fixed(100 * found.j, 1) + ", F " + fixed(100 * found.f, 1) + ")");
  }

  // The best of the validations, else what came out last, and where it comes from.
  void finish() {
    StateDict chosen = progress_.best_step > 0 ? read_safetensors(file(kBest)) : trainer_.weights();
    if (options_.half) chosen = half_precision(chosen);
    // The digest that `predict` will say: of the weights as they are loaded.
    StateDict as_loaded = chosen;
    check_state_dict(as_loaded, network_tensors(network_spec_of(chosen, file(kFinalWeights))),
                     file(kFinalWeights));
    WeightsMetadata metadata{{"made_by", "angiobench train"}};
    metadata["normalization"] = options_.trainer.scale == PixelScale::xray ? "xray" : "imagenet";
    metadata["resize"] = "0";
    write_safetensors(file(kFinalWeights), chosen, metadata);
    write_file_atomically(file(kProvenance),
                          provenance(state_dict_digest(as_loaded)).dump(1) + "\n");
    draw();
  }

  Json provenance(const std::string& weights_digest) const {
    Json document = {
        {"made_by", "angiobench train"},
        {"version", options_.tool_version},
        {"commit", options_.tool_commit},
        {"libraries", {{"libtorch", torch_version()}, {"blas", loaded_blas()}}},
        {"command", options_.command},
        {"settings", settings_},
        {"data_digest", training_data_digest(data_.videos, data_.stills)},
        {"steps_done", trainer_.steps_done()},
        {"stopped_early", summary_.stopped_early},
        {"chosen_step", progress_.best_step > 0 ? progress_.best_step : trainer_.steps_done()},
        {"validation", {{"benchmark", options_.validation}}},
        {"seconds", std::round(progress_.seconds)},
        {"threads", options_.trainer.threads},
        {"weights_digest", weights_digest}};
    if (progress_.best_step > 0) document["validation"]["J&F"] = progress_.best;
    return document;
  }

  const TrainingRunOptions& options_;
  const TrainingData& data_;
  const TrainingHooks& hooks_;
  Json settings_;
  double training_bytes_;
  Trainer trainer_;
  GrowingCsv log_;
  GrowingCsv scores_;
  Progress progress_;
  LogRow row_;
  TrainingSummary summary_;
  double first_step_ = 0;
  double seconds_before_ = 0;
  Clock::time_point start_;
};

}  // namespace

TrainingSummary run_training(const TrainingRunOptions& options, const TrainingData& data,
                             const TrainingHooks& hooks) {
  return TrainingRun(options, data, hooks).run();
}

}  // namespace angiobench
