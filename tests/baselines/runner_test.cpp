// SPDX-License-Identifier: MIT
#include "baselines/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <random>

#include "baselines/predictors.h"
#include "dataset/files/atomic_file.h"
#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using test::mask_from;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

void write_frame(const std::string& path, int width, int height, int grey = 80) {
  fs::create_directories(fs::path(path).parent_path());
  ASSERT_TRUE(cv::imwrite(path, cv::Mat(height, width, CV_8UC1, cv::Scalar(grey))));
}

void write_mask(const std::string& path, const Mask& mask) {
  write_mask_png(path, mask.view(), voc_palette());
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  if (!fs::exists(folder)) return names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// Repeats what it is told, and notes it; breaks at the step that it is told to break at.
class NotingPredictor final : public Predictor {
 public:
  void begin(const ClipInfo& clip) override {
    notes.push_back("begin " + clip.name + " " + std::to_string(clip.width) + "x" +
                    std::to_string(clip.height));
    ids = clip.object_ids;
    labels_ = Mask(clip.width, clip.height);
  }

  Mask step(const cv::Mat& rgb, const Mask* prompt, bool last) override {
    if (static_cast<int>(notes.size()) == break_at)
      throw Error(ErrorKind::input, "", "no more memory");
    std::string note = "step " + std::to_string(rgb.cols) + "x" + std::to_string(rgb.rows);
    if (prompt != nullptr) {
      note += " given";
      for (int label = 1; label < 256; ++label) {
        for (int i = 0; i < prompt->width() * prompt->height(); ++i) {
          if (prompt->pixels()[i] != label) continue;
          note += " " + std::to_string(label);
          break;
        }
      }
      for (int i = 0; i < prompt->width() * prompt->height(); ++i) {
        if (prompt->pixels()[i] != 0) labels_.pixels()[i] = prompt->pixels()[i];
      }
    }
    notes.push_back(note + (last ? " last" : ""));
    return labels_;
  }

  void take(const cv::Mat&, const Mask& labels, Known how, bool last) override {
    constexpr const char* kWords[] = {"corrected", "given", "recalled"};
    notes.push_back(std::string("take ") + kWords[static_cast<int>(how)] + (last ? " last" : ""));
    labels_ = labels;
  }

  std::string describe() const override { return "noting"; }

  std::vector<std::string> notes;
  std::vector<int> ids;
  int break_at = -1;

 private:
  Mask labels_;
};

// A MOSXAV-like split with two sequences of four frames; v01 begins at frame 1 and has a late
// object.
class Runner : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("set/ImageSets/val.txt", "v01\nv02\n");
    folder_.write("set/ImageSets/val_first_mask.json",
                  R"({"videos": {"v01": ["00001", "00003"], "v02": ["00000"]}})");
    for (const char* const sequence : {"v01", "v02"}) {
      for (int i = 0; i < 4; ++i) {
        write_frame(folder_ / ("set/JPEGImages/" + std::string(sequence) + "/0000" +
                               std::to_string(i) + ".jpg"),
                    6, 4);
      }
    }
    write_mask(folder_ / "set/Annotations/v01/00001.png",
               mask_from({"44....", "......", "......", "......"}));
    write_mask(folder_ / "set/Annotations/v01/00003.png",
               mask_from({"4.....", "..22..", "......", "......"}));
    write_mask(folder_ / "set/Annotations/v02/00000.png",
               mask_from({"......", "111...", "......", "......"}));
    write_mask(folder_ / "set/Annotations/v02/00003.png",
               mask_from({"777...", "......", "......", "......"}));
  }

  std::vector<Clip> clips() const {
    return benchmark_clips(std::make_shared<const SequenceIndex>(
                               index_ground_truth(folder_ / "set", load_benchmark("mosxav-val"))),
                           nullptr);
  }

  RunOptions options(const std::string& setting = "a") const {
    RunOptions run;
    run.out = folder_ / "out";
    run.settings = {{"network", setting}};
    run.versions = {{"angiobench", "1"}};
    return run;
  }

  TempFolder folder_;
  NotingPredictor predictor_;
};

TEST_F(Runner, GivesOnlyNewLabelsAtTheFramesThatTheJsonNames) {
  const RunSummary summary = predict_clips(clips(), predictor_, options());
  EXPECT_THAT(
      predictor_.notes,
      ElementsAre("begin v01 6x4", "step 6x4 given 4", "step 6x4", "step 6x4 given 2 last",
                  "begin v02 6x4", "step 6x4 given 1", "step 6x4", "step 6x4", "step 6x4 last"));
  EXPECT_EQ(summary.predicted, 2);
  EXPECT_EQ(summary.num_frames, 8U);
}

