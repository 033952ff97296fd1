// SPDX-License-Identifier: MIT
#include "reports/leaderboard/views.h"

#include <algorithm>

#include "dataset/error.h"
#include "evaluator/measures.h"
#include "evaluator/scoring/result_audit.h"
#include "reports/decimal.h"
#include "reports/escape.h"
#include "reports/text_table.h"

namespace angiobench {
namespace {

bool wanted(const Standing& standing, const BoardSelection& selection) {
  return selection.method.empty() || standing.run->entry.facts.method == selection.method;
}

const MetricColumn* interval_column(const std::vector<MetricColumn>& columns,
                                    const std::vector<Standing>& standings) {
  for (const MetricColumn& column : columns) {
    if (!column.ranks()) continue;
    const bool any = std::ranges::any_of(standings, [&](const Standing& standing) {
      const BoardFigure* const figure = find_figure(standing.run->entry, column);
      return figure != nullptr && figure->interval.has_value();
    });
    return any ? &column : nullptr;
  }
  return nullptr;
}

std::string interval_text(const BoardEntry& entry, const MetricColumn& column, ScoreStyle style) {
  const BoardFigure* const figure = find_figure(entry, column);
  if (figure == nullptr || !figure->interval.has_value()) return {};
  const ScoreStyle own = column_style(column, style);
  return "[" + format_score(figure->interval->low, own) + ", " +
         format_score(figure->interval->high, own) + "]";
}

Table::Column left(const char* heading) { return {heading, {}, Table::Align::left}; }

// The best shown value of each column, to print strong; only where there is something to compare.
std::vector<std::string> best_of(const std::vector<MetricColumn>& columns,
                                 const std::vector<Standing>& standings, ScoreStyle style) {
  std::vector<std::string> best(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!columns[c].ranks() || standings.size() < 2) continue;
    const BoardEntry* leader = nullptr;
    for (const Standing& standing : standings) {
      const BoardFigure* const figure = find_figure(standing.run->entry, columns[c]);
      if (figure == nullptr || !figure->value.has_value()) continue;
      const double value = *figure->value;
      const double top = leader == nullptr ? value : *find_figure(*leader, columns[c])->value;
      if (leader == nullptr || is_better(value, top, columns[c].metric.direction))
        leader = &standing.run->entry;
    }
    if (leader != nullptr) best[c] = cell_text(*leader, columns[c], style);
  }
  return best;
}

void add_metric_columns(Table& table, const std::vector<MetricColumn>& columns,
                        const MetricColumn* interval) {
  for (const MetricColumn& column : columns) {
    table.columns.push_back(
        {column.heading, metric_heading_latex(column.metric, column.place), Table::Align::right});
    if (&column == interval)
      table.columns.push_back({"95 % interval", "95\\,\\% interval", Table::Align::right});
  }
}

void add_metric_cells(std::vector<Table::Cell>& row, const BoardEntry& entry,
                      const std::vector<MetricColumn>& columns, const MetricColumn* interval,
                      const std::vector<std::string>& best, ScoreStyle style) {
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::string text = cell_text(entry, columns[c], style);
    const bool strong = !best.empty() && !best[c].empty() && text == best[c];
    const bool marked = !entry.mean_follows && columns[c].is(mean_metric(), Scope::overall);
    if (text.empty()) text = "–";
    row.push_back({marked ? text + "‡" : text, strong});
    if (&columns[c] == interval) {
      const std::string between = interval_text(entry, columns[c], style);
      row.push_back({between.empty() ? "–" : between});
    }
  }
}

std::string unit_words(ScoreStyle style) {
  return style == ScoreStyle::percent ? "percent" : "fractions";
}

