// SPDX-License-Identifier: MIT
#include "cli/stop.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <ostream>
#include <string_view>

#include "cli/terminal.h"

namespace angiobench::cli {
namespace {

struct StopSignal {
  int number;
  std::string_view name;
};

constexpr std::array<StopSignal, 3> kStopSignals = {
    {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}}};

std::atomic<int> noted{0};
static_assert(std::atomic<int>::is_always_lock_free, "a handler may only touch what never waits");

void note_signal(int number) { noted.store(number, std::memory_order_relaxed); }

}  // namespace

StopSignals::StopSignals() {
  noted.store(0, std::memory_order_relaxed);
  struct sigaction action = {};
  action.sa_handler = note_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  for (std::size_t i = 0; i < kStopSignals.size(); ++i) {
    sigaction(kStopSignals[i].number, nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) sigaction(kStopSignals[i].number, &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (std::size_t i = 0; i < kStopSignals.size(); ++i)
    sigaction(kStopSignals[i].number, &before_[i], nullptr);
}

void stop_if_asked() {
  if (const int number = noted.load(std::memory_order_relaxed); number != 0)
    throw Stopped{number, {}};
}

int tell_stopped(const Stopped& stopped, const Streams& streams) {
  const auto* const signal = std::ranges::find(kStopSignals, stopped.signal, &StopSignal::number);
  streams.err << "angiobench: stopped by "
              << (signal != kStopSignals.end() ? signal->name : std::string_view("a signal"))
              << "; " << printable(stopped.kept.empty() ? "nothing was written" : stopped.kept)
              << '\n';
  constexpr int kOfSignals = 128;
  return kOfSignals + stopped.signal;
}

}  // namespace angiobench::cli
