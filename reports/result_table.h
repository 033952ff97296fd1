// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluator/result.h"
#include "reports/tables.h"

namespace angiobench {

/// A result with what it is called in a table. Results of one name on several data sets make one
/// row.
struct NamedResult {
  std::string name;
  std::string path;  // for messages
  Result result;
};

/// Results with their names: as given, or else the submission's, with digits of the digest where
/// two different submissions have the same. `names` has one for each result; empty: not given.
std::vector<NamedResult> named_results(std::vector<Result> results,
                                       const std::vector<std::string>& names,
                                       const std::vector<std::string>& paths);

struct ResultTableOptions {
  std::vector<std::string> columns;  // headings ("J&F", "J_u", "F recall"), in order; empty: all
  std::optional<int> decimals;       // after the point, 0..6; none: as the community prints
};

/// The table that papers print: one row a method, one group of columns a data set (validation and
/// test side by side); with one data set no group. The best of two and more complete rows is
/// strong. An incomplete result is marked †, never printed as the data set's score; each row's
/// predictions digest stands in the notes. Throws Error{input} where results of one data set cannot
/// stand in one column (another truth, protocol or metric version) or two fill one cell,
/// Error{usage} for a column that no result has.
Table result_table(std::span<const NamedResult> results, const ResultTableOptions& options = {});

}  // namespace angiobench
