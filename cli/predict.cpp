// SPDX-License-Identifier: MIT
#include "cli/predict.h"

#include <cstdio>
#include <memory>
#include <ostream>
#include <utility>

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

struct Work {
  std::vector<Clip> clips;
  std::string what;        // "mosxav-val", or the clip's name
  std::string score_with;  // what the user types next; empty for a clip
};

Work find_work(const po::variables_map& values) {
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
    work.clips.push_back(single_clip(clip, mask, work.what));
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
  work.clips = benchmark_clips(index, std::move(images));
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

void add_option(RunOptions& run, const char* name, int value) {
  if (value >= 0) run.settings.emplace_back(name, std::to_string(value));
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
       "a single clip instead: a folder of frames or a video file")  //
      ("first-mask", po::value<std::string>(),
       "its first mask (PNG), or a folder of masks named as their frames")  //
      ("name", po::value<std::string>(),
       "folder of its masks below --out (default: the clip's name)")                   //
      ("network", po::value<std::string>()->default_value("local"), networks.c_str())  //
      ("weights", po::value<std::string>(),
       "weights of a learned network: 'small', which comes with this program; a .safetensors or "
       ".pth "
       "file; 'seed' makes meaningless ones "
       "(seed:CALIBRATION.safetensors: "
       "those of the golden figures)")  //
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
      ("out,o", po::value<std::string>(),
       "folder of the submission; a broken run goes on where it stopped");
  add_common_options(described);
  const HelpPage help{
      "angiobench predict --network NAME -g DIR --dataset NAME -o DIR",
      "Predicts the masks of a whole data set, or of one clip, from its first masks: "
      "<out>/<sequence>/<frame>.png, ready\n"
      "for 'validate submission' and 'score', with a manifest.json of what made them.",
      {"angiobench predict --network optical-flow --dataset davis2017-val -g DAVIS -o flow   # the "
       "floor, no weights",
       "angiobench predict --network local --weights xravos.pth --dataset mosxav-val -g MOSXAV -o "
       "run1",
       "angiobench predict --network stcn --weights stcn.pth --clip cine.mp4 --first-mask "
       "first.png -o out"}};
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
  run.settings = {{"network", network}, {"data", work.what}};
  run.versions = {{"angiobench", tool_version() + " (" + tool_commit() + ")"}};
  bool is_trained = true;
  if (values.count("weights") != 0) {
    LoadedWeights loaded = load_weights(text_of(values, "weights"));
    options.weights = loaded.weights;
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
  if (!is_trained) {
    print_message(
        "warning",
        "THE WEIGHTS ARE NOT TRAINED (made from a seed): masks and scores of this run mean nothing",
        common, streams);
  }

  ProgressBar bar("predicting", "frames", common, streams);
  run.progress = bar.callback();
  const std::string sheet_path = text_of(values, "sheet");
  constexpr int kSheetClips = 6;
  PredictionSheet sheet(kSheetClips);
  if (!sheet_path.empty()) {
    run.on_frame = [&](const Clip& clip, const std::string& frame, int number, const cv::Mat& rgb,
                       const Mask& labels) {
      sheet.offer(clip.name, frame, number, clip.num_frames, rgb, labels);
    };
  }
  const RunSummary summary = predict_clips(work.clips, *predictor, run);
  if (!sheet.empty()) sheet.write(sheet_path);

  char speed[64];
  std::snprintf(
      speed, sizeof speed, "%.2f",
      summary.seconds > 0 ? static_cast<double>(summary.num_frames) / summary.seconds : 0.0);
  streams.out << printable(work.what) << ": " << summary.predicted << " sequences, "
              << summary.num_frames << " frames predicted";
  if (summary.num_frames > 0) streams.out << " at " << speed << " frames/s";
  if (summary.skipped > 0) streams.out << "; " << summary.skipped << " were there already";
  streams.out << "\nwritten to " << printable(run.out) << '\n';
  if (!work.score_with.empty())
    streams.out << "next: " << printable(work.score_with + " -p " + run.out) << '\n';
  return kExitPassed;
}

}  // namespace angiobench::cli
