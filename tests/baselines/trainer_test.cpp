// SPDX-License-Identifier: MIT
#include "baselines/training/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "baselines/weights/seed_weights.h"
#include "dataset/error.h"
#include "dataset/synth/synthesize.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

NetworkSpec tiny_network() {
  NetworkSpec spec;
  spec.width = 4;
  spec.key_blocks = {1, 1, 1};
  spec.value_blocks = {1, 1, 1};
  return spec;
}

// A few small videos, made once for all tests.
const TrainingData& tiny_data() {
  static const test::TempFolder folder;
  static const TrainingData data = [] {
    synth::SynthOptions options;
    options.size = 96;
    options.min_frames = options.max_frames = 6;
    options.sequences = {3, 0, 0};
    options.difficulty = synth::Difficulty::easy;
    options.annotation_step = 1;
    options.seed = 3;
    const std::string root = folder.path() + "/set";
    synth::synthesize(root, options);
    TrainingData made;
    made.videos = list_training_videos(root, root + "/benchmarks/synth-train.json");
    return made;
  }();
  return data;
}

TrainerOptions tiny_options() {
  TrainerOptions options;
  options.steps = 6;
  options.batch = 2;
  options.learning_rate = 1e-3;
  options.drop_at = 4;
  options.window = 3;
  options.matching = TrainingMatching::mixed;
  options.video_augment.crop = options.still_augment.crop = 64;
  options.threads = 1;
  return options;
}

std::vector<std::uint8_t> bytes_of(const StateDict& weights) {
  std::vector<std::uint8_t> bytes;
  for (const StateDict::Entry& entry : weights.entries())
    bytes.insert(bytes.end(), entry.tensor.bytes.begin(), entry.tensor.bytes.end());
  return bytes;
}

TEST(Trainer, GoesOnFromACheckpointAsIfItHadNotStopped) {
  const StateDict initial = random_weights(tiny_network(), 1);
  TrainerOptions options = tiny_options();
  options.batch_statistics = 4;
  Trainer whole(options, tiny_data(), initial);
  std::vector<double> losses;
  for (int i = 0; i < 6; ++i) losses.push_back(whole.step().loss);

  Trainer first(options, tiny_data(), initial);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(first.step().loss, losses[static_cast<std::size_t>(i)]);
  const StateDict checkpoint = first.checkpoint();
  Trainer second(options, tiny_data(), random_weights(tiny_network(), 99));
  second.restore(checkpoint, "checkpoint");
  EXPECT_EQ(second.steps_done(), 3);
  for (int i = 3; i < 6; ++i) EXPECT_EQ(second.step().loss, losses[static_cast<std::size_t>(i)]);
  EXPECT_EQ(bytes_of(second.checkpoint()), bytes_of(whole.checkpoint()));
}

TEST(Trainer, LearnsWhatItIsShown) {
  TrainerOptions options = tiny_options();
  options.steps = 60;
  options.drop_at = 60;
  options.learning_rate = 3e-3;
  options.batch_statistics = 60;
  options.contrast_weight = 0;
  TrainingData one;
  one.videos = {tiny_data().videos.front()};
  Trainer trainer(options, one, random_weights(tiny_network(), 2));
  double first = 0;
  double last = 0;
  for (int i = 0; i < 60; ++i) {
    const StepRecord record = trainer.step();
    (i < 30 ? first : last) += record.loss / 30;
    EXPECT_EQ(record.contrast, 0);
  }
  EXPECT_LT(last, 0.6 * first);
}

TEST(Trainer, MovesEveryWeightByTheLearningRateInItsFirstStep) {
  // Adam's first step is lr * g / (|g| + eps): the learning rate, up, down, or not at all.
  const StateDict initial = random_weights(tiny_network(), 1);
  TrainerOptions options = tiny_options();
  options.weight_decay = 0;
  options.batch = 4;
  options.video_augment.crop = 96;  // large enough that objects cover cells for the contrast
  Trainer trainer(options, tiny_data(), initial);
  const StepRecord record = trainer.step();
  EXPECT_EQ(record.step, 1);
  EXPECT_GT(record.gradient_norm, 0);
  EXPECT_GT(record.contrast, 0);
  EXPECT_NEAR(record.loss, record.first + record.second + 0.01 * record.contrast,
              1e-5 * record.loss);
  const StateDict after = trainer.weights();
  std::size_t moved = 0;
  std::size_t all = 0;
  for (std::size_t i = 0; i < initial.size(); ++i) {
    const StoredTensor& before = initial.entries()[i].tensor;
    const StoredTensor& now = after.entries()[i].tensor;
    ASSERT_EQ(after.entries()[i].name, initial.entries()[i].name);
    if (before.type != ElementType::f32) continue;
    const bool learns = initial.entries()[i].name.find(".running_") == std::string::npos;
    for (std::size_t k = 0; k < before.floats().size(); ++k) {
      const double change = std::abs(now.floats()[k] - before.floats()[k]);
      EXPECT_LT(change, 1.001e-3) << initial.entries()[i].name;
      EXPECT_TRUE(learns || change == 0) << initial.entries()[i].name;
      all += learns ? 1 : 0;
      moved += change > 0.9e-3 ? 1 : 0;
    }
  }
  EXPECT_GT(moved, all / 2);
}

