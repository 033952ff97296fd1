// SPDX-License-Identifier: MIT
#include "baselines/estimate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <opencv2/core/mat.hpp>
#include <thread>

#include "dataset/error.h"

namespace angiobench {
namespace {

// Peaks that `bench` measured (megabytes), with two remembered frames.
TEST(Estimate, BytesAreWithinAFifthOfWhatWasMeasured) {
  NetworkSpec small;
  small.width = 16;
  small.key_blocks = {2, 2, 2};
  struct Measured {
    NetworkSpec spec;
    int width;
    int height;
    int objects;
    double megabytes;
  };
  const Measured measured[] = {{small, 256, 256, 1, 213},   {small, 512, 512, 3, 256},
                               {small, 1024, 1024, 1, 394}, {small, 1920, 1088, 1, 605},
                               {small, 1920, 1088, 3, 628}, {{}, 256, 256, 1, 956},
                               {{}, 768, 768, 1, 1383}};
  for (const Measured& run : measured) {
    RunPlan plan;
    plan.clips = 1;
    plan.frames = 2;
    plan.frame_size =
        static_cast<std::uint64_t>(run.width) * static_cast<std::uint64_t>(run.height);
    plan.objects = run.objects;
    MemoryFacts facts{run.spec};
    facts.memory_every = 2;
    EXPECT_NEAR(estimated_bytes(plan, facts) / 1e6, run.megabytes, 0.2 * run.megabytes)
        << run.width << "x" << run.height << ", " << run.objects;
  }
}

TEST(Estimate, AShorterSideTakesLess) {
  RunPlan plan;
  plan.clips = 1;
  plan.frames = 100;
  plan.frame_size = 3840ULL * 2160;
  plan.objects = 2;
  MemoryFacts whole{};
  MemoryFacts smaller{};
  smaller.shorter_side = 480;
  EXPECT_LT(estimated_bytes(plan, smaller), estimated_bytes(plan, whole) / 2);
}

// A frame takes 2 milliseconds, 20 more for each 512x512 pixels, and 4 of these more for each
// remembered frame but the first.
class SlowPredictor final : public Predictor {
 public:
  void begin(const ClipInfo& clip) override {
    labels_ = Mask(clip.width, clip.height);
    remembered_ = 0;
  }
  Mask step(const cv::Mat& rgb, const Mask* prompt, bool) override {
    const double share = static_cast<double>(rgb.total()) / (512.0 * 512.0);
    remembered_ += prompt != nullptr ? 1 : 0;
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(
        2 + share * (20 + 4 * std::max(0, remembered_ - 1))));
    return labels_;
  }
  void take(const cv::Mat& rgb, const Mask& labels, Known, bool last) override {
    step(rgb, &labels, last);
  }
  std::string describe() const override { return "slow"; }

 private:
  Mask labels_;
  int remembered_ = 0;
};

TEST(Estimate, TimeIsThatOfFramesOfPixelsAndOfWhatIsRemembered) {
  SlowPredictor predictor;
  RunPlan plan;
  plan.clips = 1;
  plan.objects = 2;
  plan.frames = 100;
  plan.frame_size = 2048ULL * 2048;
  plan.pixels = 100.0 * 2048 * 2048;
  MemoryFacts facts;
  facts.max_memory_frames = 1;
  EXPECT_NEAR(estimated_seconds(plan, predictor, facts), 100 * (0.002 + 16 * 0.020), 16);
  // One more every 5 frames: 11 on average, 10 of them besides the first.
  facts.max_memory_frames = 0;
  EXPECT_NEAR(estimated_seconds(plan, predictor, facts), 100 * (0.002 + 16 * 0.060), 30);
  // Three soon, and no more.
  facts.max_memory_frames = 3;
  EXPECT_NEAR(estimated_seconds(plan, predictor, facts), 100 * (0.002 + 16 * 0.0272), 16);
  facts.shorter_side = 512;
  EXPECT_LT(estimated_seconds(plan, predictor, facts), 10);
  EXPECT_GT(available_bytes(), 0);
}

// Peaks that `train` had after two steps (megabytes).
TEST(Estimate, BytesOfTrainingAreWithinAFifthOfWhatWasMeasured) {
  NetworkSpec narrow;
  narrow.width = 16;
  narrow.key_blocks = {2, 2, 2};
  EXPECT_NEAR(estimated_training_bytes(narrow, 4, 128) / 1e6, 771, 154);
  EXPECT_NEAR(estimated_training_bytes(narrow, 2, 256) / 1e6, 1375, 275);
  EXPECT_NEAR(estimated_training_bytes({}, 1, 128) / 1e6, 2065, 413);
  EXPECT_NEAR(estimated_training_bytes({}, 1, 256) / 1e6, 3163, 632);
  NetworkSpec tiny;
  tiny.width = 4;
  tiny.key_blocks = {1, 1, 1};
  tiny.value_blocks = {1, 1, 1};
  EXPECT_NEAR(estimated_training_bytes(tiny, 1, 48) / 1e6, 214, 43);
}

TEST(Estimate, MoreMemoryThanThereIsStopsTheRun) {
  check_memory(1e6, "a clip", "a smaller one");
  try {
    check_memory(1e18, "a clip", "a smaller one");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::inconclusive);
    EXPECT_EQ(error.expected(), "a smaller one");
    EXPECT_NE(error.found().find("a clip would take about 1000000000.0 GB"), std::string::npos);
  }
}

TEST(Estimate, IsSaidInWordsOfItsSize) {
  EXPECT_EQ(duration_text(0.2), "1 seconds");
  EXPECT_EQ(duration_text(45), "45 seconds");
  EXPECT_EQ(duration_text(600), "10 minutes");
  EXPECT_EQ(duration_text(7200), "2.0 hours");
  EXPECT_EQ(duration_text(5 * 86400), "5.0 days");
  EXPECT_EQ(bytes_text(5e8), "500 MB");
  EXPECT_EQ(bytes_text(2.14e9), "2.1 GB");
}

}  // namespace
}  // namespace angiobench
