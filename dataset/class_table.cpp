// SPDX-License-Identifier: MIT
#include "dataset/class_table.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "dataset/files/json_fields.h"
#include "dataset/files/text.h"
#include "dataset/names.h"

namespace angiobench {
namespace {

constexpr int kMostLabels = 1024;

std::optional<int> id_of(const Json& value) {
  if (value.is_number_integer()) {
    const auto id = value.get<std::int64_t>();
    return id >= 0 && id < kMostLabels ? std::optional(static_cast<int>(id)) : std::nullopt;
  }
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  int id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool is_id = error == std::errc{} && end == text.data() + text.size();
  return is_id && id >= 0 && id < kMostLabels ? std::optional(id) : std::nullopt;
}

}  // namespace

std::vector<LabelClass> class_table(const SequenceIndex& index) {
  if (!index.benchmark.classes.empty() || index.benchmark.layout != Layout::paxray ||
      index.split_file.empty() || index.truth == nullptr)
    return index.benchmark.classes;
  const std::string path = index.truth->display_path(index.split_file);
  const Json document = parse_json(read_text(*index.truth, index.split_file), path);
  std::vector<LabelClass> classes;
  const auto labels = document.find("label_dict");
  if (labels == document.end() || !labels->is_object()) return classes;
  for (const auto& [key, value] : labels->items()) {
    const std::optional<int> key_id = id_of(Json(key));
    if (key_id && value.is_string()) {
      classes.push_back({*key_id, value.get<std::string>(), {}});
    } else if (const std::optional<int> id = id_of(value)) {
      classes.push_back({*id, key, {}});
    }
  }
  std::ranges::stable_sort(classes, {}, &LabelClass::id);
  return classes;
}

bool is_called_background(std::string_view name) { return folded_name(name) == "background"; }

}  // namespace angiobench
