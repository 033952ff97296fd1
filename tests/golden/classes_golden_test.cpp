// SPDX-License-Identifier: MIT
// Semantic and multi-label figures against mmsegmentation and the public code of PAXRay:
// expected/stills in the folder of test data.
#include <gtest/gtest.h>
#include <zlib.h>

#include <map>

#include "dataset/files/atomic_file.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "evaluator/classes/confusion.h"
#include "evaluator/classes/multilabel.h"
#include "evaluator/pairwise_sum.h"
#include "evaluator/scoring/stills_pass.h"
#include "tests/golden/stills.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using nlohmann::json;

struct Split {
  const char* name;
  const char* truth;
  const char* predictions;
  int num_classes;
};

void PrintTo(const Split& split, std::ostream* out) { *out << split.name; }

class SemanticGolden : public ::testing::TestWithParam<Split> {};
INSTANTIATE_TEST_SUITE_P(Mosxav, SemanticGolden,
                         ::testing::Values(Split{"mosxav-val", "mosxav/trainval/Annotations",
                                                 "mosxav/predictions/val", 5},
                                           Split{"mosxav-test", "mosxav/test/Annotations",
                                                 "mosxav/predictions/test", 6}),
                         [](const auto& split) {
                           return split.param.num_classes == 5 ? "val" : "test";
                         });

TEST_P(SemanticGolden, ClassesDerivedFromInstanceIds) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/semantic.json");
  ANGIOBENCH_REQUIRE_DATA(truth_root, GetParam().truth);
  ANGIOBENCH_REQUIRE_DATA(prediction_root, GetParam().predictions);
  const json golden = test::read_stills("semantic.json").at(GetParam().name);
  const int num_classes = GetParam().num_classes;
  ClassRules rules;
  rules.num_classes = num_classes;
  rules.void_label = -1;
  for (std::size_t id = 1; id < 256; ++id) {
    rules.truth_map[id] = rules.prediction_map[id] =
        static_cast<std::uint8_t>((id - 1) % static_cast<std::size_t>(num_classes - 1) + 1);
  }
  const std::vector<int> all = all_classes(num_classes);
  const std::vector<int> foreground = foreground_classes(num_classes);

  ConfusionCounter counter;
  ConfusionMatrix sum;
  std::vector<double> image_means;
  std::vector<double> foreground_means;
  std::map<std::string, std::vector<double>> of_image;
  for (const std::string& sequence : test::common_files(truth_root, prediction_root)) {
    const std::string truth_folder = truth_root + "/" + sequence;
    const std::string prediction_folder = prediction_root + "/" + sequence;
    for (const std::string& frame : test::common_files(truth_folder, prediction_folder)) {
      const Mask truth = read_mask(truth_folder + "/" + frame);
      const Mask prediction = read_mask(prediction_folder + "/" + frame);
      ConfusionMatrix image;
      ASSERT_FALSE(counter.count(truth.view(), prediction.view(), rules, image));
      sum.add(image);
      image_means.push_back(mean_iou(image, all).value());
      double present = 0;
      for (const int label : all) present += class_iou(image, label) ? 1 : 0;
      std::vector<double>& row = of_image[sequence + "/" + frame.substr(0, frame.size() - 4)];
      row = {present, image_means.back()};
      if (const std::optional<double> mean = mean_iou(image, foreground)) {
        foreground_means.push_back(*mean);
        row.push_back(*mean);
      }
    }
  }

  EXPECT_EQ(image_means.size(), golden.at("images").get<std::size_t>());
  const json& rows = golden.at("confusion_rows_truth");
  const json& exact = golden.at("exact");
  const json& float32 = golden.at("mmseg_float32");
  for (int label = 0; label < num_classes; ++label) {
    const auto i = static_cast<std::size_t>(label);
    for (int other = 0; other < num_classes; ++other) {
      EXPECT_EQ(sum.at(label, other),
                rows[i][static_cast<std::size_t>(other)].get<std::uint64_t>());
    }
    EXPECT_NEAR(class_iou(sum, label).value(), exact.at("IoU")[i].get<double>(), 1e-15);
    EXPECT_NEAR(class_dice(sum, label).value(), exact.at("Dice")[i].get<double>(), 1e-15);
    EXPECT_NEAR(class_sensitivity(sum, label).value(), exact.at("Acc")[i].get<double>(), 1e-15);
    EXPECT_NEAR(class_precision(sum, label).value(), exact.at("Precision")[i].get<double>(), 1e-15);
    EXPECT_NEAR(class_iou(sum, label).value(), float32.at("IoU")[i].get<double>(), 1e-6);
    EXPECT_NEAR(class_dice(sum, label).value(), float32.at("Dice")[i].get<double>(), 1e-6);
  }
  const auto expect = [&](const char* name, double ours) {
    EXPECT_NEAR(ours, exact.at(name).get<double>(), 1e-15) << name;
  };
  expect("pixel_accuracy", pixel_accuracy(sum).value());
  expect("mIoU", mean_iou(sum, all).value());
  expect("mIoU_foreground", mean_iou(sum, foreground).value());
  expect("mDice", mean_dice(sum, all).value());
  expect("mDice_foreground", mean_dice(sum, foreground).value());
  expect("fwIoU", frequency_weighted_iou(sum).value());
  expect("mIoU_per_image", pairwise_mean(image_means));
  expect("mIoU_foreground_per_image", pairwise_mean(foreground_means));
  EXPECT_EQ(foreground_means.size(), exact.at("images_with_foreground").get<std::size_t>());
  for (const json& row : golden.at("first_images")) {
    const std::vector<double>& ours = of_image.at(row[0].get<std::string>());
    EXPECT_EQ(ours.at(0), row[1].get<double>()) << row[0];
    EXPECT_NEAR(ours.at(1), row[2].get<double>(), 1e-15) << row[0];
    EXPECT_NEAR(ours.at(2), row[4].get<double>(), 1e-15) << row[0];
  }
}

