// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "dataset/error.h"
#include "evaluator/measures.h"
#include "reports/decimal.h"
#include "reports/escape.h"
#include "reports/html/charts.h"
#include "reports/html/markup.h"
#include "reports/html/page.h"
#include "reports/leaderboard/views.h"

namespace angiobench {
namespace {

using html::count_of;
using html::put;
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

std::string linked(const Links& links, const std::string& path, std::string_view text) {
  std::string out;
  if (!links.on) return escape_html(text);
  put(out, "<a href=\"", links.to_root, path, "\">", escape_html(text), "</a>");
  return out;
}

std::string outside(const std::string& url, std::string_view text) {
  std::string out;
  put(out, "<a rel=\"noreferrer nofollow\" href=\"", escape_html(url), "\">", escape_html(text),
      "</a>");
  return out;
}

std::string method_cell(const Links& links, const BoardEntry& entry) {
  std::string out = linked(links, method_path(entry.facts.method), entry.facts.method);
  if (!entry.facts.variant.empty())
    put(out, " <span class=\"w\">", escape_html(entry.facts.variant), "</span>");
  if (entry.facts.kind == EntryKind::baseline) out += " <span class=\"w\">baseline</span>";
  return out;
}

// A heading with its own address.
void heading(std::string& out, const char* level, const std::string& id, std::string_view text) {
  put(out, "<", level, " id=\"", id, "\">", escape_html(text), " <a class=\"anchor\" href=\"#", id,
      "\" aria-label=\"Link to this section\">#</a></", level, ">\n");
}

// A table that scrolls sideways in a box of its own, is reached by keyboard and can be sorted.
class HtmlTable {
 public:
  HtmlTable(std::string& out, std::string_view caption) : out_(out) {
    put(out_, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"",
        escape_html(caption), "\"><table class=\"sortable\">\n<caption>", escape_html(caption),
        "</caption>\n<thead><tr>");
  }
  void words(std::string_view heading) {
    put(out_, "<th scope=\"col\" data-sort=\"t\">", escape_html(heading), "</th>");
  }
  void number(std::string_view heading) {
    put(out_, "<th scope=\"col\" class=\"n\" data-sort=\"n\">", escape_html(heading), "</th>");
  }
  void picture(std::string_view heading) {
    put(out_, "<th scope=\"col\">", escape_html(heading), "</th>");
  }
  void body() { out_ += "</tr></thead>\n<tbody>\n"; }
  void end() { out_ += "</tbody></table></div>\n"; }

