// SPDX-License-Identifier: MIT
#include "reports/comparison_report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dataset/error.h"
#include "reports/change_json.h"
#include "reports/change_words.h"
#include "reports/escape.h"
#include "reports/text_table.h"

namespace angiobench {
namespace {

constexpr std::size_t kShownChanges = 10;
constexpr std::size_t kRoomForEnding = 200;  // bytes kept for the line that says what was left out
// Rows that are folded under a table of ten: nobody reads thousands in a summary.
constexpr std::size_t kMaxFolded = 200;

int urgency(Verdict verdict) {
  switch (verdict) {
    case Verdict::new_failure:
      return 0;
    case Verdict::regressed:
      return 1;
    case Verdict::not_comparable:
      return 2;
    case Verdict::fixed:
      return 3;
    case Verdict::improved:
      return 4;
    case Verdict::within_tolerance:
    case Verdict::no_change:
      return 5;
  }
  return 5;
}

std::string interval_text(const std::optional<Interval>& interval, ScoreStyle style) {
  if (!interval) return "–";
  return "[" + format_fine_difference(interval->low, style) + ", " +
         format_fine_difference(interval->high, style) + "]";
}

std::string level_text(double level) {
  std::string text = nlohmann::json(std::round(level * 1e4) / 100).dump();
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text + " %";
}

Table case_table(std::span<const CaseChange> changes, ScoreStyle style) {
  Table table;
  table.columns = {{"Case", "", Table::Align::left},
                   {"Before", "", Table::Align::right},
                   {"After", "", Table::Align::right},
                   {"Change", "", Table::Align::right},
                   {"Verdict", "", Table::Align::left}};
  for (const CaseChange& change : changes) {
    const bool both = change.before && change.after;
    table.rows.push_back(
        {{case_label(change)},
         {format_fine(change.before, style)},
         {format_fine(change.after, style)},
         {both ? format_fine_difference(*change.after - *change.before, style) : "–"},
         {verdict_label(change.verdict)}});
  }
  return table;
}

Table rank_table(const NamedComparison& named, const Ranking& ranking) {
  const ScoreStyle style = style_of(ranking.metric, named.display);
  Table table;
  table.caption = "Ranks in " + metric_heading(ranking.metric, ranking.scope) +
                  ", with the ranks that " + level_text(ranking.level) +
                  " of the resamples give and the share in which a method is first";
  table.columns = {{"Method", "", Table::Align::left},
                   {"Score", "", Table::Align::right},
                   {"Rank", "", Table::Align::right},
                   {"Ranks", "", Table::Align::right},
                   {"P(first)", "", Table::Align::right}};
  std::vector<std::size_t> order(named.names.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return ranking.stability[a].rank < ranking.stability[b].rank;
  });
  const std::vector<bool> tied = displayed_ties(ranking.values, style.decimals, style.scale);
  for (const std::size_t i : order) {
    const RankStability& stability = ranking.stability[i];
    table.rows.push_back({{named.names[i]},
                          {format_score(ranking.values[i], style) + (tied[i] ? " =" : "")},
                          {std::to_string(stability.rank)},
                          {std::to_string(stability.low) + "–" + std::to_string(stability.high)},
                          {format_p(stability.p_first)}});
  }
  if (std::find(tied.begin(), tied.end(), true) != tied.end())
    table.notes.push_back("= prints alike; ranked on full precision");
  return table;
}

std::vector<std::string> notes_of(const Comparison& comparison) {
  std::vector<std::string> notes;
  for (const std::string& reason : comparison.comparability.reasons)
    notes.push_back("not comparable: " + reason);
  for (const std::string& note : comparison.comparability.notes) notes.push_back("waived: " + note);
  if (!comparison.before_complete)
    notes.push_back("not comparable: the first result is incomplete");
  if (!comparison.after_complete)
    notes.push_back("not comparable: the second result is incomplete");
  if (comparison.comparability.identical_masks && comparison.comparability.comparable)
    notes.push_back("no change (identical masks)");
  return notes;
}

std::string pair_title(const NamedComparison& named, std::size_t index) {
  return named.names[index + 1] + " against " + named.names.front();
}

}  // namespace

void MarkdownPage::add(const std::string& markdown) {
  if (text_.size() + markdown.size() + kRoomForEnding > max_bytes_) {
    ++num_left_out_;
    return;
  }
  text_ += markdown;
}

