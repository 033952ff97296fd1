// SPDX-License-Identifier: MIT
#include "reports/html/class_sections.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "evaluator/protocol.h"
#include "evaluator/vessel/value_histogram.h"
#include "reports/html/charts.h"
#include "reports/html/page.h"
#include "reports/html/print.h"
#include "reports/html/table.h"

namespace angiobench::html {
namespace {

// Labels up to which one table shows all of them, and how many are shown of each end beyond it.
constexpr std::size_t kMaxPlainClasses = 24;
constexpr std::size_t kExtremes = 10;
constexpr int kShades = 10;

Markup small(std::string_view text) { return element("span", {{"class", "w"}}, text); }

std::string name_of(const Result& result, int label) {
  const auto found = std::ranges::find(result.classes, label, &ClassScore::id);
  return found == result.classes.end() ? std::to_string(label) : found->name;
}

// "97.8", and for what is not nothing but rounds to it "<0.1".
std::string share_text(double share) {
  const std::string text = format_score(share, ScoreStyle::percent);
  return share > 0 && text == "0.0" ? "<0.1" : text;
}

void put_confusion_row(Markup& out, const Result& result, std::size_t position) {
  const ConfusionRecord& confusion = *result.confusion;
  const std::vector<std::uint64_t>& pixels = confusion.rows[position];
  std::uint64_t whole = 0;
  for (const std::uint64_t count : pixels) whole += count;
  const std::string name = name_of(result, confusion.labels[position]);
  const Row row(out);
  put_element(out, "th", {{"scope", "row"}}, name);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    if (whole == 0) {
      put_element(out, "td", {{"class", "n"}}, "–");
      continue;
    }
    const double share = static_cast<double>(pixels[i]) / static_cast<double>(whole);
    const int shade = std::min(kShades - 1, static_cast<int>(share * kShades));
    const Element cell(out, "td",
                       {{"class", "n k" + std::to_string(shade)},
                        {"data-v", sort_key(share)},
                        {"title", name + " taken for " + name_of(result, confusion.labels[i]) +
                                      ": " + count_of(pixels[i], "pixel")}});
    // What is right stands out by more than its shade.
    put(out, i == position ? element("b", {}, share_text(share)) : markup(share_text(share)),
        element("span", {{"class", "cnt"}}, std::to_string(pixels[i])));
  }
  if (whole == 0) {
    put_number(out, "–", std::nullopt);
  } else {
    const double missed = 1 - static_cast<double>(pixels[position]) / static_cast<double>(whole);
    put_number(out, share_text(missed), sort_key(missed));
  }
  put_number(out, std::to_string(whole), std::to_string(whole));
}

void put_class_row(Markup& out, const ClassScore& one, bool has_groups, ScoreStyle style) {
  const Row row(out);
  {
    const Element name(out, "th", {{"scope", "row"}});
    put(out, one.name);
    if (one.is_background) put(out, " ", small("background"));
  }
  if (has_groups) put_element(out, "td", {}, group_name(one.group));
  put_number(out, std::to_string(one.images), std::to_string(one.images));
  {
    const std::string text = format_score(one.iou, style);
    const Element cell(
        out, "td",
        {{"class", "n nw"}, when(one.iou.has_value(), "data-v", sort_key(one.iou.value_or(0)))});
    if (one.iou) put(out, bar(*one.iou, std::nullopt, one.name + ": IoU " + text), " ");
    put_element(out, "b", {}, text);
  }
  if (one.interval && one.iou) {
    const std::string low = format_score(one.interval->low, style);
    const std::string high = format_score(one.interval->high, style);
    const Element cell(out, "td", {{"class", "nw"}, {"data-v", sort_key(one.interval->low)}});
    put(out, interval_bar(*one.iou, *one.interval, one.name + ": from " + low + " to " + high),
        " [", low, ", ", high, "]");
  } else {
    put_element(out, "td", {}, "–");
  }
  for (const std::optional<double>& value :
       {one.dice, one.precision, one.sensitivity, one.iou_image})
    put_score(out, value, style);
}

void put_class_table(Markup& out, const SectionContext& context, const std::string& caption,
                     const std::vector<const ClassScore*>& classes) {
  const bool has_groups = std::ranges::any_of(
      classes, [](const ClassScore* one) { return one->group != ObjectGroup::none; });
  TableHead head;
  head.caption = caption;
  head.css_class = "sortable";
  head.headings = {words_heading("Class")};
  if (has_groups) head.headings.push_back(words_heading("Group"));
  head.headings.push_back(number_heading("Images"));
  head.headings.push_back(number_heading("IoU"));
  head.headings.push_back(number_heading("95\u00a0% interval"));
  for (const std::string_view words : {"Dice", "Precision", "Sensitivity", "IoU by image"})
    head.headings.push_back(number_heading(words));
  const TableScope table(out, head);
  for (const ClassScore* const one : classes) put_class_row(out, *one, has_groups, context.style);
}

// The first word of "rib_left_anterior_3": what labels that belong together share.
std::string family_of(const std::string& name) { return name.substr(0, name.find_first_of("_ -")); }

// Labels by family in the order of the table; families of one are put together.
std::vector<std::pair<std::string, std::vector<const ClassScore*>>> families_of(
    const std::vector<ClassScore>& classes) {
  std::map<std::string, std::size_t> sizes;
  for (const ClassScore& one : classes) ++sizes[family_of(one.name)];
  std::vector<std::pair<std::string, std::vector<const ClassScore*>>> families;
  const auto add = [&](const std::string& family, const ClassScore& one) {
    auto found = std::ranges::find(families, family, [](const auto& entry) { return entry.first; });
    if (found == families.end()) found = families.insert(families.end(), {family, {}});
    found->second.push_back(&one);
  };
  for (const ClassScore& one : classes) {
    if (sizes[family_of(one.name)] > 1) add(family_of(one.name), one);
  }
  for (const ClassScore& one : classes) {
    if (sizes[family_of(one.name)] == 1) add("single labels", one);
  }
  return families;
}

void put_many_classes(Markup& out, const SectionContext& context) {
  std::vector<const ClassScore*> ranked;
  for (const ClassScore& one : context.result.classes) {
    if (one.iou && !one.is_background) ranked.push_back(&one);
  }
  std::ranges::stable_sort(ranked, std::greater<>(),
                           [](const ClassScore* one) { return *one->iou; });
  const std::size_t shown = std::min(kExtremes, ranked.size() / 2);
  put_class_table(out, context, "The best " + std::to_string(shown),
                  {ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(shown)});
  put_class_table(out, context, "The worst " + std::to_string(shown),
                  {ranked.rbegin(), ranked.rbegin() + static_cast<std::ptrdiff_t>(shown)});
  put_element(out, "h3", {}, "All labels, by the first word of their names");
  for (const auto& [family, labels] : families_of(context.result.classes)) {
    double sum = 0;
    std::size_t count = 0;
    for (const ClassScore* const label : labels) {
      sum += label->iou.value_or(0);
      count += label->iou ? 1 : 0;
    }
    const std::optional<double> mean =
        count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
    const Element fold(out, "details", {}, After::line_end);
    put_element(out, "summary", {}, element("b", {}, family), " ",
                small(count_of(labels.size(), "label") + ", mean IoU " +
                      format_score(mean, context.style)));
    put_class_table(out, context, family, labels);
  }
}

// What the curves show, and where the threshold lies on them.
struct MapCurves {
  std::vector<UnitPoint> roc;
  std::vector<UnitPoint> precision_recall;
  std::optional<std::size_t> at_threshold;
  std::optional<double> area;
  std::optional<double> average_precision;
};

MapCurves curves_of(const Result& result) {
  const ValueHistogram histogram{result.curve->on, result.curve->off};
  MapCurves curves;
  curves.area = area_under_roc(histogram);
  curves.average_precision = average_precision(histogram);
  const std::optional<Protocol> protocol = protocol_of(result.protocol);
  const std::size_t threshold =
      threshold_value(protocol ? protocol->task_rules.threshold : 0.5, histogram.on.size() - 1);
  for (const CurvePoint& point : curve(histogram)) {
    if (point.threshold >= threshold) curves.at_threshold = curves.roc.size();
    curves.roc.push_back({point.false_positive_rate, point.true_positive_rate});
    curves.precision_recall.push_back({point.true_positive_rate, point.precision});
  }
  return curves;
}

}  // namespace

