// SPDX-License-Identifier: MIT
#include "cli/bench.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "baselines/estimate.h"
#include "baselines/predictors.h"
#include "baselines/speed_bench.h"
#include "baselines/weights/load_weights.h"
#include "baselines/weights/network_spec.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;

// One strategy of the paper's Table 3a: its name there and what computes it here.
struct Strategy {
  std::string_view name;   // as --strategies takes it
  std::string_view title;  // as the paper calls it
  Matching matching;
  Sampling sampling;
  EngineKind engine;
};

constexpr Strategy kStrategies[] = {
    {"global", "baseline (global matching)", Matching::global, Sampling::direct, EngineKind::fast},
    {"shift", "feature shift", Matching::local, Sampling::shift, EngineKind::fast},
    {"depth-wise", "depth-wise convolution", Matching::local, Sampling::depth_wise,
     EngineKind::fast},
    {"unfold", "unfold (the paper's)", Matching::local, Sampling::unfold, EngineKind::fast},
    {"local", "direct (no copies)", Matching::local, Sampling::direct, EngineKind::fast},
    {"best-match", "direct, window on the best match (no reference)", Matching::local_best_match,
     Sampling::direct, EngineKind::fast},
    {"reference-global", "global matching, plain LibTorch", Matching::global, Sampling::direct,
     EngineKind::torch},
    {"reference-unfold", "unfold, plain LibTorch (as published)", Matching::local, Sampling::unfold,
     EngineKind::torch},
};

struct Row {
  std::string title;
  SpeedResult result;
};

