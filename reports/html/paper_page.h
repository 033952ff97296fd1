// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "reports/paper_tables.h"

namespace angiobench {

/// The tables as one page. ‡ and lettered footnotes are links to the notes below each table.
std::string paper_html(std::span<const PaperTable> tables);

}  // namespace angiobench
