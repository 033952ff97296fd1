// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "reports/tables.h"

namespace angiobench {

/// A table for a terminal: caption, aligned columns two blanks apart, a rule under the headings,
/// notes below. Cells are made harmless (escape_terminal). Widths count characters, not bytes
/// (combining marks take none). Titles of groups stand over their columns between dashes.
std::string text_table(const Table& table);

}  // namespace angiobench
