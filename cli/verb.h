// SPDX-License-Identifier: MIT
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/help_page.h"

namespace angiobench::cli {

/// Where a verb's words go: results to `out`, messages and progress to `err`.
struct Streams {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
};

/// What runs a verb, and what is said of it.
struct VerbCode {
  /// Gets the arguments after the verb and returns an exit code (exit_code.h); may throw
  /// angiobench::Error, which main turns into a message and an exit code.
  int (*run)(const std::vector<std::string>& arguments, const Streams& streams) = nullptr;
  /// A page for each of its jobs, at least one.
  std::vector<HelpPage> (*pages)() = nullptr;
};

/// Where the overview lists a verb; it does not show the hidden ones.
enum class VerbGroup { data, predicting, scoring, spreading, showing, program, hidden };

/// One job of the program: what it is called and where its code is, here or in a module
/// (modules.h).
struct Verb {
  std::string_view name;
  std::string_view summary;
  VerbGroup group;
  VerbCode (*code)();       // of a verb of the program itself, else null
  std::string_view module;  // "media", "baselines": its code is there
};

/// Every verb, in the order that `--help` lists them (cli/verbs.cpp: the one table).
std::span<const Verb> verbs();

/// The code of a verb, from its module where it has one. Throws Error where that is not there or
/// not of this build.
VerbCode code_of(const Verb& verb);

/// A job of a verb that has several, e.g. `leaderboard add`.
struct Job {
  std::string_view name;
  std::string_view summary;
  VerbCode code;
};

/// Runs the job that the first argument names, whatever its case. Without one prints the overview
/// to `err` and returns the exit code for usage; --help and `help` print it to `out`, `help JOB`
/// the job's page. `about` says what the verb is.
int run_job_of(std::string_view verb, std::string_view about, std::span<const Job> jobs,
               const std::vector<std::string>& arguments, const Streams& streams);

/// The pages of all jobs.
std::vector<HelpPage> pages_of(std::span<const Job> jobs);

}  // namespace angiobench::cli
