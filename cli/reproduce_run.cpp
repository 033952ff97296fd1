// SPDX-License-Identifier: MIT
// `reproduce --run`: from data sets and weights to the rows of a table.
#include "cli/reproduce_run.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <optional>
#include <ostream>
#include <sstream>

#include "cli/exit_code.h"
#include "cli/modules.h"
#include "cli/planned.h"
#include "cli/result_files.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/input_file.h"
#include "dataset/files/temporary_name.h"
#include "dataset/names.h"
#include "dataset/plan/duration.h"
#include "evaluator/scoring/submission.h"
#include "reports/paper_runs.h"
#include "reports/result_json.h"
#include "reports/runs/planned_run.h"

namespace angiobench::cli {
namespace {

namespace fs = boost::filesystem;

constexpr const char* kBaselines = "baselines";
constexpr const char* kSpeed = "speed";

// One row on one data set, or its speed.
struct RowJob {
  const PaperRun* run = nullptr;
  std::string dataset;  // empty: the speed
  std::string truth;
  std::string weights;
  PaperTask task;

  bool is_speed() const { return dataset.empty(); }
  bool can_run() const { return task.lacks.empty(); }
};

std::string inside(const std::string& folder, const std::string& name) {
  return (fs::path(folder) / name).string();
}

std::string masks_of(const RowsChoice& choice, const RowJob& job) {
  return inside(choice.work, "masks/" + job.dataset + "/" + job.run->folder);
}

std::string scores_of(const RowsChoice& choice, const RowJob& job) {
  return inside(choice.work, "scores/" + job.dataset + "/" + job.run->folder);
}

std::string speed_of(const RowsChoice& choice, const RowJob& job) {
  return inside(choice.work, "speeds/" + job.run->setting.speed_name() + ".json");
}

// What two jobs share does once.
std::string product_of(const RowsChoice& choice, const RowJob& job) {
  return job.is_speed() ? speed_of(choice, job) : masks_of(choice, job);
}

// ---- what was given ----

// The folder of a benchmark: under its own name, or its data set's ("mosxav" of "mosxav-val").
std::string truth_for(const RowsChoice& choice, const std::string& dataset) {
  const std::string family = dataset.substr(0, dataset.find('-'));
  std::string found;
  for (const std::string& given : choice.truths) {
    const NamedPath named = named_path(given);
    if (folded_name(named.name) == dataset) return named.path;
    if (folded_name(named.name) == family) found = named.path;
  }
  return found;
}

// Weights under the row's name, else its network's, else without a name.
std::string weights_for(const RowsChoice& choice, const PaperRun& run) {
  std::string of_network;
  std::string of_all;
  for (const std::string& given : choice.weights) {
    const NamedPath named = named_path(given);
    if (!named.name.empty() && is_row_called(run, named.name)) return named.path;
    if (folded_name(named.name) == run.setting.network) of_network = named.path;
    if (named.name.empty()) of_all = named.path;
  }
  if (run.has_own_weights) return {};
  return of_network.empty() ? of_all : of_network;
}

void check_names(const RowsChoice& choice, const std::vector<PaperRun>& all) {
  const std::vector<std::string> families = {"mosxav", "mosxav-val", "mosxav-test", "xacv"};
  for (const std::string& given : choice.truths) {
    const std::string name = named_path(given).name;
    if (std::ranges::find(families, folded_name(name)) == families.end()) {
      throw Error::about(ErrorKind::usage, "ground_truth",
                         "is '" + given + "', which names no data set of the tables",
                         "NAME=DIR, e.g. mosxav=DIR; NAME is one of " + list_of_words(families));
    }
  }
  for (const std::string& given : choice.weights) {
    const std::string name = named_path(given).name;
    const bool is_known = std::ranges::any_of(all, [&](const PaperRun& run) {
      return !run.setting.network.empty() &&
             (name.empty() || folded_name(name) == run.setting.network || is_row_called(run, name));
    });
    if (!is_known) {
      throw Error::about(ErrorKind::usage, "weights",
                         "is '" + given + "', which names no row that is predicted here",
                         "FILE, stcn=FILE, local=FILE, or ROW=FILE");
    }
  }
}

// Why there are no weights of this name: "small", "seed", "FILE#NAME". Empty where there may be.
std::string why_no_weights(const std::string& weights) {
  boost::system::error_code code;
  if (weights == "small" || weights.starts_with("seed")) return {};
  const bool is_path = fs::exists(weights, code);
  try {
    check_input_file(is_path ? weights : weights.substr(0, weights.find('#')), "weights");
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

std::vector<std::string> lacks_of(const RowJob& job) {
  std::vector<std::string> lacks;
  const std::string family = job.dataset.substr(0, job.dataset.find('-'));
  if (job.truth.empty()) {
    lacks.push_back("the data set, -g " + family + "=DIR (frames and masks; " +
                    where_to_get(family) + ")");
  }
  const PaperRun& run = *job.run;
  if (job.weights.empty()) {
    const std::string name = run.has_own_weights ? "\"" + run.row + "\"" : run.setting.network;
    lacks.push_back(run.has_own_weights
                        ? "weights that were trained with this loss, --weights " + name + "=FILE"
                        : "weights, --weights " + name + "=FILE (" +
                              where_to_get(run.setting.network) + ")");
  } else if (const std::string why = why_no_weights(job.weights); !why.empty()) {
    lacks.push_back("weights: " + why);
  }
  return lacks;
}

// ---- verbs within the program ----

std::vector<std::string> predict_arguments(const RowJob& job) {
  const PaperSetting& setting = job.run->setting;
  std::vector<std::string> arguments = {"--dataset=" + job.dataset, "--ground-truth=" + job.truth,
                                        "--network=" + setting.network, "--weights=" + job.weights};
  if (setting.window > 0) arguments.push_back("--window=" + std::to_string(setting.window));
  if (setting.memory_every > 0)
    arguments.push_back("--memory-every=" + std::to_string(setting.memory_every));
  return arguments;
}

void add_common(std::vector<std::string>& arguments, const CommonOptions& common) {
  arguments.push_back("--jobs=" + std::to_string(common.jobs));
  if (common.quiet) arguments.emplace_back("--quiet");
  if (common.verbose) arguments.emplace_back("--verbose");
  if (common.log_format == LogFormat::json) arguments.emplace_back("--log-format=json");
}

// Runs a verb whose words all go to the messages: standard output is the table's.
int run_verb(const VerbCode& code, std::vector<std::string> arguments, const Call& call) {
  stop_if_asked();  // between verbs, each of which handles signals by itself
  add_common(arguments, call.common);
  const Streams words{call.streams.err, call.streams.err, call.streams.err_is_terminal};
  try {
    return code.run(arguments, words);
  } catch (const Error& error) {
    print_message("error", error.what(), call.common, call.streams);
    return exit_code_of(error.kind());
  }
}

// The last line of what a verb said.
std::string last_line(std::string said) {
  while (!said.empty() && said.back() == '\n') said.pop_back();
  const std::size_t begin = said.rfind('\n');
  return begin == std::string::npos ? said : said.substr(begin + 1);
}

// What predicting takes, by the plan that 'plan predict' makes of it.
void look_at_clips(const RowsChoice& choice, RowJob& job) {
  boost::system::error_code ignored;
  const fs::path scratch = fs::temp_directory_path(ignored);
  const std::string place = inside(ignored ? "/tmp" : scratch.string(), "angiobench-rows");
  const std::string file = temporary_name(place);
  std::vector<std::string> arguments = predict_arguments(job);
  arguments.insert(arguments.end(), {"--shards=1", "--out=" + file, "--quiet"});
  std::ostringstream said;
  std::optional<Plan> plan;
  try {
    const int code = module_code(kBaselines, "plan predict").run(arguments, {said, said});
    if (code == kExitPassed) plan = read_plan_of(file, PlannedVerb::predict);
    if (code != kExitPassed) job.task.lacks = {last_line(said.str())};
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::inconclusive && error.path().empty()) throw;
    job.task.lacks = {error.what()};
  }
  fs::remove(file, ignored);
  fs::remove(places_path(file), ignored);
  if (!plan) return;
  std::vector<std::size_t> left;
  const std::string masks = masks_of(choice, job);
  if (!choice.work.empty() && fs::is_directory(masks)) {
    for (const UndoneItem& item : undone_items(*plan, masks)) left.push_back(item.item);
  } else {
    for (std::size_t i = 0; i < plan->items.size(); ++i) left.push_back(i);
  }
  std::uint64_t cost = 0;
  job.task.clips = plan->items.size();
  job.task.left = left.size();
  for (const std::size_t item : left) {
    job.task.frames += plan->items[item].frames;
    cost += plan->items[item].cost;
  }
  job.task.seconds = network_seconds(cost);
}

// What 'bench' does by default for one setting: frames of 512x512 with 3 objects.
void look_at_speed(const RowsChoice& choice, RowJob& job) {
  constexpr std::uint64_t kSide = 512;
  constexpr std::uint64_t kObjects = 3;
  constexpr std::uint64_t kBefore = 6;  // that fill the memory
  constexpr std::uint64_t kRepeats = 3;
  const auto interval = static_cast<std::uint64_t>(job.run->setting.memory_every);
  job.task.clips = 1;
  boost::system::error_code code;
  if (!choice.work.empty() && fs::is_regular_file(speed_of(choice, job), code)) return;
  job.task.left = 1;
  job.task.frames = kBefore + kRepeats * interval;
  job.task.seconds = network_seconds(predict_cost(job.task.frames, kSide * kSide, kObjects));
}

std::vector<RowJob> look_at_rows(const RowsChoice& choice, const std::vector<PaperRun>& runs) {
  std::vector<RowJob> jobs;
  const auto add = [&](const PaperRun& run, const std::string& dataset) {
    RowJob job{&run, dataset, truth_for(choice, dataset), weights_for(choice, run), {}};
    job.task.row = run.row;
    job.task.what = dataset.empty() ? kSpeed : dataset;
    if (!job.is_speed()) job.task.lacks = lacks_of(job);
    const auto before = std::ranges::find_if(jobs, [&](const RowJob& other) {
      return other.can_run() && other.is_speed() == job.is_speed() &&
             product_of(choice, other) == product_of(choice, job);
    });
    if (job.can_run() && before != jobs.end()) {
      job.task.again = before->run->row;
    } else if (job.can_run()) {
      job.is_speed() ? look_at_speed(choice, job) : look_at_clips(choice, job);
    }
    jobs.push_back(std::move(job));
  };
  for (const PaperRun& run : runs) {
    for (const std::string& dataset : run.datasets) add(run, dataset);
    if (!run.setting.strategy.empty()) add(run, "");
  }
  return jobs;
}

// ---- doing it ----

// Whether the result that is there is that of the masks that are there.
bool is_scored(const RowsChoice& choice, const RowJob& job, const Call& call) {
  const std::string path = result_file(scores_of(choice, job));
  boost::system::error_code code;
  if (!fs::is_regular_file(path, code)) return false;
  try {
    const Result before = read_result_file(path);
    SubmissionRequest request;
    request.dataset = job.dataset;
    request.ground_truth = job.truth;
    request.predictions = masks_of(choice, job);
    ScoreOptions options;
    options.jobs = call.common.jobs;
    options.progress = [](std::uint64_t, std::uint64_t) { stop_if_asked(); };
    const Result now = score_submission(request, options);
    return before.complete && before.submission.digest == now.submission.digest &&
           before.dataset.digest == now.dataset.digest &&
           before.protocol.hash == now.protocol.hash && before.metric_version == now.metric_version;
  } catch (const Error&) {
    return false;  // scoring it says why
  }
}

bool is_stopped(int code) { return code > 128; }

std::string kept_words(const RowsChoice& choice) {
  return "what is finished is kept in " + choice.work + "; the same command goes on";
}

int predict_and_score(const RowsChoice& choice, const RowJob& job, const Call& call) {
  std::vector<std::string> arguments = predict_arguments(job);
  arguments.push_back("--out=" + masks_of(choice, job));
  if (const int code = run_verb(module_code(kBaselines, "predict"), arguments, call);
      code != kExitPassed)
    return code;
  if (is_scored(choice, job, call)) {
    if (!call.common.quiet)
      call.streams.err << printable(scores_of(choice, job)) << ": scored already\n";
    return kExitPassed;
  }
  return run_verb(score_code(),
                  {"--dataset=" + job.dataset, "--ground-truth=" + job.truth,
                   "--predictions=" + masks_of(choice, job), "--name=" + job.run->folder,
                   "--out=" + scores_of(choice, job)},
                  call);
}

int measure(const RowsChoice& choice, const RowJob& job, const Call& call) {
  if (job.task.left == 0) return kExitPassed;
  const PaperSetting& setting = job.run->setting;
  const std::string file = speed_of(choice, job);
  boost::system::error_code ignored;
  fs::create_directories(fs::path(file).parent_path(), ignored);
  std::vector<std::string> arguments = {"--strategies=" + setting.strategy,
                                        "--memory-every=" + std::to_string(setting.memory_every),
                                        "--json=" + file};
  if (setting.window > 0) arguments.push_back("--windows=" + std::to_string(setting.window));
  if (!job.weights.empty()) arguments.push_back("--weights=" + job.weights);
  return run_verb(module_code(kBaselines, "bench"), arguments, call);
}

void take_result(const RowsChoice& choice, const RowJob& job, RowsRun& run) {
  if (job.is_speed()) {
    const std::string path = speed_of(choice, job);
    if (job.task.again.empty()) run.speeds.push_back(parse_speed_file(read_text_file(path), path));
    return;
  }
  MeasuredInput input;
  input.name = job.run->row;
  input.path = scores_of(choice, job);
  input.result = read_result_file(input.path);
  run.results.push_back(std::move(input));
}

RowsRun do_jobs(const RowsChoice& choice, const std::vector<RowJob>& jobs, const Call& call) {
  RowsRun run;
  std::vector<std::string> failed;
  for (const RowJob& job : jobs) {
    if (!job.can_run()) continue;
    const std::string product = product_of(choice, job);
    if (job.task.again.empty()) {
      if (!call.common.quiet)
        call.streams.err << "== " << printable(job.task.row + ", " + job.task.what) << '\n';
      const int code =
          job.is_speed() ? measure(choice, job, call) : predict_and_score(choice, job, call);
      run.code = std::max(run.code, code);
      run.ended = is_stopped(code);
      if (run.ended) {
        print_message("note", kept_words(choice), call.common, call.streams);
        return run;
      }
      if (code > kExitFailed) failed.push_back(product);
    }
    if (std::ranges::find(failed, product) == failed.end()) take_result(choice, job, run);
  }
  return run;
}

}  // namespace

void add_rows_options(OptionSet& options, RowsChoice& choice) {
  options.add("run", flag(choice.run),
              "predict, score and measure the rows that can be, then show them; first it says what "
              "it will do, what is lacking and how long it takes");
  options.add("dry-run", flag(choice.dry_run), "with --run: only say so");
  options.add("row", text(choice.row, "NAME"), "with --run: one row alone, e.g. STCN");
  options.add("ground-truth,g", files(choice.truths, "PATH"),
              "with --run: NAME=DIR of a data set with its frames: mosxav=DIR, xacv=DIR; several "
              "times");
  options.add("weights", files(choice.weights),
              "with --run: NAME=FILE, NAME a row or a network: stcn=FILE, local=FILE; FILE alone "
              "for all; 'small' comes with this program; several times");
  options
      .add("work", folder(choice.work),
           "with --run: folder of masks, scores and speeds; the next run goes on in it")
      .writes();
  options.rule({"run", "dry-run", "work"}, [&choice]() -> std::string {
    if (choice.run && !choice.dry_run && choice.work.empty())
      return "--run comes without --work; expected a folder for masks and scores, in which the "
             "next "
             "run goes on";
    return {};
  });
  options.rule(
      {"run", "dry-run", "row", "ground-truth", "weights", "work"}, [&choice]() -> std::string {
        const bool is_given = choice.dry_run || !choice.row.empty() || !choice.truths.empty() ||
                              !choice.weights.empty() || !choice.work.empty();
        if (choice.run || !is_given) return {};
        return "--dry-run, --row, -g, --weights and --work come without --run";
      });
}

RowsRun run_rows(const RowsChoice& choice, const std::string& table, const Call& call) {
  boost::system::error_code ignored;
  if (!choice.work.empty() && fs::exists(fs::symlink_status(choice.work, ignored)))
    check_input_folder(choice.work, "a folder for masks, scores and speeds");
  const std::vector<PaperRun> runs = paper_runs(table, choice.row);
  check_names(choice, paper_runs(table));
  if (!choice.row.empty() && !runs.front().cannot.empty()) {
    throw Error(ErrorKind::inconclusive, "",
                "the row '" + runs.front().row + "' cannot be run (" + runs.front().cannot + ")",
                "a row of this program; of others score the predictions, and name the result "
                "with --results NAME=PATH");
  }
  const std::vector<RowJob> jobs = look_at_rows(choice, runs);
  std::vector<PaperTask> tasks;
  for (const RowJob& job : jobs) {
    tasks.push_back(job.task);
    for (std::string& lack : tasks.back().lacks) lack = printable(lack);
  }
  std::ostream& out = choice.dry_run ? call.streams.out : call.streams.err;
  const bool can_run = std::ranges::any_of(jobs, &RowJob::can_run);
  if (!can_run || choice.dry_run || !call.common.quiet)
    out << paper_tasks_text(table, runs, tasks) << std::flush;
  if (!can_run) {
    throw Error(ErrorKind::inconclusive, "", "nothing of " + table + " can be run",
                "what is lacking, as it is listed above");
  }
  if (choice.dry_run) {
    RowsRun nothing;
    nothing.ended = true;
    return nothing;
  }
  return keeping(kept_words(choice), [&] { return do_jobs(choice, jobs, call); });
}

}  // namespace angiobench::cli
