// SPDX-License-Identifier: MIT
#include "reports/published.h"

#include <algorithm>
#include <array>

#include "dataset/error.h"
#include "dataset/files/json_fields.h"
#include "evaluator/measures.h"

namespace angiobench {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& found,
                         const std::string& expected) {
  throw Error(ErrorKind::input, path, found, expected);
}

const Json& member(const Json& object, const char* key, const std::string& path,
                   const std::string& where) {
  if (!object.is_object())
    refuse(path, where + " is not an object", "an object with '" + std::string(key) + "'");
  const auto found = object.find(key);
  if (found == object.end())
    refuse(path, where + " has no '" + std::string(key) + "'", "schema published-1");
  return *found;
}

std::string text_of(const Json& value, const std::string& path, const std::string& where) {
  constexpr std::size_t kMaxText = 2000;
  if (!value.is_string()) refuse(path, where + " is not a text", "a text");
  std::string text = value.get<std::string>();
  if (text.size() > kMaxText)
    refuse(path, where + " has " + std::to_string(text.size()) + " bytes", "at most 2000");
  return text;
}

std::string text_or_empty(const Json& object, const char* key, const std::string& path,
                          const std::string& where) {
  const auto found = object.find(key);
  return found == object.end() ? std::string{} : text_of(*found, path, where + "." + key);
}

const Json& array_of(const Json& object, const char* key, const std::string& path,
                     const std::string& where) {
  const Json& value = member(object, key, path, where);
  if (!value.is_array()) refuse(path, where + "." + key + " is not an array", "an array");
  return value;
}

std::vector<PublishedFigure> parse_figures(const Json& object, const std::string& path,
                                           const std::string& where) {
  const Json& listed = member(object, "figures", path, where);
  if (!listed.is_object())
    refuse(path, where + ".figures is not an object", "metric names with numbers as text");
  std::vector<PublishedFigure> figures;
  for (const auto& [key, value] : listed.items()) {
    const std::string place = where + ".figures." + key;
    const std::optional<Decimal> number = parse_decimal(text_of(value, path, place));
    if (!number)
      refuse(path, place + " is '" + value.get<std::string>() + "'",
             "a decimal number such as \"88.7\"");
    const std::size_t space = key.find(' ');
    PublishedFigure figure;
    figure.metric = Metric(key.substr(0, space));
    figure.place = space == std::string::npos ? scope_name(Scope::overall) : key.substr(space + 1);
    figure.number = *number;
    if (find_figure(figures, figure.metric, figure.place) != nullptr)
      refuse(path, place + " stands twice", "once");
    figures.push_back(std::move(figure));
  }
  if (figures.empty()) refuse(path, where + ".figures is empty", "at least one figure");
  return figures;
}

PublishedEntry parse_entry(const Json& object, const std::string& path, const std::string& where) {
  PublishedEntry entry;
  entry.dataset = text_of(member(object, "dataset", path, where), path, where + ".dataset");
  entry.split = text_or_empty(object, "split", path, where);
  entry.method = text_of(member(object, "method", path, where), path, where + ".method");
  if (entry.dataset.empty() || entry.method.empty())
    refuse(path, where + " has an empty dataset or method", "names");
  entry.variant = text_or_empty(object, "variant", path, where);
  entry.id = text_or_empty(object, "id", path, where);
  entry.venue = text_or_empty(object, "venue", path, where);
  entry.note = text_or_empty(object, "note", path, where);
  if (const auto year = object.find("year"); year != object.end()) {
    if (!year->is_number_integer() || year->get<std::int64_t>() < 1900 ||
        year->get<std::int64_t>() > 9999) {
      refuse(path, where + ".year is " + year->dump(), "a year");
    }
    entry.year = year->get<int>();
  }
  entry.figures = parse_figures(object, path, where);
  if (object.contains("derived")) {
    for (const Json& metric : array_of(object, "derived", path, where)) {
      entry.derived.emplace_back(text_of(metric, path, where + ".derived"));
    }
  }
  return entry;
}

PublishedTable parse_table(const Json& object, const std::string& path, const std::string& where) {
  PublishedTable table;
  table.name = text_of(member(object, "table", path, where), path, where + ".table");
  table.title = text_of(member(object, "title", path, where), path, where + ".title");
  table.dataset = text_of(member(object, "dataset", path, where), path, where + ".dataset");
  table.label = text_of(member(object, "label", path, where), path, where + ".label");
  table.note = text_or_empty(object, "note", path, where);
  for (const Json& row : array_of(object, "rows", path, where)) {
    const std::string place = where + ".rows[" + std::to_string(table.rows.size()) + "]";
    table.rows.push_back({text_of(member(row, "label", path, place), path, place + ".label"),
                          parse_figures(row, path, place)});
  }
  return table;
}

}  // namespace

