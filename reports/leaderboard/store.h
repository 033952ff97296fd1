// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dataset/files/output_folder.h"
#include "dataset/finding.h"
#include "dataset/progress.h"
#include "reports/leaderboard/entry.h"

namespace angiobench {

/// The version of the database's tables (PRAGMA user_version). A newer one is refused, an older one
/// is migrated.
inline constexpr int kBoardVersion = 1;

/// A run on the board. `meta` and `result` are empty where load() was not asked for them; `cases`
/// too.
struct BoardRun {
  std::int64_t id = 0;
  std::string added;  // UTC
  BoardEntry entry;
};

/// A row of the audit. `hash` is the SHA-256 of the other fields as a JSON array.
struct AuditRow {
  std::int64_t seq = 0;
  std::string time;
  std::string action;  // "create", "add" or "remove"
  std::optional<std::int64_t> run;
  std::string subject;  // JSON object: kind, method, dataset, protocol, submission, …
  std::string record;   // digest of the entry
  std::string reason;
  std::string previous;
  std::string hash;
};

std::string audit_hash(const AuditRow& row);

struct BoardOptions {
  int busy_milliseconds = 120'000;  // how long to wait for other writers
  std::string now;                  // UTC; empty: the system's clock (tests set it)
};

/// What became of an entry that was handed to add().
struct AddOutcome {
  std::int64_t run = 0;
  /// The same masks, data set, protocol and metric version with the same figures
  bool already_there = false;
};

/// What a submission is called from now on; what is not given stays.
struct NewNames {
  std::optional<std::string> method;
  std::optional<std::string> variant;
  std::optional<std::string> team;
};

enum class ShowTexts { no, yes };

/// A leaderboard: one SQLite file. Every change is one immediate transaction with a rollback
/// journal, so writers wait for each other and one that is killed leaves nothing behind. Nothing is
/// ever ranked in here (standings.h).
class Board {
 public:
  /// Opens `path`; with `published` a file that is not there yet is made and given these entries.
  /// Two programs that make the same file at once make one.
  static Board open_or_create(const std::string& path, std::span<const BoardEntry> published,
                              const BoardOptions& options = {});
  /// Opens what is there, for writing or for reading. Throws Error{input} where it is missing, is
  /// no leaderboard, or was written by a newer version.
  static Board open(const std::string& path, const BoardOptions& options = {});
  static Board open_read_only(const std::string& path, const BoardOptions& options = {});
  ~Board();
  Board(Board&&) noexcept;
  Board& operator=(Board&&) noexcept;

  /// Adds all entries or none. An entry that is there already (same masks, data set, protocol and
  /// metric version) is left alone where its figures are the same; where they are not, or the same
  /// masks are there under another name, Error{input}. `progress` is told of each entry before the
  /// transaction is committed.
  std::vector<AddOutcome> add(std::span<const BoardEntry> entries,
                              const ProgressCallback& progress = {});
  /// Takes a run away; the audit keeps that it was there, its digest and the reason. Throws
  /// Error{input} where there is none.
  void remove(std::int64_t run, const std::string& reason);
  /// Gives the submission of a run other names, in all its runs: since no run is ever changed, they
  /// are taken away with the reason and added anew, all or none, with the time they were handed in;
  /// the audit shows both. Gives the new runs. Throws Error{input} where there is none, where it is
  /// a published row, and as measured_entry.
  std::vector<AddOutcome> rename(std::int64_t run, const NewNames& names,
                                 const std::string& reason);

  /// All runs by id.
  std::vector<BoardRun> runs(ShowTexts texts = ShowTexts::no) const;
  /// The measures of one run for each object.
  std::vector<CaseFigure> cases(std::int64_t run) const;
  std::vector<AuditRow> audit() const;
  /// The hash of the last audit row: note it elsewhere, and verify() can tell that rows were cut
  /// off.
  std::string head() const;
  /// SHA-256 over every row of every table, in the order of their keys: equal boards have equal
  /// digests.
  std::string content_digest() const;

  /// What is wrong, each with the row's name (codes L001…, README.md). `heads` are hashes that the
  /// audit must still hold.
  std::vector<Finding> verify(std::span<const std::string> heads = {}) const;

  const std::string& path() const;

 private:
  struct State;
  explicit Board(std::unique_ptr<State> state);
  friend Board rebuild_board(const std::string& folder, const std::string& path,
                             const BoardOptions& options);
  std::unique_ptr<State> state_;
};

/// Writes `board` as a folder of text files (README.md, "Export"): the same board, the same bytes.
/// An existing export is brought up to date, at once: files that did not change stay the same
/// files, those of removed runs go, and others' (.git) stay. Throws Error{input} where the folder
/// holds something else, or where the audit there is no beginning of this one.
Placed export_board(const Board& board, const std::string& folder);

/// Makes the database at `path`, which must not exist, from an export; equal in content_digest() to
/// the one it came from. Throws Error{input} naming the file where a digest or the audit does not
/// agree.
Board rebuild_board(const std::string& folder, const std::string& path,
                    const BoardOptions& options = {});

/// The head of the audit of an export. Throws Error{input}.
std::string exported_head(const std::string& folder);

/// The entries of everything that ships with the project (published.h).
std::vector<BoardEntry> published_entries();

/// A name made of a-z, 0-9, '-' and '.', safe as part of a path: other characters become '-', at
/// most 60; where that lost something, 8 digits of its digest follow, so that different names stay
/// different.
std::string safe_name(std::string_view text);

}  // namespace angiobench
