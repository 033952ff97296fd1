// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>

#include "dataset/masks/mask.h"
#include "dataset/masks/png.h"
#include "dataset/words.h"

namespace angiobench {

/// How objects are drawn over a frame.
enum class OverlayStyle {
  outline,  // their pixels at the border, in their colour
  fill,     // all of their pixels, half frame and half colour
};

inline constexpr auto kOverlayStyles =
    words<OverlayStyle>({{"outline", OverlayStyle::outline}, {"fill", OverlayStyle::fill}});

/// The labels that are drawn: with `fill` all of them, with `outline` those of pixels of an object
/// that have another label above, below, to the left or to the right. What lies outside of the
/// picture is no other label.
Mask drawn_labels(const MaskView& labels, OverlayStyle style);

/// The colour of a pixel that is drawn with a label: that of the label (voc_palette), with `fill`
/// the mean of it and the frame's grey, rounded down. Of the background the grey.
Rgb overlay_color(std::uint8_t grey, std::uint8_t label, OverlayStyle style);

/// The grey of a frame, 8 bits: of R, G, B as ITU-R BT.601 weighs them.
cv::Mat grey_of(const cv::Mat& rgb);

/// A frame with its objects drawn over it: 8 bits, B, G, R, as OpenCV writes pictures. `grey` is
/// 8 bits, one channel, of the labels' size (Error{bug}).
cv::Mat draw_overlay(const cv::Mat& grey, const MaskView& labels, OverlayStyle style);

}  // namespace angiobench
