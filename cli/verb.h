// SPDX-License-Identifier: MIT
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace angiobench::cli {

/// Where a verb's words go: results to `out`, messages and progress to `err`.
struct Streams {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
};

/// One job of the program. `run` gets the arguments after the verb and returns an exit code
/// (exit_code.h); it may throw angiobench::Error, which main turns into a message and an exit code.
struct Verb {
  std::string_view name;
  std::string_view summary;
  int (*run)(const std::vector<std::string>& arguments, const Streams& streams);
};

/// Every verb, in the order that `--help` lists them (cli/verbs.cpp: the one table).
std::span<const Verb> verbs();

}  // namespace angiobench::cli
