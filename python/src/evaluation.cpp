// SPDX-License-Identifier: MIT
#include "python/src/evaluation.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/finding_codes.h"
#include "dataset/masks/label_digest.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/submission_limits.h"
#include "dataset/names.h"
#include "evaluator/scoring/frame_tally.h"
#include "evaluator/scoring/submission.h"
#include "evaluator/scoring/task_scorer.h"
#include "python/src/input_error.h"

namespace angiobench::python {
namespace {

constexpr std::string_view kStateMark = "angiobench evaluator 1\n";

// What a thread counts with.
struct Workspace {
  FrameBuffers buffers;
  std::vector<LabelRun> truth;
  std::vector<LabelRun> prediction;
};

Workspace& workspace() {
  thread_local Workspace own;
  return own;
}

std::string place_text(const MaskPair& pair) {
  return "prediction[" + pair.sequence + "][" + pair.frame + "]";
}

std::pair<int, int> size_of(const std::string& packed) {
  ByteReader in(packed);
  const auto width = static_cast<int>(in.number(4));
  return {width, static_cast<int>(in.number(4))};
}

// "00003, 00004, … (7 in all)"
std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kShown ? text + ", … (" + std::to_string(names.size()) + " in all)" : text;
}

void check_reads_labels(const BenchmarkDefinition& benchmark, const Protocol& protocol) {
  const bool is_counted = protocol.task == Task::objects || protocol.task == Task::semantic;
  const bool has_labels =
      benchmark.storage == MaskStorage::labels && benchmark.submission == MaskStorage::labels;
  if (is_counted && has_labels) return;
  throw Error::about(ErrorKind::usage, "dataset",
                     "is " + benchmark.name + ", whose masks are " +
                         std::string(storage_name(benchmark.storage)) + " and whose task is " +
                         std::string(task_name(protocol.task)),
                     "label maps of objects or classes here; score() takes the others");
}

}  // namespace

Evaluation::Evaluation(const EvaluationSettings& settings) : settings_(settings) {
  SubmissionRequest request;
  request.dataset = settings.dataset;
  request.protocol = settings.protocol;
  request.protocol_text = settings.protocol_text;
  request.measures = settings.measures;
  request.spacing = settings.spacing;
  request.ground_truth = settings.ground_truth;
  request.meta_file = settings.meta_file;
  if (settings.ground_truth.empty() && !settings.meta_file.empty()) {
    throw Error::about(ErrorKind::usage, "meta", "is given without a ground truth",
                       "ground_truth, the data set's root, beside it");
  }
  Protocol stated;
  if (settings.ground_truth.empty()) {
    const OpenRules rules = open_rules(request);
    benchmark_ = rules.benchmark;
    stated = rules.protocol;
  } else {
    OpenTruth truth = open_truth(request);
    benchmark_ = truth.index.benchmark;
    stated = std::move(truth.protocol);
    known_ = std::move(truth.index);
  }
  check_reads_labels(benchmark_, stated);
  protocol_ = with_labels_of(benchmark_, stated);
  plan_ = counting_plan(protocol_);
  // Digests of arrays are never those of the released files.
  benchmark_.digest.clear();
  benchmark_.scored_digest.clear();
  if (known_) known_->benchmark = benchmark_;
}

void Evaluation::check_place(const MaskPair& pair) const {
  if (pair.sequence.empty() || pair.frame.empty())
    throw InputError("unknown-frame", place_text(pair), "has no name", "a sequence and a frame");
  std::vector<std::string> names = benchmark_.sequences;
  if (known_) {
    names.clear();
    for (const Sequence& sequence : known_->sequences) names.push_back(sequence.name);
  }
  if (names.empty()) return;
  const auto found = std::ranges::find(names, pair.sequence);
  if (found == names.end()) {
    const std::vector<std::string> near = nearest_names(names, pair.sequence);
    throw InputError("unknown-sequence", "sequence",
                     "is '" + pair.sequence + "', which " + benchmark_.name + " does not have",
                     near.empty() ? "one of " + list_of(names) : list_of_words(near, "'"));
  }
  if (!known_) return;
  const Sequence& sequence = known_->sequences[static_cast<std::size_t>(found - names.begin())];
  if (sequence.frames.find(pair.frame)) return;
  throw InputError("unknown-frame", "frame",
                   "is '" + pair.frame + "', which is not annotated in " + pair.sequence,
                   sequence.frames.empty()
                       ? std::string("an annotated frame")
                       : "one of its " + std::to_string(sequence.frames.size()) + " frames from " +
                             std::string(sequence.frames[0]) + " on");
}

