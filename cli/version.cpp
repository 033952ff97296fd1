// SPDX-License-Identifier: MIT
#include "cli/version.h"

#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "evaluator/result.h"

namespace angiobench::cli {

namespace po = boost::program_options;

std::string tool_version() { return ANGIOBENCH_VERSION; }
std::string tool_commit() { return ANGIOBENCH_GIT_COMMIT; }

int run_version(const std::vector<std::string>& arguments, const Streams& streams) {
  po::options_description described("Options");
  described.add_options()("json", po::bool_switch(), "print one JSON object");
  const HelpPage help{
      "angiobench version [--json]",
      "Prints the version, the commit it was built from, and what it was built with.",
      {"angiobench version          # for a person", "angiobench version --json   # for a script"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return kExitPassed;

#ifdef ANGIOBENCH_HAVE_BASELINES
  constexpr bool kBaselines = true;
#else
  constexpr bool kBaselines = false;
#endif
  const std::string boost_version = std::to_string(BOOST_VERSION / 100000) + "." +
                                    std::to_string(BOOST_VERSION / 100 % 1000) + "." +
                                    std::to_string(BOOST_VERSION % 100);
  const nlohmann::ordered_json facts = {
      {"name", "angiobench"},        {"version", tool_version()},
      {"git_commit", tool_commit()}, {"metric_version", kMetricVersion},
      {"compiler", __VERSION__},     {"boost", boost_version},
      {"baselines", kBaselines},
  };
  if (values["json"].as<bool>()) {
    streams.out << facts.dump(2) << '\n';
    return kExitPassed;
  }
  streams.out << "angiobench " << tool_version() << " (" << tool_commit() << ")\n"
              << "metric version " << kMetricVersion << '\n'
              << "compiler " << __VERSION__ << ", Boost " << boost_version << ", baselines "
              << (kBaselines ? "built" : "not built (LibTorch was not found)") << '\n';
  return kExitPassed;
}

}  // namespace angiobench::cli
