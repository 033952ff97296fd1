// SPDX-License-Identifier: MIT
#include "reports/html/board_pages.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "dataset/characters.h"
#include "dataset/error.h"
#include "evaluator/measures.h"
#include "reports/decimal.h"
#include "reports/html/charts.h"
#include "reports/html/page.h"
#include "reports/html/print.h"
#include "reports/html/table.h"

namespace angiobench {
namespace {

using namespace html;
using Json = nlohmann::ordered_json;

// Where other pages are, seen from the page that is written.
struct Links {
  bool on = false;  // false: the page stands alone and names other pages without linking to them
  std::string to_root;  // "" or "../"
};

std::string dataset_path(const std::string& dataset) {
  return "dataset/" + safe_name(dataset) + ".html";
}
std::string method_path(const std::string& method) {
  return "method/" + safe_name(method) + ".html";
}

Markup linked(const Links& links, const std::string& path, std::string_view text) {
  return links.on ? element("a", {{"href", links.to_root + path}}, text) : markup(text);
}

Markup outside(const std::string& url, std::string_view text) {
  return element("a", {{"rel", "noreferrer nofollow"}, {"href", url}}, text);
}

Markup small(std::string_view text) { return element("span", {{"class", "w"}}, text); }
Markup code(std::string_view text) { return element("code", {}, text); }

// A digest as people compare it, whole where it is pointed at.
Markup digest_code(std::string_view digest) {
  return element("code", {{"title", digest}}, short_digest(digest));
}

Markup method_words(const Links& links, const BoardEntry& entry) {
  Markup out = linked(links, method_path(entry.facts.method), entry.facts.method);
  if (!entry.facts.variant.empty()) put(out, " ", small(entry.facts.variant));
  if (entry.facts.kind == EntryKind::baseline) put(out, " ", small("baseline"));
  return out;
}

void put_method(Markup& out, const Links& links, const BoardEntry& entry) {
  put_element(out, "th", {{"scope", "row"}}, method_words(links, entry));
}

void put_words(Markup& out, std::string_view text) {
  put_element(out, "td", {}, text.empty() ? "–" : text);
}

// The head of a sortable table of the board.
TableHead board_head(std::string caption, std::vector<Heading> headings) {
  return {std::move(caption), {}, "sortable", std::move(headings), {}, TableLines::apart};
}

constexpr double kUnsorted = std::numeric_limits<double>::quiet_NaN();

// `value` is what a sort goes by; kUnsorted where there is none. `missing` says why there is no
// text.
void put_value(Markup& out, std::string_view text, double value, std::string_view missing) {
  if (text.empty()) {
    put_element(out, "td", {{"class", "n"}},
                element("span", {{"class", "w"}, {"title", missing}}, "–"));
  } else {
    put_number(out, text, std::isnan(value) ? std::nullopt : std::optional(full_text(value)));
  }
}

enum class Strength { plain, strong };

void put_figure(Markup& out, const BoardEntry& entry, const MetricColumn& column, ScoreStyle style,
                Strength strength = Strength::plain) {
  const BoardFigure* const figure = find_figure(entry, column);
  const std::string text = cell_text(entry, column, style);
  if (text.empty()) {
    put_value(out, text, kUnsorted,
              entry.facts.kind == EntryKind::reported ? "not published" : "not measured");
    return;
  }
  std::optional<std::string> key;
  if (figure != nullptr && figure->value.has_value()) key = full_text(*figure->value);
  Markup words = strength == Strength::strong ? element("strong", {}, text) : markup(text);
  if (!entry.mean_follows && column.is(mean_metric(), Scope::overall)) {
    put_element(
        words, "a",
        {{"href", "#marks"},
         {"title", "the printed value is not the mean of its columns, " + entry.mean + " %"}},
        "‡");
  }
  put_element(out, "td", {{"class", "n"}, maybe("data-v", key)}, words);
}

std::string unit_of(ScoreStyle style) {
  return style == ScoreStyle::percent ? "percent" : "fractions";
}

const MetricColumn* ranking_of(const StandingGroup& group) {
  const auto found = std::ranges::find_if(group.columns, &MetricColumn::ranks);
  return found == group.columns.end() ? nullptr : &*found;
}

// The interval of the ranking figure as a picture and in figures.
void put_interval(Markup& out, const BoardEntry& entry, const MetricColumn& column,
                  ScoreStyle style) {
  const BoardFigure* const figure = find_figure(entry, column);
  if (figure == nullptr || !figure->interval.has_value() || !figure->value.has_value()) {
    put_element(out, "td", {}, small("–"));
    return;
  }
  const std::string low = format_score(figure->interval->low, style);
  const std::string high = format_score(figure->interval->high, style);
  put_element(out, "td", {{"class", "nw"}},
              interval_bar(*figure->value, *figure->interval, "from " + low + " to " + high), " ",
              small("[" + low + ", " + high + "]"));
}

void put_ranked_row(Markup& out, const DatasetStandings& dataset, const StandingGroup& group,
                    const Standing& standing, bool intervals, const Links& links) {
  const MetricColumn* const ranking = ranking_of(group);
  const BoardEntry& entry = standing.run->entry;
  const Row row(out);
  put_value(out, standing.rank == 0 ? std::string{} : rank_text(standing),
            standing.rank == 0 ? kUnsorted : standing.rank, standing.reason);
  {
    const Element name(out, "th", {{"scope", "row"}});
    put(out, method_words(links, entry));
    for (const std::string& link : entry.facts.links) put(out, " ", outside(link, "link"));
  }
  put_element(out, "td", {}, entry.facts.team.empty() ? small("–") : markup(entry.facts.team));
  for (const MetricColumn& column : group.columns) {
    const bool ranks = &column == ranking;
    put_figure(out, entry, column, dataset.style, ranks ? Strength::strong : Strength::plain);
    if (intervals && ranks) put_interval(out, entry, column, dataset.style);
  }
  put_element(out, "td", {{"class", "nw"}},
              element("time", {{"datetime", entry.facts.time}}, entry.facts.time.substr(0, 10)));
  put_element(out, "td", {}, digest_code(entry.submission_digest));
  put_element(out, "td", {}, evidence_words(entry.evidence.kind));
}

bool has_intervals(const StandingGroup& group) {
  const MetricColumn* const ranking = ranking_of(group);
  return ranking != nullptr && std::ranges::any_of(group.standings, [&](const Standing& standing) {
           const BoardFigure* const figure = find_figure(standing.run->entry, *ranking);
           return figure != nullptr && figure->interval.has_value();
         });
}

void put_group(Markup& out, const DatasetStandings& dataset, const StandingGroup& group,
               const Links& links) {
  const MetricColumn* const ranking = ranking_of(group);
  const bool intervals = has_intervals(group);
  std::vector<Heading> headings = {number_heading("Rank"), words_heading("Method"),
                                   words_heading("Team")};
  for (const MetricColumn& column : group.columns) {
    headings.push_back(number_heading(column.heading));
    if (intervals && &column == ranking)
      headings.push_back(words_heading("95 % interval", Sort::no));
  }
  headings.push_back(words_heading("Submitted"));
  headings.push_back(words_heading("Masks"));
  headings.push_back(words_heading("Stands on"));
  {
    const TableScope table(
        out, board_head("Protocol " + group.protocol.name + ", " + unit_of(dataset.style) + "; " +
                            counts_words(group.dataset, group.protocol),
                        std::move(headings)));
    for (const Standing& standing : group.standings)
      put_ranked_row(out, dataset, group, standing, intervals, links);
  }
  const Element note(out, "p", {{"class", "note"}}, After::line_end);
  put(out, "Ranked together because data set ", digest_code(group.dataset.digest), ", protocol ",
      element("code", {{"title", group.protocol.hash}}, group.protocol.name, " v",
              std::to_string(group.protocol.version), " ", short_digest(group.protocol.hash)),
      " and metric version ", group.metric_version,
      " are the same. Order: ", ranking == nullptr ? "time" : ranking->heading,
      ", further columns, earlier submission, digest.");
  if (std::ranges::any_of(group.standings, &Standing::tied))
    put(out, " = marks equal figures at the digits shown.");
}

void put_unranked(Markup& out, const DatasetStandings& dataset, const Links& links) {
  std::vector<Heading> headings = {words_heading("Method"), words_heading("Team"),
                                   words_heading("Why it is not ranked")};
  for (const MetricColumn& column : dataset.unranked_columns)
    headings.push_back(number_heading(column.heading));
  headings.push_back(words_heading("Protocol"));
  headings.push_back(words_heading("Masks"));
  headings.push_back(words_heading("Stands on"));
  const TableScope table(out,
                         board_head("Incomplete runs: their figures are no scores of the data set",
                                    std::move(headings)));
  for (const Standing& standing : dataset.unranked) {
    const BoardEntry& entry = standing.run->entry;
    const Row row(out);
    put_method(out, links, entry);
    put_words(out, entry.facts.team);
    put_element(out, "td", {}, standing.reason);
    for (const MetricColumn& column : dataset.unranked_columns)
      put_figure(out, entry, column, dataset.style);
    put_element(out, "td", {}, entry.protocol.name);
    put_element(out, "td", {}, digest_code(entry.submission_digest));
    put_element(out, "td", {}, evidence_words(entry.evidence.kind));
  }
}

// Whose published rows a table lists: of a data set, or of one method over several.
enum class ReportedOf { dataset, method };

// Published rows; those of one method do not name it again.
void put_reported(Markup& out, const std::vector<const Standing*>& rows,
                  const std::vector<MetricColumn>& columns, ScoreStyle style, std::string caption,
                  const Links& links, ReportedOf of) {
  std::vector<Heading> headings;
  if (of == ReportedOf::dataset) headings.push_back(words_heading("Method"));
  headings.push_back(number_heading("Year"));
  for (const MetricColumn& column : columns) headings.push_back(number_heading(column.heading));
  headings.push_back(words_heading("Source"));
  headings.push_back(words_heading("Note"));
  std::string marks;
  {
    const TableScope table(out, board_head(std::move(caption), std::move(headings)));
    for (const Standing* standing : rows) {
      const BoardEntry& entry = standing->run->entry;
      const Row row(out);
      if (of == ReportedOf::dataset) put_method(out, links, entry);
      put_value(out, entry.year == 0 ? std::string{} : std::to_string(entry.year),
                entry.year == 0 ? kUnsorted : entry.year, "not stated");
      for (const MetricColumn& column : columns) put_figure(out, entry, column, style);
      std::string note;
      for (const std::string& part :
           {of == ReportedOf::method ? entry.facts.variant : std::string{}, entry.venue,
            entry.facts.note}) {
        if (!part.empty()) note += (note.empty() ? "" : "; ") + part;
      }
      put_element(out, "td", {}, outside(entry.source.url, entry.source.label));
      put_element(out, "td", {{"class", "w"}}, note);
      if (!entry.mean_follows)
        put(marks, marks.empty() ? "" : "; ", method_title(entry.facts), ": ", entry.mean, " %");
    }
  }
  if (marks.empty()) return;
  put(out,
      element("p", {{"class", "note"}, {"id", "marks"}},
              "‡ The printed J&F is not the mean of the columns printed beside it, which is: ",
              marks, "."),
      "\n");
}

std::vector<const Standing*> pointers(const std::vector<Standing>& standings) {
  std::vector<const Standing*> all;
  for (const Standing& standing : standings) all.push_back(&standing);
  return all;
}

// A run in the order of time, with the best figure before it in its group.
struct Moment {
  const Standing* standing;
  std::optional<double> value;
  std::optional<double> best_before;
};

std::vector<Moment> history_of(const StandingGroup& group) {
  std::vector<Moment> moments;
  const MetricColumn* const ranking = ranking_of(group);
  if (ranking == nullptr) return moments;
  for (const Standing& standing : group.standings) {
    const BoardFigure* const figure = find_figure(standing.run->entry, *ranking);
    moments.push_back({&standing, figure == nullptr ? std::nullopt : figure->value, {}});
  }
  std::ranges::sort(moments, {}, [](const Moment& moment) {
    return std::pair(moment.standing->run->entry.facts.time, moment.standing->run->id);
  });
  std::optional<double> best;
  for (Moment& moment : moments) {
    moment.best_before = best;
    if (!moment.value.has_value()) continue;
    const bool better =
        !best.has_value() || is_better(*moment.value, *best, ranking->metric.direction);
    if (better) best = moment.value;
  }
  return moments;
}

// Submissions as dots in their order, the best so far as a line of steps.
void put_history_chart(Markup& out, const StandingGroup& group, const std::vector<Moment>& moments,
                       ScoreStyle style) {
  constexpr double kWidth = 640;
  constexpr double kHeight = 160;
  constexpr double kLeft = 44;
  constexpr double kBottom = 20;
  constexpr double kTop = 10;
  const MetricColumn& ranking = *ranking_of(group);
  double low = 1e300;
  double high = -1e300;
  std::size_t with_value = 0;
  for (const Moment& moment : moments) {
    if (!moment.value.has_value()) continue;
    low = std::min(low, *moment.value);
    high = std::max(high, *moment.value);
    ++with_value;
  }
  if (with_value < 2) return;
  const double margin = std::max(0.005, 0.1 * (high - low));
  low -= margin;
  high += margin;
  const auto x = [&](std::size_t index) {
    return kLeft + (kWidth - kLeft - 10) * (static_cast<double>(index) + 0.5) /
                       static_cast<double>(moments.size());
  };
  const auto y = [&](double value) {
    return kTop + (kHeight - kTop - kBottom) * (high - value) / (high - low);
  };
  const auto place = [&](std::size_t index) {
    return coord(x(index)) + " " + coord(y(*moments[index].value));
  };
  const auto words = [](Markup& to, std::string_view css_class, double left, double top,
                        std::string_view text) {
    put_element(
        to, "text",
        {when(!css_class.empty(), "class", css_class), {"x", coord(left)}, {"y", coord(top)}},
        text);
  };
  // The best so far as steps, and every submission as a dot.
  std::string path;
  std::optional<double> best;
  Markup dots;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    if (!moments[i].value.has_value()) continue;
    const double value = *moments[i].value;
    const bool record = !best.has_value() || is_better(value, *best, ranking.metric.direction);
    if (record) {
      if (best.has_value()) {
        put(path, "H", coord(x(i)), "V", coord(y(value)));
      } else {
        put(path, "M", place(i));
      }
      best = value;
    }
    const BoardEntry& entry = moments[i].standing->run->entry;
    put_element(dots, "circle",
                {{"class", "dot"}, {"cx", coord(x(i))}, {"cy", coord(y(value))}, {"r", "3"}},
                element("title", {}, method_title(entry.facts), ", ",
                        entry.facts.time.substr(0, 10), ": ", format_score(value, style)));
  }
  put(path, "H", coord(kWidth - 10));
  const Element svg(out, "svg",
                    {{"class", "plot"},
                     {"viewBox", "0 0 " + coord(kWidth) + " " + coord(kHeight)},
                     {"role", "img"}},
                    After::line_end);
  put_element(out, "title", {}, ranking.heading, " of ", count_of(moments.size(), "submission"),
              " in order of time");
  put_leaf(out, "path",
           {{"class", "grid"},
            {"d", "M" + coord(kLeft) + " " + coord(kTop) + "V" + coord(kHeight - kBottom) + "H" +
                      coord(kWidth - 10)}});
  for (const double value : {low + margin, high - margin})
    words(out, "e", kLeft - 6, y(value) + 4, format_score(value, style));
  put_leaf(out, "path", {{"class", "lq"}, {"d", path}});
  put(out, dots);
  words(out, "", kLeft, kHeight - 5, moments.front().standing->run->entry.facts.time.substr(0, 10));
  words(out, "e", kWidth - 10, kHeight - 5,
        moments.back().standing->run->entry.facts.time.substr(0, 10));
}

// What an audit row says of its subject; an export that came from elsewhere may say anything.
std::string subject_word(const AuditRow& row, const char* key) {
  const Json subject = Json::parse(row.subject, nullptr, false);
  const auto at = subject.is_object() ? subject.find(key) : subject.end();
  return at != subject.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

// What a submission changed, against the best before it.
void put_against_best(Markup& out, const Moment& moment, Direction direction, ScoreStyle style) {
  if (!moment.value.has_value() || !moment.best_before.has_value()) {
    put_element(out, "td", {{"class", "n"}}, small(moment.value.has_value() ? "first" : "–"));
    return;
  }
  const double change = *moment.value - *moment.best_before;
  const bool better = is_better(change, 0, direction);
  put_element(out, "td", {{"class", "n"}, {"data-v", full_text(change)}},
              format_difference(change, style), better ? markup(" ", small("new best")) : Markup());
}

void put_history(Markup& out, const BoardView& view, const DatasetStandings& dataset,
                 const Links& links) {
  for (const StandingGroup& group : dataset.groups) {
    const std::vector<Moment> moments = history_of(group);
    if (moments.empty()) continue;
    put_history_chart(out, group, moments, dataset.style);
    const MetricColumn& ranking = *ranking_of(group);
    const TableScope table(
        out,
        board_head("Submissions in order of time, protocol " + group.protocol.name,
                   {words_heading("Submitted"), words_heading("Method"),
                    number_heading(ranking.heading), number_heading("Against the best before")}));
    for (const Moment& moment : moments) {
      const BoardEntry& entry = moment.standing->run->entry;
      const Row row(out);
      put_element(out, "td", {{"class", "nw"}}, entry.facts.time);
      put_method(out, links, entry);
      put_figure(out, entry, ranking, dataset.style);
      put_against_best(out, moment, ranking.metric.direction, dataset.style);
    }
  }
  // What is not there any more is told, too.
  Markup removed;
  for (const AuditRow& row : view.audit) {
    if (row.action != "remove") continue;
    if (subject_word(row, "dataset") != dataset.dataset) continue;
    put(removed,
        element("li", {}, row.time, ": run ",
                row.run.has_value() ? std::to_string(*row.run) : std::string{}, " (",
                subject_word(row, "method"), ") was removed",
                row.reason.empty() ? std::string{} : ": " + row.reason),
        "\n");
  }
  if (!removed.empty()) put(out, element("ul", {}, "\n", removed), "\n");
}

void put_page_head(Markup& out, const Links& links, std::string_view kind, std::string_view title) {
  const bool to_index = links.on && !links.to_root.empty();
  const Element header(out, "header", {{"id", "top"}}, After::line_end);
  put_element(
      out, "p", {{"class", "kind"}},
      to_index ? linked(links, "index.html", "Leaderboard") : markup("angiobench leaderboard"),
      " · ", kind);
  put_element(out, "h1", {}, title);
}

void put_page_foot(Markup& out, const BoardView& view) {
  put(out,
      element("p", {{"class", "note"}},
              "Ranks are worked out from the runs and stored nowhere. The audit has ",
              count_of(view.audit.size(), "row"),
              "; this shows that nothing of it was changed or cut off since:"),
      "\n", element("pre", {}, code("angiobench leaderboard verify --head " + view.head)), "\n");
}

std::string dataset_page(const BoardView& view, const DatasetStandings& dataset,
                         const Links& links) {
  std::vector<std::pair<std::string, std::string>> sections;
  Markup out;
  put_page_head(out, links, "data set", dataset.dataset);
  sections.emplace_back("measured", "Measured");
  put_heading(out, "measured", "Measured by this program");
  if (dataset.groups.empty()) {
    put(out,
        element("p", {{"class", "empty"}}, "No complete run yet. ",
                code("angiobench leaderboard add RESULT"), " adds one."),
        "\n");
  }
  for (const StandingGroup& group : dataset.groups) put_group(out, dataset, group, links);
  if (!dataset.unranked.empty()) {
    sections.emplace_back("unranked", "Not ranked");
    put_heading(out, "unranked", "Not ranked");
    put_unranked(out, dataset, links);
  }
  if (!dataset.reported.empty()) {
    sections.emplace_back("published", "Published elsewhere");
    put_heading(out, "published", "Published elsewhere");
    put(out,
        element("p", {{"class", "note"}},
                "Figures as their sources print them. They were not measured here, may rest on "
                "other masks, frames or scorers, and are ranked neither with measured runs nor "
                "among themselves."),
        "\n");
    put_reported(out, pointers(dataset.reported), dataset.reported_columns, dataset.style,
                 "Published figures, " + unit_of(dataset.style) + ", best first", links,
                 ReportedOf::dataset);
  }
  const bool removed = std::ranges::any_of(view.audit, [&](const AuditRow& row) {
    return row.action == "remove" && subject_word(row, "dataset") == dataset.dataset;
  });
  if (!dataset.groups.empty() || removed) {
    sections.emplace_back("history", "History");
    put_heading(out, "history", "History");
    put_history(out, view, dataset, links);
  }
  put_page_foot(out, view);
  return wrap_page(dataset.dataset + " – leaderboard", sections, out);
}

// A method's runs of one group in order of time.
void put_method_runs(Markup& out, const DatasetStandings& dataset, const StandingGroup& group,
                     const std::string& method) {
  const MetricColumn* const ranking = ranking_of(group);
  std::vector<Heading> headings = {words_heading("Submitted"), words_heading("Variant"),
                                   number_heading("Rank")};
  for (const MetricColumn& column : group.columns)
    headings.push_back(number_heading(column.heading));
  headings.push_back(number_heading("Change"));
  headings.push_back(words_heading("Masks"));
  headings.push_back(words_heading("Stands on"));
  const TableScope table(
      out,
      board_head("Measured, protocol " + group.protocol.name + ", " + unit_of(dataset.style) +
                     ", in order of time; place among " + count_of(group.standings.size(), "run"),
                 std::move(headings)));
  std::optional<double> before;
  for (const Moment& moment : history_of(group)) {
    const Standing& standing = *moment.standing;
    const BoardEntry& entry = standing.run->entry;
    if (entry.facts.method != method) continue;
    const Row row(out);
    put_element(out, "td", {{"class", "nw"}}, entry.facts.time);
    put_words(out, entry.facts.variant);
    put_value(out, standing.rank == 0 ? std::string{} : rank_text(standing),
              standing.rank == 0 ? kUnsorted : standing.rank, standing.reason);
    for (const MetricColumn& column : group.columns)
      put_figure(out, entry, column, dataset.style,
                 &column == ranking ? Strength::strong : Strength::plain);
    const bool changed = moment.value.has_value() && before.has_value();
    put_value(out,
              changed ? format_difference(*moment.value - *before, dataset.style) : std::string{},
              changed ? *moment.value - *before : kUnsorted, "the first of this method");
    put_element(out, "td", {}, digest_code(entry.submission_digest));
    put_element(out, "td", {}, evidence_words(entry.evidence.kind));
    if (moment.value.has_value()) before = moment.value;
  }
}

// What the board has of a method on one data set; empty where it has nothing.
Markup method_on_dataset(const DatasetStandings& dataset, const std::string& method,
                         const Links& links) {
  Markup part;
  const auto is_method = [&](const Standing& standing) {
    return standing.run->entry.facts.method == method;
  };
  for (const StandingGroup& group : dataset.groups) {
    if (std::ranges::any_of(group.standings, is_method))
      put_method_runs(part, dataset, group, method);
  }
  DatasetStandings own;
  own.style = dataset.style;
  own.unranked_columns = dataset.unranked_columns;
  std::ranges::copy_if(dataset.unranked, std::back_inserter(own.unranked), is_method);
  if (!own.unranked.empty()) put_unranked(part, own, links);
  std::vector<const Standing*> rows;
  for (const Standing& standing : dataset.reported) {
    if (is_method(standing)) rows.push_back(&standing);
  }
  if (rows.empty()) return part;
  std::vector<MetricColumn> columns;
  for (const MetricColumn& column : dataset.reported_columns) {
    const bool any = std::ranges::any_of(rows, [&](const Standing* standing) {
      return find_figure(standing->run->entry, column) != nullptr;
    });
    if (any) columns.push_back(column);
  }
  put_reported(part, rows, columns, dataset.style, "Published elsewhere, " + unit_of(dataset.style),
               links, ReportedOf::method);
  return part;
}

std::string method_page(const BoardView& view, const std::string& method, const Links& links) {
  std::vector<std::pair<std::string, std::string>> sections;
  Markup out;
  put_page_head(out, links, "method", method);
  std::set<std::string> teams;
  std::set<std::string> addresses;
  for (const BoardRun& run : view.runs) {
    if (run.entry.facts.method != method) continue;
    if (!run.entry.facts.team.empty()) teams.insert(run.entry.facts.team);
    addresses.insert(run.entry.facts.links.begin(), run.entry.facts.links.end());
  }
  if (!teams.empty() || !addresses.empty()) {
    const Element facts(out, "dl", {{"class", "facts"}}, After::line_end);
    for (const std::string& team : teams) put_fact(out, "Team", team);
    for (const std::string& address : addresses) put_fact(out, "Link", outside(address, address));
  }
  for (const DatasetStandings& dataset : view.datasets) {
    const Markup part = method_on_dataset(dataset, method, links);
    if (part.empty()) continue;
    const std::string id = "d-" + safe_name(dataset.dataset);
    sections.emplace_back(id, dataset.dataset);
    put(out,
        element("h2", {{"id", id}}, linked(links, dataset_path(dataset.dataset), dataset.dataset)),
        "\n", part);
  }
  put_page_foot(out, view);
  return wrap_page(method + " – leaderboard", sections, out);
}

// The best measured run of the largest group.
void put_leader(Markup& out, const DatasetStandings& dataset, const Links& links) {
  if (dataset.groups.empty() || dataset.groups.front().standings.empty()) {
    put_element(out, "td", {{"class", "w"}}, "none yet");
    return;
  }
  const StandingGroup& group = dataset.groups.front();
  const MetricColumn* const ranking = ranking_of(group);
  const BoardEntry& entry = group.standings.front().run->entry;
  put_element(
      out, "td", {}, method_words(links, entry), " ",
      element("strong", {},
              ranking == nullptr ? std::string{} : cell_text(entry, *ranking, dataset.style)));
}

// As people look for names: capitals do not matter.
struct ByName {
  bool operator()(const std::string& a, const std::string& b) const {
    const auto before = [](char x, char y) { return lowered(x) < lowered(y); };
    if (std::ranges::lexicographical_compare(a, b, before)) return true;
    return !std::ranges::lexicographical_compare(b, a, before) && a < b;
  }
};

// What the board's runs are, by method.
struct Methods {
  std::map<std::string, std::map<std::string, std::vector<const BoardRun*>>, ByName> measured;
  std::map<std::string, std::map<std::string, std::size_t>, ByName> all;  // data set -> published
  std::size_t num_measured = 0;
  std::size_t num_reported = 0;
};

Methods methods_of(const BoardView& view) {
  Methods methods;
  for (const BoardRun& run : view.runs) {
    if (run.entry.facts.kind == EntryKind::reported) {
      ++methods.num_reported;
      ++methods.all[run.entry.facts.method][run.entry.dataset.name];
    } else {
      ++methods.num_measured;
      methods.all[run.entry.facts.method];
      methods.measured[run.entry.facts.method][run.entry.dataset.name].push_back(&run);
    }
  }
  return methods;
}

// The first of each data set's largest comparable group, in the order of their ranks.
void put_rankings(Markup& out, const BoardView& view, const Links& links) {
  constexpr std::size_t kShown = 10;
  bool any = false;
  for (const DatasetStandings& dataset : view.datasets) {
    if (dataset.groups.empty()) continue;
    any = true;
    const StandingGroup& group = dataset.groups.front();
    const MetricColumn* const ranking = ranking_of(group);
    put_element(out, "h3", {}, linked(links, dataset_path(dataset.dataset), dataset.dataset));
    std::vector<Heading> headings = {number_heading("Rank", Sort::given), words_heading("Method")};
    const bool intervals = has_intervals(group);
    if (ranking != nullptr) headings.push_back(number_heading(ranking->heading));
    if (intervals) headings.push_back(words_heading("95 % interval", Sort::no));
    headings.push_back(words_heading("Team"));
    headings.push_back(words_heading("Submitted"));
    {
      const TableScope table(
          out, board_head("Protocol " + group.protocol.name + ", " + unit_of(dataset.style),
                          std::move(headings)));
      for (std::size_t i = 0; i < std::min(kShown, group.standings.size()); ++i) {
        const Standing& standing = group.standings[i];
        const BoardEntry& entry = standing.run->entry;
        const Row row(out);
        put_value(out, standing.rank == 0 ? std::string{} : rank_text(standing),
                  standing.rank == 0 ? kUnsorted : standing.rank, standing.reason);
        put_method(out, links, entry);
        if (ranking != nullptr) put_figure(out, entry, *ranking, dataset.style, Strength::strong);
        if (intervals) put_interval(out, entry, *ranking, dataset.style);
        put_words(out, entry.facts.team);
        put_element(out, "td", {{"class", "nw"}}, entry.facts.time.substr(0, 10));
      }
    }
    const std::size_t others = dataset.groups.size() - 1;
    std::string rest;
    if (group.standings.size() > kShown)
      rest = "and " + count_of(group.standings.size() - kShown, "more run");
    if (others > 0) {
      rest += (rest.empty() ? "" : "; ") + count_of(others, "other group") +
              " of runs that compare with none of these";
    }
    if (!rest.empty()) put(out, element("p", {{"class", "note"}}, rest, "."), "\n");
  }
  if (!any) put(out, element("p", {{"class", "empty"}}, "Nothing was measured yet."), "\n");
}

void put_datasets(Markup& out, const BoardView& view, const Links& links) {
  const TableScope table(
      out,
      board_head("Data sets; the leader is the best measured run of the largest comparable group",
                 {words_heading("Data set"), words_heading("Measured leader"),
                  number_heading("Measured"), number_heading("Not ranked"),
                  number_heading("Published"), words_heading("Best published (not comparable)")}));
  // What was measured here comes first, each part by name.
  std::vector<const DatasetStandings*> datasets;
  for (const DatasetStandings& dataset : view.datasets) datasets.push_back(&dataset);
  std::stable_partition(datasets.begin(), datasets.end(),
                        [](const DatasetStandings* dataset) { return !dataset->groups.empty(); });
  for (const DatasetStandings* const one : datasets) {
    const DatasetStandings& dataset = *one;
    std::size_t ranked = 0;
    for (const StandingGroup& group : dataset.groups) ranked += group.standings.size();
    const Row row(out);
    put_element(out, "th", {{"scope", "row"}},
                linked(links, dataset_path(dataset.dataset), dataset.dataset));
    put_leader(out, dataset, links);
    for (const std::size_t count : {ranked, dataset.unranked.size(), dataset.reported.size()})
      put_value(out, std::to_string(count), static_cast<double>(count), "");
    if (dataset.reported.empty()) {
      put_element(out, "td", {{"class", "w"}}, "–");
    } else {
      const BoardEntry& best = dataset.reported.front().run->entry;
      const MetricColumn& column = dataset.reported_columns.front();
      put_element(out, "td", {}, method_words(links, best), " ",
                  cell_text(best, column, dataset.style), " ", small(column.heading));
    }
  }
}

void put_measured_methods(Markup& out, const BoardView& view, const Methods& methods,
                          const Links& links) {
  if (methods.measured.empty()) return;
  std::vector<const DatasetStandings*> columns;
  for (const DatasetStandings& dataset : view.datasets) {
    if (!dataset.groups.empty()) columns.push_back(&dataset);
  }
  std::vector<Heading> headings = {words_heading("Method")};
  for (const DatasetStandings* dataset : columns)
    headings.push_back(number_heading(dataset->dataset));
  const TableScope table(
      out, board_head("Rank and headline figure of a method’s best run on each data set (largest "
                      "comparable group)",
                      std::move(headings)));
  for (const auto& [method, by_dataset] : methods.measured) {
    const Row row(out);
    put_element(out, "th", {{"scope", "row"}}, linked(links, method_path(method), method));
    for (const DatasetStandings* dataset : columns) {
      const StandingGroup& group = dataset->groups.front();
      const auto best =
          std::ranges::find_if(group.standings, [&name = method](const Standing& standing) {
            return standing.run->entry.facts.method == name;
          });
      const MetricColumn* const ranking = ranking_of(group);
      if (best == group.standings.end() || ranking == nullptr) {
        put_value(out, {}, kUnsorted, "no comparable run");
        continue;
      }
      const BoardFigure* const figure = find_figure(best->run->entry, *ranking);
      put_value(out,
                rank_text(*best) + ": " + cell_text(best->run->entry, *ranking, dataset->style),
                figure == nullptr ? kUnsorted : figure->value.value_or(kUnsorted), "");
    }
  }
}

void put_all_methods(Markup& out, const Methods& methods, const Links& links) {
  const TableScope table(
      out,
      board_head(
          "Methods, with the data sets on which they were measured here or published elsewhere",
          {words_heading("Method"), words_heading("Measured on"), words_heading("Published on")}));
  const auto put_names = [&](const auto& by_dataset) {
    const Element cell(out, "td");
    if (by_dataset.empty()) put(out, "–");
    bool first = true;
    for (const auto& [dataset, unused] : by_dataset) {
      put(out, first ? "" : ", ", linked(links, dataset_path(dataset), dataset));
      first = false;
    }
  };
  for (const auto& [method, published] : methods.all) {
    const auto measured = methods.measured.find(method);
    const Row row(out);
    put_element(out, "th", {{"scope", "row"}}, linked(links, method_path(method), method));
    put_names(measured == methods.measured.end()
                  ? std::map<std::string, std::vector<const BoardRun*>>{}
                  : measured->second);
    put_names(published);
  }
}

void put_changes(Markup& out, const BoardView& view) {
  constexpr std::size_t kShown = 50;
  std::vector<const AuditRow*> rows;
  for (const AuditRow& row : view.audit) {
    const bool published = row.action == "add" && subject_word(row, "kind") == "reported";
    if (!published) rows.push_back(&row);
  }
  std::ranges::reverse(rows);
  const std::string limit = rows.size() > kShown ? " (the last " + std::to_string(kShown) + " of " +
                                                       std::to_string(rows.size()) + ")"
                                                 : "";
  const TableScope table(out, board_head("Changes of this board, newest first" + limit +
                                             "; additions of published rows are left out",
                                         {number_heading("Row"), words_heading("Time"),
                                          words_heading("What"), words_heading("Method"),
                                          words_heading("Data set"), words_heading("Reason")}));
  for (std::size_t i = 0; i < std::min(rows.size(), kShown); ++i) {
    const Row row(out);
    put_value(out, std::to_string(rows[i]->seq), static_cast<double>(rows[i]->seq), "");
    put_element(out, "td", {{"class", "nw"}}, rows[i]->time);
    for (const std::string& word : {rows[i]->action, subject_word(*rows[i], "method"),
                                    subject_word(*rows[i], "dataset"), rows[i]->reason})
      put_element(out, "td", {}, word);
  }
}

std::string overall_page(const BoardView& view, const Links& links) {
  const Methods methods = methods_of(view);
  Markup out;
  put_page_head(out, links, "overall", "Leaderboard");
  put(out,
      element("p", {}, count_of(view.datasets.size(), "data set"), ", ",
              count_of(methods.num_measured, "measured run"), ", ",
              count_of(methods.num_reported, "published row"), " from elsewhere."),
      "\n");
  put_heading(out, "measured", "Measured by this program");
  put_rankings(out, view, links);
  put_heading(out, "datasets", "Data sets");
  put_datasets(out, view, links);
  if (!methods.measured.empty()) put_heading(out, "by-method", "Measured runs by method");
  put_measured_methods(out, view, methods, links);
  put_heading(out, "methods", "All methods");
  put_all_methods(out, methods, links);
  put_heading(out, "history", "History");
  put_changes(out, view);
  put_page_foot(out, view);
  return wrap_page("Leaderboard",
                   {{"measured", "Measured"},
                    {"datasets", "Data sets"},
                    {"methods", "Methods"},
                    {"history", "History"}},
                   out);
}

}  // namespace

std::vector<BoardPage> board_site(const BoardView& view) {
  std::vector<BoardPage> pages = {{"index.html", overall_page(view, {true, ""})}};
  std::set<std::string> methods;
  for (const DatasetStandings& dataset : view.datasets) {
    pages.push_back({dataset_path(dataset.dataset), dataset_page(view, dataset, {true, "../"})});
  }
  for (const BoardRun& run : view.runs) methods.insert(run.entry.facts.method);
  for (const std::string& method : methods)
    pages.push_back({method_path(method), method_page(view, method, {true, "../"})});
  return pages;
}

std::string board_page(const BoardView& view, const BoardSelection& selection) {
  if (!selection.method.empty()) {
    const bool there = std::ranges::any_of(
        view.runs, [&](const BoardRun& run) { return run.entry.facts.method == selection.method; });
    if (!there) {
      throw Error(ErrorKind::input, "", "the leaderboard has no method '" + selection.method + "'",
                  "a name that 'leaderboard show' lists");
    }
    return method_page(view, selection.method, {});
  }
  if (selection.dataset.empty()) return overall_page(view, {});
  for (const DatasetStandings& dataset : view.datasets) {
    if (dataset.dataset == selection.dataset) return dataset_page(view, dataset, {});
  }
  throw Error(ErrorKind::input, "", "the leaderboard has no data set '" + selection.dataset + "'",
              "a name that 'leaderboard show' lists");
}

}  // namespace angiobench
