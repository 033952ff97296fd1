// SPDX-License-Identifier: MIT
#include "reports/leaderboard/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/filesystem/operations.hpp>
#include <csignal>
#include <functional>
#include <thread>

#include "reports/leaderboard/board_file.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "tests/reports/leaderboard/sample_board.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::facts_of;
using test::sample_entry;
using test::sample_reported;
using test::sample_result;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

BoardOptions at(const std::string& now) {
  BoardOptions options;
  options.now = now;
  return options;
}

// A board with two measured runs and one published row.
Board small_board(const std::string& path) {
  const std::vector<BoardEntry> published = {sample_reported("Published", "79.7", "70.7", "87.6")};
  Board board = Board::open_or_create(path, published, at("2026-06-01T00:00:00Z"));
  board.add(std::vector<BoardEntry>{sample_entry("A", 0.6), sample_entry("B", 0.5)});
  return board;
}

// Runs SQL behind the board's back.
void tamper(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  char* words = nullptr;
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &words), SQLITE_OK) << words;
  sqlite3_free(words);
  sqlite3_close(handle);
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

std::vector<std::string> problems(const std::string& path) {
  std::vector<std::string> lines;
  for (const Finding& finding : Board::open_read_only(path).verify())
    lines.push_back(finding.code + " " + finding.message);
  return lines;
}

TEST(Board, HoldsThePublishedFiguresFromTheFirstRun) {
  const TempFolder folder;
  const Board board = Board::open_or_create(folder / "board.sqlite", published_entries());
  const std::vector<BoardRun> runs = board.runs();
  EXPECT_EQ(runs.size(), 447U);
  for (const BoardRun& run : runs) {
    EXPECT_EQ(run.entry.facts.kind, EntryKind::reported);
    EXPECT_THAT(run.entry.source.url, testing::StartsWith("https://"));
    EXPECT_FALSE(run.entry.figures.empty());
  }
  EXPECT_THAT(board.verify(), IsEmpty());
}

TEST(Board, GivesBackWhatWasAdded) {
  const TempFolder folder;
  const Board board = small_board(folder / "board.sqlite");
  const std::vector<BoardRun> runs = board.runs();
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].entry.figures.size(), 3U);
  EXPECT_FALSE(runs[0].entry.mean_follows);
  const BoardRun& a = runs[1];
  EXPECT_EQ(a.id, 3);
  EXPECT_EQ(a.added, "2026-06-01T00:00:00Z");
  EXPECT_EQ(a.entry.facts.method, "A");
  EXPECT_EQ(a.entry.dataset.name, "mosxav-val");
  EXPECT_EQ(a.entry.dataset.frames_scored, 20U);
  ASSERT_EQ(a.entry.figures.size(), 3U);
  EXPECT_EQ(a.entry.figures[2].metric, Metric("J&F"));
  EXPECT_EQ(a.entry.figures[2].value, 0.6);
  ASSERT_TRUE(a.entry.figures[2].interval.has_value());
  EXPECT_EQ(a.entry.figures[2].interval->resamples, 10000U);
  EXPECT_EQ(board.cases(3).size(), 12U);
  EXPECT_THAT(board.verify(), IsEmpty());
}

TEST(Board, AddsTheSameRunOnce) {
  const TempFolder folder;
  Board board = small_board(folder / "board.sqlite");
  // Started at another time, with other threads: the same run.
  Result again = sample_result("A", 0.6);
  again.run = {"2027-01-01T00:00:00Z", 9, 8, 0, {"elsewhere"}};
  const auto outcomes =
      board.add(std::vector<BoardEntry>{measured_entry(again, facts_of("A", ""), "r")});
  EXPECT_TRUE(outcomes[0].already_there);
  EXPECT_EQ(outcomes[0].run, 3);
  EXPECT_EQ(board.runs().size(), 3U);
  EXPECT_EQ(board.audit().size(), 4U);
}

