// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"
#include "reports/html/charts.h"
#include "reports/html/page.h"
#include "reports/html/print.h"
#include "reports/html/sections.h"
#include "reports/html/table.h"
#include "reports/vessel_text.h"

namespace angiobench::html {
namespace {

Markup small(std::string_view text) { return element("span", {{"class", "w"}}, text); }

// The columns of the table of objects that stand for one number each.
struct ValueColumn {
  std::string_view id;
  std::string_view heading;
};
constexpr std::array<ValueColumn, 5> kLineColumns = {{{"cldice", "clDice"},
                                                      {"tprec", "precision"},
                                                      {"tsens", "recall"},
                                                      {"centreline_lost", "lost, px"},
                                                      {"centreline_invented", "invented, px"}}};
constexpr std::array<ValueColumn, 4> kShapeColumns = {{{"b0_error", "β0"},
                                                       {"b1_error", "β1"},
                                                       {"components_missed", "missed"},
                                                       {"components_invented", "invented"}}};
constexpr std::array<ValueColumn, 3> kRadii = {
    {{"recall_thin", "thin"}, {"recall_middle", "middle"}, {"recall_thick", "thick"}}};

// What a row of the table is of: an object, or all of them.
struct Subject {
  std::string name;
  std::string anchor;  // empty: none
  std::function<std::optional<double>(const Metric&)> value;
  std::optional<FrameSides> sides;
};

class VesselTables {
 public:
  explicit VesselTables(const SectionContext& context)
      : context_(context), metrics_(vessel_metrics(context.result)) {}

  void put_objects(Markup& out) const {
    TableHead head;
    head.caption = "Vessels, object by object";
    head.css_class = "sortable";
    head.headings = {words_heading("Object", Sort::given)};
    std::size_t placed = 1;  // headings that stand under a title, or need none
    const auto close_group = [&](const std::string& title) {
      if (head.headings.size() > placed)
        head.groups.push_back({title, placed, head.headings.size() - placed});
      placed = head.headings.size();
    };
    for (const ValueColumn& column : kLineColumns) add_heading(column, head);
    close_group("Centre line");
    if (has_radii()) head.headings.push_back(words_heading("Found by radius", Sort::no));
    placed = head.headings.size();
    for (const ValueColumn& column : kShapeColumns) add_heading(column, head);
    close_group("Errors of components and holes");
    if (has("hd95")) head.headings.push_back(number_heading("all"));
    head.headings.push_back(number_heading("one mask alone"));
    if (has("hd95_defined")) head.headings.push_back(number_heading("both there"));
    close_group(has("hd95") || has("hd95_defined") ? "HD95, " + unit() : "Frames");
    const TableScope table(out, head);
    put_row(out, whole());
    for (const SequenceView& sequence : context_.view.sequences) {
      for (const ObjectView& object : sequence.objects) {
        const ObjectScore& score = *object.score;
        put_row(out, {sequence.score->name + " / " + std::to_string(score.id), object.id,
                      [&score](const Metric& metric) { return score.value(metric); }, score.sides});
      }
    }
  }

  void put_measures(Markup& out) const {
    std::vector<Scope> scopes = {Scope::overall};
    const bool has_groups = context_.result.protocol.average == AverageOver::groups;
    if (has_groups) scopes.insert(scopes.end(), {Scope::seen, Scope::unseen, Scope::pooled});
    TableHead head;
    head.caption = "Every measure of vessels";
    head.headings = {words_heading("Measure", Sort::no)};
    for (const Scope scope : scopes)
      head.headings.push_back(number_heading(scope_name(scope), Sort::no));
    head.headings.push_back(words_heading("95\u00a0% interval", Sort::no));
    head.headings.push_back(number_heading("Frames with one mask alone", Sort::no));
    head.headings.push_back(number_heading("Frames left out", Sort::no));
    const TableScope table(out, head);
    for (const MetricDescriptor& metric : metrics_) put_measure(out, metric, scopes);
  }

 private:
  bool has(std::string_view id) const {
    return std::ranges::find(metrics_, Metric(id), &MetricDescriptor::metric) != metrics_.end();
  }
  bool has_radii() const { return has("recall_thin"); }
  std::string unit() const { return length_unit(context_.result); }

  void add_heading(const ValueColumn& column, TableHead& head) const {
    if (has(column.id)) head.headings.push_back(number_heading(column.heading));
  }

  Subject whole() const {
    Subject all;
    all.name = "All objects";
    all.value = [this](const Metric& metric) -> std::optional<double> {
      const Aggregate* const found = find_aggregate(context_.result, metric, Scope::overall);
      return found == nullptr ? std::nullopt : found->value;
    };
    all.sides = frame_sides(context_.result);
    return all;
  }

