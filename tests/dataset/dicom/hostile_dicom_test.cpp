// SPDX-License-Identifier: MIT
// Files that lie, are cut off, or are something else: each its words, before anything of the size
// that they claim is made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/dicom/dicom_clip.h"
#include "tests/support/dicom_writer.h"
#include "tests/support/temp_folder.h"

namespace angiobench::dicom {
namespace {

using test::DicomField;
using test::DicomSample;
using test::number_field;
using ::testing::HasSubstr;
using ::testing::Not;

DicomSample small_cine() {
  DicomSample sample;
  sample.frames = test::draw_cine(sample.width, sample.height, sample.bits_stored, 3);
  return sample;
}

// Opens a file and reads all of it.
void read_whole(const std::string& path) {
  const auto clip = open_dicom_clip(path);
  clip->facts();
  const auto source = clip->open();
  while (source->next()) {
  }
}

// The words with which a file is refused, after its kind: "input: …".
std::string refusal(const std::string& file) {
  const test::TempFolder folder;
  folder.write("x.dcm", file);
  try {
    read_whole(folder / "x.dcm");
  } catch (const Error& error) {
    for (const std::string_view secret : test::kDicomSecrets)
      EXPECT_THAT(error.what(), Not(HasSubstr(std::string(secret))));
    return (error.kind() == ErrorKind::input   ? "input: "
            : error.kind() == ErrorKind::limit ? "limit: "
                                               : "another kind: ") +
           error.clause();
  }
  return "taken";
}

std::string refusal_with(std::vector<DicomField> fields,
                         std::string_view syntax = test::kExplicitLittle) {
  DicomSample sample = small_cine();
  sample.fields = std::move(fields);
  sample.syntax = syntax;
  return refusal(write_dicom(sample));
}

TEST(HostileDicom, SizesBeyondTheLimitsAreRefusedByTheHeaderAlone) {
  EXPECT_THAT(refusal_with({number_field(0x00280010, "US", {65535}),
                            number_field(0x00280011, "US", {65535}),
                            {0x00280008, "IS", "60000"}}),
              HasSubstr("limit: claims frames of 65535x65535; expected at most 8192x8192"));
  EXPECT_THAT(refusal_with({number_field(0x00280010, "US", {8193})}), HasSubstr("limit: "));
  EXPECT_THAT(refusal_with({{0x00280008, "IS", "100001"}}),
              HasSubstr("limit: claims 100001 frames"));
  EXPECT_THAT(refusal_with({{0x00280008, "IS", "99999999999999999999999"}}),
              HasSubstr("input: does not say its number of frames"));
  EXPECT_THAT(refusal_with({number_field(0x00280010, "US", {0})}), HasSubstr("input: claims"));
}

TEST(HostileDicom, PixelDataOfAnotherLengthAreRefused) {
  EXPECT_THAT(refusal_with({{0x00280008, "IS", "100000"},
                            number_field(0x00280010, "US", {8192}),
                            number_field(0x00280011, "US", {8192})}),
              HasSubstr("input: has 1152 bytes of pixel data; expected 13421772800000"));
  EXPECT_THAT(refusal_with({{0x00280008, "IS", "2"}}), HasSubstr("input: has 1152 bytes"));
  for (const std::string_view syntax : {test::kRle, test::kJpegLossless, test::kJpegLs})
    EXPECT_THAT(refusal_with({{0x00280008, "IS", "4"}}, syntax),
                HasSubstr("input: has 3 fragments of pixel data for 4 frames"));
}

TEST(HostileDicom, StreamsThatClaimAnotherSizeNeverReachADecoder) {
  for (const std::string_view syntax : {test::kJpegLossless, test::kJpegLs, test::kJpeg2000})
    EXPECT_THAT(refusal_with({number_field(0x00280010, "US", {13})}, syntax),
                HasSubstr("input: claims 16x12 pixels; expected 16x13"));
  EXPECT_THAT(refusal_with({number_field(0x00280010, "US", {13})}, test::kRle),
              HasSubstr("input: is cut off: a segment has 192 bytes"));
}

TEST(HostileDicom, AStreamThatStopsHalfwayIsToldThoughItsFragmentIsWhole) {
  for (const std::string_view syntax : {test::kJpegLossless, test::kJpegLs, test::kJpeg2000}) {
    DicomSample sample = small_cine();
    sample.syntax = syntax;
    const std::string whole = write_dicom(sample);
    // The last fragment's second half is zeros, with and without a mark of its end.
    const std::size_t end = whole.size() - 8;
    std::string file = whole;
    std::fill(file.begin() + static_cast<std::ptrdiff_t>(end - 40),
              file.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    EXPECT_THAT(refusal(file), HasSubstr("input: is cut off: its stream has no end")) << syntax;
  }
  // A lossless JPEG whose data end too early has pixels that nobody stored.
  DicomSample sample = small_cine();
  sample.syntax = test::kJpegLossless;
  std::string file = write_dicom(sample);
  file.replace(file.size() - 8 - 60, 2, "\xFF\xD9");
  EXPECT_THAT(refusal(file), HasSubstr("input: cannot be decoded"));
}

TEST(HostileDicom, ACutAtAnyPlaceIsTold) {
  for (const std::string_view syntax : test::kSixSyntaxes) {
    DicomSample sample = small_cine();
    sample.syntax = syntax;
    const std::string file = write_dicom(sample);
    // Without its delimiter of eight bytes the last fragment is whole.
    const std::size_t whole = file.size() - (syntax.size() > 19 || syntax == test::kRle ? 8 : 0);
    for (std::size_t size = 0; size < whole; size += size < 1200 ? 7 : 31)
      EXPECT_THAT(refusal(file.substr(0, size)), HasSubstr("input: ")) << syntax << " at " << size;
    EXPECT_THAT(refusal(file.substr(0, whole - 1)), HasSubstr("input: ")) << syntax;
    EXPECT_EQ(refusal(file), "taken") << syntax;
  }
}

TEST(HostileDicom, WhatIsNoCineHasWordsOfItsOwn) {
  EXPECT_THAT(refusal(""), HasSubstr("input: is empty"));
  EXPECT_THAT(refusal("some text"), HasSubstr("input: is not DICOM"));
  EXPECT_THAT(refusal(std::string("\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03", 13) +
                      std::string(200, '\0')),
              HasSubstr("input: is encrypted or signed as a whole"));
  EXPECT_THAT(refusal_with({{0x7FE00010, ""}}), HasSubstr("input: has no pixel data"));
  EXPECT_THAT(refusal_with({{0x00280004, "CS", "PALETTE COLOR"}}),
              HasSubstr("input: has pixels of a colour palette"));
  EXPECT_THAT(refusal_with({{0x00280004, "CS", "RGB"}, number_field(0x00280002, "US", {3})}),
              HasSubstr("input: has pixels of 3 samples (colour)"));
  EXPECT_THAT(refusal_with({{0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.12.3"}}),
              HasSubstr("input: holds both planes of a biplane acquisition"));
  EXPECT_THAT(refusal_with({{0x00080016, "UI", "1.2.840.10008.1.3.10"}}),
              HasSubstr("input: is the index of a medium"));
  DicomSample single = small_cine();
  single.frames.resize(1);
  EXPECT_THAT(refusal(write_dicom(single)), HasSubstr("input: has a single frame"));
}

TEST(HostileDicom, TransferSyntaxesThatAreNotReadAreNamed) {
  const auto of = [](const std::string& uid) {
    DicomSample sample = small_cine();
    std::string file = write_dicom(sample);
    const std::size_t at = file.find(std::string(test::kExplicitLittle) + '\0');
    // The new name has another length: the element is written anew.
    const std::size_t even = uid.size() + uid.size() % 2;
    std::string value = uid + std::string(even - uid.size(), '\0');
    file.replace(at - 2, 2 + 20, std::string(1, static_cast<char>(even)) + '\0' + value);
    return refusal(file);
  };
  EXPECT_THAT(of("1.2.840.10008.1.2.1.99"), HasSubstr("not read: deflated"));
  EXPECT_THAT(of("1.2.840.10008.1.2.2"), HasSubstr("not read: big endian"));
  EXPECT_THAT(of("1.2.840.10008.1.2.4.102"), HasSubstr("not read: MPEG-4 video"));
  EXPECT_THAT(of("1.2.840.10008.1.2.4.107"), HasSubstr("not read: HEVC video"));
  EXPECT_THAT(of("1.2.826.99.8.7.5"), HasSubstr("input: is written in an unknown transfer syntax"));
}

TEST(HostileDicom, HeadersThatAreMalformedAreRefused) {
  EXPECT_THAT(refusal_with({number_field(0x00280100, "US", {32})}),
              HasSubstr("input: has values of 10 of 32 bits"));
  EXPECT_THAT(refusal_with({number_field(0x00280102, "US", {16})}), HasSubstr("input: has values"));
  EXPECT_THAT(refusal_with({number_field(0x00280101, "US", {7})}), HasSubstr("input: has values"));
  EXPECT_THAT(refusal_with({{0x00281053, "DS", "0"}}), HasSubstr("multiplied by 0"));
  DicomField table{0x00283010, "SQ"};
  table.items = {
      {number_field(0x00283002, "US", {20, 0, 12}), number_field(0x00283006, "OW", {1, 2, 3})}};
  EXPECT_THAT(refusal_with({table}), HasSubstr("input: has a VOI look-up table that is malformed"));
  // Sequences in sequences, forty deep.
  DicomField deep{0x00081140, "SQ"};
  for (int i = 0; i < 40; ++i) deep = DicomField{0x00081140, "SQ", "", {{deep}}};
  EXPECT_EQ(refusal_with({deep}), "taken");  // its length is known: nothing in it is looked at
  DicomField kept{0x52009229, "SQ"};
  for (int i = 0; i < 40; ++i) kept = DicomField{0x52009229, "SQ", "", {{kept}}};
  EXPECT_THAT(refusal_with({kept}), HasSubstr("limit: has sequences in each other"));
}

TEST(HostileDicom, AWindowThatNoWindowIsIsToldAndPassedOver) {
  const test::TempFolder folder;
  DicomSample sample = small_cine();
  sample.fields = {{0x00281050, "DS", "100"}, {0x00281051, "DS", "0"}};
  folder.write("x.dcm", write_dicom(sample));
  const auto clip = open_dicom_clip(folder / "x.dcm");
  EXPECT_THAT(clip->facts().values_as, HasSubstr("percent of the cine's values"));
  EXPECT_THAT(clip->facts().notes, ::testing::Contains(::testing::Field(
                                       &ClipNote::text, HasSubstr("width that no window has"))));
}

}  // namespace
}  // namespace angiobench::dicom