TEST_F(Runner, WritesEveryFrameAsAPaletteImageAndEmptyOnesBeforeTheFirstPrompt) {
  predict_clips(clips(), predictor_, options());
  EXPECT_THAT(names_in(folder_ / "out"), ElementsAre("manifest.json", "v01", "v02"));
  EXPECT_THAT(names_in(folder_ / "out/v01"),
              ElementsAre("00000.png", "00001.png", "00002.png", "00003.png"));
  EXPECT_EQ(read_mask(folder_ / "out/v01/00000.png"), Mask(6, 4));
  EXPECT_THAT(names_in(folder_ / "out/v02"),
              ElementsAre("00000.png", "00001.png", "00002.png", "00003.png"));
  EXPECT_EQ(read_mask(folder_ / "out/v01/00003.png"),
            mask_from({"44....", "..22..", "......", "......"}));
  const std::string file = read_text_file(folder_ / "out/v01/00003.png");
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(file.data()),
                                            file.size());
  EXPECT_EQ(read_png_header(bytes, "").color_type, 3);
  EXPECT_EQ(read_png_palette(bytes, "")[4], voc_palette()[4]);
  EXPECT_FALSE(fs::exists(folder_ / "out.partial"));
}

TEST_F(Runner, TellsThePredictorEveryIdBeforehand) {
  std::vector<Clip> all = clips();
  all.resize(1);
  predict_clips(all, predictor_, options());
  EXPECT_THAT(predictor_.ids, ElementsAre(2, 4));
}

TEST_F(Runner, ABrokenRunLeavesNothingHalfWrittenAndGoesOnWhereItStopped) {
  predictor_.break_at = 6;  // in the second sequence
  const RunSummary broken = predict_clips(clips(), predictor_, options());
  ASSERT_EQ(broken.failures.size(), 1U);
  EXPECT_EQ(broken.failures.front().clip, "v02");
  EXPECT_STREQ(broken.failures.front().error.what(), "v02: no more memory");
  EXPECT_EQ(broken.predicted, 1);
  EXPECT_THAT(names_in(folder_ / "out"), ElementsAre("manifest.json", "v01"));
  EXPECT_FALSE(fs::exists(folder_ / "out.partial"));

  NotingPredictor again;
  const RunSummary summary = predict_clips(clips(), again, options());
  EXPECT_EQ(summary.skipped, 1);
  EXPECT_EQ(summary.predicted, 1);
  EXPECT_EQ(again.notes.front(), "begin v02 6x4");
  EXPECT_THAT(names_in(folder_ / "out"), ElementsAre("manifest.json", "v01", "v02"));
  EXPECT_THAT(names_in(folder_ / "out/v02").size(), 4U);
  EXPECT_FALSE(fs::exists(folder_ / "out.partial"));
}

