// SPDX-License-Identifier: MIT
#include "reports/still_tables.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "dataset/error.h"
#include "evaluator/measures.h"
#include "evaluator/vessel/map_score.h"
#include "reports/decimal.h"
#include "reports/published.h"
#include "reports/tables.h"

namespace angiobench {
namespace {

// What a table is of: its columns are metrics over the whole of one or more benchmarks.
struct Columns {
  std::string title;
  std::vector<std::string> datasets;  // of which a row may be; the first is told
  std::vector<Metric> metrics;
};

struct StillTable {
  std::string name;
  std::string caption;
  std::vector<Columns> columns;
  std::vector<std::string> protocols;  // of the measured rows; the first is told
  std::string without_published;       // why there are no published figures; empty: there are
  std::vector<std::string> notes;
};

const std::vector<StillTable>& still_tables() {
  const auto metrics = [](std::initializer_list<const char*> ids) {
    std::vector<Metric> list;
    for (const char* const id : ids) list.emplace_back(id);
    return list;
  };
  const std::vector<Metric> semantic =
      metrics({"mIoU", "mIoU_foreground", "mDice", "mDice_foreground", "pixel_accuracy"});
  static const std::vector<StillTable> tables = {
      {"dias-table2",
       "DIAS, Table 2: mean ± population standard deviation over sequences, fractions",
       {{"DIAS",
         {"dias-test", "dias-validation", "dias-training"},
         metrics({"DSC", "Acc", "Sen", "Spe", "IOU", "AUC", "cldice", "VC"})}},
       {"dias", "dias-exact"},
       "not transcribed: the figures of the source's Table 2 are not at hand",
       {"rows under the protocol dias print as the public code does (each image rounded, NaN where "
        "it has NaN, VC with the background); dias-exact rounds nothing"}},
      {"paxray",
       "PAXRay: mean IoU of 166 labels by the published rule and three others, percent",
       {{"PAXRay",
         {"paxray-test", "paxray-val"},
         metrics({"miou-published", "miou", "miou-present", "miou-dataset"})}},
       {"paxray"},
       "",
       {"the source prints the first column alone; the others correct its rule for labels that an "
        "image lacks"}},
      {"mosxav-semantic",
       "MOSXAV, semantic segmentation: means over classes with and without the background, percent",
       {{"MOSXAV val", {"mosxav-semantic-val"}, semantic},
        {"MOSXAV test", {"mosxav-semantic-test"}, semantic}},
       {"semantic"},
       "no published figures of this task were found, nor whether its authors count the background",
       {}},
  };
  return tables;
}

const StillTable* find_table(std::string_view name) {
  const auto found = std::ranges::find(still_tables(), name, &StillTable::name);
  return found == still_tables().end() ? nullptr : &*found;
}

bool is_one_of(const std::vector<std::string>& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

// Why a result gives no figure for these columns; empty where it does.
std::string reason_against(const StillTable& table, const Columns& columns,
                           const MeasuredInput* input) {
  if (input == nullptr) {
    return "no result was given: score the predictions with --dataset " + columns.datasets.front() +
           " and name it with --results";
  }
  const Result& result = input->result;
  if (!is_one_of(table.protocols, result.protocol.name)) {
    return "scored under the protocol '" + result.protocol.name + "', which is not '" +
           table.protocols.front() + "'";
  }
  if (!result.complete)
    return "the result is incomplete: an average over fewer sequences is not its score";
  return {};
}

// As the public code prints it: mean and deviation as Python has them.
std::string measured_text(const Result& result, const Aggregate& aggregate) {
  if (aggregate.variant == "published" && aggregate.deviation) {
    return (aggregate.value ? python_text(*aggregate.value) : std::string("nan")) + "±" +
           python_text(*aggregate.deviation);
  }
  if (aggregate.variant == "published" && !aggregate.value) return "nan±nan";
  const ScoreStyle style = style_of(result, aggregate.metric);
  if (aggregate.variant == "exact") return format_aggregate(aggregate, {style.scale, 4});
  return format_aggregate(aggregate, style);
}

void add_cells(PaperRow& row, const StillTable& table, const Columns& columns,
               const MeasuredInput* input) {
  const std::string reason = reason_against(table, columns, input);
  for (const Metric& metric : columns.metrics) {
    PaperCell cell{"–", false, reason.empty() ? reason : columns.title + ": " + reason};
    const Aggregate* const aggregate =
        reason.empty() ? find_aggregate(input->result, metric, Scope::overall) : nullptr;
    if (aggregate != nullptr) {
      cell.text = measured_text(input->result, *aggregate);
    } else if (reason.empty()) {
      cell.reason = columns.title + ": the result has no " + metric.id;
    }
    row.cells.push_back(std::move(cell));
  }
}

// Rows of the source, where its figures are at hand.
void add_published(PaperTable& paper, const StillTable& table) {
  if (!table.without_published.empty()) {
    PaperRow& row = paper.rows.emplace_back();
    row.label = "published";
    for (const Columns& columns : table.columns) {
      for (std::size_t i = 0; i < columns.metrics.size(); ++i)
        row.cells.push_back({"–", false, table.without_published});
    }
    return;
  }
  const std::vector<std::string>& datasets = table.columns.front().datasets;
  for (const PublishedFile& file : published_files()) {
    for (const PublishedEntry& entry : file.entries) {
      if (!is_one_of(datasets, entry.dataset)) continue;
      PaperRow& row = paper.rows.emplace_back();
      row.label = entry.variant.empty() ? entry.method : entry.method + " (" + entry.variant + ")";
      for (const Metric& metric : table.columns.front().metrics) {
        const PublishedFigure* const figure = find_figure(entry.figures, metric, Scope::overall);
        row.cells.push_back(figure == nullptr ? PaperCell{"–", false, "not published"}
                                              : PaperCell{exact_text(figure->number), false, {}});
      }
      paper.notes.push_back(row.label + ": " + file.source.label +
                            (entry.note.empty() ? "" : "; " + entry.note));
    }
  }
}

// Results of one name make one row; under another protocol of the table they make a row of their
// own.
void add_measured(PaperTable& paper, const StillTable& table,
                  std::span<const MeasuredInput> measured) {
  const auto columns_of = [&](const MeasuredInput& input) {
    return std::ranges::find_if(table.columns, [&](const Columns& columns) {
      return is_one_of(columns.datasets, input.result.dataset.name);
    });
  };
  std::vector<std::pair<std::string, std::vector<const MeasuredInput*>>> rows;
  for (const MeasuredInput& input : measured) {
    if (columns_of(input) == table.columns.end()) {
      paper.notes.push_back(input.path + " is of " + input.result.dataset.name +
                            ", which has no column here");
      continue;
    }
    const bool is_main = input.result.protocol.name == table.protocols.front();
    const std::string label = input.name + (is_main ? "" : ", " + input.result.protocol.name) +
                              ", measured here" +
                              (table.columns.size() > 1 ? "" : " on " + input.result.dataset.name);
    auto row = std::ranges::find(rows, label, [](const auto& entry) { return entry.first; });
    if (row == rows.end()) row = rows.insert(rows.end(), {label, {}});
    for (const MeasuredInput* const other : row->second) {
      if (columns_of(*other) != columns_of(input)) continue;
      throw Error(ErrorKind::input, input.path,
                  "is a second result of '" + input.name + "' on " + input.result.dataset.name +
                      " beside " + other->path,
                  "one result a name and data set (NAME=PATH gives another name)");
    }
    row->second.push_back(&input);
  }
  if (rows.empty()) rows.push_back({"measured here", {}});
  for (const auto& [label, inputs] : rows) {
    PaperRow& row = paper.rows.emplace_back();
    row.kind = PaperRowKind::measured;
    row.label = label;
    for (const Columns& columns : table.columns) {
      const auto own = std::ranges::find_if(inputs, [&](const MeasuredInput* input) {
        return is_one_of(columns.datasets, input->result.dataset.name);
      });
      add_cells(row, table, columns, own == inputs.end() ? nullptr : *own);
    }
    for (const MeasuredInput* const input : inputs) {
      row.digests += (row.digests.empty() ? "" : ", ") + input->result.dataset.name + " " +
                     short_digest(input->result.submission.digest);
    }
    if (row.digests.empty()) row.digests = "–";
  }
}

}  // namespace

std::vector<std::string> still_table_names() {
  std::vector<std::string> names;
  for (const StillTable& table : still_tables()) names.push_back(table.name);
  return names;
}

std::vector<PaperTable> still_table(std::string_view name,
                                    std::span<const MeasuredInput> measured) {
  const StillTable* const table = find_table(name);
  if (table == nullptr) {
    throw Error(ErrorKind::usage, "", "there is no table '" + std::string(name) + "'",
                "dias-table2, paxray or mosxav-semantic");
  }
  PaperTable paper;
  paper.name = table->name;
  paper.caption = table->caption;
  paper.row_heading = "Method";
  for (const Columns& columns : table->columns) {
    PaperColumns shown;
    shown.title = columns.title;
    for (const Metric& metric : columns.metrics) {
      const MetricDescriptor described = describe(metric, Display::percent);
      shown.headings.push_back(metric_heading(described));
      shown.latex_headings.push_back(metric_heading_latex(described));
    }
    paper.columns.push_back(std::move(shown));
  }
  add_published(paper, *table);
  add_measured(paper, *table, measured);
  paper.notes.insert(paper.notes.end(), table->notes.begin(), table->notes.end());
  return {paper};
}

}  // namespace angiobench
