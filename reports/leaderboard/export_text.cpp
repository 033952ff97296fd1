// SPDX-License-Identifier: MIT
#include "reports/leaderboard/export_text.h"

#include <algorithm>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/json_fields.h"

namespace angiobench {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (end > start) lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

}  // namespace

std::vector<AuditRow> parse_audit(std::string_view text, const std::string& path) {
  std::vector<AuditRow> rows;
  std::string previous;
  for (const std::string_view line : lines_of(text)) {
    const std::string where = path + ":" + std::to_string(rows.size() + 1);
    const Json object = parse_json(line, where);
    const auto field = [&](const char* key) {
      if (!object.is_object() || !object.contains(key) || !object[key].is_string()) {
        throw Error(ErrorKind::input, where, "has no text '" + std::string(key) + "'",
                    "a row of the audit");
      }
      return object[key].get<std::string>();
    };
    AuditRow row;
    row.time = field("time");
    row.action = field("action");
    row.subject = field("subject");
    row.record = field("record");
    row.reason = field("reason");
    row.previous = field("previous");
    row.hash = field("hash");
    if (!object.contains("seq") || !object["seq"].is_number_integer()) {
      throw Error(ErrorKind::input, where, "has no number 'seq'", "a row of the audit");
    }
    row.seq = object["seq"].get<std::int64_t>();
    if (object.contains("run") && object["run"].is_number_integer())
      row.run = object["run"].get<std::int64_t>();
    const std::int64_t next = static_cast<std::int64_t>(rows.size()) + 1;
    if (row.seq != next || row.previous != previous || row.hash != audit_hash(row)) {
      throw Error(ErrorKind::input, where,
                  "audit row " + std::to_string(row.seq) + " does not follow the one before it",
                  "row " + std::to_string(next) + " with the hash " + audit_hash(row) + " after " +
                      previous);
    }
    previous = row.hash;
    rows.push_back(std::move(row));
  }
  if (rows.empty()) throw Error(ErrorKind::input, path, "is empty", "the audit of a leaderboard");
  return rows;
}

void check_export_marker(std::string_view text, const std::string& path) {
  const Json marker = parse_json(text, path);
  if (!marker.is_object() || !marker.contains("schema") || marker["schema"] != kExportSchema) {
    throw Error(ErrorKind::input, path, "is no export of a leaderboard",
                "schema " + std::string(kExportSchema));
  }
  const auto version = marker.find("store_version");
  if (version == marker.end() || !version->is_number_integer() ||
      version->get<std::int64_t>() > kBoardVersion) {
    throw Error(ErrorKind::input, path,
                "its store version is " + (version == marker.end() ? "missing" : version->dump()),
                "at most " + std::to_string(kBoardVersion));
  }
}

std::vector<ReportedRow> parse_reported_rows(std::string_view text, const std::string& path) {
  std::vector<ReportedRow> rows;
  for (const std::string_view line : lines_of(text)) {
    ReportedRow row;
    row.place = path + ":" + std::to_string(rows.size() + 1);
    const Json object = parse_json(line, row.place);
    if (!object.is_object() || !object.contains("run") || !object["run"].is_number_integer() ||
        !object.contains("entry") || !object["entry"].is_string()) {
      throw Error(ErrorKind::input, row.place, "is no published row",
                  "an object with 'run' and 'entry'");
    }
    row.run = object["run"].get<std::int64_t>();
    row.entry = parse_entry(object["entry"].get<std::string>(), {}, row.place);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace angiobench
