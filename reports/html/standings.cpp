// SPDX-License-Identifier: MIT
#include "reports/html/standings.h"

#include <algorithm>
#include <map>

#include "evaluator/comparing/comparison.h"
#include "reports/leaderboard/columns.h"
#include "reports/leaderboard/standings.h"
#include "reports/result_json.h"
#include "reports/tables.h"

namespace angiobench {
namespace {

// Resampling costs time and the page is no leaderboard: beyond this many runs there are no rank
// intervals.
constexpr std::size_t kMaxRanked = 32;
constexpr std::size_t kMaxReported = 20;

std::string source_of(const BoardEntry& entry) {
  std::string source = entry.venue;
  if (entry.year != 0) source += (source.empty() ? "" : " ") + std::to_string(entry.year);
  if (source.empty()) source = entry.facts.team;
  return source;
}

// "1–3" for each run of a group, by run id; empty where the runs cannot be resampled together.
std::map<std::int64_t, std::string> rank_intervals(const StandingGroup& group) {
  std::map<std::int64_t, std::string> intervals;
  std::vector<Result> results;
  std::vector<std::int64_t> ids;
  for (const Standing& standing : group.standings) {
    if (standing.rank == 0 || standing.run->entry.result.empty()) continue;
    results.push_back(result_from_json(standing.run->entry.result,
                                       "leaderboard run " + std::to_string(standing.run->id)));
    ids.push_back(standing.run->id);
  }
  if (results.size() < 2 || results.size() > kMaxRanked || group.columns.empty()) return intervals;
  const MultiComparison compared = compare_methods(results);
  for (const Ranking& ranking : compared.rankings) {
    if (!group.columns.front().is(ranking.metric.metric, ranking.scope)) continue;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      intervals[ids[i]] = std::to_string(ranking.stability[i].low) + "–" +
                          std::to_string(ranking.stability[i].high);
    }
  }
  return intervals;
}

}  // namespace

std::optional<ReportStandings> report_standings(const std::vector<BoardRun>& runs,
                                                const Result& result) {
  const std::vector<DatasetStandings> datasets = standings_of(runs);
  const auto dataset =
      std::find_if(datasets.begin(), datasets.end(),
                   [&](const DatasetStandings& one) { return one.dataset == result.dataset.name; });
  if (dataset == datasets.end()) return std::nullopt;
  const auto group =
      std::find_if(dataset->groups.begin(), dataset->groups.end(), [&](const StandingGroup& one) {
        return one.dataset.digest == result.dataset.digest &&
               one.protocol.hash == result.protocol.hash;
      });
  const bool has_group = group != dataset->groups.end();

  ReportStandings standings;
  standings.title = result.dataset.name + ", protocol " + result.protocol.name + " " +
                    std::to_string(result.protocol.version) +
                    "; published figures are reported, not measured, and have no rank";
  std::vector<MetricColumn> columns;
  for (const MetricColumn& column : has_group ? group->columns : dataset->reported_columns) {
    if (column.metric.unit != Unit::fraction) continue;
    columns.push_back(column);
    standings.metrics.push_back(column.heading);
  }
  const auto row_of = [&](const Standing& standing, std::string rank, std::string rank_interval) {
    const BoardEntry& entry = standing.run->entry;
    ReportStandings::Row row{std::move(rank),
                             std::move(rank_interval),
                             method_title(entry.facts),
                             entry.facts.kind == EntryKind::masks
                                 ? std::string("measured")
                                 : std::string(entry_kind_name(entry.facts.kind)),
                             source_of(entry),
                             {},
                             false};
    for (const MetricColumn& column : columns) {
      const BoardFigure* const figure = find_figure(entry, column);
      row.values.push_back(figure == nullptr ? std::nullopt : figure->value);
    }
    return row;
  };
  bool is_there = false;
  if (has_group) {
    const std::map<std::int64_t, std::string> intervals = rank_intervals(*group);
    for (const Standing& standing : group->standings) {
      const auto interval = intervals.find(standing.run->id);
      standings.rows.push_back(row_of(standing, rank_text(standing),
                                      interval == intervals.end() ? "" : interval->second));
      standings.rows.back().is_this =
          standing.run->entry.submission_digest == result.submission.digest;
      is_there |= standings.rows.back().is_this;
    }
  }
  for (std::size_t i = 0; i < std::min(dataset->reported.size(), kMaxReported); ++i) {
    standings.rows.push_back(row_of(dataset->reported[i], "", ""));
  }
  if (standings.rows.empty()) return std::nullopt;
  if (!is_there) {
    ReportStandings::Row row{
        "", "", result_names({&result, 1}).front(), "measured", "not on this board", {}, true};
    for (const MetricColumn& column : columns) {
      const std::optional<Scope> scope = find_scope(column.place);
      const Aggregate* const aggregate =
          scope ? find_aggregate(result, column.metric.metric, *scope) : nullptr;
      row.values.push_back(aggregate == nullptr ? std::nullopt : aggregate->value);
    }
    standings.rows.push_back(std::move(row));
  }
  return standings;
}

}  // namespace angiobench
