// SPDX-License-Identifier: MIT
// What `score` says of classes, maps and overlapping labels against the figures of mmsegmentation,
// of DIAS's and of PAXRay's public code: from files to result.json and its tables.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "evaluator/scoring/submission.h"
#include "reports/class_csv.h"
#include "reports/headline.h"
#include "reports/result_json.h"
#include "reports/tables.h"
#include "tests/golden/stills.h"
#include "tests/support/png_writer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using nlohmann::json;
using test::TempFolder;

void write_bytes(const TempFolder& folder, const std::string& path,
                 const std::vector<std::uint8_t>& bytes) {
  folder.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result scored(const TempFolder& folder, const std::string& dataset, const std::string& protocol,
              int jobs = 2) {
  SubmissionRequest request;
  request.dataset = dataset;
  request.ground_truth = folder / "data";
  request.predictions = folder / "predictions";
  request.protocol = protocol;
  ScoreOptions options;
  options.jobs = jobs;
  Result result = score_submission(request, options);
  // A file has all of it.
  const std::string text = result_to_json(result);
  EXPECT_EQ(result_to_json(result_from_json(text, "result.json")), text);
  return result;
}

double value_of(const Result& result, const char* metric, Scope scope = Scope::overall) {
  const Aggregate* const aggregate = find_aggregate(result, Metric(metric), scope);
  if (aggregate == nullptr || !aggregate->value) {
    ADD_FAILURE() << metric << " has no value";
    return -1;
  }
  return *aggregate->value;
}

// --- MOSXAV's second task ---

struct SemanticSplit {
  const char* golden;
  const char* dataset;
  const char* truth;
  const char* predictions;
  const char* root;
  int num_classes;
};

void PrintTo(const SemanticSplit& split, std::ostream* out) { *out << split.dataset; }

class SemanticScores : public ::testing::TestWithParam<SemanticSplit> {};
INSTANTIATE_TEST_SUITE_P(
    Mosxav, SemanticScores,
    ::testing::Values(SemanticSplit{"mosxav-val", "mosxav-semantic-val",
                                    "mosxav/trainval/Annotations", "mosxav/predictions/val",
                                    "data/trainval/Annotations_Semantic/", 5},
                      SemanticSplit{"mosxav-test", "mosxav-semantic-test",
                                    "mosxav/test/Annotations", "mosxav/predictions/test",
                                    "data/test/Annotations_Semantic/", 6}),
    [](const auto& split) { return split.param.num_classes == 5 ? "val" : "test"; });

// The rule of semantic.json: classes from instance ids.
std::vector<std::uint8_t> as_classes(Mask mask, int num_classes, std::span<const Rgb> palette) {
  std::uint8_t* const pixels = mask.pixels();
  const auto count = static_cast<std::ptrdiff_t>(mask.width()) * mask.height();
  std::transform(pixels, pixels + count, pixels, [&](std::uint8_t id) {
    return static_cast<std::uint8_t>(id == 0 ? 0 : (id - 1) % (num_classes - 1) + 1);
  });
  return encode_mask_png(mask.view(), palette);
}

TEST_P(SemanticScores, EqualMmsegmentations) {
  const SemanticSplit& split = GetParam();
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/semantic.json");
  ANGIOBENCH_REQUIRE_DATA(truth_root, split.truth);
  ANGIOBENCH_REQUIRE_DATA(prediction_root, split.predictions);
  const TempFolder folder;
  const std::vector<Rgb> palette = load_benchmark(split.dataset).palette;
  for (const std::string& sequence : test::common_files(truth_root, prediction_root)) {
    for (const std::string& frame :
         test::common_files(truth_root + "/" + sequence, prediction_root + "/" + sequence)) {
      const std::string file = sequence + "/" + frame;
      write_bytes(folder, split.root + file,
                  as_classes(read_mask(truth_root + "/" + file), split.num_classes, palette));
      write_bytes(folder, "predictions/" + file,
                  as_classes(read_mask(prediction_root + "/" + file), split.num_classes, palette));
    }
  }
  const Result result = scored(folder, split.dataset, "");
  const json golden = test::read_stills("semantic.json").at(split.golden);
  const json& exact = golden.at("exact");
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.protocol.task, "semantic");
  EXPECT_EQ(ranking_metric(result), Metric("mIoU_foreground"));
  EXPECT_EQ(result.dataset.frames_scored, golden.at("images").get<std::uint64_t>());
  const std::pair<const char*, const char*> names[] = {
      {"mIoU", "mIoU"},
      {"mIoU_foreground", "mIoU_foreground"},
      {"mDice", "mDice"},
      {"mDice_foreground", "mDice_foreground"},
      {"pixel_accuracy", "pixel_accuracy"},
      {"fwIoU", "fwIoU"},
      {"mIoU_image", "mIoU_per_image"},
      {"mIoU_foreground_image", "mIoU_foreground_per_image"}};
  for (const auto& [ours, theirs] : names)
    EXPECT_NEAR(value_of(result, ours), exact.at(theirs).get<double>(), 1e-15) << ours;
  ASSERT_TRUE(result.confusion);
  ASSERT_EQ(result.classes.size(), static_cast<std::size_t>(split.num_classes));
  for (std::size_t i = 0; i < result.classes.size(); ++i) {
    EXPECT_EQ(json(result.confusion->rows[i]), golden.at("confusion_rows_truth")[i]);
    const ClassScore& one = result.classes[i];
    EXPECT_NEAR(one.iou.value(), exact.at("IoU")[i].get<double>(), 1e-15);
    EXPECT_NEAR(one.dice.value(), exact.at("Dice")[i].get<double>(), 1e-15);
    EXPECT_NEAR(one.sensitivity.value(), exact.at("Acc")[i].get<double>(), 1e-15);
    EXPECT_NEAR(one.precision.value(), exact.at("Precision")[i].get<double>(), 1e-15);
    const json& float32 = golden.at("mmseg_float32");
    EXPECT_NEAR(one.iou.value(), float32.at("IoU")[i].get<double>(), 1e-6);
    EXPECT_NEAR(one.dice.value(), float32.at("Dice")[i].get<double>(), 1e-6);
    EXPECT_NEAR(one.sensitivity.value(), float32.at("Acc")[i].get<double>(), 1e-6);
    EXPECT_NEAR(one.precision.value(), float32.at("Precision")[i].get<double>(), 1e-6);
    EXPECT_NEAR(value_of(result, "pixel_accuracy"), float32.at("aAcc")[0].get<double>(), 1e-6);
    ASSERT_TRUE(one.interval) << one.name;
    EXPECT_LE(one.interval->low, *one.iou);
    EXPECT_GE(one.interval->high, *one.iou);
  }
  // Class 5 is of the test split alone.
  EXPECT_EQ(find_aggregate(result, Metric("IoU"), Scope::unseen) != nullptr,
            split.num_classes == 6);
  if (split.num_classes == 6) {
    EXPECT_EQ(value_of(result, "IoU", Scope::unseen), result.classes[5].iou);
    EXPECT_EQ(value_of(result, "Dice", Scope::unseen), result.classes[5].dice);
  }
  // Sums of sequences are the split's.
  ClassSums vessel;
  for (const SequenceScore& sequence : result.sequences) {
    vessel.intersection += sequence.classes[1].intersection;
    vessel.truth += sequence.classes[1].truth;
    vessel.prediction += sequence.classes[1].prediction;
  }
  EXPECT_EQ(vessel, result.classes[1].sums);
  EXPECT_EQ(result_to_json(scored(folder, split.dataset, "semantic", 1)), result_to_json(result));
}

