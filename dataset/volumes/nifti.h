// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataset/volumes/volume.h"

namespace angiobench {

/// Bytes of the header of a NIfTI-1 file, and of the flag for extensions behind it.
inline constexpr std::size_t kNiftiHeader = 352;

/// Reads the header of a NIfTI-1 file (.nii; of a .nii.gz what it unpacks to) from its first bytes,
/// of (x, y), (x, y, frame) or (x, y, 1, frame): integers of 8 to 64 bits, either byte order.
/// Orientation, units and extensions mean nothing for frames and are passed over.
///
/// Throws Error{input} for anything else (NIfTI-2, a header of a pair of files, floats, colours, a
/// scale of values) and for sides beyond kMaxVolumeSide. Source of the form: the header file of
/// NIfTI-1 by the NIfTI Data Format Working Group (read).
VolumeHeader parse_nifti_header(std::span<const std::uint8_t> beginning, const std::string& path);

/// The header of 8-bit labels, which follow: x to the patient's left, y to the back, spacing 1.
/// Sides are at most 32767 (Error{limit}), which is what the form can say.
std::vector<std::uint8_t> nifti_header(int width, int height, int num_frames,
                                       const std::string& path);

}  // namespace angiobench
