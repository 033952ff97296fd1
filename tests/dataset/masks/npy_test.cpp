// SPDX-License-Identifier: MIT
#include "dataset/masks/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "dataset/error.h"

namespace angiobench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::uint8_t> file_with_header(const std::string& header, std::size_t num_values) {
  std::string text = "\x93NUMPY";
  text += '\x01';
  text += '\0';
  text += static_cast<char>(header.size());
  text += '\0';
  text += header;
  text.append(num_values, '\x01');
  return {text.begin(), text.end()};
}

std::string npy_message(const std::vector<std::uint8_t>& file) {
  try {
    parse_npy(file, "a.npy");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "no error";
}

TEST(Npy, ReadsBackWhatItWrote) {
  const std::vector<std::uint64_t> shape = {2, 1, 3};
  const std::vector<std::uint8_t> values = {0, 1, 1, 1, 0, 0};
  const std::vector<std::uint8_t> file = encode_npy(shape, values);
  const NpyArray array = parse_npy(file, "a.npy");
  EXPECT_THAT(array.shape, ElementsAre(2, 1, 3));
  EXPECT_THAT(array.values, ElementsAre(0, 1, 1, 1, 0, 0));
  EXPECT_EQ(file.size() % 64, 6u) << "the data starts at a multiple of 64 bytes";
}

TEST(Npy, ReadsUnsignedBytesAndOneDimension) {
  const auto file =
      file_with_header("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n", 3);
  EXPECT_THAT(parse_npy(file, "a.npy").shape, ElementsAre(3));
}

TEST(Npy, RefusesOtherTypesOrdersAndLengths) {
  EXPECT_THAT(
      npy_message(file_with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 4)),
      HasSubstr("a.npy: values of type '<f4'; expected bool or uint8"));
  EXPECT_THAT(
      npy_message(file_with_header("{'descr': '|b1', 'fortran_order': True, 'shape': (1,), }", 1)),
      HasSubstr("Fortran order"));
  EXPECT_THAT(npy_message(file_with_header(
                  "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 2), }", 3)),
              HasSubstr("3 bytes of data; expected 4"));
  EXPECT_THAT(npy_message(file_with_header("{'descr': '|b1', 'fortran_order': False}", 3)),
              HasSubstr("no shape"));
  EXPECT_THAT(npy_message(file_with_header("{'descr': '|b1', 'fortran_order': False, 'shape': "
                                           "(9999999999, 9999999999, 9999999999), }",
                                           3)),
              HasSubstr("a shape too large"));
}

TEST(Npy, DescribesWhatNoMaskMayBe) {
  const auto logits =
      file_with_header("{'descr': '<f2', 'fortran_order': True, 'shape': (1, 166, 512, 512), }", 4);
  const NpyHeader header = describe_npy(logits, "a.npy");
  EXPECT_EQ(header.type, "<f2");
  EXPECT_TRUE(header.is_fortran);
  EXPECT_THAT(header.shape, ElementsAre(1, 166, 512, 512));
  EXPECT_EQ(shape_text(header.shape), "[1, 166, 512, 512]");
  const auto fields =
      file_with_header("{'descr': [('mask', '|b1')], 'fortran_order': False, 'shape': (1,), }", 1);
  EXPECT_THAT(npy_message(fields), HasSubstr("values of type"));
}

TEST(Npy, TakesThreeDimensionsForPlanesAndNoFourth) {
  const auto batch =
      file_with_header("{'descr': '|b1', 'fortran_order': False, 'shape': (1, 2, 2, 3), }", 12);
  EXPECT_THAT(parse_npy(batch, "a.npy").shape, ElementsAre(1, 2, 2, 3));
  try {
    plane_shape(parse_npy_header(batch, batch.size(), "a.npy"), "a.npy");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("shape [1, 2, 2, 3]; expected [classes, height, width]"));
  }
}

TEST(Npy, RefusesAHugeHeaderBeforeItIsRead) {
  std::vector<std::uint8_t> file = {0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 0, 0, 0, 0x40};
  EXPECT_THAT(npy_message(file),
              HasSubstr("a .npy header of 1073741824 bytes; expected at most 65536"));
}

TEST(Npy, RefusesEveryTruncation) {
  const std::vector<std::uint64_t> shape = {1, 2};
  const std::vector<std::uint8_t> values = {0, 1};
  const std::vector<std::uint8_t> file = encode_npy(shape, values);
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_THROW(parse_npy(std::span(file).first(size), "a.npy"), Error) << size;
  }
}

}  // namespace
}  // namespace angiobench
