// SPDX-License-Identifier: MIT
#include "reports/tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <system_error>

#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/files/text.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"
#include "evaluator/protocol.h"
#include "evaluator/vessel/map_score.h"
#include "reports/escape.h"
#include "reports/published.h"
#include "reports/vessel_text.h"

namespace angiobench {
namespace {

std::string print_double(double value, std::chars_format form, int digits) {
  std::array<char, 400> buffer{};
  const auto [end, failure] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, form, digits);
  expects(failure == std::errc{}, "a number fits its buffer");
  return {buffer.data(), end};
}

std::string print_scaled(double value, const ScoreStyle& style) {
  std::string text = print_double(style.scale * value, std::chars_format::fixed, style.decimals);
  // A value that rounds to nothing has no sign.
  if (text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
  return text;
}

std::string_view scope_subscript(std::string_view place) {
  if (place == scope_name(Scope::seen)) return "s";
  if (place == scope_name(Scope::unseen)) return "u";
  return "";
}

bool is_common_place(std::string_view place) {
  return place.empty() || place == scope_name(Scope::overall);
}

// Columns of a table, one a metric.
void add_metric_columns(Table& table, std::span<const MetricDescriptor> metrics) {
  for (const MetricDescriptor& metric : metrics) {
    table.columns.push_back(
        {metric_heading(metric), metric_heading_latex(metric), Table::Align::right});
  }
}

// Text of ours and of the user's as LaTeX reads it: signs that stand in our own cells have their
// commands, the rest of what LaTeX engines cannot read is the user's own.
std::string latex_words(std::string_view text) {
  std::string latex = escape_latex(text);
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (std::size_t at = latex.find(from); at != std::string::npos;
         at = latex.find(from, at + to.size())) {
      latex.replace(at, from.size(), to);
    }
  };
  replace("–", "--");
  replace("\u2212", "$-$");
  replace("±", "$\\pm$");
  replace("†", "\\textsuperscript{\\dag}");
  replace("‡", "\\textsuperscript{\\ddag}");
  return latex;
}

std::string latex_columns(const Table& table) {
  std::string columns;
  for (const Table::Column& column : table.columns) {
    if (column.in_latex) columns += column.align == Table::Align::left ? 'l' : 'r';
  }
  return columns;
}

// A line of a tabular: `cell_of` gives each column's LaTeX.
template <typename CellOf>
std::string latex_line(const Table& table, CellOf cell_of) {
  std::string line = "    ";
  bool first = true;
  for (std::size_t index = 0; index < table.columns.size(); ++index) {
    if (!table.columns[index].in_latex) continue;
    line += (first ? "" : " & ") + cell_of(index);
    first = false;
  }
  return line + " \\\\\n";
}

// Titles over their columns, each with a rule.
std::string latex_groups(const Table& table) {
  if (table.groups.empty()) return {};
  std::string titles = "    ";
  std::string rules = "   ";
  std::size_t placed = 0;  // columns left of the group
  for (const Table::Group& group : table.groups) {
    const std::size_t marks = group.first - placed + (placed > 0 ? 1 : 0);
    if (marks > 0) titles += std::string(marks - 1, '&') + " & ";
    titles +=
        "\\multicolumn{" + std::to_string(group.count) + "}{c}{" + latex_words(group.title) + "}";
    rules += " \\cmidrule(lr){" + std::to_string(group.first + 1) + "-" +
             std::to_string(group.first + group.count) + "}";
    placed = group.first + group.count;
  }
  return titles + " \\\\\n" + rules + "\n";
}

std::string latex_cell(const Table::Cell& cell, const Footnotes& footnotes) {
  std::string text = latex_words(cell.text + cell.mark);
  if (cell.strong) text = "\\textbf{" + text + "}";
  const std::string letter = footnotes.letter_of(cell);
  if (!letter.empty()) text += "\\textsuperscript{" + letter + "}";
  return (cell.indented ? "\\quad " : "") + text;
}

std::string completeness_note(const std::string& name, const Result& result) {
  const auto whole = std::count_if(result.sequences.begin(), result.sequences.end(),
                                   [](const SequenceScore& sequence) { return sequence.complete; });
  return "† " + name + ": incomplete, " + std::to_string(whole) + " of " +
         std::to_string(result.dataset.sequences) + " sequences; not a score of " +
         result.dataset.name;
}

}  // namespace

