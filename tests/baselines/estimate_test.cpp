// SPDX-License-Identifier: MIT
#include "baselines/estimate.h"

#include <gtest/gtest.h>

#include "baselines/first_mask_predictor.h"

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

TEST(Estimate, TimeGrowsWithThePixels) {
  const auto predictor = make_first_mask_predictor();
  RunPlan plan;
  plan.objects = 2;
  plan.frame_size = 512 * 512;
  plan.pixels = 1e12;
  EXPECT_GT(estimated_seconds(plan, *predictor, 0), 0);
  EXPECT_GT(available_bytes(), 0);
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
