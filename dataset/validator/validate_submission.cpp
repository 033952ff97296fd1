// SPDX-License-Identifier: MIT
#include "dataset/validator/validate_submission.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "dataset/files/digest.h"
#include "dataset/error.h"
#include "dataset/files/archive_name.h"
#include "dataset/sequence_index.h"
#include "dataset/masks/coco_tree.h"
#include "dataset/masks/submission_place.h"
#include "dataset/validator/annotation_reader.h"
#include "dataset/finding_codes.h"
#include "dataset/frame_order.h"
#include "dataset/validator/mask_facts.h"
#include "dataset/validator/sequence_tally.h"
#include "dataset/validator/sequence_walk.h"
#include "dataset/validator/submission_files.h"

namespace angiobench {
namespace {

// A shift is claimed where the neighbour's truth fits better in so many of the frames that can
// tell, and by so much.
constexpr double kShiftShare = 0.8;
constexpr double kShiftGain = 0.03;
constexpr std::size_t kShiftFrames = 3;

// What the values of a probability map say.
struct MapFacts {
  bool is_unscaled = false;  // 0 and 1 only
  // Mean probability over the truth and beside it; below 0: one of the two has no pixel, or the
  // truth is not known.
  double inside = -1;
  double outside = -1;
};

struct FrameRecord {
  Annotation prediction;
  int truth_width = 0;
  int truth_height = 0;
  std::uint64_t truth_identity = 0;
  bool truth_readable = false;
  std::vector<LabelArea> truth_labels;  // as on disk
  // Agreement of all foreground labels (intersection over union) with the truth of the frame
  // before, of this frame and of the next; -1: not known.
  std::array<double, 3> agreement = {-1, -1, -1};
  std::vector<IdOverlap> overlaps;  // of object ids, where the two differ
  MapFacts map;
};

struct Context {
  const SequenceIndex& index;
  const FileMaskSource& truth;
  const FileMaskSource& submission;
  const ValidationOptions& options;
  const SubmissionLimits& limits;
  std::vector<bool> has_thumbnail;
};

struct Worker {
  explicit Worker(const Context& context) : truth(context.truth), prediction(context.submission) {
    if (!context.index.benchmark.has_overlaps())
      void_label = context.index.benchmark.labels.void_label;
  }

