// SPDX-License-Identifier: MIT
#include "reports/headline.h"

#include <algorithm>
#include <vector>

#include "evaluator/measures.h"
#include "reports/escape.h"
#include "reports/tables.h"
#include "reports/text_table.h"
#include "reports/vessel_text.h"

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

// The same where there are no objects: "mean of 5 classes, 1 without a value".
std::string meaning_of_images(const Result& result, const Aggregate& aggregate) {
  const std::string noun(counted_noun(result, aggregate));
  std::string text = noun == "image" ? "" : "mean of ";
  text += std::to_string(aggregate.n) + " ";
  if (aggregate.scope != Scope::overall) text += std::string(scope_name(aggregate.scope)) + " ";
  text += noun + (aggregate.n == 1 ? "" : noun == "class" ? "es" : "s");
  if (aggregate.n_left_out.value_or(0) > 0)
    text += ", " + std::to_string(*aggregate.n_left_out) + " without a value";
  return text;
}

// A line a class, where there are few enough to read.
std::string class_lines(const Result& result) {
  constexpr std::size_t kMost = 24;
  if (result.classes.empty()) return {};
  if (result.classes.size() > kMost) {
    return "  " + std::to_string(result.classes.size()) +
           " labels: each in per_class.csv and the report of --out\n";
  }
  std::size_t width = 5;
  for (const ClassScore& one : result.classes)
    width = std::max(width, terminal_columns(escape_terminal(one.name)));
  const ScoreStyle style = result.protocol.display;
  std::string text = "  " + padded("class", width + 2) + padded("IoU", 23) + "Dice\n";
  for (const ClassScore& one : result.classes) {
    std::string interval;
    if (one.interval) {
      interval = "[" + format_score(one.interval->low, style) + ", " +
                 format_score(one.interval->high, style) + "]";
    }
    text += "  " + padded(escape_terminal(one.name), width + 2) +
            padded(format_score(one.iou, style), 7) + padded(interval, 16) +
            padded(format_score(one.dice, style), 7) +
            (one.is_background ? "background" : std::string(group_name(one.group))) + "\n";
  }
  return text;
}

std::string first_line(const Result& result) {
  std::string text = escape_terminal(result.dataset.name) + ", protocol " +
                     escape_terminal(result.protocol.name) + " v" +
                     std::to_string(result.protocol.version) + ": " +
                     std::to_string(result.dataset.sequences) + " sequences, ";
  if (has_objects(result)) {
    return text + std::to_string(result.dataset.objects) + " objects, " +
           std::to_string(result.dataset.frames_scored) + " frames scored\n";
  }
  return text + std::to_string(result.dataset.frames_scored) + " images scored\n";
}

// What an aggregate is a mean over, in words.
std::string meaning_of(const Result& result, const Aggregate& aggregate) {
  if (!has_objects(result)) return meaning_of_images(result, aggregate);
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
  std::string text = first_line(result);
  if (!result.complete)
    text += "NOT COMPLETE: this is no score of " + escape_terminal(result.dataset.name) +
            ", only of what was there\n";
  std::vector<Aggregate> lines = result.aggregates;
  // Measures of vessels have lines of their own.
  if (has_objects(result))
    std::erase_if(lines, [](const Aggregate& one) { return is_pair_metric(one.metric); });
  std::size_t width = 0;
  for (const Aggregate& aggregate : lines) {
    width = std::max(width, terminal_columns(metric_heading(descriptor_of(result, aggregate.metric),
                                                            aggregate.scope)));
  }
  for (const Aggregate& aggregate : lines) {
    const MetricDescriptor metric = descriptor_of(result, aggregate.metric);
    const ScoreStyle style = style_of(metric, result.protocol.display);
    std::string interval;
    if (aggregate.interval) {
      interval = "[" + format_score(aggregate.interval->low, style) + ", " +
                 format_score(aggregate.interval->high, style) + "]";
    }
    text += "  " + padded(metric_heading(metric, aggregate.scope), width + 2) +
            padded(format_aggregate(aggregate, style), aggregate.deviation ? 17 : 7) +
            padded(interval, has_objects(result) ? 16 : 18) + meaning_of(result, aggregate) + "\n";
  }
  text += class_lines(result);
  if (const std::vector<std::string> row = published_row(result); !row.empty()) {
    text += "  as published:";
    for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? " " : " & ") + row[i];
    text += "\n";
  }
  text += vessel_text(result);
  const bool has_intervals =
      std::any_of(result.aggregates.begin(), result.aggregates.end(),
                  [](const Aggregate& aggregate) { return aggregate.interval.has_value(); });
  if (has_intervals) text += "  [..] 95 % bootstrap interval over sequences\n";
  return text;
}

}  // namespace angiobench