TEST_F(Runner, OtherSettingsAreNotMixedIntoASubmission) {
  predict_clips(clips(), predictor_, options("a"));
  // The same clips with other settings are made again, and it is said.
  RunOptions other = options("b");
  std::vector<std::string> told;
  other.tell = [&](Severity, const std::string& clip, const std::string& text) {
    if (text.starts_with("predicted again")) told.push_back(clip);
  };
  EXPECT_EQ(predict_clips(clips(), predictor_, other).predicted, 2);
  EXPECT_THAT(told, ElementsAre("v01", "v02"));
  // One of them alone would leave the other as it is.
  std::vector<Clip> one = clips();
  one.resize(1);
  try {
    predict_clips(one, predictor_, options("a"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'v02', made with other settings"));
    EXPECT_THAT(error.what(), HasSubstr("network \"b\" instead of \"a\""));
  }
  predict_clips(clips(), predictor_, options("a"));
  RunOptions newer = options("a");
  newer.versions = {{"angiobench", "2"}};
  EXPECT_EQ(predict_clips(clips(), predictor_, newer).skipped, 2);
}

TEST_F(Runner, AFolderWithOtherThingsIsNotWrittenTo) {
  folder_.write("out/thesis.tex", "x");
  EXPECT_THROW(predict_clips(clips(), predictor_, options()), Error);
  EXPECT_THAT(names_in(folder_ / "out"), ElementsAre("thesis.tex"));
  folder_.write("out/manifest.json", "{");
  EXPECT_THROW(predict_clips(clips(), predictor_, options()), Error);
}

TEST_F(Runner, TheManifestSaysWhatMadeTheMasks) {
  predict_clips(clips(), predictor_, options());
  const auto manifest = nlohmann::json::parse(read_text_file(folder_ / "out/manifest.json"));
  EXPECT_EQ(manifest.at("settings").at("network"), "a");
  EXPECT_EQ(manifest.at("made_with").at("angiobench"), "1");
  const auto& clip = manifest.at("clips").at("v01");
  EXPECT_EQ(clip.at("masks"), 4);
  EXPECT_EQ(clip.at("read_as"), "6x4, 8 of 8 bits");
  EXPECT_EQ(clip.at("objects").at("4"), 2);
  EXPECT_THAT(clip.at("frames").get<std::string>(), HasSubstr("sha256:"));
}

TEST_F(Runner, WhatWasMadeOfOtherInputIsMadeAgain) {
  predict_clips(clips(), predictor_, options());
  const auto again = [&](const std::string& reason) {
    std::vector<std::string> told;
    RunOptions run = options();
    run.tell = [&](Severity, const std::string& clip, const std::string& text) {
      if (text.starts_with("predicted again")) told.push_back(clip + " " + text);
    };
    NotingPredictor predictor;
    const RunSummary summary = predict_clips(clips(), predictor, run);
    EXPECT_EQ(summary.predicted, 1) << reason;
    EXPECT_EQ(summary.skipped, 1) << reason;
    ASSERT_EQ(told.size(), 1U) << reason;
    EXPECT_THAT(told.front(), HasSubstr(reason));
  };
  // A first mask that was drawn again.
  write_mask(folder_ / "set/Annotations/v02/00000.png",
             mask_from({"......", "......", "111...", "......"}));
  again("the first masks");
  EXPECT_EQ(read_mask(folder_ / "out/v02/00003.png"),
            mask_from({"......", "......", "111...", "......"}));
  write_frame(folder_ / "set/JPEGImages/v01/00002.jpg", 6, 4, 90);
  again("the frames");
  fs::remove(folder_ / "out/v01/00002.png");
  again("3 masks of the 4");
  EXPECT_EQ(predict_clips(clips(), predictor_, options()).skipped, 2);
}

TEST_F(Runner, EveryBadSequenceIsToldFirstAndTheOthersArePredicted) {
  folder_.write("set/ImageSets/val.txt", "v00\nv01\nv02\nv03\n");
  for (const char* const name : {"v00", "v03"}) {
    write_mask(folder_ / ("set/Annotations/" + std::string(name) + "/00000.png"),
               mask_from({"1.....", "......", "......", "......"}));
  }
  write_frame(folder_ / "set/JPEGImages/v03/00000.jpg", 4, 6);  // lies on its side
  const auto index = std::make_shared<const SequenceIndex>(
      index_ground_truth(folder_ / "set", load_benchmark("mosxav-val")));
  std::vector<ClipFailure> failures;
  const std::vector<Clip> found = benchmark_clips(index, nullptr, {}, {}, &failures);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures.front().clip, "v00");
  EXPECT_THAT(failures.front().error.what(), HasSubstr("has no frames"));
  RunOptions run = options();
  std::string log;
  run.tell = [&](Severity severity, const std::string& clip, const std::string& text) {
    if (severity == Severity::error) log += clip + " " + text + "\n";
  };
  run.progress = [&](std::uint64_t, std::uint64_t) { log += "frame\n"; };
  const RunSummary summary = predict_clips(found, predictor_, run);
  EXPECT_EQ(summary.predicted, 2);
  ASSERT_EQ(summary.failures.size(), 1U);
  EXPECT_THAT(log, ::testing::StartsWith("v03 "));
  EXPECT_THAT(log, HasSubstr("turned by 90 degrees"));
  EXPECT_THAT(names_in(folder_ / "out"), ElementsAre("manifest.json", "v01", "v02"));
}

TEST_F(Runner, FramesOfAnotherSizeAreResizedToTheMasks) {
  write_frame(folder_ / "set/JPEGImages/v01/00001.jpg", 12, 8);
  std::vector<Clip> all = clips();
  all.resize(1);
  predict_clips(all, predictor_, options());
  EXPECT_EQ(predictor_.notes[1], "step 6x4 given 4");
}

TEST_F(Runner, TheSizeThatIsWrittenIsSaidAndMayBeTheFrames) {
  for (int i = 0; i < 4; ++i)
    write_frame(folder_ / ("set/JPEGImages/v02/0000" + std::to_string(i) + ".jpg"), 12, 8);
  std::vector<Clip> all = clips();
  all.erase(all.begin());
  std::string told;
  RunOptions run = options();
  run.tell = [&](Severity severity, const std::string&, const std::string& text) {
    if (severity == Severity::warning) told += text;
  };
  predict_clips(all, predictor_, run);
  EXPECT_THAT(told, HasSubstr("masks are written at 6x4"));
  EXPECT_EQ(read_mask(folder_ / "out/v02/00001.png").width(), 6);
  run.size = OutputSize::frames;
  predict_clips(all, predictor_, run);
  const Mask mask = read_mask(folder_ / "out/v02/00001.png");
  EXPECT_EQ(mask.width(), 12);
  EXPECT_EQ(mask.at(5, 3), 1);
  EXPECT_EQ(mask.at(6, 3), 0);
}

// 250 to 255 beside small labels: 'ignore' in many data sets.
TEST_F(Runner, LabelsThatOftenMeanIgnoreAreToldAndFollowed) {
  write_frame(folder_ / "own/00000.jpg", 6, 4);
  RunOptions run = options();
  std::vector<std::string> warnings;
  run.tell = [&](Severity severity, const std::string&, const std::string& text) {
    if (severity == Severity::warning && text.starts_with("the first mask"))
      warnings.push_back(text);
  };
  Mask mask = mask_from({"11....", "......", "......", "......"});
  mask.at(5, 3) = 255;
  write_mask(folder_ / "first.png", mask);
  predict_clips({single_clip(folder_ / "own", folder_ / "first.png", "own")}, predictor_, run);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("255 beside small labels often means 'ignore'")));
  EXPECT_THAT(predictor_.ids, ElementsAre(1, 255));
  // Alone it is how one object is painted.
  warnings.clear();
  mask.at(0, 0) = mask.at(1, 0) = 0;
  write_mask(folder_ / "first.png", mask);
  predict_clips({single_clip(folder_ / "own", folder_ / "first.png", "white")}, predictor_, run);
  EXPECT_TRUE(warnings.empty());
}

