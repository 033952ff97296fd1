// SPDX-License-Identifier: MIT
#include "evaluator/scoring/sequence_score.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "dataset/error.h"
#include "dataset/finding_codes.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"
#include "evaluator/pairwise_sum.h"
#include "evaluator/scoring/assignment.h"

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

std::vector<int> reported_ids(const Protocol& protocol, const Sequence& sequence,
                              const CountTable& table, Range range) {
  std::set<int> ids;
  switch (protocol.objects) {
    case ObjectSource::truth_scored:
      for (std::size_t i = range.begin; i < range.end; ++i)
        ids.insert(table[i].truth_ids.begin(), table[i].truth_ids.end());
      break;
    case ObjectSource::truth:
      for (const FrameRecord& record : table)
        ids.insert(record.truth_ids.begin(), record.truth_ids.end());
      break;
    case ObjectSource::proposals:  // match_proposals has given them the objects' ids
    case ObjectSource::first_frame: {
      const int largest =
          table.empty() || table[0].truth_ids.empty() ? 0 : table[0].truth_ids.back();
      for (int id = 1; id <= largest; ++id) ids.insert(id);
      break;
    }
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
      // The frames annotated for this object: its own files, or those whose truth has it where
      // labels share a file.
      std::vector<std::size_t> own;
      const auto files = sequence.object_masks.find(id);
      for (std::size_t i = range.begin; i < range.end; ++i) {
        const bool is_annotated = files != sequence.object_masks.end()
                                      ? files->second.find(sequence.frames[i]).has_value()
                                      : table[i].read != FrameNeed::none;
        if (is_annotated) own.push_back(i);
      }
      for (std::size_t i = 1; i + 1 < own.size(); ++i) roles[own[i]] = FrameRole::scored;
      if (!own.empty()) roles[own.front()] = FrameRole::prompt;
      return roles;
    }
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
  if (is_late && roles[given] == FrameRole::scored) {
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

}  // namespace

double frame_j(const Protocol& protocol, const FrameCounts& counts) {
  return find_measure(region_metric())
      ->per_frame({counts, nullptr, nullptr, measure_rules(protocol)});
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
  const bool is_scored = position >= range.begin && position < range.end;
  // Nothing is scored in the first frame where every object must have been given before.
  const bool is_given =
      position == 0 && (protocol.object_frames == ObjectFrames::after_prompt ||
                        protocol.object_frames == ObjectFrames::after_first_truth ||
                        protocol.object_frames == ObjectFrames::inside_own_range);
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

  std::vector<bool> is_frame_scored(table.size());
  const FrameCounts nothing;
  const std::vector<Metric> kept = kept_metrics(protocol);
  const MeasureRules value_rules = measure_rules(protocol);
  const bool by_object_size = protocol.counting.boundary == BoundaryRule::mose_v2;
  const bool has_second = second_rules(protocol).has_value();
  for (const int id : ids) {
    const std::vector<FrameRole> roles = roles_of(protocol, sequence, table, range, id);
    ObjectValues values;
    values.series = series_for(kept);
    std::uint32_t num_empty = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
      const FrameRecord& record = table[i];
      if (record.read != FrameNeed::both && !record.missing) continue;
      const FrameCounts* found = find_counts(record.counts, id);
      const FrameCounts& counts = found != nullptr ? *found : nothing;
      FrameRole role = roles[i];
      const bool is_empty = counts.union_area == 0 && !(record.missing && has_truth(record, id));
      if (role == FrameRole::scored) {
        if (is_empty) ++num_empty;
        AbsenceCounts& absence = values.absence;
        if (counts.truth > 0 || (record.missing && has_truth(record, id))) {
          const bool is_found =
              counts.union_area > 0 && region_j(counts) > protocol.absence_threshold;
          ++(counts.prediction == 0 ? absence.missed : is_found ? absence.found : absence.wrong);
        } else {
          ++(counts.prediction > 0 ? absence.hallucinated : absence.absent);
        }
        if (is_empty && protocol.both_empty == BothEmpty::left_out) role = FrameRole::both_empty;
        if (record.missing) role = FrameRole::missing;
      }
      if (role == FrameRole::scored || role == FrameRole::missing) {
        is_frame_scored[i] = true;
        const FrameCounts* second = has_second ? find_counts(record.second_counts, id) : nullptr;
        if (has_second && second == nullptr) second = &nothing;
        const MeasuredFrame frame{counts, by_object_size ? second : &counts,
                                  by_object_size ? &counts : second, value_rules};
        const bool is_missing = role == FrameRole::missing;
        for (ObjectValues::Series& series : values.series)
          series.values.push_back(is_missing ? 0 : series.measure->per_frame(frame));
        values.truth_is_empty.push_back(counts.truth == 0);
        for (const auto& [changed, value] : record.outline_changes) {
          if (changed == id) values.outline_changes.push_back(value);
        }
      }
      if (rows == FrameRows::keep)
        score.frames.push_back({static_cast<std::uint32_t>(i), id, role, counts});
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
    std::stable_sort(score.frames.begin(), score.frames.end(),
                     [](const FrameScore& a, const FrameScore& b) { return a.frame < b.frame; });
  }
  return score;
}

CountTable match_proposals(const Protocol& protocol, const Sequence& sequence,
                           const CountTable& table) {
  const int num_objects =
      table.empty() || table[0].truth_ids.empty() ? 0 : table[0].truth_ids.back();
  int num_proposals = 0;
  for (const FrameRecord& record : table) {
    if (!record.predicted_ids.empty())
      num_proposals = std::max(num_proposals, record.predicted_ids.back());
  }
  if (num_proposals > protocol.max_proposals) {
    throw Error(ErrorKind::input, sequence.name,
                "has " + std::to_string(num_proposals) + " proposals",
                "at most " + std::to_string(protocol.max_proposals));
  }

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
      counts.truth = counts.union_area = own->truth;
      counts.truth_boundary = own->truth_boundary;
    } else if (has_p) {
      const FrameCounts* const own = find_counts(record.counts, proposal);
      counts.prediction = counts.union_area = own->prediction;
      counts.prediction_boundary = own->prediction_boundary;
    }
    return counts;
  };

  // Fewer proposals than objects are filled up with empty ones, as the public code does.
  const int num_columns = std::max(num_objects, num_proposals);
  std::vector<double> quality;
  for (int object = 1; object <= num_objects; ++object) {
    for (int proposal = 1; proposal <= num_columns; ++proposal) {
      std::vector<double> values;
      for (const FrameRecord& record : table) {
        const FrameCounts counts = pair_counts(record, object, proposal);
        values.push_back((frame_j(protocol, counts) + boundary_f(counts)) / 2);
      }
      quality.push_back(pairwise_mean(values));
    }
  }
  const std::vector<std::size_t> assigned = best_assignment(
      quality, static_cast<std::size_t>(num_objects), static_cast<std::size_t>(num_columns));
  CountTable matched(table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    matched[i].read = table[i].read;
    matched[i].missing = table[i].missing;
    matched[i].truth_ids = table[i].truth_ids;
    for (int object = 1; object <= num_objects; ++object) {
      const int proposal = static_cast<int>(assigned[static_cast<std::size_t>(object) - 1]) + 1;
      const FrameCounts counts = pair_counts(table[i], object, proposal);
      if (counts.union_area > 0) matched[i].counts.push_back({object, counts});
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
    aggregates.push_back({metric, scope, sample_value(sample),
                          num_averaged(sequences, metric, scope, average), std::nullopt});
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
    if (measure->is_mean_of_parts()) add(Metric(measure->id), Scope::overall);
  }
  for (const Scope scope : {Scope::seen, Scope::unseen}) {
    for (const Measure* const measure : listed) {
      if (measure->per_frame != nullptr) add(Metric(measure->id), scope);
    }
  }
  for (const Measure* const measure : listed) add(Metric(measure->id), Scope::pooled);
  return aggregates;
}

}  // namespace angiobench
