// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "reports/tables.h"

namespace angiobench {

/// A table for a terminal: caption, aligned columns two blanks apart, a rule under the headings,
/// notes below. Cells are made harmless (escape_terminal). Widths count characters, not bytes
/// (combining marks take none).
std::string text_table(const Table& table);

/// Columns that stand together under a title of their own, e.g. one data set's; columns before the
/// first group have none.
struct TextGroup {
  std::string title;
  std::size_t first = 0;  // column
  std::size_t count = 0;
};
std::string text_table(const Table& table, std::span<const TextGroup> groups);

}  // namespace angiobench
