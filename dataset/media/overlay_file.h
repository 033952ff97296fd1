// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"
#include "dataset/media/overlay.h"

namespace angiobench {

/// What a clip's overlay is kept as, by the path's ending.
enum class OverlayForm {
  mp4,     // FILE.mp4: H.264, or MPEG-4 where there is no encoder of it
  gif,     // FILE.gif: one palette of greys and the objects' colours for all frames
  folder,  // any path without an ending: <path>/<clip>/<frame>.png
};

/// The form of a path. Throws Error{usage} about `overlay` where it ends in something else
/// (".avi").
OverlayForm overlay_form(const std::string& path);

/// Frames a second where a clip does not know when its frames were taken: the usual rate of a
/// coronary angiography.
inline constexpr double kDefaultFps = 15;

/// The frames a second of a clip whose frames were taken at these times: by the median of the
/// steps. Nothing where there are no two of them or time stands still.
std::optional<double> frames_per_second(const std::vector<double>& times_ms);

/// A clip that is about to be drawn.
struct OverlayClip {
  std::string name;
  int width = 0;  // of frames and masks alike
  int height = 0;
  std::vector<int> object_ids;   // 1 … 255, ascending: no other label occurs
  std::vector<double> times_ms;  // of the frames; empty: kDefaultFps
};

/// Writes clips with their objects drawn over the frames, one frame at a time: memory does not grow
/// with them. Nothing stands at the path before commit(), which puts all there at once; what was
/// not committed is taken away.
class OverlayWriter {
 public:
  virtual ~OverlayWriter() = default;
  /// The next clip; a video holds one. Throws Error{inconclusive} where no encoder can be opened,
  /// Error{limit} where a GIF would have more objects than its palette has room for (64).
  virtual void begin(const OverlayClip& clip) = 0;
  /// Its next frame: grey (8 bits, one channel) and labels. Throws Error{input} with the system's
  /// words.
  virtual void add(const std::string& frame, const cv::Mat& grey, const MaskView& labels) = 0;
  /// Throws Error{input} where the place cannot be written, or not all of a video reached the disk.
  virtual void commit() = 0;
};

/// Throws Error{input} where the path cannot be written, Error{usage} as overlay_form,
/// Error{inconclusive} for a GIF where this build has no giflib.
std::unique_ptr<OverlayWriter> make_overlay_writer(const std::string& path, OverlayStyle style);

/// A picture (8 bits; grey, or B, G, R) as JPEG, quality 1 to 100. Same input, same bytes.
std::vector<std::uint8_t> encode_jpeg(const cv::Mat& picture, int quality);

/// As encode_jpeg, with the quality lowered in steps of 5 until the file has at most `max_bytes`,
/// but not below 30: `quality` is the one that was used, for the next frame to begin with.
std::vector<std::uint8_t> encode_jpeg_within(const cv::Mat& picture, std::uint64_t max_bytes,
                                             int& quality);

}  // namespace angiobench
