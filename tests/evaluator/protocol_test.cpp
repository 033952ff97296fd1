// SPDX-License-Identifier: MIT
#include "evaluator/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/benchmark.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

using ::testing::HasSubstr;

std::string message_of(const std::string& fields) {
  try {
    parse_protocol(R"({"schema": "protocol-1", "name": "mine", "version": 1)" + fields + "}",
                   "mine.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(LoadProtocol, EveryBuiltInProtocolIsValid) {
  for (const std::string& name : protocol_names()) {
    const Protocol protocol = load_protocol(name);
    EXPECT_EQ(protocol.name, name);
    EXPECT_FALSE(protocol.title.empty());
    EXPECT_FALSE(protocol.source.empty());
    EXPECT_THAT(protocol.hash, testing::StartsWith("sha256:"));
  }
}

TEST(LoadProtocol, ListsTheKnownNames) {
  try {
    load_protocol("davis");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.what(), HasSubstr("davis2017"));
  }
}

TEST(ParseProtocol, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(message_of(""), "mine.json: field 'objects' is missing; expected a value");
  const std::string objects = R"(, "objects": {"from": "truth"})";
  EXPECT_EQ(message_of(objects), "no error");
  EXPECT_THAT(message_of(R"(, "objects": {"from": "mask"})"),
              HasSubstr("field 'objects.from' is \"mask\"; expected one of truth-scored"));
  EXPECT_THAT(message_of(objects + R"(, "frames": {"drop_frist": true})"),
              HasSubstr("unknown field 'frames.drop_frist'"));
  EXPECT_THAT(message_of(objects + R"(, "boundary": {"tolerance": 1.5})"),
              HasSubstr("field 'boundary.tolerance' is 1.5"));
  EXPECT_THAT(message_of(objects + R"(, "labels": {"truth": {"300": 1}})"),
              HasSubstr("field 'labels.truth'"));
  EXPECT_THAT(message_of(objects + R"(, "statistics": ["mode"])"), HasSubstr("field 'statistics'"));
  EXPECT_THAT(message_of(objects + R"(, "measures": ["T_mean"])"), HasSubstr("field 'measures'"));
  EXPECT_THAT(message_of(objects + R"(, "stability_leaves_out": ["dog"])"),
              HasSubstr("field 'stability_leaves_out'"));
  EXPECT_EQ(message_of(objects + R"(, "measures": ["T"], "stability_leaves_out": ["dog"])"),
            "no error");
  EXPECT_THAT(message_of(R"(, "objects": {"from": "proposals"}, "measures": ["T"])"),
              HasSubstr("field 'measures'"));
  EXPECT_THAT(message_of(objects + R"(, "average": 3)"),
              HasSubstr("field 'average' is 3; expected one of objects, sequences, groups"));
  EXPECT_THAT(message_of(objects + R"(, "colour": "red")"), HasSubstr("unknown field 'colour'"));
}

TEST(ParseProtocol, TheHashIsOfTheRulesNotOfTheWords) {
  const auto hash_of = [](const std::string& fields) {
    return parse_protocol(
               R"({"schema": "protocol-1", "name": "mine", "version": 1, "objects": {"from": "truth"})" +
                   fields + "}",
               "m")
        .hash;
  };
  EXPECT_EQ(hash_of(""), hash_of(R"(, "title": "words")"));
  EXPECT_NE(hash_of(""), hash_of(R"(, "both_empty": "left-out")"));
}

TEST(ParseProtocol, MapsLabels) {
  const Protocol xacv = load_protocol("xacv");
  EXPECT_EQ(xacv.counting.truth_map[127], 1);
  EXPECT_EQ(xacv.counting.truth_map[255], 2);
  EXPECT_EQ(xacv.counting.truth_map[3], 0);
  EXPECT_EQ(xacv.counting.prediction_map[2], 2);
  const Protocol davis = load_protocol("davis2016");
  EXPECT_EQ(davis.counting.prediction_map[1], 255);
  EXPECT_EQ(davis.counting.prediction_map[0], 0);
}

}  // namespace
}  // namespace angiobench
