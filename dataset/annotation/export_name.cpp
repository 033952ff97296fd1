// SPDX-License-Identifier: MIT
#include "dataset/annotation/export_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include "dataset/characters.h"
#include "dataset/error.h"
#include "dataset/files/json_fields.h"
#include "dataset/files/text.h"
#include "dataset/frame_order.h"
#include "dataset/names.h"

namespace angiobench {
namespace {

constexpr std::array<std::string_view, 5> kFields = {"sequence", "frame", "label", "annotation",
                                                     "*"};

bool is_letter(char c) { return is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80; }

// Words before a number that say nothing of what it numbers.
bool is_plain_word(std::string_view word) {
  static constexpr std::array<std::string_view, 7> kWords = {"frame", "frames", "img", "image",
                                                             "mask",  "slice",  "task"};
  const std::string folded = folded_name(word);
  return std::ranges::find(kWords, folded) != kWords.end();
}

std::string_view without_separators(std::string_view text) {
  while (!text.empty() && std::string_view("_-. ").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  return text;
}

std::string* field_of(ExportName& name, std::string_view field) {
  if (field == "sequence") return &name.sequence;
  if (field == "frame") return &name.frame;
  if (field == "label") return &name.label;
  return field == "annotation" ? &name.annotation : nullptr;
}

bool fits_plainly(std::string_view field, std::string_view value) {
  if (field == "frame") return is_digit(value.back());
  return field != "label" || is_letter(value.front());
}

[[noreturn]] void refuse_pattern(std::string_view text, const std::string& found) {
  throw Error::about(ErrorKind::usage, "pattern", "is '" + std::string(text) + "', " + found,
                     "text with {frame}, {label}, {sequence}, {annotation} and {*}, as "
                     "\"{frame}_{label}\"");
}

// A sole label that is a word for "picture" is none.
bool are_labels(const std::set<std::string>& labels) {
  return labels.size() > 1 || (labels.size() == 1 && !is_plain_word(*labels.begin()));
}

std::string image_stem(std::string_view path) {
  // A query of Label Studio's local files: "/data/local-files/?d=videos/00000.png".
  if (const std::size_t query = path.find("?d="); query != std::string_view::npos)
    path.remove_prefix(query + 3);
  path = path.substr(0, path.find('?'));
  const std::size_t slash = path.find_last_of("/\\");
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  std::string_view stem = file_stem(path);
  constexpr std::size_t kMark = 8;
  const bool is_marked = stem.size() > kMark + 1 && stem[kMark] == '-' &&
                         std::ranges::all_of(stem.substr(0, kMark), [](char c) {
                           return is_digit(c) || (c >= 'a' && c <= 'f');
                         });
  if (is_marked) stem.remove_prefix(kMark + 1);
  return std::string(stem);
}

std::map<std::string, std::string> task_names_of_json(std::string_view text,
                                                      const std::string& path) {
  const Json document = parse_json(text, path);
  const std::string expected = "Label Studio's export: [{\"id\": 3, \"data\": {\"image\": …}}, …]";
  if (!document.is_array()) throw Error(ErrorKind::input, path, "is no list of tasks", expected);
  std::map<std::string, std::string> names;
  for (std::size_t i = 0; i < document.size(); ++i) {
    JsonFields task(document[i], path, "[" + std::to_string(i) + "]");
    const std::int64_t id = task.integer("id", 0, std::int64_t{1} << 53);
    const Json& data = task.value("data");
    std::string image;
    if (data.is_object()) {
      for (const auto& [key, value] : data.items()) {
        if (!value.is_string()) continue;
        if (image.empty() || key == "image") image = value.get<std::string>();
      }
    }
    const std::string name = image_stem(image);
    if (name.empty()) task.fail("data", "the path of the task's image");
    names[std::to_string(id)] = name;
  }
  return names;
}

}  // namespace

// What a search for one reading knows.
struct ExportPattern::Search {
  bool is_plain = false;
  ExportName name;
  std::vector<bool> failed;  // by piece and what is left: no reading there
};

ExportPattern ExportPattern::parse(std::string_view text) {
  ExportPattern pattern;
  pattern.text_ = text;
  std::set<std::string> known;
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.front() != '{') {
      const std::size_t end = std::min(rest.find('{'), rest.size());
      pattern.pieces_.push_back({std::string(rest.substr(0, end)), {}});
      rest.remove_prefix(end);
      continue;
    }
    const std::size_t end = rest.find('}');
    const std::string field(rest.substr(1, end == std::string_view::npos ? end : end - 1));
    if (end == std::string_view::npos || std::ranges::find(kFields, field) == kFields.end())
      refuse_pattern(text, "which has the field '" + field + "'");
    if (!pattern.pieces_.empty() && pattern.pieces_.back().literal.empty())
      refuse_pattern(text, "which has two fields side by side");
    if (field != "*" && !known.insert(field).second)
      refuse_pattern(text, "which has {" + field + "} twice");
    pattern.pieces_.push_back({{}, field});
    rest.remove_prefix(end + 1);
  }
  if (!known.contains("frame")) refuse_pattern(text, "which has no {frame}");
  return pattern;
}

