// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/finding.h"
#include "dataset/masks/coco_records.h"
#include "dataset/masks/mask_source.h"
#include "dataset/progress.h"
#include "dataset/sequence_index.h"

namespace angiobench {

/// How run lengths are written.
enum class CocoCounts {
  compressed,  // as text
  plain,       // as a list of numbers
};

struct CocoExportOptions {
  CocoForm form = CocoForm::videos;
  CocoCounts counts = CocoCounts::compressed;
  /// Of a list of results: the json whose ids of videos or images it has, and whose frames; null:
  /// their names stand for ids ("v00", "v00/00000.png").
  const CocoRecords* names = nullptr;
  ProgressCallback progress;  // in frames
};

/// What was written.
struct CocoExport {
  std::uint64_t num_sequences = 0;
  std::uint64_t num_frames = 0;
  std::uint64_t num_masks = 0;        // of objects in frames
  std::uint64_t num_void_frames = 0;  // whose void pixels became background: COCO has none
};

/// Writes the masks of every annotated frame of an index as a COCO json, piece by piece to `write`:
/// an annotation an object (its id in "object_id"), or, where the task is no object's, a class. The
/// same masks give the same bytes. A list of results has a score of 1 for each. Where `masks` lacks
/// frames nothing is written: Error{inconclusive} names the first. Throws as MaskSource;
/// Error{input} for a sequence or frame that `names` does not have.
CocoExport export_coco(const SequenceIndex& index, const MaskSource& masks,
                       const CocoExportOptions& options,
                       const std::function<void(std::string_view)>& write);

}  // namespace angiobench