ScoreStyle::ScoreStyle(Display display)
    : scale(display == Display::percent ? 100 : 1),
      decimals(printed_decimals(Unit::fraction, display)) {}

ScoreStyle style_of(const MetricDescriptor& metric, Display display) {
  const bool is_percent = metric.unit == Unit::fraction && display == Display::percent;
  return {is_percent ? 100.0 : 1.0, metric.decimals};
}

ScoreStyle style_of(const Result& result, const Metric& metric) {
  return style_of(descriptor_of(result, metric), result.protocol.display);
}

std::optional<ScoreStyle> benchmark_style(std::string_view dataset) {
  const std::vector<std::string> benchmarks = benchmark_names();
  if (std::ranges::find(benchmarks, dataset) == benchmarks.end()) return std::nullopt;
  return load_protocol(load_benchmark(std::string(dataset)).protocol).display;
}

ScoreStyle published_style(std::string_view dataset) {
  if (const std::optional<ScoreStyle> style = benchmark_style(dataset)) return *style;
  for (const PublishedFile& file : published_files()) {
    const bool has_dataset =
        std::ranges::find(file.entries, dataset, &PublishedEntry::dataset) != file.entries.end();
    if (has_dataset && file.display == Display::fraction) return ScoreStyle::fraction;
  }
  return ScoreStyle::percent;
}

std::string format_score(std::optional<double> value, ScoreStyle style) {
  if (!value || !std::isfinite(*value)) return "–";
  return print_scaled(*value, style);
}

std::string format_aggregate(const Aggregate& aggregate, ScoreStyle style) {
  const std::string text = format_score(aggregate.value, style);
  if (!aggregate.value || !aggregate.deviation) return text;
  return text + " ± " + format_score(aggregate.deviation, style);
}

std::string format_difference(double difference, ScoreStyle style) {
  const std::string text = print_scaled(difference, style);
  if (text.front() == '-') return "\u2212" + text.substr(1);
  return text.find_first_not_of("0.") == std::string::npos ? text : "+" + text;
}

std::string metric_heading(const MetricDescriptor& metric, std::string_view place) {
  const std::string_view subscript = scope_subscript(place);
  std::string heading = metric.name;
  if (!subscript.empty()) {
    heading.insert(std::min(heading.find(' '), heading.size()), "_" + std::string(subscript));
  } else if (!is_common_place(place)) {
    heading += " (" + std::string(place) + ")";
  }
  return heading;
}

std::string metric_heading(const MetricDescriptor& metric, Scope scope) {
  return metric_heading(metric, scope_name(scope));
}

std::string metric_heading_latex(const MetricDescriptor& metric, std::string_view place) {
  // LaTeX source is the table's alone: a file from a stranger must not bring any.
  const Measure* const row = find_measure(metric.metric);
  std::string heading =
      row == nullptr || row->latex.empty() ? escape_latex(metric.name) : row->latex;
  const std::string_view subscript = scope_subscript(place);
  if (!subscript.empty()) {
    // Inside the formula where there is one, else behind the first word.
    if (heading.front() == '$') {
      heading.insert(std::min(heading.find('$', 1), heading.size()), "_" + std::string(subscript));
    } else {
      heading.insert(std::min(heading.find(' '), heading.size()), " (" + std::string(place) + ")");
    }
  } else if (!is_common_place(place)) {
    heading += " (" + escape_latex(place) + ")";
  }
  return heading;
}

