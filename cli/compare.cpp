// SPDX-License-Identifier: MIT
#include <algorithm>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/error.h"
#include "reports/comparison_report.h"

namespace angiobench::cli {
namespace {

constexpr const char* kStandardOutput = "-";

struct CompareCommand {
  std::vector<std::string> results;
  std::string json;
  std::string markdown;
  bool lenient = false;
  ComparisonOptions options;
};

HelpText help_page() {
  return {"compare",
          "angiobench compare A B [C ...] [--json FILE] [--markdown FILE]",
          "Compares results with the first of them, paired by sequence: differences of each "
          "aggregate with their bootstrap\n"
          "intervals over sequences, sign-flip and Wilcoxon tests (Holm over several methods), "
          "changed sequences, ranks.\n"
          "Never fails on 'worse': 0 compared, 4 not comparable (another data set, protocol or "
          "metric version, incomplete).",
          {"angiobench compare runs/stcn runs/ours                  # is ours better, and how sure "
           "is that?",
           "angiobench compare a b c --json - | jq .rankings        # three methods, ranks with "
           "their intervals"}};
}

void bind(OptionSet& options, CompareCommand& command) {
  options
      .add_bare("RESULT", files(command.results),
                "two or more results: result.json, or the folder of score -o")
      .reads_result();
  options.rule({"RESULT"}, [&command]() -> std::string {
    if (command.results.size() >= 2) return {};
    return "RESULT (two or more results) is missing: " + std::to_string(command.results.size()) +
           " given";
  });
  options
      .add("json", file(command.json),
           "also write everything as JSON to this file (-: instead of the text)")
      .writes();
  options
      .add("markdown", file(command.markdown),
           "also write Markdown to this file (-: instead of the text)")
      .writes();
  options.rule({"json", "markdown"}, [&command]() -> std::string {
    if (command.json != kStandardOutput || command.markdown != kStandardOutput) return {};
    return "--json and --markdown are both '-'; expected one report on the standard output";
  });
  options.add("lenient", flag(command.lenient),
              "other sequences or objects are no obstacle: compare what all have");
  options.add("tolerance",
              number(command.options.thresholds.tolerance,
                     {0, 1, "0 to 1 (a fraction: 0.0005 is 0.05 points)"}),
              "changes up to this are 'within tolerance'");
  options.add("level", number(command.options.bootstrap.level, {0.5, 0.9999}), "of the intervals");
  options.add("resamples", number(command.options.bootstrap.resamples, {100, 1'000'000}),
              "of the bootstrap over sequences");
  options.add("seed", number(command.options.bootstrap.seed),
              "same seed, same bytes, for any number of threads");
}

int compare(const CompareCommand& command, const Call& call) {
  ComparisonOptions options = command.options;
  options.require.same_cases = !command.lenient;
  options.bootstrap.jobs = call.common.jobs;
  std::vector<Result> results;
  for (const std::string& path : command.results) results.push_back(read_result_file(path));
  const NamedComparison named = compare_by_name(results, options);
  if (!command.json.empty()) write_report(command.json, comparison_json(named), call.streams);
  if (!command.markdown.empty())
    write_report(command.markdown, comparison_markdown(named), call.streams);
  if (command.json != kStandardOutput && command.markdown != kStandardOutput)
    call.streams.out << comparison_text(named);

  const std::vector<Comparison>& pairs = named.comparison.against_first;
  const bool conclusive = std::all_of(pairs.begin(), pairs.end(),
                                      [](const Comparison& pair) { return pair.conclusive(); });
  if (!conclusive)
    print_message("error", "not everything could be compared; the report says why", call.common,
                  call.streams);
  return conclusive ? kExitPassed : kExitInconclusive;
}

constexpr CommandLine<CompareCommand> kLine = {help_page, bind, compare};

}  // namespace

VerbCode compare_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
