// SPDX-License-Identifier: MIT
// Submissions and ground truths as people have them: wrapped, named otherwise, in other forms. What
// is meant is scored or the message says what to give instead, in words that can be typed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "dataset/error.h"
#include "dataset/files/zip_writer.h"
#include "dataset/masks/png.h"
#include "dataset/validator/validate_dataset.h"
#include "dataset/validator/validate_submission.h"
#include "evaluator/scoring/submission.h"
#include "tests/support/png_writer.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using test::TempFolder;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kFrames = 6;

// Two squares that move; a prediction has them a pixel lower.
Mask scene(int time, int lower, const std::vector<int>& ids = {1, 2}) {
  Mask mask(48, 40);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (int y = 0; y < 12; ++y) {
      for (int x = 0; x < 12; ++x)
        mask.at(3 + 2 * time + x, 4 + 18 * static_cast<int>(i) + y + lower) =
            static_cast<std::uint8_t>(ids[i]);
    }
  }
  return mask;
}

std::string frame_name(int number) { return "0000" + std::to_string(number); }

class OddInput : public ::testing::Test {
 protected:
  using Bytes = std::vector<std::uint8_t>;

  void write(const std::string& path, const Bytes& bytes) const {
    folder_.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  void write(const std::string& path, const Mask& mask) const {
    write(path, encode_mask_png(mask.view(), voc_palette()));
  }
  void write_video(const std::string& folder, int lower,
                   const std::vector<int>& ids = {1, 2}) const {
    for (int time = 0; time < kFrames; ++time)
      write(folder + "/" + frame_name(time) + ".png", scene(time, lower, ids));
  }
  void make(const std::string& truth = "data/", const std::string& predictions = "predictions/") {
    for (const char* const name : {"a", "b"}) {
      write_video(truth + name, 0);
      write_video(predictions + name, 1);
    }
  }
  // Every file of a folder, as a zip.
  void zip(const std::string& folder, const std::string& archive) const {
    ZipWriter writer(folder_ / archive);
    std::vector<std::string> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_ / folder)) {
      if (fs::is_regular_file(entry.path())) files.push_back(entry.path().string());
    }
    std::ranges::sort(files);
    for (const std::string& file : files) {
      std::ifstream stream(file, std::ios::binary);
      const Bytes bytes{std::istreambuf_iterator<char>(stream), {}};
      writer.add(file.substr((folder_ / folder).size() + 1), bytes);
    }
    writer.finish();
  }

  SubmissionRequest request(const std::string& predictions = "predictions",
                            const std::string& dataset = "flat") const {
    SubmissionRequest request;
    request.dataset = dataset;
    request.ground_truth = folder_ / "data";
    request.predictions = predictions.starts_with("/") ? predictions : folder_ / predictions;
    return request;
  }
  Result run(const std::string& predictions = "predictions",
             const std::string& dataset = "flat") const {
    return score_submission(request(predictions, dataset));
  }
  // What is said of a submission that is not complete.
  std::string told(const std::string& predictions, const std::string& dataset = "flat") const {
    const OpenSubmission opened = open_submission(request(predictions, dataset));
    std::string text;
    for (const Finding& finding :
         find_missing(opened.index, *opened.predictions, opened.protocol).findings)
      text += format_finding(finding) + "\n";
    for (const Finding& finding : look_again(opened, {})) text += format_finding(finding) + "\n";
    return text;
  }
  static std::set<std::string> codes(const std::vector<Finding>& findings) {
    std::set<std::string> codes;
    for (const Finding& finding : findings) codes.insert(finding.code);
    return codes;
  }
  std::string refusal(const std::function<void()>& work) const {
    try {
      work();
    } catch (const Error& error) {
      return error.what();
    }
    return "was not refused";
  }

  TempFolder folder_;
};