Table group_table(const DatasetStandings& dataset, const StandingGroup& group,
                  const BoardSelection& selection) {
  Table table;
  table.caption = dataset.dataset + ", measured: protocol " + group.protocol.name + ", " +
                  unit_words(dataset.style);
  table.label = "tab:" + safe_name(dataset.dataset);
  const MetricColumn* const interval = interval_column(group.columns, group.standings);
  table.columns = {{"#", "\\#", Table::Align::right}, left("Method"), left("Team")};
  add_metric_columns(table, group.columns, interval);
  table.columns.push_back(left("Submitted"));
  table.columns.push_back(left("Masks"));
  table.columns.push_back(left("Stands on"));
  const std::vector<std::string> best = best_of(group.columns, group.standings, dataset.style);
  for (const Standing& standing : group.standings) {
    if (!wanted(standing, selection)) continue;
    const BoardEntry& entry = standing.run->entry;
    std::vector<Table::Cell> row = {
        {rank_text(standing)},
        {method_title(entry.facts) +
         (entry.facts.kind == EntryKind::baseline ? " [baseline]" : "")},
        {entry.facts.team.empty() ? "–" : entry.facts.team}};
    add_metric_cells(row, entry, group.columns, interval, best, dataset.style);
    row.push_back({entry.facts.time.substr(0, 10)});
    row.push_back({short_digest(entry.submission_digest)});
    row.push_back({std::string(evidence_words(entry.evidence.kind))});
    table.rows.push_back(std::move(row));
    if (!standing.reason.empty())
      table.notes.push_back(method_title(entry.facts) + " is not ranked: " + standing.reason);
  }
  table.notes.push_back("data set " + short_digest(group.dataset.digest) + ", protocol " +
                        group.protocol.name + " v" + std::to_string(group.protocol.version) + " " +
                        short_digest(group.protocol.hash) + ", metric version " +
                        group.metric_version);
  if (truth_origin(group.dataset, group.protocol.name) == TruthOrigin::another)
    table.notes.push_back("the ground truth is not the released one of " + group.dataset.name);
  if (std::ranges::any_of(group.standings, &Standing::tied)) {
    table.notes.push_back("= marks equal figures at the digits shown");
  }
  return table;
}

