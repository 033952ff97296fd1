// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/safe_output.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "evaluator/comparing/default_gate.h"
#include "evaluator/comparing/gate.h"
#include "reports/comparison_report.h"
#include "reports/gate_report.h"

namespace angiobench::cli {
namespace {

namespace fs = boost::filesystem;

constexpr std::size_t kMaxStepSummary =
    (1U << 20) - 1024;  // GitHub refuses a step summary of 1 MiB

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool is_true(const std::string& word) {
  return !word.empty() && word != "0" && word != "false" && word != "False";
}

// Appends the Markdown to the file that GitHub names; a summary that cannot be written is no reason
// to fail.
void append_step_summary(const std::string& path, const GateReport& report,
                         const CommonOptions& common, const Streams& streams) {
  boost::system::error_code code;
  // A pipe would be waited for.
  if (fs::exists(path, code) && !fs::is_regular_file(path, code)) {
    print_message("warning", "the step summary is no file: " + path, common, streams);
    return;
  }
  // A file that is not there yet is made, with its folder.
  std::uintmax_t size = 0;
  if (fs::exists(path, code)) size = fs::file_size(path, code);
  if (size != static_cast<std::uintmax_t>(-1) && size >= kMaxStepSummary) {
    print_message("warning", "the step summary is full; the report was not added to it", common,
                  streams);
    return;
  }
  if (size == static_cast<std::uintmax_t>(-1)) size = 0;  // what it is, writing will tell
  if (fs::path(path).has_parent_path()) fs::create_directories(fs::path(path).parent_path(), code);
  std::ofstream file(path, std::ios::app | std::ios::binary);
  file << gate_markdown(
      report, std::min<std::size_t>(900'000, kMaxStepSummary - static_cast<std::size_t>(size)));
  file.flush();
  if (!file)
    print_message("warning", "the step summary cannot be written: " + path, common, streams);
}

// Copies the result over the baseline; never by accident, never in CI unless accepted, never an
// incomplete one.
int renew_baseline(const std::string& result_path, const std::string& baseline_path, bool accepted,
                   const CommonOptions& common, const Streams& streams) {
  if (is_true(environment("CI")) && !accepted) {
    throw Error::about(ErrorKind::usage, "renew_baseline", "is refused where CI is set",
                       "--accept beside it, or a person who renews the baseline");
  }
  const std::string from = result_file(result_path);
  const std::string to = result_file(baseline_path);
  const Result result = read_result_file(from);
  if (!result.complete) {
    print_message("error", from + ": the result is incomplete and cannot be a baseline", common,
                  streams);
    return kExitInconclusive;
  }
  boost::system::error_code code;
  if (fs::equivalent(from, to, code))
    throw Error::about(ErrorKind::usage, "baseline", "is the result itself", "another file");
  if (fs::exists(to, code)) {
    // An old baseline that cannot be read is worth replacing, too.
    try {
      const std::vector<Result> both = {read_result_file(to), result};
      streams.out << comparison_text(compare_by_name(both)) << '\n';
    } catch (const Error& error) {
      print_message("warning", std::string("the old baseline cannot be read: ") + error.what(),
                    common, streams);
    }
  }
  write_file_atomically(to, read_text_file(from, std::uint64_t{4} << 30));
  streams.out << "baseline renewed: " << printable(to) << " is now "
              << printable(result.submission.name) << '\n';
  return kExitPassed;
}

int exit_code_of(Outcome verdict) {
  switch (verdict) {
    case Outcome::passed:
    case Outcome::warned:
      return kExitPassed;
    case Outcome::failed:
      return kExitFailed;
    case Outcome::inconclusive:
      return kExitInconclusive;
  }
  return kExitBug;
}

enum class Annotations { where_github, always, never };
enum class StepSummary { where_github, never };

constexpr auto kAnnotations = words<Annotations>({{"auto", Annotations::where_github},
                                                  {"always", Annotations::always},
                                                  {"never", Annotations::never}});
constexpr auto kStepSummary =
    words<StepSummary>({{"auto", StepSummary::where_github}, {"never", StepSummary::never}});

struct CheckCommand {
  std::string result;
  std::optional<std::string> baseline;
  std::string rules;
  bool lenient = false;
  std::string json;
  std::string junit;
  std::string markdown;
  std::string openmetrics;
  Annotations annotations = Annotations::where_github;
  StepSummary step_summary = StepSummary::where_github;
  std::uint64_t seed = 0;
  bool renew = false;
  bool accept = false;
  bool schema = false;
};

struct Wanted {
  std::string CheckCommand::*path;
  std::string (*write)(const GateReport&);
};

std::string markdown_of(const GateReport& report) { return gate_markdown(report); }

constexpr Wanted kWriters[] = {{&CheckCommand::json, gate_json},
                               {&CheckCommand::junit, gate_junit},
                               {&CheckCommand::markdown, markdown_of},
                               {&CheckCommand::openmetrics, gate_openmetrics}};
constexpr const char* kStandardOutput = "-";

HelpText help_page() {
  return {
      "check",
      "angiobench check RESULT --baseline B [--rules gate.json] [--junit FILE] [--markdown FILE] "
      "...",
      "The gate of a CI: judges a result against a baseline by rules. Exit code 0 passed "
      "(warnings included), 1 a rule of\n"
      "level error failed, 4 inconclusive: no baseline, not comparable, incomplete, or a rule "
      "that matches nothing.\n"
      "In GitHub Actions it also annotates the run and appends to the step summary.",
      {"angiobench check out --baseline baseline/result.json --rules gate.json --junit "
       "gate.xml   # in CI",
       "angiobench check out --baseline baseline/result.json --renew-baseline                 "
       "    # by a person"}};
}

void bind_outputs(OptionSet& options, CheckCommand& command) {
  options
      .add("json", file(command.json),
           "also write everything as JSON to this file (-: instead of the text)")
      .writes();
  options.add("junit", file(command.junit), "also write JUnit XML to this file").writes();
  options.add("markdown", file(command.markdown), "also write Markdown to this file").writes();
  options.add("openmetrics", file(command.openmetrics), "also write OpenMetrics text to this file")
      .writes();
  options.rule({"json", "junit", "markdown", "openmetrics"}, [&command]() -> std::string {
    const auto num_on_stdout = std::ranges::count_if(
        kWriters, [&](const Wanted& writer) { return command.*writer.path == kStandardOutput; });
    if (num_on_stdout < 2) return {};
    return "'-' is named for several reports; expected one report on the standard output";
  });
  options.add("annotations", choice(command.annotations, kAnnotations),
              "auto (where GITHUB_ACTIONS is set), always, never");
  options.add("step-summary", choice(command.step_summary, kStepSummary),
              "auto (append to $GITHUB_STEP_SUMMARY), never");
}

// Everything that a misspelt command line could hide is refused.
void bind_rules(OptionSet& options, CheckCommand& command) {
  options.rule({"RESULT"}, [&command]() -> std::string {
    if (command.schema || !command.result.empty()) return {};
    return "RESULT (a result.json, or the folder of score -o) is missing";
  });
  options.rule({"baseline"}, [&command]() -> std::string {
    if (!command.baseline || !command.baseline->empty()) return {};
    return "--baseline is empty; expected a result.json or its folder";
  });
  options.rule({"accept", "renew-baseline"}, [&command]() -> std::string {
    if (!command.accept || command.renew) return {};
    return "--accept stands alone; expected --renew-baseline beside it";
  });
  options.rule({"renew-baseline", "baseline"}, [&command]() -> std::string {
    if (!command.renew || command.baseline) return {};
    return "--renew-baseline has no baseline; expected --baseline FILE";
  });
}

void bind(OptionSet& options, CheckCommand& command) {
  options
      .add_bare("RESULT", file(command.result),
                "the result: result.json, or the folder of score -o")
      .reads_result();
  OptionValue baseline = file(command.rules);
  baseline.initial.clear();
  baseline.put = [&command](const std::string& text) {
    command.baseline = text;
    return std::string{};
  };
  options
      .add("baseline,b", std::move(baseline), "what it is compared with: result.json or its folder")
      .reads_result();
  options.add("rules,r", file(command.rules),
              "rules file (schema gate-1); without: the headline may fall by 0.005 and in no "
              "sequence by 0.05, no object from J 0.5 to 0.1");
  options.add("lenient", flag(command.lenient),
              "other sequences or objects are no obstacle: compare what both have");
  bind_outputs(options, command);
  options.add("seed", number(command.seed), "of the statistics; same seed, same bytes");
  options.add("renew-baseline", flag(command.renew),
              "judge nothing: make the result the new baseline");
  options.add("accept", flag(command.accept), "let --renew-baseline work where CI is set");
  options.add("schema", flag(command.schema), "print the JSON schema of rules files");
  bind_rules(options, command);
}

GateReport judge(const CheckCommand& command, int jobs) {
  const Result result = read_result_file(command.result);
  const GateRules rules = command.rules.empty()
                              ? default_gate_rules(result)
                              : parse_gate_rules(read_text_file(command.rules), command.rules);
  std::optional<Result> baseline;
  boost::system::error_code code;
  const bool baseline_exists =
      command.baseline && fs::exists(fs::symlink_status(result_file(*command.baseline), code));
  if (baseline_exists) baseline = read_result_file(*command.baseline);
  GateOptions options;
  options.lenient = command.lenient;
  options.bootstrap.seed = command.seed;
  options.bootstrap.jobs = jobs;
  GateReport report = evaluate_gate(result, baseline ? &*baseline : nullptr, rules, options);
  if (command.rules.empty()) report.notes.push_back(default_gate_words());
  if (command.baseline && !baseline_exists) {
    // A baseline that was named and is not there is never a pass, whatever the rules need.
    std::erase(report.reasons, "there is no baseline");
    report.reasons.insert(report.reasons.begin(), "the baseline " + *command.baseline +
                                                      " is not there; --renew-baseline makes it");
    if (report.verdict != Outcome::failed) report.verdict = Outcome::inconclusive;
  }
  return report;
}

// Tells everybody who asked.
void tell(const CheckCommand& command, const GateReport& report, const Call& call) {
  bool text_wanted = true;
  for (const Wanted& writer : kWriters) {
    const std::string& path = command.*writer.path;
    if (path.empty()) continue;
    text_wanted = text_wanted && path != kStandardOutput;
    write_report(path, writer.write(report), call.streams);
  }
  if (text_wanted) call.streams.out << gate_text(report);
  if (command.annotations == Annotations::always ||
      (command.annotations == Annotations::where_github &&
       is_true(environment("GITHUB_ACTIONS")))) {
    std::ostream& log = text_wanted ? call.streams.out : call.streams.err;
    const OwnCommands commands(log);
    for (const std::string& line : gate_annotations(report)) log << line << '\n';
  }
  const std::string summary = environment("GITHUB_STEP_SUMMARY");
  if (command.step_summary == StepSummary::where_github && !summary.empty())
    append_step_summary(summary, report, call.common, call.streams);
}

int check(const CheckCommand& command, const Call& call) {
  if (command.schema) {
    call.streams.out << gate_schema();
    return kExitPassed;
  }
  if (command.renew) {
    return renew_baseline(command.result, *command.baseline, command.accept, call.common,
                          call.streams);
  }
  const GateReport report = judge(command, call.common.jobs);
  tell(command, report, call);
  return exit_code_of(report.verdict);
}

constexpr CommandLine<CheckCommand> kLine = {help_page, bind, check};

}  // namespace

VerbCode check_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