std::string metric_heading_latex(const MetricDescriptor& metric, Scope scope) {
  return metric_heading_latex(metric, scope_name(scope));
}

std::string counts_words(const DatasetStamp& dataset, const ProtocolStamp& protocol) {
  const bool is_of_objects = protocol.task == task_name(Task::objects);
  return plural(dataset.sequences, "sequence") + ", " +
         (is_of_objects ? plural(dataset.objects, "object")
                        : plural(dataset.frames_scored, "image"));
}

std::vector<MetricDescriptor> sequence_metrics(const Result& result) {
  std::vector<MetricDescriptor> metrics = metrics_of(result);
  if (has_objects(result)) return metrics;
  std::erase_if(metrics, [&](const MetricDescriptor& metric) {
    return std::ranges::none_of(result.sequences, [&](const SequenceScore& sequence) {
      return sequence.measures.contains(metric.metric);
    });
  });
  return metrics;
}

std::vector<std::string> published_row(const Result& result) {
  std::vector<std::string> cells;
  for (const Aggregate& aggregate : result.aggregates) {
    if (aggregate.variant != "published") continue;
    const auto text = [](const std::optional<double>& value) {
      return value ? python_text(*value) : std::string("nan");
    };
    cells.push_back(text(aggregate.value) + "$\\pm$" + text(aggregate.deviation));
  }
  return cells;
}

std::vector<MetricDescriptor> object_metrics(const Result& result) {
  std::vector<MetricDescriptor> shown;
  const auto add = [&](const MetricDescriptor& metric) {
    const bool is_there =
        std::ranges::find(shown, metric.metric, &MetricDescriptor::metric) != shown.end();
    if (!is_there) shown.push_back(metric);
  };
  for (const MetricDescriptor& metric : metrics_of(result)) {
    add(metric);
    const Measure* const measure = find_measure(metric.metric);
    if (measure == nullptr || measure->per_frame == nullptr) continue;
    for (const char* const statistic : {"recall", "decay"})
      add(descriptor_of(result, statistic_of(metric.metric, statistic)));
  }
  return shown;
}

Footnotes::Footnotes(const Table& table) {
  for (const std::vector<Table::Cell>& row : table.rows) {
    for (const Table::Cell& cell : row) {
      if (cell.footnote.empty() || !letter_of(cell).empty()) continue;
      const std::size_t index = notes_.size();
      std::string letter(1, static_cast<char>('a' + index % 26));
      if (index >= 26) letter.insert(0, 1, static_cast<char>('a' + index / 26 - 1));
      notes_.push_back({std::move(letter), cell.footnote});
    }
  }
}

std::string Footnotes::letter_of(const Table::Cell& cell) const {
  if (cell.footnote.empty()) return {};
  for (const Note& note : notes_) {
    if (note.text == cell.footnote) return note.letter;
  }
  return {};
}

std::string full_heading(const Table& table, std::size_t column) {
  for (const Table::Group& group : table.groups) {
    if (column >= group.first && column < group.first + group.count)
      return group.title + " " + table.columns[column].heading;
  }
  return table.columns[column].heading;
}

std::string cell_words(const Table::Cell& cell, const Footnotes& footnotes) {
  const std::string letter = footnotes.letter_of(cell);
  return cell.text + cell.mark + (letter.empty() ? "" : " [" + letter + "]");
}

std::vector<std::string> all_notes(const Table& table, const Footnotes& footnotes) {
  std::vector<std::string> notes = table.notes;
  for (const Footnotes::Note& note : footnotes.notes())
    notes.push_back("[" + note.letter + "] " + note.text);
  return notes;
}

