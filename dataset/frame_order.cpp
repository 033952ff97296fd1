// SPDX-License-Identifier: MIT
#include "dataset/frame_order.h"

#include <algorithm>
#include <cstdio>
#include <cstddef>
#include <set>

#include "dataset/characters.h"
#include "dataset/files/archive_name.h"

namespace angiobench {
namespace {

// The digits at `at`, without leading zeros (a lone zero becomes nothing); `at` moves behind them.
std::string_view number_at(std::string_view text, std::size_t& at) {
  while (at < text.size() && text[at] == '0') ++at;
  const std::size_t begin = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return text.substr(begin, at - begin);
}

int compare_naturally(std::string_view left, std::string_view right) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() && j < right.size()) {
    if (is_digit(left[i]) && is_digit(right[j])) {
      const std::string_view a = number_at(left, i);
      const std::string_view b = number_at(right, j);
      if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
      if (const int order = a.compare(b); order != 0) return order;
      continue;
    }
    if (left[i] != right[j])
      return static_cast<unsigned char>(left[i]) < static_cast<unsigned char>(right[j]) ? -1 : 1;
    ++i;
    ++j;
  }
  if (i < left.size()) return 1;
  if (j < right.size()) return -1;
  return left.compare(right);
}

// Takes `ending` off, without regard to case.
bool take_ending(std::string_view& text, std::string_view ending) {
  if (text.size() <= ending.size() || lowered(text.substr(text.size() - ending.size())) != ending)
    return false;
  text.remove_suffix(ending.size());
  return true;
}

// Takes a number off, with what stands before and behind it: " (12)".
bool take_number(std::string_view& text, std::string_view before, std::string_view behind) {
  std::string_view rest = text;
  if (!rest.ends_with(behind)) return false;
  rest.remove_suffix(behind.size());
  std::size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[rest.size() - 1 - digits])) ++digits;
  if (digits == 0 || digits > 3) return false;
  rest.remove_suffix(digits);
  if (rest.size() <= before.size() || !rest.ends_with(before)) return false;
  rest.remove_suffix(before.size());
  text = rest;
  return true;
}

}  // namespace

bool FrameLess::operator()(std::string_view left, std::string_view right) const {
  return compare_naturally(left, right) < 0;
}

std::optional<std::int64_t> frame_number(std::string_view name) {
  std::size_t begin = name.size();
  while (begin > 0 && is_digit(name[begin - 1])) --begin;
  const std::string_view digits = name.substr(begin);
  if (digits.empty() || digits.size() > 18) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

std::string numbered_frame(std::size_t index) {
  char name[32];
  std::snprintf(name, sizeof name, "%05zu", index);
  return name;
}

bool follows(std::string_view before, std::string_view name) {
  const std::optional<std::int64_t> a = frame_number(before);
  const std::optional<std::int64_t> b = frame_number(name);
  return !a || !b || *b == *a + 1;
}

bool is_pair_compared(std::size_t num_frames, std::size_t frame) {
  constexpr std::size_t kShort = 16;
  return frame % kFramesTogether != 0 && (num_frames <= kShort || frame % 4 == 1);
}

std::string_view file_stem(std::string_view file) {
  const std::size_t dot = file.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? file : file.substr(0, dot);
}

std::string file_suffix(std::string_view file) {
  return lowered(file.substr(file_stem(file).size()));
}

std::string_view copied_stem(std::string_view stem) {
  constexpr std::string_view kCopyOf = "copy of ";
  if (stem.size() > kCopyOf.size() && lowered(stem.substr(0, kCopyOf.size())) == kCopyOf)
    return stem.substr(kCopyOf.size());
  std::string_view text = stem;
  const bool numbered = take_number(text, " (", ")") || take_number(text, "(", ")");
  // Windows, in some languages; a number may stand behind it.
  for (const std::string_view word : {" - copy", " - kopie", " - copie", " - copia"}) {
    if (take_ending(text, word)) return text;
  }
  if (numbered) return text;
  for (const std::string_view word : {" (copy)", " (another copy)", " copy"}) {
    if (take_ending(text, word)) return text;
  }
  // The macOS Finder: "x copy 2".
  if (take_number(text, " ", "") && take_ending(text, " copy")) return text;
  return {};
}

FrameFiles sort_frame_files(std::span<const std::string> names,
                            std::span<const std::string_view> suffixes) {
  FrameFiles sorted;
  std::set<std::string_view> stems;
  std::size_t num_of_a_form = 0;
  for (const std::string& name : names) {
    if (is_desktop_debris(name)) continue;
    if (std::find(suffixes.begin(), suffixes.end(), file_suffix(name)) == suffixes.end()) {
      sorted.others.push_back(name);
      continue;
    }
    sorted.files.push_back(name);
    stems.insert(file_stem(name));
    if (!copied_stem(file_stem(name)).empty()) ++num_of_a_form;
  }

  // Tell copies from frames that are numbered in the same form.
  const bool form_is_rare = 2 * num_of_a_form < sorted.files.size();
  const auto copies =
      std::stable_partition(sorted.files.begin(), sorted.files.end(), [&](const std::string& name) {
        const std::string_view original = copied_stem(file_stem(name));
        return original.empty() || !(form_is_rare || stems.contains(original));
      });
  sorted.copies.assign(copies, sorted.files.end());
  sorted.files.erase(copies, sorted.files.end());

  std::sort(sorted.files.begin(), sorted.files.end(),
            [](const std::string& a, const std::string& b) {
              const int order = compare_naturally(file_stem(a), file_stem(b));
              return order != 0 ? order < 0 : a < b;
            });
  std::map<std::string, const std::string*> folded;
  for (std::size_t i = 0; i < sorted.files.size(); ++i) {
    const std::string& name = sorted.files[i];
    const auto [place, is_new] = folded.emplace(lowered(file_stem(name)), &name);
    if (!is_new && !sorted.twins) sorted.twins.emplace(*place->second, name);
    if (i > 0 && !sorted.turned && file_stem(name) < file_stem(sorted.files[i - 1]))
      sorted.turned.emplace(sorted.files[i - 1], name);
  }
  return sorted;
}

}  // namespace angiobench
