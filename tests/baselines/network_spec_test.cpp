// SPDX-License-Identifier: MIT
#include "baselines/weights/network_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "dataset/error.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

StateDict empty_weights(const NetworkSpec& spec) {
  StateDict weights;
  for (const TensorSpec& tensor : network_tensors(spec)) {
    std::size_t bytes = element_size(tensor.type);
    for (const std::int64_t size : tensor.shape) bytes *= static_cast<std::size_t>(size);
    weights.add(tensor.name, {tensor.type, tensor.shape, std::vector<std::uint8_t>(bytes)});
  }
  return weights;
}

TEST(NetworkSpec, TheOfficialNetworkHas405TensorsAnd54MillionValues) {
  std::int64_t values = 0;
  const std::vector<TensorSpec> tensors = network_tensors();
  for (const TensorSpec& tensor : tensors) {
    std::int64_t count = 1;
    for (const std::int64_t size : tensor.shape) count *= size;
    values += count;
  }
  EXPECT_EQ(tensors.size(), 405U);
  EXPECT_EQ(values, 54'469'310);
}

TEST(NetworkSpec, NamesShapesAndOrderAreThoseOfTheOfficialStateDict) {
  ANGIOBENCH_REQUIRE_DATA(path, "golden/weights_digest.json");
  std::ifstream file(path);
  const auto golden = nlohmann::ordered_json::parse(file);
  const std::vector<TensorSpec> tensors = network_tensors();
  ASSERT_EQ(golden.size(), tensors.size());
  std::size_t i = 0;
  for (const auto& [name, facts] : golden.items()) {
    EXPECT_EQ(tensors[i].name, name);
    EXPECT_EQ(tensors[i].shape, facts.at("shape").get<std::vector<std::int64_t>>()) << name;
    ++i;
  }
}

TEST(NetworkSpec, IsFoundAgainInTheShapesOfWeights) {
  for (const NetworkSpec& spec :
       {NetworkSpec{8, {1, 2, 1}, {1, 1, 3}}, NetworkSpec{2, {3, 4, 6}, {2, 2, 2}}}) {
    EXPECT_EQ(network_spec_of(empty_weights(spec), "x.safetensors"), spec);
  }
}

TEST(NetworkSpec, WeightsOfAnotherNetworkAreRefused) {
  StateDict weights;
  weights.add("conv1.weight", {ElementType::f32, {1}, std::vector<std::uint8_t>(4)});
  EXPECT_THROW(network_spec_of(weights, "x.pth"), Error);
  weights.add("key_encoder.conv1.weight",
              {ElementType::f32, {7, 3, 1, 1}, std::vector<std::uint8_t>(84)});
  EXPECT_THROW(network_spec_of(weights, "x.pth"), Error);
}

}  // namespace
}  // namespace angiobench
