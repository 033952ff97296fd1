// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "baselines/predictor.h"
#include "baselines/prompts.h"
#include "dataset/files/file_tree.h"
#include "dataset/media/frame_source.h"
#include "dataset/progress.h"
#include "dataset/sequence_index.h"

namespace angiobench {

/// One video to predict. What it takes is loaded when its turn comes, so that memory does not grow
/// with the data set.
struct Clip {
  std::string name;                                    // folder of its masks in the output
  int num_frames = 0;                                  // 0: not known
  std::function<std::unique_ptr<FrameSource>()> open;  // its frames, from the first
  std::function<Prompts()> prompts;
};

/// Every sequence of a benchmark. The frames are looked for in `images` (a folder that holds a
/// folder a sequence), or, where that is null, where the benchmark has them. Throws Error{input}
/// where a sequence has no frames, and names what was looked for.
std::vector<Clip> benchmark_clips(std::shared_ptr<const SequenceIndex> index,
                                  std::shared_ptr<const FileTree> images);

/// A single clip: a folder of frames or a video file, and its first mask (read_prompt_files).
Clip single_clip(const std::string& frames, const std::string& first_mask, const std::string& name);

/// What a run is told.
struct RunOptions {
  std::string out;  // folder of the submission: <out>/<clip>/<frame>.png, SA-V's with a folder an
                    // object between
  /// What decides the result, name -> value; kept in <out>/manifest.json. A run into a folder whose
  /// manifest says something else is refused, so that a submission is never a mixture.
  std::vector<std::pair<std::string, std::string>> settings;
  /// What made it (versions): written into the manifest, not compared.
  std::vector<std::pair<std::string, std::string>> versions;
  ProgressCallback progress;  // frames; may be empty
  /// Told of every predicted frame, in order: the clip, the frame's name, its number in the clip,
  /// the frame at the masks' size, its labels. May be empty.
  std::function<void(const Clip& clip, const std::string& frame, int number, const cv::Mat& rgb,
                     const Mask& labels)>
      on_frame;
};

/// What a run did.
struct RunSummary {
  int predicted = 0;             // clips
  int skipped = 0;               // clips that were finished before
  std::uint64_t num_frames = 0;  // predicted
  double seconds = 0;            // of the predicted frames, decoding and writing included
};

/// Predicts every clip that `out` does not have yet and writes palette PNGs (the VOC colours). A
/// clip is written into the folder <out>.partial and moved when it is whole, so nothing
/// half-written is ever in `out`. Frames are decoded one ahead; frames before the first prompt are
/// not written; frames of another size than the masks are resized to theirs. Throws Error{input}
/// with the clip's name where one cannot be predicted; what was finished stays.
RunSummary predict_clips(const std::vector<Clip>& clips, Predictor& predictor,
                         const RunOptions& options);

}  // namespace angiobench