// --- DIAS ---

std::vector<std::uint8_t> as_grey(const Mask& mask) {
  return test::write_png(mask.view(), test::PngKind{.color_type = 0});
}

class DiasScores : public ::testing::Test {
 protected:
  // Twelve single images, s0 … s11, in the order of the golden cases.
  bool write() {
    const std::string masks = test::test_data("mosxav/test/Annotations");
    if (masks.empty() || test::test_data("expected/stills/dias.json").empty()) return false;
    golden_ = test::read_stills("dias.json");
    for (const json& row : golden_.at("cases")) {
      Mask truth = test::select_label(
          read_mask(masks + "/" + row.at("case").get<std::string>() + ".png"), 0);
      const int k = row.at("k").get<int>();
      const Mask map = test::dias_map(truth, k);
      std::uint8_t* const pixels = truth.pixels();
      const auto count = static_cast<std::ptrdiff_t>(truth.width()) * truth.height();
      std::transform(pixels, pixels + count, pixels,
                     [](std::uint8_t pixel) { return static_cast<std::uint8_t>(255 * pixel); });
      const std::string name = "s" + std::to_string(k) + ".png";
      write_bytes(folder_, "data/test/labels/label_" + name, as_grey(truth));
      write_bytes(folder_, "predictions/" + name, as_grey(map));
      names_.push_back("s" + std::to_string(k));
    }
    return true;
  }
  const SequenceScore& sequence(const Result& result, const std::string& name) const {
    return *std::ranges::find(result.sequences, name, &SequenceScore::name);
  }

