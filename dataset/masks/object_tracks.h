// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench {

/// An object in one frame.
struct ObjectSight {
  std::uint32_t area = 0;  // pixels; 0: it is not there
  float x = 0;             // mean of its pixels' places
  float y = 0;
  bool at_edge = false;  // one of its pixels lies at the picture's edge
};

/// One object over the frames of a clip.
struct ObjectTrack {
  int id = 0;
  std::vector<ObjectSight> sights;  // by frame
};

/// Follows the objects of a clip, frame by frame; 16 bytes an object and frame.
class ObjectTracks {
 public:
  /// `object_ids` 1 … 255; other labels are not looked at.
  explicit ObjectTracks(const std::vector<int>& object_ids);
  /// The next frame.
  void add(const MaskLabels& labels);
  const std::vector<ObjectTrack>& objects() const { return objects_; }

 private:
  std::vector<ObjectTrack> objects_;
  std::vector<int> place_of_;  // label -> position in objects_; -1: none
};

/// What a person should look at.
enum class TrackEvent {
  vanished,  // it is gone, and did not touch the picture's edge before
  left,      // it is gone, and did
  moved,     // its middle jumped
  resized,   // its area did
};

struct TrackWarning {
  std::size_t frame = 0;  // the first one in which it holds
  int object = 0;
  TrackEvent event = TrackEvent::vanished;
  std::string text;  // "vanished: 340 pixels in the frame before, none here"
};

/// What is odd about the objects of a clip, in the order of frames, then of ids. Said of a frame
/// and the one before it:
/// - vanished, left: pixels before and none here (and how many frames later it is back);
/// - moved: the middle moved by more than five times the object's median step, and by more than a
///   twentieth of the picture's diagonal;
/// - resized: the area changed by more than five times the object's median change, and by more than
///   half of its median area.
/// Medians are of this clip, over pairs of frames that both show the object. `width` and `height`
/// are the masks'.
std::vector<TrackWarning> track_warnings(const std::vector<ObjectTrack>& objects, int width,
                                         int height);

}  // namespace angiobench
