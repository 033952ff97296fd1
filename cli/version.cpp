// SPDX-License-Identifier: MIT
#include "cli/version.h"

#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/verbs.h"
#include "evaluator/result.h"

namespace angiobench::cli {

std::string tool_version() { return ANGIOBENCH_VERSION; }
std::string tool_commit() { return ANGIOBENCH_GIT_COMMIT; }

std::string build_stamp() {
  return tool_version() + " " + tool_commit() + ", compiler " + __VERSION__ + ", ABI " +
         std::to_string(__GXX_ABI_VERSION) + "/" + std::to_string(_GLIBCXX_USE_CXX11_ABI);
}

namespace {

struct VersionCommand {
  bool json = false;
};

HelpText help_page() {
  return {
      "version",
      "angiobench version [--json]",
      "Prints the version, the commit it was built from, and what it was built with.",
      {"angiobench version          # for a person", "angiobench version --json   # for a script"}};
}

void bind(OptionSet& options, VersionCommand& command) {
  options.add("json", flag(command.json), "print one JSON object");
}

int print_version(const VersionCommand& command, const Call& call) {
#ifdef ANGIOBENCH_HAVE_BASELINES
  constexpr bool kBaselines = true;
#else
  constexpr bool kBaselines = false;
#endif
#ifdef ANGIOBENCH_STATIC
  constexpr bool kStatic = true;
#else
  constexpr bool kStatic = false;
#endif
  const std::string boost_version = std::to_string(BOOST_VERSION / 100000) + "." +
                                    std::to_string(BOOST_VERSION / 100 % 1000) + "." +
                                    std::to_string(BOOST_VERSION % 100);
  const nlohmann::ordered_json facts = {
      {"name", "angiobench"},        {"version", tool_version()},
      {"git_commit", tool_commit()}, {"metric_version", kMetricVersion},
      {"compiler", __VERSION__},     {"boost", boost_version},
      {"baselines", kBaselines},     {"static", kStatic},
  };
  if (command.json) {
    call.streams.out << facts.dump(2) << '\n';
    return kExitPassed;
  }
  call.streams.out << "angiobench " << tool_version() << " (" << tool_commit() << ")\n"
                   << "metric version " << kMetricVersion << '\n'
                   << "compiler " << __VERSION__ << ", Boost " << boost_version << ", baselines "
                   << (kStatic      ? "not in this static build, which scores only"
                       : kBaselines ? "built"
                                    : "not built (LibTorch was not found)")
                   << '\n';
  return kExitPassed;
}

constexpr CommandLine<VersionCommand> kLine = {help_page, bind, print_version};

}  // namespace

VerbCode version_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