TEST_F(Runner, ProgressCountsFramesThatAreStillToDo) {
  predictor_.break_at = 6;
  EXPECT_EQ(predict_clips(clips(), predictor_, options()).failures.size(), 1U);
  NotingPredictor again;
  RunOptions run = options();
  std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
  run.progress = [&](std::uint64_t done, std::uint64_t total) { told.emplace_back(done, total); };
  predict_clips(clips(), again, run);
  EXPECT_THAT(told,
              ElementsAre(std::pair(1, 4), std::pair(2, 4), std::pair(3, 4), std::pair(4, 4)));
}

TEST_F(Runner, MissingFramesAndMasksAreNamed) {
  fs::remove_all(folder_ / "set/JPEGImages/v02");
  try {
    clips();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("JPEGImages/v02"));
    EXPECT_THAT(error.what(), HasSubstr("(images)"));
  }
  write_frame(folder_ / "elsewhere/v01/00001.png", 6, 4);
  write_frame(folder_ / "elsewhere/v02/00000.png", 6, 4);
  const auto index = std::make_shared<const SequenceIndex>(
      index_ground_truth(folder_ / "set", load_benchmark("mosxav-val")));
  const std::vector<Clip> found = benchmark_clips(index, open_folder(folder_ / "elsewhere"));
  EXPECT_EQ(found.size(), 2U);
  // Frames that are annotated and not there: `score` would miss their masks.
  const RunSummary summary = predict_clips(found, predictor_, options());
  ASSERT_EQ(summary.failures.size(), 2U);
  EXPECT_THAT(summary.failures[0].error.what(),
              HasSubstr("no frame '00003', of which there is a mask"));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(Runner, AFrameThatIsNoImageIsNamed) {
  folder_.write("set/JPEGImages/v01/00002.jpg", "no image");
  const RunSummary summary = predict_clips(clips(), predictor_, options());
  ASSERT_EQ(summary.failures.size(), 1U);
  EXPECT_EQ(summary.failures.front().error.kind(), ErrorKind::input);
  EXPECT_THAT(summary.failures.front().error.what(), HasSubstr("v01/00002.jpg"));
  EXPECT_EQ(summary.predicted, 1);
}

