// SPDX-License-Identifier: MIT
#include "cli/bench.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

#include "baselines/estimate.h"
#include "baselines/predictors.h"
#include "baselines/speed_bench.h"
#include "baselines/weights/load_weights.h"
#include "baselines/weights/network_spec.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/image_size.h"
#include "reports/speed_report.h"

namespace angiobench::cli {
namespace {

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

// The rows of one of the paper's three small tables.
struct PaperRows {
  std::string_view table;
  std::vector<std::string> strategies;
  std::vector<int> windows;
  std::vector<int> intervals;
};

std::vector<PaperRows> paper_rows() {
  return {{"3a", {"global", "shift", "depth-wise", "unfold", "local"}, {15}, {6}},
          {"3b", {"local"}, {5, 7, 9, 13, 15, 17, 19}, {6}},
          {"3c", {"local"}, {15}, {1, 2, 3, 5, 6, 8, 10}}};
}

struct BenchCommand {
  std::string table;
  std::string strategies = "local";
  std::vector<int> windows{15};
  std::vector<int> intervals{5};
  int top_k = 20;
  std::string size = "512x512";
  std::string weights = "seed";
  std::string json;
  SpeedOptions options = [] {
    SpeedOptions usual;
    usual.repeats = 3;
    return usual;
  }();
};

std::vector<std::string> names_of_strategies() {
  std::vector<std::string> names;
  for (const Strategy& strategy : kStrategies) names.emplace_back(strategy.name);
  return names;
}

HelpText help_page() {
  return {"bench",
          "angiobench bench [--table 3a|3b|3c] [--objects N] [-j N]",
          "Measures frames per second (mean ± standard deviation over repeats), CPU time, the "
          "share of each stage and peak\n"
          "memory of the baselines on synthetic frames, in the layout of the paper's Table 3. Its "
          "deformable-convolution and\n"
          "neighbourhood-attention rows have no exact counterpart on a CPU and are left out.",
          {"angiobench bench --table 3a                                  # how windows are "
           "sampled: the paper's Table 3a",
           "angiobench bench --strategies local,reference-unfold --objects 1 -j 1   # against the "
           "network as published",
           "angiobench bench --windows 5,9,15 --memory-frames 12 --json speed.json"}};
}

// "512x384" into the two sides.
OptionValue frame_size(BenchCommand& command) {
  OptionValue value = text(command.size, "WIDTHxHEIGHT");
  value.put = [&command](const std::string& given) -> std::string {
    const Range<int> side{16, 4096};
    const std::size_t sign = given.find('x');
    const auto width = parse_number<int>(given.substr(0, sign));
    const auto height =
        sign == std::string::npos ? std::nullopt : parse_number<int>(given.substr(sign + 1));
    if (!width || !height || !is_within(*width, side) || !is_within(*height, side))
      return wrong_value(given, "WIDTHxHEIGHT, 16 to 4096 each");
    command.options.width = *width;
    command.options.height = *height;
    return {};
  };
  return value;
}

void bind(OptionSet& options, BenchCommand& command) {
  const Range<int> list{1, std::numeric_limits<int>::max(), "numbers from 1, a,b,c"};
  options.add("table", choice(command.table, {"3a", "3b", "3c"}),
              "the rows of one of the paper's tables: 3a, 3b, 3c");
  options.add("strategies", names(command.strategies, names_of_strategies()),
              list_of_words(names_of_strategies()));
  options.add("windows", numbers(command.windows, {}, list),
              "sides of the window in cells, odd: a,b,c");
  options.add("memory-every", numbers(command.intervals, {}, list),
              "intervals of remembered frames: a,b,c");
  options.add("top-k", number(command.top_k), "memory cells that a cell is read from");
  options.add("objects", number(command.options.objects, {1, 255}), "objects in the clip");
  options.add("memory-frames", number(command.options.memory_frames, {1}),
              "frames in memory while frames are timed (predict: --max-memory-frames)");
  options.add("size", frame_size(command), "of a frame, WIDTHxHEIGHT");
  options.add("repeats", number(command.options.repeats, {1}),
              "how often; each times --memory-every frames");
  options.add("weights", file_or_word(command.weights),
              "weights (speed does not depend on them; a small network's file times that network)");
  options.add("device", choice(command.options.device, {"cpu", "cuda"}), "cpu or cuda");
  options.add("json", file(command.json), "also write every figure to this file").writes();
}

const Strategy& find_strategy(const std::string& name) {
  const auto found = std::ranges::find(kStrategies, name, &Strategy::name);
  if (found != std::end(kStrategies)) return *found;
  throw unknown_name("strategies", "names '" + name + "'", names_of_strategies(), name);
}

// The cases of one of the paper's tables, or of the user's own choice.
std::vector<std::pair<std::string, SpeedCase>> cases_of(const BenchCommand& command) {
  PaperRows rows{"", parse_name_list(command.strategies), command.windows, command.intervals};
  for (const PaperRows& paper : paper_rows()) {
    if (paper.table == command.table) rows = paper;
  }
  std::vector<std::pair<std::string, SpeedCase>> cases;
  for (const std::string& name : rows.strategies) {
    const Strategy& strategy = find_strategy(name);
    for (const int window : rows.windows) {
      for (const int interval : rows.intervals) {
        SpeedCase which;
        which.match.matching = strategy.matching;
        which.match.sampling = strategy.sampling;
        which.match.window = window;
        which.match.top_k = command.top_k;
        which.memory_every = interval;
        which.engine = strategy.engine == EngineKind::fast ? best_engine(command.options.device)
                                                           : EngineKind::torch;
        cases.emplace_back(strategy.title, which);
      }
      if (strategy.matching == Matching::global) break;  // it has no window
    }
  }
  if (cases.empty())
    throw Error::about(ErrorKind::usage, "strategies", "names nothing",
                       "some of " + list_of_words(names_of_strategies()));
  return cases;
}

// Says what a long measurement will take; stops one that memory does not suffice for.
void tell_estimate(const std::vector<std::pair<std::string, SpeedCase>>& cases,
                   const SpeedOptions& options, const Call& call) {
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
                           " frames of " + size_text(options.width, options.height);
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
                call.common, call.streams);
}

SpeedReport report_of(const BenchCommand& command, const SpeedOptions& options) {
  const SpeedEnvironment environment = speed_environment(options.threads);
  SpeedReport report;
  report.tool_version = tool_version();
  report.git_commit = tool_commit();
  report.processor = environment.processor;
  report.threads = environment.threads;
  report.libtorch = environment.torch;
  report.fast_engine = environment.engine;
  report.blas = environment.blas;
  report.reference_blas = environment.reference_blas;
  report.weights = state_dict_digest(*options.weights);
  report.width = options.width;
  report.height = options.height;
  report.objects = options.objects;
  report.memory_frames = options.memory_frames;
  report.top_k = command.top_k;
  report.device = options.device;
  return report;
}

SpeedRow row_of(const std::string& title, const SpeedResult& result) {
  const StageTimes& stages = result.stages;
  SpeedRow row;
  row.speed = {title,
               std::string(matching_name(result.which.match.matching)),
               std::string(sampling_name(result.which.match.sampling)),
               result.which.match.window,
               result.which.memory_every,
               result.mean_fps(),
               result.std_fps()};
  row.top_k = result.which.match.top_k;
  row.engine = std::string(engine_name(result.which.engine));
  row.frames_per_second = result.frames_per_second;
  row.cpu_seconds = result.mean_cpu_seconds();
  row.stages = {stages.key_encoder, stages.matching, stages.decoder, stages.value_encoder,
                stages.other};
  row.peak_bytes = result.peak_bytes;
  row.memory_bank_bytes = result.memory_bank_bytes;
  return row;
}

int bench(const BenchCommand& command, const Call& call) {
  SpeedOptions options = command.options;
  options.threads = call.common.jobs;
  const std::vector<std::pair<std::string, SpeedCase>> cases = cases_of(command);
  options.weights = load_weights(command.weights).weights;

  check_speed_options(options);
  // What is measured for minutes can be written: it is opened first.
  std::optional<AtomicFile> json;
  if (!command.json.empty()) json.emplace(command.json);
  tell_estimate(cases, options, call);

  SpeedReport report = report_of(command, options);
  if (report.reference_blas) {
    print_message(
        "warning",
        report.blas +
            " is the reference BLAS: LibTorch's matrix products run 30 times slower than with "
            "OpenBLAS (Debian: apt install libopenblas0-openmp)",
        call.common, call.streams);
  }
  std::ostream& out = call.streams.out;
  out << speed_heading(report);
  ProgressBar bar("measuring", "cases", call.common, call.streams);
  for (const auto& [title, which] : cases) {
    report.rows.push_back(row_of(title, measure_speed(which, options)));
    out << speed_line(report.rows.back()) << std::flush;
    bar.update(report.rows.size(), cases.size());
  }
  out << speed_legend();
  if (json) {
    json->write(speed_json(report));
    json->commit();
  }
  return kExitPassed;
}

constexpr CommandLine<BenchCommand> kLine = {help_page, bind, bench};

}  // namespace

VerbCode bench_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