 private:
  std::string& out_;
};

constexpr double kUnsorted = std::numeric_limits<double>::quiet_NaN();

// `value` is what a sort goes by; kUnsorted where there is none.
std::string number_cell(std::string_view text, double value, std::string_view missing) {
  std::string out;
  if (text.empty()) {
    put(out, "<td class=\"n\"><span class=\"w\" title=\"", escape_html(missing),
        "\">–</span></td>");
  } else if (!std::isnan(value)) {
    put(out, "<td class=\"n\" data-v=\"", full_text(value), "\">", escape_html(text), "</td>");
  } else {
    put(out, "<td class=\"n\">", escape_html(text), "</td>");
  }
  return out;
}

std::string figure_cell(const BoardEntry& entry, const MetricColumn& column, ScoreStyle style,
                        bool strong = false) {
  const BoardFigure* const figure = find_figure(entry, column);
  const std::string text = cell_text(entry, column, style);
  const double value = figure == nullptr ? kUnsorted : figure->value.value_or(kUnsorted);
  const bool marked = !entry.mean_follows && column.is(mean_metric(), Scope::overall);
  std::string cell = number_cell(
      text, value, entry.facts.kind == EntryKind::reported ? "not published" : "not measured");
  if (strong && !text.empty()) {
    const std::string plain = escape_html(text);
    const std::size_t at = cell.rfind(plain + "</td>");
    cell.replace(at, plain.size(), "<strong>" + plain + "</strong>");
  }
  if (marked) {
    cell.insert(cell.rfind("</td>"),
                "<a href=\"#marks\" title=\"the printed value is not the mean of its columns, " +
                    escape_html(entry.mean) + " %\">‡</a>");
  }
  return cell;
}

// Full digits where the shown ones are rounded.
std::string unit_of(ScoreStyle style) {
  return style == ScoreStyle::percent ? "percent" : "fractions";
}

const MetricColumn* ranking_of(const StandingGroup& group) {
  const auto found = std::ranges::find_if(group.columns, &MetricColumn::ranks);
  return found == group.columns.end() ? nullptr : &*found;
}

void group_section(std::string& out, const DatasetStandings& dataset, const StandingGroup& group,
                   const Links& links) {
  const MetricColumn* const ranking = ranking_of(group);
  const bool intervals =
      ranking != nullptr && std::ranges::any_of(group.standings, [&](const Standing& standing) {
        const BoardFigure* const figure = find_figure(standing.run->entry, *ranking);
        return figure != nullptr && figure->interval.has_value();
      });
  HtmlTable table(out, "Protocol " + group.protocol.name + ", " + unit_of(dataset.style) + "; " +
                           count_of(group.dataset.sequences, "sequence") + ", " +
                           count_of(group.dataset.objects, "object"));
  table.number("Rank");
  table.words("Method");
  table.words("Team");
  for (const MetricColumn& column : group.columns) {
    table.number(column.heading);
    if (intervals && &column == ranking) table.picture("95 % interval");
  }
  table.words("Submitted");
  table.words("Masks");
  table.body();
  for (const Standing& standing : group.standings) {
    const BoardEntry& entry = standing.run->entry;
    out += "<tr>";
    out += number_cell(standing.rank == 0 ? std::string{} : rank_text(standing),
                       standing.rank == 0 ? kUnsorted : standing.rank, standing.reason);
    put(out, "<th scope=\"row\">", method_cell(links, entry));
    for (const std::string& link : entry.facts.links) put(out, " ", outside(link, "link"));
    put(out, "</th><td>",
        entry.facts.team.empty() ? "<span class=\"w\">–</span>" : escape_html(entry.facts.team),
        "</td>");
    for (const MetricColumn& column : group.columns) {
      out += figure_cell(entry, column, dataset.style, &column == ranking);
      if (!intervals || &column != ranking) continue;
      const BoardFigure* const figure = find_figure(entry, column);
      if (figure == nullptr || !figure->interval.has_value() || !figure->value.has_value()) {
        out += "<td><span class=\"w\">–</span></td>";
        continue;
      }
      const std::string low = format_score(figure->interval->low, dataset.style);
      const std::string high = format_score(figure->interval->high, dataset.style);
      put(out, "<td class=\"nw\">",
          html::interval_bar(*figure->value, *figure->interval, "from " + low + " to " + high),
          " <span class=\"w\">[", low, ", ", high, "]</span></td>");
    }
    put(out, "<td class=\"nw\"><time datetime=\"", escape_html(entry.facts.time), "\">",
        escape_html(entry.facts.time.substr(0, 10)), "</time></td><td><code title=\"",
        escape_html(entry.submission_digest), "\">",
        escape_html(short_digest(entry.submission_digest)), "</code></td></tr>\n");
  }
  table.end();
  put(out, "<p class=\"note\">Ranked together because data set <code title=\"",
      escape_html(group.dataset.digest), "\">", escape_html(short_digest(group.dataset.digest)),
      "</code>, protocol <code title=\"", escape_html(group.protocol.hash), "\">",
      escape_html(group.protocol.name), " v", std::to_string(group.protocol.version), " ",
      escape_html(short_digest(group.protocol.hash)), "</code> and metric version ",
      escape_html(group.metric_version),
      " are the same. Order: ", ranking == nullptr ? "time" : escape_html(ranking->heading),
      ", further columns, earlier submission, digest.");
  if (std::ranges::any_of(group.standings, &Standing::tied))
    out += " = marks equal figures at the digits shown.";
  out += "</p>\n";
}

void unranked_section(std::string& out, const DatasetStandings& dataset, const Links& links) {
  HtmlTable table(out, "Incomplete runs: their figures are no scores of the data set");
  table.words("Method");
  table.words("Team");
  table.words("Why it is not ranked");
  for (const MetricColumn& column : dataset.unranked_columns) table.number(column.heading);
  table.words("Protocol");
  table.words("Masks");
  table.body();
  for (const Standing& standing : dataset.unranked) {
    const BoardEntry& entry = standing.run->entry;
    put(out, "<tr><th scope=\"row\">", method_cell(links, entry), "</th><td>",
        entry.facts.team.empty() ? "–" : escape_html(entry.facts.team), "</td><td>",
        escape_html(standing.reason), "</td>");
    for (const MetricColumn& column : dataset.unranked_columns)
      out += figure_cell(entry, column, dataset.style);
    put(out, "<td>", escape_html(entry.protocol.name), "</td><td><code title=\"",
        escape_html(entry.submission_digest), "\">",
        escape_html(short_digest(entry.submission_digest)), "</code></td></tr>\n");
  }
  table.end();
}

// Published rows of one data set, or of one method over several (then with the data set's name).
void reported_section(std::string& out, const std::vector<const Standing*>& rows,
                      const std::vector<MetricColumn>& columns, ScoreStyle style,
                      std::string_view caption, const Links& links, bool with_method) {
  HtmlTable table(out, caption);
  if (with_method) table.words("Method");
  table.number("Year");
  for (const MetricColumn& column : columns) table.number(column.heading);
  table.words("Source");
  table.words("Note");
  table.body();
  for (const Standing* standing : rows) {
    const BoardEntry& entry = standing->run->entry;
    out += "<tr>";
    if (with_method) put(out, "<th scope=\"row\">", method_cell(links, entry), "</th>");
    out += number_cell(entry.year == 0 ? std::string{} : std::to_string(entry.year),
                       entry.year == 0 ? kUnsorted : entry.year, "not stated");
    for (const MetricColumn& column : columns) out += figure_cell(entry, column, style);
    std::vector<std::string> notes;
    if (!with_method && !entry.facts.variant.empty()) notes.push_back(entry.facts.variant);
    if (!entry.venue.empty()) notes.push_back(entry.venue);
    if (!entry.facts.note.empty()) notes.push_back(entry.facts.note);
    std::string note;
    for (const std::string& part : notes) note += (note.empty() ? "" : "; ") + part;
    put(out, "<td>", outside(entry.source.url, entry.source.label), "</td><td class=\"w\">",
        escape_html(note), "</td></tr>\n");
  }
  table.end();
  std::string marks;
  for (const Standing* standing : rows) {
    const BoardEntry& entry = standing->run->entry;
    if (!entry.mean_follows) {
      put(marks, marks.empty() ? "" : "; ", escape_html(method_title(entry.facts)), ": ",
          escape_html(entry.mean), " %");
    }
  }
  if (!marks.empty()) {
    put(out,
        "<p class=\"note\" id=\"marks\">‡ The printed J&amp;F is not the mean of the columns "
        "printed beside it, which is: ",
        marks, ".</p>\n");
  }
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
std::string history_chart(const StandingGroup& group, const std::vector<Moment>& moments,
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
  if (with_value < 2) return {};
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
  std::string title =
      ranking.heading + " of " + count_of(moments.size(), "submission") + " in order of time";
  std::string out;
  put(out, "<svg class=\"plot\" viewBox=\"0 0 ", html::coord(kWidth), " ", html::coord(kHeight),
      "\" role=\"img\"><title>", escape_html(title), "</title><path class=\"grid\" d=\"M",
      html::coord(kLeft), " ", html::coord(kTop), "V", html::coord(kHeight - kBottom), "H",
      html::coord(kWidth - 10), "\"/>");
  for (const double value : {low + margin, high - margin}) {
    put(out, "<text class=\"e\" x=\"", html::coord(kLeft - 6), "\" y=\"", html::coord(y(value) + 4),
        "\">", format_score(value, style), "</text>");
  }
  std::string path;
  std::optional<double> best;
  std::string dots;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    if (!moments[i].value.has_value()) continue;
    const double value = *moments[i].value;
    const bool record = !best.has_value() || is_better(value, *best, ranking.metric.direction);
    if (record && best.has_value()) put(path, "H", html::coord(x(i)));
    if (record) {
      put(path, best.has_value() ? "V" : "M",
          best.has_value() ? std::string{} : html::coord(x(i)) + " ", html::coord(y(value)));
      best = value;
    }
    const BoardEntry& entry = moments[i].standing->run->entry;
    put(dots, "<circle class=\"dot\" cx=\"", html::coord(x(i)), "\" cy=\"", html::coord(y(value)),
        "\" r=\"3\"><title>",
        escape_html(method_title(entry.facts) + ", " + entry.facts.time.substr(0, 10) + ": " +
                    format_score(value, style)),
        "</title></circle>");
  }
  put(path, "H", html::coord(kWidth - 10));
  put(out, "<path class=\"lq\" d=\"", path, "\"/>", dots, "<text x=\"", html::coord(kLeft),
      "\" y=\"", html::coord(kHeight - 5), "\">",
      escape_html(moments.front().standing->run->entry.facts.time.substr(0, 10)),
      "</text><text class=\"e\" x=\"", html::coord(kWidth - 10), "\" y=\"",
      html::coord(kHeight - 5), "\">",
      escape_html(moments.back().standing->run->entry.facts.time.substr(0, 10)), "</text></svg>\n");
  return out;
}

std::string change_text(double change, ScoreStyle style) {
  return format_difference(change, style);
}

// What an audit row says of its subject; an export that came from elsewhere may say anything.
std::string subject_word(const AuditRow& row, const char* key) {
  const Json subject = Json::parse(row.subject, nullptr, false);
  const auto at = subject.is_object() ? subject.find(key) : subject.end();
  return at != subject.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

void history_section(std::string& out, const BoardView& view, const DatasetStandings& dataset,
                     const Links& links) {
  for (const StandingGroup& group : dataset.groups) {
    const std::vector<Moment> moments = history_of(group);
    if (moments.empty()) continue;
    out += history_chart(group, moments, dataset.style);
    const std::string heading = ranking_of(group)->heading;
    HtmlTable table(out, "Submissions in order of time, protocol " + group.protocol.name);
    table.words("Submitted");
    table.words("Method");
    table.number(heading);
    table.number("Against the best before");
    table.body();
    for (const Moment& moment : moments) {
      const BoardEntry& entry = moment.standing->run->entry;
      put(out, "<tr><td class=\"nw\">", escape_html(entry.facts.time), "</td><th scope=\"row\">",
          method_cell(links, entry), "</th>",
          figure_cell(entry, *ranking_of(group), dataset.style));
      if (moment.value.has_value() && moment.best_before.has_value()) {
        const double change = *moment.value - *moment.best_before;
        const bool better = is_better(change, 0, ranking_of(group)->metric.direction);
        put(out, "<td class=\"n\" data-v=\"", full_text(change), "\">",
            change_text(change, dataset.style), better ? " <span class=\"w\">new best</span>" : "",
            "</td></tr>\n");
      } else {
        put(out, "<td class=\"n\"><span class=\"w\">", moment.value.has_value() ? "first" : "–",
            "</span></td></tr>\n");
      }
    }
    table.end();
  }
  // What is not there any more is told, too.
  std::string removed;
  for (const AuditRow& row : view.audit) {
    if (row.action != "remove") continue;
    if (subject_word(row, "dataset") != dataset.dataset) continue;
    put(removed, "<li>", escape_html(row.time), ": run ",
        row.run.has_value() ? std::to_string(*row.run) : "", " (",
        escape_html(subject_word(row, "method")), ") was removed",
        row.reason.empty() ? std::string{} : ": " + escape_html(row.reason), "</li>\n");
  }
  if (!removed.empty()) put(out, "<ul>\n", removed, "</ul>\n");
}

void page_head(std::string& out, const Links& links, std::string_view kind,
               std::string_view title) {
  const bool to_index = links.on && !links.to_root.empty();
  put(out, "<header id=\"top\"><p class=\"kind\">",
      to_index ? "<a href=\"" + links.to_root + "index.html\">Leaderboard</a>"
               : std::string("angiobench leaderboard"),
      " · ", escape_html(kind), "</p><h1>", escape_html(title), "</h1></header>\n");
}

void page_foot(std::string& out, const BoardView& view) {
  put(out,
      "<p class=\"note\">Ranks are worked out from the runs and stored nowhere. The audit has ",
      count_of(view.audit.size(), "row"),
      "; this shows that nothing of it was changed or cut off since:</p>\n"
      "<pre><code>angiobench leaderboard verify --head ",
      escape_html(view.head), "</code></pre>\n");
}

std::string dataset_page(const BoardView& view, const DatasetStandings& dataset,
                         const Links& links) {
  std::vector<std::pair<std::string, std::string>> sections;
  std::string out;
  page_head(out, links, "data set", dataset.dataset);
  sections.emplace_back("measured", "Measured");
  heading(out, "h2", "measured", "Measured by this program");
  if (dataset.groups.empty()) {
    out +=
        "<p class=\"empty\">No complete run yet. <code>angiobench leaderboard add RESULT</code> "
        "adds one.</p>\n";
  }
  for (const StandingGroup& group : dataset.groups) group_section(out, dataset, group, links);
  if (!dataset.unranked.empty()) {
    sections.emplace_back("unranked", "Not ranked");
    heading(out, "h2", "unranked", "Not ranked");
    unranked_section(out, dataset, links);
  }
  if (!dataset.reported.empty()) {
    sections.emplace_back("published", "Published elsewhere");
    heading(out, "h2", "published", "Published elsewhere");
    out +=
        "<p class=\"note\">Figures as their sources print them. They were not measured here, may "
        "rest on other masks, "
        "frames or scorers, and are ranked neither with measured runs nor among themselves.</p>\n";
    reported_section(out, pointers(dataset.reported), dataset.reported_columns, dataset.style,
                     "Published figures, " + unit_of(dataset.style) + ", best first", links, true);
  }
  const bool removed = std::ranges::any_of(view.audit, [&](const AuditRow& row) {
    return row.action == "remove" && subject_word(row, "dataset") == dataset.dataset;
  });
  if (!dataset.groups.empty() || removed) {
    sections.emplace_back("history", "History");
    heading(out, "h2", "history", "History");
    history_section(out, view, dataset, links);
  }
  page_foot(out, view);
  return html::wrap_page(dataset.dataset + " – leaderboard", sections, out);
}

std::string method_page(const BoardView& view, const std::string& method, const Links& links) {
  std::vector<std::pair<std::string, std::string>> sections;
  std::string out;
  page_head(out, links, "method", method);
  std::set<std::string> teams;
  std::set<std::string> addresses;
  for (const BoardRun& run : view.runs) {
    if (run.entry.facts.method != method) continue;
    if (!run.entry.facts.team.empty()) teams.insert(run.entry.facts.team);
    addresses.insert(run.entry.facts.links.begin(), run.entry.facts.links.end());
  }
  if (!teams.empty() || !addresses.empty()) {
    out += "<dl class=\"facts\">";
    for (const std::string& team : teams)
      put(out, "<div><dt>Team</dt><dd>", escape_html(team), "</dd></div>");
    for (const std::string& address : addresses)
      put(out, "<div><dt>Link</dt><dd>", outside(address, address), "</dd></div>");
    out += "</dl>\n";
  }
  for (const DatasetStandings& dataset : view.datasets) {
    std::string part;
    const auto is_method = [&](const Standing& standing) {
      return standing.run->entry.facts.method == method;
    };
    for (const StandingGroup& group : dataset.groups) {
      if (std::ranges::none_of(group.standings, is_method)) continue;
      const MetricColumn* const ranking = ranking_of(group);
      HtmlTable table(part, "Measured, protocol " + group.protocol.name + ", " +
                                unit_of(dataset.style) + ", in order of time; place among " +
                                count_of(group.standings.size(), "run"));
      table.words("Submitted");
      table.words("Variant");
      table.number("Rank");
      for (const MetricColumn& column : group.columns) table.number(column.heading);
      table.number("Change");
      table.words("Masks");
      table.body();
      std::optional<double> before;
      for (const Moment& moment : history_of(group)) {
        if (!is_method(*moment.standing)) continue;
        const BoardEntry& entry = moment.standing->run->entry;
        put(part, "<tr><td class=\"nw\">", escape_html(entry.facts.time), "</td><td>",
            entry.facts.variant.empty() ? "–" : escape_html(entry.facts.variant), "</td>");
        part +=
            number_cell(moment.standing->rank == 0 ? std::string{} : rank_text(*moment.standing),
                        moment.standing->rank == 0 ? kUnsorted : moment.standing->rank,
                        moment.standing->reason);
        for (const MetricColumn& column : group.columns)
          part += figure_cell(entry, column, dataset.style, &column == ranking);
        const bool changed = moment.value.has_value() && before.has_value();
        part += number_cell(
            changed ? change_text(*moment.value - *before, dataset.style) : std::string{},
            changed ? *moment.value - *before : kUnsorted, "the first of this method");
        put(part, "<td><code title=\"", escape_html(entry.submission_digest), "\">",
            escape_html(short_digest(entry.submission_digest)), "</code></td></tr>\n");
        if (moment.value.has_value()) before = moment.value;
      }
      table.end();
    }
    DatasetStandings own;
    own.style = dataset.style;
    own.unranked_columns = dataset.unranked_columns;
    std::ranges::copy_if(dataset.unranked, std::back_inserter(own.unranked), is_method);
    if (!own.unranked.empty()) unranked_section(part, own, links);
    std::vector<const Standing*> rows;
    for (const Standing& standing : dataset.reported) {
      if (is_method(standing)) rows.push_back(&standing);
    }
    if (!rows.empty()) {
      std::vector<MetricColumn> columns;
      for (const MetricColumn& column : dataset.reported_columns) {
        const bool any = std::ranges::any_of(rows, [&](const Standing* standing) {
          return find_figure(standing->run->entry, column) != nullptr;
        });
        if (any) columns.push_back(column);
      }
      reported_section(part, rows, columns, dataset.style,
                       "Published elsewhere, " + unit_of(dataset.style), links, false);
    }
    if (part.empty()) continue;
    const std::string id = "d-" + safe_name(dataset.dataset);
    sections.emplace_back(id, dataset.dataset);
    put(out, "<h2 id=\"", id, "\">", linked(links, dataset_path(dataset.dataset), dataset.dataset),
        "</h2>\n", part);
  }
  page_foot(out, view);
  return html::wrap_page(method + " – leaderboard", sections, out);
}

// "1. Method 49.3" of the largest group, or what is published.
std::string leader_cell(const DatasetStandings& dataset, const Links& links) {
  if (dataset.groups.empty() || dataset.groups.front().standings.empty())
    return "<td class=\"w\">none yet</td>";
  const StandingGroup& group = dataset.groups.front();
  const MetricColumn* const ranking = ranking_of(group);
  const BoardEntry& entry = group.standings.front().run->entry;
  std::string out;
  put(out, "<td>", method_cell(links, entry), " <strong>",
      ranking == nullptr ? std::string{} : escape_html(cell_text(entry, *ranking, dataset.style)),
      "</strong></td>");
  return out;
}

// As people look for names: capitals do not matter.
struct ByName {
  bool operator()(const std::string& a, const std::string& b) const {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    const auto before = [&](char x, char y) { return lower(x) < lower(y); };
    if (std::ranges::lexicographical_compare(a, b, before)) return true;
    return !std::ranges::lexicographical_compare(b, a, before) && a < b;
  }
};

std::string overall_page(const BoardView& view, const Links& links) {
  std::string out;
  page_head(out, links, "overall", "Leaderboard");
  std::size_t measured = 0;
  std::size_t reported = 0;
  std::map<std::string, std::map<std::string, std::vector<const BoardRun*>>, ByName> measured_by;
  std::map<std::string, std::map<std::string, std::size_t>, ByName>
      methods;  // method -> data set -> published rows
  for (const BoardRun& run : view.runs) {
    const bool published = run.entry.facts.kind == EntryKind::reported;
    (published ? reported : measured) += 1;
    if (published) {
      ++methods[run.entry.facts.method][run.entry.dataset.name];
    } else {
      methods[run.entry.facts.method];
      measured_by[run.entry.facts.method][run.entry.dataset.name].push_back(&run);
    }
  }
  put(out, "<p>", count_of(view.datasets.size(), "data set"), ", ",
      count_of(measured, "measured run"), ", ", count_of(reported, "published row"),
      " from elsewhere.</p>\n");

  heading(out, "h2", "datasets", "Data sets");
  {
    HtmlTable table(
        out, "Data sets; the leader is the best measured run of the largest comparable group");
    table.words("Data set");
    table.words("Measured leader");
    table.number("Measured");
    table.number("Not ranked");
    table.number("Published");
    table.words("Best published (not comparable)");
    table.body();
    for (const DatasetStandings& dataset : view.datasets) {
      std::size_t ranked = 0;
      for (const StandingGroup& group : dataset.groups) ranked += group.standings.size();
      put(out, "<tr><th scope=\"row\">",
          linked(links, dataset_path(dataset.dataset), dataset.dataset), "</th>",
          leader_cell(dataset, links));
      for (const std::size_t count : {ranked, dataset.unranked.size(), dataset.reported.size()}) {
        out += number_cell(std::to_string(count), static_cast<double>(count), "");
      }
      if (dataset.reported.empty()) {
        out += "<td class=\"w\">–</td></tr>\n";
      } else {
        const BoardEntry& best = dataset.reported.front().run->entry;
        put(out, "<td>", method_cell(links, best), " ",
            escape_html(cell_text(best, dataset.reported_columns.front(), dataset.style)),
            " <span class=\"w\">", escape_html(dataset.reported_columns.front().heading),
            "</span></td></tr>\n");
      }
    }
    table.end();
  }

  heading(out, "h2", "measured", "Measured runs by method");
  if (measured_by.empty()) {
    out += "<p class=\"empty\">Nothing was measured yet.</p>\n";
  } else {
    std::vector<const DatasetStandings*> columns;
    for (const DatasetStandings& dataset : view.datasets) {
      if (!dataset.groups.empty()) columns.push_back(&dataset);
    }
    HtmlTable table(out,
                    "Rank and headline figure of a method's best run on each data set (largest "
                    "comparable group)");
    table.words("Method");
    for (const DatasetStandings* dataset : columns) table.number(dataset->dataset);
    table.body();
    for (const auto& [method, by_dataset] : measured_by) {
      put(out, "<tr><th scope=\"row\">", linked(links, method_path(method), method), "</th>");
      for (const DatasetStandings* dataset : columns) {
        const StandingGroup& group = dataset->groups.front();
        const auto best =
            std::ranges::find_if(group.standings, [&name = method](const Standing& standing) {
              return standing.run->entry.facts.method == name;
            });
        const MetricColumn* const ranking = ranking_of(group);
        if (best == group.standings.end() || ranking == nullptr) {
          out += number_cell({}, kUnsorted, "no comparable run");
          continue;
        }
        const BoardFigure* const figure = find_figure(best->run->entry, *ranking);
        out += number_cell(
            rank_text(*best) + ": " + cell_text(best->run->entry, *ranking, dataset->style),
            figure == nullptr ? kUnsorted : figure->value.value_or(kUnsorted), "");
      }
      out += "</tr>\n";
    }
    table.end();
  }

  heading(out, "h2", "methods", "All methods");
  {
    HtmlTable table(
        out, "Methods, with the data sets on which they were measured here or published elsewhere");
    table.words("Method");
    table.words("Measured on");
    table.words("Published on");
    table.body();
    for (const auto& [method, published] : methods) {
      std::string measured_on;
      std::string published_on;
      if (const auto found = measured_by.find(method); found != measured_by.end()) {
        for (const auto& [dataset, runs] : found->second) {
          put(measured_on, measured_on.empty() ? "" : ", ",
              linked(links, dataset_path(dataset), dataset));
        }
      }
      for (const auto& [dataset, count] : published) {
        put(published_on, published_on.empty() ? "" : ", ",
            linked(links, dataset_path(dataset), dataset));
      }
      put(out, "<tr><th scope=\"row\">", linked(links, method_path(method), method), "</th><td>",
          measured_on.empty() ? "–" : measured_on, "</td><td>",
          published_on.empty() ? "–" : published_on, "</td></tr>\n");
    }
    table.end();
  }

  heading(out, "h2", "history", "History");
  {
    constexpr std::size_t kShown = 50;
    std::vector<const AuditRow*> rows;
    for (const AuditRow& row : view.audit) {
      const bool published = row.action == "add" && subject_word(row, "kind") == "reported";
      if (!published) rows.push_back(&row);
    }
    std::ranges::reverse(rows);
    HtmlTable table(out, "Changes of this board, newest first" +
                             (rows.size() > kShown ? " (the last " + std::to_string(kShown) +
                                                         " of " + std::to_string(rows.size()) + ")"
                                                   : std::string{}) +
                             "; additions of published rows are left out");
    table.number("Row");
    table.words("Time");
    table.words("What");
    table.words("Method");
    table.words("Data set");
    table.words("Reason");
    table.body();
    for (std::size_t i = 0; i < std::min(rows.size(), kShown); ++i) {
      const auto word = [&](const char* key) { return escape_html(subject_word(*rows[i], key)); };
      put(out, "<tr>",
          number_cell(std::to_string(rows[i]->seq), static_cast<double>(rows[i]->seq), ""),
          "<td class=\"nw\">", escape_html(rows[i]->time), "</td><td>",
          escape_html(rows[i]->action), "</td><td>", word("method"), "</td><td>", word("dataset"),
          "</td><td>", escape_html(rows[i]->reason), "</td></tr>\n");
    }
    table.end();
  }
  page_foot(out, view);
  return html::wrap_page("Leaderboard",
                         {{"datasets", "Data sets"},
                          {"measured", "Measured"},
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
