// SPDX-License-Identifier: MIT
#include "cli/terminal.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "cli/stop.h"
#include "reports/escape.h"

namespace angiobench::cli {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

bool wants_color(const CommonOptions& options, const Streams& streams) {
  const char* const no_color = std::getenv("NO_COLOR");
  const bool forbidden = no_color != nullptr && *no_color != '\0';
  return options.color == ColorChoice::always ||
         (options.color == ColorChoice::when_terminal && streams.err_is_terminal && !forbidden);
}

std::string_view color_of(std::string_view severity) {
  if (severity == "error") return "\x1b[31m";
  if (severity == "warning") return "\x1b[33m";
  return "\x1b[36m";
}

// "1:05" or "2:03:04".
std::string format_duration(double seconds) {
  const long whole = std::lround(std::min(seconds, 359999.0));
  char text[32];
  if (whole >= 3600) {
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
  }
  return text;
}

// JSON on one line, as a log may show it.
std::string json_line(const nlohmann::ordered_json& line) {
  return escape_log(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace

std::string printable(std::string_view text) { return escape_terminal(text); }

void print_finding(const Finding& finding, const CommonOptions& options, const Streams& streams) {
  if (finding.severity == Severity::note && !options.verbose) return;
  if (finding.severity == Severity::warning && options.quiet) return;
  const std::string_view severity = severity_name(finding.severity);
  if (options.log_format == LogFormat::json) {
    nlohmann::ordered_json line = {
        {"severity", severity}, {"code", finding.code}, {"message", finding.message}};
    if (!finding.path.empty()) line["path"] = finding.path;
    if (!finding.sequence.empty()) line["sequence"] = finding.sequence;
    if (!finding.frame.empty()) line["frame"] = finding.frame;
    if (finding.object >= 0) line["object"] = finding.object;
    if (!finding.hint.empty()) line["hint"] = finding.hint;
    streams.err << json_line(line) << '\n';
    return;
  }
  std::string line = printable(format_finding(finding));
  if (wants_color(options, streams)) {
    const std::string word = std::string(severity) + ":";
    const std::size_t at = line.find(word);
    if (at != std::string::npos)
      line.replace(at, word.size(), std::string(color_of(severity)) + word + "\x1b[0m");
  }
  streams.err << line << '\n';
  if (!finding.hint.empty()) streams.err << "  " << printable(finding.hint) << '\n';
}

void print_message(std::string_view severity, std::string_view message,
                   const CommonOptions& options, const Streams& streams) {
  if (options.quiet && severity != "error") return;
  if (options.log_format == LogFormat::json) {
    const nlohmann::ordered_json line = {{"severity", severity}, {"message", message}};
    streams.err << json_line(line) << '\n';
    return;
  }
  if (wants_color(options, streams)) {
    streams.err << color_of(severity) << severity << ":\x1b[0m " << printable(message) << '\n';
  } else {
    streams.err << severity << ": " << printable(message) << '\n';
  }
}

ProgressBar::ProgressBar(std::string label, std::string unit, const CommonOptions& options,
                         const Streams& streams)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      streams_(streams),
      quiet_(options.quiet || options.log_format == LogFormat::json),
      start_(Clock::now()),
      last_(start_) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::clear() {
  const std::lock_guard lock(mutex_);
  if (drawn_) streams_.err << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

void ProgressBar::update(std::uint64_t done, std::uint64_t total) {
  stop_if_asked();
  if (quiet_) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return;
  // A terminal is redrawn ten times a second; a log gets a line every five seconds.
  const double pause = streams_.err_is_terminal ? 0.1 : 5.0;
  const Clock::time_point now = Clock::now();
  if (seconds_between(last_, now) < pause) return;
  last_ = now;
  show(done, total);
}

ProgressCallback ProgressBar::callback() {
  return [this](std::uint64_t done, std::uint64_t total) { update(done, total); };
}

void ProgressBar::start_from(std::uint64_t done) {
  const std::lock_guard lock(mutex_);
  before_ = done;
}

void ProgressBar::show(std::uint64_t done, std::uint64_t total) {
  const double elapsed = seconds_between(start_, last_);
  const double rate =
      elapsed > 0 ? static_cast<double>(done - std::min(done, before_)) / elapsed : 0;
  const double left = rate > 0 ? static_cast<double>(total - std::min(done, total)) / rate : 0;
  const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0;
  char numbers[96];
  std::snprintf(numbers, sizeof numbers, "%3.0f %%  %llu/%llu %s  %.4g %s/s  %s left", 100 * share,
                static_cast<unsigned long long>(done), static_cast<unsigned long long>(total),
                unit_.c_str(), rate, unit_.c_str(), format_duration(left).c_str());
  if (!streams_.err_is_terminal) {
    streams_.err << label_ << ": " << numbers << '\n' << std::flush;
    return;
  }
  constexpr int kCells = 24;
  const int full = static_cast<int>(std::lround(share * kCells));
  streams_.err << "\r\x1b[K" << label_ << " [" << std::string(static_cast<std::size_t>(full), '#')
               << std::string(static_cast<std::size_t>(kCells - full), '.') << "] " << numbers
               << std::flush;
  drawn_ = true;
}

}  // namespace angiobench::cli
