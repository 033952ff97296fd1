// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "reports/paper_tables.h"
#include "reports/speed_file.h"

namespace angiobench::cli {

/// What `reproduce --run` is told.
struct RowsChoice {
  bool run = false;
  bool dry_run = false;
  std::string row;                   // empty: all
  std::vector<std::string> truths;   // "mosxav=DIR", "xacv=DIR", "mosxav-val=DIR"
  std::vector<std::string> weights;  // "STCN=FILE", "local=FILE", "FILE"
  std::string work;                  // masks, scores and speeds, in which the next run goes on
};

/// --run, --dry-run, --row, -g, --weights, --work.
void add_rows_options(OptionSet& options, RowsChoice& choice);

/// What came of running a table's rows.
struct RowsRun {
  std::vector<MeasuredInput> results;
  std::vector<SpeedFile> speeds;
  int code = 0;        // the gravest exit code of what was run
  bool ended = false;  // nothing follows: a dry run, or a signal
};

/// Says what will be done, what it lacks and how long it will take, then predicts, scores and
/// measures the rows of a table that can be, each through its verb, below choice.work: what is
/// there of the same input is kept. Throws Error{inconclusive} where nothing can be run,
/// Error{usage} for names of no row, data set or table.
RowsRun run_rows(const RowsChoice& choice, const std::string& table, const Call& call);

}  // namespace angiobench::cli
