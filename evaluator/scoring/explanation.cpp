// SPDX-License-Identifier: MIT
#include "evaluator/scoring/explanation.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <utility>

#include "evaluator/comparing/aggregate_sample.h"

namespace angiobench {
namespace {

std::optional<double> headline_of(const Protocol& protocol,
                                  std::span<const SequenceScore> sequences) {
  const std::vector<Aggregate> aggregates = aggregates_of(protocol, sequences);
  return aggregates.empty() ? std::nullopt : aggregates.front().value;
}

// What is known of a row before anything is scored.
ProtocolScore row_of(const Protocol& protocol) {
  ProtocolScore row;
  row.name = protocol.name;
  row.title = protocol.title;
  row.verified = protocol.verified;
  row.display = protocol.display;
  row.headline = protocol.measures.front();
  const Measure* const headline = find_measure(row.headline);
  row.in_range = protocol.objects != ObjectSource::proposals && headline != nullptr &&
                 headline->is_mean_of_parts();
  return row;
}

ProtocolScore score_of(const Protocol& protocol, std::span<const SequenceScore> sequences,
                       const std::vector<Finding>& findings) {
  ProtocolScore score = row_of(protocol);
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::error)
      score.refusal = finding.sequence + ": " + finding.message;
  }
  if (!score.refusal.empty()) return score;
  score.aggregates = aggregates_of(protocol, sequences);
  score.j_and_f = headline_of(protocol, sequences);
  const auto pooled = [&](const Metric& metric) {
    const AverageOver average =
        protocol.average == AverageOver::sequences ? AverageOver::sequences : AverageOver::objects;
    return sample_value(make_sample(sequences, metric, Scope::overall, average));
  };
  // The contour measure that the headline is made of.
  const Measure* const headline = find_measure(protocol.measures.front());
  const bool has_parts = headline != nullptr && headline->is_mean_of_parts();
  score.j = pooled(region_metric());
  score.f = pooled(has_parts ? Metric(headline->of[1]) : contour_metric());
  for (const SequenceScore& sequence : sequences) {
    score.objects += sequence.objects.size();
    for (const ObjectScore& object : sequence.objects) {
      score.frames += object.frames;
      score.empty += protocol.both_empty == BothEmpty::one ? object.frames_empty : 0;
    }
  }
  if (score.objects == 0) score.refusal = "the truth has no object that it judges";
  return score;
}

std::string frames_words(const Protocol& protocol) {
  if (protocol.drop_first_frame && protocol.drop_last_frame) return "first and last dropped";
  if (protocol.drop_first_frame) return "first dropped";
  if (protocol.drop_last_frame) return "last dropped";
  return "none dropped";
}

std::string object_frames_words(const Protocol& protocol) {
  switch (protocol.object_frames) {
    case ObjectFrames::all:
      return "every frame";
    case ObjectFrames::from_first_sight:
      return "from the first frame in which it is seen";
    case ObjectFrames::after_first_truth:
      return "after its first frame";
    case ObjectFrames::after_prompt:
      return "after the frame in which it is given";
    case ObjectFrames::meta_after_first:
      return "the meta json's frames but its first";
    case ObjectFrames::inside_own_range:
      return "annotated frames but its first and last";
    case ObjectFrames::own_from_sight:
      return "annotated frames but its first and last, from where it is seen";
    case ObjectFrames::range_after_first:
      return "every fifth frame of its range, but its first and its end";
    case ObjectFrames::range:
      return "every fifth frame of its range but its end";
    case ObjectFrames::range_with_end:
      return "every fifth frame of its range, the end as 0";
    case ObjectFrames::initialised:
      return "every frame, missed up to its first";
    case ObjectFrames::initialised_first:
      return "every frame, missed in the first";
  }
  return {};
}

std::string objects_words(const Protocol& protocol) {
  switch (protocol.objects) {
    case ObjectSource::truth_scored:
      return "ids in the truth of scored frames";
    case ObjectSource::truth:
      return "ids in the truth of any frame";
    case ObjectSource::first_frame:
      return "1 to the first frame's largest id (phantoms at gaps)";
    case ObjectSource::listed:
      return "the listed ids";
    case ObjectSource::meta:
      return "the meta json's ids";
    case ObjectSource::proposals:
      return "matched proposals";
  }
  return {};
}

std::string boundary_words(const Protocol& protocol) {
  return protocol.counting.boundary == BoundaryRule::davis ? "one radius a frame"
                                                           : "a radius of the object's size";
}

std::string average_words(const Protocol& protocol) {
  switch (protocol.average) {
    case AverageOver::objects:
      return "mean over objects";
    case AverageOver::sequences:
      return "mean over sequences";
    case AverageOver::groups:
      return "mean of seen and unseen groups";
  }
  return {};
}