  AnnotationReader truth;
  AnnotationReader prediction;
  int void_label = -1;
  // Of the frame before, this one and the next; empty where unreadable.
  std::array<LabelRuns, 3> truths;
  std::array<LabelRuns, 3> voids;  // as kept, where some label is void; else empty
  std::vector<LabelRun> judged;    // a prediction without the pixels that are void
};

struct SequenceWork {
  std::vector<bool> present;
  std::vector<bool> is_read;  // of each frame, whether the protocol reads its prediction
  SampledFrames sampled;
};

double agreement(const MaskLabels& prediction, const MaskLabels& truth) {
  if (truth.width != prediction.width || truth.height != prediction.height) return -1;
  std::uint64_t same = 0;
  std::uint64_t either = 0;
  for_each_pair(prediction.runs, truth.runs, [&](int, int begin, int end, int own, int other) {
    // As the scorer has it, label by label: a pixel of two labels is one of either.
    const auto pixels = static_cast<std::uint64_t>(end - begin);
    const bool is_same = own == other;
    same += is_same ? pixels : 0;
    either += ((own != 0 ? 1U : 0U) + (other != 0 ? 1U : 0U) - (is_same ? 1U : 0U)) * pixels;
  });
  return either == 0 ? 1 : static_cast<double>(same) / static_cast<double>(either);
}

MapFacts facts_of(const GreyMap& map, const MaskLabels& truth_runs) {
  MapFacts facts;
  facts.is_unscaled = is_without_scale(map);
  if (truth_runs.width != map.width || truth_runs.height != map.height) return facts;
  Mask truth;
  pixels_of(truth_runs, truth);
  std::array<std::uint64_t, 2> sums{};
  std::array<std::uint64_t, 2> pixels{};
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    const std::size_t side = truth.pixels()[i] != 0 ? 1 : 0;
    sums[side] += map.values[i];
    ++pixels[side];
  }
  if (pixels[0] == 0 || pixels[1] == 0) return facts;
  const auto mean = [&](std::size_t side) {
    const int most = facts.is_unscaled ? 1 : map.max_value;
    return static_cast<double>(sums[side]) / static_cast<double>(pixels[side]) / most;
  };
  facts.outside = mean(0);
  facts.inside = mean(1);
  return facts;
}

// Reads the truth at `position` into place `at` of the worker's three; what it says goes into
// `record` where one is given.
void read_truth(Worker& worker, const Sequence& sequence, std::size_t position, std::size_t at,
                FrameRecord* record) {
  const Annotation annotation = worker.truth.read(sequence, sequence.frames[position]);
  const bool is_read = annotation.trouble == Trouble::none;
  worker.truths[at] = is_read ? LabelRuns(worker.truth.ids()) : LabelRuns();
  worker.voids[at] =
      is_read && worker.void_label >= 0 ? LabelRuns(worker.truth.labels()) : LabelRuns();
  // The benchmark does not shrink in silence.
  if (annotation.trouble != Trouble::none)
    throw Error(ErrorKind::input, annotation.path, annotation.message,
                "a ground truth that can be read");
  if (record == nullptr) return;
  record->truth_readable = true;
  record->truth_identity = annotation.identity;
  record->truth_labels = annotation.facts.labels;
  record->truth_width = annotation.facts.width;
  record->truth_height = annotation.facts.height;
}

// A prediction where the truth of its frame is judged, as the scorer counts it.
MaskLabels without_void(Worker& worker, const MaskLabels& ids) {
  const MaskLabels nobodys = worker.voids[1].view();
  if (nobodys.width != ids.width || nobodys.height != ids.height) return ids;
  worker.judged.clear();
  for_each_pair(ids.runs, nobodys.runs, [&](int y, int begin, int end, int own, int kept) {
    if (own != kBackgroundLabel && kept != worker.void_label)
      worker.judged.push_back({y, begin, end, own});
  });
  return {ids.width, ids.height, worker.judged};
}

std::vector<FrameRecord> read_frames(const Context& context, Worker& worker, std::size_t at,
                                     std::size_t first, std::size_t last, SequenceWork& work) {
  const Sequence& sequence = context.index.sequences[at];
  const std::size_t count = sequence.frames.size();
  std::vector<FrameRecord> records(last - first);
  const auto record_at = [&](std::size_t position) {
    return position >= first && position < last ? &records[position - first] : nullptr;
  };
  const auto is_next = [&](std::size_t position) {
    return follows(sequence.frames[position - 1], sequence.frames[position]);
  };
  worker.truths[0] = LabelRuns();
  if (first > 0 && is_next(first)) read_truth(worker, sequence, first - 1, 0, nullptr);
  read_truth(worker, sequence, first, 1, record_at(first));
  for (std::size_t i = first; i < last; ++i) {
    FrameRecord& record = records[i - first];
    worker.truths[2] = LabelRuns();
    const bool has_next = i + 1 < count;
    if (has_next && (i + 1 < last || is_next(i + 1)))
      read_truth(worker, sequence, i + 1, 2, record_at(i + 1));
    const BenchmarkDefinition& benchmark = context.index.benchmark;
    ExpectedMask expected;
    expected.width = record.truth_readable ? record.truth_width : benchmark.width;
    expected.height = record.truth_readable ? record.truth_height : benchmark.height;
    expected.max_bytes = context.limits.max_mask_bytes;
    expected.is_from_stranger = true;
    if (benchmark.storage == MaskStorage::planes && record.truth_readable)
      expected.num_planes = static_cast<int>(record.truth_labels.size());
    record.prediction = worker.prediction.read(sequence, sequence.frames[i], expected);
    if (!work.present[i] && record.prediction.trouble == Trouble::none)
      record.prediction.trouble = Trouble::missing;
    const MaskLabels& ids = worker.prediction.ids();
    if (record.prediction.trouble == Trouble::none) {
      record.prediction.path.clear();
      const MaskLabels judged = without_void(worker, ids);
      record.agreement[1] = agreement(judged, worker.truths[1].view());
      if (benchmark.submission == MaskStorage::map)
        record.map = facts_of(worker.prediction.map(), worker.truths[1].view());
      if (!benchmark.has_overlaps()) record.overlaps = overlaps_of(ids, worker.truths[1].view());
      const auto is_compared = [&](std::size_t position) {
        return is_pair_compared(count, position) && is_next(position) && work.is_read[position] &&
               work.is_read[position - 1];
      };
      if (i > 0 && is_compared(i)) record.agreement[0] = agreement(judged, worker.truths[0].view());
      if (has_next && is_compared(i + 1))
        record.agreement[2] = agreement(judged, worker.truths[2].view());
      if (context.has_thumbnail[at])
        work.sampled.take(i, ids, sequence.frames[i], context.options.thumbnail_side);
    }
    std::swap(worker.truths[0], worker.truths[1]);
    std::swap(worker.truths[1], worker.truths[2]);
    std::swap(worker.voids[0], worker.voids[1]);
    std::swap(worker.voids[1], worker.voids[2]);
  }
  return records;
}

// What the sequences of a submission say together.
struct SequenceFlags {
  bool is_swapped = false;  // the predictions have values of a truth and the truth object ids
  bool is_lost = false;     // a single image without an object, where the truth has some
};

class SequenceCheck {
 public:
  SequenceCheck(const Context& context, const Sequence& sequence, SequenceWork& work,
                const std::vector<FrameRecord>& records, FindingCollector& findings)
      : context_(context),
        benchmark_(context.index.benchmark),
        sequence_(sequence),
        work_(work),
        records_(records),
        findings_(findings) {}

  SequenceStatistics run() {
    collect_truth();
    collect();
    check_objects();
    check_prompts();
    check_likeness();
    check_places();
    check_maps();
    work_.sampled.move_into(statistics_);
    return std::move(statistics_);
  }

