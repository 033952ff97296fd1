// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "dataset/frame_order.h"
#include "dataset/masks/mask.h"
#include "dataset/sequence_index.h"

namespace angiobench {

/// Values that a label of 8 bits can have: 0 is background, 1 to 255 are objects.
inline constexpr int kNumLabels = 256;

/// What a predictor is told of a clip: at each annotated frame the labels that are new there.
struct Prompts {
  ByFrame<Mask> masks;          // frame name -> its new labels, all of one size
  std::vector<int> object_ids;  // every id that any of them gives, ascending
  /// Frames of `masks` which hold all that is seen there, repeated labels too: they correct what
  /// was predicted. Only of clips of one's own
  std::set<std::string> corrections;
  /// SA-V: id -> the folder of the object's own masks, in the truth and in a submission. Empty
  /// where a frame has one mask.
  std::map<int, std::string> object_folders;
};

/// Throws Error{inconclusive} for benchmarks of single images (DIAS, PAXRay): there is nothing to
/// be followed.
void check_has_prompts(const BenchmarkDefinition& benchmark);

/// The prompts of a benchmark's sequence:
/// - the frames that the first-mask json names (MOSXAV), with the ids that it states there, else
/// all labels;
/// - YouTube-VOS: the first frame of each object in meta.json; without meta.json every mask file;
/// - SA-V: each object at the first frame whose mask of it is not empty; the objects are numbered
/// from 1 in the order of their folders, and where new ones overlap the later one has the pixel;
/// - otherwise the first annotated frame whose mask shows an object.
/// A label that an earlier prompt gave is not given again. Labels become the ids that a submission
/// is scored with, as the benchmark states them: XACV's grey 127 and 255 are 1 (vessel) and 2
/// (catheter); 255 of DAVIS 2017 (void) is background. Throws Error{input} where a named mask is
/// missing, sizes differ, or there is no object at all, Error{inconclusive} for a layout without
/// videos.
Prompts read_prompts(const SequenceIndex& index, const Sequence& sequence);

}  // namespace angiobench
