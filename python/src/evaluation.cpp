// SPDX-License-Identifier: MIT
#include "python/src/evaluation.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

#include "dataset/error.h"
#include "dataset/masks/label_digest.h"
#include "dataset/masks/submission_limits.h"
#include "dataset/names.h"
#include "evaluator/classes/confusion.h"
#include "evaluator/scoring/frame_tally.h"
#include "evaluator/scoring/stills_pass.h"
#include "evaluator/scoring/task_scorer.h"
#include "python/src/input_error.h"

namespace angiobench::python {
namespace {

// Rows first, as NumPy has them.
std::string shape_words(int width, int height) {
  return std::to_string(height) + " x " + std::to_string(width) + " (height x width)";
}

constexpr std::string_view kStateMark = "angiobench evaluator 2\n";

// What a thread counts with.
struct Workspace {
  FrameBuffers buffers;
  std::vector<LabelRun> truth;
  std::vector<LabelRun> prediction;
  ConfusionCounter classes;
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

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kShown ? text + ", … (" + std::to_string(names.size()) + " in all)" : text;
}

Evaluation::Evaluation(const EvaluationSettings& settings) : settings_(settings) {
  SubmissionRequest request;
  request.dataset = settings.dataset;
  request.protocol = settings.protocol;
  request.protocol_text = settings.protocol_text;
  request.measures = settings.measures;
  request.spacing = settings.spacing;
  OpenRules rules = open_rules(request);
  take_rules(std::move(rules.benchmark), rules.protocol);
}

Evaluation::Evaluation(const EvaluationSettings& settings, OpenTruth truth)
    : settings_(settings), known_(std::move(truth.index)) {
  take_rules(known_->benchmark, truth.protocol);
  known_->benchmark = benchmark_;
}

void Evaluation::take_rules(BenchmarkDefinition benchmark, const Protocol& stated) {
  benchmark_ = std::move(benchmark);
  check_reads_labels(benchmark_, stated);
  protocol_ = with_labels_of(benchmark_, stated);
  plan_ = counting_plan(protocol_);
  // Digests of arrays are never those of the released files.
  benchmark_.digest.clear();
  benchmark_.scored_digest.clear();
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
        "array-shape", place_text(pair), "is " + shape_words(pair.truth.width, pair.truth.height),
        shape_words(benchmark_.width, benchmark_.height) + ", the size of " + benchmark_.name);
  }
  if (plan_.with_outlines && std::max(pair.truth.width, pair.truth.height) > kMaxCorner) {
    throw Error(ErrorKind::limit, place_text(pair),
                "is " + shape_words(pair.truth.width, pair.truth.height),
                "at most " + std::to_string(kMaxCorner) + " a side where T is measured");
  }
  if (pair.truth.width == pair.prediction.width && pair.truth.height == pair.prediction.height)
    return;
  throw InputError("array-shape", place_text(pair),
                   "is " + shape_words(pair.prediction.width, pair.prediction.height),
                   shape_words(pair.truth.width, pair.truth.height) + ", the truth's size");
}

bool Evaluation::has_outlines(const std::string& sequence) const {
  return plan_.with_outlines && !std::ranges::binary_search(plan_.outlines_leave_out, sequence);
}

std::string Evaluation::count(const MaskPair& pair) const {
  CountedPair counted;
  counted.width = pair.truth.width;
  counted.height = pair.truth.height;
  Workspace& own = workspace();
  const MaskLabels truth = runs_of(pair.truth, own.truth);
  const MaskLabels prediction = runs_of(pair.prediction, own.prediction);
  counted.truth_digest = label_digest(truth);
  counted.prediction_digest = label_digest(prediction);
  if (protocol_.task == Task::semantic) {
    const ClassRules rules =
        class_rules(benchmark_, num_classes_of(benchmark_), protocol_.task_rules.void_label);
    const auto stray = own.classes.count(pair.truth, pair.prediction, rules, counted.matrix);
    if (stray) {
      throw stray_label(*stray,
                        (stray->in_prediction ? "prediction[" : "truth[") + pair.sequence + "][" +
                            pair.frame + "]",
                        rules, benchmark_);
    }
    return pack_counts(counted);
  }
  counted.record = tally_frame(plan_, truth, prediction, own.buffers);
  const auto num_predicted = std::ranges::count_if(
      counted.record.counts,
      [](const ObjectCounts& object) { return object.counts.prediction > 0; });
  check_num_ids(static_cast<std::size_t>(num_predicted), settings_.max_ids, IdScope::mask,
                place_text(pair));
  if (has_outlines(pair.sequence)) {
    // Which frame is the first is known at the end: its truth is what methods are given.
    counted.truth_contours =
        contours_of(pair.truth, plan_.rules.truth_map, counted.record.truth_ids);
    std::vector<int> predicted;
    for (const ObjectCounts& object : counted.record.counts) {
      if (object.counts.prediction > 0) predicted.push_back(object.id);
    }
    counted.prediction_contours =
        contours_of(pair.prediction, plan_.rules.prediction_map, predicted);
  }
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
          "array-shape", place_text(pair), "is " + shape_words(pair.truth.width, pair.truth.height),
          shape_words(width, height) + ", as the frames of " + pair.sequence + " before");
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
