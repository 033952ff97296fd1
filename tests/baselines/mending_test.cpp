// SPDX-License-Identifier: MIT
#include "baselines/mending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "baselines/predictors.h"
#include "baselines/runner.h"
#include "baselines/weights/load_weights.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/masks/png.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kClipSide = 96;
constexpr int kClipFrames = 14;

std::string frame_named(int number) {
  return std::string(number < 10 ? "0000" : "000") + std::to_string(number);
}

// A dark disc that moves right by two pixels a frame over a grey that varies.
Mask disc_at(int frame, int radius = 13) {
  Mask mask(kClipSide, kClipSide);
  const int centre = 24 + 2 * frame;
  for (int y = 0; y < kClipSide; ++y) {
    for (int x = 0; x < kClipSide; ++x) {
      const int dx = x - centre;
      const int dy = y - 48;
      if (dx * dx + dy * dy <= radius * radius) mask.at(x, y) = 1;
    }
  }
  return mask;
}

double overlap(const Mask& left, const Mask& right, int label = 1) {
  double both = 0;
  double either = 0;
  for (int i = 0; i < left.width() * left.height(); ++i) {
    const bool a = left.pixels()[i] == label;
    const bool b = right.pixels()[i] == label;
    both += a && b ? 1 : 0;
    either += a || b ? 1 : 0;
  }
  return either == 0 ? 1 : both / either;
}

// Notes what it is told, and repeats the last labels.
class TellingPredictor final : public Predictor {
 public:
  void begin(const ClipInfo& clip) override {
    told.clear();
    ids = clip.object_ids;
    labels_ = Mask(clip.width, clip.height);
  }
  Mask step(const cv::Mat&, const Mask* prompt, bool) override {
    told += prompt == nullptr ? "." : "p";
    if (prompt != nullptr) prompted = *prompt;
    for (int i = 0; prompt != nullptr && i < labels_.width() * labels_.height(); ++i) {
      if (prompt->pixels()[i] != 0) labels_.pixels()[i] = prompt->pixels()[i];
    }
    return labels_;
  }
  void take(const cv::Mat&, const Mask& labels, Known how, bool) override {
    told += how == Known::corrected ? "C" : how == Known::given ? "G" : "r";
    labels_ = labels;
  }
  std::string describe() const override { return "telling"; }

  std::string told;
  std::vector<int> ids;
  Mask prompted;

 private:
  Mask labels_;
};

class Mending : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "cine");
    for (int i = 0; i < kClipFrames; ++i) {
      const Mask disc = disc_at(i);
      cv::Mat grey(kClipSide, kClipSide, CV_8UC1);
      for (int y = 0; y < kClipSide; ++y) {
        for (int x = 0; x < kClipSide; ++x)
          grey.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>((disc.at(x, y) != 0 ? 60 : 170) +
                                                                  (7 * x + 13 * y + x * y) % 17);
      }
      ASSERT_TRUE(cv::imwrite(folder_ / ("cine/" + frame_named(i) + ".png"), grey));
    }
    put("first.png", disc_at(0));
  }

  void put(const std::string& path, const Mask& mask) const {
    fs::create_directories(fs::path(folder_ / path).parent_path());
    write_mask_png(folder_ / path, mask.view(), voc_palette());
  }
  Mask predicted(const std::string& out, int frame) const {
    return read_mask(folder_ / (out + "/cine/" + frame_named(frame) + ".png"));
  }
  std::string bytes(const std::string& path) const { return read_text_file(folder_ / path); }

  RunSummary run(Predictor& predictor, const std::string& out, const std::string& from = "",
                 const std::string& first = "first.png", const std::string& setting = "a") {
    FirstMaskOptions masks;
    masks.correct = correct_;
    const std::vector<Clip> clips = {
        single_clip(folder_ / "cine", folder_ / first, "cine", {}, masks)};
    RunOptions options;
    options.out = folder_ / out;
    options.settings = {{"network", setting}};
    options.masks = masks;
    options.from = from;
    told_.clear();
    options.tell = [this](Severity, const std::string&, const std::string& text) {
      told_ += text + "\n";
    };
    return predict_clips(clips, predictor, options);
  }
  // The words of a run that fails.
  std::string refusal(const std::string& out, const std::string& from,
                      const std::string& setting = "a") {
    const RunSummary summary = run(telling_, out, from, "first.png", setting);
    EXPECT_EQ(summary.predicted, 0);
    return summary.failures.empty() ? "" : summary.failures.front().error.what();
  }
  nlohmann::json manifest(const std::string& out) const {
    return nlohmann::json::parse(bytes(out + "/manifest.json"));
  }

  TempFolder folder_;
  TellingPredictor telling_;
  std::string told_;
  bool correct_ = false;
};

