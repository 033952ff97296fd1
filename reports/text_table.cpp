// SPDX-License-Identifier: MIT
#include "reports/text_table.h"

#include <algorithm>

#include "reports/escape.h"

namespace angiobench {

std::size_t terminal_columns(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) == 0x80) continue;
    // U+0300..U+036F are CC 80..CD AF.
    const bool combining = byte == 0xCC || (byte == 0xCD && i + 1 < text.size() &&
                                            static_cast<unsigned char>(text[i + 1]) <= 0xAF);
    width += combining ? 0 : 1;
  }
  return width;
}

namespace {

std::string padded(const std::string& text, std::size_t width, Table::Align align) {
  const std::string blanks(width - std::min(width, terminal_columns(text)), ' ');
  return align == Table::Align::right ? blanks + text : text + blanks;
}

}  // namespace

std::string text_table(const Table& table) {
  const Footnotes footnotes(table);
  const auto words_of = [&](const Table::Cell& cell) {
    return escape_terminal((cell.indented ? "  " : "") + cell_words(cell, footnotes));
  };
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t width = terminal_columns(escape_terminal(table.columns[c].heading));
    for (const auto& row : table.rows) {
      if (c < row.size()) width = std::max(width, terminal_columns(words_of(row[c])));
    }
    widths.push_back(width);
  }

  // A title wider than its columns widens the last of them.
  const auto title_of = [](const Table::Group& group) {
    return " " + escape_terminal(group.title) + " ";
  };
  const auto group_width = [&widths](const Table::Group& group) {
    std::size_t width = 2 * (group.count - 1);
    for (std::size_t c = group.first; c < group.first + group.count; ++c) width += widths[c];
    return width;
  };
  for (const Table::Group& group : table.groups) {
    const std::size_t width = group_width(group);
    const std::size_t title = terminal_columns(title_of(group));
    if (title > width) widths[group.first + group.count - 1] += title - width;
  }
  std::string titles;
  for (const Table::Group& group : table.groups) {
    std::size_t start = 0;
    for (std::size_t c = 0; c < group.first; ++c) start += widths[c] + 2;
    titles += std::string(start - std::min(start, terminal_columns(titles)), ' ');
    // Centred over its columns, with a rule to both sides.
    const std::string title = title_of(group);
    const std::size_t room = group_width(group) - terminal_columns(title);
    const std::size_t before = room / 2;
    titles += std::string(before, before > 1 ? '-' : ' ') + title +
              std::string(room - before, room - before > 1 ? '-' : ' ');
  }
  titles.erase(titles.find_last_not_of(' ') + 1);

  const auto line = [&](const auto& cell_of) {
    std::string text;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (c > 0) text += "  ";
      text += padded(cell_of(c), widths[c], table.columns[c].align);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string out;
  if (!table.caption.empty()) out += escape_terminal(table.caption) + "\n\n";
  if (!titles.empty()) out += titles + "\n";
  out += line([&](std::size_t c) { return escape_terminal(table.columns[c].heading); });
  for (std::size_t c = 0; c < widths.size(); ++c)
    out += (c == 0 ? "" : "  ") + std::string(widths[c], '-');
  out += "\n";
  for (const auto& row : table.rows) {
    out += line([&](std::size_t c) { return c < row.size() ? words_of(row[c]) : std::string{}; });
  }
  const std::vector<std::string> notes = all_notes(table, footnotes);
  if (!notes.empty()) out += "\n";
  for (const std::string& note : notes) out += escape_terminal(note) + "\n";
  return out;
}

}  // namespace angiobench
