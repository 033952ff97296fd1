// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

#include "baselines/networks/torch_network.h"
#include "baselines/training/losses.h"
#include "baselines/training/training_data.h"
#include "baselines/training/training_step.h"
#include "baselines/weights/seed_weights.h"
#include "dataset/media/frame_io.h"
#include "dataset/masks/png.h"
#include "tests/baselines/golden.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

at::Tensor tensor_of(const nlohmann::json& value, std::vector<std::int64_t> shape = {}) {
  // Flatten nested lists; the shape is that of the nesting.
  std::vector<double> flat;
  const std::function<void(const nlohmann::json&, std::size_t)> visit =
      [&](const nlohmann::json& part, std::size_t depth) {
        if (!part.is_array()) {
          flat.push_back(part.get<double>());
          return;
        }
        if (shape.size() <= depth) shape.push_back(static_cast<std::int64_t>(part.size()));
        for (const nlohmann::json& item : part) visit(item, depth + 1);
      };
  visit(value, 0);
  return at::from_blob(flat.data(), shape, at::kDouble).clone();
}

// Largest difference between the gradient that autograd gives and central differences, over every
// element.
double gradient_error(const std::function<at::Tensor(const at::Tensor&)>& loss,
                      const at::Tensor& at_point) {
  at::Tensor x = at_point.clone().requires_grad_(true);
  loss(x).backward();
  const at::Tensor analytic = x.grad().reshape({-1}).contiguous();
  double worst = 0;
  constexpr double kStep = 1e-6;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    at::Tensor up = at_point.clone();
    at::Tensor down = at_point.clone();
    up.reshape({-1})[i] += kStep;
    down.reshape({-1})[i] -= kStep;
    const double numeric = (loss(up).item<double>() - loss(down).item<double>()) / (2 * kStep);
    worst = std::max(worst, std::abs(numeric - analytic[i].item<double>()));
  }
  return worst;
}

at::Tensor noise(const std::vector<std::int64_t>& shape, std::uint64_t seed) {
  synth::Random random(seed);
  std::int64_t count = 1;
  for (const std::int64_t n : shape) count *= n;
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& value : values) value = random.uniform(-1, 1);
  return at::from_blob(values.data(), shape, at::kDouble).clone();
}

TEST(BootstrappedCrossEntropy, EqualsTheOfficialCodes) {
  ANGIOBENCH_REQUIRE_DATA(golden, "golden");
  const nlohmann::json functions = test::read_json(golden + "/expected/modules/functions.json");
  const nlohmann::json& cases = functions.at("bootstrapped_ce");
  const at::Tensor logits = tensor_of(cases.at("logits"));
  const at::Tensor target = tensor_of(cases.at("target")).to(at::kLong);
  for (const nlohmann::json& one : cases.at("cases")) {
    double sum = 0;
    for (std::int64_t b = 0; b < logits.size(0); ++b) {
      sum += bootstrapped_cross_entropy(logits.slice(0, b, b + 1), target.slice(0, b, b + 1),
                                        one.at("it"))
                 .item<double>();
    }
    EXPECT_NEAR(sum / static_cast<double>(logits.size(0)), one.at("loss").get<double>(), 2e-6)
        << one.at("it");
    EXPECT_NEAR(hard_fraction(one.at("it")), one.at("p").get<double>(), 1e-12);
  }
}

TEST(BootstrappedCrossEntropy, CountsOnlyTheHardestPixels) {
  // Two classes; the loss of a pixel is log(1 + e^-d), d its margin: ten pixels with d = 0 .. 9.
  at::Tensor logits = at::zeros({1, 2, 1, 10}, at::kDouble);
  for (int x = 0; x < 10; ++x) logits[0][0][0][x] = x;
  const at::Tensor target = at::zeros({1, 1, 10}, at::kLong);
  // At the end 15 % of ten pixels are one: the margin 0, log 2.
  EXPECT_NEAR(bootstrapped_cross_entropy(logits, target, 70001).item<double>(), std::log(2.0),
              1e-12);
}

TEST(BootstrappedCrossEntropy, HasTheGradientOfItsDifferences) {
  const at::Tensor target = at::tensor({0, 1, 2, 1, 0, 2}, at::kLong).reshape({1, 2, 3});
  for (const std::int64_t iteration : {0, 45000, 80000}) {
    const auto loss = [&](const at::Tensor& logits) {
      return bootstrapped_cross_entropy(logits, target, iteration);
    };
    EXPECT_LT(gradient_error(loss, noise({1, 3, 2, 3}, 3)), 1e-8) << iteration;
  }
}

