// SPDX-License-Identifier: MIT
#include "evaluator/scoring/scorer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "dataset/files/digest.h"
#include "dataset/finding_codes.h"
#include "dataset/masks/coco_tree.h"
#include "dataset/masks/submission_limits.h"
#include "dataset/parallel.h"
#include "evaluator/scoring/counting_pass.h"
#include "evaluator/scoring/explanation.h"
#include "evaluator/scoring/task_scorer.h"

namespace angiobench {
namespace {

// "00003, 00004, … (7 in all)"
std::string list_frames(const Sequence& sequence, const std::vector<std::uint32_t>& frames) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, frames.size()); ++i) {
    text += (i == 0 ? "" : ", ") + std::string(sequence.frames[frames[i]]);
  }
  return frames.size() > kShown ? text + ", … (" + std::to_string(frames.size()) + " in all)"
                                : text;
}

// Masks of some frames: one a frame, or one for each object that the truth has there.
std::size_t num_masks(const MaskSource& predictions, const Sequence& sequence,
                      const std::vector<std::uint32_t>& frames) {
  if (predictions.storage() != MaskStorage::objects) return frames.size();
  std::size_t count = 0;
  for (const std::uint32_t frame : frames) {
    for (const auto& [id, masks] : sequence.object_masks)
      count += masks.find(sequence.frames[frame]) ? 1 : 0;
  }
  return count;
}

// Pairs of a frame and an object that is judged in it, where the protocol has frames of its own for
// each object; else 0.
std::size_t num_judged(const Protocol& protocol, const Sequence& sequence,
                       const std::vector<std::uint32_t>& frames) {
  std::size_t count = 0;
  const auto add = [&](const Sequence& alone) {
    for (const std::uint32_t frame : frames)
      count += frame_need(protocol, alone, frame) == FrameNeed::both ? 1 : 0;
  };
  Sequence alone = sequence;  // with one object at a time
  if (protocol.object_frames == ObjectFrames::meta_after_first) {
    for (const auto& object : sequence.object_frames) {
      alone.object_frames = {object};
      add(alone);
    }
  } else if (protocol.object_frames == ObjectFrames::range_after_first ||
             protocol.object_frames == ObjectFrames::range ||
             protocol.object_frames == ObjectFrames::range_with_end) {
    for (const auto& object : sequence.object_ranges) {
      alone.object_ranges = {object};
      add(alone);
    }
  }
  return count;
}

// "4 of 6 frames are missing: 00001, …", or by frame and object where each object has a mask.
std::string missing_words(const MaskSource& predictions, const Protocol& protocol,
                          const Sequence& sequence, const std::vector<std::uint32_t>& absent) {
  if (predictions.storage() != MaskStorage::objects) {
    const std::size_t judged = num_judged(protocol, sequence, absent);
    return std::to_string(absent.size()) + " of " + std::to_string(sequence.frames.size()) +
           " frames are missing: " + list_frames(sequence, absent) +
           (judged == 0 ? "" : "; objects are judged in them " + std::to_string(judged) + " times");
  }
  std::map<int, std::vector<std::uint32_t>> by_object;
  std::size_t count = 0;
  std::size_t expected = 0;
  for (const auto& [id, masks] : sequence.object_masks) expected += masks.size();
  for (const std::uint32_t frame : absent) {
    for (const int id : predictions.missing_objects(sequence, sequence.frames[frame])) {
      by_object[id].push_back(frame);
      ++count;
    }
  }
  std::string text = std::to_string(count) + " of " + std::to_string(expected) +
                     (expected == 1 ? " mask is" : " masks are") + " missing: ";
  constexpr std::size_t kShown = 5;
  std::size_t shown = 0;
  for (const auto& [id, frames] : by_object) {
    if (shown++ == kShown) return text + "; …";
    text += (shown == 1 ? "object " : "; object ") + std::to_string(id) + " in " +
            list_frames(sequence, frames);
  }
  return text;
}

// Collects what `on_sequence` of a counting pass hands over into scores of one protocol.
SequenceScore reduce(const Protocol& protocol, const Sequence& sequence, const CountTable& table,
                     FrameRows rows, std::vector<Finding>& findings) {
  if (protocol.objects != ObjectSource::proposals)
    return score_sequence(protocol, sequence, table, rows, findings);
  return score_sequence(protocol, sequence, match_proposals(protocol, sequence, table), rows,
                        findings);
}

