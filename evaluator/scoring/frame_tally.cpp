// SPDX-License-Identifier: MIT
#include "evaluator/scoring/frame_tally.h"

#include <algorithm>
#include <utility>

#include "evaluator/vessel/pair_packing.h"

namespace angiobench {

FrameRecord tally_frame(const CountingPlan& plan, const MaskLabels& truth,
                        const MaskLabels& prediction, FrameBuffers& tally) {
  FrameRecord record;
  record.read = FrameNeed::both;
  tally.counter.set_truth(truth, plan.rules);
  count_objects(plan, prediction, record, tally);
  count_object_pairs(plan, record, tally);
  return record;
}

FrameRecord without_prediction(const CountingPlan& plan, const FrameRecord& record) {
  FrameRecord alone;
  alone.read = FrameNeed::truth;
  alone.truth_ids = record.truth_ids;
  if (!plan.pair_needs || !plan.with_given) return alone;
  alone.width = record.width;
  alone.height = record.height;
  PairCounts counts;
  for (const ObjectPair& pair : record.object_pairs) {
    if (!std::ranges::binary_search(record.truth_ids, pair.id)) continue;
    unpack_pair(pair.counts, counts);
    alone.object_pairs.push_back({pair.id, pack_pair(without_prediction(counts))});
  }
  return alone;
}

void count_objects(const CountingPlan& plan, const MaskLabels& prediction, FrameRecord& record,
                   FrameBuffers& tally) {
  record.truth_ids = tally.counter.truth_ids();
  tally.counter.count_prediction(prediction, plan.rules, tally.counts);
  record.counts.assign(tally.counts.begin(), tally.counts.end());
  if (plan.second) {
    tally.counter.count_prediction(prediction, *plan.second, tally.counts);
    record.second_counts.assign(tally.counts.begin(), tally.counts.end());
  }
  if (plan.with_pairs) {
    std::vector<int> predicted;
    for (const ObjectCounts& object : record.counts) {
      if (object.counts.prediction > 0) predicted.push_back(object.id);
    }
    tally.counter.count_pairs(prediction, plan.rules, record.truth_ids, predicted, tally.pairs);
    record.predicted_ids = std::move(predicted);
    record.pairs.assign(tally.pairs.begin(), tally.pairs.end());
  }
}

void count_object_pairs(const CountingPlan& plan, FrameRecord& record, FrameBuffers& tally) {
  if (!plan.pair_needs) return;
  const LabelPlanes& truth = tally.counter.truth_planes();
  for (const ObjectCounts& object : record.counts) {
    // The void label's plane may stand under a predicted id: it is no truth.
    const bool is_true = std::ranges::binary_search(record.truth_ids, object.id);
    add_object_pair(plan, truth, is_true ? object.id : kBackgroundLabel,
                    tally.counter.prediction_planes(), object.id, object.id, record, tally);
  }
  note_mask_size(truth, record);
}

void count_unpredicted_pairs(const CountingPlan& plan, FrameRecord& record, FrameBuffers& tally) {
  const LabelPlanes& truth = tally.counter.truth_planes();
  tally.nothing.reset(truth.shape());
  for (const int id : record.truth_ids)
    add_object_pair(plan, truth, id, tally.nothing, id, id, record, tally);
  note_mask_size(truth, record);
}

void add_object_pair(const CountingPlan& plan, const LabelPlanes& truth, int truth_label,
                     const LabelPlanes& prediction, int prediction_label, int id,
                     FrameRecord& record, FrameBuffers& tally) {
  if (!tally.vessels) tally.vessels.emplace();
  tally.vessels->count(truth, truth_label, prediction, prediction_label, *plan.pair_needs,
                       plan.spacing, tally.pair);
  record.object_pairs.push_back({id, pack_pair(tally.pair)});
}

void note_mask_size(const LabelPlanes& planes, FrameRecord& record) {
  record.width = planes.shape().width;
  record.height = planes.shape().height;
}

}  // namespace angiobench
