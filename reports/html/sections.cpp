// SPDX-License-Identifier: MIT
#include "reports/html/sections.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"
#include "evaluator/protocol.h"
#include "reports/escape.h"
#include "reports/html/charts.h"
#include "reports/html/markup.h"

namespace angiobench::html {
namespace {

// Places of one finding code that are listed; the rest is counted.
constexpr std::size_t kMaxPlaces = 12;

// A table in a box of its own that scrolls sideways on narrow screens and can be reached by
// keyboard.
void open_table(std::string& out, std::string_view label, std::string_view css_class) {
  put(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", escape_html(label),
      "\"><table class=\"", css_class, "\"><caption>", escape_html(label), "</caption>");
}

void close_table(std::string& out) { out += "</tbody></table></div>\n"; }

// A column heading; `sort` is "n" (numbers), "t" (text) or empty.
void head(std::string& out, std::string_view heading_html, std::string_view sort,
          std::string_view css_class = "") {
  out += "<th scope=\"col\"";
  if (!css_class.empty()) put(out, " class=\"", css_class, "\"");
  if (!sort.empty()) put(out, " data-sort=\"", sort, "\"");
  put(out, ">", heading_html, "</th>");
}

// Good, bad or neither: the class that colours a verdict, which is never told by colour alone.
std::string_view verdict_class(Verdict verdict) {
  switch (verdict) {
    case Verdict::improved:
    case Verdict::fixed:
      return "up";
    case Verdict::regressed:
    case Verdict::new_failure:
      return "down";
    case Verdict::no_change:
    case Verdict::within_tolerance:
    case Verdict::not_comparable:
      return "same";
  }
  return "same";
}

std::string difference_cell(std::optional<double> now, std::optional<double> before,
                            Verdict verdict, ScoreStyle style) {
  std::string out = "<td class=\"n d ";
  put(out, verdict_class(verdict), "\"");
  if (now && before) put(out, " data-v=\"", sort_key(*now - *before), "\"");
  out += ">";
  if (now && before) put(out, "<b>", format_difference(*now - *before, style), "</b> ");
  put(out, "<span class=\"w\">", verdict_label(verdict), "</span></td>");
  return out;
}

std::string change_cell(const CaseChange* change, Verdict verdict, ScoreStyle style) {
  if (change == nullptr)
    return difference_cell(std::nullopt, std::nullopt, Verdict::not_comparable, style);
  return difference_cell(change->after, change->before, verdict, style);
}

// A p-value as people print it: two digits that count, never 0.
std::string p_value(double p) { return p < 0.0001 ? "&lt;0.0001" : decimal(p, 2); }

std::string percent_words(std::optional<double> value, ScoreStyle style) {
  return value ? format_score(value, style) : std::string("not defined");
}

// What a metric measures, for the headline table.
std::string metric_words(const MetricDescriptor& metric) {
  std::string words = metric.words;
  if (metric.direction == Direction::lower_is_better)
    words += words.empty() ? "lower is better" : ", lower is better";
  return words;
}

std::string_view scope_words(Scope scope) {
  switch (scope) {
    case Scope::overall:
      return "overall";
    case Scope::seen:
      return "objects of seen categories";
    case Scope::unseen:
      return "objects of unseen categories";
    case Scope::pooled:
      return "over all objects alike";
  }
  return "";
}

// What an aggregate counts: "20 sequences" where it is a mean over them.
std::string_view counted_noun(const Result& result, const Aggregate& aggregate) {
  const bool by_sequence =
      result.protocol.average == AverageOver::sequences && aggregate.scope == Scope::overall;
  return by_sequence ? "sequence" : "object";
}

// A sentence about the protocol: its own, where it is one of those that ship with the program.
std::string protocol_sentence(const ProtocolStamp& stamp) {
  const std::string sentence = stamp.name + ", version " + std::to_string(stamp.version);
  const std::vector<std::string> known = protocol_names();
  if (std::find(known.begin(), known.end(), stamp.name) != known.end()) {
    const Protocol protocol = load_protocol(stamp.name);
    if (protocol.hash == stamp.hash && !protocol.title.empty())
      return sentence + ": " + protocol.title;
  }
  return sentence + "; its rules stand under “How to reproduce”.";
}

std::string place_of(const Finding& finding) {
  std::string place = finding.path;
  if (place.empty()) {
    place = finding.sequence;
    if (!finding.frame.empty()) place += "/" + finding.frame;
  }
  if (finding.object >= 0)
    place += (place.empty() ? "object " : ", object ") + std::to_string(finding.object);
  return place;
}

void fact(std::string& out, std::string_view term, std::string_view description_html) {
  put(out, "<div><dt>", term, "</dt><dd>", description_html, "</dd></div>");
}

std::uint64_t complete_sequences(const Result& result) {
  return static_cast<std::uint64_t>(
      std::count_if(result.sequences.begin(), result.sequences.end(),
                    [](const SequenceScore& sequence) { return sequence.complete; }));
}

bool has_groups(const Result& result) {
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      if (object.group != ObjectGroup::none) return true;
    }
  }
  return false;
}