TEST(Trainer, UpdatesRunningStatisticsOnlyWhileToldTo) {
  TrainerOptions options = tiny_options();
  options.batch_statistics = 1;
  Trainer trainer(options, tiny_data(), random_weights(tiny_network(), 1));
  const auto running = [&] {
    const StateDict weights = trainer.weights();
    const auto values = weights.at("key_encoder.bn1.running_mean").floats();
    return std::vector<float>(values.begin(), values.end());
  };
  const std::vector<float> start = running();
  trainer.step();
  const std::vector<float> after = running();
  EXPECT_NE(after, start);
  trainer.step();
  EXPECT_EQ(running(), after);
}

TEST(Trainer, DropsTheRateAndMixesTheMatchings) {
  TrainerOptions options = tiny_options();
  options.steps = 12;
  Trainer trainer(options, tiny_data(), random_weights(tiny_network(), 1));
  std::set<bool> local;
  for (int i = 1; i <= 12; ++i) {
    const StepRecord record = trainer.step();
    EXPECT_NEAR(record.learning_rate, i <= 4 ? 1e-3 : 1e-4, 1e-12);
    local.insert(record.local);
  }
  EXPECT_EQ(local.size(), 2U);
}

TEST(Trainer, ClipsTheGradientButReportsItsLength) {
  // With a tiny bound every gradient falls below Adam's epsilon, so that weights hardly move.
  TrainerOptions options = tiny_options();
  options.weight_decay = 0;
  options.max_gradient_norm = 1e-12;
  const StateDict initial = random_weights(tiny_network(), 1);
  Trainer trainer(options, tiny_data(), initial);
  EXPECT_GT(trainer.step().gradient_norm, 1e-3);
  const StateDict after = trainer.weights();
  for (const StateDict::Entry& entry : initial.entries()) {
    if (entry.tensor.type != ElementType::f32) continue;
    for (std::size_t k = 0; k < entry.tensor.floats().size(); ++k)
      ASSERT_NEAR(after.at(entry.name).floats()[k], entry.tensor.floats()[k], 2e-6) << entry.name;
  }
}

TEST(Trainer, RefusesWhatCannotBeTrained) {
  const StateDict initial = random_weights(tiny_network(), 1);
  EXPECT_THROW(Trainer(tiny_options(), {}, initial), Error);
  const auto refused = [](void (*change)(TrainerOptions&)) {
    TrainerOptions options = tiny_options();
    change(options);
    try {
      check_trainer_options(options);
    } catch (const Error& error) {
      return error.kind() == ErrorKind::usage;
    }
    return false;
  };
  EXPECT_TRUE(refused([](TrainerOptions& o) { o.steps = 0; }));
  EXPECT_TRUE(refused([](TrainerOptions& o) { o.batch = 0; }));
  EXPECT_TRUE(refused([](TrainerOptions& o) { o.learning_rate = 0; }));
  EXPECT_TRUE(refused([](TrainerOptions& o) { o.window = 4; }));
  EXPECT_TRUE(refused([](TrainerOptions& o) { o.video_augment.crop = 100; }));
  EXPECT_TRUE(refused([](TrainerOptions& o) { o.video_augment.least_area = 2; }));
  EXPECT_TRUE(refused([](TrainerOptions& o) { o.still_share = -1; }));
  EXPECT_TRUE(refused([](TrainerOptions& o) { o.bootstrap.end = o.bootstrap.start; }));
  EXPECT_FALSE(refused([](TrainerOptions&) {}));
}

TEST(Trainer, RefusesTheCheckpointOfAnotherNetwork) {
  TrainerOptions options = tiny_options();
  NetworkSpec wider = tiny_network();
  wider.width = 8;
  const Trainer other(options, tiny_data(), random_weights(wider, 1));
  Trainer trainer(options, tiny_data(), random_weights(tiny_network(), 1));
  EXPECT_THROW(trainer.restore(other.checkpoint(), "other"), Error);
  EXPECT_THROW(trainer.restore(StateDict{}, "empty"), Error);
}

TEST(HalfPrecision, KeepsElevenBitsOfEveryWeight) {
  const NetworkSpec spec = tiny_network();
  const StateDict weights = random_weights(spec, 5);
  StateDict half = half_precision(weights);
  std::size_t bytes = 0;
  for (const StateDict::Entry& entry : half.entries()) bytes += entry.tensor.bytes.size();
  std::size_t before = 0;
  for (const StateDict::Entry& entry : weights.entries()) before += entry.tensor.bytes.size();
  EXPECT_LT(bytes, 0.6 * static_cast<double>(before));
  // They load like any others.
  check_state_dict(half, network_tensors(spec), "half");
  for (const StateDict::Entry& entry : weights.entries()) {
    if (entry.tensor.type != ElementType::f32) continue;
    const auto after = half.at(entry.name).floats();
    for (std::size_t k = 0; k < after.size(); ++k) {
      const float value = entry.tensor.floats()[k];
      ASSERT_NEAR(after[k], value, std::abs(value) / 2048 + 6e-8) << entry.name;
    }
  }
}

}  // namespace
}  // namespace angiobench
