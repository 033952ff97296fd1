// SPDX-License-Identifier: MIT
// How measures of vessels are shown: the table and the maps of the page, the lines of the terminal,
// the integers, nnU-Net's summary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/masks/png.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/comparing/gate.h"
#include "evaluator/scoring/scorer.h"
#include "evaluator/vessel/vessel_counter.h"
#include "reports/csv.h"
#include "reports/headline.h"
#include "reports/html/report.h"
#include "reports/html/result_folder.h"
#include "reports/nnunet.h"
#include "reports/pair_csv.h"
#include "reports/result_json.h"
#include "reports/result_table.h"
#include "reports/skeleton_map.h"
#include "reports/tables.h"
#include "reports/vessel_text.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class VesselReport : public ::testing::Test {
 protected:
  void SetUp() override {
    const Mask line = test::mask_from({".............", ".............", "...#####.....",
                                       ".............", ".............", "............."});
    const Mask half = test::mask_from({".............", ".............", "...##........",
                                       ".............", ".........##..", "............."});
    const Mask nothing(13, 6);
    for (const char* const sequence : {"a", "b"}) {
      for (int frame = 0; frame < 3; ++frame) {
        const std::string path = std::string(sequence) + "/0000" + std::to_string(frame) + ".png";
        write_mask_png(folder_ / ("truth/" + path), (frame < 2 ? line : nothing).view(),
                       voc_palette());
        const Mask& prediction = frame == 1 ? nothing : frame == 2 ? half : line;
        write_mask_png(folder_ / ("predictions/" + path),
                       (*sequence == 'b' && frame == 0 ? half : prediction).view(), voc_palette());
      }
    }
  }

  Protocol protocol(const std::vector<std::string>& words) const {
    return with_measures(parse_protocol(R"({"schema": "protocol-1", "name": "mine", "version": 1,
                                            "objects": {"from": "truth"}})",
                                        "mine"),
                         words, {});
  }

  Result run(const std::vector<std::string>& words, ResultFolder* folder = nullptr) {
    const SequenceIndex index = index_ground_truth(folder_ / "truth", load_benchmark("flat"));
    const auto predictions = open_file_tree(folder_ / "predictions");
    const Protocol rules = protocol(words);
    ScoreOptions options;
    options.rows = FrameRows::keep;
    if (folder != nullptr) folder->attach(options);
    Result result =
        score(index, *predictions, rules, find_missing(index, *predictions, rules), options).result;
    attach_intervals(result);
    return result;
  }

  test::TempFolder folder_;
};

TEST_F(VesselReport, TellsAllMeasuresInALineAGroup) {
  const std::string text = headline_text(run({"vessel"}));
  EXPECT_THAT(text, HasSubstr("  vessels, overall:\n    clDice "));
  EXPECT_THAT(text, HasSubstr("\n    centreline lost 6.5 px, centreline invented "));
  EXPECT_THAT(text, HasSubstr("\n    hd "));
  EXPECT_THAT(text, HasSubstr(" px (both there: "));
  EXPECT_THAT(text, HasSubstr("\n    nsd@1 "));
  EXPECT_THAT(text, HasSubstr("    one mask alone in 4 of 6 frames of objects"));
  EXPECT_THAT(text, Not(HasSubstr("hd95 defined")));
  EXPECT_THAT(headline_text(run({})), Not(HasSubstr("vessels")));
}

TEST_F(VesselReport, HasATableOfVesselsAndOneOfEveryMeasure) {
  const std::string page = report_html(run({"vessel"}));
  EXPECT_THAT(page, HasSubstr("<section id=\"vessels\""));
  EXPECT_THAT(page, HasSubstr("href=\"#vessels\""));
  EXPECT_THAT(page, HasSubstr("All objects"));
  EXPECT_THAT(page, HasSubstr("<title>thin "));
  EXPECT_THAT(page, HasSubstr("HD95, px"));
  EXPECT_THAT(page, HasSubstr("2 of 3"));
  EXPECT_THAT(page, HasSubstr("<b>hd95-pooled defined</b>"));
  // Tables of everything hold those that stand for the others.
  const std::size_t headline = page.find("<section id=\"headline\"");
  const std::string first = page.substr(headline, page.find("</section>", headline) - headline);
  EXPECT_THAT(first, HasSubstr(">hd95<"));
  EXPECT_THAT(first, Not(HasSubstr("masd")));
  EXPECT_THAT(report_html(run({})), Not(HasSubstr("id=\"vessels\"")));
}

