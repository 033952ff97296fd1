// SPDX-License-Identifier: MIT
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "cli/exit_code.h"
#include "cli/safe_output.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "dataset/error.h"
#include "dataset/words.h"

namespace angiobench::cli {
namespace {

struct Group {
  VerbGroup group;
  std::string_view title;
};

constexpr Group kGroups[] = {{VerbGroup::data, "Data sets and submissions"},
                             {VerbGroup::predicting, "Baselines"},
                             {VerbGroup::scoring, "Scores"},
                             {VerbGroup::spreading, "Beyond one machine"},
                             {VerbGroup::showing, "Reports and leaderboards"},
                             {VerbGroup::program, "The program"}};

void print_overview(std::ostream& out) {
  out << "angiobench: benchmark and leaderboard suite for video object segmentation in X-ray "
         "angiography\n\n"
         "Usage: angiobench VERB [options]      (angiobench VERB --help explains one)\n";
  for (const Group& group : kGroups) {
    out << '\n' << group.title << ":\n";
    for (const Verb& verb : verbs()) {
      if (verb.group != group.group) continue;
      out << "  " << verb.name << std::string(std::max<std::size_t>(1, 14 - verb.name.size()), ' ')
          << verb.summary << '\n';
    }
  }
  std::string codes = "\nExit codes: ";
  std::size_t column = codes.size();
  for (const ExitCodeWords& row : kExitCodeWords) {
    const std::string words = std::to_string(row.code) + " " + std::string(row.words);
    const bool fits = column + words.size() + 2 <= 90;
    if (row.code != kExitPassed) codes += fits ? ", " : ",\n            ";
    column = (fits ? column : 12) + words.size() + 2;
    codes += words;
  }
  out << codes << '\n';
}

// The verb of this name, however it is written; none: what may have been meant is said.
const Verb* find_verb(const std::string& name, const Streams& streams) {
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) names.emplace_back(verb.name);
  const std::optional<std::string> known = resolve_name(names, name);
  if (known) return &*std::ranges::find(verbs(), *known, &Verb::name);
  const std::vector<std::string> near = nearest_names(names, name);
  streams.err << "angiobench: there is no verb '" << printable(name) << "'; "
              << (near.empty() ? "" : "did you mean " + list_of_words(near, "'") + "? ")
              << "'angiobench --help' lists them all\n";
  return nullptr;
}

int run_help(const std::vector<std::string>& about, const Streams& streams) {
  if (about.empty()) {
    print_overview(streams.out);
    return kExitPassed;
  }
  // The limits are the same for every verb that opens what strangers send.
  const bool of_limits = about.size() == 1 && folded_name(about.front()) == kLimitsTopic;
  const Verb* const verb = find_verb(of_limits ? "score" : about.front(), streams);
  if (verb == nullptr) return kExitUsage;
  std::vector<std::string> arguments(about.begin() + 1, about.end());
  arguments.emplace_back("--help");
  if (of_limits) arguments.emplace_back(kLimitsTopic);
  return code_of(*verb).run(arguments, streams);
}

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  if (arguments.empty()) {
    print_overview(streams.err);
    return kExitUsage;
  }
  const std::string& name = arguments.front();
  const std::vector<std::string> rest{arguments.begin() + 1, arguments.end()};
  if (name == "--help" || name == "-h" || name == "help") return run_help(rest, streams);
  const Verb* const verb = find_verb(name == "--version" ? "version" : name, streams);
  return verb == nullptr ? kExitUsage : code_of(*verb).run(rest, streams);
}

// Masks and maps come and go by the thousand: what is given back to the system after each one is
// asked for again at the next, page by page (a third of the cost of `score -o`).
void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kKilobyte = 1024;
  mallopt(M_MMAP_THRESHOLD, 2048 * kKilobyte);
  mallopt(M_TRIM_THRESHOLD, 8192 * kKilobyte);
  mallopt(M_TOP_PAD, 512 * kKilobyte);
#endif
}

}  // namespace
}  // namespace angiobench::cli

int main(int argc, char** argv) {
  using namespace angiobench;
  using namespace angiobench::cli;
  keep_freed_memory();
  std::optional<SafeOutput> safe;
  if (is_shown(STDOUT_FILENO)) safe.emplace(std::cout);
  const Streams streams{std::cout, std::cerr, ::isatty(STDERR_FILENO) != 0};
  // A reader that went away and a file that may not grow are errors of writing, with words.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
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
    line += error.clause();
    std::cerr << printable(line) << '\n';
    if (error.kind() == ErrorKind::bug)
      std::cerr << "This is a bug in angiobench; please report it with the command.\n";
    return exit_code_of(error.kind());
  } catch (const std::bad_alloc&) {
    std::cerr << "error: out of memory\n";
    return kExitLimit;
  } catch (const std::system_error& error) {
    std::cerr << "error: the system refuses what is needed: " << printable(error.what())
              << "; fewer threads (-j 1) need less\n";
    return kExitLimit;
  } catch (const std::exception& error) {
    std::cerr << "error: " << printable(error.what())
              << "\nThis is a bug in angiobench; please report it with the command.\n";
    return kExitBug;
  }
}
