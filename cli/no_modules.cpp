// SPDX-License-Identifier: MIT
// modules.h for the static program, which has none.
#include "cli/modules.h"
#include "dataset/error.h"

namespace angiobench::cli {

FrameValueReader module_frame_values() {
  return [](std::span<const std::uint8_t>, const std::string&) { return std::nullopt; };
}

GreyFrameReader module_grey_frames() {
  return [](std::span<const std::uint8_t>, const std::string&) { return std::nullopt; };
}

DicomOpener module_dicom_opener() { return {}; }

VerbCode module_code(std::string_view, std::string_view verb) {
  throw Error(ErrorKind::inconclusive, "",
              "this build scores only, '" + std::string(verb) + "' is not in it",
              "an installation with modules (the Debian package, or a build of the source)");
}

}  // namespace angiobench::cli
