// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "reports/leaderboard/standings.h"
#include "reports/leaderboard/store.h"

namespace angiobench {

/// One state of a board, read for showing.
struct BoardView {
  std::vector<BoardRun> runs;
  std::vector<DatasetStandings> datasets;  // refers to `runs`: move the view as a whole only
  std::vector<AuditRow> audit;
  std::string head;
};

BoardView load_view(const Board& board);

/// What of a board is shown.
struct BoardSelection {
  std::string dataset;  // empty: all
  std::string method;   // empty: all; else the rows of this method, with their places among all
  /// Published rows of each data set, best first.
  std::size_t max_reported = std::numeric_limits<std::size_t>::max();
};

/// The tables of one data set: a ranked one for each group of comparable runs, then the runs that
/// are not ranked, then the published figures. What was left out is said in a note.
std::vector<Table> dataset_tables(const DatasetStandings& dataset,
                                  const BoardSelection& selection = {});

// Every writer throws Error{input} where the selection names a data set or a method that is not
// there.
std::string board_text(const BoardView& view, const BoardSelection& selection = {});
std::string board_markdown(const BoardView& view, const BoardSelection& selection = {});
std::string board_latex(const BoardView& view, const BoardSelection& selection = {});

/// A row a figure:
/// dataset,section,protocol,protocol_hash,dataset_digest,metric_version,rank,tied,method,variant,team,
/// kind,submitted,submission,source,metric,scope,value,low,high,n. Values are fractions; published
/// ones keep their digits.
std::string board_csv(const BoardView& view, const BoardSelection& selection = {});

/// Runs as `leaderboard list` shows them: id, data set, method, team, kind, status, headline
/// figure, digest, added.
Table run_table(const BoardView& view, bool with_reported);

}  // namespace angiobench
