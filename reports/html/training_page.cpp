// SPDX-License-Identifier: MIT
#include "reports/html/training_page.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

#include "reports/html/page.h"
#include "reports/html/print.h"
#include "reports/html/table.h"

namespace angiobench::html {
namespace {

// A curve has at most so many points: means over equal shares of the steps.
constexpr std::size_t kMaxPoints = 300;

struct Column {
  std::string name;
  std::vector<double> values;
};

// A column of a log as a person calls it; unknown ones as they are, without underscores.
std::string human_name(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kNames = {{
      {"loss", "Loss"},
      {"ce_second_frame", "Cross-entropy, second frame"},
      {"ce_third_frame", "Cross-entropy, third frame"},
      {"contrast", "Contrastive loss"},
      {"gradient_norm", "Length of the gradient"},
      {"learning_rate", "Learning rate"},
      {"seconds", "Seconds of work"},
      {"J&F", "J&F, percent"},
      {"J", "J, percent"},
      {"F", "F, percent"},
      {"init", "Weights it began with"},
  }};
  for (const auto& [key, words] : kNames) {
    if (key == name) return std::string(words);
  }
  std::string words(name);
  std::ranges::replace(words, '_', ' ');
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z')
    words[0] = static_cast<char>(words[0] - 'a' + 'A');
  return words;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The columns of a CSV of numbers; rows of another length or with other text are left out.
std::vector<Column> columns_of(std::string_view csv) {
  std::vector<Column> columns;
  for (const std::string_view line : split(csv, '\n')) {
    if (line.empty()) continue;
    const std::vector<std::string_view> cells = split(line, ',');
    if (columns.empty()) {
      for (const std::string_view cell : cells) columns.push_back({std::string(cell), {}});
      continue;
    }
    std::vector<double> row;
    for (const std::string_view cell : cells) {
      double value = 0;
      const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
      if (code == std::errc() && end == cell.data() + cell.size() && std::isfinite(value))
        row.push_back(value);
    }
    if (row.size() != columns.size()) continue;
    for (std::size_t i = 0; i < row.size(); ++i) columns[i].values.push_back(row[i]);
  }
  return columns;
}

// Means over at most kMaxPoints runs of neighbours.
std::vector<double> thinned(const std::vector<double>& values) {
  const std::size_t count = std::min(values.size(), kMaxPoints);
  std::vector<double> means;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = i * values.size() / count;
    const std::size_t end = (i + 1) * values.size() / count;
    double sum = 0;
    for (std::size_t k = begin; k < end; ++k) sum += values[k];
    means.push_back(sum / static_cast<double>(end - begin));
  }
  return means;
}

// A curve over the steps, its axis from the least to the most value.
void put_curve(Markup& out, const Column& steps, const Column& column, double scale) {
  constexpr double kLeft = 60;
  constexpr double kTop = 12;
  constexpr double kWidth = 560;
  constexpr double kHeight = 130;
  const std::vector<double> x = thinned(steps.values);
  std::vector<double> y = thinned(column.values);
  for (double& value : y) value *= scale;
  const auto [low_at, high_at] = std::minmax_element(y.begin(), y.end());
  const double low = *low_at;
  const double high = *high_at > low ? *high_at : low + 1;
  const double last = std::max(x.back(), 1.0);
  const auto place_x = [&](double v) { return kLeft + kWidth * v / last; };
  const auto place_y = [&](double v) { return kTop + kHeight * (1 - (v - low) / (high - low)); };

  const std::string name = human_name(column.name);
  const std::string title = name + " over the steps: from " + decimal(y.front(), 4) + " to " +
                            decimal(y.back(), 4) + ", least " + decimal(low, 4) + ", most " +
                            decimal(*high_at, 4);
  const auto label = [&](double px, double py, std::string_view anchor, std::string_view text) {
    put_element(out, "text",
                {{"class", "tick"}, {"x", coord(px)}, {"y", coord(py)}, {"text-anchor", anchor}},
                text);
  };
  const Element figure(out, "figure", {{"class", "training"}}, After::line_end);
  put_element(out, "figcaption", {}, name);
  const Element svg(out, "svg",
                    {{"class", "curve"},
                     {"viewBox", "0 0 640 170"},
                     {"width", "640"},
                     {"height", "170"},
                     {"role", "img"}});
  put_element(out, "title", {}, title);
  for (const double value : {low, (low + high) / 2, high}) {
    put_leaf(out, "line",
             {{"class", "grid"},
              {"x1", coord(kLeft)},
              {"x2", coord(kLeft + kWidth)},
              {"y1", coord(place_y(value))},
              {"y2", coord(place_y(value))}});
    label(kLeft - 6, place_y(value) + 4, "end", decimal(value, 3));
  }
  for (const double value : {0.0, last / 2, last})
    label(place_x(value), kTop + kHeight + 18, "middle", decimal(value, 4));
  std::string data;
  for (std::size_t i = 0; i < y.size(); ++i)
    put(data, i == 0 ? "M" : " L", coord(place_x(x[i])), " ", coord(place_y(y[i])));
  put_leaf(out, "path", {{"class", "line-j"}, {"d", data}});
  if (y.size() > 40) return;
  for (std::size_t i = 0; i < y.size(); ++i) {
    put_leaf(out, "circle",
             {{"class", "dot"},
              {"cx", coord(place_x(x[i]))},
              {"cy", coord(place_y(y[i]))},
              {"r", "2.5"}});
  }
}

void put_curves(Markup& out, std::string_view id, std::string_view heading,
                const std::vector<Column>& columns, double scale) {
  const Section section(out, id, heading);
  if (columns.size() < 2 || columns.front().values.empty()) {
    put_element(out, "p", {}, "There is nothing yet.");
    return;
  }
  for (std::size_t i = 1; i < columns.size(); ++i)
    put_curve(out, columns.front(), columns[i], scale);
}

}  // namespace

std::string training_page(const TrainingPage& page) {
  const std::vector<Column> log = columns_of(page.log_csv);
  const std::vector<Column> validation = columns_of(page.validation_csv);
  Markup body;
  const double steps = log.empty() || log.front().values.empty() ? 0 : log.front().values.back();
  {
    const Element header(body, "header", {}, After::line_end);
    put(body, element("p", {{"class", "kind"}}, "Training run"), "\n");
    if (validation.size() > 1 && !validation[1].values.empty()) {
      const std::vector<double>& scores = validation[1].values;
      const auto best = std::max_element(scores.begin(), scores.end());
      const auto at = static_cast<std::size_t>(best - scores.begin());
      put(body,
          element("h1", {}, validation[1].name, " ", decimal(100 * *best, 4), " ",
                  element("span", {{"class", "on"}}, "on the validation set, step ",
                          decimal(validation.front().values[at], 7))),
          "\n",
          element("p", {}, "The best of ", count_of(scores.size(), "validation"), "; the last is ",
                  decimal(100 * scores.back(), 4), " at step ",
                  decimal(validation.front().values.back(), 7), ". ",
                  count_of(static_cast<std::uint64_t>(steps), "step"), " so far."));
    } else {
      put(body, element("h1", {}, "No validation yet"), "\n",
          element("p", {}, count_of(static_cast<std::uint64_t>(steps), "step"), " so far."));
    }
  }
  put_curves(body, "validation", "Validation scores", validation, 100);
  put_curves(body, "log", "Losses", log, 1);
  {
    const Section section(body, "settings", "Settings");
    Table settings;
    settings.caption = "How the run was set";
    settings.columns = {{"Setting", {}, Table::Align::left}, {"Value", {}, Table::Align::left}};
    for (const auto& [name, value] : page.settings)
      settings.rows.push_back({{human_name(name)}, {value}});
    TableDress dress;
    dress.css_class = "settings";
    put_table(body, settings, dress);
  }
  return wrap_page("Training curves",
                   {{"validation", "Validation"}, {"log", "Losses"}, {"settings", "Settings"}},
                   body);
}

}  // namespace angiobench::html
