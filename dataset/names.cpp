// SPDX-License-Identifier: MIT
#include "dataset/names.h"

#include <algorithm>

#include "dataset/characters.h"

namespace angiobench {

std::string folded_name(std::string_view name) {
  std::string folded = lowered(name);
  std::ranges::replace(folded, '_', '-');
  return folded;
}

std::optional<std::string> resolve_name(std::span<const std::string> names,
                                        std::string_view given) {
  if (std::ranges::find(names, given) != names.end()) return std::string(given);
  const std::string wanted = folded_name(given);
  std::optional<std::string> found;
  for (const std::string& name : names) {
    if (folded_name(name) != wanted) continue;
    if (found) return std::nullopt;
    found = name;
  }
  return found;
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
  const std::string a = folded_name(left);
  const std::string b = folded_name(right);
  // Three rows of the table of distances between beginnings: the exchange looks back by two.
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::vector<std::string> nearest_names(std::span<const std::string> names, std::string_view given,
                                       std::size_t most) {
  constexpr std::size_t kLongestName = 256;  // what is longer was no slip of a finger
  if (given.empty() || given.size() > kLongestName) return {};
  const std::string wanted = folded_name(given);
  std::vector<std::pair<std::size_t, const std::string*>> near;
  for (const std::string& name : names) {
    if (name.size() > kLongestName) continue;
    std::size_t distance = edit_distance(name, given);
    // A name that was not typed to its end.
    if (given.size() >= 2 && folded_name(name).starts_with(wanted))
      distance = std::min<std::size_t>(distance, 1);
    const std::size_t limit = std::max<std::size_t>(1, std::max(name.size(), given.size()) / 3);
    if (distance <= limit) near.emplace_back(distance, &name);
  }
  std::ranges::stable_sort(near, {}, &std::pair<std::size_t, const std::string*>::first);
  std::vector<std::string> nearest;
  for (std::size_t i = 0; i < std::min(most, near.size()); ++i) nearest.push_back(*near[i].second);
  return nearest;
}

std::string list_of_words(std::span<const std::string> words, std::string_view quote) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text.append(quote).append(words[i]).append(quote);
  }
  return text;
}

Error unknown_name(const std::string& field, std::string found, std::span<const std::string> names,
                   std::string_view given, std::string_view more) {
  if (found.empty()) found = "is '" + std::string(given) + "'";
  constexpr std::size_t kMostTold = 40;
  const std::vector<std::string> near = nearest_names(names, given);
  if (!near.empty()) found += "; did you mean " + list_of_words(near, "'") + "?";
  std::string known = list_of_words(names.first(std::min(names.size(), kMostTold)));
  if (names.size() > kMostTold)
    known += " or one of " + std::to_string(names.size() - kMostTold) + " more";
  return Error::about(ErrorKind::usage, field, std::move(found), known + std::string(more));
}

}  // namespace angiobench
