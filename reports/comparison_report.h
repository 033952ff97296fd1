// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "evaluator/comparing/comparison.h"
#include "reports/tables.h"

namespace angiobench {

/// Methods compared, with what a reader calls them.
struct NamedComparison {
  /// Of the results, in order; the first is what the others are compared with
  std::vector<std::string> names;
  std::vector<std::string> digests;  // of their masks
  std::string dataset;
  std::string protocol;  // "mosxav-test v1"
  Display display = Display::percent;
  MultiComparison comparison;
};

/// compare_methods and the names (tables.h: result_names).
NamedComparison compare_by_name(std::span<const Result> results,
                                const ComparisonOptions& options = {});

/// For a terminal: aggregates with differences, intervals and p-values, changed cases, ranks.
std::string comparison_text(const NamedComparison& named);
/// Everything, as JSON (schema "comparison-1"): values are fractions, null where there is none.
std::string comparison_json(const NamedComparison& named);
/// GitHub's Markdown; ten rows of changed sequences, the rest folded; never longer than
/// `max_bytes`.
std::string comparison_markdown(const NamedComparison& named, std::size_t max_bytes = 900'000);

/// A Markdown text that stays below a limit: what does not fit is counted, and the text says so at
/// its end.
class MarkdownPage {
 public:
  explicit MarkdownPage(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Adds text as it is (already escaped), or leaves it out as a whole.
  void add(const std::string& markdown);
  /// The first `num_open` rows of a table, the others folded under a summary ("12 more rules").
  void add_table(const Table& table, std::size_t num_open, const std::string& folded_noun);
  /// Notable changes of cases under a heading, with their metric; nothing where there are none.
  void add_cases(const std::string& heading, std::span<const CaseChange> changes,
                 const MetricDescriptor& metric, Display display, std::size_t num_open);
  std::string text() const;

 private:
  std::size_t max_bytes_;
  std::size_t num_left_out_ = 0;
  std::string text_;
};

/// The aggregates of one comparison: before, after, difference, interval, p-values, verdict.
Table change_table(const Comparison& comparison, Display display, const std::string& before_name,
                   const std::string& after_name);
/// Cases whose verdict is not within_tolerance or no_change: failures first, then by size of the
/// change.
std::vector<CaseChange> notable_changes(std::span<const CaseChange> changes);
/// Of those, the ones that were lost or found again: a sequence's mean can hide them.
std::vector<CaseChange> lost_and_found(std::span<const CaseChange> changes);

}  // namespace angiobench