TEST_F(VesselReport, ShowsFewMeasuresEverywhereAndAnyOneOnRequest) {
  const Result few = run({"assd"});
  EXPECT_TRUE(is_shown_in_tables(few, Metric("assd")));
  const Result all = run({"vessel"});
  EXPECT_FALSE(is_shown_in_tables(all, Metric("assd")));
  EXPECT_TRUE(is_shown_in_tables(all, Metric("cldice")));
  EXPECT_TRUE(is_shown_in_tables(all, region_metric()));
  const std::vector<NamedResult> named = named_results({all}, {"mine"}, {"mine"});
  ResultTableOptions options;
  const auto headings = [&] {
    std::vector<std::string> found;
    for (const Table::Column& column : result_table(named, options).columns)
      found.push_back(column.heading);
    return found;
  };
  EXPECT_THAT(headings(),
              ElementsAre("Method", "J&F", "J", "F", "clDice", "hd95", "hd95 defined", "nsd@2"));
  options.columns = {"J", "masd"};
  EXPECT_THAT(headings(), ElementsAre("Method", "J", "masd"));
}

TEST_F(VesselReport, GatesOnEveryMeasureByItsDirection) {
  const Result before = run({"vessel"});
  Result after = before;
  for (Aggregate& aggregate : after.aggregates) {
    if (is_pair_metric(aggregate.metric) && aggregate.value) *aggregate.value += 0.25;
  }
  after.submission.digest = "sha256:other";
  const auto verdict = [&](const std::string& metric) {
    const GateRules rules =
        parse_gate_rules(R"({"schema": "gate-1", "rules": [{"metric": ")" + metric +
                             R"(", "scope": "overall", "max_drop": 0.1, "level": "error"}]})",
                         "gate.json");
    return evaluate_gate(after, &before, rules).verdict;
  };
  int num_checked = 0;
  for (const MetricDescriptor& metric : vessel_metrics(before)) {
    const Aggregate* const own = find_aggregate(before, metric.metric, Scope::overall);
    if (!own->value) continue;
    EXPECT_EQ(verdict(metric.metric.id),
              metric.direction == Direction::lower_is_better ? Outcome::failed : Outcome::passed)
        << metric.metric.id;
    ++num_checked;
  }
  EXPECT_GT(num_checked, 30);
}

TEST_F(VesselReport, WritesColumnsAndIntegers) {
  const Result result = run({"cldice", "nsd@2"});
  EXPECT_THAT(summary_csv(result),
              HasSubstr("metric,scope,value,n,low,high,n_one_empty,n_left_out"));
  EXPECT_THAT(summary_csv(run({})), HasSubstr("metric,scope,value,n,low,high\n"));
  EXPECT_THAT(per_object_csv(result), HasSubstr(",cldice,tprec,tsens,nsd@2\n"));
  PairColumns columns;
  columns.needs.skeleton = columns.needs.border = true;
  EXPECT_EQ(pair_csv_header(columns),
            "sequence,frame,object,role,width,height,truth,prediction,intersection,truth_skeleton,"
            "truth_skeleton_found,prediction_skeleton,prediction_skeleton_inside,truth_border,"
            "truth_border_distances,prediction_border,prediction_border_distances\n");
  std::string rows;
  write_pair_csv_rows(result.sequences.at(1), columns,
                      [&](std::string_view piece) { rows += piece; });
  // In b/00000 two of the truth's five pixels are found, two are 1 and 2 columns from these, the
  // last is nearer to what was invented, two rows below.
  EXPECT_EQ(rows,
            "b,00000,1,scored,13,6,5,4,2,5,2,4,2,5,0:2 1:1 4:1 8:1,4,0:2 8:1 13:1\n"
            "b,00001,1,scored,13,6,5,0,0,5,0,0,0,5,,0,\n"
            "b,00002,1,scored,13,6,0,4,0,0,0,4,0,0,,4,\n");
  const FrameSizes sizes = frame_sizes_of_pair_csv(pair_csv_header(columns) + rows, "rows");
  EXPECT_EQ(sizes.at({"b", "00001"}), std::pair(13U, 6U));
  EXPECT_THROW(frame_sizes_of_pair_csv("a,b\n", "rows"), Error);
  EXPECT_THROW(frame_sizes_of_pair_csv(pair_csv_header(columns) + "b,0,1,scored,x,6\n", "rows"),
               Error);
}

