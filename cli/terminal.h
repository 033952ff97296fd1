// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "cli/options.h"
#include "cli/verb.h"
#include "dataset/finding.h"
#include "dataset/progress.h"

namespace angiobench::cli {

/// Text made harmless for a terminal (reports/escape.h: escape_terminal); names come from
/// strangers.
std::string printable(std::string_view text);

/// Writes one finding or message to stderr, in the form the user chose (text or JSON lines,
/// colours).
void print_finding(const Finding& finding, const CommonOptions& options, const Streams& streams);
void print_message(std::string_view severity, std::string_view message,
                   const CommonOptions& options, const Streams& streams);

/// A bar with rate and time left where stderr is a terminal, a plain line every few seconds where
/// it is not, nothing with --quiet. Thread-safe. The bar is wiped when the object goes.
class ProgressBar {
 public:
  /// `label` names the work ("scoring"), `unit` what is counted ("frames").
  ProgressBar(std::string label, std::string unit, const CommonOptions& options,
              const Streams& streams);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Throws Stopped where a signal asked to stop: whatever counts its work can be stopped.
  void update(std::uint64_t done, std::uint64_t total);
  ProgressCallback callback();
  /// Work that was done before: it counts as done, not as speed.
  void start_from(std::uint64_t done);
  /// Wipes the bar, so that other words can be printed.
  void clear();

 private:
  void show(std::uint64_t done, std::uint64_t total);

  std::string label_;
  std::string unit_;
  const Streams& streams_;
  bool quiet_;
  bool drawn_ = false;
  std::uint64_t before_ = 0;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_;
  std::mutex mutex_;
};

}  // namespace angiobench::cli
