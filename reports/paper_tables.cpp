// SPDX-License-Identifier: MIT
#include "reports/paper_tables.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "dataset/characters.h"
#include "dataset/error.h"
#include "evaluator/measures.h"
#include "reports/decimal.h"
#include "reports/escape.h"
#include "reports/published.h"
#include "reports/text_table.h"

namespace angiobench {
namespace {

// Speeds, which are published only.
const Metric kSpeed("fps");
const Metric kSpeedDeviation("fps_std");

// A column: a metric and what it is over. `place` is a scope's name, or a machine's of speeds.
struct MetricKey {
  MetricKey(const Metric& of, Scope scope) : metric(of), place(scope_name(scope)) {}
  MetricKey(const Metric& of, std::string where) : metric(of), place(std::move(where)) {}

  Metric metric;
  std::string place;

  std::string heading() const { return metric_heading(describe(metric, Display::percent), place); }
  std::string latex_heading() const {
    return metric_heading_latex(describe(metric, Display::percent), place);
  }
  const Aggregate* of(const Result& result) const {
    const std::optional<Scope> scope = find_scope(place);
    return scope ? find_aggregate(result, metric, *scope) : nullptr;
  }
  const PublishedFigure* of(std::span<const PublishedFigure> figures) const {
    return find_figure(figures, metric, place);
  }
};

// A data set's columns in table 1, and the protocols under which its figures compare with the
// paper's.
struct PaperDataset {
  std::string name;
  std::string title;
  std::vector<MetricKey> metrics;
  std::vector<std::string> protocols;  // empty: any
  std::string without_result;          // why there is no figure where no result was given
};

const std::vector<PaperDataset>& paper_datasets() {
  static const std::vector<MetricKey> overall = {{mean_metric(), Scope::overall},
                                                 {region_metric(), Scope::overall},
                                                 {contour_metric(), Scope::overall}};
  const auto give = [](const std::string& dataset) {
    return "no result was given: score the predictions with --dataset " + dataset +
           " and name it with --results";
  };
  static const std::vector<PaperDataset> datasets = {
      {"cadica",
       "CADICA",
       overall,
       {},
       "cannot be measured: CADICA's public release has lesion boxes and no masks, and the paper's "
       "masks of it are not "
       "public (masks of one's own can be scored in the flat layout)"},
      {"xacv", "XACV", overall, {"xacv"}, give("xacv")},
      {"mosxav-val", "MOSXAV val", overall, {"mosxav-val", "vos-benchmark"}, give("mosxav-val")},
      {"mosxav-test",
       "MOSXAV test",
       {{mean_metric(), Scope::overall},
        {region_metric(), Scope::seen},
        {contour_metric(), Scope::seen},
        {region_metric(), Scope::unseen},
        {contour_metric(), Scope::unseen}},
       {"mosxav-test"},
       give("mosxav-test")},
  };
  return datasets;
}

const PaperDataset& dataset_named(const std::string& name) {
  const auto found = std::ranges::find(paper_datasets(), name, &PaperDataset::name);
  expects(found != paper_datasets().end(), "the paper's tables name known data sets");
  return *found;
}

// A published row is also known by the first words of its name: "unfold" is "unfold (the paper's)".
bool is_row(const std::string& published, const std::string& measured) {
  const std::string label = lowered(published);
  return label == lowered(measured) || label.substr(0, label.find(" (")) == lowered(measured);
}

// What a result gives for one data set's columns.
std::vector<PaperCell> measured_cells(const MeasuredInput* input, const PaperDataset& dataset,
                                      const std::vector<MetricKey>& metrics) {
  std::vector<PaperCell> cells(metrics.size(), PaperCell{"–", false, {}});
  std::string reason;
  if (input == nullptr) {
    reason = dataset.without_result;
  } else if (!input->result.complete) {
    const auto whole = std::ranges::count(input->result.sequences, true, &SequenceScore::complete);
    reason = "the result is incomplete (" + std::to_string(whole) + " of " +
             std::to_string(input->result.dataset.sequences) +
             " sequences): an average over fewer is not its score";
  } else if (!dataset.protocols.empty() &&
             std::ranges::find(dataset.protocols, input->result.protocol.name) ==
                 dataset.protocols.end()) {
    reason = "scored under the protocol '" + input->result.protocol.name +
             "', which is not the paper's ('" + dataset.protocols.front() + "')";
  }
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    cells[i].reason = reason.empty() ? std::string{} : dataset.title + ": " + reason;
    if (!reason.empty()) continue;
    const Aggregate* const aggregate = metrics[i].of(input->result);
    if (aggregate == nullptr || !aggregate->value.has_value()) {
      cells[i].reason = dataset.title + ": the result has no " + metrics[i].heading();
    } else {
      cells[i].text = format_score(aggregate->value, ScoreStyle::percent);
    }
  }
  return cells;
}

std::string published_text(const PublishedFigure* figure) {
  return figure == nullptr ? std::string("–") : exact_text(figure->number);
}

// Measured minus published, for the cells that have both.
std::string difference_text(const PublishedFigure* figure, const MeasuredInput* input,
                            const MetricKey& metric) {
  if (figure == nullptr || input == nullptr) return "–";
  const Aggregate* const aggregate = metric.of(input->result);
  if (aggregate == nullptr || !aggregate->value.has_value()) return "–";
  return format_difference(*aggregate->value - to_double(shift_left(figure->number, 2)),
                           ScoreStyle::percent);
}

// Results by name in the order they were given, each with one result a data set.
struct MeasuredRow {
  std::string name;
  std::map<std::string, const MeasuredInput*> by_dataset;
};

std::vector<MeasuredRow> rows_of(std::span<const MeasuredInput> measured) {
  std::vector<MeasuredRow> rows;
  for (const MeasuredInput& input : measured) {
    auto row = std::ranges::find(rows, input.name, &MeasuredRow::name);
    if (row == rows.end()) {
      rows.push_back({input.name, {}});
      row = rows.end() - 1;
    }
    const auto [there, is_new] = row->by_dataset.emplace(input.result.dataset.name, &input);
    if (!is_new) {
      throw Error(ErrorKind::input, input.path,
                  "is a second result of '" + input.name + "' on " + input.result.dataset.name +
                      " beside " + there->second->path,
                  "one result a name and data set (NAME=PATH gives another name)");
    }
  }
  return rows;
}

std::string masks_of(const MeasuredRow& row, const std::vector<std::string>& datasets) {
  std::string text;
  for (const std::string& dataset : datasets) {
    const auto found = row.by_dataset.find(dataset);
    if (found == row.by_dataset.end()) continue;
    text += (text.empty() ? "" : ", ") + dataset + " " +
            short_digest(found->second->result.submission.digest);
  }
  return text.empty() ? "–" : text;
}

const MeasuredInput* input_of(const MeasuredRow* row, const std::string& dataset) {
  if (row == nullptr) return nullptr;
  const auto found = row->by_dataset.find(dataset);
  return found == row->by_dataset.end() ? nullptr : found->second;
}

void note_unused(PaperTable& table, std::span<const MeasuredInput> measured,
                 const std::vector<std::string>& datasets) {
  for (const MeasuredInput& input : measured) {
    if (std::ranges::find(datasets, input.result.dataset.name) == datasets.end()) {
      table.notes.push_back(input.path + " is of " + input.result.dataset.name +
                            ", which has no column here");
    }
  }
}

PaperTable table_one(std::span<const MeasuredInput> measured) {
  const PublishedFile& paper = published_paper();
  PaperTable table;
  table.name = "table1";
  table.caption =
      "Table 1 of " + paper.source.label + ": published rows beside rows measured here, percent";
  table.row_heading = "Method";
  table.has_venue = true;
  std::vector<std::string> datasets;
  for (const PaperDataset& dataset : paper_datasets()) {
    PaperColumns columns;
    columns.title = dataset.title;
    for (const MetricKey& metric : dataset.metrics) {
      columns.headings.push_back(metric.heading());
      columns.latex_headings.push_back(metric.latex_heading());
    }
    table.columns.push_back(std::move(columns));
    datasets.push_back(dataset.name);
  }

  const std::vector<MeasuredRow> results = rows_of(measured);
  const auto add_measured = [&](const MeasuredRow* row) {
    PaperRow shown;
    shown.kind = PaperRowKind::measured;
    shown.label = row == nullptr ? "measured here" : row->name + ", measured here";
    for (const PaperDataset& dataset : paper_datasets()) {
      for (PaperCell& cell :
           measured_cells(input_of(row, dataset.name), dataset, dataset.metrics)) {
        shown.cells.push_back(std::move(cell));
      }
    }
    shown.digests = row == nullptr ? "–" : masks_of(*row, datasets);
    table.rows.push_back(std::move(shown));
  };

  // The paper's methods in its order; each result below the row of its name.
  std::vector<std::string> methods;
  for (const PublishedEntry& entry : paper.entries) {
    if (std::ranges::find(methods, entry.method) == methods.end()) methods.push_back(entry.method);
  }
  std::vector<const MeasuredRow*> placed;
  for (const std::string& method : methods) {
    PaperRow row;
    row.label = method;
    PaperRow difference;
    difference.kind = PaperRowKind::difference;
    difference.label = "difference";
    const auto result = std::ranges::find_if(
        results, [&](const MeasuredRow& own) { return is_row(method, own.name); });
    for (const PaperDataset& dataset : paper_datasets()) {
      const auto entry = std::ranges::find_if(paper.entries, [&](const PublishedEntry& own) {
        return own.method == method && own.dataset == dataset.name;
      });
      expects(entry != paper.entries.end(), "table 1 has every method on every data set");
      row.venue = entry->venue + (entry->venue.empty() ? "" : " ") + std::to_string(entry->year);
      const MeanCheck check = check_mean(entry->figures);
      for (const MetricKey& metric : dataset.metrics) {
        const PublishedFigure* const figure = metric.of(entry->figures);
        const bool breaks = metric.metric == mean_metric() && check.checked && !check.follows;
        row.cells.push_back({published_text(figure), breaks, {}});
        if (breaks) {
          table.notes.push_back("‡ " + method + ", " + dataset.title + ": printed " +
                                exact_text(figure->number) + ", the mean of its columns is " +
                                check.mean);
        }
        if (result != results.end()) {
          const MeasuredInput* const input = input_of(&*result, dataset.name);
          const bool usable =
              input != nullptr && measured_cells(input, dataset, {metric}).front().reason.empty();
          difference.cells.push_back(
              {difference_text(figure, usable ? input : nullptr, metric), false, {}});
        }
      }
    }
    table.rows.push_back(std::move(row));
    if (result != results.end()) {
      add_measured(&*result);
      table.rows.push_back(std::move(difference));
      placed.push_back(&*result);
    }
  }
  for (const MeasuredRow& row : results) {
    const bool any = std::ranges::any_of(
        datasets, [&](const std::string& name) { return row.by_dataset.contains(name); });
    if (any && std::ranges::find(placed, &row) == placed.end()) add_measured(&row);
  }
  if (results.empty()) add_measured(nullptr);
  note_unused(table, measured, datasets);
  return table;
}

// What was measured for one row of a small table.
struct MeasuredSetting {
  std::string label;
  const MeasuredRow* result = nullptr;             // scored predictions; may be null
  std::map<std::string, std::string> speeds;       // machine -> "0.513 ± 0.006"
  std::map<std::string, std::string> speed_files;  // machine -> digest of its file

