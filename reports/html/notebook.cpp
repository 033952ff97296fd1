// SPDX-License-Identifier: MIT
#include "reports/html/notebook.h"

#include <string>
#include <vector>

#include "reports/html/element.h"
#include "reports/html/table.h"
#include "reports/tables.h"

namespace angiobench {
namespace {

using namespace html;

// Sequences that stand open; more are folded.
constexpr std::size_t kOpenSequences = 12;
constexpr std::size_t kMostSequences = 200;
constexpr std::size_t kMostFindings = 10;

// Colours and type are the notebook's; only what a narrow cell needs is ours.
constexpr std::string_view kNotebookStyle =
    ".angiobench-result .scroll{overflow-x:auto;max-width:100%}"
    ".angiobench-result table{border-collapse:collapse;margin:.4em 0}"
    ".angiobench-result caption{text-align:left;opacity:.75}"
    ".angiobench-result th,.angiobench-result td{padding:.15em .45em;text-align:left;"
    "border-bottom:1px solid rgba(128,128,128,.35);white-space:nowrap}"
    ".angiobench-result .n{text-align:right;font-variant-numeric:tabular-nums}"
    ".angiobench-result p,.angiobench-result ul{margin:.3em 0;overflow-wrap:anywhere}";

Table headline_table(const Result& result) {
  Table table;
  table.caption = "Scores of the whole";
  const auto add = [&table](const char* heading, Table::Align align) {
    table.columns.emplace_back().heading = heading;
    table.columns.back().align = align;
  };
  add("measure", Table::Align::left);
  add("score", Table::Align::right);
  add("interval", Table::Align::left);
  add("over", Table::Align::left);
  for (const Aggregate& aggregate : result.aggregates) {
    const MetricDescriptor metric = descriptor_of(result, aggregate.metric);
    const ScoreStyle style = style_of(metric, result.protocol.display);
    std::string interval;
    if (aggregate.interval) {
      interval = "[" + format_score(aggregate.interval->low, style) + ", " +
                 format_score(aggregate.interval->high, style) + "]";
    }
    const std::string noun(counted_noun(result, aggregate));
    const std::string plural = noun == "class" ? "classes" : noun + "s";
    table.rows.push_back(
        {{metric_heading(metric, aggregate.scope)},
         {format_aggregate(aggregate, style), table.rows.empty()},
         {interval},
         {std::to_string(aggregate.n) + " " + (aggregate.n == 1 ? noun : plural)}});
  }
  return table;
}

void put_findings(Markup& out, const Result& result) {
  if (result.findings.empty()) return;
  const Element list(out, "ul");
  for (std::size_t i = 0; i < result.findings.size() && i < kMostFindings; ++i) {
    const Finding& finding = result.findings[i];
    put_element(out, "li", {}, severity_name(finding.severity), " ", element("b", {}, finding.code),
                ": ", finding.sequence.empty() ? "" : finding.sequence + ": ", finding.message);
  }
  if (result.findings.size() > kMostFindings) {
    put_element(out, "li", {},
                "and " + std::to_string(result.findings.size() - kMostFindings) + " more");
  }
}

}  // namespace

std::string notebook_html(const Result& result) {
  Markup out;
  {
    const Element whole(out, "div", {{"class", "angiobench-result"}});
    put_code(out, Code::style, kNotebookStyle);
    put_element(out, "p", {}, element("b", {}, result.dataset.name), ", protocol ",
                result.protocol.name, " v", std::to_string(result.protocol.version), ": ",
                counts_words(result.dataset, result.protocol),
                result.submission.name.empty() ? "" : "; submission " + result.submission.name);
    if (!result.complete) {
      put_element(out, "p", {},
                  element("b", {},
                          "Not complete: this is no score of " + result.dataset.name +
                              ", only of what was there."));
    }
    put_table(out, headline_table(result), {});
    Table sequences = sequence_table(result);
    const std::size_t count = sequences.rows.size();
    if (count > kMostSequences) sequences.rows.resize(kMostSequences);
    if (count > 0) {
      const Element fold(out, "details",
                         {count <= kOpenSequences ? flag("open") : when(false, "open", "")});
      put_element(out, "summary", {},
                  std::to_string(count) + (count == 1 ? " sequence" : " sequences") +
                      (count > kMostSequences
                           ? ", the first " + std::to_string(kMostSequences) + " of them here"
                           : ""));
      put_table(out, sequences, {});
    }
    put_findings(out, result);
  }
  return out.take();
}

}  // namespace angiobench
