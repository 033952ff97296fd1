// SPDX-License-Identifier: MIT
#include "baselines/weights/pth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "baselines/weights/network_spec.h"
#include "baselines/weights/seed_weights.h"
#include "dataset/error.h"
#include "tests/support/pth_writer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using test::make_legacy_pth;
using test::make_pth;
using test::make_zip;
using test::PickleWriter;
using test::ZipEntries;
using test::ZipStyle;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

StateDict parse_pth(const std::string& file) {
  return parse_pth(
      MemorySource({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()}, "w.pth"));
}

std::string pth_refusal(const std::string& file, ErrorKind kind = ErrorKind::input) {
  try {
    parse_pth(file);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "accepted";
}

std::string floats(std::initializer_list<float> values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.begin(), bytes.size());
  return bytes;
}

StateDict small_weights() { return random_weights(NetworkSpec{2, {1, 1, 1}, {1, 1, 1}}); }

void expect_same(const StateDict& a, const StateDict& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a.entries()[i].name, b.entries()[i].name);
    EXPECT_EQ(a.entries()[i].tensor.type, b.entries()[i].tensor.type);
    EXPECT_EQ(a.entries()[i].tensor.shape, b.entries()[i].tensor.shape);
    EXPECT_EQ(a.entries()[i].tensor.bytes, b.entries()[i].tensor.bytes) << a.entries()[i].name;
  }
}

// A zip of one pickle and one storage "0" of four floats.
std::string pth_of(const std::string& pickle, ZipStyle style = {}) {
  return make_zip({{"a/data.pkl", pickle}, {"a/data/0", floats({1, 2, 3, 4})}}, style);
}

std::string tensor_pickle(std::int64_t elements, std::int64_t offset,
                          const std::vector<std::int64_t>& sizes,
                          const std::vector<std::int64_t>& strides) {
  PickleWriter pickle;
  pickle.begin_dict().text("w").tensor("FloatStorage", "0", elements, offset, sizes, strides);
  return pickle.end_dict().finish();
}

TEST(Pth, ZipAndLegacyFilesGiveTheSameWeights) {
  const StateDict weights = small_weights();
  expect_same(parse_pth(make_pth(weights)), weights);
  expect_same(parse_pth(make_legacy_pth(weights)), weights);
}

TEST(Pth, ZipsWithAndWithoutZip64AreRead) {
  ZipStyle plain;
  plain.zip64 = false;
  for (const ZipStyle& style : {ZipStyle{}, plain}) {
    EXPECT_THAT(parse_pth(pth_of(tensor_pickle(4, 0, {4}, {1}), style)).at("w").floats(),
                ElementsAre(1, 2, 3, 4));
  }
}

