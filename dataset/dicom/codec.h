// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataset/dicom/header.h"

namespace angiobench::dicom {

/// Decodes one frame's fragment of RLE (PS3.5, G) into little endian samples of
/// `form.bits_allocated` bits, row by row. Throws Error{input} where it is not exactly that frame;
/// `place` is used in messages.
std::vector<std::uint8_t> decode_rle(std::span<const std::uint8_t> fragment, const PixelForm& form,
                                     const std::string& place);

/// Decodes one frame of JPEG, JPEG-LS or JPEG 2000 with GDCM's codecs, which see nothing of the
/// file but this stream, and that only after its own header was found to claim the size, the one
/// component and no more bits than `form`. Samples as decode_rle. Throws Error{input}.
std::vector<std::uint8_t> decode_stream(PixelCoding coding, std::vector<std::uint8_t> stream,
                                        const PixelForm& form, const std::string& place);

/// Whether a fragment begins a stream of this coding, so that it begins a frame.
bool begins_stream(PixelCoding coding, std::span<const std::uint8_t> fragment);

}  // namespace angiobench::dicom
