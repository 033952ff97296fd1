// SPDX-License-Identifier: MIT
// A measure that a user's own protocol lists is one row of the table of measures and one word in
// that file: everything else must follow, so nothing here but the protocol names Dice to the
// program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "dataset/files/atomic_file.h"
#include "dataset/masks/png.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/comparing/gate.h"
#include "evaluator/scoring/scorer.h"
#include "reports/comparison_report.h"
#include "reports/csv.h"
#include "reports/gate_report.h"
#include "reports/headline.h"
#include "reports/html/report.h"
#include "reports/leaderboard/store.h"
#include "reports/leaderboard/views.h"
#include "reports/participant.h"
#include "reports/result_json.h"
#include "reports/tables.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class OwnMeasure : public ::testing::Test {
 protected:
  void SetUp() override {
    std::mt19937_64 random(5);
    for (const char* const sequence : {"a", "b", "c"}) {
      for (int frame = 0; frame < 6; ++frame) {
        const std::string path = std::string(sequence) + "/0000" + std::to_string(frame) + ".png";
        const Mask truth = test::random_mask(70, 50, 2, random);
        write_mask_png(folder_ / ("truth/" + path), truth.view(), voc_palette());
        // Every other prediction is right.
        const Mask other = test::random_mask(70, 50, 2, random);
        write_mask_png(folder_ / ("predictions/" + path),
                       frame % 2 == 0 ? truth.view() : other.view(), voc_palette());
      }
    }
  }

  Result run(const std::string& measures) {
    const std::string file = folder_ / "mine.json";
    write_file_atomically(file, R"({"schema": "protocol-1", "name": "mine", "version": 1,
      "objects": {"from": "truth"}, "measures": )" +
                                    measures + "}");
    const Protocol protocol = load_protocol(file);
    const SequenceIndex index = index_ground_truth(folder_ / "truth", load_benchmark("flat"));
    const auto predictions = open_file_tree(folder_ / "predictions");
    ScoreOptions options;
    options.rows = FrameRows::keep;
    Result result =
        score(index, *predictions, protocol, find_missing(index, *predictions, protocol), options)
            .result;
    result.submission.name = "ours";
    attach_intervals(result);
    return result;
  }

  test::TempFolder folder_;
};

// The value of an object as Dice over its rows says it.
double dice_of(const SequenceScore& sequence, int object) {
  double sum = 0;
  int count = 0;
  for (const FrameScore& row : sequence.frames) {
    if (row.object_id != object || row.role != FrameRole::scored) continue;
    const double areas = static_cast<double>(row.counts.prediction) + row.counts.truth;
    sum += areas == 0 ? 1 : 2.0 * row.counts.intersection / areas;
    ++count;
  }
  return sum / count;
}

TEST_F(OwnMeasure, IsScored) {
  const Result result = run(R"(["Dice"])");
  double sum = 0;
  int count = 0;
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      EXPECT_NEAR(object.value(Metric("Dice")).value(), dice_of(sequence, object.id), 1e-12);
      sum += dice_of(sequence, object.id);
      ++count;
    }
  }
  const Aggregate* const dice = find_aggregate(result, Metric("Dice"), Scope::overall);
  ASSERT_NE(dice, nullptr);
  EXPECT_NEAR(dice->value.value(), sum / count, 1e-12);
  EXPECT_EQ(dice->n, static_cast<std::uint64_t>(count));
  ASSERT_TRUE(dice->interval);
  EXPECT_LT(dice->interval->low, dice->interval->high);
  // It changes no other number.
  EXPECT_EQ(find_aggregate(result, Metric("J&F"), Scope::overall)->value,
            find_aggregate(run("[]"), Metric("J&F"), Scope::overall)->value);
}