TEST_F(Runner, ANameThatLeavesTheFolderIsRefused) {
  EXPECT_THROW(
      single_clip(folder_ / "set/JPEGImages/v01", folder_ / "set/Annotations/v01/00001.png", ".."),
      Error);
  EXPECT_THROW(
      single_clip(folder_ / "set/JPEGImages/v01", folder_ / "set/Annotations/v01/00001.png", "a/b"),
      Error);
}

TEST_F(Runner, ASingleClipTakesOneMaskOrAFolderOfMasks) {
  const std::string frames = folder_ / "set/JPEGImages/v01";
  predict_clips({single_clip(frames, folder_ / "set/Annotations/v02/00000.png", "one")}, predictor_,
                options());
  EXPECT_THAT(predictor_.notes, ElementsAre("begin one 6x4", "step 6x4 given 1", "step 6x4",
                                            "step 6x4", "step 6x4 last"));
  NotingPredictor other;
  predict_clips({single_clip(frames, folder_ / "set/Annotations/v01", "two")}, other, options());
  EXPECT_THAT(other.notes, ElementsAre("begin two 6x4", "step 6x4 given 4", "step 6x4",
                                       "step 6x4 given 2 last"));
}

TEST_F(Runner, AVideoFileIsAClip) {
  const std::string path = folder_ / "clip.avi";
  {
    cv::VideoWriter writer(path, cv::CAP_FFMPEG, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 15,
                           cv::Size(64, 48));
    if (!writer.isOpened()) GTEST_SKIP() << "this OpenCV writes no video";
    for (int i = 0; i < 3; ++i) writer.write(cv::Mat(48, 64, CV_8UC3, cv::Scalar(10, 20, 30)));
  }
  Mask mask(64, 48);
  mask.at(5, 5) = 3;
  write_mask(folder_ / "first.png", mask);
  predict_clips({single_clip(path, folder_ / "first.png", "clip")}, predictor_, options());
  EXPECT_THAT(predictor_.notes, ElementsAre("begin clip 64x48", "step 64x48 given 3", "step 64x48",
                                            "step 64x48 last"));
  EXPECT_THAT(names_in(folder_ / "out/clip"), ElementsAre("00000.png", "00001.png", "00002.png"));
  EXPECT_THROW(single_clip(folder_ / "absent.mp4", folder_ / "first.png", "x"), Error);
}

// SA-V: a binary mask an object; 000 is there from the start, 003 comes late and overlaps it.
TEST(PromptsOfObjects, EachIsGivenAtItsFirstMaskAndWrittenIntoItsOwnFolder) {
  const TempFolder folder;
  const auto put = [&](const std::string& object, const std::string& frame, const Mask& mask) {
    const std::string path = "set/Annotations_6fps/sav_1/" + object + "/" + frame + ".png";
    fs::create_directories(fs::path(folder / path).parent_path());
    write_mask(folder / path, mask);
  };
  put("000", "00000", mask_from({"11..", "...."}));
  put("000", "00004", mask_from({".11.", "...."}));
  put("003", "00000", mask_from({"....", "...."}));
  put("003", "00004", mask_from({"..11", "...."}));
  put("003", "00008", mask_from({"..11", "...."}));
  folder.write("set/sav_val.txt", "sav_1\n");
  for (int i = 0; i < 9; ++i) {
    write_frame(folder / ("set/JPEGImages_24fps/sav_1/0000" + std::to_string(i) + ".jpg"), 4, 2);
  }
  const auto index = std::make_shared<const SequenceIndex>(
      index_ground_truth(folder / "set", load_benchmark("sa-v-val")));
  const Prompts prompts = read_prompts(*index, index->sequences.at(0));
  ASSERT_EQ(prompts.masks.size(), 2U);
  EXPECT_EQ(prompts.masks.at("00000"), mask_from({"11..", "...."}));
  EXPECT_EQ(prompts.masks.at("00004"), mask_from({"..22", "...."}));
  EXPECT_THAT(prompts.object_folders, ElementsAre(std::pair(1, "000"), std::pair(2, "003")));

  NotingPredictor predictor;
  RunOptions run;
  run.out = folder / "out";
  predict_clips(benchmark_clips(index, nullptr), predictor, run);
  EXPECT_THAT(names_in(folder / "out/sav_1"), ElementsAre("000", "003"));
  EXPECT_EQ(names_in(folder / "out/sav_1/003").size(), 9U);
  EXPECT_EQ(read_mask(folder / "out/sav_1/000/00008.png"), mask_from({"11..", "...."}));
  EXPECT_EQ(read_mask(folder / "out/sav_1/003/00008.png"), mask_from({"..11", "...."}));
}

