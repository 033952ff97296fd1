// SPDX-License-Identifier: MIT
#include "reports/leaderboard/records.h"

#include <nlohmann/json.hpp>
#include <span>

#include "dataset/files/digest.h"
#include "dataset/files/embedded_file.h"
#include "dataset/error.h"

namespace angiobench {

std::span<const EmbeddedFile> embedded_board_schema();

namespace records {
namespace {

using Json = nlohmann::ordered_json;
using sqlite::Database;
using sqlite::Statement;
using sqlite::Value;

constexpr std::int64_t kApplicationId = 0x414E4742;  // "ANGB", PRAGMA application_id

Value integer(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Value maybe(const std::optional<double>& value) {
  if (!value.has_value()) return std::monostate{};
  return *value;
}

std::string_view status_of(const BoardEntry& entry) {
  if (entry.facts.kind == EntryKind::reported) return "reported";
  return entry.complete ? "complete" : "incomplete";
}

std::string column_list(const Table& table) {
  std::string list;
  for (const std::string_view column : table.columns) {
    if (!list.empty()) list += ", ";
    list += column;
  }
  return list;
}

std::string key_list(const Table& table) {
  std::string list;
  for (std::size_t i = 0; i < table.keys; ++i) {
    if (i > 0) list += ", ";
    list += table.columns[i];
  }
  return list;
}

}  // namespace

const Table kDatasets = {"datasets", {"key", "name", "split", "digest"}, 1};
const Table kProtocols = {"protocols", {"key", "name", "version", "hash", "json"}, 1};
const Table kSubmissions = {"submissions",
                            {"digest", "kind", "method", "variant", "team", "links", "time", "year",
                             "venue", "source", "source_url"},
                            1};
const Table kRuns = {
    "runs",
    {"id", "submission", "dataset", "protocol", "metric_version", "status", "sequences", "objects",
     "frames_scored", "added", "tool_version", "git_commit", "meta", "result"},
    1};
const Table kMetrics = {"metrics",
                        {"run", "metric", "scope", "value", "printed", "n", "level", "low", "high",
                         "unit", "resamples"},
                        3};
const Table kCases = {
    "case_metrics", {"run", "sequence", "object", "metric", "category", "frames", "value"}, 4};
const Table kAudit = {
    "audit",
    {"seq", "time", "action", "run", "subject", "record", "reason", "previous", "hash"},
    1};

const std::array<const Table*, 7> kTables = {&kDatasets, &kProtocols, &kSubmissions, &kRuns,
                                             &kMetrics,  &kCases,     &kAudit};

std::string dataset_key(const BoardEntry& entry) {
  const bool reported = entry.facts.kind == EntryKind::reported;
  return entry.dataset.name + (entry.split.empty() ? "" : "/" + entry.split) + "@" +
         (reported ? "reported" : entry.dataset.digest);
}

std::string protocol_key(const BoardEntry& entry) {
  const bool reported = entry.facts.kind == EntryKind::reported;
  return reported ? "as published@" : entry.protocol.name + "@" + entry.protocol.hash;
}

// Every row that a run has outside the audit. add() inserts exactly these, verify() expects exactly
// these.
std::vector<Row> rows_of(const BoardEntry& entry, std::int64_t id, const std::string& added) {
  const bool reported = entry.facts.kind == EntryKind::reported;
  std::vector<Row> rows;
  rows.push_back(
      {&kDatasets, {dataset_key(entry), entry.dataset.name, entry.split, entry.dataset.digest}});
  rows.push_back(
      {&kProtocols,
       {protocol_key(entry), reported ? std::string("as published") : entry.protocol.name,
        static_cast<std::int64_t>(reported ? 0 : entry.protocol.version), entry.protocol.hash,
        entry.protocol.rules}});
  rows.push_back(
      {&kSubmissions,
       {entry.submission_digest, std::string(entry_kind_name(entry.facts.kind)), entry.facts.method,
        entry.facts.variant, entry.facts.team, Json(entry.facts.links).dump(), entry.facts.time,
        entry.year == 0 ? Value{} : Value{std::int64_t{entry.year}}, entry.venue,
        entry.source.title, entry.source.url}});
  rows.push_back(
      {&kRuns,
       {id, entry.submission_digest, dataset_key(entry), protocol_key(entry), entry.metric_version,
        std::string(status_of(entry)), integer(entry.dataset.sequences),
        integer(entry.dataset.objects), integer(entry.dataset.frames_scored), added,
        entry.tool_version, entry.git_commit, entry.meta, entry.result}});
  for (const BoardFigure& figure : entry.figures) {
    Row row{&kMetrics,
            {id, figure.metric.id, figure.place, maybe(figure.value), figure.printed,
             integer(figure.n)}};
    if (figure.interval.has_value()) {
      row.values.insert(row.values.end(),
                        {figure.interval->level, figure.interval->low, figure.interval->high,
                         figure.interval->unit, integer(figure.interval->resamples)});
    } else {
      row.values.resize(kMetrics.columns.size());
    }
    rows.push_back(std::move(row));
  }
  for (const CaseFigure& figure : entry.cases) {
    rows.push_back({&kCases,
                    {id, figure.sequence, std::int64_t{figure.object_id}, figure.metric.id,
                     figure.group, integer(figure.frames), maybe(figure.value)}});
  }
  return rows;
}

void insert(const Database& database, const Row& row) {
  const Table& table = *row.table;
  if (&table == &kDatasets || &table == &kProtocols || &table == &kSubmissions) {
    Statement known(database, "SELECT " + column_list(table) + " FROM " + std::string(table.name) +
                                  " WHERE " + std::string(table.columns.front()) + " = ?");
    known.bind(1, row.values.front());
    if (known.step()) {
      for (std::size_t i = 1; i < row.values.size(); ++i) {
        const Value there = known.value(static_cast<int>(i));
        if (there != row.values[i]) {
          throw Error(ErrorKind::input, database.path(),
                      row_name(table, row.values) + ": " + std::string(table.columns[i]) + " is " +
                          sqlite::describe(there) + " there",
                      sqlite::describe(row.values[i]));
        }
      }
      return;
    }
  }
  std::string marks;
  for (std::size_t i = 0; i < row.values.size(); ++i) marks += i == 0 ? "?" : ", ?";
  Statement statement(database, "INSERT INTO " + std::string(table.name) + " (" +
                                    column_list(table) + ") VALUES (" + marks + ")");
  for (std::size_t i = 0; i < row.values.size(); ++i)
    statement.bind(static_cast<int>(i) + 1, row.values[i]);
  statement.step();
}

std::vector<std::vector<Value>> select(const Database& database, const Table& table) {
  Statement statement(database, "SELECT " + column_list(table) + " FROM " +
                                    std::string(table.name) + " ORDER BY " + key_list(table));
  std::vector<std::vector<Value>> rows;
  while (statement.step()) {
    std::vector<Value> values;
    for (int i = 0; i < statement.columns(); ++i) values.push_back(statement.value(i));
    rows.push_back(std::move(values));
  }
  return rows;
}

// "metrics row (12, 'J&F', 'overall')": how a row is named in a message.
std::string row_name(const Table& table, const std::vector<Value>& values) {
  std::string name = std::string(table.name) + " row (";
  for (std::size_t i = 0; i < table.keys; ++i) {
    if (i > 0) name += ", ";
    name += sqlite::describe(values[i]);
  }
  return name + ")";
}

std::int64_t pragma(const Database& database, const std::string& name) {
  Statement statement(database, "PRAGMA " + name);
  return statement.step() ? statement.integer(0) : 0;
}

AuditRow audit_row(const std::vector<Value>& values) {
  const auto text = [&](std::size_t i) {
    const auto* found = std::get_if<std::string>(&values[i]);
    return found == nullptr ? std::string{} : *found;
  };
  AuditRow row;
  row.seq = std::get<std::int64_t>(values[0]);
  row.time = text(1);
  row.action = text(2);
  if (const auto* run = std::get_if<std::int64_t>(&values[3])) row.run = *run;
  row.subject = text(4);
  row.record = text(5);
  row.reason = text(6);
  row.previous = text(7);
  row.hash = text(8);
  return row;
}

Row audit_values(const AuditRow& row) {
  return {&kAudit,
          {row.seq, row.time, row.action, row.run.has_value() ? Value{*row.run} : Value{},
           row.subject, row.record, row.reason, row.previous, row.hash}};
}

// Appends to the chain and gives the new row's number.
std::int64_t append_audit(const Database& database, const std::string& time,
                          const std::string& action, std::optional<std::int64_t> run,
                          const std::string& subject, const std::string& record,
                          const std::string& reason) {
  AuditRow row;
  {
    Statement last(database, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    if (last.step()) {
      row.seq = last.integer(0);
      row.previous = last.text(1);
    }
  }
  ++row.seq;
  row.time = time;
  row.action = action;
  // A run is named by the row that adds it.
  row.run = action == "add" ? row.seq : run;
  row.subject = subject;
  row.record = record;
  row.reason = reason;
  row.hash = audit_hash(row);
  insert(database, audit_values(row));
  return row.seq;
}

std::string subject_of(const BoardEntry& entry) {
  Json subject;
  subject["kind"] = entry_kind_name(entry.facts.kind);
  subject["method"] = entry.facts.method;
  if (!entry.facts.variant.empty()) subject["variant"] = entry.facts.variant;
  if (!entry.facts.team.empty()) subject["team"] = entry.facts.team;
  subject["dataset"] = entry.dataset.name;
  if (!entry.split.empty()) subject["split"] = entry.split;
  if (!entry.dataset.digest.empty()) subject["dataset_digest"] = entry.dataset.digest;
  if (!entry.protocol.name.empty()) subject["protocol"] = entry.protocol.name;
  subject["submission"] = entry.submission_digest;
  return subject.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void check_version(const Database& database) {
  const std::int64_t application = pragma(database, "application_id");
  if (application == 0 && pragma(database, "schema_version") == 0) {
    throw Error(ErrorKind::input, database.path(), "is empty: a leaderboard that was never made",
                "one that 'leaderboard add' made (it makes one of an empty file, too)");
  }
  if (application != kApplicationId) {
    throw Error(ErrorKind::input, database.path(),
                "is a database, but no leaderboard of this program",
                "application_id " + std::to_string(kApplicationId) + ", found " +
                    std::to_string(application));
  }
  const std::int64_t version = pragma(database, "user_version");
  if (version > kBoardVersion) {
    throw Error(ErrorKind::input, database.path(),
                "was written by a newer program (store version " + std::to_string(version) + ")",
                "at most " + std::to_string(kBoardVersion));
  }
  // Version 1 is the first: there is nothing to migrate from.
  if (version < kBoardVersion) {
    throw Error(ErrorKind::input, database.path(),
                "has the store version " + std::to_string(version), std::to_string(kBoardVersion));
  }
}

std::string schema_sql() { return std::string(embedded_board_schema().front().content); }

void make_tables(Database& database) {
  database.execute(schema_sql());
  database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
  database.execute("PRAGMA user_version = " + std::to_string(kBoardVersion));
}

}  // namespace records
}  // namespace angiobench
