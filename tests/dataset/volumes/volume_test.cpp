// SPDX-License-Identifier: MIT
#include "dataset/volumes/volume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dataset/error.h"
#include "dataset/masks/label_stack.h"
#include "dataset/volumes/nifti.h"
#include "dataset/volumes/volume_writer.h"

namespace angiobench {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kRoom = 1 << 20;

LabelStack parse(const Bytes& bytes, VolumeForm form) {
  return read_label_stack(VolumeReader(stream_of(bytes), form, "a.vol"), kRoom);
}

std::string refusal(const Bytes& bytes, VolumeForm form) {
  try {
    parse(bytes, form);
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

Bytes nrrd(const std::string& fields, const Bytes& values) {
  const std::string header = "NRRD0004\n# made by hand\ndimension: 3\n" + fields + "\n";
  Bytes bytes(header.begin(), header.end());
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

const std::string kSmallNrrd = "type: uint8\nsizes: 2 1 2\nencoding: raw\n";

Bytes labels_of(int count) {
  Bytes labels(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::uint8_t>(i * 7);
  return labels;
}

Bytes written(VolumeForm form, const Bytes& labels, int width, int height, int num_frames) {
  VolumeWriter writer(form, width, height, num_frames, "out");
  const auto area = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  for (std::size_t t = 0; t < static_cast<std::size_t>(num_frames); ++t)
    writer.add(std::span(labels).subspan(t * area, area));
  return writer.finish();
}

// Replaces bytes of an uncompressed NIfTI file of 2 x 1 x 2 labels.
Bytes nifti(std::initializer_list<std::pair<std::size_t, Bytes>> changes,
            const Bytes& values = {1, 2, 3, 4}) {
  Bytes bytes = nifti_header(2, 1, 2, "a.nii");
  bytes.insert(bytes.end(), values.begin(), values.end());
  for (const auto& [at, change] : changes)
    std::copy(change.begin(), change.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
  return bytes;
}

TEST(Volume, ItsNameSaysItsForm) {
  EXPECT_EQ(volume_form_of("v00.nrrd"), VolumeForm::nrrd);
  EXPECT_EQ(volume_form_of("v00.SEG.NRRD"), VolumeForm::nrrd);
  EXPECT_EQ(volume_form_of("a/v00.mha"), VolumeForm::meta_image);
  EXPECT_EQ(volume_form_of("v00.nii.gz"), VolumeForm::nifti);
  EXPECT_EQ(volume_form_of("v00.Nii"), VolumeForm::nifti);
  EXPECT_EQ(volume_form_of("v00.png"), std::nullopt);
  EXPECT_EQ(volume_form_of(".nrrd"), std::nullopt);
  EXPECT_EQ(volume_form_of("v00.gz"), std::nullopt);
  EXPECT_EQ(volume_stem("in/v00.nii.gz"), "v00");
  EXPECT_EQ(volume_stem("v00.seg.nrrd"), "v00");
}

TEST(Volume, WhatIsWrittenIsReadAgainInEveryForm) {
  const Bytes labels = labels_of(5 * 3 * 4);
  for (const auto& [name, form] : kVolumeForms.entries) {
    const LabelStack stack = parse(written(form, labels, 5, 3, 4), form);
    EXPECT_EQ(stack.width, 5) << name;
    EXPECT_EQ(stack.height, 3) << name;
    EXPECT_EQ(stack.num_frames, 4) << name;
    EXPECT_THAT(stack.labels, ElementsAreArray(labels)) << name;
    EXPECT_EQ(stack.frame(1).at(4, 2), labels[1 * 15 + 2 * 5 + 4]) << name;
  }
}

TEST(Volume, ADamagedOrShortStreamIsTold) {
  const Bytes labels = labels_of(64 * 64 * 2);
  for (const auto& [name, form] : kVolumeForms.entries) {
    const Bytes whole = written(form, labels, 64, 64, 2);
    Bytes shorter(whole.begin(), whole.end() - 12);
    EXPECT_THAT(refusal(shorter, form), HasSubstr("damaged")) << name;
    Bytes damaged = whole;
    damaged[damaged.size() - 3] ^= 0x40;
    EXPECT_THAT(refusal(damaged, form), HasSubstr("damaged")) << name;
    Bytes longer = whole;
    longer.push_back(7);
    EXPECT_THAT(refusal(longer, form), HasSubstr("damaged")) << name;
  }
}

TEST(Volume, AClaimBeyondTheLimitIsRefusedBeforeThereIsABuffer) {
  EXPECT_THAT(
      refusal(nrrd("type: int64\nendian: little\nsizes: 32768 32768 32768\nencoding: gzip\n",
                   {0x78, 0x9c}),
              VolumeForm::nrrd),
      HasSubstr("has values of 281474976710656 bytes; expected at most"));
}

TEST(Nrrd, FieldsInAnyCaseAndLinesOfWindowsAreTaken) {
  EXPECT_THAT(parse(nrrd("Type: Unsigned Char\r\nSizes: 2 1 2\r\nkinds: domain domain domain\r\n"
                         "space: LPS\r\nname:=value\r\nEncoding: RAW\r\n\r",
                         {1, 2, 3, 4}),
                    VolumeForm::nrrd)
                  .labels,
              ElementsAre(1, 2, 3, 4));
}

TEST(Nrrd, WiderValuesAreTakenInEitherByteOrder) {
  EXPECT_THAT(
      parse(nrrd("type: short\nendian: little\nsizes: 2 1 1\nencoding: raw\n", {9, 0, 255, 0}),
            VolumeForm::nrrd)
          .labels,
      ElementsAre(9, 255));
  EXPECT_THAT(parse(nrrd("type: uint64\nendian: big\nsizes: 1 1 1\nencoding: raw\n",
                         {0, 0, 0, 0, 0, 0, 0, 9}),
                    VolumeForm::nrrd)
                  .labels,
              ElementsAre(9));
  EXPECT_THAT(refusal(nrrd("type: short\nendian: big\nsizes: 1 1 1\nencoding: raw\n", {255, 255}),
                      VolumeForm::nrrd),
              HasSubstr("has the label -1"));
}

TEST(Nrrd, WhatIsNoStackIsNamed) {
  const auto said = [](const std::string& fields) {
    return refusal(nrrd(fields, Bytes(4)), VolumeForm::nrrd);
  };
  EXPECT_THAT(said("type: float\nendian: little\nsizes: 1 1 1\nencoding: raw\n"),
              HasSubstr("has values of type float"));
  EXPECT_THAT(said("type: short\nsizes: 2 1 1\nencoding: raw\n"),
              HasSubstr("nothing of its endian"));
  EXPECT_THAT(said(kSmallNrrd + "data file: a.raw\n"), HasSubstr("in another file"));
  EXPECT_THAT(said(kSmallNrrd + "byte skip: -1\n"), HasSubstr("skips something"));
  EXPECT_THAT(said("type: uint8\nsizes: 4 1 1\nencoding: hex\n"), HasSubstr("the encoding hex"));
  EXPECT_THAT(
      said("type: uint8\nsizes: 3 2 2 2\nkinds: list domain domain domain\nencoding: raw\n"),
      HasSubstr("a first axis of the kind 'list'"));
  EXPECT_THAT(said("type: uint8\nsizes: 2 2 2 2\nencoding: raw\n"), HasSubstr("has 4 dimensions"));
  EXPECT_THAT(said("type: uint8\nsizes: 0 2 2\nencoding: raw\n"), HasSubstr("no sizes of whole"));
  EXPECT_THAT(said("type: uint8\nsizes: 4 1 1\n"), HasSubstr("nothing of its encoding"));
  EXPECT_THAT(said("type: uint8\nsizes: 5 1 1\nencoding: raw\n"),
              HasSubstr("has values of 4 bytes; expected 5"));
  EXPECT_THAT(refusal(Bytes{'P', 'K', 3, 4, '\n'}, VolumeForm::nrrd), HasSubstr("is no NRRD"));
  EXPECT_THAT(refusal(Bytes(100, 'x'), VolumeForm::nrrd), HasSubstr("no whole NRRD header"));
}

TEST(Nifti, PlainFilesAndFourthAxesAreTaken) {
  EXPECT_THAT(parse(nifti({}), VolumeForm::nifti).labels, ElementsAre(1, 2, 3, 4));
  // dim = 4, 2, 1, 1, 2
  EXPECT_EQ(parse(nifti({{40, {4, 0, 2, 0, 1, 0, 1, 0, 2, 0}}}), VolumeForm::nifti).num_frames, 2);
  // int16
  EXPECT_THAT(parse(nifti({{70, {4, 0}}}, {1, 0, 2, 0, 3, 0, 255, 0}), VolumeForm::nifti).labels,
              ElementsAre(1, 2, 3, 255));
}

TEST(Nifti, WhatIsNoStackIsNamed) {
  const auto said = [](std::initializer_list<std::pair<std::size_t, Bytes>> changes) {
    return refusal(nifti(changes), VolumeForm::nifti);
  };
  EXPECT_THAT(said({{0, {0x1c, 2, 0, 0}}}), HasSubstr("is no NIfTI-1 file"));  // 540: NIfTI-2
  EXPECT_THAT(said({{344, {'n', 'i', '1', 0}}}), HasSubstr("with its values"));
  EXPECT_THAT(said({{70, {16, 0}}}), HasSubstr("has values of datatype 16"));
  EXPECT_THAT(said({{40, {0, 0}}}), HasSubstr("no number of dimensions"));
  EXPECT_THAT(said({{42, {0, 0}}}), HasSubstr("a side of no pixel"));
  EXPECT_THAT(said({{42, {0xFF, 0xFF}}}), HasSubstr("a side of no pixel"));
  EXPECT_THAT(said({{112, {0, 0, 0, 0x40}}}), HasSubstr("has values with a scale"));  // 2.0
  EXPECT_THAT(said({{108, {0, 0, 0, 0}}}), HasSubstr("begin at no byte"));
  EXPECT_THAT(said({{108, {0, 0, 0xC0, 0x7F}}}), HasSubstr("begin at no byte"));  // NaN
  EXPECT_THAT(said({{46, {3, 0}}}), HasSubstr("has values of 4 bytes; expected 6"));
  EXPECT_THAT(refusal(Bytes(100), VolumeForm::nifti), HasSubstr("no whole NIfTI header"));
}

TEST(Nifti, AScaleThatIsNoneIsTaken) {
  EXPECT_EQ(refusal(nifti({{112, {0, 0, 0, 0}}}), VolumeForm::nifti), "taken");
  EXPECT_EQ(refusal(nifti({{112, {0, 0, 0xC0, 0x7F}}}), VolumeForm::nifti), "taken");  // NaN
}

TEST(Nifti, MoreThanItsShortsCanSayIsRefused) {
  EXPECT_THROW(VolumeWriter(VolumeForm::nifti, 32768, 1, 1, "out"), Error);
}

}  // namespace
}  // namespace angiobench
