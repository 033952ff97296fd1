// SPDX-License-Identifier: MIT
#include "dataset/files/json_fields.h"

#include <algorithm>
#include <cmath>

#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr int kMaxDepth = 64;

// What a message shows of a value that is wrong.
std::string brief(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

Json parse_json(std::string_view text, const std::string& path, DuplicateKeys duplicates) {
  // Refuse deep nesting before it is parsed: values are freed recursively.
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) {
        throw Error(ErrorKind::limit, path,
                    "JSON nested deeper than " + std::to_string(kMaxDepth) + " levels");
      }
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  // Keys of the objects that are open, where a key that comes again is refused.
  std::vector<std::set<std::string>> open_objects;
  const auto refuse_duplicates = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == Json::parse_event_t::object_end) open_objects.pop_back();
    if (event == Json::parse_event_t::key &&
        !open_objects.back().insert(parsed.get<std::string>()).second) {
      throw Error(ErrorKind::input, path,
                  "field '" + parsed.get<std::string>() + "' is there twice", "each field once");
    }
    return true;
  };
  try {
    return duplicates == DuplicateKeys::refused ? Json::parse(text, refuse_duplicates)
                                                : Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t position = std::min<std::size_t>(error.byte, text.size());
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(position), '\n');
    throw Error(ErrorKind::input, path, "is not JSON: mistake in line " + std::to_string(line),
                "valid JSON");
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::input, path,
                std::string("cannot be read as JSON (") + error.what() + ")", "valid JSON");
  }
}

JsonFields::JsonFields(const Json& value, const std::string& path, std::string where)
    : object_(value), path_(path), where_(std::move(where)) {
  if (!value.is_object()) {
    throw Error(
        ErrorKind::input, path_,
        where_.empty() ? "holds " + brief(value) : "field '" + where_ + "' is " + brief(value),
        "a JSON object");
  }
}

const Json* JsonFields::find(std::string_view name) {
  known_.emplace(name);
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

std::string JsonFields::place(std::string_view name) const {
  return where_.empty() ? std::string(name) : where_ + "." + std::string(name);
}

void JsonFields::fail(std::string_view name, const std::string& expected) const {
  const auto found = object_.find(name);
  const std::string state = found == object_.end() ? "is missing" : "is " + brief(*found);
  throw Error(ErrorKind::input, path_, "field '" + place(name) + "' " + state, expected);
}

bool JsonFields::has(std::string_view name) { return find(name) != nullptr; }

const Json& JsonFields::value(std::string_view name) {
  const Json* const found = find(name);
  if (found == nullptr) fail(name, "a value");
  return *found;
}

JsonFields JsonFields::object(std::string_view name) {
  return JsonFields(value(name), path_, place(name));
}

std::string JsonFields::string(std::string_view name) {
  const Json* const found = find(name);
  if (found == nullptr || !found->is_string()) fail(name, "a string");
  return found->get<std::string>();
}

std::string JsonFields::string_or(std::string_view name, std::string fallback) {
  return find(name) == nullptr ? std::move(fallback) : string(name);
}

bool JsonFields::boolean_or(std::string_view name, bool fallback) {
  const Json* const found = find(name);
  if (found == nullptr) return fallback;
  if (!found->is_boolean()) fail(name, "true or false");
  return found->get<bool>();
}

std::int64_t JsonFields::integer(std::string_view name, std::int64_t low, std::int64_t high) {
  const Json* const found = find(name);
  const std::string expected =
      "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  if (found == nullptr || !found->is_number_integer()) fail(name, expected);
  // An unsigned value above the signed range would wrap.
  if (found->is_number_unsigned() &&
      found->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
    fail(name, expected);
  const auto number = found->get<std::int64_t>();
  if (number < low || number > high) fail(name, expected);
  return number;
}

std::int64_t JsonFields::integer_or(std::string_view name, std::int64_t fallback, std::int64_t low,
                                    std::int64_t high) {
  return find(name) == nullptr ? fallback : integer(name, low, high);
}

double JsonFields::number(std::string_view name, double low, double high) {
  const Json* const found = find(name);
  const std::string expected = "a number from " + Json(low).dump() + " to " + Json(high).dump();
  if (found == nullptr || !found->is_number()) fail(name, expected);
  const auto number = found->get<double>();
  if (!std::isfinite(number) || number < low || number > high) fail(name, expected);
  return number;
}

double JsonFields::number_or(std::string_view name, double fallback, double low, double high) {
  return find(name) == nullptr ? fallback : number(name, low, high);
}

std::vector<std::string> JsonFields::strings(std::string_view name) {
  const Json* const found = find(name);
  if (found == nullptr || !found->is_array()) fail(name, "a list of strings");
  std::vector<std::string> list;
  for (const Json& item : *found) {
    if (!item.is_string()) fail(name, "a list of strings");
    list.push_back(item.get<std::string>());
  }
  return list;
}

std::vector<std::string> JsonFields::strings_or(std::string_view name,
                                                std::vector<std::string> fallback) {
  return find(name) == nullptr ? std::move(fallback) : strings(name);
}

std::string JsonFields::choice(std::string_view name, const std::vector<std::string>& allowed) {
  const Json* const found = find(name);
  if (found == nullptr || !found->is_string()) fail(name, "one of " + list_of(allowed));
  std::string chosen = found->get<std::string>();
  if (std::find(allowed.begin(), allowed.end(), chosen) == allowed.end())
    fail(name, "one of " + list_of(allowed));
  return chosen;
}

std::string JsonFields::choice_or(std::string_view name, std::string fallback,
                                  const std::vector<std::string>& allowed) {
  return find(name) == nullptr ? std::move(fallback) : choice(name, allowed);
}

void JsonFields::expect_no_more() const {
  for (const auto& item : object_.items()) {
    if (known_.contains(item.key())) continue;
    std::string names;
    for (const std::string& name : known_) names += (names.empty() ? "" : ", ") + name;
    throw Error(ErrorKind::input, path_, "unknown field '" + place(item.key()) + "'",
                "only " + names);
  }
}

}  // namespace angiobench
