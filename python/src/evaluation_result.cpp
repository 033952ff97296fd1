// SPDX-License-Identifier: MIT
// What an Evaluation's counts come to. In _reports alone: a worker that counts needs none of it.
#include <functional>
#include <memory>
#include <utility>

#include "dataset/error.h"
#include "dataset/finding_codes.h"
#include "dataset/masks/label_digest.h"
#include "dataset/masks/mask_source.h"
#include "evaluator/counting/outline_shape.h"
#include "evaluator/counting/temporal_stability.h"
#include "evaluator/scoring/frame_tally.h"
#include "evaluator/scoring/task_scorer.h"
#include "python/src/evaluation.h"

namespace angiobench::python {
namespace {

FrameOutlines outlines_of(const ObjectContours& contours) {
  FrameOutlines outlines;
  for (const auto& [id, contour] : contours) outlines.emplace_back(id, shape_of_contour(contour));
  return outlines;
}

}  // namespace

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

// What a frame that nobody added, but whose truth says which objects there are, has of its own.
CountedPair Evaluation::truth_alone(const SequenceIndex& index, const Sequence& sequence,
                                    std::string_view frame) const {
  expects(known_.has_value(), "without a ground truth there are the frames that were added");
  CountedPair counted;
  MaskBuffers buffers;
  FrameBuffers tally;
  const MaskLabels truth =
      index.masks->read_runs(sequence, frame, {}, buffers, counted.truth_digest);
  counted.truth_digest = label_digest(truth);
  const MaskLabels nothing(truth.width, truth.height, {});
  counted.record = without_prediction(plan_, tally_frame(plan_, truth, nothing, tally));
  if (has_outlines(sequence.name)) {
    Mask storage;
    counted.truth_contours =
        contours_of(pixels_of(truth, storage), plan_.rules.truth_map, counted.record.truth_ids);
  }
  return counted;
}

// What counting_pass hands over of a sequence.
SequenceCounts Evaluation::counts_of(const SequenceIndex& index, std::size_t position) const {
  const Sequence& sequence = index.sequences[position];
  SequenceCounts counts;
  counts.sequence = position;
  CountTable& table = counts.tables.emplace_back(sequence.frames.size());
  Sha256Stream truth;
  Sha256Stream prediction;
  const bool is_followed = has_outlines(sequence.name);
  OutlineMatcher matcher;
  OutlineSequence outlines(is_followed ? table.size() : 0);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const FrameNeed need = frame_need(protocol_, sequence, i);
    const std::string_view frame = sequence.frames[i];
    const std::string* const packed = find(sequence.name, frame);
    if (need == FrameNeed::none || (packed == nullptr && need == FrameNeed::both)) continue;
    CountedPair pair =
        packed != nullptr ? unpack_counts(*packed) : truth_alone(index, sequence, frame);
    std::vector<OutlineChange> changes;
    if (is_followed && (i == 0 || need == FrameNeed::both)) {
      changes = outlines.add(
          i, outlines_of(i == 0 ? pair.truth_contours : pair.prediction_contours), matcher);
    }
    add_digest(truth, frame, pair.truth_digest);
    if (need == FrameNeed::both) {
      add_digest(prediction, frame, pair.prediction_digest);
      table[i] = std::move(pair.record);
    } else {
      table[i] =
          packed != nullptr ? without_prediction(plan_, pair.record) : std::move(pair.record);
    }
    // Frames come in order: all are changes from the one before to this one.
    for (const OutlineChange& change : changes)
      table[i].outline_changes.emplace_back(change.id, change.value);
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

}  // namespace angiobench::python
