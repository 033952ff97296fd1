// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "dataset/error.h"

namespace angiobench::cli {

/// What the program's exit status means (README, "Exit codes").
enum ExitCode : int {
  kExitPassed = 0,        // done and passed
  kExitFailed = 1,        // findings of level error, or the gate failed
  kExitUsage = 2,         // the command line is wrong
  kExitInput = 3,         // input unreadable or malformed
  kExitInconclusive = 4,  // something needed for the answer is missing; nothing was scored
  kExitLimit = 5,         // a limit for untrusted input was hit
  kExitBug = 6,           // a bug
  kExitPassing = 75,      // a shard met a failure that may pass: run it again
  kExitStopped = 130,     // stopped by SIGINT; by another signal 128 and its number (cli/stop.h)
};

/// The same for people; the one place where manual pages take it from.
struct ExitCodeWords {
  ExitCode code;
  std::string_view words;
};

inline constexpr ExitCodeWords kExitCodeWords[] = {
    {kExitPassed, "done and passed"},
    {kExitFailed, "findings or gate failed"},
    {kExitUsage, "usage"},
    {kExitInput, "input malformed"},
    {kExitInconclusive, "inconclusive (nothing scored)"},
    {kExitLimit, "a limit for untrusted input was hit"},
    {kExitBug, "a bug"},
    {kExitPassing, "of a shard: try again"},
    {kExitStopped, "stopped (128 + signal)"},
};

constexpr ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return kExitUsage;
    case ErrorKind::input:
      return kExitInput;
    case ErrorKind::inconclusive:
      return kExitInconclusive;
    case ErrorKind::limit:
      return kExitLimit;
    case ErrorKind::bug:
      return kExitBug;
    case ErrorKind::passing:
      return kExitPassing;
  }
  return kExitBug;
}

}  // namespace angiobench::cli
