// SPDX-License-Identifier: MIT
#pragma once

#include "cli/option_value.h"
#include "dataset/dicom_reading.h"

namespace angiobench::cli {

/// "C,W" (centre and width), "full" or "file".
OptionValue dicom_window(DicomWindow& field);

inline constexpr const char* kDicomWindowWords =
    "values of a DICOM cine that are shown from black to white: centre and width, full (all that "
    "its bits can have) or file (its own window; default: that, else 0.5 to 99.5 percent of the "
    "cine's values)";

}  // namespace angiobench::cli