TEST(PromptsOfObjects, SingleImagesHaveNothingToFollow) {
  for (const char* const name : {"dias-test", "paxray-test"}) {
    auto index = std::make_shared<SequenceIndex>();
    index->benchmark = load_benchmark(name);
    try {
      benchmark_clips(index, nullptr);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::inconclusive);
      EXPECT_THAT(error.what(), HasSubstr("nothing is given at a first frame"));
    }
  }
}

TEST(Prompts, WithoutAJsonTheFirstAnnotatedFrameIsGivenWhole) {
  const TempFolder folder;
  write_mask(folder / "a/00002.png", mask_from({"12", ".."}));
  write_mask(folder / "a/00005.png", mask_from({"12", "3."}));
  const SequenceIndex index = index_ground_truth(folder.path(), load_benchmark("flat"));
  const Prompts prompts = read_prompts(index, index.sequences.at(0));
  ASSERT_EQ(prompts.masks.size(), 1U);
  EXPECT_EQ(prompts.masks.at("00002"), mask_from({"12", ".."}));
  EXPECT_THAT(prompts.object_ids, ElementsAre(1, 2));
}

TEST(BenchmarkClips, XacvAsPublishedHasItsFramesInEachPatientsFolder) {
  const TempFolder folder;
  const std::string patient = "CVAI-1/";
  for (const char* const name : {"00000.jpg", "00001.jpg"})
    write_frame(folder / (patient + "images/CVAI-1LAO44/" + name), 6, 4);
  const Mask mask = mask_from({"1.....", "......", "......", "......"});
  fs::create_directories(folder / (patient + "ground_truth/CVAI-1LAO44CATH"));
  write_mask(folder / (patient + "ground_truth/CVAI-1LAO44CATH/00001.png"), mask);
  const auto index = std::make_shared<const SequenceIndex>(
      index_ground_truth(folder.path(), load_benchmark("xacv")));
  const std::vector<Clip> clips = benchmark_clips(index, nullptr);
  ASSERT_EQ(clips.size(), 1U);
  EXPECT_EQ(clips.front().name, "CVAI-1LAO44");
  EXPECT_THAT(clips.front().frames->names(), ElementsAre("00000", "00001"));
}

TEST(Prompts, XacvGreysBecomeVesselAndCatheter) {
  const TempFolder folder;
  Mask mask(2, 1);
  mask.at(0, 0) = 127;
  mask.at(1, 0) = 255;
  write_mask(folder / "AnnotationVOS/x/00001.png", mask);
  const SequenceIndex index = index_ground_truth(folder.path(), load_benchmark("xacv"));
  EXPECT_EQ(read_prompts(index, index.sequences.at(0)).masks.at("00001"), mask_from({"12"}));
}

TEST(Prompts, VoidOfDavis2017IsBackground) {
  const TempFolder folder;
  Mask mask(2, 1, 1);
  mask.at(1, 0) = kVoidLabel;
  write_mask(folder / "Annotations/480p/bear/00000.png", mask);
  const SequenceIndex index = index_ground_truth(folder.path(), load_benchmark("davis2017-val"));
  EXPECT_EQ(read_prompts(index, index.sequences.at(0)).masks.at("00000"), mask_from({"1."}));
}

TEST(Prompts, IdsThatTheJsonStatesAreTheOnlyOnesGiven) {
  const TempFolder folder;
  folder.write("test/ImageSets/test.txt", "v01\n");
  folder.write(
      "test/ImageSets/test_first_mask.json",
      R"({"videos": {"v01": {"frames": {"00000": {"objects": ["1"]}, "00001": {"objects": ["2"]}}}}})");
  write_mask(folder / "test/Annotations/v01/00000.png", mask_from({"123"}));
  write_mask(folder / "test/Annotations/v01/00001.png", mask_from({"123"}));
  const SequenceIndex index = index_ground_truth(folder.path(), load_benchmark("mosxav-test"));
  const Prompts prompts = read_prompts(index, index.sequences.at(0));
  EXPECT_EQ(prompts.masks.at("00000"), mask_from({"1.."}));
  EXPECT_EQ(prompts.masks.at("00001"), mask_from({".2."}));
}