TEST_F(OddInput, WrappingsOfASubmissionAreTakenOffInFoldersAsInZips) {
  make();
  const Result plain = run();
  for (const std::string top : {"run", "Annotations", "run/Annotations", "Annotations/480p"}) {
    const std::string place = "wrapped/" + top;
    fs::create_directories(fs::path(folder_ / place).parent_path());
    fs::copy(folder_ / "predictions", folder_ / place, fs::copy_options::recursive);
    folder_.write("wrapped/README.txt", "made by us");
    EXPECT_EQ(run("wrapped").submission.digest, plain.submission.digest) << top;
    zip("wrapped", "wrapped.zip");
    EXPECT_EQ(run("wrapped.zip").submission.digest, plain.submission.digest) << top;
    fs::remove_all(folder_ / "wrapped");
  }
}

TEST_F(OddInput, WhatCannotBeChosenIsNamedAndTheHintWorksWhenTyped) {
  make("data/", "runs/first/");
  for (const char* const name : {"a", "b"}) write_video("runs/second/" + std::string(name), 2);
  zip("runs", "runs.zip");
  for (const std::string form : {"runs", "runs.zip"}) {
    EXPECT_THAT(told(form),
                AllOf(HasSubstr("[S014]"), HasSubstr((folder_ / form) + "/first and in "),
                      HasSubstr("give one of them alone, with -p or zipped")));
    EXPECT_EQ(run(form + "/first").dataset.sequences, 2U);
    EXPECT_NE(run(form + "/first").submission.digest, run(form + "/second").submission.digest);
  }
}

TEST_F(OddInput, AZipWithSeveralSplitsIsAskedForOne) {
  make("data/", "all/test/");
  write_video("all/val/c", 1);
  zip("all", "all.zip");
  EXPECT_THAT(told("all.zip"),
              HasSubstr("they lie in " + (folder_ / "all.zip") + "/test; give that"));
  EXPECT_TRUE(run("all.zip/test").complete);
}

TEST_F(OddInput, AFolderOneLevelTooLowIsSentUp) {
  make();
  EXPECT_THAT(told("predictions/a"),
              HasSubstr("this is the folder of the sequence 'a'; give the one "
                        "above with -p: " +
                        (folder_ / "predictions")));
}

TEST_F(OddInput, AGroundTruthIsFoundBelowOneTopFolder) {
  make("data/download/set/");
  const Result result = run();
  EXPECT_EQ(result.dataset.sequences, 2U);
  EXPECT_THAT(codes(result.findings), Contains("A002"));
  fs::create_directories(folder_ / "data/other");
  write_video("data/other/x/c", 0);
  EXPECT_THAT(refusal([&] { run(); }),
              AllOf(HasSubstr("they lie in " + (folder_ / "data") + "/"), HasSubstr("with -g")));
}

TEST_F(OddInput, FoldersOfAnAnnotationToolAreNoSequences) {
  make();
  fs::rename(folder_ / "data", folder_ / "videos");
  for (const char* const pair : {"SegmentationClass", "SegmentationObject"})
    write_video("data/" + std::string(pair), 0);
  EXPECT_THAT(refusal([&] { run(); }), AllOf(HasSubstr("6 .png files lie directly in "),
                                             HasSubstr("expected a folder for each sequence")));
  fs::remove_all(folder_ / "data");
  for (const char* const name : {"images", "masks"}) write_video("data/" + std::string(name), 0);
  EXPECT_THAT(refusal([&] { run(); }), HasSubstr("lie directly in"));
  fs::remove_all(folder_ / "data/images");  // a video may be called so
  fs::rename(folder_ / "predictions/a", folder_ / "predictions/masks");
  EXPECT_EQ(run().dataset.sequences, 1U);
}