// A rule of a protocol: how it is put in words, and how it is taken over from another protocol.
struct Rule {
  const char* name;
  std::string (*words)(const Protocol&);
  void (*take)(Protocol& to, const Protocol& from);
};

const Rule kRules[] = {
    {"objects that are reported", objects_words,
     [](Protocol& to, const Protocol& from) {
       to.objects = from.objects;
       to.listed_ids = from.listed_ids;
       to.above_maximum = from.above_maximum;
       to.max_proposals = from.max_proposals;
       to.proposals_of = from.proposals_of;
       to.proposal_ids = from.proposal_ids;
       to.proposal_match = from.proposal_match;
       to.extra_proposals = from.extra_proposals;
       to.max_objects = from.max_objects;
       to.unsupervised_videos_only = from.unsupervised_videos_only;
     }},
    {"frames dropped", frames_words,
     [](Protocol& to, const Protocol& from) {
       to.drop_first_frame = from.drop_first_frame;
       to.drop_last_frame = from.drop_last_frame;
     }},
    {"frames of an object (credit for prompts)", object_frames_words,
     [](Protocol& to, const Protocol& from) { to.object_frames = from.object_frames; }},
    {"frames with neither truth nor prediction",
     [](const Protocol& protocol) -> std::string {
       return protocol.both_empty == BothEmpty::one ? "count as 1" : "left out";
     },
     [](Protocol& to, const Protocol& from) { to.both_empty = from.both_empty; }},
    {"labels and void pixels",
     [](const Protocol& protocol) -> std::string {
       return std::string(protocol.states_labels ? "its own labels" : "the data set's labels") +
              (protocol.counting.void_label < 0 ? ", no void" : ", void leaves both masks");
     },
     [](Protocol& to, const Protocol& from) {
       to.counting.void_label = from.counting.void_label;
       to.counting.truth_map = from.counting.truth_map;
       to.counting.prediction_map = from.counting.prediction_map;
       to.states_labels = from.states_labels;
     }},
    {"region J",
     [](const Protocol& protocol) -> std::string {
       return protocol.plus_one_region ? "(I + 1) / (U + 1)" : "I / U";
     },
     [](Protocol& to, const Protocol& from) { to.plus_one_region = from.plus_one_region; }},
    {"boundary radius", boundary_words,
     [](Protocol& to, const Protocol& from) {
       to.counting.boundary = from.counting.boundary;
       to.counting.tolerance = from.counting.tolerance;
       to.measures = from.measures;
     }},
    {"averaging", average_words,
     [](Protocol& to, const Protocol& from) { to.average = from.average; }},
};

// The protocol as `score` reads this benchmark, without outlines.
Protocol applied_to(const BenchmarkDefinition& benchmark, const Protocol& protocol) {
  Protocol result = with_labels_of(benchmark, protocol);
  std::erase_if(result.measures, [](const Metric& metric) {
    return find_measure(metric)->needs == FrameData::outlines;
  });
  result.stability_leaves_out.clear();
  return result;
}

// Whether a protocol reads the objects that the benchmark states, void aside.
bool reads_same_objects(const BenchmarkDefinition& benchmark, const Protocol& protocol) {
  const auto agree = [&](const std::array<std::uint8_t, 256>& theirs,
                         const std::array<std::uint8_t, 256>& ours) {
    for (std::size_t label = 0; label < ours.size(); ++label) {
      constexpr std::size_t kVoid = 255;  // background here, void there
      if (label != kVoid && theirs[label] != ours[label]) return false;
    }
    return true;
  };
  return agree(protocol.counting.truth_map, benchmark.labels.truth_ids) &&
         agree(protocol.counting.prediction_map, benchmark.labels.prediction_ids);
}

// One end of the way from one protocol to another: J&F, whatever it ranks by.
Protocol end_of_way(const BenchmarkDefinition& benchmark, const Protocol& protocol) {
  if (protocol.task != Task::objects) {
    throw Error::about(
        ErrorKind::usage, "between",
        "names " + protocol.name + ", whose task is " + std::string(task_name(protocol.task)),
        "two protocols for objects: only their rules can be changed one by one "
        "(without it the table has the score under either)");
  }
  Protocol end = applied_to(benchmark, protocol);
  end.missing_video_is_zero = false;
  const Measure* const headline = find_measure(end.measures.front());
  if (headline == nullptr || !headline->is_mean_of_parts())
    end.measures = {mean_metric(), region_metric(), contour_metric()};
  return end;
}

