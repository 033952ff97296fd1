// SPDX-License-Identifier: MIT
#include "reports/html/charts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/decimal.h"
#include "reports/html/print.h"

namespace angiobench::html {
namespace {

// More frames than this are drawn as the extremes of buckets: a screen has no more columns.
constexpr std::size_t kMaxCurvePoints = 240;
constexpr std::size_t kMaxStripCells = 240;
constexpr int kHeatLevels = 10;

// A picture of its own size with a title that says what it shows.
class Svg : public Element {
 public:
  Svg(Markup& out, std::string_view css_class, double width, double height, std::string_view title)
      : Element(out, "svg",
                {{"class", css_class},
                 {"viewBox", "0 0 " + coord(width) + " " + coord(height)},
                 {"width", coord(width)},
                 {"height", coord(height)},
                 {"role", "img"}}) {
    put_element(out, "title", {}, title);
  }
};

// Words at a place; `css_class` "e" ends there, "m" has its middle there, empty begins there.
void put_text(Markup& out, std::string_view css_class, double x, double y, std::string_view text) {
  put_element(out, "text",
              {when(!css_class.empty(), "class", css_class), {"x", coord(x)}, {"y", coord(y)}},
              text);
}

// The words of an upright axis, read from below.
void put_upright_text(Markup& out, double x, double y, std::string_view text) {
  put_element(
      out, "text",
      {{"class", "m"}, {"transform", "translate(" + coord(x) + " " + coord(y) + ") rotate(-90)"}},
      text);
}

double clamped(double value) { return std::clamp(value, 0.0, 1.0); }

// Positions and values of a curve, reduced to the extremes of buckets where it has more points than
// a chart shows.
struct Sample {
  std::size_t frame = 0;
  std::optional<double> value;
};

std::vector<Sample> samples_of(std::span<const std::optional<double>> values) {
  std::vector<Sample> samples;
  if (values.size() <= kMaxCurvePoints) {
    for (std::size_t frame = 0; frame < values.size(); ++frame)
      samples.push_back({frame, values[frame]});
    return samples;
  }
  const std::size_t buckets = kMaxCurvePoints / 2;
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    const std::size_t begin = bucket * values.size() / buckets;
    const std::size_t end = (bucket + 1) * values.size() / buckets;
    std::optional<std::size_t> low;
    std::optional<std::size_t> high;
    for (std::size_t frame = begin; frame < end; ++frame) {
      if (!values[frame]) continue;
      if (!low || *values[frame] < *values[*low]) low = frame;
      if (!high || *values[frame] > *values[*high]) high = frame;
    }
    if (!low) {
      samples.push_back({begin, std::nullopt});
      continue;
    }
    for (const std::size_t frame : {std::min(*low, *high), std::max(*low, *high)}) {
      if (samples.empty() || samples.back().frame != frame || !samples.back().value)
        samples.push_back({frame, values[frame]});
    }
  }
  return samples;
}

// A box on the page in which values in [0, 1] are drawn upwards over frames.
struct PlotBox {
  double left = 0;
  double top = 0;
  double width = 1;
  double height = 1;

