// SPDX-License-Identifier: MIT
// Results of classes and maps in every writer: CSV, terminal, tables, the page, published tables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/protocol.h"
#include "reports/class_csv.h"
#include "reports/csv.h"
#include "reports/headline.h"
#include "reports/html/report.h"
#include "reports/leaderboard/entry.h"
#include "reports/leaderboard/standings.h"
#include "reports/paper_tables.h"
#include "reports/result_json.h"
#include "reports/still_tables.h"
#include "reports/tables.h"

namespace angiobench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kDigest =
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

Result stamped(const char* protocol_name, const char* dataset) {
  const Protocol protocol = load_protocol(protocol_name);
  Result result;
  result.tool_version = "1.0";
  result.git_commit = "c0ffee";
  result.protocol = stamp_of(protocol);
  result.metrics = describe_measures(protocol);
  result.dataset.name = dataset;
  result.dataset.digest = kDigest;
  result.dataset.sequences = 2;
  result.dataset.frames_scored = 2;
  result.submission.name = "mine";
  result.submission.digest = kDigest;
  return result;
}

Aggregate aggregate(const char* metric, std::optional<double> value, std::uint64_t n) {
  Aggregate made;
  made.metric = Metric(metric);
  made.value = value;
  made.n = n;
  made.n_left_out = 0;
  return made;
}

// Two sequences of 100 pixels: vessels 10 of 20 found in one, 20 of 20 in the other.
Result classes() {
  Result result = stamped("semantic", "mosxav-semantic-val");
  ClassScore background;
  background.name = "background";
  background.is_background = true;
  background.images = 2;
  background.sums = {160, 160, 170};
  background.iou = 160.0 / 170;
  background.dice = 320.0 / 330;
  ClassScore vessel;
  vessel.id = 1;
  vessel.name = "=vessel";
  vessel.group = ObjectGroup::seen;
  vessel.images = 2;
  vessel.sums = {30, 40, 30};
  vessel.iou = 0.75;
  vessel.dice = 60.0 / 70;
  vessel.precision = 1;
  vessel.sensitivity = 0.75;
  vessel.iou_image = 0.75;
  result.classes = {background, vessel};
  result.confusion = ConfusionRecord{{0, 1}, {{160, 0}, {10, 30}}};
  for (const std::uint64_t found : {10U, 20U}) {
    SequenceScore& sequence = result.sequences.emplace_back();
    sequence.name = found == 10 ? "v00" : "v01";
    sequence.frames_scored = 1;
    sequence.classes = {{80, 80, 80 + 20 - found}, {found, 20, found}};
    sequence.measures[Metric("mIoU_foreground")] = {static_cast<double>(found) / 20, 1};
    sequence.measures[Metric("mIoU_image")] = {0.5, 3};
  }
  result.aggregates = {aggregate("mIoU_foreground", 0.75, 1),
                       aggregate("mIoU", (160.0 / 170 + 0.75) / 2, 2),
                       aggregate("pixel_accuracy", 0.95, 2)};
  return result;
}

Result maps() {
  Result result = stamped("dias", "dias-test");
  for (const double value : {0.9, 0.7}) {
    SequenceScore& sequence = result.sequences.emplace_back();
    sequence.name = value == 0.9 ? "s1" : "s2";
    sequence.frames_scored = 1;
    sequence.measures[Metric("DSC")] = {value, 1};
    sequence.measures[Metric("AUC")] = {std::nullopt, 0};
  }
  result.aggregates = {aggregate("DSC", 0.8, 2), aggregate("AUC", std::nullopt, 0)};
  for (Aggregate& one : result.aggregates) one.variant = "published";
  result.aggregates[0].deviation = 0.1;
  CurveRecord curve{std::vector<std::uint64_t>(256), std::vector<std::uint64_t>(256)};
  curve.on[200] = 30;
  curve.on[10] = 10;
  curve.off[10] = 150;
  curve.off[200] = 10;
  result.curve = curve;
  return result;
}

