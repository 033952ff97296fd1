// SPDX-License-Identifier: MIT
#include "dataset/synth/synthesize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "dataset/files/atomic_file.h"
#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/media/frame_io.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"
#include "dataset/synth/contact_sheet.h"
#include "dataset/synth/mask_scene.h"
#include "dataset/synth/sequence_files.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench::synth {
namespace {

namespace fs = boost::filesystem;

SynthOptions small_options() {
  SynthOptions options;
  options.size = 96;
  options.min_frames = 10;
  options.max_frames = 14;
  options.sequences = {2, 2, 3};
  options.jobs = 1;
  return options;
}

// Every file below a folder, path -> content.
std::map<std::string, std::string> files_of(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (fs::is_regular_file(entry.path())) {
      files[fs::relative(entry.path(), folder).string()] = read_text_file(entry.path().string());
    }
  }
  return files;
}

std::vector<std::uint8_t> bytes_of(const std::string& path) {
  const std::string text = read_text_file(path);
  return {text.begin(), text.end()};
}

std::set<int> ids_in(const Mask& mask) {
  std::set<int> ids;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) ids.insert(mask.at(x, y));
  }
  ids.erase(0);
  return ids;
}

// One data set that the tests of the layout share.
class Layout : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new test::TempFolder();
    SynthOptions options = small_options();
    options.sequences = {3, 4, 5};
    options.seed = 21;
    synthesize(*folder_ / "set", options);
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }
  static std::string root() { return *folder_ / "set"; }
  static SequenceIndex index(const std::string& split) {
    return index_ground_truth(root(),
                              load_benchmark(root() + "/benchmarks/synth-" + split + ".json"));
  }
  static std::string split_folder(const std::string& split) {
    return root() + (split == "test" ? "/test" : "/trainval");
  }

  static test::TempFolder* folder_;
};
test::TempFolder* Layout::folder_ = nullptr;

TEST_F(Layout, IsWhatTheIndexOfMosxavReads) {
  EXPECT_EQ(index("train").sequences.size(), 3U);
  EXPECT_EQ(index("val").sequences.size(), 4U);
  EXPECT_EQ(index("test").sequences.size(), 5U);
  for (const std::string split : {"train", "val", "test"}) {
    for (const Finding& finding : index(split).findings)
      EXPECT_NE(finding.severity, Severity::error) << finding.message;
  }
}

TEST_F(Layout, HasAFrameForEveryMaskAndAllFramesInARow) {
  for (const std::string split : {"train", "val", "test"}) {
    for (const Sequence& sequence : index(split).sequences) {
      const std::string images = split_folder(split) + "/JPEGImages/" + sequence.name;
      int count = 0;
      while (fs::exists(images + "/" + std::string(5 - std::to_string(count).size(), '0') +
                        std::to_string(count) + ".jpg"))
        ++count;
      EXPECT_GE(count, 10);
      EXPECT_LE(count, 14);
      EXPECT_EQ(std::distance(fs::directory_iterator(images), fs::directory_iterator()), count);
      for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
        EXPECT_TRUE(fs::exists(images + "/" + std::string(sequence.frames[i]) + ".jpg"));
      }
      const cv::Mat frame = read_frame_rgb(images + "/00000.jpg");
      EXPECT_EQ(frame.cols, 96);
      EXPECT_EQ(frame.rows, 96);
      if (split == "test") {
        EXPECT_EQ(static_cast<int>(sequence.frames.size()), count);
      } else {
        // The first, every fifth counted from one, and the last, as in MOSXAV.
        EXPECT_EQ(sequence.frames[0], "00000");
        EXPECT_EQ(sequence.frames[1], "00004");
        EXPECT_EQ(sequence.frames[2], "00009");
        EXPECT_EQ(std::stoi(std::string(sequence.frames[sequence.frames.size() - 1])), count - 1);
      }
    }
  }
}

