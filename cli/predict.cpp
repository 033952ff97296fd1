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
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/sequence_index.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;

// An option that the user may leave to the predictor (-1).
int number_of(const po::variables_map& values, const char* name, int least, int most) {
  if (values.count(name) == 0) return -1;
  const int value = values[name].as<int>();
  if (value < least || value > most) {
    throw Error(ErrorKind::usage, std::string("--") + name, "is " + std::to_string(value),
                std::to_string(least) + " to " + std::to_string(most));
  }
  return value;
}

PredictorOptions predictor_options(const po::variables_map& values, int jobs) {
  constexpr int kMaxSide = 16384;
  PredictorOptions options;
  options.window = number_of(values, "window", 1, 511);
  options.top_k = number_of(values, "top-k", 1, 4096);
  options.memory_every = number_of(values, "memory-every", 1, 1'000'000);
  options.max_memory_frames = number_of(values, "max-memory-frames", 0, 1'000'000);
  options.include_last = values["include-last"].as<bool>();
  options.best_match_window = values["best-match"].as<bool>();
  options.resize = number_of(values, "resize", 0, kMaxSide);
  options.normalization = text_of(values, "normalization");
  options.device = values["device"].as<std::string>();
  options.threads = jobs;
  return options;
}

// The last part of a path, without the extension of a file name that has one.
std::string name_of_path(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  path.erase(0, path.rfind('/') + 1);
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos || dot == 0 ? path : path.substr(0, dot);
}

// How frames are to be read.
FrameReading frame_reading(const po::variables_map& values) {
  FrameReading reading;
  reading.orientation = parse_orientation(text_of(values, "orientation"));
  if (values.count("bits") == 0) return reading;
  reading.bits = values["bits"].as<int>();
  if (reading.bits < 8 || reading.bits > 16 || reading.bits % 2 != 0) {
    throw Error(ErrorKind::usage, "--bits", "is " + std::to_string(reading.bits),
                "8, 10, 12, 14 or 16");
  }
  return reading;
}

FirstMaskOptions first_mask_options(const po::variables_map& values) {
  FirstMaskOptions options;
  options.binarize = values["binarize"].as<bool>();
  options.trusted = values["trust-masks"].as<bool>();
  options.background = number_of(values, "background", 0, 255);
  if (values.count("max-objects") != 0)
    options.max_objects = number_of(values, "max-objects", 1, 255);
  return options;
}

struct Work {
  std::vector<Clip> clips;
  std::vector<ClipFailure> failures;  // sequences without frames
  std::string what;                   // "mosxav-val", or the clip's name
  std::string data;                   // what the manifest says of it: a folder may hold many clips
  std::string score_with;             // what the user types next; empty for a clip
};

Work find_work(const po::variables_map& values) {
  const FrameReading reading = frame_reading(values);
  const FirstMaskOptions masks = first_mask_options(values);
  const std::string clip = text_of(values, "clip");
  const std::string truth = text_of(values, "ground-truth");
  if (clip.empty() == truth.empty()) {
    throw Error(ErrorKind::usage, "",
                clip.empty() ? "neither --ground-truth nor --clip is given"
                             : "both --ground-truth and --clip are given",
                "-g DIR --dataset NAME, or --clip FRAMES --first-mask PNG");
  }
  Work work;
  if (!clip.empty()) {
    const std::string mask = text_of(values, "first-mask");
    if (mask.empty())
      throw Error(ErrorKind::usage, "--clip", "comes without --first-mask",
                  "a PNG, or a folder of them");
    work.what = values.count("name") != 0 ? text_of(values, "name") : name_of_path(clip);
    work.data = "clips";
    work.clips.push_back(single_clip(clip, mask, work.what, reading, masks));
    return work;
  }
  const std::string dataset = text_of(values, "dataset");
  if (dataset.empty())
    throw Error(ErrorKind::usage, "--ground-truth", "comes without --dataset", "--dataset NAME");
  IndexOptions index_options;
  index_options.meta_file = text_of(values, "meta");
  index_options.sequences = parse_name_list(text_of(values, "sequences"));
  const auto index = std::make_shared<const SequenceIndex>(
      index_ground_truth(truth, load_benchmark(dataset), index_options));
  std::shared_ptr<const FileTree> images;
  if (values.count("images") != 0) images = open_file_tree(text_of(values, "images"));
  work.what = index->benchmark.name;
  work.data = work.what;
  work.clips = benchmark_clips(index, std::move(images), reading, masks, &work.failures);
  work.score_with = "angiobench score --dataset " + dataset + " -g " + truth;
  return work;
}

std::string table_of_predictors() {
  std::string text;
  for (const PredictorKind& kind : predictor_kinds()) {
    text += (text.empty() ? "" : "; ") + std::string(kind.name) + ": " + std::string(kind.summary);
  }
  return text;
}

bool needs_weights(const std::string& network) {
  for (const PredictorKind& kind : predictor_kinds()) {
    if (kind.name == network) return kind.needs_weights;
  }
  return false;
}