TEST_F(OddInput, ColoursThatNobodyKnowsAreNamedWithTheirCure) {
  make();
  std::vector<Rgb> pixels(48 * 40, Rgb{0, 0, 0});
  std::fill(pixels.begin() + 500, pixels.begin() + 900, Rgb{48, 112, 32});
  for (int time = 0; time < kFrames; ++time)
    write("data/a/" + frame_name(time) + ".png", test::write_rgb_png(48, 40, pixels));
  EXPECT_THAT(refusal([&] { run(); }), AllOf(HasSubstr("(48, 112, 32)"), HasSubstr("\"palette\"")));
  folder_.write("own.json",
                R"({"schema": "benchmark-2", "name": "own", "title": "own",
                    "protocol": "vos-benchmark", "annotations": ["."], "storage": "labels",
                    "masks": "{sequence}/{frame}.png", "prompts": "first-frame",
                    "palette": [[0, 0, 0], [48, 112, 32], [0, 128, 0]]})");
  fs::remove_all(folder_ / "data/b");
  EXPECT_EQ(run("predictions", folder_ / "own.json").dataset.objects, 1U);
}

TEST_F(OddInput, TheTruthOfAnotherSplitIsNamedAndNotScored) {
  for (int i = 0; i < 12; ++i)
    write_video("data/Annotations/v" + std::string(i < 10 ? "0" : "") + std::to_string(i), 0);
  std::string list;
  for (int i = 0; i < 12; ++i)
    list += "v" + std::string(i < 10 ? "0" : "") + std::to_string(i) + "\n";
  folder_.write("data/ImageSets/train.txt", list);
  EXPECT_THAT(refusal([&] { index_ground_truth(folder_ / "data", load_benchmark("mosxav-test")); }),
              AllOf(HasSubstr("is the ground truth of mosxav-"), HasSubstr("train.txt"),
                    HasSubstr("not of mosxav-test")));
  EXPECT_EQ(index_ground_truth(folder_ / "data", load_benchmark("mosxav-train")).sequences.size(),
            12U);
}

TEST_F(OddInput, OtherFormsOfMasksAreNamed) {
  make();
  fs::remove_all(folder_ / "predictions/a");
  for (int time = 0; time < kFrames; ++time)
    folder_.write("predictions/a/" + frame_name(time) + ".jpg", "\xFF\xD8\xFF");
  EXPECT_THAT(told("predictions"), HasSubstr("its folder holds 6 .jpg files; masks must be .png"));
  const Validation validation =
      validate_submission(folder_ / "predictions", folder_ / "data", load_benchmark("flat"));
  const auto missing = std::ranges::find(validation.findings, "P001", &Finding::code);
  ASSERT_NE(missing, validation.findings.end());
  EXPECT_THAT(missing->message, HasSubstr("holds 6 .jpg files"));
}

TEST_F(OddInput, OtherNamesOfFramesAreHeldAgainstTheOrder) {
  make();
  for (int time = 0; time < kFrames; ++time)
    fs::rename(folder_ / ("predictions/a/" + frame_name(time) + ".png"),
               folder_ / ("predictions/a/out_" + std::to_string(700 + 13 * time) + ".png"));
  EXPECT_THAT(
      told("predictions"),
      HasSubstr("6 masks for 6 frames under other names: is out_700 the frame 00000? [P027]"));
}

TEST_F(OddInput, OneFileForEachLabelIsNoSetOfFrames) {
  make();
  fs::remove_all(folder_ / "predictions/a");
  for (int time = 0; time < kFrames; ++time) {
    for (const char* const label : {"catheter", "vessel"})
      write("predictions/a/task-" + std::to_string(time) + "-" + label + "-0.png", scene(time, 1));
  }
  EXPECT_THAT(told("predictions"), AllOf(HasSubstr("[P028]"), Not(HasSubstr("[P007]"))));
  fs::rename(folder_ / "data/a", folder_ / "data/x");
  fs::rename(folder_ / "predictions/a", folder_ / "data/a");
  write_video("predictions/x", 1);
  EXPECT_THAT(codes(index_ground_truth(folder_ / "data", load_benchmark("flat")).findings),
              Contains("D029"));
}