TEST_F(Layout, WritesMasksAsEightBitPalettePng) {
  for (const std::string split : {"train", "test"}) {
    const Sequence sequence = index(split).sequences.front();
    const std::string base = split_folder(split);
    const std::vector<std::uint8_t> instances =
        bytes_of(base + "/Annotations/" + sequence.name + "/00000.png");
    const PngHeader header = read_png_header(instances, "instances");
    EXPECT_EQ(header.color_type, 3);
    EXPECT_EQ(header.bit_depth, 8);
    EXPECT_EQ(header.width, 96U);
    const std::vector<Rgb> palette = read_png_palette(instances, "instances");
    ASSERT_EQ(palette.size(), 21U);
    EXPECT_TRUE(std::equal(palette.begin(), palette.end(), voc_palette().begin()));
    const std::vector<Rgb> semantic = read_png_palette(
        bytes_of(base + "/Annotations_Semantic/" + sequence.name + "/00000.png"), "semantic");
    ASSERT_EQ(semantic.size(), 6U);
    EXPECT_EQ(semantic[1], (Rgb{85, 170, 255}));
    EXPECT_EQ(semantic[2], (Rgb{170, 255, 0}));
    EXPECT_EQ(semantic[3], (Rgb{249, 193, 0}));
    EXPECT_EQ(semantic[4], (Rgb{255, 0, 0}));
    EXPECT_EQ(semantic[5], (Rgb{244, 108, 59}));
  }
}

TEST_F(Layout, FirstMaskFilesSayWhereEachObjectEnters) {
  int late = 0;
  for (const std::string split : {"val", "test"}) {
    for (const Sequence& sequence : index(split).sequences) {
      std::map<int, std::string> first;
      for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
        const std::string frame(sequence.frames[i]);
        for (const int id : ids_in(read_mask(split_folder(split) + "/Annotations/" + sequence.name +
                                             "/" + frame + ".png"))) {
          first.try_emplace(id, frame);
        }
      }
      ASSERT_FALSE(first.empty());
      std::map<std::string, std::vector<int>> expected;
      for (const auto& [id, frame] : first) expected[frame].push_back(id);
      late += expected.size() > 1 ? 1 : 0;
      EXPECT_TRUE(expected.contains("00000"));
      std::vector<std::string> given;
      for (const auto& [frame, ids] : sequence.prompts) {
        given.push_back(frame);
        if (split == "test") {
          EXPECT_EQ(ids, expected[frame]) << sequence.name << " " << frame;
        }
      }
      std::vector<std::string> wanted;
      for (const auto& [frame, ids] : expected) wanted.push_back(frame);
      EXPECT_EQ(given, wanted) << split << " " << sequence.name;
      if (split == "test") {
        std::set<int> both = sequence.seen_objects;
        both.insert(sequence.unseen_objects.begin(), sequence.unseen_objects.end());
        std::set<int> all;
        for (const auto& [id, frame] : first) all.insert(id);
        EXPECT_EQ(both, all);
        EXPECT_EQ(sequence.seen_objects.size() + sequence.unseen_objects.size(), all.size());
      }
    }
  }
  EXPECT_GT(late, 0);
}

TEST_F(Layout, ShowsUnseenCategoriesInTheTestOnly) {
  int unseen = 0;
  for (const std::string split : {"train", "val", "test"}) {
    for (const Sequence& sequence : index(split).sequences) {
      for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
        const std::string file = sequence.name + "/" + std::string(sequence.frames[i]) + ".png";
        const Mask instances = read_mask(split_folder(split) + "/Annotations/" + file);
        const Mask semantic = read_mask(split_folder(split) + "/Annotations_Semantic/" + file);
        const std::set<int> ids = ids_in(instances);
        EXPECT_LE(static_cast<int>(ids.size()), split == "test" ? 10 : 5);
        EXPECT_LE(ids.empty() ? 0 : *ids.rbegin(), split == "test" ? 10 : 5);
        for (int y = 0; y < 96; ++y) {
          for (int x = 0; x < 96; ++x) {
            const int id = instances.at(x, y);
            const int category = semantic.at(x, y);
            ASSERT_EQ(id == 0, category == 0);
            ASSERT_LE(category, split == "test" ? 5 : 4);
            if (category == 5) {
              ++unseen;
              ASSERT_TRUE(sequence.unseen_objects.contains(id));
            } else if (id != 0 && split == "test") {
              ASSERT_TRUE(sequence.seen_objects.contains(id));
            }
          }
        }
      }
    }
  }
  EXPECT_GT(unseen, 0);
}

