// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dataset/volumes/volume.h"

namespace angiobench {

/// Reads the header of a MetaImage (.mha: text, then the values in the same file) from its first
/// bytes, of (x, y) or (x, y, frame): integers of 8 to 32 bits, either byte order, plain or as one
/// zlib stream. What a viewer would do with spacing, origin and direction means nothing for frames
/// and is passed over.
///
/// Throws Error{input} for a header that says anything else (another file of values, floats,
/// several channels, four dimensions) and for sides beyond kMaxVolumeSide. Source of the form:
/// MetaIO's documentation (read).
VolumeHeader parse_meta_header(std::span<const std::uint8_t> beginning, const std::string& path);

/// The header of 8-bit frames whose values follow as a zlib stream of `packed_bytes` bytes: x to
/// the patient's left, y to the back, spacing 1.
std::string meta_header(int width, int height, int num_frames, std::uint64_t packed_bytes);

}  // namespace angiobench