  SequenceFlags flags() const { return {holds_truth_values_ && truth_holds_ids_, is_lost_}; }

 private:
  // Labels are classes, which no prompt gives and which any image may lack.
  bool has_classes() const { return benchmark_.task != Task::objects; }
  bool has_maps() const { return benchmark_.submission == MaskStorage::map; }
  bool has_labels() const { return !benchmark_.has_overlaps(); }

  int truth_id(const LabelArea& area) const {
    if (!has_labels()) return area.pixels > 0 ? area.label - 1 : -1;
    const int id = benchmark_.labels.truth_ids[area.label];
    return id == 0 ? -1 : id;
  }

  int predicted_id(const LabelArea& area) const {
    if (!has_labels()) return area.pixels > 0 ? area.label - 1 : -1;
    const int id = benchmark_.labels.prediction_ids[area.label];
    return id == 0 ? -1 : id;
  }

  std::string path_of(std::size_t position, int object = -1) const {
    return context_.submission.display(sequence_, sequence_.frames[position], object);
  }

  void add(std::string_view code, std::string message, std::size_t position, int object = -1) {
    findings_.add(code, std::move(message), path_of(position), sequence_.frames[position], object);
  }

  // Objects of the truth and the position of the first frame that shows each; which frames are
  // prompts.
  void collect_truth() {
    for (std::size_t i = 0; i < records_.size(); ++i) {
      for (const LabelArea& area : records_[i].truth_labels) {
        const int id = truth_id(area);
        if (id >= 0) first_truth_.emplace(id, i);
        // Where the truth has labels of its own (127, 255), ids in it mean that it is none.
        if (has_labels() && !benchmark_.labels.truth_values.empty() && area.label > 0 &&
            !benchmark_.labels.truth_values[area.label])
          truth_holds_ids_ = true;
      }
    }
    for (const auto& [frame, ids] : sequence_.prompts) {
      const auto position = sequence_.frames.find(frame);
      if (!position) continue;
      if (ids.empty()) {
        for (const auto& [id, first] : first_truth_) {
          if (first == *position) prompts_.emplace(id, *position);
        }
      }
      for (const int id : ids) prompts_.emplace(id, *position);
    }
    for (const auto& [id, frames] : sequence_.object_frames) {
      const auto position = frames.empty() ? std::nullopt : sequence_.frames.find(frames.front());
      if (position) prompts_.emplace(id, *position);
    }
    has_listed_prompts_ = !prompts_.empty();
    if (has_listed_prompts_ || benchmark_.judged_prompts() == PromptRule::none) return;
    for (const auto& [id, first] : first_truth_) {
      if (first == 0) prompts_.emplace(id, 0);
    }
  }

  int highest_id() const {
    if (!benchmark_.ids_from_first_frame || benchmark_.judged_prompts() == PromptRule::none)
      return 255;
    int highest = 0;
    for (const auto& [id, first] : first_truth_) {
      if (first == 0) highest = std::max(highest, id);
    }
    return highest;
  }

  void collect() {
    SequenceTally tally(sequence_);
    std::array<bool, 256> allowed{};
    const bool known = has_labels() && !benchmark_.labels.prediction_values.empty();
    for (std::size_t i = 0; known && i < allowed.size(); ++i)
      allowed[i] = benchmark_.labels.prediction_values[i];
    const int highest = highest_id();
    std::map<int, std::pair<std::size_t, std::uint64_t>> foreign_palette;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const FrameRecord& record = records_[i];
      const Annotation& prediction = record.prediction;
      const bool is_read = work_.is_read[i];
      if (prediction.trouble != Trouble::none) {
        if (is_read) {
          add_trouble(prediction, i);
        } else if (prediction.trouble != Trouble::missing) {
          findings_.add("P025", prediction.message, prediction.path, sequence_.frames[i]);
        }
        continue;
      }
      tally.add_mask(i, prediction);
      if (!prediction.disorder.empty()) {
        if (is_read && num_disordered_++ == 0) first_disordered_ = i;
      } else if (prediction.foreign_label >= 0) {
        auto& [first, count] = foreign_palette[prediction.foreign_label];
        if (count++ == 0) first = i;
      }
      if (!is_read) {
        tally.add_objects(i, pixels_of(prediction.facts), 0);
        continue;
      }
      check_mask_ids(prediction.facts, i);
      for (const auto& [id, pixels] : pixels_of(prediction.facts)) read_ids_.insert(id);
      if (!check_labels(prediction, i,
                        known ? std::span<const bool>(allowed) : std::span<const bool>(), highest))
        continue;
      tally.add_objects(i, pixels_of(prediction.facts), 0);
    }
    for (const auto& [label, place] : foreign_palette) {
      findings_.add_many("P014", place.second,
                         "the colour of label " + std::to_string(label) + " is not " +
                             (has_classes() ? "the table's, in " : "that of the VOC map, in ") +
                             std::to_string(place.second) + " masks",
                         path_of(place.first), sequence_.frames[place.first]);
    }
    if (num_disordered_ > 0) {
      findings_.add_many("P024", num_disordered_,
                         records_[first_disordered_].prediction.disorder + " (" +
                             std::to_string(num_disordered_) + " masks of this sequence)",
                         path_of(first_disordered_), sequence_.frames[first_disordered_]);
    }
    tally.finish(statistics_);
    check_sequence_ids(read_ids_.size());
    for (ObjectStatistics& object : statistics_.objects) {
      if (const auto prompt = prompts_.find(object.id); prompt != prompts_.end())
        object.prompt = sequence_.frames[prompt->second];
    }
  }

