// SPDX-License-Identifier: MIT
#include "dataset/media/overlay.h"

#include <opencv2/imgproc.hpp>

#include "dataset/error.h"

namespace angiobench {

Mask drawn_labels(const MaskView& labels, OverlayStyle style) {
  if (style == OverlayStyle::fill) return Mask(labels);
  Mask drawn(labels.width, labels.height);
  for (int y = 0; y < labels.height; ++y) {
    const std::uint8_t* const row = labels.row(y);
    const std::uint8_t* const above = labels.row(y > 0 ? y - 1 : y);
    const std::uint8_t* const below = labels.row(y + 1 < labels.height ? y + 1 : y);
    for (int x = 0; x < labels.width; ++x) {
      const std::uint8_t label = row[x];
      if (label == kBackgroundLabel) continue;
      const bool at_border = above[x] != label || below[x] != label ||
                             (x > 0 && row[x - 1] != label) ||
                             (x + 1 < labels.width && row[x + 1] != label);
      if (at_border) drawn.at(x, y) = label;
    }
  }
  return drawn;
}

Rgb overlay_color(std::uint8_t grey, std::uint8_t label, OverlayStyle style) {
  if (label == kBackgroundLabel) return {grey, grey, grey};
  Rgb color = voc_palette()[label];
  if (style == OverlayStyle::outline) return color;
  for (std::uint8_t& channel : color) channel = static_cast<std::uint8_t>((channel + grey) / 2);
  return color;
}

cv::Mat grey_of(const cv::Mat& rgb) {
  cv::Mat grey;
  cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
  return grey;
}

cv::Mat draw_overlay(const cv::Mat& grey, const MaskView& labels, OverlayStyle style) {
  expects(grey.type() == CV_8UC1 && grey.cols == labels.width && grey.rows == labels.height,
          "a frame has one grey a label");
  const Mask drawn = drawn_labels(labels, style);
  cv::Mat picture;
  cv::cvtColor(grey, picture, cv::COLOR_GRAY2BGR);
  for (int y = 0; y < grey.rows; ++y) {
    cv::Vec3b* const row = picture.ptr<cv::Vec3b>(y);
    const std::uint8_t* const drawn_row = drawn.view().row(y);
    for (int x = 0; x < grey.cols; ++x) {
      if (drawn_row[x] == kBackgroundLabel) continue;
      const Rgb color = overlay_color(row[x][0], drawn_row[x], style);
      row[x] = {color[2], color[1], color[0]};
    }
  }
  return picture;
}

}  // namespace angiobench
