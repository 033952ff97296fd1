// SPDX-License-Identifier: MIT
#include "dataset/dicom/dicom_clip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <opencv2/core.hpp>

#include "dataset/dicom/dicom_import.h"
#include "dataset/dicom/pixel_frames.h"
#include "dataset/files/atomic_file.h"
#include "tests/support/dicom_writer.h"
#include "tests/support/temp_folder.h"

namespace angiobench::dicom {
namespace {

using test::DicomField;
using test::DicomSample;
using test::number_field;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

DicomSample cine(int num_frames = 3, int width = 16, int height = 12) {
  DicomSample sample;
  sample.width = width;
  sample.height = height;
  sample.frames = test::draw_cine(width, height, sample.bits_stored, num_frames);
  return sample;
}

// The header of a file, with what its frames are.
struct Read {
  DicomHeader header;
  std::vector<std::vector<std::uint16_t>> values;
};

Read read_all(const std::string& path) {
  HeaderFile file(path);
  auto header = std::make_shared<const DicomHeader>(read_dicom_header(file));
  auto places = std::make_shared<const FramePlaces>(find_frame_places(file, *header));
  PixelFrames frames(path, header, places, std::make_shared<DecoderProcess>());
  Read read{*header, {}};
  for (std::uint64_t i = 0; i < header->num_frames; ++i) read.values.push_back(frames.read(i));
  return read;
}

Read read_sample(const DicomSample& sample) {
  const test::TempFolder folder;
  folder.write("cine.dcm", write_dicom(sample));
  return read_all(folder / "cine.dcm");
}

std::string all_notes(const FrameFacts& facts) {
  std::string text;
  for (const ClipNote& note : facts.notes)
    text += std::string(severity_name(note.severity)) + ": " + note.text + "\n";
  return text;
}

class EverySyntax : public ::testing::TestWithParam<std::string_view> {};

TEST_P(EverySyntax, GivesTenOfSixteenBitsBackAsTheyWereMade) {
  DicomSample sample = cine(12, 512, 512);
  sample.syntax = GetParam();
  EXPECT_EQ(read_sample(sample).values, sample.frames);
}

TEST_P(EverySyntax, GivesEveryDepthBackAtOddSizes) {
  for (const int bits : {8, 9, 12, 15, 16}) {
    DicomSample sample;
    // GDCM's encoders take no odd sizes as run lengths, and no small ones as JPEG 2000.
    sample.width = GetParam() == test::kRle ? 38 : 37;
    sample.height = GetParam() == test::kRle ? 36 : 35;
    sample.bits_stored = bits;
    sample.high_bit = bits - 1;
    sample.bits_allocated = bits == 8 ? 8 : 16;
    sample.syntax = GetParam();
    sample.frames = test::draw_cine(sample.width, sample.height, bits, 3);
    EXPECT_EQ(read_sample(sample).values, sample.frames) << bits << " bits";
  }
}

TEST(DicomClip, FragmentsOfAFrameAreJoined) {
  for (const std::string_view syntax : {test::kJpegLossless, test::kJpegLs, test::kJpeg2000}) {
    DicomSample sample = cine(4);
    sample.syntax = syntax;
    sample.fragments_a_frame = 2;
    EXPECT_EQ(read_sample(sample).values, sample.frames) << syntax;
  }
}

TEST(DicomClip, LossySyntaxesAreClose) {
  for (const std::string_view syntax :
       {test::kJpegBaseline, test::kJpegExtended, test::kJpegLsNear, test::kJpeg2000Lossy}) {
    DicomSample sample;
    sample.width = 64;
    sample.height = 64;
    sample.bits_stored = syntax == test::kJpegBaseline ? 8 : 12;
    sample.high_bit = sample.bits_stored - 1;
    sample.bits_allocated = sample.bits_stored == 8 ? 8 : 16;
    sample.syntax = syntax;
    sample.frames = test::draw_cine(64, 64, sample.bits_stored, 3);
    const Read read = read_sample(sample);
    double sum = 0;
    for (std::size_t t = 0; t < 3; ++t) {
      for (std::size_t i = 0; i < sample.frames[t].size(); ++i)
        sum += std::abs(read.values[t][i] - sample.frames[t][i]);
    }
    EXPECT_LT(sum / (3 * 64 * 64), (1 << sample.bits_stored) / 64.0) << syntax;
  }
}

TEST(DicomClip, WhoHasNoOpenerIsTold) {
  const test::TempFolder folder;
  folder.write("IM000001", write_dicom(cine()));
  try {
    open_clip(folder / "IM000001");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::inconclusive);
    EXPECT_THAT(error.what(), HasSubstr("IM000001: is DICOM, which is not read here"));
  }
}

INSTANTIATE_TEST_SUITE_P(Dicom, EverySyntax, ::testing::ValuesIn(test::kSixSyntaxes),
                         [](const auto& one) {
                           std::string name(one.param.substr(one.param.rfind("1.2") + 3));
                           std::ranges::replace(name, '.', '_');
                           return "syntax" + name;
                         });

TEST(DicomClip, BitsBesideTheStoredOnesMeanNothing) {
  DicomSample sample = cine();
  sample.bits_stored = 10;
  sample.high_bit = 13;
  const auto values = sample.frames;
  for (auto& frame : sample.frames) {
    for (std::uint16_t& value : frame) value = static_cast<std::uint16_t>(0xC003 | value << 4);
  }
  EXPECT_EQ(read_sample(sample).values, values);
}

TEST(DicomClip, SignedValuesAreTwoSComplement) {
  DicomSample sample = cine(1, 2, 1);
  sample.is_signed = true;
  sample.frames = {{0x03FF, 0x01FF}};  // -1 and 511 in 10 bits
  const Read read = read_sample(sample);
  EXPECT_EQ(read.header.form.number_of(read.values[0][0]), -1);
  EXPECT_EQ(read.header.form.number_of(read.values[0][1]), 511);
}

TEST(DicomClip, FrameTimesComeFromFrameTimeVectorOrRate) {
  DicomSample sample = cine();
  EXPECT_THAT(read_sample(sample).header.frame_times_ms, ElementsAre(0, 66.667, 133.334));
  sample.fields = {{0x00181063, ""}, {0x00181065, "DS", "0\\20\\30.5"}};
  EXPECT_THAT(read_sample(sample).header.frame_times_ms, ElementsAre(0, 20, 50.5));
  sample.fields = {{0x00181063, ""}, {0x00180040, "IS", "20"}};
  EXPECT_THAT(read_sample(sample).header.frame_times_ms, ElementsAre(0, 50, 100));
  sample.fields = {{0x00181063, ""}};
  EXPECT_THAT(read_sample(sample).header.frame_times_ms, IsEmpty());
}

TEST(DicomClip, ATimeVectorOfAnotherLengthIsToldAndNotUsed) {
  DicomSample sample = cine();
  sample.fields = {{0x00181063, ""}, {0x00181065, "DS", "0\\20"}};
  const Read read = read_sample(sample);
  EXPECT_THAT(read.header.frame_times_ms, IsEmpty());
  EXPECT_THAT(read.header.doubts, ElementsAre(HasSubstr("FrameTimeVector")));
}

TEST(DicomClip, MillimetresNeedTheRatioOfTheDistances) {
  DicomSample sample = cine();
  sample.fields = {{0x00181164, "DS", "0.3\\0.4"}};
  EXPECT_FALSE(patient_spacing_mm(read_sample(sample).header));
  sample.fields.push_back({0x00181110, "DS", "1000"});
  sample.fields.push_back({0x00181111, "DS", "750"});
  const auto spacing = patient_spacing_mm(read_sample(sample).header);
  ASSERT_TRUE(spacing);
  EXPECT_DOUBLE_EQ(spacing->first, 0.225);
  EXPECT_DOUBLE_EQ(spacing->second, 0.3);
}

TEST(DicomClip, WarnsOfTextAndOverlaysThatItLeaves) {
  const test::TempFolder folder;
  DicomSample sample = cine();
  sample.fields = {{0x00280301, "CS", "YES"}, {0x60003000, "OW", std::string(24, '\1')}};
  folder.write("x", write_dicom(sample));
  const std::string notes = all_notes(open_dicom_clip(folder / "x")->facts());
  EXPECT_THAT(notes, HasSubstr("warning: the file says that text is burnt into its pictures"));
  EXPECT_THAT(notes, HasSubstr("warning: overlay planes of the file are neither drawn nor kept"));
}

DicomField group(const std::string& center, const std::string& time) {
  DicomField item;
  return {0,
          "",
          "",
          {{{0x00209111, "SQ", "", {{{0x00189074, "DT", time}}}},
            {0x00289132, "SQ", "", {{{0x00281050, "DS", center}, {0x00281051, "DS", "200"}}}}}}};
}

TEST(DicomClip, EnhancedFilesHaveWindowsTimesAndSpacingByFrame) {
  DicomSample sample = cine(3);
  const std::string times[] = {"20240229235959.900", "20240301000000.000", "20240301000000.150"};
  DicomField frames{0x52009230, "SQ"};
  for (int i = 0; i < 3; ++i)
    frames.items.push_back(group(std::to_string(400 + 50 * i), times[i]).items[0]);
  const DicomField shared{
      0x52009229,
      "SQ",
      "",
      {{{0x00189405, "SQ", "", {{{0x00181510, "DS", "-30"}, {0x00181511, "DS", "12.5"}}}},
        {0x00289443, "SQ", "", {{{0x00181164, "DS", "0.2\\0.2"}}}}}}};
  sample.fields = {
      {0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.12.1.1"}, {0x00181063, ""}, frames, shared};
  for (const std::string_view syntax : {test::kExplicitLittle, test::kImplicitLittle}) {
    sample.syntax = syntax;
    const DicomHeader header = read_sample(sample).header;
    ASSERT_EQ(header.per_frame.size(), 3U);
    EXPECT_EQ(header.per_frame[2].window->center, 500);
    EXPECT_THAT(header.frame_times_ms,
                ElementsAre(0, ::testing::DoubleNear(100, 1e-3), ::testing::DoubleNear(250, 1e-3)));
    EXPECT_EQ(header.primary_angle, -30);
    EXPECT_EQ(header.secondary_angle, 12.5);
    EXPECT_EQ(header.imager_spacing_mm->first, 0.2);
  }
}

TEST(DicomClip, SingleFramesOfASeriesAreACineInTheOrderOfTheirNumbers) {
  const test::TempFolder folder;
  const DicomSample whole = cine(3);
  for (int i = 0; i < 3; ++i) {
    DicomSample one = whole;
    one.frames = {whole.frames[static_cast<std::size_t>(i)]};
    one.fields = {{0x00200013, "IS", std::to_string(10 - i)},
                  {0x00281050, "DS", "500"},
                  {0x00281051, "DS", "1024"}};
    folder.write("series/IM" + std::to_string(i), write_dicom(one));
  }
  DicomSample multi = whole;
  multi.frames = {whole.frames[2], whole.frames[1], whole.frames[0]};
  multi.fields = {{0x00281050, "DS", "500"}, {0x00281051, "DS", "1024"}};
  folder.write("multi.dcm", write_dicom(multi));
  const auto series = open_dicom_clip(folder / "series");
  EXPECT_THAT(series->names(), ElementsAre("00000", "00001", "00002"));
  const auto one = series->open();
  const auto other = open_dicom_clip(folder / "multi.dcm")->open();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(cv::norm(one->next()->rgb, other->next()->rgb, cv::NORM_INF), 0);
  EXPECT_FALSE(one->next());

  // A second file of the same number leaves no order.
  DicomSample twin = whole;
  twin.frames = {whole.frames[0]};
  twin.fields = {{0x00200013, "IS", "9"}};
  folder.write("series/IM9", write_dicom(twin));
  EXPECT_THROW(open_dicom_clip(folder / "series"), Error);
}

TEST(DicomClip, AFolderOfOneCineIsThatCineAndOneOfTwoIsRefused) {
  const test::TempFolder folder;
  folder.write("a/IM000001", write_dicom(cine()));
  folder.write("a/readme.txt", "nothing");
  EXPECT_EQ(open_clip(folder / "a",
                      [] {
                        FrameReading reading;
                        reading.open_dicom = [](const std::string& path, const FrameReading& how) {
                          return open_dicom_clip(path, how);
                        };
                        return reading;
                      }())
                ->names()
                .size(),
            3U);
  folder.write("a/IM000002", write_dicom(cine()));
  try {
    open_dicom_clip(folder / "a");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("has 2 DICOM files, of which 2 have several frames"));
  }
}

TEST(DicomImport, WritesWhatAClipReadsAndNothingOfThePatient) {
  const test::TempFolder folder;
  DicomSample sample = cine(3);
  sample.fields = {{0x00181510, "DS", "30.5"}, {0x00181511, "DS", "-20"}};
  folder.write("in/cine.dcm", write_dicom(sample));
  folder.write("in/1.2.826.99.8.7.1", write_dicom(sample));
  folder.write("in/broken.dcm", "nothing");
  OutputFolder out(folder / "out", ExistingFolder::refuse);
  const DicomImport done = import_dicom(folder / "in", {}, out);
  out.commit();
  ASSERT_EQ(done.cines.size(), 2U);
  ASSERT_EQ(done.refused.size(), 1U);
  EXPECT_THAT(done.refused[0].what(), HasSubstr("broken.dcm: is not DICOM"));
  EXPECT_THAT(done.cines[0].name, ::testing::StartsWith("cine_"));

  const std::string json = read_text_file(folder / "out/dicom.json");
  EXPECT_THAT(json, HasSubstr("\"positioner_primary_angle\": 30.5"));
  EXPECT_THAT(json, HasSubstr("133.334"));
  EXPECT_THAT(json, HasSubstr("\"sop_instance_uid\": \"sha256:"));
  for (const std::string_view secret : test::kDicomSecrets)
    EXPECT_THAT(json, ::testing::Not(HasSubstr(std::string(secret))));

  const auto frames = open_clip(folder / "out/JPEGImages/cine")->open();
  const auto direct = open_dicom_clip(folder / "in/cine.dcm")->open();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(cv::norm(frames->next()->rgb, direct->next()->rgb, cv::NORM_INF), 0);
}

}  // namespace
}  // namespace angiobench::dicom