TEST_F(Mending, KeepsTheMasksUpToTheFrameAndPredictsTheOthersAnew) {
  run(telling_, "out");
  put("out/cine/00006.png", disc_at(6));
  const std::string mended = bytes("out/cine/00006.png");
  const std::string before = bytes("out/cine/00003.png");
  const RunSummary summary = run(telling_, "out", "6");
  EXPECT_EQ(summary.predicted, 1);
  EXPECT_EQ(summary.num_frames, static_cast<std::uint64_t>(kClipFrames - 7));
  EXPECT_EQ(telling_.told, "GrrrrrG.......");
  EXPECT_EQ(bytes("out/cine/00006.png"), mended);
  EXPECT_EQ(bytes("out/cine/00003.png"), before);
  EXPECT_EQ(predicted("out", 13), disc_at(6));
  EXPECT_THAT(told_, HasSubstr("goes on from the frame '00006', whose mask shows object 1 ("));
  EXPECT_EQ(manifest("out").at("clips").at("cine").at("mended"), nlohmann::json({"00006"}));
  EXPECT_FALSE(fs::exists(folder_ / "out.partial"));
}

TEST_F(Mending, ARunFromAnEarlierFrameForgetsLaterOnesAndOneFromALaterFrameAddsIt) {
  run(telling_, "out");
  run(telling_, "out", "00006");
  run(telling_, "out", "9");
  EXPECT_EQ(manifest("out").at("clips").at("cine").at("mended"),
            nlohmann::json({"00006", "00009"}));
  run(telling_, "out", "4");
  EXPECT_EQ(manifest("out").at("clips").at("cine").at("mended"), nlohmann::json({"00004"}));
}

TEST_F(Mending, WhatIsNewInTheMendedMaskIsAnObjectAndLaterMasksDoNotGiveItAgain) {
  Mask later = disc_at(9);
  later.at(2, 2) = 3;
  put("several/00000.png", disc_at(0));
  put("several/00009.png", later);
  run(telling_, "out", "", "several");
  Mask mended = disc_at(6);
  mended.at(2, 2) = 3;
  mended.at(3, 2) = 5;
  put("out/cine/00006.png", mended);
  run(telling_, "out", "6", "several");
  EXPECT_EQ(telling_.told, "GrrrrrG..p....");
  EXPECT_THAT(telling_.ids, ElementsAre(1, 3, 5));
  EXPECT_EQ(telling_.prompted, Mask(kClipSide, kClipSide));
  EXPECT_THAT(told_, HasSubstr("object 3 (1 pixel, new there), object 5 (1 pixel, new there)"));
}

TEST_F(Mending, RefusesWhatWouldBeAMixtureAndLeavesEverythingAsItWas) {
  EXPECT_THAT(refusal("out", "6"), HasSubstr("there is no mask to go on from"));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  run(telling_, "out");
  const std::string before = bytes("out/manifest.json");
  EXPECT_THAT(refusal("out", "6", "b"),
              HasSubstr("was made with other input (network, weights or options)"));
  put("first.png", disc_at(0, 9));
  EXPECT_THAT(refusal("out", "6"), HasSubstr("the first masks"));
  put("first.png", disc_at(0));
  EXPECT_EQ(bytes("out/manifest.json"), before);
  put("out/cine/00006.png", Mask(8, 8, 1));
  EXPECT_THAT(refusal("out", "6"), HasSubstr("8x8"));
  fs::remove(folder_ / "out/cine/00003.png");
  EXPECT_THAT(refusal("out", "5"), HasSubstr("00003.png"));
}