  double x(std::size_t frame, std::size_t num_frames) const {
    if (num_frames <= 1) return left + width / 2;
    return left + width * static_cast<double>(frame) / static_cast<double>(num_frames - 1);
  }
  double y(double value) const { return top + height * (1 - clamped(value)); }
};

// The path data of a curve; a point with gaps on both sides becomes a short dash.
std::string path_data(std::span<const std::optional<double>> values, const PlotBox& box) {
  std::string data;
  const std::vector<Sample> samples = samples_of(values);
  for (std::size_t index = 0; index < samples.size(); ++index) {
    if (!samples[index].value) continue;
    const bool joined = index > 0 && samples[index - 1].value;
    const bool lonely = !joined && (index + 1 == samples.size() || !samples[index + 1].value);
    const double x = box.x(samples[index].frame, values.size());
    put(data, joined ? "L" : "M", coord(lonely ? x - 1 : x), " ",
        coord(box.y(*samples[index].value)));
    if (lonely) data += "h2";
  }
  return data;
}

void draw_path(Markup& out, std::string_view css_class, const std::string& data) {
  if (!data.empty()) put_leaf(out, "path", {{"class", css_class}, {"d", data}});
}

// Spans of frames for which `holds` is true, as [first, last].
template <typename Predicate>
std::vector<std::pair<std::size_t, std::size_t>> spans_where(std::size_t count, Predicate holds) {
  std::vector<std::pair<std::size_t, std::size_t>> spans;
  for (std::size_t frame = 0; frame < count; ++frame) {
    if (!holds(frame)) continue;
    if (!spans.empty() && spans.back().second + 1 == frame) {
      spans.back().second = frame;
    } else {
      spans.emplace_back(frame, frame);
    }
  }
  return spans;
}

int heat_level(double value) {
  return std::min(kHeatLevels - 1, static_cast<int>(clamped(value) * kHeatLevels));
}

std::vector<std::optional<double>> curve_of(std::span<const FramePoint> points,
                                            double FramePoint::*measure) {
  std::vector<std::optional<double>> values;
  for (const FramePoint& point : points) {
    values.push_back(point.scored_or_prompt() ? std::optional(point.*measure) : std::nullopt);
  }
  return values;
}

// Shades spans of frames, half a frame wider on both sides so that single frames show.
template <typename Predicate>
void draw_shade(Markup& out, std::size_t count, const PlotBox& box, Predicate holds) {
  const double half = count > 1 ? box.width / static_cast<double>(count - 1) / 2 : box.width / 2;
  std::string shade;
  for (const auto& [first, last] : spans_where(count, holds)) {
    const double left = std::max(box.left, box.x(first, count) - half);
    const double right = std::min(box.left + box.width, box.x(last, count) + half);
    put(shade, "M", coord(left), " ", coord(box.top), "H", coord(right), "v", coord(box.height),
        "H", coord(left), "z");
  }
  draw_path(out, "absent", shade);
}

// The plot area's frame: lines at 0, a half and 1 with their figures.
void draw_value_axis(Markup& out, const PlotBox& box, ScoreStyle style) {
  std::string lines;
  for (const double value : {0.0, 0.5, 1.0}) {
    put(lines, "M", coord(box.left), " ", coord(box.y(value)), "h", coord(box.width));
  }
  draw_path(out, "grid", lines);
  for (const double value : {0.0, 0.5, 1.0}) {
    put_text(out, "e", box.left - 4, box.y(value) + 3, axis_label(value, style));
  }
}

}  // namespace

std::string axis_label(double value, ScoreStyle style) {
  if (style == ScoreStyle::percent) return fixed_text(100 * value, 0);
  return value == 0 || value == 1 ? fixed_text(value, 0) : fixed_text(value, 1);
}

std::string axis_title(std::string_view words, ScoreStyle style) {
  return std::string(words) + (style == ScoreStyle::percent ? ", percent" : "");
}

Markup bar(double value, std::optional<double> before, std::string_view title) {
  constexpr double kWidth = 72;
  Markup out;
  {
    const Svg svg(out, "bar", kWidth, 10, title);
    put_leaf(out, "rect", {{"class", "track"}, {"width", coord(kWidth)}, {"height", "10"}});
    put_leaf(out, "rect",
             {{"class", "fill"}, {"width", coord(kWidth * clamped(value))}, {"height", "10"}});
    if (before) draw_path(out, "tick", "M" + coord(kWidth * clamped(*before)) + " 0v10");
  }
  return out;
}

Markup sparkline(std::span<const std::optional<double>> values,
                 std::span<const std::optional<double>> before, std::string_view title) {
  const PlotBox box{1, 2, 118, 18};
  Markup out;
  {
    const Svg svg(out, "spark", 120, 22, title);
    draw_path(out, "grid", "M1 " + coord(box.y(0)) + "h118");
    draw_path(out, "lb", path_data(before, box));
    draw_path(out, "lq", path_data(values, box));
  }
  return out;
}