std::string markdown_table(const Table& table) {
  const Footnotes footnotes(table);
  std::string text;
  if (!table.caption.empty()) text += escape_markdown(table.caption) + "\n\n";
  for (std::size_t column = 0; column < table.columns.size(); ++column)
    text += "| " + escape_markdown(full_heading(table, column)) + " ";
  text += "|\n";
  for (const Table::Column& column : table.columns)
    text += column.align == Table::Align::left ? "| --- " : "| ---: ";
  text += "|\n";
  for (const std::vector<Table::Cell>& row : table.rows) {
    for (const Table::Cell& cell : row) {
      const std::string escaped = escape_markdown(cell_words(cell, footnotes));
      text += cell.strong ? "| **" + escaped + "** " : "| " + escaped + " ";
    }
    text += "|\n";
  }
  const std::vector<std::string> notes = all_notes(table, footnotes);
  if (!notes.empty()) text += "\n";
  for (const std::string& note : notes) text += "- " + escape_markdown(note) + "\n";
  return text;
}

std::string latex_table(const Table& table, LatexForm form) {
  const bool page = form == LatexForm::page;
  const std::string environment = page ? "table*" : "table";
  const Footnotes footnotes(table);
  std::string text;
  if (!page) {
    text += "% needs \\usepackage{booktabs}\n";
    for (const std::string& note : all_notes(table, footnotes))
      text += "% " + latex_words(note) + "\n";
  }
  text += "\\begin{" + environment + "}[t]\n  \\centering\n";
  if (!table.caption.empty()) text += "  \\caption{" + latex_words(table.caption) + "}\n";
  if (!table.label.empty()) text += "  \\label{" + table.label + "}\n";
  text += "  \\begin{tabular}{" + latex_columns(table) + "}\n    \\toprule\n";
  text += latex_groups(table);
  text += latex_line(table, [&](std::size_t index) {
    const Table::Column& column = table.columns[index];
    return column.latex_heading.empty() ? latex_words(column.heading) : column.latex_heading;
  });
  text += "    \\midrule\n";
  for (const std::vector<Table::Cell>& row : table.rows) {
    text += latex_line(table, [&](std::size_t index) {
      return index < row.size() ? latex_cell(row[index], footnotes) : std::string{};
    });
    for (std::size_t index = 0; index < row.size(); ++index) {
      if (table.columns[index].in_latex || row[index].text.empty() || row[index].text == "–")
        continue;
      text += "    % " + latex_words(table.columns[index].heading) + ": " +
              latex_words(row[index].text) + "\n";
    }
  }
  text += "    \\bottomrule\n  \\end{tabular}\n";
  if (page) {
    for (const std::string& note : all_notes(table, footnotes))
      text += "\n  \\par\\footnotesize " + latex_words(note) + "\n";
  }
  text += "\\end{" + environment + "}\n";
  return text;
}

std::string csv_table(const Table& table) {
  std::string text;
  const auto append_field = [&](std::size_t index, std::string_view field) {
    if (index != 0) text += ',';
    // What stands for "no value" among people is an empty field among programs.
    if (field != "–") text += escape_csv(field);
  };
  for (std::size_t index = 0; index < table.columns.size(); ++index)
    append_field(index, full_heading(table, index));
  text += '\n';
  for (const std::vector<Table::Cell>& row : table.rows) {
    for (std::size_t index = 0; index < row.size(); ++index)
      append_field(index, row[index].text + row[index].mark);
    text += '\n';
  }
  return text;
}

std::string short_digest(std::string_view digest, std::size_t digits) {
  constexpr std::string_view kPrefix = "sha256:";
  if (digest.starts_with(kPrefix)) digest.remove_prefix(kPrefix.size());
  return digest.empty() ? "none" : std::string(digest.substr(0, digits));
}

std::vector<std::string> result_names(std::span<const Result> results) {
  std::map<std::string, int> uses;
  for (const Result& result : results) ++uses[result.submission.name];
  std::vector<std::string> names;
  for (const Result& result : results) {
    std::string name = result.submission.name.empty() ? "submission" : result.submission.name;
    if (uses[result.submission.name] > 1)
      name += " (" + short_digest(result.submission.digest, 8) + ")";
    names.push_back(name);
  }
  return names;
}

