// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/leaderboard/entry.h"
#include "reports/leaderboard/store.h"

namespace angiobench {

// The texts of an export (README.md, "Export"), apart from the folder they lie in.

inline constexpr std::string_view kExportSchema = "leaderboard-export-1";

/// The rows of audit.jsonl. Throws Error{input} naming the line where one is malformed or does not
/// follow the one before it (number, hash), and where there is none.
std::vector<AuditRow> parse_audit(std::string_view text, const std::string& path);

/// Throws Error{input} unless `text` is a leaderboard.json of a version that this program reads.
void check_export_marker(std::string_view text, const std::string& path);

/// A line of a reported/….jsonl.
struct ReportedRow {
  std::int64_t run = 0;
  BoardEntry entry;
  std::string place;  // "<path>:<line>"
};

/// Throws Error{input} naming the line that is malformed.
std::vector<ReportedRow> parse_reported_rows(std::string_view text, const std::string& path);

}  // namespace angiobench
