// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <system_error>
#include <vector>

#include "dataset/error.h"

namespace angiobench::cli {

/// "a,b,c" as numbers, finite and not below `smallest`. Throws Error{usage} with the option's name
/// and what was `expected` where the text is anything else or has not between `least` and `most`
/// numbers.
template <typename Number>
std::vector<Number> parse_number_list(const std::string& option, const std::string& text,
                                      char separator, std::size_t least, std::size_t most,
                                      Number smallest, const std::string& expected) {
  std::vector<Number> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  bool good = !text.empty();
  while (good) {
    Number number{};
    const auto [next, code] = std::from_chars(at, end, number);
    good = code == std::errc() && std::isfinite(static_cast<double>(number)) && number >= smallest;
    numbers.push_back(number);
    at = next;
    if (!good || at == end) break;
    good = *at++ == separator;
  }
  if (!good || numbers.size() < least || numbers.size() > most)
    throw Error(ErrorKind::usage, option, "is '" + text + "'", expected);
  return numbers;
}

}  // namespace angiobench::cli
