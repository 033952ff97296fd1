// SPDX-License-Identifier: MIT
#include "reports/text_table.h"

#include <algorithm>

#include "reports/escape.h"

namespace angiobench {
namespace {

std::size_t width_of(std::string_view text) {
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

std::string padded(const std::string& text, std::size_t width, Table::Align align) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  return align == Table::Align::right ? blanks + text : text + blanks;
}

}  // namespace

std::string text_table(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t width = width_of(escape_terminal(table.columns[c].heading));
    for (const auto& row : table.rows) {
      if (c < row.size()) width = std::max(width, width_of(escape_terminal(row[c].text)));
    }
    widths.push_back(width);
  }

  const auto line = [&](const auto& cell_of) {
    std::string text;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (c > 0) text += "  ";
      text += padded(escape_terminal(cell_of(c)), widths[c], table.columns[c].align);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string out;
  if (!table.caption.empty()) out += escape_terminal(table.caption) + "\n\n";
  out += line([&](std::size_t c) { return table.columns[c].heading; });
  for (std::size_t c = 0; c < widths.size(); ++c) out += (c == 0 ? "" : "  ") + std::string(widths[c], '-');
  out += "\n";
  for (const auto& row : table.rows) {
    out += line([&](std::size_t c) { return c < row.size() ? row[c].text : std::string{}; });
  }
  if (!table.notes.empty()) out += "\n";
  for (const std::string& note : table.notes) out += escape_terminal(note) + "\n";
  return out;
}

}  // namespace angiobench
