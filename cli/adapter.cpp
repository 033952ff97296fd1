// SPDX-License-Identifier: MIT
#include <boost/filesystem/operations.hpp>
#include <optional>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/version.h"
#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "evaluator/protocol.h"
#include "reports/platforms/codabench.h"
#include "reports/platforms/grand_challenge.h"
#include "reports/utc_time.h"

namespace angiobench::cli {
namespace {

// What a platform's log shows: findings, then the reason or the figures. The reason is the last
// line, where platforms look for it.
int tell(const PlatformScore& score, const Call& call) {
  for (const Finding& finding : score.report.findings)
    print_finding(finding, call.common, call.streams);
  if (score.refusal) {
    call.streams.err << printable(score.report.reason) << '\n';
    return exit_code_of(score.refusal->kind());
  }
  call.streams.out << participant_text(score.report);
  return kExitPassed;
}

// Nothing of the organisers' may reach the log.
template <typename Run>
int guarded(const Run& run) {
  try {
    return run();
  } catch (const Error& error) {
    throw Error(error.kind(), "", kOrganisersMustLook);
  }
}

// ---- codabench ----

struct CodabenchCommand {
  std::string dataset;
  std::string input;
  std::string output;
  std::optional<PlatformScale> scale;
};

HelpText codabench_help() {
  return {
      "adapter codabench",
      "angiobench adapter codabench [--dataset NAME] INPUT OUTPUT [--scale percent|fraction]",
      "Scores a submission where Codabench and CodaLab put it: INPUT/ref is the truth, INPUT/res "
      "what was handed in.\n"
      "Writes OUTPUT/detailed_results.html always, scores.txt and scores.json only for a whole "
      "submission. Nothing that\n"
      "it prints or writes tells of the truth. 'adapter bundle' makes the competition that calls "
      "it.",
      {"angiobench adapter codabench /app/input /app/output   # as the scoring program of a "
       "bundle does",
       "angiobench adapter codabench --dataset mosxav-test input output --scale fraction"}};
}

OptionValue optional_scale(std::optional<PlatformScale>& field) {
  OptionValue value;
  value.metavar = "WORD";
  value.words = kPlatformScales.names();
  value.completion = Completion::words;
  value.put = [&field](const std::string& text) -> std::string {
    field = kPlatformScales.find(text);
    return field ? "" : unknown_name("", {}, kPlatformScales.names(), text).clause();
  };
  return value;
}

void bind_codabench(OptionSet& options, CodabenchCommand& command) {
  options.add_bare("INPUT", folder(command.input), "the folder that holds ref/ and res/")
      .required("the folder that holds ref/ and res/");
  options.add_bare("OUTPUT", folder(command.output), "where the platform looks for the scores")
      .required("where the platform looks for the scores");
  options.add("dataset", name_or_json(command.dataset, "benchmark", benchmark_names()),
              "the benchmark; default: what ref/angiobench.json says");
  options.add("scale", optional_scale(command.scale),
              "percent or fraction, of what is a fraction; default: the same");
}

int run_codabench_verb(const CodabenchCommand& command, const Call& call) {
  return guarded([&] {
    const PlatformScore score =
        run_codabench({command.input, command.output, command.dataset, command.scale,
                       call.common.jobs, tool_version(), tool_commit()});
    return tell(score, call);
  });
}

// ---- grand-challenge ----

HelpText grand_challenge_help() {
  return {
      "adapter grand-challenge",
      "angiobench adapter grand-challenge [--dataset NAME] [--input DIR] [--truth DIR] [--output "
      "DIR]",
      "Scores the jobs of a grand-challenge evaluation: reads predictions.json and the zip of "
      "each job, writes\n"
      "metrics.json. One job hands in the whole submission; of several each is the sequence that "
      "its input image is\n"
      "named after. Where a job did not succeed nothing is scored, and the last line of the "
      "standard error says so.",
      {"angiobench adapter grand-challenge   # as the evaluation container does",
       "angiobench adapter grand-challenge --dataset mosxav-test --input input --truth MOSXAV "
       "--output output"}};
}

void bind_grand_challenge(OptionSet& options, GrandChallengeRun& run) {
  options.add("dataset", name_or_json(run.dataset, "benchmark", benchmark_names()),
              "the benchmark; default: what the truth's angiobench.json says");
  options.add("input", folder(run.input), "predictions.json and a folder a job");
  options.add("truth", folder(run.truth), "the ground truth");
  options.add("output", folder(run.output), "gets metrics.json").writes();
}

int run_grand_challenge_verb(const GrandChallengeRun& given, const Call& call) {
  return guarded([&] {
    GrandChallengeRun run = given;
    run.jobs = call.common.jobs;
    run.tool_version = tool_version();
    run.git_commit = tool_commit();
    const PlatformScore score = run_grand_challenge(run);
    const int code = tell(score, call);
    // The template knows 0 and 1 alone.
    return code == kExitPassed ? code : static_cast<int>(kExitFailed);
  });
}

// ---- bundle ----

enum class Platform { codabench };
constexpr auto kPlatforms = words<Platform>({{"codabench", Platform::codabench}});

struct BundleCommand {
  Platform platform = Platform::codabench;
  CodabenchBundle bundle;
  bool public_frames = false;
  bool reference = false;
  std::string out;
};

HelpText bundle_help() {
  return {
      "adapter bundle",
      "angiobench adapter bundle codabench --dataset NAME -g DIR [--title TEXT] [--reference] -o "
      "competition.zip",
      "Makes a competition that Codabench takes as it is: the page, the phase, the board's "
      "columns, "
      "this static program\n"
      "as scoring program and the truth as reference data. The truth is scored against itself "
      "first; one that is not\n"
      "the benchmark's is refused. With --reference only the reference data are written, to renew "
      "them.",
      {"angiobench adapter bundle codabench --dataset mosxav-test -g MOSXAV --title \"Coronary "
       "VOS 2026\" -o competition.zip",
       "angiobench adapter bundle codabench --dataset mosxav-test -g MOSXAV --reference -o "
       "reference.zip"}};
}

void bind_bundle(OptionSet& options, BundleCommand& command) {
  CodabenchBundle& bundle = command.bundle;
  options.add_bare("PLATFORM", choice(command.platform, kPlatforms), "codabench")
      .required("the platform, codabench");
  options
      .add("dataset", name_or_json(bundle.config.dataset, "benchmark", benchmark_names()),
           "benchmark: layout + split + protocol")
      .required("a benchmark, e.g. mosxav-test");
  options.add("ground-truth,g", folder(bundle.ground_truth), "the data set's root")
      .required("the ground truth's folder");
  options.add("meta", file(bundle.meta_file), "first-mask or meta json, where it lies elsewhere");
  options.add("protocol", name_or_json(bundle.config.protocol, "protocol", protocol_names()),
              "scoring rules; default: the benchmark's");
  options.add("missing", choice(bundle.config.missing, kPlatformPolicies),
              "missing predictions: error (no score) or zero");
  options.add("scale", choice(bundle.config.scale, kPlatformScales), "what fractions are shown as");
  options.add("public-frames", flag(command.public_frames),
              "participants know which frames are annotated");
  options.add("title", text(bundle.title, "TEXT"), "the competition's; default: the benchmark's");
  options.add("start", text(bundle.start, "DATE"), "of the phase, 2026-01-31; default: today");
  options.add("max-submissions", number(bundle.max_submissions, {1, 100'000}),
              "of each participant");
  options.add("image", text(bundle.image, "NAME"), "container that runs the scoring program");
  options.add("program", file(bundle.program), "the static program; default: this one");
  options.add("reference", flag(command.reference), "write the reference data alone");
  options.add("out,o", file(command.out, "FILE"), "the zip").required("the zip to write").writes();
}

int run_bundle(const BundleCommand& command, const Call& call) {
  CodabenchBundle bundle = command.bundle;
  if (command.public_frames) bundle.config.frames = FrameKnowledge::everybody;
  if (command.reference) {
    write_codabench_reference(bundle, command.out);
  } else {
    boost::system::error_code code;
    if (bundle.title.empty()) bundle.title = load_benchmark(bundle.config.dataset).name;
    if (bundle.start.empty()) bundle.start = utc_today();
    if (bundle.program.empty())
      bundle.program = boost::filesystem::read_symlink("/proc/self/exe", code).string();
    write_codabench_bundle(bundle, command.out);
  }
  call.streams.out << command.out << '\n';
  return kExitPassed;
}

constexpr CommandLine<CodabenchCommand> kCodabench = {codabench_help, bind_codabench,
                                                      run_codabench_verb};
constexpr CommandLine<GrandChallengeRun> kGrandChallenge = {
    grand_challenge_help, bind_grand_challenge, run_grand_challenge_verb};
constexpr CommandLine<BundleCommand> kBundle = {bundle_help, bind_bundle, run_bundle};

constexpr Job kJobs[] = {
    {"codabench", "score where Codabench and CodaLab put a submission", code_of_line<kCodabench>()},
    {"grand-challenge", "score the jobs of a grand-challenge evaluation",
     code_of_line<kGrandChallenge>()},
    {"bundle", "make a competition that a platform takes", code_of_line<kBundle>()},
};

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_job_of("adapter",
                    "Scores submissions inside of challenge platforms, and makes what these take. "
                    "docs/challenge.md walks through it.",
                    kJobs, arguments, streams);
}

}  // namespace

VerbCode adapter_code() {
  return {run, [] { return pages_of(kJobs); }};
}

}  // namespace angiobench::cli