  bool empty() const { return result == nullptr && speeds.empty(); }
};

std::string speed_text(const MeasuredSpeed& speed) {
  // The paper's digits: three below 10 frames per second.
  const int places = speed.mean < 10 ? 3 : 1;
  return fixed_text(speed.mean, places) + " ± " + fixed_text(speed.deviation, places);
}

// The row of a table that a measured case belongs to; empty where it has another setting than the
// table's. Rows of 3b and 3c are matching without copies where it was measured: the same function.
std::string row_label(std::string_view table, const MeasuredSpeed& speed) {
  constexpr int kPaperWindow = 15;
  constexpr int kPaperInterval = 6;
  const bool paper_window = speed.window == kPaperWindow || speed.matching == "global";
  const bool paper_interval = speed.memory_every == kPaperInterval;
  if (table == "table3a") return paper_window && paper_interval ? speed.strategy : std::string();
  if (speed.matching != "local" || speed.sampling != "direct") return {};
  if (table == "table3b" && paper_interval) return "k=" + std::to_string(speed.window);
  if (table == "table3c" && paper_window) return "r=" + std::to_string(speed.memory_every);
  return {};
}

// Settings that were measured, in the order they were given.
std::vector<MeasuredSetting> settings_of(std::string_view table,
                                         const std::vector<MeasuredRow>& results,
                                         std::span<const SpeedFile> speeds) {
  std::vector<MeasuredSetting> settings;
  for (const MeasuredRow& row : results) {
    MeasuredSetting setting;
    setting.label = row.name;
    setting.result = &row;
    settings.push_back(std::move(setting));
  }
  for (const SpeedFile& file : speeds) {
    for (const MeasuredSpeed& speed : file.cases) {
      const std::string label = row_label(table, speed);
      if (label.empty()) continue;
      auto setting = std::ranges::find_if(settings, [&](const MeasuredSetting& own) {
        return is_row(label, own.label) || is_row(own.label, label);
      });
      if (setting == settings.end()) {
        settings.push_back({label, nullptr, {}, {}});
        setting = settings.end() - 1;
      }
      if (!setting->speeds.emplace(file.machine, speed_text(speed)).second) {
        throw Error(ErrorKind::input, file.path,
                    "has a second speed of '" + label + "' on " + file.machine,
                    "one file a machine and setting");
      }
      setting->speed_files.emplace(file.machine, file.digest);
    }
  }
  return settings;
}

// Machines in the order of their files.
std::vector<std::string> machines_of(std::span<const SpeedFile> speeds) {
  std::vector<std::string> machines;
  for (const SpeedFile& file : speeds) {
    if (std::ranges::find(machines, file.machine) == machines.end())
      machines.push_back(file.machine);
  }
  return machines;
}

// Tables 2 and 3: a setting a row, mean J on MOSXAV val, speeds on the paper's machines and on
// those measured here.
class SmallTable {
 public:
  SmallTable(const PublishedTable& published, std::span<const MeasuredInput> measured,
             std::span<const SpeedFile> speeds)
      : published_(published),
        dataset_(dataset_named(published.dataset)),
        machines_(machines_of(speeds)),
        results_(rows_of(measured)),
        settings_(settings_of(published.name, results_, speeds)) {}

