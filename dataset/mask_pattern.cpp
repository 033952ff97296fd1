// SPDX-License-Identifier: MIT
#include "dataset/mask_pattern.h"

#include <algorithm>
#include <vector>

#include "dataset/characters.h"
#include "dataset/files/file_tree.h"

namespace angiobench {
namespace {

constexpr std::string_view kSequence = "{sequence}";
constexpr std::string_view kObject = "{object}";
constexpr std::string_view kFrame = "{frame}";
constexpr std::string_view kRank = "{rank}";

bool ends_without_case(std::string_view text, std::string_view end) {
  if (text.size() < end.size()) return false;
  return std::ranges::equal(text.substr(text.size() - end.size()), end,
                            [](char a, char b) { return lowered(a) == lowered(b); });
}

bool is_plain(std::string_view text) {
  return text.find_first_of("{}") == std::string_view::npos && text != "." && text != "..";
}

}  // namespace

std::optional<MaskPattern> MaskPattern::parse(std::string_view text) {
  MaskPattern pattern;
  pattern.text_ = text;
  std::vector<std::string_view> parts;
  for (std::string_view rest = text;;) {
    const std::size_t slash = rest.find('/');
    parts.push_back(rest.substr(0, slash));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  const std::string_view file = parts.back();
  parts.pop_back();
  if (!parts.empty() && parts.front() == kSequence) {
    pattern.has_sequence_folder_ = true;
    parts.erase(parts.begin());
    if (!parts.empty() && parts.back() == kObject) {
      pattern.has_object_folder_ = true;
      parts.pop_back();
    }
  } else if (!parts.empty()) {
    return std::nullopt;  // single files lie in one folder, which the benchmark names apart
  }
  for (const std::string_view part : parts) {
    if (part.empty() || !is_plain(part)) return std::nullopt;
    pattern.inner_folder_ = join_path(pattern.inner_folder_, part);
  }

  // The file's name: text, one name in braces, text with an extension.
  const std::size_t open = file.find('{');
  if (open == std::string_view::npos) return std::nullopt;
  const bool is_frame = file.substr(open).starts_with(kFrame);
  const bool is_sequence = file.substr(open).starts_with(kSequence);
  pattern.is_ranked_ = file.substr(open).starts_with(kRank);
  const bool is_single = is_sequence || pattern.is_ranked_;
  if (!is_frame && (!is_single || pattern.has_sequence_folder_)) return std::nullopt;
  pattern.is_named_by_sequence_ = is_sequence;
  pattern.prefix_ = file.substr(0, open);
  pattern.suffix_ = file.substr(open + (is_frame      ? kFrame
                                        : is_sequence ? kSequence
                                                      : kRank)
                                           .size());
  const bool has_extension = pattern.suffix_.find('.') != std::string::npos;
  if (!is_plain(pattern.prefix_) || !is_plain(pattern.suffix_) || !has_extension)
    return std::nullopt;
  return pattern;
}

std::string_view MaskPattern::extension() const {
  return std::string_view(suffix_).substr(suffix_.rfind('.'));
}

std::optional<std::string_view> MaskPattern::name_in(std::string_view file) const {
  const std::string_view end = extension();
  if (file.size() <= prefix_.size() + suffix_.size() || !file.starts_with(prefix_) ||
      !ends_without_case(file, end) ||
      !file.substr(0, file.size() - end.size())
           .ends_with(std::string_view(suffix_).substr(0, suffix_.size() - end.size())))
    return std::nullopt;
  return file.substr(prefix_.size(), file.size() - prefix_.size() - suffix_.size());
}

std::string MaskPattern::path(std::string_view folder, std::string_view sequence,
                              std::string_view object, std::string_view frame) const {
  const std::string_view name = is_named_by_sequence_ ? sequence : frame;
  std::string path;
  path.reserve(folder.size() + inner_folder_.size() + object.size() + prefix_.size() + name.size() +
               suffix_.size() + 3);
  const auto enter = [&](std::string_view part) {
    if (part.empty() || part == ".") return;
    path += part;
    if (path.back() != '/') path += '/';
  };
  enter(folder);
  enter(inner_folder_);
  if (has_object_folder_) enter(object);
  path += prefix_;
  path += name;
  path += suffix_;
  return path;
}

}  // namespace angiobench