void MarkdownPage::add_table(const Table& table, std::size_t num_open,
                             const std::string& folded_noun) {
  Table open = table;
  open.rows.resize(std::min(num_open, open.rows.size()));
  add(markdown_table(open));
  if (table.rows.size() <= num_open) return;

  // Fold the rest, as many rows as fit.
  Table rest = table;
  rest.caption.clear();
  rest.notes.clear();
  rest.rows.erase(rest.rows.begin(), rest.rows.begin() + static_cast<std::ptrdiff_t>(num_open));
  const std::size_t num_rest = rest.rows.size();
  rest.rows.resize(std::min(num_rest, kMaxFolded));
  while (true) {
    std::string summary = std::to_string(num_rest) + " " + folded_noun;
    if (rest.rows.size() < num_rest)
      summary += ", " + std::to_string(rest.rows.size()) + " of them shown";
    const std::string folded =
        "\n<details><summary>" + escape_xml(summary) + "</summary>\n\n" + markdown_table(rest) +
        (rest.rows.size() < num_rest
             ? "\nand " + std::to_string(num_rest - rest.rows.size()) + " more\n"
             : "") +
        "\n</details>\n";
    if (text_.size() + folded.size() + kRoomForEnding <= max_bytes_ || rest.rows.empty()) {
      add(folded);
      return;
    }
    rest.rows.resize(rest.rows.size() / 2);
  }
}

void MarkdownPage::add_cases(const std::string& heading, std::span<const CaseChange> changes,
                             const MetricDescriptor& metric, Display display,
                             std::size_t num_open) {
  const std::vector<CaseChange> notable = notable_changes(changes);
  if (notable.empty()) return;
  add("\n### " + escape_markdown(heading + " that changed (" + metric.name + ")") + "\n\n");
  add_table(case_table(notable, style_of(metric, display)), num_open, "more");
}

std::string MarkdownPage::text() const {
  if (num_left_out_ == 0) return text_;
  return text_ + "\n" + std::to_string(num_left_out_) +
         " parts left out: a summary may not be longer.\n";
}

NamedComparison compare_by_name(std::span<const Result> results, const ComparisonOptions& options) {
  expects(!results.empty(), "a comparison has results");
  NamedComparison named;
  named.names = result_names(results);
  for (const Result& result : results) named.digests.push_back(result.submission.digest);
  named.dataset = results.front().dataset.name;
  named.protocol =
      results.front().protocol.name + " v" + std::to_string(results.front().protocol.version);
  named.display = results.front().protocol.display;
  named.comparison = compare_methods(results, options);
  return named;
}

std::vector<CaseChange> notable_changes(std::span<const CaseChange> changes) {
  std::vector<CaseChange> notable;
  for (const CaseChange& change : changes) {
    if (urgency(change.verdict) < 5 && (change.before || change.after)) notable.push_back(change);
  }
  const auto size_of = [](const CaseChange& change) {
    return change.before && change.after ? std::abs(*change.after - *change.before) : 0.0;
  };
  std::stable_sort(notable.begin(), notable.end(), [&](const CaseChange& a, const CaseChange& b) {
    if (urgency(a.verdict) != urgency(b.verdict)) return urgency(a.verdict) < urgency(b.verdict);
    return size_of(a) > size_of(b);
  });
  return notable;
}

std::vector<CaseChange> lost_and_found(std::span<const CaseChange> changes) {
  std::vector<CaseChange> found = notable_changes(changes);
  std::erase_if(found, [](const CaseChange& change) {
    return change.verdict != Verdict::new_failure && change.verdict != Verdict::fixed;
  });
  return found;
}

Table change_table(const Comparison& comparison, Display display, const std::string& before_name,
                   const std::string& after_name) {
  Table table;
  bool with_statistics = false;
  bool with_holm = false;
  std::size_t num_left_out = 0;
  bool has_objects = false;
  double level = 0.95;
  for (const AggregateChange& change : comparison.aggregates) {
    if (!change.statistics) continue;
    with_statistics = true;
    with_holm = with_holm || change.statistics->p_holm != change.statistics->sign_flips.p;
    num_left_out = std::max(num_left_out, change.statistics->num_left_out);
    has_objects = has_objects || change.statistics->num_objects > 0;
    if (change.statistics->interval) level = change.statistics->interval->level;
  }
  const auto right = Table::Align::right;
  table.columns = {{"Metric", "", Table::Align::left},
                   {before_name, "", right},
                   {after_name, "", right},
                   {"Change", "", right}};
  if (with_statistics) {
    table.columns.push_back({level_text(level) + " interval", "", right});
    table.columns.push_back({"p (sign flips)", "", right});
    if (with_holm) table.columns.push_back({"p (Holm)", "", right});
    table.columns.push_back({"p (Wilcoxon)", "", right});
    table.columns.push_back({"Sequences", "", right});
  }
  table.columns.push_back({"Verdict", "", Table::Align::left});
  for (const AggregateChange& change : comparison.aggregates) {
    const bool both = change.before && change.after;
    const ScoreStyle style = style_of(change.metric, display);
    std::vector<Table::Cell> row = {
        {metric_heading(change.metric, change.scope)},
        {format_fine(change.before, style)},
        {format_fine(change.after, style)},
        {both ? format_fine_difference(*change.after - *change.before, style) : "–"}};
    if (with_statistics) {
      const std::optional<PairedStatistics>& statistics = change.statistics;
      row.push_back({statistics ? interval_text(statistics->interval, style) : "–"});
      row.push_back({statistics ? format_p(statistics->sign_flips.p) : "–"});
      if (with_holm) row.push_back({statistics ? format_p(statistics->p_holm) : "–"});
      row.push_back({statistics ? format_p(statistics->wilcoxon.p) : "–"});
      row.push_back({statistics ? std::to_string(statistics->num_sequences) : "–"});
    }
    row.push_back({verdict_label(change.verdict)});
    table.rows.push_back(std::move(row));
  }
  if (num_left_out > 0) {
    table.notes.push_back("statistics leave out " + std::to_string(num_left_out) +
                          (has_objects ? " objects" : " sequences") +
                          " that have a value on one side only");
  }
  return table;
}