TEST(ContrastiveLoss, EqualsTheSumWrittenOut) {
  const at::Tensor raw = noise({2, 4, 2, 3}, 5);
  const at::Tensor cells = raw / raw.norm(2, {1}, true);
  const at::Tensor labels =
      at::tensor({1, 1, 0, 2, 2, 0, 0, 1, 1, 2, 0, 2}, at::kLong).reshape({2, 2, 3});
  synth::Random random(1);
  // Both objects have four cells, so all of them are anchors whatever is drawn.
  const double found = contrastive_loss(cells, labels, {}, random).item<double>();
  const at::Tensor flat = cells.permute({0, 2, 3, 1}).reshape({-1, 4});
  const at::Tensor own = labels.reshape({-1});
  double sum = 0;
  int anchors = 0;
  for (std::int64_t a = 0; a < 12; ++a) {
    const auto label = own[a].item<std::int64_t>();
    if (label == 0) continue;
    const auto score = [&](std::int64_t i) {
      return std::exp((flat[a] * flat[i]).sum().item<double>() / 0.1);
    };
    double negatives = 0;
    for (std::int64_t i = 0; i < 12; ++i)
      negatives += own[i].item<std::int64_t>() != label ? score(i) : 0;
    double mean = 0;
    for (std::int64_t i = 0; i < 12; ++i) {
      if (i != a && own[i].item<std::int64_t>() == label)
        mean -= std::log(score(i) / (score(i) + negatives)) / 3;
    }
    sum += mean;
    ++anchors;
  }
  EXPECT_NEAR(found, sum / anchors, 1e-9);
}

TEST(ContrastiveLoss, DrawsAsManyAnchorsAsTheSmallestObjectHas) {
  // Object 2 has two cells, object 1 has eight, of two kinds: with two anchors the loss depends on
  // which are drawn.
  at::Tensor cells = noise({1, 3, 2, 6}, 8);
  cells = cells / cells.norm(2, {1}, true);
  const at::Tensor labels =
      at::tensor({1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 0, 0}, at::kLong).reshape({1, 2, 6});
  std::set<double> losses;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    synth::Random random(seed);
    losses.insert(std::round(1e9 * contrastive_loss(cells, labels, {}, random).item<double>()));
  }
  EXPECT_GT(losses.size(), 5U);
  synth::Random one(3);
  synth::Random two(3);
  EXPECT_EQ(contrastive_loss(cells, labels, {}, one).item<double>(),
            contrastive_loss(cells, labels, {}, two).item<double>());
}

TEST(ContrastiveLoss, IsZeroWithoutObjectsAndSmallWhereObjectsAgree) {
  synth::Random random(1);
  at::Tensor cells = at::zeros({1, 2, 1, 4}, at::kDouble);
  cells[0][0][0][0] = cells[0][0][0][1] = 1;
  cells[0][1][0][2] = cells[0][1][0][3] = 1;
  EXPECT_EQ(contrastive_loss(cells, at::zeros({1, 1, 4}, at::kLong), {}, random).item<double>(), 0);
  const at::Tensor agree = at::tensor({1, 1, 2, 2}, at::kLong).reshape({1, 1, 4});
  const at::Tensor disagree = at::tensor({1, 2, 1, 2}, at::kLong).reshape({1, 1, 4});
  EXPECT_LT(contrastive_loss(cells, agree, {}, random).item<double>(), 1e-3);
  EXPECT_GT(contrastive_loss(cells, disagree, {}, random).item<double>(), 5);
}

TEST(ContrastiveLoss, HasTheGradientOfItsDifferencesThroughTheHead) {
  const ContrastHead head = ContrastHead::random(3, 2, 4, at::TensorOptions(at::kDouble));
  const at::Tensor labels = at::tensor({1, 1, 0, 2, 2, 0}, at::kLong).reshape({1, 2, 3});
  const auto loss = [&](const at::Tensor& features) {
    synth::Random random(2);
    return contrastive_loss(head.project(features), labels, {}, random);
  };
  EXPECT_LT(gradient_error(loss, noise({1, 3, 2, 3}, 9)), 1e-6);
  EXPECT_EQ(head.parameters().size(), 4U);
}

