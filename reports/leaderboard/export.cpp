// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/error.h"
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

}  // namespace

std::string safe_name(std::string_view text) {
  constexpr std::size_t kMaxLength = 60;
  std::string name;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
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

void export_board(const Board& board, const std::string& folder) {
  boost::system::error_code code;
  const bool there = fs::exists(folder, code) && !fs::is_empty(folder, code);
  std::vector<AuditRow> audit = board.audit();
  std::vector<BoardRun> runs = board.runs(ShowTexts::yes);
  // A writer may have come between the two reads: what is newer than the audit that was read waits
  // for the next export.
  while (board.head() != audit.back().hash) {
    audit = board.audit();
    runs = board.runs(ShowTexts::yes);
  }
  if (there) {
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

  const std::map<std::string, std::string> files = files_of(runs, audit);
  if (there) {
    for (const std::string& file : files_below(folder)) {
      const bool ours = file.starts_with("runs/") || file.starts_with("reported/");
      if (ours && !files.contains(file)) fs::remove(join(folder, file), code);
    }
    // Folders of removed runs are empty now.
    std::vector<fs::path> folders;
    for (const char* part : {"runs", "reported"}) {
      const std::string root = join(folder, part);
      if (!fs::is_directory(root, code)) continue;
      for (fs::recursive_directory_iterator it(root, code), end; it != end && !code;
           it.increment(code)) {
        if (fs::is_directory(it->symlink_status())) folders.push_back(it->path());
      }
    }
    std::ranges::sort(folders, std::greater<>());
    for (const fs::path& path : folders) {
      if (fs::is_empty(path, code) && !code) fs::remove(path, code);
    }
  }
  for (const auto& [file, content] : files) {
    const std::string path = join(folder, file);
    if (fs::is_regular_file(path, code) && fs::file_size(path, code) == content.size() &&
        read_text_file(path, content.size()) == content) {
      continue;
    }
    write_file_atomically(path, content);
  }
}

Board rebuild_board(const std::string& folder, const std::string& path,
                    const BoardOptions& options) {
  boost::system::error_code code;
  if (fs::exists(path, code)) {
    throw Error(ErrorKind::input, path, "is there already",
                "a new file (move the old one away first)");
  }
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

  // Everything is written under another name first: a failure leaves no half of a board.
  const std::string temporary = path + ".rebuild";
  fs::remove(temporary, code);
  try {
    Board::State state(temporary, sqlite::OpenMode::create, options);
    sqlite::Transaction transaction(state.database);
    records::make_tables(state.database);
    for (const AuditRow& row : audit) {
      records::insert(state.database, records::audit_values(row));
      if (row.action != "add" || !live.contains(row.seq)) continue;
      for (const records::Row& values : records::rows_of(entries.at(row.seq), row.seq, row.time)) {
        records::insert(state.database, values);
      }
    }
    transaction.commit();
  } catch (...) {
    fs::remove(temporary, code);
    throw;
  }
  fs::rename(temporary, path, code);
  if (code) throw Error(ErrorKind::input, path, "cannot be written (" + code.message() + ")");
  return Board::open(path, options);
}

}  // namespace angiobench
