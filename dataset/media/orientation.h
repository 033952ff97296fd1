// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>

#include "dataset/words.h"

namespace angiobench {

/// How pictures and videos that carry a tag "turn me" are read. One convention for both, and for
/// what is written: *as stored*. Masks are always read as they are stored.
enum class Orientation {
  stored,   // the raster in the file, the tag is told and not followed
  upright,  // as viewers show it: turned and mirrored as the tag says
};

inline constexpr Words<Orientation, 2> kOrientations{
    {{{"stored", Orientation::stored}, {"upright", Orientation::upright}}}};

/// Exif's orientation, 1 to 8 (1: as stored; Exif 2.32, 4.6.4), of a JPEG's APP1 segment or a PNG's
/// eXIf chunk. 1 where there is none or where it is malformed: a tag never makes a picture
/// unreadable.
int exif_orientation(std::span<const std::uint8_t> file);

/// The tag of a TIFF file (the same numbers).
int tiff_orientation(std::span<const std::uint8_t> file);

/// Pictures in a TIFF file, previews (NewSubfileType 1) not counted; 0 where it is malformed.
int tiff_num_pictures(std::span<const std::uint8_t> file);

/// Whether a TIFF stores white as 0 (PhotometricInterpretation 0).
bool tiff_white_is_zero(std::span<const std::uint8_t> file);

/// Whether a TIFF's samples are signed or floating-point (SampleFormat 2 and 3).
bool tiff_has_signed_samples(std::span<const std::uint8_t> file);

/// Turns and mirrors a picture as a viewer does.
cv::Mat upright(const cv::Mat& picture, int orientation);

/// "turned by 90 degrees": what a viewer does with the stored picture, in words.
std::string orientation_text(int orientation);

}  // namespace angiobench