// What sparklines show: the mean of what curves show.
std::string frame_quality_name(const ReportView& view) {
  return view.shown.region().name + "&" + view.shown.contour().name;
}

std::string no_frames_sentence() {
  return "<p class=\"empty\">Needs per-frame rows: give the whole result folder, in which "
         "<code>score --out</code> wrote "
         "<code>per_frame.csv</code>.</p>";
}

}  // namespace

std::string metric_html(const MetricDescriptor& metric, Scope scope) {
  return heading_html(metric_heading(metric, scope));
}

std::string heading_html(const std::string& heading) {
  const std::size_t line = heading.find('_');
  if (line == std::string::npos || line + 1 >= heading.size()) return escape_html(heading);
  std::string out = escape_html(heading.substr(0, line));
  put(out, "<sub>", escape_html(heading.substr(line + 1, 1)), "</sub>",
      escape_html(heading.substr(line + 2)));
  return out;
}

std::string open_section(std::string_view id, std::string_view heading) {
  std::string out = "<section id=\"";
  put(out, id, "\" aria-labelledby=\"h-", id, "\"><h2 id=\"h-", id, "\">", escape_html(heading),
      " <a class=\"anchor\" href=\"#", id,
      "\" aria-label=\"Link to this section: ", escape_html(heading), "\">#</a></h2>\n");
  return out;
}

std::string score_cell(std::optional<double> value, ScoreStyle style) {
  std::string out = "<td class=\"n\"";
  if (value && std::isfinite(*value)) put(out, " data-v=\"", sort_key(*value), "\"");
  std::string text = format_score(value, style);
  if (text.front() == '-') text.replace(0, 1, "\u2212");
  put(out, ">", text, "</td>");
  return out;
}

std::string title_section(const SectionContext& context) {
  const Result& result = context.result;
  const std::string name = result_names({&result, 1}).front();
  std::string out = "<header id=\"top\"><p class=\"kind\">angiobench report</p><h1>";
  put(out, escape_html(name), " <span class=\"on\">on ", escape_html(result.dataset.name),
      "</span></h1>");

  if (context.options.gate) {
    const GateBadge& gate = *context.options.gate;
    struct Words {
      std::string_view css_class;
      std::string_view text;
    };
    const Words words = [&]() -> Words {
      switch (gate.verdict) {
        case Outcome::passed:
          return {"ok", "✓ Gate passed"};
        case Outcome::warned:
          return {"warn", "△ Gate passed with warnings"};
        case Outcome::failed:
          return {"bad", "✗ Gate failed"};
        case Outcome::inconclusive:
          return {"none", "? Gate inconclusive"};
      }
      return {"none", "? Gate inconclusive"};
    }();
    put(out, "<p class=\"badge ", words.css_class, "\">", words.text, "</p>");
    if (!gate.facts.empty()) {
      out += "<ul class=\"facts-list\">";
      for (const std::string& line : gate.facts) put(out, "<li>", escape_html(line), "</li>");
      out += "</ul>";
    }
  }
  if (!result.complete) {
    if (is_partial_by_choice(result)) {
      put(out, "<p class=\"badge bad\">✗ A part of the data set: ",
          count_of(result.sequences.size(), "sequence"), "</p>");
    } else {
      put(out, "<p class=\"badge bad\">✗ Incomplete: ", std::to_string(complete_sequences(result)),
          " of ", count_of(result.dataset.sequences, "sequence"), "</p>");
    }
  }

  out += "<dl class=\"facts\">";
  std::string dataset = escape_html(result.dataset.name);
  put(dataset, ": ", count_of(result.dataset.sequences, "sequence"), ", ",
      count_of(result.dataset.objects, "object"), ", ",
      count_of(result.dataset.frames_scored, "scored frame"), ".");
  fact(out, "Dataset", dataset);
  std::string split = result.dataset.split.empty() ? std::string("not named by the benchmark")
                                                   : escape_html(result.dataset.split);
  put(split, result.complete ? "; every sequence of it was scored."
                             : "; not every sequence of it was scored.");
  fact(out, "Split", split);
  fact(out, "Protocol", escape_html(protocol_sentence(result.protocol)));
  fact(out, "Tool",
       "angiobench " + escape_html(result.tool_version) + ", commit " +
           escape_html(result.git_commit.substr(0, 12)) + "; metric version " +
           escape_html(result.metric_version) + ".");
  const auto digest = [](std::string_view digest_text) {
    return "<code title=\"" + escape_html(digest_text) + "\">" +
           escape_html(short_digest(digest_text)) + "</code>";
  };
  fact(out, "Digests",
       "predictions " + digest(result.submission.digest) + ", ground truth " +
           digest(result.dataset.digest) + ", protocol " + digest(result.protocol.hash));
  out += "</dl></header>\n";
  return out;
}

