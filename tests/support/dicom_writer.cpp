// SPDX-License-Identifier: MIT
#include "tests/support/dicom_writer.h"

#include <gdcmByteValue.h>
#include <gdcmDataElement.h>
#include <gdcmJPEG2000Codec.h>
#include <gdcmJPEGCodec.h>
#include <gdcmJPEGLSCodec.h>
#include <gdcmRLECodec.h>
#include <gdcmSequenceOfFragments.h>

#include <algorithm>
#include <map>
#include <random>

#include "dataset/error.h"

namespace angiobench::test {
namespace {

enum class Encoding { implicit_little, explicit_little };

std::string bytes_of(std::uint64_t number, std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xFF);
  return bytes;
}

std::string tag_bytes(std::uint32_t tag) { return bytes_of(tag >> 16, 2) + bytes_of(tag, 2); }

bool has_long_head(const std::string& vr) {
  return vr == "OB" || vr == "OW" || vr == "SQ" || vr == "UN" || vr == "UT";
}

std::string element(const DicomField& field, Encoding encoding) {
  std::string value = field.value;
  for (const std::vector<DicomField>& item : field.items) {
    std::string inner;
    for (const DicomField& one : item) inner += element(one, encoding);
    value += tag_bytes(0xFFFEE000) + bytes_of(inner.size(), 4) + inner;
  }
  if (value.size() % 2 != 0) value += field.vr == "UI" || field.vr == "OB" ? '\0' : ' ';
  std::string head = tag_bytes(field.tag);
  if (encoding == Encoding::implicit_little) return head + bytes_of(value.size(), 4) + value;
  head += field.vr;
  head += has_long_head(field.vr) ? bytes_of(0, 2) + bytes_of(value.size(), 4)
                                  : bytes_of(value.size(), 2);
  return head + value;
}

template <typename Codec>
void set_up(Codec& codec, const DicomSample& sample) {
  const unsigned int sides[3] = {static_cast<unsigned int>(sample.width),
                                 static_cast<unsigned int>(sample.height), 1};
  codec.SetNumberOfDimensions(2);
  codec.SetDimensions(sides);
  codec.SetPlanarConfiguration(0);
  codec.SetPhotometricInterpretation(gdcm::PhotometricInterpretation::MONOCHROME2);
  codec.SetPixelFormat(gdcm::PixelFormat(1, static_cast<unsigned short>(sample.bits_allocated),
                                         static_cast<unsigned short>(sample.bits_stored),
                                         static_cast<unsigned short>(sample.high_bit),
                                         static_cast<unsigned short>(sample.is_signed ? 1 : 0)));
}

template <typename Codec>
std::string coded(Codec& codec, const DicomSample& sample, const std::string& frame) {
  set_up(codec, sample);
  gdcm::DataElement plain(gdcm::Tag(0x7FE0, 0x0010));
  plain.SetVR(gdcm::VR::OW);
  plain.SetByteValue(frame.data(), static_cast<std::uint32_t>(frame.size()));
  gdcm::DataElement done;
  expects(codec.Code(plain, done), "a frame that can be coded");
  const gdcm::SequenceOfFragments* const fragments = done.GetSequenceOfFragments();
  expects(fragments != nullptr && fragments->GetNumberOfFragments() == 1, "a fragment a frame");
  const gdcm::ByteValue* const value = fragments->GetFragment(0).GetByteValue();
  return {value->GetPointer(), value->GetLength()};
}

std::string coded_frame(const DicomSample& sample, const std::string& frame) {
  if (sample.syntax == kRle) {
    gdcm::RLECodec codec;
    return coded(codec, sample, frame);
  }
  if (sample.syntax == kJpegLs || sample.syntax == kJpegLsNear) {
    gdcm::JPEGLSCodec codec;
    codec.SetLossless(sample.syntax == kJpegLs);
    if (sample.syntax == kJpegLsNear) codec.SetLossyError(2);
    return coded(codec, sample, frame);
  }
  if (sample.syntax == kJpeg2000 || sample.syntax == kJpeg2000Lossy) {
    gdcm::JPEG2000Codec codec;
    if (sample.syntax == kJpeg2000Lossy) codec.SetReversible(false);
    return coded(codec, sample, frame);
  }
  gdcm::JPEGCodec codec;
  codec.SetLossless(sample.syntax == kJpegLossless);
  if (sample.syntax != kJpegLossless) codec.SetQuality(95);
  return coded(codec, sample, frame);
}

std::string fragment(const std::string& value) {
  std::string even = value;
  if (even.size() % 2 != 0) even += '\0';
  return tag_bytes(0xFFFEE000) + bytes_of(even.size(), 4) + even;
}

// The pixel data element, with a table of offsets where a frame has several fragments.
std::string pixel_data(const DicomSample& sample, Encoding encoding) {
  const bool is_plain = sample.syntax == kImplicitLittle || sample.syntax == kExplicitLittle;
  std::string plain;
  std::string fragments;
  std::string table;
  for (const std::vector<std::uint16_t>& samples : sample.frames) {
    std::string frame;
    for (const std::uint16_t one : samples)
      frame += bytes_of(one, static_cast<std::size_t>(sample.bits_allocated) / 8);
    if (is_plain) {
      plain += frame;
      continue;
    }
    const std::string stream = coded_frame(sample, frame);
    table += bytes_of(fragments.size(), 4);
    const std::size_t piece =
        (stream.size() / static_cast<std::size_t>(sample.fragments_a_frame) + 1) / 2 * 2;
    for (int i = 0; i < sample.fragments_a_frame; ++i) {
      const std::size_t at = static_cast<std::size_t>(i) * piece;
      fragments += fragment(
          stream.substr(at, i + 1 == sample.fragments_a_frame ? std::string::npos : piece));
    }
  }
  const std::string vr = sample.bits_allocated == 8 || !is_plain ? "OB" : "OW";
  if (is_plain) return element({0x7FE00010, vr, plain}, encoding);
  return tag_bytes(0x7FE00010) + "OB" + bytes_of(0, 2) + bytes_of(0xFFFFFFFF, 4) +
         fragment(sample.fragments_a_frame > 1 ? table : "") + fragments + tag_bytes(0xFFFEE0DD) +
         bytes_of(0, 4);
}

std::vector<DicomField> usual_fields(const DicomSample& sample) {
  return {
      {0x00080008, "CS", "ORIGINAL\\PRIMARY\\SINGLE PLANE"},
      {0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.12.1"},
      {0x00080018, "UI", "1.2.826.99.8.7.1"},
      {0x00080020, "DA", "20240229"},
      {0x00080060, "CS", "XA"},
      {0x00100010, "PN", "SECRET^NAME"},
      {0x00100020, "LO", "PID4711"},
      {0x00100030, "DA", "19511213"},
      {0x00181063, "DS", "66.667"},
      {0x0020000E, "UI", "1.2.826.99.8.7.2"},
      {0x00200013, "IS", "1"},
      number_field(0x00280002, "US", {1}),
      {0x00280004, "CS", sample.photometric},
      {0x00280008, "IS", std::to_string(sample.frames.size())},
      {0x00280009, "AT", tag_bytes(0x00181063)},
      number_field(0x00280010, "US", {sample.height}),
      number_field(0x00280011, "US", {sample.width}),
      number_field(0x00280100, "US", {sample.bits_allocated}),
      number_field(0x00280101, "US", {sample.bits_stored}),
      number_field(0x00280102, "US", {sample.high_bit}),
      number_field(0x00280103, "US", {sample.is_signed ? 1 : 0}),
  };
}

}  // namespace

DicomField number_field(std::uint32_t tag, const std::string& vr, const std::vector<int>& numbers) {
  DicomField field{tag, vr};
  for (const int number : numbers) field.value += bytes_of(static_cast<std::uint16_t>(number), 2);
  return field;
}

std::vector<std::vector<std::uint16_t>> draw_cine(int width, int height, int bits, int num_frames) {
  std::mt19937 random(7);
  const int most = (1 << bits) - 1;
  std::vector<std::vector<std::uint16_t>> frames;
  for (int t = 0; t < num_frames; ++t) {
    std::vector<std::uint16_t> frame;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const int dx = x - width / 3 - t;
        const int dy = y - height / 2;
        const bool is_disc = 36 * (dx * dx + dy * dy) < height * height;
        const int base = most / 2 + most / 4 * (x * 5 % width + y) / (width + height);
        const int noise = static_cast<int>(random() % static_cast<unsigned>(most / 32 + 1));
        frame.push_back(static_cast<std::uint16_t>((is_disc ? base / 3 : base) + noise));
      }
    }
    frames.push_back(std::move(frame));
  }
  return frames;
}

