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

/// Holds the own header of one frame's stream of JPEG, JPEG-LS or JPEG 2000 against `form`: the
/// size, one component, no more bits than there is room for. Returns its bits a sample. Throws
/// Error{input}; `place` is used in messages.
int check_stream(PixelCoding coding, std::span<const std::uint8_t> stream, const PixelForm& form,
                 const std::string& place);

/// Decodes a stream that check_stream has found to be of `bits`, with GDCM's codecs. Samples as
/// decode_rle; none where it cannot. GDCM may print, and ends the program at some malformed streams
/// (its assertions are on in Debian's build): decoder_process.h keeps that away.
std::vector<std::uint8_t> decode_stream(PixelCoding coding, std::vector<std::uint8_t> stream,
                                        const PixelForm& form, int bits);

/// Whether a fragment begins a stream of this coding, so that it begins a frame.
bool begins_stream(PixelCoding coding, std::span<const std::uint8_t> fragment);

}  // namespace angiobench::dicom