TEST_F(VesselReport, WritesNnUNetsSummary) {
  const Result result = run({});
  FrameSizes sizes;
  for (const char* const sequence : {"a", "b"}) {
    for (const char* const frame : {"00000", "00001", "00002"}) sizes[{sequence, frame}] = {13, 6};
  }
  const std::string text = nnunet_summary(result, sizes, "result");
  EXPECT_THAT(text, HasSubstr("{\n    \"foreground_mean\": {\n        \"Dice\": "));
  const nlohmann::json summary = nlohmann::json::parse(text);
  ASSERT_EQ(summary.at("metric_per_case").size(), 6U);
  const nlohmann::json& first = summary["metric_per_case"][3];
  EXPECT_EQ(first.at("prediction_file"), "b/00000.png");
  EXPECT_EQ(first.at("metrics").at("1"), (nlohmann::json{{"TP", 2},
                                                         {"FP", 2},
                                                         {"FN", 3},
                                                         {"TN", 71},
                                                         {"n_pred", 4},
                                                         {"n_ref", 5},
                                                         {"Dice", 4.0 / 9},
                                                         {"IoU", 2.0 / 7}}));
  EXPECT_DOUBLE_EQ(summary.at("mean").at("1").at("FN").get<double>(), (5 + 3 + 5) / 6.0);
  EXPECT_DOUBLE_EQ(summary.at("foreground_mean").at("Dice").get<double>(), (1 + 4.0 / 9) / 6);

  EXPECT_THROW(nnunet_summary(result, {}, "result"), Error);
  Result bare = result;
  for (SequenceScore& sequence : bare.sequences) sequence.frames.clear();
  EXPECT_THROW(nnunet_summary(bare, sizes, "result"), Error);
  // Nothing of a label in a frame is no number, as there.
  Result empty = result;
  empty.sequences[0].frames[0].counts = {};
  EXPECT_THAT(nnunet_summary(empty, sizes, "result"), HasSubstr("\"Dice\": NaN,"));
}

// What a map shows, a letter a pixel: the truth, found, lost, invented.
std::string drawn(const std::vector<std::uint8_t>& file) {
  constexpr std::array<std::pair<std::uint32_t, char>, 5> kLetters = {{{0x00FFFFFF, '.'},
                                                                       {0xFFE3E3E3, 't'},
                                                                       {0xFF8C8C8C, 'f'},
                                                                       {0xFFB27200, 'l'},
                                                                       {0xFF005ED5, 'i'}}};
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_memory(&image, file.data(), file.size()), 0);
  image.format = PNG_FORMAT_RGBA;
  std::vector<std::uint32_t> pixels(std::size_t{image.width} * image.height);
  EXPECT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0);
  std::string text;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const auto letter =
        std::ranges::find(kLetters, pixels[i], [](const auto& one) { return one.first; });
    if (letter == kLetters.end()) return "another colour";
    if (i > 0 && i % image.width == 0) text += '\n';
    text += letter->second;
  }
  return text;
}

TEST_F(VesselReport, DrawsCentreLinesThreePixelsWide) {
  const Mask truth = test::mask_from({".............", ".............", "..#########..",
                                      ".............", ".............", "............."});
  const Mask prediction = test::mask_from({".............", ".............", "..####.......",
                                           ".............", ".............", ".........22.."});
  const std::vector<std::uint8_t> file = encode_skeleton_map(truth.view(), prediction.view());
  EXPECT_EQ(drawn(file),
            ".............\n"
            ".fffflllllll.\n"
            ".fffflllllll.\n"
            ".fffflllllll.\n"
            "........iiii.\n"
            "........iiii.");
  EXPECT_EQ(file, encode_skeleton_map(truth.view(), prediction.view()));
}

