// SPDX-License-Identifier: MIT
// What every shipped benchmark promises: a data set and a submission that validate without an error
// are scored, completely, from a folder, a zip and memory, with equal results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <utility>

#include "dataset/error.h"
#include "dataset/masks/mask_source.h"
#include "dataset/validator/validate_dataset.h"
#include "dataset/validator/validate_submission.h"
#include "evaluator/scoring/scorer.h"
#include "reports/result_json.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiny_benchmark.h"

namespace angiobench {
namespace {

using test::TempFolder;

std::string errors_of(const Validation& validation) {
  std::string text;
  for (const Finding& finding : validation.findings) {
    if (finding.severity == Severity::error) text += format_finding(finding) + "\n";
  }
  return text;
}

// Masks in memory as a caller holds them: what `source` has, copied.
class Arrays {
 public:
  MaskArrays copy(const SequenceIndex& index, const MaskSource& source) {
    MaskArrays arrays;
    MaskBuffers buffers;
    Sha256 digest{};
    for (const Sequence& sequence : index.sequences) {
      for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
        ArrayFrame frame;
        frame.name = sequence.frames[i];
        std::vector<std::uint8_t>& pixels = pixels_.emplace_back();
        const auto add = [&](const MaskView& mask) {
          frame.width = mask.width;
          frame.height = mask.height;
          for (int y = 0; y < mask.height; ++y)
            pixels.insert(pixels.end(), mask.row(y), mask.row(y) + mask.width);
        };
        if (source.has_planes()) {
          const auto planes = source.open_planes(sequence, frame.name, {}, buffers);
          frame.ids = planes->ids();
          frame.num_planes = static_cast<int>(frame.ids.size());
          for (std::size_t plane = 0; plane < frame.ids.size(); ++plane) add(planes->next({}));
        } else {
          add(source.read_labels(sequence, frame.name, {}, buffers, digest));
        }
        frame.data = pixels.data();
        arrays[sequence.name].push_back(frame);
      }
    }
    return arrays;
  }

 private:
  std::deque<std::vector<std::uint8_t>> pixels_;
};

Result scored(const SequenceIndex& index, const MaskSource& predictions, const Protocol& protocol) {
  const MissingFrames missing = find_missing(index, predictions, protocol);
  EXPECT_FALSE(missing.any());
  ScoreOptions options;
  options.jobs = 2;
  ScoreOutcome outcome = score(index, predictions, protocol, missing, options);
  for (const Error& error : outcome.failures) ADD_FAILURE() << error.what();
  return std::move(outcome.result);
}

// What must be equal however the masks came in: all but the digests of files.
std::string comparable(Result result) {
  result.dataset.digest.clear();
  result.submission.digest.clear();
  result.curve.reset();  // an array is the mask that a map was thresholded to
  return result_to_json(result);
}

void expect_whole_chain(const BenchmarkDefinition& benchmark) {
  const TempFolder folder;
  test::write_tiny_benchmark(folder, benchmark);
  const Protocol protocol = load_protocol(benchmark.protocol);
  EXPECT_EQ(errors_of(validate_dataset(folder / "data", benchmark)), "");
  EXPECT_EQ(errors_of(validate_submission(folder / "predictions", folder / "data", benchmark)), "");

  const SequenceIndex index = index_ground_truth(folder / "data", benchmark);
  ASSERT_EQ(index.sequences.size(), 2U);
  const std::shared_ptr<const FileTree> files = open_file_tree(folder / "predictions");
  const FileMaskSource submission(files, benchmark, MaskRole::prediction);
  const Result from_folder = scored(index, submission, protocol);
  EXPECT_TRUE(from_folder.complete);
  ASSERT_FALSE(from_folder.aggregates.empty());
  for (const Aggregate& aggregate : from_folder.aggregates) {
    // The classes that training does not have are not drawn.
    if (benchmark.task == Task::semantic && aggregate.scope == Scope::unseen) continue;
    ASSERT_TRUE(aggregate.value.has_value())
        << aggregate.metric.id << " " << scope_name(aggregate.scope);
    if (aggregate.metric == Metric("J")) {
      EXPECT_GT(*aggregate.value, 0.5);
      EXPECT_LT(*aggregate.value, 1.0);
    }
  }

  test::zip_folder(folder / "predictions", folder / "predictions.zip");
  const std::shared_ptr<const FileTree> archive = open_file_tree(folder / "predictions.zip");
  const Result from_zip =
      scored(index, FileMaskSource(archive, benchmark, MaskRole::prediction), protocol);
  EXPECT_EQ(result_to_json(from_zip), result_to_json(from_folder));

  // Arrays have the masks; what lists and json say of the sequences is the index's.
  Arrays arrays;
  SequenceIndex in_memory = index;
  in_memory.masks =
      array_masks(arrays.copy(index, *index.masks), benchmark, MaskRole::truth, "truth");
  const auto predictions =
      array_masks(arrays.copy(index, submission), benchmark, MaskRole::prediction, "predictions");
  EXPECT_EQ(comparable(scored(in_memory, *predictions, protocol)), comparable(from_folder));
}

class EveryBenchmark : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryBenchmark, IsScoredOnceItValidates) { expect_whole_chain(load_benchmark(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Shipped, EveryBenchmark, ::testing::ValuesIn(benchmark_names()),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// Nobody wrote code for these: a layout of a known storage costs one file.
TEST(InventedBenchmark, OfAnotherShapeCostsOneFile) {
  expect_whole_chain(parse_benchmark(R"({
      "schema": "benchmark-2", "name": "invented", "protocol": "strict", "split": "night",
      "roots": ["deep/inside"], "annotations": ["marks"], "split_files": ["night.txt"],
      "masks": "{sequence}/by-hand/{frame}_seg.png",
      "submission_masks": ["{sequence}/p{frame}.png"],
      "labels": {"truth": {"40": 1, "80": 2}, "void": 200, "truth_values": [0, 40, 80]},
      "color_types": ["grey"], "numbering": {"from_zero": true, "dense": true}})",
                                     "invented.json"));
}

TEST(InventedBenchmark, OfSingleImagesWithMapsCostsOneFile) {
  expect_whole_chain(parse_benchmark(R"({
      "schema": "benchmark-2", "name": "stills", "protocol": "stills", "task": "binary",
      "annotations": ["truth"], "masks": "{sequence}_mask.png", "submission": "map",
      "submission_masks": ["{sequence}_probability.png"],
      "labels": {"nonzero": 1, "truth_values": [0, 255]}, "color_types": ["grey"]})",
                                     "stills.json"));
}

