// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace angiobench::test {

/// How a program ended and what it took.
struct ChildOutcome {
  int exit_code = -1;  // -1: a signal ended it
  std::string out;
  std::string err;
  double cpu_seconds = 0;  // user and system
  double wall_seconds = 0;
  long peak_kilobytes = 0;  // resident
};

/// Runs `arguments` (the program first) to its end, with NO_COLOR set.
ChildOutcome run_child(const std::vector<std::string>& arguments);

}  // namespace angiobench::test