TEST(Board, RefusesOtherFiguresForTheSameMasks) {
  const TempFolder folder;
  Board board = small_board(folder / "board.sqlite");
  const Result other = sample_result("A", 0.7);
  EXPECT_THAT(refusal([&] {
                board.add(std::vector<BoardEntry>{measured_entry(other, facts_of("A"), "r")});
              }),
              HasSubstr("'A on mosxav-val' has other figures than run 3"));
}

TEST(Board, RefusesTheSameMasksUnderAnotherName) {
  const TempFolder folder;
  Board board = small_board(folder / "board.sqlite");
  const Result copy = sample_result("A", 0.6);
  EXPECT_THAT(refusal([&] {
                board.add(std::vector<BoardEntry>{measured_entry(copy, facts_of("Mine"), "r")});
              }),
              HasSubstr("are there as 'A'"));
  EXPECT_EQ(board.runs().size(), 3U);
}

TEST(Board, AddsAllOrNothing) {
  const TempFolder folder;
  Board board = small_board(folder / "board.sqlite");
  const std::string before = board.content_digest();
  const Result copy = sample_result("A", 0.6);
  EXPECT_THAT(refusal([&] {
                board.add(std::vector<BoardEntry>{sample_entry("new", 0.1),
                                                  measured_entry(copy, facts_of("Mine"), "r")});
              }),
              HasSubstr("are there as"));
  EXPECT_EQ(board.content_digest(), before);
}

TEST(Board, KeepsTheTimeOfTheFirstRunOfASubmission) {
  const TempFolder folder;
  Board board = small_board(folder / "board.sqlite");
  Result strict = sample_result("A", 0.55);
  strict.protocol = {"strict", 1, test::digest_of(R"({"s":1})"), R"({"s":1})"};
  board.add(std::vector<BoardEntry>{measured_entry(strict, facts_of("A", ""), "r")});
  const auto runs = board.runs();
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[3].entry.facts.time, runs[1].entry.facts.time);
  EXPECT_THAT(board.verify(), IsEmpty());
}

TEST(Board, RefusesFactsThatAreNotAcceptable) {
  const Result result = sample_result("A", 0.5);
  const auto with = [&](const std::function<void(SubmissionFacts&)>& change) {
    SubmissionFacts facts = facts_of("A");
    change(facts);
    return refusal([&] { measured_entry(result, facts, "r.json"); });
  };
  EXPECT_THAT(with([](SubmissionFacts& f) { f.method = ""; }), HasSubstr("the method has no name"));
  EXPECT_THAT(with([](SubmissionFacts& f) { f.method = "a\x1b[2J"; }),
              HasSubstr("holds a control code"));
  EXPECT_THAT(with([](SubmissionFacts& f) { f.team = std::string(201, 'x'); }),
              HasSubstr("the team has 201 bytes"));
  EXPECT_THAT(with([](SubmissionFacts& f) { f.links = {"javascript:alert(1)"}; }),
              HasSubstr("is no web address"));
  EXPECT_THAT(with([](SubmissionFacts& f) { f.time = "yesterday"; }),
              HasSubstr("the time is 'yesterday'"));
  EXPECT_THAT(with([](SubmissionFacts& f) { f.kind = EntryKind::reported; }),
              HasSubstr("cannot be 'reported'"));
  EXPECT_EQ(with([](SubmissionFacts&) {}), "accepted");
}

TEST(Board, RemovesARunAndKeepsThatItWasThere) {
  const TempFolder folder;
  Board board = small_board(folder / "board.sqlite");
  board.remove(3, "withdrawn by its team");
  const auto runs = board.runs();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_THAT(board.cases(3), IsEmpty());
  const AuditRow last = board.audit().back();
  EXPECT_EQ(last.action, "remove");
  EXPECT_EQ(last.run, 3);
  EXPECT_EQ(last.reason, "withdrawn by its team");
  EXPECT_THAT(last.subject, HasSubstr("\"method\":\"A\""));
  EXPECT_THAT(board.verify(), IsEmpty());
  EXPECT_THAT(refusal([&] { board.remove(3, ""); }), HasSubstr("there is no run 3"));
}

