// SPDX-License-Identifier: MIT
#include "evaluator/comparing/class_sample.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/protocol.h"
#include "evaluator/task_measures.h"

namespace angiobench {
namespace {

double as_number(std::uint64_t count) { return static_cast<double>(count); }

// One class of one sequence under a rule: what is added up, and what it is divided by.
struct Quotient {
  double sum = 0;
  double count = 0;
};

double image_value(const TaskMeasure& measure, const ClassSums& sums, double epsilon) {
  const double iou = as_number(sums.intersection) / (as_number(sums.union_area()) + epsilon);
  return measure.quantity == ClassQuantity::dice ? 2 * iou / (1 + iou) : iou;
}

Quotient quotient_of(const TaskMeasure& measure, const ClassSums& sums) {
  if (measure.pooling == ClassPooling::sums) {
    if (measure.quantity == ClassQuantity::dice) {
      return {2 * as_number(sums.intersection), as_number(sums.truth) + as_number(sums.prediction)};
    }
    return {as_number(sums.intersection), as_number(sums.union_area())};
  }
  // A value of an image; a sequence is one image here.
  const bool counts =
      measure.pooling == ClassPooling::images_truth ? sums.truth > 0 : sums.occurs();
  return counts ? Quotient{image_value(measure, sums, 0), 1} : Quotient{};
}

bool in_set(const ClassScore& one, const TaskMeasure& measure, Scope scope) {
  if (scope == Scope::seen) return one.group == ObjectGroup::seen;
  if (scope == Scope::unseen) return one.group == ObjectGroup::unseen;
  return measure.set == ClassSet::all || !one.is_background;
}

// PAXRay's published rule: every image counts for every label, so that one mean over images is the
// mean over both.
SamplePart published_part(const Result& of, std::span<const SequenceScore> sequences,
                          const TaskMeasure& measure) {
  constexpr double kEpsilon = 1e-6;
  SamplePart part;
  for (const SequenceScore& sequence : sequences) {
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < std::min(of.classes.size(), sequence.classes.size()); ++i) {
      if (!in_set(of.classes[i], measure, Scope::overall)) continue;
      sum += image_value(measure, sequence.classes[i], kEpsilon);
      count += 1;
    }
    part.sums.push_back(count == 0 ? 0 : sum / count);
    part.counts.push_back(count == 0 ? 0 : 1);
  }
  return part;
}

SamplePart class_part(std::span<const SequenceScore> sequences, std::size_t position,
                      const TaskMeasure& measure) {
  SamplePart part;
  for (const SequenceScore& sequence : sequences) {
    const Quotient quotient = position < sequence.classes.size()
                                  ? quotient_of(measure, sequence.classes[position])
                                  : Quotient{};
    part.sums.push_back(quotient.sum);
    part.counts.push_back(quotient.count);
  }
  return part;
}

// Values of images: a sequence has their mean and how many there are.
SamplePart image_part(const Result& of, std::span<const SequenceScore> sequences,
                      const Metric& metric) {
  const bool by_sequence =
      of.protocol.task == task_name(Task::binary) && of.protocol.average == AverageOver::sequences;
  SamplePart part;
  for (const SequenceScore& sequence : sequences) {
    const auto found = sequence.measures.find(metric);
    const bool is_there = found != sequence.measures.end() && found->second.value;
    const double count = !is_there ? 0 : by_sequence ? 1 : as_number(found->second.n);
    part.sums.push_back(is_there ? *found->second.value * count : 0);
    part.counts.push_back(count);
  }
  return part;
}

SamplePart accuracy_part(std::span<const SequenceScore> sequences) {
  SamplePart part;
  for (const SequenceScore& sequence : sequences) {
    double right = 0;
    double pixels = 0;
    for (const ClassSums& sums : sequence.classes) {
      right += as_number(sums.intersection);
      pixels += as_number(sums.truth);
    }
    part.sums.push_back(right);
    part.counts.push_back(pixels);
  }
  return part;
}

const TaskMeasure* measure_of(const Result& result, const Metric& metric) {
  const std::optional<Task> task = find_task(result.protocol.task);
  return task ? find_task_measure(*task, metric) : nullptr;
}

bool is_of_images(const TaskMeasure& measure) {
  return measure.pooling == ClassPooling::none || measure.pooling == ClassPooling::within_images;
}

}  // namespace

std::optional<AggregateSample> class_sample(const Result& of,
                                            std::span<const SequenceScore> sequences,
                                            const Metric& metric, Scope scope) {
  const TaskMeasure* const measure = measure_of(of, metric);
  if (measure == nullptr) return std::nullopt;
  AggregateSample sample;
  if (is_of_images(*measure)) {
    sample.parts.push_back(image_part(of, sequences, metric));
  } else if (measure->quantity == ClassQuantity::pixel_accuracy) {
    sample.parts.push_back(accuracy_part(sequences));
  } else if (measure->quantity == ClassQuantity::frequency_weighted_iou) {
    return std::nullopt;
  } else if (measure->pooling == ClassPooling::images_published) {
    sample.parts.push_back(published_part(of, sequences, *measure));
  } else {
    sample.empty_parts = EmptyParts::left_out;
    for (std::size_t i = 0; i < of.classes.size(); ++i) {
      if (in_set(of.classes[i], *measure, scope))
        sample.parts.push_back(class_part(sequences, i, *measure));
    }
  }
  return sample;
}

AggregateSample class_iou_sample(std::span<const SequenceScore> sequences, std::size_t position) {
  constexpr TaskMeasure kIou{"IoU",         Task::semantic,    "", ClassQuantity::iou,
                             ClassSet::all, ClassPooling::sums};
  AggregateSample sample;
  sample.parts.push_back(class_part(sequences, position, kIou));
  return sample;
}

double recorded_tolerance(const Result& result, const Aggregate& aggregate) {
  if (aggregate.variant.empty()) return kSameValue;
  const std::optional<Protocol> protocol = protocol_of(result.protocol);
  const int rounding = protocol ? protocol->task_rules.rounding : -1;
  return kSameValue + (rounding < 0 ? 0 : 0.5 * std::pow(10.0, -rounding));
}

std::vector<std::vector<SequenceScore>> common_sequences(std::span<const Result* const> results,
                                                         const Metric& metric) {
  const TaskMeasure* const measure = measure_of(*results.front(), metric);
  const bool needs_value = measure == nullptr || is_of_images(*measure);
  std::map<std::string, std::map<std::uint32_t, std::size_t>> num_with;  // name, n -> results
  for (const Result* const result : results) {
    for (const SequenceScore& sequence : result->sequences) {
      const auto found = sequence.measures.find(metric);
      if (!needs_value) {
        if (!sequence.classes.empty()) ++num_with[sequence.name][0];
      } else if (found != sequence.measures.end() && found->second.value) {
        ++num_with[sequence.name][found->second.n];
      }
    }
  }
  std::vector<std::vector<SequenceScore>> common;
  for (const Result* const result : results) {
    std::vector<SequenceScore> sequences = canonical_sequences(*result);
    std::erase_if(sequences, [&](const SequenceScore& sequence) {
      const auto found = num_with.find(sequence.name);
      return found == num_with.end() || std::ranges::none_of(found->second, [&](const auto& entry) {
               return entry.second == results.size();
             });
    });
    common.push_back(std::move(sequences));
  }
  return common;
}

}  // namespace angiobench