std::string headline_section(const SectionContext& context) {
  const Result& result = context.result;
  const Result* const baseline = context.view.baseline;
  std::string out = open_section("headline", "Headline");
  if (!result.complete) {
    out += "<p class=\"alert\"><b>Not the data set’s score.</b> These are means over ";
    if (is_partial_by_choice(result)) {
      put(out, count_of(result.sequences.size(), "sequence"), " that were chosen.</p>");
    } else {
      put(out, std::to_string(complete_sequences(result)), " of ",
          count_of(result.dataset.sequences, "sequence"), " only.</p>");
    }
  }
  if (context.options.baseline != nullptr && baseline == nullptr) {
    put(out, "<p class=\"alert\"><b>", verdict_label(Verdict::not_comparable), ":</b> ");
    const std::vector<std::string>& reasons = context.view.comparison->comparability.reasons;
    for (std::size_t index = 0; index < reasons.size(); ++index)
      put(out, index == 0 ? "" : "; ", escape_html(reasons[index]));
    out += ".</p>";
  }
  if (baseline != nullptr) {
    put(out, "<p>Differences are to <b>", escape_html(result_names({baseline, 1}).front()),
        "</b> (predictions <code>", escape_html(short_digest(baseline->submission.digest)),
        "</code>)");
    if (context.view.comparison->comparability.identical_masks) {
      put(out, ": <b>", verdict_word(Verdict::no_change), "</b>");
    }
    put(out, "; up to ±",
        sort_key(context.style == ScoreStyle::percent ? 100 * context.options.tolerance
                                                      : context.options.tolerance),
        " is within tolerance.</p>");
    const Comparability& checked = context.view.comparison->comparability;
    for (const std::string& note : checked.notes)
      put(out, "<p class=\"alert\">", escape_html(note), "</p>");
    if (!baseline->complete)
      out += "<p class=\"alert\">The baseline is incomplete: its means are over what it has.</p>";
  }
  open_table(out, context.style == ScoreStyle::percent ? "Scores, percent" : "Scores, fractions",
             "headline");
  out += "<thead><tr>";
  head(out, "Metric", "");
  head(out, "Score", "", "n");
  head(out, "95&nbsp;% interval", "");
  head(out, "Over", "", "n");
  if (baseline != nullptr) {
    head(out, "Baseline", "", "n");
    head(out, "Difference", "", "n");
    head(out, "95&nbsp;% interval of it", "", "n");
  }
  out += "</tr></thead><tbody>";
  for (const Aggregate& aggregate : result.aggregates) {
    const MetricDescriptor metric = descriptor_of(result, aggregate.metric);
    const ScoreStyle style = style_of(metric, result.protocol.display);
    const std::string words = metric_words(metric);
    put(out, "<tr><th scope=\"row\"><b>", metric_html(metric, aggregate.scope),
        "</b> <span class=\"w\">", escape_html(words));
    if (!words.empty()) out += "; ";
    put(out, scope_words(aggregate.scope), "</span></th><td class=\"n big\">",
        format_score(aggregate.value, style), "</td><td>");
    if (aggregate.interval && aggregate.value) {
      const std::string low = format_score(aggregate.interval->low, style);
      const std::string high = format_score(aggregate.interval->high, style);
      if (metric.unit == Unit::fraction) {
        put(out, interval_bar(*aggregate.value, *aggregate.interval, "from " + low + " to " + high),
            " ");
      }
      put(out, "<span class=\"nw\">[", low, ", ", high, "]</span>");
    } else {
      out += "–";
    }
    put(out, "</td><td class=\"n nw\">", count_of(aggregate.n, counted_noun(result, aggregate)),
        "</td>");
    if (baseline != nullptr) {
      const std::vector<AggregateChange>& changes = context.view.comparison->aggregates;
      const auto change =
          std::find_if(changes.begin(), changes.end(), [&](const AggregateChange& one) {
            return one.metric.metric == aggregate.metric && one.scope == aggregate.scope;
          });
      if (change == changes.end()) {
        put(out, score_cell(std::nullopt, style),
            difference_cell(std::nullopt, std::nullopt, Verdict::not_comparable, style),
            "<td class=\"n\">–</td>");
      } else {
        put(out, score_cell(change->before, style),
            difference_cell(change->after, change->before, change->verdict, style),
            "<td class=\"n nw\">");
        if (change->statistics && change->statistics->interval) {
          put(out, "[", format_difference(change->statistics->interval->low, style), ", ",
              format_difference(change->statistics->interval->high, style),
              "] <span class=\"w\">p&nbsp;=&nbsp;", p_value(change->statistics->sign_flips.p),
              "</span></td>");
        } else {
          out += "–</td>";
        }
      }
    }
    out += "</tr>\n";
  }
  close_table(out);
  for (const Aggregate& aggregate : result.aggregates) {
    if (!aggregate.interval) continue;
    put(out, "<p class=\"note\">Intervals: percentile bootstrap over ",
        escape_html(aggregate.interval->unit), "s, ", std::to_string(aggregate.interval->resamples),
        " resamples. They say how far the score would move on other ",
        escape_html(aggregate.interval->unit), "s of this kind; with ",
        count_of(result.dataset.sequences, "sequence"), " that is the widest of all doubts.</p>");
    break;
  }
  if (baseline != nullptr) {
    out +=
        "<p class=\"note\">Differences: paired by sequence; p from sign flips over sequences. They "
        "label a change and decide nothing.</p>";
  }
  return out + "</section>\n";
}