void Evaluation::check_size(const MaskPair& pair) const {
  const bool is_other_size = (benchmark_.width > 0 && pair.truth.width != benchmark_.width) ||
                             (benchmark_.height > 0 && pair.truth.height != benchmark_.height);
  if (is_other_size) {
    throw InputError(
        "array-shape", place_text(pair), "is " + size_text(pair.truth.width, pair.truth.height),
        size_text(benchmark_.width, benchmark_.height) + ", the size of " + benchmark_.name);
  }
  if (pair.truth.width == pair.prediction.width && pair.truth.height == pair.prediction.height)
    return;
  throw InputError("array-shape", place_text(pair),
                   "is " + size_text(pair.prediction.width, pair.prediction.height),
                   size_text(pair.truth.width, pair.truth.height) + ", the truth's size");
}

std::string Evaluation::count(const MaskPair& pair) const {
  CountedPair counted;
  counted.width = pair.truth.width;
  counted.height = pair.truth.height;
  if (protocol_.task == Task::semantic) {
    // One image of a data set that has no other.
    const auto arrays = [&](const MaskView& view) {
      return MaskArrays{
          {pair.sequence, {{pair.frame, view.data, view.width, view.height, view.stride}}}};
    };
    const SequenceIndex index = index_arrays(arrays(pair.truth), benchmark_);
    const auto predictions =
        array_masks(arrays(pair.prediction), benchmark_, MaskRole::prediction, "prediction");
    ScoreOptions options;
    options.jobs = 1;
    MissingFrames missing;
    missing.frames.resize(1);
    missing.whole_sequence.resize(1);
    SemanticOutcome outcome = score_semantic(index, *predictions, num_classes_of(benchmark_),
                                             missing, stills_options(protocol_, options));
    if (!outcome.failures.empty()) throw Error(outcome.failures.front());
    counted.truth_digest = outcome.images.front().place.truth_digest;
    counted.prediction_digest = outcome.images.front().place.prediction_digest;
    counted.matrix = std::move(outcome.total);
    return pack_counts(counted);
  }
  Workspace& own = workspace();
  const MaskLabels truth = runs_of(pair.truth, own.truth);
  const MaskLabels prediction = runs_of(pair.prediction, own.prediction);
  counted.truth_digest = label_digest(truth);
  counted.prediction_digest = label_digest(prediction);
  counted.record = tally_frame(plan_, truth, prediction, own.buffers);
  const auto num_predicted = std::ranges::count_if(
      counted.record.counts,
      [](const ObjectCounts& object) { return object.counts.prediction > 0; });
  check_num_ids(static_cast<std::size_t>(num_predicted), settings_.max_ids, IdScope::mask,
                place_text(pair));
  return pack_counts(counted);
}

