// SPDX-License-Identifier: MIT
#include "dataset/media/grey_frame.h"

#include <opencv2/core/mat.hpp>

#include "dataset/error.h"
#include "dataset/media/frame_io.h"

namespace angiobench {

std::optional<GreyFrame> read_grey_frame(std::span<const std::uint8_t> file,
                                         const std::string& path) {
  cv::Mat rgb;
  try {
    rgb = decode_frame_rgb(file, path);
  } catch (const Error&) {  // no picture: nothing to be said of its values
    return std::nullopt;
  }
  GreyFrame frame{rgb.cols, rgb.rows, {}};
  frame.values.reserve(rgb.total());
  for (int y = 0; y < rgb.rows; ++y) {
    const cv::Vec3b* const row = rgb.ptr<cv::Vec3b>(y);
    for (int x = 0; x < rgb.cols; ++x) {
      const int sum = row[x][0] + row[x][1] + row[x][2];
      frame.values.push_back(static_cast<std::uint8_t>((sum + 1) / 3));
    }
  }
  return frame;
}

}  // namespace angiobench