std::string warnings_section(const SectionContext& context) {
  const Result& result = context.result;
  std::string out = open_section("warnings", "Warnings");

  // Group by code, errors first; codes keep the order of their first finding otherwise.
  std::vector<std::vector<const Finding*>> groups;
  for (const Finding& finding : result.findings) {
    const auto same =
        std::find_if(groups.begin(), groups.end(), [&](const std::vector<const Finding*>& group) {
          return group.front()->code == finding.code && group.front()->severity == finding.severity;
        });
    if (same == groups.end()) {
      groups.push_back({&finding});
    } else {
      same->push_back(&finding);
    }
  }
  std::stable_sort(groups.begin(), groups.end(), [](const auto& left, const auto& right) {
    return static_cast<int>(left.front()->severity) > static_cast<int>(right.front()->severity);
  });
  if (groups.empty())
    return out +
           "<p class=\"empty\">None: the scorer had nothing to say about these "
           "files.</p></section>\n";

  out += "<ul class=\"findings\">";
  for (const std::vector<const Finding*>& group : groups) {
    const Finding& first = *group.front();
    put(out, "<li class=\"", severity_name(first.severity), "\"><p><b>",
        severity_name(first.severity), "</b> <code>", escape_html(first.code), "</code> ");
    const bool one_message = std::all_of(group.begin(), group.end(), [&](const Finding* finding) {
      return finding->message == first.message;
    });
    if (one_message) {
      out += escape_html(first.message);
    } else {
      put(out, count_of(group.size(), "finding"), ":");
    }
    out += "</p>";
    std::string places;
    for (std::size_t index = 0; index < std::min(group.size(), kMaxPlaces); ++index) {
      const std::string place = place_of(*group[index]);
      if (one_message) {
        if (!place.empty()) put(places, places.empty() ? "" : "; ", escape_html(place));
      } else {
        put(places, "<li>", escape_html(place), place.empty() ? "" : ": ",
            escape_html(group[index]->message), "</li>");
      }
    }
    if (group.size() > kMaxPlaces) {
      const std::string rest =
          "and " + std::to_string(group.size() - kMaxPlaces) + " more (all in result.json)";
      put(places, one_message ? "; " : "<li>", rest, one_message ? "" : "</li>");
    }
    if (!places.empty())
      put(out, one_message ? "<p class=\"where\">Where: " : "<ul>", places,
          one_message ? "</p>" : "</ul>");
    if (!first.hint.empty()) put(out, "<p class=\"hint\">Cure: ", escape_html(first.hint), "</p>");
    out += "</li>\n";
  }
  return out + "</ul></section>\n";
}

