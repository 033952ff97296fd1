// SPDX-License-Identifier: MIT
#include "evaluator/scoring/sequence_score.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <string>

#include "dataset/error.h"
#include "dataset/finding_codes.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"
#include "evaluator/pairwise_sum.h"
#include "evaluator/scoring/assignment.h"
#include "evaluator/vessel/pair_packing.h"

namespace angiobench {
namespace {

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

// Positions [begin, end) of the frames that are not dropped for the whole sequence.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

Range scored_range(const Protocol& protocol, std::size_t num_frames) {
  const std::size_t begin = protocol.drop_first_frame ? std::min<std::size_t>(1, num_frames) : 0;
  const std::size_t end = protocol.drop_last_frame && num_frames > 0 ? num_frames - 1 : num_frames;
  return {begin, std::max(begin, end)};
}

// Whether a measure of the protocol is of a segment of the video.
bool has_segments(const Protocol& protocol) {
  return std::ranges::any_of(protocol.measures, [](const Metric& metric) {
    return find_measure(metric)->segment.has_value();
  });
}

bool has_own_range(const Protocol& protocol) {
  return protocol.object_frames == ObjectFrames::range_after_first ||
         protocol.object_frames == ObjectFrames::range ||
         protocol.object_frames == ObjectFrames::range_with_end;
}

const FrameCounts* find_counts(const std::vector<ObjectCounts>& counts, int id) {
  const auto found =
      std::lower_bound(counts.begin(), counts.end(), id,
                       [](const ObjectCounts& object, int wanted) { return object.id < wanted; });
  return found != counts.end() && found->id == id ? &found->counts : nullptr;
}

bool has_truth(const FrameRecord& record, int id) {
  return std::binary_search(record.truth_ids.begin(), record.truth_ids.end(), id);
}

// Position of the first frame whose truth has the object, kNever where none has.
std::size_t first_truth(const CountTable& table, int id) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (has_truth(table[i], id)) return i;
  }
  return kNever;
}

// Position of the frame in which the object is given: as the first-mask json says, else where the
// truth first has it.
std::size_t prompt_position(const Sequence& sequence, const CountTable& table, int id) {
  for (const auto& [frame, ids] : sequence.prompts) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) continue;
    if (const auto position = sequence.frames.find(frame)) return *position;
  }
  return first_truth(table, id);
}

std::vector<int> up_to_first_frames_largest(const CountTable& table) {
  const int largest = table.empty() || table[0].truth_ids.empty() ? 0 : table[0].truth_ids.back();
  std::vector<int> ids(static_cast<std::size_t>(largest));
  std::iota(ids.begin(), ids.end(), 1);
  return ids;
}

std::vector<int> reported_ids(const Protocol& protocol, const Sequence& sequence,
                              const CountTable& table, Range range) {
  std::set<int> ids;
  if (protocol.unsupervised_videos_only && !sequence.is_unsupervised) return {};
  switch (protocol.objects) {
    case ObjectSource::truth_scored:
      // Whether an object's own frames show it is seen later; a segment of the video has others.
      if (has_segments(protocol)) range = {0, table.size()};
      for (std::size_t i = range.begin; i < range.end; ++i)
        ids.insert(table[i].truth_ids.begin(), table[i].truth_ids.end());
      break;
    case ObjectSource::truth:
      for (const FrameRecord& record : table)
        ids.insert(record.truth_ids.begin(), record.truth_ids.end());
      break;
    case ObjectSource::proposals: {  // match_proposals has given them the objects' ids
      Protocol matched = protocol;
      matched.objects = protocol.proposals_of;
      return reported_ids(matched, sequence, table, range);
    }
    case ObjectSource::first_frame:
      return up_to_first_frames_largest(table);
    case ObjectSource::listed:
      ids.insert(protocol.listed_ids.begin(), protocol.listed_ids.end());
      break;
    case ObjectSource::meta:
      ids = sequence.meta_objects;
      break;
  }
  return {ids.begin(), ids.end()};
}

ObjectGroup group_of(const Sequence& sequence, int id) {
  if (sequence.seen_objects.contains(id)) return ObjectGroup::seen;
  if (sequence.unseen_objects.contains(id)) return ObjectGroup::unseen;
  return ObjectGroup::none;
}

// The frames that were annotated for an object: its own files, or those that were read where labels
// share a file.
std::vector<std::size_t> own_frames(const Sequence& sequence, const CountTable& table, Range range,
                                    int id) {
  std::vector<std::size_t> own;
  const auto files = sequence.object_masks.find(id);
  for (std::size_t i = range.begin; i < range.end; ++i) {
    const bool is_annotated = files != sequence.object_masks.end()
                                  ? files->second.find(sequence.frames[i]).has_value()
                                  : table[i].read != FrameNeed::none;
    if (is_annotated) own.push_back(i);
  }
  return own;
}

