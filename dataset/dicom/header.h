// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dataset/dicom/elements.h"

namespace angiobench::dicom {

/// What a file may claim, checked before anything of that size is made; a hit is Error{limit}.
struct DicomLimits {
  int max_side = 8192;                // rows, columns
  std::uint64_t max_frames = 100000;  // of a cine
  std::uint64_t max_fragments = 1'000'000;
};

/// How pixels are written.
enum class PixelCoding { plain, rle, jpeg, jpeg_ls, jpeg_2000 };

/// Stored values: rows x columns of them a frame.
struct PixelForm {
  int width = 0;
  int height = 0;
  int bits_allocated = 0;  // 8 or 16
  int bits_stored = 0;     // 8 to bits_allocated
  int high_bit = 0;        // the upmost of them, bits_stored - 1 to bits_allocated - 1
  bool is_signed = false;  // two's complement

  std::uint64_t frame_bytes() const {
    return static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height) *
           static_cast<std::uint64_t>(bits_allocated / 8);
  }
  int num_values() const { return 1 << bits_stored; }
  /// The number that a stored value's bits, 0 to num_values() - 1, stand for.
  int number_of(int bits) const {
    return is_signed && bits >= num_values() / 2 ? bits - num_values() : bits;
  }
};

/// How a window makes grey of values (PS3.3, C.11.2.1.2 and C.11.2.1.3).
enum class VoiFunction { linear, linear_exact, sigmoid };

/// A window: the values that are shown from black to white.
struct VoiWindow {
  double center = 0;
  double width = 1;  // LINEAR: 1 or more; others: above 0
  VoiFunction function = VoiFunction::linear;

  bool operator==(const VoiWindow&) const = default;
};

/// A table of values (PS3.3, C.11.1.1): value `first` gives entry 0, what is smaller or larger the
/// first or the last entry.
struct ValueTable {
  int first = 0;
  int bits = 16;  // an entry's, 8 to 16
  std::vector<std::uint16_t> entries;

  int at(double value) const;
};

/// What may be another thing for each frame.
struct FrameMapping {
  double slope = 1;
  double intercept = 0;
  std::optional<VoiWindow> window;

  bool operator==(const FrameMapping&) const = default;
};

/// What a file says of its pixels, and nothing that says whose they are.
struct DicomHeader {
  PixelForm form;
  std::uint64_t num_frames = 1;
  PixelCoding coding = PixelCoding::plain;
  std::string syntax;  // the transfer syntax in words
  PixelPlace pixels;
  bool is_inverted = false;  // MONOCHROME1, or a presentation look-up table of shape INVERSE

  FrameMapping values;                  // of every frame,
  std::vector<FrameMapping> per_frame;  // but where each has its own: one a frame
  std::optional<ValueTable> modality_table;
  std::optional<ValueTable> voi_table;
  std::size_t num_windows = 0;  // of which the first is in `values`

  std::vector<double> frame_times_ms;  // from the first frame on; empty: unknown
  std::string times_from;              // the attribute in words; empty where unknown
  std::optional<std::pair<double, double>> imager_spacing_mm;  // rows, columns; at the detector
  std::optional<double> source_to_detector_mm;
  std::optional<double> source_to_patient_mm;
  std::optional<double> primary_angle;  // degrees, of the first frame
  std::optional<double> secondary_angle;
  bool has_overlays = false;
  bool has_burned_in = false;  // BurnedInAnnotation is YES
  std::string plane;           // "A" or "B" of a biplane acquisition
  std::string sop_digest;      // SHA-256 of the SOP instance UID
  std::string series_digest;   // of the series instance UID
  std::optional<std::int64_t> instance_number;
  std::vector<std::string> doubts;  // what was passed over, in words

  const FrameMapping& values_of(std::uint64_t frame) const {
    return per_frame.empty() ? values : per_frame[static_cast<std::size_t>(frame)];
  }
};

/// Reads and checks a file's header. Throws Error{input} for what is not DICOM, encrypted, cut off,
/// malformed, without pixels, of a coding or colours that are not read, with sizes that its pixel
/// data do not have; Error{limit} for sizes beyond the limits.
DicomHeader read_dicom_header(HeaderFile& file, const DicomLimits& limits = {});

/// Whether a file is the index of a medium (DICOMDIR), which lists images and is none.
bool is_dicom_directory(const std::string& path);

/// Millimetres a pixel in the patient, about: the detector's spacing by the ratio of the source's
/// distances. Nothing where one of them is unknown.
std::optional<std::pair<double, double>> patient_spacing_mm(const DicomHeader& header);

}  // namespace angiobench::dicom
