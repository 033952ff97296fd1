// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/frame_values.h"

namespace angiobench {

/// A frame as its file has it: nothing scaled, nothing turned.
struct StoredFrame {
  cv::Mat rgb;  // rows x cols x 3 in R, G, B order, 8 or 16 bits a sample (grey is copied to
                // three channels, alpha dropped)
  int orientation = 1;  // what its tag says (exif_orientation)

  int bits() const { return rgb.depth() == CV_16U ? 16 : 8; }
};

/// Decodes a frame from a file's bytes; `path` is used in messages. Throws Error{input} where it is
/// no picture, has floating-point or signed samples, or is a TIFF of several pictures, of 16 bits
/// with white as 0, or with an orientation (its decoder would follow it without a word).
StoredFrame decode_frame(std::span<const std::uint8_t> file, const std::string& path);

/// Stops, by the header alone, where decode_frame would: Error{input}.
void check_frame_header(std::span<const std::uint8_t> file, const std::string& path);

/// What a frame's samples are.
FrameValues frame_values(const StoredFrame& frame);

/// As a FrameValueReader; a JPEG is decoded at an eighth of its size where that is enough.
std::optional<FrameValues> read_frame_values(std::span<const std::uint8_t> file,
                                             const std::string& path);

/// The bits that values up to `most` are of: 8, 10, 12, 14 or 16. A film of 12 bits that was
/// written into 16-bit files has no value above 4095.
int bits_for(int most);

/// The bits of a stored frame's samples by its own range, where no clip says more.
int own_bits(const StoredFrame& frame);

/// A stored frame as 8 bits: the upper 8 of its `bits` (bits_for of the whole clip's largest value,
/// so that every frame of a clip has one scale), rounded down. `orientation`: 1, or the tag that is
/// to be followed.
cv::Mat frame_rgb(const StoredFrame& frame, int bits, int orientation = 1);

/// A single picture, 8-bit, rows x cols x 3 in R, G, B order, as stored; 16-bit samples by the
/// range of this picture alone. Throws Error{input} where the file is missing or not an image.
cv::Mat read_frame_rgb(const std::string& path);

/// A picture at another size: means of areas where it shrinks, cubic where it grows.
cv::Mat scaled_picture(const cv::Mat& picture, int width, int height);

/// As read_frame_rgb, from a file's bytes; `path` is used in messages.
cv::Mat decode_frame_rgb(std::span<const std::uint8_t> file, const std::string& path);

/// A picture with its transparency: 8-bit, rows x cols x 4 in R, G, B, A order, as stored; alpha is
/// 255 where the file has none. For masks that were drawn. Throws Error{input} as decode_frame, and
/// for more than 8 bits.
cv::Mat decode_rgba(std::span<const std::uint8_t> file, const std::string& path);

/// An 8-bit grey JPEG; `quality` 0 to 100.
std::vector<std::uint8_t> encode_jpeg(std::span<const std::uint8_t> grey, int width, int height,
                                      int quality);
/// An 8-bit grey PNG.
std::vector<std::uint8_t> encode_grey_png(std::span<const std::uint8_t> grey, int width,
                                          int height);

}  // namespace angiobench