std::vector<int> parse_numbers(const std::string& text, const char* option) {
  std::vector<int> numbers;
  for (const std::string& part : parse_name_list(text)) {
    std::size_t used = 0;
    int number = 0;
    try {
      number = std::stoi(part, &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used != part.size() || number < 1)
      throw Error(ErrorKind::usage, option, "'" + part + "'", "numbers from 1, a,b,c");
    numbers.push_back(number);
  }
  return numbers;
}

std::string strategy_list() {
  std::string text;
  for (const Strategy& strategy : kStrategies)
    text += (text.empty() ? "" : ", ") + std::string(strategy.name);
  return text;
}

const Strategy& find_strategy(const std::string& name) {
  const auto found = std::find_if(std::begin(kStrategies), std::end(kStrategies),
                                  [&](const Strategy& strategy) { return strategy.name == name; });
  if (found == std::end(kStrategies)) {
    throw Error(ErrorKind::usage, "--strategies", "'" + name + "'", "some of " + strategy_list());
  }
  return *found;
}

// The cases of one of the paper's three small tables, or of the user's own choice.
std::vector<std::pair<std::string, SpeedCase>> cases_of(const po::variables_map& values) {
  std::vector<std::string> strategies = parse_name_list(values["strategies"].as<std::string>());
  std::vector<int> windows = parse_numbers(values["windows"].as<std::string>(), "--windows");
  std::vector<int> intervals =
      parse_numbers(values["memory-every"].as<std::string>(), "--memory-every");
  const std::string table = values["table"].as<std::string>();
  if (table == "3a") {
    strategies = {"global", "shift", "depth-wise", "unfold", "local"};
    windows = {15};
    intervals = {6};
  } else if (table == "3b") {
    strategies = {"local"};
    windows = {5, 7, 9, 13, 15, 17, 19};
    intervals = {6};
  } else if (table == "3c") {
    strategies = {"local"};
    windows = {15};
    intervals = {1, 2, 3, 5, 6, 8, 10};
  } else if (!table.empty()) {
    throw Error(ErrorKind::usage, "--table", "'" + table + "'", "3a, 3b or 3c");
  }

  std::vector<std::pair<std::string, SpeedCase>> cases;
  for (const std::string& name : strategies) {
    const Strategy& strategy = find_strategy(name);
    for (const int window : windows) {
      for (const int interval : intervals) {
        SpeedCase which;
        which.match.matching = strategy.matching;
        which.match.sampling = strategy.sampling;
        which.match.window = window;
        which.match.top_k = values["top-k"].as<int>();
        which.memory_every = interval;
        which.engine = strategy.engine == EngineKind::fast
                           ? best_engine(values["device"].as<std::string>())
                           : EngineKind::torch;
        cases.emplace_back(strategy.title, which);
      }
      if (strategy.matching == Matching::global) break;  // it has no window
    }
  }
  if (cases.empty())
    throw Error(ErrorKind::usage, "--strategies", "names nothing", "some of " + strategy_list());
  return cases;
}

// Says what a long measurement will take; stops one that memory does not suffice for.
void tell_estimate(const std::vector<std::pair<std::string, SpeedCase>>& cases,
                   const SpeedOptions& options, const CommonOptions& common,
                   const Streams& streams) {
  RunPlan plan;
  plan.clips = static_cast<int>(cases.size());
  plan.objects = options.objects;
  plan.frame_size =
      static_cast<std::uint64_t>(options.width) * static_cast<std::uint64_t>(options.height);
  for (const auto& [title, which] : cases) {
    plan.frames += static_cast<std::uint64_t>(options.memory_frames + 1 +
                                              options.repeats * which.memory_every);
  }
  plan.pixels = static_cast<double>(plan.frames) * static_cast<double>(plan.frame_size);
  MemoryFacts facts;
  facts.spec = network_spec_of(*options.weights, "weights");
  facts.memory_every = 1;
  facts.max_memory_frames = options.memory_frames;
  const std::string work = std::to_string(plan.clips) + " cases, " + std::to_string(plan.frames) +
                           " frames of " + std::to_string(options.width) + "x" +
                           std::to_string(options.height);
  const double bytes = estimated_bytes(plan, facts);
  if (options.device == "cpu")
    check_memory(bytes, work, "--size or --memory-frames smaller, or another machine");
  // As predict: of a shorter one the estimate would be the longer part.
  constexpr double kShort = 100.0 * 512 * 512;
  if (plan.pixels < kShort) return;
  PredictorOptions predicting;
  predicting.weights = options.weights;
  predicting.device = options.device;
  predicting.threads = options.threads;
  predicting.resize = 0;
  const double seconds = estimated_seconds(plan, *make_predictor("local", predicting), facts);
  constexpr double kWorthSaying = 30;
  if (seconds < kWorthSaying) return;
  print_message("note",
                work + ": about " + duration_text(seconds) + " and " + bytes_text(bytes) +
                    " of memory (estimated by local matching; other strategies may take several "
                    "times as long)",
                common, streams);
}

std::string window_text(const SpeedCase& which) {
  return which.match.matching == Matching::global ? "-" : std::to_string(which.match.window);
}

void print_row(const Row& row, std::ostream& out) {
  const SpeedResult& result = row.result;
  const StageTimes& stages = result.stages;
  const double total = stages.total();
  const auto share = [&](double seconds) { return total > 0 ? 100 * seconds / total : 0.0; };
  char line[256];
  std::snprintf(line, sizeof line,
                "%-48s %6s %3d  %8.3f ± %-7.3f %9.3f %9.0f %8.1f  %4.0f %4.0f %4.0f %4.0f %4.0f\n",
                row.title.c_str(), window_text(result.which).c_str(), result.which.memory_every,
                result.mean_fps(), result.std_fps(), result.mean_cpu_seconds(),
                static_cast<double>(result.peak_bytes) / 1e6,
                static_cast<double>(result.memory_bank_bytes) / 1e6, share(stages.key_encoder),
                share(stages.matching), share(stages.decoder), share(stages.value_encoder),
                share(stages.other));
  out << line << std::flush;
}

nlohmann::ordered_json json_of(const std::vector<Row>& rows, const SpeedOptions& options,
                               const SpeedEnvironment& environment) {
  nlohmann::ordered_json cases = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    const SpeedResult& result = row.result;
    const StageTimes& stages = result.stages;
    cases.push_back({{"strategy", row.title},
                     {"matching", matching_name(result.which.match.matching)},
                     {"sampling", sampling_name(result.which.match.sampling)},
                     {"window", result.which.match.window},
                     {"top_k", result.which.match.top_k},
                     {"memory_every", result.which.memory_every},
                     {"engine", engine_name(result.which.engine)},
                     {"fps", result.frames_per_second},
                     {"fps_mean", result.mean_fps()},
                     {"fps_std", result.std_fps()},
                     {"cpu_seconds_per_frame", result.mean_cpu_seconds()},
                     {"seconds_per_frame",
                      {{"key_encoder", stages.key_encoder},
                       {"matching", stages.matching},
                       {"decoder", stages.decoder},
                       {"value_encoder", stages.value_encoder},
                       {"other", stages.other}}},
                     {"peak_bytes", result.peak_bytes},
                     {"memory_bank_bytes", result.memory_bank_bytes}});
  }
  return {{"schema", "bench-1"},
          {"tool",
           {{"name", "angiobench"}, {"version", tool_version()}, {"git_commit", tool_commit()}}},
          {"environment",
           {{"processor", environment.processor},
            {"threads", environment.threads},
            {"libtorch", environment.torch},
            {"fast_engine", environment.engine},
            {"blas", environment.blas},
            {"reference_blas", environment.reference_blas}}},
          {"weights", state_dict_digest(*options.weights)},
          {"width", options.width},
          {"height", options.height},
          {"objects", options.objects},
          {"memory_frames", options.memory_frames},
          {"device", options.device},
          {"cases", std::move(cases)}};
}

}  // namespace

