// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace angiobench::test {

/// One data element: a value, or, of a sequence (SQ), the elements of its items.
struct DicomField {
  std::uint32_t tag = 0;
  std::string vr;
  std::string value = {};
  std::vector<std::vector<DicomField>> items = {};
};

/// Numbers of 16 bits (US, SS, OW).
DicomField number_field(std::uint32_t tag, const std::string& vr, const std::vector<int>& numbers);

inline constexpr std::string_view kImplicitLittle = "1.2.840.10008.1.2";
inline constexpr std::string_view kExplicitLittle = "1.2.840.10008.1.2.1";
inline constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
inline constexpr std::string_view kJpegLossless = "1.2.840.10008.1.2.4.70";
inline constexpr std::string_view kJpegLs = "1.2.840.10008.1.2.4.80";
inline constexpr std::string_view kJpeg2000 = "1.2.840.10008.1.2.4.90";
inline constexpr std::string_view kJpegBaseline = "1.2.840.10008.1.2.4.50";
inline constexpr std::string_view kJpegExtended = "1.2.840.10008.1.2.4.51";
inline constexpr std::string_view kJpegLsNear = "1.2.840.10008.1.2.4.81";
inline constexpr std::string_view kJpeg2000Lossy = "1.2.840.10008.1.2.4.91";
inline constexpr std::string_view kSixSyntaxes[] = {kImplicitLittle, kExplicitLittle, kRle,
                                                    kJpegLossless,   kJpegLs,         kJpeg2000};

/// A cine as an X-ray system would write it, patient and all.
struct DicomSample {
  int width = 16;
  int height = 12;
  int bits_allocated = 16;
  int bits_stored = 10;
  int high_bit = 9;
  bool is_signed = false;
  std::string photometric = "MONOCHROME2";
  std::string syntax = std::string(kExplicitLittle);
  std::vector<std::vector<std::uint16_t>> frames;  // samples as they are stored
  std::vector<DicomField> fields;  // beside the usual ones, or in the place of those of their tags;
                                   // without a representation: the usual one is left out
  int fragments_a_frame = 1;
};

/// What must never be told: in every sample, as patient's name, id, birth date, study date, and as
/// part of all UIDs.
inline constexpr std::string_view kDicomSecrets[] = {"SECRET", "PID4711", "19511213", "20240229",
                                                     "99.8.7"};

/// Frames of a bright field with a dark disc that moves, seeded, in `bits` bits.
std::vector<std::vector<std::uint16_t>> draw_cine(int width, int height, int bits, int num_frames);

/// The file. Headers are written here, by hand; fragments are coded by GDCM's encoders.
std::string write_dicom(const DicomSample& sample);

}  // namespace angiobench::test