TEST_P(SemanticGolden, ThroughThePassOverFiles) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/semantic.json");
  ANGIOBENCH_REQUIRE_DATA(truth_root, GetParam().truth);
  ANGIOBENCH_REQUIRE_DATA(prediction_root, GetParam().predictions);
  const json golden = test::read_stills("semantic.json").at(GetParam().name);
  const int num_classes = GetParam().num_classes;
  BenchmarkDefinition benchmark = load_benchmark(GetParam().name);
  for (std::size_t id = 1; id < 256; ++id) {
    benchmark.labels.truth_ids[id] = benchmark.labels.prediction_ids[id] =
        static_cast<std::uint8_t>((id - 1) % static_cast<std::size_t>(num_classes - 1) + 1);
  }
  const SequenceIndex index =
      index_ground_truth(truth_root.substr(0, truth_root.rfind('/')), benchmark);
  const auto tree = open_file_tree(prediction_root);
  const FileMaskSource predictions = submission_masks(benchmark, *tree);
  MissingFrames missing;
  for (const Sequence& sequence : index.sequences) {
    std::vector<std::uint32_t>& absent = missing.frames.emplace_back();
    const std::vector<bool> present = predictions.present(sequence);
    for (std::size_t frame = 0; frame < present.size(); ++frame) {
      if (!present[frame]) absent.push_back(static_cast<std::uint32_t>(frame));
    }
  }
  StillsOptions options;
  options.missing = MissingPolicy::skip;
  const SemanticOutcome outcome = score_semantic(index, predictions, num_classes, missing, options);
  ASSERT_TRUE(outcome.failures.empty()) << outcome.failures.front().what();
  EXPECT_EQ(outcome.images.size(), golden.at("images").get<std::size_t>());
  for (int label = 0; label < num_classes; ++label) {
    for (int other = 0; other < num_classes; ++other) {
      EXPECT_EQ(outcome.total.at(label, other),
                golden
                    .at("confusion_rows_truth")[static_cast<std::size_t>(label)]
                                               [static_cast<std::size_t>(other)]
                    .get<std::uint64_t>());
    }
  }
}

