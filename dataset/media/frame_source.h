// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dataset/dicom_reading.h"
#include "dataset/error.h"
#include "dataset/files/file_tree.h"
#include "dataset/finding.h"
#include "dataset/frame_order.h"
#include "dataset/media/orientation.h"

namespace angiobench {

/// One frame of a video.
struct Frame {
  std::string name;  // without extension, "00012"
  cv::Mat rgb;       // 8-bit, R, G, B
};

/// A video's frames, one after another.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  /// The next frame; nothing at the end. Throws Error{input} where it cannot be decoded, or is of
  /// another depth or orientation than the clip's first.
  virtual std::optional<Frame> next() = 0;
};

/// How a clip is to be read.
struct FrameReading {
  Orientation orientation = Orientation::stored;
  int bits = 0;  // 8, 10, 12, 14 or 16 of a 16-bit sample are used; 0: found by the clip's range
  DicomWindow window;      // of DICOM
  DicomOpener open_dicom;  // empty: DICOM is refused
};

/// Whether samples may be of so many bits of 8 to 16.
inline bool is_sample_bits(int bits) { return bits % 2 == 0; }

/// Words about a clip for the person who reads it.
struct ClipNote {
  Severity severity = Severity::note;
  std::string text;
};

/// What a clip's frames are.
struct FrameFacts {
  int width = 0;  // of the first frame, as it is read
  int height = 0;
  int stored_bits = 8;     // a sample: 8 or 16
  int bits = 8;            // of them used: one scale for the whole clip (frame_rgb)
  int least = 0;           // smallest and largest sample, of 16 bits over the whole clip, of 8 bits
  int most = 255;          // in the first frame
  int orientation = 1;     // the tag of the first frame, or of a video in the numbers of Exif
  bool is_turned = false;  // as the tag says (Orientation::upright)
  bool has_colour = false;      // of the first frame: one pixel in a hundred is plainly no grey
  std::vector<ClipNote> notes;  // order, copies, values, sizes, orientation: what a person may not
                                // expect
  // When each frame was taken, in milliseconds from the first, one a frame; empty: unknown.
  std::vector<double> frame_times_ms;
  // Millimetres from pixel to pixel in the patient, down and across, about: a projection has no one
  // scale. Nothing: unknown.
  std::optional<std::pair<double, double>> spacing_mm;
  // How stored values became the frames' 8 bits, where that was chosen (DICOM); else empty.
  std::string values_as;
  // What will stop whoever reads every frame, as the headers say: another orientation or depth, or
  // another ratio of sides, than the first frame's.
  std::optional<Error> trouble;
};

/// Where a clip's frames are, and what they are. Facts are found once, when they are first asked
/// for; not for several threads.
class ClipSource {
 public:
  virtual ~ClipSource() = default;
  /// What messages call it.
  virtual std::string place() const = 0;
  /// Names of the frames in order; of a video as many as it says it has (some say too many).
  virtual const std::vector<std::string>& names() const = 0;
  /// Throws Error{input} where the clip has no frame, the first cannot be decoded, or samples of 16
  /// bits are not in every frame; Error{usage} where FrameReading::bits does not fit.
  virtual const FrameFacts& facts() const = 0;
  /// The frames from the first on.
  virtual std::unique_ptr<FrameSource> open() const = 0;
  /// SHA-256 over names and contents of the files, in order: "sha256:…".
  virtual std::string digest() const = 0;
};

/// The files of frames (kFrameSuffixes) directly in a folder of a tree. Throws Error{input} where
/// two would be the same frame.
FrameFiles list_frame_files(const FileTree& tree, const std::string& folder);

/// A folder of frames. The folder is listed at once: throws as list_frame_files.
std::shared_ptr<const ClipSource> open_frame_folder(std::shared_ptr<const FileTree> tree,
                                                    const std::string& folder,
                                                    const FrameReading& reading = {});

/// A video file that OpenCV can decode, counted where it does not say how many frames it has;
/// frames are named 00000, 00001, …. Throws Error{input} where it cannot be opened.
std::shared_ptr<const ClipSource> open_video(const std::string& path,
                                             const FrameReading& reading = {});

/// Adds what a person may not expect of a clip's samples: a depth, a small part of the range,
/// colours.
void add_value_notes(const FrameReading& reading, FrameFacts& facts);

/// SHA-256 of a clip that is one file. Throws Error{input} where it cannot be read.
std::string digest_of_clip_file(const std::string& path);

/// A clip of the user's own: a folder of frames, a zip of them, a video file, a DICOM file, or a
/// folder of those of a series, told apart by content, or a volume by its name (open_volume_clip).
/// A single folder that holds everything is gone into. Throws Error{input}, and Error{inconclusive}
/// for DICOM where `reading` has no opener.
std::shared_ptr<const ClipSource> open_clip(const std::string& path,
                                            const FrameReading& reading = {});

/// How a mask's sides fit those of the frames.
enum class SideFit {
  same,
  scaled,  // the same ratio, to a pixel: the frames are scaled to the mask
  turned,  // width and height are exchanged: one of them lies on its side
  other,   // no scaling brings one onto the other
};
SideFit side_fit(int mask_width, int mask_height, int frame_width, int frame_height);

}  // namespace angiobench
