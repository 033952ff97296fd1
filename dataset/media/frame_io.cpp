// SPDX-License-Identifier: MIT
#include "dataset/media/frame_io.h"

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "dataset/error.h"

namespace angiobench {

cv::Mat read_frame_rgb(const std::string& path) {
  cv::Mat bgr;
  try {
    bgr = cv::imread(path, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::input, path, std::string("cannot be decoded (") + error.what() + ")",
                "a JPEG or PNG frame");
  }
  if (bgr.empty())
    throw Error(ErrorKind::input, path, "missing or not an image", "a JPEG or PNG frame");
  cv::Mat rgb;
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return rgb;
}

cv::Mat decode_frame_rgb(std::span<const std::uint8_t> file, const std::string& path) {
  cv::Mat rgb;
  try {
    // OpenCV's input array has no constant form for memory; it is only read.
    const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8UC1,
                        const_cast<std::uint8_t*>(file.data()));
    cv::Mat bgr;
    if (!file.empty()) bgr = cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (bgr.empty()) throw Error(ErrorKind::input, path, "not an image", "a JPEG or PNG frame");
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::input, path, std::string("cannot be decoded (") + error.what() + ")",
                "a JPEG or PNG frame");
  }
  return rgb;
}

}  // namespace angiobench
