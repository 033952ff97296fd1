// SPDX-License-Identifier: MIT
#include "dataset/files/text.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "dataset/error.h"

namespace angiobench {

std::string plain_text(std::string bytes, const std::string& path) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kMark)) bytes.erase(0, kMark.size());
  const std::string_view start(bytes.data(), std::min<std::size_t>(bytes.size(), 4));
  const auto is_zero = [&](std::size_t at) { return start[at] == '\0'; };
  const bool has_mark = start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF");
  // Without a mark every second byte of Latin text is 0.
  const bool looks_wide = start.size() == 4 && is_zero(0) == is_zero(2) &&
                          is_zero(1) == is_zero(3) && is_zero(0) != is_zero(1);
  if (has_mark || looks_wide) {
    throw Error(ErrorKind::input, path, "is text in UTF-16",
                "UTF-8 (in Notepad: 'Save as', encoding UTF-8; iconv -f UTF-16 -t UTF-8)");
  }
  return bytes;
}

std::string read_text(const FileTree& tree, const std::string& relative) {
  std::vector<std::uint8_t> bytes;
  const std::string path = tree.display_path(relative);
  if (!tree.read(relative, bytes)) throw Error(ErrorKind::input, path, "not found", "a file");
  return plain_text({bytes.begin(), bytes.end()}, path);
}

std::string plural(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) +
         (count == 1            ? ""
          : noun.ends_with('s') ? "es"
                                : "s");
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string_view> trimmed_lines(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\v\f";
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = line.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) continue;
    lines.push_back(line.substr(first, line.find_last_not_of(kBlanks) - first + 1));
  }
  return lines;
}

std::string_view whole_characters(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace angiobench