  TempFolder folder_;
  json golden_;
  std::vector<std::string> names_;
};

TEST_F(DiasScores, ThePublishedRow) {
  if (!write()) GTEST_SKIP() << "no test data (set ANGIOBENCH_DATA)";
  const Result result = scored(folder_, "dias-test", "");
  EXPECT_EQ(result.protocol.name, "dias");
  std::vector<std::string> row;
  for (const json& cell : golden_.at("published_row")) row.push_back(cell.get<std::string>());
  EXPECT_EQ(published_row(result), row);
  EXPECT_NE(headline_text(result).find(row.front() + " & " + row[1]), std::string::npos);
  for (const auto& [measure, mean] : golden_.at("published_mean").items()) {
    EXPECT_EQ(value_of(result, measure.c_str()), mean.get<double>()) << measure;
    const Aggregate& aggregate = *find_aggregate(result, Metric(measure), Scope::overall);
    EXPECT_EQ(aggregate.deviation, golden_.at("published_std").at(measure).get<double>());
    EXPECT_EQ(aggregate.variant, "published");
    EXPECT_EQ(aggregate.n, 12U);
    EXPECT_EQ(aggregate.n_left_out, 0U);
    ASSERT_TRUE(aggregate.interval) << measure;
    EXPECT_LT(aggregate.interval->low, *aggregate.value);
  }
  std::uint64_t undecided = 0;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const json& row_of_case = golden_.at("cases")[i];
    undecided += row_of_case.at("n_127").get<std::uint64_t>();
    for (const auto& [measure, value] : row_of_case.at("published").items())
      EXPECT_EQ(sequence(result, names_[i]).measures.at(Metric(measure)).value, value.get<double>())
          << names_[i] << " " << measure;
  }
  const auto note = std::ranges::find(result.findings, "S017", &Finding::code);
  ASSERT_NE(note, result.findings.end());
  EXPECT_TRUE(note->message.starts_with(std::to_string(undecided) + " pixels of 12 maps"))
      << note->message;
}

TEST_F(DiasScores, TheExactRow) {
  if (!write()) GTEST_SKIP() << "no test data (set ANGIOBENCH_DATA)";
  const Result result = scored(folder_, "dias-test", "dias-exact");
  EXPECT_TRUE(published_row(result).empty());
  for (const auto& [measure, mean] : golden_.at("exact_mean").items()) {
    EXPECT_NEAR(value_of(result, measure.c_str()), mean.get<double>(), 1e-14) << measure;
    EXPECT_NEAR(find_aggregate(result, Metric(measure), Scope::overall)->deviation.value(),
                golden_.at("exact_std_population").at(measure).get<double>(), 1e-14);
  }
  double precision = 0;
  double distance = 0;
  for (const json& row : golden_.at("cases")) {
    precision += row.at("AP").get<double>() / 12;
    distance += std::abs(std::log(row.at("VC_corrected").get<double>())) / 12;
  }
  EXPECT_NEAR(value_of(result, "AP"), precision, 1e-14);
  EXPECT_NEAR(value_of(result, "log_VC"), distance, 1e-14);
  ASSERT_TRUE(result.curve);
  EXPECT_EQ(result.curve->on.size(), 256U);
}

// --- PAXRay ---

constexpr int kLabels = 166;
constexpr int kHeight = 72;
constexpr int kWidth = 64;

