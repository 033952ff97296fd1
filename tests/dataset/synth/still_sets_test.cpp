// SPDX-License-Identifier: MIT
// Data sets of single images, and what is made of a truth to stand for a submission.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "dataset/synth/chest_scene.h"
#include "dataset/synth/dsa_scene.h"
#include "dataset/synth/example_submissions.h"
#include "dataset/synth/synthesize.h"
#include "dataset/validator/validate_dataset.h"
#include "dataset/validator/validate_submission.h"
#include "tests/support/temp_folder.h"

namespace angiobench::synth {
namespace {

namespace fs = boost::filesystem;
using ::testing::Each;

using ::testing::IsEmpty;

SynthOptions options_of(Kind kind) {
  SynthOptions options;
  options.kind = kind;
  options.size = 128;
  options.min_frames = kind == Kind::chest ? 1 : 5;
  options.max_frames = options.min_frames + (kind == Kind::chest ? 0 : 2);
  options.frame_rate = 4;
  options.sequences = {1, 1, 2};
  options.seed = 7;
  options.jobs = 1;
  return options;
}

std::map<std::string, std::string> bytes_below(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (fs::is_regular_file(entry.path()))
      files[fs::relative(entry.path(), folder).string()] = read_text_file(entry.path().string());
  }
  return files;
}

std::string findings_of(const Validation& validation) {
  std::string text;
  for (const Finding& finding : validation.findings) text += format_finding(finding) + "\n";
  return text;
}

struct Case {
  Kind kind;
  std::vector<std::string> benchmarks;  // its own, the test's last
};

const Case kCases[] = {
    {Kind::semantic,
     {"synth-semantic-train", "synth-semantic-val", "synth-val", "synth-test",
      "synth-semantic-test"}},
    {Kind::dsa, {"synth-dsa-training", "synth-dsa-validation", "synth-dsa-test"}},
    {Kind::chest, {"synth-chest-val", "synth-chest-test"}},
};

class StillSet : public testing::TestWithParam<Case> {};

TEST_P(StillSet, ValidatesWithItsExamplesAndHasTheSameBytesForAnyNumberOfThreads) {
  const test::TempFolder folder;
  SynthOptions options = options_of(GetParam().kind);
  options.examples = folder / "examples";
  const SynthSummary summary = synthesize(folder / "set", options);
  EXPECT_EQ(summary.sequences, 4);
  const auto benchmark_of = [&](const std::string& name) {
    return load_benchmark(folder / ("set/benchmarks/" + name + ".json"));
  };
  for (const std::string& name : GetParam().benchmarks) {
    const Validation validation = validate_dataset(folder / "set", benchmark_of(name));
    // Runs of five frames have gaps in their ids now and then; that is a note.
    for (const Finding& finding : validation.findings)
      EXPECT_EQ(finding.severity, Severity::note) << name << " " << format_finding(finding);
    EXPECT_FALSE(validation.sequences.empty()) << name;
  }
  for (const ExampleQuality& quality : kExampleQualities) {
    const Validation validation =
        validate_submission(folder / ("examples/" + std::string(quality.name)), folder / "set",
                            benchmark_of(GetParam().benchmarks.back()));
    EXPECT_EQ(findings_of(validation), "") << quality.name;
    EXPECT_EQ(validation.totals.readable_frames, validation.totals.annotated_frames);
  }

  options.jobs = 3;
  options.examples = folder / "again-examples";
  synthesize(folder / "again", options);
  EXPECT_TRUE(bytes_below(folder / "set") == bytes_below(folder / "again"));
  EXPECT_TRUE(bytes_below(folder / "examples") == bytes_below(folder / "again-examples"));
  options.seed = 8;
  options.examples.clear();
  synthesize(folder / "other", options);
  EXPECT_FALSE(bytes_below(folder / "set") == bytes_below(folder / "other"));
}

INSTANTIATE_TEST_SUITE_P(Kinds, StillSet, testing::ValuesIn(kCases),
                         [](const auto& one) { return std::string(kKinds.of(one.param.kind)); });

TEST(DsaSet, HasDiassNamesAndAViewOnWhichTheWholeTreeIsSeen) {
  const test::TempFolder folder;
  synthesize(folder / "set", options_of(Kind::dsa));
  // Ids run on over the splits.
  EXPECT_TRUE(fs::exists(folder / "set/training/labels/label_s0.png"));
  EXPECT_TRUE(fs::exists(folder / "set/validation/labels/label_s1.png"));
  EXPECT_TRUE(fs::exists(folder / "set/test/images/image_s3_i4.png"));
  const Mask label = read_mask(folder / "set/test/labels/label_s2.png");
  const Mask view = read_mask(folder / "set/test/views/view_s2.png");
  const Mask first = read_mask(folder / "set/test/images/image_s2_i0.png");
  double inside = 0;
  double outside = 0;
  std::size_t pixels = 0;
  for (int y = 0; y < label.height(); ++y) {
    for (int x = 0; x < label.width(); ++x) {
      const int value = label.at(x, y);
      ASSERT_TRUE(value == 0 || value == 255);
      ASSERT_LE(view.at(x, y), first.at(x, y)) << "the least over the run";
      pixels += value != 0 ? 1 : 0;
      (value != 0 ? inside : outside) += view.at(x, y);
    }
  }
  const std::size_t area = 128UL * 128;
  EXPECT_GT(pixels, area / 100);
  EXPECT_LT(pixels, area / 4);
  EXPECT_LT(inside / static_cast<double>(pixels) + 25, outside / static_cast<double>(area - pixels))
      << "vessels are dark";
}

TEST(CerebralTree, NarrowsByMurraysLawAndStaysInTheHead) {
  for (const std::uint64_t seed : {1ULL, 2ULL, 3ULL}) {
    Random random(seed);
    const VesselTree tree = grow_cerebral_tree(seed == 2 ? -1 : 1, random);
    EXPECT_GT(tree.branches.size(), 20U);
    for (const Junction& junction : tree.junctions) {
      EXPECT_NEAR(std::pow(junction.before_mm, 3),
                  std::pow(junction.after_mm, 3) + std::pow(junction.side_mm, 3), 1e-9);
    }
    for (const Branch& branch : tree.branches) {
      for (const Vec3& point : branch.points) {
        EXPECT_LT(std::abs(point.x), 90);
        EXPECT_LT(std::abs(point.y), 105);
        EXPECT_LT(point.z, 95);
      }
    }
  }
}

TEST(ChestSet, NamesItsPlanesAndLetsThemOverlap) {
  const test::TempFolder folder;
  synthesize(folder / "set", options_of(Kind::chest));
  const auto index = nlohmann::json::parse(read_text_file(folder / "set/paxray.json"));
  const std::vector<std::string> labels = chest_labels();
  EXPECT_EQ(index["label_dict"].size(), labels.size());
  EXPECT_EQ(index["label_dict"]["4"], "heart");
  EXPECT_EQ(index["test"].size(), 2U);
  const std::string file = read_text_file(folder / "set/labels/chest_003.npy");
  const std::vector<std::uint8_t> bytes(file.begin(), file.end());
  const NpyArray array = parse_npy(bytes, "chest_003.npy");
  EXPECT_EQ(array.shape, (std::vector<std::uint64_t>{labels.size(), 128, 128}));
  EXPECT_THAT(std::vector<std::uint8_t>(array.values.begin(), array.values.end()),
              Each(testing::Le(1)));
  const auto plane = [&](const std::string& name) {
    const auto at = static_cast<std::size_t>(std::ranges::find(labels, name) - labels.begin());
    return array.values.subspan(at * 128 * 128, 128UL * 128);
  };
  std::size_t num_both = 0;
  for (std::size_t i = 0; i < 128UL * 128; ++i) {
    num_both += plane("lung_left")[i] & plane("heart")[i];
    EXPECT_LE(plane("heart")[i], plane("mediastinum")[i]) << "a part lies in its whole";
    EXPECT_LE(plane("rib_5_left")[i], plane("ribs")[i]);
  }
  EXPECT_GT(num_both, 100U);
}

TEST(Degraded, IsCloserToTheTruthWhereItIsFine) {
  Random random(3);
  const Mask truth = render_chest(128, 5).planes[0];
  std::array<std::size_t, 2> wrong{};
  for (std::size_t k = 0; k < kExampleQualities.size(); ++k) {
    const Mask mask = degraded(truth.view(), kExampleQualities[k], 9);
    EXPECT_EQ(Mask(degraded(truth.view(), kExampleQualities[k], 9)), mask);
    for (int y = 0; y < 128; ++y) {
      for (int x = 0; x < 128; ++x) wrong[k] += mask.at(x, y) != truth.at(x, y) ? 1 : 0;
    }
  }
  EXPECT_GT(wrong[0], 0U);
  EXPECT_GT(wrong[1], 2 * wrong[0]);
}

TEST(StillSets, SayWhatDoesNotGoTogether) {
  const auto mistakes = [](const SynthOptions& options) {
    std::vector<std::string> fields;
    for (const Error& error : mistakes_of(options)) fields.push_back(error.field());
    return fields;
  };
  SynthOptions options = options_of(Kind::chest);
  EXPECT_THAT(mistakes(options), IsEmpty());
  options.min_frames = options.max_frames = 5;
  EXPECT_THAT(mistakes(options), testing::Contains("min_frames"));
  options = options_of(Kind::dsa);
  options.from_masks = "masks";
  EXPECT_THAT(mistakes(options), testing::Contains("from_masks"));
  options = options_of(Kind::objects);
  options.examples = "examples";
  options.sequences = {2, 2, 0};
  EXPECT_THAT(mistakes(options), testing::Contains("examples"));
}

TEST(StillSets, RefuseAFolderForExamplesThatHasSomethingInIt) {
  const test::TempFolder folder;
  folder.write("examples/mine.txt", "do not touch");
  SynthOptions options = options_of(Kind::dsa);
  options.examples = folder / "examples";
  EXPECT_THROW(synthesize(folder / "set", options), Error);
  EXPECT_EQ(bytes_below(folder.path()).size(), 1U);
}

}  // namespace
}  // namespace angiobench::synth