  // Planes are as many as the data set has classes; ids are what a submission chose.
  bool has_id_limit() const { return benchmark_.submission != MaskStorage::planes; }

  void check_mask_ids(const MaskFacts& facts, std::size_t position) {
    if (!has_id_limit()) return;
    try {
      check_num_ids(pixels_of(facts).size(), context_.limits.max_ids, IdScope::mask,
                    path_of(position));
    } catch (const Error& error) {
      has_too_many_ids_ = true;
      findings_.add("S013", error.found() + "; expected " + error.expected(), error.path(),
                    sequence_.frames[position]);
    }
  }

  void check_sequence_ids(std::size_t num_ids) {
    if (!has_id_limit() || has_too_many_ids_) return;  // told by mask
    try {
      check_num_ids(num_ids, context_.limits.max_ids, IdScope::sequence,
                    context_.submission.display(sequence_));
    } catch (const Error& error) {
      findings_.add("S013", error.found() + "; expected " + error.expected(), error.path());
    }
  }

  void add_trouble(const Annotation& prediction, std::size_t position) {
    // Missing frames were told by their names; a missing mask of one object was not.
    const bool is_told = prediction.trouble == Trouble::missing && prediction.object < 0;
    if (is_told || prediction.trouble == Trouble::none) return;
    findings_.add(code_of(prediction.trouble), prediction.message, prediction.path,
                  sequence_.frames[position], prediction.object);
  }

  std::string_view code_of(Trouble trouble) const {
    switch (trouble) {
      case Trouble::missing:
        return "P003";
      case Trouble::color:
        return has_maps() ? "P042" : benchmark_.task == Task::semantic ? "P046" : "P012";
      case Trouble::depth:
        return has_maps() ? "P041" : "P013";
      case Trouble::not_binary:
        return benchmark_.submission == MaskStorage::planes ? "P049" : "P015";
      case Trouble::size:
        return has_maps() ? "P040" : "P011";
      case Trouble::shape:
        return "P047";
      case Trouble::type:
        return "P048";
      case Trouble::limit:
        return "S013";
      case Trouble::none:
      case Trouble::unreadable:
        break;
    }
    return "P010";
  }

  bool check_labels(const Annotation& prediction, std::size_t position,
                    std::span<const bool> allowed, int highest) {
    if (!has_labels()) return true;
    // Values that the truth has and predictions do not ({127, 255}): told once, as what they are.
    if (!allowed.empty() && !benchmark_.labels.truth_values.empty()) {
      holds_truth_values_ =
          std::ranges::all_of(
              prediction.facts.labels,
              [&](const LabelArea& area) {
                return area.label == 0 ||
                       (benchmark_.labels.truth_values[area.label] && !allowed[area.label]);
              }) &&
          prediction.facts.has_objects();
    }
    // Classes above the table are told as such, however many there are.
    const bool is_semantic = benchmark_.task == Task::semantic;
    if (has_stray_values(prediction.facts, is_semantic ? std::span<const bool>() : allowed)) {
      add("P015",
          std::to_string(prediction.facts.labels.size()) + " different values, " +
              std::to_string(prediction.facts.ramp_pixels) +
              " pixels with a value between their neighbours', " +
              std::to_string(prediction.facts.lonely_pixels) + " unlike all of them",
          position);
      return false;
    }
    for (const LabelArea& area : prediction.facts.labels) {
      const bool is_allowed = allowed.empty() || allowed[area.label];
      const bool is_low =
          area.label <= highest || benchmark_.labels.prediction_ids[area.label] == 0;
      if (is_allowed && is_low) continue;
      std::string expected = "at most " + std::to_string(highest);
      if (!is_allowed) {
        std::size_t last = 0;
        for (std::size_t i = 0; i < allowed.size(); ++i) {
          if (allowed[i] && i != 255) last = i;
        }
        expected = "0 to " + std::to_string(last) + (allowed[255] ? " or 255" : "");
      }
      add(is_semantic ? "P045" : "P016",
          (is_semantic ? "the class " : "the value ") + std::to_string(area.label) + " on " +
              std::to_string(area.pixels) + " pixels; expected " + expected,
          position, area.label);
      out_of_range_.insert(predicted_id(area));
    }
    return true;
  }

  // Object -> pixels.
  std::map<int, std::uint32_t> pixels_of(const MaskFacts& facts) const {
    std::map<int, std::uint32_t> pixels;
    for (const LabelArea& area : facts.labels) {
      const int id = predicted_id(area);
      if (id >= 0 && area.pixels > 0) pixels[id] += area.pixels;
    }
    return pixels;
  }

