// SPDX-License-Identifier: MIT
#include "evaluator/scoring/stills_pass.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/filesystem/operations.hpp>

#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "tests/support/masks.h"
#include "tests/support/png_writer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiny_benchmark.h"

namespace angiobench {
namespace {

using test::TempFolder;

// A benchmark's small data set and a submission for it.
struct Tiny {
  explicit Tiny(const std::string& name) : benchmark(load_benchmark(name)) {
    test::write_tiny_benchmark(folder, benchmark);
    read();
  }
  void read() {
    index = index_ground_truth(folder / "data", benchmark);
    tree = open_file_tree(folder / "predictions");
    missing.frames.assign(index.sequences.size(), {});
    const FileMaskSource predictions = submission_masks(benchmark, *tree);
    for (std::size_t i = 0; i < index.sequences.size(); ++i) {
      const std::vector<bool> present = predictions.present(index.sequences[i]);
      for (std::size_t frame = 0; frame < present.size(); ++frame) {
        if (!present[frame]) missing.frames[i].push_back(static_cast<std::uint32_t>(frame));
      }
    }
  }
  FileMaskSource predictions() const { return submission_masks(benchmark, *tree); }
  // Where the prediction of the only frame of a sequence lies.
  std::string prediction_file(std::size_t sequence) const {
    const Sequence& single = index.sequences[sequence];
    return folder / ("predictions/" + predictions().path(single, single.frames[0]));
  }