TEST(BoardFile, RefusesWhatIsNoLeaderboardAndWhatIsNewer) {
  const TempFolder folder;
  EXPECT_THAT(refusal([&] { Board::open(folder / "absent.sqlite"); }),
              HasSubstr("cannot be opened"));
  EXPECT_FALSE(boost::filesystem::exists(folder / "absent.sqlite"));
  folder.write("text.sqlite", std::string(2000, 'x'));
  EXPECT_THAT(refusal([&] { Board::open(folder / "text.sqlite"); }),
              HasSubstr("SQLite says: file is not a database"));
  tamper(folder / "other.sqlite", "CREATE TABLE t (x); PRAGMA application_id = 7;");
  EXPECT_THAT(refusal([&] { Board::open_or_create(folder / "other.sqlite", {}); }),
              HasSubstr("is a database, but no leaderboard"));
  small_board(folder / "board.sqlite");
  tamper(folder / "board.sqlite", "PRAGMA user_version = 2");
  EXPECT_THAT(refusal([&] { Board::open(folder / "board.sqlite"); }),
              HasSubstr("was written by a newer program (store version 2); expected at most 1"));
}

TEST(BoardFile, TellsABoardThatWasNeverMadeAndMakesIt) {
  const TempFolder folder;
  folder.write("board.sqlite", "");
  EXPECT_THAT(refusal([&] { Board::open(folder / "board.sqlite"); }),
              HasSubstr("is empty: a leaderboard that was never made"));
  small_board(folder / "board.sqlite");
  EXPECT_EQ(Board::open(folder / "board.sqlite").runs().size(), 3U);
}

TEST(BoardFile, AppearsWholeOrNotAtAll) {
  const TempFolder folder;
  EXPECT_THROW(make_board_file(folder / "board.sqlite", 0,
                               [](sqlite::Database& database) {
                                 database.execute("CREATE TABLE t (x)");
                                 database.execute("nonsense");
                               }),
               Error);
  EXPECT_TRUE(boost::filesystem::is_empty(folder.path()));
  // Of two programs the first to be done makes it.
  EXPECT_FALSE(make_board_file(folder / "board.sqlite", 0, [&](sqlite::Database& database) {
    database.execute("CREATE TABLE late (x)");
    small_board(folder / "board.sqlite");
  }));
  EXPECT_THAT(Board::open(folder / "board.sqlite").verify(), IsEmpty());
}

TEST(BoardFile, IsNoPipeAndNoFolder) {
  const TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal([&] { Board::open(folder / "pipe"); }), HasSubstr("is a pipe (FIFO)"));
  EXPECT_THAT(refusal([&] { Board::open_or_create(folder / "pipe", {}); }), HasSubstr("is a pipe"));
  EXPECT_THAT(refusal([&] { Board::open_read_only(folder.path()); }), HasSubstr("is a folder"));
}

TEST(BoardFile, StillReadsABoardOfTheFirstVersion) {
  const TempFolder folder;
  tamper(folder / "board.sqlite", read_text_file(ANGIOBENCH_GOLDEN "/leaderboard-1.sql"));
  const Board board = Board::open(folder / "board.sqlite");
  EXPECT_EQ(board.runs().size(), 3U);
  EXPECT_THAT(board.verify(), IsEmpty());
}

TEST(BoardTriggers, ForbidChangesOfTheAuditAndOfRuns) {
  const TempFolder folder;
  small_board(folder / "board.sqlite");
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open((folder / "board.sqlite").c_str(), &handle), SQLITE_OK);
  for (const char* sql : {"UPDATE audit SET reason = 'x'", "DELETE FROM audit WHERE seq = 4",
                          "UPDATE metrics SET value = 1", "UPDATE runs SET status = 'complete'",
                          "UPDATE case_metrics SET value = 1",
                          "INSERT INTO audit VALUES (9, '', 'add', 9, '', '', '', '', '')"}) {
    EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_CONSTRAINT) << sql;
  }
  sqlite3_close(handle);
}

