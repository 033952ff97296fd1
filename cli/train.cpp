// SPDX-License-Identifier: MIT
#include "cli/train.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "baselines/estimate.h"
#include "baselines/predictors.h"
#include "baselines/runner.h"
#include "baselines/torch_info.h"
#include "baselines/training/trainer.h"
#include "baselines/weights/load_weights.h"
#include "baselines/weights/seed_weights.h"
#include "cli/exit_code.h"
#include "cli/number_list.h"
#include "cli/options.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "dataset/files/atomic_file.h"
#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/sequence_index.h"
#include "evaluator/measures.h"
#include "evaluator/scoring/scorer.h"
#include "reports/decimal.h"
#include "reports/html/training_page.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;
namespace fs = boost::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kCheckpoint = "checkpoint.safetensors";
constexpr const char* kBest = "best.safetensors";
constexpr const char* kWeights = "weights.safetensors";
constexpr const char* kLog = "log.csv";
constexpr const char* kValidation = "validation.csv";
constexpr const char* kPage = "training.html";
constexpr const char* kProvenance = "provenance.json";

// `count` numbers "a,b,c" of any sign.
std::vector<double> numbers_of(const std::string& option, const std::string& text,
                               std::size_t count, const std::string& expected) {
  return parse_number_list(option, text, ',', count, count, std::numeric_limits<double>::lowest(),
                           expected);
}

struct TrainCommand {
  CommonOptions common;
  TrainerOptions trainer;
  std::string dataset;
  std::string root;
  std::vector<std::string> stills;
  std::string init;
  NetworkSpec spec;
  std::string out;
  std::string validation;
  std::string validation_root;
  std::string validation_network;
  std::int64_t validate_every = 0;
  int patience = 0;
  std::int64_t checkpoint_every = 0;
  std::int64_t log_every = 0;
  std::int64_t stop_after = 0;
  bool half = false;
};

