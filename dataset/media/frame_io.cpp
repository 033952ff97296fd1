// SPDX-License-Identifier: MIT
#include "dataset/media/frame_io.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/media/orientation.h"

namespace angiobench {
namespace {

constexpr std::string_view kSuffixes[] = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"};
constexpr const char* kExpected = "a JPEG, PNG, BMP or TIFF frame";

// Decodes with OpenCV; its failures become ours.
cv::Mat decoded(std::span<const std::uint8_t> file, int flags, const std::string& path) {
  cv::Mat picture;
  try {
    // OpenCV's input array has no constant form for memory; it is only read.
    const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8UC1,
                        const_cast<std::uint8_t*>(file.data()));
    if (!file.empty()) picture = cv::imdecode(bytes, flags);
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::input, path, std::string("cannot be decoded (") + error.what() + ")",
                kExpected);
  }
  if (picture.empty())
    throw Error(ErrorKind::input, path, file.empty() ? "is empty" : "not an image", kExpected);
  return picture;
}

bool is_tiff(std::span<const std::uint8_t> file) {
  return file.size() > 4 && ((file[0] == 'I' && file[1] == 'I' && file[2] == 42) ||
                             (file[0] == 'M' && file[1] == 'M' && file[3] == 42));
}

// What OpenCV would pass over in silence.
void check_tiff(std::span<const std::uint8_t> file, const std::string& path) {
  if (const int count = tiff_num_pictures(file); count > 1) {
    throw Error(ErrorKind::input, path,
                "is a TIFF of " + std::to_string(count) + " pictures, of which one would be read",
                "a file a frame (ImageMagick: convert x.tif frame_%05d.png)");
  }
  if (const int orientation = tiff_orientation(file); orientation != 1) {
    throw Error(ErrorKind::input, path,
                "is a TIFF that is to be shown " + orientation_text(orientation),
                "frames without an orientation tag (ImageMagick: mogrify -auto-orient)");
  }
}

}  // namespace

std::span<const std::string_view> frame_suffixes() { return kSuffixes; }

StoredFrame decode_frame(std::span<const std::uint8_t> file, const std::string& path) {
  const bool tiff = is_tiff(file);
  if (tiff) check_tiff(file, path);
  const cv::Mat bgr =
      decoded(file, cv::IMREAD_COLOR | cv::IMREAD_ANYDEPTH | cv::IMREAD_IGNORE_ORIENTATION, path);
  if (bgr.depth() != CV_8U && bgr.depth() != CV_16U) {
    throw Error(ErrorKind::input, path, "has signed or floating-point samples",
                "8 or 16 bits, from 0");
  }
  if (tiff && bgr.depth() == CV_16U && tiff_white_is_zero(file)) {
    throw Error(ErrorKind::input, path, "is a TIFF of 16 bits that stores white as 0",
                "black as 0 (ImageMagick: mogrify -negate, then -define quantum:polarity=min-is-"
                "black)");
  }
  StoredFrame frame;
  cv::cvtColor(bgr, frame.rgb, cv::COLOR_BGR2RGB);
  frame.orientation = exif_orientation(file);
  return frame;
}

int bits_for(int most) {
  for (const int bits : {8, 10, 12, 14}) {
    if (most < 1 << bits) return bits;
  }
  return 16;
}

cv::Mat frame_rgb(const StoredFrame& frame, int bits, int orientation) {
  cv::Mat rgb = frame.rgb;
  if (rgb.depth() == CV_16U) {
    cv::Mat narrow(rgb.rows, rgb.cols, CV_8UC3);
    const int shift = bits - 8;
    for (int y = 0; y < rgb.rows; ++y) {
      const std::uint16_t* const from = rgb.ptr<std::uint16_t>(y);
      std::uint8_t* const to = narrow.ptr<std::uint8_t>(y);
      for (int i = 0; i < 3 * rgb.cols; ++i)
        to[i] = static_cast<std::uint8_t>(std::min(255, from[i] >> shift));
    }
    rgb = narrow;
  }
  return orientation == 1 ? rgb : upright(rgb, orientation);
}

cv::Mat read_frame_rgb(const std::string& path) {
  const std::string file = read_text_file(path);
  return decode_frame_rgb({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()}, path);
}

cv::Mat decode_frame_rgb(std::span<const std::uint8_t> file, const std::string& path) {
  const StoredFrame frame = decode_frame(file, path);
  double most = 0;
  if (frame.bits() == 16) cv::minMaxIdx(frame.rgb.reshape(1), nullptr, &most);
  return frame_rgb(frame, bits_for(static_cast<int>(most)));
}

cv::Mat decode_rgba(std::span<const std::uint8_t> file, const std::string& path) {
  if (is_tiff(file)) check_tiff(file, path);
  const cv::Mat stored = decoded(file, cv::IMREAD_UNCHANGED, path);
  if (stored.depth() != CV_8U)
    throw Error(ErrorKind::input, path, "has more than 8 bits a sample", "labels or colours");
  cv::Mat rgba;
  const int channels = stored.channels();
  if (channels == 2) {
    throw Error(ErrorKind::input, path, "has two channels", "grey, RGB or RGBA");
  }
  cv::cvtColor(stored, rgba,
               channels == 1   ? cv::COLOR_GRAY2RGBA
               : channels == 3 ? cv::COLOR_BGR2RGBA
                               : cv::COLOR_BGRA2RGBA);
  return rgba;
}

}  // namespace angiobench