Markup interval_bar(double value, const Interval& interval, std::string_view title) {
  constexpr double kWidth = 160;
  const double low = kWidth * clamped(interval.low);
  const double high = kWidth * clamped(interval.high);
  Markup out;
  {
    const Svg svg(out, "interval", kWidth, 14, title);
    draw_path(out, "grid", "M0 7H160M0 3v8M80 4v6M160 3v8");
    draw_path(
        out, "range",
        "M" + coord(low) + " 7H" + coord(high) + "M" + coord(low) + " 3v8M" + coord(high) + " 3v8");
    put_leaf(out, "circle",
             {{"class", "dot"}, {"cx", coord(kWidth * clamped(value))}, {"cy", "7"}, {"r", "3.5"}});
  }
  return out;
}

namespace {

// The rows of a strip; `points` are not empty.
void draw_strip(Markup& out, std::span<const FramePoint> points, double full_width) {
  const std::size_t cells = std::min(points.size(), kMaxStripCells);

  // Give each cell the worst level of its frames, or -1 where the object is neither there nor
  // claimed to be.
  std::vector<int> j_levels(cells, -1);
  std::vector<int> f_levels(cells, -1);
  std::vector<bool> prompt(cells, false);
  std::vector<bool> counted(cells, false);
  for (std::size_t frame = 0; frame < points.size(); ++frame) {
    const FramePoint& point = points[frame];
    const std::size_t cell = frame * cells / points.size();
    if (point.has_row && point.role == FrameRole::prompt) prompt[cell] = true;
    if (point.frame_counted) counted[cell] = true;
    if (!point.has_row || (!point.truth_visible && !point.prediction_visible)) continue;
    j_levels[cell] =
        j_levels[cell] < 0 ? heat_level(point.j) : std::min(j_levels[cell], heat_level(point.j));
    f_levels[cell] =
        f_levels[cell] < 0 ? heat_level(point.f) : std::min(f_levels[cell], heat_level(point.f));
  }
  const double step = full_width / static_cast<double>(cells);
  const auto span_box = [&](const std::pair<std::size_t, std::size_t>& span, double top,
                            double height) {
    const double left = step * static_cast<double>(span.first);
    const double width = step * static_cast<double>(span.second + 1 - span.first);
    return "M" + coord(left) + " " + coord(top) + "h" + coord(width) + "v" + coord(height) + "h-" +
           coord(width) + "z";
  };
  for (int level = 0; level < kHeatLevels; ++level) {
    std::string data;
    for (const auto& span :
         spans_where(cells, [&](std::size_t cell) { return j_levels[cell] == level; }))
      data += span_box(span, 5, 10);
    for (const auto& span :
         spans_where(cells, [&](std::size_t cell) { return f_levels[cell] == level; }))
      data += span_box(span, 16, 10);
    draw_path(out, "h" + std::to_string(level), data);
  }
  std::string absent;
  for (const auto& span :
       spans_where(cells, [&](std::size_t cell) { return counted[cell] && j_levels[cell] < 0; })) {
    put(absent, "M", coord(step * static_cast<double>(span.first)), " 15.5h",
        coord(step * static_cast<double>(span.second + 1 - span.first)));
  }
  draw_path(out, "away", absent);
  std::string marks;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (prompt[cell])
      put(marks, "M", coord(step * (static_cast<double>(cell) + 0.5) - 3), " 0h6l-3 4z");
  }
  draw_path(out, "mark", marks);
}

}  // namespace

Markup heat_strip(std::span<const FramePoint> points, std::string_view title) {
  constexpr double kWidth = 240;
  Markup out;
  {
    const Svg svg(out, "strip", kWidth, 26, title);
    if (!points.empty()) draw_strip(out, points, kWidth);
  }
  return out;
}

