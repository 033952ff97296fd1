// SPDX-License-Identifier: MIT
#include "reports/html/sections.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "dataset/words.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"
#include "evaluator/protocol.h"
#include "reports/html/charts.h"
#include "reports/html/page.h"
#include "reports/html/print.h"
#include "reports/html/table.h"
#include "reports/vessel_text.h"

namespace angiobench::html {
namespace {

// Places of one finding code that are listed; the rest is counted.
constexpr std::size_t kMaxPlaces = 12;

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

void put_difference(Markup& out, std::optional<double> now, std::optional<double> before,
                    Verdict verdict, ScoreStyle style) {
  const bool both = now && before;
  const Element cell(out, "td",
                     {{"class", "n d " + std::string(verdict_class(verdict))},
                      when(both, "data-v", both ? sort_key(*now - *before) : "")});
  if (both) put(out, element("b", {}, format_difference(*now - *before, style)), " ");
  put_element(out, "span", {{"class", "w"}}, verdict_label(verdict));
}

void put_change(Markup& out, const CaseChange* change, Verdict verdict, ScoreStyle style) {
  if (change == nullptr) {
    put_difference(out, std::nullopt, std::nullopt, Verdict::not_comparable, style);
  } else {
    put_difference(out, change->after, change->before, verdict, style);
  }
}

// A p-value as people print it: two digits that count, never 0.
std::string p_value(double p) { return p < 0.0001 ? "<0.0001" : decimal(p, 2); }

void put_count(Markup& out, std::uint64_t count) {
  const std::string text = std::to_string(count);
  put_number(out, text, text);
}

Markup small(std::string_view text) { return element("span", {{"class", "w"}}, text); }
Markup bold(std::string_view text) { return element("b", {}, text); }
Markup code(std::string_view text) { return element("code", {}, text); }

std::string percent_words(std::optional<double> value, ScoreStyle style) {
  return value ? format_score(value, style) : std::string("not defined");
}

// "J 49.3"
std::string value_words(const Measure& measure, const ObjectScore& object, ScoreStyle style) {
  return measure.name + " " + percent_words(object.value(Metric(measure.id)), style);
}

// What a metric measures, for the headline table.
std::string metric_words(const MetricDescriptor& metric) {
  std::string words = metric.words;
  if (metric.direction == Direction::lower_is_better)
    words += words.empty() ? "lower is better" : ", lower is better";
  return words;
}

constexpr auto kScopeWords = words<Scope>({{"overall", Scope::overall},
                                           {"objects of seen categories", Scope::seen},
                                           {"objects of unseen categories", Scope::unseen},
                                           {"over all objects alike", Scope::pooled}});
constexpr auto kClassScopeWords =
    words<Scope>({{"overall", Scope::overall},
                  {"classes of the training split", Scope::seen},
                  {"classes that training does not have", Scope::unseen},
                  {"over all classes alike", Scope::pooled}});

std::string_view scope_words(const Result& result, Scope scope) {
  return has_objects(result) ? kScopeWords.of(scope) : kClassScopeWords.of(scope);
}

Heading metric_head(const MetricDescriptor& metric) {
  return {metric_html(metric, Scope::overall), Table::Align::right, Sort::yes};
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

void put_no_frames(Markup& out) {
  put_element(out, "p", {{"class", "empty"}},
              "Needs per-frame rows: give the whole result folder, in which ", code("score --out"),
              " wrote ", code("per_frame.csv"), ".");
}

void put_badge(Markup& out, const GateBadge& gate) {
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
  put_element(out, "p", {{"class", "badge " + std::string(words.css_class)}}, words.text);
  if (gate.facts.empty()) return;
  const Element list(out, "ul", {{"class", "facts-list"}});
  for (const std::string& line : gate.facts) put_element(out, "li", {}, line);
}

// What the difference of an aggregate is, in three cells.
void put_aggregate_change(Markup& out, const SectionContext& context, const Aggregate& aggregate,
                          const ScoreStyle& style) {
  const std::vector<AggregateChange>& changes = context.view.comparison->aggregates;
  const auto change = std::find_if(changes.begin(), changes.end(), [&](const AggregateChange& one) {
    return one.metric.metric == aggregate.metric && one.scope == aggregate.scope;
  });
  if (change == changes.end()) {
    put_score(out, std::nullopt, style);
    put_difference(out, std::nullopt, std::nullopt, Verdict::not_comparable, style);
    put_element(out, "td", {{"class", "n"}}, "–");
    return;
  }
  put_score(out, change->before, style);
  put_difference(out, change->after, change->before, change->verdict, style);
  const Element cell(out, "td", {{"class", "n nw"}});
  if (!change->statistics || !change->statistics->interval) {
    put(out, "–");
    return;
  }
  put(out, "[", format_difference(change->statistics->interval->low, style), ", ",
      format_difference(change->statistics->interval->high, style), "] ",
      small("p\u00a0=\u00a0" + p_value(change->statistics->sign_flips.p)));
}

// What has no value and is in no mean, where there are no objects.
Markup left_out_words(const Result& result, const Aggregate& aggregate) {
  if (has_objects(result) || aggregate.n_left_out.value_or(0) == 0) return {};
  return markup(" ", small("and " + std::to_string(*aggregate.n_left_out) + " without a value"));
}

void put_headline_row(Markup& out, const SectionContext& context, const Aggregate& aggregate) {
  const Row row(out);
  const MetricDescriptor metric = descriptor_of(context.result, aggregate.metric);
  const ScoreStyle style = style_of(metric, context.result.protocol.display);
  std::string words = metric_words(metric);
  if (!words.empty()) words += "; ";
  put_element(out, "th", {{"scope", "row"}}, element("b", {}, metric_html(metric, aggregate.scope)),
              " ", small(words + std::string(scope_words(context.result, aggregate.scope))));
  put_element(out, "td", {{"class", "n big"}}, format_aggregate(aggregate, style));
  if (aggregate.interval && aggregate.value) {
    const std::string low = format_score(aggregate.interval->low, style);
    const std::string high = format_score(aggregate.interval->high, style);
    const Element cell(out, "td");
    if (metric.unit == Unit::fraction) {
      put(out, interval_bar(*aggregate.value, *aggregate.interval, "from " + low + " to " + high),
          " ");
    }
    put_element(out, "span", {{"class", "nw"}}, "[", low, ", ", high, "]");
  } else {
    put_element(out, "td", {}, "–");
  }
  put_element(out, "td", {{"class", "n nw"}},
              count_of(aggregate.n, counted_noun(context.result, aggregate)),
              left_out_words(context.result, aggregate));
  if (context.view.baseline != nullptr) put_aggregate_change(out, context, aggregate, style);
}

// What a reader of classes and maps has to know of the figures.
void put_task_words(Markup& out, const Result& result) {
  if (result.protocol.task == task_name(Task::semantic)) {
    put_element(out, "p", {{"class", "note"}},
                "mIoU stands here with and without the background. Which of the two the data set’s "
                "authors print for this task was not found: say which one you quote.");
  }
  const bool is_exact = std::ranges::any_of(result.aggregates, [](const Aggregate& aggregate) {
    return aggregate.metric.id == "VC" && aggregate.variant == "exact";
  });
  if (is_exact) {
    put_element(out, "p", {{"class", "note"}},
                "VC is best at 1, from either side; |log VC| is how far it is from that.");
  }
}

// To what the differences are, and what speaks against them.
void put_baseline_words(Markup& out, const SectionContext& context) {
  const Result* const baseline = context.view.baseline;
  if (context.options.baseline != nullptr && baseline == nullptr) {
    std::string reasons;
    for (const std::string& reason : context.view.comparison->comparability.reasons)
      put(reasons, reasons.empty() ? "" : "; ", reason);
    put_element(out, "p", {{"class", "alert"}},
                bold(std::string(verdict_label(Verdict::not_comparable)) + ":"), " ", reasons, ".");
  }
  if (baseline == nullptr) return;
  const Comparability& checked = context.view.comparison->comparability;
  {
    const Element paragraph(out, "p");
    put(out, "Differences are to ", bold(result_names({baseline, 1}).front()), " (predictions ",
        code(short_digest(baseline->submission.digest)), ")");
    if (checked.identical_masks) put(out, ": ", bold(verdict_word(Verdict::no_change)));
    put(out, "; up to ±",
        sort_key(context.style == ScoreStyle::percent ? 100 * context.options.tolerance
                                                      : context.options.tolerance),
        " is within tolerance.");
  }
  for (const std::string& note : checked.notes) put_element(out, "p", {{"class", "alert"}}, note);
  if (!baseline->complete) {
    put_element(out, "p", {{"class", "alert"}},
                "The baseline is incomplete: its means are over what it has.");
  }
}

// One code's findings; with one message for all, only the places are listed.
void put_finding_group(Markup& out, const std::vector<const Finding*>& group) {
  const Finding& first = *group.front();
  const Element item(out, "li", {{"class", severity_name(first.severity)}}, After::line_end);
  const bool one_message = std::all_of(group.begin(), group.end(), [&](const Finding* finding) {
    return finding->message == first.message;
  });
  put_element(out, "p", {}, bold(severity_name(first.severity)), " ", code(first.code), " ",
              one_message ? first.message : count_of(group.size(), "finding") + ":");
  const std::size_t listed = std::min(group.size(), kMaxPlaces);
  const std::string rest =
      group.size() > kMaxPlaces
          ? "and " + std::to_string(group.size() - kMaxPlaces) + " more (all in result.json)"
          : "";
  if (one_message) {
    std::string places;
    for (std::size_t index = 0; index < listed; ++index) {
      const std::string place = place_of(*group[index]);
      if (!place.empty()) put(places, places.empty() ? "" : "; ", place);
    }
    if (!rest.empty()) put(places, "; ", rest);
    if (!places.empty()) put_element(out, "p", {{"class", "where"}}, "Where: ", places);
  } else {
    const Element list(out, "ul");
    for (std::size_t index = 0; index < listed; ++index) {
      const std::string place = place_of(*group[index]);
      put_element(out, "li", {}, place, place.empty() ? "" : ": ", group[index]->message);
    }
    if (!rest.empty()) put_element(out, "li", {}, rest);
  }
  if (!first.hint.empty()) put_element(out, "p", {{"class", "hint"}}, "Cure: ", first.hint);
}

// A sequence's change; an object of it that collapsed or came back names it.
Verdict verdict_of(const SequenceView& sequence) {
  Verdict verdict = sequence.change == nullptr ? Verdict::not_comparable : sequence.change->verdict;
  for (const ObjectView& object : sequence.objects) {
    if (object.change == nullptr) continue;
    if (object.change->verdict == Verdict::new_failure) verdict = Verdict::new_failure;
    if (object.change->verdict == Verdict::fixed && verdict != Verdict::new_failure)
      verdict = Verdict::fixed;
  }
  return verdict;
}

// The mean of what curves show, over time, and the worst frame, in two cells.
void put_over_time(Markup& out, const SequenceView& sequence, const std::string& name,
                   ScoreStyle style) {
  std::optional<std::size_t> worst;
  for (std::size_t frame = 0; frame < sequence.quality.size(); ++frame) {
    if (sequence.quality[frame] && (!worst || *sequence.quality[frame] < *sequence.quality[*worst]))
      worst = frame;
  }
  const std::string range = worst ? "lowest " + format_score(sequence.quality[*worst], style) +
                                        " in frame " + sequence.rows->frame_names[*worst]
                                  : std::string("no frame shows an object");
  put_element(out, "td", {},
              sparkline(sequence.quality, sequence.quality_before,
                        sequence.score->name + ": " + name + " over time, " + range));
  if (!worst) {
    put_number(out, "–", std::nullopt);
    return;
  }
  put_element(out, "td", {{"class", "n nw"}, {"data-v", sort_key(*sequence.quality[*worst])}},
              format_score(sequence.quality[*worst], style), " ",
              small("at " + sequence.rows->frame_names[*worst]));
}

// The metric that ranks stands out, with a bar where it is a fraction.
void put_ranking_value(Markup& out, const MetricDescriptor& metric, const ScoreStyle& style,
                       std::optional<double> value, std::optional<double> before) {
  const std::string text = format_score(value, style);
  const Element cell(
      out, "td",
      {{"class", "n nw"}, when(value.has_value(), "data-v", sort_key(value.value_or(0)))});
  if (value && metric.unit == Unit::fraction)
    put(out, bar(*value, before, metric.name + " " + text), " ");
  put(out, bold(text));
}

void put_sequence_row(Markup& out, const SectionContext& context, const SequenceView& sequence) {
  const SequenceScore& score = *sequence.score;
  const ReportView& view = context.view;
  const Row row(out);
  {
    const Element name(out, "th", {{"scope", "row"}});
    if (has_objects(context.result)) {
      put_element(out, "a", {{"href", "#" + sequence.id}}, score.name);
    } else {
      put(out, score.name);
    }
    if (!score.complete) put(out, " ", small("✗ incomplete"));
  }
  if (has_objects(context.result)) put_count(out, score.objects.size());
  put_count(out, score.frames_scored);
  for (const MetricDescriptor& metric :
       shown_in_tables(context.result, sequence_metrics(context.result))) {
    const ScoreStyle style = style_of(metric, context.result.protocol.display);
    const std::optional<double> value = sequence_value(score, metric.metric);
    if (metric.metric == view.headline.metric) {
      put_ranking_value(out, metric, style, value,
                        sequence.before == nullptr
                            ? std::nullopt
                            : sequence_value(*sequence.before, metric.metric));
    } else {
      put_score(out, value, style);
    }
  }
  if (view.has_frames) put_over_time(out, sequence, frame_quality_name(view), context.style);
  if (view.baseline != nullptr) {
    put_change(out, sequence.change, verdict_of(sequence),
               style_of(view.headline, context.result.protocol.display));
  }
}

void put_object_row(Markup& out, const SectionContext& context, const SequenceView& sequence,
                    const ObjectView& object, bool groups) {
  const ReportView& view = context.view;
  const ObjectScore& score = *object.score;
  const std::string name = sequence.score->name + " / " + std::to_string(score.id);
  const Row row(out, {{"id", "r-" + object.id}});
  put_element(out, "th", {{"scope", "row"}},
              view.has_frames ? element("a", {{"href", "#" + object.id}}, name) : markup(name));
  if (groups) put_element(out, "td", {}, group_name(score.group));
  put_count(out, score.frames);
  for (const MetricDescriptor& metric :
       shown_in_tables(context.result, object_metrics(context.result))) {
    put_score(out, score.value(metric.metric), style_of(metric, context.result.protocol.display));
  }
  if (view.has_frames) {
    const std::vector<std::string>& names = sequence.rows->frame_names;
    put_element(out, "td", {{"class", "nw"}},
                object.first_visible
                    ? names[*object.first_visible] + "–" + names[*object.last_visible]
                    : std::string("never"));
    put_element(
        out, "td", {},
        heat_strip(object.points,
                   name + " over time: " + value_words(view.shown.region(), score, context.style) +
                       ", " + value_words(view.shown.contour(), score, context.style)));
  }
  if (view.baseline != nullptr) {
    put_change(out, object.change,
               object.change == nullptr ? Verdict::not_comparable : object.change->verdict,
               style_of(view.headline, context.result.protocol.display));
  }
}

void put_strip_legend(Markup& out, const FrameMeasures& shown, ScoreStyle style) {
  const Element paragraph(out, "p", {{"class", "legend"}});
  put(out, "Strips run over the annotated frames, ", shown.region().name, " above ",
      shown.contour().name, ": ");
  {
    const Element scale(out, "svg",
                        {{"class", "strip key"},
                         {"viewBox", "0 0 100 10"},
                         {"width", "100"},
                         {"height", "10"},
                         {"role", "img"}});
    put_element(out, "title", {}, "colour scale from 0, dark, to 100, light");
    for (int level = 0; level < 10; ++level) {
      put_leaf(out, "path",
               {{"class", "h" + std::to_string(level)},
                {"d", "M" + std::to_string(10 * level) + " 0h10v10h-10z"}});
    }
  }
  put(out, " from 0 to ", axis_label(1, style),
      "; a thin line where the object is absent, a triangle at its own prompt frame. “Visible” is "
      "the first and the last frame among those looked at that shows it.");
}

// A box to tick that shows or hides what follows; the style sheet needs no script for it.
void put_toggle(Markup& out, std::string_view id, std::string_view key_class,
                std::string_view key_path, std::string_view words) {
  put_leaf(out, "input", {{"type", "checkbox"}, {"id", id}, flag("checked")});
  const Element label(out, "label", {{"for", id}});
  {
    const Element key(out, "svg",
                      {{"class", "key"},
                       {"viewBox", "0 0 22 8"},
                       {"width", "22"},
                       {"height", "8"},
                       {"aria-hidden", "true"}});
    put_leaf(out, "path", {{"class", key_class}, {"d", key_path}});
  }
  put(out, " ", words);
}

void put_object_curve(Markup& out, const SectionContext& context, const SequenceView& sequence,
                      const ObjectView& object) {
  const ObjectScore& score = *object.score;
  const Measure& region = context.view.shown.region();
  const Measure& contour = context.view.shown.contour();
  const std::string j = percent_words(score.value(Metric(region.id)), context.style);
  const std::string f = percent_words(score.value(Metric(contour.id)), context.style);
  const Element figure(out, "figure", {{"id", object.id}});
  {
    const Element caption(out, "figcaption");
    put_element(out, "a", {{"href", "#r-" + object.id}}, "object ", std::to_string(score.id));
    if (score.group != ObjectGroup::none) put(out, " ", small(group_name(score.group)));
    put(out, " ", element("span", {{"class", "jv"}}, region.name, " ", j), " ",
        element("span", {{"class", "fv"}}, contour.name, " ", f));
  }
  put(out, curve_chart(object, sequence.rows->frame_names, context.style,
                       sequence.score->name + ", object " + std::to_string(score.id) + ": " +
                           region.name + " and " + contour.name + " per frame, means " + j +
                           " and " + f));
}

// A word of a command line without the machine's folders: an absolute path is cut to its last part,
// also behind "--option=".
std::string without_folders(const std::string& word) {
  const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
  const std::size_t begin = equals == std::string::npos ? 0 : equals + 1;
  std::string value = word.substr(begin);
  const bool has_drive = value.size() > 2 && value[1] == ':' && value.find_first_of("/\\") == 2;
  if (value.empty() || (value[0] != '/' && value[0] != '~' && !has_drive))
    return shell_quoted(word);
  while (value.size() > 1 && (value.back() == '/' || value.back() == '\\')) value.pop_back();
  return word.substr(0, begin) + "…/" + shell_quoted(value.substr(value.find_last_of("/\\") + 1));
}

// The command as it was typed, for a shell.
std::string shown_command(const std::vector<std::string>& words) {
  std::string command;
  for (const std::string& word : words)
    put(command, command.empty() ? "" : " ", without_folders(word));
  return command;
}

// A picture of ten by ten that stands in a legend.
Markup group_key(TagName shape, Attributes attributes) {
  Markup out;
  {
    const Element svg(out, "svg",
                      {{"class", "key"},
                       {"viewBox", "0 0 10 10"},
                       {"width", "10"},
                       {"height", "10"},
                       {"aria-hidden", "true"}});
    put_leaf(out, shape, attributes);
  }
  return out;
}

// What the distribution shows of every object: values by group, and points of a scatter against the
// baseline, or else against the object's size.
struct Distribution {
  std::vector<double> first;
  std::vector<double> second;  // of unseen categories
  std::vector<ScatterPoint> points;
  std::size_t lost = 0;
  bool by_size = false;
  double low = 0;  // decades of pixels
  double high = 1;
};

Distribution distribution_of(const SectionContext& context) {
  const ReportView& view = context.view;
  Distribution all;
  // Both axes run from 0, bad, to 1, good.
  if (view.headline.unit != Unit::fraction ||
      view.headline.direction != Direction::higher_is_better)
    return all;
  double largest = 0;
  double smallest = INFINITY;
  for (const SequenceView& sequence : view.sequences) {
    for (const ObjectView& object : sequence.objects) {
      if (object.mean_area <= 0) continue;
      largest = std::max(largest, object.mean_area);
      smallest = std::min(smallest, object.mean_area);
    }
  }
  all.by_size = view.baseline == nullptr && largest > 0;
  if (all.by_size) {
    all.low = std::floor(std::log10(std::max(1.0, smallest)));
    all.high = std::max(all.low + 1, std::ceil(std::log10(std::max(10.0, largest))));
  }
  for (const SequenceView& sequence : view.sequences) {
    for (const ObjectView& object : sequence.objects) {
      const std::optional<double> value = object.headline;
      if (!value) continue;
      const bool unseen = object.score->group == ObjectGroup::unseen;
      (unseen ? all.second : all.first).push_back(*value);
      all.lost += *value < 0.1 ? 1 : 0;
      ScatterPoint point;
      point.y = *value;
      point.second_group = unseen;
      point.anchor = "r-" + object.id;
      point.title = sequence.score->name + " / " + std::to_string(object.score->id) + ": " +
                    view.headline.name + " " + format_score(value, context.style);
      if (view.baseline != nullptr) {
        if (!object.headline_before) continue;
        point.x = *object.headline_before;
        point.title += ", baseline " + format_score(point.x, context.style);
      } else if (all.by_size) {
        if (object.mean_area <= 0) continue;
        point.x = (std::log10(std::max(1.0, object.mean_area)) - all.low) / (all.high - all.low);
        point.title += ", " + std::to_string(std::lround(object.mean_area)) + " pixels";
      } else {
        continue;
      }
      all.points.push_back(std::move(point));
    }
  }
  return all;
}

void put_scatter(Markup& out, const SectionContext& context, const Distribution& all) {
  const std::string& name = context.view.headline.name;
  std::vector<AxisTick> ticks;
  if (context.view.baseline != nullptr) {
    for (const double at : {0.0, 0.5, 1.0}) ticks.push_back({at, axis_label(at, context.style)});
    put_element(
        out, "figure", {},
        element("figcaption", {}, "Each object against the baseline; above the diagonal is better"),
        scatter(all.points, ticks, axis_title(name + " of the baseline", context.style),
                axis_title(name + " here", context.style), Diagonal::drawn, context.style,
                name + " of each object against the baseline"));
  } else if (all.by_size) {
    for (double decade = all.low; decade <= all.high; ++decade) {
      ticks.push_back({(decade - all.low) / (all.high - all.low),
                       std::to_string(std::lround(std::pow(10.0, decade)))});
    }
    put_element(out, "figure", {},
                element("figcaption", {}, "Score against size: are small objects lost?"),
                scatter(all.points, ticks, "mean size of an object where it is visible, pixels",
                        axis_title(name, context.style), Diagonal::none, context.style,
                        name + " of each object against its mean size"));
  }
}

void put_block(Markup& out, std::string_view id, std::string_view text) {
  put_element(out, "pre", {{"id", id}}, code(text));
}

}  // namespace

void put_score(Markup& out, std::optional<double> value, ScoreStyle style) {
  std::string text = format_score(value, style);
  if (text.front() == '-') text.replace(0, 1, "\u2212");
  const bool is_there = value && std::isfinite(*value);
  put_number(out, text, is_there ? std::optional(sort_key(*value)) : std::nullopt);
}

Markup metric_html(const MetricDescriptor& metric, Scope scope) {
  return heading_html(metric_heading(metric, scope));
}

Markup heading_html(const std::string& heading) {
  const std::size_t line = heading.find('_');
  if (line == std::string::npos || line + 1 >= heading.size()) return markup(heading);
  return markup(heading.substr(0, line), element("sub", {}, heading.substr(line + 1, 1)),
                heading.substr(line + 2));
}

Markup title_section(const SectionContext& context) {
  const Result& result = context.result;
  Markup out;
  {
    const Element header(out, "header", {{"id", "top"}}, After::line_end);
    put_element(out, "p", {{"class", "kind"}}, "angiobench report");
    put_element(out, "h1", {}, result_names({&result, 1}).front(), " ",
                element("span", {{"class", "on"}}, "on ", result.dataset.name));
    if (context.options.gate) put_badge(out, *context.options.gate);
    if (!result.complete) {
      put_element(out, "p", {{"class", "badge bad"}},
                  is_partial_by_choice(result)
                      ? "✗ A part of the data set: " + count_of(result.sequences.size(), "sequence")
                      : "✗ Incomplete: " + std::to_string(complete_sequences(result)) + " of " +
                            count_of(result.dataset.sequences, "sequence"));
    }

    const Element facts(out, "dl", {{"class", "facts"}});
    put_fact(out, "Dataset", result.dataset.name, ": ",
             count_of(result.dataset.sequences, "sequence"), ", ",
             has_objects(result) ? count_of(result.dataset.objects, "object") + ", " : "",
             count_of(result.dataset.frames_scored,
                      has_objects(result) ? "scored frame" : "scored image"),
             ".");
    const std::string& split = result.dataset.split;
    put_fact(out, "Split", split.empty() ? "not named by the benchmark" : split,
             result.complete ? "; every sequence of it was scored."
                             : "; not every sequence of it was scored.");
    put_fact(out, "Protocol", protocol_sentence(result.protocol));
    put_fact(out, "Tool", "angiobench ", result.tool_version, ", commit ",
             result.git_commit.substr(0, 12), "; metric version ", result.metric_version, ".");
    const auto digest = [](std::string_view text) {
      return element("code", {{"title", text}}, short_digest(text));
    };
    put_fact(out, "Digests", "predictions ", digest(result.submission.digest), ", ground truth ",
             digest(result.dataset.digest), ", protocol ", digest(result.protocol.hash));
  }
  return out;
}

Markup headline_section(const SectionContext& context) {
  const Result& result = context.result;
  const bool compared = context.view.baseline != nullptr;
  Markup out;
  {
    const Section section(out, "headline", "Headline");
    if (!result.complete) {
      put_element(out, "p", {{"class", "alert"}}, bold("Not the data set’s score."),
                  " These are means over ",
                  is_partial_by_choice(result)
                      ? count_of(result.sequences.size(), "sequence") + " that were chosen."
                      : std::to_string(complete_sequences(result)) + " of " +
                            count_of(result.dataset.sequences, "sequence") + " only.");
    }
    put_baseline_words(out, context);
    TableHead head;
    head.caption = context.style == ScoreStyle::percent ? "Scores, percent" : "Scores, fractions";
    head.css_class = "headline";
    head.headings = {words_heading("Metric", Sort::no), number_heading("Score", Sort::no),
                     words_heading("95\u00a0% interval", Sort::no),
                     number_heading("Over", Sort::no)};
    if (compared) {
      for (const std::string_view words : {"Baseline", "Difference", "95\u00a0% interval of it"})
        head.headings.push_back(number_heading(words, Sort::no));
    }
    {
      const TableScope table(out, head);
      for (const Aggregate& aggregate : result.aggregates) {
        if (is_shown_in_tables(result, aggregate)) put_headline_row(out, context, aggregate);
      }
    }
    for (const Aggregate& aggregate : result.aggregates) {
      if (!aggregate.interval) continue;
      put_element(out, "p", {{"class", "note"}}, "Intervals: percentile bootstrap over ",
                  aggregate.interval->unit, "s, ", std::to_string(aggregate.interval->resamples),
                  " resamples. They say how far the score would move on other ",
                  aggregate.interval->unit, "s of this kind; with ",
                  count_of(result.dataset.sequences, "sequence"),
                  " that is the widest of all doubts.");
      break;
    }
    put_task_words(out, result);
    if (compared) {
      put_element(out, "p", {{"class", "note"}},
                  "Differences: paired by sequence; p from sign flips over sequences. They label a "
                  "change and decide nothing.");
    }
  }
  return out;
}

Markup warnings_section(const SectionContext& context) {
  // Group by code, errors first; codes keep the order of their first finding otherwise.
  std::vector<std::vector<const Finding*>> groups;
  for (const Finding& finding : context.result.findings) {
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
  Markup out;
  {
    const Section section(out, "warnings", "Warnings");
    if (groups.empty()) {
      put_element(out, "p", {{"class", "empty"}},
                  "None: the scorer had nothing to say about these files.");
    } else {
      const Element list(out, "ul", {{"class", "findings"}});
      for (const std::vector<const Finding*>& group : groups) put_finding_group(out, group);
    }
  }
  return out;
}

Markup sequences_section(const SectionContext& context) {
  const ReportView& view = context.view;
  Markup out;
  {
    const Section section(out, "sequences", "Sequences");
    TableHead head;
    const bool is_of_objects = has_objects(context.result);
    head.caption = is_of_objects ? "Means over each sequence’s objects" : "Each sequence by itself";
    head.css_class = "sortable";
    head.headings = {words_heading("Sequence", Sort::given)};
    if (is_of_objects) head.headings.push_back(number_heading("Objects"));
    head.headings.push_back(number_heading(is_of_objects ? "Frames" : "Images"));
    for (const MetricDescriptor& metric :
         shown_in_tables(context.result, sequence_metrics(context.result)))
      head.headings.push_back(metric_head(metric));
    if (view.has_frames) {
      head.headings.push_back(words_heading(frame_quality_name(view) + " over time", Sort::no));
      head.headings.push_back(number_heading("Worst frame"));
    }
    if (view.baseline != nullptr) head.headings.push_back(number_heading("Difference"));
    const TableScope table(out, head);
    for (std::size_t index = 0; index < view.sequences.size(); ++index)
      put_sequence_row(out, context, with_frames(view, index));
  }
  return out;
}

Markup objects_section(const SectionContext& context) {
  const ReportView& view = context.view;
  const bool groups = has_groups(context.result);
  Markup out;
  {
    const Section section(out, "objects", "Objects");
    if (view.has_frames) put_strip_legend(out, view.shown, context.style);
    TableHead head;
    head.caption = "Every object";
    head.css_class = "sortable";
    head.headings = {words_heading("Object", Sort::given)};
    if (groups) head.headings.push_back(words_heading("Group"));
    head.headings.push_back(number_heading("Frames"));
    for (const MetricDescriptor& metric :
         shown_in_tables(context.result, object_metrics(context.result)))
      head.headings.push_back(metric_head(metric));
    if (view.has_frames) {
      head.headings.push_back(words_heading("Visible"));
      head.headings.push_back(words_heading("Over time", Sort::no));
    }
    if (view.baseline != nullptr)
      head.headings.push_back(number_heading(view.headline.name + " difference"));
    const TableScope table(out, head);
    for (std::size_t index = 0; index < view.sequences.size(); ++index) {
      const SequenceView sequence = with_frames(view, index);
      for (const ObjectView& object : sequence.objects)
        put_object_row(out, context, sequence, object, groups);
    }
  }
  return out;
}

Markup curves_section(const SectionContext& context) {
  const ReportView& view = context.view;
  Markup out;
  {
    const std::string& region = view.shown.region().name;
    const std::string& contour = view.shown.contour().name;
    const Section section(out, "curves", region + " and " + contour + " per frame");
    if (!view.has_frames) {
      put_no_frames(out);
    } else {
      put_toggle(out, "show-j", "lj", "M0 4h22", region);
      put_toggle(out, "show-f", "lf", "M0 4h22", contour);
      put_toggle(out, "show-absent", "absent", "M0 0h22v8h-22z", "object absent");
      const bool before =
          std::any_of(view.sequences.begin(), view.sequences.end(),
                      [](const SequenceView& sequence) { return sequence.has_rows_before; });
      if (before) put_toggle(out, "show-before", "lbj", "M0 4h22", "baseline");
      const Element curves(out, "div", {{"class", "curves"}});
      put(out, "\n");
      for (std::size_t index = 0; index < view.sequences.size(); ++index) {
        const SequenceView sequence = with_frames(view, index);
        const Element part(out, "section", {{"id", sequence.id}}, After::line_end);
        put_element(out, "h3", {}, sequence.score->name, " ",
                    small(view.headline.name + " " +
                          format_score(sequence_value(*sequence.score, view.headline.metric),
                                       style_of(view.headline, context.result.protocol.display))),
                    " ",
                    element("a",
                            {{"class", "anchor"},
                             {"href", "#" + sequence.id},
                             {"aria-label", "Link to this sequence"}},
                            "#"));
        if (sequence.quality.empty()) {
          put_element(out, "p", {{"class", "empty"}}, "No per-frame rows.");
          continue;
        }
        const Element grid(out, "div", {{"class", "grid"}});
        for (const ObjectView& object : sequence.objects)
          put_object_curve(out, context, sequence, object);
      }
    }
  }
  return out;
}

Markup distribution_section(const SectionContext& context) {
  const Distribution all = distribution_of(context);
  Markup out;
  {
    const Section section(out, "distribution", "Distribution");
    const std::size_t total = all.first.size() + all.second.size();
    if (total == 0) {
      put_element(out, "p", {{"class", "empty"}}, "No object has a score.");
    } else {
      {
        const Element paragraph(out, "p");
        put(out, std::to_string(all.lost), " of ", count_of(total, "object"), " score below ",
            format_score(0.1, context.style), ".");
        if (!all.second.empty() && !all.first.empty()) {
          put(out, " ",
              group_key("circle", {{"class", "p0"}, {"cx", "5"}, {"cy", "5"}, {"r", "4.5"}}),
              " seen categories (circles, lower part of a column), ",
              group_key("rect",
                        {{"class", "p1"}, {"x", "1"}, {"y", "1"}, {"width", "8"}, {"height", "8"}}),
              " unseen categories (squares, upper part).");
        }
      }
      const Element plots(out, "div", {{"class", "plots"}});
      put_element(out, "figure", {}, element("figcaption", {}, "How many objects score how much"),
                  histogram(all.first, all.second, context.style, context.view.headline.name,
                            "histogram of " + context.view.headline.name + " of " +
                                count_of(total, "object")));
      put_scatter(out, context, all);
    }
  }
  return out;
}

Markup leaderboard_section(const SectionContext& context) {
  Markup out;
  {
    const Section section(out, "leaderboard", "Leaderboard");
    if (!context.options.standings || context.options.standings->rows.empty()) {
      put_element(out, "p", {{"class", "empty"}}, "No leaderboard was given (",
                  code("report html --leaderboard FILE"),
                  "), or it has nothing for this data set.");
    } else {
      const ReportStandings& standings = *context.options.standings;
      TableHead head;
      head.caption = standings.title;
      head.css_class = "sortable";
      head.headings = {number_heading("Rank", Sort::given),
                       words_heading("Rank interval", Sort::no), words_heading("Method")};
      for (const std::string& heading : standings.metrics)
        head.headings.push_back({heading_html(heading), Table::Align::right, Sort::yes});
      head.headings.push_back(words_heading("Kind"));
      head.headings.push_back(words_heading("Source"));
      const TableScope table(out, head);
      for (std::size_t index = 0; index < standings.rows.size(); ++index) {
        const ReportStandings::Row& standing = standings.rows[index];
        const Row row(out, {when(standing.is_this, "class", "this")});
        put_number(out, standing.rank.empty() ? "–" : standing.rank, std::to_string(index + 1));
        put_element(out, "td", {}, standing.rank_interval.empty() ? "–" : standing.rank_interval);
        put_element(out, "th", {{"scope", "row"}}, standing.name,
                    standing.is_this ? markup(" ", small("this result")) : Markup());
        for (std::size_t metric = 0; metric < standings.metrics.size(); ++metric)
          put_score(out, metric < standing.values.size() ? standing.values[metric] : std::nullopt,
                    context.style);
        put_element(out, "td", {}, standing.kind);
        put_element(out, "td", {}, standing.source);
      }
    }
  }
  return out;
}

Markup reproduce_section(const SectionContext& context) {
  const Result& result = context.result;
  Markup out;
  {
    const Section section(out, "reproduce", "How to reproduce");
    const std::string command = shown_command(result.run.command);
    if (command.empty()) {
      put_element(out, "p", {{"class", "empty"}},
                  "The result does not say by which command it was made.");
    } else {
      put_element(out, "p", {}, "Command:");
      put_block(out, "copy-command", command);
      if (command.find("…/") != std::string::npos) {
        put_element(out, "p", {{"class", "note"}},
                    "“…/” stands for folders of the machine that scored; ", code("result.json"),
                    " has them.");
      }
    }
    {
      const Element facts(out, "dl", {{"class", "facts"}});
      put_fact(out, "Predictions", code(result.submission.digest));
      put_fact(out, "Ground truth", code(result.dataset.digest));
      put_fact(out, "Protocol", result.protocol.name, " ", std::to_string(result.protocol.version),
               ", ", code(result.protocol.hash));
      put_fact(out, "Environment", "angiobench ", result.tool_version, ", commit ",
               code(result.git_commit));
      if (!result.run.started.empty()) {
        put_fact(out, "Run", result.run.started, ", ", decimal(result.run.seconds, 3), " s with ",
                 result.run.jobs > 0
                     ? count_of(static_cast<std::uint64_t>(result.run.jobs), "thread")
                     : std::string("all cores"));
      }
    }
    put_element(out, "p", {{"class", "note"}},
                "The same masks and rules give the same numbers, to the last digit, on any machine "
                "and with any number of threads: compare the digests first.");
    if (!result.protocol.rules.empty()) {
      const nlohmann::ordered_json rules =
          nlohmann::ordered_json::parse(result.protocol.rules, nullptr, false);
      put_element(out, "p", {}, "The protocol’s rules:");
      put_block(out, "copy-rules",
                rules.is_discarded()
                    ? result.protocol.rules
                    : rules.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    }
  }
  return out;
}

Markup copy_section(const SectionContext& context) {
  const Table table = paper_table({&context.result, 1});
  Markup out;
  {
    const Section section(out, "copy", "To paste");
    put_element(out, "h3", {}, "LaTeX (booktabs)");
    put_block(out, "copy-latex", latex_table(table));
    if (const std::vector<std::string> row = published_row(context.result); !row.empty()) {
      std::string text;
      for (const std::string& cell : row) put(text, text.empty() ? "" : " & ", cell);
      put_element(out, "h3", {}, "A row of the published table");
      put_block(out, "copy-row", text);
    }
    put_element(out, "h3", {}, "Markdown");
    put_block(out, "copy-markdown", markdown_table(table));
    put_element(out, "h3", {}, "CSV");
    put_block(out, "copy-csv", csv_table(table));
  }
  return out;
}

}  // namespace angiobench::html