void add_option(RunOptions& run, const char* name, int value) {
  if (value >= 0) run.settings.emplace_back(name, std::to_string(value));
}

// Says what a long run will take; stops one that memory does not suffice for.
void tell_estimate(const RunPlan& plan, Predictor& predictor, const PredictorOptions& options,
                   const std::optional<NetworkSpec>& spec, const CommonOptions& common,
                   const Streams& streams) {
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
                common, streams);
}

}  // namespace

int run_predict(const std::vector<std::string>& arguments, const Streams& streams) {
  const std::string networks = table_of_predictors();
  po::options_description described("Options");
  described.add_options()  //
      ("dataset", po::value<std::string>(),
       "benchmark (mosxav-val, davis2017-val, flat, …) or a definition file")  //
      ("ground-truth,g", po::value<std::string>(),
       "the data set's root: its first masks are the prompts")  //
      ("images", po::value<std::string>(),
       "folder or zip of <sequence>/<frame>.jpg, where it is elsewhere")                    //
      ("meta", po::value<std::string>(), "first-mask or meta json, where it is elsewhere")  //
      ("sequences", po::value<std::string>(), "only these: a,b,@file")                      //
      ("clip", po::value<std::string>(),
       "a single clip instead: a folder or a zip of frames, or a video file")  //
      ("first-mask", po::value<std::string>(),
       "its first mask (labels, 0/255, or a colour an object), or a folder of masks named as their "
       "frames")  //
      ("name", po::value<std::string>(),
       "folder of its masks below --out (default: the clip's name)")                   //
      ("network", po::value<std::string>()->default_value("local"), networks.c_str())  //
      ("weights", po::value<std::string>(),
       "weights of a learned network: 'small' (default), which comes with this program; a "
       ".safetensors or .pth file, FILE#NAME where it holds several; 'seed' makes meaningless ones "
       "(seed:CALIBRATION.safetensors: those of the golden figures)")  //
      ("window", po::value<int>(),
       "local: side of the matching window in cells of 16 pixels, odd (default 15)")         //
      ("top-k", po::value<int>(), "memory cells that a cell is read from (default 20)")      //
      ("memory-every", po::value<int>(), "a frame is remembered every so many (default 5)")  //
      ("max-memory-frames", po::value<int>(),
       "frames that are remembered at most (default 64; 0: all): when there are more, the oldest "
       "without a prompt is forgotten, so that a long video takes no more memory")  //
      ("include-last", po::bool_switch(), "also read from the frame before")        //
      ("best-match", po::bool_switch(),
       "local: window on the best match (paper, Eq. 8-9; without reference)")  //
      ("resize", po::value<int>(),
       "shorter side that the network sees; 0: as it is (default: what the weights say, else as "
       "the "
       "official code)")  //
      ("normalization", po::value<std::string>(),
       "xray or imagenet (default: what the weights say, else the network's own)")  //
      ("device", po::value<std::string>()->default_value("cpu"), "cpu or cuda")     //
      ("sheet", po::value<std::string>(),
       "also write a picture (PNG) of the first clips: two frames each, objects outlined")  //
      ("orientation", po::value<std::string>()->default_value("stored"),
       "stored: frames as they lie in their files; upright: turned as their tags say")  //
      ("bits", po::value<int>(),
       "bits of a 16-bit sample that are used: 8, 10, 12, 14, 16 (default: by the clip's range)")  //
      ("binarize", po::bool_switch(), "take smoothed edges of the first mask apart")  //
      ("trust-masks", po::bool_switch(),
       "take every value of the first masks as an object, however scattered or large")  //
      ("background", po::value<int>(),
       "label of the first masks that is the background; it and 0 change places")  //
      ("max-objects", po::value<int>(), "objects of a clip at most (default 64)")  //
      ("size", po::value<std::string>()->default_value("first-mask"),
       "size that masks are written at: first-mask, or frames")  //
      ("stale", po::value<double>()->default_value(24, "24"),
       "hours after which an unfinished clip of another machine is taken away")  //
      ("out,o", po::value<std::string>(),
       "folder of the submission; what is there of the same input is kept, what is of other input "
       "is made again");
  add_common_options(described);
  const HelpPage help{
      "angiobench predict --network NAME -g DIR --dataset NAME -o DIR",
      "Predicts the masks of a whole data set, or of one clip, from its first masks: "
      "<out>/<sequence>/<frame>.png, ready\n"
      "for 'validate submission' and 'score', with a manifest.json of what made them.",
      {"angiobench predict --clip cine.mp4 --first-mask first.png -o out   # one cine and one mask",
       "angiobench predict --network local --weights xravos.pth --dataset mosxav-val -g MOSXAV -o "
       "run1",
       "angiobench predict --network optical-flow --dataset davis2017-val -g DAVIS -o flow   # the "
       "floor, no weights"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return kExitPassed;
  const CommonOptions common = read_common_options(values, streams);

  RunOptions run;
  run.out = text_of(values, "out");
  if (run.out.empty()) throw Error(ErrorKind::usage, "--out", "is not given", "-o DIR");
  const std::string network = values["network"].as<std::string>();
  PredictorOptions options = predictor_options(values, common.jobs);

  // Find the work before loading 200 MB of weights for it.
  Work work = find_work(values);
  run.settings = {{"network", network}, {"data", work.data}};
  run.versions = {{"angiobench", tool_version() + " (" + tool_commit() + ")"}};
  bool is_trained = true;
  std::optional<NetworkSpec> spec;
  if (values.count("weights") != 0 || needs_weights(network)) {
    LoadedWeights loaded =
        load_weights(values.count("weights") != 0 ? text_of(values, "weights") : "small");
    options.weights = loaded.weights;
    spec = loaded.spec;
    for (const std::string& note : loaded.notes) print_message("note", note, common, streams);
    is_trained = loaded.is_trained;
    // What the weights say they were trained on, where the user says nothing else.
    if (options.normalization.empty()) options.normalization = loaded.normalization;
    if (options.resize == -1) options.resize = loaded.resize;
    run.settings.emplace_back("weights", loaded.digest);
    run.settings.emplace_back(
        "trained", loaded.is_trained ? "yes" : "no: made from a seed, scores mean nothing");
    run.versions.emplace_back("weights_file", loaded.source);
  }
  const std::unique_ptr<Predictor> predictor = make_predictor(network, options);
  options.weights.reset();
  run.settings.emplace_back("predictor", predictor->describe());
  add_option(run, "window", options.window);
  add_option(run, "top_k", options.top_k);
  add_option(run, "memory_every", options.memory_every);
  add_option(run, "max_memory_frames", options.max_memory_frames);
  add_option(run, "resize", options.resize);
  if (!options.normalization.empty())
    run.settings.emplace_back("normalization", options.normalization);
  run.settings.emplace_back("device", options.device);
  run.masks = first_mask_options(values);
  run.stale_hours = values["stale"].as<double>();
  const std::string size = text_of(values, "size");
  if (size != "first-mask" && size != "frames")
    throw Error(ErrorKind::usage, "--size", "is '" + size + "'", "first-mask or frames");
  if (size == "frames") run.size = OutputSize::frames;
  if (!is_trained) {
    print_message(
        "warning",
        "THE WEIGHTS ARE NOT TRAINED (made from a seed): masks and scores of this run mean nothing",
        common, streams);
  }

  // What was wrong already is told first.
  constexpr std::size_t kFewClips =
      20;  // notes of more would hide the warnings; the manifest has them
  const auto print_clip = [&](Severity severity, const std::string& clip, const std::string& text) {
    if (severity == Severity::note && work.clips.size() > kFewClips && !common.verbose) return;
    print_message(severity_name(severity), "clip '" + clip + "': " + text, common, streams);
  };
  for (const ClipFailure& failure : work.failures)
    print_clip(Severity::error, failure.clip, failure.error.what());
  run.tell = print_clip;
  std::optional<ProgressBar> bar;
  run.before = [&](const RunPlan& plan) {
    tell_estimate(plan, *predictor, options, spec, common, streams);
    bar.emplace("predicting", "frames", common, streams);
  };
  run.progress = [&](std::uint64_t done, std::uint64_t total) { bar->update(done, total); };
  const std::string sheet_path = text_of(values, "sheet");
  constexpr int kSheetClips = 6;
  PredictionSheet sheet(kSheetClips);
  if (!sheet_path.empty()) {
    run.on_frame = [&](const Clip& clip, const std::string& frame, int number, const cv::Mat& rgb,
                       const Mask& labels) {
      sheet.offer(clip.name, frame, number, static_cast<int>(clip.frames->names().size()), rgb,
                  labels);
    };
  }
  const RunSummary summary = predict_clips(work.clips, *predictor, run);
  bar.reset();
  const std::size_t num_failed = work.failures.size() + summary.failures.size();
  if (summary.predicted + summary.skipped == 0) {
    streams.out << printable(work.what) << ": nothing was predicted\n";
    return kExitInput;
  }
  if (!sheet.empty()) sheet.write(sheet_path);

  char speed[64];
  std::snprintf(
      speed, sizeof speed, "%.2f",
      summary.seconds > 0 ? static_cast<double>(summary.num_frames) / summary.seconds : 0.0);
  streams.out << printable(work.what) << ": " << summary.predicted << " sequences, "
              << summary.num_frames << " frames predicted";
  if (summary.num_frames > 0) streams.out << " at " << speed << " frames/s";
  if (summary.skipped > 0) streams.out << "; " << summary.skipped << " were there already";
  if (num_failed > 0) streams.out << "; " << num_failed << " could not be predicted";
  streams.out << "\nwritten to " << printable(run.out) << '\n';
  if (num_failed > 0) return kExitInput;
  if (!work.score_with.empty())
    streams.out << "next: " << printable(work.score_with + " -p " + run.out) << '\n';
  return kExitPassed;
}

}  // namespace angiobench::cli
