// SPDX-License-Identifier: MIT
#pragma once

#include <csignal>
#include <string>

#include "cli/verb.h"

namespace angiobench::cli {

/// Thrown where work is counted, when a signal asked the program to stop. No Error: nothing is
/// wrong with anybody's files, and nobody who collects errors may take it for one. What is staged
/// goes while it passes.
struct Stopped {
  int signal = SIGINT;
  /// What is there for another run ("clips that are finished are in out; the same command goes
  /// on"); empty: nothing was written.
  std::string kept;
};

/// While it lives SIGINT, SIGTERM and SIGHUP are noted instead of ending the program. The second
/// one ends it at once. Handlers that were there before return with it; what was ignored (nohup)
/// stays ignored.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  struct sigaction before_[3];
};

/// Throws Stopped where a signal was noted. From any thread.
void stop_if_asked();

/// Does the work; where it is stopped, `kept` says what is there for another run.
template <typename Work>
auto keeping(const std::string& kept, const Work& work) {
  try {
    return work();
  } catch (Stopped& stopped) {
    stopped.kept = kept;
    throw;
  }
}

/// Says that the program stopped and what is kept; returns the exit status, 128 and the signal.
int tell_stopped(const Stopped& stopped, const Streams& streams);

}  // namespace angiobench::cli