TEST_F(Layout, NamesEveryCategoryOfASplit) {
  const auto train = nlohmann::json::parse(read_text_file(root() + "/trainval/labels.json"));
  EXPECT_EQ(train["labels"].size(), 5U);
  EXPECT_EQ(train["labels"][2]["name"], "contrast catheter");
  const auto test = nlohmann::json::parse(read_text_file(root() + "/test/labels.json"));
  EXPECT_EQ(test["labels"].size(), 6U);
  EXPECT_EQ(test["labels"][5]["color"], (std::vector<int>{244, 108, 59}));
}

TEST(Synthesize, GivesTheSameBytesForAnyNumberOfThreads) {
  for (const std::uint64_t seed : {1ULL, 2ULL}) {
    const test::TempFolder folder;
    SynthOptions options = small_options();
    options.seed = seed;
    synthesize(folder / "one", options);
    options.jobs = 2;
    synthesize(folder / "two", options);
    options.jobs = 13;  // more than there are sequences: frames of one sequence are shared out
    synthesize(folder / "many", options);
    const auto one = files_of(folder / "one");
    EXPECT_GT(one.size(), 100U);
    EXPECT_TRUE(one == files_of(folder / "two"));
    EXPECT_TRUE(one == files_of(folder / "many"));
  }
}

TEST(Synthesize, GivesOtherVideosForAnotherSeed) {
  const test::TempFolder folder;
  SynthOptions options = small_options();
  options.sequences = {0, 0, 1};
  options.min_frames = options.max_frames = 4;
  synthesize(folder / "one", options);
  options.seed = 2;
  synthesize(folder / "two", options);
  EXPECT_NE(files_of(folder / "one")["test/JPEGImages/v00/00000.jpg"],
            files_of(folder / "two")["test/JPEGImages/v00/00000.jpg"]);
}

TEST(Synthesize, KeepsASequenceWhenOthersAreAdded) {
  const test::TempFolder folder;
  SynthOptions options = small_options();
  options.sequences = {0, 0, 1};
  synthesize(folder / "one", options);
  options.sequences = {1, 0, 2};
  synthesize(folder / "more", options);
  const auto more = files_of(folder / "more");
  for (const auto& [path, content] : files_of(folder / "one")) {
    if (!path.starts_with("test/JPEGImages/")) continue;
    EXPECT_TRUE(more.at(path) == content) << path;
  }
}

TEST(Synthesize, RefusesAFolderThatHasSomethingInIt) {
  const test::TempFolder folder;
  folder.write("set/mine.txt", "do not touch");
  try {
    synthesize(folder / "set", small_options());
    FAIL() << "it overwrote a folder";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_THAT(error.what(), testing::HasSubstr("exists already"));
  }
  EXPECT_EQ(files_of(folder.path()).size(), 1U);
}

TEST(Synthesize, LeavesNothingBehindWhenItFails) {
  const test::TempFolder folder;
  folder.write("masks/v00/00000.png", "no PNG at all");
  SynthOptions options = small_options();
  options.from_masks = folder / "masks";
  EXPECT_THROW(synthesize(folder / "set", options), Error);
  EXPECT_EQ(files_of(folder.path()).size(), 1U);
  EXPECT_FALSE(fs::exists(folder / "set"));
}

TEST(Synthesize, NamesTheOptionThatIsOutOfRange) {
  const auto option_of = [](const SynthOptions& options) {
    try {
      check_options(options);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      return error.field();
    }
    return std::string();
  };
  EXPECT_EQ(option_of(small_options()), "");
  SynthOptions options = small_options();
  options.size = 63;
  EXPECT_EQ(option_of(options), "size");
  options = small_options();
  options.min_frames = 1;
  EXPECT_EQ(option_of(options), "min_frames");
  options = small_options();
  options.max_frames = 5;
  EXPECT_EQ(option_of(options), "max_frames");
  options = small_options();
  options.sequences = {0, 0, 0};
  EXPECT_EQ(option_of(options), "sequences");
  options = small_options();
  options.jpeg_quality = 0;
  EXPECT_EQ(option_of(options), "jpeg_quality");
  options = small_options();
  options.annotation_step = 0;
  EXPECT_EQ(option_of(options), "annotation_step");
  EXPECT_EQ(kDifficulties.find("brutal"), std::nullopt);
  EXPECT_EQ(kDifficulties.find("Hard"), Difficulty::hard);
}