void Evaluation::add(const std::vector<MaskPair>& pairs) {
  std::vector<std::string> counted;
  for (const MaskPair& pair : pairs) {
    check_place(pair);
    check_size(pair);
    counted.push_back(count(pair));
  }
  const std::lock_guard lock(mutex_);
  std::map<std::string, Frames> added;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const MaskPair& pair = pairs[i];
    const auto there = frames_.find(pair.sequence);
    Frames& frames = added[pair.sequence];
    if (frames.contains(pair.frame) ||
        (there != frames_.end() && there->second.contains(pair.frame))) {
      throw InputError("frame-twice", place_text(pair), "was added before", "each frame once");
    }
    const Frames* const others = !frames.empty()          ? &frames
                                 : there != frames_.end() ? &there->second
                                                          : nullptr;
    const std::pair size(pair.truth.width, pair.truth.height);
    if (others != nullptr && !others->empty() && size_of(others->begin()->second) != size) {
      const auto [width, height] = size_of(others->begin()->second);
      throw InputError(
          "array-shape", place_text(pair), "is " + size_text(pair.truth.width, pair.truth.height),
          size_text(width, height) + ", as the frames of " + pair.sequence + " before");
    }
    frames.emplace(pair.frame, std::move(counted[i]));
  }
  for (auto& [sequence, frames] : added) frames_[sequence].merge(frames);
}

void Evaluation::merge(const Evaluation& other) {
  if (other.rules_stamp() != rules_stamp()) {
    throw Error(
        ErrorKind::usage, "the Evaluator to merge",
        "counts by other rules (" + other.protocol_.name + " of " + other.benchmark_.name + ")",
        protocol_.name + " of " + benchmark_.name + " with the same options");
  }
  std::map<std::string, Frames> theirs;
  {
    const std::lock_guard lock(other.mutex_);
    theirs = other.frames_;
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [sequence, frames] : theirs) {
    const auto own = frames_.find(sequence);
    if (own == frames_.end()) continue;
    for (const auto& [frame, counts] : frames) {
      const auto found = own->second.find(frame);
      if (found == own->second.end() || found->second == counts) continue;
      throw InputError("frame-twice", "prediction[" + sequence + "][" + frame + "]",
                       "has other masks in the Evaluator to merge", "the same masks, or none");
    }
  }
  for (auto& [sequence, frames] : theirs) frames_[sequence].merge(frames);
}

std::size_t Evaluation::num_frames() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [sequence, frames] : frames_) count += frames.size();
  return count;
}

std::size_t Evaluation::num_sequences() const {
  const std::lock_guard lock(mutex_);
  return frames_.size();
}

void Evaluation::clear() {
  const std::lock_guard lock(mutex_);
  frames_.clear();
}

// What there is to score where nobody said: what was added.
SequenceIndex Evaluation::index_of_added() const {
  SequenceIndex index = index_arrays({}, benchmark_);
  std::vector<std::string> absent = benchmark_.sequences;
  for (const auto& [name, frames] : frames_) {
    Sequence& sequence = index.sequences.emplace_back();
    sequence.name = name;
    for (const auto& [frame, counts] : frames) sequence.frames.append(frame);
    std::erase(absent, name);
  }
  if (!absent.empty() && absent.size() < benchmark_.sequences.size()) {
    index.findings.push_back(make_finding(
        "D017", {},
        std::to_string(absent.size()) + " of the " + std::to_string(benchmark_.sequences.size()) +
            " sequences of " + benchmark_.name + " were not added: " + list_of(absent)));
  }
  return index;
}

namespace {

// The frames of an index whose predictions are needed and were not added.
MissingFrames missing_of(const SequenceIndex& index, const Protocol& protocol,
                         const std::function<bool(const std::string&, std::string_view)>& has) {
  MissingFrames missing;
  for (const Sequence& sequence : index.sequences) {
    std::vector<std::uint32_t>& absent = missing.frames.emplace_back();
    std::vector<std::string> names;
    bool has_any = false;
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
      const bool is_there = has(sequence.name, sequence.frames[i]);
      has_any = has_any || is_there;
      if (is_there || frame_need(protocol, sequence, i) != FrameNeed::both) continue;
      absent.push_back(static_cast<std::uint32_t>(i));
      names.emplace_back(sequence.frames[i]);
    }
    missing.whole_sequence.push_back(!absent.empty() && !has_any);
    if (absent.empty()) continue;
    const FindingPlace place{"prediction[" + sequence.name + "]", sequence.name};
    missing.findings.push_back(has_any
                                   ? make_finding("S001", place,
                                                  std::to_string(absent.size()) + " of " +
                                                      std::to_string(sequence.frames.size()) +
                                                      " frames were not added: " + list_of(names))
                                   : make_finding("S002", place,
                                                  "the sequence was not added; expected " +
                                                      std::to_string(absent.size()) +
                                                      (absent.size() == 1 ? " mask" : " masks")));
  }
  return missing;
}