bool ExportPattern::has_label() const {
  return std::ranges::find(pieces_, "label", &Piece::field) != pieces_.end();
}

std::optional<ExportName> ExportPattern::match(std::string_view path) const {
  return match(path, false);
}

std::optional<ExportName> ExportPattern::match_plain(std::string_view path) const {
  return match(path, true);
}

std::optional<ExportName> ExportPattern::match(std::string_view path, bool is_plain) const {
  constexpr std::size_t kLongest = 4096;  // PATH_MAX
  if (path.size() > kLongest) return std::nullopt;
  Search search{is_plain, {}, std::vector<bool>(pieces_.size() * (path.size() + 1))};
  if (!match_from(0, path, search)) return std::nullopt;
  return search.name;
}

bool ExportPattern::match_from(std::size_t at, std::string_view rest, Search& search) const {
  if (at == pieces_.size()) return rest.empty();
  const std::size_t state = at + pieces_.size() * rest.size();
  if (search.failed[state]) return false;
  search.failed[state] = true;  // until it is known better, which ends the search
  const Piece& piece = pieces_[at];
  if (!piece.literal.empty()) {
    return rest.starts_with(piece.literal) &&
           match_from(at + 1, rest.substr(piece.literal.size()), search);
  }
  const std::size_t most = std::min(rest.find('/'), rest.size());
  const bool takes_much = piece.field == "frame" || piece.field == "label";
  for (std::size_t i = 1; i <= most; ++i) {
    const std::string_view value = rest.substr(0, takes_much ? most + 1 - i : i);
    // Only where the next text follows can the rest fit.
    const std::string_view behind = rest.substr(value.size());
    const bool can_follow =
        at + 1 == pieces_.size() ? behind.empty() : behind.starts_with(pieces_[at + 1].literal);
    if (!can_follow || (search.is_plain && !fits_plainly(piece.field, value))) continue;
    if (!match_from(at + 1, behind, search)) continue;
    if (std::string* const field = field_of(search.name, piece.field)) *field = value;
    return true;
  }
  return false;
}

std::optional<ExportPattern> find_label_pattern(std::span<const std::string> paths) {
  // Forms of a file's name first: a folder above them is a sequence.
  static constexpr std::string_view kForms[] = {
      "task-{frame}-annotation-{annotation}-by-{*}-{label}-{*}",
      "{frame}_{label}",
      "{label}_{frame}",
      "{frame}-{label}",
      "{label}-{frame}",
      "{frame}/{label}",
      "{label}/{frame}",
  };
  if (paths.empty()) return std::nullopt;
  for (const std::string_view form : kForms) {
    for (const std::string_view above : {"", "{sequence}/"}) {
      const ExportPattern pattern = ExportPattern::parse(std::string(above) + std::string(form));
      std::set<std::string> labels;
      const bool fits = std::ranges::all_of(paths, [&](const std::string& path) {
        const std::optional<ExportName> name = pattern.match_plain(path);
        if (name) labels.insert(name->label);
        return name.has_value();
      });
      if (fits && are_labels(labels)) return pattern;
    }
  }
  return std::nullopt;
}

SplitName split_frame_name(std::string_view name) {
  std::size_t digits = name.size();
  while (digits > 0 && is_digit(name[digits - 1])) --digits;
  if (digits == name.size()) return {{}, std::string(name)};
  std::string_view before = without_separators(name.substr(0, digits));
  // "v01_frame" is of v01, "frame" of nothing.
  const std::size_t word = before.find_last_of("_-. ");
  const std::size_t begin = word == std::string_view::npos ? 0 : word + 1;
  if (is_plain_word(before.substr(begin))) before = without_separators(before.substr(0, begin));
  return {std::string(before), std::string(name.substr(digits))};
}

std::map<std::string, std::string> parse_task_names(std::string_view text,
                                                    const std::string& path) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (text[first] == '[' || text[first] == '{'))
    return task_names_of_json(text, path);
  std::map<std::string, std::string> names;
  for (const std::string_view line : trimmed_lines(text)) {
    if (line.front() == '#') continue;
    const std::size_t blank = line.find_first_of(" \t,");
    const std::string name =
        blank == std::string_view::npos
            ? std::string()
            : image_stem(line.substr(std::min(line.find_first_not_of(" \t,", blank), line.size())));
    if (name.empty()) {
      throw Error(ErrorKind::input, path,
                  "the line '" + std::string(whole_characters(line, 80)) + "'",
                  "a task's number and the name of its image");
    }
    names[std::string(line.substr(0, blank))] = name;
  }
  if (names.empty())
    throw Error(ErrorKind::input, path, "names no task", "a line a task: its number, its image");
  return names;
}

}  // namespace angiobench
