// SPDX-License-Identifier: MIT
#include "baselines/weights/seed_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "baselines/weights/safetensors.h"
#include "dataset/files/digest.h"
#include "dataset/error.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

TEST(SeedWeights, TheReferenceWeightsAreThoseOfTheGoldenFiguresBitForBit) {
  ANGIOBENCH_REQUIRE_DATA(calibration, "golden/calib.safetensors");
  ANGIOBENCH_REQUIRE_DATA(digests, "golden/weights_digest.json");
  ANGIOBENCH_REQUIRE_DATA(sums, "golden/weights_sha256.txt");
  const StateDict weights = reference_weights(read_safetensors(calibration), calibration);

  std::ifstream file(digests);
  const auto golden = nlohmann::json::parse(file);
  ASSERT_EQ(weights.size(), golden.size());
  for (const StateDict::Entry& entry : weights.entries()) {
    EXPECT_EQ(std::to_string(tensor_check_sum(entry.tensor)),
              golden.at(entry.name).at("sum").get<std::string>())
        << entry.name;
  }

  // Our writer gives the very file whose SHA-256 is on record.
  Sha256Stream stream;
  stream.update(
      safetensors_header(weights, {{"format", "pt"}, {"seed", std::to_string(kReferenceSeed)}}));
  for (const StateDict::Entry& entry : weights.entries()) {
    stream.update(std::span<const std::uint8_t>(entry.tensor.bytes));
  }
  std::ifstream recorded(sums);
  std::string wanted;
  recorded >> wanted;
  EXPECT_EQ(format_digest(stream.finish()), "sha256:" + wanted);
}

TEST(SeedWeights, ACalibrationThatLacksSomethingIsRefused) {
  try {
    reference_weights(StateDict{}, "c.safetensors");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("bound:key_encoder.conv1.weight"));
  }
}

TEST(SeedWeights, RandomWeightsFitTheirNetworkAndDependOnTheSeed) {
  const NetworkSpec spec{4, {1, 2, 1}, {1, 1, 1}};
  StateDict weights = random_weights(spec);
  EXPECT_NO_THROW(check_state_dict(weights, network_tensors(spec), "seed"));
  EXPECT_EQ(state_dict_digest(random_weights(spec)), state_dict_digest(random_weights(spec)));
  EXPECT_NE(state_dict_digest(random_weights(spec)), state_dict_digest(random_weights(spec, 1)));
}

TEST(SeedWeights, CheckSumCountsTheLastIncompleteWord) {
  const StoredTensor tensor{ElementType::u8, {5}, {1, 0, 0, 0, 2}};
  EXPECT_EQ(tensor_check_sum(tensor), 1U * 1 + 2U * 3);
}

}  // namespace
}  // namespace angiobench
