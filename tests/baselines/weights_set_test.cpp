// SPDX-License-Identifier: MIT
#include "baselines/weights/weights_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baselines/weights/load_weights.h"
#include "baselines/weights/safetensors.h"
#include "baselines/weights/seed_weights.h"
#include "dataset/error.h"
#include "tests/support/pth_writer.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kAnchor = "key_encoder.conv1.weight";

WeightsSet choose(const std::vector<std::string>& prefixes, const std::string& wanted = {}) {
  std::vector<std::string> names;
  for (const std::string& prefix : prefixes) {
    names.push_back(prefix + kAnchor);
    names.push_back(prefix + "decoder.pred.bias");
  }
  return choose_weights_set(names, wanted, "w.pth");
}

TEST(WeightsSet, PrefixesOfEveryToolAreFound) {
  for (const char* const prefix : {"", "module.", "_orig_mod.", "_orig_mod.module.",
                                   "module._orig_mod.", "model.", "net.", "weights.module."}) {
    const WeightsSet set = choose({prefix});
    EXPECT_EQ(set.prefix, prefix);
    EXPECT_EQ(weights_set_note(set), "");
  }
}

TEST(WeightsSet, AnAverageIsTakenAndSaid) {
  for (const auto& [plain, average] :
       {std::pair("model.module.", "model_ema."), std::pair("state_dict.", "state_dict_ema."),
        std::pair("", "ema.shadow."), std::pair("net.", "swa.")}) {
    const WeightsSet set = choose({plain, average});
    EXPECT_EQ(set.prefix, average);
    EXPECT_TRUE(set.is_average);
    EXPECT_THAT(weights_set_note(set), HasSubstr("an average by its name, is taken"));
  }
  EXPECT_EQ(choose({"model_ema.", "model."}, "model").prefix, "model.");
  EXPECT_THROW(choose({"model_ema.", "model."}, "teacher"), Error);
}

TEST(WeightsSet, OfOthersTheUsualNameIsTaken) {
  const WeightsSet set = choose({"teacher.", "schema.", "model."});
  EXPECT_EQ(set.prefix, "model.");
  EXPECT_FALSE(set.is_average);
  EXPECT_THAT(set.others, ElementsAre("teacher.", "schema."));
}

// One set of weights of a small network, in the wrappings that tools write.
class Wrappings : public ::testing::Test {
 protected:
  static NetworkSpec small() {
    NetworkSpec spec;
    spec.width = 2;
    spec.key_blocks = {1, 1, 1};
    spec.value_blocks = {1, 1, 1};
    return spec;
  }
  StateDict prefixed(const std::string& prefix) const {
    StateDict made;
    for (const StateDict::Entry& entry : weights_.entries())
      made.add(prefix + entry.name, entry.tensor);
    return made;
  }
  LoadedWeights load(const StateDict& stored, const std::string& name = "w.safetensors") const {
    write_safetensors(folder_ / name, stored);
    return load_weights(folder_ / name);
  }

  StateDict weights_ = random_weights(small(), 7);
  TempFolder folder_;
};

TEST_F(Wrappings, PrefixesAreTakenOffInBothKindsOfFiles) {
  const std::string digest = load(weights_).digest;
  for (const char* const prefix : {"module.", "_orig_mod.", "module._orig_mod.", "net."}) {
    const LoadedWeights loaded = load(prefixed(prefix));
    EXPECT_EQ(loaded.digest, digest) << prefix;
    EXPECT_THAT(loaded.notes, IsEmpty()) << prefix;
    folder_.write("w.pth", test::make_pth(prefixed(prefix)));
    EXPECT_EQ(load_weights(folder_ / "w.pth").digest, digest) << prefix;
  }
}

TEST_F(Wrappings, MissingCountersAndExtraTensorsAreSaid) {
  StateDict stored;
  for (const StateDict::Entry& entry : weights_.entries()) {
    if (!entry.name.ends_with("num_batches_tracked")) stored.add(entry.name, entry.tensor);
  }
  stored.add("extra.weight", weights_.at("decoder.pred.bias"));
  const LoadedWeights loaded = load(stored);
  EXPECT_EQ(loaded.weights->size(), weights_.size());
  ASSERT_EQ(loaded.notes.size(), 2U);
  EXPECT_THAT(loaded.notes[0], HasSubstr("left out, for the network does not have them: 1 tensor"));
  EXPECT_THAT(loaded.notes[0], HasSubstr("'extra.weight'"));
  EXPECT_THAT(loaded.notes[1], HasSubstr("num_batches_tracked"));
}

TEST_F(Wrappings, OfTwoSetsEachCanBeAskedFor) {
  StateDict both = prefixed("model.");
  StateDict zeros = weights_;
  for (StateDict::Entry& entry : zeros.entries()) {
    std::fill(entry.tensor.bytes.begin(), entry.tensor.bytes.end(), std::uint8_t{0});
    both.add("model_ema." + entry.name, entry.tensor);
  }
  const LoadedWeights average = load(both);
  EXPECT_EQ(average.digest, load(zeros, "z.safetensors").digest);
  ASSERT_EQ(average.notes.size(), 1U);
  EXPECT_THAT(average.notes.front(), HasSubstr("'model_ema', an average"));
  EXPECT_EQ(load_weights(folder_ / "w.safetensors#model").digest,
            load(weights_, "p.safetensors").digest);
}

TEST_F(Wrappings, WhatWasFoundIsNamed) {
  StateDict other;
  other.add("backbone.stem.weight", weights_.at("decoder.pred.bias"));
  try {
    load(other);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("its 1 tensors are 'backbone.stem.weight'"));
  }
}

}  // namespace
}  // namespace angiobench
