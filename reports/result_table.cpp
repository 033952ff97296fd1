// SPDX-License-Identifier: MIT
#include "reports/result_table.h"

#include <algorithm>
#include <cmath>

#include "dataset/error.h"
#include "evaluator/comparing/statistics.h"
#include "evaluator/protocol.h"
#include "reports/decimal.h"
#include "reports/vessel_text.h"

namespace angiobench {
namespace {

// One data set: the results on it, in the order of rows, and the columns that are shown.
struct Block {
  std::string dataset;
  std::vector<const NamedResult*> results;
  std::vector<const Aggregate*> columns;  // of the first result
};

std::string stamp_of(const Result& result) {
  return "protocol " + result.protocol.name + " (" + short_digest(result.protocol.hash) +
         "), truth " + short_digest(result.dataset.digest) + ", metric version " +
         result.metric_version;
}

bool can_share_a_column(const Result& a, const Result& b) {
  return a.dataset.digest == b.dataset.digest && share_rules(a.protocol, b.protocol) &&
         a.metric_version == b.metric_version;
}

std::vector<Block> blocks_of(std::span<const NamedResult> results) {
  std::vector<Block> blocks;
  for (const NamedResult& named : results) {
    auto block = std::ranges::find(blocks, named.result.dataset.name, &Block::dataset);
    if (block == blocks.end()) {
      blocks.push_back({named.result.dataset.name, {}, {}});
      block = blocks.end() - 1;
    }
    for (const NamedResult* const other : block->results) {
      if (other->name == named.name) {
        throw Error(ErrorKind::input, named.path,
                    "is a second result of '" + named.name + "' on " + block->dataset + " beside " +
                        other->path,
                    "one result a name and data set (NAME=PATH gives another name)");
      }
    }
    if (!block->results.empty() &&
        !can_share_a_column(block->results.front()->result, named.result)) {
      throw Error(ErrorKind::input, named.path,
                  "cannot stand in one column with " + block->results.front()->path + ": " +
                      stamp_of(named.result),
                  stamp_of(block->results.front()->result) + ", or a table of its own");
    }
    block->results.push_back(&named);
  }
  return blocks;
}

MetricDescriptor metric_of(const Block& block, const Aggregate& aggregate) {
  return descriptor_of(block.results.front()->result, aggregate.metric);
}

std::string heading_of(const Block& block, const Aggregate& aggregate) {
  return metric_heading(metric_of(block, aggregate), aggregate.scope);
}

// The columns that were asked for, or all; what no data set has is refused.
void choose_columns(std::vector<Block>& blocks, const std::vector<std::string>& wanted) {
  std::vector<std::string> known;
  for (const Block& block : blocks) {
    for (const Aggregate& aggregate : block.results.front()->result.aggregates) {
      const std::string heading = heading_of(block, aggregate);
      if (std::ranges::find(known, heading) == known.end()) known.push_back(heading);
    }
  }
  std::string list;
  for (const std::string& heading : known) list += (list.empty() ? "" : ", ") + heading;
  for (const std::string& heading : wanted) {
    if (std::ranges::find(known, heading) == known.end())
      throw Error(ErrorKind::usage, "", "no result has the column '" + heading + "'", list);
  }
  const bool asks = !wanted.empty();
  for (Block& block : blocks) {
    const Result& first = block.results.front()->result;
    const std::vector<Aggregate>& aggregates = block.results.front()->result.aggregates;
    for (const std::string& heading : wanted.empty() ? known : wanted) {
      for (const Aggregate& aggregate : aggregates) {
        const bool is_shown = asks || is_shown_in_tables(first, aggregate);
        if (is_shown && heading_of(block, aggregate) == heading)
          block.columns.push_back(&aggregate);
      }
    }
  }
  std::erase_if(blocks, [](const Block& block) { return block.columns.empty(); });
}

std::string print_value(std::optional<double> value, ScoreStyle style,
                        std::optional<int> decimals) {
  if (!decimals || !value || !std::isfinite(*value)) return format_score(value, style);
  return fixed_text(style.scale * *value, *decimals);
}

std::string unit_of(const Block& block) {
  return block.results.front()->result.protocol.display == Display::percent ? "percent"
                                                                            : "fractions";
}

// Marks the best of a column, as printed, so that ties are marked as ties. `rows` are the table's
// rows of the block's results.
void mark_best(Table& table, std::size_t column, const Block& block, const Aggregate& head,
               const std::vector<std::size_t>& rows) {
  const Direction direction = metric_of(block, head).direction;
  if (direction == Direction::unknown) return;
  std::optional<double> best;
  std::string best_text;
  std::size_t compared = 0;
  const auto value_of = [&](std::size_t i) -> std::optional<double> {
    const Result& result = block.results[i]->result;
    const Aggregate* const aggregate = find_aggregate(result, head.metric, head.scope);
    if (!result.complete || aggregate == nullptr) return std::nullopt;
    return aggregate->value;
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::optional<double> value = value_of(i);
    if (!value) continue;
    ++compared;
    if (best && !is_better(*value, *best, direction)) continue;
    best = value;
    best_text = table.rows[rows[i]][column].text;
  }
  if (compared < 2) return;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Table::Cell& cell = table.rows[rows[i]][column];
    cell.strong = value_of(i).has_value() && cell.text == best_text;
  }
}

std::string caption_of(const std::vector<Block>& blocks) {
  std::string caption = "Results on ";
  for (const Block& block : blocks) {
    const Result& first = block.results.front()->result;
    if (&block != &blocks.front()) caption += &block == &blocks.back() ? " and " : ", ";
    caption += block.dataset + " under protocol " + first.protocol.name + " (version " +
               std::to_string(first.protocol.version) + ")";
    if (blocks.size() == 1) {
      caption += ": " + counts_words(first.dataset, first.protocol);
    }
  }
  const bool one_unit = std::ranges::all_of(
      blocks, [&](const Block& block) { return unit_of(block) == unit_of(blocks.front()); });
  return caption + (one_unit ? ", " + unit_of(blocks.front()) + "." : ".");
}

}  // namespace