std::string sequences_section(const SectionContext& context) {
  const ReportView& view = context.view;
  std::string out = open_section("sequences", "Sequences");
  open_table(out, "Means over each sequence’s objects", "sortable");
  out += "<thead><tr><th scope=\"col\" data-sort=\"t\" aria-sort=\"ascending\">Sequence</th>";
  head(out, "Objects", "n", "n");
  head(out, "Frames", "n", "n");
  const std::vector<MetricDescriptor> metrics = metrics_of(context.result);
  for (const MetricDescriptor& metric : metrics)
    head(out, metric_html(metric, Scope::overall), "n", "n");
  if (view.has_frames) {
    head(out, escape_html(frame_quality_name(view)) + " over time", "");
    head(out, "Worst frame", "n", "n");
  }
  if (view.baseline != nullptr) head(out, "Difference", "n", "n");
  out += "</tr></thead><tbody>";
  for (std::size_t index = 0; index < view.sequences.size(); ++index) {
    const SequenceView sequence = with_frames(view, index);
    const SequenceScore& score = *sequence.score;
    put(out, "<tr><th scope=\"row\"><a href=\"#", sequence.id, "\">", escape_html(score.name),
        "</a>");
    if (!score.complete) out += " <span class=\"w\">✗ incomplete</span>";
    put(out, "</th><td class=\"n\" data-v=\"", std::to_string(score.objects.size()), "\">",
        std::to_string(score.objects.size()), "</td><td class=\"n\" data-v=\"",
        std::to_string(score.frames_scored), "\">", std::to_string(score.frames_scored), "</td>");
    for (const MetricDescriptor& metric : metrics) {
      const ScoreStyle style = style_of(metric, context.result.protocol.display);
      const std::optional<double> value = sequence_value(score, metric.metric);
      if (metric.metric != view.headline.metric) {
        out += score_cell(value, style);
        continue;
      }
      // The metric that ranks stands out, with a bar where it is a fraction.
      const std::string text = format_score(value, style);
      out += "<td class=\"n nw\"";
      if (value) put(out, " data-v=\"", sort_key(*value), "\"");
      out += ">";
      if (value && metric.unit == Unit::fraction) {
        const std::optional<double> before = sequence.before == nullptr
                                                 ? std::nullopt
                                                 : sequence_value(*sequence.before, metric.metric);
        put(out, bar(*value, before, metric.name + " " + text), " ");
      }
      put(out, "<b>", text, "</b></td>");
    }
    if (view.has_frames) {
      std::optional<std::size_t> worst;
      for (std::size_t frame = 0; frame < sequence.quality.size(); ++frame) {
        if (sequence.quality[frame] &&
            (!worst || *sequence.quality[frame] < *sequence.quality[*worst]))
          worst = frame;
      }
      const std::string range = worst ? "lowest " +
                                            format_score(sequence.quality[*worst], context.style) +
                                            " in frame " + sequence.rows->frame_names[*worst]
                                      : std::string("no frame shows an object");
      put(out, "<td>",
          sparkline(sequence.quality, sequence.quality_before,
                    score.name + ": " + frame_quality_name(view) + " over time, " + range),
          "</td>");
      if (worst) {
        put(out, "<td class=\"n nw\" data-v=\"", sort_key(*sequence.quality[*worst]), "\">",
            format_score(sequence.quality[*worst], context.style), " <span class=\"w\">at ",
            escape_html(sequence.rows->frame_names[*worst]), "</span></td>");
      } else {
        out += "<td class=\"n\">–</td>";
      }
    }
    if (view.baseline != nullptr) {
      // An object that collapsed or came back names the sequence's change.
      Verdict verdict =
          sequence.change == nullptr ? Verdict::not_comparable : sequence.change->verdict;
      for (const ObjectView& object : sequence.objects) {
        if (object.change == nullptr) continue;
        if (object.change->verdict == Verdict::new_failure) verdict = Verdict::new_failure;
        if (object.change->verdict == Verdict::fixed && verdict != Verdict::new_failure)
          verdict = Verdict::fixed;
      }
      out += change_cell(sequence.change, verdict, context.style);
    }
    out += "</tr>\n";
  }
  close_table(out);
  return out + "</section>\n";
}

std::string objects_section(const SectionContext& context) {
  const ReportView& view = context.view;
  const bool groups = has_groups(context.result);
  const std::string& region = view.shown.region().name;
  const std::string& contour = view.shown.contour().name;
  std::string out = open_section("objects", "Objects");
  if (view.has_frames) {
    out += "<p class=\"legend\">Strips run over the annotated frames, " + region + " above " +
           contour +
           ": "
           "<svg class=\"strip key\" viewBox=\"0 0 100 10\" width=\"100\" height=\"10\" "
           "role=\"img\"><title>colour scale from 0, dark, to "
           "100, light</title>";
    for (int level = 0; level < 10; ++level) {
      put(out, "<path class=\"h", std::to_string(level), "\" d=\"M", std::to_string(10 * level),
          " 0h10v10h-10z\"/>");
    }
    put(out, "</svg> from 0 to ", axis_label(1, context.style),
        "; a thin line where the object is absent, a triangle at its own "
        "prompt frame. “Visible” is the first and the last frame among those looked at that shows "
        "it.</p>");
  }
  open_table(out, "Every object", "sortable");
  out += "<thead><tr><th scope=\"col\" data-sort=\"t\" aria-sort=\"ascending\">Object</th>";
  if (groups) head(out, "Group", "t");
  head(out, "Frames", "n", "n");
  const std::vector<MetricDescriptor> metrics = object_metrics(context.result);
  for (const MetricDescriptor& metric : metrics)
    head(out, metric_html(metric, Scope::overall), "n", "n");
  if (view.has_frames) {
    head(out, "Visible", "t");
    head(out, "Over time", "");
  }
  if (view.baseline != nullptr)
    head(out, escape_html(view.headline.name) + " difference", "n", "n");
  out += "</tr></thead><tbody>";
  for (std::size_t index = 0; index < view.sequences.size(); ++index) {
    const SequenceView sequence = with_frames(view, index);
    for (const ObjectView& object : sequence.objects) {
      const ObjectScore& score = *object.score;
      const std::string name = sequence.score->name + " / " + std::to_string(score.id);
      put(out, "<tr id=\"r-", object.id, "\"><th scope=\"row\">");
      if (view.has_frames) {
        put(out, "<a href=\"#", object.id, "\">", escape_html(name), "</a>");
      } else {
        out += escape_html(name);
      }
      out += "</th>";
      if (groups) put(out, "<td>", group_name(score.group), "</td>");
      put(out, "<td class=\"n\" data-v=\"", std::to_string(score.frames), "\">",
          std::to_string(score.frames), "</td>");
      for (const MetricDescriptor& metric : metrics) {
        out += score_cell(score.value(metric.metric),
                          style_of(metric, context.result.protocol.display));
      }
      if (view.has_frames) {
        const std::vector<std::string>& names = sequence.rows->frame_names;
        put(out, "<td class=\"nw\">",
            object.first_visible ? escape_html(names[*object.first_visible]) + "–" +
                                       escape_html(names[*object.last_visible])
                                 : std::string("never"),
            "</td><td>",
            heat_strip(
                object.points,
                name + " over time: " + region + " " +
                    percent_words(score.value(Metric(view.shown.region().id)), context.style) +
                    ", " + contour + " " +
                    percent_words(score.value(Metric(view.shown.contour().id)), context.style)),
            "</td>");
      }
      if (view.baseline != nullptr) {
        out +=
            change_cell(object.change,
                        object.change == nullptr ? Verdict::not_comparable : object.change->verdict,
                        context.style);
      }
      out += "</tr>\n";
    }
  }
  close_table(out);
  return out + "</section>\n";
}

