// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dataset/dicom/decoder_process.h"
#include "dataset/dicom/header.h"

namespace angiobench::dicom {

/// Where a file's frames are in its pixel data: 12 bytes a fragment are kept, whatever their size.
struct FramePlaces {
  std::vector<std::uint64_t> offsets;  // of each fragment; empty where pixels are plain
  std::vector<std::uint32_t> lengths;
  std::vector<std::uint32_t> first;  // a frame's first fragment; one more for the end
};

/// Finds the fragments and which are whose: one a frame, else by the offset table, else by the
/// beginnings of streams. Throws Error{input} where they are fewer than the frames, do not lie in
/// the file, or cannot be told apart; Error{limit} for more than `limits.max_fragments`.
FramePlaces find_frame_places(HeaderFile& file, const DicomHeader& header,
                              const DicomLimits& limits = {});

/// Reads a file's frames, one at a time, in any order.
class PixelFrames {
 public:
  /// `header` and `places` are those of the file at `path`. Opens it. `decoder` may be shared by
  /// the files of a series. Throws Error{input}.
  PixelFrames(const std::string& path, std::shared_ptr<const DicomHeader> header,
              std::shared_ptr<const FramePlaces> places, std::shared_ptr<DecoderProcess> decoder);

  /// The stored values of a frame as their bits, 0 to form.num_values() - 1, row by row (see
  /// PixelForm::number_of). Throws Error{input} where they cannot be read or decoded.
  const std::vector<std::uint16_t>& read(std::uint64_t frame);

 private:
  HeaderFile file_;
  std::shared_ptr<const DicomHeader> header_;
  std::shared_ptr<const FramePlaces> places_;
  std::shared_ptr<DecoderProcess> decoder_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint16_t> values_;
};

}  // namespace angiobench::dicom