std::string write_dicom(const DicomSample& sample) {
  const Encoding encoding =
      sample.syntax == kImplicitLittle ? Encoding::implicit_little : Encoding::explicit_little;
  std::map<std::uint32_t, DicomField> fields;
  for (const DicomField& field : usual_fields(sample)) fields[field.tag] = field;
  for (const DicomField& field : sample.fields) fields[field.tag] = field;

  const std::string class_uid = fields[0x00080016].value;
  std::string meta;
  for (const DicomField& field :
       {DicomField{0x00020002, "UI", class_uid}, DicomField{0x00020003, "UI", "1.2.826.99.8.7.1"},
        DicomField{0x00020010, "UI", sample.syntax}})
    meta += element(field, Encoding::explicit_little);
  std::string file(128, '\0');
  file += "DICM" + element({0x00020000, "UL", bytes_of(meta.size(), 4)}, Encoding::explicit_little);
  file += meta;
  for (const auto& [tag, field] : fields) {
    if (!field.vr.empty() && tag < 0x7FE00010) file += element(field, encoding);
  }
  const auto pixels = fields.find(0x7FE00010);
  if (pixels == fields.end()) return file + pixel_data(sample, encoding);
  return pixels->second.vr.empty() ? file : file + element(pixels->second, encoding);
}

}  // namespace angiobench::test
