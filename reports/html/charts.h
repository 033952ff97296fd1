// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/result.h"
#include "reports/html/element.h"
#include "reports/html/view.h"
#include "reports/tables.h"

namespace angiobench::html {

// Charts as inline SVG, 0.2-1 KB each. Colours come from the style sheet's classes, so that dark
// mode and print can change them; every chart has a title that says in words what it shows.

/// A value in [0, 1] as a bar, with a tick where the baseline stands.
Markup bar(double value, std::optional<double> before, std::string_view title);

/// Values over time as a line of word size; gaps where there is none.
Markup sparkline(std::span<const std::optional<double>> values,
                 std::span<const std::optional<double>> before, std::string_view title);

/// An interval on [0, 1] with its point.
Markup interval_bar(double value, const Interval& interval, std::string_view title);

/// An object over time: a row of J, a row of F, marks for its prompt, gaps where it is absent.
Markup heat_strip(std::span<const FramePoint> points, std::string_view title);

/// J and F per frame, absent spans shaded, the baseline dashed.
Markup curve_chart(const ObjectView& object, const std::vector<std::string>& frame_names,
                   ScoreStyle style, std::string_view title);

/// Where a chart over frames draws them, for who reads a place back as a frame: the x of the first
/// and the distance to that of the last, in the units of its view box.
struct ChartSpan {
  double left = 0;
  double width = 0;
};
inline constexpr ChartSpan kAreaChartSpan = {46, 264};

/// An object's pixels per frame, from 0 to the most; frames without the object are shaded.
Markup area_chart(std::span<const double> pixels, const std::vector<std::string>& frame_names,
                  std::string_view title);

/// Counts of values in ten bins over [0, 1]; the second group is stacked on the first.
Markup histogram(std::span<const double> first, std::span<const double> second, ScoreStyle style,
                 std::string_view metric, std::string_view title);

/// A value of an axis, k fifths or halves: "50" or "0.5".
std::string axis_label(double value, ScoreStyle style);
/// "J&F, percent", or "J&F" where scores are fractions.
std::string axis_title(std::string_view words, ScoreStyle style);

/// A point of a scatter chart, both axes in [0, 1].
struct ScatterPoint {
  double x = 0;
  double y = 0;
  bool second_group = false;
  std::string title;   // plain text
  std::string anchor;  // id that a click leads to
};

/// A tick of a scatter's x axis.
struct AxisTick {
  double at = 0;  // [0, 1]
  std::string label;
};

/// A point of a curve, both axes in [0, 1].
struct UnitPoint {
  double x = 0;
  double y = 0;
};

/// How the points of a curve are joined.
enum class CurveForm {
  line,
  steps,  // to the height of the next point first: what a sum of steps adds up
};

/// Points with a diagonal (`with_diagonal`) and labelled axes.
enum class Diagonal { none, drawn };
Markup scatter(std::span<const ScatterPoint> points, std::span<const AxisTick> x_ticks,
               std::string_view x_label, std::string_view y_label, Diagonal diagonal,
               ScoreStyle style, std::string_view title);

/// A curve over the unit square, a dot at one of its points. Axes are fractions.
Markup unit_curve(std::span<const UnitPoint> points, std::optional<std::size_t> marked,
                  CurveForm form, std::string_view x_label, std::string_view y_label,
                  Diagonal diagonal, std::string_view title);

}  // namespace angiobench::html