Markup curve_chart(const ObjectView& object, const std::vector<std::string>& frame_names,
                   ScoreStyle style, std::string_view title) {
  const PlotBox box{26, 6, 288, 84};
  const std::size_t count = object.points.size();
  Markup out;
  {
    const Svg svg(out, "curve", 320, 106, title);

    draw_shade(out, count, box, [&](std::size_t frame) { return object.points[frame].absent(); });
    draw_value_axis(out, box, style);
    draw_path(out, "lbj", path_data(curve_of(object.points_before, &FramePoint::j), box));
    draw_path(out, "lbf", path_data(curve_of(object.points_before, &FramePoint::f), box));
    draw_path(out, "lf", path_data(curve_of(object.points, &FramePoint::f), box));
    draw_path(out, "lj", path_data(curve_of(object.points, &FramePoint::j), box));
    std::string marks;
    for (std::size_t frame = 0; frame < count; ++frame) {
      if (object.points[frame].has_row && object.points[frame].role == FrameRole::prompt) {
        put(marks, "M", coord(box.x(frame, count) - 3.5), " 0h7l-3.5 5z");
      }
    }
    draw_path(out, "mark", marks);
    if (!frame_names.empty()) {
      put_text(out, "", box.left, 103, frame_names.front());
      put_text(out, "e", box.left + box.width, 103, frame_names.back());
    }
  }
  return out;
}

Markup area_chart(std::span<const double> pixels, const std::vector<std::string>& frame_names,
                  std::string_view title) {
  const PlotBox box{kAreaChartSpan.left, 6, kAreaChartSpan.width, 64};
  const std::size_t count = pixels.size();
  const double most = count == 0 ? 0 : *std::max_element(pixels.begin(), pixels.end());
  std::vector<std::optional<double>> values;
  for (const double area : pixels)
    values.push_back(area > 0 ? std::optional(area / most) : std::nullopt);
  Markup out;
  {
    const Svg svg(out, "curve area", 320, 86, title);
    draw_shade(out, count, box, [&](std::size_t frame) { return pixels[frame] <= 0; });
    draw_path(out, "grid",
              "M" + coord(box.left) + " " + coord(box.y(0)) + "h" + coord(box.width) + "M" +
                  coord(box.left) + " " + coord(box.y(1)) + "h" + coord(box.width));
    put_text(out, "e", box.left - 4, box.y(0) + 3, "0");
    put_text(out, "e", box.left - 4, box.y(1) + 3, fixed_text(most, 0));
    draw_path(out, "lq", path_data(values, box));
    if (!frame_names.empty()) {
      put_text(out, "", box.left, 83, frame_names.front());
      put_text(out, "e", box.left + box.width, 83, frame_names.back());
    }
  }
  return out;
}

Markup histogram(std::span<const double> first, std::span<const double> second, ScoreStyle style,
                 std::string_view metric, std::string_view title) {
  constexpr std::size_t kBins = 10;
  std::array<std::array<int, kBins>, 2> counts{};
  for (const double value : first) ++counts[0][static_cast<std::size_t>(heat_level(value))];
  for (const double value : second) ++counts[1][static_cast<std::size_t>(heat_level(value))];
  int tallest = 1;
  for (std::size_t bin = 0; bin < kBins; ++bin)
    tallest = std::max(tallest, counts[0][bin] + counts[1][bin]);

  constexpr double kLeft = 34;
  constexpr double kBase = 190;
  constexpr double kHeight = 166;
  constexpr double kBinWidth = 37;
  Markup out;
  {
    const Svg svg(out, "plot", 420, 226, title);
    draw_path(out, "grid",
              "M" + coord(kLeft) + " " + coord(kBase) + "h" + coord(kBins * kBinWidth));
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double left = kLeft + kBinWidth * static_cast<double>(bin);
      double top = kBase;
      for (std::size_t group = 0; group < 2; ++group) {
        if (counts[group][bin] == 0) continue;
        const double height = kHeight * counts[group][bin] / tallest;
        top -= height;
        put_leaf(out, "rect",
                 {{"class", group == 0 ? "g0" : "g1"},
                  {"x", coord(left + 1.5)},
                  {"y", coord(top)},
                  {"width", coord(kBinWidth - 3)},
                  {"height", coord(height)}});
      }
      const int total = counts[0][bin] + counts[1][bin];
      if (total > 0) put_text(out, "m", left + kBinWidth / 2, top - 4, std::to_string(total));
    }
    for (int fifth = 0; fifth <= 5; ++fifth)
      put_text(out, "m", kLeft + kBinWidth * kBins * fifth / 5.0, 205,
               axis_label(fifth / 5.0, style));
    put_text(out, "m", kLeft + kBinWidth * kBins / 2, 221,
             axis_title(std::string(metric) + " of an object", style));
    put_upright_text(out, 12, kBase - kHeight / 2, "objects");
  }
  return out;
}