TEST_F(OddInput, CopiesAndDebrisAreNoFramesAnywhere) {
  make();
  const Result before = run();
  for (const std::string side : {"data/a/", "predictions/a/"}) {
    for (const char* const name : {"00002 (1).png", "00003 - Copy.png", "00004 copy.png"})
      write(side + name, scene(0, 5, {7}));
    for (const char* const name : {".DS_Store", "Thumbs.db", "desktop.ini", "._00002.png"})
      folder_.write(side + name, "debris");
    folder_.write(side + ".ipynb_checkpoints/00001-checkpoint.png", "debris");
  }
  folder_.write("predictions/__MACOSX/a/._00000.png", "debris");
  const Result after = run();
  EXPECT_EQ(after.dataset.digest, before.dataset.digest);
  EXPECT_EQ(after.submission.digest, before.submission.digest);
  EXPECT_THAT(codes(after.findings), AllOf(Contains("D019"), Not(Contains("D020"))));
  zip("predictions", "predictions.zip");
  EXPECT_EQ(run("predictions.zip").submission.digest, before.submission.digest);
}

TEST_F(OddInput, GreyWithAlphaIsReadAsGrey) {
  make();
  const Result before = run();
  for (int time = 0; time < kFrames; ++time) {
    const Mask mask = scene(time, 1);
    write("predictions/a/" + frame_name(time) + ".png", test::write_png(mask.view(), {4, 8}));
  }
  EXPECT_EQ(run().aggregates.front().value, before.aggregates.front().value);
}

TEST_F(OddInput, LabelsThatLookLikeVoidAreAsked) {
  make();
  for (int time = 0; time < kFrames; ++time) {
    Mask mask = scene(time, 0);
    for (int x = 0; x < 40; ++x) mask.at(x, 0) = 255;
    write("data/a/" + frame_name(time) + ".png", mask);
  }
  const std::vector<Finding> findings = run().findings;
  const auto found = std::ranges::find(findings, "D046", &Finding::code);
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->message, "label 255 next to the ids 1, 2: void?");
  EXPECT_THAT(codes(validate_dataset(folder_ / "data", load_benchmark("flat")).findings),
              Contains("D046"));
}

TEST_F(OddInput, A255UnderDavisSaysThatThePublicToolStops) {
  make("data/Annotations/480p/");
  EXPECT_THAT(codes(run("predictions", "davis2017-val").findings), Not(Contains("S018")));
  Mask mask = scene(2, 1);
  mask.at(0, 0) = 255;
  write("predictions/a/00002.png", mask);
  const std::vector<Finding> findings = run("predictions", "davis2017-val").findings;
  const auto found = std::ranges::find(findings, "S018", &Finding::code);
  ASSERT_NE(found, findings.end());
  EXPECT_THAT(found->message, HasSubstr("davis2017-evaluation stops there"));
}

// The digest that a benchmark's own protocol gives is the one that its file says, or it is told.
TEST_F(OddInput, AnotherTruthThanTheReleasedOneIsToldWhateverTheProtocolReads) {
  make();
  const SequenceIndex index = index_ground_truth(folder_ / "data", load_benchmark("flat"));
  const auto predictions = open_file_tree(folder_ / "predictions");
  const Protocol protocol = load_protocol("vos-benchmark");
  const auto scored = [&](const std::string& digest) {
    SequenceIndex stated = index;
    stated.benchmark.protocol = protocol.name;
    stated.benchmark.scored_digest = digest;
    stated.benchmark.digest = "sha256:of every mask";
    for (const Sequence& sequence : index.sequences)
      stated.benchmark.sequences.push_back(sequence.name);
    return score(stated, *predictions, protocol, find_missing(stated, *predictions, protocol));
  };
  const std::string digest = scored("").result.dataset.digest;
  EXPECT_THAT(codes(scored("").result.findings), Not(Contains("D018")));  // not every mask is read
  EXPECT_THAT(codes(scored(digest).result.findings), Not(Contains("D018")));
  EXPECT_THAT(codes(scored("sha256:another").result.findings), Contains("D018"));
}

