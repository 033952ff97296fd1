// SPDX-License-Identifier: MIT
// Layers, features, values, read-outs and small functions against the official code's
// (data/golden/expected/modules).
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "baselines/inference/planes.h"
#include "baselines/matching/torch_matching.h"
#include "baselines/networks/torch_network.h"
#include "dataset/masks/png.h"
#include "tests/baselines/engines.h"
#include "tests/baselines/golden.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

constexpr int kSize = 128;
constexpr int kObjects = 2;
constexpr int kPixels = kSize * kSize;

// Frame t of XACV_x128 as the paper's network sees it.
std::vector<float> image_of(const test::GoldenClip& clip, int t) {
  std::vector<float> image(static_cast<std::size_t>(3) * kPixels);
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      for (int c = 0; c < 3; ++c) {
        image[static_cast<std::size_t>((c * kSize + y) * kSize + x)] =
            (static_cast<float>(clip.frames[t].ptr<std::uint8_t>(y)[3 * x + c]) / 255.0F - 0.5F) /
            0.5F;
      }
    }
  }
  return image;
}

// The ground truth of frame t through aggregate: background and both objects.
std::vector<Plane> truth_of(const std::string& golden, int t) {
  const Mask mask = read_mask(golden + "/inputs/XACV_x128/AnnotationVOS/CVAI-0001CATH/0000" +
                              std::to_string(t) + ".png");
  std::vector<Plane> planes(kObjects + 1, Plane(kSize, kSize));
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      if (mask.at(x, y) > 0) planes.at(mask.at(x, y)).at(y, x) = 1;
    }
  }
  aggregate(planes);
  return planes;
}

at::Tensor tensor_of(const std::vector<float>& data, at::IntArrayRef shape) {
  return at::from_blob(const_cast<float*>(data.data()), shape).clone();
}

// A record of modules.json: 24 samples of a tensor, its mean and extremes.
void expect_record(const at::Tensor& tensor, const nlohmann::json& record,
                   const std::string& name) {
  SCOPED_TRACE(name);
  const at::Tensor flat = tensor.contiguous().flatten();
  std::int64_t count = 1;
  for (const std::int64_t side : record.at("shape").get<std::vector<std::int64_t>>()) count *= side;
  ASSERT_EQ(flat.numel(), count);
  const double scale = std::max(
      {1.0, std::abs(record.at("min").get<double>()), std::abs(record.at("max").get<double>())});
  EXPECT_NEAR(flat.mean().item<double>(), record.at("mean").get<double>(), 1e-5 * scale);
  EXPECT_NEAR(flat.max().item<double>(), record.at("max").get<double>(), 1e-4 * scale);
  for (std::size_t i = 0; i < record.at("idx").size(); ++i) {
    EXPECT_NEAR(flat[record.at("idx")[i].get<std::int64_t>()].item<double>(),
                record.at("val")[i].get<double>(), 1e-4 * scale);
  }
}

TEST(GoldenModules, EveryLayerOfTheWrittenNetworkGivesTheOfficialOutput) {
  ANGIOBENCH_REQUIRE_DATA(golden, "golden");
  set_engine_threads(1);
  const c10::InferenceMode no_gradients;
  const nlohmann::json modules = test::read_json(golden + "/expected/modules/modules.json");
  const test::GoldenClip clip = test::load_golden_clip(golden, "XACV_x128");
  TorchNetwork network({}, *test::golden_weights(golden));
  std::map<std::string, at::Tensor> outputs;
  network.trace = [&](const std::string& name, const at::Tensor& output) {
    outputs[name] = output;
  };

  // The records are of both objects in one batch.
  const at::Tensor image = tensor_of(image_of(clip, 0), {1, 3, kSize, kSize});
  const TorchNetwork::Features features = network.encode_key(image);
  const std::vector<Plane> truth = truth_of(golden, 0);
  const at::Tensor own = at::stack({tensor_of(truth[1].pixels, {1, kSize, kSize}),
                                    tensor_of(truth[2].pixels, {1, kSize, kSize})});
  const at::Tensor value = network.encode_value(image, features.f16, own, own.flip(0));
  int compared = 0;
  for (const auto& [key, record] : modules.items()) {
    if (key.rfind("out/", 0) != 0) continue;
    const auto found = outputs.find(key.substr(4));
    ASSERT_NE(found, outputs.end()) << key;
    expect_record(found->second, record, key);
    ++compared;
  }
  EXPECT_EQ(compared, 126);
  expect_record(features.key, modules.at("f0_k16"), "f0_k16");
  expect_record(features.thin, modules.at("f0_key_comp"), "f0_key_comp");
  expect_record(features.f16, modules.at("f0_f16"), "f0_f16");
  expect_record(features.f8, modules.at("f0_f8"), "f0_f8");
  expect_record(features.f4, modules.at("f0_f4"), "f0_f4");
  expect_record(value, modules.at("f0_value"), "f0_value");
}