void check_ids(const CountTable& table, const Sequence& sequence, const MaskSource& predictions,
               int max_ids) {
  // Planes are as many as the data set has classes; ids are what a submission chose.
  if (predictions.storage() == MaskStorage::planes) return;
  std::set<int> ids;
  for (const FrameRecord& record : table) {
    for (const ObjectCounts& object : record.counts) {
      if (object.counts.prediction > 0) ids.insert(object.id);
    }
  }
  check_num_ids(ids.size(), max_ids, IdScope::sequence, predictions.display(sequence));
}

// Whether a protocol's own labels mean something else than the benchmark's. Whether void is
// honoured is a rule of scoring and no meaning.
bool reads_other_labels(const BenchmarkDefinition& benchmark, const Protocol& protocol) {
  if (!protocol.states_labels || !benchmark.labels.is_stated) return false;
  const auto differ = [&](std::array<std::uint8_t, 256> theirs,
                          std::array<std::uint8_t, 256> ours) {
    for (const int label : {protocol.counting.void_label, benchmark.labels.void_label}) {
      if (label < 0) continue;
      theirs[static_cast<std::size_t>(label)] = kBackgroundLabel;
      ours[static_cast<std::size_t>(label)] = kBackgroundLabel;
    }
    return theirs != ours;
  };
  return differ(protocol.counting.truth_map, benchmark.labels.truth_ids) ||
         differ(protocol.counting.prediction_map, benchmark.labels.prediction_ids);
}

// The public tools' decay is another number, or none, from 257 frames on.
void note_other_decay(const Protocol& protocol, Result& result) {
  const bool has_decay = std::ranges::any_of(
      protocol.measures, [](const Metric& metric) { return metric.id.ends_with("_decay"); });
  if (!has_decay || protocol.decay != DecayRule::exact || !protocol.verified.is_exact()) return;
  constexpr std::uint32_t kMaxFrames = 256;  // positions of frames in 8 bits
  std::size_t num_long = 0;
  std::string first;
  for (const SequenceScore& sequence : result.sequences) {
    const bool is_long = std::ranges::any_of(
        sequence.objects, [&](const ObjectScore& object) { return object.frames > kMaxFrames; });
    if (is_long && num_long++ == 0) first = sequence.name;
  }
  if (num_long == 0) return;
  result.findings.push_back(make_finding(
      "S030", {"", num_long == 1 ? first : ""},
      std::to_string(num_long) + (num_long == 1 ? " sequence has" : " sequences have") +
          " more than 256 scored frames (" + first + (num_long == 1 ? ")" : ", …)") + ": " +
          protocol.verified.tool + " prints another decay, or none"));
}

// Of a video that is not there and counts 0, nobody knows how much is lost of what.
void note_unknown_pairs(const Protocol& protocol, const MissingFrames& missing, Result& result) {
  const auto num_zero = std::ranges::count(missing.counts_as_zero, true);
  if (num_zero == 0 || !needs(protocol, FrameData::pair)) return;
  result.findings.push_back(
      make_finding("S031", {},
                   std::to_string(num_zero) +
                       (num_zero == 1 ? " missing video counts" : " missing videos count") +
                       " as 0 in fractions and in no mean of distances, lengths and components"));
}

// "v03/3, v07/2, …"
std::string list_places(const std::vector<std::string>& places) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, places.size()); ++i)
    text += (i == 0 ? "" : ", ") + places[i];
  return places.size() > kShown ? text + ", …" : text;
}

// DAVIS's code stops at a predicted 255, which is background here.
void note_stop_at_void(const Protocol& protocol, const std::vector<std::string>& sequences,
                       Result& result) {
  const bool stops = protocol.above_maximum == AboveMaximum::refuse && protocol.verified.is_exact();
  if (!stops || sequences.empty()) return;
  result.findings.push_back(
      make_finding("S018", {"", sequences.size() == 1 ? sequences.front() : ""},
                   "predictions of " + std::to_string(sequences.size()) +
                       (sequences.size() == 1 ? " sequence have" : " sequences have") +
                       " the label 255 (" + list_places(sequences) + "): background here; " +
                       protocol.verified.tool + " stops there"));
}