TEST(ClassResult, IsReadBackFromItsFile) {
  for (Result result : {classes(), maps()}) {
    attach_intervals(result);
    const std::string text = result_to_json(result);
    EXPECT_EQ(result_to_json(result_from_json(text, "r.json")), text);
    EXPECT_THAT(text, HasSubstr("\"task\": "));
  }
  // Figures that contradict each other are refused.
  std::string text = result_to_json(classes());
  text.replace(text.find("\"union\": 170"), 12, "\"union\": 171");
  EXPECT_THROW(result_from_json(text, "r.json"), std::exception);
}

TEST(ClassResult, ResamplesIntersectionsAndUnionsTogether) {
  Result result = classes();
  attach_intervals(result);
  // Draws of two of two: 10/20, 30/40 or 20/20 of the vessels.
  ASSERT_TRUE(result.aggregates[0].interval);
  EXPECT_EQ(result.aggregates[0].interval->low, 0.5);
  EXPECT_EQ(result.aggregates[0].interval->high, 1);
  ASSERT_TRUE(result.classes[1].interval);
  EXPECT_EQ(result.classes[1].interval->low, 0.5);
}

TEST(ClassCsv, HasClassesAndConfusion) {
  Result result = classes();
  EXPECT_EQ(per_class_csv(result),
            "id,name,group,background,images,intersection,union,truth,prediction,IoU,Dice,"
            "precision,sensitivity,IoU_image,low,high\n"
            "0,background,,1,2,160,170,160,170,0.94117647058823528,0.96969696969696972,,,,,\n"
            "1,'=vessel,seen,0,2,30,40,40,30,0.75,0.8571428571428571,1,0.75,0.75,,\n");
  EXPECT_EQ(confusion_csv(result), "truth,background,'=vessel\nbackground,160,0\n'=vessel,10,30\n");
  EXPECT_THAT(summary_csv(maps()),
              HasSubstr("metric,scope,value,n,low,high,std,n_left_out,variant\n"
                        "DSC,overall,0.80000000000000004,2,,,0.10000000000000001,0,published\n"
                        "AUC,overall,,0,,,,0,published\n"));
  EXPECT_EQ(per_sequence_csv(result).substr(0, per_sequence_csv(result).find('\n')),
            "sequence,objects,frames_scored,mIoU_foreground,mIoU_image");
}

TEST(Headline, TellsWhatAMeanIsOver) {
  const std::string text = headline_text(classes());
  EXPECT_THAT(text, HasSubstr("mosxav-semantic-val, protocol semantic v1: 2 sequences, 2 images"));
  EXPECT_THAT(text, HasSubstr("75.0"));
  EXPECT_THAT(text, HasSubstr("mean of 2 classes"));
  EXPECT_THAT(text, HasSubstr("=vessel"));
  EXPECT_THAT(text, Not(HasSubstr("object")));
  const std::string row = headline_text(maps());
  EXPECT_THAT(row, HasSubstr("0.8000 ± 0.1000"));
  EXPECT_THAT(row, HasSubstr("as published: 0.8$\\pm$0.1 & nan$\\pm$nan"));
}

TEST(ReportHtml, HasClassesInThePlaceOfObjects) {
  Result result = classes();
  attach_intervals(result);
  const std::string page = report_html(result);
  for (const char* const id : {"id=\"confusion\"", "id=\"classes\"", "id=\"sequences\"",
                               "id=\"show-counts\"", "id=\"leaderboard\"", "href=\"#classes\""})
    EXPECT_THAT(page, HasSubstr(id));
  for (const char* const id : {"id=\"objects\"", "id=\"gallery\"", "id=\"distribution\"",
                               "href=\"#gallery\"", "0 objects"})
    EXPECT_THAT(page, Not(HasSubstr(id)));
  EXPECT_THAT(page, HasSubstr("title=\"=vessel taken for background: 10 pixels\""));
  EXPECT_THAT(page, HasSubstr(">25.0<"));  // a quarter of the vessel's pixels
  EXPECT_THAT(page, HasSubstr("with and without the background"));
  EXPECT_EQ(page, report_html(result));
}

