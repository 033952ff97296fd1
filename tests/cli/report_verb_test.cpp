// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/exit_code.h"
#include "cli/verbs.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "dataset/sequence_index.h"
#include "evaluator/scoring/scorer.h"
#include "reports/csv.h"
#include "reports/error_map.h"
#include "reports/leaderboard/store.h"
#include "reports/result_json.h"
#include "tests/support/junit.h"
#include "tests/support/masks.h"
#include "tests/support/results.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench::cli {
namespace {

struct Ran {
  int code = -1;
  std::string out;
  std::string error;  // of an Error
  ErrorKind kind = ErrorKind::bug;
};

Ran report(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const Streams streams{out, err, false};
  Ran ran;
  try {
    ran.code = report_code().run(arguments, streams);
    if (ran.code == kExitUsage) {
      ran.error = err.str();
      ran.kind = ErrorKind::usage;
    }
  } catch (const Error& error) {
    ran.error = error.what();
    ran.kind = error.kind();
  }
  ran.out = out.str();
  return ran;
}

// A folder as `score --out` leaves it.
void write_result(const std::string& folder, const Result& drawn) {
  const Result result = test::readable(drawn);
  write_file_atomically(folder + "/result.json", result_to_json(result));
  std::string rows = per_frame_csv_header(frame_measures(result.protocol));
  for (const SequenceScore& sequence : result.sequences)
    rows += per_frame_csv_rows(sequence, frame_measures(result.protocol));
  write_file_atomically(folder + "/per_frame.csv", rows);
  std::vector<ErrorMap> maps;
  const Mask truth(8, 6, 1);
  const Mask prediction(8, 6, 2);
  for (const SequenceScore& sequence : result.sequences) {
    for (const std::string& frame : sequence.frame_names) {
      maps.push_back({sequence.name, frame, encode_error_map(truth.view(), prediction.view())});
    }
  }
  write_error_maps(folder + "/error_maps", maps);
}

class ReportVerb : public testing::Test {
 protected:
  void SetUp() override {
    write_result(folder_ / "a",
                 test::make_result({.sequences = 2, .objects = 2, .frames = 12, .seed = 1}));
    Result other = test::make_result({.sequences = 2, .objects = 2, .frames = 12, .seed = 2});
    other.submission.name = "other";
    write_result(folder_ / "b", other);
  }
  const test::TempFolder folder_;
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_F(ReportVerb, WritesAPageFromAResultsFolder) {
  const Ran ran = report({"html", folder_ / "a", "-o", folder_ / "page/report.html"});
  EXPECT_EQ(ran.code, kExitPassed) << ran.error;
  EXPECT_EQ(ran.out, "");
  const std::string page = read_text_file(folder_ / "page/report.html");
  EXPECT_TRUE(holds(page, "<svg class=\"curve\""));
  EXPECT_TRUE(holds(page, "<h3>All frames</h3>"));
  EXPECT_FALSE(holds(page, "improved"));
}

TEST_F(ReportVerb, GivesTheSamePageForTheResultFileInThatFolderAndOnStandardOutput) {
  report({"html", folder_ / "a", "-o", folder_ / "report.html"});
  const Ran ran = report({"html", folder_ / "a/result.json"});
  EXPECT_EQ(ran.out, read_text_file(folder_ / "report.html"));
}

TEST_F(ReportVerb, ComparesWithABaselineAndShowsTheGatesVerdict) {
  folder_.write(
      "gate.json",
      R"({"schema": "gate-1", "require": {"dataset_digest": true, "protocol": true, "metric_version": true},
    "rules": [{"metric": "J&F", "scope": "overall", "min": 0.999, "level": "error"}]})");
  const Ran ran = report(
      {"html", folder_ / "a", "--baseline", folder_ / "b", "--rules", folder_ / "gate.json"});
  EXPECT_EQ(ran.code, kExitPassed) << ran.error;
  EXPECT_TRUE(holds(ran.out, "Differences are to <b>other</b>"));
  EXPECT_TRUE(holds(ran.out, "✗ Gate failed"));
  const Ran junit = report(
      {"junit", folder_ / "a", "--baseline", folder_ / "b", "--rules", folder_ / "gate.json"});
  EXPECT_EQ(junit.code, kExitPassed) << junit.error;
  EXPECT_EQ(test::junit_problem(junit.out), "");
  EXPECT_TRUE(holds(junit.out, "<failure"));
}

TEST_F(ReportVerb, ShowsWhereTheResultStandsOnALeaderboard) {
  const Result mine = read_result(folder_ / "a");
  // The same objects with other masks: ranks are resampled over cases that both have.
  Result other = mine;
  other.submission = {"other", "sha256:" + std::string(64, 'e')};
  for (FrameScore& row : other.sequences.front().frames) row.counts.intersection /= 2;
  test::refresh_means(other);
  const std::string file = folder_ / "board.sqlite";
  {
    SubmissionFacts facts;
    facts.method = "the other one";
    const std::vector<BoardEntry> entries = {measured_entry(other, facts, "b")};
    Board::open_or_create(file, {}).add(entries);
  }
  Ran ran = report({"html", folder_ / "a", "--leaderboard", file});
  EXPECT_EQ(ran.code, kExitPassed) << ran.error;
  EXPECT_TRUE(holds(ran.out, "the other one"));
  EXPECT_TRUE(holds(ran.out, "not on this board"));
  {
    SubmissionFacts facts;
    facts.method = "our-method";
    const std::vector<BoardEntry> entries = {measured_entry(mine, facts, "a")};
    Board::open(file).add(entries);
  }
  ran = report({"html", folder_ / "a", "--leaderboard", file});
  EXPECT_EQ(ran.code, kExitPassed) << ran.error;
  EXPECT_FALSE(holds(ran.out, "not on this board"));
  EXPECT_TRUE(holds(ran.out, "our-method <span class=\"w\">this result</span>"));
  EXPECT_TRUE(holds(ran.out, "<td>1–2</td>") || holds(ran.out, "<td>1–1</td>"));
}

TEST_F(ReportVerb, SplitsAssetsBesideThePage) {
  const Ran ran =
      report({"html", folder_ / "a", "--assets", "split", "-o", folder_ / "web/index.html"});
  EXPECT_EQ(ran.code, kExitPassed) << ran.error;
  EXPECT_TRUE(holds(read_text_file(folder_ / "web/index.html"), "href=\"index_files/page.css\""));
  EXPECT_FALSE(read_text_file(folder_ / "web/index_files/page.js").empty());
  EXPECT_EQ(report({"html", folder_ / "a", "--assets", "split"}).kind, ErrorKind::usage);
}

TEST_F(ReportVerb, LeavesErrorMapsOutOnRequestAndKeepsToTheSizeLimit) {
  EXPECT_FALSE(
      holds(report({"html", folder_ / "a", "--error-maps", "none"}).out, "data:image/png"));
  EXPECT_FALSE(
      holds(report({"html", folder_ / "a", "--error-maps", "worst"}).out, "<h3>All frames</h3>"));
  const Ran small = report({"html", folder_ / "a", "--max-size", "0.06"});
  EXPECT_LE(small.out.size(), 60'000u);
  EXPECT_TRUE(holds(small.out, "left out to keep the page under 0.06 MB"));
}

TEST_F(ReportVerb, PutsFramesBehindTheMapsOnRequest) {
  folder_.write("frames/v00/00030.jpg", "\xFF\xD8\xFF pixels");
  EXPECT_FALSE(holds(report({"html", folder_ / "a"}).out, "src=\"data:image/jpeg"));
  const Ran ran = report({"html", folder_ / "a", "--with-images", folder_ / "frames"});
  EXPECT_TRUE(holds(ran.out, "data:image/jpeg;base64,")) << ran.error;
  EXPECT_EQ(report({"html", folder_ / "a", "--with-images", folder_ / "nowhere"}).kind,
            ErrorKind::input);
}

TEST_F(ReportVerb, WritesTablesOfSeveralResults) {
  const Ran markdown = report({"markdown", folder_ / "a", folder_ / "b"});
  EXPECT_EQ(markdown.code, kExitPassed) << markdown.error;
  EXPECT_TRUE(holds(markdown.out, "| our-method |"));
  EXPECT_TRUE(holds(markdown.out, "| other |"));
  EXPECT_TRUE(holds(report({"latex", folder_ / "a"}).out, "\\toprule"));
  EXPECT_TRUE(report({"csv", folder_ / "a"}).out.starts_with("Method,J&F,J,F,"));
  EXPECT_TRUE(report({"csv", folder_ / "a", folder_ / "b", "--table", "long"})
                  .out.starts_with("task,case,algorithm,value\n"));
  EXPECT_TRUE(
      report({"csv", folder_ / "a", "--table", "objects"}).out.starts_with("Sequence,Object,"));
  EXPECT_TRUE(holds(report({"latex", folder_ / "a", "--table", "sequences"}).out, "v01"));
}

TEST_F(ReportVerb, SetsSeveralBenchmarksSideBySide) {
  Result other = test::tiny_result();
  other.dataset.name = "mosxav-val";
  write_result(folder_ / "val", other);
  const Ran table = report({"latex", "ours=" + folder_ / "a", "ours=" + folder_ / "val",
                            "--columns", "F,J", "--decimals", "2"});
  EXPECT_EQ(table.code, kExitPassed) << table.error;
  EXPECT_TRUE(holds(table.out, "\\multicolumn{2}{c}{mosxav-val}"));
  EXPECT_TRUE(holds(table.out, "    ours & "));
  const Ran unknown = report({"latex", folder_ / "a", "--columns", "Q"});
  EXPECT_EQ(unknown.kind, ErrorKind::usage);
  // What cannot share a column is an error, not a comment in LaTeX.
  other.protocol.rules = R"({"frames": "all"})";
  write_result(folder_ / "rules", other);
  const Ran mixed = report({"markdown", "x=" + folder_ / "val", "y=" + folder_ / "rules"});
  EXPECT_EQ(mixed.kind, ErrorKind::input);
  EXPECT_TRUE(holds(mixed.error, "cannot stand in one column with"));
  EXPECT_TRUE(mixed.out.empty());
}

TEST_F(ReportVerb, WritesFiguresForAPaper) {
  EXPECT_EQ(report({"svg", folder_ / "a"}).kind, ErrorKind::usage);
  const Ran ran = report({"svg", folder_ / "a", "-o", folder_ / "figures"});
  EXPECT_EQ(ran.code, kExitPassed) << ran.error;
  EXPECT_EQ(test::xml_problem(read_text_file(folder_ / "figures/curves/v00-1.svg")), "");
  const Result result = test::make_result({.sequences = 2, .objects = 2, .frames = 12, .seed = 1});
  const std::string map = "figures/error_maps/v00-" + result.sequences[0].frame_names[1] + ".svg";
  EXPECT_EQ(test::xml_problem(read_text_file(folder_ / map)), "");
}

TEST_F(ReportVerb, NamesWhatIsWrongWithTheCommand) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"pdf", folder_ / "a"},
           {"html"},
           {"html", folder_ / "a", folder_ / "b"},
           {"html", folder_ / "a", "--assets", "none"},
           {"html", folder_ / "a", "--max-size", "0"},
           {"html", folder_ / "a", "--tolerance", "2"},
           {"html", folder_ / "a", "--error-maps", "some"},
           {"junit", folder_ / "a"},
           {"latex", folder_ / "a", "--table", "long"},
           {"csv", folder_ / "a", folder_ / "b", "--table", "objects"},
           {"csv", folder_ / "a", "--table", "rows"}}) {
    const Ran ran = report(arguments);
    EXPECT_EQ(ran.kind, ErrorKind::usage) << ran.error;
  }
  EXPECT_EQ(report({"html", folder_ / "nowhere"}).kind, ErrorKind::input);
}

