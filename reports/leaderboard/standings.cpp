// SPDX-License-Identifier: MIT
#include "reports/leaderboard/standings.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "evaluator/measures.h"
#include "evaluator/protocol.h"

namespace angiobench {
namespace {

std::optional<double> value_of(const BoardEntry& entry, const MetricColumn& column) {
  const BoardFigure* const figure = find_figure(entry, column);
  if (figure == nullptr || !figure->value.has_value() || !std::isfinite(*figure->value))
    return std::nullopt;
  return figure->value;
}

// Columns that any of these runs has a value for.
std::vector<MetricColumn> columns_of(const std::vector<Standing>& standings,
                                     const Metric* first = nullptr) {
  std::vector<MetricColumn> columns;
  for (const Standing& standing : standings) {
    for (const BoardFigure& figure : standing.run->entry.figures) {
      if (figure.value.has_value()) {
        columns.push_back(
            metric_column(descriptor_of(standing.run->entry, figure.metric), figure.place));
      }
    }
  }
  drop_vessel_details(columns, first);
  sort_columns(columns, first);
  return columns;
}

// <0: a stands before b. A missing figure stands after every other.
int compare_column(const BoardEntry& a, const BoardEntry& b, const MetricColumn& column) {
  if (!column.ranks()) return 0;
  const std::optional<double> left = value_of(a, column);
  const std::optional<double> right = value_of(b, column);
  if (left.has_value() != right.has_value()) return left.has_value() ? -1 : 1;
  if (!left.has_value() || *left == *right) return 0;
  return is_better(*left, *right, column.metric.direction) ? -1 : 1;
}

bool stands_before(const Standing& a, const Standing& b, const std::vector<MetricColumn>& columns) {
  for (const MetricColumn& column : columns) {
    const int order = compare_column(a.run->entry, b.run->entry, column);
    if (order != 0) return order < 0;
  }
  const auto key = [](const Standing& standing) {
    const BoardEntry& entry = standing.run->entry;
    return std::tie(entry.facts.time, entry.submission_digest, standing.run->id);
  };
  return key(a) < key(b);
}

const MetricColumn* ranking_column(const std::vector<MetricColumn>& columns) {
  const auto found = std::ranges::find_if(columns, &MetricColumn::ranks);
  return found == columns.end() ? nullptr : &*found;
}

void rank(StandingGroup& group, ScoreStyle style) {
  // All runs of a group are of one protocol: what it ranks by stands first.
  const std::vector<MetricDescriptor>& metrics = group.standings.front().run->entry.metrics;
  group.columns = columns_of(group.standings, metrics.empty() ? nullptr : &metrics.front().metric);
  std::ranges::sort(group.standings, [&](const Standing& a, const Standing& b) {
    return stands_before(a, b, group.columns);
  });
  const MetricColumn* const column = ranking_column(group.columns);
  std::string previous;
  for (std::size_t i = 0; i < group.standings.size(); ++i) {
    Standing& standing = group.standings[i];
    const std::string shown =
        column == nullptr ? std::string{} : cell_text(standing.run->entry, *column, style);
    if (shown.empty()) {
      standing.reason = column == nullptr ? "no measure to rank by" : "no " + column->heading;
      continue;
    }
    const bool tied = i > 0 && shown == previous;
    standing.rank = tied ? group.standings[i - 1].rank : static_cast<int>(i) + 1;
    if (tied) standing.tied = group.standings[i - 1].tied = true;
    previous = shown;
  }
}

}  // namespace

std::vector<DatasetStandings> standings_of(const std::vector<BoardRun>& runs) {
  struct Parts {
    std::map<std::tuple<std::string, std::string, std::string, std::string>, StandingGroup> groups;
    std::vector<Standing> unranked;
    std::vector<Standing> reported;
  };
  std::map<std::string, Parts> datasets;
  for (const BoardRun& run : runs) {
    const BoardEntry& entry = run.entry;
    Parts& parts = datasets[entry.dataset.name];
    Standing standing;
    standing.run = &run;
    if (entry.facts.kind == EntryKind::reported) {
      parts.reported.push_back(standing);
    } else if (!entry.complete) {
      standing.reason =
          "incomplete: " +
          (entry.missing.empty() ? std::string("not every sequence was scored") : entry.missing);
      parts.unranked.push_back(standing);
    } else {
      StandingGroup& group = parts.groups[{entry.protocol.name, entry.protocol.hash,
                                           entry.dataset.digest, entry.metric_version}];
      group.dataset = entry.dataset;
      group.protocol = entry.protocol;
      group.metric_version = entry.metric_version;
      group.standings.push_back(standing);
    }
  }

  std::vector<DatasetStandings> all;
  for (auto& [name, parts] : datasets) {
    DatasetStandings dataset;
    dataset.dataset = name;
    dataset.style =
        parts.groups.empty()
            ? published_style(name)
            : benchmark_style(name).value_or(parts.groups.begin()->second.protocol.display);
    for (auto& [key, group] : parts.groups) {
      rank(group, dataset.style);
      dataset.groups.push_back(std::move(group));
    }
    std::ranges::stable_sort(dataset.groups, std::greater<>(),
                             [](const StandingGroup& group) { return group.standings.size(); });
    dataset.unranked = std::move(parts.unranked);
    dataset.unranked_columns = columns_of(dataset.unranked);
    dataset.reported = std::move(parts.reported);
    dataset.reported_columns = columns_of(dataset.reported);
    std::ranges::sort(dataset.reported, [&](const Standing& a, const Standing& b) {
      return stands_before(a, b, dataset.reported_columns);
    });
    all.push_back(std::move(dataset));
  }
  return all;
}

const BoardFigure* find_figure(const BoardEntry& entry, const MetricColumn& column) {
  for (const BoardFigure& figure : entry.figures) {
    if (metric_named(figure.metric.id) == column.metric.metric && figure.place == column.place)
      return &figure;
  }
  return nullptr;
}

std::string cell_text(const BoardEntry& entry, const MetricColumn& column, ScoreStyle style) {
  const BoardFigure* const figure = find_figure(entry, column);
  if (figure == nullptr) return {};
  return display_value(column, figure->value, figure->printed, style);
}

std::string rank_text(const Standing& standing) {
  if (standing.rank == 0) return "–";
  return std::to_string(standing.rank) + (standing.tied ? "=" : "");
}

std::string method_title(const SubmissionFacts& facts) {
  return facts.variant.empty() ? facts.method : facts.method + " (" + facts.variant + ")";
}

}  // namespace angiobench