TEST(Pth, ViewsAreCopiedIntoCOrder) {
  EXPECT_THAT(parse_pth(pth_of(tensor_pickle(4, 0, {2, 2}, {1, 2}))).at("w").floats(),
              ElementsAre(1, 3, 2, 4));
  EXPECT_THAT(parse_pth(pth_of(tensor_pickle(4, 2, {2}, {1}))).at("w").floats(), ElementsAre(3, 4));
  EXPECT_THAT(parse_pth(pth_of(tensor_pickle(4, 1, {}, {}))).at("w").floats(), ElementsAre(2));
  // A stride of a dimension of one element says nothing.
  EXPECT_THAT(parse_pth(pth_of(tensor_pickle(4, 0, {1, 4}, {77, 1}))).at("w").floats(),
              ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(parse_pth(pth_of(tensor_pickle(4, 0, {0, 4}, {4, 1}))).at("w").element_count(), 0);
}

TEST(Pth, ACheckpointGivesItsNetworkAndAParallelModelLosesItsPrefix) {
  PickleWriter pickle;
  pickle.raw("}(").text("it").integer(7).text("network");
  pickle.begin_dict().text("module.w").tensor("FloatStorage", "0", 4, 0, {4}, {1}).end_dict();
  pickle.text("scheduler")
      .raw("}(")
      .text("milestones")
      .global("collections", "Counter")
      .raw("}\x85R");
  pickle.text("rate").raw(std::string_view("G\x3f\xf0\0\0\0\0\0\0", 9)).raw("uu");
  EXPECT_THAT(parse_pth(pth_of(pickle.finish())).at("w").floats(), ElementsAre(1, 2, 3, 4));
}

TEST(Pth, AParameterAndTheStateOfADictAreUnderstood) {
  PickleWriter pickle;
  pickle.begin_dict().text("w").global("torch._utils", "_rebuild_parameter").raw("(");
  pickle.tensor("FloatStorage", "0", 4, 0, {4}, {1})
      .raw("\x89")
      .global("collections", "OrderedDict")
      .raw(")RtR");
  pickle.end_dict().raw("}").text("_metadata").raw("}sb");
  EXPECT_THAT(parse_pth(pth_of(pickle.finish())).at("w").floats(), ElementsAre(1, 2, 3, 4));
}

TEST(Pth, TheOptionsOfATrainingRunAreNoObstacle) {
  PickleWriter pickle;
  pickle.raw("}(").text("args").global("argparse", "Namespace").raw(")\x81}(");
  pickle.text("rate").integer(3).raw("ub").text("net");
  pickle.begin_dict().text("w").tensor("FloatStorage", "0", 4, 0, {4}, {1}).end_dict().raw("u");
  EXPECT_THAT(parse_pth(pth_of(pickle.finish())).at("net.w").floats(), ElementsAre(1, 2, 3, 4));
  // An object of anything else stays refused.
  PickleWriter other;
  other.global("collections", "OrderedDict").raw(")\x81");
  EXPECT_THAT(pth_refusal(pth_of(other.finish())), HasSubstr("no argparse.Namespace"));
}

TEST(Pth, CodeIsRefusedByName) {
  PickleWriter pickle;
  pickle.global("os", "system").text("true").raw("\x85R");
  EXPECT_THAT(pth_refusal(pth_of(pickle.finish())), HasSubstr("'os.system'"));
  PickleWriter newer;
  newer.text("builtins").text("eval").raw("\x93");
  EXPECT_THAT(pth_refusal(pth_of(newer.finish())), HasSubstr("'builtins.eval'"));
  EXPECT_THAT(pth_refusal(make_legacy_pth(pickle.finish(), {}, 4)), HasSubstr("'os.system'"));
}

TEST(Pth, OpcodesThatNoStateDictNeedsAreRefused) {
  // INST, OBJ, EXT1, PERSID, DUP, GET, INT, BYTEARRAY8, NEXT_BUFFER.
  for (const char* const opcode : {"i", "o", "\x82", "P", "2", "g", "I", "\x96", "\x97"}) {
    EXPECT_THAT(pth_refusal(pth_of(PickleWriter().raw(opcode).finish())), HasSubstr("opcode"))
        << opcode;
  }
}

TEST(Pth, ATensorOutsideItsStorageIsRefused) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, 0, {5}, {1}))), HasSubstr("outside"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, 1, {4}, {1}))), HasSubstr("outside"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, 4, {}, {}))), HasSubstr("outside"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, 0, {2}, {4}))), HasSubstr("outside"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, 0, {kHuge, 4}, {1, 1}))), HasSubstr("outside"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, kHuge, {kHuge}, {kHuge}))), HasSubstr("outside"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, 0, {2}, {kHuge}))), HasSubstr("outside"));
  // Repeating an element (stride 0) would let a small file become large.
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, 0, {1000}, {0}))), HasSubstr("outside"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, -1, {1}, {1}))), HasSubstr("odd sizes"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, 0, {-1}, {1}))), HasSubstr("odd sizes"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(4, 0, {1, 2}, {1}))), HasSubstr("odd sizes"));
}

TEST(Pth, AStorageOfAnotherSizeThanStatedIsRefused) {
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(5, 0, {4}, {1}))), HasSubstr("16 bytes"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(std::int64_t{1} << 62, 0, {4}, {1}))),
              HasSubstr("16 bytes"));
  EXPECT_THAT(pth_refusal(pth_of(tensor_pickle(-4, 0, {4}, {1}))), HasSubstr("negative"));
}

TEST(Pth, ManyViewsOfOneStorageDoNotFillTheMemory) {
  PickleWriter pickle;
  pickle.begin_dict();
  const std::string storage(1 << 20, '\0');
  for (int i = 0; i < 10; ++i) {
    pickle.text(std::to_string(i)).tensor("ByteStorage", "0", 1 << 20, 0, {1 << 20}, {1});
  }
  const std::string file =
      make_zip({{"a/data.pkl", pickle.end_dict().finish()}, {"a/data/0", storage}});
  EXPECT_THAT(pth_refusal(file, ErrorKind::limit), HasSubstr("4 times"));
}