  // The mask of the first annotated frame against the prompt that it is.
  void check_prompts() {
    if (findings_.has("P022")) return;  // no id is right, the prompt's neither
    if (has_classes()) return;
    if (benchmark_.judged_prompts() == PromptRule::none || records_.empty()) return;
    const FrameRecord& first = records_.front();
    const bool comparable = first.prediction.trouble == Trouble::none && first.truth_readable;
    if (comparable && !prompts_.empty() && first.prediction.identity != first.truth_identity &&
        !all_empty()) {
      add("P020", "the mask of the first frame differs from the given one", 0);
    }
  }

  bool all_empty() const {
    return statistics_.readable_frames > 0 &&
           statistics_.empty_masks == statistics_.readable_frames;
  }

  // Which of the two holds ids times 255.
  std::string scaled_words(bool is_scaled) const {
    if (!is_scaled) return {};
    constexpr int kGrey = 127;
    const bool has_small = std::ranges::any_of(
        statistics_.objects, [](const ObjectStatistics& object) { return object.id <= kGrey; });
    return has_small ? "; was the ground truth multiplied by 255? (the \"labels\" of a benchmark "
                       "file say what 255 is)"
                     : "; were the ids multiplied by 255?";
  }

  // Not one id of the submission is in the truth: another numbering, or grey values.
  bool check_numbering(const std::string& folder) {
    if (statistics_.objects.empty() || first_truth_.empty() || !out_of_range_.empty()) return false;
    std::string predicted;
    bool is_scaled = true;
    for (const ObjectStatistics& object : statistics_.objects) {
      if (first_truth_.contains(object.id)) return false;
      predicted += (predicted.empty() ? "" : ", ") + std::to_string(object.id);
      is_scaled = is_scaled && first_truth_.contains((256 - object.id) % 256);
    }
    std::string truth;
    for (const auto& [id, first] : first_truth_)
      truth += (truth.empty() ? "" : ", ") + std::to_string(id);
    findings_.add("P022",
                  "the masks have the ids " + predicted + ", the ground truth has " + truth +
                      scaled_words(is_scaled),
                  folder);
    return true;
  }

  double void_pixels(const FrameRecord& record) const {
    const int label = benchmark_.labels.void_label;
    const auto area = std::ranges::find(record.truth_labels, label, &LabelArea::label);
    return label < 0 || area == record.truth_labels.end() ? 0 : area->pixels;
  }

