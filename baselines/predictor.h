// SPDX-License-Identifier: MIT
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "baselines/known_labels.h"
#include "dataset/masks/mask.h"

namespace angiobench {

/// What is known of a clip before its first frame.
struct ClipInfo {
  std::string name;  // sequence name, for messages
  int width = 0;     // of the frames as they are stored (a predictor resizes and pads by itself)
  int height = 0;
  int num_frames = 0;  // 0: not known (a video stream)
  /// Every id that a prompt of this clip will give, ascending; empty: not known
  std::vector<int> object_ids;
};

/// Predicts the masks of one clip after another, frame by frame: frames are streamed, so memory is
/// the predictor's own. One clip at a time, from one thread; every clip starts with begin(), which
/// forgets the clip before.
class Predictor {
 public:
  virtual ~Predictor() = default;

  /// Starts a clip. Throws Error{input} where it cannot be predicted (e.g. larger than the
  /// predictor allows).
  virtual void begin(const ClipInfo& clip) = 0;

  /// Takes the next frame (8-bit R, G, B, the clip's size) and returns its labels in the clip's
  /// size, with the prompts' own ids. `prompt` is not null on an annotated frame: it holds the
  /// labels that are *new* there (0 elsewhere, all pixels 0 where no label is new: for a memory
  /// network such a frame is still an event); ids already given never come again. On a frame with a
  /// prompt the result is the prompt where it has labels, the prediction elsewhere. Frames before
  /// the first prompt give all background (and are not written by the runner). `last` marks the
  /// last frame: nothing needs to be remembered for a next one.
  virtual Mask step(const cv::Mat& rgb, const Mask* prompt, bool last) = 0;

  /// Takes the next frame in place of step(), where all that is seen in it is known: `labels` (the
  /// clip's size) are its result. Objects that they show are known from here on; those of before
  /// that they lack are empty here, and may be found again in later frames.
  virtual void take(const cv::Mat& rgb, const Mask& labels, Known how, bool last) = 0;

  /// One line for people and the manifest: name and options that change the result, e.g. "stcn
  /// top-k 20 memory-every 5".
  virtual std::string describe() const = 0;
};

}  // namespace angiobench