  PaperTable make() {
    add_columns();
    std::vector<const MeasuredSetting*> placed;
    for (const PublishedRow& row : published_.rows) {
      add_published(row);
      const auto own = std::ranges::find_if(settings_, [&](const MeasuredSetting& setting) {
        return is_row(row.label, setting.label) && has_figures(setting);
      });
      if (own == settings_.end()) continue;
      add_measured(*own);
      add_difference(row, *own);
      placed.push_back(&*own);
    }
    // Speeds of what the paper has no row for.
    for (const MeasuredSetting& setting : settings_) {
      if (setting.speeds.empty() || std::ranges::find(placed, &setting) != placed.end()) continue;
      add_measured(setting);
      placed.push_back(&setting);
    }
    if (placed.empty()) add_measured({});
    if (!published_.note.empty()) table_.notes.push_back(published_.note);
    return std::move(table_);
  }

 private:
  bool has_figures(const MeasuredSetting& setting) const {
    return !setting.speeds.empty() ||
           (setting.result != nullptr && setting.result->by_dataset.contains(dataset_.name));
  }

  void add_columns() {
    table_.name = published_.name;
    table_.caption = "Table " + published_.name.substr(5) + " of " +
                     published_paper().source.label + ": " + published_.title +
                     ", mean J on MOSXAV val in percent" +
                     (published_.name == "table2" ? "" : ", frames per second");
    table_.row_heading = published_.title;
    table_.columns.push_back({dataset_.title, {}, {}});
    for (const PublishedRow& row : published_.rows) {
      for (const PublishedFigure& figure : row.figures) {
        const bool known = std::ranges::any_of(keys_, [&](const MetricKey& key) {
          return key.metric == figure.metric && key.place == figure.place;
        });
        if (!known && figure.metric != kSpeedDeviation)
          keys_.push_back({figure.metric, figure.place});
      }
    }
    for (const MetricKey& key : keys_) {
      if (key.metric == kSpeed && table_.columns.size() == 1)
        table_.columns.push_back({"Frames per second", {}, {}});
      const bool speed = key.metric == kSpeed;
      table_.columns.back().headings.push_back(speed ? key.place : "mean " + key.metric.id);
      table_.columns.back().latex_headings.push_back(speed ? escape_latex(key.place)
                                                           : "mean " + key.latex_heading());
    }
    if (machines_.empty()) return;
    PaperColumns own{"Frames per second, measured here", {}, {}};
    for (const std::string& machine : machines_) {
      own.headings.push_back(machine);
      own.latex_headings.push_back(escape_latex(machine));
    }
    table_.columns.push_back(std::move(own));
  }