TEST_F(VesselReport, DrawsWhatClDiceCounts) {
  std::mt19937_64 random(8);
  VesselCounter counter;
  std::string seen;
  for (int round = 0; round < 30; ++round) {
    const Mask truth = test::random_mask(70, 40, 2, random);
    const Mask prediction = test::random_mask(70, 40, 2, random);
    std::string expected(70 * 40, '.');
    const auto raise = [&](int x, int y, char letter) {
      constexpr std::string_view kOrder = ".tfli";
      char& now = expected[static_cast<std::size_t>(70 * y + x)];
      if (kOrder.find(letter) > kOrder.find(now)) now = letter;
    };
    for (const int id : {1, 2}) {
      const auto only = [&](const Mask& mask) {
        Mask one(70, 40);
        for (int i = 0; i < 70 * 40; ++i) one.at(i % 70, i / 70) = mask.at(i % 70, i / 70) == id;
        return one;
      };
      const Mask g = only(truth);
      const Mask p = only(prediction);
      const Mask lines = counter.skeleton(g.view());
      const Mask others = counter.skeleton(p.view());
      for (int i = 0; i < 9 * 70 * 40; ++i) {
        const int x = i / 9 % 70;
        const int y = i / 9 / 70;
        const int to_x = x + i % 3 - 1;
        const int to_y = y + i / 3 % 3 - 1;
        if (g.at(x, y) != 0) raise(x, y, 't');
        if (to_x < 0 || to_y < 0 || to_x >= 70 || to_y >= 40) continue;
        if (lines.at(x, y) != 0) raise(to_x, to_y, p.at(x, y) != 0 ? 'f' : 'l');
        if (others.at(x, y) != 0 && g.at(x, y) == 0) raise(to_x, to_y, 'i');
      }
    }
    std::string found = drawn(encode_skeleton_map(truth.view(), prediction.view()));
    std::erase(found, '\n');
    EXPECT_EQ(found, expected) << round;
    seen += found;
  }
  for (const char letter : {'.', 't', 'f', 'l', 'i'}) EXPECT_NE(seen.find(letter), seen.npos);
}

TEST_F(VesselReport, KeepsMapsAndIntegersBesideTheResult) {
  const std::string out = folder_ / "out";
  ResultFolderOptions options;
  options.error_maps = ErrorMapChoice::all;
  options.measures = frame_measures(protocol({"vessel"}));
  options.pairs = PairColumns{PairNeeds::vessel(), std::nullopt};
  options.sequence_name = [](std::size_t i) { return std::string(i == 0 ? "a" : "b"); };
  options.frame_name = [](std::size_t, std::size_t frame) {
    return "0000" + std::to_string(frame);
  };
  {
    ResultFolder folder(out, options);
    folder.write(run({"vessel"}, &folder));
  }
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(out))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  EXPECT_THAT(names, ElementsAre("error_maps", "per_frame.csv", "per_object.csv",
                                 "per_sequence.csv", "report.html", "result.json", "skeleton_maps",
                                 "summary.csv", "vessel_per_frame.csv"));
  const Result result = read_result(out);
  ReportOptions shown;
  const std::vector<ErrorMap> maps = read_error_maps(out + "/error_maps", result);
  const std::vector<ErrorMap> lines = read_error_maps(out + "/skeleton_maps", result);
  EXPECT_EQ(lines.size(), maps.size());
  shown.error_maps = maps;
  shown.skeleton_maps = lines;
  const std::string page = report_html(result, shown);
  EXPECT_THAT(page, HasSubstr("alt=\"Centre lines of b 00000\""));
  EXPECT_THAT(page, HasSubstr("lost: outside the prediction (blue)"));
  const std::string own = read_text_file(out + "/report.html");
  EXPECT_THAT(own, HasSubstr("alt=\"Centre lines of b 00000\""));
}

}  // namespace
}  // namespace angiobench
