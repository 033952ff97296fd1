// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/error.h"

namespace angiobench {

/// A name as it is compared where people type it: small letters, "-" for "_". Bytes outside ASCII
/// stay.
std::string folded_name(std::string_view name);

/// The one of `names` that was meant by `given`: the same, else the only one that is the same when
/// both are folded.
std::optional<std::string> resolve_name(std::span<const std::string> names, std::string_view given);

/// How many letters must be put in, taken out, changed or exchanged with their neighbour to make
/// one name of the other (optimal string alignment), after folding both.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// Up to `most` of `names` that may have been meant by `given`, the nearest first, equally near
/// ones in their order. A name that begins with what was given is nearer than one with two slips.
/// Empty where nothing is near: more than a third of the letters differ.
std::vector<std::string> nearest_names(std::span<const std::string> names, std::string_view given,
                                       std::size_t most = 2);

/// "a, b or c"; each between `quote`s.
std::string list_of_words(std::span<const std::string> words, std::string_view quote = {});

/// Error{usage} about a field whose value is none of `names`: "is 'x'" or what `found` says, the
/// nearest names, then all of them and what `more` adds (", or a file that ends in .json").
Error unknown_name(const std::string& field, std::string found, std::span<const std::string> names,
                   std::string_view given, std::string_view more = {});

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
  /// The same; throws Error{usage} about `field` with the nearest words first.
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