TEST_F(Mending, RefusesFramesThatNothingFollowsOrThatAreNone) {
  run(telling_, "out");
  for (const auto& [from, words] :
       {std::pair("13", "is the last frame"), std::pair("14", "is '14'"),
        std::pair("x", "a frame's name, '00000' to '00013', or its number")}) {
    try {
      run(telling_, "out", from);
      FAIL() << from;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      EXPECT_THAT(error.what(), HasSubstr(words));
    }
  }
  EXPECT_EQ(frame_called({"a_7", "a_8"}, "8"), "a_8");
  EXPECT_THROW(frame_called({"a_8", "b_8"}, "8"), Error);
}

TEST_F(Mending, MasksThatWereMendedAreNeverMadeAgainUnasked) {
  run(telling_, "out");
  put("out/cine/00006.png", disc_at(6));
  run(telling_, "out", "6");
  const std::string mended = bytes("out/cine/00006.png");
  // The same command without it has nothing to do.
  EXPECT_EQ(run(telling_, "out").skipped, 1);
  // Another network, and masks that changed since, would need that they are written over.
  EXPECT_THAT(refusal("out", "", "b"), HasSubstr("mended by hand (at '00006')"));
  put("out/cine/00009.png", disc_at(9));
  EXPECT_THAT(refusal("out", ""), HasSubstr("changed since they were written"));
  EXPECT_EQ(bytes("out/cine/00006.png"), mended);
  EXPECT_EQ(run(telling_, "out", "9").predicted, 1);
}

// Between the record and the masks: both are from one run or the other, and the same command ends.
TEST_F(Mending, ARunThatWasKilledWhileItPublishedIsSeenAndGoneOnWith) {
  run(telling_, "out");
  put("out/cine/00006.png", disc_at(6));
  fs::create_directories(folder_ / "old");
  for (const fs::directory_entry& file : fs::directory_iterator(folder_ / "out/cine"))
    fs::copy_file(file.path(), fs::path(folder_ / "old") / file.path().filename());
  run(telling_, "out", "6");
  fs::remove_all(folder_ / "out/cine");
  fs::rename(folder_ / "old", folder_ / "out/cine");
  EXPECT_THAT(refusal("out", ""), HasSubstr("interrupted"));
  EXPECT_EQ(run(telling_, "out", "6").predicted, 1);
  EXPECT_EQ(predicted("out", 13), disc_at(6));
  EXPECT_EQ(run(telling_, "out").skipped, 1);
}

// As painting programs store what they opened: in colours, or with a palette of their own.
TEST_F(Mending, AMendedMaskInTheLabelsColoursIsWrittenAsLabels) {
  run(telling_, "out");
  Mask mended = disc_at(6);
  mended.at(2, 2) = 7;
  cv::Mat bgr(kClipSide, kClipSide, CV_8UC3);
  Mask indices(kClipSide, kClipSide);
  std::vector<Rgb> sorted = {voc_palette()[7], voc_palette()[1], voc_palette()[0]};
  for (int y = 0; y < kClipSide; ++y) {
    for (int x = 0; x < kClipSide; ++x) {
      const Rgb colour = voc_palette()[mended.at(x, y)];
      bgr.at<cv::Vec3b>(y, x) = cv::Vec3b(colour[2], colour[1], colour[0]);
      indices.at(x, y) =
          static_cast<std::uint8_t>(std::ranges::find(sorted, colour) - sorted.begin());
    }
  }
  const std::string place = folder_ / "out/cine/00006.png";
  ASSERT_TRUE(cv::imwrite(place, bgr));
  run(telling_, "out", "6");
  EXPECT_EQ(predicted("out", 6), mended);
  EXPECT_THAT(told_, HasSubstr("told by its colours"));
  write_mask_png(place, indices.view(), sorted);
  run(telling_, "out", "6");
  EXPECT_EQ(predicted("out", 6), mended);
  // Only what is used was kept of the palette, and all of that is grey.
  write_mask_png(place, disc_at(6).view(), std::vector<Rgb>{voc_palette()[0], voc_palette()[7]});
  run(telling_, "out", "6");
  EXPECT_EQ(predicted("out", 6).at(36, 48), 7);
  bgr.at<cv::Vec3b>(5, 5) = cv::Vec3b(1, 2, 3);
  ASSERT_TRUE(cv::imwrite(place, bgr));
  EXPECT_THAT(refusal("out", "6"), HasSubstr("has the colour 3,2,1, which is no object's"));
}