class GoldenFeatures : public ::testing::TestWithParam<EngineKind> {};

// Memory of frames 0 and 1 (ground truth), query frame 2.
TEST_P(GoldenFeatures, KeysValuesReadOutsAndProbabilitiesAreTheOfficialOnes) {
  ANGIOBENCH_REQUIRE_DATA(golden, "golden");
  set_engine_threads(1);
  const std::string folder = golden + "/expected/modules/";
  const test::GoldenClip clip = test::load_golden_clip(golden, "XACV_x128");
  const std::unique_ptr<NetworkEngine> engine =
      make_engine(GetParam(), {}, test::golden_weights(golden));
  const CellGrid grid{kSize / 16, kSize / 16};
  const int channels = engine->spec().value_channels();
  const auto cells = static_cast<std::size_t>(grid.cells());

  const auto expect_array = [&](const std::vector<float>& cell_major, std::size_t object,
                                const std::string& name, double tolerance) {
    const test::NpyArray want = test::read_npy(folder + name + ".npy");
    double largest = 0;
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
      for (std::size_t cell = 0; cell < cells; ++cell) {
        largest = std::max(largest, std::abs(static_cast<double>(cell_major[cell * channels + c]) -
                                             want.values[(object * channels + c) * cells + cell]));
      }
    }
    EXPECT_LE(largest, tolerance) << name;
  };

  std::vector<std::vector<float>> keys;
  std::vector<std::vector<ValueFrame>> values(kObjects);
  for (int t = 0; t < 2; ++t) {
    const std::unique_ptr<FrameEncoding> frame =
        engine->encode_frame(image_of(clip, t), kSize, kSize);
    engine->copy_key(*frame, keys.emplace_back(64 * cells));
    std::vector<Plane> truth = truth_of(golden, t);
    for (std::size_t i = 0; i < kObjects; ++i) {
      ValueFrame& value = values[i].emplace_back(cells * channels);
      engine->encode_value(*frame, truth[1 + i].pixels, truth[2 - i].pixels, value);
      if (t == 0) expect_array(value, i, "f0_value", 1e-3);
    }
  }
  const test::NpyArray want_key = test::read_npy(folder + "f0_k16.npy");
  for (std::size_t i = 0; i < want_key.values.size(); ++i)
    ASSERT_NEAR(keys[0][i], want_key.values[i], 2e-4);

  const std::unique_ptr<FrameEncoding> query =
      engine->encode_frame(image_of(clip, 2), kSize, kSize);
  std::vector<float> query_key(64 * cells);
  engine->copy_key(*query, query_key);
  for (const bool local : {false, true}) {
    MatchOptions options;
    options.matching = local ? Matching::local : Matching::global;
    options.window = 5;
    std::vector<KeyFrame> frames;
    for (const std::vector<float>& key : keys) frames.emplace_back(key, 64, grid);
    MatchRequest request;
    request.value_channels = channels;
    std::vector<std::vector<float>> readouts(kObjects, std::vector<float>(cells * channels));
    for (const KeyFrame& frame : frames) request.keys.push_back(&frame);
    for (std::size_t i = 0; i < kObjects; ++i) {
      request.values.push_back({&values[i][0], &values[i][1]});
      request.readouts.emplace_back(readouts[i]);
    }
    make_matcher(options)->read(request, query_key);
    const std::string kind = local ? "local_sw5" : "global";
    for (std::size_t i = 0; i < kObjects; ++i)
      expect_array(readouts[i], i, "f2_readout_" + kind, 1e-3);

    // The stored decoder outputs are before the sigmoid.
    const test::NpyArray logits = test::read_npy(folder + "f2_logits_" + kind + ".npy");
    std::vector<Plane> planes(kObjects + 1, Plane(kSize, kSize));
    for (std::size_t i = 0; i < kObjects; ++i) {
      engine->decode(*query, readouts[i], planes[i + 1].pixels);
      double largest = 0;
      for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
        const double want = 1 / (1 + std::exp(-logits.values[i * kPixels + pixel]));
        largest =
            std::max(largest, std::abs(static_cast<double>(planes[i + 1].pixels[pixel]) - want));
      }
      EXPECT_LE(largest, 5e-4) << kind;
    }
    if (!local) continue;
    aggregate(planes);
    const test::NpyArray prob = test::read_npy(folder + "f2_prob_local_sw5.npy");
    for (std::size_t plane = 0; plane <= kObjects; ++plane) {
      for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
        ASSERT_NEAR(planes[plane].pixels[pixel], prob.values[plane * kPixels + pixel], 5e-4);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, GoldenFeatures, ::testing::ValuesIn(test::engines()),
                         [](const auto& kind) { return std::string(engine_name(kind.param)); });