std::string curves_section(const SectionContext& context) {
  const ReportView& view = context.view;
  const std::string& region = view.shown.region().name;
  const std::string& contour = view.shown.contour().name;
  std::string out = open_section("curves", region + " and " + contour + " per frame");
  if (!view.has_frames) return out + no_frames_sentence() + "</section>\n";
  const bool before =
      std::any_of(view.sequences.begin(), view.sequences.end(),
                  [](const SequenceView& sequence) { return sequence.has_rows_before; });
  // The inputs stand before what they show or hide: the style sheet needs no script for it.
  out +=
      "<input type=\"checkbox\" id=\"show-j\" checked><label for=\"show-j\"><svg class=\"key\" "
      "viewBox=\"0 0 22 8\" width=\"22\" height=\"8\" "
      "aria-hidden=\"true\"><path class=\"lj\" d=\"M0 4h22\"/></svg> " +
      region +
      "</label>"
      "<input type=\"checkbox\" id=\"show-f\" checked><label for=\"show-f\"><svg class=\"key\" "
      "viewBox=\"0 0 22 8\" width=\"22\" height=\"8\" "
      "aria-hidden=\"true\"><path class=\"lf\" d=\"M0 4h22\"/></svg> " +
      contour +
      "</label>"
      "<input type=\"checkbox\" id=\"show-absent\" checked><label for=\"show-absent\"><svg "
      "class=\"key\" viewBox=\"0 0 22 8\" width=\"22\" "
      "height=\"8\" aria-hidden=\"true\"><path class=\"absent\" d=\"M0 0h22v8h-22z\"/></svg> "
      "object absent</label>";
  if (before) {
    out +=
        "<input type=\"checkbox\" id=\"show-before\" checked><label for=\"show-before\"><svg "
        "class=\"key\" viewBox=\"0 0 22 8\" width=\"22\" "
        "height=\"8\" aria-hidden=\"true\"><path class=\"lbj\" d=\"M0 4h22\"/></svg> "
        "baseline</label>";
  }
  out += "<div class=\"curves\">\n";
  for (std::size_t index = 0; index < view.sequences.size(); ++index) {
    const SequenceView sequence = with_frames(view, index);
    put(out, "<section id=\"", sequence.id, "\"><h3>", escape_html(sequence.score->name),
        " <span class=\"w\">", escape_html(view.headline.name), " ",
        format_score(sequence_value(*sequence.score, view.headline.metric),
                     style_of(view.headline, context.result.protocol.display)),
        "</span> <a class=\"anchor\" href=\"#", sequence.id,
        "\" aria-label=\"Link to this sequence\">#</a></h3>");
    if (sequence.quality.empty()) {
      out += "<p class=\"empty\">No per-frame rows.</p></section>\n";
      continue;
    }
    out += "<div class=\"grid\">";
    for (const ObjectView& object : sequence.objects) {
      const ObjectScore& score = *object.score;
      const std::string j =
          percent_words(score.value(Metric(view.shown.region().id)), context.style);
      const std::string f =
          percent_words(score.value(Metric(view.shown.contour().id)), context.style);
      put(out, "<figure id=\"", object.id, "\"><figcaption><a href=\"#r-", object.id, "\">object ",
          std::to_string(score.id), "</a>");
      if (score.group != ObjectGroup::none)
        put(out, " <span class=\"w\">", group_name(score.group), "</span>");
      put(out, " <span class=\"jv\">", region, " ", j, "</span> <span class=\"fv\">", contour, " ",
          f, "</span></figcaption>",
          curve_chart(object, sequence.rows->frame_names, context.style,
                      sequence.score->name + ", object " + std::to_string(score.id) + ": " +
                          region + " and " + contour + " per frame, means " + j + " and " + f),
          "</figure>");
    }
    out += "</div></section>\n";
  }
  return out + "</div></section>\n";
}