  std::string text_of(const Metric& metric, std::optional<double> value) const {
    return format_score(value, style_of(context_.result, metric));
  }

  void put_value(Markup& out, std::string_view id, const Subject& subject) const {
    const Metric metric(id);
    const std::optional<double> value = subject.value(metric);
    put_number(out, text_of(metric, value), value ? std::optional(sort_key(*value)) : std::nullopt);
  }

  void put_radii(Markup& out, const Subject& subject) const {
    const Element cell(out, "td", {{"class", "radii"}});
    for (const ValueColumn& radius : kRadii) {
      const Metric metric(radius.id);
      const std::optional<double> value = subject.value(metric);
      const std::string words = std::string(radius.heading) + " " + text_of(metric, value);
      const Element line(out, "span", {{"class", "nw"}});
      if (value) put(out, bar(*value, std::nullopt, words), " ");
      put(out, small(words));
    }
  }

  void put_row(Markup& out, const Subject& subject) const {
    const Row row(out, {when(subject.anchor.empty(), "class", "this")});
    const bool is_linked = !subject.anchor.empty() && context_.view.has_frames;
    put_element(out, "th", {{"scope", "row"}},
                is_linked ? element("a", {{"href", "#" + subject.anchor}}, subject.name)
                          : markup(subject.name));
    for (const ValueColumn& column : kLineColumns) {
      if (has(column.id)) put_value(out, column.id, subject);
    }
    if (has_radii()) put_radii(out, subject);
    for (const ValueColumn& column : kShapeColumns) {
      if (has(column.id)) put_value(out, column.id, subject);
    }
    if (has("hd95")) put_value(out, "hd95", subject);
    const FrameSides sides = subject.sides.value_or(FrameSides{});
    put_number(
        out,
        std::to_string(sides.one_empty) + " of " + std::to_string(sides.both + sides.one_empty),
        std::to_string(sides.one_empty));
    if (has("hd95_defined")) put_value(out, "hd95_defined", subject);
  }

  void put_measure(Markup& out, const MetricDescriptor& metric,
                   const std::vector<Scope>& scopes) const {
    const Row row(out);
    const ScoreStyle style = style_of(metric, context_.result.protocol.display);
    std::string words = metric.words;
    if (metric.direction == Direction::lower_is_better) words += ", lower is better";
    if (metric.unit == Unit::pixels || metric.unit == Unit::millimetres)
      words += ", " + std::string(unit_name(metric.unit));
    put_element(out, "th", {{"scope", "row"}}, element("b", {}, metric.name), " ", small(words));
    const Aggregate* first = nullptr;
    for (const Scope scope : scopes) {
      const Aggregate* const found = find_aggregate(context_.result, metric.metric, scope);
      if (scope == scopes.front()) first = found;
      put_element(out, "td", {{"class", "n"}},
                  format_score(found == nullptr ? std::nullopt : found->value, style));
    }
    const bool has_interval = first != nullptr && first->interval && first->value;
    put_element(out, "td", {{"class", "nw"}},
                has_interval ? "[" + format_score(first->interval->low, style) + ", " +
                                   format_score(first->interval->high, style) + "]"
                             : std::string("–"));
    for (const auto count : {&Aggregate::n_one_empty, &Aggregate::n_left_out}) {
      const bool is_there = first != nullptr && first->*count;
      put_element(out, "td", {{"class", "n"}},
                  is_there ? std::to_string(*(first->*count)) : std::string("–"));
    }
  }

  const SectionContext& context_;
  std::vector<MetricDescriptor> metrics_;
};

}  // namespace

Markup vessel_section(const SectionContext& context) {
  Markup out;
  if (vessel_metrics(context.result).empty()) return out;
  const Section section(out, "vessels", "Vessels");
  put_element(out, "p", {},
              "What areas hide: whether centre lines are found and how wide the vessels are that "
              "are not, whether what is one piece stays one, how far borders are apart. Means are "
              "the protocol’s; lengths and parts are sums over an object’s frames.");
  const VesselTables tables(context);
  tables.put_objects(out);
  put_element(out, "p", {{"class", "note"}},
              "Radius: distance of the truth’s centre line to its edge, up to 2 px thin, up to 4 "
              "middle. Where one mask is empty, fractions are 0 and a distance is the longest of "
              "the image, never better than any found object; “both there” leaves such frames "
              "out. Distances are in ",
              length_unit(context.result),
              context.result.spacing ? "." : ": the result knows no size of a pixel.");
  tables.put_measures(out);
  return out;
}

}  // namespace angiobench::html
