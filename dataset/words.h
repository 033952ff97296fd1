// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/error.h"
#include "dataset/names.h"

namespace angiobench {

/// The words of an enum, each beside its value, in the order in which they are told; the one place
/// where both stand.
template <typename Enum, std::size_t N>
struct Words {
  std::array<std::pair<std::string_view, Enum>, N> entries;

  /// The word of a value. Throws Error{bug} where it has none.
  constexpr std::string_view of(Enum value) const {
    for (const auto& [word, candidate] : entries) {
      if (candidate == value) return word;
    }
    throw Error(ErrorKind::bug, "", "a value that is not in its table of words");
  }
  /// The value of a word as people type it (folded_name), if it is one.
  std::optional<Enum> find(std::string_view word) const {
    const std::string wanted = folded_name(word);
    for (const auto& [candidate, value] : entries) {
      if (folded_name(candidate) == wanted) return value;
    }
    return std::nullopt;
  }
  /// The value of a word as files have it, to the letter.
  std::optional<Enum> exactly(std::string_view word) const {
    for (const auto& [candidate, value] : entries) {
      if (candidate == word) return value;
    }
    return std::nullopt;
  }
  /// As find; throws Error{usage} about `field` with the nearest words first.
  Enum read(const std::string& field, std::string_view word) const {
    if (const std::optional<Enum> value = find(word)) return *value;
    throw unknown_name(field, {}, names(), word);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const auto& [word, value] : entries) list.emplace_back(word);
    return list;
  }
};

/// words<Outcome>({{"passed", Outcome::passed}, …})
template <typename Enum, std::size_t N>
constexpr Words<Enum, N> words(const std::pair<std::string_view, Enum> (&entries)[N]) {
  return {std::to_array(entries)};
}

}  // namespace angiobench