// Of these frames, those from the first in which truth or prediction has the object; none where
// the truth has it in none of them.
void drop_before_sight(const CountTable& table, int id, std::vector<std::size_t>& frames) {
  const bool is_shown =
      std::ranges::any_of(frames, [&](std::size_t i) { return has_truth(table[i], id); });
  const auto seen = std::ranges::find_if(frames, [&](std::size_t i) {
    return has_truth(table[i], id) || find_counts(table[i].counts, id) != nullptr;
  });
  frames.erase(frames.begin(), is_shown ? seen : frames.end());
}

// The frames in which an object is judged for a segment of the video (SeCVOS): those whose names
// lie between the segment's ends as texts, and its first file whatever it shows. A video without
// the segment has no such frame; for the first segment all are taken.
std::vector<std::size_t> segment_frames(const Sequence& sequence, const CountTable& table, int id,
                                        SceneSegment segment) {
  std::vector<std::size_t> frames = own_frames(sequence, table, {0, table.size()}, id);
  const auto& ends = sequence.segments[static_cast<std::size_t>(segment)];
  if (!ends) {
    if (segment != SceneSegment::first) frames.clear();
  } else if (!frames.empty()) {
    constexpr std::size_t kDigits = 5;
    const FrameRange names{0, 0, 0, kDigits};
    const std::string begin = names.name(ends->first);
    const std::string end = names.name(ends->second + 1);
    const std::size_t first = frames.front();
    std::erase_if(frames, [&](std::size_t i) {
      const std::string_view name = sequence.frames[i];
      return i != first && (name < begin || name >= end);
    });
  }
  drop_before_sight(table, id, frames);
  return frames;
}

// Positions of the frames of an object's range that the tool visits. Throws Error{input} where the
// truth lacks one.
std::vector<std::size_t> visited_frames(const Sequence& sequence, const FrameRange& range) {
  constexpr int kStep = 5;  // LVOS annotates every fifth frame
  std::vector<std::size_t> frames;
  for (int number = range.start; number < range.end; number += kStep) {
    const std::string name = range.name(number);
    const auto position = sequence.frames.find(name);
    if (!position) {
      throw Error(ErrorKind::input, sequence.folder + "/" + name + ".png",
                  "not in the ground truth", "every fifth frame of the meta json's frame_range");
    }
    frames.push_back(*position);
  }
  return frames;
}

// Values of 0 that enter beside those of an object's frames: for frames of its range that nobody
// visits.
std::size_t num_unvisited(const Protocol& protocol, const Sequence& sequence, int id) {
  if (protocol.object_frames != ObjectFrames::range_with_end) return 0;
  const auto range = sequence.object_ranges.find(id);
  if (range == sequence.object_ranges.end()) return 0;
  const std::size_t visited = visited_frames(sequence, range->second).size();
  const auto stated = static_cast<std::size_t>(range->second.num_frames);
  return stated > visited ? stated - visited : 0;
}

// Position of the frame in which a tracker is initialised; kNever where none is.
std::size_t initialisation_of(const Protocol& protocol, const CountTable& table, int id) {
  if (protocol.object_frames == ObjectFrames::initialised) return first_truth(table, id);
  return protocol.object_frames == ObjectFrames::initialised_first ? 0 : kNever;
}