TEST(Synthesize, ReportsEveryFrameAsProgress) {
  const test::TempFolder folder;
  std::uint64_t last = 0;
  std::uint64_t of = 0;
  const SynthSummary summary =
      synthesize(folder / "set", small_options(), [&](std::uint64_t done, std::uint64_t total) {
        last = std::max(last, done);
        of = total;
      });
  EXPECT_EQ(summary.sequences, 7);
  EXPECT_EQ(of, static_cast<std::uint64_t>(summary.frames));
  EXPECT_LE(last, of);
  EXPECT_GT(last, of / 2);
}

TEST(Synthesize, DrawsAContactSheetOfFramesWithOutlines) {
  const test::TempFolder folder;
  SynthOptions options = small_options();
  options.sequences = {1, 1, 1};
  options.sheet = folder / "sheet.png";
  synthesize(folder / "set", options);
  const PngHeader header = read_png_header(bytes_of(options.sheet), options.sheet);
  EXPECT_EQ(header.width, 4U * 320);
  EXPECT_EQ(header.height, 3U * 320);
  EXPECT_THROW(synthesize(folder / "other", options), Error);  // the sheet is there already
}

RenderedFrame drawn_frame(const std::string& name, std::initializer_list<std::string_view> rows,
                          bool annotated = true) {
  RenderedFrame frame;
  frame.name = name;
  frame.labels = test::mask_from(rows);
  frame.annotated = annotated;
  return frame;
}

TEST(DealIds, LetsAnObjectEnterWhereItIsAFifthOfItsLargest) {
  const std::vector<RenderedFrame> frames{drawn_frame("00000", {"1.........", ".........."}),
                                          drawn_frame("00001", {"12........", ".........."}),
                                          drawn_frame("00002", {"1222......", ".........."}),
                                          drawn_frame("00003", {"1222222222", "2222......"})};
  const std::vector<SceneObject> objects{{Category::catheter, 0}, {Category::vessel, 1}};
  const std::vector<LabelledObject> dealt = deal_ids(frames, objects, 5, 1, 1);
  ASSERT_EQ(dealt.size(), 2U);
  for (const LabelledObject& object : dealt)
    EXPECT_EQ(object.first_frame, object.index == 0 ? "00000" : "00002");
  // Before it enters its pixels are background.
  EXPECT_EQ(ids_in(instance_mask(frames[1], dealt)).size(), 1U);
  EXPECT_EQ(ids_in(instance_mask(frames[2], dealt)).size(), 2U);
  EXPECT_EQ(ids_in(semantic_mask(frames[3], dealt)), (std::set<int>{1, 3}));
}

TEST(DealIds, CountsOnlyAnnotatedFrames) {
  const std::vector<RenderedFrame> frames{drawn_frame("00000", {"11.."}),
                                          drawn_frame("00001", {"1122"}, false),
                                          drawn_frame("00002", {"1122"})};
  const std::vector<SceneObject> objects{{Category::vessel, 0}, {Category::balloon, 1}};
  for (const LabelledObject& object : deal_ids(frames, objects, 5, 1, 3)) {
    EXPECT_EQ(object.first_frame, object.index == 0 ? "00000" : "00002");
  }
}

TEST(DealIds, LeavesTheLeastImportantUnlabelled) {
  const std::vector<RenderedFrame> frames{drawn_frame("00000", {"112233"})};
  const std::vector<SceneObject> objects{
      {Category::catheter, 7}, {Category::vessel, 1}, {Category::balloon, 2}};
  const std::vector<LabelledObject> dealt = deal_ids(frames, objects, 2, 1, 1);
  ASSERT_EQ(dealt.size(), 2U);
  for (const LabelledObject& object : dealt) {
    EXPECT_NE(object.index, 0);
    EXPECT_LE(object.id, 2);
  }
}

