// SPDX-License-Identifier: MIT
#include "cli/train.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

#include "baselines/predictors.h"
#include "baselines/runner.h"
#include "baselines/training/training_run.h"
#include "cli/color_option.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/planned.h"
#include "cli/predict.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/files/passing_failure.h"
#include "dataset/benchmark.h"
#include "dataset/color_table.h"
#include "dataset/error.h"
#include "dataset/sequence_index.h"
#include "evaluator/measures.h"
#include "evaluator/plan/score_plan.h"
#include "evaluator/scoring/scorer.h"
#include "reports/decimal.h"
#include "reports/html/training_page.h"

namespace angiobench::cli {
namespace {

namespace fs = boost::filesystem;

constexpr auto kStages = words<TrainingStage>(
    {{"xray", TrainingStage::xray_videos}, {"general", TrainingStage::general_videos}});
constexpr auto kScales =
    words<PixelScale>({{"xray", PixelScale::xray}, {"imagenet", PixelScale::imagenet}});

struct TrainCommand {
  TrainingRunOptions run;
  std::string dataset;
  std::string root;
  std::vector<std::string> stills;
  std::string colors;
  TrainingReading reading;
  std::vector<int> key_blocks{3, 4, 6};
  std::vector<int> value_blocks{2, 2, 2};
  std::vector<double> bootstrap{20000, 70000, 0.15};
  std::vector<double> crop_area{0.36, 1};
  int crop = AugmentOptions{}.crop;
  std::optional<std::int64_t> drop_at;
  std::optional<double> still_share;
  std::string validation_root;
  std::string validation_network = "local";
  ShardChoice shard;
  PlanOutput plan;  // of the job that makes one
  std::vector<std::string> vary;
};

HelpText help_page() {
  return {
      "train",
      "angiobench train -g DIR --dataset NAME -o DIR [--stills DIR] [--init WEIGHTS]\n"
      "angiobench train --plan FILE --shard N -o DIR",
      "Trains the memory network that both learned baselines share: clips of three frames, "
      "Adam, bootstrapped cross-entropy\n"
      "and the paper's contrastive loss. Defaults are the official code's last stage. Writes "
      "weights.safetensors (the best of\n"
      "the validations, or the last), a checkpoint, log.csv, training.html and "
      "provenance.json.",
      {"angiobench train -g MOSXAV --dataset mosxav-train --init stcn.pth --validate mosxav-val "
       "-o run   # the paper's stage",
       "angiobench train --stills arcade --width 16 --key-blocks 2,2,2 --crop 128 --steps 2000 "
       "--learning-rate 1e-3 -o small   # a small network on stills"}};
}

// The trainer's options as the command line has them.
TrainerOptions trainer_of(const TrainCommand& command) {
  TrainerOptions trainer = command.run.trainer;
  trainer.drop_at = command.drop_at.value_or(trainer.steps - trainer.steps / 6);
  trainer.bootstrap = {static_cast<std::int64_t>(command.bootstrap[0]),
                       static_cast<std::int64_t>(command.bootstrap[1]), command.bootstrap[2]};
  for (AugmentOptions* augment : {&trainer.video_augment, &trainer.still_augment}) {
    augment->crop = command.crop;
    augment->least_area = command.crop_area[0];
    augment->most_area = command.crop_area[1];
  }
  const double usual_share = command.stills.empty() ? 0 : command.root.empty() ? 1 : 0.5;
  trainer.still_share = command.still_share.value_or(usual_share);
  return trainer;
}

void bind_data(OptionSet& options, TrainCommand& command) {
  options.add("dataset", name_or_json(command.dataset, "benchmark", benchmark_names()),
              "benchmark whose videos are learned from (mosxav-train, …) or a definition file");
  options.add("ground-truth,g", folder(command.root), "the data set's root, frames included");
  options.add(
      "stills", folders(command.stills),
      "folder of still images: images/ with masks/*.png, labels/*.txt or annotations/*.json "
      "(COCO); may be repeated");
  add_colors_option(options, command.colors);
  options.add("still-share", number(command.still_share),
              "share of the clips that are made of stills (default: 1 without videos, else 0.5)");
  options.add("orientation", choice(command.reading.frames.orientation, kOrientations),
              "stored: pictures as they lie in their files; upright: turned as their tags say");
  options.add("bits",
              number(command.reading.frames.bits, {8, 16, "8, 10, 12, 14 or 16", is_sample_bits}),
              "bits of a video's 16-bit samples that are used (default: by each video's range)");
  options
      .add("trust-masks", flag(command.reading.trusts_masks),
           "take every value of the masks as an object, however scattered or large")
      .field("trusts_masks");
  options.rule({"dataset", "ground-truth"}, [&command]() -> std::string {
    if (command.dataset.empty() == command.root.empty()) return {};
    return std::string(command.root.empty() ? "--dataset" : "--ground-truth") +
           " comes alone; expected -g DIR --dataset NAME";
  });
  options.rule({"ground-truth", "stills"}, [&command]() -> std::string {
    if (!command.root.empty() || !command.stills.empty() || !command.dataset.empty()) return {};
    return "there is nothing to train on; expected -g DIR --dataset NAME, or --stills DIR";
  });
}

void bind_network(OptionSet& options, TrainCommand& command) {
  const auto is_even = [](int width) { return width % 2 == 0; };
  const Range<int> blocks{1, 64, "three numbers, 1 to 64"};
  options.add("init", file_or_word(command.run.init),
              "weights to start from: a file, or 'seed' for new ones");
  options.add("width", number(command.run.spec.width, {2, 256, "even, 2 to 256", is_even}),
              "channels of the first stage of new weights; 64 is the official network");
  options.add("key-blocks", numbers(command.key_blocks, {3, 3}, blocks),
              "bottleneck blocks of the key encoder's stages");
  options.add("value-blocks", numbers(command.value_blocks, {3, 3}, blocks),
              "blocks of the value encoder's stages");
}

void bind_out(OptionSet& options, TrainCommand& command) {
  options
      .add("out,o", folder(command.run.out),
           "folder for weights, checkpoint, log and page; a stopped run goes on where it was")
      .required("a folder for the run")
      .writes();
}

void bind_steps(OptionSet& options, TrainCommand& command) {
  TrainerOptions& trainer = command.run.trainer;
  options.add("steps", number(trainer.steps), "steps in all");
  options.add("batch", number(trainer.batch), "clips a step");
  options.add("learning-rate", number(trainer.learning_rate), "of Adam");
  options.add("drop-at", number(command.drop_at),
              "step from which the rate is a tenth (default: five sixths of the steps)");
  options.add("warm-up", number(trainer.warm_up),
              "steps over which the rate grows (for new weights)");
  options.add("weight-decay", number(trainer.weight_decay), "L2, as in the official code");
  options
      .add("clip", number(trainer.max_gradient_norm),
           "largest norm of the gradient; 0: not clipped")
      .field("max_gradient_norm");
  options.add("batch-statistics", number(trainer.batch_statistics),
              "steps in which batch norm uses the batch's statistics (for new weights); 0: never, "
              "as in the official code");
  options.add("matching", choice(trainer.matching, kTrainingMatchings),
              "global, local, or mixed (each step one of them)");
  options.add("window", number(trainer.window), "of local matching, odd");
  options.add("bootstrap", numbers(command.bootstrap, {3, 3}, {.expected = "START,END,LEAST"}),
              "START,END,LEAST: from START to END the loss narrows to the hardest LEAST of the "
              "pixels");
  options
      .add("contrast", number(trainer.contrast_weight),
           "weight of the spatio-temporal contrastive loss; 0: without")
      .field("contrast_weight");
  options.add("crop", number(command.crop), "side of a training picture, a multiple of 16");
  options.add("crop-area", numbers(command.crop_area, {2, 2}, {.expected = "LEAST,MOST"}),
              "LEAST,MOST share of the frame that a crop covers");
  options.add("distances", choice(trainer.stage, kStages),
              "xray (every fifth frame is annotated) or general: how far apart a clip's frames "
              "are");
  options.add("normalization", choice(trainer.scale, kScales), "xray or imagenet");
}

void bind_run(OptionSet& options, TrainCommand& command) {
  TrainingRunOptions& run = command.run;
  options.add("validate", name_or_json(run.validation, "benchmark", benchmark_names()),
              "benchmark that is predicted and scored while training (mosxav-val, or a file)");
  options.add("validate-root", folder(command.validation_root), "its root (default: that of -g)");
  options.rule({"validate", "validate-root", "ground-truth"}, [&command]() -> std::string {
    if (command.run.validation.empty() || !command.validation_root.empty() || !command.root.empty())
      return {};
    return "--validate comes without a root; expected --validate-root DIR";
  });
  options.add("validate-network", choice(command.validation_network, {"local", "stcn"}),
              "local or stcn: what predicts it");
  options.add("validate-every", number(run.validate_every, {1}), "steps");
  options.add("patience", number(run.patience, {0}),
              "stop after so many validations without a better one; 0: never");
  options.add("checkpoint-every", number(run.checkpoint_every, {1}), "steps");
  options.add("log-every", number(run.log_every, {1}), "steps a row of the log");
  options.add("stop-after", number(run.stop_after, {0}),
              "make a checkpoint and stop after so many steps of this run; 0: go to the end");
  options.add("half", flag(run.half), "write the final weights in half precision");
  options.add("seed", number(run.trainer.seed),
              "same seed, same trajectory (of one machine and number of threads)");
  options.add("device", choice(run.trainer.device, {"cpu", "cuda"}), "cpu or cuda");
}

// What a plan of training is made of.
void bind_planned(OptionSet& options, TrainCommand& command) {
  bind_data(options, command);
  bind_network(options, command);
  bind_steps(options, command);
  bind_run(options, command);
  // The library's own ranges.
  options.ask([&command] { return mistakes_of(trainer_of(command)); });
}

void bind(OptionSet& options, TrainCommand& command) {
  bind_planned(options, command);
  bind_out(options, command);
  add_shard_options(options, command.shard, command.run.out,
                    {"ground-truth", "stills", "init", "validate-root"});
}

// Predicts and scores the validation benchmark with weights as they are.
class Validation {
 public:
  Validation(const TrainCommand& command, const CommonOptions& common)
      : command_(command),
        common_(common),
        root_(command.validation_root.empty() ? command.root : command.validation_root) {
    if (command.run.validation.empty()) return;
    index_ = std::make_shared<const SequenceIndex>(index_ground_truth(
        root_,
        as_field("validate",
                 [&] { return benchmark_with(command.run.validation, command.colors); }),
        {}));
    clips_ = benchmark_clips(index_, nullptr);
  }
  explicit operator bool() const { return index_ != nullptr; }