  // Objects that lie where others or the background should be.
  void check_places() {
    if (!has_labels() || has_maps()) return;
    const std::string folder = context_.submission.display(sequence_);
    std::map<int, std::pair<std::size_t, double>> wide;  // id -> frames, largest share
    struct Exchange {
      std::size_t frames = 0;
      double crossed = 0;
      double straight = 0;
    };
    std::map<std::pair<int, int>, Exchange> exchanges;
    std::size_t num_known = 0;
    std::size_t num_compared = 0;  // that the protocol reads
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const FrameRecord& record = records_[i];
      const bool is_known = record.prediction.trouble == Trouble::none && record.truth_readable;
      if (!is_known) continue;
      ++num_known;
      num_compared += work_.is_read[i] ? 1 : 0;
      const std::map<int, std::uint32_t> predicted = pixels_of(record.prediction.facts);
      std::map<int, std::uint32_t> truth;
      for (const LabelArea& area : record.truth_labels) {
        if (truth_id(area) >= 0) truth[truth_id(area)] += area.pixels;
      }
      const auto pixels = [&](int p, int g) {
        return common_pixels(predicted, record.overlaps, p, g);
      };
      const double area =
          static_cast<double>(record.truth_width) * static_cast<double>(record.truth_height);
      // Void is background here; what lies in it says nothing.
      const double nobodys = void_pixels(record);
      for (const auto& [id, count] : predicted) {
        if (!work_.is_read[i]) break;
        if (2 * (count - nobodys) < area || 2 * (pixels(id, 0) - nobodys) < count) continue;
        auto& [frames, share] = wide[id];
        ++frames;
        share = std::max(share, count / area);
      }
      if (has_classes()) continue;
      for (const ExchangedIds& found : exchanged_ids(predicted, truth, record.overlaps)) {
        Exchange& exchange = exchanges[{found.first, found.second}];
        ++exchange.frames;
        exchange.crossed += found.crossed;
        exchange.straight += found.straight;
      }
    }
    const auto text = [](double value) {
      char digits[16];
      std::snprintf(digits, sizeof digits, "%.2f", value);
      return std::string(digits);
    };
    for (const auto& [ids, exchange] : exchanges) {
      const auto count = static_cast<double>(exchange.frames);
      findings_.add_many("P021", exchange.frames,
                         "ids " + std::to_string(ids.first) + " and " + std::to_string(ids.second) +
                             " are exchanged in " + std::to_string(exchange.frames) + " of " +
                             std::to_string(num_known) + " frames (IoU " +
                             text(exchange.crossed / count) + " against " +
                             text(exchange.straight / count) + ")",
                         folder);
    }
    for (const auto& [id, found] : wide) {
      if (2 * found.first < num_compared) continue;
      findings_.add_many("P023", found.first,
                         object_text(id) + " covers up to " +
                             std::to_string(static_cast<int>(100 * found.second)) +
                             " % of the frame in " + std::to_string(found.first) + " of " +
                             std::to_string(num_compared) +
                             " masks, mostly where the ground truth is background",
                         folder, {}, id);
    }
  }

  void check_objects() {
    if (has_classes()) return;  // a class too many is an ordinary mistake
    const std::string folder = context_.submission.display(sequence_);
    if (check_numbering(folder)) return;
    for (const ObjectStatistics& object : statistics_.objects) {
      if (out_of_range_.contains(object.id)) continue;
      if (!first_truth_.contains(object.id)) {
        findings_.add_many("P017", object.frames,
                           object_text(object.id) + " is in " + std::to_string(object.frames) +
                               " masks and in none of the ground truth",
                           folder, object.first_frame, object.id);
        continue;
      }
      const auto prompt = prompts_.find(object.id);
      if (!has_listed_prompts_ || prompt == prompts_.end()) continue;
      std::uint64_t early = 0;
      for (const auto& [first, last] : object.runs) {
        if (first < prompt->second)
          early += std::min<std::size_t>(last + 1, prompt->second) - first;
      }
      if (early > 0) {
        findings_.add_many("P018", early,
                           object_text(object.id) + " is in " + std::to_string(early) +
                               " masks before its prompt in " +
                               std::string(sequence_.frames[prompt->second]),
                           folder, object.first_frame, object.id);
      }
    }
    if (statistics_.readable_frames != statistics_.annotated_frames || all_empty()) return;
    for (const auto& [id, first] : first_truth_) {
      const auto prompt = prompts_.find(id);
      const std::size_t given = prompt != prompts_.end() ? prompt->second : first;
      const auto object = std::ranges::find(statistics_.objects, id, &ObjectStatistics::id);
      std::uint64_t beyond = 0;
      if (object != statistics_.objects.end()) {
        for (const auto& [from, to] : object->runs)
          beyond += to - from + 1 - (from <= given && given <= to ? 1 : 0);
      }
      const bool is_judged = truth_shows_beyond(id, given);
      if (beyond == 0 && is_judged) {
        findings_.add(
            "P019",
            object_text(id) + " is in no mask" +
                std::string(object == statistics_.objects.end() ? "" : " but that of its prompt"),
            folder, sequence_.frames[given], id);
      }
    }
  }

  bool truth_shows_beyond(int id, std::size_t given) const {
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (i == given) continue;
      for (const LabelArea& area : records_[i].truth_labels) {
        if (truth_id(area) == id) return true;
      }
    }
    return false;
  }

  // Too good, too empty, shifted, or the same all along.
  void check_likeness() {
    const std::string folder = context_.submission.display(sequence_);
    if (statistics_.readable_frames == 0) return;
    bool truth_has_objects = false;
    bool truth_moves = false;
    bool same_all_along = true;
    std::size_t compared = 0;
    std::size_t identical = 0;
    std::set<std::size_t> prompt_frames = {0};
    for (const auto& [id, position] : prompts_) prompt_frames.insert(position);
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const FrameRecord& record = records_[i];
      truth_has_objects =
          truth_has_objects || std::ranges::any_of(record.truth_labels, [&](const LabelArea& area) {
            return truth_id(area) >= 0;
          });
      truth_moves = truth_moves || (record.truth_readable &&
                                    record.truth_identity != records_.front().truth_identity);
      if (record.prediction.trouble != Trouble::none) {
        same_all_along = false;
        continue;
      }
      same_all_along =
          same_all_along && record.prediction.identity == records_.front().prediction.identity;
      if (!record.truth_readable || (prompt_frames.contains(i) && records_.size() > 1)) continue;
      ++compared;
      identical += record.prediction.identity == record.truth_identity ? 1 : 0;
    }
    if (all_empty()) {
      // One image in which nothing was found is no sign of lost labels.
      is_lost_ = truth_has_objects && benchmark_.has_single_images();
      if (truth_has_objects && !is_lost_)
        findings_.add_many("P031", statistics_.empty_masks,
                           "all " + std::to_string(statistics_.empty_masks) + " masks are empty",
                           folder);
      return;
    }
    if (compared > 0 && identical == compared && truth_has_objects) {
      findings_.add_many("P030", identical,
                         "all " + std::to_string(identical) +
                             " masks after the prompts equal the ground truth, pixel for pixel",
                         folder);
      return;
    }
    if (same_all_along && truth_moves && records_.size() >= 3) {
      findings_.add("P034", "the same mask in all " + std::to_string(records_.size()) + " frames",
                    folder);
      return;
    }
    check_shift(folder);
  }

  void check_shift(const std::string& folder) {
    for (const std::size_t side : {std::size_t{0}, std::size_t{2}}) {
      std::size_t telling = 0;
      std::size_t better = 0;
      double gain = 0;
      for (const FrameRecord& record : records_) {
        if (record.agreement[1] < 0 || record.agreement[side] < 0 ||
            record.agreement[1] == record.agreement[side])
          continue;
        ++telling;
        better += record.agreement[side] > record.agreement[1] ? 1 : 0;
        gain += record.agreement[side] - record.agreement[1];
      }
      const bool is_shifted =
          telling >= kShiftFrames &&
          static_cast<double>(better) >= kShiftShare * static_cast<double>(telling) &&
          gain >= kShiftGain * static_cast<double>(telling);
      if (!is_shifted) continue;
      findings_.add("P032",
                    "the masks fit the ground truth of the " +
                        std::string(side == 0 ? "frame before" : "next frame") + " better in " +
                        std::to_string(better) + " of " + std::to_string(telling) + " frames",
                    folder);
    }
  }

  void check_maps() {
    const auto text = [](double probability) {
      char digits[16];
      std::snprintf(digits, sizeof digits, "%.3f", probability);
      return std::string(digits);
    };
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const MapFacts& map = records_[i].map;
      if (map.is_unscaled)
        add("P043", "the map has the values 0 and 1 only and is read as a mask", i);
      if (map.inside < map.outside) {
        add("P044",
            "its mean is " + text(map.inside) + " over the truth and " + text(map.outside) +
                " beside it",
            i);
      }
    }
  }

  const Context& context_;
  const BenchmarkDefinition& benchmark_;
  const Sequence& sequence_;
  SequenceWork& work_;
  const std::vector<FrameRecord>& records_;
  FindingCollector& findings_;
  SequenceStatistics statistics_;
  std::map<int, std::size_t> first_truth_;  // object -> position of the first frame that shows it
  std::map<int, std::size_t> prompts_;      // object -> position of the frame in which it is given
  std::set<int> out_of_range_;
  std::set<int> read_ids_;          // in masks that the protocol reads
  std::size_t num_disordered_ = 0;  // masks whose palette is in another order
  std::size_t first_disordered_ = 0;
  bool has_listed_prompts_ = false;
  bool has_too_many_ids_ = false;
  bool holds_truth_values_ = false;
  bool truth_holds_ids_ = false;
  bool is_lost_ = false;
};

