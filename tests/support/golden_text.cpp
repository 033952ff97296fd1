// SPDX-License-Identifier: MIT
#include "tests/support/golden_text.h"

#include <algorithm>
#include <cstdlib>

#include "dataset/files/atomic_file.h"
#include "dataset/error.h"

namespace angiobench::test {
namespace {

// The line at which `at` stands, from its first byte, cut where it is long.
std::string line_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return "(the text ends)";
  const std::size_t before = text.rfind('\n', at == 0 ? 0 : at - 1);
  const std::size_t begin = before == std::string_view::npos || at == 0 ? 0 : before + 1;
  // A page's lines are long: only what stands near the difference is shown.
  const std::size_t from = std::max(begin, at > 80 ? at - 80 : 0);
  return std::string(text.substr(from, std::min(text.find('\n', at), from + 240) - from));
}

}  // namespace

std::string golden_problem(std::string_view name, std::string_view text) {
  const std::string path = std::string(ANGIOBENCH_GOLDEN) + "/" + std::string(name);
  if (std::getenv("ANGIOBENCH_RENEW_GOLDEN") != nullptr) {
    write_file_atomically(path, text);
    return {};
  }
  std::string golden;
  try {
    golden = read_text_file(path);
  } catch (const Error& error) {
    return std::string(error.what()) + "; scripts/renew_golden.sh writes it";
  }
  if (text == golden) return {};
  const auto [mine, theirs] = std::mismatch(text.begin(), text.end(), golden.begin(), golden.end());
  const auto at = static_cast<std::size_t>(mine - text.begin());
  const auto line = 1 + std::count(text.begin(), mine, '\n');
  return path + " differs in line " + std::to_string(line) + ":\n  found    " + line_at(text, at) +
         "\n  expected " + line_at(golden, at) +
         "\nscripts/renew_golden.sh writes it anew; read the change in git";
}

}  // namespace angiobench::test
