// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>

namespace angiobench {

/// A video frame: 8-bit, rows x cols x 3 in R, G, B order (grey files are copied to three
/// channels), any orientation tag ignored. Throws Error{input} where the file is missing or not an
/// image.
cv::Mat read_frame_rgb(const std::string& path);

/// As read_frame_rgb, from a file's bytes; `path` is used in messages.
cv::Mat decode_frame_rgb(std::span<const std::uint8_t> file, const std::string& path);

}  // namespace angiobench
