// SPDX-License-Identifier: MIT
#include "reports/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "evaluator/measures.h"
#include "tests/support/results.h"

namespace angiobench {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ScoreFormat, KeepsEachCommunitysHabit) {
  EXPECT_EQ(format_score(0.49254, ScoreStyle::percent), "49.3");
  EXPECT_EQ(format_score(0.49254, published_style("davis2017-val")), "0.493");
  EXPECT_EQ(format_score(0.49254, published_style("davis2017-test-dev")), "0.493");
  EXPECT_EQ(format_score(0.49254, published_style("vost-val")), "49.3");
  EXPECT_EQ(format_score(1.0, ScoreStyle::percent), "100.0");
  EXPECT_EQ(format_score(std::nullopt, ScoreStyle::percent), "–");
  EXPECT_EQ(format_score(std::nan(""), ScoreStyle::percent), "–");
}

TEST(ScoreFormat, GivesDifferencesASignUnlessTheyRoundToNothing) {
  EXPECT_EQ(format_difference(0.0123, ScoreStyle::percent), "+1.2");
  EXPECT_EQ(format_difference(-0.0123, ScoreStyle::percent), "−1.2");
  EXPECT_EQ(format_difference(-0.0004, ScoreStyle::percent), "0.0");
  EXPECT_EQ(format_difference(-0.0004, ScoreStyle::fraction), "0.000");
}

MetricDescriptor described(std::string_view text) {
  return describe(metric_named(text), Display::percent);
}

TEST(MetricHeading, TakesNoLatexFromAFile) {
  MetricDescriptor metric = described("\\input{x}");
  metric.name = "\\input{/etc/passwd}";
  EXPECT_THAT(metric_heading_latex(metric), Not(HasSubstr("\\input")));
}

TEST(MetricHeading, MarksGroupsAndStatistics) {
  EXPECT_EQ(metric_heading(described("J&F"), Scope::overall), "J&F");
  EXPECT_EQ(metric_heading(described("J"), Scope::seen), "J_s");
  EXPECT_EQ(metric_heading(described("F_recall"), Scope::overall), "F recall");
  EXPECT_EQ(metric_heading(described("J&F"), Scope::pooled), "J&F (pooled)");
  EXPECT_EQ(metric_heading_latex(described("J&F"), Scope::overall),
            "$\\mathcal{J}\\&\\mathcal{F}$");
  EXPECT_EQ(metric_heading_latex(described("F"), Scope::unseen), "$\\mathcal{F}_u$");
  EXPECT_EQ(metric_heading_latex(described("J_decay"), Scope::overall), "$\\mathcal{J}$ decay");
  EXPECT_EQ(metric_heading_latex(described("J&F\xCC\x87"), Scope::overall),
            "$\\mathcal{J}\\&\\dot{\\mathcal{F}}$");
  EXPECT_EQ(metric_heading_latex(described("mIoU"), Scope::overall), "mIoU");
}

TEST(PaperTable, IsWrittenAsMarkdown) {
  const Result result = test::tiny_result();
  EXPECT_EQ(markdown_table(paper_table({&result, 1})),
            "Results on mosxav-test under protocol mosxav-test (version 1): 2 sequences, 3 "
            "objects, percent.\n"
            "\n"
            "| Method | J&amp;F | J | F | J\\_s | F\\_s | J\\_u | F\\_u |\n"
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
            "| our-method | 44.2 | 38.3 | 50.0 | 20.0 | 37.5 | 75.0 | 75.0 |\n"
            "\n"
            "- our-method: predictions sha256 "
            "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\n");
}

TEST(PaperTable, IsWrittenAsLatex) {
  Result result = test::tiny_result();
  result.aggregates.resize(3);
  result.submission.name = "R&D_50%";
  EXPECT_EQ(latex_table(paper_table({&result, 1})),
            "% needs \\usepackage{booktabs}\n"
            "% R\\&D\\_50\\%: predictions sha256 "
            "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\n"
            "\\begin{table}[t]\n"
            "  \\centering\n"
            "  \\caption{Results on mosxav-test under protocol mosxav-test (version 1): 2 "
            "sequences, 3 objects, percent.}\n"
            "  \\label{tab:mosxav-test}\n"
            "  \\begin{tabular}{lrrr}\n"
            "    \\toprule\n"
            "    Method & $\\mathcal{J}\\&\\mathcal{F}$ & $\\mathcal{J}$ & $\\mathcal{F}$ \\\\\n"
            "    \\midrule\n"
            "    R\\&D\\_50\\% & 44.2 & 38.3 & 50.0 \\\\\n"
            "    \\bottomrule\n"
            "  \\end{tabular}\n"
            "\\end{table}\n");
}