TEST(DealIds, SkipsWhatIsNeverLargeEnough) {
  const std::vector<RenderedFrame> frames{drawn_frame("00000", {"111122"})};
  const std::vector<SceneObject> objects{{Category::vessel, 0}, {Category::balloon, 1}};
  EXPECT_EQ(deal_ids(frames, objects, 5, 3, 1).size(), 1U);
}

TEST(FirstMaskFiles, HaveMosxavsTwoSchemas) {
  FirstMasks video;
  video.video = "v03";
  video.objects = {{0, 1, Category::vessel, "00000"},
                   {1, 2, Category::others, "00000"},
                   {2, 4, Category::balloon, "00007"}};
  const std::vector<FirstMasks> videos{video};
  EXPECT_EQ(nlohmann::json::parse(val_first_mask_json(videos)),
            nlohmann::json::parse(R"({"videos": {"v03": ["00000", "00007"]}})"));
  EXPECT_EQ(nlohmann::json::parse(test_first_mask_json(videos)),
            nlohmann::json::parse(R"({"videos": {"v03": {
    "frames": {"00000": {"objects": ["1", "2"]}, "00007": {"objects": ["4"]}},
    "seen_objects": ["1", "4"], "unseen_objects": ["2"]}}})"));
}

TEST(Thickness, OfABandIsThatOfACylinder) {
  Mask mask(80, 40);
  for (int y = 15; y < 24; ++y) {
    for (int x = 5; x < 75; ++x) mask.at(x, y) = 3;
  }
  const Image thickness = thickness_of(mask.view(), 3);
  EXPECT_NEAR(static_cast<double>(thickness.at(40, 19)), 9, 0.8);
  EXPECT_LT(thickness.at(40, 15), 0.75F * thickness.at(40, 19));
  EXPECT_FLOAT_EQ(thickness.at(40, 10), 0);
}

TEST(Thickness, FillsWhatAnotherObjectCovers) {
  Mask mask(80, 40);
  for (int y = 10; y < 30; ++y) {
    for (int x = 10; x < 70; ++x) mask.at(x, y) = x == 40 || x == 41 ? 2 : 1;
  }
  EXPECT_GT(thickness_of(mask.view(), 1).at(40, 20), 10);
  EXPECT_FLOAT_EQ(thickness_of(mask.view(), 2).at(30, 20), 0);
}

TEST(GuessCategory, TellsCatheterVesselAndBalloonApart) {
  Mask mask(256, 256);
  for (int y = 0; y < 256; ++y) {
    for (int x = 0; x < 256; ++x) {
      if (x >= 20 && x < 24) mask.at(x, y) = 1;                                  // an even line
      if ((x - 150) * (x - 150) + (y - 60) * (y - 60) < 900) mask.at(x, y) = 2;  // a large disc
      const int half = 2 + y / 20;
      if (std::abs(x - 220) < half) mask.at(x, y) = 3;                           // a wedge
      if ((x - 100) * (x - 100) + (y - 200) * (y - 200) < 9) mask.at(x, y) = 4;  // a dot
    }
  }
  EXPECT_EQ(guess_category(mask.view(), 1), Category::catheter);
  EXPECT_EQ(guess_category(mask.view(), 2), Category::balloon);
  EXPECT_EQ(guess_category(mask.view(), 3), Category::vessel);
  EXPECT_EQ(guess_category(mask.view(), 4), Category::others);
}

