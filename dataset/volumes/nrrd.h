// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dataset/volumes/volume.h"

namespace angiobench {

/// Reads the header of a NRRD (.nrrd, .seg.nrrd: text to an empty line, then the values in the same
/// file) from its first bytes, of (x, y) or (x, y, frame): integers of 8 to 64 bits, either byte
/// order, raw or as one gzip stream. Space, origin and directions mean nothing for frames and are
/// passed over, as are keys of the user's own.
///
/// Throws Error{input} for a header that says anything else (another file of values, floats, values
/// as text, a first axis that is no space: vectors, a list) and for sides beyond kMaxVolumeSide.
/// Source of the form: "Definition of NRRD File Format" of Teem (read).
VolumeHeader parse_nrrd_header(std::span<const std::uint8_t> beginning, const std::string& path);

/// The header of 8-bit frames whose values follow as a gzip stream: x to the patient's left, y to
/// the back, spacing 1.
std::string nrrd_header(int width, int height, int num_frames);

}  // namespace angiobench