  void add_empty_cells(PaperRow& row, const std::string& reason) const {
    for (std::size_t i = 0; i < machines_.size(); ++i) row.cells.push_back({"–", false, reason});
  }

  void add_published(const PublishedRow& row) {
    PaperRow shown;
    shown.label = row.label;
    for (const MetricKey& key : keys_) {
      const PublishedFigure* const figure = key.of(row.figures);
      const PublishedFigure* const spread =
          key.metric == kSpeed ? find_figure(row.figures, kSpeedDeviation, key.place) : nullptr;
      PaperCell cell{published_text(figure), false, {}};
      if (spread != nullptr) cell.text += " ± " + exact_text(spread->number);
      if (figure == nullptr) cell.reason = "the paper gives no figure";
      shown.cells.push_back(std::move(cell));
    }
    add_empty_cells(shown, {});
    table_.rows.push_back(std::move(shown));
  }

  void add_measured(const MeasuredSetting& setting) {
    PaperRow shown;
    shown.kind = PaperRowKind::measured;
    shown.label = setting.empty() ? "measured here" : setting.label + ", measured here";
    for (const MetricKey& key : keys_) {
      if (key.metric == kSpeed) {
        shown.cells.push_back(
            {"–", false,
             std::string("cannot be measured here: the speed of another machine") +
                 (machines_.empty()
                      ? "; 'angiobench bench --json FILE' measures this one, --bench FILE shows it"
                      : "")});
        continue;
      }
      PaperCell cell =
          measured_cells(input_of(setting.result, dataset_.name), dataset_, {key}).front();
      if (setting.result == nullptr) cell.reason = without_result();
      shown.cells.push_back(std::move(cell));
    }
    for (const std::string& machine : machines_) {
      const auto speed = setting.speeds.find(machine);
      const bool is_there = speed != setting.speeds.end();
      shown.cells.push_back({is_there ? speed->second : "–", false,
                             is_there ? "" : "no --bench file has this setting on this machine"});
    }
    shown.digests = setting.result == nullptr ? "–" : masks_of(*setting.result, {dataset_.name});
    for (const auto& [machine, digest] : setting.speed_files) {
      shown.digests =
          (shown.digests == "–" ? "" : shown.digests + ", ") + "bench " + short_digest(digest);
    }
    table_.rows.push_back(std::move(shown));
  }