TEST(BoardVerify, NamesEveryRowThatWasTamperedWith) {
  const TempFolder folder;
  const std::string path = folder / "board.sqlite";
  const std::string good = folder / "good.sqlite";
  small_board(good);
  const auto after = [&](const std::string& sql) {
    boost::filesystem::remove(path);
    boost::filesystem::copy_file(good, path);
    tamper(path, sql);
    return problems(path);
  };
  EXPECT_THAT(after("SELECT 1"), IsEmpty());

  // Someone who knows the triggers drops them, cheats and makes them again.
  const auto behind = [](const std::string& table, const std::string& trigger,
                         const std::string& event, const std::string& words,
                         const std::string& sql) {
    return "DROP TRIGGER " + trigger + "; " + sql + "; CREATE TRIGGER " + trigger + " BEFORE " +
           event + " ON " + table + "\nBEGIN SELECT RAISE (ABORT, '" + words + "'); END";
  };
  const std::string changed = "a run is never changed: remove it and add it again";
  EXPECT_THAT(
      after(behind("metrics", "metrics_are_never_updated", "UPDATE", changed,
                   "UPDATE metrics SET value = 0.99 WHERE run = 4 AND metric = 'J&F'")),
      ElementsAre(
          "L007 metrics row (4, 'J&F', 'overall'): value is 0.99, the run's record says 0.5"));
  EXPECT_THAT(
      after(behind(
          "case_metrics", "case_metrics_are_never_updated", "UPDATE", changed,
          "UPDATE case_metrics SET value = 1 WHERE run = 4 AND sequence = 'v01' AND metric = 'J'")),
      ElementsAre(HasSubstr("L007 case_metrics row (4, 'v01', 1, 'J'): value is 1")));
  EXPECT_THAT(after(behind("runs", "runs_are_never_updated", "UPDATE", changed,
                           "UPDATE runs SET meta = replace(meta, '\"B\"', '\"C\"') WHERE id = 4")),
              testing::Contains(HasSubstr("L006 runs row (4): meta was changed")));
  EXPECT_THAT(
      after(behind("runs", "runs_are_never_updated", "UPDATE", changed,
                   "UPDATE runs SET result = replace(result, '0.5', '0.9') WHERE id = 4")),
      testing::Contains(HasSubstr("L006 runs row (4) was changed: the result has the digest")));
  EXPECT_THAT(after("UPDATE submissions SET team = 'Thieves' WHERE method = 'A'"),
              ElementsAre(HasSubstr("team is 'Thieves', the run's record says ''")));
  EXPECT_THAT(after("DELETE FROM metrics WHERE run = 3 AND metric = 'J'"),
              ElementsAre("L007 metrics row (3, 'J', 'overall') is gone"));
  EXPECT_THAT(after("DELETE FROM case_metrics WHERE run = 4; DELETE FROM metrics WHERE run = 4; "
                    "DELETE FROM runs WHERE id = 4"),
              testing::Contains(HasSubstr(
                  "L005 runs row (4) is gone; audit row 4 added it and none removed it")));
  const std::string only = "the audit is append-only";
  EXPECT_THAT(after(behind("audit", "audit_is_never_updated", "UPDATE", only,
                           "UPDATE audit SET time = '2020-01-01T00:00:00Z' WHERE seq = 3")),
              testing::Contains(HasSubstr("L003 audit row 3 was changed")));
  EXPECT_THAT(
      after(behind("audit", "audit_is_never_deleted", "DELETE", only,
                   "DELETE FROM audit WHERE seq = 2")),
      testing::Contains(HasSubstr("L003 audit row 3 follows row 1: rows between are gone")));
  EXPECT_THAT(after(behind("audit", "audit_is_never_deleted", "DELETE", only,
                           "DELETE FROM audit WHERE seq = 4")),
              testing::Contains(HasSubstr("L004 the audit ends with row 3; row 4 was written")));
  EXPECT_THAT(after("DROP TRIGGER audit_goes_on"),
              ElementsAre("L002 trigger audit_goes_on is missing"));
  EXPECT_THAT(after("CREATE VIEW v AS SELECT 1"), ElementsAre("L002 view v was added"));
}

