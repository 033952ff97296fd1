// SPDX-License-Identifier: MIT
#include "evaluator/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "evaluator/measures.h"

namespace angiobench {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
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

std::vector<std::string> measures_of(const std::string& fields) {
  const Protocol protocol = parse_protocol(
      R"({"schema": "protocol-1", "name": "mine", "version": 1, "objects": {"from": "truth"})" +
          fields + "}",
      "m");
  std::vector<std::string> ids;
  for (const Metric& metric : protocol.measures) ids.push_back(metric.id);
  return ids;
}

TEST(ParseProtocol, JAndFGoWithoutSaying) {
  EXPECT_THAT(measures_of(""), ElementsAre("J&F", "J", "F"));
  EXPECT_THAT(measures_of(R"(, "measures": ["Dice"])"), ElementsAre("J&F", "J", "F", "Dice"));
  EXPECT_THAT(measures_of(R"(, "measures": ["Dice", "J"])"), ElementsAre("Dice", "J"));
  EXPECT_THAT(measures_of(R"(, "measures": ["J_tr"], "statistics": ["decay", "recall"])"),
              ElementsAre("J&F", "J", "F", "J_recall", "J_decay", "F_recall", "F_decay", "J_tr"));
}

TEST(ParseProtocol, TakesAnyRowOfTheTableThatCanBeMeasured) {
  for (const Measure& row : measures()) {
    const std::string fields = R"(, "measures": [")" + row.id + R"("])";
    if (row.is_measured()) {
      EXPECT_THAT(measures_of(fields), Contains(row.id));
    } else {
      EXPECT_THAT(message_of(R"(, "objects": {"from": "truth"})" + fields),
                  HasSubstr("field 'measures'"));
    }
  }
  EXPECT_THAT(measures_of(R"(, "measures": ["Fdot"])"), ElementsAre("J&F", "J", "F", "Ḟ"));
}

TEST(Protocol, SaysWhatItsMeasuresNeed) {
  const Protocol plain = load_protocol("mosxav-val");
  EXPECT_FALSE(second_rules(plain));
  EXPECT_FALSE(needs(plain, FrameData::outlines));
  EXPECT_TRUE(needs(load_protocol("davis2016"), FrameData::outlines));
  ASSERT_TRUE(second_rules(load_protocol("mose-v2")));
  EXPECT_EQ(second_rules(load_protocol("mose-v2"))->boundary, BoundaryRule::mose_v2_plain);
  // Ḟ beside F under one radius a frame: the other way round.
  const Protocol both = parse_protocol(
      R"({"schema": "protocol-1", "name": "mine", "version": 1, "objects": {"from": "truth"},
          "measures": ["J&Fdot"]})",
      "m");
  ASSERT_TRUE(second_rules(both));
  EXPECT_EQ(second_rules(both)->boundary, BoundaryRule::mose_v2);
}

TEST(Protocol, IsReadBackFromItsStamp) {
  for (const std::string& name : protocol_names()) {
    const Protocol protocol = load_protocol(name);
    const std::optional<Protocol> again = protocol_of(stamp_of(protocol));
    ASSERT_TRUE(again) << name;
    EXPECT_EQ(again->hash, protocol.hash) << name;
    EXPECT_EQ(again->measures, protocol.measures) << name;
    EXPECT_EQ(again->average, protocol.average) << name;
    EXPECT_EQ(again->display, protocol.display) << name;
  }
  EXPECT_FALSE(protocol_of(ProtocolStamp{}));
}