// Labels that look like void and were scored as objects.
void note_void_labels(Result& result) {
  std::vector<std::string> sequences;
  std::string words;
  for (const SequenceScore& sequence : result.sequences) {
    std::vector<int> ids;
    for (const ObjectScore& object : sequence.objects) ids.push_back(object.id);
    std::string own = void_label_words(ids);
    if (own.empty()) continue;
    if (words.empty()) words = std::move(own);
    sequences.push_back(sequence.name);
  }
  if (sequences.empty()) return;
  result.findings.push_back(make_finding(
      "D046", {"", sequences.size() == 1 ? sequences.front() : ""},
      words + (sequences.size() == 1 ? ""
                                     : " (" + std::to_string(sequences.size()) +
                                           " sequences: " + list_places(sequences) + ")")));
}

// Findings of a code become one line where they are several.
void fold(std::vector<Finding>& findings, std::string_view code, const std::string& words) {
  std::vector<std::string> places;
  for (const Finding& finding : findings) {
    if (finding.code == code)
      places.push_back(finding.sequence + "/" + std::to_string(finding.object));
  }
  if (places.size() < 2) return;
  const auto first = std::ranges::find(findings, code, &Finding::code);
  *first = make_finding(code, {},
                        std::to_string(places.size()) + " " + words + ": " + list_places(places));
  findings.erase(std::remove_if(std::next(first), findings.end(),
                                [&](const Finding& finding) { return finding.code == code; }),
                 findings.end());
}

// What the digest of the masks that a protocol reads must be for the released truth; empty where it
// is not known.
std::string released_digest(const SequenceIndex& index, const Protocol& protocol,
                            const std::function<FrameNeed(std::size_t, std::size_t)>& need) {
  const BenchmarkDefinition& benchmark = index.benchmark;
  if (protocol.name == benchmark.protocol && !benchmark.scored_digest.empty())
    return benchmark.scored_digest;
  for (std::size_t i = 0; i < index.sequences.size(); ++i) {
    for (std::size_t frame = 0; frame < index.sequences[i].frames.size(); ++frame) {
      if (need(i, frame) == FrameNeed::none) return {};
    }
  }
  return benchmark.digest;
}

// Tells where a whole official split has other masks than were released.
void check_release(const SequenceIndex& index, const Protocol& protocol,
                   const std::function<FrameNeed(std::size_t, std::size_t)>& need, Result& result) {
  if (!std::ranges::equal(index.benchmark.sequences, index.sequences, {}, {}, &Sequence::name))
    return;
  const std::string released = released_digest(index, protocol, need);
  if (released.empty() || result.dataset.digest == released) return;
  result.findings.push_back(
      make_finding("D018", {index.masks->display()},
                   "the digest is " + result.dataset.digest + "; released was " + released));
}

void refuse_missing(const MaskSource& predictions, const MissingFrames& missing,
                    MissingPolicy policy) {
  if (policy != MissingPolicy::error || !missing.any()) return;
  std::size_t count = 0;
  for (const auto& frames : missing.frames) count += frames.size();
  throw Error(ErrorKind::inconclusive, predictions.display(),
              std::to_string(count) + " predictions are missing",
              "every frame that is scored (--missing zero or skip goes on without)");
}

}  // namespace

bool MissingFrames::any() const {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (!frames[i].empty() && !is_zero(i)) return true;
  }
  return false;
}

bool MissingFrames::is_zero(std::size_t sequence) const {
  return !counts_as_zero.empty() && counts_as_zero[sequence];
}