TEST(MultilabelGolden, FourVariantsOfPaxray) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/paxray.json");
  const json golden = test::read_stills("paxray.json");
  constexpr int kLabels = 166;
  constexpr int kHeight = 72;
  constexpr int kWidth = 64;
  constexpr std::size_t kPlane = kHeight * kWidth;
  MultilabelSums sums(kLabels);
  for (int image = 0; image < 4; ++image) {
    const auto i = static_cast<std::size_t>(image);
    const std::vector<std::uint8_t> truth = test::ellipses(image, true, kLabels, kHeight, kWidth);
    const std::vector<std::uint8_t> prediction =
        test::ellipses(image, false, kLabels, kHeight, kWidth);
    ASSERT_EQ(::crc32(0, truth.data(), static_cast<unsigned>(truth.size())),
              golden.at("crc32")[i][0].get<std::uint32_t>());
    ASSERT_EQ(::crc32(0, prediction.data(), static_cast<unsigned>(prediction.size())),
              golden.at("crc32")[i][1].get<std::uint32_t>());
    std::vector<LabelOverlap> labels;
    for (std::size_t c = 0; c < kLabels; ++c) {
      labels.push_back(count_plane(std::span(truth).subspan(c * kPlane, kPlane),
                                   std::span(prediction).subspan(c * kPlane, kPlane))
                           .value());
      EXPECT_EQ(labels[c].intersection, golden.at("intersection")[i][c].get<std::uint64_t>());
      EXPECT_EQ(labels[c].union_area, golden.at("union")[i][c].get<std::uint64_t>());
      EXPECT_EQ(labels[c].truth, golden.at("truth")[i][c].get<std::uint64_t>());
    }
    sums.add_image(labels);
  }
  const json& float32 = golden.at("published_float32");
  const json& float64 = golden.at("published_float64");
  const json& corrected = golden.at("corrected");
  const auto mean = [&](MultilabelRule rule, std::size_t skip = 0) {
    return sums.mean_iou(rule, skip).value();
  };
  EXPECT_NEAR(mean(MultilabelRule::published), float64.at("mIoU").get<double>(), 1e-14);
  EXPECT_NEAR(sums.mean_dice(MultilabelRule::published).value(), float64.at("mDice").get<double>(),
              1e-14);
  EXPECT_NEAR(mean(MultilabelRule::published, 1),
              float64.at("mIoU_label_0_background").get<double>(), 1e-14);
  EXPECT_NEAR(mean(MultilabelRule::published), float32.at("mIoU").get<double>(), 1e-6);
  EXPECT_NEAR(mean(MultilabelRule::ours), corrected.at("mIoU_image").get<double>(), 1e-14);
  EXPECT_NEAR(mean(MultilabelRule::present), corrected.at("mIoU_present").get<double>(), 1e-14);
  EXPECT_NEAR(mean(MultilabelRule::data_set), corrected.at("mIoU_dataset").get<double>(), 1e-14);
  for (std::size_t c = 0; c < kLabels; ++c) {
    EXPECT_NEAR(sums.iou(c, MultilabelRule::published).value(),
                float32.at("iou_by_class")[c].get<double>(), 1e-6);
    EXPECT_NEAR(sums.iou(c, MultilabelRule::ours).value(),
                corrected.at("iou_by_class")[c].get<double>(), 1e-14);
    EXPECT_NEAR(sums.iou(c, MultilabelRule::data_set).value(),
                corrected.at("iou_dataset_by_class")[c].get<double>(), 1e-14);
  }
}

TEST(MultilabelGolden, ArraysThatNumpyWrote) {
  ANGIOBENCH_REQUIRE_DATA(truth_path, "expected/stills/paxray/tiny_truth.npy");
  ANGIOBENCH_REQUIRE_DATA(prediction_path, "expected/stills/paxray/tiny_prediction.npy");
  const json golden = test::read_stills("paxray/tiny.json");
  const auto bytes_of = [](const std::string& path) {
    const std::string text = read_text_file(path);
    return std::vector<std::uint8_t>(text.begin(), text.end());
  };
  const std::vector<std::uint8_t> truth_file = bytes_of(truth_path);
  const std::vector<std::uint8_t> prediction_file = bytes_of(prediction_path);
  const NpyArray truth = parse_npy(truth_file, truth_path);
  const NpyArray prediction = parse_npy(prediction_file, prediction_path);
  ASSERT_EQ(truth.shape, (std::vector<std::uint64_t>{166, 12, 8}));
  ASSERT_EQ(prediction.shape, truth.shape);
  constexpr std::size_t kPlane = 96;
  for (std::size_t c = 0; c < 166; ++c) {
    const LabelOverlap overlap = count_plane(truth.values.subspan(c * kPlane, kPlane),
                                             prediction.values.subspan(c * kPlane, kPlane))
                                     .value();
    EXPECT_EQ(overlap.intersection, golden.at("intersection")[c].get<std::uint64_t>()) << c;
    EXPECT_EQ(overlap.union_area, golden.at("union")[c].get<std::uint64_t>()) << c;
  }
}

}  // namespace
}  // namespace angiobench
