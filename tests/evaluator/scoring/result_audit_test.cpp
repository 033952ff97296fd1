// SPDX-License-Identifier: MIT
// A result is worked out again by whoever reads it: what was scored passes, what was edited does
// not.
#include "evaluator/scoring/result_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "evaluator/scoring/submission.h"
#include "reports/csv.h"
#include "reports/result_json.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiny_benchmark.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A drawn submission for a benchmark, scored with rows of frames.
Result scored(const TempFolder& folder, const std::string& dataset,
              const std::vector<std::string>& measures = {}) {
  test::write_tiny_benchmark(folder, load_benchmark(dataset));
  SubmissionRequest request;
  request.dataset = dataset;
  request.ground_truth = folder / "data";
  request.predictions = folder / "predictions";
  request.measures = measures;
  ScoreOptions options;
  options.jobs = 1;
  options.rows = FrameRows::keep;
  Result result = score_submission(request, options);
  result.submission.name = "drawn";
  return result;
}

// What a reader of its files has.
Result read_back(const TempFolder& folder, const Result& result) {
  write_file_atomically(folder / "out/result.json", result_to_json(result));
  std::string rows = per_frame_csv_header(frame_measures(result.protocol));
  for (const SequenceScore& sequence : result.sequences)
    rows += per_frame_csv_rows(sequence, frame_measures(result.protocol));
  if (has_counts(result)) write_file_atomically(folder / "out/per_frame.csv", rows);
  return read_result(folder / "out");
}

std::vector<std::string> contradictions(const Result& result) {
  std::vector<std::string> lines;
  for (const Contradiction& one : find_contradictions(result))
    lines.push_back(one.field + " is " + one.found + "; expected " + one.expected);
  return lines;
}

