// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "dataset/media/frame_source.h"

namespace angiobench {

/// A clip of greys as a volume (x, y, frame): .nrrd, .mha, .nii.gz or .nii, of whole numbers from 0
/// to 65535. Frames are called 00000, 00001, …; x runs along a row, y from the top down, whatever
/// the header says of directions. One frame is in memory. Of values of several bytes all are read
/// once for the facts: the clip has one scale (FrameFacts::bits).
///
/// Throws Error{input} as VolumeReader; for a value that is no grey when it is met.
std::shared_ptr<const ClipSource> open_volume_clip(const std::string& path,
                                                   const FrameReading& reading = {});

}  // namespace angiobench
