// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "evaluator/counting/frame_counter.h"
#include "evaluator/counting/label_planes.h"
#include "evaluator/scoring/counting_pass.h"
#include "evaluator/scoring/sequence_score.h"
#include "evaluator/vessel/pair_counts.h"
#include "evaluator/vessel/vessel_counter.h"

namespace angiobench {

// What is counted of one frame of labels under a plan: by counting_pass of masks that it reads, by
// tally_frame of masks that a caller has in memory.

/// Buffers that are reused from frame to frame: one a thread.
struct FrameBuffers {
  FrameCounter counter;
  std::vector<ObjectCounts> counts;
  std::vector<FrameCounts> pairs;
  std::optional<VesselCounter> vessels;  // where a plan asks for pairs
  PairCounts pair;
  LabelPlanes nothing;  // a prediction that is not there
};

/// Counts a frame whose masks have one size: the record that counting_pass makes of it where both
/// masks are read, but for changes of outlines, which need the frame before.
FrameRecord tally_frame(const CountingPlan& plan, const MaskLabels& truth,
                        const MaskLabels& prediction, FrameBuffers& tally);

/// The record of the same frame where nobody reads its prediction and it is not missing: the ids of
/// the truth, and where a tracker is given what the truth shows (plan.with_given) its pairs.
FrameRecord without_prediction(const CountingPlan& plan, const FrameRecord& record);

// The steps, for who has taken in the truth (FrameBuffers::counter) and minds the clock.

/// Objects of both masks, under both rules of the plan, and all pairs of ids where it asks.
void count_objects(const CountingPlan& plan, const MaskLabels& prediction, FrameRecord& record,
                   FrameBuffers& tally);
/// What measures of pairs are made of, for every object that was counted; nothing where the plan
/// does not ask. Of the masks that were taken in last.
void count_object_pairs(const CountingPlan& plan, FrameRecord& record, FrameBuffers& tally);
/// The same of the truth's objects beside an empty prediction.
void count_unpredicted_pairs(const CountingPlan& plan, FrameRecord& record, FrameBuffers& tally);
/// One pair of planes; `id` is what the record calls it.
void add_object_pair(const CountingPlan& plan, const LabelPlanes& truth, int truth_label,
                     const LabelPlanes& prediction, int prediction_label, int id,
                     FrameRecord& record, FrameBuffers& tally);
/// The size of the masks, where measures of pairs need it.
void note_mask_size(const LabelPlanes& planes, FrameRecord& record);

}  // namespace angiobench
