// SPDX-License-Identifier: MIT
#include "reports/headline.h"

#include <algorithm>

#include "reports/tables.h"

namespace angiobench {
namespace {

// Columns of a terminal, not bytes: "Ḟ" and "–" are one column.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width > columns_of(text) ? width - columns_of(text) : 0, ' ');
}

// What an aggregate is a mean over, in words.
std::string meaning_of(const Result& result, const Aggregate& aggregate) {
  const bool has_groups = std::any_of(result.aggregates.begin(), result.aggregates.end(),
                                      [](const Aggregate& other) { return other.scope == "seen"; });
  const std::string objects =
      std::to_string(aggregate.n) + (aggregate.n == 1 ? " object" : " objects");
  if (aggregate.scope == "overall" && has_groups) return "mean of J_s, F_s, J_u, F_u";
  if (aggregate.scope == "pooled") return "mean over all " + objects + ", whatever their group";
  if (aggregate.scope == "seen" || aggregate.scope == "unseen")
    return objects + " of " + aggregate.scope + " categories";
  return "n = " + std::to_string(aggregate.n);
}

}  // namespace

std::string headline_text(const Result& result) {
  const ScoreStyle style = result.protocol.display;
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
    width = std::max(width, columns_of(metric_heading(aggregate.metric, aggregate.scope)));
  }
  for (const Aggregate& aggregate : result.aggregates) {
    std::string interval;
    if (aggregate.interval) {
      interval = "[" + format_score(aggregate.interval->low, style) + ", " +
                 format_score(aggregate.interval->high, style) + "]";
    }
    text += "  " + padded(metric_heading(aggregate.metric, aggregate.scope), width + 2) +
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