// What a result says of its protocol must never change with the program.
TEST(Protocol, KeepsItsHash) {
  const std::map<std::string, std::string> hashes = {
      {"all-frames", "sha256:aa83e4d6ed54128af1b033cd6826cec614ff5ddc167dcb4b75e3736197274cf2"},
      {"davis2016", "sha256:c94104d76f2d65d24500e90e7e68ba62dee20a659427e504b9e838601daa7b08"},
      {"davis2017", "sha256:81b6107aaaf88ff04358820a45dc8f8a426965e854e8d545a8d3f39673c0b45b"},
      {"davis2017-published-decay",
       "sha256:1f6486fec8d53c1419c76ea7dcc04c6cc24a63f530cebe783dd5e79fa9f42301"},
      {"davis2017-unsupervised",
       "sha256:43ae9ec5a39db8bfd3e9ebb72e7c0f01f07023ef8a284fee2df5d397c4836b53"},
      {"dias", "sha256:a2da0ca5ef7f2586b989dacee26ced8a51ab2d1942562d9509500f031226e5eb"},
      {"dias-exact", "sha256:57249e231d4d5298203c232882de02f691ae0569e6a1bf3303b6a7f374eddf8d"},
      {"lvos", "sha256:c134b44c7c37e05ba1a01076b170b3e55e77ade1a1ec78126c0982ef540b92bd"},
      {"lvos-unsupervised",
       "sha256:af06c25a2e312d233ad1d339d66ed4a3621662e7fc1f2b55a43746e78a04ea22"},
      {"lvos-unsupervised-exact",
       "sha256:844089f2c43e2c0f3700c7a2f3599559f309892a47a09016b7bfca3ff386d276"},
      {"mose-v1", "sha256:8bdc299de08030f8dd2cb1be7c1f8ac6726831f8dabd532951274d2cacb666ac"},
      {"mose-v2", "sha256:4828cbafe339134e2e414b2eb8e47f7617b9c73dab3e143dbbd9f62ae8406ea3"},
      {"mosxav-test", "sha256:d1cdbbecfadc63232e1051e397d2d8431dad83c2dcfc8c9fffdf3d6db3cdfe51"},
      {"mosxav-val", "sha256:fd8732734353dbc281563ecb7ab7d9083d96833f1a596fbd266422fc1101615c"},
      {"paxray", "sha256:0943f61749965161f75b394b83429be316e7a9feb57132c23a55751ceec1e77a"},
      {"semantic", "sha256:550ac39521e91ab1b84426da76b84872ee080cfe308a04efb53a13c12137a1cd"},
      {"sa-v", "sha256:0da492292ae858329255cd20c50928dc633b550a123c8b494b1178b79e9b34ac"},
      {"secvos", "sha256:99c0e3954e8fcadbb32b77635765424d3bb14afde033b5e1111ab3a6cc1e9517"},
      {"stills", "sha256:a18644e93f1a192f67fd8c206015bbb66cd7ccc1583747844a75ff8d20a424e9"},
      {"strict", "sha256:cc95b9eee9825886f4f14ee9005309084130bd47222ab60b0eb573945c723caf"},
      {"trackeval", "sha256:3a98fc8e3aea1b36afe95fbc9b1982fd54c2ac5d66e05233d3ff03ea72d5a7dd"},
      {"visor", "sha256:ea171c3d849907b6bd6da139afe3c17f38efe477b8f9a2bf69bf76e974113a5d"},
      {"vos-benchmark", "sha256:17f2851f0f376d50772ab1ee1f39114899ffaec42d3fd5f2772dd1c970d6628f"},
      {"vost", "sha256:8267830aa4c4635ca39d9019ad6d6d33263a840e65d6cffbc67a38a089ffe26f"},
      {"vost-published-decay",
       "sha256:66336a345f6d3f69e084216b8929682a2449f43b6da3505a21d85da14d37d28d"},
      {"vost-void", "sha256:3b6c7aace05e9358e962fc8db7d378d25317c860a6cf026e120ef59454f48006"},
      {"vot-absence", "sha256:e8860c1673900863c00dd541af026852ff827398be737934ed076d06ee9e372c"},
      {"vots", "sha256:f692db2753346e0d2ad18dfbe4f03f55dce2d445b2878d3ab4cf8d619234d193"},
      {"vots-multi", "sha256:2dfb637e828cb1b62c70ef4f7ef109d0b289600cdb005e8d01ff544f77feb13e"},
      {"xacv", "sha256:526ebf858a6e29d007e1a8d042d052051a31748ae6dbbb02745365aaadf37379"},
      {"youtube-vos", "sha256:eb0a0d3f6f3f8335449f085465dd7a29818885366e5165342790f65ba8f47158"},
  };
  for (const auto& [name, hash] : hashes) EXPECT_EQ(load_protocol(name).hash, hash) << name;
}

std::vector<std::string> ids_of(const Protocol& protocol) {
  std::vector<std::string> ids;
  for (const Metric& metric : protocol.measures) ids.push_back(metric.id);
  return ids;
}

TEST(ParseProtocol, ATaskHasRulesAndMeasuresOfItsOwn) {
  const Protocol semantic = load_protocol("semantic");
  EXPECT_EQ(semantic.task, Task::semantic);
  EXPECT_EQ(semantic.task_rules.background, 0);
  EXPECT_THAT(semantic.task_rules.seen, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(semantic.task_rules.void_label, 255);
  EXPECT_THAT(ids_of(semantic),
              ElementsAre("mIoU_foreground", "mIoU", "IoU", "mIoU_foreground_image", "mIoU_image",
                          "fwIoU", "mDice_foreground", "mDice", "Dice", "pixel_accuracy"));
  const Protocol dias = load_protocol("dias");
  EXPECT_EQ(dias.task_rules.variant, BinaryVariant::published);
  EXPECT_EQ(dias.task_rules.rounding, 4);
  EXPECT_EQ(dias.task_rules.spread, Spread::population);
  EXPECT_EQ(dias.average, AverageOver::sequences);
  EXPECT_THAT(ids_of(dias), ElementsAre("DSC", "Acc", "Sen", "Spe", "IOU", "AUC", "cldice", "VC"));
  EXPECT_EQ(load_protocol("paxray").measures.front(), Metric("miou-published"));
  EXPECT_EQ(stamp_of(dias).task, "binary");
  EXPECT_EQ(load_protocol("stills").task, Task::objects);
}

TEST(ParseProtocol, NamesTheFieldOfATaskThatIsWrong) {
  const std::string semantic = R"(, "task": "semantic")";
  EXPECT_EQ(message_of(semantic), "no error");
  EXPECT_THAT(message_of(semantic + R"(, "objects": {"from": "truth"})"),
              HasSubstr("unknown field 'objects'"));
  EXPECT_THAT(message_of(semantic + R"(, "threshold": 0.5)"),
              HasSubstr("unknown field 'threshold'"));
  EXPECT_THAT(message_of(semantic + R"(, "measures": ["J"])"),
              HasSubstr("only IoU, Dice, mIoU_foreground"));
  EXPECT_THAT(message_of(semantic + R"(, "background": 0, "seen": [0, 1])"),
              HasSubstr("field 'seen'"));
  const std::string binary = R"(, "task": "binary")";
  EXPECT_THAT(message_of(binary + R"(, "threshold": 0)"), HasSubstr("field 'threshold'"));
  EXPECT_THAT(message_of(binary + R"(, "rounding": 4)"), HasSubstr("field 'rounding'"));
  EXPECT_THAT(message_of(binary + R"(, "variant": "published", "both_empty": "left-out")"),
              HasSubstr("field 'both_empty'"));
  EXPECT_THAT(message_of(R"(, "task": "panoptic")"), HasSubstr("one of objects, semantic, binary"));
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