std::optional<TrainCommand> parse(const std::vector<std::string>& arguments,
                                  const Streams& streams) {
  const TrainerOptions defaults;
  po::options_description described("Options");
  described.add_options()  //
      ("dataset", po::value<std::string>(),
       "benchmark whose videos are learned from (mosxav-train, …) or a definition file")    //
      ("ground-truth,g", po::value<std::string>(), "the data set's root, frames included")  //
      ("stills", po::value<std::vector<std::string>>()->composing(),
       "folder of still images: images/ with masks/*.png, labels/*.txt or annotations/*.json "
       "(COCO); "
       "may be repeated")  //
      ("still-share", po::value<double>(),
       "share of the clips that are made of stills (default: 1 without videos, else 0.5)")  //
      ("init", po::value<std::string>()->default_value("seed"),
       "weights to start from: a file, or 'seed' for new ones")  //
      ("width", po::value<int>()->default_value(64),
       "channels of the first stage of new weights; 64 is the official network")  //
      ("key-blocks", po::value<std::string>()->default_value("3,4,6"),
       "bottleneck blocks of the key encoder's stages")  //
      ("value-blocks", po::value<std::string>()->default_value("2,2,2"),
       "blocks of the value encoder's stages")  //
      ("out,o", po::value<std::string>(),
       "folder for weights, checkpoint, log and page; a stopped run goes on where it was")  //
      ("steps", po::value<std::int64_t>()->default_value(defaults.steps), "steps in all")   //
      ("batch", po::value<int>()->default_value(defaults.batch), "clips a step")            //
      ("learning-rate", po::value<double>()->default_value(defaults.learning_rate, "1e-5"),
       "of Adam")  //
      ("drop-at", po::value<std::int64_t>(),
       "step from which the rate is a tenth (default: five sixths of the steps)")  //
      ("warm-up", po::value<std::int64_t>()->default_value(0),
       "steps over which the rate grows (for new weights)")  //
      ("weight-decay", po::value<double>()->default_value(defaults.weight_decay, "1e-7"),
       "L2, as in the official code")  //
      ("clip", po::value<double>()->default_value(0, "0"),
       "largest norm of the gradient; 0: not clipped")  //
      ("batch-statistics", po::value<std::int64_t>()->default_value(0),
       "steps in which batch norm uses the batch's statistics (for new weights); 0: never, as in "
       "the official code")  //
      ("matching", po::value<std::string>()->default_value("local"),
       "global, local, or mixed (each step one of them)")                                     //
      ("window", po::value<int>()->default_value(defaults.window), "of local matching, odd")  //
      ("bootstrap", po::value<std::string>()->default_value("20000,70000,0.15"),
       "START,END,LEAST: from START to END the loss narrows to the hardest LEAST of the pixels")  //
      ("contrast", po::value<double>()->default_value(defaults.contrast_weight, "0.01"),
       "weight of the spatio-temporal contrastive loss; 0: without")  //
      ("crop", po::value<int>()->default_value(defaults.video_augment.crop),
       "side of a training picture, a multiple of 16")  //
      ("crop-area", po::value<std::string>()->default_value("0.36,1"),
       "LEAST,MOST share of the frame that a crop covers")  //
      ("distances", po::value<std::string>()->default_value("xray"),
       "xray (every fifth frame is annotated) or general: how far apart a clip's frames are")  //
      ("normalization", po::value<std::string>()->default_value("xray"), "xray or imagenet")   //
      ("validate", po::value<std::string>(),
       "benchmark that is predicted and scored while training (mosxav-val, or a file)")  //
      ("validate-root", po::value<std::string>(), "its root (default: that of -g)")      //
      ("validate-network", po::value<std::string>()->default_value("local"),
       "local or stcn: what predicts it")                                          //
      ("validate-every", po::value<std::int64_t>()->default_value(5000), "steps")  //
      ("patience", po::value<int>()->default_value(0),
       "stop after so many validations without a better one; 0: never")                      //
      ("checkpoint-every", po::value<std::int64_t>()->default_value(1000), "steps")          //
      ("log-every", po::value<std::int64_t>()->default_value(50), "steps a row of the log")  //
      ("stop-after", po::value<std::int64_t>()->default_value(0),
       "make a checkpoint and stop after so many steps of this run; 0: go to the end")  //
      ("half", po::bool_switch(), "write the final weights in half precision")          //
      ("seed", po::value<std::uint64_t>()->default_value(1),
       "same seed, same trajectory (of one "
       "machine and number of threads)")  //
      ("device", po::value<std::string>()->default_value("cpu"), "cpu or cuda");
  add_common_options(described);
  const HelpPage help{
      "angiobench train -g DIR --dataset NAME -o DIR [--stills DIR] [--init WEIGHTS]",
      "Trains the memory network that both learned baselines share: clips of three frames, Adam, "
      "bootstrapped cross-entropy\n"
      "and the paper's contrastive loss. Defaults are the official code's last stage. Writes "
      "weights.safetensors (the best of\n"
      "the validations, or the last), a checkpoint, log.csv, training.html and provenance.json.",
      {"angiobench train -g MOSXAV --dataset mosxav-train --init stcn.pth --validate mosxav-val -o "
       "run   # the paper's stage",
       "angiobench train --stills arcade --width 16 --key-blocks 2,2,2 --crop 128 --steps 2000 "
       "--learning-rate 1e-3 -o small   # a small network on stills"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return std::nullopt;

  TrainCommand command;
  command.common = read_common_options(values, streams);
  command.out = text_of(values, "out");
  if (command.out.empty()) throw Error(ErrorKind::usage, "--out", "is not given", "-o DIR");
  command.dataset = text_of(values, "dataset");
  command.root = text_of(values, "ground-truth");
  if (values.count("stills") != 0) command.stills = values["stills"].as<std::vector<std::string>>();
  if (command.dataset.empty() != command.root.empty()) {
    throw Error(ErrorKind::usage, command.root.empty() ? "--dataset" : "--ground-truth",
                "comes alone", "-g DIR --dataset NAME");
  }
  if (command.root.empty() && command.stills.empty()) {
    throw Error(ErrorKind::usage, "", "there is nothing to train on",
                "-g DIR --dataset NAME, or --stills DIR");
  }
  command.init = text_of(values, "init");
  command.spec.width = values["width"].as<int>();
  if (command.spec.width < 2 || command.spec.width > 256 || command.spec.width % 2 != 0) {
    throw Error(ErrorKind::usage, "--width", "is " + std::to_string(command.spec.width),
                "even, 2 to 256");
  }
  const auto blocks = [&](const char* name, std::array<int, 3>& into) {
    const std::string option = std::string("--") + name;
    const std::string expected = "three numbers, 1 to 64";
    const std::vector<double> list = numbers_of(option, text_of(values, name), 3, expected);
    for (std::size_t i = 0; i < 3; ++i) {
      if (list[i] < 1 || list[i] > 64 || list[i] != std::floor(list[i]))
        throw Error(ErrorKind::usage, option, "is '" + text_of(values, name) + "'", expected);
      into[i] = static_cast<int>(list[i]);
    }
  };
  blocks("key-blocks", command.spec.key_blocks);
  blocks("value-blocks", command.spec.value_blocks);

  TrainerOptions& trainer = command.trainer;
  trainer.steps = values["steps"].as<std::int64_t>();
  trainer.batch = values["batch"].as<int>();
  trainer.learning_rate = values["learning-rate"].as<double>();
  trainer.drop_at = values.count("drop-at") != 0 ? values["drop-at"].as<std::int64_t>()
                                                 : trainer.steps - trainer.steps / 6;
  trainer.warm_up = values["warm-up"].as<std::int64_t>();
  trainer.weight_decay = values["weight-decay"].as<double>();
  trainer.max_gradient_norm = values["clip"].as<double>();
  trainer.batch_statistics = values["batch-statistics"].as<std::int64_t>();
  trainer.matching = parse_training_matching(text_of(values, "matching"));
  trainer.window = values["window"].as<int>();
  const std::vector<double> bootstrap =
      numbers_of("--bootstrap", text_of(values, "bootstrap"), 3, "START,END,LEAST");
  trainer.bootstrap = {static_cast<std::int64_t>(bootstrap[0]),
                       static_cast<std::int64_t>(bootstrap[1]), bootstrap[2]};
  trainer.contrast_weight = values["contrast"].as<double>();
  const std::vector<double> area =
      numbers_of("--crop-area", text_of(values, "crop-area"), 2, "LEAST,MOST");
  for (AugmentOptions* augment : {&trainer.video_augment, &trainer.still_augment}) {
    augment->crop = values["crop"].as<int>();
    augment->least_area = area[0];
    augment->most_area = area[1];
  }
  const auto choice = [&](const char* name, std::string_view first, std::string_view second) {
    const std::string given = text_of(values, name);
    if (given != first && given != second) {
      throw Error(ErrorKind::usage, std::string("--") + name, "is '" + given + "'",
                  std::string(first) + " or " + std::string(second));
    }
    return given == first;
  };
  trainer.stage = choice("distances", "xray", "general") ? TrainingStage::xray_videos
                                                         : TrainingStage::general_videos;
  trainer.scale =
      choice("normalization", "xray", "imagenet") ? PixelScale::xray : PixelScale::imagenet;
  choice("device", "cpu", "cuda");
  trainer.device = text_of(values, "device");
  trainer.still_share = command.stills.empty() ? 0 : command.root.empty() ? 1 : 0.5;
  if (values.count("still-share") != 0) trainer.still_share = values["still-share"].as<double>();
  trainer.seed = values["seed"].as<std::uint64_t>();
  trainer.threads = command.common.jobs;
  check_trainer_options(trainer);

  command.validation = text_of(values, "validate");
  command.validation_root =
      values.count("validate-root") != 0 ? text_of(values, "validate-root") : command.root;
  if (!command.validation.empty() && command.validation_root.empty())
    throw Error(ErrorKind::usage, "--validate", "comes without a root", "--validate-root DIR");
  command.validation_network = text_of(values, "validate-network");
  choice("validate-network", "local", "stcn");
  const auto positive = [&](const char* name, std::int64_t least) {
    const auto value = values[name].as<std::int64_t>();
    if (value < least) {
      throw Error(ErrorKind::usage, std::string("--") + name, "is " + std::to_string(value),
                  "at least " + std::to_string(least));
    }
    return value;
  };
  command.validate_every = positive("validate-every", 1);
  command.checkpoint_every = positive("checkpoint-every", 1);
  command.log_every = positive("log-every", 1);
  command.stop_after = positive("stop-after", 0);
  command.patience = values["patience"].as<int>();
  if (command.patience < 0) {
    throw Error(ErrorKind::usage, "--patience", "is " + std::to_string(command.patience),
                "0 or more");
  }
  command.half = values["half"].as<bool>();
  return command;
}

std::string significant(double value) {
  char text[48];
  std::snprintf(text, sizeof text, "%.6g", value);
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
// --log-every steps, and a reader never sees half of one.
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
    return row + "," + significant(sum.learning_rate) + "," + fixed_text(seconds, 1);
  }
};

// Predicts and scores the validation benchmark with weights as they are.
class Validation {
 public:
  explicit Validation(const TrainCommand& command) : command_(command) {
    if (command.validation.empty()) return;
    index_ = std::make_shared<const SequenceIndex>(
        index_ground_truth(command.validation_root, load_benchmark(command.validation), {}));
    clips_ = benchmark_clips(index_, nullptr);
  }
  explicit operator bool() const { return index_ != nullptr; }

  struct Scores {
    double jf = 0;
    double j = 0;
    double f = 0;
  };

  Scores run(const StateDict& weights) const {
    // Clean up an earlier run that was killed here.
    const std::string folder = command_.out + "/validation.partial";
    boost::system::error_code code;
    fs::remove_all(folder, code);
    PredictorOptions options;
    options.weights = std::make_shared<const StateDict>(weights);
    options.normalization = command_.trainer.scale == PixelScale::xray ? "xray" : "imagenet";
    options.resize = 0;
    options.device = command_.trainer.device;
    options.threads = command_.trainer.threads;
    const std::unique_ptr<Predictor> predictor =
        make_predictor(command_.validation_network, options);
    RunOptions run;
    run.out = folder;
    run.settings = {{"network", command_.validation_network}};
    const RunSummary predicted = predict_clips(clips_, *predictor, run);
    if (!predicted.failures.empty()) throw predicted.failures.front().error;

    ScoringInputs inputs;
    inputs.common = command_.common;
    inputs.dataset = command_.validation;
    inputs.ground_truth = command_.validation_root;
    inputs.predictions = folder;
    const ScoringData data = open_scoring_data(inputs);
    const ScoreOutcome outcome =
        score(data.index, *data.predictions, data.protocol,
              find_missing(data.index, *data.predictions, data.protocol), score_options(inputs));
    fs::remove_all(folder, code);
    if (!outcome.failures.empty()) throw outcome.failures.front();
    const auto value = [&](const Metric& metric) {
      for (const Scope scope : {Scope::overall, Scope::pooled}) {
        const Aggregate* const found = find_aggregate(outcome.result, metric, scope);
        if (found != nullptr && found->value) return *found->value;
      }
      throw Error(ErrorKind::inconclusive, command_.validation,
                  "gives no " + metric.id + " to choose weights by",
                  "a benchmark whose protocol has J&F, J and F");
    };
    return {value(mean_metric()), value(region_metric()), value(contour_metric())};
  }

 private:
  const TrainCommand& command_;
  std::shared_ptr<const SequenceIndex> index_;
  std::vector<Clip> clips_;
};

// What decides the trajectory: kept in the checkpoint; a run that says something else is refused.
Json settings_of(const TrainCommand& command, const std::string& init_digest,
                 const TrainingData& data) {
  Json settings = {{"init", init_digest},
                   {"dataset", command.dataset.empty() ? "" : load_benchmark(command.dataset).name},
                   {"videos", data.videos.size()},
                   {"stills", data.stills.size()}};
  for (const auto& [name, value] : command.trainer.described()) settings[name] = value;
  return settings;
}

void write_page(const TrainCommand& command, const GrowingCsv& log, const GrowingCsv& validation,
                const Json& settings) {
  html::TrainingPage page;
  page.log_csv = log.text();
  page.validation_csv = validation.text();
  for (const auto& [name, value] : settings.items())
    page.settings.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  write_file_atomically(command.out + "/" + kPage, html::training_page(page));
}

}  // namespace