TEST_F(OddInput, PromptsThatAreScoredAreOneLine) {
  make();
  for (const char* const name : {"a", "b"}) {
    for (int time = 0; time < 2; ++time)
      write("data/" + std::string(name) + "/" + frame_name(time) + ".png", scene(time, 0, {1}));
  }
  const std::vector<Finding> findings = run().findings;
  EXPECT_EQ(std::ranges::count(findings, "S004", &Finding::code), 1);
  const auto found = std::ranges::find(findings, "S004", &Finding::code);
  EXPECT_THAT(found->message, HasSubstr("2 objects are given in frames that are scored"));
  EXPECT_THAT(found->message, HasSubstr("a/2, b/2"));
}

TEST_F(OddInput, WhyNothingIsScoredIsSaid) {
  make();
  SubmissionRequest lvos = request();
  lvos.protocol = "lvos";
  EXPECT_THAT(refusal([&] { score_submission(lvos); }),
              HasSubstr("lvos needs the objects of a meta"));
}

TEST_F(OddInput, LabelsThatAProtocolStatesAreThoseThatAreJudged) {
  make();
  for (const char* const name : {"a", "b"}) {
    write_video("data/" + std::string(name), 0, {255});
    write_video("predictions/" + std::string(name), 1, {1});
  }
  EXPECT_THAT(codes(run().findings), Contains("P022"));  // the library looks by itself
  SubmissionRequest davis = request();
  davis.protocol = "davis2016";
  EXPECT_TRUE(std::ranges::none_of(score_submission(davis).findings, is_wrong_score));
}

// A mask for each object: folders 000 and 001.
class ObjectFolders : public OddInput {
 protected:
  void write_objects(const std::string& root, int lower, const std::vector<std::string>& names) {
    for (int time = 0; time < kFrames; ++time) {
      for (std::size_t i = 0; i < names.size(); ++i) {
        Mask mask = scene(time, lower);
        for (int y = 0; y < 40; ++y) {
          for (int x = 0; x < 48; ++x)
            mask.at(x, y) = mask.at(x, y) == static_cast<int>(i) + 1 ? 255 : 0;
        }
        write(root + "/v/" + names[i] + "/" + frame_name(time) + ".png", mask);
      }
    }
  }
  void SetUp() override {
    write_objects("data/Annotations_6fps", 0, {"000", "001"});
    folder_.write("data/sav_val.txt", "v\n");
  }
};

TEST_F(ObjectFolders, OtherFoldersAndMergedMasksAreNamed) {
  write_objects("predictions", 1, {"0", "1"});
  EXPECT_THAT(told("predictions", "sa-v-val"),
              HasSubstr("its folder holds the folders 0, 1; expected 000, 001"));
  fs::remove_all(folder_ / "predictions");
  write_video("predictions/v", 1);
  EXPECT_THAT(
      told("predictions", "sa-v-val"),
      HasSubstr("holds 6 .png files, as merged masks do; expected a folder for each object"));
}

TEST_F(ObjectFolders, MissingMasksAreCountedByFrameAndObject) {
  write_objects("predictions", 1, {"000", "001"});
  fs::remove(folder_ / "predictions/v/001/00002.png");
  fs::remove(folder_ / "predictions/v/001/00003.png");
  fs::remove(folder_ / "predictions/v/000/00003.png");
  EXPECT_THAT(told("predictions", "sa-v-val"),
              HasSubstr("3 of 12 masks are missing: object 0 in 00003; object 1 in 00002, 00003"));
}

TEST_F(ObjectFolders, TheOnlySequenceOfAZipIsNoTopFolder) {
  write_objects("predictions", 1, {"000", "001"});
  const Result plain = run("predictions", "sa-v-val");
  zip("predictions", "predictions.zip");
  EXPECT_EQ(run("predictions.zip", "sa-v-val").submission.digest, plain.submission.digest);
}

TEST_F(ObjectFolders, AMaskOfSeveralValuesIsNoObject) {
  write_objects("predictions", 1, {"000", "001"});
  Mask mask = scene(3, 1);
  write("predictions/v/000/00003.png", mask);
  EXPECT_THAT(codes(run("predictions", "sa-v-val").findings), Contains("P015"));
}

}  // namespace
}  // namespace angiobench