std::shared_ptr<const MaskSource> named_predictions(const BenchmarkDefinition& benchmark) {
  return array_masks({}, benchmark, MaskRole::prediction, "prediction");
}

ScoreOptions result_options(int max_ids) {
  ScoreOptions options;
  options.jobs = 1;
  options.missing = MissingPolicy::skip;
  options.rows = FrameRows::keep;
  options.max_ids = max_ids;
  return options;
}

Result checked(ScoreOutcome&& outcome) {
  if (!outcome.failures.empty()) throw Error(outcome.failures.front());
  return std::move(outcome.result);
}

// A digest of a sequence as counting_pass has it.
void add_digest(Sha256Stream& stream, std::string_view frame, const Sha256& digest) {
  stream.update(frame);
  stream.update(std::string_view("\0", 1));
  stream.update(digest);
}

}  // namespace

const std::string* Evaluation::find(const std::string& sequence, std::string_view frame) const {
  const auto frames = frames_.find(sequence);
  if (frames == frames_.end()) return nullptr;
  const auto found = frames->second.find(frame);
  return found == frames->second.end() ? nullptr : &found->second;
}

// The record of a frame that nobody added, but whose truth says which objects there are.
FrameRecord Evaluation::truth_alone(const SequenceIndex& index, const Sequence& sequence,
                                    std::string_view frame, Sha256& digest) const {
  if (!known_) return {};
  MaskBuffers buffers;
  const MaskLabels truth = index.masks->read_runs(sequence, frame, {}, buffers, digest);
  digest = label_digest(truth);
  const MaskLabels nothing(truth.width, truth.height, {});
  return without_prediction(plan_, tally_frame(plan_, truth, nothing, workspace().buffers));
}

// What counting_pass hands over of a sequence.
SequenceCounts Evaluation::counts_of(const SequenceIndex& index, std::size_t position) const {
  const Sequence& sequence = index.sequences[position];
  SequenceCounts counts;
  counts.sequence = position;
  CountTable& table = counts.tables.emplace_back(sequence.frames.size());
  Sha256Stream truth;
  Sha256Stream prediction;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const FrameNeed need = frame_need(protocol_, sequence, i);
    const std::string_view frame = sequence.frames[i];
    const std::string* const packed = find(sequence.name, frame);
    if (need == FrameNeed::none || (packed == nullptr && need == FrameNeed::both)) continue;
    if (packed == nullptr) {
      Sha256 digest{};
      table[i] = truth_alone(index, sequence, frame, digest);
      add_digest(truth, frame, digest);
      continue;
    }
    CountedPair pair = unpack_counts(*packed);
    add_digest(truth, frame, pair.truth_digest);
    if (need == FrameNeed::both) {
      add_digest(prediction, frame, pair.prediction_digest);
      table[i] = std::move(pair.record);
    } else {
      table[i] = without_prediction(plan_, pair.record);
    }
  }
  counts.truth_digest = truth.finish();
  counts.prediction_digest = prediction.finish();
  return counts;
}

Result Evaluation::score_objects(const SequenceIndex& index) const {
  const MissingFrames missing =
      missing_of(index, protocol_, [this](const std::string& sequence, std::string_view frame) {
        return find(sequence, frame) != nullptr;
      });
  const auto hand_over = [&](const std::function<void(SequenceCounts &&)>& on_sequence) {
    for (std::size_t i = 0; i < index.sequences.size(); ++i) on_sequence(counts_of(index, i));
    return StageSeconds{};
  };
  return checked(score_counts(index, *named_predictions(benchmark_), protocol_, missing,
                              result_options(settings_.max_ids), hand_over));
}