// What part each frame plays for one object.
std::vector<FrameRole> roles_of(const Protocol& protocol, const Sequence& sequence,
                                const CountTable& table, Range range, int id) {
  std::vector<FrameRole> roles(table.size(), FrameRole::dropped);
  std::size_t begin = range.begin;
  std::size_t end = range.end;
  switch (protocol.object_frames) {
    case ObjectFrames::all:
      break;
    case ObjectFrames::from_first_sight:
      while (begin < end && find_counts(table[begin].counts, id) == nullptr &&
             !has_truth(table[begin], id))
        ++begin;
      break;
    case ObjectFrames::after_first_truth:
    case ObjectFrames::after_prompt: {
      const std::size_t given = protocol.object_frames == ObjectFrames::after_prompt
                                    ? prompt_position(sequence, table, id)
                                    : first_truth(table, id);
      if (given == kNever) {
        begin = end;
        break;
      }
      roles[given] = FrameRole::prompt;
      begin = std::max(begin, given + 1);
      break;
    }
    case ObjectFrames::meta_after_first: {
      const auto listed = sequence.object_frames.find(id);
      if (listed == sequence.object_frames.end()) return roles;
      std::vector<std::string> names = listed->second;
      std::sort(names.begin(), names.end());
      for (std::size_t i = 0; i < names.size(); ++i) {
        const auto position = sequence.frames.find(names[i]);
        if (!position || *position < range.begin || *position >= range.end) continue;
        roles[*position] = i == 0 ? FrameRole::prompt : FrameRole::scored;
      }
      return roles;
    }
    case ObjectFrames::inside_own_range: {
      const std::vector<std::size_t> own = own_frames(sequence, table, range, id);
      for (std::size_t i = 1; i + 1 < own.size(); ++i) roles[own[i]] = FrameRole::scored;
      if (!own.empty()) roles[own.front()] = FrameRole::prompt;
      return roles;
    }
    case ObjectFrames::own_from_sight: {
      std::vector<std::size_t> own = own_frames(sequence, table, range, id);
      if (own.empty()) return roles;
      roles[own.front()] = FrameRole::prompt;
      own.erase(own.begin());
      if (!own.empty()) own.pop_back();
      drop_before_sight(table, id, own);
      for (const std::size_t i : own) roles[i] = FrameRole::scored;
      return roles;
    }
    case ObjectFrames::range_after_first:
    case ObjectFrames::range:
    case ObjectFrames::range_with_end: {
      const auto listed = sequence.object_ranges.find(id);
      if (listed == sequence.object_ranges.end()) return roles;
      for (const std::size_t i : visited_frames(sequence, listed->second))
        roles[i] = FrameRole::scored;
      const bool drops_first = protocol.object_frames == ObjectFrames::range_after_first;
      const auto first = std::ranges::find(roles, FrameRole::scored);
      if (drops_first && first != roles.end()) *first = FrameRole::prompt;
      return roles;
    }
    case ObjectFrames::initialised:
      if (first_truth(table, id) == kNever) begin = end;
      break;
    case ObjectFrames::initialised_first:
      break;
  }
  for (std::size_t i = begin; i < end; ++i) roles[i] = FrameRole::scored;
  return roles;
}

// What a reader should know about how an object's number came about.
void explain_object(const Protocol& protocol, const Sequence& sequence, const CountTable& table,
                    const std::vector<FrameRole>& roles, const ObjectScore& object,
                    std::vector<Finding>& findings) {
  const std::size_t given = prompt_position(sequence, table, object.id);
  // Where the first frame was not read, nobody knows whether the object was there before.
  const bool is_late = given != kNever && given > 0 && table[0].read != FrameNeed::none;
  const bool is_credited =
      !is_initialised(protocol) && roles[given == kNever ? 0 : given] == FrameRole::scored;
  if (is_late && is_credited) {
    findings.push_back(make_finding("S004", {"", sequence.name, "", object.id},
                                    "object " + std::to_string(object.id) + " is given in frame " +
                                        std::string(sequence.frames[given]) +
                                        ", which is scored as a prediction"));
  }
  if (given == kNever && protocol.objects == ObjectSource::first_frame) {
    findings.push_back(make_finding(
        "S008", {"", sequence.name, "", object.id},
        "object " + std::to_string(object.id) +
            " occurs in no ground truth (an id gap); the public rules score it as an object"));
  }
  if (protocol.both_empty == BothEmpty::one && object.frames_empty > 0 &&
      2 * object.frames_empty >= object.frames) {
    findings.push_back(make_finding(
        "S011", {"", sequence.name, "", object.id},
        "object " + std::to_string(object.id) + ": " + std::to_string(object.frames_empty) +
            " of " + std::to_string(object.frames) +
            " scored frames have neither truth nor prediction and count as 1"));
  }
}

// What measures see of an object in a frame.
class ObjectReader {
 public:
  ObjectReader(const Protocol& protocol, const CountTable& table)
      : protocol_(protocol),
        table_(table),
        rules_(measure_rules(protocol)),
        by_object_size_(protocol.counting.boundary == BoundaryRule::mose_v2),
        has_second_(second_rules(protocol).has_value()) {}

  struct Frame {
    FrameCounts counts;
    FrameCounts second;
    bool has_truth = false;
    bool has_prediction = false;
    bool is_empty = false;  // neither has it
    bool is_zero = false;   // whatever was counted, it scores 0
    bool is_given = false;  // up to a tracker's initialisation: nothing counts as reported
  };

  Frame frame(std::size_t position, int id, bool is_given) const {
    const FrameRecord& record = table_[position];
    Frame frame;
    if (const FrameCounts* const found = find_counts(record.counts, id)) frame.counts = *found;
    if (has_second_) {
      if (const FrameCounts* const found = find_counts(record.second_counts, id))
        frame.second = *found;
    }
    frame.is_given = is_given;
    if (is_given) {
      frame.counts = without_prediction(frame.counts);
      frame.second = without_prediction(frame.second);
    }
    frame.has_truth =
        frame.counts.truth > 0 || ((record.missing || is_given) && has_truth(record, id));
    frame.has_prediction = frame.counts.prediction > 0;
    frame.is_empty = !frame.has_truth && !frame.has_prediction;
    frame.is_zero = is_given ? frame.has_truth : record.missing;
    return frame;
  }