  std::string without_result() const {
    if (published_.name == "table2") {
      return "needs predictions of a network trained with each loss; the paper states neither "
             "temperature nor head of its contrastive loss, so that any implementation of it is an "
             "interpretation";
    }
    return "no result was given: predict with the setting, score with --dataset mosxav-val, and "
           "give the result as --results \"" +
           published_.rows.front().label + "=PATH\"";
  }

  void add_difference(const PublishedRow& row, const MeasuredSetting& setting) {
    const MeasuredInput* const input = input_of(setting.result, dataset_.name);
    if (input == nullptr) return;
    PaperRow difference;
    difference.kind = PaperRowKind::difference;
    difference.label = "difference";
    for (const MetricKey& key : keys_) {
      const bool usable =
          key.metric != kSpeed && measured_cells(input, dataset_, {key}).front().reason.empty();
      difference.cells.push_back(
          {difference_text(key.of(row.figures), usable ? input : nullptr, key), false, {}});
    }
    add_empty_cells(difference, {});
    table_.rows.push_back(std::move(difference));
  }

  const PublishedTable& published_;
  const PaperDataset& dataset_;
  std::vector<std::string> machines_;
  std::vector<MeasuredRow> results_;
  std::vector<MeasuredSetting> settings_;
  std::vector<MetricKey> keys_;  // the columns that any row has, in the order they come
  PaperTable table_;
};

// What each file of speeds was measured with, and cases that are no row of any table.
void note_speeds(std::vector<PaperTable>& tables, std::span<const SpeedFile> speeds) {
  for (const SpeedFile& file : speeds) {
    std::size_t unused = 0;
    for (const MeasuredSpeed& speed : file.cases) {
      const bool used = std::ranges::any_of(
          tables, [&](const PaperTable& table) { return !row_label(table.name, speed).empty(); });
      if (!used) ++unused;
    }
    const std::string facts = "bench " + short_digest(file.digest) + " (" + file.path +
                              "): " + file.machine + ", " + file.setting;
    for (PaperTable& table : tables) {
      const bool shown = std::ranges::any_of(file.cases, [&](const MeasuredSpeed& speed) {
        return !row_label(table.name, speed).empty();
      });
      if (shown) table.notes.push_back(facts);
    }
    if (unused > 0) {
      tables.back().notes.push_back(
          file.path + ": " + std::to_string(unused) + " of " + std::to_string(file.cases.size()) +
          " cases have another setting than the tables (window 15, a key frame every 6, direct "
          "matching in 3b and 3c; 'bench --table 3a' has the right ones)");
    }
  }
}

}  // namespace

