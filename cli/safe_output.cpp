// SPDX-License-Identifier: MIT
#include "cli/safe_output.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "dataset/files/text.h"
#include "reports/escape.h"

namespace angiobench::cli {
namespace {

constexpr std::array<const char*, 3> kSystems = {"GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"};

// A line without an end is passed on when it has so many bytes.
constexpr std::size_t kMaxLine = 1U << 16;

}  // namespace

bool is_shown(int descriptor) {
  if (::isatty(descriptor) != 0) return true;
  const bool in_ci = std::ranges::any_of(kSystems, [](const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr && *value != '\0';
  });
  struct stat info {};
  return in_ci && ::fstat(descriptor, &info) == 0 && !S_ISREG(info.st_mode);
}

SafeOutput::SafeOutput(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(this)) {}

SafeOutput::~SafeOutput() {
  pass_on(waiting_.size());
  stream_.rdbuf(before_);
}

SafeOutput::int_type SafeOutput::overflow(int_type character) {
  if (traits_type::eq_int_type(character, traits_type::eof()))
    return traits_type::not_eof(character);
  const char c = traits_type::to_char_type(character);
  return xsputn(&c, 1) == 1 ? character : traits_type::eof();
}

std::streamsize SafeOutput::xsputn(const char* text, std::streamsize count) {
  waiting_.append(text, static_cast<std::size_t>(count));
  const std::size_t end = waiting_.rfind('\n');
  std::size_t ready = end == std::string::npos ? 0 : end + 1;
  if (waiting_.size() - ready > kMaxLine)
    ready = whole_characters(waiting_, waiting_.size() - 1).size();
  return pass_on(ready) ? count : 0;
}

int SafeOutput::sync() {
  // What of a line is there is shown; what follows it starts none, so that this is on the safe
  // side.
  return pass_on(waiting_.size()) && before_->pubsync() == 0 ? 0 : -1;
}

bool SafeOutput::pass_on(std::size_t count) {
  if (count == 0) return true;
  const std::string safe = escape_log(std::string_view(waiting_).substr(0, count));
  waiting_.erase(0, count);
  const auto size = static_cast<std::streamsize>(safe.size());
  return before_->sputn(safe.data(), size) == size;
}

OwnCommands::OwnCommands(std::ostream& stream) : stream_(stream), before_(stream.rdbuf()) {
  auto* const safe = dynamic_cast<SafeOutput*>(before_);
  if (safe == nullptr) return;
  stream_.flush();
  stream_.rdbuf(safe->before_);
}

OwnCommands::~OwnCommands() { stream_.rdbuf(before_); }

}  // namespace angiobench::cli
