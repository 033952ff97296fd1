// SPDX-License-Identifier: MIT
#include "dataset/label_map.h"

#include <string>

namespace angiobench {

std::array<std::uint8_t, 256> read_label_map(JsonFields& fields, std::string_view name) {
  std::array<std::uint8_t, 256> map{};
  const Json& value = fields.value(name);
  if (!value.is_object() || value.empty())
    fields.fail(name, "an object that maps labels to ids, e.g. {\"127\": 1}");
  for (const auto& item : value.items()) {
    const std::string& key = item.key();
    const bool is_label = !key.empty() && key.size() <= 3 &&
                          key.find_first_not_of("0123456789") == std::string::npos &&
                          std::stoi(key) <= 255;
    if (!is_label) fields.fail(name, "labels from 0 to 255 as keys");
    if (!item.value().is_number_integer()) fields.fail(name, "ids from 0 to 255 as values");
    const auto id = item.value().get<std::int64_t>();
    if (id < 0 || id > 255) fields.fail(name, "ids from 0 to 255 as values");
    map[static_cast<std::size_t>(std::stoi(key))] = static_cast<std::uint8_t>(id);
  }
  return map;
}

}  // namespace angiobench
