// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "dataset/error.h"

namespace angiobench::cli {
namespace {

void print_overview(std::ostream& out) {
  out << "angiobench: benchmark and leaderboard suite for video object segmentation in X-ray "
         "angiography\n\n"
         "Usage: angiobench VERB [options]      (angiobench VERB --help explains one)\n\n";
  for (const Verb& verb : verbs()) {
    out << "  " << verb.name << std::string(std::max<std::size_t>(1, 14 - verb.name.size()), ' ')
        << verb.summary << '\n';
  }
  out << "\nExit codes: 0 done and passed, 1 findings or gate failed, 2 usage, 3 input malformed,\n"
         "            4 inconclusive (nothing scored), 5 a limit for untrusted input was hit, 6 a "
         "bug\n";
}

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  if (arguments.empty()) {
    print_overview(streams.err);
    return kExitUsage;
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    print_overview(streams.out);
    return kExitPassed;
  }
  const std::string wanted = name == "--version" ? "version" : name;
  for (const Verb& verb : verbs()) {
    if (verb.name == wanted) return verb.run({arguments.begin() + 1, arguments.end()}, streams);
  }
  throw Error(ErrorKind::usage, "", "there is no verb '" + name + "'",
              "one of those that 'angiobench --help' lists");
}

}  // namespace
}  // namespace angiobench::cli

int main(int argc, char** argv) {
  using namespace angiobench;
  using namespace angiobench::cli;
  const Streams streams{std::cout, std::cerr, ::isatty(STDERR_FILENO) != 0};
  try {
    const int code = run({argv + 1, argv + argc}, streams);
    std::cout.flush();
    if (!std::cout) {
      std::cerr << "error: the standard output cannot be written\n";
      return kExitInput;
    }
    return code;
  } catch (const Error& error) {
    std::string line = error.path().empty() ? "error: " : error.path() + ": error: ";
    line += error.found();
    if (!error.expected().empty()) line += "; expected " + error.expected();
    std::cerr << printable(line) << '\n';
    if (error.kind() == ErrorKind::bug)
      std::cerr << "This is a bug in angiobench; please report it with the command.\n";
    return exit_code_of(error.kind());
  } catch (const std::bad_alloc&) {
    std::cerr << "error: out of memory\n";
    return kExitLimit;
  } catch (const std::exception& error) {
    std::cerr << "error: " << printable(error.what())
              << "\nThis is a bug in angiobench; please report it with the command.\n";
    return kExitBug;
  }
}
