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

bool is_jpeg(std::span<const std::uint8_t> file) {
  return file.size() > 2 && file[0] == 0xFF && file[1] == 0xD8;
}

// What OpenCV would pass over in silence.
void check_tiff(std::span<const std::uint8_t> file, const std::string& path) {
  if (const int count = tiff_num_pictures(file); count > 1) {
    throw Error(ErrorKind::input, path,
                "is a TIFF of " + std::to_string(count) + " pictures, of which one would be read",
                "a file a frame (ImageMagick: convert x.tif frame_%05d.png)");
  }
  // OpenCV would write to the terminal.
  if (tiff_has_signed_samples(file)) {
    throw Error(ErrorKind::input, path, "has signed or floating-point samples",
                "8 or 16 bits, from 0");
  }
  if (const int orientation = tiff_orientation(file); orientation != 1) {
    throw Error(ErrorKind::input, path,
                "is a TIFF that is to be shown " + orientation_text(orientation),
                "frames without an orientation tag (ImageMagick: mogrify -auto-orient)");
  }
}

std::vector<std::uint8_t> encode_picture(std::span<const std::uint8_t> grey, int width, int height,
                                         const char* extension, const std::vector<int>& options) {
  expects(grey.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height),
          "a pixel a byte");
  // OpenCV takes no pointer to const; it only reads.
  const cv::Mat image(height, width, CV_8UC1, const_cast<std::uint8_t*>(grey.data()));
  std::vector<std::uint8_t> bytes;
  bool done = false;
  try {
    done = cv::imencode(extension, image, bytes, options);
  } catch (const cv::Exception& error) {
    throw Error(
        ErrorKind::bug, "",
        std::string("a picture cannot be encoded as ") + extension + " (" + error.what() + ")");
  }
  expects(done, "a grey picture can be encoded");
  return bytes;
}

}  // namespace

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

void check_frame_header(std::span<const std::uint8_t> file, const std::string& path) {
  if (is_tiff(file)) check_tiff(file, path);
}

FrameValues frame_values(const StoredFrame& frame) {
  double least = 0;
  double most = 0;
  cv::minMaxIdx(frame.rgb.reshape(1), &least, &most);
  FrameValues values;
  values.least = static_cast<int>(least);
  values.most = static_cast<int>(most);
  values.num_values = 1 << frame.bits();
  const cv::Mat rgb = frame_rgb(frame, bits_for(values.most));
  std::int64_t count = 0;
  for (int y = 0; y < rgb.rows; ++y) {
    const cv::Vec3b* const row = rgb.ptr<cv::Vec3b>(y);
    for (int x = 0; x < rgb.cols; ++x) {
      const auto [low, high] = std::minmax({row[x][0], row[x][1], row[x][2]});
      if (high - low > kPlainColour) ++count;
    }
  }
  values.has_colour = 100 * count > std::int64_t{rgb.rows} * rgb.cols;
  return values;
}

std::optional<FrameValues> read_frame_values(std::span<const std::uint8_t> file,
                                             const std::string& path) {
  try {
    if (is_jpeg(file)) {
      StoredFrame small;
      const cv::Mat bgr =
          decoded(file, cv::IMREAD_REDUCED_COLOR_8 | cv::IMREAD_IGNORE_ORIENTATION, path);
      cv::cvtColor(bgr, small.rgb, cv::COLOR_BGR2RGB);
      const FrameValues values = frame_values(small);
      // Means have a smaller range than what they are of.
      if (!uses_small_part(values.least, values.most, values.num_values)) return values;
    }
    return frame_values(decode_frame(file, path));
  } catch (const Error&) {
    return std::nullopt;
  }
}

int bits_for(int most) {
  for (const int bits : {8, 10, 12, 14}) {
    if (most < 1 << bits) return bits;
  }
  return 16;
}

int own_bits(const StoredFrame& frame) {
  if (frame.bits() == 8) return 8;
  double most = 0;
  cv::minMaxIdx(frame.rgb.reshape(1), nullptr, &most);
  return bits_for(static_cast<int>(most));
}

cv::Mat scaled_picture(const cv::Mat& picture, int width, int height) {
  if (picture.cols == width && picture.rows == height) return picture;
  cv::Mat resized;
  const bool shrinks = picture.cols >= width && picture.rows >= height;
  cv::resize(picture, resized, cv::Size(width, height), 0, 0,
             shrinks ? cv::INTER_AREA : cv::INTER_CUBIC);
  return resized;
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
  return frame_rgb(frame, own_bits(frame));
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

std::vector<std::uint8_t> encode_jpeg(std::span<const std::uint8_t> grey, int width, int height,
                                      int quality) {
  return encode_picture(grey, width, height, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality});
}

std::vector<std::uint8_t> encode_grey_png(std::span<const std::uint8_t> grey, int width,
                                          int height) {
  return encode_picture(grey, width, height, ".png", {});
}

}  // namespace angiobench