TEST(BoardVerify, TellsThatRowsWereCutOffFromAHeadThatWasNoted) {
  const TempFolder folder;
  Board board = small_board(folder / "board.sqlite");
  const std::vector<std::string> noted = {board.head()};
  EXPECT_THAT(board.verify(noted), IsEmpty());
  board.add(std::vector<BoardEntry>{sample_entry("later", 0.1)});
  EXPECT_THAT(board.verify(noted), IsEmpty());
  const Board other = small_board(folder / "other.sqlite");
  const std::vector<std::string> unknown = {test::digest_of("x")};
  const auto findings = other.verify(unknown);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, "L004");
}

TEST(BoardExport, RebuildsAnIdenticalBoard) {
  const TempFolder folder;
  Board board = Board::open_or_create(folder / "board.sqlite", published_entries(),
                                      at("2026-06-01T00:00:00Z"));
  board.add(std::vector<BoardEntry>{sample_entry("A", 0.6), sample_entry("B", 0.5),
                                    sample_entry("../../etc/x", 0.4)});
  board.remove(board.runs().back().id - 1, "by request");
  board.remove(2, "superseded");
  export_board(board, folder / "export");
  const Board rebuilt = rebuild_board(folder / "export", folder / "rebuilt.sqlite");
  EXPECT_EQ(rebuilt.content_digest(), board.content_digest());
  EXPECT_EQ(rebuilt.head(), board.head());
  EXPECT_THAT(rebuilt.verify(), IsEmpty());

  // The rebuilt board's export is the same, byte for byte.
  export_board(rebuilt, folder / "again");
  std::size_t files = 0;
  for (boost::filesystem::recursive_directory_iterator it(folder / "export"), end; it != end;
       ++it) {
    if (!boost::filesystem::is_regular_file(it->path())) continue;
    const std::string relative = it->path().string().substr((folder / "export").size());
    EXPECT_EQ(read_text_file(it->path().string()), read_text_file((folder / "again") + relative))
        << relative;
    ++files;
  }
  EXPECT_EQ(files, 2U + 18U + 4U);
}

TEST(BoardExport, IsBroughtUpToDateWithoutTouchingWhatDidNotChange) {
  const TempFolder folder;
  Board board = small_board(folder / "board.sqlite");
  export_board(board, folder / "export");
  const std::string kept = folder / "export/runs/mosxav-val/4-b-df7e70e5/result.json";
  const std::string gone = folder / "export/runs/mosxav-val/3-a-559aead0/result.json";
  ASSERT_TRUE(boost::filesystem::exists(kept));
  ASSERT_TRUE(boost::filesystem::exists(gone));
  boost::filesystem::last_write_time(kept, 1'000'000);
  folder.write("export/README.md", "mine");
  board.remove(3, "gone");
  export_board(board, folder / "export");
  EXPECT_EQ(boost::filesystem::last_write_time(kept), 1'000'000);
  EXPECT_FALSE(boost::filesystem::exists(folder / "export/runs/mosxav-val/3-a-559aead0"));
  EXPECT_TRUE(boost::filesystem::exists(folder / "export/README.md"));
}

TEST(BoardExport, IsNotWrittenOverSomethingElse) {
  const TempFolder folder;
  const Board board = small_board(folder / "board.sqlite");
  folder.write("taken/notes.txt", "mine");
  EXPECT_THAT(refusal([&] { export_board(board, folder / "taken"); }),
              HasSubstr("holds other files"));
  Board other = Board::open_or_create(folder / "other.sqlite", {}, at("2026-07-01T00:00:00Z"));
  export_board(other, folder / "export");
  EXPECT_THAT(refusal([&] { export_board(board, folder / "export"); }),
              HasSubstr("is the export of another board"));
}