  // Adds the values of a frame to those before it.
  void append(const Frame& frame, std::vector<ObjectValues::Series>& all) const {
    const MeasuredFrame measured{frame.counts, one_radius(frame), object_radius(frame), rules_};
    for (ObjectValues::Series& series : all)
      series.values.push_back(frame.is_zero ? 0 : series.measure->per_frame(measured));
  }

  void note_absence(const Frame& frame, AbsenceCounts& absence) const {
    if (!frame.has_truth) {
      ++(frame.has_prediction ? absence.hallucinated : absence.absent);
      return;
    }
    const bool is_found =
        frame.counts.union_area > 0 && region_j(frame.counts) > protocol_.absence_threshold;
    ++(!frame.has_prediction ? absence.missed : is_found ? absence.found : absence.wrong);
  }

 private:
  static FrameCounts without_prediction(const FrameCounts& counts) {
    FrameCounts alone;
    alone.truth = alone.union_area = counts.truth;
    alone.truth_boundary = counts.truth_boundary;
    return alone;
  }
  const FrameCounts* second(const Frame& frame) const {
    return has_second_ ? &frame.second : nullptr;
  }
  const FrameCounts* one_radius(const Frame& frame) const {
    return by_object_size_ ? second(frame) : &frame.counts;
  }
  const FrameCounts* object_radius(const Frame& frame) const {
    return by_object_size_ ? &frame.counts : second(frame);
  }

  const Protocol& protocol_;
  const CountTable& table_;
  MeasureRules rules_;
  bool by_object_size_;
  bool has_second_;
};

// What measures of pairs of masks see of an object, frame by frame.
class PairReader {
 public:
  PairReader(const Protocol& protocol, const CountTable& table)
      : table_(table),
        measures_(pair_measures_of(protocol)),
        needs_(needs_of(measures_)),
        spacing_(protocol.spacing.value_or(Spacing{})),
        both_empty_(protocol.both_empty == BothEmpty::left_out ? PairBothEmpty::left_out
                                                               : PairBothEmpty::counts) {}

  bool is_asked() const { return !measures_.empty(); }
  std::span<const PairMeasure* const> measures() const { return measures_; }
  PairSums sums() const { return {measures_, both_empty_}; }

  // Of an object that neither mask has only the size is known.
  void read(std::size_t position, int id, bool is_given, PairCounts& counts) const {
    const FrameRecord& record = table_[position];
    const auto found = std::ranges::lower_bound(record.object_pairs, id, {}, &ObjectPair::id);
    if (found != record.object_pairs.end() && found->id == id) {
      unpack_pair(found->counts, counts);
    } else {
      counts = {};
    }
    if (is_given) counts = without_prediction(counts);
    counts.width = record.width;
    counts.height = record.height;
  }

  void add(const PairCounts& counts, PairPrediction prediction, PairSums& sums) const {
    sums.add(pair_frame(counts, needs_, spacing_), prediction);
  }

  // Frames that nobody visits, of the size of those that were.
  void add_unvisited(std::size_t count, PairSums& sums) const {
    const auto known =
        std::ranges::find_if(table_, [](const FrameRecord& record) { return record.width > 0; });
    if (known == table_.end()) return;
    PairCounts nothing;
    nothing.width = known->width;
    nothing.height = known->height;
    for (std::size_t i = 0; i < count; ++i) add(nothing, PairPrediction::missing, sums);
  }

 private:
  const CountTable& table_;
  std::vector<const PairMeasure*> measures_;
  PairNeeds needs_;
  Spacing spacing_;
  PairBothEmpty both_empty_;
};

// Whether a measure is 0 wherever there is a truth and no prediction, whatever they look like.
// Distances and counts are another number for each.
bool is_zero_without(const PairMeasure& measure) {
  if (measure.unit != PairUnit::fraction) return false;
  PairCounts pixel;
  pixel.width = pixel.height = 2;
  pixel.truth = pixel.truth_skeleton = pixel.truth_components = pixel.truth_boundary = 1;
  pixel.radius = {1, 1, 1};
  pixel.truth_border.elements[0] = 1;
  const PairFrame frame = pair_frame(pixel, PairNeeds::vessel(), {});
  if (measure.reduce == PairReduce::ratio) {
    const PairParts parts = measure.parts(frame);
    return parts.part == 0 && parts.whole > 0;
  }
  return measure.value(frame) == 0.0;
}