Table paper_table(std::span<const Result> results) {
  expects(!results.empty(), "a table has a row");
  const Result& first = results.front();
  const ScoreStyle style = first.protocol.display;
  Table table;
  table.caption = "Results on " + first.dataset.name + " under protocol " + first.protocol.name +
                  " (version " + std::to_string(first.protocol.version) +
                  "): " + counts_words(first.dataset, first.protocol) + ", " +
                  (style == ScoreStyle::percent ? "percent." : "fractions.");
  table.label = "tab:";
  for (const char c : first.dataset.name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    table.label += plain ? c : '-';
  }
  table.columns.push_back({"Method", "", Table::Align::left});
  std::vector<Aggregate> columns = first.aggregates;
  std::erase_if(columns, [&](const Aggregate& one) { return !is_shown_in_tables(first, one); });
  for (const Aggregate& aggregate : columns) {
    const MetricDescriptor metric = descriptor_of(first, aggregate.metric);
    table.columns.push_back({metric_heading(metric, aggregate.scope),
                             metric_heading_latex(metric, aggregate.scope), Table::Align::right});
  }

  const std::vector<std::string> names = result_names(results);
  for (std::size_t index = 0; index < results.size(); ++index) {
    const Result& result = results[index];
    const bool comparable = result.dataset.digest == first.dataset.digest &&
                            share_rules(result.protocol, first.protocol);
    std::vector<Table::Cell> row = {
        {names[index] + (result.complete ? "" : " †") + (comparable ? "" : " ‡"), false}};
    for (const Aggregate& column : columns) {
      const Aggregate* const aggregate = find_aggregate(result, column.metric, column.scope);
      row.push_back({aggregate == nullptr
                         ? "–"
                         : format_aggregate(*aggregate, style_of(first, column.metric)),
                     false});
    }
    table.rows.push_back(std::move(row));
    table.notes.push_back(names[index] + ": predictions sha256 " +
                          short_digest(result.submission.digest, 64));
    if (!result.complete) table.notes.push_back(completeness_note(names[index], result));
    if (!comparable) {
      table.notes.push_back("‡ " + names[index] + ": scored on another data set or protocol (" +
                            result.dataset.name + ", " + result.protocol.name +
                            "); not comparable with the first row");
    }
  }

  // The best of each column, as printed, so that ties are marked as ties.
  for (std::size_t column = 0; column < columns.size() && results.size() > 1; ++column) {
    const Aggregate& head = columns[column];
    const Direction direction = descriptor_of(first, head.metric).direction;
    if (direction == Direction::unknown) continue;
    std::optional<double> best;
    std::string best_text;
    for (std::size_t row = 0; row < results.size(); ++row) {
      const Aggregate* const aggregate = find_aggregate(results[row], head.metric, head.scope);
      const bool ranked =
          results[row].complete && table.rows[row][0].text.find("‡") == std::string::npos;
      if (!ranked || aggregate == nullptr || !aggregate->value) continue;
      if (best && !is_better(*aggregate->value, *best, direction)) continue;
      best = aggregate->value;
      best_text = table.rows[row][column + 1].text;
    }
    if (!best) continue;
    for (std::size_t row = 0; row < results.size(); ++row) {
      Table::Cell& cell = table.rows[row][column + 1];
      const bool ranked =
          results[row].complete && table.rows[row][0].text.find("‡") == std::string::npos;
      cell.strong = ranked && cell.text == best_text;
    }
  }
  return table;
}

