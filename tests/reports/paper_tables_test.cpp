// SPDX-License-Identifier: MIT
#include "reports/paper_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/error.h"
#include "reports/html/paper_page.h"
#include "tests/reports/leaderboard/sample_board.h"
#include "tests/support/golden_text.h"

namespace angiobench {
namespace {

using testing::HasSubstr;
using testing::Not;

MeasuredInput measured(const std::string& name, double jf,
                       const std::string& dataset = "mosxav-val") {
  Result result = test::sample_result(name, jf, dataset);
  result.protocol.name = dataset;
  return {name, name + ".json", result};
}

const PaperRow& row_of(const PaperTable& table, const std::string& label) {
  for (const PaperRow& row : table.rows) {
    if (row.label == label) return row;
  }
  throw std::out_of_range(label);
}

std::vector<std::string> texts(const PaperRow& row) {
  std::vector<std::string> all;
  for (const PaperCell& cell : row.cells) all.push_back(cell.text);
  return all;
}

TEST(PaperTables, PrintTableOneAsThePaperDoes) {
  const PaperTable table = reproduce_table("table1", {}).front();
  EXPECT_THAT(texts(row_of(table, "STCN")),
              testing::ElementsAre("81.4", "72.3", "90.4", "86.9", "81.2", "92.7", "81.1", "72.8",
                                   "89.4", "73.5", "61.2", "82.7", "65.0", "85.7"));
  EXPECT_EQ(row_of(table, "STCN").venue, "NeurIPS 2021");
  EXPECT_EQ(table.rows.size(), 13U);
}

TEST(PaperTables, MarkTheFourMeansThatDoNotFollow) {
  const PaperTable table = reproduce_table("table1", {}).front();
  std::size_t marks = 0;
  for (const PaperRow& row : table.rows)
    marks += static_cast<std::size_t>(std::ranges::count(row.cells, true, &PaperCell::mean_breaks));
  EXPECT_EQ(marks, 4U);
  EXPECT_THAT(table.notes,
              testing::ElementsAre(
                  "‡ STM, MOSXAV val: printed 79.7, the mean of its columns is 79.15",
                  "‡ STCN, MOSXAV test: printed 73.5, the mean of its columns is 73.65",
                  "‡ XMem, MOSXAV test: printed 74.1, the mean of its columns is 73.75",
                  "‡ Local matching (the paper's), MOSXAV test: printed 76.8, the mean of its "
                  "columns is 76.60"));
}

TEST(PaperTables, PutAMeasuredRowBelowTheRowOfItsNameWithTheDifference) {
  const std::vector<MeasuredInput> inputs = {measured("stcn", 0.821)};
  const PaperTable table = reproduce_table("table1", inputs).front();
  const auto published = std::ranges::find(table.rows, "STCN", &PaperRow::label);
  ASSERT_NE(published, table.rows.end());
  const PaperRow& own = *(published + 1);
  EXPECT_EQ(own.label, "stcn, measured here");
  EXPECT_EQ(own.cells[6].text, "82.1");
  EXPECT_EQ(own.digests, "mosxav-val " + test::digest_of("stcn").substr(7, 12));
  EXPECT_THAT(own.cells[0].reason, HasSubstr("CADICA: cannot be measured"));
  EXPECT_THAT(own.cells[9].reason, HasSubstr("MOSXAV test: no result was given"));
  const PaperRow& difference = *(published + 2);
  EXPECT_EQ(difference.kind, PaperRowKind::difference);
  EXPECT_EQ(difference.cells[6].text, "+1.0");
  EXPECT_EQ(difference.cells[0].text, "–");
}

TEST(PaperTables, PutAnUnknownNameAtTheEnd) {
  const std::vector<MeasuredInput> inputs = {measured("Mine", 0.5), measured("Mine", 0.6, "xacv")};
  const PaperTable table = reproduce_table("table1", inputs).front();
  EXPECT_EQ(table.rows.back().label, "Mine, measured here");
  EXPECT_EQ(table.rows.back().cells[3].text, "60.0");
  EXPECT_EQ(table.rows.back().cells[6].text, "50.0");
}

TEST(PaperTables, ShowNoFigureThatDoesNotCompareAndSayWhy) {
  MeasuredInput incomplete = measured("A", 0.5);
  incomplete.result.complete = false;
  incomplete.result.sequences[1].complete = false;
  MeasuredInput other_rules = measured("B", 0.5);
  other_rules.result.protocol.name = "strict";
  MeasuredInput without_f = measured("C", 0.5);
  without_f.result.aggregates.pop_back();
  const std::vector<MeasuredInput> inputs = {incomplete, other_rules, without_f};
  const PaperTable table = reproduce_table("table1", inputs).front();
  const PaperCell& first = row_of(table, "A, measured here").cells[6];
  EXPECT_EQ(first.text, "–");
  EXPECT_THAT(first.reason, HasSubstr("incomplete (1 of 2 sequences)"));
  EXPECT_THAT(row_of(table, "B, measured here").cells[6].reason,
              HasSubstr("under the protocol 'strict'"));
  EXPECT_EQ(row_of(table, "C, measured here").cells[6].text, "50.0");
  EXPECT_THAT(row_of(table, "C, measured here").cells[8].reason, HasSubstr("the result has no F"));
}

TEST(PaperTables, SayWhichResultHasNoColumn) {
  const std::vector<MeasuredInput> inputs = {measured("D", 0.5, "davis2017-val")};
  EXPECT_THAT(reproduce_table("table1", inputs).front().notes.back(),
              HasSubstr("D.json is of davis2017-val, which has no column here"));
}

TEST(PaperTables, RefuseTwoResultsForOneCellAndUnknownTables) {
  const std::vector<MeasuredInput> inputs = {measured("A", 0.5), measured("A", 0.6)};
  EXPECT_THROW(reproduce_table("table1", inputs), Error);
  EXPECT_THROW(reproduce_table("table9", {}), Error);
  EXPECT_THROW(reproduce_table("table", {}), Error);
}

TEST(PaperTables, ShowTheSmallTablesAsText) {
  EXPECT_EQ(
      test::golden_problem("text/paper_table2.txt", paper_text(reproduce_table("table2", {}))), "");
  const std::vector<MeasuredInput> inputs = {measured("k=9", 0.75)};
  const std::vector<PaperTable> tables = reproduce_table("table3", inputs);
  ASSERT_EQ(tables.size(), 3U);
  EXPECT_EQ(
      test::golden_problem("text/paper_table3b.txt", paper_text(std::span(tables).subspan(1, 1))),
      "");
}

TEST(PaperTables, AreMarkdown) {
  EXPECT_EQ(
      test::golden_problem("text/paper_table2.md", paper_markdown(reproduce_table("table2", {}))),
      "");
}

TEST(PaperTables, AreLatexWithGroupedColumns) {
  EXPECT_EQ(
      test::golden_problem("text/paper_table2.tex", paper_latex(reproduce_table("table2", {}))),
      "");
  const std::string table1 = paper_latex(reproduce_table("table1", {}));
  EXPECT_THAT(table1,
              HasSubstr("& \\multicolumn{5}{c}{MOSXAV test} \\\\\n    \\cmidrule(lr){3-5}"));
  EXPECT_THAT(table1, HasSubstr("79.7\\textsuperscript{\\ddag}"));
}

TEST(PaperTables, AreAPageThatRequestsNothing) {
  const std::string page = paper_html(reproduce_table("table2", {}));
  const std::size_t start = page.find("<main id=\"main\">\n") + 17;
  EXPECT_EQ(test::golden_problem("text/paper_table2.html",
                                 page.substr(start, page.find("</main>") - start)),
            "");
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(PaperTables, EscapeNamesThatCameFromElsewhere) {
  const std::vector<MeasuredInput> inputs = {measured("<b>\\&|", 0.5)};
  const std::vector<PaperTable> tables = reproduce_table("table1", inputs);
  EXPECT_THAT(paper_html(tables), Not(HasSubstr("<b>\\")));
  EXPECT_THAT(paper_markdown(tables), Not(HasSubstr("<b>")));
  EXPECT_THAT(paper_latex(tables), HasSubstr("<b>\\textbackslash{}\\&|"));
}

// A file as `bench --json` writes it, of cases (strategy, matching, sampling, window, interval).
std::string speed_json(const std::string& cases, const std::string& threads = "2") {
  return R"({"schema": "bench-1", "tool": {"name": "angiobench"}, "environment": {"processor": "Toy <CPU>",
"threads": )" +
         threads +
         R"(, "libtorch": "1.13.0", "fast_engine": "oneDNN 2.6.3"}, "weights": "sha256:0123456789abcdef",
"width": 512, "height": 512, "objects": 3, "memory_frames": 5, "device": "cpu", "cases": [)" +
         cases + "]}";
}

std::string speed_case(const std::string& strategy, const std::string& matching,
                       const std::string& sampling, int window, int interval,
                       const std::string& speed) {
  return R"({"strategy": ")" + strategy + R"(", "matching": ")" + matching + R"(", "sampling": ")" +
         sampling + R"(", "window": )" + std::to_string(window) + R"(, "memory_every": )" +
         std::to_string(interval) + R"(, "fps_mean": )" + speed + R"(, "fps_std": 0.0124})";
}