// Every measure that has a value in a frame is 0 for each object; nothing else is defined.
SequenceScore missing_video_score(const Protocol& protocol, const Sequence& sequence,
                                  const std::vector<int>& ids) {
  SequenceScore score;
  score.name = sequence.name;
  for (const int id : ids) {
    ObjectScore object;
    object.id = id;
    object.group = group_of(sequence, id);
    for (const Metric& metric : protocol.measures) {
      const Measure* const measure = find_measure(metric);
      const bool is_zero = measure->per_frame != nullptr ||
                           (measure->pair != nullptr && is_zero_without(*measure->pair));
      if (is_zero) object.values.emplace(metric, 0);
    }
    score.objects.push_back(std::move(object));
  }
  return score;
}

}  // namespace

SequenceScore missing_video_score(const Protocol& protocol, const Sequence& sequence) {
  return missing_video_score(protocol, sequence, reported_ids(protocol, sequence, {}, {}));
}

double frame_j(const Protocol& protocol, const FrameCounts& counts) {
  return find_measure(region_metric())
      ->per_frame({counts, nullptr, nullptr, measure_rules(protocol)});
}

bool is_initialised(const Protocol& protocol) {
  return protocol.object_frames == ObjectFrames::initialised ||
         protocol.object_frames == ObjectFrames::initialised_first;
}

bool needs_outlines(const Protocol& protocol, const Sequence& sequence) {
  return needs(protocol, FrameData::outlines) &&
         !std::binary_search(protocol.stability_leaves_out.begin(),
                             protocol.stability_leaves_out.end(), sequence.name);
}

FrameNeed frame_need(const Protocol& protocol, const Sequence& sequence, std::size_t position) {
  const Range range = scored_range(protocol, sequence.frames.size());
  if (protocol.object_frames == ObjectFrames::meta_after_first) {
    for (const auto& [id, names] : sequence.object_frames) {
      const std::string_view name = sequence.frames[position];
      const bool is_listed = std::find(names.begin(), names.end(), name) != names.end();
      if (is_listed && name != *std::min_element(names.begin(), names.end()))
        return FrameNeed::both;
    }
    return FrameNeed::none;
  }
  if (protocol.unsupervised_videos_only && !sequence.is_unsupervised) return FrameNeed::none;
  if (has_own_range(protocol)) {
    FrameNeed need = FrameNeed::none;
    for (const auto& [id, own] : sequence.object_ranges) {
      constexpr int kStep = 5;
      const std::string_view name = sequence.frames[position];
      const bool is_number = name.size() == own.num_digits &&
                             name.find_first_not_of("0123456789") == std::string_view::npos;
      const int number = is_number ? std::stoi(std::string(name)) : -1;
      if (number < own.start || number >= own.end || (number - own.start) % kStep != 0) continue;
      const bool is_prompt =
          number == own.start && protocol.object_frames == ObjectFrames::range_after_first;
      need = std::max(need, is_prompt ? FrameNeed::truth : FrameNeed::both);
    }
    return need;
  }
  // A tracker is given everything that the first frame shows.
  if (is_initialised(protocol) && position == 0) return FrameNeed::truth;
  const bool is_scored = position >= range.begin && position < range.end;
  // Nothing is scored in the first frame where every object must have been given before.
  const bool is_given =
      position == 0 &&
      (protocol.object_frames == ObjectFrames::after_prompt ||
       protocol.object_frames == ObjectFrames::after_first_truth ||
       protocol.object_frames == ObjectFrames::inside_own_range ||
       (protocol.object_frames == ObjectFrames::own_from_sight && !has_segments(protocol)));
  if (is_scored && !is_given) return FrameNeed::both;
  const bool needs_ids =
      is_given || protocol.objects == ObjectSource::truth ||
      (position == 0 && needs_outlines(protocol, sequence)) ||
      (position == 0 && (protocol.objects == ObjectSource::first_frame ||
                         protocol.objects == ObjectSource::proposals ||
                         protocol.object_frames == ObjectFrames::from_first_sight));
  return needs_ids ? FrameNeed::truth : FrameNeed::none;
}

