// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/leaderboard/columns.h"
#include "reports/leaderboard/store.h"

namespace angiobench {

/// A run and its place.
struct Standing {
  const BoardRun* run = nullptr;
  int rank = 0;  // 1, 2, 2, 4; 0: not ranked
  /// Another run has the same digits in the ranking column: its rank is shown with "=".
  bool tied = false;
  std::string reason;  // why it is not ranked
};

/// Runs that may be compared: one data set digest, one protocol hash, one metric version, all
/// complete.
struct StandingGroup {
  DatasetStamp dataset;
  ProtocolStamp protocol;
  std::string metric_version;
  std::vector<MetricColumn> columns;  // the first one with a known direction ranks
  std::vector<Standing> standings;    // in order; those without the ranking figure last, unranked
};

/// One data set's standings. Ranks are worked out here, from the runs, every time; nothing stores
/// them.
struct DatasetStandings {
  std::string dataset;
  ScoreStyle style = ScoreStyle::percent;
  std::vector<StandingGroup> groups;  // most runs first, then by protocol, hash, digest, version
  std::vector<MetricColumn> unranked_columns;
  std::vector<Standing> unranked;  // incomplete runs, by id
  std::vector<MetricColumn> reported_columns;
  std::vector<Standing> reported;  // published figures, best first; never ranked
};

/// The standings of every data set, in the order of names, from runs as Board::runs() gives them
/// (they must outlive the result). Order within a group: the ranking column at full precision, then
/// the further columns in order (where their direction is known), then the earlier submission, then
/// the digest. A figure that is not there comes after every one that is. Runs whose ranking figures
/// show the same digits share a rank.
std::vector<DatasetStandings> standings_of(const std::vector<BoardRun>& runs);

/// The figure of a column, or nullptr.
const BoardFigure* find_figure(const BoardEntry& entry, const MetricColumn& column);

/// What a cell shows: the value in its community's habit, "" where there is none.
std::string cell_text(const BoardEntry& entry, const MetricColumn& column, ScoreStyle style);

/// "1", "2=", or "–" for a run that is not ranked.
std::string rank_text(const Standing& standing);

/// The method's name with its variant in brackets.
std::string method_title(const SubmissionFacts& facts);

}  // namespace angiobench