TEST(PaperSpeeds, StandBesideThePublishedOnesWithMachineAndDigest) {
  const std::string text =
      speed_json(speed_case("unfold (the paper's)", "local", "unfold", 15, 6, "0.2") + "," +
                 speed_case("direct (no copies)", "local", "direct", 15, 6, "1.23456") + "," +
                 speed_case("direct (no copies)", "local", "direct", 9, 6, "12.34"));
  const std::vector<SpeedFile> speeds = {parse_speed_file(text, "speed.json")};
  const std::string digest = speeds[0].digest.substr(7, 12);
  const std::vector<MeasuredInput> inputs = {measured("unfold", 0.75)};
  const std::vector<PaperTable> tables = reproduce_table("table3", inputs, speeds);
  ASSERT_EQ(tables.size(), 3U);

  const PaperTable& strategies = tables[0];
  EXPECT_EQ(strategies.columns.back().title, "Frames per second, measured here");
  EXPECT_THAT(strategies.columns.back().headings, testing::ElementsAre("Toy <CPU>, 2 threads"));
  const PaperRow& unfold = row_of(strategies, "unfold, measured here");
  EXPECT_THAT(texts(unfold), testing::ElementsAre("70.0", "–", "–", "–", "0.200 ± 0.012"));
  EXPECT_THAT(unfold.digests, testing::EndsWith(", bench " + digest));
  EXPECT_THAT(unfold.digests, testing::StartsWith("mosxav-val "));
  EXPECT_THAT(texts(row_of(strategies, "unfold (the paper's)")),
              testing::ElementsAre("74.6", "25", "0.301 ± 0.004", "0.293 ± 0.001", "–"));
  const PaperRow& direct = row_of(strategies, "direct (no copies), measured here");
  EXPECT_EQ(direct.cells.back().text, "1.235 ± 0.012");
  EXPECT_EQ(direct.digests, "bench " + digest);
  EXPECT_THAT(strategies.notes,
              testing::Contains("bench " + digest +
                                " (speed.json): Toy <CPU>, 2 threads, 512x512, 3 objects, 5 frames "
                                "in memory, LibTorch 1.13.0, oneDNN 2.6.3, weights "
                                "sha256:0123456789ab"));

  EXPECT_EQ(row_of(tables[1], "k=9, measured here").cells.back().text, "12.3 ± 0.0");
  EXPECT_EQ(row_of(tables[1], "k=15, measured here").cells.back().text, "1.235 ± 0.012");
  EXPECT_EQ(row_of(tables[2], "r=6, measured here").cells.back().text, "1.235 ± 0.012");
  EXPECT_THAT(paper_html(tables), Not(HasSubstr("Toy <CPU>")));
  EXPECT_THAT(paper_text(tables), HasSubstr("1.235 ± 0.012"));
}