PublishedFile parse_published(std::string_view text, const std::string& path) {
  const Json document = parse_json(text, path);
  const std::string schema = text_of(member(document, "schema", path, "the file"), path, "schema");
  if (schema != "published-1") refuse(path, "its schema is '" + schema + "'", "published-1");
  const std::string unit = text_of(member(document, "unit", path, "the file"), path, "unit");
  if (unit != "percent") refuse(path, "its unit is '" + unit + "'", "percent");

  PublishedFile file;
  file.name = path;
  if (document.contains("display")) {
    const std::string display =
        text_of(member(document, "display", path, "the file"), path, "display");
    if (display != display_name(Display::percent) && display != display_name(Display::fraction))
      refuse(path, "its display is '" + display + "'", "percent or fraction");
    file.display =
        display == display_name(Display::fraction) ? Display::fraction : Display::percent;
  }
  const Json& source = member(document, "source", path, "the file");
  file.source.title = text_of(member(source, "title", path, "source"), path, "source.title");
  file.source.url = text_of(member(source, "url", path, "source"), path, "source.url");
  file.source.label = text_or_empty(source, "label", path, "source");
  if (file.source.label.empty()) file.source.label = file.source.title;
  if (!file.source.url.starts_with("https://") && !file.source.url.starts_with("http://")) {
    refuse(path, "source.url is '" + file.source.url + "'",
           "an address that starts with https:// or http://");
  }
  for (const Json& entry : array_of(document, "entries", path, "the file")) {
    file.entries.push_back(
        parse_entry(entry, path, "entries[" + std::to_string(file.entries.size()) + "]"));
  }
  if (document.contains("tables")) {
    for (const Json& table : array_of(document, "tables", path, "the file")) {
      file.tables.push_back(
          parse_table(table, path, "tables[" + std::to_string(file.tables.size()) + "]"));
    }
  }
  return file;
}

const std::vector<PublishedFile>& published_files() {
  static const std::vector<PublishedFile> files = [] {
    std::vector<PublishedFile> parsed;
    for (const EmbeddedFile& file : embedded_published()) {
      parsed.push_back(parse_published(file.content, std::string(file.name)));
    }
    std::ranges::sort(parsed, {}, &PublishedFile::name);
    return parsed;
  }();
  return files;
}

const PublishedFile& published_paper() {
  for (const PublishedFile& file : published_files()) {
    if (file.name == "arxiv-2601-00988.json") return file;
  }
  throw Error(ErrorKind::bug, "", "the paper's figures are not built in");
}

const PublishedFigure* find_figure(std::span<const PublishedFigure> figures, const Metric& metric,
                                   std::string_view place) {
  for (const PublishedFigure& figure : figures) {
    if (figure.metric == metric && figure.place == place) return &figure;
  }
  return nullptr;
}

const PublishedFigure* find_figure(std::span<const PublishedFigure> figures, const Metric& metric,
                                   Scope scope) {
  return find_figure(figures, metric, scope_name(scope));
}

MeanCheck check_mean(std::span<const PublishedFigure> figures) {
  const PublishedFigure* const printed = find_figure(figures, mean_metric(), Scope::overall);
  if (printed == nullptr) return {};
  const auto both_of = [&](Scope scope) -> std::vector<const PublishedFigure*> {
    return {find_figure(figures, region_metric(), scope),
            find_figure(figures, contour_metric(), scope)};
  };
  std::vector<const PublishedFigure*> columns = both_of(Scope::overall);
  if (std::ranges::find(columns, nullptr) != columns.end()) {
    columns = both_of(Scope::seen);
    const std::vector<const PublishedFigure*> unseen = both_of(Scope::unseen);
    columns.insert(columns.end(), unseen.begin(), unseen.end());
  }
  if (std::ranges::find(columns, nullptr) != columns.end()) return {};

  // In units of 10^-places, times the number of columns, so that everything stays whole.
  int places = printed->number.places;
  int coarsest = places;
  for (const PublishedFigure* column : columns) {
    places = std::max(places, column->number.places);
    coarsest = std::min(coarsest, column->number.places);
  }
  const auto scaled = [places](const Decimal& number) {
    std::int64_t units = number.units;
    for (int i = number.places; i < places; ++i) units *= 10;
    return units;
  };
  const auto unit_of = [places](int own) {
    std::int64_t unit = 1;
    for (int i = own; i < places; ++i) unit *= 10;
    return unit;
  };
  const std::int64_t count = static_cast<std::int64_t>(columns.size());
  std::int64_t sum = 0;
  for (const PublishedFigure* column : columns) sum += scaled(column->number);
  const std::int64_t difference = std::abs(sum - count * scaled(printed->number));
  // Twice the difference against twice the allowance keeps the halves whole.
  const std::int64_t allowed = count * (unit_of(coarsest) + unit_of(printed->number.places));

  MeanCheck check;
  check.checked = true;
  check.follows = 2 * difference <= allowed;
  // The mean of two or four decimals is exact with two more places.
  Decimal mean{sum * (100 / count), places + 2};
  while (mean.places > printed->number.places + 1 && mean.units % 10 == 0) {
    mean.units /= 10;
    --mean.places;
  }
  check.mean = exact_text(mean);
  return check;
}

}  // namespace angiobench