MissingFrames find_missing(const SequenceIndex& index, const MaskSource& predictions,
                           const Protocol& protocol) {
  MissingFrames missing;
  missing.frames.resize(index.sequences.size());
  missing.whole_sequence.resize(index.sequences.size());
  const std::vector<std::string> names = predictions.names();
  const bool has_single_images = index.benchmark.has_single_images();
  std::size_t num_whole = 0;
  for (std::size_t i = 0; i < index.sequences.size(); ++i) {
    const Sequence& sequence = index.sequences[i];
    if (const std::optional<OddEntry> odd = predictions.odd_entry(sequence))
      throw Error(ErrorKind::input, odd->name, "is " + odd->kind, "a mask in a regular file");
    const std::vector<bool> present = predictions.present(sequence);
    std::vector<std::uint32_t>& absent = missing.frames[i];
    for (std::size_t frame = 0; frame < sequence.frames.size(); ++frame) {
      if (!present[frame] && frame_need(protocol, sequence, frame) == FrameNeed::both)
        absent.push_back(static_cast<std::uint32_t>(frame));
    }
    if (absent.empty()) continue;
    missing.whole_sequence[i] =
        has_single_images || !std::binary_search(names.begin(), names.end(), sequence.name);
    num_whole += missing.whole_sequence[i] ? 1 : 0;
    FindingPlace place{predictions.display(sequence), sequence.name};
    const std::string other = predictions.other_contents(sequence);
    const std::string found = other.empty() ? other : "; its folder " + other;
    if (missing.whole_sequence[i]) {
      const std::size_t count = num_masks(predictions, sequence, absent);
      missing.findings.push_back(make_finding("S002", std::move(place),
                                              "the sequence is missing; expected " +
                                                  std::to_string(count) +
                                                  (count == 1 ? " mask" : " masks") + found));
    } else {
      missing.findings.push_back(
          make_finding("S001", std::move(place),
                       missing_words(predictions, protocol, sequence, absent) + found));
    }
  }

  // A video that is missing counts 0 where the protocol says so; of a submission with none at all
  // nothing can be said.
  if (protocol.missing_video_is_zero && num_whole < index.sequences.size()) {
    missing.counts_as_zero = missing.whole_sequence;
    for (Finding& finding : missing.findings) {
      if (finding.code == "S002") finding = accepted_gap(finding);
    }
  }
  // Where nothing fits at all, the folder is probably not the one that holds the sequences.
  if (num_whole == index.sequences.size() && !missing.findings.empty()) {
    if (const std::string hint = predictions.hint_of_place(index); !hint.empty()) {
      missing.findings.insert(
          missing.findings.begin(),
          make_finding("S014", {predictions.display()}, "none of the sequences is here: " + hint));
    }
  }
  for (const std::string& name : names) {
    const bool is_known =
        std::any_of(index.sequences.begin(), index.sequences.end(),
                    [&](const Sequence& sequence) { return sequence.name == name; });
    if (is_known) continue;
    missing.findings.push_back(
        make_finding("S009", {predictions.display_name(name), name},
                     "is no sequence of " + index.benchmark.name + " and is ignored"));
  }
  return missing;
}

MissingFrames find_missing(const SequenceIndex& index, const FileTree& predictions,
                           const Protocol& protocol) {
  return find_missing(index, submission_masks(index.benchmark, predictions), protocol);
}

Protocol with_labels_of(const BenchmarkDefinition& benchmark, const Protocol& protocol) {
  Protocol result = protocol;
  if (protocol.states_labels || !benchmark.labels.is_stated) return result;
  result.counting.truth_map = benchmark.labels.truth_ids;
  result.counting.prediction_map = benchmark.labels.prediction_ids;
  return result;
}

ScoreOutcome score(const SequenceIndex& index, const FileTree& predictions,
                   const Protocol& protocol, const MissingFrames& missing,
                   const ScoreOptions& options) {
  ScoreOutcome outcome =
      score(index, submission_masks(index.benchmark, predictions), protocol, missing, options);
  std::ranges::move(found_in_masks(predictions), std::back_inserter(outcome.result.findings));
  return outcome;
}

ScoreOutcome score(const SequenceIndex& index, const MaskSource& predictions,
                   const Protocol& stated, const MissingFrames& missing,
                   const ScoreOptions& options) {
  refuse_missing(predictions, missing, options.missing);
  if (stated.task != Task::objects) return score_task(index, predictions, stated, missing, options);
  const Protocol protocol = with_labels_of(index.benchmark, stated);
  const CountingPlan plan = counting_plan(protocol);
  const auto need = [&](std::size_t sequence, std::size_t frame) {
    return frame_need(protocol, index.sequences[sequence], frame);
  };
  return score_counts(index, predictions, stated, missing, options, [&](const auto& on_sequence) {
    return counting_pass(index, predictions, std::span(&plan, 1), need, missing,
                         pass_options(options), on_sequence);
  });
}

