// SPDX-License-Identifier: MIT
#include "evaluator/scoring/sequence_score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "dataset/error.h"
#include "dataset/finding_codes.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/scoring/assignment.h"
#include "evaluator/scoring/pairwise_sum.h"
#include "evaluator/counting/temporal_stability.h"

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

double mean_of(std::span<const double> values, std::size_t begin, std::size_t end) {
  if (begin >= end || begin >= values.size()) return std::numeric_limits<double>::quiet_NaN();
  return pairwise_mean(values.subspan(begin, std::min(end, values.size()) - begin));
}

// MOSEv2: values of the segments in which the object has left, and of those in which it is back
// (MOSE-api, score.py).
struct Segments {
  std::optional<double> disappeared;
  std::optional<double> reappeared;
};

Segments segments_of(std::span<const double> values, const std::vector<bool>& is_empty) {
  std::vector<std::size_t> leaves;
  std::vector<std::size_t> returns;
  if (!is_empty.empty() && is_empty[0]) leaves.push_back(0);
  for (std::size_t i = 1; i < is_empty.size(); ++i) {
    if (!is_empty[i - 1] && is_empty[i]) leaves.push_back(i);
    if (is_empty[i - 1] && !is_empty[i]) returns.push_back(i);
  }
  std::vector<double> gone;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const std::size_t end = i < returns.size() ? returns[i] : values.size();
    if (leaves[i] > 0)
      gone.push_back(mean_of(values, leaves[i], end));  // one that starts the video is not counted
  }
  std::vector<double> back;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    const std::size_t end = i + 1 < leaves.size() ? leaves[i + 1] : values.size();
    back.push_back(mean_of(values, returns[i], end));
  }
  Segments segments;
  if (!gone.empty()) segments.disappeared = pairwise_mean(gone);
  if (!back.empty()) segments.reappeared = pairwise_mean(back);
  return segments;
}

double deviation_of(std::span<const double> values) {
  const double mean = pairwise_mean(values);
  std::vector<double> squares;
  for (const double value : values) squares.push_back((value - mean) * (value - mean));
  return std::sqrt(pairwise_mean(squares));
}

// The values of one object over the frames that count.
struct ObjectValues {
  std::vector<double> j;
  std::vector<double> f;
  std::vector<double> f_plain;
  std::vector<double> outline_changes;  // of the frames in which both neighbours have an outline
  std::vector<bool> truth_is_empty;
  std::uint32_t num_empty = 0;
  // VOT long-term: present and found, present and wrong, present and missed, absent but reported,
  // absent and not reported.
  std::uint32_t found = 0, wrong = 0, missed = 0, hallucinated = 0, absent = 0;
};

