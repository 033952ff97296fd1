// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/benchmark.h"
#include "evaluator/counting/frame_counter.h"
#include "evaluator/measures.h"
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
  proposals,     // objects (`proposals_of`) that are matched with predicted ids
};

/// Which frames count for an object, among those that are not dropped for the whole sequence.
enum class ObjectFrames {
  all,
  from_first_sight,   // from the first scored frame in which truth or prediction has it
                      // (vos-benchmark)
  after_first_truth,  // after the first annotated frame in which the truth has it (lvos)
  after_prompt,       // after the frame in which it is given to the method (strict)
  meta_after_first,   // the meta json's frames of the object but its first (youtube-vos)
  inside_own_range,   // all that were annotated for it but its first and last
  own_from_sight,     // of these, from the first in which truth or prediction has it (sa-v)
  range_after_first,  // every fifth from the start of the meta json's range to before its end, but
                      // the first of them (lvos)
  range,              // as above with the first (lvos-unsupervised-exact)
  range_with_end,  // as above, and J = F = 0 for each frame of the range that is not visited, its
                   // end (lvos-unsupervised)
  initialised,     // all; the first frame that shows it is the tracker's initialisation: up to it
                   // nothing counts as reported (vots)
  initialised_first,  // all; the initialisation is the sequence's first frame (vots-multi)
};

/// Which predicted ids are proposals.
enum class ProposalIds {
  up_to_largest,  // 1 … the largest; one that is absent is an empty proposal (DAVIS)
  present,        // those that occur (TrackEval)
};

/// What the assignment of proposals maximises the mean of.
enum class ProposalMatch { j_and_f, j };

/// What becomes of a proposal above the limit.
enum class ExtraProposals { refuse, ignore };

/// What a protocol's rules were held against.
struct Verification {
  std::string tool;                // "owner/name"; empty: from the text, no code to run
  std::string commit;              // of the tool; may be empty
  std::uint64_t figures = 0;       // numbers that were compared
  double greatest_difference = 0;  // of them, in the unit of the figures

  /// Whether a public tool's figures were reproduced: what "exactly" may be said of. Tools that add
  /// up in float32 are met within their own rounding only.
  bool is_exact() const { return !tool.empty() && greatest_difference <= 1e-12; }
};

/// A predicted id above the largest of the first frame.
enum class AboveMaximum { ignore, refuse };

/// A frame in which neither truth nor prediction has the object.
enum class BothEmpty {
  one,       // J = F = 1
  left_out,  // counted apart, in no mean (VOT's N)
};

/// Whose rules value an image of a binary task.
enum class BinaryVariant {
  exact,      // one rule for empty sides, nothing rounded on the way
  published,  // as the public code has it: each image rounded, NaN where it has NaN (DIAS)
};

/// The standard deviation that stands beside a mean over images.
enum class Spread {
  none,
  population,  // over the number of images (numpy.std's default)
  sample,      // over one less
};

/// What a protocol of another task than objects says.
struct TaskRules {
  double threshold = 0.5;  // binary: a pixel is predicted from this probability on
  BinaryVariant variant = BinaryVariant::exact;
  int rounding = -1;  // published: decimals of each image's values and of their mean; -1: not
  Spread spread = Spread::none;
  int background = -1;    // semantic: the class that foreground leaves out; -1: none
  std::vector<int> seen;  // semantic: classes of the training split, sorted; the others, but for
                          // the background, are unseen. Empty: there are no groups
  int void_label = -1;    // semantic: label of the truth that counts nowhere; -1: none
};

/// A named, versioned set of scoring rules: a data file of schema "protocol-1"
/// (evaluator/schema/protocol-1.json).
struct Protocol {
  std::string name;
  int version = 1;
  std::string title;   // one sentence for people
  std::string source;  // where the rules come from