// The row of a protocol for classes, maps or labels that may overlap, which is scored by itself.
ProtocolScore score_task_row(const SequenceIndex& index, const MaskSource& predictions,
                             const Protocol& protocol, const ScoreOptions& options,
                             ProtocolScore row) {
  ScoreOptions plain;
  plain.jobs = options.jobs;
  plain.max_mask_bytes = options.max_mask_bytes;
  const ScoreOutcome outcome =
      score(index, predictions, protocol, find_missing(index, predictions, protocol), plain);
  if (!outcome.failures.empty()) {
    row.refusal = outcome.failures.front().what();
    return row;
  }
  row.aggregates = outcome.result.aggregates;
  row.j_and_f = row.aggregates.empty() ? std::nullopt : row.aggregates.front().value;
  row.frames = outcome.result.dataset.frames_scored;
  row.in_range = false;
  return row;
}

}  // namespace

Applicability applicability(const SequenceIndex& index, const Protocol& protocol) {
  if (protocol.task != Task::objects && protocol.task != index.benchmark.task) {
    return {false, "its task is " + std::string(task_name(protocol.task)) + ", that of " +
                       index.benchmark.name + " " + std::string(task_name(index.benchmark.task))};
  }
  if (protocol.task != Task::objects) return {};
  for (const Sequence& sequence : index.sequences) {
    const bool asks_meta =
        protocol.objects == ObjectSource::meta || (protocol.objects == ObjectSource::proposals &&
                                                   protocol.proposals_of == ObjectSource::meta);
    if (asks_meta && sequence.meta_objects.empty())
      return {false, "needs the objects of a meta json"};
    const bool asks_range = protocol.object_frames == ObjectFrames::range_after_first ||
                            protocol.object_frames == ObjectFrames::range ||
                            protocol.object_frames == ObjectFrames::range_with_end;
    if (asks_range && sequence.object_ranges.empty())
      return {false, "needs the frame ranges of a meta json"};
    if (protocol.object_frames == ObjectFrames::meta_after_first &&
        sequence.object_frames.empty()) {
      return {false, "needs the frames of a meta json"};
    }
  }
  if (index.benchmark.has_overlaps() && protocol.objects == ObjectSource::proposals) {
    return {false, "proposals need one mask a frame"};
  }
  if (protocol.average == AverageOver::groups) {
    const bool has_groups =
        std::any_of(index.sequences.begin(), index.sequences.end(), [](const Sequence& sequence) {
          return !sequence.seen_objects.empty() || !sequence.unseen_objects.empty();
        });
    if (!has_groups) return {false, "needs seen and unseen objects"};
  }
  return {};
}

std::string printed_number(const ProtocolScore& score, const Aggregate& aggregate) {
  const MetricDescriptor described = describe(aggregate.metric, score.display);
  const bool is_percent = score.display == Display::percent && described.unit == Unit::fraction;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", described.decimals,
                (is_percent ? 100 : 1) * aggregate.value.value_or(0));
  return aggregate.value ? text : "";
}

void check_printed_number(const std::string& text) {
  const std::size_t point = text.find('.');
  const bool is_number =
      text.find_first_of("0123456789") != std::string::npos &&
      text.find_first_not_of("0123456789.") == std::string::npos &&
      (point == std::string::npos || text.find('.', point + 1) == std::string::npos);
  if (!is_number)
    throw Error::about(ErrorKind::usage, "number", "is '" + text + "', no score",
                       "e.g. 49.4 or 0.494");
}

std::vector<PrintedNumber> numbers_that_read(const Explanation& explanation,
                                             const std::string& text) {
  check_printed_number(text);
  const std::size_t point = text.find('.');
  const int decimals = point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
  std::vector<PrintedNumber> found;
  for (const ProtocolScore& score : explanation.scores) {
    if (!score.refusal.empty()) continue;
    for (const Aggregate& aggregate : score.aggregates) {
      if (!aggregate.value) continue;
      const std::string own = printed_number(score, aggregate);
      const Unit unit = describe(aggregate.metric, score.display).unit;
      const bool is_percent = score.display == Display::percent && unit == Unit::fraction;
      char fine[64];
      std::snprintf(fine, sizeof fine, "%.*f", decimals, (is_percent ? 100 : 1) * *aggregate.value);
      if (own == text || fine == text)
        found.push_back({score.name, aggregate.metric, aggregate.scope, own});
    }
  }
  return found;
}

