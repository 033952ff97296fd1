// SPDX-License-Identifier: MIT
#include "baselines/weights/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "baselines/weights/network_spec.h"
#include "baselines/weights/seed_weights.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using ::testing::HasSubstr;

StateDict parse(const std::string& file, WeightsMetadata* metadata = nullptr) {
  return parse_safetensors(
      MemorySource({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()},
                   "w.safetensors"),
      metadata);
}

// A file of a header text and some bytes of data.
std::string file_of(const std::string& header, std::size_t num_data) {
  const std::uint64_t length = header.size();
  std::string file(sizeof length, '\0');
  std::memcpy(file.data(), &length, sizeof length);
  return file + header + std::string(num_data, '\0');
}

std::string refusal(const std::string& file, ErrorKind kind = ErrorKind::input) {
  try {
    parse(file);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "accepted";
}

TEST(Safetensors, WhatIsWrittenIsReadBack) {
  const test::TempFolder folder;
  const StateDict weights = random_weights(NetworkSpec{2, {1, 1, 1}, {1, 1, 1}});
  write_safetensors(folder / "w.safetensors", weights, {{"format", "pt"}});
  WeightsMetadata metadata;
  const StateDict back = read_safetensors(folder / "w.safetensors", &metadata);
  EXPECT_EQ(metadata, (WeightsMetadata{{"format", "pt"}}));
  EXPECT_EQ(state_dict_digest(back), state_dict_digest(weights));
  EXPECT_EQ(state_dict_digest(read_weights(folder / "w.safetensors")), state_dict_digest(weights));
}

TEST(Safetensors, TheHeaderIsPaddedToEightBytes) {
  StateDict weights;
  weights.add("a", {ElementType::u8, {3}, {1, 2, 3}});
  const std::string header = safetensors_header(weights, {});
  EXPECT_EQ(header.substr(8), R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}   )");
  EXPECT_EQ(header.size() % 8, 0U);
}

TEST(Safetensors, TensorsComeInTheOrderOfTheirData) {
  const StateDict weights =
      parse(file_of(R"({"a":{"dtype":"F32","shape":[],"data_offsets":[1,5]},)"
                    R"("b":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})",
                    5));
  ASSERT_EQ(weights.size(), 2U);
  EXPECT_EQ(weights.entries()[0].name, "b");
  EXPECT_TRUE(weights.at("a").shape.empty());
}

TEST(Safetensors, AHeaderThatLiesIsRefused) {
  const auto tensor = [](const std::string& shape, const std::string& offsets) {
    return R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
  };
  EXPECT_EQ(refusal(file_of(tensor("[2]", "[0,8]"), 8)), "accepted");
  EXPECT_THAT(refusal(file_of(tensor("[2]", "[0,8]"), 7)), HasSubstr("larger than the file"));
  EXPECT_THAT(refusal(file_of(tensor("[2]", "[0,8]"), 9)),
              HasSubstr("1 bytes that belong to no tensor"));
  EXPECT_THAT(refusal(file_of(tensor("[1]", "[4,8]"), 8)), HasSubstr("byte 0"));
  EXPECT_THAT(refusal(file_of(tensor("[1]", "[8,4]"), 8)), HasSubstr("lies at"));
  EXPECT_THAT(refusal(file_of(tensor("[1]", "[0,8]"), 8)), HasSubstr("has 8 bytes; expected 4"));
  EXPECT_THAT(refusal(file_of(tensor("[1]", "[0]"), 8)), HasSubstr("two numbers"));
  EXPECT_THAT(refusal(file_of(tensor("[1]", "[-4,0]"), 8)), HasSubstr("two numbers"));
  EXPECT_THAT(refusal(file_of(tensor("[-1]", "[0,4]"), 8)), HasSubstr("shape"));
  EXPECT_THAT(refusal(file_of(tensor("[1.5]", "[0,4]"), 8)), HasSubstr("shape"));
  EXPECT_THAT(refusal(file_of(tensor("{}", "[0,4]"), 8)), HasSubstr("shape"));
  EXPECT_THAT(refusal(file_of(tensor("[4611686018427387904,4]", "[0,0]"), 8)),
              HasSubstr("larger than the file"));
  EXPECT_THAT(refusal(file_of(R"({"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}})", 4)),
              HasSubstr("dtype"));
  EXPECT_THAT(refusal(file_of(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4)),
              HasSubstr("has no dtype"));
  EXPECT_THAT(refusal(file_of(R"({"a":7})", 0)), HasSubstr("not an object"));
  EXPECT_THAT(refusal(file_of(R"({"__metadata__":{"a":7}})", 0)), HasSubstr("texts"));
}

TEST(Safetensors, OverlapsHolesAndRepeatedNamesAreRefused) {
  const std::string a = R"("a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]})";
  EXPECT_THAT(
      refusal(file_of("{" + a + R"(,"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})", 3)),
      HasSubstr("begins at byte 1; expected byte 2"));
  EXPECT_THAT(
      refusal(file_of("{" + a + R"(,"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}})", 4)),
      HasSubstr("begins at byte 3; expected byte 2"));
  EXPECT_THAT(refusal(file_of("{" + a + "," + a + "}", 2)), HasSubstr("'a' twice"));
}

TEST(Safetensors, WhatIsNoHeaderIsRefused) {
  EXPECT_THAT(refusal(""), HasSubstr("ends at byte 0"));
  EXPECT_THAT(refusal("1234567"), HasSubstr("ends at byte 7"));
  EXPECT_THAT(refusal(file_of("[]", 0)), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal(file_of("{\"a\"", 0)), HasSubstr("not JSON"));
  EXPECT_THAT(refusal(std::string(8, '\xFF')), HasSubstr("header would take"));
  EXPECT_THAT(refusal(file_of(std::string(17 << 20, ' '), 0), ErrorKind::limit),
              HasSubstr("at most"));
  EXPECT_NE(refusal(file_of(std::string(1 << 20, '['), 0)), "accepted");
}

TEST(Safetensors, AFailedWriteLeavesNothingBehind) {
  const test::TempFolder folder;
  folder.write("file", "x");
  EXPECT_THROW(write_safetensors(folder / "file/w.safetensors", {}, {}), Error);
}

}  // namespace
}  // namespace angiobench