TEST(BoardExport, IsRefusedByRebuildWhereAFileWasChanged) {
  const TempFolder folder;
  export_board(small_board(folder / "board.sqlite"), folder / "export");
  const auto after = [&](const std::string& file, const std::string& from, const std::string& to) {
    const std::string path = folder / ("export/" + file);
    const std::string original = read_text_file(path);
    std::string text = original;
    const std::size_t at_byte = text.find(from);
    EXPECT_NE(at_byte, std::string::npos) << file << " " << from;
    if (at_byte != std::string::npos) text.replace(at_byte, from.size(), to);
    write_file_atomically(path, text);
    const std::string words =
        refusal([&] { rebuild_board(folder / "export", folder / "rebuilt.sqlite"); });
    write_file_atomically(path, original);
    EXPECT_FALSE(boost::filesystem::exists(folder / "rebuilt.sqlite"));
    return words;
  };
  EXPECT_THAT(after("runs/mosxav-val/4-b-df7e70e5/result.json", "0.5", "0.9"),
              HasSubstr("the result has the digest"));
  EXPECT_THAT(after("runs/mosxav-val/4-b-df7e70e5/entry.json", "\"B\"", "\"C\""),
              HasSubstr("the entry of run 4 has the digest"));
  EXPECT_THAT(after("reported/mosxav-val.jsonl", "79.7", "89.7"),
              HasSubstr("the entry of run 2 has the digest"));
  EXPECT_THAT(after("audit.jsonl", "2026-06", "2025-06"),
              HasSubstr("audit.jsonl:1: audit row 1 does not follow"));
  EXPECT_THAT(after("leaderboard.json", "export-1", "export-9"),
              HasSubstr("is no export of a leaderboard"));
  boost::filesystem::remove(folder / "export/runs/mosxav-val/4-b-df7e70e5/entry.json");
  EXPECT_THAT(refusal([&] { rebuild_board(folder / "export", folder / "rebuilt.sqlite"); }),
              HasSubstr("has no files of run 4"));
}

TEST(BoardExport, KeepsNamesOfStrangersInsideItsFolder) {
  EXPECT_EQ(safe_name("mosxav-test"), "mosxav-test");
  for (const char* name :
       {"../../etc/passwd", "..", "", "a/b", "a\\b", "CON", "\xE2\x80\xAE", "a b"}) {
    const std::string safe = safe_name(name);
    EXPECT_THAT(safe, testing::MatchesRegex("[a-z0-9][-a-z0-9.]*")) << name;
    EXPECT_EQ(safe.find(".."), std::string::npos);
  }
  EXPECT_NE(safe_name("a b"), safe_name("a_b"));
  EXPECT_LE(safe_name(std::string(500, 'x')).size(), 80U);
}

