// SPDX-License-Identifier: MIT
// Every engine against the network as it is written down with LibTorch, on small random networks.
#include "baselines/networks/network_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "baselines/weights/seed_weights.h"
#include "dataset/error.h"
#include "tests/baselines/engines.h"

namespace angiobench {
namespace {

std::vector<float> random_plane(std::size_t count, unsigned seed, float low, float high) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> plane(count);
  for (float& pixel : plane) pixel = uniform(random);
  return plane;
}

std::shared_ptr<const StateDict> weights_of(const NetworkSpec& spec) {
  // Give the norms something to fold.
  StateDict weights = random_weights(spec, 5);
  unsigned seed = 1;
  for (StateDict::Entry& entry : weights.entries()) {
    const auto ends = [&](std::string_view suffix) { return entry.name.ends_with(suffix); };
    float low = 0;
    float high = 0;
    if (ends("running_mean") || ends(".bias")) {
      low = -0.2F;
      high = 0.2F;
    } else if (ends("running_var")) {
      low = 0.5F;
      high = 2;
    } else {
      continue;
    }
    const std::vector<float> numbers =
        random_plane(entry.tensor.floats().size(), ++seed, low, high);
    std::copy(numbers.begin(), numbers.end(), entry.tensor.floats().begin());
  }
  return std::make_shared<const StateDict>(std::move(weights));
}

struct Outputs {
  std::vector<float> key;
  std::vector<float> value;
  std::vector<float> probability;
};

Outputs run(NetworkEngine& engine, int height, int width, bool value_first = false) {
  const auto pixels = static_cast<std::size_t>(height) * width;
  const std::size_t cells = pixels / 256;
  Outputs out;
  out.key.resize(cells * engine.spec().key_channels());
  out.value.resize(cells * engine.spec().value_channels());
  out.probability.resize(pixels);
  const std::unique_ptr<FrameEncoding> frame =
      engine.encode_frame(random_plane(3 * pixels, 11, -1, 1), height, width);
  engine.copy_key(*frame, out.key);
  const auto encode = [&] {
    engine.encode_value(*frame, random_plane(pixels, 12, 0, 1), random_plane(pixels, 13, 0, 1),
                        out.value);
  };
  if (value_first) encode();
  engine.decode(*frame, random_plane(out.value.size(), 14, -1, 1), out.probability);
  if (!value_first) encode();
  return out;
}

void expect_near(const std::vector<float>& got, const std::vector<float>& want, const char* what) {
  ASSERT_EQ(got.size(), want.size());
  float largest = 0;
  float scale = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    largest = std::max(largest, std::abs(got[i] - want[i]));
    scale = std::max(scale, std::abs(want[i]));
  }
  EXPECT_LE(largest, 2e-4F * std::max(1.0F, scale)) << what;
  EXPECT_GT(scale, 0.0F) << what;
}

void expect_near(const Outputs& got, const Outputs& want) {
  expect_near(got.key, want.key, "key");
  expect_near(got.value, want.value, "value");
  expect_near(got.probability, want.probability, "probability");
}

class Engines : public ::testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override { set_engine_threads(1); }
};

TEST_P(Engines, EqualTheNetworkAsWrittenDownForEveryWidthDepthAndSize) {
  for (const NetworkSpec& spec :
       {NetworkSpec{8, {1, 1, 1}, {1, 1, 1}}, NetworkSpec{16, {2, 1, 2}, {1, 2, 1}},
        NetworkSpec{12, {1, 2, 1}, {2, 1, 1}}}) {
    const std::shared_ptr<const StateDict> weights = weights_of(spec);
    const std::unique_ptr<NetworkEngine> plain = make_engine(EngineKind::torch, spec, weights);
    const std::unique_ptr<NetworkEngine> engine = make_engine(GetParam(), spec, weights);
    for (const auto& [height, width] :
         {std::pair{64, 48}, std::pair{16, 16}, std::pair{32, 112}, std::pair{64, 48}}) {
      SCOPED_TRACE("width " + std::to_string(spec.width) + ", " + std::to_string(height) + "x" +
                   std::to_string(width));
      expect_near(run(*engine, height, width), run(*plain, height, width));
    }
  }
}

TEST_P(Engines, DoNotMindWhetherValueOrDecoderComesFirst) {
  const NetworkSpec spec{16, {1, 1, 1}, {1, 1, 1}};
  const std::unique_ptr<NetworkEngine> engine = make_engine(GetParam(), spec, weights_of(spec));
  const Outputs first = run(*engine, 48, 64, true);
  const Outputs second = run(*engine, 48, 64, false);
  EXPECT_EQ(first.value, second.value);
  EXPECT_EQ(first.probability, second.probability);
}

// LibTorch chooses other convolutions for one thread than for two; the fast engine, which predicts,
// must not.
TEST(FastEngine, GivesTheSameBytesForOneTwoAndThreeThreads) {
  if (best_engine() != EngineKind::fast) GTEST_SKIP() << "this build has no fast engine";
  const NetworkSpec spec{32, {1, 1, 1}, {1, 1, 1}};
  const std::unique_ptr<NetworkEngine> engine =
      make_engine(EngineKind::fast, spec, weights_of(spec));
  set_engine_threads(1);
  const Outputs one = run(*engine, 64, 96);
  for (const int threads : {2, 3}) {
    SCOPED_TRACE(threads);
    set_engine_threads(threads);
    const Outputs more = run(*engine, 64, 96);
    EXPECT_EQ(one.key, more.key);
    EXPECT_EQ(one.value, more.value);
    EXPECT_EQ(one.probability, more.probability);
  }
  set_engine_threads(1);
}

INSTANTIATE_TEST_SUITE_P(, Engines, ::testing::ValuesIn(test::engines()),
                         [](const auto& kind) { return std::string(engine_name(kind.param)); });

TEST(MakeEngine, SaysWhenADeviceIsNotThere) {
  const NetworkSpec spec{8, {1, 1, 1}, {1, 1, 1}};
  EXPECT_THROW(make_engine(EngineKind::torch, spec, weights_of(spec), "tpu"), Error);
}

}  // namespace
}  // namespace angiobench