TEST(InventedBenchmark, OfOverlappingObjectsCostsOneFile) {
  expect_whole_chain(parse_benchmark(R"({
      "schema": "benchmark-2", "name": "objects", "protocol": "sa-v", "storage": "objects",
      "masks": "{sequence}/m/{object}/f{frame}.png", "prompts": "none"})",
                                     "objects.json"));
}

TEST(WithLabelsOf, TakesTheBenchmarksLabelsWhereTheProtocolStatesNone) {
  const BenchmarkDefinition xacv = load_benchmark("xacv");
  EXPECT_EQ(with_labels_of(xacv, load_protocol("strict")).counting.truth_map[127], 1);
  EXPECT_EQ(with_labels_of(load_benchmark("flat"), load_protocol("strict")).counting.truth_map[127],
            127);
  EXPECT_EQ(with_labels_of(xacv, load_protocol("davis2016")).counting.truth_map[127], 255);
}

// Frames that are shown once more are shown as score() shows them, labels included.
TEST(ShowFrames, ReadsTheBenchmarksLabelsAsScoreDoes) {
  const BenchmarkDefinition xacv = load_benchmark("xacv");
  const TempFolder folder;
  test::write_tiny_benchmark(folder, xacv);
  const SequenceIndex index = index_ground_truth(folder / "data", xacv);
  const std::shared_ptr<const FileTree> files = open_file_tree(folder / "predictions");
  const FileMaskSource submission(files, xacv, MaskRole::prediction);
  const Protocol strict = load_protocol("strict");
  std::map<FramePosition, std::pair<Mask, Mask>> shown;
  ScoreOptions options;
  options.jobs = 1;
  options.on_frame = [&](const FrameView& frame) {
    Mask truth;
    Mask prediction;
    shown[{frame.sequence, frame.frame}] = {Mask(pixels_of(frame.truth, truth)),
                                            Mask(pixels_of(frame.prediction, prediction))};
  };
  score(index, submission, strict, find_missing(index, submission, strict), options);
  const std::map<FramePosition, std::pair<Mask, Mask>> first = std::exchange(shown, {});
  ASSERT_FALSE(first.empty());
  std::vector<FramePosition> positions;
  for (const auto& [position, masks] : first) positions.push_back(position);
  show_frames(index, submission, strict, positions, options);
  EXPECT_TRUE(shown == first);
}

// A protocol whose labels mean something else than the benchmark's says so, and is obeyed.
TEST(ReadsOtherLabels, IsANoteOfTheResultOnlyWhereTheyDiffer) {
  const auto codes = [](const char* benchmark_name, const char* protocol_name) {
    const BenchmarkDefinition benchmark = load_benchmark(benchmark_name);
    const TempFolder folder;
    test::write_tiny_benchmark(folder, benchmark);
    const SequenceIndex index = index_ground_truth(folder / "data", benchmark);
    const std::shared_ptr<const FileTree> files = open_file_tree(folder / "predictions");
    const Result result = scored(index, FileMaskSource(files, benchmark, MaskRole::prediction),
                                 load_protocol(protocol_name));
    return std::ranges::count(result.findings, "S015", &Finding::code);
  };
  EXPECT_EQ(codes("xacv", "davis2016"), 1);
  EXPECT_EQ(codes("xacv", "xacv"), 0);
  EXPECT_EQ(codes("davis2017-unsupervised-val", "davis2017-unsupervised"), 0);
  EXPECT_EQ(codes("davis2016-val", "davis2016"), 0);
}

}  // namespace
}  // namespace angiobench
