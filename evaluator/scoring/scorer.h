// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dataset/error.h"
#include "dataset/files/file_tree.h"
#include "dataset/finding.h"
#include "dataset/masks/mask_source.h"
#include "dataset/progress.h"
#include "dataset/sequence_index.h"
#include "evaluator/protocol.h"
#include "evaluator/result.h"
#include "evaluator/scoring/sequence_score.h"

namespace angiobench {

/// What becomes of frames and sequences that a submission does not have.
enum class MissingPolicy {
  error,  // nothing is scored
  zero,   // J = F = 0 for every object of the frame; the result says so
  skip,   // they leave the means; the result is not complete
};

/// Frames that a submission lacks, by position of the sequence in the index.
struct MissingFrames {
  /// For each sequence the positions of missing frames, sorted
  std::vector<std::vector<std::uint32_t>> frames;
  std::vector<bool> whole_sequence;  // the sequence has no folder at all
  /// Those of them that the protocol counts as 0, whatever becomes of missing frames (mose-v2);
  /// empty: none.
  std::vector<bool> counts_as_zero;
  /// S001 (frames) and S002 (sequences), errors; notes on extra sequences
  std::vector<Finding> findings;

  /// Whether a frame is missing that nothing accounts for.
  bool any() const;
  /// Whether the sequence is missing and counts as 0.
  bool is_zero(std::size_t sequence) const;
};

/// Looks which of the frames that a protocol needs a submission lacks. Lists folders, reads no
/// mask.
MissingFrames find_missing(const SequenceIndex& index, const MaskSource& predictions,
                           const Protocol& protocol);
MissingFrames find_missing(const SequenceIndex& index, const FileTree& predictions,
                           const Protocol& protocol);

/// One decoded frame, shown to ScoreOptions::on_frame from worker threads, in any order. Labels are
/// object ids.
struct FrameView {
  std::size_t sequence;  // position in the index
  std::size_t frame;     // position in Sequence::frames
  MaskLabels truth;
  MaskLabels prediction;
  std::span<const ObjectCounts> counts;
};

struct ScoreOptions {
  int jobs = 0;  // threads; 0: all cores. Does not change a byte of the result
  MissingPolicy missing = MissingPolicy::error;
  FrameRows rows = FrameRows::drop;  // keep: SequenceScore::frames for every sequence
  int max_ids = 64;                  // --max-ids: ids that a submission may use in one sequence
  /// --max-entry-size: bytes of a predicted mask's file; 0: entry_bytes_for_frame
  std::uint64_t max_mask_bytes = 0;
  bool timing = false;  // fill ScoreOutcome::seconds: reading the clock costs half a percent
  ProgressCallback progress;
  std::function<void(const FrameView&)> on_frame;
  /// The counts of each frame of labels, from worker threads, in any order: what on_frame says
  /// without the masks, which costs nothing.
  std::function<void(std::size_t sequence, std::size_t frame, std::span<const ObjectCounts>)>
      on_counts;
  /// Each sequence with its per-frame rows, in the index's order, from one thread at a time, as
  /// soon as it is complete; the rows are dropped afterwards unless `rows` keeps them. Lets a
  /// caller write a million frames without holding them.
  std::function<void(const SequenceScore&)> on_sequence;
  /// Called once when all is counted, with the positions of sequences whose counts look as if masks
  /// did not mean what was scored (ascending, possibly none); what it finds goes into the result.
  /// The validator's second_look is meant for it.
  std::function<std::vector<Finding>(std::span<const std::size_t>)> look_again;
};

/// Seconds of all threads by stage; all 0 unless ScoreOptions::timing asks for them.
struct StageSeconds {
  double read = 0;     // files into memory
  double hash = 0;     // digests
  double decode = 0;   // PNG to labels
  double count = 0;    // packing, regions, boundaries
  double pair = 0;     // skeletons, components, distances (protocols with measures of vessels)
  double outline = 0;  // outlines and their changes (protocols with T)
  double score = 0;    // counts to scores
};

struct ScoreOutcome {
  Result result;  // empty of scores where `failures` is not empty
  /// The first failure of each sequence that failed, in canonical order
  std::vector<Error> failures;
  StageSeconds seconds;
};

/// The protocol as it reads this benchmark's masks: where it states no labels of its own, the
/// benchmark's hold.
Protocol with_labels_of(const BenchmarkDefinition& benchmark, const Protocol& protocol);

/// Scores a submission under one protocol, whatever its task. `missing` is find_missing's answer
/// for the same arguments. Frames are decoded and counted in parallel, in order, each sequence is
/// reduced when its last frame is in: memory grows with the frames in flight, not with the data
/// set. The result is byte-identical for any number of threads. Throws Error{inconclusive} where
/// something is missing under MissingPolicy::error, and where not one frame was scored, whatever
/// the policy.
ScoreOutcome score(const SequenceIndex& index, const MaskSource& predictions,
                   const Protocol& protocol, const MissingFrames& missing,
                   const ScoreOptions& options = {});
ScoreOutcome score(const SequenceIndex& index, const FileTree& predictions,
                   const Protocol& protocol, const MissingFrames& missing,
                   const ScoreOptions& options = {});

/// Reads some frames of a submission once more and shows them to options.on_frame as score() would
/// have, but that nothing is counted (FrameView::counts is empty): for who learns from the counts
/// of all frames which ones to look at. `frames` are positions of a sequence and of a frame in it,
/// ascending, none of them missing. Objects that may overlap are not shown, as in score(). Throws
/// the first Error of a frame.
using FramePosition = std::pair<std::size_t, std::size_t>;
void show_frames(const SequenceIndex& index, const MaskSource& predictions,
                 const Protocol& protocol, std::span<const FramePosition> frames,
                 const ScoreOptions& options);

/// One decoding pass for several protocols: for each, its sequences' scores as `score` gives them.
struct MultiOutcome {
  std::vector<std::vector<SequenceScore>> sequences;  // by protocol
  std::vector<std::vector<Finding>> findings;         // by protocol
  std::vector<Error> failures;  // of decoding; a protocol's own refusal is a finding S006 of it
};
MultiOutcome score_protocols(const SequenceIndex& index, const MaskSource& predictions,
                             std::span<const Protocol> protocols, const MissingFrames& missing,
                             const ScoreOptions& options = {});
MultiOutcome score_protocols(const SequenceIndex& index, const FileTree& predictions,
                             std::span<const Protocol> protocols, const MissingFrames& missing,
                             const ScoreOptions& options = {});

}  // namespace angiobench
