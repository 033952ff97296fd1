// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dataset/dicom/header.h"
#include "dataset/dicom_reading.h"

namespace angiobench::dicom {

/// The grey of a value through a window, 0 to 255, not rounded (PS3.3, C.11.2.1.2.1 LINEAR,
/// C.11.2.1.3.1 SIGMOID, C.11.2.1.3.2 LINEAR_EXACT).
double windowed(double value, const VoiWindow& window);

/// What makes grey of values, the same for every frame of a cine unless it says otherwise.
struct GreyRule {
  enum class Kind {
    table,        // the file's VOI look-up table
    own_windows,  // of each frame its own window
    window,       // one for all frames
  };
  Kind kind = Kind::window;
  VoiWindow window;
  std::string words;  // "window 512,1024 (LINEAR) of the file"
};

/// How many pixels of a cine have which value, after slope and intercept or modality table.
using ValueCounts = std::map<double, std::uint64_t>;

/// Chooses the rule. `count_values` reads the whole cine, and is asked only where the file says
/// nothing and `wanted` leaves it open. Throws Error{input} where the file's window is wanted and
/// there is none; `place` is used in messages.
GreyRule choose_grey(const DicomHeader& header, const DicomWindow& wanted,
                     const std::function<ValueCounts()>& count_values, const std::string& place);

/// The value that a stored value's bits stand for in a frame.
double value_of(const DicomHeader& header, const FrameMapping& mapping, int bits);

/// The grey of each of form.num_values() stored values in a frame: modality, VOI, inversion where
/// the header has it, rounded to the nearest, halves up.
std::vector<std::uint8_t> grey_table(const DicomHeader& header, const GreyRule& rule,
                                     std::uint64_t frame);

}  // namespace angiobench::dicom
