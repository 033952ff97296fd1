// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "dataset/files/digest.h"
#include "dataset/masks/mask_source.h"
#include "evaluator/scoring/scorer.h"
#include "evaluator/vessel/pair_counts.h"

namespace angiobench {

/// What one set of counting rules must see: protocols that agree on it share the counts.
struct CountingPlan {
  CountingRules rules;
  std::optional<CountingRules> second;  // also under these, which differ in the boundary alone
  bool with_pairs = false;              // also every pair of truth and predicted ids
  bool with_outlines = false;           // also how much outlines change from frame to frame
  std::optional<PairNeeds> pair_needs;  // also what measures of pairs are made of, by object
  Spacing spacing;                      // of their distances
  bool with_given = false;              // also in frames in which the truth alone is read
  std::vector<std::string> outlines_leave_out;  // sequences in which they are not looked at, sorted
  friend bool operator==(const CountingPlan&, const CountingPlan&) = default;
};

/// What the measures of a protocol need of a frame.
CountingPlan counting_plan(const Protocol& protocol);

/// Everything counted in one sequence.
struct SequenceCounts {
  std::size_t sequence = 0;        // position in the index
  std::vector<CountTable> tables;  // one for each plan
  Sha256 truth_digest{};           // over the files that were read, by frame name
  Sha256 prediction_digest{};
  std::optional<Error> failure;  // of the first frame that failed
  // Whether a validator should look at the sequence (PassOptions::looks_for_oddities): what was
  // counted might come from masks that do not mean what was scored.
  bool is_suspicious = false;
  // Whether a prediction has the label 255, which becomes background; known where oddities are
  // looked for.
  bool holds_void_label = false;
};

struct PassOptions {
  int jobs = 0;
  MissingPolicy missing = MissingPolicy::error;
  int max_ids = 64;
  std::uint64_t max_mask_bytes = 0;  // as ScoreOptions
  bool timing = false;               // as ScoreOptions
  /// Fill SequenceCounts::is_suspicious; of the first plan's counts
  bool looks_for_oddities = false;
  ProgressCallback progress;
  std::function<void(const FrameView&)> on_frame;
  std::function<void(std::size_t, std::size_t, std::span<const ObjectCounts>)> on_counts;
};

/// What of a scorer's options a pass is made with. Oddities are looked for where somebody will look
/// again.
PassOptions pass_options(const ScoreOptions& options);

/// Decodes every frame that is needed once and counts it under every plan. `needs[sequence][frame]`
/// says what is read. `on_sequence` gets the sequences in the index's order, from one thread at a
/// time.
StageSeconds counting_pass(
    const SequenceIndex& index, const MaskSource& predictions, std::span<const CountingPlan> plans,
    const std::function<FrameNeed(std::size_t sequence, std::size_t frame)>& need,
    const MissingFrames& missing, const PassOptions& options,
    const std::function<void(SequenceCounts&&)>& on_sequence);

/// Hands over the counts of every sequence of an index, in its order, each once: counting_pass, or
/// who reads them from where they were kept. Returns what it took.
using CountSource =
    std::function<StageSeconds(const std::function<void(SequenceCounts&&)>& on_sequence)>;

/// score() of counts that come from elsewhere, under a protocol of objects: what it would be of the
/// masks that were counted, to the last bit. `predictions` says what things are called, and no mask
/// of it is read; options.on_frame and on_counts are the source's.
ScoreOutcome score_counts(const SequenceIndex& index, const MaskSource& predictions,
                          const Protocol& protocol, const MissingFrames& missing,
                          const ScoreOptions& options, const CountSource& counts);

}  // namespace angiobench