Markup scatter(std::span<const ScatterPoint> points, std::span<const AxisTick> x_ticks,
               std::string_view x_label, std::string_view y_label, Diagonal diagonal,
               ScoreStyle style, std::string_view title) {
  const PlotBox box{46, 8, 360, 182};
  Markup out;
  {
    const Svg svg(out, "plot", 420, 226, title);
    draw_value_axis(out, box, style);
    std::string lines;
    for (const AxisTick& tick : x_ticks) {
      const double x = box.left + box.width * clamped(tick.at);
      put(lines, "M", coord(x), " ", coord(box.top), "v", coord(box.height));
      put_text(out, "m", x, box.top + box.height + 15, tick.label);
    }
    draw_path(out, "grid", lines);
    if (diagonal == Diagonal::drawn) {
      draw_path(out, "diagonal",
                "M" + coord(box.left) + " " + coord(box.y(0)) + "L" + coord(box.left + box.width) +
                    " " + coord(box.y(1)));
    }
    for (const ScatterPoint& point : points) {
      const double x = box.left + box.width * clamped(point.x);
      const double y = box.y(point.y);
      const Element link(out, "a", {{"href", "#" + point.anchor}});
      // Circles and squares: groups differ in shape as well as in colour.
      if (point.second_group) {
        put_element(out, "rect",
                    {{"class", "p1"},
                     {"x", coord(x - 4)},
                     {"y", coord(y - 4)},
                     {"width", "8"},
                     {"height", "8"}},
                    element("title", {}, point.title));
      } else {
        put_element(out, "circle",
                    {{"class", "p0"}, {"cx", coord(x)}, {"cy", coord(y)}, {"r", "4.5"}},
                    element("title", {}, point.title));
      }
    }
    put_text(out, "m", box.left + box.width / 2, 222, x_label);
    put_upright_text(out, 12, box.top + box.height / 2, y_label);
  }
  return out;
}

Markup unit_curve(std::span<const UnitPoint> points, std::optional<std::size_t> marked,
                  CurveForm form, std::string_view x_label, std::string_view y_label,
                  Diagonal diagonal, std::string_view title) {
  const PlotBox box{46, 8, 260, 260};
  const auto x_of = [&](double x) { return box.left + box.width * clamped(x); };
  Markup out;
  {
    const Svg svg(out, "plot", 320, 306, title);
    draw_value_axis(out, box, ScoreStyle::fraction);
    std::string lines;
    for (const double at : {0.0, 0.5, 1.0}) {
      put(lines, "M", coord(x_of(at)), " ", coord(box.top), "v", coord(box.height));
      put_text(out, "m", x_of(at), box.top + box.height + 15, axis_label(at, ScoreStyle::fraction));
    }
    draw_path(out, "grid", lines);
    if (diagonal == Diagonal::drawn) {
      draw_path(out, "diagonal",
                "M" + coord(x_of(0)) + " " + coord(box.y(0)) + "L" + coord(x_of(1)) + " " +
                    coord(box.y(1)));
    }
    std::string data;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::string x = coord(x_of(points[i].x));
      const std::string y = coord(box.y(points[i].y));
      if (i > 0 && form == CurveForm::steps) {
        put(data, "V", y, "H", x);
      } else {
        put(data, i == 0 ? "M" : "L", x, " ", y);
      }
    }
    draw_path(out, "lj", data);
    if (marked && *marked < points.size()) {
      put_leaf(out, "circle",
               {{"class", "dot"},
                {"cx", coord(x_of(points[*marked].x))},
                {"cy", coord(box.y(points[*marked].y))},
                {"r", "4"}});
    }
    put_text(out, "m", box.left + box.width / 2, 302, x_label);
    put_upright_text(out, 12, box.top + box.height / 2, y_label);
  }
  return out;
}

}  // namespace angiobench::html