Table sequence_table(const Result& result) {
  const std::vector<MetricDescriptor> metrics = shown_in_tables(result, sequence_metrics(result));
  Table table;
  table.caption =
      "Sequences of " + result.dataset.name + ", " + result_names({&result, 1}).front() + ".";
  table.label = "tab:sequences";
  table.columns = {{"Sequence", "", Table::Align::left},
                   {"Objects", "", Table::Align::right},
                   {"Frames", "", Table::Align::right}};
  add_metric_columns(table, metrics);
  for (const SequenceScore& sequence : result.sequences) {
    std::vector<Table::Cell> row = {{sequence.name + (sequence.complete ? "" : " †")},
                                    {std::to_string(sequence.objects.size())},
                                    {std::to_string(sequence.frames_scored)}};
    for (const MetricDescriptor& metric : metrics) {
      row.push_back({format_score(sequence_value(sequence, metric.metric),
                                  style_of(metric, result.protocol.display))});
    }
    table.rows.push_back(std::move(row));
    if (!sequence.complete)
      table.notes.push_back("† " + sequence.name + ": not everything could be scored");
  }
  table.notes.push_back("predictions sha256 " + short_digest(result.submission.digest, 64));
  return table;
}

namespace {

// What stands in the place of objects where there are none.
Table class_table(const Result& result) {
  Table table;
  table.caption =
      "Classes of " + result.dataset.name + ", " + result_names({&result, 1}).front() + ".";
  table.label = "tab:classes";
  table.columns = {{"Class", "", Table::Align::left},
                   {"Group", "", Table::Align::left},
                   {"Images", "", Table::Align::right}};
  for (const char* const heading : {"IoU", "Dice", "Precision", "Sensitivity", "IoU by image"})
    table.columns.push_back({heading, "", Table::Align::right});
  for (const ClassScore& one : result.classes) {
    std::vector<Table::Cell> row = {
        {one.name},
        {one.is_background ? std::string("background") : std::string(group_name(one.group))},
        {std::to_string(one.images)}};
    for (const std::optional<double>& value :
         {one.iou, one.dice, one.precision, one.sensitivity, one.iou_image})
      row.push_back({format_score(value, result.protocol.display)});
    table.rows.push_back(std::move(row));
  }
  table.notes.push_back("predictions sha256 " + short_digest(result.submission.digest, 64));
  return table;
}

}  // namespace

Table object_table(const Result& result) {
  if (!has_objects(result)) return class_table(result);
  const std::vector<MetricDescriptor> metrics = shown_in_tables(result, object_metrics(result));
  Table table;
  table.caption =
      "Objects of " + result.dataset.name + ", " + result_names({&result, 1}).front() + ".";
  table.label = "tab:objects";
  table.columns = {{"Sequence", "", Table::Align::left},
                   {"Object", "", Table::Align::right},
                   {"Group", "", Table::Align::left},
                   {"Frames", "", Table::Align::right}};
  add_metric_columns(table, metrics);
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      std::vector<Table::Cell> row = {{sequence.name},
                                      {std::to_string(object.id)},
                                      {std::string(group_name(object.group))},
                                      {std::to_string(object.frames)}};
      for (const MetricDescriptor& metric : metrics) {
        row.push_back(
            {format_score(object.value(metric.metric), style_of(metric, result.protocol.display))});
      }
      table.rows.push_back(std::move(row));
    }
  }
  table.notes.push_back("predictions sha256 " + short_digest(result.submission.digest, 64));
  return table;
}

std::string long_csv(std::span<const Result> results) {
  std::string text = "task,case,algorithm,value\n";
  const std::vector<std::string> names = result_names(results);
  if (results.empty()) return text;
  for (const MetricDescriptor& metric : sequence_metrics(results.front())) {
    for (std::size_t index = 0; index < results.size(); ++index) {
      for (const SequenceScore& sequence : results[index].sequences) {
        const std::optional<double> value = sequence_value(sequence, metric.metric);
        text += escape_csv(metric.metric.id) + "," + escape_csv(sequence.name) + "," +
                escape_csv(names[index]) + "," +
                (value ? print_double(*value, std::chars_format::general, 17) : "NA") + "\n";
      }
    }
  }
  return text;
}

}  // namespace angiobench
