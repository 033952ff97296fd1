// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/words.h"

namespace angiobench {

using Json = nlohmann::ordered_json;

/// What a key that occurs twice in an object means. JSON leaves it open; most readers take the
/// last.
enum class DuplicateKeys { last_wins, refused };

/// Parses text as JSON with bounded nesting. Throws Error{input} with the line of the mistake.
Json parse_json(std::string_view text, const std::string& path,
                DuplicateKeys duplicates = DuplicateKeys::last_wins);

/// Reads the fields of one JSON object and says which is wrong: every Error{input} names the file
/// and the field
/// ("rules.json: field 'frames.drop[1]' is 3; expected a string").
class JsonFields {
 public:
  /// `where` is the place of the object inside the file, "" for the whole. Throws where `value` is
  /// no object.
  JsonFields(const Json& value, const std::string& path, std::string where = {});

  /// Whether the field is there; it then counts as asked for.
  bool has(std::string_view name);
  std::string string(std::string_view name);
  std::string string_or(std::string_view name, std::string fallback);
  bool boolean_or(std::string_view name, bool fallback);
  /// An integer in [low, high].
  std::int64_t integer(std::string_view name, std::int64_t low, std::int64_t high);
  std::int64_t integer_or(std::string_view name, std::int64_t fallback, std::int64_t low,
                          std::int64_t high);
  /// A finite number in [low, high].
  double number(std::string_view name, double low, double high);
  double number_or(std::string_view name, double fallback, double low, double high);
  std::vector<std::string> strings(std::string_view name);
  std::vector<std::string> strings_or(std::string_view name, std::vector<std::string> fallback);
  /// One of `allowed`.
  std::string choice(std::string_view name, const std::vector<std::string>& allowed);
  std::string choice_or(std::string_view name, std::string fallback,
                        const std::vector<std::string>& allowed);
  /// One of the words of a table, to the letter.
  template <typename Enum, std::size_t N>
  Enum word_or(std::string_view name, const Words<Enum, N>& words, Enum fallback) {
    return *words.exactly(choice_or(name, std::string(words.of(fallback)), words.names()));
  }
  template <typename Enum, std::size_t N>
  Enum word(std::string_view name, const Words<Enum, N>& words) {
    return *words.exactly(choice(name, words.names()));
  }
  /// The raw value; required.
  const Json& value(std::string_view name);
  /// A member that is an object itself; required.
  JsonFields object(std::string_view name);

  /// Throws where the object has a field that was never asked for: a misspelt rule must not vanish.
  void expect_no_more() const;
  /// Throws Error{input} about a field.
  [[noreturn]] void fail(std::string_view name, const std::string& expected) const;
  /// "frames.drop": the place of a field inside the file.
  std::string place(std::string_view name) const;
  const std::string& path() const { return path_; }

 private:
  const Json* find(std::string_view name);

  const Json& object_;
  std::string path_;
  std::string where_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace angiobench
