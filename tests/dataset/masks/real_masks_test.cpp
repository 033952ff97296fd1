// SPDX-License-Identifier: MIT
// Every real mask, in folders and in zips: by way of runs it has the labels, or ends in the words,
// that it has by way of pixels.
#include <gtest/gtest.h>

#include "dataset/error.h"
#include "dataset/files/file_tree.h"
#include "dataset/masks/png.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Tally {
  int files = 0;
  int with_runs = 0;
  int refused = 0;
};

void compare(const Bytes& file, const std::string& name, Tally& tally) {
  MaskDecoder by_pixels;
  MaskDecoder by_runs;
  std::string words;
  Mask expected;
  try {
    expected = Mask(by_pixels.decode(file, {}, name));
  } catch (const Error& error) {
    words = error.what();
  }
  ++tally.files;
  try {
    const MaskLabels labels = by_runs.decode_labels(file, {}, name);
    Mask drawn;
    ASSERT_EQ(words, "") << name;
    ASSERT_TRUE(Mask(pixels_of(labels, drawn)) == expected) << name;
    tally.with_runs += labels.has_runs ? 1 : 0;
  } catch (const Error& error) {
    ASSERT_EQ(error.what(), words);
    ++tally.refused;
  }
}

void compare_tree(const FileTree& tree, const std::string& folder, Tally& tally) {
  for (const std::string& name : tree.files(folder)) {
    if (!name.ends_with(".png")) continue;
    const std::string path = folder.empty() ? name : folder + "/" + name;
    Bytes file;
    ASSERT_TRUE(tree.read(path, file)) << path;
    compare(file, path, tally);
  }
  for (const std::string& name : tree.folders(folder))
    compare_tree(tree, folder.empty() ? name : folder + "/" + name, tally);
}

class RealMasks : public ::testing::TestWithParam<const char*> {};

TEST_P(RealMasks, AreTheSameByWayOfRuns) {
  ANGIOBENCH_REQUIRE_DATA(place, GetParam());
  Tally tally;
  compare_tree(*open_file_tree(place), "", tally);
  EXPECT_GT(tally.files, 0);
  RecordProperty("files", tally.files);
  RecordProperty("with_runs", tally.with_runs);
}

INSTANTIATE_TEST_SUITE_P(MaskDecoder, RealMasks,
                         ::testing::Values("mosxav", "xacv", "davis2017", "davis2016/gt",
                                           "davis2016/pred", "davis2016/predictions/stm.zip",
                                           "davis2016/predictions/siammask.zip", "davis-frames",
                                           "pumavos", "edge/gt.zip", "edge/pred.zip"));

TEST(RealLabelMaps, GiveRuns) {
  ANGIOBENCH_REQUIRE_DATA(place, "mosxav/test/Annotations");
  Tally tally;
  compare_tree(*open_file_tree(place), "", tally);
  EXPECT_EQ(tally.with_runs, tally.files);
}

}  // namespace
}  // namespace angiobench
