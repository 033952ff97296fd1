// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace angiobench {

class ClipSource;
struct FrameReading;

/// Which values of a DICOM file, of up to 16 bits, are shown from black to white when they
/// become 8.
struct DicomWindow {
  enum class Kind {
    automatic,  // the file's table or window; where it has none 0.5 to 99.5 percent of the cine's
                // values
    file,       // the file's, or Error{input}
    full,       // all values that the stored bits can have
    given,      // `center` and `width`
  };
  Kind kind = Kind::automatic;
  double center = 0;
  double width = 0;  // 1 or more
};

/// Opens a DICOM file, or a folder of single-frame files of a series, as a clip. Made by
/// dataset/dicom, which needs GDCM: who has none has an empty one.
using DicomOpener = std::function<std::shared_ptr<const ClipSource>(const std::string& path,
                                                                    const FrameReading& reading)>;

/// Bytes of a file that tell whether it is DICOM.
inline constexpr std::size_t kDicomMarkEnd = 132;

/// Whether the first bytes of a file are those of a DICOM file: "DICM" at byte 128 (PS3.10, 7.1).
inline bool has_dicom_mark(std::span<const std::uint8_t> first_bytes) {
  constexpr std::string_view kMark = "DICM";
  return first_bytes.size() >= kDicomMarkEnd &&
         std::memcmp(first_bytes.data() + kDicomMarkEnd - kMark.size(), kMark.data(),
                     kMark.size()) == 0;
}

/// Whether a file is called as DICOM files are, by its suffix in lower case (file_suffix).
inline bool is_dicom_suffix(std::string_view suffix) {
  return suffix == ".dcm" || suffix == ".dicom" || suffix == ".ima";
}

}  // namespace angiobench
