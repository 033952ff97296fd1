// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

#include "cli/path_rules.h"
#include "dataset/words.h"

namespace angiobench::cli {

/// How many words an option takes after it.
enum class Arity {
  none,      // a flag
  one,       //
  repeated,  // one each time that it is named
  several,   // all words up to the next option, each time
};

/// What a shell offers where the value is awaited.
enum class Completion { nothing, words, files, folders };

/// How an option takes its value, and the field that gets it. Made by the functions below; the
/// field must live as long as it.
struct OptionValue {
  /// Puts a value into the field. Empty, or what is wrong with it, to go on from the option's name:
  /// "is 'x'; expected 1 to 9".
  std::function<std::string(const std::string& text)> put;
  Arity arity = Arity::one;
  std::string metavar;  // "N", "FILE"
  std::string initial;  // what holds where the option is not named, if that says anything
  std::vector<std::string> words;  // what it takes, or, where it takes more, what is known of it
  Completion completion = Completion::nothing;
  Access access = Access::none;  // files and folders are read, unless it is said otherwise
};

/// "is 12; expected 1 to 9" or "is 'x'; expected …".
std::string wrong_value(const std::string& text, const std::string& expected);

OptionValue flag(bool& field);

/// Any text. An empty one is as if it had not been named.
OptionValue text(std::string& field, std::string metavar = "TEXT");
OptionValue file(std::string& field, std::string metavar = "FILE");
OptionValue folder(std::string& field, std::string metavar = "DIR");
/// A file, or a word that stands for something else ("seed"), which no folder of that name is.
OptionValue file_or_word(std::string& field, std::string metavar = "FILE");
/// As text, "a,b,@file" (see parse_name_list), of which `known` are offered.
OptionValue names(std::string& field, std::vector<std::string> known = {});
/// One of the names that are built in, as people type them, or a file that ends in .json. `kind`
/// says what they name ("benchmark").
OptionValue name_or_json(std::string& field, std::string kind, std::vector<std::string> known);

/// One of a few words, as people type them (folded_name).
OptionValue choice(std::string& field, std::vector<std::string> known);

template <typename Enum, std::size_t N>
OptionValue choice(Enum& field, const Words<Enum, N>& table) {
  OptionValue value;
  value.words = table.names();
  value.completion = Completion::words;
  value.metavar = "WORD";
  value.initial = std::string(table.of(field));
  value.put = [&field, table](const std::string& text) -> std::string {
    const std::optional<Enum> found = table.find(text);
    if (!found) return unknown_name("", {}, table.names(), text).clause();
    field = *found;
    return {};
  };
  return value;
}

/// Each time one more.
OptionValue texts(std::vector<std::string>& field, std::string metavar);
OptionValue files(std::vector<std::string>& field, std::string metavar = "FILE");
OptionValue folders(std::vector<std::string>& field, std::string metavar = "DIR");

/// What a number may be. `expected` says it in words where "LOW to HIGH" does not, `also` checks
/// what a range cannot say.
template <typename Number>
struct Range {
  Number low = std::numeric_limits<Number>::lowest();
  Number high = std::numeric_limits<Number>::max();
  std::string expected = {};
  bool (*also)(Number) = nullptr;
};

/// The shortest text that reads back as the same number.
template <typename Number>
std::string number_text(Number number) {
  char text[64];
  const auto [end, code] = std::to_chars(text, text + sizeof text, number);
  std::string shortest(text, code == std::errc() ? end : text);
  // "1e-05" as people write it.
  const std::size_t exponent = shortest.find("e-0");
  if (exponent != std::string::npos) shortest.erase(exponent + 2, 1);
  return shortest;
}

template <typename Number>
std::string range_text(const Range<Number>& range) {
  if (!range.expected.empty()) return range.expected;
  const bool has_low =
      std::is_unsigned_v<Number> || range.low != std::numeric_limits<Number>::lowest();
  const bool has_high = range.high != std::numeric_limits<Number>::max();
  if (has_low && has_high) return number_text(range.low) + " to " + number_text(range.high);
  if (has_low) return number_text(range.low) + " or more";
  if (has_high) return "at most " + number_text(range.high);
  return std::is_integral_v<Number> ? "a whole number" : "a number";
}

/// The whole text as a finite number.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(static_cast<double>(number))) return std::nullopt;
  return number;
}

template <typename Number>
bool is_within(Number number, const Range<Number>& range) {
  return number >= range.low && number <= range.high &&
         (range.also == nullptr || range.also(number));
}

namespace detail {

template <typename Number, typename Put>
OptionValue number_value(Range<Number> range, Put put) {
  OptionValue value;
  value.metavar = "N";
  value.put = [range = std::move(range), put](const std::string& text) -> std::string {
    const std::optional<Number> number = parse_number<Number>(text);
    if (!number || !is_within(*number, range)) return wrong_value(text, range_text(range));
    put(*number);
    return {};
  };
  return value;
}

}  // namespace detail

template <typename Number>
OptionValue number(Number& field, Range<std::type_identity_t<Number>> range = {}) {
  // A field that starts outside of what may be named stands for "as it is best".
  std::string initial = is_within(field, range) ? number_text(field) : std::string{};
  OptionValue value =
      detail::number_value<Number>(std::move(range), [&field](Number number) { field = number; });
  value.initial = std::move(initial);
  return value;
}

template <typename Number>
OptionValue number(std::optional<Number>& field, Range<std::type_identity_t<Number>> range = {}) {
  return detail::number_value<Number>(std::move(range),
                                      [&field](Number number) { field = number; });
}

/// How many numbers stand between which separators.
struct ListShape {
  std::size_t least = 1;
  std::size_t most = std::numeric_limits<std::size_t>::max();
  char separator = ',';
};

/// "a,b,c": numbers, each within `range`, whose `expected` must say what the list is.
template <typename Number>
OptionValue numbers(std::vector<Number>& field, ListShape shape,
                    Range<std::type_identity_t<Number>> range) {
  OptionValue value;
  value.metavar = "N" + std::string(1, shape.separator) + "N…";
  for (const Number number : field)
    value.initial +=
        (value.initial.empty() ? "" : std::string(1, shape.separator)) + number_text(number);
  value.put = [&field, shape, range = std::move(range)](const std::string& text) -> std::string {
    std::vector<Number> found;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(shape.separator, at), text.size());
      const std::optional<Number> number = parse_number<Number>(text.substr(at, end - at));
      if (!number || !is_within(*number, range) || found.size() == shape.most)
        return wrong_value(text, range_text(range));
      found.push_back(*number);
      at = end + 1;
    }
    if (found.size() < shape.least) return wrong_value(text, range_text(range));
    field = std::move(found);
    return {};
  };
  return value;
}

}  // namespace angiobench::cli
