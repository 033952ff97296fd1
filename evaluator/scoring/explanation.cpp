// SPDX-License-Identifier: MIT
#include "evaluator/scoring/explanation.h"

#include <algorithm>
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

ProtocolScore score_of(const Protocol& protocol, std::span<const SequenceScore> sequences,
                       const std::vector<Finding>& findings) {
  ProtocolScore score;
  score.name = protocol.name;
  score.title = protocol.title;
  score.in_range = protocol.objects != ObjectSource::proposals;
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::error)
      score.refusal = finding.sequence + ": " + finding.message;
  }
  if (!score.refusal.empty()) return score;
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
    {"void pixels",
     [](const Protocol& protocol) -> std::string {
       return protocol.counting.void_label < 0 ? "none" : "leave both masks";
     },
     [](Protocol& to, const Protocol& from) {
       to.counting.void_label = from.counting.void_label;
       to.counting.truth_map = from.counting.truth_map;
       to.counting.prediction_map = from.counting.prediction_map;
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

}  // namespace

Protocol on_labels_of(const Protocol& base, const Protocol& protocol) {
  Protocol result = protocol;
  result.states_labels = true;  // the base's
  // J and F are explained; outlines would cost more than all the rest.
  std::erase_if(result.measures, [](const Metric& metric) {
    return find_measure(metric)->needs == FrameData::outlines;
  });
  result.stability_leaves_out.clear();
  const int void_label = protocol.counting.void_label;
  result.counting.truth_map = base.counting.truth_map;
  result.counting.prediction_map = base.counting.prediction_map;
  if (void_label >= 0) result.counting.prediction_map[static_cast<std::size_t>(void_label)] = 0;
  // DAVIS 2017 calls 255 background; so it stays under its rules.
  const CountingRules identity;
  if (base.counting.truth_map == identity.truth_map && protocol.counting.truth_map[255] == 0) {
    result.counting.truth_map[255] = 0;
    result.counting.prediction_map[255] = 0;
  }
  if (protocol.objects == ObjectSource::listed && base.objects != ObjectSource::listed) {
    result.objects = ObjectSource::truth;
    result.listed_ids.clear();
  }
  return result;
}

Applicability applicability(const SequenceIndex& index, const Protocol& protocol) {
  for (const Sequence& sequence : index.sequences) {
    if (protocol.objects == ObjectSource::meta && sequence.meta_objects.empty())
      return {false, "needs the objects of a meta json"};
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

Explanation explain_protocols(const SequenceIndex& index, const FileTree& tree,
                              const Protocol& stated, std::span<const Protocol> protocols,
                              const std::optional<std::pair<Protocol, Protocol>>& between,
                              const ScoreOptions& options) {
  const FileMaskSource predictions = submission_masks(index.benchmark, tree);
  const Protocol base = with_labels_of(index.benchmark, stated);
  Explanation explanation;
  std::vector<Protocol> wanted;
  std::vector<std::size_t> position_of(protocols.size(), SIZE_MAX);
  MissingFrames none;
  none.frames.resize(index.sequences.size());
  none.whole_sequence.resize(index.sequences.size());

  // A protocol that needs a frame which the submission lacks has no score; the others do.
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    const Protocol applied = on_labels_of(base, protocols[i]);
    const Applicability fits = applicability(index, applied);
    ProtocolScore score;
    score.name = applied.name;
    score.title = applied.title;
    score.refusal = fits.reason;
    if (fits.applies) {
      const MissingFrames missing = find_missing(index, predictions, applied);
      std::size_t count = 0;
      for (const auto& frames : missing.frames) count += frames.size();
      if (count > 0)
        score.refusal =
            std::to_string(count) + " of the frames that it scores are not in the predictions";
    }
    if (score.refusal.empty()) {
      position_of[i] = wanted.size();
      wanted.push_back(applied);
    }
    explanation.scores.push_back(std::move(score));
  }

  // The way from one protocol to the other, rule by rule.
  std::vector<const Rule*> changed;
  std::size_t first_step = wanted.size();
  if (between) {
    const Protocol from = on_labels_of(base, between->first);
    const Protocol to = on_labels_of(base, between->second);
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

  const MultiOutcome outcome = score_protocols(index, predictions, wanted, none, options);
  if (!outcome.failures.empty()) throw Error(outcome.failures.front());
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    if (position_of[i] == SIZE_MAX) continue;
    explanation.scores[i] = score_of(wanted[position_of[i]], outcome.sequences[position_of[i]],
                                     outcome.findings[position_of[i]]);
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