TEST(PaperTable, MarksTheBestAndTiesAsPrinted) {
  std::vector<Result> results(3, test::tiny_result());
  results[1].submission.name = "second";
  results[2].submission.name = "third";
  results[1].aggregates[0].value = *results[0].aggregates[0].value + 0.00001;
  results[2].aggregates[0].value = 0.1;
  const Table table = paper_table(results);
  EXPECT_TRUE(table.rows[0][1].strong);
  EXPECT_TRUE(table.rows[1][1].strong);
  EXPECT_FALSE(table.rows[2][1].strong);
  EXPECT_THAT(markdown_table(table), HasSubstr("| second | **44.2** |"));
}

TEST(PaperTable, NeverPrintsAnIncompleteOrForeignResultAsAScore) {
  std::vector<Result> results(3, test::tiny_result());
  results[1].submission.name = "half";
  results[1].complete = false;
  results[1].sequences[1].complete = false;
  results[1].aggregates[0].value = 0.99;
  results[2].submission.name = "foreign";
  results[2].dataset.digest = "sha256:" + std::string(64, 'f');
  results[2].aggregates[0].value = 0.98;
  const std::string text = markdown_table(paper_table(results));
  EXPECT_THAT(text, HasSubstr("| half † | 99.0 |"));
  EXPECT_THAT(text, HasSubstr("† half: incomplete, 1 of 2 sequences; not a score of mosxav-test"));
  EXPECT_THAT(text, HasSubstr("| foreign ‡ | 98.0 |"));
  EXPECT_THAT(text, HasSubstr("not comparable with the first row"));
  EXPECT_THAT(text, HasSubstr("| our-method | **44.2** |"));
}

TEST(PaperTable, EscapesHostileNamesForWhereTheyGo) {
  Result result = test::tiny_result();
  result.submission.name = "=cmd|'/c calc'!A1\n<script>\\input{/etc/passwd}";
  EXPECT_THAT(csv_table(paper_table({&result, 1})), HasSubstr("\"'=cmd|"));
  const std::string markdown = markdown_table(paper_table({&result, 1}));
  EXPECT_THAT(markdown, Not(HasSubstr("<script>")));
  EXPECT_THAT(markdown, HasSubstr("=cmd\\|'/c calc'!A1 "));
  EXPECT_THAT(latex_table(paper_table({&result, 1})), Not(HasSubstr("\\input")));
}

TEST(SequenceAndObjectTables, HoldARowForEach) {
  const Result result = test::tiny_result();
  EXPECT_EQ(csv_table(sequence_table(result)),
            "Sequence,Objects,Frames,J&F,J,F\n"
            "v00,2,3,64.2,57.5,70.8\n"
            "v01,1,3,4.2,0.0,8.3\n");
  EXPECT_EQ(csv_table(object_table(result)),
            "Sequence,Object,Group,Frames,J&F,J,J recall,J decay,F,F recall,F decay\n"
            "v00,1,seen,3,53.3,40.0,0.0,30.0,66.7,66.7,25.0\n"
            "v00,2,unseen,2,75.0,75.0,50.0,50.0,75.0,50.0,50.0\n"
            "v01,1,seen,3,4.2,0.0,0.0,0.0,8.3,0.0,25.0\n");
}

TEST(LongCsv, IsWhatChallengeRReads) {
  std::vector<Result> results(2, test::tiny_result());
  results[1].submission.digest = "sha256:" + std::string(64, 'd');
  results[1].sequences[1].objects.clear();
  const std::string text = long_csv(results);
  EXPECT_TRUE(
      text.starts_with("task,case,algorithm,value\nJ&F,v00,our-method (cccccccc),0.641666"));
  EXPECT_THAT(text, HasSubstr("\nJ,v01,our-method (dddddddd),NA\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 3 * 2 * 2);
}

}  // namespace
}  // namespace angiobench
