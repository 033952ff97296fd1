// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/counting/frame_counter.h"
#include "evaluator/result.h"

namespace angiobench {

/// Which objects of a sequence are reported.
enum class ObjectSource {
  truth_scored,  // ids that occur in the truth of a frame that is scored (vos-benchmark)
  truth,         // ids that occur in the truth of any annotated frame
  first_frame,   // 1 … largest id of the first frame's truth: an id gap is a phantom object
                 // (davis2017)
  listed,        // the ids of `listed_ids`
  meta,          // the ids of the meta json (youtube-vos, mose-v2)
  proposals,  // ids of the first frame's truth, matched with predicted ids (davis2017-unsupervised)
};

/// Which frames count for an object, among those that are not dropped for the whole sequence.
enum class ObjectFrames {
  all,
  from_first_sight,   // from the first scored frame in which truth or prediction has it
                      // (vos-benchmark)
  after_first_truth,  // after the first annotated frame in which the truth has it (lvos)
  after_prompt,       // after the frame in which it is given to the method (strict)
  meta_after_first,   // the meta json's frames of the object but its first (youtube-vos)
  inside_own_range,   // all that were annotated for it but its first and last (sa-v)
};

/// A predicted id above the largest of the first frame.
enum class AboveMaximum { ignore, refuse };

/// A frame in which neither truth nor prediction has the object.
enum class BothEmpty {
  one,       // J = F = 1
  left_out,  // counted apart, in no mean (VOT's N)
};

/// What the headline is a mean over.
enum class AverageOver {
  objects,
  sequences,
  groups,  // objects of seen and of unseen categories apart; J&F is the mean of J_s, F_s, J_u, F_u
};

/// Which public code's decay is computed from 257 frames on.
enum class DecayRule {
  exact,           // DAVIS's bins
  bug_compatible,  // DAVIS's code casts bin ends to uint8: NaN or a wrong value from 257 frames on
};

/// A named, versioned set of scoring rules: a data file of schema "protocol-1"
/// (evaluator/schema/protocol-1.json).
struct Protocol {
  std::string name;
  int version = 1;
  std::string title;   // one sentence for people
  std::string source;  // where the rules come from

  bool drop_first_frame = false;  // of the annotated frames
  bool drop_last_frame = false;
  ObjectSource objects = ObjectSource::truth_scored;
  ObjectFrames object_frames = ObjectFrames::all;
  std::vector<int> listed_ids;
  int max_proposals = 20;
  AboveMaximum above_maximum = AboveMaximum::ignore;
  BothEmpty both_empty = BothEmpty::one;
  CountingRules counting;
  bool states_labels = false;    // false: labels are the benchmark's
  bool plus_one_region = false;  // J = (I + 1) / (U + 1), 1 where U = 0 (mose-v2)
  AverageOver average = AverageOver::objects;
  bool report_recall = false;
  bool report_decay = false;
  DecayRule decay = DecayRule::exact;
  bool missing_video_is_zero = false;  // mose-v2: a missing video scores 0 whatever --missing says
  // Further measures, each an entry of ObjectScore::extra.
  bool measure_tail = false;       // "J_tr": J over the last quarter of the frames (vost)
  bool measure_variation = false;  // "V": standard deviation over time of (J + F) / 2 (lvos)
  bool measure_segments = false;   // disappearance and reappearance (mose-v2); also "F_plain"
  bool measure_absence = false;    // VOT long-term's counts, "NRE", "DRE", "ADQ"
  bool measure_stability = false;  // "T": temporal stability of the prediction (davis2016)
  std::vector<std::string> stability_leaves_out;  // sequences that have no T, sorted
  double absence_threshold = 0;  // IoU above which a present object counts as found
  Display display = Display::percent;

  std::string rules;  // canonical JSON of the rules, without name, title and source
  std::string hash;   // "sha256:…" of `rules`
};

/// Names of the protocols that are built in, sorted.
std::vector<std::string> protocol_names();

/// The built-in protocol of this name, or, where it ends in ".json", the one in that file. Throws
/// Error{usage} for an unknown name (lists the known ones), Error{input} for a bad file (names the
/// field).
Protocol load_protocol(const std::string& name_or_file);

/// Parses the text of a protocol; `path` is used in messages.
Protocol parse_protocol(std::string_view text, const std::string& path);

/// What a result says about the protocol it was made with.
ProtocolStamp stamp_of(const Protocol& protocol);

}  // namespace angiobench
