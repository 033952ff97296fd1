// SPDX-License-Identifier: MIT
#include "dataset/color_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "dataset/class_table.h"
#include "dataset/color_fields.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/text.h"
#include "dataset/names.h"

namespace angiobench {
namespace {

constexpr int kMaxLabel = 255;

constexpr std::string_view kForms =
    "CVAT's \"name:red,green,blue:parts:actions\", \"id red green blue name\", or JSON with "
    "\"classes\" or \"palette\"";

[[noreturn]] void refuse(const std::string& path, std::size_t line, const std::string& found,
                         const std::string& expected = std::string(kForms)) {
  throw Error(ErrorKind::input, path, "line " + std::to_string(line) + " " + found, expected);
}

// A whole number from 0 to 255.
std::optional<int> byte_in(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_byte = error == std::errc{} && end == text.data() + text.size() && value >= 0 &&
                       value <= kMaxLabel && !text.empty();
  return is_byte ? std::optional(value) : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<Rgb> color_of(std::span<const std::string_view> texts) {
  Rgb color{};
  if (texts.size() < color.size()) return std::nullopt;
  for (std::size_t i = 0; i < color.size(); ++i) {
    const std::optional<int> channel = byte_in(trimmed(texts[i]));
    if (!channel) return std::nullopt;
    color[i] = static_cast<std::uint8_t>(*channel);
  }
  return color;
}

// "vessel:48,112,32::"; names may hold colons, the last three fields may not.
std::optional<LabelClass> cvat_label(std::string_view line) {
  std::array<std::size_t, 3> colons{};
  std::size_t end = line.size();
  for (std::size_t i = colons.size(); i-- > 0;) {
    end = end == 0 ? std::string_view::npos : line.rfind(':', end - 1);
    if (end == std::string_view::npos) return std::nullopt;
    colons[i] = end;
  }
  const std::string_view channels = line.substr(colons[0] + 1, colons[1] - colons[0] - 1);
  const std::vector<std::string_view> parts = split(channels, ",");
  const std::optional<Rgb> color = parts.size() == 3 ? color_of(parts) : std::nullopt;
  const std::string_view name = trimmed(line.substr(0, colons[0]));
  if (!color || name.empty()) return std::nullopt;
  return LabelClass{-1, std::string(name), *color};
}

// "1 255 0 0 1 1 1 "vessel"", "1 255 0 0 vessel" or "1 vessel 255 0 0 255".
std::optional<LabelClass> listed_label(std::string_view line) {
  const std::vector<std::string_view> words = split(line, " \t,");
  const std::optional<int> id = words.empty() ? std::nullopt : byte_in(words[0]);
  if (!id) return std::nullopt;
  LabelClass label{*id, {}, {}};
  const std::span<const std::string_view> rest = std::span(words).subspan(1);
  if (const std::optional<Rgb> color = color_of(rest)) {
    label.color = *color;
    const std::size_t quote = line.find('"');
    if (quote != std::string_view::npos) {
      const std::string_view quoted = line.substr(quote + 1);
      label.name = std::string(quoted.substr(0, quoted.find('"')));
    } else if (rest.size() == 4) {
      label.name = std::string(rest[3]);
    }
    return label;
  }
  if (rest.size() < 4) return std::nullopt;
  const std::optional<Rgb> color = color_of(rest.subspan(1));
  if (!color) return std::nullopt;
  label.name = std::string(rest[0]);
  label.color = *color;
  return label;
}

// Two labels of one id, or of one colour, cannot be told apart.
void check_unlike(const std::vector<LabelClass>& labels, const std::string& path) {
  std::set<Rgb> colors;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (i > 0 && labels[i].id == labels[i - 1].id) {
      throw Error(ErrorKind::input, path, "the label " + std::to_string(labels[i].id) + " twice",
                  "each label once");
    }
    if (!colors.insert(labels[i].color).second) {
      throw Error(ErrorKind::input, path,
                  "the colour " + color_text(labels[i].color) + " twice (the second is label " +
                      std::to_string(labels[i].id) +
                      (labels[i].name.empty() ? "" : ", " + labels[i].name) + ")",
                  "a colour of its own for each label");
    }
  }
}

// Black is the background unless another colour was said to be.
void complete(ColorTable& table, const std::string& path) {
  std::ranges::stable_sort(table.labels, {}, &LabelClass::id);
  const bool has_background = !table.labels.empty() && table.labels.front().id == kBackgroundLabel;
  if (!has_background) table.labels.insert(table.labels.begin(), {0, "background", {0, 0, 0}});
  check_unlike(table.labels, path);
  if (table.labels.size() < 2)
    throw Error(ErrorKind::input, path, "names no label beside the background",
                std::string(kForms));
}

ColorTable json_table(std::string_view text, const std::string& path) {
  const Json document = parse_json(text, path);
  JsonFields fields(document, path);
  ColorTable table;
  if (fields.has("classes")) {
    table.labels = read_classes(fields);
    for (const LabelClass& label : table.labels) {
      if (label.id > kMaxLabel) fields.fail("classes", "ids from 0 to 255: masks hold no others");
    }
  } else {
    // A colour that stands twice is a place that no label has.
    std::set<Rgb> known;
    const std::vector<Rgb> palette = read_palette(fields);
    for (std::size_t id = 0; id < palette.size(); ++id) {
      if (known.insert(palette[id]).second)
        table.labels.push_back({static_cast<int>(id), {}, palette[id]});
    }
  }
  return table;
}

ColorTable text_table(std::string_view text, const std::string& path) {
  ColorTable table;
  enum class Form { unknown, cvat, listed } form = Form::unknown;
  std::size_t number = 0;
  int next = 1;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    std::optional<LabelClass> label;
    if (form != Form::listed) label = cvat_label(line);
    if (label) form = Form::cvat;
    if (!label && form != Form::cvat) label = listed_label(line);
    if (!label) refuse(path, number, "is '" + std::string(whole_characters(line, 80)) + "'");
    if (form == Form::unknown) form = Form::listed;
    if (form == Form::cvat) label->id = is_called_background(label->name) ? 0 : next++;
    if (label->id > kMaxLabel) refuse(path, number, "is a label too many", "at most 255 labels");
    table.labels.push_back(std::move(*label));
  }
  return table;
}

}  // namespace