Markup confusion_section(const SectionContext& context) {
  const Result& result = context.result;
  Markup out;
  if (!result.confusion) return out;
  {
    const Section section(out, "confusion", "Confusion matrix");
    put_leaf(out, "input", {{"type", "checkbox"}, {"id", "show-counts"}});
    put_element(out, "label", {{"for", "show-counts"}}, "pixels, too");
    TableHead head;
    head.caption = "Percent of the truth’s pixels (rows) in each class of the prediction (columns)";
    head.css_class = "cm";
    head.headings = {words_heading("Truth", Sort::no)};
    for (const int label : result.confusion->labels)
      head.headings.push_back(number_heading(name_of(result, label), Sort::no));
    head.headings.push_back(number_heading("Missed", Sort::no));
    head.headings.push_back(number_heading("Pixels", Sort::no));
    {
      const TableScope table(out, head);
      for (std::size_t i = 0; i < result.confusion->rows.size(); ++i)
        put_confusion_row(out, result, i);
    }
    put_element(out, "p", {{"class", "note"}},
                "Bold: right. “Missed” is the share of a class’s pixels that were taken for any "
                "other, background included. Void pixels count nowhere.");
  }
  return out;
}

Markup classes_section(const SectionContext& context) {
  const std::vector<ClassScore>& classes = context.result.classes;
  Markup out;
  if (classes.empty()) return out;
  const bool is_many = classes.size() > kMaxPlainClasses;
  {
    const Section section(out, "classes", is_many ? "Labels" : "Classes");
    if (is_many) {
      put_many_classes(out, context);
    } else {
      std::vector<const ClassScore*> all;
      for (const ClassScore& one : classes) all.push_back(&one);
      put_class_table(out, context, "Over all images", all);
    }
    put_element(out, "p", {{"class", "note"}},
                "IoU, Dice, precision and sensitivity are of sums over all images; “IoU by image” "
                "is the mean over the images in which either side has the class. Intervals are of "
                "IoU, over sequences.");
  }
  return out;
}

