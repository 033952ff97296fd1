// SPDX-License-Identifier: MIT
#include "baselines/weights/state_dict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "dataset/error.h"

namespace angiobench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class T>
StoredTensor tensor_of(ElementType type, std::vector<std::int64_t> shape,
                       const std::vector<T>& values) {
  StoredTensor tensor{type, std::move(shape), {}};
  tensor.bytes.resize(values.size() * sizeof(T));
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

std::string message_of(StateDict weights, const std::vector<TensorSpec>& expected) {
  try {
    check_state_dict(weights, expected, "w.pth");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "accepted";
}

TEST(StateDict, ASecondTensorOfTheSameNameIsNotTaken) {
  StateDict weights;
  EXPECT_TRUE(weights.add("a", tensor_of<float>(ElementType::f32, {1}, {1})));
  EXPECT_FALSE(weights.add("a", tensor_of<float>(ElementType::f32, {1}, {2})));
  EXPECT_EQ(weights.size(), 1U);
  EXPECT_THAT(weights.at("a").floats(), ElementsAre(1.F));
}

TEST(StateDict, HalvesBecomeTheSameFloats) {
  // 1, -2, the smallest subnormal 2^-24, the largest half 65504, minus zero.
  StateDict weights;
  weights.add("h", tensor_of<std::uint16_t>(ElementType::f16, {5},
                                            {0x3C00, 0xC000, 0x0001, 0x7BFF, 0x8000}));
  weights.add("b", tensor_of<std::uint16_t>(ElementType::bf16, {2}, {0x3F80, 0xC040}));
  weights.add("d", tensor_of<double>(ElementType::f64, {1}, {0.5}));
  const std::vector<TensorSpec> expected = {{"h", {5}}, {"b", {2}}, {"d", {1}}};
  check_state_dict(weights, expected, "w.pth");
  EXPECT_THAT(weights.at("h").floats(),
              ElementsAre(1.F, -2.F, std::ldexp(1.F, -24), 65504.F, -0.F));
  EXPECT_TRUE(std::signbit(weights.at("h").floats()[4]));
  EXPECT_THAT(weights.at("b").floats(), ElementsAre(1.F, -3.F));
  EXPECT_THAT(weights.at("d").floats(), ElementsAre(0.5F));
}

TEST(StateDict, CountersOfAnyWidthBecomeI64) {
  StateDict weights;
  weights.add("n", tensor_of<std::int32_t>(ElementType::i32, {}, {-7}));
  const std::vector<TensorSpec> expected = {{"n", {}, ElementType::i64}};
  check_state_dict(weights, expected, "w.pth");
  std::int64_t value = 0;
  ASSERT_EQ(weights.at("n").bytes.size(), sizeof value);
  std::memcpy(&value, weights.at("n").bytes.data(), sizeof value);
  EXPECT_EQ(value, -7);
}

TEST(StateDict, TakesTheOrderOfTheNetwork) {
  StateDict weights;
  weights.add("b", tensor_of<float>(ElementType::f32, {1}, {2}));
  weights.add("a", tensor_of<float>(ElementType::f32, {1}, {1}));
  const std::vector<TensorSpec> expected = {{"a", {1}}, {"b", {1}}};
  check_state_dict(weights, expected, "w.pth");
  EXPECT_EQ(weights.entries()[0].name, "a");
  EXPECT_EQ(weights.entries()[1].name, "b");
}

TEST(StateDict, SingleObjectWeightsGetAZeroChannelForTheOtherObjects) {
  StateDict weights;
  weights.add("value_encoder.conv1.weight",
              tensor_of<float>(ElementType::f32, {2, 4, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8}));
  const std::vector<TensorSpec> expected = {{"value_encoder.conv1.weight", {2, 5, 1, 1}}};
  check_state_dict(weights, expected, "w.pth");
  EXPECT_THAT(weights.at("value_encoder.conv1.weight").floats(),
              ElementsAre(1, 2, 3, 4, 0, 5, 6, 7, 8, 0));
}

TEST(StateDict, WhatDoesNotFitIsNamed) {
  StateDict weights;
  weights.add("a", tensor_of<float>(ElementType::f32, {2, 1}, {1, 2}));
  EXPECT_THAT(message_of(weights, {{"b", {2, 1}}}), HasSubstr("no tensor 'b'"));
  EXPECT_THAT(message_of(weights, {{"a", {1, 2}}}), HasSubstr("'a' is 2x1; expected 1x2"));
  EXPECT_THAT(message_of(weights, {}), HasSubstr("'a' that the network does not know"));
  EXPECT_THAT(message_of(weights, {{"a", {2, 1}, ElementType::i64}}),
              HasSubstr("'a' has elements F32; expected I64"));
  weights.find("a")->floats()[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(message_of(weights, {{"a", {2, 1}}}), HasSubstr("NaN"));
}

TEST(StateDict, DigestDependsOnNamesShapesAndValues) {
  const auto digest = [](const char* name, std::vector<std::int64_t> shape, float value) {
    StateDict weights;
    weights.add(name, tensor_of<float>(ElementType::f32, std::move(shape), {value}));
    return state_dict_digest(weights);
  };
  EXPECT_EQ(digest("a", {1}, 1), digest("a", {1}, 1));
  EXPECT_NE(digest("a", {1}, 1), digest("b", {1}, 1));
  EXPECT_NE(digest("a", {1}, 1), digest("a", {}, 1));
  EXPECT_NE(digest("a", {1}, 1), digest("a", {1}, 2));
}

}  // namespace
}  // namespace angiobench
