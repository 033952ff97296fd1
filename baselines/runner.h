// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "baselines/first_masks.h"
#include "baselines/predictor.h"
#include "dataset/error.h"
#include "dataset/files/file_tree.h"
#include "dataset/media/frame_source.h"
#include "dataset/progress.h"
#include "dataset/sequence_index.h"

namespace angiobench {

/// One video to predict. Masks are read when their turn comes, so that memory does not grow with
/// the data set.
struct Clip {
  std::string name;                          // folder of its masks in the output
  std::shared_ptr<const ClipSource> frames;  // names known at once, the rest when asked for
  std::function<FirstMasks()> first_masks;
  std::string masks_place;             // what messages call the first masks
  std::vector<std::string> annotated;  // frames of which masks will be asked: each must be there
};

/// A clip that cannot be predicted, and why.
struct ClipFailure {
  std::string clip;
  Error error;
};

/// Every sequence of a benchmark. The frames are looked for in `images` (a folder that holds a
/// folder a sequence), or, where that is null, where the benchmark has them. A sequence without
/// frames, or with masks of frames that are not there, goes to `failures`; where that is null, the
/// first throws Error{input}, which names what was looked for.
std::vector<Clip> benchmark_clips(std::shared_ptr<const SequenceIndex> index,
                                  std::shared_ptr<const FileTree> images,
                                  const FrameReading& reading = {},
                                  const FirstMaskOptions& masks = {},
                                  std::vector<ClipFailure>* failures = nullptr);

/// A single clip: a folder or a zip of frames or a video file, and its first mask
/// (read_first_masks).
Clip single_clip(const std::string& frames, const std::string& first_mask, const std::string& name,
                 const FrameReading& reading = {}, const FirstMaskOptions& masks = {});

/// At which size masks are written.
enum class OutputSize {
  first_mask,  // frames are scaled to the first mask's
  frames,      // first masks are scaled to the frames'
};

/// What a run is about to do.
struct RunPlan {
  int clips = 0;                 // to be predicted
  std::uint64_t frames = 0;      // of them; of videos as many as they say
  double pixels = 0;             // frames x size of the masks, summed over clips
  double pixels_objects = 0;     // the same x objects
  std::uint64_t frame_size = 0;  // pixels of the largest
  int objects = 0;               // most of a clip
};

/// What a run is told.
struct RunOptions {
  std::string out;  // folder of the submission: <out>/<clip>/<frame>.png, SA-V's with a folder an
                    // object between
  /// What decides the result, name -> value; kept in <out>/manifest.json. Clips that were made with
  /// something else are made again.
  std::vector<std::pair<std::string, std::string>> settings;
  /// What made it (versions): written into the manifest, not compared.
  std::vector<std::pair<std::string, std::string>> versions;
  FirstMaskOptions masks;
  OutputSize size = OutputSize::first_mask;
  /// Of a single clip: the frame, by name or number, whose mask in `out` was mended: the masks up
  /// to it are kept, those after it predicted anew. Empty: everything is predicted
  std::string from;
  /// Unfinished folders of other machines are older where nobody works there
  double stale_hours = 24;
  ProgressCallback progress;  // frames; may be empty
  /// Told before the first frame: every clip that cannot be predicted (error), what was read of the
  /// others, and what is made again. May be empty.
  std::function<void(Severity severity, const std::string& clip, const std::string& text)> tell;
  /// Told after that; may throw to stop the run. May be empty.
  std::function<void(const RunPlan& plan)> before;
  /// Told of every predicted frame, in order: the clip, the frame's name, its number in the clip,
  /// the frame at the masks' size, its labels. May be empty.
  std::function<void(const Clip& clip, const std::string& frame, int number, const cv::Mat& rgb,
                     const Mask& labels)>
      on_frame;
};

/// What a run did.
struct RunSummary {
  int predicted = 0;                  // clips
  int skipped = 0;                    // clips that were finished before, or by another program
  std::uint64_t num_frames = 0;       // predicted
  double seconds = 0;                 // of the predicted frames, decoding and writing included
  std::vector<ClipFailure> failures;  // in the order in which they were told
};

/// Predicts every clip that `out` does not have yet, or has of other input (PredictionFolder), and
/// writes palette PNGs (the VOC colours). Frames are decoded one ahead; every frame of a clip gets
/// a mask, an empty one before the first prompt. All clips are looked at before the first is
/// predicted: prompts (check_first_masks), the ratio of the sides of frames and masks, frames that
/// are named and not there. What cannot be predicted is listed in the summary, and the others are
/// predicted; only mistakes of the command line and of ours are thrown.
///
/// With `from` the clip must be there, made of the same input and settings (KeptMasks has what else
/// is asked). Its masks up to that frame stay as they are, byte for byte, and count as right: those
/// of prompts and the mended one are remembered as prompts, the others where a predicted frame is.
/// A clip with mended masks is never made again by a run without `from`: what differs is an error.
RunSummary predict_clips(const std::vector<Clip>& clips, Predictor& predictor,
                         const RunOptions& options);

}  // namespace angiobench