int run_bench(const std::vector<std::string>& arguments, const Streams& streams) {
  const std::string strategies = strategy_list();
  po::options_description described("Options");
  described.add_options()  //
      ("table", po::value<std::string>()->default_value(""),
       "the rows of one of the paper's tables: 3a, 3b, 3c")                                 //
      ("strategies", po::value<std::string>()->default_value("local"), strategies.c_str())  //
      ("windows", po::value<std::string>()->default_value("15"),
       "sides of the window in cells, odd: a,b,c")  //
      ("memory-every", po::value<std::string>()->default_value("5"),
       "intervals of remembered frames: a,b,c")                                                //
      ("top-k", po::value<int>()->default_value(20), "memory cells that a cell is read from")  //
      ("objects", po::value<int>()->default_value(3), "objects in the clip")                   //
      ("memory-frames", po::value<int>()->default_value(5),
       "frames in memory while frames are timed (predict: --max-memory-frames)")                //
      ("size", po::value<std::string>()->default_value("512x512"), "of a frame, WIDTHxHEIGHT")  //
      ("repeats", po::value<int>()->default_value(3),
       "how often; each times --memory-every frames")  //
      ("weights", po::value<std::string>()->default_value("seed"),
       "weights (speed does not depend on them; a small network's file times that network)")  //
      ("device", po::value<std::string>()->default_value("cpu"), "cpu or cuda")               //
      ("json", po::value<std::string>(), "also write every figure to this file");
  add_common_options(described);
  const HelpPage help{
      "angiobench bench [--table 3a|3b|3c] [--objects N] [-j N]",
      "Measures frames per second (mean ± standard deviation over repeats), CPU time, the share of "
      "each stage and peak\n"
      "memory of the baselines on synthetic frames, in the layout of the paper's Table 3. Its "
      "deformable-convolution and\n"
      "neighbourhood-attention rows have no exact counterpart on a CPU and are left out.",
      {"angiobench bench --table 3a                                  # how windows are sampled: "
       "the paper's Table 3a",
       "angiobench bench --strategies local,reference-unfold --objects 1 -j 1   # against the "
       "network as published",
       "angiobench bench --windows 5,9,15 --memory-frames 12 --json speed.json"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return kExitPassed;
  const CommonOptions common = read_common_options(values, streams);

  SpeedOptions options;
  const std::string size = values["size"].as<std::string>();
  char rest = 0;
  if (std::sscanf(size.c_str(), "%dx%d%c", &options.width, &options.height, &rest) != 2 ||
      options.width < 16 || options.height < 16 || options.width > 4096 || options.height > 4096) {
    throw Error(ErrorKind::usage, "--size", "'" + size + "'", "WIDTHxHEIGHT, 16 to 4096 each");
  }
  options.objects = values["objects"].as<int>();
  options.memory_frames = values["memory-frames"].as<int>();
  options.repeats = values["repeats"].as<int>();
  options.threads = common.jobs;
  options.device = values["device"].as<std::string>();
  const std::vector<std::pair<std::string, SpeedCase>> cases = cases_of(values);
  options.weights = load_weights(values["weights"].as<std::string>()).weights;

  check_speed_options(options);
  tell_estimate(cases, options, common, streams);

  const SpeedEnvironment environment = speed_environment(options.threads);
  if (environment.reference_blas) {
    print_message(
        "warning",
        environment.blas +
            " is the reference BLAS: LibTorch's matrix products run 30 times slower than with "
            "OpenBLAS (Debian: apt install libopenblas0-openmp)",
        common, streams);
  }
  streams.out << "processor " << printable(environment.processor) << ", " << environment.threads
              << (environment.threads == 1 ? " thread\n" : " threads\n") << "LibTorch "
              << environment.torch << "; fast engine: "
              << (environment.engine.empty() ? "none (no oneDNN 2 in this build)"
                                             : environment.engine)
              << "; BLAS: "
              << (environment.blas.empty() ? "LibTorch's own" : printable(environment.blas)) << '\n'
              << options.width << "x" << options.height << ", " << options.objects << " objects, "
              << options.memory_frames << " frames in memory, top " << values["top-k"].as<int>()
              << "\n\n";
  char heading[256];
  std::snprintf(heading, sizeof heading, "%-48s %6s %3s  %18s %9s %9s %8s  %4s %4s %4s %4s %4s\n",
                "sampling", "window", "r", "frames/s", "CPU-s/fr", "peak MB", "bank MB", "key%",
                "mat%", "dec%", "val%", "oth%");
  streams.out << heading;
  std::vector<Row> rows;
  ProgressBar bar("measuring", "cases", common, streams);
  for (const auto& [title, which] : cases) {
    rows.push_back({title, measure_speed(which, options)});
    print_row(rows.back(), streams.out);
    bar.update(rows.size(), cases.size());
  }
  streams.out << "\nr: a frame is remembered every r; shares of wall time: key encoder, matching, "
                 "decoder, value encoder, "
                 "the rest\n";
  if (values.count("json") != 0) {
    write_file_atomically(values["json"].as<std::string>(),
                          json_of(rows, options, environment).dump(2) + "\n");
  }
  return kExitPassed;
}

}  // namespace angiobench::cli