SequenceScore score_sequence(const Protocol& protocol, const Sequence& sequence,
                             const CountTable& table, FrameRows rows,
                             std::vector<Finding>& findings) {
  expects(table.size() == sequence.frames.size(),
          "a count table has an entry for every annotated frame");
  SequenceScore score;
  score.name = sequence.name;
  const Range range = scored_range(protocol, table.size());
  const std::vector<int> ids = reported_ids(protocol, sequence, table, range);

  // A predicted id that the first frame does not reach is an error of the submission where the
  // protocol says so.
  if (protocol.above_maximum == AboveMaximum::refuse) {
    const int largest = ids.empty() ? 0 : ids.back();
    for (std::size_t i = range.begin; i < range.end; ++i) {
      for (const ObjectCounts& object : table[i].counts) {
        if (object.id <= largest || object.counts.prediction == 0) continue;
        throw Error(ErrorKind::input,
                    sequence.name + "/" + std::string(sequence.frames[i]) + ".png",
                    "the prediction has the id " + std::to_string(object.id),
                    "ids up to " + std::to_string(largest) + ", the largest of the first frame");
      }
    }
  }

  if (protocol.max_objects > 0 && !ids.empty() && ids.back() > protocol.max_objects) {
    throw Error(
        ErrorKind::input, sequence.name, "has the object id " + std::to_string(ids.back()),
        "ids up to " + std::to_string(protocol.max_objects) + ", as " + protocol.name + " has it");
  }
  // A video whose frames are all dropped counts 0 where a missing one does (MOSEv2).
  if (protocol.missing_video_is_zero && range.begin >= range.end) {
    findings.push_back(make_finding("S003", {"", sequence.name},
                                    "no frame to score (" + std::to_string(table.size()) +
                                        " annotated): its objects count as 0"));
    return missing_video_score(protocol, sequence, ids);
  }

  std::vector<bool> is_frame_scored(table.size());
  const std::vector<Metric> kept = kept_metrics(protocol);
  const MeasureRules value_rules = measure_rules(protocol);
  const ObjectReader reader(protocol, table);
  const PairReader pair_reader(protocol, table);
  for (const int id : ids) {
    const std::vector<FrameRole> roles = roles_of(protocol, sequence, table, range, id);
    const std::size_t initialisation = initialisation_of(protocol, table, id);
    ObjectValues values;
    values.series = series_for(kept);
    values.pairs = pair_reader.measures();
    PairSums pair_sums = pair_reader.sums();
    PairCounts pair;
    FrameSides sides;
    std::uint32_t num_empty = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
      const FrameRecord& record = table[i];
      const bool is_given = initialisation != kNever && i <= initialisation;
      const bool is_known = record.read == FrameNeed::both || record.missing ||
                            (is_given && record.read == FrameNeed::truth);
      if (!is_known) continue;
      const ObjectReader::Frame frame = reader.frame(i, id, is_given);
      FrameRole role = roles[i];
      if (role == FrameRole::scored) {
        if (frame.is_empty) ++num_empty;
        reader.note_absence(frame, values.absence);
        if (frame.is_empty && protocol.both_empty == BothEmpty::left_out)
          role = FrameRole::both_empty;
        if (record.missing && !is_given) role = FrameRole::missing;
      }
      if (role == FrameRole::scored || role == FrameRole::missing) {
        is_frame_scored[i] = true;
        if (i == initialisation) values.initialisation = values.truth_is_empty.size();
        reader.append(frame, values.series);
        values.truth_is_empty.push_back(!frame.has_truth);
        for (const auto& [changed, value] : record.outline_changes) {
          if (changed == id) values.outline_changes.push_back(value);
        }
      }
      if (rows == FrameRows::keep)
        score.frames.push_back({static_cast<std::uint32_t>(i), id, role, frame.counts});
      const bool is_paired =
          role == FrameRole::scored || role == FrameRole::missing || role == FrameRole::both_empty;
      if (!pair_reader.is_asked() || !is_paired) continue;
      pair_reader.read(i, id, is_given, pair);
      ++(pair.both_empty() ? sides.both_empty : pair.one_empty() ? sides.one_empty : sides.both);
      const bool is_missing = role == FrameRole::missing;
      pair_reader.add(pair, is_missing ? PairPrediction::missing : PairPrediction::there,
                      pair_sums);
      if (rows == FrameRows::keep)
        score.pairs.push_back({static_cast<std::uint32_t>(i), id, role, pair});
    }
    for (std::size_t i = 0; i < num_unvisited(protocol, sequence, id); ++i) {
      for (ObjectValues::Series& series : values.series) series.values.push_back(0);
      values.truth_is_empty.push_back(false);
    }
    if (pair_reader.is_asked()) {
      pair_reader.add_unvisited(num_unvisited(protocol, sequence, id), pair_sums);
      values.pair_results = pair_sums.results();
    }
    if (has_segments(protocol)) {
      for (std::size_t k = 0; k < values.scenes.size(); ++k) {
        values.scenes[k] = series_for(kept);
        for (const std::size_t i :
             segment_frames(sequence, table, id, static_cast<SceneSegment>(k)))
          reader.append(reader.frame(i, id, false), values.scenes[k]);
      }
    }
    ObjectScore object;
    object.id = id;
    object.group = group_of(sequence, id);
    object.frames = static_cast<std::uint32_t>(values.truth_is_empty.size());
    object.frames_empty = num_empty;
    for (const Metric& metric : kept) {
      const Measure* const measure = find_measure(metric);
      if (measure->reduce == nullptr) continue;  // the mean of others, worked out when asked for
      if (const auto value = measure->reduce(*measure, values, value_rules))
        object.values.emplace(metric, *value);
      if (measure->pair == nullptr) continue;
      const PairResult& result = values.of(*measure->pair);
      object.tallies.emplace(metric, FrameTally{result.one_empty, result.left_out});
    }
    if (pair_reader.is_asked()) object.sides = sides;
    // An object of which neither its frames nor a segment's show anything is not reported.
    const bool is_own = protocol.object_frames == ObjectFrames::own_from_sight;
    if (is_own && protocol.objects == ObjectSource::truth_scored && object.values.empty()) {
      std::erase_if(score.frames, [&](const FrameScore& row) { return row.object_id == id; });
      std::erase_if(score.pairs, [&](const PairScore& row) { return row.object_id == id; });
      continue;
    }
    explain_object(protocol, sequence, table, roles, object, findings);
    if (protocol.average == AverageOver::groups && object.group == ObjectGroup::none) {
      findings.push_back(
          make_finding("S005", {"", sequence.name, "", id},
                       "object " + std::to_string(id) +
                           " is in neither group (seen, unseen); it enters the pooled mean only"));
    }
    score.objects.push_back(std::move(object));
  }
  score.frames_scored =
      static_cast<std::uint32_t>(std::count(is_frame_scored.begin(), is_frame_scored.end(), true));
  if (score.frames_scored == 0) {
    findings.push_back(
        make_finding("S003", {"", sequence.name},
                     "no frame to score (" + std::to_string(table.size()) + " annotated)"));
  }
  if (rows == FrameRows::keep) {
    for (std::size_t i = 0; i < table.size(); ++i)
      score.frame_names.emplace_back(sequence.frames[i]);
    std::ranges::stable_sort(score.frames, {}, &FrameScore::frame);
    std::ranges::stable_sort(score.pairs, {}, &PairScore::frame);
  }
  return score;
}