TrainingClip golden_training_clip(const std::string& golden) {
  std::vector<at::Tensor> images;
  std::vector<at::Tensor> labels;
  for (const std::string name : {"00000", "00001", "00002"}) {
    const cv::Mat frame =
        read_frame_rgb(golden + "/inputs/XACV_x128/JPEGImages/CVAI-0001/" + name + ".png");
    std::vector<float> planes = normalised_planes(frame, PixelScale::xray);
    images.push_back(at::from_blob(planes.data(), {3, frame.rows, frame.cols}, at::kFloat).clone());
    const Mask mask =
        read_mask(golden + "/inputs/XACV_x128/AnnotationVOS/CVAI-0001CATH/" + name + ".png");
    std::vector<std::int64_t> values;
    for (int y = 0; y < mask.height(); ++y) {
      for (int x = 0; x < mask.width(); ++x)
        values.push_back(mask.at(x, y) == 0                           ? 0
                         : mask.at(x, y) == 127 || mask.at(x, y) == 1 ? 1
                                                                      : 2);
    }
    labels.push_back(
        at::from_blob(values.data(), {mask.height(), mask.width()}, at::kLong).clone());
  }
  return {at::stack(images), at::stack(labels), true};
}

TEST(ClipLoss, EqualsTheOfficialTrainingForwardAndItsGradients) {
  ANGIOBENCH_REQUIRE_DATA(golden, "golden");
  const nlohmann::json modules = test::read_json(golden + "/expected/modules/modules.json");
  TorchNetwork network(NetworkSpec{}, *test::golden_weights(golden));
  for (auto& [name, tensor] : network.parameters()) {
    if (tensor.is_floating_point() && name.find("running_") == std::string::npos)
      tensor.requires_grad_(true);
  }
  const TrainingClip clip = golden_training_clip(golden);
  StepOptions options;
  options.window = 7;
  synth::Random random(1);
  const StepLoss loss = batch_loss(network, {&clip, 1}, options, 0, nullptr, random);
  const nlohmann::json& expected = modules.at("train_sw7");
  EXPECT_NEAR(loss.first, expected.at("0").at("loss_1").get<double>(), 2e-4);
  EXPECT_NEAR(loss.second, expected.at("0").at("loss_2").get<double>(), 2e-4);
  EXPECT_NEAR(loss.total.item<double>(), expected.at("0").at("total").get<double>(), 4e-4);

  // The schedule on the same logits.
  for (const char* const iteration : {"45000", "100000"}) {
    double sum = 0;
    for (std::int64_t t = 1; t <= 2; ++t) {
      sum += bootstrapped_cross_entropy(loss.logits[0][static_cast<std::size_t>(t - 1)].detach(),
                                        clip.labels.slice(0, t, t + 1), std::stoll(iteration))
                 .item<double>();
    }
    EXPECT_NEAR(sum, expected.at(iteration).at("total").get<double>(), 2e-3);
  }

  loss.total.backward();
  for (const auto& [name, norm] : expected.at("0").at("grad_norms").items()) {
    const at::Tensor& gradient = network.parameters().at(name).grad();
    ASSERT_TRUE(gradient.defined()) << name;
    EXPECT_NEAR(gradient.norm().item<double>() / norm.get<double>(), 1, 0.01) << name;
  }
}

TEST(ClipLoss, OfOneObjectIgnoresTheSecond) {
  NetworkSpec spec;
  spec.width = 4;
  spec.key_blocks = {1, 1, 1};
  spec.value_blocks = {1, 1, 1};
  const TorchNetwork network(spec, random_weights(spec, 3));
  TrainingClip clip;
  clip.images = noise({3, 3, 48, 48}, 1).to(at::kFloat);
  clip.labels = at::zeros({3, 48, 48}, at::kLong);
  clip.labels.slice(1, 8, 40).slice(2, 8, 40).fill_(1);
  synth::Random random(1);
  for (const int window : {0, 3}) {
    StepOptions options;
    options.window = window;
    const StepLoss loss = batch_loss(network, {&clip, 1}, options, 0, nullptr, random);
    EXPECT_TRUE(std::isfinite(loss.total.item<double>()));
    EXPECT_EQ(loss.contrast, 0);
    EXPECT_EQ(loss.logits[0][0].size(1), 2);  // background and the target
  }
  const ContrastHead head =
      ContrastHead::random(spec.f16_channels(), 8, 1, at::TensorOptions(at::kFloat));
  const StepLoss with = batch_loss(network, {&clip, 1}, {}, 0, &head, random);
  EXPECT_GT(with.contrast, 0);
  EXPECT_NEAR(with.total.item<double>(), with.first + with.second + 0.01 * with.contrast, 1e-5);
}

}  // namespace
}  // namespace angiobench
