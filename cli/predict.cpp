// SPDX-License-Identifier: MIT
#include "cli/predict.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

#include "baselines/estimate.h"
#include "baselines/prediction_sheet.h"
#include "baselines/predictors.h"
#include "baselines/runner.h"
#include "baselines/weights/load_weights.h"
#include "cli/color_option.h"
#include "cli/command.h"
#include "cli/dicom_window.h"
#include "cli/exit_code.h"
#include "cli/look.h"
#include "cli/modules.h"
#include "cli/planned.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "dataset/benchmark.h"
#include "dataset/color_table.h"
#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "dataset/files/passing_failure.h"
#include "dataset/plan/duration.h"
#include "dataset/sequence_index.h"

namespace angiobench::cli {
namespace {

struct PredictCommand {
  std::string dataset;
  std::string truth;
  std::string images;
  std::string meta;
  std::string sequences;
  std::string clip;
  std::string first_mask;
  std::string colors;
  std::string name;  // of the clip; empty: its path's
  std::string network = "local";
  std::string weights;
  PredictorOptions predictor;
  FrameReading reading;
  FirstMaskOptions masks;
  OutputSize size = OutputSize::first_mask;
  std::string from;
  double stale_hours = RunOptions{}.stale_hours;
  std::string sheet;
  LookOptions look;
  std::string out;
  ShardChoice shard;
  PlanOutput plan;  // of the job that makes one
};

constexpr Words<OutputSize, 2> kSizes{
    {{{"first-mask", OutputSize::first_mask}, {"frames", OutputSize::frames}}}};

HelpText help_page() {
  return {"predict",
          "angiobench predict --network NAME -g DIR --dataset NAME -o DIR\n"
          "angiobench predict --clip FRAMES --first-mask PNG -o DIR\n"
          "angiobench predict --plan FILE --shard N -o DIR",
          "Predicts the masks of a whole data set, or of one clip, from its first masks: "
          "<out>/<sequence>/<frame>.png, ready\n"
          "for 'validate submission' and 'score', with a manifest.json of what made them.",
          {"angiobench predict --clip cine.mp4 --first-mask first.png -o out   # one cine and one "
           "mask",
           "angiobench predict --clip cine.mp4 --first-mask first.png -o out --overlay look.mp4 "
           "--page look.html   # to look at",
           "angiobench predict --clip cine.mp4 --first-mask first.png -o out --from 25   # go on "
           "from out/cine/00025.png, which was mended",
           "angiobench predict --network local --weights xravos.pth --dataset mosxav-val -g MOSXAV "
           "-o run1",
           "angiobench predict --network optical-flow --dataset davis2017-val -g DAVIS -o flow   # "
           "the floor, no weights"}};
}

std::string table_of_predictors() {
  std::string text;
  for (const PredictorKind& kind : predictor_kinds()) {
    text += (text.empty() ? "" : "; ") + std::string(kind.name) + ": " + std::string(kind.summary);
  }
  return text;
}

// A name that this build does not have may be one that another has: make_predictor judges it.
OptionValue network_name(std::string& field) {
  OptionValue value = text(field, "NAME");
  value.completion = Completion::words;
  for (const PredictorKind& kind : predictor_kinds()) value.words.emplace_back(kind.name);
  return value;
}

void bind_input(OptionSet& options, PredictCommand& command) {
  options.add("dataset", name_or_json(command.dataset, "benchmark", benchmark_names()),
              "benchmark (mosxav-val, davis2017-val, flat, …) or a definition file");
  options.add("ground-truth,g", folder(command.truth),
              "the data set's root: its first masks are the prompts");
  options.add("images", file(command.images, "PATH"),
              "folder or zip of <sequence>/<frame>.jpg, where it is elsewhere");
  options.add("meta", file(command.meta), "first-mask or meta json, where it is elsewhere");
  options.add("sequences", names(command.sequences), "only these: a,b,@file");
  options.add("clip", file(command.clip, "PATH"),
              "a single clip instead: a folder or a zip of frames, a video file, a DICOM cine, or "
              "a volume (.nrrd, .mha, .nii.gz)");
  options.add("first-mask", file(command.first_mask, "PATH"),
              "its first mask (labels, 0/255, or a colour an object), a folder of masks named "
              "as their frames, or a volume of one slice or of one a frame");
  options.add("correct", flag(command.masks.correct),
              "with --clip: each mask of a later frame says all that is seen there, of objects "
              "given before too, and the clip is followed anew from it; otherwise such a mask "
              "gives new objects alone, and what it shows of others is left out");
  add_colors_option(options, command.colors);
  options.add("name", text(command.name, "NAME"),
              "folder of its masks below --out (default: the clip's name)");
  options.rule({"clip", "ground-truth"}, [&command]() -> std::string {
    if (command.clip.empty() && command.truth.empty())
      return "neither --ground-truth nor --clip is given; expected -g DIR --dataset NAME, or "
             "--clip "
             "FRAMES --first-mask PNG";
    if (!command.clip.empty() && !command.truth.empty())
      return "both --ground-truth and --clip are given; expected one of them";
    return {};
  });
  options.rule({"clip", "first-mask"}, [&command]() -> std::string {
    if (command.clip.empty() || !command.first_mask.empty()) return {};
    return "--clip comes without --first-mask (a PNG, or a folder of them)";
  });
  options.rule({"clip", "correct"}, [&command]() -> std::string {
    if (!command.masks.correct || !command.clip.empty()) return {};
    return "--correct comes without --clip: a data set's protocol gives each object once";
  });
  options.rule({"ground-truth", "dataset"}, [&command]() -> std::string {
    if (command.truth.empty() || !command.dataset.empty()) return {};
    return "--ground-truth comes without --dataset (a benchmark, e.g. mosxav-val)";
  });
}

void bind_predictor(OptionSet& options, PredictCommand& command) {
  constexpr int kMaxSide = 16384;
  constexpr int kMaxFrames = 1'000'000;
  PredictorOptions& predictor = command.predictor;
  options.add("network", network_name(command.network), table_of_predictors());
  options.add("weights", file_or_word(command.weights),
              "weights of a learned network: 'small' (default), which comes with this program; a "
              ".safetensors or .pth file, FILE#NAME where it holds several; 'seed' makes "
              "meaningless ones (seed:CALIBRATION.safetensors: those of the golden figures)");
  options.add("window", number(predictor.window, {1, 511}),
              "local: side of the matching window in cells of 16 pixels, odd (default 15)");
  options.add("top-k", number(predictor.top_k, {1, 4096}),
              "memory cells that a cell is read from (default 20)");
  options.add("memory-every", number(predictor.memory_every, {1, kMaxFrames}),
              "a frame is remembered every so many (default 5)");
  options.add("max-memory-frames", number(predictor.max_memory_frames, {0, kMaxFrames}),
              "frames that are remembered at most (default 64; 0: all): when there are more, the "
              "oldest without a prompt is forgotten, so that a long video takes no more memory");
  options.add("include-last", flag(predictor.include_last), "also read from the frame before");
  options
      .add("best-match", flag(predictor.best_match_window),
           "local: window on the best match (paper, Eq. 8-9; without reference)")
      .field("best_match_window");
  options.add(
      "resize", number(predictor.resize, {0, kMaxSide}),
      "shorter side that the network sees; 0: as it is (default: what the weights say, else "
      "as the official code)");
  options.add("normalization", choice(predictor.normalization, {"xray", "imagenet"}),
              "xray or imagenet (default: what the weights say, else the network's own)");
  options.add("device", choice(predictor.device, {"cpu", "cuda"}), "cpu or cuda");
}

void bind_reading(OptionSet& options, PredictCommand& command) {
  constexpr int kMaxLabel = 255;
  options.add("orientation", choice(command.reading.orientation, kOrientations),
              "stored: frames as they lie in their files; upright: turned as their tags say");
  options.add(
      "bits", number(command.reading.bits, {8, 16, "8, 10, 12, 14 or 16", is_sample_bits}),
      "bits of a 16-bit sample that are used: 8, 10, 12, 14, 16 (default: by the clip's range)");
  options.add("dicom-window", dicom_window(command.reading.window), kDicomWindowWords);
  options.add("binarize", flag(command.masks.binarize),
              "take smoothed edges of the first mask apart");
  options.add("trust-masks", flag(command.masks.trusted),
              "take every value of the first masks as an object, however scattered or large");
  options.add("background", number(command.masks.background, {0, kMaxLabel}),
              "label of the first masks that is the background; it and 0 change places");
  options.add("max-objects", number(command.masks.max_objects, {1, kMaxLabel}),
              "objects of a clip at most");
  options.add("size", choice(command.size, kSizes),
              "size that masks are written at: first-mask, or frames");
  options.add("stale", number(command.stale_hours, {0}),
              "hours after which an unfinished clip of another machine is taken away");
}

// What a plan of predictions is made of, and one shard of it.
void bind_planned(OptionSet& options, PredictCommand& command) {
  bind_input(options, command);
  bind_predictor(options, command);
  bind_reading(options, command);
}

void bind_mending(OptionSet& options, PredictCommand& command) {
  options.add("from", text(command.from, "FRAME"),
              "with --clip: go on from this frame (its name or number), whose mask in --out was "
              "mended by hand; masks up to it are kept byte for byte and count as right, those "
              "after it are predicted anew");
  options.rule({"clip", "from"}, [&command]() -> std::string {
    if (command.from.empty() || !command.clip.empty()) return {};
    return "--from comes without --clip; expected one clip, whose masks lie in --out";
  });
}

void bind(OptionSet& options, PredictCommand& command) {
  bind_planned(options, command);
  bind_mending(options, command);
  options
      .add("sheet", file(command.sheet),
           "also write a picture (PNG) of the first clips: two frames each, objects outlined")
      .writes();
  add_look_options(options, command.look, command.out);
  options
      .add("out,o", folder(command.out),
           "folder of the submission; what is there of the same input is kept, what is of other "
           "input is made again")
      .required("the submission's folder")
      .writes();
  add_shard_options(options, command.shard, command.out,
                    {"ground-truth", "images", "meta", "clip", "first-mask", "weights", "stale"});
}

// The last part of a path, without the extension of a file name that has one.
std::string name_of_path(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  path.erase(0, path.rfind('/') + 1);
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos || dot == 0 ? path : path.substr(0, dot);
}

struct Work {
  std::vector<Clip> clips;
  std::vector<ClipFailure> failures;  // sequences without frames
  std::string what;                   // "mosxav-val", or the clip's name
  std::string data;                   // what the manifest says of it: a folder may hold many clips
  std::string score_with;             // what the user types next; empty for a clip
};

// `only`: of a data set these sequences; empty: all.
Work find_work(const PredictCommand& command, const std::vector<std::string>& only) {
  Work work;
  if (!command.clip.empty()) {
    work.what = command.name.empty() ? name_of_path(command.clip) : command.name;
    work.data = "clips";
    FirstMaskOptions masks = command.masks;
    if (!command.colors.empty()) masks.colors = load_color_table(command.colors).labels;
    FrameReading reading = command.reading;
    reading.open_dicom = module_dicom_opener();
    work.clips.push_back(single_clip(command.clip, command.first_mask, work.what, reading, masks));
    return work;
  }
  IndexOptions index_options;
  index_options.meta_file = command.meta;
  index_options.sequences = only;
  const auto index = std::make_shared<const SequenceIndex>(index_ground_truth(
      command.truth, benchmark_with(command.dataset, command.colors), index_options));
  std::shared_ptr<const FileTree> images;
  if (!command.images.empty()) images = open_file_tree(command.images);
  work.what = index->benchmark.name;
  work.data = work.what;
  work.clips =
      benchmark_clips(index, std::move(images), command.reading, command.masks, &work.failures);
  work.score_with = "angiobench score --dataset " + command.dataset + " -g " + command.truth;
  return work;
}

void add_option(RunOptions& run, const char* name, int value) {
  if (value >= 0) run.settings.emplace_back(name, std::to_string(value));
}

bool needs_weights(const std::string& network) {
  for (const PredictorKind& kind : predictor_kinds()) {
    if (folded_name(kind.name) == folded_name(network)) return kind.needs_weights;
  }
  return false;
}

// What the weights are, where the network has any.
struct WeightsUsed {
  bool is_trained = true;
  std::optional<NetworkSpec> spec;
};

// Takes the weights into the predictor's options and says in the manifest what they are.
WeightsUsed take_weights(const PredictCommand& command, PredictorOptions& options, RunOptions& run,
                         const Call& call) {
  if (command.weights.empty() && !needs_weights(command.network)) return {};
  const LoadedWeights loaded = load_weights(command.weights.empty() ? "small" : command.weights);
  options.weights = loaded.weights;
  for (const std::string& note : loaded.notes)
    print_message("note", note, call.common, call.streams);
  // What the weights say they were trained on, where the user says nothing else.
  if (options.normalization.empty()) options.normalization = loaded.normalization;
  if (options.resize == -1) options.resize = loaded.resize;
  run.settings.emplace_back("weights", loaded.digest);
  run.settings.emplace_back(
      "trained", loaded.is_trained ? "yes" : "no: made from a seed, scores mean nothing");
  run.versions.emplace_back("weights_file", loaded.source);
  return {loaded.is_trained, loaded.spec};
}

// Says what a long run will take; stops one that memory does not suffice for.
void tell_estimate(const RunPlan& plan, Predictor& predictor, const PredictorOptions& options,
                   const std::optional<NetworkSpec>& spec, const Call& call) {
  // Fewer pixels than a minute or two of the slowest network: the estimate, which predicts some
  // thirty small frames, would be the longer part.
  constexpr double kShort = 100.0 * 512 * 512;
  const std::string work = std::to_string(plan.clips) + " clips, " + std::to_string(plan.frames) +
                           " frames, up to " + std::to_string(plan.objects) + " objects";
  MemoryFacts facts;
  facts.shorter_side = options.resize;
  if (options.memory_every > 0) facts.memory_every = options.memory_every;
  if (options.max_memory_frames >= 0) facts.max_memory_frames = options.max_memory_frames;
  double bytes = 0;
  if (spec) {
    facts.spec = *spec;
    bytes = estimated_bytes(plan, facts);
    if (options.device == "cpu") {
      check_memory(bytes, work,
                   "--resize N (the shorter side that the network sees: 480 or 720), "
                   "--max-memory-frames N, or another machine");
    }
  }
  if (plan.pixels < kShort) return;
  const double seconds = estimated_seconds(plan, predictor, facts);
  constexpr double kWorthSaying = 30;
  if (seconds < kWorthSaying) return;
  print_message("note",
                work + ": about " + duration_text(seconds) +
                    (bytes > 0 ? " and " + bytes_text(bytes) + " of memory" : "") + " (estimated)",
                call.common, call.streams);
}

// What was found about a clip. Notes of many clips would hide the warnings; the manifest has them.
void tell_of_clip(const Work& work, Severity severity, const std::string& clip,
                  const std::string& text, const Call& call) {
  constexpr std::size_t kFewClips = 20;
  if (severity == Severity::note && work.clips.size() > kFewClips && !call.common.verbose) return;
  print_message(severity_name(severity), "clip '" + clip + "': " + text, call.common, call.streams);
}

// What the manifest says of the options, where the user or the weights chose them.
void add_settings(const PredictorOptions& options, RunOptions& run) {
  add_option(run, "window", options.window);
  add_option(run, "top_k", options.top_k);
  add_option(run, "memory_every", options.memory_every);
  add_option(run, "max_memory_frames", options.max_memory_frames);
  add_option(run, "resize", options.resize);
  if (!options.normalization.empty())
    run.settings.emplace_back("normalization", options.normalization);
  run.settings.emplace_back("device", options.device);
}

// Says what came of it; the exit code.
int print_summary(const RunSummary& summary, const Work& work, const std::string& out,
                  std::ostream& stream) {
  const std::size_t num_failed = work.failures.size() + summary.failures.size();
  if (summary.predicted + summary.skipped == 0) {
    stream << printable(work.what) << ": nothing was predicted\n";
    return kExitInput;
  }
  char speed[64];
  std::snprintf(
      speed, sizeof speed, "%.2f",
      summary.seconds > 0 ? static_cast<double>(summary.num_frames) / summary.seconds : 0.0);
  stream << printable(work.what) << ": " << summary.predicted << " sequences, "
         << summary.num_frames << " frames predicted";
  if (summary.num_frames > 0) stream << " at " << speed << " frames/s";
  if (summary.skipped > 0) stream << "; " << summary.skipped << " were there already";
  if (num_failed > 0) stream << "; " << num_failed << " could not be predicted";
  stream << "\nwritten to " << printable(out) << '\n';
  if (num_failed > 0) return kExitInput;
  if (!work.score_with.empty()) {
    stream << "next: " << printable(work.score_with + " -p " + out) << '\n';
  } else {
    stream << "next: " << printable(out + "/" + work.what)
           << " has a mask a frame (0: background, 1, 2, …: the objects; --page FILE.html plays "
              "them). With true masks in TRUTH/"
           << printable(work.what) << ": "
           << printable("angiobench score --dataset flat -g TRUTH -p " + out) << '\n';
  }
  return kExitPassed;
}

// Predicts the work and draws the sheet.
int predict_work(const PredictCommand& command, const Work& work, Predictor& predictor,
                 RunOptions& run, LookFiles& look,
                 const std::function<void(const RunPlan&)>& estimate, const Call& call) {
  // What was wrong already is told first.
  for (const ClipFailure& failure : work.failures)
    tell_of_clip(work, Severity::error, failure.clip, failure.error.what(), call);
  run.tell = [&](Severity severity, const std::string& clip, const std::string& text) {
    tell_of_clip(work, severity, clip, text, call);
  };
  std::optional<ProgressBar> bar;
  run.before = [&](const RunPlan& plan) {
    estimate(plan);
    bar.emplace("predicting", "frames", call.common, call.streams);
  };
  run.progress = [&](std::uint64_t done, std::uint64_t total) { bar->update(done, total); };
  constexpr int kSheetClips = 6;
  PredictionSheet sheet(kSheetClips);
  if (!command.sheet.empty()) {
    run.on_frame = [&](const Clip& clip, const std::string& frame, int number, const cv::Mat& rgb,
                       const Mask& labels) {
      sheet.offer(clip.name, frame, number, static_cast<int>(clip.frames->names().size()), rgb,
                  labels);
    };
  }
  const RunSummary summary =
      keeping("clips that are finished are kept in " + run.out + "; the same command goes on",
              [&] { return predict_clips(work.clips, predictor, run); });
  bar.reset();
  if (!sheet.empty()) sheet.write(command.sheet);
  look.draw(work.clips, run, summary, call);
  return print_summary(summary, work, run.out, call.streams.out);
}

int predict_found(const PredictCommand& command, const Work& work, const Call& call) {
  LookFiles look(command.look, work.clips);  // a place that cannot be written is told at once
  RunOptions run;
  run.out = command.out;
  PredictorOptions options = command.predictor;
  options.threads = call.common.jobs;
  run.settings = {{"network", command.network}, {"data", work.data}};
  run.versions = {{"angiobench", tool_version() + " (" + tool_commit() + ")"}};
  const WeightsUsed weights = take_weights(command, options, run, call);
  const std::unique_ptr<Predictor> predictor = make_predictor(command.network, options);
  options.weights.reset();
  run.settings.emplace_back("predictor", predictor->describe());
  add_settings(options, run);
  run.masks = command.masks;
  run.stale_hours = command.stale_hours;
  run.size = command.size;
  run.from = command.from;
  if (!weights.is_trained) {
    print_message(
        "warning",
        "THE WEIGHTS ARE NOT TRAINED (made from a seed): masks and scores of this run mean nothing",
        call.common, call.streams);
  }
  const auto estimate = [&](const RunPlan& plan) {
    tell_estimate(plan, *predictor, options, weights.spec, call);
  };
  return predict_work(command, work, *predictor, run, look, estimate, call);
}

// --- plans ---

HelpText plan_help() {
  return {"plan predict",
          "angiobench plan predict --network NAME -g DIR --dataset NAME --shards N -o plan.json",
          "Cuts the clips of a data set into shards: 'predict --plan' predicts those of one into a "
          "folder that all share,\n"
          "'merge' says whether every mask is there. Clips are never split.",
          {"angiobench plan predict --network local --dataset mosxav-test -g MOSXAV --shards 8 -o "
           "plan.json",
           "angiobench plan predict --network stcn --weights stcn.pth --dataset davis2017-val -g "
           "DAVIS -o plan.json"}};
}

void bind_plan(OptionSet& options, PredictCommand& command) {
  bind_planned(options, command);
  add_plan_output(options, command.plan);
}

// Digest over a clip's frames and what its first masks show.
std::string clip_digest(const Clip& clip, const Prompts& prompts) {
  Sha256Stream digest;
  add_frames(clip, digest);
  digest.update(prompts_digest(prompts));
  return format_digest(digest.finish());
}

PlanItem item_of(const Clip& clip) {
  const FirstMasks first = clip.first_masks();
  const Mask& mask = first.prompts.masks.begin()->second;
  PlanItem item;
  item.name = clip.name;
  item.frames = clip.frames->names().size();
  item.objects = first.prompts.object_ids.size();
  item.pixels =
      static_cast<std::uint64_t>(mask.width()) * static_cast<std::uint64_t>(mask.height());
  item.cost = predict_cost(item.frames, item.pixels, item.objects);
  item.files = clip_digest(clip, first.prompts);
  return item;
}

// Seconds of one core.
double predict_seconds(std::uint64_t cost, const std::string& network) {
  constexpr double kOfFlow = 1.0 / 20;
  return (needs_weights(network) ? 1 : kOfFlow) * network_seconds(cost);
}

int plan_predict(const PredictCommand& command, const Call& call) {
  const Work work = find_work(command, parse_name_list(command.sequences));
  for (const ClipFailure& failure : work.failures)
    tell_of_clip(work, Severity::error, failure.clip, failure.error.what(), call);
  if (!work.failures.empty()) return kExitInput;
  RecordedOptions recorded = record_options(given_options(bind_plan, call.arguments),
                                            {"shards", "out", "stale", "sequences"});
  Plan plan;
  plan.verb = PlannedVerb::predict;
  plan.metric_version = kMetricVersion;
  plan.benchmark = work.data;
  plan.options = recorded.options;
  plan.files = recorded.files;
  std::uint64_t cost = 0;
  for (const Clip& clip : work.clips) {
    plan.items.push_back(item_of(clip));
    cost += plan.items.back().cost;
  }
  return write_plan(plan, recorded.places, command.plan, predict_seconds(cost, command.network),
                    call);
}

// Predicts the clips of one shard into the folder that all share.
int predict_shard(const PredictCommand& command, const Call& call) {
  const PatientWithSystem patient;
  const Plan plan = read_plan_of(command.shard.plan, PlannedVerb::predict);
  const std::uint32_t shard = shard_number(command.shard.shard, plan);
  const PlanPlaces places = places_of(command.shard.plan, given_options(bind, call.arguments));
  std::vector<std::string> arguments = arguments_of(plan, places);
  arguments.push_back("--out=" + command.out);
  Parsed<PredictCommand> parsed = parse_command(bind, arguments);
  if (!parsed.report.mistakes.empty())
    throw Error(ErrorKind::input, command.shard.plan,
                "the plan's options: " + parsed.report.mistakes.front());
  PredictCommand planned = std::move(parsed.command);
  planned.stale_hours = command.stale_hours;
  std::vector<std::string> names;
  std::vector<const PlanItem*> items;
  for (const PlanItem& item : plan.items) {
    if (item.shard != shard) continue;
    names.push_back(item.name);
    items.push_back(&item);
  }
  const Work work = find_work(planned, names);
  for (std::size_t i = 0; i < work.clips.size() && work.failures.empty(); ++i) {
    const Clip& clip = work.clips[i];
    if (items.size() == work.clips.size() && items[i]->name == clip.name &&
        items[i]->files == clip_digest(clip, clip.first_masks().prompts))
      continue;
    throw Error(ErrorKind::input, clip.frames->place(),
                "the clip '" + clip.name +
                    "' changed since the plan was made: its frames, or its first masks",
                "what was planned ('angiobench plan' again)");
  }
  return predict_found(planned, work, call);
}

int predict(const PredictCommand& command, const Call& call) {
  if (!command.shard.plan.empty()) return predict_shard(command, call);
  // Find the work before loading 200 MB of weights for it.
  return predict_found(command, find_work(command, parse_name_list(command.sequences)), call);
}

constexpr CommandLine<PredictCommand> kLine = {help_page, bind, predict};
constexpr CommandLine<PredictCommand> kPlanLine = {plan_help, bind_plan, plan_predict};

}  // namespace

void add_frames(const Clip& clip, Sha256Stream& digest) {
  const std::string place = clip.frames->place();
  std::unique_ptr<FileTree> folder;
  try {
    folder = open_folder(place);
  } catch (const Error& error) {  // a zip or a video has its digest in Plan::files
    if (error.kind() == ErrorKind::passing) throw;
  }
  if (folder != nullptr) {
    for (const std::string& file : folder->files("")) {
      digest.update(file + " " + std::to_string(folder->file_size(file).value_or(0)) + "\n");
    }
  }
  for (const std::string& name : clip.frames->names()) digest.update(name + "\n");
}

VerbCode predict_code() { return code_of_line<kLine>(); }
VerbCode plan_predict_code() { return code_of_line<kPlanLine>(); }

}  // namespace angiobench::cli