  /// Digest over what tells the files of the benchmark from others; empty without one.
  std::string files_digest() const {
    if (index_ == nullptr) return {};
    Sha256Stream digest;
    digest.update(truth_digest(*index_));
    for (const Clip& clip : clips_) add_frames(clip, digest);
    return format_digest(digest.finish());
  }

  ValidationScore run(const StateDict& weights) const {
    // Clean up an earlier run that was killed here.
    const std::string folder = command_.run.out + "/validation.partial";
    boost::system::error_code code;
    fs::remove_all(folder, code);
    PredictorOptions options;
    options.weights = std::make_shared<const StateDict>(weights);
    options.normalization = command_.run.trainer.scale == PixelScale::xray ? "xray" : "imagenet";
    options.resize = 0;
    options.device = command_.run.trainer.device;
    options.threads = command_.run.trainer.threads;
    const std::unique_ptr<Predictor> predictor =
        make_predictor(command_.validation_network, options);
    RunOptions run;
    run.out = folder;
    run.settings = {{"network", command_.validation_network}};
    const RunSummary predicted = predict_clips(clips_, *predictor, run);
    if (!predicted.failures.empty()) throw Error(predicted.failures.front().error);

    ScoringInputs inputs;
    inputs.dataset = command_.run.validation;
    inputs.colors = command_.colors;
    inputs.ground_truth = root_;
    inputs.predictions = folder;
    const ScoringData data = open_scoring_data(inputs);
    const ScoreOutcome outcome = score(data.index, *data.predictions, data.protocol,
                                       find_missing(data.index, *data.predictions, data.protocol),
                                       score_options(inputs, common_));
    fs::remove_all(folder, code);
    if (!outcome.failures.empty()) throw outcome.failures.front();
    const auto value = [&](const Metric& metric) {
      for (const Scope scope : {Scope::overall, Scope::pooled}) {
        const Aggregate* const found = find_aggregate(outcome.result, metric, scope);
        if (found != nullptr && found->value) return *found->value;
      }
      throw Error(ErrorKind::inconclusive, command_.run.validation,
                  "gives no " + metric.id + " to choose weights by",
                  "a benchmark whose protocol has J&F, J and F");
    };
    return {value(mean_metric()), value(region_metric()), value(contour_metric())};
  }