// Runs `work` in a process of its own and gives its exit status.
int in_process(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      work();
      ::_exit(0);
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(BoardConcurrency, LosesNothingWhenSeveralProcessesWriteAtOnce) {
  const TempFolder folder;
  const std::string path = folder / "board.sqlite";
  constexpr int kWriters = 6;
  constexpr int kRuns = 8;
  const std::vector<BoardEntry> published = {sample_reported("Published", "79.2", "70.7", "87.6")};
  // All of them also race for making the file.
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      try {
        for (int run = 0; run < kRuns; ++run) {
          Board board = Board::open_or_create(path, published);
          board.add(std::vector<BoardEntry>{
              sample_entry(std::to_string(writer) + "/" + std::to_string(run), 0.5)});
        }
        ::_exit(0);
      } catch (const std::exception& error) {
        ::write(STDERR_FILENO, error.what(), std::char_traits<char>::length(error.what()));
        ::_exit(1);
      }
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const Board board = Board::open(path);
  EXPECT_EQ(board.runs().size(), 1U + kWriters * kRuns);
  EXPECT_EQ(board.audit().size(), 2U + kWriters * kRuns);
  EXPECT_THAT(board.verify(), IsEmpty());
}

TEST(BoardConcurrency, LeavesNothingBehindWhenKilledInMidTransaction) {
  const TempFolder folder;
  const std::string path = folder / "board.sqlite";
  small_board(path);
  const std::string before = Board::open(path).content_digest();
  for (std::uint64_t at_entry = 1; at_entry <= 3; ++at_entry) {
    const int status = in_process([&] {
      Board board = Board::open(path);
      const std::vector<BoardEntry> entries = {sample_entry("x", 0.1), sample_entry("y", 0.2),
                                               sample_entry("z", 0.3)};
      board.add(entries, [&](std::uint64_t done, std::uint64_t) {
        if (done == at_entry) ::raise(SIGKILL);
      });
    });
    ASSERT_TRUE(WIFSIGNALED(status));
    const Board board = Board::open(path);
    EXPECT_EQ(board.content_digest(), before);
    EXPECT_THAT(board.verify(), IsEmpty());
  }
}

TEST(BoardConcurrency, LeavesWholeRunsOnlyWhenKilledAtAnyMoment) {
  const TempFolder folder;
  const std::string path = folder / "board.sqlite";
  small_board(path);
  for (int round = 0; round < 15; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (int run = 0;; ++run) {
        Board::open(path).add(std::vector<BoardEntry>{
            sample_entry(std::to_string(round) + "/" + std::to_string(run), 0.5)});
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(3 + 4 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    const Board board = Board::open(path);
    ASSERT_THAT(board.verify(), IsEmpty()) << round;
    EXPECT_EQ(board.audit().size(), board.runs().size() + 1);
  }
  // The next change takes the last journal away.
  Board::open(path).add(std::vector<BoardEntry>{sample_entry("last", 0.5)});
  EXPECT_FALSE(boost::filesystem::exists(path + "-journal"));
}

TEST(BoardConcurrency, LeavesNoHalfMadeBoardWhenKilledWhileMakingIt) {
  const TempFolder folder;
  const std::vector<BoardEntry> published = published_entries();
  for (int round = 0; round < 8; ++round) {
    const std::string path = folder / ("board" + std::to_string(round) + ".sqlite");
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Board::open_or_create(path, published);
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2 + 8 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    const Board board = Board::open_or_create(path, published);
    EXPECT_EQ(board.runs().size(), published.size());
    EXPECT_THAT(board.verify(), IsEmpty());
  }
}

TEST(Board, RenamesASubmissionInAllItsRunsAndRemembersBoth) {
  const TempFolder folder;
  Board board = small_board(folder / "board.sqlite");
  const BoardRun before = board.runs()[1];
  const auto outcomes = board.rename(3, {"A, renamed", {}, "Lab"}, "asked for");
  ASSERT_EQ(outcomes.size(), 1U);
  const std::vector<BoardRun> runs = board.runs();
  ASSERT_EQ(runs.size(), 3U);
  const BoardRun& after = runs[2];
  EXPECT_EQ(after.id, outcomes[0].run);
  EXPECT_EQ(after.entry.facts.method, "A, renamed");
  EXPECT_EQ(after.entry.facts.team, "Lab");
  EXPECT_EQ(after.entry.facts.time, before.entry.facts.time);
  EXPECT_EQ(after.entry.submission_digest, before.entry.submission_digest);
  EXPECT_EQ(after.entry.figures[2].value, before.entry.figures[2].value);
  const std::vector<AuditRow> audit = board.audit();
  EXPECT_EQ(audit[audit.size() - 2].action, "remove");
  EXPECT_EQ(audit[audit.size() - 2].reason, "asked for");
  EXPECT_EQ(audit.back().action, "add");
  EXPECT_THAT(board.verify(), IsEmpty());
  export_board(board, folder / "export");
  EXPECT_EQ(rebuild_board(folder / "export", folder / "copy.sqlite").content_digest(),
            board.content_digest());
}

TEST(Board, RenamesNothingThatItMustNot) {
  const TempFolder folder;
  Board board = small_board(folder / "board.sqlite");
  const std::string before = board.content_digest();
  EXPECT_THAT(refusal([&] { board.rename(99, {"x", {}, {}}, "r"); }), HasSubstr("no run 99"));
  EXPECT_THAT(refusal([&] { board.rename(2, {"x", {}, {}}, "r"); }), HasSubstr("a published row"));
  EXPECT_THAT(refusal([&] { board.rename(3, {"", {}, {}}, "r"); }), HasSubstr("method"));
  EXPECT_EQ(board.content_digest(), before);
}

}  // namespace
}  // namespace angiobench