TEST(PaperSpeeds, OfOtherSettingsAreNamedAndNotShown) {
  const std::vector<SpeedFile> speeds = {parse_speed_file(
      speed_json(speed_case("direct (no copies)", "local", "direct", 15, 5, "1") + "," +
                 speed_case("best", "local-best-match", "direct", 15, 5, "2")),
      "speed.json")};
  const std::vector<PaperTable> tables = reproduce_table("table3", {}, speeds);
  EXPECT_EQ(row_of(tables[2], "r=5, measured here").cells.back().text, "1.000 ± 0.012");
  EXPECT_THAT(tables[2].notes, testing::Contains(HasSubstr("1 of 2 cases have another setting")));
}

TEST(PaperSpeeds, RefuseTwoForOneCellOtherTablesAndFilesThatAreNone) {
  const std::string one = speed_json(speed_case("x", "local", "direct", 15, 6, "1"));
  const std::vector<SpeedFile> twice = {parse_speed_file(one, "a.json"),
                                        parse_speed_file(one, "b.json")};
  EXPECT_THROW(reproduce_table("table3", {}, twice), Error);
  const std::vector<SpeedFile> machines = {
      twice[0],
      parse_speed_file(speed_json(speed_case("x", "local", "direct", 15, 6, "1"), "1"), "c.json")};
  EXPECT_THAT(reproduce_table("table3", {}, machines)[1].columns.back().headings,
              testing::ElementsAre("Toy <CPU>, 2 threads", "Toy <CPU>, 1 thread"));
  EXPECT_THROW(reproduce_table("table1", {}, machines), Error);
  EXPECT_THROW(parse_speed_file("{}", "x"), Error);
  EXPECT_THROW(parse_speed_file(speed_json(""), "x"), Error);
  EXPECT_THROW(parse_speed_file(speed_json(speed_case("x", "magic", "direct", 15, 6, "1")), "x"),
               Error);
}

}  // namespace
}  // namespace angiobench