std::vector<NamedResult> named_results(std::vector<Result> results,
                                       const std::vector<std::string>& names,
                                       const std::vector<std::string>& paths) {
  expects(names.size() == results.size() && paths.size() == results.size(), "a name for each");
  std::vector<NamedResult> named;
  for (std::size_t i = 0; i < results.size(); ++i) {
    std::string name = names[i];
    if (name.empty()) {
      name = results[i].submission.name.empty() ? "(no name)" : results[i].submission.name;
      const bool shared = std::ranges::any_of(results, [&](const Result& other) {
        return other.submission.name == results[i].submission.name &&
               other.dataset.name == results[i].dataset.name &&
               other.submission.digest != results[i].submission.digest;
      });
      if (shared) name += " " + short_digest(results[i].submission.digest, 8);
    }
    named.push_back({std::move(name), paths[i], {}});
  }
  for (std::size_t i = 0; i < results.size(); ++i) named[i].result = std::move(results[i]);
  return named;
}

Table result_table(std::span<const NamedResult> results, const ResultTableOptions& options) {
  expects(!results.empty(), "a table has a row");
  std::vector<Block> blocks = blocks_of(results);
  choose_columns(blocks, options.columns);
  Table table;
  table.caption = caption_of(blocks);
  table.label = "tab:";
  for (const Block& block : blocks) {
    if (&block != &blocks.front()) table.label += "-";
    for (const char c : block.dataset) {
      const bool plain =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
      table.label += plain ? c : '-';
    }
  }
  table.columns.push_back({"Method", "", Table::Align::left});
  const bool mixed_units = std::ranges::any_of(
      blocks, [&](const Block& block) { return unit_of(block) != unit_of(blocks.front()); });
  for (const Block& block : blocks) {
    if (blocks.size() > 1) {
      table.groups.push_back({block.dataset + (mixed_units ? ", " + unit_of(block) : ""),
                              table.columns.size(), block.columns.size()});
    }
    for (const Aggregate* const column : block.columns) {
      table.columns.push_back({heading_of(block, *column),
                               metric_heading_latex(metric_of(block, *column), column->scope),
                               Table::Align::right});
    }
  }

  // Rows in the order in which their names come first.
  std::vector<std::string> names;
  for (const NamedResult& named : results) {
    if (std::ranges::find(names, named.name) == names.end()) names.push_back(named.name);
  }
  for (const std::string& name : names) {
    std::vector<Table::Cell> row = {{name}};
    row.resize(table.columns.size(), {"–"});
    table.rows.push_back(std::move(row));
  }
  std::size_t first_column = 1;
  for (const Block& block : blocks) {
    std::vector<std::size_t> rows;
    for (const NamedResult* const named : block.results) {
      const Result& result = named->result;
      const auto row =
          static_cast<std::size_t>(std::ranges::find(names, named->name) - names.begin());
      rows.push_back(row);
      for (std::size_t i = 0; i < block.columns.size(); ++i) {
        const Aggregate* const aggregate =
            find_aggregate(result, block.columns[i]->metric, block.columns[i]->scope);
        Table::Cell& cell = table.rows[row][first_column + i];
        cell.text = print_value(aggregate == nullptr ? std::nullopt : aggregate->value,
                                style_of(result, block.columns[i]->metric), options.decimals);
        if (!result.complete && blocks.size() > 1) cell.mark = "†";
      }
      if (!result.complete && blocks.size() == 1) table.rows[row][0].mark = " †";
      const std::string subject =
          named->name + (blocks.size() > 1 ? ", " + block.dataset : std::string{});
      table.notes.push_back(subject + ": predictions sha256 " +
                            short_digest(result.submission.digest, 64));
      if (!result.complete) {
        const auto whole = std::ranges::count(result.sequences, true, &SequenceScore::complete);
        table.notes.push_back("† " + subject + ": incomplete, " + std::to_string(whole) + " of " +
                              std::to_string(result.dataset.sequences) +
                              " sequences; not a score of " + block.dataset);
      }
    }
    for (std::size_t i = 0; i < block.columns.size(); ++i)
      mark_best(table, first_column + i, block, *block.columns[i], rows);
    first_column += block.columns.size();
  }
  return table;
}

}  // namespace angiobench