TEST_F(ReportVerb, ExplainsItselfWithExamples) {
  const Ran ran = report({"--help"});
  EXPECT_EQ(ran.code, kExitPassed);
  EXPECT_TRUE(holds(ran.out, "angiobench report html out --baseline out-main -o report.html"));
}

// Every error map of a real submission must fit the budget of one page.
TEST(ReportOfRealMasks, HoldsEveryFrameOfMosxavTestInEightMegabytes) {
  ANGIOBENCH_REQUIRE_DATA(root, "mosxav/test");
  ANGIOBENCH_REQUIRE_DATA(predictions, "mosxav/predictions/test");
  const test::TempFolder folder;
  std::ostringstream out;
  std::ostringstream err;
  const Streams streams{out, err, false};
  ASSERT_EQ(score_code().run({"--dataset", "mosxav-test", "-g", test::test_data("mosxav"), "-p",
                              predictions, "-o", folder / "out", "--error-maps", "all", "--quiet"},
                             streams),
            kExitPassed)
      << err.str();
  const Ran ran = report({"html", folder / "out"});
  ASSERT_EQ(ran.code, kExitPassed) << ran.error;
  EXPECT_LT(ran.out.size(), 8'000'000u);
  std::size_t shown = 0;
  for (std::size_t at = ran.out.find("<figure id=\"a-"); at != std::string::npos;
       at = ran.out.find("<figure id=\"a-", at + 1))
    ++shown;
  EXPECT_EQ(shown, 464u);
  EXPECT_FALSE(holds(ran.out, "left out to keep the page under"));
  EXPECT_TRUE(holds(ran.out, "<td class=\"n big\">49.3</td>"));
}

}  // namespace
}  // namespace angiobench::cli
