// SPDX-License-Identifier: MIT
#include "dataset/color_fields.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace angiobench {

Rgb read_color(const Json& value, const JsonFields& fields, std::string_view name) {
  Rgb color{};
  const bool is_color = value.is_array() && value.size() == color.size() &&
                        std::ranges::all_of(value, [](const Json& channel) {
                          return channel.is_number_integer() && channel.get<std::int64_t>() >= 0 &&
                                 channel.get<std::int64_t>() <= 255;
                        });
  if (!is_color) fields.fail(name, "colours as [red, green, blue], each from 0 to 255");
  for (std::size_t i = 0; i < color.size(); ++i) color[i] = value[i].get<std::uint8_t>();
  return color;
}

std::vector<Rgb> read_palette(JsonFields& fields) {
  const Json& value = fields.value("palette");
  if (value.is_string() && value.get<std::string>() == "voc") {
    const std::span<const Rgb> voc = voc_palette();
    return {voc.begin(), voc.end()};
  }
  if (!value.is_array() || value.empty() || value.size() > 256)
    fields.fail("palette", "\"voc\", or 1 to 256 colours as [red, green, blue]");
  std::vector<Rgb> palette;
  for (const Json& color : value) palette.push_back(read_color(color, fields, "palette"));
  return palette;
}

std::vector<LabelClass> read_classes(JsonFields& fields) {
  const Json& list = fields.value("classes");
  if (!list.is_array()) fields.fail("classes", "a list of {\"id\", \"name\", \"color\"}");
  std::vector<LabelClass> classes;
  for (std::size_t i = 0; i < list.size(); ++i) {
    JsonFields entry(list[i], fields.path(),
                     fields.place("classes") + "[" + std::to_string(i) + "]");
    LabelClass one;
    one.id = static_cast<int>(entry.integer("id", 0, 65535));
    one.name = entry.string("name");
    if (entry.has("color")) one.color = read_color(entry.value("color"), entry, "color");
    entry.expect_no_more();
    if (!classes.empty() && one.id <= classes.back().id) entry.fail("id", "ids in ascending order");
    classes.push_back(std::move(one));
  }
  return classes;
}

}  // namespace angiobench
