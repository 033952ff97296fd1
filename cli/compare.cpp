// SPDX-License-Identifier: MIT
#include <algorithm>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/error.h"
#include "reports/comparison_report.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;

template <typename T>
T within(const po::variables_map& values, const char* name, T low, T high,
         const std::string& expected) {
  const T value = values[name].as<T>();
  if (!(value >= low && value <= high)) {
    throw Error(ErrorKind::usage, std::string("--") + name, "is out of range", expected);
  }
  return value;
}

}  // namespace

int run_compare(const std::vector<std::string>& arguments, const Streams& streams) {
  po::options_description described("Options");
  described.add_options()  //
      ("results", po::value<std::vector<std::string>>(),
       "two or more results: result.json, or the folder of score -o")  //
      ("json", po::value<std::string>(),
       "also write everything as JSON to this file (-: instead of the text)")  //
      ("markdown", po::value<std::string>(),
       "also write Markdown to this file (-: instead of the text)")  //
      ("lenient", po::bool_switch(),
       "other sequences or objects are no obstacle: compare what all have")  //
      ("tolerance", po::value<double>()->default_value(0.0005, "0.0005"),
       "changes up to this are 'within tolerance'")                                    //
      ("level", po::value<double>()->default_value(0.95, "0.95"), "of the intervals")  //
      ("resamples", po::value<std::uint32_t>()->default_value(10000),
       "of the bootstrap over sequences")  //
      ("seed", po::value<std::uint64_t>()->default_value(0),
       "same seed, same bytes, for any number of threads");
  add_common_options(described);
  po::positional_options_description positional;
  positional.add("results", -1);
  const HelpPage help{"angiobench compare A B [C ...] [--json FILE] [--markdown FILE]",
                      "Compares results with the first of them, paired by sequence: differences of "
                      "each aggregate with their bootstrap\n"
                      "intervals over sequences, sign-flip and Wilcoxon tests (Holm over several "
                      "methods), changed sequences, ranks.\n"
                      "Never fails on 'worse': 0 compared, 4 not comparable (another data set, "
                      "protocol or metric version, incomplete).",
                      {"angiobench compare runs/stcn runs/ours                  # is ours better, "
                       "and how sure is that?",
                       "angiobench compare a b c --json - | jq .rankings        # three methods, "
                       "ranks with their intervals"}};
  const po::variables_map values = parse_options(arguments, described, positional, help, streams);
  if (wants_help(values)) return kExitPassed;
  const CommonOptions common = read_common_options(values, streams);
  const std::vector<std::string> paths = values.count("results") != 0
                                             ? values["results"].as<std::vector<std::string>>()
                                             : std::vector<std::string>{};
  if (paths.size() < 2) {
    throw Error(ErrorKind::usage, "", std::to_string(paths.size()) + " results are named",
                "two or more: " + help.usage);
  }
  const auto on_stdout = [&](const char* option) {
    return values.count(option) != 0 && values[option].as<std::string>() == "-";
  };
  if (on_stdout("json") && on_stdout("markdown")) {
    throw Error(ErrorKind::usage, "-", "is named for several reports",
                "one report on the standard output");
  }
  ComparisonOptions options;
  options.require.same_cases = !values["lenient"].as<bool>();
  options.thresholds.tolerance =
      within(values, "tolerance", 0.0, 1.0, "0 to 1 (a fraction: 0.0005 is 0.05 points)");
  options.bootstrap.level = within(values, "level", 0.5, 0.9999, "0.5 to 0.9999");
  options.bootstrap.resamples = within(values, "resamples", 100U, 1'000'000U, "100 to 1000000");
  options.bootstrap.seed = values["seed"].as<std::uint64_t>();
  options.bootstrap.jobs = common.jobs;

  std::vector<Result> results;
  for (const std::string& path : paths) results.push_back(read_result_file(path));
  const NamedComparison named = compare_by_name(results, options);
  if (values.count("json") != 0)
    write_report(values["json"].as<std::string>(), comparison_json(named), streams);
  if (values.count("markdown") != 0)
    write_report(values["markdown"].as<std::string>(), comparison_markdown(named), streams);
  if (!on_stdout("json") && !on_stdout("markdown")) streams.out << comparison_text(named);

  const std::vector<Comparison>& pairs = named.comparison.against_first;
  const bool conclusive = std::all_of(pairs.begin(), pairs.end(),
                                      [](const Comparison& pair) { return pair.conclusive(); });
  if (!conclusive)
    print_message("error", "not everything could be compared; the report says why", common,
                  streams);
  return conclusive ? kExitPassed : kExitInconclusive;
}

}  // namespace angiobench::cli
