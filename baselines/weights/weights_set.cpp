// SPDX-License-Identifier: MIT
#include "baselines/weights/weights_set.h"

#include <algorithm>
#include <string_view>

#include "dataset/characters.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr std::string_view kAnchor = "key_encoder.conv1.weight";
// Names that checkpoints give to their state dict, the usual one first.
constexpr std::string_view kUsual[] = {"network.", "model.", "state_dict."};

bool is_average_name(std::string_view prefix) {
  std::string word;
  for (const char c : std::string(prefix) + ".") {
    if (c != '.' && c != '_' && c != '-') {
      word += lowered(c);
      continue;
    }
    if (word == "ema" || word == "swa" || word == "averaged" || word == "average" ||
        word == "shadow")
      return true;
    word.clear();
  }
  return false;
}

// A prefix as a person names it: without the dot at its end.
std::string set_name(const std::string& prefix) {
  return prefix.empty() ? std::string("the top") : "'" + prefix.substr(0, prefix.size() - 1) + "'";
}

// How the others are asked for: nothing can be written behind '#' for the top.
std::string list_of(const std::vector<std::string>& prefixes) {
  std::string text;
  for (const std::string& prefix : prefixes) text += (text.empty() ? "" : ", ") + set_name(prefix);
  return text;
}

std::size_t rank_of(const std::string& prefix) {
  std::size_t rank = 0;
  for (const std::string_view usual : kUsual) {
    if (prefix.starts_with(usual)) return rank;
    ++rank;
  }
  return prefix.empty() ? 0 : rank;
}

// Names of no network that is known: what checkpoints usually have.
std::string usual_prefix(std::span<const std::string> names) {
  std::string prefix;
  for (const std::string_view usual : kUsual) {
    const bool has = std::any_of(names.begin(), names.end(),
                                 [&](const std::string& name) { return name.starts_with(usual); });
    if (!has) continue;
    prefix = usual;
    break;
  }
  const std::string parallel = prefix + "module.";
  const bool is_parallel = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return !name.starts_with(prefix) || name.starts_with(parallel);
  });
  return is_parallel && !names.empty() ? parallel : prefix;
}

}  // namespace

WeightsSet choose_weights_set(std::span<const std::string> names, const std::string& wanted,
                              const std::string& path) {
  std::vector<std::string> prefixes;
  for (const std::string& name : names) {
    if (!name.ends_with(kAnchor)) continue;
    const std::string prefix = name.substr(0, name.size() - kAnchor.size());
    if (prefix.empty() || prefix.back() == '.') prefixes.push_back(prefix);
  }
  WeightsSet set;
  if (prefixes.empty()) {
    if (!wanted.empty()) {
      throw Error(ErrorKind::input, path,
                  "has no weights '" + wanted.substr(0, 120) + "': its " +
                      std::to_string(names.size()) + " tensors are " + some_names(names),
                  "weights of STCN or of the local-matching network");
    }
    set.prefix = usual_prefix(names);
    return set;
  }
  // An average is what is evaluated; "model" stands before what a file calls otherwise.
  std::stable_sort(prefixes.begin(), prefixes.end(),
                   [](const std::string& a, const std::string& b) {
                     const bool average_a = is_average_name(a);
                     const bool average_b = is_average_name(b);
                     return average_a != average_b ? average_a : rank_of(a) < rank_of(b);
                   });
  if (!wanted.empty()) {
    const auto found =
        std::find_if(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return prefix.starts_with(wanted + "."); });
    if (found == prefixes.end()) {
      throw Error(ErrorKind::input, path, "has no weights '" + wanted.substr(0, 120) + "'",
                  "one of " + list_of(prefixes));
    }
    std::rotate(prefixes.begin(), found, found + 1);
  }
  set.prefix = prefixes.front();
  set.is_average = is_average_name(set.prefix);
  set.others.assign(prefixes.begin() + 1, prefixes.end());
  return set;
}

std::string weights_set_note(const WeightsSet& set) {
  if (set.others.empty()) return {};
  return "holds several sets of weights: " + set_name(set.prefix) +
         (set.is_average ? ", an average by its name, is taken" : " is taken") + ", not " +
         list_of(set.others) + " (FILE#NAME takes another)";
}

std::string some_names(std::span<const std::string> names) {
  constexpr std::size_t kMost = 3;
  constexpr std::size_t kLength = 80;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, names.size()); ++i)
    text += (text.empty() ? "'" : ", '") + names[i].substr(0, kLength) + "'";
  if (names.size() > kMost) text += " and " + std::to_string(names.size() - kMost) + " more";
  return text;
}

}  // namespace angiobench