void add_swapped_values(const FileMaskSource& submission, FindingCollector& findings) {
  findings.add(
      "P033",
      "the masks given with -p have the values of a ground truth, those given with -g have "
      "object ids",
      submission.display());
}

// What the masks of every sequence of `index` say, sequence by sequence; `flags` gets what each
// says for the whole.
std::vector<FindingCollector> check_masks(const SequenceIndex& index, const FileMaskSource& truth,
                                          const FileMaskSource& submission,
                                          const SubmissionFiles& files,
                                          const ValidationOptions& options,
                                          const SubmissionLimits& limits, Validation& validation,
                                          std::vector<SequenceFlags>& flags) {
  const Context context{index,   truth,  submission,
                        options, limits, spread(index.sequences.size(), options.max_thumbnails)};
  flags.assign(index.sequences.size(), {});
  return walk_sequences<FrameRecord, SequenceWork, Worker>(
      index, options, validation, [&] { return std::make_unique<Worker>(context); },
      [&](std::size_t at, FindingCollector& found) {
        const Sequence& sequence = index.sequences[at];
        SequenceWork work;
        work.sampled = SampledFrames(sequence.frames.size());
        for (std::size_t i = 0; i < sequence.frames.size(); ++i)
          work.is_read.push_back(!options.is_read || options.is_read(sequence, i));
        work.present = check_submitted_names(submission, index, sequence,
                                             files.sequences.at(sequence.name), options, found);
        return work;
      },
      [&](Worker& worker, std::size_t at, std::size_t begin, std::size_t end, SequenceWork& work) {
        return read_frames(context, worker, at, begin, end, work);
      },
      [&](std::size_t at, SequenceWork& work, const std::vector<FrameRecord>& records,
          FindingCollector& found) {
        SequenceCheck check(context, index.sequences[at], work, records, found);
        SequenceStatistics statistics = check.run();
        flags[at] = check.flags();
        return statistics;
      });
}

// Single images of which not one has an object.
void check_all_lost(const std::vector<SequenceFlags>& flags, const FileMaskSource& submission,
                    FindingCollector& findings) {
  if (flags.empty() || !std::ranges::all_of(flags, &SequenceFlags::is_lost)) return;
  findings.add_many("P031", flags.size(),
                    "not one of the " + std::to_string(flags.size()) + " images has an object",
                    submission.display());
}

}  // namespace

