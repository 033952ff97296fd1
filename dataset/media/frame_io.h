// SPDX-License-Identifier: MIT
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

namespace angiobench {

/// A video frame: 8-bit, rows x cols x 3 in R, G, B order (grey files are copied to three channels), any orientation
/// tag ignored. Throws Error{input} where the file is missing or not an image.
cv::Mat read_frame_rgb(const std::string& path);

}  // namespace angiobench
