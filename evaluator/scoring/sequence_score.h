// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "dataset/finding.h"
#include "dataset/sequence_index.h"
#include "evaluator/counting/frame_counter.h"
#include "evaluator/protocol.h"
#include "evaluator/result.h"

namespace angiobench {

/// What must be read of a frame.
enum class FrameNeed : std::uint8_t {
  none,
  truth,  // the ground truth alone, for its ids
  both,
};

/// The pair of masks of one object in one frame, packed (vessel/pair_packing.h).
struct ObjectPair {
  int id = 0;
  std::vector<std::uint8_t> counts;
};

/// What was counted in one annotated frame: everything that any protocol asks of it.
struct FrameRecord {
  FrameNeed read = FrameNeed::none;
  bool missing = false;        // the prediction is not there and counts as 0
  std::vector<int> truth_ids;  // ids of the truth; filled where it was read
  /// Objects of truth or prediction, by id, under the main counting rules
  std::vector<ObjectCounts> counts;
  // Where measures need boundaries of two radii: the same objects under the second rules.
  std::vector<ObjectCounts> second_counts;
  // Where proposals are matched: counts of every pair, truth_ids x predicted_ids, row by row.
  std::vector<int> predicted_ids;
  std::vector<FrameCounts> pairs;
  // Where measures of pairs are asked for: the masks' size, and of each object of truth or
  // prediction what was counted, by id. Where the prediction is missing it counts as empty.
  int width = 0;
  int height = 0;
  std::vector<ObjectPair> object_pairs;
  // Where measures need outlines: how much the outline of each object changed since the frame
  // before, by id; only objects that have one in both.
  std::vector<std::pair<int, double>> outline_changes;
};

/// The frames of one sequence, in the order of Sequence::frames.
using CountTable = std::vector<FrameRecord>;

/// Whether a measure of the protocol needs outlines of this sequence.
bool needs_outlines(const Protocol& protocol, const Sequence& sequence);

/// Whether a protocol gives a tracker what the truth shows in a frame: nothing counts as reported
/// up to it.
bool is_initialised(const Protocol& protocol);

/// What a protocol needs of the annotated frame at `position`.
FrameNeed frame_need(const Protocol& protocol, const Sequence& sequence, std::size_t position);

/// Whether the score keeps a row for every (frame, object).
enum class FrameRows { drop, keep };

/// The score of a sequence from its counts: a pure function, no file is read. Facts about the score
/// that a reader should know (an object's own prompt is credited, a phantom object, no frame to
/// score) are added to `findings`. Throws Error{input} where a rule of the protocol refuses the
/// masks (a predicted id above the first frame's largest).
SequenceScore score_sequence(const Protocol& protocol, const Sequence& sequence,
                             const CountTable& table, FrameRows rows,
                             std::vector<Finding>& findings);

/// The score of a video that is not there, where the protocol counts it as 0 (MOSEv2): 0 in every
/// measure of a frame for each of its objects.
SequenceScore missing_video_score(const Protocol& protocol, const Sequence& sequence);

/// davis2017-unsupervised: the table as if each proposal had the id of the object that it is
/// assigned to (the assignment with the largest mean of (J + F) / 2 over frames). Proposals that
/// are assigned to nothing are dropped. Throws Error{input} where a sequence has more than
/// protocol.max_proposals proposals.
CountTable match_proposals(const Protocol& protocol, const Sequence& sequence,
                           const CountTable& table);

/// The value of J of one frame under a protocol, in [0, 1].
double frame_j(const Protocol& protocol, const FrameCounts& counts);

/// The headline of some sequences: every aggregate that the protocol reports, in the order in which
/// people read them.
std::vector<Aggregate> aggregates_of(const Protocol& protocol,
                                     std::span<const SequenceScore> sequences);

}  // namespace angiobench