ScoreOutcome score_counts(const SequenceIndex& index, const MaskSource& predictions,
                          const Protocol& stated, const MissingFrames& missing,
                          const ScoreOptions& options, const CountSource& counted) {
  expects(stated.task == Task::objects, "counts of sequences are of objects");
  refuse_missing(predictions, missing, options.missing);
  const Protocol protocol = with_labels_of(index.benchmark, stated);
  ScoreOutcome outcome;
  Result& result = outcome.result;
  result.protocol = stamp_of(protocol);
  result.metrics = describe_measures(protocol);
  result.spacing = protocol.spacing;
  result.dataset.name = index.benchmark.name;
  result.dataset.split = index.benchmark.split;
  result.findings = index.findings;
  if (reads_other_labels(index.benchmark, protocol)) {
    result.findings.push_back(make_finding("S015", {},
                                           "the protocol " + protocol.name +
                                               " reads other object ids from the masks than " +
                                               index.benchmark.name + " states"));
  }
  for (const Finding& finding : missing.findings) result.findings.push_back(accepted_gap(finding));
  Sha256Stream truth_digest;
  Sha256Stream prediction_digest;
  std::vector<std::size_t> suspicious;
  std::vector<std::string> with_void_label;  // sequences
  const bool wants_rows = options.rows == FrameRows::keep || options.on_sequence;
  const auto on_sequence = [&](SequenceCounts&& counts) {
    const auto start = std::chrono::steady_clock::now();
    const Sequence& sequence = index.sequences[counts.sequence];
    try {
      if (counts.failure) throw Error(*counts.failure);
      if (counts.is_suspicious) suspicious.push_back(counts.sequence);
      if (counts.holds_void_label) with_void_label.push_back(sequence.name);
      check_ids(counts.tables[0], sequence, predictions, options.max_ids);
      const bool is_zero = missing.is_zero(counts.sequence);
      SequenceScore scored =
          is_zero ? missing_video_score(protocol, sequence)
                  : reduce(protocol, sequence, counts.tables[0],
                           wants_rows ? FrameRows::keep : FrameRows::drop, result.findings);
      const bool lacks = !missing.frames[counts.sequence].empty();
      const bool is_left_out = lacks && !is_zero && options.missing == MissingPolicy::skip;
      scored.complete = !is_left_out;
      if (is_left_out && missing.whole_sequence[counts.sequence]) scored.objects.clear();
      if (options.on_sequence) options.on_sequence(scored);
      if (options.rows == FrameRows::drop) {
        // `= {}` would keep the capacity.
        scored.frames = std::vector<FrameScore>();
        scored.pairs = std::vector<PairScore>();
        scored.frame_names = std::vector<std::string>();
      }
      for (auto& [stream, digest] :
           {std::pair<Sha256Stream&, const Sha256&>{truth_digest, counts.truth_digest},
            std::pair<Sha256Stream&, const Sha256&>{prediction_digest, counts.prediction_digest}}) {
        stream.update(sequence.name);
        stream.update(std::string_view("\0", 1));
        stream.update(digest);
      }
      result.complete = result.complete && scored.complete;
      result.dataset.objects += scored.objects.size();
      result.dataset.frames_scored += scored.frames_scored;
      result.sequences.push_back(std::move(scored));
    } catch (const Error& error) {
      outcome.failures.push_back(error);
    }
    outcome.seconds.score +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const auto need = [&](std::size_t sequence, std::size_t frame) {
    return frame_need(protocol, index.sequences[sequence], frame);
  };
  const StageSeconds seconds = counted(on_sequence);
  const double score_seconds = outcome.seconds.score;
  outcome.seconds = seconds;
  outcome.seconds.score = score_seconds;
  if (!outcome.failures.empty()) {
    result.complete = false;
    result.sequences.clear();
    return outcome;
  }
  if (result.dataset.frames_scored == 0) {
    const Applicability fits = applicability(index, protocol);
    throw Error(ErrorKind::inconclusive, predictions.display(),
                "0 frames were scored: the protocol " + protocol.name +
                    (fits.applies ? " finds nothing to score in " +
                                        std::to_string(index.sequences.size()) + " sequences"
                                  : " " + fits.reason),
                "predictions for frames that it scores, and its objects in the ground truth");
  }
  result.dataset.sequences = index.sequences.size();
  result.dataset.digest = format_digest(truth_digest.finish());
  result.submission.digest = format_digest(prediction_digest.finish());
  result.aggregates = aggregates_of(protocol, result.sequences);
  note_other_decay(protocol, result);
  note_unknown_pairs(protocol, missing, result);
  note_stop_at_void(protocol, with_void_label, result);
  note_void_labels(result);
  fold(result.findings, "S004", "objects are given in frames that are scored as predictions");
  // Of what is missing the truth need not have been read.
  if (!missing.any()) check_release(index, protocol, need, result);
  for (const Aggregate& aggregate : result.aggregates) {
    if (aggregate.value) continue;
    result.findings.push_back(make_finding("S012", {},
                                           aggregate.metric.id + " (" +
                                               std::string(scope_name(aggregate.scope)) +
                                               ") has no value: no object has one"));
  }
  if (options.look_again) {
    std::ranges::move(options.look_again(suspicious), std::back_inserter(result.findings));
  }
  // An average over fewer sequences than the split has is not its score.
  const bool is_short = std::ranges::any_of(
      index.findings, [](const Finding& finding) { return finding.code == "D017"; });
  result.complete = result.complete && !is_short;
  return outcome;
}

void show_frames(const SequenceIndex& index, const MaskSource& predictions,
                 const Protocol& protocol, std::span<const FramePosition> frames,
                 const ScoreOptions& options) {
  if (frames.empty() || index.masks->has_planes()) return;
  const CountingRules rules = with_labels_of(index.benchmark, protocol).counting;
  struct Buffers {
    MaskBuffers truth;
    MaskBuffers prediction;
    MappedMask truth_ids;
    MappedMask prediction_ids;
  };
  const int workers = num_workers(options.jobs, frames.size());
  std::vector<Buffers> buffers(static_cast<std::size_t>(workers));
  parallel_for(frames.size(), workers, [&](int worker, std::size_t i) {
    Buffers& own = buffers[static_cast<std::size_t>(worker)];
    const auto [position, frame] = frames[i];
    const Sequence& sequence = index.sequences[position];
    ExpectedMask expected;
    expected.width = index.benchmark.width;
    expected.height = index.benchmark.height;
    Sha256 digest;
    const MaskLabels truth =
        index.masks->read_runs(sequence, sequence.frames[frame], expected, own.truth, digest);
    const MaskLabels prediction = predictions.read_runs(
        sequence, sequence.frames[frame], {truth.width, truth.height, options.max_mask_bytes, true},
        own.prediction, digest);
    options.on_frame({position,
                      frame,
                      mapped_labels(truth, rules.truth_map, own.truth_ids),
                      mapped_labels(prediction, rules.prediction_map, own.prediction_ids),
                      {}});
  });
}

MultiOutcome score_protocols(const SequenceIndex& index, const FileTree& predictions,
                             std::span<const Protocol> protocols, const MissingFrames& missing,
                             const ScoreOptions& options) {
  return score_protocols(index, submission_masks(index.benchmark, predictions), protocols, missing,
                         options);
}

MultiOutcome score_protocols(const SequenceIndex& index, const MaskSource& predictions,
                             std::span<const Protocol> stated, const MissingFrames& missing,
                             const ScoreOptions& options) {
  refuse_missing(predictions, missing, options.missing);
  std::vector<Protocol> protocols;
  for (const Protocol& protocol : stated)
    protocols.push_back(with_labels_of(index.benchmark, protocol));
  MultiOutcome outcome;
  outcome.sequences.resize(protocols.size());
  outcome.findings.resize(protocols.size());
  // Protocols that count alike share a plan.
  std::vector<CountingPlan> plans;
  std::vector<std::size_t> plan_of;
  for (const Protocol& protocol : protocols) {
    const CountingPlan plan = counting_plan(protocol);
    const auto found = std::find(plans.begin(), plans.end(), plan);
    plan_of.push_back(static_cast<std::size_t>(found - plans.begin()));
    if (found == plans.end()) plans.push_back(plan);
  }
  const auto need = [&](std::size_t sequence, std::size_t frame) {
    FrameNeed most = FrameNeed::none;
    for (const Protocol& protocol : protocols)
      most = std::max(most, frame_need(protocol, index.sequences[sequence], frame));
    return most;
  };
  const auto on_sequence = [&](SequenceCounts&& counts) {
    if (counts.failure) {
      outcome.failures.push_back(*counts.failure);
      return;
    }
    const Sequence& sequence = index.sequences[counts.sequence];
    for (std::size_t i = 0; i < protocols.size(); ++i) {
      try {
        const bool is_zero =
            protocols[i].missing_video_is_zero && missing.whole_sequence[counts.sequence];
        outcome.sequences[i].push_back(is_zero ? missing_video_score(protocols[i], sequence)
                                               : reduce(protocols[i], sequence,
                                                        counts.tables[plan_of[i]], options.rows,
                                                        outcome.findings[i]));
      } catch (const Error& error) {
        outcome.findings[i].push_back(
            make_finding("S006", {error.path(), sequence.name},
                         error.found() + "; expected " + error.expected()));
      }
    }
  };
  counting_pass(index, predictions, plans, need, missing, pass_options(options), on_sequence);
  return outcome;
}

}  // namespace angiobench