Result Evaluation::score_classes(const SequenceIndex& index) const {
  MissingFrames missing;
  std::vector<StillCounts> images;
  for (std::size_t position = 0; position < index.sequences.size(); ++position) {
    const Sequence& sequence = index.sequences[position];
    const auto frames = frames_.find(sequence.name);
    std::vector<std::uint32_t>& absent = missing.frames.emplace_back();
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
      const bool is_there = frames != frames_.end() && frames->second.contains(sequence.frames[i]);
      if (!is_there) {
        absent.push_back(static_cast<std::uint32_t>(i));
        continue;
      }
      CountedPair pair = unpack_counts(frames->second.find(sequence.frames[i])->second);
      StillCounts& image = images.emplace_back();
      image.place = {position, i, false, pair.truth_digest, pair.prediction_digest};
      image.matrix = std::move(pair.matrix);
    }
    missing.whole_sequence.push_back(frames == frames_.end());
    if (absent.empty()) continue;
    missing.findings.push_back(make_finding(frames == frames_.end() ? "S002" : "S001",
                                            {"prediction[" + sequence.name + "]", sequence.name},
                                            std::to_string(absent.size()) + " of " +
                                                std::to_string(sequence.frames.size()) +
                                                " images were not added"));
  }
  const StillSource source = [&](const std::function<void(StillCounts &&)>& on_image) {
    for (StillCounts& image : images) on_image(std::move(image));
  };
  return checked(score_task(index, *named_predictions(benchmark_), protocol_, missing,
                            result_options(settings_.max_ids), &source));
}

Result Evaluation::result() const {
  const std::lock_guard lock(mutex_);
  if (frames_.empty()) {
    throw Error(ErrorKind::inconclusive, "the Evaluator", "holds no frame",
                "add() before result()");
  }
  const SequenceIndex index = known_ ? *known_ : index_of_added();
  return protocol_.task == Task::semantic ? score_classes(index) : score_objects(index);
}

std::string Evaluation::rules_stamp() const {
  std::string stamp = std::string(kMetricVersion) + "\n" + benchmark_.name + "\n" + protocol_.hash;
  for (const auto& map : {plan_.rules.truth_map, plan_.rules.prediction_map})
    stamp.append(map.begin(), map.end());
  return stamp + std::to_string(plan_.rules.void_label);
}

std::string Evaluation::state() const {
  const std::lock_guard lock(mutex_);
  ByteWriter out;
  out.raw(kStateMark);
  out.text(rules_stamp());
  out.number(frames_.size(), 4);
  for (const auto& [sequence, frames] : frames_) {
    out.text(sequence);
    out.number(frames.size(), 4);
    for (const auto& [frame, counts] : frames) {
      out.text(frame);
      out.text(counts);
    }
  }
  return out.take();
}

void Evaluation::restore(std::string_view bytes) {
  const auto refuse = [](const std::string& found, const std::string& expected) {
    throw Error(ErrorKind::input, "the state of an Evaluator", found, expected);
  };
  ByteReader in(bytes);
  if (in.raw(std::min(kStateMark.size(), bytes.size())) != kStateMark)
    refuse("is of another version", "one that this version of angiobench pickled");
  if (in.text() != rules_stamp())
    refuse("was counted by other rules", "those of " + protocol_.name + " as they are here");
  std::map<std::string, Frames> read;
  for (std::uint64_t i = in.number(4); i > 0; --i) {
    Frames& frames = read[std::string(in.text())];
    for (std::uint64_t k = in.number(4); k > 0; --k) {
      const std::string name(in.text());
      const std::string_view counts = in.text();
      unpack_counts(counts);  // refuses what is damaged
      frames.emplace(name, counts);
    }
  }
  if (!in.at_end()) refuse("has bytes at its end", "what pickle wrote of one");
  const std::lock_guard lock(mutex_);
  frames_ = std::move(read);
}

}  // namespace angiobench::python
