// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/characters.h"
#include "dataset/files/input_file.h"
#include "dataset/files/temporary_name.h"
#include "dataset/error.h"
#include "reports/leaderboard/board_file.h"
#include "reports/leaderboard/export_text.h"
#include "reports/leaderboard/records.h"
#include "reports/leaderboard/sqlite.h"
#include "reports/leaderboard/state.h"
#include "reports/leaderboard/store.h"

namespace angiobench {

namespace fs = boost::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr char kMarker[] = "leaderboard.json";
constexpr char kAuditFile[] = "audit.jsonl";

std::string join(const std::string& folder, const std::string& name) { return folder + "/" + name; }

Json audit_json(const AuditRow& row) {
  Json line;
  line["seq"] = row.seq;
  line["time"] = row.time;
  line["action"] = row.action;
  line["run"] = row.run.has_value() ? Json(*row.run) : Json();
  line["subject"] = row.subject;
  line["record"] = row.record;
  line["reason"] = row.reason;
  line["previous"] = row.previous;
  line["hash"] = row.hash;
  return line;
}

std::string one_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The board as files: path below the folder -> content.
std::map<std::string, std::string> files_of(const std::vector<BoardRun>& runs,
                                            const std::vector<AuditRow>& audit) {
  std::map<std::string, std::string> files;
  Json marker;
  marker["schema"] = kExportSchema;
  marker["store_version"] = kBoardVersion;
  marker["audit_rows"] = audit.size();
  marker["head"] = audit.empty() ? "" : audit.back().hash;
  files[kMarker] = marker.dump(1) + "\n";
  for (const AuditRow& row : audit) files[kAuditFile] += one_line(audit_json(row)) + "\n";
  for (const BoardRun& run : runs) {
    const std::string dataset = safe_name(run.entry.dataset.name);
    if (run.entry.facts.kind == EntryKind::reported) {
      // `meta` travels as a text: its bytes are what the audit has the digest of.
      Json line;
      line["run"] = run.id;
      line["entry"] = run.entry.meta;
      files["reported/" + dataset + ".jsonl"] += one_line(line) + "\n";
      continue;
    }
    const std::string folder = "runs/" + dataset + "/" + std::to_string(run.id) + "-" +
                               safe_name(run.entry.facts.method) + "/";
    files[folder + "entry.json"] = run.entry.meta;
    files[folder + "result.json"] = run.entry.result;
  }
  return files;
}

std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> paths;
  boost::system::error_code code;
  for (fs::recursive_directory_iterator it(folder, code), end; it != end && !code;
       it.increment(code)) {
    if (fs::is_regular_file(it->symlink_status())) {
      paths.push_back(fs::path(it->path()).lexically_relative(folder).generic_string());
    }
  }
  if (code) throw Error(ErrorKind::input, folder, "cannot be listed (" + code.message() + ")");
  std::ranges::sort(paths);
  return paths;
}

std::vector<AuditRow> read_audit(const std::string& folder) {
  const std::string path = join(folder, kAuditFile);
  return parse_audit(read_text_file(path, 1ULL << 30), path);
}

void check_marker(const std::string& folder) {
  check_input_folder(folder, "the folder that 'leaderboard export' wrote");
  const std::string path = join(folder, kMarker);
  check_export_marker(read_text_file(path), path);
}

// The entries of an export by run.
std::map<std::int64_t, BoardEntry> read_entries(const std::string& folder) {
  std::map<std::int64_t, BoardEntry> entries;
  const auto keep = [&entries](std::int64_t run, BoardEntry entry, const std::string& path) {
    if (!entries.emplace(run, std::move(entry)).second) {
      throw Error(ErrorKind::input, path, "run " + std::to_string(run) + " is there twice",
                  "one file a run");
    }
  };
  for (const std::string& file : files_below(folder)) {
    const std::string path = join(folder, file);
    if (file.starts_with("reported/") && file.ends_with(".jsonl")) {
      for (ReportedRow& row : parse_reported_rows(read_text_file(path), path))
        keep(row.run, std::move(row.entry), row.place);
    } else if (file.starts_with("runs/") && file.ends_with("/entry.json")) {
      const std::string parent = fs::path(file).parent_path().generic_string();
      const std::string name = fs::path(parent).filename().string();
      const std::optional<Decimal> run = parse_decimal(name.substr(0, name.find('-')));
      if (!run || run->places != 0 || run->units <= 0) {
        throw Error(ErrorKind::input, path, "its folder is '" + name + "'",
                    "the run's number and its method");
      }
      keep(run->units,
           parse_entry(read_text_file(path), read_text_file(join(folder, parent + "/result.json")),
                       join(folder, parent)),
           path);
    }
  }
  return entries;
}

[[noreturn]] void refuse_what_is_there(const std::string& path) {
  throw Error(ErrorKind::input, path, "is there already",
              "a new file (move the old one away first)");
}

