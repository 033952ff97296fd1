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
  CocoForm form = CocoForm::videos;  // videos, images or burst
  CocoCounts counts = CocoCounts::compressed;
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
/// same masks give the same bytes. Where `masks` lacks frames nothing is written:
/// Error{inconclusive} names the first. Throws as MaskSource.
CocoExport export_coco(const SequenceIndex& index, const MaskSource& masks,
                       const CocoExportOptions& options,
                       const std::function<void(std::string_view)>& write);

}  // namespace angiobench
