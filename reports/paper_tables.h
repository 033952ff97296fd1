// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/result.h"
#include "reports/speed_file.h"
#include "reports/tables.h"

namespace angiobench {

/// A result that is shown beside the paper's rows. Results of one name make one row.
struct MeasuredInput {
  std::string name;  // a published row's name puts it below that row
  std::string path;  // for messages
  Result result;
};

/// A cell of a reproduced table.
struct PaperCell {
  std::string text;          // "83.5"; "–" where there is no figure
  bool mean_breaks = false;  // a printed J&F that is not the mean of its columns
  std::string reason;        // why there is no figure; shown as a lettered note
};

enum class PaperRowKind {
  published,   // as the paper prints it
  measured,    // scored by this program
  difference,  // measured minus published
};

struct PaperRow {
  PaperRowKind kind = PaperRowKind::published;
  std::string label;
  std::string venue;  // published: where; measured: nothing
  std::vector<PaperCell> cells;
  std::string digests;  // measured: of the predictions, by data set, and of the speeds' files
};

/// Columns that belong to one data set or machine.
struct PaperColumns {
  std::string title;
  std::vector<std::string> headings;        // plain text
  std::vector<std::string> latex_headings;  // LaTeX source
};

/// A table of the paper with what was measured here.
struct PaperTable {
  std::string name;  // "table1", "table3a"
  std::string caption;
  std::string row_heading;
  bool has_venue = false;
  std::vector<PaperColumns> columns;
  std::vector<PaperRow> rows;
  std::vector<std::string> notes;
};

/// "table1", "table2", "table3".
std::vector<std::string> paper_table_names();

/// Why nobody can measure the paper's figures on a data set of table 1; empty where they can be.
std::string why_unmeasurable(std::string_view dataset);

/// The paper's table (three of them for table3) with rows measured here. A measured figure is shown
/// where the result is complete, of the column's data set and of the protocol that the paper uses;
/// every other cell says why it is empty. `speeds` (table3) add a column a machine: cases with the
/// setting of a row (the tables' own is window 15, a key frame every 6) stand below it. Throws
/// Error{usage} for an unknown table or speeds for another than table3, Error{input} where two
/// results or speeds would fill one cell.
std::vector<PaperTable> reproduce_table(std::string_view name,
                                        std::span<const MeasuredInput> measured,
                                        std::span<const SpeedFile> speeds = {});

/// The table as every writer takes it: columns of one data set or machine are a group, reasons of
/// empty cells are footnotes, rows that are not published are indented.
Table as_table(const PaperTable& paper);

/// Writers (html/paper_page.h has the page). Percentages with one decimal, as the paper prints
/// them. ‡ marks a printed J&F that is not the mean of its columns, [a], [b], … the reasons of
/// empty cells.
std::string paper_text(std::span<const PaperTable> tables);
std::string paper_markdown(std::span<const PaperTable> tables);
std::string paper_latex(std::span<const PaperTable> tables);

}  // namespace angiobench