TEST(Pth, APickleThatGrowsWithoutEndHitsALimit) {
  PickleWriter pickle;
  pickle.raw(std::string(1'100'000, ']'));
  EXPECT_THAT(pth_refusal(pth_of(pickle.finish()), ErrorKind::limit), HasSubstr("million"));
}

TEST(Pth, AnUnderflowingStackIsRefused) {
  for (const char* const pickle :
       {"", "t", "a", "s", "R", "Q", "b", "(s", "\x86", "h\x01", "N(", "]Na]Nb"}) {
    EXPECT_NE(pth_refusal(pth_of(PickleWriter().raw(pickle).finish())), "accepted") << pickle;
  }
}

TEST(Pth, ADamagedZipIsRefused) {
  const std::string pickle = tensor_pickle(4, 0, {4}, {1});
  ZipStyle style;
  style.wrong_sum = 1;
  EXPECT_THAT(pth_refusal(pth_of(pickle, style)), HasSubstr("check sum"));
  style = {};
  style.method = 8;
  EXPECT_THAT(pth_refusal(pth_of(pickle, style)), HasSubstr("compressed"));
  style = {};
  style.flags = 1;
  EXPECT_THAT(pth_refusal(pth_of(pickle, style)), HasSubstr("encrypted"));
  EXPECT_THAT(pth_refusal(make_zip({{"a/data.pkl", pickle}})), HasSubstr("no storage '0'"));
  EXPECT_THAT(pth_refusal(make_zip({{"x.txt", "hello"}})), HasSubstr("without a data.pkl"));
  EXPECT_THAT(pth_refusal(make_zip({{"a/data.pkl", pickle}, {"a/data/0", "x"}, {"a/data/0", "x"}})),
              HasSubstr("two"));
  EXPECT_THAT(pth_refusal(make_zip({{"a/data.pkl", pickle}, {"a/byteorder", "big"}})),
              HasSubstr("byte order"));
  EXPECT_THAT(pth_refusal(make_zip({{"a/data.pkl", pickle}, {"a/constants.pkl", ""}})),
              HasSubstr("TorchScript"));
}

TEST(Pth, EveryTruncationIsRefused) {
  for (const std::string& file :
       {pth_of(tensor_pickle(4, 0, {4}, {1})),
        make_legacy_pth(tensor_pickle(4, 0, {4}, {1}), {{"0", floats({1, 2, 3, 4})}}, 4)}) {
    ASSERT_EQ(parse_pth(file).size(), 1U);
    for (std::size_t size = 0; size < file.size(); ++size) {
      EXPECT_NE(pth_refusal(file.substr(0, size)), "accepted") << size << " of " << file.size();
    }
  }
}

TEST(Pth, ALegacyFileWhoseStoragesLieIsRefused) {
  const std::string pickle = tensor_pickle(4, 0, {4}, {1});
  EXPECT_THAT(pth_refusal(make_legacy_pth(pickle, {{"0", floats({1, 2, 3})}}, 4)),
              HasSubstr("another size"));
  EXPECT_THAT(pth_refusal(make_legacy_pth(pickle, {{"1", floats({1, 2, 3, 4})}}, 4)),
              HasSubstr("no tensor has"));
  EXPECT_THAT(pth_refusal(make_legacy_pth(pickle, {}, 4)), HasSubstr("no storage"));
}

TEST(Pth, WhatHoldsNoTensorsIsRefused) {
  EXPECT_THAT(pth_refusal(pth_of(PickleWriter().raw("N").finish())),
              HasSubstr("no dict of named tensors"));
  EXPECT_THAT(pth_refusal(pth_of(PickleWriter().begin_dict().end_dict().finish())),
              HasSubstr("no dict"));
  EXPECT_THAT(pth_refusal("GIF89a and so on"), HasSubstr("neither a zip nor a pickle"));
  EXPECT_THAT(pth_refusal(""), HasSubstr("neither a zip nor a pickle"));
}

TEST(ReadWeights, TellsFormatsApartByContent) {
  const test::TempFolder folder;
  const StateDict weights = small_weights();
  folder.write("a.bin", make_pth(weights));
  folder.write("b.bin", make_legacy_pth(weights));
  expect_same(read_weights(folder / "a.bin"), weights);
  expect_same(read_weights(folder / "b.bin"), weights);
  EXPECT_THROW(read_weights(folder / "absent.pth"), Error);
  EXPECT_THROW(read_weights(folder / ""), Error);
}

}  // namespace
}  // namespace angiobench