TEST(ReportHtml, FoldsManyLabelsByTheirNames) {
  Result result = classes();
  result.protocol.task = "multilabel";
  result.confusion.reset();
  result.classes.clear();
  for (int i = 0; i < 30; ++i) {
    ClassScore& label = result.classes.emplace_back();
    label.id = i;
    label.name = i < 20   ? "rib_" + std::to_string(i)
                 : i < 29 ? "lung_" + std::to_string(i)
                          : "heart";
    label.sums = {static_cast<std::uint64_t>(i), 30, 30};
    label.iou = i / 60.0;
  }
  for (SequenceScore& sequence : result.sequences) sequence.classes.clear();
  const std::string page = report_html(result);
  EXPECT_THAT(page, HasSubstr("The best 10"));
  EXPECT_THAT(page, HasSubstr("The worst 10"));
  EXPECT_THAT(page, HasSubstr("<summary><b>rib</b> <span class=\"w\">20 labels"));
  EXPECT_THAT(page, HasSubstr("<b>single labels</b> <span class=\"w\">1 label,"));
}

TEST(ReportHtml, DrawsTheCurvesOfMaps) {
  const std::string page = report_html(maps());
  EXPECT_THAT(page, HasSubstr("ROC and precision-recall"));
  // 30 of 40 above all but 10 of 160: AUC (30 * 150 + 30 * 10 / 2 + 10 * 150 / 2) / (40 * 160).
  EXPECT_THAT(page, HasSubstr("ROC curve, area 0.8438"));
  EXPECT_THAT(page, HasSubstr("copy-row"));
  EXPECT_THAT(page, HasSubstr("0.8000 ± 0.1000"));
}

TEST(StillTables, HavePublishedRowsBesideMeasuredOnes) {
  const MeasuredInput input{"mine", "out", maps()};
  const std::string dias = paper_text(still_table("dias-table2", {&input, 1}));
  EXPECT_THAT(dias, HasSubstr("0.8±0.1"));
  EXPECT_THAT(dias, HasSubstr("nan±nan"));
  EXPECT_THAT(dias, HasSubstr("not transcribed"));
  EXPECT_THAT(paper_latex(still_table("dias-table2", {&input, 1})), HasSubstr("0.8$\\pm$0.1"));
  const std::string paxray = paper_text(still_table("paxray", {}));
  for (const char* const figure : {"60.6", "57.07", "52.77", "no result was given"})
    EXPECT_THAT(paxray, HasSubstr(figure));
  const MeasuredInput semantic{"mine", "out", classes()};
  const std::string classes_table = paper_text(still_table("mosxav-semantic", {&semantic, 1}));
  EXPECT_THAT(classes_table, HasSubstr("75.0"));
  EXPECT_THAT(classes_table, HasSubstr("no published figures of this task were found"));
  EXPECT_THAT(classes_table, HasSubstr("MOSXAV test: no result was given"));
}

// The board ranks by the protocol's first measure.
TEST(Leaderboard, RanksByTheTasksFirstMeasure) {
  SubmissionFacts facts;
  facts.method = "A";
  Result better = classes();
  better.aggregates[0].value = 0.8;
  better.aggregates[1].value = 0.1;
  better.submission.digest.back() = '0';
  std::vector<BoardRun> runs(2);
  runs[0].id = 1;
  runs[0].entry = measured_entry(classes(), facts, "a");
  facts.method = "B";
  runs[1].id = 2;
  runs[1].entry = measured_entry(better, facts, "b");
  const std::vector<DatasetStandings> boards = standings_of(runs);
  ASSERT_EQ(boards.size(), 1U);
  const StandingGroup& group = boards.front().groups.front();
  EXPECT_EQ(group.columns.front().metric.metric, Metric("mIoU_foreground"));
  EXPECT_EQ(group.standings.front().run->entry.facts.method, "B");
}

}  // namespace
}  // namespace angiobench
