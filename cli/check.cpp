// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/result_files.h"
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

namespace po = boost::program_options;
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
    throw Error(ErrorKind::usage, "--renew-baseline", "is refused where CI is set",
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
    throw Error(ErrorKind::usage, "--baseline", "is the result itself", "another file");
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

struct Wanted {
  const char* option;
  std::string (*write)(const GateReport&);
};

std::string markdown_of(const GateReport& report) { return gate_markdown(report); }

constexpr Wanted kWriters[] = {{"json", gate_json},
                               {"junit", gate_junit},
                               {"markdown", markdown_of},
                               {"openmetrics", gate_openmetrics}};

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

}  // namespace

int run_check(const std::vector<std::string>& arguments, const Streams& streams) {
  po::options_description described("Options");
  described.add_options()  //
      ("result", po::value<std::vector<std::string>>(),
       "the result: result.json, or the folder of score -o")  //
      ("baseline,b", po::value<std::string>(),
       "what it is compared with: result.json or its folder")  //
      ("rules,r", po::value<std::string>(),
       "rules file (schema gate-1); without: the headline may fall by 0.005 and in no sequence by "
       "0.05, no object from J 0.5 to 0.1")  //
      ("lenient", po::bool_switch(),
       "other sequences or objects are no obstacle: compare what both have")  //
      ("json", po::value<std::string>(),
       "also write everything as JSON to this file (-: instead of the text)")                //
      ("junit", po::value<std::string>(), "also write JUnit XML to this file")               //
      ("markdown", po::value<std::string>(), "also write Markdown to this file")             //
      ("openmetrics", po::value<std::string>(), "also write OpenMetrics text to this file")  //
      ("annotations", po::value<std::string>()->default_value("auto"),
       "auto (where GITHUB_ACTIONS is set), always, never")  //
      ("step-summary", po::value<std::string>()->default_value("auto"),
       "auto (append to $GITHUB_STEP_SUMMARY), never")  //
      ("seed", po::value<std::uint64_t>()->default_value(0),
       "of the statistics; same seed, same bytes")                                              //
      ("renew-baseline", po::bool_switch(), "judge nothing: make the result the new baseline")  //
      ("accept", po::bool_switch(), "let --renew-baseline work where CI is set")                //
      ("schema", po::bool_switch(), "print the JSON schema of rules files");
  add_common_options(described);
  po::positional_options_description positional;
  positional.add("result", -1);
  const HelpPage help{
      "angiobench check RESULT --baseline B [--rules gate.json] [--junit FILE] [--markdown FILE] "
      "...",
      "The gate of a CI: judges a result against a baseline by rules. Exit code 0 passed (warnings "
      "included), 1 a rule of\n"
      "level error failed, 4 inconclusive: no baseline, not comparable, incomplete, or a rule that "
      "matches nothing.\n"
      "In GitHub Actions it also annotates the run and appends to the step summary.",
      {"angiobench check out --baseline baseline/result.json --rules gate.json --junit gate.xml   "
       "# in CI",
       "angiobench check out --baseline baseline/result.json --renew-baseline                     "
       "# by a person"}};
  const po::variables_map values = parse_options(arguments, described, positional, help, streams);
  if (wants_help(values)) return kExitPassed;
  const CommonOptions common = read_common_options(values, streams);
  if (values["schema"].as<bool>()) {
    streams.out << gate_schema();
    return kExitPassed;
  }

  // Everything that a misspelt command line could hide is refused.
  const std::vector<std::string> results = values.count("result") != 0
                                               ? values["result"].as<std::vector<std::string>>()
                                               : std::vector<std::string>{};
  if (results.size() != 1) {
    throw Error(ErrorKind::usage, "", std::to_string(results.size()) + " results are named",
                "one: " + help.usage);
  }
  const std::string baseline_path =
      values.count("baseline") != 0 ? values["baseline"].as<std::string>() : "";
  if (values.count("baseline") != 0 && baseline_path.empty()) {
    throw Error(ErrorKind::usage, "--baseline", "is empty", "a result.json or its folder");
  }
  if (values["accept"].as<bool>() && !values["renew-baseline"].as<bool>()) {
    throw Error(ErrorKind::usage, "--accept", "stands alone", "--renew-baseline beside it");
  }
  if (values["renew-baseline"].as<bool>()) {
    if (baseline_path.empty())
      throw Error(ErrorKind::usage, "--renew-baseline", "has no baseline", "--baseline FILE");
    return renew_baseline(results.front(), baseline_path, values["accept"].as<bool>(), common,
                          streams);
  }
  const std::string annotations = values["annotations"].as<std::string>();
  if (annotations != "auto" && annotations != "always" && annotations != "never") {
    throw Error(ErrorKind::usage, "--annotations", "is '" + annotations + "'",
                "auto, always or never");
  }
  const std::string step_summary = values["step-summary"].as<std::string>();
  if (step_summary != "auto" && step_summary != "never") {
    throw Error(ErrorKind::usage, "--step-summary", "is '" + step_summary + "'", "auto or never");
  }
  const auto num_on_stdout =
      std::count_if(std::begin(kWriters), std::end(kWriters), [&](const Wanted& writer) {
        return values.count(writer.option) != 0 && values[writer.option].as<std::string>() == "-";
      });
  if (num_on_stdout > 1)
    throw Error(ErrorKind::usage, "-", "is named for several reports",
                "one report on the standard output");

  // Judge.
  const Result result = read_result_file(results.front());
  const bool has_rules = values.count("rules") != 0;
  const std::string rules_path = has_rules ? values["rules"].as<std::string>() : "";
  const GateRules rules = has_rules ? parse_gate_rules(read_text_file(rules_path), rules_path)
                                    : default_gate_rules(result);
  std::optional<Result> baseline;
  boost::system::error_code code;
  const bool baseline_exists =
      !baseline_path.empty() && fs::exists(result_file(baseline_path), code);
  if (baseline_exists) baseline = read_result_file(baseline_path);
  GateOptions options;
  options.lenient = values["lenient"].as<bool>();
  options.bootstrap.seed = values["seed"].as<std::uint64_t>();
  options.bootstrap.jobs = common.jobs;
  GateReport report = evaluate_gate(result, baseline ? &*baseline : nullptr, rules, options);
  if (!has_rules) report.notes.push_back(default_gate_words());
  if (!baseline_path.empty() && !baseline_exists) {
    // A baseline that was named and is not there is never a pass, whatever the rules need.
    std::erase(report.reasons, "there is no baseline");
    report.reasons.insert(report.reasons.begin(), "the baseline " + baseline_path +
                                                      " is not there; --renew-baseline makes it");
    if (report.verdict != Outcome::failed) report.verdict = Outcome::inconclusive;
  }

  // Tell everybody who asked.
  bool text_wanted = true;
  for (const Wanted& writer : kWriters) {
    if (values.count(writer.option) == 0) continue;
    const std::string path = values[writer.option].as<std::string>();
    text_wanted = text_wanted && path != "-";
    write_report(path, writer.write(report), streams);
  }
  if (text_wanted) streams.out << gate_text(report);
  if (annotations == "always" ||
      (annotations == "auto" && is_true(environment("GITHUB_ACTIONS")))) {
    std::ostream& log = text_wanted ? streams.out : streams.err;
    for (const std::string& line : gate_annotations(report)) log << line << '\n';
  }
  const std::string summary = environment("GITHUB_STEP_SUMMARY");
  if (step_summary == "auto" && !summary.empty())
    append_step_summary(summary, report, common, streams);
  return exit_code_of(report.verdict);
}

}  // namespace angiobench::cli