TEST_F(OwnMeasure, StandsInEveryFile) {
  const Result result = run(R"(["Dice"])");
  const std::string json = result_to_json(result);
  EXPECT_THAT(json, HasSubstr(R"({"id": "Dice", "name": "Dice", "words": )"));
  EXPECT_THAT(json, HasSubstr(R"({"metric": "Dice", "scope": "overall")"));
  EXPECT_THAT(json, HasSubstr(R"("extra": {"Dice": )"));
  const Result read = result_from_json(json, "result.json");
  EXPECT_EQ(result_to_json(read), json);
  EXPECT_EQ(read.sequences[1].objects[0].values, result.sequences[1].objects[0].values);
  EXPECT_EQ(read.metrics, result.metrics);

  EXPECT_THAT(summary_csv(result), HasSubstr("\nDice,overall,"));
  EXPECT_THAT(per_sequence_csv(result), HasSubstr("sequence,objects,frames_scored,J&F,J,F,Dice\n"));
  EXPECT_THAT(per_object_csv(result),
              HasSubstr("F_mean,F_recall,F_decay,J&F,Dice,Dice_recall,Dice_decay\n"));
  const FrameMeasures measures = frame_measures(result.protocol);
  const std::string rows =
      per_frame_csv_header(measures) + per_frame_csv_rows(result.sequences[0], measures);
  EXPECT_THAT(rows, HasSubstr("truth_matched,J,F,Dice\n"));
  Result again = read;
  read_per_frame_csv(rows, "per_frame.csv", again);
  EXPECT_EQ(again.sequences[0].frames.size(), result.sequences[0].frames.size());
  EXPECT_THAT(long_csv({&result, 1}), HasSubstr("\nDice,a,ours,"));
  EXPECT_THAT(participant_json(participant_report(result)), HasSubstr(R"("metric": "Dice")"));
}

TEST_F(OwnMeasure, StandsInEveryTable) {
  const Result result = run(R"(["Dice"])");
  const std::string shown = format_score(
      find_aggregate(result, Metric("Dice"), Scope::overall)->value, ScoreStyle::percent);
  EXPECT_THAT(headline_text(result), HasSubstr("Dice"));
  EXPECT_THAT(markdown_table(paper_table({&result, 1})), HasSubstr("| F | Dice |"));
  EXPECT_THAT(latex_table(paper_table({&result, 1})), HasSubstr("$\\mathcal{F}$ & Dice \\\\\n"));
  EXPECT_THAT(csv_table(sequence_table(result)), HasSubstr("J&F,J,F,Dice\n"));
  EXPECT_THAT(csv_table(object_table(result)), HasSubstr("Dice,Dice recall,Dice decay\n"));
  const std::string page = report_html(result);
  EXPECT_THAT(page, HasSubstr("<b>Dice</b> <span class=\"w\">overlap, "));
  EXPECT_THAT(page, HasSubstr(">Dice</th>"));         // sequences and objects
  EXPECT_THAT(page, HasSubstr(">Dice recall</th>"));  // objects
  EXPECT_THAT(page, HasSubstr(">" + shown + "</td>"));
}

TEST_F(OwnMeasure, IsComparedAndGated) {
  const Result before = run(R"(["Dice"])");
  Result after = before;
  after.submission.digest = "sha256:" + std::string(64, 'e');
  for (SequenceScore& sequence : after.sequences) {
    for (ObjectScore& object : sequence.objects) object.values[Metric("Dice")] -= 0.2;
  }
  for (Aggregate& aggregate : after.aggregates) {
    if (aggregate.metric == Metric("Dice")) *aggregate.value -= 0.2;
  }
  const std::vector<Result> both = {before, after};
  EXPECT_THAT(comparison_text(compare_by_name(both)), HasSubstr("Dice"));
  const auto verdict = [&](const std::string& rule) {
    const GateRules rules = parse_gate_rules(
        R"({"schema": "gate-1", "rules": [{"metric": "Dice", "scope": "overall", )" + rule + "}]}",
        "gate.json");
    return evaluate_gate(after, &before, rules);
  };
  EXPECT_EQ(verdict(R"("max_drop": 0.1)").verdict, Outcome::failed);
  EXPECT_EQ(verdict(R"("max_drop": 0.3)").verdict, Outcome::passed);
  EXPECT_THAT(gate_text(verdict(R"("max_drop": 0.1)")), HasSubstr("failed: Dice overall"));
}

TEST_F(OwnMeasure, IsRankedOnTheBoard) {
  const Result result = run(R"(["Dice", "J&F", "J", "F"])");
  SubmissionFacts facts;
  facts.method = "Ours";
  facts.time = "2026-01-01T00:00:00Z";
  Board board = Board::open_or_create(folder_ / "board.sqlite", {}, {});
  board.add(std::vector{measured_entry(result, facts, "result.json")});
  const BoardView view = load_view(board);
  EXPECT_THAT(board_markdown(view), HasSubstr("| Team | Dice | 95 % interval | J&amp;F | J | F |"));
}