TEST(FromMasks, KeepsTheMasksAndRendersTheirObjectsDark) {
  const test::TempFolder folder;
  for (const std::string frame : {"00000", "00004"}) {
    Mask mask(128, 128);
    for (int y = 20; y < 110; ++y) {
      for (int x = 60; x < 70; ++x) mask.at(x, y) = 2;
    }
    write_mask_png(folder / ("masks/v07/" + frame + ".png"), mask.view(), voc_palette().first(21));
  }
  SynthOptions options = small_options();
  options.from_masks = folder / "masks";
  const SynthSummary summary = synthesize(folder / "set", options);
  EXPECT_EQ(summary.frames, 2);
  EXPECT_EQ(read_text_file(folder / "set/trainval/Annotations/v07/00004.png"),
            read_text_file(folder / "masks/v07/00004.png"));
  EXPECT_EQ(read_text_file(folder / "set/trainval/ImageSets/val.txt"), "v07\n");
  const cv::Mat frame = read_frame_rgb(folder / "set/trainval/JPEGImages/v07/00004.jpg");
  double inside = 0;
  double outside = 0;
  for (int y = 30; y < 100; ++y) {
    inside += frame.at<cv::Vec3b>(y, 65)[0];
    outside += frame.at<cv::Vec3b>(y, 45)[0];
  }
  EXPECT_LT(inside / 70 + 5, outside / 70);
  const SequenceIndex index =
      index_ground_truth(folder / "set", load_benchmark(folder / "set/benchmarks/synth-val.json"));
  EXPECT_EQ(index.sequences.front().prompts.size(), 1U);
}

TEST(FromMasks, SaysWhatItLookedFor) {
  const test::TempFolder folder;
  folder.write("masks/readme.txt", "nothing here");
  SynthOptions options = small_options();
  options.from_masks = folder / "masks";
  EXPECT_THROW(synthesize(folder / "set", options), Error);
  options.from_masks = folder / "absent";
  EXPECT_THROW(synthesize(folder / "set", options), Error);
}

TEST(FromMasks, TheOrderOfNumbersIsTaken) {
  const test::TempFolder folder;
  for (const char* const name : {"9", "10", "10 (1)"}) {
    Mask mask(64, 64);
    for (int x = 10; x < 40; ++x) mask.at(x, 30) = mask.at(x, 31) = 1;
    write_mask_png(folder / ("masks/v00/" + std::string(name) + ".png"), mask.view(),
                   voc_palette());
  }
  SynthOptions options = small_options();
  options.from_masks = folder / "masks";
  const SynthSummary summary = synthesize(folder / "set", options);
  EXPECT_EQ(summary.frames, 2);
  EXPECT_THAT(summary.notes, testing::ElementsAre(testing::HasSubstr("'9.png' before '10.png'"),
                                                  testing::HasSubstr("the first is '10 (1).png'")));
}

TEST(FromMasks, MasksThatCannotBeMeantAreRefused) {
  const test::TempFolder folder;
  SynthOptions options = small_options();
  options.from_masks = folder / "masks";
  write_mask_png(folder / "masks/v00/00000.png", Mask(64, 64, 3).view(), voc_palette());
  try {
    synthesize(folder / "set", options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("object 3 covers 100 % of the frame"));
  }
  options.trusts_masks = true;
  EXPECT_EQ(synthesize(folder / "set", options).frames, 1);
}

TEST(FromMasks, RendersRealMasks) {
  ANGIOBENCH_REQUIRE_DATA(real, "mosxav/test");
  const test::TempFolder folder;
  for (const std::string sequence : {"v02", "v05"}) {
    for (const std::string frame : {"00000", "00005", "00010"}) {
      folder.write("m/test/Annotations/" + sequence + "/" + frame + ".png",
                   read_text_file(real + "/Annotations/" + sequence + "/" + frame + ".png"));
    }
  }
  folder.write("m/test/ImageSets/test_first_mask.json",
               read_text_file(real + "/ImageSets/test_first_mask.json"));
  SynthOptions options;
  options.from_masks = folder / "m";
  options.jobs = 2;
  const SynthSummary summary = synthesize(folder / "set", options);
  EXPECT_EQ(summary.frames, 6);
  EXPECT_EQ(read_text_file(folder / "set/test/ImageSets/test_first_mask.json"),
            read_text_file(real + "/ImageSets/test_first_mask.json"));
  EXPECT_EQ(read_frame_rgb(folder / "set/test/JPEGImages/v05/00010.jpg").cols, 512);
}

}  // namespace
}  // namespace angiobench::synth
