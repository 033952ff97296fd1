// SPDX-License-Identifier: MIT
#include "reports/headline.h"

#include <algorithm>

#include "evaluator/measures.h"
#include "reports/tables.h"
#include "reports/text_table.h"

namespace angiobench {
namespace {

std::string padded(const std::string& text, std::size_t width) {
  return text +
         std::string(width > terminal_columns(text) ? width - terminal_columns(text) : 0, ' ');
}

// "J_s, F_s, J_u, F_u": what a mean over groups is the mean of.
std::string parts_by_group(const Metric& metric) {
  const Measure* const measure = find_measure(metric);
  std::vector<Metric> parts = {metric};
  if (measure != nullptr && measure->is_mean_of_parts())
    parts = {Metric(measure->of[0]), Metric(measure->of[1])};
  std::string text;
  for (const Scope scope : {Scope::seen, Scope::unseen}) {
    for (const Metric& part : parts) {
      text += (text.empty() ? "" : ", ") + metric_heading(describe(part, Display::percent), scope);
    }
  }
  return text;
}

// What an aggregate is a mean over, in words.
std::string meaning_of(const Result& result, const Aggregate& aggregate) {
  const std::string objects =
      std::to_string(aggregate.n) + (aggregate.n == 1 ? " object" : " objects");
  switch (aggregate.scope) {
    case Scope::overall:
      if (result.protocol.average == AverageOver::groups)
        return "mean of " + parts_by_group(aggregate.metric);
      return "n = " + std::to_string(aggregate.n);
    case Scope::pooled:
      return "mean over all " + objects + ", whatever their group";
    case Scope::seen:
    case Scope::unseen:
      return objects + " of " + std::string(scope_name(aggregate.scope)) + " categories";
  }
  return {};
}

}  // namespace

std::string headline_text(const Result& result) {
  std::string text = result.dataset.name + ", protocol " + result.protocol.name + " v" +
                     std::to_string(result.protocol.version) + ": " +
                     std::to_string(result.dataset.sequences) + " sequences, " +
                     std::to_string(result.dataset.objects) + " objects, " +
                     std::to_string(result.dataset.frames_scored) + " frames scored\n";
  if (!result.complete)
    text +=
        "NOT COMPLETE: this is no score of " + result.dataset.name + ", only of what was there\n";
  std::size_t width = 0;
  for (const Aggregate& aggregate : result.aggregates) {
    width = std::max(width, terminal_columns(metric_heading(descriptor_of(result, aggregate.metric),
                                                            aggregate.scope)));
  }
  for (const Aggregate& aggregate : result.aggregates) {
    const MetricDescriptor metric = descriptor_of(result, aggregate.metric);
    const ScoreStyle style = style_of(metric, result.protocol.display);
    std::string interval;
    if (aggregate.interval) {
      interval = "[" + format_score(aggregate.interval->low, style) + ", " +
                 format_score(aggregate.interval->high, style) + "]";
    }
    text += "  " + padded(metric_heading(metric, aggregate.scope), width + 2) +
            padded(format_score(aggregate.value, style), 7) + padded(interval, 16) +
            meaning_of(result, aggregate) + "\n";
  }
  const bool has_intervals =
      std::any_of(result.aggregates.begin(), result.aggregates.end(),
                  [](const Aggregate& aggregate) { return aggregate.interval.has_value(); });
  if (has_intervals) text += "  [..] 95 % bootstrap interval over sequences\n";
  return text;
}

}  // namespace angiobench