CountTable match_proposals(const Protocol& protocol, const Sequence& sequence,
                           const CountTable& table) {
  const Range range = scored_range(protocol, table.size());
  const std::vector<int> objects = reported_ids(protocol, sequence, table, range);
  std::set<int> present;
  for (const FrameRecord& record : table)
    present.insert(record.predicted_ids.begin(), record.predicted_ids.end());
  const int largest = present.empty() ? 0 : *present.rbegin();
  std::vector<int> proposals(present.begin(), present.end());
  if (protocol.proposal_ids == ProposalIds::up_to_largest) {
    proposals.resize(static_cast<std::size_t>(largest));
    std::iota(proposals.begin(), proposals.end(), 1);
  }
  if (protocol.extra_proposals == ExtraProposals::ignore)
    std::erase_if(proposals, [&](int id) { return id > protocol.max_proposals; });
  if (!proposals.empty() && proposals.back() > protocol.max_proposals) {
    throw Error(ErrorKind::input, sequence.name, "has " + std::to_string(largest) + " proposals",
                "at most " + std::to_string(protocol.max_proposals));
  }
  // Fewer proposals than objects are filled up with empty ones, as the public code does.
  constexpr int kEmptyProposal = 0;
  proposals.resize(std::max(proposals.size(), objects.size()), kEmptyProposal);

  // The counts of object g against proposal p; either may be absent from the frame.
  const auto pair_counts = [](const FrameRecord& record, int object, int proposal) {
    const auto g = std::lower_bound(record.truth_ids.begin(), record.truth_ids.end(), object);
    const auto p =
        std::lower_bound(record.predicted_ids.begin(), record.predicted_ids.end(), proposal);
    const bool has_g = g != record.truth_ids.end() && *g == object;
    const bool has_p = p != record.predicted_ids.end() && *p == proposal;
    if (has_g && has_p) {
      const auto row = static_cast<std::size_t>(g - record.truth_ids.begin());
      const auto column = static_cast<std::size_t>(p - record.predicted_ids.begin());
      return record.pairs[row * record.predicted_ids.size() + column];
    }
    FrameCounts counts;
    if (has_g) {
      const FrameCounts* const own = find_counts(record.counts, object);
      if (own == nullptr) return counts;  // the prediction is missing, nothing was counted
      counts.truth = counts.union_area = own->truth;
      counts.truth_boundary = own->truth_boundary;
    } else if (has_p) {
      const FrameCounts* const own = find_counts(record.counts, proposal);
      counts.prediction = counts.union_area = own->prediction;
      counts.prediction_boundary = own->prediction_boundary;
    }
    return counts;
  };

  std::vector<double> quality;
  for (const int object : objects) {
    const std::vector<FrameRole> roles = roles_of(protocol, sequence, table, range, object);
    const std::size_t num_zeros = num_unvisited(protocol, sequence, object);
    for (const int proposal : proposals) {
      std::vector<double> values;
      for (std::size_t i = 0; i < table.size(); ++i) {
        if (roles[i] != FrameRole::scored) continue;
        const FrameCounts counts = pair_counts(table[i], object, proposal);
        const double j = table[i].missing ? 0 : frame_j(protocol, counts);
        const double f = table[i].missing ? 0 : boundary_f(counts);
        values.push_back(protocol.proposal_match == ProposalMatch::j ? j : (j + f) / 2);
      }
      values.resize(values.size() + num_zeros, 0);
      quality.push_back(values.empty() ? 0 : pairwise_mean(values));
    }
  }
  const std::vector<std::size_t> assigned =
      best_assignment(quality, objects.size(), proposals.size());
  CountTable matched(table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    matched[i].read = table[i].read;
    matched[i].missing = table[i].missing;
    matched[i].truth_ids = table[i].truth_ids;
    for (std::size_t row = 0; row < objects.size(); ++row) {
      const FrameCounts counts = pair_counts(table[i], objects[row], proposals[assigned[row]]);
      if (counts.union_area > 0) matched[i].counts.push_back({objects[row], counts});
    }
  }
  return matched;
}

