// SPDX-License-Identifier: MIT
#include "dataset/volumes/meta_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libdeflate.h>

#include <memory>
#include <string>
#include <vector>

#include "dataset/error.h"
#include "dataset/masks/label_stack.h"

namespace angiobench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kPlenty = 1 << 20;

Bytes file(const std::string& fields, const Bytes& values) {
  const std::string header =
      "ObjectType = Image\nNDims = 3\nBinaryData = True\n" + fields + "ElementDataFile = LOCAL\n";
  Bytes bytes(header.begin(), header.end());
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

LabelStack parse_meta_image(const Bytes& bytes, std::uint64_t max_bytes, const std::string& path) {
  return read_label_stack(VolumeReader(stream_of(bytes), VolumeForm::meta_image, path), max_bytes);
}

Bytes deflated(const Bytes& values) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> deflater(
      libdeflate_alloc_compressor(6), &libdeflate_free_compressor);
  Bytes packed(libdeflate_zlib_compress_bound(deflater.get(), values.size()));
  packed.resize(libdeflate_zlib_compress(deflater.get(), values.data(), values.size(),
                                         packed.data(), packed.size()));
  return packed;
}

std::string refusal(const Bytes& bytes, std::uint64_t max_bytes = kPlenty) {
  try {
    parse_meta_image(bytes, max_bytes, "a.mha");
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

const std::string kSmall = "DimSize = 2 1 2\nElementType = MET_UCHAR\n";

TEST(MetaImage, HoldsFramesOfLabels) {
  const LabelStack stack = parse_meta_image(
      file("DimSize = 3 2 2\nElementSpacing = 0.3 0.3 1\nElementType = MET_UCHAR\n",
           {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 255}),
      kPlenty, "a.mha");
  EXPECT_EQ(stack.width, 3);
  EXPECT_EQ(stack.height, 2);
  EXPECT_EQ(stack.num_frames, 2);
  EXPECT_EQ(stack.frame(0).at(2, 1), 5);
  EXPECT_EQ(stack.frame(1).at(0, 0), 10);
  EXPECT_EQ(stack.frame(1).at(2, 1), 255);
}

TEST(MetaImage, CompressedValuesAndOneFrameAreTheSame) {
  const Bytes values = {0, 0, 7, 7, 7, 0};
  EXPECT_THAT(parse_meta_image(file("CompressedData = True\nDimSize = 3 2 1\nElementType = "
                                    "MET_UCHAR\n",
                                    deflated(values)),
                               kPlenty, "a.mha")
                  .labels,
              testing::ElementsAreArray(values));
  EXPECT_EQ(
      parse_meta_image(file("DimSize = 3 2\nElementType = MET_UCHAR\n", values), kPlenty, "a.mha")
          .num_frames,
      1);
}

TEST(MetaImage, WiderIntegersAreTakenInEitherByteOrder) {
  EXPECT_THAT(parse_meta_image(file("DimSize = 2 1 1\nElementType = MET_SHORT\n", {9, 0, 255, 0}),
                               kPlenty, "a.mha")
                  .labels,
              ElementsAre(9, 255));
  EXPECT_THAT(parse_meta_image(file("BinaryDataByteOrderMSB = True\nDimSize = 2 1 1\n"
                                    "ElementType = MET_UINT\n",
                                    {0, 0, 0, 9, 0, 0, 0, 255}),
                               kPlenty, "a.mha")
                  .labels,
              ElementsAre(9, 255));
}

TEST(MetaImage, NoLabelIsWrapped) {
  EXPECT_THAT(refusal(file("DimSize = 1 1 1\nElementType = MET_USHORT\n", {44, 1})),
              HasSubstr("has the label 300"));
  EXPECT_THAT(refusal(file("DimSize = 1 1 1\nElementType = MET_SHORT\n", {255, 255})),
              HasSubstr("has the label -1"));
  EXPECT_THAT(refusal(file("DimSize = 1 1 1\nElementType = MET_CHAR\n", {128})),
              HasSubstr("has the label -128"));
}

TEST(MetaImage, WhatIsNoStackOfLabelsIsNamed) {
  EXPECT_THAT(refusal(file("DimSize = 1 1 1\nElementType = MET_FLOAT\n", {0, 0, 0, 0})),
              HasSubstr("has values of type MET_FLOAT; expected integers"));
  EXPECT_THAT(refusal(file("ElementNumberOfChannels = 3\n" + kSmall, Bytes(12))),
              HasSubstr("has 3 values a pixel"));
  EXPECT_THAT(refusal(file("DimSize = 2 2 2 2\nElementType = MET_UCHAR\n", Bytes(16))),
              HasSubstr("has 4 dimensions"));
  EXPECT_THAT(refusal(file("ElementDataFile = a.raw\n", {})),
              HasSubstr("keeps its values in another file"));
  EXPECT_THAT(refusal(file("BinaryData = False\n" + kSmall, {})), HasSubstr("as text"));
  EXPECT_THAT(refusal(file("ElementType = MET_UCHAR\n", {})), HasSubstr("nothing of its DimSize"));
  EXPECT_THAT(refusal(file("DimSize = 2 2 2\n", {})), HasSubstr("nothing of its ElementType"));
  EXPECT_THAT(refusal(file("DimSize = 2 -2 2\nElementType = MET_UCHAR\n", {})),
              HasSubstr("no DimSize of whole numbers"));
  EXPECT_THAT(refusal(Bytes(100, 'x')), HasSubstr("no whole MetaImage header"));
  EXPECT_THAT(refusal(Bytes{'P', 'K', '\n', 'a', '\n'}), HasSubstr("is no MetaImage"));
}

TEST(MetaImage, ValuesMustBeAsManyAsTheHeaderSays) {
  EXPECT_THAT(refusal(file(kSmall, {1, 2, 3})), HasSubstr("has values of 3 bytes; expected 4"));
  EXPECT_THAT(refusal(file(kSmall, {1, 2, 3, 4, 5})), HasSubstr("has values of 5 bytes"));
  const std::string packed = "CompressedData = True\n" + kSmall;
  EXPECT_THAT(refusal(file(packed, deflated({1, 2, 3}))), HasSubstr("of another length"));
  EXPECT_THAT(refusal(file(packed, deflated({1, 2, 3, 4, 5}))), HasSubstr("of another length"));
  Bytes damaged = deflated({1, 2, 3, 4});
  damaged.back() ^= 1;
  EXPECT_THAT(refusal(file(packed, damaged)), HasSubstr("damaged"));
  Bytes longer = deflated({1, 2, 3, 4});
  longer.push_back(0);
  EXPECT_THAT(refusal(file(packed, longer)), HasSubstr("damaged"));
}

TEST(MetaImage, ALargeClaimIsRefusedBeforeThereIsABuffer) {
  EXPECT_THAT(
      refusal(
          file("CompressedData = True\nDimSize = 32768 32768 32768\nElementType = MET_UINT\n", {})),
      HasSubstr("has values of 140737488355328 bytes"));
  EXPECT_THAT(refusal(file("DimSize = 32769 1 1\nElementType = MET_UCHAR\n", {})),
              HasSubstr("32768"));
  EXPECT_THAT(refusal(file("DimSize = 99999999999999999999 1 1\nElementType = MET_UCHAR\n", {})),
              HasSubstr("no DimSize"));
}

}  // namespace
}  // namespace angiobench