std::string distribution_section(const SectionContext& context) {
  const ReportView& view = context.view;
  const std::string& name = view.headline.name;
  std::string out = open_section("distribution", "Distribution");
  if (view.headline.unit != Unit::fraction ||
      view.headline.direction != Direction::higher_is_better)
    return out +
           "<p class=\"empty\">The metric that ranks is no fraction of success.</p></section>\n";
  std::vector<double> first;
  std::vector<double> second;
  std::vector<ScatterPoint> points;
  std::size_t lost = 0;
  double largest = 0;
  double smallest = INFINITY;
  for (const SequenceView& sequence : view.sequences) {
    for (const ObjectView& object : sequence.objects) {
      if (object.mean_area > 0) {
        largest = std::max(largest, object.mean_area);
        smallest = std::min(smallest, object.mean_area);
      }
    }
  }
  const bool versus_baseline = view.baseline != nullptr;
  const bool by_size = !versus_baseline && largest > 0;
  const double low = by_size ? std::floor(std::log10(std::max(1.0, smallest))) : 0;
  const double high =
      by_size ? std::max(low + 1, std::ceil(std::log10(std::max(10.0, largest)))) : 1;
  for (const SequenceView& sequence : view.sequences) {
    for (const ObjectView& object : sequence.objects) {
      const std::optional<double> value = object.headline;
      if (!value) continue;
      const bool unseen = object.score->group == ObjectGroup::unseen;
      (unseen ? second : first).push_back(*value);
      lost += *value < 0.1 ? 1 : 0;
      ScatterPoint point;
      point.y = *value;
      point.second_group = unseen;
      point.anchor = "r-" + object.id;
      point.title = sequence.score->name + " / " + std::to_string(object.score->id) + ": " + name +
                    " " + format_score(value, context.style);
      if (versus_baseline) {
        if (!object.headline_before) continue;
        point.x = *object.headline_before;
        point.title += ", baseline " + format_score(point.x, context.style);
      } else if (by_size) {
        if (object.mean_area <= 0) continue;
        point.x = (std::log10(std::max(1.0, object.mean_area)) - low) / (high - low);
        point.title += ", " + std::to_string(std::lround(object.mean_area)) + " pixels";
      } else {
        continue;
      }
      points.push_back(std::move(point));
    }
  }
  if (first.empty() && second.empty())
    return out + "<p class=\"empty\">No object has a score.</p></section>\n";

  const std::size_t total = first.size() + second.size();
  put(out, "<p>", std::to_string(lost), " of ", count_of(total, "object"), " score below ",
      format_score(0.1, context.style), ".");
  if (!second.empty() && !first.empty()) {
    out +=
        " <svg class=\"key\" viewBox=\"0 0 10 10\" width=\"10\" height=\"10\" "
        "aria-hidden=\"true\"><circle class=\"p0\" cx=\"5\" cy=\"5\" "
        "r=\"4.5\"/></svg> seen categories (circles, lower part of a column), <svg class=\"key\" "
        "viewBox=\"0 0 10 10\" width=\"10\" height=\"10\" "
        "aria-hidden=\"true\"><rect class=\"p1\" x=\"1\" y=\"1\" width=\"8\" height=\"8\"/></svg> "
        "unseen categories (squares, upper part).";
  }
  out +=
      "</p><div class=\"plots\"><figure><figcaption>How many objects score how much</figcaption>";
  put(out,
      histogram(first, second, context.style,
                "histogram of " + name + " of " + count_of(total, "object")),
      "</figure>");
  std::vector<AxisTick> ticks;
  if (versus_baseline) {
    for (const double at : {0.0, 0.5, 1.0}) ticks.push_back({at, axis_label(at, context.style)});
    put(out,
        "<figure><figcaption>Each object against the baseline; above the diagonal is "
        "better</figcaption>",
        scatter(points, ticks, axis_title(name + " of the baseline", context.style),
                axis_title(name + " here", context.style), Diagonal::drawn, context.style,
                name + " of each object against the baseline"),
        "</figure>");
  } else if (by_size) {
    for (double decade = low; decade <= high; ++decade) {
      ticks.push_back(
          {(decade - low) / (high - low), std::to_string(std::lround(std::pow(10.0, decade)))});
    }
    put(out, "<figure><figcaption>Score against size: are small objects lost?</figcaption>",
        scatter(points, ticks, "mean size of an object where it is visible, pixels",
                axis_title(name, context.style), Diagonal::none, context.style,
                name + " of each object against its mean size"),
        "</figure>");
  }
  return out + "</div></section>\n";
}