 private:
  const TrainCommand& command_;
  const CommonOptions& common_;
  std::string root_;
  std::shared_ptr<const SequenceIndex> index_;
  std::vector<Clip> clips_;
};

// What is learned from; found before anything is made. `notes` gets what a reader of the data
// should know.
TrainingData find_data(const TrainCommand& command, std::vector<ClipNote>& notes) {
  TrainingData data;
  TrainingReading reading = command.reading;
  if (!command.colors.empty()) reading.colors = load_color_table(command.colors);
  if (!command.root.empty())
    data.videos = list_training_videos(command.root, command.dataset, &notes, reading);
  std::vector<std::string> still_notes;
  for (const std::string& folder : command.stills) {
    std::vector<StillImage> found = list_still_images(folder, &still_notes, reading);
    data.stills.insert(data.stills.end(), found.begin(), found.end());
  }
  for (const std::string& note : still_notes) notes.push_back({Severity::note, note});
  return data;
}

// Digest over names and sizes of the files of a run: what it learns from and is chosen by.
std::string files_of_run(const TrainingData& data, const Validation& validation) {
  Sha256Stream digest;
  digest.update(training_files_digest(data.videos, data.stills));
  digest.update(validation.files_digest());
  return format_digest(digest.finish());
}

TrainingRunOptions run_of(const TrainCommand& command, const Call& call) {
  TrainingRunOptions run = command.run;
  run.trainer = trainer_of(command);
  run.trainer.threads = call.common.jobs;
  std::ranges::copy(command.key_blocks, run.spec.key_blocks.begin());
  std::ranges::copy(command.value_blocks, run.spec.value_blocks.begin());
  if (!command.dataset.empty()) run.dataset = load_benchmark(command.dataset).name;
  run.tool_version = tool_version();
  run.tool_commit = tool_commit();
  run.command = call.arguments;
  return run;
}

std::string draw(const TrainingCurves& curves) {
  html::TrainingPage page;
  page.log_csv = curves.log_csv;
  page.validation_csv = curves.validation_csv;
  page.settings = curves.settings;
  return html::training_page(page);
}

void print_summary(const TrainingSummary& summary, const std::string& folder, std::ostream& out) {
  out << summary.steps_done << " steps in " << fixed_text(summary.seconds, 0) << " s";
  if (summary.best_step > 0) {
    out << "; best validation J&F " << fixed_text(100 * summary.best, 1) << " at step "
        << summary.best_step;
  }
  out << (summary.stopped_early ? " (stopped early)" : "")
      << "\nweights: " << printable(folder + "/" + kFinalWeights)
      << "\ncurves: " << printable(folder + "/" + kTrainingPage) << "\n";
}

// `planned`: the files of the run as a plan has them; null: of none.
int train_here(const TrainCommand& command, const std::string* planned, const Call& call) {
  std::vector<ClipNote> notes;
  const TrainingData data = find_data(command, notes);
  for (const ClipNote& note : notes)
    print_message(severity_name(note.severity), note.text, call.common, call.streams);
  const Validation validation(command, call.common);
  if (planned != nullptr && files_of_run(data, validation) != *planned) {
    throw Error(ErrorKind::input, command.root.empty() ? command.stills.front() : command.root,
                "the training data changed since the plan was made: a picture or mask of it, or of "
                "what is validated with, came, went or has another size",
                "what was planned ('angiobench plan' again)");
  }
  const TrainingRunOptions run = run_of(command, call);
  TrainingSummary summary;
  {
    ProgressBar bar("training", "steps", call.common, call.streams);
    TrainingHooks hooks;
    if (validation)
      hooks.validate = [&](const StateDict& weights) { return validation.run(weights); };
    hooks.draw = draw;
    hooks.note = [&](const std::string& message) {
      bar.clear();
      print_message("note", message, call.common, call.streams);
    };
    hooks.going_on = [&](std::uint64_t step) { bar.start_from(step); };
    hooks.progress = bar.callback();
    summary = keeping("the last step is kept in " + run.out + "; the same command goes on",
                      [&] { return run_training(run, data, hooks); });
  }
  if (summary.interrupted) {
    call.streams.out << "stopped after step " << summary.steps_done << " of " << run.trainer.steps
                     << "; the same command goes on\n";
  } else {
    print_summary(summary, run.out, call.streams.out);
  }
  return kExitPassed;
}

// --- plans ---

HelpText plan_help() {
  return {"plan train",
          "angiobench plan train -g DIR --dataset NAME --vary seed=1:2:3 [--vary …] -o plan.json",
          "Plans runs of training over seeds and settings: one for each combination of what "
          "--vary names. 'train --plan'\n"
          "makes those of a shard, each in a folder of its own; 'merge' prints a table of what "
          "they came to.",
          {"angiobench plan train -g MOSXAV --dataset mosxav-train --validate mosxav-val --vary "
           "seed=1:2:3 -o plan.json",
           "angiobench plan train --stills arcade --steps 2000 --vary width=16:32 --vary "
           "learning-rate=1e-3:1e-4 --vary seed=1:2 -o plan.json   # eight runs"}};
}

void bind_plan(OptionSet& options, TrainCommand& command) {
  bind_planned(options, command);
  options.add("vary", texts(command.vary, "OPTION=A:B"),
              "an option of 'train' and the values that it takes in turn; may be repeated");
  add_plan_output(options, command.plan);
}

// "seed=1:2" as the option and its values. What names a run is a folder's name.
std::pair<std::string, std::vector<std::string>> variation(const std::string& text) {
  const std::size_t sign = text.find('=');
  std::vector<std::string> values;
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == ',' || c == '-' || c == '_';
  };
  for (std::size_t at = sign + 1; sign != std::string::npos && at <= text.size();) {
    const std::size_t end = std::min(text.find(':', at), text.size());
    values.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  const bool is_good = sign != std::string::npos && sign > 0 && !values.empty() &&
                       std::ranges::all_of(values, [&](const std::string& value) {
                         return !value.empty() && std::ranges::all_of(value, is_plain);
                       });
  if (is_good) return {text.substr(0, sign), values};
  throw Error::about(ErrorKind::usage, "vary", "is '" + text + "'",
                     "OPTION=VALUE:VALUE, e.g. seed=1:2:3");
}

// Names of the runs: "seed=1+width=16", one for each combination.
std::vector<std::string> runs_over(const std::vector<std::string>& vary) {
  std::vector<std::string> runs = {""};
  for (const std::string& text : vary) {
    const auto [option, values] = variation(text);
    std::vector<std::string> longer;
    for (const std::string& run : runs) {
      for (const std::string& value : values)
        longer.push_back(run + (run.empty() ? "" : "+") + option + "=" + value);
    }
    runs = std::move(longer);
  }
  if (runs.front().empty()) runs = {"run"};
  return runs;
}

// The command line of one run of a plan.
std::vector<std::string> arguments_of_run(std::vector<std::string> arguments,
                                          const std::string& run) {
  if (run == "run") return arguments;
  for (std::size_t at = 0; at <= run.size();) {
    const std::size_t end = std::min(run.find('+', at), run.size());
    arguments.push_back("--" + run.substr(at, end - at));
    at = end + 1;
  }
  return arguments;
}

// A run as its command line has it. What is wrong with it is told of the run.
TrainCommand read_run(const std::vector<std::string>& arguments, const std::string& run) {
  std::vector<std::string> whole = arguments_of_run(arguments, run);
  Parsed<TrainCommand> parsed = parse_command(bind, whole);
  if (parsed.report.mistakes.empty()) return std::move(parsed.command);
  throw Error(ErrorKind::usage, "", "the run " + run + ": " + parsed.report.mistakes.front());
}

// What of a run decides which files it reads.
std::string data_of(const TrainCommand& command) {
  std::string text = command.dataset + "\n" + command.root + "\n" + command.run.validation + "\n" +
                     command.validation_root + "\n" + std::to_string(command.reading.frames.bits) +
                     (command.reading.trusts_masks ? " trusted" : "") + "\n";
  for (const std::string& folder : command.stills) text += folder + "\n";
  return text;
}

// Seconds of one core that a run takes, roughly.
double train_seconds(const PlanItem& item, int batch) {
  // Measured: 5000 steps of 4 clips of 192x192, width 16, in about 1 h of one core.
  constexpr double kSecondsOfCost = 3600.0 / (5000.0 * 4 * 192 * 192 * 16 * 16);
  // Two steps of width 4 took 1.6 s: start, looking at the data, log, checkpoint and weights.
  constexpr double kStart = 1.5;
  // Thirty of them 1 s more: three frames are read, turned and cut out whatever the network.
  constexpr double kSecondsOfClip = 0.018;
  return kStart + kSecondsOfClip * static_cast<double>(item.frames) * batch +
         kSecondsOfCost * static_cast<double>(item.cost);
}

int plan_train(const TrainCommand& command, const Call& call) {
  const RecordedOptions recorded =
      record_options(given_options(bind_plan, call.arguments), {"shards", "out", "vary"});
  Plan plan;
  plan.verb = PlannedVerb::train;
  plan.metric_version = kMetricVersion;
  plan.benchmark = command.dataset.empty() ? "stills" : load_benchmark(command.dataset).name;
  plan.options = recorded.options;
  plan.files = recorded.files;
  std::vector<std::string> arguments = arguments_of(plan, recorded.places);
  arguments.emplace_back("--out=-");
  double seconds = 0;
  std::map<std::string, std::string> digests;  // of data that was looked at for another run
  for (const std::string& run : runs_over(command.vary)) {
    const TrainCommand own = read_run(arguments, run);
    PlanItem& item = plan.items.emplace_back();
    item.name = run;
    std::string& digest = digests[data_of(own)];
    if (digest.empty()) {
      std::vector<ClipNote> notes;  // told by the run
      digest = files_of_run(find_data(own, notes), Validation(own, call.common));
    }
    item.files = digest;
    item.frames = static_cast<std::uint64_t>(own.run.trainer.steps);
    const auto side = static_cast<std::uint64_t>(own.crop);
    item.pixels = side * side;
    const auto width = static_cast<std::uint64_t>(own.run.spec.width);
    item.cost = item.frames * item.pixels * static_cast<std::uint64_t>(own.run.trainer.batch) *
                width * width;
    seconds += train_seconds(item, own.run.trainer.batch);
  }
  return write_plan(plan, recorded.places, command.plan, seconds, call);
}

// Makes the runs of one shard, one after the other; those that are there are left alone.
int train_shard(const TrainCommand& command, const Call& call) {
  const PatientWithSystem patient;
  const Plan plan = read_plan_of(command.shard.plan, PlannedVerb::train);
  const std::uint32_t shard = shard_number(command.shard.shard, plan);
  const std::vector<std::string> planned =
      arguments_of(plan, places_of(command.shard.plan, given_options(bind, call.arguments)));
  boost::system::error_code code;
  for (const PlanItem& item : plan.items) {
    if (item.shard != shard) continue;
    const std::string folder = command.run.out + "/" + item.name;
    if (!command.shard.force && fs::exists(folder + "/" + kFinalWeights, code)) {
      call.streams.out << item.name << ": is there\n";
      continue;
    }
    call.streams.out << item.name << ":\n" << std::flush;
    std::vector<std::string> arguments = planned;
    arguments.push_back("--out=" + folder);
    (void)train_here(read_run(arguments, item.name), &item.files, call);
  }
  return kExitPassed;
}

int train(const TrainCommand& command, const Call& call) {
  return command.shard.plan.empty() ? train_here(command, nullptr, call)
                                    : train_shard(command, call);
}

constexpr CommandLine<TrainCommand> kLine = {help_page, bind, train};
constexpr CommandLine<TrainCommand> kPlanLine = {plan_help, bind_plan, plan_train};

}  // namespace

VerbCode train_code() { return code_of_line<kLine>(); }
VerbCode plan_train_code() { return code_of_line<kPlanLine>(); }

}  // namespace angiobench::cli