  Task task = Task::objects;
  TaskRules task_rules;  // of the other tasks; what follows but for `both_empty`, `average` and
                         // what is reported is of objects alone
  bool drop_first_frame = false;  // of the annotated frames
  bool drop_last_frame = false;
  ObjectSource objects = ObjectSource::truth_scored;
  ObjectFrames object_frames = ObjectFrames::all;
  std::vector<int> listed_ids;
  int max_proposals = 20;
  ObjectSource proposals_of = ObjectSource::first_frame;  // what proposals are matched with
  ProposalIds proposal_ids = ProposalIds::up_to_largest;
  ProposalMatch proposal_match = ProposalMatch::j_and_f;
  ExtraProposals extra_proposals = ExtraProposals::refuse;
  int max_objects = 0;  // a sequence with an id above it is refused (visor); 0: any
  bool unsupervised_videos_only = false;  // where a list of them is there
  AboveMaximum above_maximum = AboveMaximum::ignore;
  BothEmpty both_empty = BothEmpty::one;
  CountingRules counting;
  bool states_labels = false;    // false: labels are the benchmark's
  bool plus_one_region = false;  // J = (I + 1) / (U + 1), 1 where U = 0 (mose-v2)
  AverageOver average = AverageOver::objects;
  DecayRule decay = DecayRule::exact;
  bool missing_video_is_zero = false;  // mose-v2: a missing video scores 0 whatever --missing says
  std::vector<Metric> measures;  // what is reported, in the order in which people read it; the
                                 // first one ranks
  /// Distance of pixel centres in mm; none: distances are in pixels.
  std::optional<Spacing> spacing;
  std::vector<std::string> stability_leaves_out;  // sequences that have no T, sorted
  double absence_threshold = 0;  // IoU above which a present object counts as found
  double recall_above = 0.5;     // recall is the share of frames above it
  int variance_decimals = -1;    // V's variance is rounded to so many decimals (lvos); -1: not
  Verification verified;
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

/// The protocol with further measures of pairs of masks: ids ("hd95", "nsd@2"), groups ("cldice",
/// "topology", …) or "vessel". Those that it has are no addition. Its rules say what was added, in
/// the table's order, so that its hash is another one, the same for every way of asking for the
/// same measures. A spacing is kept where one is given, else where the protocol has one. Throws
/// Error{usage} for a word that means no such measure, and where the protocol cannot have them.
Protocol with_measures(const Protocol& protocol, const std::vector<std::string>& words,
                       const std::optional<Spacing>& spacing);

/// Whether two results were made under the same rules, measures of pairs aside that only one of
/// them has: what both have is then the same number. Distances of two spacings are not.
bool share_rules(const ProtocolStamp& a, const ProtocolStamp& b);

/// The measures of pairs among a protocol's measures, in the table's order.
std::vector<const PairMeasure*> pair_measures_of(const Protocol& protocol);

/// What a protocol was verified against, for people: "exactly owner/name at 0123abc, 120 figures,
/// greatest difference 3e-16", "within float32 of owner/name …", or "from the text, no code to
/// run".
std::string verification_words(const Verification& verified);

/// What a result says about the protocol it was made with.
ProtocolStamp stamp_of(const Protocol& protocol);

/// The protocol that a result was made with, read from the rules in its stamp; nullopt where they
/// are no rules that this program knows.
std::optional<Protocol> protocol_of(const ProtocolStamp& stamp);

/// What the table says of each measure of a protocol, in its order.
std::vector<MetricDescriptor> describe_measures(const Protocol& protocol);

/// What the values of measures depend on.
MeasureRules measure_rules(const Protocol& protocol);

/// Whether a measure of the protocol, or one that it is made of, needs this of a frame.
bool needs(const Protocol& protocol, FrameData data);

/// What is kept of each object: the protocol's measures, and J and F whatever it lists; recall and
/// decay of each that has a value per frame. F is left out where its boundaries are not counted.
std::vector<Metric> kept_metrics(const Protocol& protocol);

/// The measures that have a value in every frame under the protocol's own counts: what rows of
/// frames, curves and strips show. J first, then the contour measure, then what else is listed.
struct FrameMeasures {
  std::vector<const Measure*> measures;
  MeasureRules rules;

  /// The value of a row: what entered the mean, 0 where the prediction is missing.
  double value(const Measure& measure, const FrameScore& row) const;
  /// The measure of the contour: F or Ḟ.
  const Measure& contour() const { return *measures.at(1); }
  const Measure& region() const { return *measures.at(0); }
};
FrameMeasures frame_measures(const Protocol& protocol);
/// Those of the protocol that a result was made with; J and F where its rules are not known.
FrameMeasures frame_measures(const ProtocolStamp& stamp);

/// The counting rules under which objects are counted a second time, for the boundaries that the
/// protocol's own rules do not match; nullopt where no measure asks.
std::optional<CountingRules> second_rules(const Protocol& protocol);

}  // namespace angiobench
