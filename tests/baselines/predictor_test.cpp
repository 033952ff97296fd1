// SPDX-License-Identifier: MIT
#include "baselines/predictors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "dataset/error.h"

namespace angiobench {
namespace {

// One suite over every predictor that needs no weights.
class EveryTrivialPredictor : public ::testing::TestWithParam<std::string_view> {
 protected:
  std::unique_ptr<Predictor> predictor_ = make_predictor(GetParam(), {});
  cv::Mat grey_ = cv::Mat(32, 48, CV_8UC3, cv::Scalar(90, 90, 90));
};

Mask block(int x0, int y0, int x1, int y1, std::uint8_t label) {
  Mask mask(48, 32);
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) mask.at(x, y) = label;
  }
  return mask;
}

TEST_P(EveryTrivialPredictor, GivesNothingBeforeTheFirstPrompt) {
  predictor_->begin({"clip", 48, 32, 2, {}});
  EXPECT_EQ(predictor_->step(grey_, nullptr, false), Mask(48, 32));
}

TEST_P(EveryTrivialPredictor, GivesThePromptOnItsFrameAndKeepsItOnAStillVideo) {
  predictor_->begin({"clip", 48, 32, 3, {}});
  const Mask prompt = block(8, 8, 24, 20, 4);
  EXPECT_EQ(predictor_->step(grey_, &prompt, false), prompt);
  EXPECT_EQ(predictor_->step(grey_, nullptr, false), prompt);
  EXPECT_EQ(predictor_->step(grey_, nullptr, true), prompt);
}

TEST_P(EveryTrivialPredictor, TakesObjectsThatAppearLate) {
  predictor_->begin({"clip", 48, 32, 3, {}});
  const Mask early = block(2, 2, 12, 12, 9);
  const Mask late = block(20, 10, 40, 30, 2);
  predictor_->step(grey_, &early, false);
  Mask both = late;
  for (int y = 2; y < 12; ++y) {
    for (int x = 2; x < 12; ++x) both.at(x, y) = 9;
  }
  EXPECT_EQ(predictor_->step(grey_, &late, false), both);
  EXPECT_EQ(predictor_->step(grey_, nullptr, true), both);
}

TEST_P(EveryTrivialPredictor, AnAnnotatedFrameWithoutNewObjectsChangesNothing) {
  predictor_->begin({"clip", 48, 32, 2, {}});
  const Mask prompt = block(8, 8, 24, 20, 1);
  const Mask nothing_new(48, 32);
  predictor_->step(grey_, &prompt, false);
  EXPECT_EQ(predictor_->step(grey_, &nothing_new, true), prompt);
}

TEST_P(EveryTrivialPredictor, ForgetsTheClipBefore) {
  predictor_->begin({"one", 48, 32, 1, {}});
  const Mask prompt = block(8, 8, 24, 20, 1);
  predictor_->step(grey_, &prompt, true);
  predictor_->begin({"two", 48, 32, 1, {}});
  EXPECT_EQ(predictor_->step(grey_, nullptr, true), Mask(48, 32));
}

std::vector<std::string_view> trivial_predictors() {
  std::vector<std::string_view> names;
  for (const PredictorKind& kind : predictor_kinds()) {
    if (!kind.needs_weights) names.push_back(kind.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Predictors, EveryTrivialPredictor,
                         ::testing::ValuesIn(trivial_predictors()), [](const auto& row) {
                           std::string name(row.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(MakePredictor, AnUnknownNameListsTheKnownOnes) {
  try {
    make_predictor("magic", {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("first-mask"));
  }
}

}  // namespace
}  // namespace angiobench