std::string comparison_text(const NamedComparison& named) {
  const Display display = named.display;
  std::string text = "data set " + escape_terminal(named.dataset) + ", protocol " +
                     escape_terminal(named.protocol) + "\n";
  for (std::size_t i = 0; i < named.comparison.against_first.size(); ++i) {
    const Comparison& comparison = named.comparison.against_first[i];
    text += "\n" + escape_terminal(pair_title(named, i)) + "\n";
    for (const std::string& note : notes_of(comparison))
      text += "  " + escape_terminal(note) + "\n";
    text += "\n" +
            text_table(change_table(comparison, display, named.names.front(), named.names[i + 1]));
    if (!comparison.comparability.comparable) continue;
    const auto add_cases = [&](const char* heading, const std::vector<CaseChange>& changes) {
      if (changes.empty()) return;
      Table table = case_table(std::span(changes).first(std::min(kShownChanges, changes.size())),
                               style_of(comparison.case_metric, display));
      table.columns.front().heading = heading;
      if (changes.size() > kShownChanges)
        table.notes.push_back("and " + std::to_string(changes.size() - kShownChanges) + " more");
      text += "\n" + text_table(table);
    };
    add_cases("Sequence", notable_changes(comparison.sequences));
    add_cases("Object", lost_and_found(comparison.objects));
  }
  for (const Ranking& ranking : named.comparison.rankings) {
    if (named.names.size() > 2 && ranking.scope == Scope::overall)
      text += "\n" + text_table(rank_table(named, ranking));
  }
  return text;
}

std::string comparison_json(const NamedComparison& named) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["schema"] = "comparison-1";
  json["dataset"] = named.dataset;
  json["protocol"] = named.protocol;
  json["methods"] = Json::array();
  for (std::size_t i = 0; i < named.names.size(); ++i) {
    json["methods"].push_back({{"name", named.names[i]}, {"digest", named.digests[i]}});
  }
  json["against_first"] = Json::array();
  for (const Comparison& comparison : named.comparison.against_first) {
    json["against_first"].push_back(comparison_to_json(comparison));
  }
  json["rankings"] = Json::array();
  for (const Ranking& ranking : named.comparison.rankings) {
    Json entry = {{"metric", ranking.metric.metric.id},
                  {"scope", scope_name(ranking.scope)},
                  {"level", ranking.level},
                  {"methods", Json::array()}};
    for (std::size_t i = 0; i < ranking.values.size(); ++i) {
      const RankStability& stability = ranking.stability[i];
      entry["methods"].push_back({{"value", ranking.values[i]},
                                  {"rank", stability.rank},
                                  {"rank_low", stability.low},
                                  {"rank_high", stability.high},
                                  {"p_first", stability.p_first}});
    }
    json["rankings"].push_back(std::move(entry));
  }
  return dump_json(json);
}

std::string comparison_markdown(const NamedComparison& named, std::size_t max_bytes) {
  const Display display = named.display;
  MarkdownPage page(max_bytes);
  page.add("## Comparison on " + escape_markdown(named.dataset) + ", protocol " +
           escape_markdown(named.protocol) + "\n");
  for (std::size_t i = 0; i < named.comparison.against_first.size(); ++i) {
    const Comparison& comparison = named.comparison.against_first[i];
    page.add("\n### " + escape_markdown(pair_title(named, i)) + "\n\n");
    const std::vector<std::string> notes = notes_of(comparison);
    for (const std::string& note : notes) page.add("- " + escape_markdown(note) + "\n");
    if (!notes.empty()) page.add("\n");
    page.add_table(change_table(comparison, display, named.names.front(), named.names[i + 1]),
                   kShownChanges, "more aggregates");
    if (comparison.comparability.comparable) {
      page.add_cases("Sequences", comparison.sequences, comparison.case_metric, display,
                     kShownChanges);
      page.add_cases("Objects", comparison.objects, comparison.case_metric, display, kShownChanges);
    }
  }
  for (const Ranking& ranking : named.comparison.rankings) {
    if (named.names.size() < 3 || ranking.scope != Scope::overall) continue;
    page.add("\n");
    page.add_table(rank_table(named, ranking), 100, "more methods");
  }
  return page.text();
}

}  // namespace angiobench