std::vector<Finding> second_look(const SequenceIndex& index, const FileTree& predictions,
                                 const std::string& root, std::span<const std::size_t> suspicious,
                                 const ValidationOptions& options, const SubmissionLimits& limits) {
  Validation validation =
      begin_validation("submission", predictions.display_path(""), index.benchmark);
  const FileMaskSource truth(index.truth, index.benchmark, MaskRole::truth);
  const FileMaskSource submission = submission_masks(index.benchmark, predictions);
  FindingCollector general("", 0);
  SubmissionFiles files;
  std::vector<FindingCollector> collectors;
  if (survey_submission(submission, index, root, files, general)) {
    SequenceIndex narrowed = index;
    narrowed.sequences.clear();
    std::size_t next = 0;
    for (std::size_t i = 0; i < index.sequences.size(); ++i) {
      const Sequence& sequence = index.sequences[i];
      const auto own = files.sequences.find(sequence.name);
      const bool is_suspicious = next < suspicious.size() && suspicious[next] == i;
      next += is_suspicious ? 1 : 0;
      if (own == files.sequences.end() || own->second.empty()) continue;
      if (is_suspicious) {
        narrowed.sequences.push_back(sequence);
        continue;
      }
      FindingCollector found(sequence.name, options.max_per_code);
      check_submitted_names(submission, index, sequence, own->second, options, found);
      collectors.push_back(std::move(found));
    }
    std::vector<SequenceFlags> flags;
    std::vector<FindingCollector> of_masks =
        check_masks(narrowed, truth, submission, files, options, limits, validation, flags);
    const auto num_swapped =
        static_cast<std::size_t>(std::ranges::count(flags, true, &SequenceFlags::is_swapped));
    if (2 * num_swapped > files.sequences.size()) {
      add_swapped_values(submission, general);
    } else {
      std::ranges::move(of_masks, std::back_inserter(collectors));
      if (flags.size() == files.sequences.size()) check_all_lost(flags, submission, general);
    }
  }
  general.move_into(validation);
  for (FindingCollector& found : collectors) found.move_into(validation);
  // What is missing the scorer tells itself.
  std::erase_if(validation.findings, [](const Finding& finding) {
    const bool is_told = finding.severity == Severity::error || finding.code == "P021";
    return !is_told || finding.code == "P003";
  });
  std::ranges::stable_sort(validation.findings, {}, &Finding::sequence);
  return std::move(validation.findings);
}

Validation validate_submission(const std::string& predictions, const std::string& root,
                               const BenchmarkDefinition& benchmark,
                               const ValidationOptions& options, const SubmissionLimits& limits) {
  Validation validation = begin_validation(
      "submission", options.shown_as.empty() ? predictions : options.shown_as, benchmark);

  IndexOptions index_options;
  index_options.meta_file = options.meta_file;
  index_options.sequences = options.sequences;
  SequenceIndex index = index_ground_truth(root, benchmark, index_options);
  const std::shared_ptr<const FileTree> tree =
      open_submission_tree(predictions, index, archive_limits_for(index, limits), options.shown_as);

  const FileMaskSource truth(index.truth, benchmark, MaskRole::truth);
  const FileMaskSource submission(tree, benchmark, MaskRole::prediction);

  FindingCollector general("", 0);
  for (const Finding& note : tree->notes()) general.add(note.code, note.message, note.path);
  for (const Finding& finding : index.findings) {
    if (finding.severity == Severity::error)
      general.add(finding.code, finding.message, finding.path, finding.frame, finding.object);
  }
  SubmissionFiles files;
  if (!survey_submission(submission, index, root, files, general)) {
    general.move_into(validation);
    return validation;
  }
  const std::set<std::string> wanted(options.sequences.begin(), options.sequences.end());
  std::set<std::string> expected;
  for (const Sequence& sequence : index.sequences) expected.insert(sequence.name);
  for (const auto& [name, frames] : files.sequences) {
    if (!expected.contains(name) && wanted.empty())
      general.add("P002", "not a sequence of " + benchmark.name, tree->display_path(name));
  }
  for (const std::string& file : tree->files("")) {
    const bool is_expected = benchmark.has_single_images() || is_manifest_name(file);
    if (!is_expected)
      general.add("P008", "is ignored; expected folders of masks", tree->display_path(file));
  }
  std::erase_if(index.sequences, [&](const Sequence& sequence) {
    const auto at = files.sequences.find(sequence.name);
    const bool is_missing = at == files.sequences.end() || at->second.empty();
    if (is_missing) {
      const std::string other = submission.other_contents(sequence);
      general.add("P001",
                  "no masks of the sequence '" + sequence.name + "'" +
                      (other.empty() ? other : "; its folder " + other),
                  submission.display(sequence));
    }
    return is_missing;
  });

  std::vector<SequenceFlags> flags;
  std::vector<FindingCollector> findings =
      check_masks(index, truth, submission, files, options, limits, validation, flags);
  for (const Finding& found : found_in_masks(*tree))
    general.add(found.code, found.message, found.path);

  // Values of the truth in the predictions and ids in the truth: the two were swapped, whatever
  // else follows from it.
  const auto num_swapped =
      static_cast<std::size_t>(std::ranges::count(flags, true, &SequenceFlags::is_swapped));
  if (num_swapped > 0 && num_swapped * 2 > flags.size()) {
    add_swapped_values(submission, general);
    general.move_into(validation);
    validation.sequences.clear();
    return validation;
  }
  check_all_lost(flags, submission, general);
  general.move_into(validation);
  for (FindingCollector& collector : findings) collector.move_into(validation);
  add_totals(validation);
  return validation;
}

}  // namespace angiobench
