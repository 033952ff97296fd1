// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "reports/tables.h"

namespace angiobench {

/// Columns that a UTF-8 text takes in a terminal: "–" and "Ḟ" take one, combining marks
/// (U+0300..U+036F) none. Scripts with characters two columns wide count as one.
std::size_t terminal_columns(std::string_view text);

/// A table for a terminal: caption, aligned columns two blanks apart, a rule under the headings,
/// notes below. Cells are made harmless (escape_terminal). Widths count characters, not bytes
/// (combining marks take none). Titles of groups stand over their columns between dashes.
std::string text_table(const Table& table);

}  // namespace angiobench