  TempFolder folder;
  BenchmarkDefinition benchmark;
  SequenceIndex index;
  std::unique_ptr<FileTree> tree;
  MissingFrames missing;
};

StillsOptions with(int jobs, MissingPolicy missing = MissingPolicy::error) {
  StillsOptions options;
  options.jobs = jobs;
  options.missing = missing;
  return options;
}

// Twice the intersection over both areas, pixel by pixel.
double slow_dice(const MaskView& truth, const MaskView& prediction) {
  double both = 0;
  double sum = 0;
  for (int y = 0; y < truth.height; ++y) {
    for (int x = 0; x < truth.width; ++x) {
      both += truth.at(x, y) != 0 && prediction.at(x, y) != 0 ? 1 : 0;
      sum += (truth.at(x, y) != 0 ? 1 : 0) + (prediction.at(x, y) != 0 ? 1 : 0);
    }
  }
  return 2 * both / sum;
}

TEST(ScoreBinary, ScoresMapsOfAFolder) {
  const Tiny tiny("dias-test");
  const BinaryOutcome outcome = score_binary(tiny.index, tiny.predictions(), tiny.missing, with(1));
  ASSERT_TRUE(outcome.failures.empty()) << outcome.failures.front().what();
  ASSERT_EQ(outcome.images.size(), tiny.index.sequences.size());
  MaskBuffers truth_buffers;
  MaskBuffers prediction_buffers;
  std::uint64_t num_pixels = 0;
  for (const BinaryImage& image : outcome.images) {
    const Sequence& sequence = tiny.index.sequences[image.place.sequence];
    Sha256 truth_digest{};
    Sha256 prediction_digest{};
    const MaskView truth = tiny.index.masks->read_labels(sequence, sequence.frames[0], {},
                                                         truth_buffers, truth_digest);
    const MaskView prediction = tiny.predictions().read_labels(
        sequence, sequence.frames[0], {}, prediction_buffers, prediction_digest);
    EXPECT_EQ(image.exact[0], slow_dice(truth, prediction)) << sequence.name;
    EXPECT_EQ(image.place.truth_digest, truth_digest);
    EXPECT_EQ(image.place.prediction_digest, prediction_digest);
    num_pixels +=
        static_cast<std::uint64_t>(truth.width) * static_cast<std::uint64_t>(truth.height);
  }
  EXPECT_EQ(outcome.curve.num_on() + outcome.curve.num_off(), num_pixels);
  EXPECT_EQ(
      outcome.curve.on[30] + outcome.curve.off[30] + outcome.curve.on[200] + outcome.curve.off[200],
      num_pixels);

  const BinaryOutcome again = score_binary(tiny.index, tiny.predictions(), tiny.missing, with(3));
  EXPECT_EQ(again.curve, outcome.curve);
  for (std::size_t i = 0; i < outcome.images.size(); ++i) {
    EXPECT_EQ(again.images[i].exact, outcome.images[i].exact);
    EXPECT_EQ(again.images[i].published, outcome.images[i].published);
  }
}

TEST(ScoreBinary, AMissingMapIsAnErrorNothingOrLeftOut) {
  Tiny tiny("dias-test");
  boost::filesystem::remove(tiny.prediction_file(0));
  tiny.read();
  EXPECT_THROW(score_binary(tiny.index, tiny.predictions(), tiny.missing, with(1)), Error);
  const BinaryOutcome zero =
      score_binary(tiny.index, tiny.predictions(), tiny.missing, with(1, MissingPolicy::zero));
  ASSERT_EQ(zero.images.size(), tiny.index.sequences.size());
  EXPECT_TRUE(zero.images[0].place.is_missing);
  EXPECT_EQ(zero.images[0].exact[0], 0);
  EXPECT_EQ(zero.images[0].exact[5], 0.5);
  EXPECT_FALSE(zero.images[1].place.is_missing);
  const BinaryOutcome skip =
      score_binary(tiny.index, tiny.predictions(), tiny.missing, with(1, MissingPolicy::skip));
  EXPECT_EQ(skip.images.size(), tiny.index.sequences.size() - 1);
}

TEST(ScoreBinary, MasksAndMapsOfBothDepthsAgreeAboutTheThreshold) {
  Tiny tiny("dias-test");
  const BinaryOutcome maps = score_binary(tiny.index, tiny.predictions(), tiny.missing, with(1));
  // The same as masks of 0 and 1, and of 0 and 255.
  for (const std::uint8_t value : std::to_array<std::uint8_t>({1, 255})) {
    for (std::size_t i = 0; i < tiny.index.sequences.size(); ++i) {
      const Sequence& sequence = tiny.index.sequences[i];
      MaskBuffers buffers;
      Sha256 digest{};
      Mask mask(tiny.predictions().read_labels(sequence, sequence.frames[0], {}, buffers, digest));
      for (int y = 0; y < mask.height(); ++y) {
        for (int x = 0; x < mask.width(); ++x) mask.at(x, y) = mask.at(x, y) != 0 ? value : 0;
      }
      const std::vector<std::uint8_t> file =
          test::write_png(mask.view(), test::PngKind{.color_type = 0});
      boost::filesystem::remove(tiny.prediction_file(i));
      tiny.folder.write(tiny.prediction_file(i).substr(tiny.folder.path().size() + 1),
                        std::string(file.begin(), file.end()));
    }
    tiny.read();
    const BinaryOutcome masks = score_binary(tiny.index, tiny.predictions(), tiny.missing, with(2));
    ASSERT_TRUE(masks.failures.empty()) << masks.failures.front().what();
    for (std::size_t i = 0; i < maps.images.size(); ++i) {
      EXPECT_EQ(masks.images[i].at, maps.images[i].at);
      EXPECT_EQ(masks.images[i].exact, maps.images[i].exact);
    }
  }
}

TEST(ScoreMultilabel, ScoresPlanesOneByOne) {
  const Tiny tiny("paxray-test");
  const MultilabelOutcome outcome =
      score_multilabel(tiny.index, tiny.predictions(), tiny.missing, with(1));
  ASSERT_TRUE(outcome.failures.empty()) << outcome.failures.front().what();
  ASSERT_TRUE(outcome.sums.has_value());
  EXPECT_EQ(outcome.sums->num_images(), tiny.index.sequences.size());
  for (const MultilabelImage& image : outcome.images) {
    const Sequence& sequence = tiny.index.sequences[image.place.sequence];
    MaskBuffers truth_buffers;
    MaskBuffers prediction_buffers;
    const auto truths =
        tiny.index.masks->open_planes(sequence, sequence.frames[0], {}, truth_buffers);
    const auto predictions =
        tiny.predictions().open_planes(sequence, sequence.frames[0], {}, prediction_buffers);
    ASSERT_EQ(image.labels.size(), truths->ids().size());
    for (const LabelOverlap& overlap : image.labels) {
      const MaskView truth = truths->next({});
      const double dice = slow_dice(truth, predictions->next({}));
      EXPECT_EQ(2.0 * static_cast<double>(overlap.intersection) /
                    static_cast<double>(overlap.intersection + overlap.union_area),
                dice);
      EXPECT_GT(overlap.truth, 0U);
    }
  }
  const MultilabelOutcome again =
      score_multilabel(tiny.index, tiny.predictions(), tiny.missing, with(2));
  EXPECT_EQ(again.sums->mean_iou(MultilabelRule::ours),
            outcome.sums->mean_iou(MultilabelRule::ours));
}

TEST(ScoreMultilabel, NamesWhatDoesNotFit) {
  Tiny tiny("paxray-test");
  const std::string file = tiny.prediction_file(1);
  MaskBuffers buffers;
  const Sequence& sequence = tiny.index.sequences[1];
  const auto planes = tiny.index.masks->open_planes(sequence, sequence.frames[0], {}, buffers);
  const MaskView first = planes->next({});
  const std::size_t plane =
      static_cast<std::size_t>(first.width) * static_cast<std::size_t>(first.height);
  const auto write = [&](std::uint64_t num_planes, std::uint8_t value) {
    const std::vector<std::uint64_t> shape = {num_planes, static_cast<std::uint64_t>(first.height),
                                              static_cast<std::uint64_t>(first.width)};
    const std::vector<std::uint8_t> array =
        encode_npy(shape, std::vector<std::uint8_t>(num_planes * plane, value));
    boost::filesystem::remove(file);
    tiny.folder.write(file.substr(tiny.folder.path().size() + 1),
                      std::string(array.begin(), array.end()));
    return score_multilabel(tiny.index, tiny.predictions(), tiny.missing, with(2));
  };
  const MultilabelOutcome other_number = write(3, 1);
  ASSERT_EQ(other_number.failures.size(), 1U);
  EXPECT_EQ(other_number.failures[0].found(), "the array has the shape [3, 40, 48]");
  const MultilabelOutcome other_value = write(2, 7);
  ASSERT_EQ(other_value.failures.size(), 1U);
  EXPECT_EQ(other_value.failures[0].found(), "has the value 7");
  EXPECT_EQ(other_value.failures[0].expected(), "0 and 1");
}

TEST(ScoreSemantic, AddsMatricesBySequenceAndRefusesForeignClasses) {
  const Tiny tiny("mosxav-val");
  const SemanticOutcome outcome =
      score_semantic(tiny.index, tiny.predictions(), 6, tiny.missing, with(1));
  ASSERT_TRUE(outcome.failures.empty()) << outcome.failures.front().what();
  ConfusionMatrix sum(6);
  for (const ConfusionMatrix& matrix : outcome.sequences) sum.add(matrix);
  EXPECT_EQ(sum, outcome.total);
  std::uint64_t num_pixels = 0;
  for (const SemanticImage& image : outcome.images) num_pixels += image.matrix.total();
  EXPECT_EQ(num_pixels, outcome.total.total());
  EXPECT_GT(outcome.total.at(1, 1), 0U);
  EXPECT_EQ(score_semantic(tiny.index, tiny.predictions(), 6, tiny.missing, with(3)).total,
            outcome.total);

  // Two objects are more than one class beside the background.
  const SemanticOutcome narrow =
      score_semantic(tiny.index, tiny.predictions(), 2, tiny.missing, with(2));
  ASSERT_FALSE(narrow.failures.empty());
  EXPECT_EQ(narrow.failures[0].found(), "has the label 2, which is no class");
  EXPECT_EQ(narrow.failures[0].expected(), "the classes 0 to 1 of " + tiny.benchmark.name);
}

}  // namespace
}  // namespace angiobench
