// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/frame_order.h"
#include "dataset/masks/mask.h"
#include "dataset/sequence_index.h"
#include "evaluator/protocol.h"
#include "evaluator/result.h"
#include "evaluator/scoring/counting_pass.h"
#include "evaluator/scoring/submission.h"
#include "python/src/packed_record.h"

namespace angiobench::python {

/// "00003, 00004, … (7 in all)"
std::string list_of(const std::vector<std::string>& names);

/// What an Evaluation scores by.
struct EvaluationSettings {
  std::string dataset = "flat";  // a benchmark's name, or a definition file
  std::string protocol;          // name or file; empty: the benchmark's own
  std::string protocol_text;     // the JSON of one, in place of both
  std::vector<std::string> measures;
  std::optional<Spacing> spacing;
  int max_ids = 255;  // that a prediction may use in a sequence
};

/// A pair of masks that somebody has in memory.
struct MaskPair {
  std::string sequence;
  std::string frame;
  MaskView truth;
  MaskView prediction;
};

/// Scores masks as they come: each pair is counted at once and its masks are forgotten; what the
/// protocol makes of the counts is made of all of them, at result(). For objects under any protocol
/// that reads label maps, and for semantic classes. Of T contours are kept and compared at
/// result(), for it is of neighbouring frames, and which they are is known at the end.
///
/// All members may be called from several threads.
class Evaluation {
 public:
  /// Throws Error{usage} where the benchmark does not keep label maps or the protocol's task is of
  /// another kind.
  explicit Evaluation(const EvaluationSettings& settings);
  /// By what a data set's folder says there is: sequences, frames, objects and their groups.
  /// Without, what is added is all there is.
  Evaluation(const EvaluationSettings& settings, OpenTruth truth);

  const EvaluationSettings& settings() const { return settings_; }
  const Protocol& protocol() const { return protocol_; }
  const BenchmarkDefinition& benchmark() const { return benchmark_; }

  /// Counts pairs, all of them or, where one is refused, none. Throws InputError:
  /// "unknown-sequence" and "unknown-frame" for what the data set does not have, "frame-twice",
  /// "array-shape" for masks of two sizes, of another size than the sequence's or the benchmark's;
  /// Error{limit} for too many ids, Error{input} for labels that are no class.
  void add(const std::vector<MaskPair>& pairs);

  /// Adds what another one has counted under the same rules. Frames that both have are fine where
  /// they are the same masks. Throws InputError{"frame-twice"} where they are not and
  /// Error{usage} where the rules differ; nothing is changed then.
  void merge(const Evaluation& other);

  std::size_t num_frames() const;
  std::size_t num_sequences() const;
  void clear();

  /// The score of what was added, with rows of frames; what was not is left out, and the result is
  /// not complete then. Throws Error{inconclusive} where nothing can be scored.
  Result result() const;

  /// What was counted, in a canonical order: the same for any order of adding and merging.
  std::string state() const;
  /// Puts back what state() gave; before anything is added. Throws Error{input} where it is damaged
  /// or was made under other rules.
  void restore(std::string_view bytes);

 private:
  using Frames = std::map<std::string, std::string, FrameLess>;  // name -> pack_counts

  void take_rules(BenchmarkDefinition benchmark, const Protocol& stated);
  void check_place(const MaskPair& pair) const;
  void check_size(const MaskPair& pair) const;
  std::string count(const MaskPair& pair) const;
  bool has_outlines(const std::string& sequence) const;
  SequenceIndex index_of_added() const;
  const std::string* find(const std::string& sequence, std::string_view frame) const;
  CountedPair truth_alone(const SequenceIndex& index, const Sequence& sequence,
                          std::string_view frame) const;
  SequenceCounts counts_of(const SequenceIndex& index, std::size_t position) const;
  Result score_objects(const SequenceIndex& index) const;
  Result score_classes(const SequenceIndex& index) const;
  std::string rules_stamp() const;

  EvaluationSettings settings_;
  BenchmarkDefinition benchmark_;
  Protocol protocol_;  // with the benchmark's labels where it states none
  CountingPlan plan_;
  std::optional<SequenceIndex> known_;  // of the ground truth, where it was given
  mutable std::mutex mutex_;            // guards `frames_`
  std::map<std::string, Frames> frames_;
};

}  // namespace angiobench::python
