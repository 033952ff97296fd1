// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/result.h"

namespace angiobench {

/// How numbers are printed: what they are multiplied with, and how many digits stand behind the
/// point.
struct ScoreStyle {
  double scale = 100;
  int decimals = 1;

  constexpr ScoreStyle(double scale_of, int decimals_of) : scale(scale_of), decimals(decimals_of) {}
  /// Fractions as a community prints them (ProtocolStamp::display).
  ScoreStyle(Display display);
  friend bool operator==(const ScoreStyle&, const ScoreStyle&) = default;

  static const ScoreStyle percent;   // 49.3
  static const ScoreStyle fraction;  // 0.493
};
inline constexpr ScoreStyle ScoreStyle::percent{100, 1};
inline constexpr ScoreStyle ScoreStyle::fraction{1, 3};

/// How a metric's numbers are printed: fractions as the community does, anything else as it is.
ScoreStyle style_of(const MetricDescriptor& metric, Display display);
ScoreStyle style_of(const Result& result, const Metric& metric);

/// How the figures of a data set are printed wherever they came from: as the protocol of its
/// benchmark prints them (Display); nullopt where the program ships no such benchmark.
std::optional<ScoreStyle> benchmark_style(std::string_view dataset);

/// The habit of a data set of which only published figures are at hand: that of the protocol of the
/// benchmark of this name; where there is none, what the published files say.
ScoreStyle published_style(std::string_view dataset);

/// A number as people print it, rounded half to even of the binary value; "–" where there is
/// none.
std::string format_score(std::optional<double> value, ScoreStyle style);
/// An aggregate's value, with its standard deviation where it has one: "0.8085 ± 0.0994".
std::string format_aggregate(const Aggregate& aggregate, ScoreStyle style);
/// A difference with its sign ("+1.2", "−0.4", "0.0"); a minus is U+2212.
std::string format_difference(double difference, ScoreStyle style);

/// "J&F", "J_s", "F_u", "J recall": how a metric of a scope is headed. "pooled" is said in words,
/// as is any other place that a published figure is of ("fps (RTX6000)").
std::string metric_heading(const MetricDescriptor& metric, std::string_view place);
std::string metric_heading(const MetricDescriptor& metric, Scope scope = Scope::overall);
/// The same as LaTeX: $\mathcal{J}\&\mathcal{F}$, $\mathcal{J}_s$.
std::string metric_heading_latex(const MetricDescriptor& metric, std::string_view place);
std::string metric_heading_latex(const MetricDescriptor& metric, Scope scope = Scope::overall);

/// "12 sequences, 55 objects"; without objects "12 sequences, 488 images".
std::string counts_words(const DatasetStamp& dataset, const ProtocolStamp& protocol);

/// What tables of sequences show: the result's metrics; without objects those that a sequence has a
/// value in (IoU of groups of classes is of the whole split).
std::vector<MetricDescriptor> sequence_metrics(const Result& result);

/// The cells of a row of DIAS's table, as its code prints them: "0.8085$\pm$0.0994", in the order
/// of the aggregates that have a deviation; "nan$\pm$nan" where there is no value. Empty for a
/// result under other rules than published ones.
std::vector<std::string> published_row(const Result& result);

/// What tables of objects show, in order: the result's metrics, each that has a value per frame
/// with its recall and decay behind it.
std::vector<MetricDescriptor> object_metrics(const Result& result);

/// A table before it is written, the one model of text, Markdown, LaTeX, CSV and HTML. Cells are
/// plain text: each writer escapes them for where they go.
struct Table {
  enum class Align { left, right };
  struct Column {
    std::string heading;        // plain text
    std::string latex_heading;  // LaTeX source; empty: the plain heading, escaped
    Align align = Align::right;
    bool in_latex = true;  // false: too wide for a paper, a comment behind its row
  };
  struct Cell {
    std::string text;
    bool strong = false;     // the best of its column
    std::string mark{};      // behind the text, e.g. "‡"; the notes say what it means
    std::string footnote{};  // e.g. why there is no figure: a lettered note below the table
    bool indented = false;   // of a first cell: the row belongs to the one above it
  };
  /// Columns that stand together under a title of their own, e.g. one data set's; columns before
  /// the first group and behind the last have none. In order, none overlap.
  struct Group {
    std::string title;
    std::size_t first = 0;  // column
    std::size_t count = 0;
  };
  std::string caption;
  std::string label;  // of the LaTeX table, e.g. "tab:mosxav-test"
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
  std::vector<std::string> notes;  // below the table; comments in LaTeX, left out of CSV
  std::vector<Group> groups{};     // writers that know one line of headings put titles before them
};

/// The footnotes of a table's cells in the order they come, each once, with their letters: a … z,
/// then aa, ab, …
class Footnotes {
 public:
  struct Note {
    std::string letter;
    std::string text;
  };
  explicit Footnotes(const Table& table);
  /// Empty for a cell without a footnote.
  std::string letter_of(const Table::Cell& cell) const;
  const std::vector<Note>& notes() const { return notes_; }

 private:
  std::vector<Note> notes_;
};

/// A heading with the title of its group before it, for writers that know one line of headings.
std::string full_heading(const Table& table, std::size_t column);
/// A cell with its mark and its footnote's letter in brackets.
std::string cell_words(const Table::Cell& cell, const Footnotes& footnotes);
/// The notes of a table, then its footnotes.
std::vector<std::string> all_notes(const Table& table, const Footnotes& footnotes);

/// GitHub's table form, notes as a list below it.
std::string markdown_table(const Table& table);

/// Where a LaTeX table stands.
enum class LatexForm {
  column,  // table: notes are comments, for whoever pastes it
  page,    // table* over both columns, notes printed below it; without the line about packages
};
/// A booktabs table environment; needs \usepackage{booktabs}.
std::string latex_table(const Table& table, LatexForm form = LatexForm::column);
/// A header line and the rows, nothing else.
std::string csv_table(const Table& table);

/// One row a result, one column an aggregate of the first result, in its order; the best of two and
/// more rows is strong. Each row's predictions digest stands in the notes; an incomplete result is
/// marked, never printed as the data set's score.
Table paper_table(std::span<const Result> results);
/// One row a sequence: objects, frames scored, every metric of the result.
Table sequence_table(const Result& result);
/// One row an object: group, frames, every metric of the result, with recall and decay. Without
/// objects one row a class.
Table object_table(const Result& result);

/// "task,case,algorithm,value", which challengeR reads as it is: tasks are the first result's
/// metrics, cases are sequences (objects of one sequence are not independent), values have 17
/// significant digits, NA where there is none. Algorithms of one name get their digest's first
/// digits behind it.
std::string long_csv(std::span<const Result> results);

/// The first `digits` hexadecimal digits of "sha256:…"; "none" where there is no digest.
std::string short_digest(std::string_view digest, std::size_t digits = 12);

/// Names for results in one table: the submission's, with digest digits where two are the same.
std::vector<std::string> result_names(std::span<const Result> results);

}  // namespace angiobench