// An export into a folder with files goes on with the one that is there.
void check_earlier(const std::string& folder, const std::vector<AuditRow>& audit,
                   const Board& board) {
  boost::system::error_code code;
  if (!fs::exists(join(folder, kMarker), code)) {
    throw Error(ErrorKind::input, folder, "holds other files",
                "an empty folder or an earlier export");
  }
  check_marker(folder);
  const std::vector<AuditRow> before = read_audit(folder);
  if (before.size() > audit.size() || audit[before.size() - 1].hash != before.back().hash) {
    throw Error(ErrorKind::input, folder,
                "is the export of another board (its audit ends with " + before.back().hash + ")",
                "a beginning of the audit of " + board.path());
  }
}

}  // namespace

std::string safe_name(std::string_view text) {
  constexpr std::size_t kMaxLength = 60;
  std::string name;
  for (const char c : text) {
    const char lower = lowered(c);
    const bool good =
        (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '.';
    if (good) {
      name += lower;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (!name.empty() && (name.front() == '.' || name.front() == '-')) name.erase(name.begin());
  if (name.size() > kMaxLength) name.resize(kMaxLength);
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  if (name == text && !name.empty()) return name;
  constexpr std::size_t kDigits = 8;
  return name + (name.empty() ? "" : "-") + format_digest(sha256(text)).substr(7, kDigits);
}

std::string exported_head(const std::string& folder) {
  check_marker(folder);
  return read_audit(folder).back().hash;
}

Placed export_board(const Board& board, const std::string& folder) {
  std::vector<AuditRow> audit = board.audit();
  std::vector<BoardRun> runs = board.runs(ShowTexts::yes);
  // A writer may have come between the two reads: what is newer than the audit that was read waits
  // for the next export.
  while (board.head() != audit.back().hash) {
    audit = board.audit();
    runs = board.runs(ShowTexts::yes);
  }
  OutputFolder out(folder, ExistingFolder::update, {kMarker, kAuditFile, "runs", "reported"});
  boost::system::error_code code;
  if (fs::exists(folder, code) && !fs::is_empty(folder, code)) check_earlier(folder, audit, board);
  for (const auto& [file, content] : files_of(runs, audit)) {
    const std::string there = join(folder, file);
    const bool is_same = fs::is_regular_file(there, code) &&
                         fs::file_size(there, code) == content.size() &&
                         read_text_file(there, content.size()) == content;
    const fs::path place(out.file(file));
    fs::create_directories(place.parent_path(), code);
    code.clear();
    if (is_same) fs::create_hard_link(there, place, code);
    if (!is_same || code) out.write(file, content);
  }
  return out.commit();
}

Board rebuild_board(const std::string& folder, const std::string& path,
                    const BoardOptions& options) {
  boost::system::error_code code;
  remove_leftovers(fs::path(path).parent_path().string());
  if (fs::exists(fs::symlink_status(path, code))) refuse_what_is_there(path);
  check_marker(folder);
  const std::vector<AuditRow> audit = read_audit(folder);
  const std::map<std::int64_t, BoardEntry> entries = read_entries(folder);

  // Which runs the audit says are there.
  std::map<std::int64_t, const AuditRow*> live;
  for (const AuditRow& row : audit) {
    if (row.action == "add") live[row.seq] = &row;
    if (row.action == "remove" && row.run.has_value()) live.erase(*row.run);
  }
  for (const auto& [run, row] : live) {
    const auto entry = entries.find(run);
    if (entry == entries.end()) {
      throw Error(ErrorKind::input, folder,
                  "has no files of run " + std::to_string(run) + " (" + row->subject + ")",
                  "those that audit row " + std::to_string(run) + " added");
    }
    if (entry_digest(entry->second) != row->record) {
      throw Error(ErrorKind::input, folder,
                  "the entry of run " + std::to_string(run) + " has the digest " +
                      entry_digest(entry->second),
                  row->record + " as audit row " + std::to_string(run) + " says");
    }
  }
  for (const auto& [run, entry] : entries) {
    check_entry(entry, folder + ", run " + std::to_string(run));
    if (!live.contains(run)) {
      throw Error(ErrorKind::input, folder,
                  "has files of run " + std::to_string(run) + ", which the audit does not know",
                  "the runs that the audit added");
    }
  }

  const bool is_new =
      make_board_file(path, options.busy_milliseconds, [&](sqlite::Database& database) {
        sqlite::Transaction transaction(database);
        records::make_tables(database);
        for (const AuditRow& row : audit) {
          records::insert(database, records::audit_values(row));
          if (row.action != "add" || !live.contains(row.seq)) continue;
          for (const records::Row& values :
               records::rows_of(entries.at(row.seq), row.seq, row.time)) {
            records::insert(database, values);
          }
        }
        transaction.commit();
      });
  if (!is_new) refuse_what_is_there(path);
  return Board::open(path, options);
}

}  // namespace angiobench
