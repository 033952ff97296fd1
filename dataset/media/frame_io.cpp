// SPDX-License-Identifier: MIT
#include "dataset/media/frame_io.h"

#include <opencv2/core/mat.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "dataset/error.h"

namespace angiobench {

cv::Mat read_frame_rgb(const std::string& path) {
  cv::Mat bgr;
  try {
    bgr = cv::imread(path, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::input, path, std::string("cannot be decoded (") + error.what() + ")", "a JPEG or PNG frame");
  }
  if (bgr.empty()) throw Error(ErrorKind::input, path, "missing or not an image", "a JPEG or PNG frame");
  cv::Mat rgb;
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return rgb;
}

}  // namespace angiobench
