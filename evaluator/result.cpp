// SPDX-License-Identifier: MIT
#include "evaluator/result.h"

#include <algorithm>

#include "dataset/words.h"
#include "evaluator/measures.h"
#include "evaluator/task_measures.h"

namespace angiobench {

constexpr auto kGroupWords = words<ObjectGroup>(
    {{"", ObjectGroup::none}, {"seen", ObjectGroup::seen}, {"unseen", ObjectGroup::unseen}});

std::string_view group_name(ObjectGroup group) { return kGroupWords.of(group); }

std::optional<double> ObjectScore::value(const Metric& metric) const {
  const auto found = values.find(metric);
  if (found != values.end()) return found->second;
  const Measure* const measure = find_measure(metric);
  if (measure == nullptr || !measure->is_mean_of_parts()) return std::nullopt;
  const std::optional<double> first = value(Metric(measure->of[0]));
  const std::optional<double> second = value(Metric(measure->of[1]));
  if (!first || !second) return std::nullopt;
  return (*first + *second) / 2;
}

const Aggregate* find_aggregate(const Result& result, const Metric& metric, Scope scope) {
  for (const Aggregate& aggregate : result.aggregates) {
    if (aggregate.metric == metric && aggregate.scope == scope) return &aggregate;
  }
  return nullptr;
}

std::vector<MetricDescriptor> metrics_of(const Result& result) {
  if (!result.metrics.empty()) return result.metrics;
  std::vector<MetricDescriptor> descriptors;
  for (const Aggregate& aggregate : result.aggregates) {
    if (std::ranges::find(descriptors, aggregate.metric, &MetricDescriptor::metric) ==
        descriptors.end())
      descriptors.push_back(describe(aggregate.metric, result.protocol.display));
  }
  return descriptors;
}

MetricDescriptor descriptor_of(const Result& result, const Metric& metric) {
  const auto found = std::ranges::find(result.metrics, metric, &MetricDescriptor::metric);
  return found != result.metrics.end() ? *found : describe(metric, result.protocol.display);
}

bool has_objects(const Result& result) { return result.protocol.task == task_name(Task::objects); }

std::string_view counted_noun(const Result& result, const Aggregate& aggregate) {
  const std::optional<Task> task = find_task(result.protocol.task);
  const TaskMeasure* const measure = task ? find_task_measure(*task, aggregate.metric) : nullptr;
  const bool is_by_sequence = measure != nullptr && measure->pooling == ClassPooling::none &&
                              result.protocol.average == AverageOver::sequences &&
                              result.dataset.frames_scored != result.dataset.sequences;
  if (is_by_sequence) return "sequence";
  if (measure != nullptr) return counted_noun(*measure);
  const bool by_sequence =
      result.protocol.average == AverageOver::sequences && aggregate.scope == Scope::overall;
  return by_sequence ? "sequence" : "object";
}

Metric ranking_metric(const Result& result) {
  const std::vector<MetricDescriptor> metrics = metrics_of(result);
  return metrics.empty() ? mean_metric() : metrics.front().metric;
}

}  // namespace angiobench