std::string why_unmeasurable(std::string_view dataset) {
  const auto found = std::ranges::find(paper_datasets(), dataset, &PaperDataset::name);
  // What can be measured states a protocol.
  return found == paper_datasets().end() || !found->protocols.empty() ? std::string()
                                                                      : found->without_result;
}

std::vector<std::string> paper_table_names() { return {"table1", "table2", "table3"}; }

std::vector<PaperTable> reproduce_table(std::string_view name,
                                        std::span<const MeasuredInput> measured,
                                        std::span<const SpeedFile> speeds) {
  if (!speeds.empty() && name != "table3") {
    throw Error::about(ErrorKind::usage, "bench", "is given for " + std::string(name),
                       "table3, the one with speeds");
  }
  if (name == "table1") return {table_one(measured)};
  std::vector<PaperTable> tables;
  for (const PublishedTable& table : published_paper().tables) {
    if (name == "table2" || name == "table3") {
      if (table.name.starts_with(name))
        tables.push_back(SmallTable(table, measured, speeds).make());
    }
  }
  if (tables.empty()) {
    throw Error(ErrorKind::usage, "", "there is no table '" + std::string(name) + "'",
                "table1, table2 or table3");
  }
  // A result whose name is no row of any of them is said once, below the last.
  std::vector<std::string> labels;
  for (const PublishedTable& table : published_paper().tables) {
    if (!table.name.starts_with(name)) continue;
    for (const PublishedRow& row : table.rows) labels.push_back(row.label);
  }
  for (const MeasuredInput& input : measured) {
    const bool used = std::ranges::any_of(
        labels, [&](const std::string& label) { return is_row(label, input.name); });
    if (!used || input.result.dataset.name != "mosxav-val") {
      tables.back().notes.push_back(
          input.path + " ('" + input.name + "' on " + input.result.dataset.name +
          ") is no row of this table; ROW=PATH with a row's name, on mosxav-val, would be");
    }
  }
  note_speeds(tables, speeds);
  return tables;
}

Table as_table(const PaperTable& paper) {
  Table table;
  table.caption = paper.caption;
  table.label = "tab:" + paper.name;
  table.notes = paper.notes;
  table.columns.push_back({paper.row_heading, {}, Table::Align::left});
  if (paper.has_venue) table.columns.push_back({"Venue", {}, Table::Align::left});
  for (const PaperColumns& columns : paper.columns) {
    table.groups.push_back({columns.title, table.columns.size(), columns.headings.size()});
    for (std::size_t i = 0; i < columns.headings.size(); ++i)
      table.columns.push_back(
          {columns.headings[i], columns.latex_headings[i], Table::Align::right});
  }
  table.columns.push_back({"Digests", {}, Table::Align::left, false});
  for (const PaperRow& row : paper.rows) {
    std::vector<Table::Cell> cells = {{row.label}};
    cells.front().indented = row.kind != PaperRowKind::published;
    if (paper.has_venue) cells.push_back({row.venue});
    for (const PaperCell& cell : row.cells)
      cells.push_back({cell.text, false, cell.mean_breaks ? "‡" : "", cell.reason});
    cells.push_back({row.digests});
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::string paper_text(std::span<const PaperTable> tables) {
  std::string text;
  for (const PaperTable& table : tables)
    text += (text.empty() ? "" : "\n") + text_table(as_table(table));
  return text;
}

std::string paper_markdown(std::span<const PaperTable> tables) {
  std::string text;
  for (const PaperTable& table : tables)
    text += (text.empty() ? "" : "\n") + markdown_table(as_table(table));
  return text;
}

std::string paper_latex(std::span<const PaperTable> tables) {
  std::string text = "% needs \\usepackage{booktabs}\n";
  for (const PaperTable& table : tables) text += latex_table(as_table(table), LatexForm::page);
  return text;
}

}  // namespace angiobench