class EveryBenchmarkAudited : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryBenchmarkAudited, WhatWasScoredAgreesWithItself) {
  const TempFolder folder;
  const Result result = scored(folder, GetParam());
  EXPECT_THAT(contradictions(result), IsEmpty());
  EXPECT_THAT(contradictions(read_back(folder, result)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Shipped, EveryBenchmarkAudited, ::testing::ValuesIn(benchmark_names()),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(ResultAudit, TakesMeasuresOfVesselsAndZerosForWhatIsMissing) {
  const TempFolder folder;
  const Result result = scored(folder, "mosxav-test", {"vessel"});
  EXPECT_THAT(contradictions(read_back(folder, result)), IsEmpty());
}

// One edit of a sound result, and how the field that no longer follows is named.
struct Forgery {
  const char* name;
  const char* dataset;
  std::function<void(Result&)> edit;
  const char* told;
};

void PrintTo(const Forgery& forgery, std::ostream* out) { *out << forgery.name; }

class Forged : public ::testing::TestWithParam<Forgery> {};

TEST_P(Forged, IsRefusedWithTheFieldThatDoesNotFollow) {
  const Forgery& forgery = GetParam();
  const TempFolder folder;
  Result result = scored(folder, forgery.dataset);
  forgery.edit(result);
  EXPECT_THAT(contradictions(result), testing::Contains(HasSubstr(forgery.told)));
  try {
    read_back(folder, result);
    ADD_FAILURE() << "was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_THAT(error.what(), HasSubstr("result.json"));
  }
}

ObjectScore& object(Result& result) { return result.sequences.front().objects.front(); }

const Forgery kForgeries[] = {
    {"a headline of 0.99", "mosxav-test", [](Result& r) { r.aggregates[0].value = 0.99; },
     "aggregates[0].value of J&F (overall) is 0.99; expected"},
    {"a headline of 1.5", "mosxav-test", [](Result& r) { r.aggregates[0].value = 1.5; },
     "is 1.5; expected a value in [0, 1]"},
    {"no headline", "mosxav-test", [](Result& r) { r.aggregates[0].value.reset(); },
     "is null; expected"},
    {"an aggregate that was cut", "mosxav-test", [](Result& r) { r.aggregates.pop_back(); },
     "aggregates is no "},
    {"an aggregate twice", "mosxav-test",
     [](Result& r) { r.aggregates.push_back(r.aggregates.front()); }, "each once"},
    {"more objects than there are", "mosxav-test", [](Result& r) { r.aggregates[0].n += 1; },
     "aggregates[0].n of J&F (overall)"},
    {"an interval that is narrower", "mosxav-test",
     [](Result& r) { r.aggregates[0].interval->low += 0.01; }, "aggregates[0].interval"},
    {"another group", "mosxav-test",
     [](Result& r) {
       for (SequenceScore& sequence : r.sequences) {
         for (ObjectScore& one : sequence.objects)
           one.group = one.group == ObjectGroup::seen ? ObjectGroup::unseen : ObjectGroup::seen;
       }
     },
     "which follows from its objects"},
    {"an object's J", "mosxav-test", [](Result& r) { object(r).values[Metric("J")] = 0.99; },
     "J is 0.99; expected"},
    {"an object's recall", "davis2017-val",
     [](Result& r) { object(r).values[Metric("F_recall")] = 0.123; }, "F_recall is 0.123"},
    {"an object's frames", "mosxav-test", [](Result& r) { object(r).frames = 3; },
     "frames is 3; expected"},
    {"an object twice", "davis2017-val",
     [](Result& r) { r.sequences.front().objects.push_back(object(r)); }, "is there twice"},
    {"a sequence twice", "davis2017-val",
     [](Result& r) { r.sequences.push_back(r.sequences.front()); }, "once more"},
    {"a row of a frame", "mosxav-test",
     [](Result& r) {
       for (FrameScore& row : r.sequences.front().frames) {
         if (row.role == FrameRole::scored) row.counts.intersection /= 2;
       }
     },
     "which follows from per_frame.csv"},
    {"frames of the data set", "mosxav-test", [](Result& r) { r.dataset.frames_scored += 1; },
     "dataset.frames_scored"},
    {"sequences of the data set", "mosxav-test", [](Result& r) { r.dataset.sequences = 99; },
     "dataset.sequences is 99"},
    {"objects of the data set", "mosxav-test", [](Result& r) { r.dataset.objects = 1; },
     "dataset.objects is 1"},
    {"a protocol's hash", "mosxav-test",
     [](Result& r) { r.protocol.hash = "sha256:" + std::string(64, 'a'); }, "protocol.hash"},
    {"other rules", "mosxav-test",
     [](Result& r) { r.protocol.rules = load_protocol("strict").rules; }, "protocol.hash"},
    {"another average", "mosxav-test",
     [](Result& r) { r.protocol.average = AverageOver::sequences; }, "protocol.average"},
    {"another direction", "mosxav-test",
     [](Result& r) { r.metrics[0].direction = Direction::lower_is_better; },
     "metrics[0].direction is lower"},
    {"another metric that ranks", "mosxav-test",
     [](Result& r) { std::swap(r.metrics[0], r.metrics[1]); }, "metrics[0].id"},
    {"a digest", "mosxav-test", [](Result& r) { r.submission.digest = "sha256:mine"; },
     "submission.digest is 'sha256:mine'"},
    {"a part that calls itself whole", "mosxav-test",
     [](Result& r) { r.dataset.digest = load_benchmark("mosxav-test").scored_digest; },
     "complete is true; expected false, since the sequence"},
    {"a sequence that is not complete", "davis2017-val",
     [](Result& r) {
       r.complete = true;
       r.sequences.front().complete = false;
     },
     "complete is true; expected false, since the sequence"},
    {"a class's IoU", "mosxav-semantic-test", [](Result& r) { r.classes[1].iou = 0.99; },
     "classes[1].iou is 0.99"},
    {"a class's pixels", "mosxav-semantic-test",
     [](Result& r) { r.classes[1].sums.intersection += 5; }, "classes[1].intersection"},
    {"a mean over classes", "mosxav-semantic-test", [](Result& r) { r.aggregates[0].value = 0.99; },
     "aggregates[0].value"},
    {"a mean of maps", "dias-test", [](Result& r) { r.aggregates[0].value = 0.99; },
     "aggregates[0].value"},
    {"a mean over labels", "paxray-test", [](Result& r) { r.aggregates[0].value = 0.99; },
     "aggregates[0].value"},
    {"images of a mean", "dias-test", [](Result& r) { r.aggregates[0].n += 1; }, "aggregates[0].n"},
};

INSTANTIATE_TEST_SUITE_P(Edits, Forged, ::testing::ValuesIn(kForgeries), [](const auto& one) {
  std::string name = one.param.name;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

TEST(ResultAudit, NamesWhatScoringTheMasksDoesNotGive) {
  const TempFolder folder;
  const Result result = scored(folder, "mosxav-test");
  Result claimed = result;
  EXPECT_THAT(find_differences(claimed, result), IsEmpty());
  object(claimed).values[Metric("J")] = 0.99;
  ASSERT_EQ(find_differences(claimed, result).size(), 1U);
  EXPECT_THAT(find_differences(claimed, result)[0].field, HasSubstr(", J"));
  claimed = result;
  claimed.submission.digest = "sha256:" + std::string(64, '1');
  EXPECT_EQ(find_differences(claimed, result)[0].field, "submission.digest");
}

TEST(ResultAudit, KnowsTheReleasedTruthOfADataSet) {
  DatasetStamp dataset;
  dataset.name = "mosxav-test";
  const BenchmarkDefinition benchmark = load_benchmark(dataset.name);
  dataset.digest = benchmark.scored_digest;
  EXPECT_EQ(truth_origin(dataset, benchmark.protocol), TruthOrigin::released);
  dataset.digest = "sha256:" + std::string(64, '1');
  EXPECT_EQ(truth_origin(dataset, benchmark.protocol), TruthOrigin::another);
  EXPECT_EQ(truth_origin(dataset, "strict"), TruthOrigin::unknown);
  dataset.name = "my-own";
  EXPECT_EQ(truth_origin(dataset, benchmark.protocol), TruthOrigin::unknown);
}

}  // namespace
}  // namespace angiobench