int run_train(const std::vector<std::string>& arguments, const Streams& streams) {
  const std::optional<TrainCommand> parsed = parse(arguments, streams);
  if (!parsed) return kExitPassed;
  const TrainCommand& command = *parsed;
  const auto file = [&](const char* name) { return command.out + "/" + name; };

  // Find the data before anything is made.
  TrainingData data;
  std::vector<ClipNote> notes;
  if (!command.root.empty())
    data.videos = list_training_videos(command.root, command.dataset, &notes);
  std::vector<std::string> still_notes;
  for (const std::string& folder : command.stills) {
    std::vector<StillImage> found = list_still_images(folder, &still_notes);
    data.stills.insert(data.stills.end(), found.begin(), found.end());
  }
  for (const std::string& note : still_notes) notes.push_back({Severity::note, note});
  for (const ClipNote& note : notes)
    print_message(severity_name(note.severity), note.text, command.common, streams);
  const Validation validation(command);
  StateDict initial;
  std::string init_digest;
  if (command.init == "seed") {
    initial = random_weights(command.spec, command.trainer.seed);
    init_digest =
        "seed " + std::to_string(command.trainer.seed) + ", " + state_dict_digest(initial);
  } else {
    const LoadedWeights loaded = load_weights(command.init);
    initial = *loaded.weights;
    init_digest = loaded.digest;
    for (const std::string& note : loaded.notes)
      print_message("note", note, command.common, streams);
  }
  const Json settings = settings_of(command, init_digest, data);

  // What it will take, before the first step.
  const std::string work = "batches of " + std::to_string(command.trainer.batch) + " clips of " +
                           std::to_string(command.trainer.video_augment.crop) + "x" +
                           std::to_string(command.trainer.video_augment.crop);
  const double bytes =
      estimated_training_bytes(network_spec_of(initial, command.init), command.trainer.batch,
                               command.trainer.video_augment.crop);
  if (command.trainer.device == "cpu")
    check_memory(bytes, work, "--batch N or --crop N smaller, or another machine");

  Trainer trainer(command.trainer, data, initial);
  GrowingCsv log(file(kLog),
                 "step,loss,ce_second_frame,ce_third_frame,contrast,gradient_norm,learning_rate,"
                 "seconds\n");
  GrowingCsv scores(file(kValidation), "step,J&F,J,F\n");
  Progress progress;
  boost::system::error_code code;
  if (fs::exists(file(kCheckpoint), code)) {
    WeightsMetadata metadata;
    const StateDict checkpoint = read_safetensors(file(kCheckpoint), &metadata);
    const Json then = Json::parse(metadata["settings"], nullptr, false);
    if (then != settings) {
      std::string what;
      for (const auto& [name, value] : settings.items()) {
        if (!then.is_object() || !then.contains(name) || then[name] != value)
          what += (what.empty() ? "" : ", ") + name;
      }
      throw Error(ErrorKind::input, file(kCheckpoint),
                  "is of a run with other settings (" + (what.empty() ? "unknown" : what) + ")",
                  "the same settings to go on, or another --out");
    }
    trainer.restore(checkpoint, file(kCheckpoint));
    const Json state = Json::parse(metadata["progress"], nullptr, false);
    if (!state.is_object())
      throw Error(ErrorKind::input, file(kCheckpoint), "has no record of its progress",
                  "a checkpoint");
    progress.best = state.value("best", -1.0);
    progress.best_step = state.value("best_step", std::int64_t{0});
    progress.without_better = state.value("without_better", 0);
    progress.seconds = state.value("seconds", 0.0);
    log.resume(state.value("log_bytes", std::size_t{0}));
    scores.resume(state.value("validation_bytes", std::size_t{0}));
    print_message(
        "note",
        "going on after step " + std::to_string(trainer.steps_done()) + " of " + file(kCheckpoint),
        command.common, streams);
  }
  fs::create_directories(command.out);
  const Json network = {
      {"normalization", command.trainer.scale == PixelScale::xray ? "xray" : "imagenet"},
      {"resize", "0"}};

  const auto start = std::chrono::steady_clock::now();
  const double seconds_before = progress.seconds;
  const auto seconds = [&] {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    return seconds_before + elapsed.count();
  };
  const auto save_checkpoint = [&] {
    log.save();
    scores.save();
    progress.seconds = seconds();
    const Json state = {{"best", progress.best},
                        {"best_step", progress.best_step},
                        {"without_better", progress.without_better},
                        {"seconds", progress.seconds},
                        {"log_bytes", log.text().size()},
                        {"validation_bytes", scores.text().size()}};
    write_safetensors(file(kCheckpoint), trainer.checkpoint(),
                      {{"settings", settings.dump()}, {"progress", state.dump()}});
    write_page(command, log, scores, settings);
  };

  bool stopped_early = command.patience > 0 && progress.without_better >= command.patience;
  bool interrupted = false;
  LogRow row;
  std::int64_t steps_here = 0;
  {
    ProgressBar bar("training", "steps", command.common, streams);
    const ProgressCallback report = bar.callback();
    bar.start_from(static_cast<std::uint64_t>(trainer.steps_done()));
    // The first step also loads and allocates; the two after it are timed.
    constexpr std::int64_t kTimed = 2;
    constexpr double kWorthSaying = 30;
    double first_step = 0;
    const auto total = static_cast<std::uint64_t>(command.trainer.steps);
    while (trainer.steps_done() < command.trainer.steps && !stopped_early && !interrupted) {
      row.add(trainer.step());
      ++steps_here;
      const std::int64_t step = trainer.steps_done();
      if (steps_here == 1) first_step = seconds();
      if (steps_here == 1 + kTimed) {
        const std::int64_t in_all = command.trainer.steps - step;
        const std::int64_t left =
            command.stop_after > 0 ? std::min(in_all, command.stop_after - steps_here) : in_all;
        const double expected =
            static_cast<double>(left) * (seconds() - first_step) / static_cast<double>(kTimed);
        if (expected > kWorthSaying) {
          bar.clear();
          print_message("note",
                        std::to_string(left) + " steps of " + work + ": about " +
                            duration_text(expected) + (validation ? " without validations" : "") +
                            " and " + bytes_text(bytes) + " of memory (estimated)",
                        command.common, streams);
        }
      }
      const bool last = step == command.trainer.steps;
      interrupted = command.stop_after > 0 && steps_here >= command.stop_after && !last;
      report(static_cast<std::uint64_t>(step), total);
      if (step % command.log_every == 0 || last) {
        log.add(row.csv(seconds()));
        row = {};
      }
      if (validation && (step % command.validate_every == 0 || last)) {
        const StateDict weights = trainer.weights();
        const Validation::Scores found = validation.run(weights);
        scores.add(std::to_string(step) + "," + fixed_text(found.jf, 6) + "," +
                   fixed_text(found.j, 6) + "," + fixed_text(found.f, 6));
        if (found.jf > progress.best) {
          progress.best = found.jf;
          progress.best_step = step;
          progress.without_better = 0;
          write_safetensors(file(kBest), weights, {{"step", std::to_string(step)}});
        } else {
          ++progress.without_better;
          stopped_early = command.patience > 0 && progress.without_better >= command.patience;
        }
        bar.clear();
        print_message("note",
                      "step " + std::to_string(step) + ": validation J&F " +
                          fixed_text(100 * found.jf, 1) + " (J " + fixed_text(100 * found.j, 1) +
                          ", F " + fixed_text(100 * found.f, 1) + ")",
                      command.common, streams);
      }
      if (step % command.checkpoint_every == 0 || last || stopped_early || interrupted)
        save_checkpoint();
    }
  }
  if (interrupted) {
    streams.out << "stopped after step " << trainer.steps_done() << " of " << command.trainer.steps
                << "; the same command goes on\n";
    return kExitPassed;
  }

  // The best of the validations, else what came out last.
  StateDict chosen = progress.best_step > 0 ? read_safetensors(file(kBest)) : trainer.weights();
  if (command.half) chosen = half_precision(chosen);
  // The digest that `predict` will say: of the weights as they are loaded.
  StateDict as_loaded = chosen;
  check_state_dict(as_loaded, network_tensors(network_spec_of(chosen, file(kWeights))),
                   file(kWeights));
  Json provenance = {
      {"made_by", "angiobench train"},
      {"version", tool_version()},
      {"commit", tool_commit()},
      {"libraries", {{"libtorch", torch_version()}, {"blas", loaded_blas()}}},
      {"command", Json::array()},
      {"settings", settings},
      {"data_digest", training_data_digest(data.videos, data.stills)},
      {"steps_done", trainer.steps_done()},
      {"stopped_early", stopped_early},
      {"chosen_step", progress.best_step > 0 ? progress.best_step : trainer.steps_done()},
      {"validation", {{"benchmark", command.validation}}},
      {"seconds", std::round(progress.seconds)},
      {"threads", command.trainer.threads},
      {"weights_digest", state_dict_digest(as_loaded)}};
  if (progress.best_step > 0) provenance["validation"]["J&F"] = progress.best;
  for (const std::string& word : arguments) provenance["command"].push_back(word);
  WeightsMetadata metadata{{"made_by", "angiobench train"}};
  for (const auto& [name, value] : network.items()) metadata[name] = value.get<std::string>();
  write_safetensors(file(kWeights), chosen, metadata);
  write_file_atomically(file(kProvenance), provenance.dump(1) + "\n");
  write_page(command, log, scores, settings);
  streams.out << trainer.steps_done() << " steps in " << fixed_text(progress.seconds, 0) << " s";
  if (progress.best_step > 0) {
    streams.out << "; best validation J&F " << fixed_text(100 * progress.best, 1) << " at step "
                << progress.best_step;
  }
  streams.out << (stopped_early ? " (stopped early)" : "")
              << "\nweights: " << printable(file(kWeights))
              << "\ncurves: " << printable(file(kPage)) << "\n";
  return kExitPassed;
}

}  // namespace angiobench::cli