void write_paxray(const TempFolder& folder, const std::string& first_name) {
  std::string labels;
  for (int label = 0; label < kLabels; ++label) {
    labels += (label == 0 ? "\"" : ", \"") + std::to_string(label) + "\": \"" +
              (label == 0 ? first_name : "label_" + std::to_string(label)) + "\"";
  }
  std::string images;
  const std::vector<std::uint64_t> shape = {kLabels, kHeight, kWidth};
  for (int image = 0; image < 4; ++image) {
    const std::string name = "p" + std::to_string(image);
    images += (image == 0 ? R"({"image": "images/)" : R"(, {"image": "images/)") + name +
              R"(.png", "target": "labels/)" + name + R"(.npy"})";
    write_bytes(folder, "data/labels/" + name + ".npy",
                encode_npy(shape, test::ellipses(image, true, kLabels, kHeight, kWidth)));
    write_bytes(folder, "predictions/" + name + ".npy",
                encode_npy(shape, test::ellipses(image, false, kLabels, kHeight, kWidth)));
  }
  folder.write("data/paxray.json",
               "{\"label_dict\": {" + labels + "}, \"test\": [" + images + "]}");
}

TEST(PaxrayScores, FourVariants) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/paxray.json");
  const json golden = test::read_stills("paxray.json");
  const TempFolder folder;
  write_paxray(folder, "lung_overall");
  const Result result = scored(folder, "paxray-test", "");
  EXPECT_EQ(ranking_metric(result), Metric("miou-published"));
  EXPECT_EQ(result.dataset.frames_scored, 4U);
  const json& published = golden.at("published_float64");
  const json& corrected = golden.at("corrected");
  EXPECT_NEAR(value_of(result, "miou-published"), published.at("mIoU").get<double>(), 1e-14);
  EXPECT_NEAR(value_of(result, "mdice-published"), published.at("mDice").get<double>(), 1e-14);
  EXPECT_NEAR(value_of(result, "miou-published"),
              golden.at("published_float32").at("mIoU").get<double>(), 1e-7);
  EXPECT_NEAR(value_of(result, "mdice-published"),
              golden.at("published_float32").at("mDice").get<double>(), 1e-7);
  EXPECT_NEAR(value_of(result, "miou"), corrected.at("mIoU_image").get<double>(), 1e-14);
  EXPECT_NEAR(value_of(result, "miou-present"), corrected.at("mIoU_present").get<double>(), 1e-14);
  EXPECT_NEAR(value_of(result, "miou-dataset"), corrected.at("mIoU_dataset").get<double>(), 1e-14);
  ASSERT_EQ(result.classes.size(), static_cast<std::size_t>(kLabels));
  EXPECT_EQ(result.classes[0].name, "lung_overall");
  for (std::size_t i = 0; i < result.classes.size(); ++i) {
    const ClassScore& label = result.classes[i];
    EXPECT_NEAR(label.iou_image.value(), corrected.at("iou_by_class")[i].get<double>(), 1e-14);
    EXPECT_NEAR(label.iou.value(), corrected.at("iou_dataset_by_class")[i].get<double>(), 1e-14);
  }
  for (const Aggregate& aggregate : result.aggregates) {
    ASSERT_TRUE(aggregate.interval) << aggregate.metric.id;
    EXPECT_LE(aggregate.interval->low, *aggregate.value) << aggregate.metric.id;
    EXPECT_GE(aggregate.interval->high, *aggregate.value) << aggregate.metric.id;
  }
  EXPECT_EQ(result_to_json(scored(folder, "paxray-test", "paxray", 1)), result_to_json(result));
}

// The published code drops a label 0 of this name, whatever its case.
TEST(PaxrayScores, ABackgroundIsInNoMean) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/paxray.json");
  const json golden = test::read_stills("paxray.json");
  const TempFolder folder;
  write_paxray(folder, "Background");
  const Result result = scored(folder, "paxray-test", "");
  EXPECT_NEAR(value_of(result, "miou-published"),
              golden.at("published_float64").at("mIoU_label_0_background").get<double>(), 1e-14);
  EXPECT_EQ(find_aggregate(result, Metric("miou-published"), Scope::overall)->n, 165U);
  EXPECT_TRUE(result.classes[0].is_background);
  EXPECT_EQ(result.classes[1].name, "label_1");
}

}  // namespace
}  // namespace angiobench
