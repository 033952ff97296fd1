// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "reports/paper_tables.h"

namespace angiobench {

/// Names of the tables of still images and classes: "dias-table2", "paxray", "mosxav-semantic".
std::vector<std::string> still_table_names();

/// The published table of that name, in its source's own columns, with rows measured here. A
/// measured figure is shown where the result is complete and of the table's data set and protocol;
/// every other cell says why it is empty. Throws Error{usage} for an unknown name.
std::vector<PaperTable> still_table(std::string_view name, std::span<const MeasuredInput> measured);

}  // namespace angiobench
