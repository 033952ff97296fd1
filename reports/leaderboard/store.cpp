// SPDX-License-Identifier: MIT
#include "reports/leaderboard/store.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "dataset/files/digest.h"
#include "dataset/files/temporary_name.h"
#include "dataset/error.h"
#include "reports/leaderboard/board_file.h"
#include "reports/leaderboard/records.h"
#include "reports/leaderboard/sqlite.h"
#include "reports/leaderboard/state.h"
#include "reports/result_json.h"
#include "reports/utc_time.h"

namespace angiobench {

using Json = nlohmann::ordered_json;
using records::append_audit;
using records::check_version;
using records::dataset_key;
using records::kAudit;
using records::kTables;
using records::pragma;
using records::protocol_key;
using records::subject_of;
using sqlite::Database;
using sqlite::OpenMode;
using sqlite::Statement;
using sqlite::Transaction;
using sqlite::Value;

namespace {

// Inside a transaction: takes a run away, says so in the audit and gives what it was.
BoardEntry remove_one(Database& database, std::int64_t run, const std::string& reason,
                      const std::string& now) {
  Statement found(database, "SELECT meta, result FROM runs WHERE id = ?");
  found.bind(1, run);
  if (!found.step()) {
    throw Error(ErrorKind::input, database.path(), "there is no run " + std::to_string(run),
                "an id that 'leaderboard list' shows");
  }
  BoardEntry entry = parse_entry(found.text(0), found.text(1), database.path());
  found.reset();
  append_audit(database, now, "remove", run, subject_of(entry), entry_digest(entry), reason);
  for (const char* sql : {"DELETE FROM case_metrics WHERE run = ?",
                          "DELETE FROM metrics WHERE run = ?", "DELETE FROM runs WHERE id = ?"}) {
    Statement statement(database, sql);
    statement.bind(1, run);
    statement.step();
  }
  return entry;
}

// What no run needs any more goes, so that a rebuilt board is the same.
void remove_unused(Database& database) {
  database.execute(
      "DELETE FROM submissions WHERE digest NOT IN (SELECT submission FROM runs);"
      "DELETE FROM protocols WHERE key NOT IN (SELECT protocol FROM runs);"
      "DELETE FROM datasets WHERE key NOT IN (SELECT dataset FROM runs)");
}

// Inside a transaction: adds one entry, or finds it there. A run that stands on less is replaced.
AddOutcome add_one(Database& database, BoardEntry entry, const std::string& now) {
  const bool measured = entry.facts.kind != EntryKind::reported;
  const std::string where = entry.facts.method + " on " + entry.dataset.name;

  // The same masks keep the time they were first added with.
  std::string time = entry.facts.time.empty() ? now : entry.facts.time;
  {
    Statement known(database,
                    "SELECT method, variant, team, kind, time FROM submissions WHERE digest = ?");
    known.bind(1, entry.submission_digest);
    if (known.step() && measured) {
      if (known.text(0) != entry.facts.method || known.text(1) != entry.facts.variant ||
          known.text(2) != entry.facts.team || known.text(3) != entry_kind_name(entry.facts.kind)) {
        throw Error(ErrorKind::input, database.path(),
                    "the masks of '" + where + "' (" + entry.submission_digest.substr(0, 19) +
                        "…) are there as '" + known.text(0) + "'" +
                        (known.text(2).empty() ? "" : " of team '" + known.text(2) + "'") + " (" +
                        known.text(3) + ")",
                    "the same method, variant, team and kind, or other masks");
      }
      time = known.text(4);
    }
  }
  if (measured) entry = with_time(entry, time);

  {
    Statement same(database,
                   "SELECT id, meta, result FROM runs WHERE submission = ? AND dataset = ? AND "
                   "protocol = ? AND "
                   "metric_version = ?");
    same.bind(1, entry.submission_digest);
    same.bind(2, dataset_key(entry));
    same.bind(3, protocol_key(entry));
    same.bind(4, entry.metric_version);
    if (same.step()) {
      const std::int64_t id = same.integer(0);
      const BoardEntry there = parse_entry(same.text(1), same.text(2), database.path());
      const auto equal = [](const BoardFigure& a, const BoardFigure& b) {
        return a.metric == b.metric && a.place == b.place && a.value == b.value &&
               a.printed == b.printed;
      };
      if (!std::ranges::equal(there.figures, entry.figures, equal)) {
        throw Error(ErrorKind::input, database.path(),
                    "'" + where + "' has other figures than run " + std::to_string(id) +
                        " of the same masks, data set, protocol and metric version",
                    "the same figures (or remove run " + std::to_string(id) + " first)");
      }
      if (entry.evidence.kind <= there.evidence.kind) return {id, true};
      same.reset();
      remove_one(database, id,
                 "replaced: stands on " + std::string(evidence_words(entry.evidence.kind)) +
                     " now, not on " + std::string(evidence_words(there.evidence.kind)),
                 now);
      remove_unused(database);
    }
  }

  const std::int64_t id =
      append_audit(database, now, "add", std::nullopt, subject_of(entry), entry_digest(entry), {});
  for (const records::Row& row : records::rows_of(entry, id, now)) records::insert(database, row);
  return {id, false};
}

// The runs of the same masks, by id; none where there is no such run: itself, which nobody finds.
std::vector<std::int64_t> runs_of_submission_of(Database& database, std::int64_t run) {
  std::vector<std::int64_t> runs;
  Statement same(
      database,
      "SELECT id FROM runs WHERE submission = (SELECT submission FROM runs WHERE id = ?) "
      "ORDER BY id");
  same.bind(1, run);
  while (same.step()) runs.push_back(same.integer(0));
  return runs.empty() ? std::vector<std::int64_t>{run} : runs;
}

}  // namespace

std::string audit_hash(const AuditRow& row) {
  const Json run = row.run.has_value() ? Json(*row.run) : Json();
  const Json fields = Json::array(
      {row.seq, row.time, row.action, run, row.subject, row.record, row.reason, row.previous});
  return format_digest(sha256(fields.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

Board::Board(std::unique_ptr<State> state) : state_(std::move(state)) {}
Board::~Board() = default;
Board::Board(Board&&) noexcept = default;
Board& Board::operator=(Board&&) noexcept = default;

Board Board::open_or_create(const std::string& path, std::span<const BoardEntry> published,
                            const BoardOptions& options) {
  const std::string now = options.now.empty() ? utc_now() : options.now;
  const auto begin = [&](Database& database) {
    Transaction transaction(database);
    Statement count(database, "SELECT count(*) FROM sqlite_schema");
    if (!count.step() || count.integer(0) != 0) return;  // another program was first
    count.reset();
    records::make_tables(database);
    append_audit(database, now, "create", std::nullopt,
                 Json({{"store_version", kBoardVersion}}).dump(), {}, {});
    for (const BoardEntry& entry : published) add_one(database, entry, now);
    transaction.commit();
  };
  remove_leftovers(boost::filesystem::path(path).parent_path().string());
  if (!boost::filesystem::exists(boost::filesystem::symlink_status(path)))
    make_board_file(path, options.busy_milliseconds, begin);
  auto state = std::make_unique<State>(path, OpenMode::read_write, options);
  // A file without anything in it is a board that was never made.
  Database& database = state->database;
  if (pragma(database, "application_id") == 0 && pragma(database, "user_version") == 0)
    begin(database);
  check_version(database);
  return Board(std::move(state));
}

Board Board::open(const std::string& path, const BoardOptions& options) {
  auto state = std::make_unique<State>(path, OpenMode::read_write, options);
  check_version(state->database);
  return Board(std::move(state));
}

Board Board::open_read_only(const std::string& path, const BoardOptions& options) {
  auto state = std::make_unique<State>(path, OpenMode::read_only, options);
  if (state->database.has_unfinished_change()) {
    // Who may write takes it back by looking.
    const Database writer(path, OpenMode::read_write, options.busy_milliseconds);
    pragma(writer, "schema_version");
    state = std::make_unique<State>(path, OpenMode::read_only, options);
  }
  check_version(state->database);
  return Board(std::move(state));
}

std::vector<AddOutcome> Board::add(std::span<const BoardEntry> entries,
                                   const ProgressCallback& progress) {
  Transaction transaction(state_->database);
  const std::string now = state_->now();
  std::vector<AddOutcome> outcomes;
  for (const BoardEntry& entry : entries) {
    outcomes.push_back(add_one(state_->database, entry, now));
    if (progress) progress(outcomes.size(), entries.size());
  }
  transaction.commit();
  return outcomes;
}

void Board::remove(std::int64_t run, const std::string& reason) {
  Database& database = state_->database;
  Transaction transaction(database);
  remove_one(database, run, reason, state_->now());
  remove_unused(database);
  transaction.commit();
}

std::vector<AddOutcome> Board::rename(std::int64_t run, const NewNames& names,
                                      const std::string& reason) {
  Database& database = state_->database;
  Transaction transaction(database);
  const std::string now = state_->now();
  std::vector<BoardEntry> entries;
  for (const std::int64_t one : runs_of_submission_of(database, run))
    entries.push_back(remove_one(database, one, reason, now));
  remove_unused(database);
  std::vector<AddOutcome> outcomes;
  for (const BoardEntry& entry : entries) {
    if (entry.facts.kind == EntryKind::reported) {
      throw Error(ErrorKind::input, database.path(),
                  "run " + std::to_string(run) + " is a published row",
                  "the run of a scored submission");
    }
    SubmissionFacts facts = entry.facts;
    if (names.method) facts.method = *names.method;
    if (names.variant) facts.variant = *names.variant;
    if (names.team) facts.team = *names.team;
    outcomes.push_back(add_one(database, with_facts(entry, facts, database.path()), now));
  }
  transaction.commit();
  return outcomes;
}

std::vector<BoardRun> Board::runs(ShowTexts texts) const {
  const Database& database = state_->database;
  const sqlite::ReadTransaction one_state(database);
  std::vector<BoardRun> runs;
  struct KnownProtocol {
    ProtocolStamp stamp;
    std::vector<MetricDescriptor> metrics;
  };
  std::map<std::string, KnownProtocol> protocols;
  {
    Statement rows(
        database,
        "SELECT r.id, r.added, s.kind, s.method, s.variant, s.team, s.links, s.time, s.year, "
        "s.venue, "
        "s.source, s.source_url, d.name, d.split, d.digest, r.sequences, r.objects, "
        "r.frames_scored, "
        "p.name, p.version, p.hash, p.json, r.metric_version, s.digest, r.status, r.tool_version, "
        "r.git_commit, r.meta, r.result "
        "FROM runs r JOIN submissions s ON s.digest = r.submission JOIN datasets d ON d.key = "
        "r.dataset "
        "JOIN protocols p ON p.key = r.protocol ORDER BY r.id");
    while (rows.step()) {
      BoardRun run;
      run.id = rows.integer(0);
      run.added = rows.text(1);
      BoardEntry& entry = run.entry;
      entry.facts.kind = entry_kind_from_name(rows.text(2), database.path());
      if (entry.facts.kind == EntryKind::reported || rows.text(24) == "incomplete" ||
          texts == ShowTexts::yes) {
        // What a published row is marked with and why a run is incomplete is worked out when they
        // are read.
        entry = parse_entry(rows.text(27), rows.text(28), database.path());
        entry.cases.clear();
      }
      entry.facts.method = rows.text(3);
      entry.facts.variant = rows.text(4);
      entry.facts.team = rows.text(5);
      const Json links = Json::parse(rows.text(6), nullptr, false);
      entry.facts.links.clear();
      if (links.is_array()) {
        for (const Json& link : links)
          entry.facts.links.push_back(link.is_string() ? link.get<std::string>() : "");
      }
      entry.facts.time = rows.text(7);
      entry.year = static_cast<int>(rows.integer(8));
      entry.venue = rows.text(9);
      entry.source.title = rows.text(10);
      entry.source.url = rows.text(11);
      entry.dataset.name = rows.text(12);
      entry.dataset.digest = rows.text(14);
      entry.dataset.sequences = static_cast<std::uint64_t>(rows.integer(15));
      entry.dataset.objects = static_cast<std::uint64_t>(rows.integer(16));
      entry.dataset.frames_scored = static_cast<std::uint64_t>(rows.integer(17));
      entry.split = rows.text(13);
      // How numbers are printed and what metrics are is the protocol's: one result of each says it.
      if (entry.facts.kind != EntryKind::reported) {
        const auto [known, is_new] = protocols.try_emplace(rows.text(18) + "@" + rows.text(20));
        if (is_new) {
          const Result result = result_from_json(rows.text(28), database.path());
          known->second = {result.protocol, metrics_of(result)};
        }
        entry.metrics = known->second.metrics;
        entry.protocol = known->second.stamp;
      }
      entry.protocol.name = rows.text(18);
      entry.protocol.version = static_cast<int>(rows.integer(19));
      entry.protocol.hash = rows.text(20);
      entry.protocol.rules = rows.text(21);
      entry.metric_version = rows.text(22);
      entry.submission_digest = rows.text(23);
      entry.complete = rows.text(24) != "incomplete";
      entry.tool_version = rows.text(25);
      entry.git_commit = rows.text(26);
      if (texts == ShowTexts::no && entry.facts.kind != EntryKind::reported && entry.complete) {
        entry.evidence = evidence_of(rows.text(27), database.path());
        const Json meta = Json::parse(rows.text(27), nullptr, false);
        const auto note = meta.is_object() ? meta.find("note") : meta.end();
        if (note != meta.end() && note->is_string()) entry.facts.note = note->get<std::string>();
      }
      entry.figures.clear();
      runs.push_back(std::move(run));
    }
  }
  {
    Statement rows(database,
                   "SELECT run, metric, scope, value, printed, n, level, low, high, unit, "
                   "resamples FROM metrics "
                   "ORDER BY run, metric, scope");
    std::size_t at = 0;
    while (rows.step()) {
      while (at < runs.size() && runs[at].id < rows.integer(0)) ++at;
      if (at == runs.size() || runs[at].id != rows.integer(0)) continue;
      BoardFigure figure{Metric(rows.text(1)),
                         rows.text(2),
                         {},
                         rows.text(4),
                         static_cast<std::uint64_t>(rows.integer(5)),
                         {}};
      const Value value = rows.value(3);
      if (const auto* real = std::get_if<double>(&value)) figure.value = *real;
      const Value level = rows.value(6);
      if (const auto* real = std::get_if<double>(&level)) {
        const auto number = [](const Value& cell) {
          const auto* found = std::get_if<double>(&cell);
          return found == nullptr ? 0.0 : *found;
        };
        figure.interval = Interval{*real, number(rows.value(7)), number(rows.value(8)),
                                   rows.text(9), static_cast<std::uint32_t>(rows.integer(10))};
      }
      runs[at].entry.figures.push_back(std::move(figure));
    }
  }
  return runs;
}

std::vector<CaseFigure> Board::cases(std::int64_t run) const {
  std::vector<CaseFigure> figures;
  Statement rows(
      state_->database,
      "SELECT sequence, object, metric, category, frames, value FROM case_metrics WHERE run = ? "
      "ORDER BY sequence, object, metric");
  rows.bind(1, run);
  while (rows.step()) {
    CaseFigure figure{
        rows.text(0), static_cast<int>(rows.integer(1)),           Metric(rows.text(2)),
        rows.text(3), static_cast<std::uint32_t>(rows.integer(4)), {}};
    const Value value = rows.value(5);
    if (const auto* real = std::get_if<double>(&value)) figure.value = *real;
    figures.push_back(std::move(figure));
  }
  return figures;
}

std::vector<AuditRow> Board::audit() const {
  std::vector<AuditRow> rows;
  for (const std::vector<Value>& values : records::select(state_->database, kAudit))
    rows.push_back(records::audit_row(values));
  return rows;
}

std::string Board::head() const {
  Statement last(state_->database, "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1");
  return last.step() ? last.text(0) : std::string{};
}

std::string Board::content_digest() const {
  const sqlite::ReadTransaction one_state(state_->database);
  Sha256Stream stream;
  for (const records::Table* table : kTables) {
    stream.update(std::string(table->name) + "\n");
    for (const std::vector<Value>& values : records::select(state_->database, *table)) {
      Json row = Json::array();
      for (const Value& value : values) {
        std::visit(
            [&row](const auto& cell) {
              if constexpr (std::is_same_v<std::decay_t<decltype(cell)>, std::monostate>) {
                row.push_back(nullptr);
              } else {
                row.push_back(cell);
              }
            },
            value);
      }
      stream.update(row.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    }
  }
  return format_digest(stream.finish());
}

const std::string& Board::path() const { return state_->database.path(); }

std::vector<BoardEntry> published_entries() {
  std::vector<BoardEntry> entries;
  for (const PublishedFile& file : published_files()) {
    for (const PublishedEntry& entry : file.entries) entries.push_back(reported_entry(file, entry));
  }
  return entries;
}

}  // namespace angiobench
