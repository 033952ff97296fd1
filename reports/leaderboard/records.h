// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/leaderboard/entry.h"
#include "reports/leaderboard/sqlite.h"
#include "reports/leaderboard/store.h"

// How runs and audit rows lie in the tables of schema.sql. For the store's own files only.
namespace angiobench::records {

/// A table: its columns in the order that rows have them; the first `keys` of them name a row.
struct Table {
  std::string_view name;
  std::vector<std::string_view> columns;
  std::size_t keys;
};

extern const Table kDatasets;
extern const Table kProtocols;
extern const Table kSubmissions;
extern const Table kRuns;
extern const Table kMetrics;
extern const Table kCases;
extern const Table kAudit;
extern const std::array<const Table*, 7> kTables;

struct Row {
  const Table* table;
  std::vector<sqlite::Value> values;
};

/// Keys of the rows that an entry shares with others.
std::string dataset_key(const BoardEntry& entry);
std::string protocol_key(const BoardEntry& entry);

/// Every row that a run has outside the audit: an addition inserts exactly these, verify() expects
/// exactly these.
std::vector<Row> rows_of(const BoardEntry& entry, std::int64_t id, const std::string& added);

/// Inserts a row. A data set, protocol or submission that is there already must have the same
/// values, else Error{input}.
void insert(const sqlite::Database& database, const Row& row);

/// All rows of a table in the order of their keys.
std::vector<std::vector<sqlite::Value>> select(const sqlite::Database& database,
                                               const Table& table);

/// "metrics row (12, 'J&F', 'overall')": how a row is named in a message.
std::string row_name(const Table& table, const std::vector<sqlite::Value>& values);

AuditRow audit_row(const std::vector<sqlite::Value>& values);
Row audit_values(const AuditRow& row);

/// Appends to the audit and gives the new row's number; a row of action "add" names its run by that
/// number.
std::int64_t append_audit(const sqlite::Database& database, const std::string& time,
                          const std::string& action, std::optional<std::int64_t> run,
                          const std::string& subject, const std::string& record,
                          const std::string& reason);

/// The audit's JSON of what an entry is about.
std::string subject_of(const BoardEntry& entry);

/// Makes the tables of an empty database, inside a transaction.
void make_tables(sqlite::Database& database);
/// The statements of schema.sql.
std::string schema_sql();
/// Throws Error{input} unless the file is a board of a version that this program reads.
void check_version(const sqlite::Database& database);
std::int64_t pragma(const sqlite::Database& database, const std::string& name);

}  // namespace angiobench::records