Markup map_curves_section(const SectionContext& context) {
  Markup out;
  if (!context.result.curve) return out;
  const MapCurves curves = curves_of(context.result);
  {
    const Section section(out, "curves", "ROC and precision-recall");
    {
      const Element plots(out, "div", {{"class", "plots"}});
      const std::string area = format_score(curves.area, {1, 4});
      const std::string precision = format_score(curves.average_precision, {1, 4});
      put_element(
          out, "figure", {},
          element("figcaption", {}, "ROC: area ", area, " over the pixels of all images"),
          unit_curve(curves.roc, curves.at_threshold, CurveForm::line, "false positive rate",
                     "true positive rate", Diagonal::drawn, "ROC curve, area " + area));
      put_element(out, "figure", {},
                  element("figcaption", {}, "Precision and recall: average precision ", precision),
                  unit_curve(curves.precision_recall, curves.at_threshold, CurveForm::steps,
                             "recall", "precision", Diagonal::none,
                             "precision-recall curve, average precision " + precision));
    }
    put_element(out, "p", {{"class", "note"}},
                "Both from one histogram of 256 values over all images’ pixels; the headline’s AUC "
                "is the mean of each image’s own. The dot is the threshold of the protocol.");
  }
  return out;
}

}  // namespace angiobench::html