std::string ColorTable::name_of(int id) const {
  const auto label = std::ranges::find(labels, id, &LabelClass::id);
  return label == labels.end() ? std::string() : label->name;
}

ColorTable parse_color_table(std::string_view text, const std::string& path) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json =
      first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
  ColorTable table = is_json ? json_table(text, path) : text_table(text, path);
  table.source = path;
  complete(table, path);
  return table;
}

ColorTable load_color_table(const std::string& word_or_file) {
  if (folded_name(word_or_file) != "voc")
    return parse_color_table(read_text_file(word_or_file), word_or_file);
  ColorTable table;
  table.source = "voc";
  const std::span<const Rgb> voc = voc_palette();
  for (int id = 0; id < kVoidLabel; ++id)
    table.labels.push_back({id, {}, voc[static_cast<std::size_t>(id)]});
  return table;
}

std::vector<Rgb> palette_of(const ColorTable& table) {
  // What is looked for by its colour is found at 0.
  std::vector<Rgb> palette(static_cast<std::size_t>(table.labels.back().id) + 1,
                           table.labels.front().color);
  for (const LabelClass& label : table.labels)
    palette[static_cast<std::size_t>(label.id)] = label.color;
  return palette;
}

BenchmarkDefinition with_colors(BenchmarkDefinition benchmark, const ColorTable& table) {
  benchmark.palette = palette_of(table);
  const bool has_names = std::ranges::any_of(table.labels, [](const LabelClass& label) {
    return label.id != kBackgroundLabel && !label.name.empty();
  });
  if (benchmark.classes.empty() && has_names) benchmark.classes = table.labels;
  return benchmark;
}

bool has_stated_colors(const BenchmarkDefinition& benchmark) {
  return !std::ranges::equal(benchmark.palette, voc_palette());
}

std::span<const Rgb> palette_for(const BenchmarkDefinition& benchmark, MaskRole role) {
  // Objects have no colours of their own; classes do, and a submission may show them.
  const bool has_colors =
      role == MaskRole::truth || benchmark.task == Task::semantic || has_stated_colors(benchmark);
  return has_colors ? std::span<const Rgb>(benchmark.palette) : std::span<const Rgb>();
}

std::string color_text(const Rgb& color) {
  return "(" + std::to_string(color[0]) + ", " + std::to_string(color[1]) + ", " +
         std::to_string(color[2]) + ")";
}

std::string color_table_text(const ColorTable& table, std::size_t most) {
  std::string text;
  std::size_t shown = 0;
  std::size_t left = 0;
  for (const LabelClass& label : table.labels) {
    if (label.id == kBackgroundLabel) continue;
    if (shown == most) {
      ++left;
      continue;
    }
    text += (shown++ == 0 ? "" : ", ") + std::to_string(label.id) +
            (label.name.empty() ? "" : " " + label.name) + " " + color_text(label.color);
  }
  if (left > 0) text += " and " + std::to_string(left) + " more";
  return text;
}

}  // namespace angiobench