Table unranked_table(const DatasetStandings& dataset, const BoardSelection& selection) {
  Table table;
  table.caption = dataset.dataset +
                  ", not ranked: incomplete runs, whose figures are no scores of the data set";
  table.columns = {left("Method"), left("Team"), left("Why")};
  add_metric_columns(table, dataset.unranked_columns, nullptr);
  table.columns.push_back(left("Protocol"));
  table.columns.push_back(left("Masks"));
  table.columns.push_back(left("Stands on"));
  for (const Standing& standing : dataset.unranked) {
    if (!wanted(standing, selection)) continue;
    const BoardEntry& entry = standing.run->entry;
    std::vector<Table::Cell> row = {{method_title(entry.facts)},
                                    {entry.facts.team.empty() ? "–" : entry.facts.team},
                                    {standing.reason}};
    add_metric_cells(row, entry, dataset.unranked_columns, nullptr, {}, dataset.style);
    row.push_back({entry.protocol.name});
    row.push_back({short_digest(entry.submission_digest)});
    row.push_back({std::string(evidence_words(entry.evidence.kind))});
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table reported_table(const DatasetStandings& dataset, const BoardSelection& selection) {
  Table table;
  table.caption = dataset.dataset + ", published elsewhere: not measured here, not ranked, " +
                  unit_words(dataset.style);
  table.label = "tab:" + safe_name(dataset.dataset) + "-published";
  std::vector<Standing> rows;
  for (const Standing& standing : dataset.reported) {
    if (wanted(standing, selection)) rows.push_back(standing);
  }
  const std::size_t shown = std::min(rows.size(), selection.max_reported);
  std::vector<std::string> sources;
  std::vector<MetricColumn> columns;
  for (const MetricColumn& column : dataset.reported_columns) {
    const bool any = std::any_of(
        rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(shown),
        [&](const Standing& row) { return find_figure(row.run->entry, column) != nullptr; });
    if (any) columns.push_back(column);
  }
  table.columns = {left("Method"), {"Year", {}, Table::Align::right}};
  add_metric_columns(table, columns, nullptr);
  table.columns.push_back(left("Source"));
  for (std::size_t i = 0; i < shown; ++i) {
    const BoardEntry& entry = rows[i].run->entry;
    std::vector<Table::Cell> row = {{method_title(entry.facts)},
                                    {entry.year == 0 ? "–" : std::to_string(entry.year)}};
    add_metric_cells(row, entry, columns, nullptr, {}, dataset.style);
    row.push_back({entry.source.label});
    table.rows.push_back(std::move(row));
    const std::string source = entry.source.label + ": " + entry.source.url;
    if (std::ranges::find(sources, source) == sources.end()) sources.push_back(source);
    if (!entry.mean_follows) {
      table.notes.push_back("‡ " + method_title(entry.facts) +
                            ": the printed J&F is not the mean of its columns, " + entry.mean +
                            " %");
    }
  }
  table.notes.insert(table.notes.end(), sources.begin(), sources.end());
  if (shown < rows.size()) {
    table.notes.push_back(std::to_string(rows.size() - shown) +
                          " more published rows are left out");
  }
  return table;
}

// The data sets of a selection; throws where it names what is not there.
std::vector<const DatasetStandings*> selected(const BoardView& view,
                                              const BoardSelection& selection) {
  std::vector<const DatasetStandings*> datasets;
  bool method_found = selection.method.empty();
  for (const DatasetStandings& dataset : view.datasets) {
    if (!selection.dataset.empty() && dataset.dataset != selection.dataset) continue;
    datasets.push_back(&dataset);
    const auto has = [&](const std::vector<Standing>& standings) {
      return std::ranges::any_of(
          standings, [&](const Standing& standing) { return wanted(standing, selection); });
    };
    method_found = method_found || has(dataset.unranked) || has(dataset.reported) ||
                   std::ranges::any_of(dataset.groups, [&](const StandingGroup& group) {
                     return has(group.standings);
                   });
  }
  if (datasets.empty()) {
    throw Error(ErrorKind::input, "", "the leaderboard has no data set '" + selection.dataset + "'",
                "a name that 'leaderboard show' lists");
  }
  if (!method_found) {
    throw Error(ErrorKind::input, "",
                "the leaderboard has no method '" + selection.method + "'" +
                    (selection.dataset.empty() ? "" : " on " + selection.dataset),
                "a name that 'leaderboard show' lists");
  }
  return datasets;
}

std::vector<Table> selected_tables(const BoardView& view, const BoardSelection& selection) {
  std::vector<Table> tables;
  for (const DatasetStandings* dataset : selected(view, selection)) {
    for (Table& table : dataset_tables(*dataset, selection)) tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace

BoardView load_view(const Board& board) {
  BoardView view;
  view.runs = board.runs();
  view.audit = board.audit();
  view.head = view.audit.empty() ? std::string{} : view.audit.back().hash;
  view.datasets = standings_of(view.runs);
  return view;
}

std::vector<Table> dataset_tables(const DatasetStandings& dataset,
                                  const BoardSelection& selection) {
  std::vector<Table> tables;
  for (const StandingGroup& group : dataset.groups)
    tables.push_back(group_table(dataset, group, selection));
  tables.push_back(unranked_table(dataset, selection));
  tables.push_back(reported_table(dataset, selection));
  std::erase_if(tables,
                [](const Table& table) { return table.rows.empty() && table.notes.empty(); });
  std::erase_if(
      tables, [&](const Table& table) { return table.rows.empty() && !selection.method.empty(); });
  return tables;
}

std::string board_text(const BoardView& view, const BoardSelection& selection) {
  std::string text;
  for (const Table& table : selected_tables(view, selection))
    text += (text.empty() ? "" : "\n") + text_table(table);
  return text;
}

std::string board_markdown(const BoardView& view, const BoardSelection& selection) {
  std::string text = "# Leaderboard\n";
  for (const DatasetStandings* dataset : selected(view, selection)) {
    const std::vector<Table> tables = dataset_tables(*dataset, selection);
    if (tables.empty()) continue;
    text += "\n## " + escape_markdown(dataset->dataset) + "\n";
    for (const Table& table : tables) text += "\n" + markdown_table(table);
  }
  return text;
}

std::string board_latex(const BoardView& view, const BoardSelection& selection) {
  std::string text;
  for (const Table& table : selected_tables(view, selection))
    text += (text.empty() ? "" : "\n") + latex_table(table);
  return text;
}

std::string board_csv(const BoardView& view, const BoardSelection& selection) {
  std::string text =
      "dataset,section,protocol,protocol_hash,dataset_digest,metric_version,rank,tied,method,"
      "variant,team,kind,"
      "submitted,submission,evidence,source,metric,scope,value,low,high,n\n";
  const auto put = [&](const DatasetStandings& dataset, const Standing& standing,
                       std::string_view section, const std::vector<MetricColumn>& columns) {
    if (!wanted(standing, selection)) return;
    const BoardEntry& entry = standing.run->entry;
    for (const MetricColumn& column : columns) {
      const BoardFigure* const figure = find_figure(entry, column);
      if (figure == nullptr) continue;
      std::string value = figure->value.has_value() ? full_text(*figure->value) : std::string{};
      if (const std::optional<Decimal> printed = parse_decimal(figure->printed)) {
        value =
            exact_text(column.metric.unit == Unit::fraction ? shift_left(*printed, 2) : *printed);
      }
      const std::string fields[] = {
          dataset.dataset,
          std::string(section),
          entry.protocol.name,
          entry.protocol.hash,
          entry.dataset.digest,
          entry.metric_version,
          standing.rank == 0 ? std::string{} : std::to_string(standing.rank),
          standing.tied ? "=" : "",
          entry.facts.method,
          entry.facts.variant,
          entry.facts.team,
          std::string(entry_kind_name(entry.facts.kind)),
          entry.facts.time,
          entry.submission_digest,
          entry.facts.kind == EntryKind::reported ? std::string()
                                                  : std::string(evidence_name(entry.evidence.kind)),
          entry.source.url,
          figure->metric.id,
          figure->place,
          value,
          figure->interval.has_value() ? full_text(figure->interval->low) : std::string{},
          figure->interval.has_value() ? full_text(figure->interval->high) : std::string{},
          figure->n == 0 ? std::string{} : std::to_string(figure->n)};
      bool first = true;
      for (const std::string& field : fields) {
        // A number keeps its sign; every other text may be a formula. "=" is our own mark.
        const bool plain = parse_decimal(field).has_value() || field == "=";
        text += (first ? "" : ",") + (plain ? field : escape_csv(field));
        first = false;
      }
      text += "\n";
    }
  };
  for (const DatasetStandings* dataset : selected(view, selection)) {
    for (const StandingGroup& group : dataset->groups) {
      for (const Standing& standing : group.standings)
        put(*dataset, standing, "measured", group.columns);
    }
    for (const Standing& standing : dataset->unranked)
      put(*dataset, standing, "incomplete", dataset->unranked_columns);
    std::size_t shown = 0;
    for (const Standing& standing : dataset->reported) {
      if (!wanted(standing, selection)) continue;
      if (shown++ == selection.max_reported) break;
      put(*dataset, standing, "reported", dataset->reported_columns);
    }
  }
  return text;
}

Table run_table(const BoardView& view, bool with_reported) {
  Table table;
  table.columns = {{"Run", {}, Table::Align::right},
                   left("Data set"),
                   left("Method"),
                   left("Team"),
                   left("Kind"),
                   left("Status"),
                   {"Score", {}, Table::Align::right},
                   left("Masks"),
                   left("Stands on"),
                   left("Added")};
  std::size_t reported = 0;
  for (const BoardRun& run : view.runs) {
    const BoardEntry& entry = run.entry;
    if (entry.facts.kind == EntryKind::reported) {
      ++reported;
      if (!with_reported) continue;
    }
    std::vector<MetricColumn> columns;
    for (const BoardFigure& figure : entry.figures)
      columns.push_back(metric_column(descriptor_of(entry, figure.metric), figure.place));
    sort_columns(columns, entry.metrics.empty() ? nullptr : &entry.metrics.front().metric);
    const bool measured = entry.facts.kind != EntryKind::reported;
    std::string score = "–";
    // What an incomplete run gives is no score.
    if (!columns.empty() && entry.complete) {
      const std::string value =
          cell_text(entry, columns.front(),
                    measured ? benchmark_style(entry.dataset.name).value_or(entry.protocol.display)
                             : published_style(entry.dataset.name));
      if (!value.empty()) score = columns.front().heading + " " + value;
    }
    table.rows.push_back({{std::to_string(run.id)},
                          {entry.dataset.name},
                          {method_title(entry.facts)},
                          {entry.facts.team.empty() ? "–" : entry.facts.team},
                          {std::string(entry_kind_name(entry.facts.kind))},
                          {measured ? (entry.complete ? "complete" : "incomplete") : "published"},
                          {score},
                          {measured ? short_digest(entry.submission_digest) : "–"},
                          {measured ? std::string(evidence_words(entry.evidence.kind)) : "–"},
                          {run.added}});
  }
  if (!with_reported && reported > 0) {
    table.notes.push_back(std::to_string(reported) +
                          " published rows are left out (--all lists them)");
  }
  table.notes.push_back("audit: " + std::to_string(view.audit.size()) + " rows, head " + view.head);
  return table;
}

}  // namespace angiobench