// Nested lists of numbers, flat, and their shape.
std::vector<float> flatten(const nlohmann::json& list, std::vector<std::int64_t>& shape,
                           std::size_t depth = 0) {
  if (!list.is_array()) return {list.get<float>()};
  if (shape.size() == depth) shape.push_back(static_cast<std::int64_t>(list.size()));
  std::vector<float> all;
  for (const nlohmann::json& part : list) {
    const std::vector<float> inner = flatten(part, shape, depth + 1);
    all.insert(all.end(), inner.begin(), inner.end());
  }
  return all;
}

at::Tensor tensor_of(const nlohmann::json& list) {
  std::vector<std::int64_t> shape;
  const std::vector<float> data = flatten(list, shape);
  return at::from_blob(const_cast<float*>(data.data()), shape).clone();
}

float largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<float>();
}

TEST(GoldenFunctions, AggregatePaddingWindowsAndMatchingAreTheOfficialOnes) {
  ANGIOBENCH_REQUIRE_DATA(golden, "golden");
  const nlohmann::json functions = test::read_json(golden + "/expected/modules/functions.json");

  const at::Tensor probabilities = tensor_of(functions.at("aggregate").at("prob"));
  const at::Tensor aggregated = tensor_of(functions.at("aggregate").at("keep_bg"));
  EXPECT_LE(largest_difference(aggregate(probabilities), aggregated), 1e-6F);
  std::vector<Plane> planes(4, Plane(2, 3));
  for (std::size_t i = 0; i < 3; ++i)
    std::copy_n(probabilities[i].data_ptr<float>(), 6, planes[i + 1].pixels.begin());
  aggregate(planes);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_LE(largest_difference(tensor_of(planes[i].pixels, {2, 3}), aggregated[i][0]), 1e-6F);
  }

  for (const auto& [size, pad] : functions.at("pad16").items()) {
    const int height = std::stoi(size);
    const int width = std::stoi(size.substr(size.find('x') + 1));
    const Padding padding = padding_to_16(height, width);
    EXPECT_EQ((std::vector<int>{padding.left, padding.right, padding.top, padding.bottom}), pad)
        << size;
  }

  const nlohmann::json& windows = functions.at("sample_overlapped_sw3");
  for (const Sampling sampling : {Sampling::unfold, Sampling::shift, Sampling::depth_wise}) {
    EXPECT_EQ(largest_difference(sample_windows(tensor_of(windows.at("x")), 3, sampling),
                                 tensor_of(windows.at("out"))),
              0.0F);
  }

  const nlohmann::json& local = functions.at("local_match");
  EXPECT_EQ(largest_difference(border_scores({2, 3}, 3, at::TensorOptions(at::kFloat)),
                               tensor_of(local.at("mask"))[0][0].view({9, 2, 3})),
            0.0F);
  const auto memory = [](const nlohmann::json& list) { return tensor_of(list).transpose(0, 1); };
  EXPECT_LE(largest_difference(
                match_local(memory(local.at("key")), tensor_of(local.at("value")).unsqueeze(2),
                            tensor_of(local.at("query"))[0], 3, 5, Sampling::unfold),
                tensor_of(local.at("out"))),
            1e-6F);
  const nlohmann::json& global = functions.at("global_match");
  EXPECT_LE(largest_difference(
                match_global(memory(global.at("key")), tensor_of(global.at("value")).unsqueeze(2),
                             tensor_of(global.at("query"))[0], 4),
                tensor_of(global.at("out"))),
            1e-6F);
}

}  // namespace
}  // namespace angiobench
