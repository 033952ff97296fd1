// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dataset/files/output_folder.h"
#include "dataset/masks/mask.h"
#include "dataset/masks/object_tracks.h"

namespace angiobench {

/// A clip that is shown with its masks. Texts are plain.
struct ClipPageOptions {
  std::string clip;  // its name
  int width = 0;     // of frames and masks alike
  int height = 0;
  std::size_t num_frames = 0;     // about how many there will be
  std::vector<int> object_ids;    // 1 … 255, ascending: no other label is shown
  std::vector<double> times_ms;   // of the frames; empty: unknown
  double frames_per_second = 15;  // of playing, where times are unknown
  std::vector<std::pair<std::string, std::string>> facts;  // "Network": "local, weights small"
  /// More pixels of all frames together than this make a page with files beside it: 300 frames of
  /// 512x512.
  std::uint64_t max_embedded_pixels = 300ULL * 512 * 512;
  std::size_t max_embedded_frames = 600;  // so do more frames than this
  std::size_t frames_per_file = 50;       // of such a page
};

/// One frame of it.
struct ClipPageFrame {
  std::string name;
  std::span<const std::uint8_t> jpeg;  // its grey, width x height
  int quality = 0;                     // of the JPEG, 1 to 100: told, since it is lossy
  MaskView labels;
};

/// One page that plays a clip with its masks, from file://, offline: slider, speed, keyboard,
/// objects that can be hidden, outline or fill, a contrast window, areas as curves, and what is odd
/// about them (track_warnings), each leading to its frame. Without scripts it shows the first frame
/// and says why nothing moves.
///
/// A short clip is one file: frames as JPEG, masks as runs. A long one is FILE.html and
/// FILE_files/: style, script, and frames-0000.js, … with some frames each, which the page loads as
/// scripts when they are asked for; a page from file:// may fetch no file, and would not be told
/// the pixels of an image. Frames are written as they come: memory is that of a short clip at most,
/// and of 16 bytes an object and frame.
///
/// Nothing stands at `path` before commit(), which puts all there; what is not committed is taken
/// away. Throws Error{input} with the system's words.
class ClipPageWriter {
 public:
  ClipPageWriter(std::string path, ClipPageOptions options);
  ~ClipPageWriter();
  ClipPageWriter(const ClipPageWriter&) = delete;
  ClipPageWriter& operator=(const ClipPageWriter&) = delete;

  /// A picture (JPEG) of the first frame with its objects drawn, for who runs no scripts.
  void set_poster(std::span<const std::uint8_t> jpeg);
  /// The next frame.
  void add(const ClipPageFrame& frame);
  /// What is odd about the clip, as the page tells it.
  std::vector<TrackWarning> warnings() const;
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A mask as the player reads it, before base64: for each run of an object, row by row, how many
/// pixels lie between the end of the last one and it (rows follow each other), how many it has, and
/// its label, which is left out where there is one object only. Numbers are of 7 bits a byte, the
/// lowest first, 128 added to all but the last. Labels that are not in `object_ids` are background.
std::string player_runs(const MaskLabels& labels, const std::vector<int>& object_ids);

}  // namespace angiobench
