// SPDX-License-Identifier: MIT
#pragma once

#include "dataset/grey_frame.h"

namespace angiobench {

/// As a GreyFrameReader: 16-bit samples by the range of this frame alone.
std::optional<GreyFrame> read_grey_frame(std::span<const std::uint8_t> file,
                                         const std::string& path);

}  // namespace angiobench
