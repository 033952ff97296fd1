// SPDX-License-Identifier: MIT
#include <map>
#include <set>
#include <utility>

#include "dataset/error.h"
#include "dataset/finding_codes.h"
#include "reports/leaderboard/records.h"
#include "reports/leaderboard/sqlite.h"
#include "reports/leaderboard/state.h"
#include "reports/leaderboard/store.h"

namespace angiobench {

using records::kAudit;
using records::kRuns;
using records::kTables;
using records::row_name;
using records::select;
using sqlite::Database;
using sqlite::OpenMode;
using sqlite::Statement;
using sqlite::Value;

namespace {

Finding problem(std::string_view code, std::string path, std::string message) {
  return make_finding(code, {std::move(path)}, std::move(message));
}

}  // namespace

std::vector<Finding> Board::verify(std::span<const std::string> heads) const {
  const Database& database = state_->database;
  const std::string& path = database.path();
  const sqlite::ReadTransaction one_state(database);
  std::vector<Finding> findings;

  // The file itself.
  {
    Statement check(database, "PRAGMA integrity_check(20)");
    while (check.step()) {
      if (check.text(0) != "ok")
        findings.push_back(problem("L001", path, "SQLite finds damage: " + check.text(0)));
    }
    Statement keys(database, "PRAGMA foreign_key_check");
    while (keys.step()) {
      findings.push_back(
          problem("L001", path, keys.text(0) + " has a row without its row in " + keys.text(2)));
    }
  }

  // Tables and triggers are those that this program makes.
  {
    Database fresh(":memory:", OpenMode::create, 0);
    fresh.execute(records::schema_sql());
    const auto objects = [](const Database& source) {
      std::map<std::string, std::string> found;
      Statement rows(source, "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema");
      while (rows.step()) found[rows.text(0)] = rows.text(1);
      return found;
    };
    const std::map<std::string, std::string> expected = objects(fresh);
    const std::map<std::string, std::string> found = objects(database);
    for (const auto& [name, sql] : expected) {
      const auto at = found.find(name);
      if (at == found.end()) findings.push_back(problem("L002", path, name + " is missing"));
      if (at != found.end() && at->second != sql)
        findings.push_back(problem("L002", path, name + " was changed"));
    }
    for (const auto& [name, sql] : found) {
      if (!expected.contains(name)) findings.push_back(problem("L002", path, name + " was added"));
    }
  }

  // The chain: numbers go on, each row names the one before, each hash is the row's own.
  const std::vector<AuditRow> rows = audit();
  std::map<std::int64_t, const AuditRow*> live;
  std::set<std::string> hashes;
  std::string previous;
  std::int64_t seq = 0;
  for (const AuditRow& row : rows) {
    const std::string name = "audit row " + std::to_string(row.seq);
    if (row.seq != seq + 1) {
      findings.push_back(problem(
          "L003", path, name + " follows row " + std::to_string(seq) + ": rows between are gone"));
    }
    if (row.previous != previous) {
      findings.push_back(problem(
          "L003", path,
          name + " names another row before it (" + row.previous + "); expected " + previous));
    }
    if (row.hash != audit_hash(row)) {
      findings.push_back(problem("L003", path,
                                 name + " was changed: its hash is " + row.hash +
                                     ", its content gives " + audit_hash(row)));
    }
    seq = row.seq;
    previous = row.hash;
    hashes.insert(row.hash);
    if (row.action == "add") live[row.seq] = &row;
    if (row.action == "remove" && row.run.has_value() && live.erase(*row.run) == 0) {
      findings.push_back(
          problem("L003", path,
                  name + " removes run " + std::to_string(*row.run) + ", which was not there"));
    }
  }
  if (rows.empty() || rows.front().action != "create") {
    findings.push_back(problem("L003", path, "the audit does not begin with the board's creation"));
  }
  {
    // SQLite remembers the highest number it gave.
    Statement last(database, "SELECT seq FROM sqlite_sequence WHERE name = 'audit'");
    if (last.step() && last.integer(0) != seq) {
      findings.push_back(problem("L004", path,
                                 "the audit ends with row " + std::to_string(seq) + "; row " +
                                     std::to_string(last.integer(0)) + " was written"));
    }
  }
  for (const std::string& head : heads) {
    if (!hashes.contains(head)) {
      findings.push_back(problem(
          "L004", path, "no audit row has the hash " + head + ": rows were cut off or replaced"));
    }
  }

  // Every run is as it was added, and every row is what its run's texts say.
  std::map<const records::Table*, std::map<std::string, std::vector<Value>>> expected;
  std::set<std::int64_t> there;
  for (const std::vector<Value>& values : select(database, kRuns)) {
    const std::int64_t id = std::get<std::int64_t>(values[0]);
    there.insert(id);
    const std::string name = "runs row (" + std::to_string(id) + ")";
    const auto at = live.find(id);
    if (at == live.end()) {
      findings.push_back(problem("L005", path, name + " is not in the audit"));
      continue;
    }
    try {
      const BoardEntry entry = parse_entry(std::get<std::string>(values[12]),
                                           std::get<std::string>(values[13]), path + " " + name);
      check_entry(entry, path + " " + name);
      if (entry_digest(entry) != at->second->record) {
        findings.push_back(problem("L006", path,
                                   name + ": meta was changed: its digest is " +
                                       entry_digest(entry) + ", audit row " + std::to_string(id) +
                                       " has " + at->second->record));
      }
      for (records::Row& row : records::rows_of(entry, id, at->second->time)) {
        const std::string key = row_name(*row.table, row.values);
        expected[row.table][key] = std::move(row.values);
      }
    } catch (const Error& error) {
      findings.push_back(
          problem("L006", path,
                  name + " was changed: " + error.found() + "; expected " + error.expected()));
    }
  }
  for (const auto& [id, row] : live) {
    if (!there.contains(id)) {
      findings.push_back(problem("L005", path,
                                 "runs row (" + std::to_string(id) + ") is gone; audit row " +
                                     std::to_string(id) +
                                     " added it and none removed it: " + row->subject));
    }
  }
  for (const records::Table* table : kTables) {
    if (table == &kAudit) continue;
    auto& wanted = expected[table];
    for (const std::vector<Value>& values : select(database, *table)) {
      const std::string name = row_name(*table, values);
      const auto at = wanted.find(name);
      if (at == wanted.end()) {
        // A run whose texts could not be read or that is not in the audit was named above.
        if (table != &kRuns)
          findings.push_back(problem("L007", path, name + " belongs to no run that was added"));
        continue;
      }
      for (std::size_t i = table->keys; i < values.size(); ++i) {
        if (values[i] != at->second[i]) {
          findings.push_back(problem("L007", path,
                                     name + ": " + std::string(table->columns[i]) + " is " +
                                         sqlite::describe(values[i]) + ", the run's record says " +
                                         sqlite::describe(at->second[i])));
        }
      }
      wanted.erase(at);
    }
    for (const auto& [name, values] : wanted)
      findings.push_back(problem("L007", path, name + " is gone"));
  }
  return findings;
}

}  // namespace angiobench