TEST_F(Mending, LaterMasksCorrectWhereThatIsAsked) {
  Mask later = disc_at(6);
  later.at(2, 2) = 3;
  put("several/00000.png", disc_at(0));
  put("several/00006.png", later);
  put("several/00009.png", disc_at(9));
  run(telling_, "plain", "", "several");
  EXPECT_EQ(telling_.told, "p.....p..p....");
  EXPECT_EQ(predicted("plain", 6).at(40, 48), 0);  // what was given before was left out, and told
  EXPECT_THAT(told_, HasSubstr("'00006' shows objects again that were given before"));
  correct_ = true;
  run(telling_, "out", "", "several");
  EXPECT_EQ(telling_.told, "p.....C..C....");
  EXPECT_EQ(predicted("out", 6), later);
  EXPECT_EQ(predicted("out", 9), disc_at(9));
  EXPECT_THAT(told_, HasSubstr("the mask of the frame '00006' is a correction: object 1 ("));
  EXPECT_THAT(told_, HasSubstr("object 3 is not in it: it is empty there"));
  EXPECT_EQ(manifest("out").at("clips").at("cine").at("corrections"),
            nlohmann::json({"00006", "00009"}));
  EXPECT_FALSE(manifest("plain").at("clips").at("cine").contains("corrections"));
}

// Every predictor of this build, the learned ones with the weights that ship.
class MendingWith : public Mending, public ::testing::WithParamInterface<std::string> {
 protected:
  std::unique_ptr<Predictor> predictor(int memory_every = -1) const {
    PredictorOptions options;
    options.threads = 1;
    options.memory_every = memory_every;
    if (GetParam() == "local" || GetParam() == "stcn") {
      const LoadedWeights loaded = load_weights("small");
      options.weights = loaded.weights;
      options.normalization = loaded.normalization;
      options.resize = 0;
    }
    return make_predictor(GetParam(), options);
  }
  double mean_overlap(const std::string& out, const std::function<Mask(int)>& truth) const {
    double sum = 0;
    for (int i = 7; i < kClipFrames; ++i) sum += overlap(predicted(out, i), truth(i));
    return sum / (kClipFrames - 7);
  }
};

TEST_P(MendingWith, AnUnmendedMaskGivesWhatTheFirstRunGave) {
  run(*predictor(), "first");
  run(*predictor(), "out");
  run(*predictor(), "out", "6");
  for (int i = 0; i <= 6; ++i) EXPECT_EQ(predicted("out", i), predicted("first", i)) << i;
  const double close = mean_overlap("out", [&](int i) { return predicted("first", i); });
  RecordProperty("overlap", std::to_string(close));
  if (GetParam() == "first-mask" || GetParam() == "optical-flow") {
    EXPECT_EQ(close, 1);
  } else {
    EXPECT_GE(close, 0.95);
  }
}

TEST_P(MendingWith, AMendedMaskMakesLaterFramesBetter) {
  put("first.png", disc_at(0, 7));  // a first mask that is too small
  run(*predictor(), "first");
  run(*predictor(), "out");
  put("out/cine/00006.png", disc_at(6));
  run(*predictor(), "out", "6");
  const auto truth = [](int i) { return disc_at(i); };
  const double before = mean_overlap("first", truth);
  const double after = mean_overlap("out", truth);
  RecordProperty("before", std::to_string(before));
  RecordProperty("after", std::to_string(after));
  EXPECT_GT(after, before + 0.1);
}

// Nothing is remembered between the two masks: then what a correction makes a network forget, and
// what a run that goes on from it recalls, are nothing.
TEST_P(MendingWith, ACorrectionGivesTheFramesThatGoingOnFromItGives) {
  run(*predictor(100), "out");
  put("out/cine/00006.png", disc_at(6));
  run(*predictor(100), "out", "6");
  put("several/00000.png", disc_at(0));
  put("several/00006.png", disc_at(6));
  correct_ = true;
  run(*predictor(100), "corrected", "", "several");
  for (int i = 6; i < kClipFrames; ++i)
    EXPECT_EQ(predicted("corrected", i), predicted("out", i)) << i;
}

std::vector<std::string> names_of_predictors() {
  std::vector<std::string> names;
  for (const PredictorKind& kind : predictor_kinds()) names.emplace_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Predictors, MendingWith, ::testing::ValuesIn(names_of_predictors()),
                         [](const auto& row) {
                           std::string name = row.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace angiobench