void add_measures(const Protocol& protocol, const ObjectValues& values, ObjectScore& object) {
  const auto ratio = [](std::uint32_t part, std::uint32_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  if (protocol.measure_absence) {
    const std::uint32_t present = values.found + values.wrong + values.missed;
    const std::uint32_t away = values.hallucinated + values.absent;
    constexpr std::uint32_t kEnoughAbsence = 10;  // ADQ is reported where N + H > 10 (VOTS)
    if (present > 0) object.extra["NRE"] = ratio(values.missed, present);
    if (present > 0) object.extra["DRE"] = ratio(values.wrong, present);
    if (away > kEnoughAbsence) object.extra["ADQ"] = ratio(values.absent, away);
  }
  if (!values.outline_changes.empty())
    object.extra["T"] = kStabilityScale * pairwise_mean(values.outline_changes);
  if (values.j.empty()) return;
  if (protocol.measure_tail) {
    const auto begin =
        static_cast<std::size_t>(std::floor(0.75 * static_cast<double>(values.j.size())));
    object.extra["J_tr"] = mean_of(values.j, begin, values.j.size());
  }
  if (protocol.measure_variation) {
    std::vector<double> both;
    for (std::size_t i = 0; i < values.j.size(); ++i)
      both.push_back((values.j[i] + values.f[i]) / 2);
    object.extra["V"] = deviation_of(both);
  }
  if (protocol.measure_segments) {
    const Segments j = segments_of(values.j, values.truth_is_empty);
    const Segments f = segments_of(values.f, values.truth_is_empty);
    const double plain = pairwise_mean(values.f_plain);
    object.extra["Ḟ"] = *object.f.mean;
    object.extra["J&Ḟ"] = (*object.j.mean + *object.f.mean) / 2;
    object.extra["F"] = plain;
    object.extra["J&F"] = (*object.j.mean + plain) / 2;
    if (j.disappeared) object.extra["J&Ḟ_d"] = (*j.disappeared + *f.disappeared) / 2;
    if (j.reappeared) object.extra["J&Ḟ_r"] = (*j.reappeared + *f.reappeared) / 2;
  }
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
  if (!protocol.plus_one_region) return region_j(counts);
  if (counts.union_area == 0) return 1.0;
  return (static_cast<double>(counts.intersection) + 1) /
         (static_cast<double>(counts.union_area) + 1);
}

bool measures_stability(const Protocol& protocol, const Sequence& sequence) {
  return protocol.measure_stability &&
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
      (position == 0 && measures_stability(protocol, sequence)) ||
      (position == 0 && (protocol.objects == ObjectSource::first_frame ||
                         protocol.objects == ObjectSource::proposals ||
                         protocol.object_frames == ObjectFrames::from_first_sight));
  return needs_ids ? FrameNeed::truth : FrameNeed::none;
}

FrameStatistics frame_statistics(std::span<const double> values, DecayRule decay) {
  FrameStatistics statistics;
  if (values.empty()) return statistics;
  statistics.mean = pairwise_mean(values);
  const auto above =
      std::count_if(values.begin(), values.end(), [](double value) { return value > 0.5; });
  statistics.recall = static_cast<double>(above) / static_cast<double>(values.size());

  // Bin ends: round(linspace(1, n, 5) + 1e-10) - 1, round half to even; bins share their ends.
  std::array<std::size_t, 5> ends{};
  const auto count = static_cast<double>(values.size());
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const double position = i == 4 ? count : 1 + static_cast<double>(i) * ((count - 1) / 4);
    ends[i] = static_cast<std::size_t>(std::nearbyint(position + 1e-10)) - 1;
    if (decay == DecayRule::bug_compatible) ends[i] %= 256;
  }
  const double first = mean_of(values, ends[0], ends[1] + 1);
  const double last = mean_of(values, ends[3], ends[4] + 1);
  if (!std::isnan(first) && !std::isnan(last)) statistics.decay = first - last;
  return statistics;
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
  for (const int id : ids) {
    const std::vector<FrameRole> roles = roles_of(protocol, sequence, table, range, id);
    ObjectValues values;
    for (std::size_t i = 0; i < table.size(); ++i) {
      const FrameRecord& record = table[i];
      if (record.read != FrameNeed::both && !record.missing) continue;
      const FrameCounts* found = find_counts(record.counts, id);
      const FrameCounts& counts = found != nullptr ? *found : nothing;
      FrameRole role = roles[i];
      const bool is_empty = counts.union_area == 0 && !(record.missing && has_truth(record, id));
      if (role == FrameRole::scored) {
        if (is_empty) ++values.num_empty;
        if (counts.truth > 0 || (record.missing && has_truth(record, id))) {
          const bool is_found =
              counts.union_area > 0 && region_j(counts) > protocol.absence_threshold;
          ++(counts.prediction == 0 ? values.missed : is_found ? values.found : values.wrong);
        } else {
          ++(counts.prediction > 0 ? values.hallucinated : values.absent);
        }
        if (is_empty && protocol.both_empty == BothEmpty::left_out) role = FrameRole::both_empty;
        if (record.missing) role = FrameRole::missing;
      }
      if (role == FrameRole::scored || role == FrameRole::missing) {
        is_frame_scored[i] = true;
        const bool is_missing = role == FrameRole::missing;
        values.j.push_back(is_missing ? 0 : frame_j(protocol, counts));
        values.f.push_back(is_missing ? 0 : boundary_f(counts));
        values.truth_is_empty.push_back(counts.truth == 0);
        for (const auto& [changed, value] : record.outline_changes) {
          if (changed == id) values.outline_changes.push_back(value);
        }
        if (protocol.measure_segments) {
          const FrameCounts* const plain = find_counts(record.plain_counts, id);
          values.f_plain.push_back(is_missing ? 0
                                              : boundary_f(plain != nullptr ? *plain : nothing));
        }
      }
      if (rows == FrameRows::keep)
        score.frames.push_back({static_cast<std::uint32_t>(i), id, role, counts});
    }
    ObjectScore object;
    object.id = id;
    object.group = group_of(sequence, id);
    object.frames = static_cast<std::uint32_t>(values.j.size());
    object.frames_empty = values.num_empty;
    object.j = frame_statistics(values.j, protocol.decay);
    object.f = frame_statistics(values.f, protocol.decay);
    add_measures(protocol, values, object);
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

std::vector<Aggregate> aggregates_of(const Protocol& protocol,
                                     std::span<const SequenceScore> sequences) {
  const Averaging averaging = protocol.average == AverageOver::groups      ? Averaging::groups
                              : protocol.average == AverageOver::sequences ? Averaging::sequences
                                                                           : Averaging::objects;
  std::vector<Aggregate> aggregates;
  const auto add = [&](const std::string& metric, const std::string& scope) {
    const std::optional<AggregateSample> sample = make_sample(sequences, metric, scope, averaging);
    Aggregate aggregate;
    aggregate.metric = metric;
    aggregate.scope = scope;
    if (sample) aggregate.value = sample_value(*sample);
    for (const SequenceScore& sequence : sequences) {
      std::uint64_t objects = 0;
      for (const ObjectScore& object : sequence.objects) {
        const bool is_in = scope == "seen"     ? object.group == ObjectGroup::seen
                           : scope == "unseen" ? object.group == ObjectGroup::unseen
                           : scope == "overall" && averaging == Averaging::groups
                               ? object.group != ObjectGroup::none
                               : true;
        if (is_in && object_value(object, metric)) ++objects;
      }
      aggregate.n +=
          scope == "overall" && averaging == Averaging::sequences ? (objects > 0 ? 1 : 0) : objects;
    }
    aggregates.push_back(std::move(aggregate));
  };
  std::set<std::string> extras;
  for (const SequenceScore& sequence : sequences) {
    for (const ObjectScore& object : sequence.objects) {
      for (const auto& [name, value] : object.extra) extras.insert(name);
    }
  }

  if (protocol.measure_segments) {
    for (const char* const metric : {"J&Ḟ", "J", "Ḟ", "J&Ḟ_d", "J&Ḟ_r", "F", "J&F"}) {
      add(metric, "overall");
      extras.erase(metric);
    }
  } else if (averaging == Averaging::groups) {
    add("J&F", "overall");
    for (const char* const scope : {"seen", "unseen"}) {
      add("J", scope);
      add("F", scope);
    }
    for (const char* const metric : {"J&F", "J", "F"}) add(metric, "pooled");
  } else {
    for (const char* const metric : {"J&F", "J", "F"}) add(metric, "overall");
  }
  const std::string scope = averaging == Averaging::groups ? "pooled" : "overall";
  for (const char* const part : {"J", "F"}) {
    if (protocol.report_recall) add(std::string(part) + "_recall", scope);
    if (protocol.report_decay) add(std::string(part) + "_decay", scope);
  }
  for (const std::string& extra : extras) add(extra, scope);
  return aggregates;
}

}  // namespace angiobench