Explanation explain_protocols(const SequenceIndex& index, const FileTree& tree,
                              std::span<const Protocol> protocols,
                              const std::optional<std::pair<Protocol, Protocol>>& between,
                              const ScoreOptions& options) {
  const FileMaskSource predictions = submission_masks(index.benchmark, tree);
  Explanation explanation;
  std::vector<Protocol> wanted;
  std::vector<std::size_t> position_of(protocols.size(), SIZE_MAX);
  // Videos that are missing where every protocol that is left counts them as 0.
  MissingFrames accounted;
  accounted.frames.resize(index.sequences.size());
  accounted.whole_sequence.resize(index.sequences.size());
  accounted.counts_as_zero.resize(index.sequences.size());

  // A protocol that needs a frame which the submission lacks has no score; the others do.
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    const Protocol applied = applied_to(index.benchmark, protocols[i]);
    const Applicability fits = applicability(index, applied);
    ProtocolScore score = row_of(applied);
    score.refusal = fits.reason;
    if (fits.applies) {
      const MissingFrames missing = find_missing(index, predictions, applied);
      std::size_t count = 0;
      for (std::size_t k = 0; k < missing.frames.size(); ++k)
        count += missing.is_zero(k) ? 0 : missing.frames[k].size();
      if (count > 0)
        score.refusal =
            std::to_string(count) + " of the frames that it scores are not in the predictions";
      for (std::size_t k = 0; count == 0 && k < missing.frames.size(); ++k) {
        if (!missing.is_zero(k)) continue;
        accounted.frames[k] = missing.frames[k];
        accounted.whole_sequence[k] = true;
        accounted.counts_as_zero[k] = true;
      }
    }
    if (score.refusal.empty() && protocols[i].task != Task::objects) {
      score = score_task_row(index, predictions, protocols[i], options, std::move(score));
    } else if (score.refusal.empty()) {
      position_of[i] = wanted.size();
      wanted.push_back(applied);
    }
    explanation.scores.push_back(std::move(score));
  }

  // The way from one protocol to the other, rule by rule.
  std::vector<const Rule*> changed;
  std::size_t first_step = wanted.size();
  if (between) {
    const Protocol from = end_of_way(index.benchmark, between->first);
    const Protocol to = end_of_way(index.benchmark, between->second);
    for (const Protocol* const end : {&from, &to}) {
      const Applicability fits = applicability(index, *end);
      if (!fits.applies)
        throw Error(ErrorKind::inconclusive, end->name, fits.reason,
                    "a protocol that applies to " + index.benchmark.name);
      if (find_missing(index, predictions, *end).any()) {
        throw Error(ErrorKind::inconclusive, predictions.display(),
                    "lacks frames that '" + end->name + "' scores",
                    "a submission with all of them");
      }
    }
    Protocol step = from;
    wanted.push_back(step);
    for (const Rule& rule : kRules) {
      const std::string before = rule.words(step);
      const CountingRules counting_before = step.counting;
      rule.take(step, to);
      if (rule.words(step) == before && step.counting == counting_before) continue;
      changed.push_back(&rule);
      wanted.push_back(step);
    }
  }
  if (wanted.empty()) return explanation;

  const MultiOutcome outcome = score_protocols(index, predictions, wanted, accounted, options);
  if (!outcome.failures.empty()) throw Error(outcome.failures.front());
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    if (position_of[i] == SIZE_MAX) continue;
    explanation.scores[i] = score_of(wanted[position_of[i]], outcome.sequences[position_of[i]],
                                     outcome.findings[position_of[i]]);
    if (!reads_same_objects(index.benchmark, wanted[position_of[i]]))
      explanation.scores[i].in_range = false;
  }
  if (!between) return explanation;
  std::vector<double> values;
  for (std::size_t i = first_step; i < wanted.size(); ++i) {
    const ProtocolScore score = score_of(wanted[i], outcome.sequences[i], outcome.findings[i]);
    if (!score.j_and_f) {
      throw Error(ErrorKind::inconclusive, between->first.name + " to " + between->second.name,
                  "a step between the two has no score (" +
                      (score.refusal.empty() ? "no object" : score.refusal) + ")",
                  "two protocols that apply to the same objects");
    }
    values.push_back(*score.j_and_f);
  }
  explanation.from_value = values.front();
  explanation.to_value = values.back();
  double sum = 0;
  for (std::size_t i = 0; i < changed.size(); ++i) {
    RuleStep step;
    step.rule = changed[i]->name;
    step.from = changed[i]->words(wanted[first_step + i]);
    step.to = changed[i]->words(wanted[first_step + i + 1]);
    const bool is_last = i + 1 == changed.size();
    step.contribution =
        is_last ? (values.back() - values.front()) - sum : values[i + 1] - values[i];
    sum += step.contribution;
    explanation.steps.push_back(std::move(step));
  }
  return explanation;
}

}  // namespace angiobench