namespace {

bool in_scope(const ObjectScore& object, Scope scope, AverageOver average) {
  switch (scope) {
    case Scope::seen:
      return object.group == ObjectGroup::seen;
    case Scope::unseen:
      return object.group == ObjectGroup::unseen;
    case Scope::overall:
      return average != AverageOver::groups || object.group != ObjectGroup::none;
    case Scope::pooled:
      return true;
  }
  return true;
}

// How many objects (or sequences) an aggregate is a mean over.
std::uint64_t num_averaged(std::span<const SequenceScore> sequences, const Metric& metric,
                           Scope scope, AverageOver average) {
  const bool by_sequence = scope == Scope::overall && average == AverageOver::sequences;
  std::uint64_t count = 0;
  for (const SequenceScore& sequence : sequences) {
    const auto objects = static_cast<std::uint64_t>(
        std::ranges::count_if(sequence.objects, [&](const ObjectScore& object) {
          return in_scope(object, scope, average) && object.value(metric).has_value();
        }));
    count += by_sequence ? (objects > 0 ? 1 : 0) : objects;
  }
  return count;
}

// What a measure of pairs leaves unsaid in its number: frames of the objects in scope.
void add_tallies(std::span<const SequenceScore> sequences, AverageOver average,
                 Aggregate& aggregate) {
  FrameTally sum;
  for (const SequenceScore& sequence : sequences) {
    for (const ObjectScore& object : sequence.objects) {
      const auto tally = object.tallies.find(aggregate.metric);
      if (tally == object.tallies.end() || !in_scope(object, aggregate.scope, average)) continue;
      sum.one_empty += tally->second.one_empty;
      sum.left_out += tally->second.left_out;
    }
  }
  aggregate.n_one_empty = sum.one_empty;
  aggregate.n_left_out = sum.left_out;
}

bool has_value(std::span<const SequenceScore> sequences, const Metric& metric) {
  for (const SequenceScore& sequence : sequences) {
    for (const ObjectScore& object : sequence.objects) {
      if (object.value(metric)) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Aggregate> aggregates_of(const Protocol& protocol,
                                     std::span<const SequenceScore> sequences) {
  const AverageOver average = protocol.average;
  std::vector<Aggregate> aggregates;
  const auto add = [&](const Metric& metric, Scope scope) {
    const AggregateSample sample = make_sample(sequences, metric, scope, average);
    aggregates.push_back(
        {metric, scope, sample_value(sample), num_averaged(sequences, metric, scope, average)});
    if (is_pair_metric(metric)) add_tallies(sequences, average, aggregates.back());
  };
  std::vector<const Measure*> listed;
  for (const Metric& metric : protocol.measures) {
    const Measure* const measure = find_measure(metric);
    if (!measure->where_defined || has_value(sequences, metric)) listed.push_back(measure);
  }
  if (average != AverageOver::groups) {
    for (const Measure* const measure : listed) add(Metric(measure->id), Scope::overall);
    return aggregates;
  }

  // The mean of groups, what it is the mean of, then everything over all objects alike. Recall and
  // decay are shown over all objects only.
  for (const Measure* const measure : listed) {
    if (measure->is_mean_of_parts() || measure->where_defined || measure->pair != nullptr)
      add(Metric(measure->id), Scope::overall);
  }
  for (const Scope scope : {Scope::seen, Scope::unseen}) {
    for (const Measure* const measure : listed) {
      const bool is_shown =
          measure->per_frame != nullptr || measure->where_defined || measure->pair != nullptr;
      if (is_shown) add(Metric(measure->id), scope);
    }
  }
  for (const Measure* const measure : listed) add(Metric(measure->id), Scope::pooled);
  return aggregates;
}

}  // namespace angiobench