TEST(Prompts, EmptyMasksBeforeTheFirstObjectArePassedOver) {
  const TempFolder folder;
  write_mask(folder / "a/1.png", mask_from({"..", ".."}));
  write_mask(folder / "a/9.png", mask_from({"..", ".."}));
  write_mask(folder / "a/10.png", mask_from({"2.", ".."}));
  write_mask(folder / "a/11.png", mask_from({"23", ".."}));
  const SequenceIndex index = index_ground_truth(folder.path(), load_benchmark("flat"));
  const Prompts prompts = read_prompts(index, index.sequences.at(0));
  ASSERT_EQ(prompts.masks.size(), 1U);
  EXPECT_EQ(prompts.masks.at("10"), mask_from({"2.", ".."}));
}

TEST(OpticalFlow, FollowsASteadyMotionBelowHalfAPixel) {
  // A textured scene with a disc passes the camera by 0.3 pixels a frame, 40 frames: 12 pixels.
  constexpr int kSize = 96;
  constexpr int kFrames = 40;
  constexpr double kStep = 0.3;
  const auto disc_at = [](int x, int y, int t) {
    const double dx = x - 30 - kStep * t;
    const double dy = y - 48;
    return dx * dx + dy * dy < 15.0 * 15.0;
  };
  const auto frame_at = [&](int t) {
    cv::Mat rgb(kSize, kSize, CV_8UC3);
    for (int y = 0; y < kSize; ++y) {
      for (int x = 0; x < kSize; ++x) {
        const double shift = kStep * t;
        const double texture = std::sin((x - shift) * 0.9) * std::cos(y * 0.7) +
                               std::sin((x - shift) * 0.31 + y * 0.23);
        const auto grey = static_cast<std::uint8_t>((disc_at(x, y, t) ? 90 : 160) + 25 * texture);
        rgb.at<cv::Vec3b>(y, x) = cv::Vec3b(grey, grey, grey);
      }
    }
    return rgb;
  };
  const auto mask_at = [&](int t) {
    Mask mask(kSize, kSize);
    for (int y = 0; y < kSize; ++y) {
      for (int x = 0; x < kSize; ++x) mask.at(x, y) = disc_at(x, y, t) ? 1 : 0;
    }
    return mask;
  };
  const std::unique_ptr<Predictor> flow = make_predictor("optical-flow", {});
  flow->begin({"disc", kSize, kSize, kFrames, {1}});
  const Mask first = mask_at(0);
  Mask last = flow->step(frame_at(0), &first, false);
  for (int t = 1; t < kFrames; ++t) last = flow->step(frame_at(t), nullptr, t + 1 == kFrames);

  const Mask truth = mask_at(kFrames - 1);
  int both = 0;
  int either = 0;
  int stale = 0;
  for (int i = 0; i < kSize * kSize; ++i) {
    both += truth.pixels()[i] == 1 && last.pixels()[i] == 1 ? 1 : 0;
    either += truth.pixels()[i] == 1 || last.pixels()[i] == 1 ? 1 : 0;
    stale += truth.pixels()[i] == 1 && first.pixels()[i] == 1 ? 1 : 0;
  }
  EXPECT_GT(static_cast<double>(both) / either, 0.8);
  EXPECT_LT(stale, both);
}

TEST(OpticalFlow, GivesTheSameMasksForAnyNumberOfThreads) {
  std::mt19937_64 random(3);
  const auto run = [](int threads, std::mt19937_64 numbers) {
    PredictorOptions options;
    options.threads = threads;
    const std::unique_ptr<Predictor> flow = make_predictor("optical-flow", options);
    flow->begin({"noise", 80, 60, 4, {}});
    const Mask prompt = test::random_mask(80, 60, 3, numbers);
    Mask last;
    for (int t = 0; t < 4; ++t) {
      cv::Mat frame(60, 80, CV_8UC3);
      for (int i = 0; i < 60 * 80 * 3; ++i) frame.data[i] = static_cast<std::uint8_t>(numbers());
      last = flow->step(frame, t == 0 ? &prompt : nullptr, t == 3);
    }
    return last;
  };
  const Mask one = run(1, random);
  EXPECT_EQ(run(2, random), one);
  EXPECT_EQ(run(0, random), one);
}

}  // namespace
}  // namespace angiobench