TEST_F(OwnMeasure, RanksWhereItIsNamedFirst) {
  const Result result = run(R"(["Dice", "J&F", "J", "F"])");
  EXPECT_EQ(ranking_metric(result), Metric("Dice"));
  EXPECT_EQ(result.aggregates.front().metric, Metric("Dice"));
  const std::vector<Result> both = {result, result};
  EXPECT_EQ(compare_results(both[0], both[1]).case_metric.metric, Metric("Dice"));
  EXPECT_THAT(report_html(result), HasSubstr("histogram of Dice of "));
}

// MOSEv2: one name is one measure, on the page and in the files.
TEST_F(OwnMeasure, OneNameIsOneMeasureUnderTwoRadii) {
  const std::string file = folder_ / "two.json";
  write_file_atomically(file, R"({"schema": "protocol-1", "name": "two", "version": 1,
    "objects": {"from": "truth"}, "boundary": {"rule": "mose-v2"}, "region": "plus-one",
    "measures": ["segments"]})");
  // Squares of 40 pixels, 5 pixels apart: within F's 7, beyond the 4 that Ḟ allows such a square.
  for (int frame = 0; frame < 3; ++frame) {
    for (const auto& [folder, left] : {std::pair("two/truth/", 100), std::pair("two/mine/", 105)}) {
      Mask mask(640, 480);
      for (int y = 200; y < 240; ++y) {
        for (int x = left; x < left + 40; ++x) mask.at(x, y) = 1;
      }
      write_mask_png(folder_ / (std::string(folder) + "a/0000" + std::to_string(frame) + ".png"),
                     mask.view(), voc_palette());
    }
  }
  const Protocol protocol = load_protocol(file);
  const SequenceIndex index = index_ground_truth(folder_ / "two/truth", load_benchmark("flat"));
  const auto predictions = open_file_tree(folder_ / "two/mine");
  ScoreOptions options;
  options.rows = FrameRows::keep;
  const Result result =
      score(index, *predictions, protocol, find_missing(index, *predictions, protocol), options)
          .result;
  EXPECT_EQ(ranking_metric(result), Metric("J&Ḟ"));
  const ObjectScore& object = result.sequences[0].objects[0];
  EXPECT_EQ(object.value(Metric("F")), 1.0);
  EXPECT_LT(object.value(Metric("Ḟ")).value(), 0.99);
  EXPECT_DOUBLE_EQ(object.value(Metric("J&Ḟ")).value(),
                   (*object.value(Metric("J")) + *object.value(Metric("Ḟ"))) / 2);

  // Rows of frames hold Ḟ, and J as the protocol defines it: their means are the object's.
  const FrameMeasures measures = frame_measures(result.protocol);
  EXPECT_THAT(per_frame_csv_header(measures), HasSubstr("truth_matched,J,Ḟ\n"));
  double j = 0;
  double contour = 0;
  int count = 0;
  for (const FrameScore& row : result.sequences[0].frames) {
    if (row.object_id != object.id || row.role != FrameRole::scored) continue;
    j += measures.value(measures.region(), row);
    contour += measures.value(measures.contour(), row);
    ++count;
  }
  EXPECT_NEAR(j / count, *object.value(Metric("J")), 1e-12);
  EXPECT_NEAR(contour / count, *object.value(Metric("Ḟ")), 1e-12);

  // Every file says F for F.
  const Result read = result_from_json(result_to_json(result), "result.json");
  EXPECT_EQ(read.sequences[0].objects[0].values, object.values);
  EXPECT_THAT(per_object_csv(result),
              HasSubstr("J_mean,J_recall,J_decay,F_mean,F_recall,F_decay,J&Ḟ,Ḟ,Ḟ_recall,Ḟ_decay,"));
  EXPECT_THAT(per_sequence_csv(result), HasSubstr("frames_scored,J&Ḟ,J,Ḟ,J&Ḟ_d,J&Ḟ_r,F,J&F\n"));
  const std::string page = report_html(result);
  EXPECT_THAT(page, HasSubstr("J&amp;Ḟ over time"));
  EXPECT_THAT(page, HasSubstr("J and Ḟ per frame"));
  EXPECT_THAT(page, Not(HasSubstr("J and F per frame")));
}

}  // namespace
}  // namespace angiobench
