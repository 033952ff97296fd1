// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <opencv2/core/mat.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/masks/mask.h"
#include "dataset/synth/contact_sheet.h"

namespace angiobench {

/// Collects frames of a run for one picture: the middle and the last frame of the first clips,
/// grey, with the predicted objects outlined. Memory: two frames a clip shown.
class PredictionSheet {
 public:
  /// Clips beyond `max_clips` (1 or more) are not shown.
  explicit PredictionSheet(int max_clips) : max_clips_(max_clips) {}

  /// A predicted frame; `number` counts the clip's frames from 0, `num_frames` is 0 where it is not
  /// known: then only the last frame is shown.
  void offer(std::string_view clip, std::string_view frame, int number, int num_frames,
             const cv::Mat& rgb, const Mask& labels);
  bool empty() const { return clips_.empty(); }
  /// Two pictures a row, a row or half a one a clip. Throws Error{input}.
  void write(const std::string& path) const;

 private:
  int max_clips_;
  std::vector<std::string> clips_;  // in the order in which they came
  std::map<std::string, std::map<std::string, synth::SheetTile>> tiles_;  // by place
};

}  // namespace angiobench