std::string leaderboard_section(const SectionContext& context) {
  std::string out = open_section("leaderboard", "Leaderboard");
  if (!context.options.standings || context.options.standings->rows.empty()) {
    return out +
           "<p class=\"empty\">No leaderboard was given (<code>report html --leaderboard "
           "FILE</code>), or it has nothing for this data set.</p></section>\n";
  }
  const ReportStandings& standings = *context.options.standings;
  open_table(out, standings.title, "sortable");
  out +=
      "<thead><tr><th scope=\"col\" data-sort=\"n\" class=\"n\" aria-sort=\"ascending\">Rank</th>";
  head(out, "Rank interval", "");
  head(out, "Method", "t");
  for (const std::string& heading : standings.metrics) head(out, heading_html(heading), "n", "n");
  head(out, "Kind", "t");
  head(out, "Source", "t");
  out += "</tr></thead><tbody>";
  for (std::size_t index = 0; index < standings.rows.size(); ++index) {
    const ReportStandings::Row& row = standings.rows[index];
    put(out, row.is_this ? "<tr class=\"this\">" : "<tr>", "<td class=\"n\" data-v=\"",
        std::to_string(index + 1), "\">",
        row.rank.empty() ? std::string("–") : escape_html(row.rank), "</td><td>",
        row.rank_interval.empty() ? std::string("–") : escape_html(row.rank_interval),
        "</td><th scope=\"row\">", escape_html(row.name),
        row.is_this ? " <span class=\"w\">this result</span>" : "", "</th>");
    for (std::size_t metric = 0; metric < standings.metrics.size(); ++metric) {
      out +=
          score_cell(metric < row.values.size() ? row.values[metric] : std::nullopt, context.style);
    }
    put(out, "<td>", escape_html(row.kind), "</td><td>", escape_html(row.source), "</td></tr>\n");
  }
  close_table(out);
  return out + "</section>\n";
}

std::string reproduce_section(const SectionContext& context) {
  const Result& result = context.result;
  std::string out = open_section("reproduce", "How to reproduce");
  std::string command;
  for (const std::string& word : result.run.command)
    put(command, command.empty() ? "" : " ", shell_quoted(word));
  if (command.empty()) {
    out += "<p class=\"empty\">The result does not say by which command it was made.</p>";
  } else {
    put(out, "<p>Command:</p><pre id=\"copy-command\"><code>", escape_html(command),
        "</code></pre>");
  }
  out += "<dl class=\"facts\">";
  fact(out, "Predictions", "<code>" + escape_html(result.submission.digest) + "</code>");
  fact(out, "Ground truth", "<code>" + escape_html(result.dataset.digest) + "</code>");
  fact(out, "Protocol",
       escape_html(result.protocol.name) + " " + std::to_string(result.protocol.version) +
           ", <code>" + escape_html(result.protocol.hash) + "</code>");
  fact(out, "Environment",
       "angiobench " + escape_html(result.tool_version) + ", commit <code>" +
           escape_html(result.git_commit) + "</code>");
  if (!result.run.started.empty()) {
    fact(out, "Run",
         escape_html(result.run.started) + ", " + decimal(result.run.seconds, 3) + " s with " +
             (result.run.jobs > 0 ? count_of(static_cast<std::uint64_t>(result.run.jobs), "thread")
                                  : "all cores"));
  }
  out +=
      "</dl><p class=\"note\">The same masks and rules give the same numbers, to the last digit, "
      "on any machine and with any number "
      "of threads: compare the digests first.</p>";
  if (!result.protocol.rules.empty()) {
    const nlohmann::ordered_json rules =
        nlohmann::ordered_json::parse(result.protocol.rules, nullptr, false);
    const std::string text =
        rules.is_discarded()
            ? result.protocol.rules
            : rules.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    put(out, "<p>The protocol’s rules:</p><pre id=\"copy-rules\"><code>", escape_html(text),
        "</code></pre>");
  }
  return out + "</section>\n";
}

std::string copy_section(const SectionContext& context) {
  const Table table = paper_table({&context.result, 1});
  std::string out = open_section("copy", "To paste");
  put(out, "<h3>LaTeX (booktabs)</h3><pre id=\"copy-latex\"><code>",
      escape_html(latex_table(table)),
      "</code></pre><h3>Markdown</h3><pre id=\"copy-markdown\"><code>",
      escape_html(markdown_table(table)), "</code></pre><h3>CSV</h3><pre id=\"copy-csv\"><code>",
      escape_html(csv_table(table)), "</code></pre></section>\n");
  return out;
}

}  // namespace angiobench::html
