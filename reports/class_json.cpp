// SPDX-License-Identifier: MIT
#include "reports/class_json.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "evaluator/measures.h"
#include "reports/decimal.h"

namespace angiobench {
namespace {

constexpr std::int64_t kMaxCount = std::int64_t{1} << 53;
constexpr std::size_t kMaxClasses = 1024;
constexpr std::size_t kNumBins = 256;

std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string numbers_json(std::span<const std::uint64_t> numbers) {
  std::string text = "[";
  for (std::size_t i = 0; i < numbers.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(numbers[i]);
  return text + "]";
}

std::string class_json(const ClassScore& one) {
  const auto member = [](const char* name, const std::string& value) {
    return std::string(", \"") + name + "\": " + value;
  };
  std::string text = "{\"id\": " + std::to_string(one.id) + member("name", quoted(one.name));
  if (one.group != ObjectGroup::none)
    text += member("group", quoted(std::string(group_name(one.group))));
  if (one.is_background) text += member("background", "true");
  text += member("images", std::to_string(one.images)) +
          member("intersection", std::to_string(one.sums.intersection)) +
          member("union", std::to_string(one.sums.union_area())) +
          member("truth", std::to_string(one.sums.truth)) +
          member("prediction", std::to_string(one.sums.prediction)) +
          member("IoU", format_exact(one.iou, "null")) +
          member("Dice", format_exact(one.dice, "null")) +
          member("precision", format_exact(one.precision, "null")) +
          member("sensitivity", format_exact(one.sensitivity, "null")) +
          member("IoU_image", format_exact(one.iou_image, "null"));
  if (one.interval) text += member("interval", interval_json(*one.interval));
  return text + "}";
}

// Whole numbers from 0, one after the other.
std::vector<std::uint64_t> read_counts(const Json& list, JsonFields& fields, std::string_view name,
                                       std::size_t count) {
  const auto is_count = [](const Json& number) {
    return number.is_number_integer() && number.get<std::int64_t>() >= 0 &&
           number.get<std::int64_t>() <= kMaxCount;
  };
  const std::string expected = "lists of " + std::to_string(count) + " whole numbers from 0";
  if (!list.is_array() || list.size() != count) fields.fail(name, expected);
  std::vector<std::uint64_t> numbers;
  for (const Json& number : list) {
    if (!is_count(number)) fields.fail(name, expected);
    numbers.push_back(number.get<std::uint64_t>());
  }
  return numbers;
}

ClassScore read_class(JsonFields fields) {
  ClassScore one;
  one.id = static_cast<int>(fields.integer("id", 0, 1'000'000));
  one.name = fields.string("name");
  const std::string group = fields.choice_or("group", "", {"", "seen", "unseen"});
  one.group = group == "seen"     ? ObjectGroup::seen
              : group == "unseen" ? ObjectGroup::unseen
                                  : ObjectGroup::none;
  one.is_background = fields.boolean_or("background", false);
  const auto count = [&](const char* name) {
    return static_cast<std::uint64_t>(fields.integer(name, 0, kMaxCount));
  };
  one.images = count("images");
  one.sums = {count("intersection"), count("truth"), count("prediction")};
  if (one.sums.intersection > std::min(one.sums.truth, one.sums.prediction))
    fields.fail("intersection", "no more than 'truth' and 'prediction'");
  if (count("union") != one.sums.union_area())
    fields.fail("union",
                std::to_string(one.sums.union_area()) + ", truth + prediction - intersection");
  one.iou = optional_number(fields, "IoU");
  one.dice = optional_number(fields, "Dice");
  one.precision = optional_number(fields, "precision");
  one.sensitivity = optional_number(fields, "sensitivity");
  one.iou_image = optional_number(fields, "IoU_image");
  if (fields.has("interval")) one.interval = read_interval(fields.object("interval"));
  fields.expect_no_more();
  return one;
}

void read_classes(JsonFields& fields, Result& result) {
  const Json& list = fields.value("classes");
  if (!list.is_array() || list.size() > kMaxClasses)
    fields.fail("classes", "a list of at most " + std::to_string(kMaxClasses) + " classes");
  for (std::size_t i = 0; i < list.size(); ++i) {
    result.classes.push_back(read_class(JsonFields(
        list[i], fields.path(), fields.place("classes") + "[" + std::to_string(i) + "]")));
  }
}

}  // namespace

std::string interval_json(const Interval& interval) {
  return "{\"level\": " + format_exact(interval.level) +
         ", \"low\": " + format_exact(interval.low) + ", \"high\": " + format_exact(interval.high) +
         ", \"unit\": " + quoted(interval.unit) +
         ", \"resamples\": " + std::to_string(interval.resamples) + "}";
}

std::string class_members_json(const Result& result) {
  std::string text;
  if (!result.classes.empty()) {
    text += ",\n  \"classes\": [";
    for (std::size_t i = 0; i < result.classes.size(); ++i)
      text += (i == 0 ? "\n    " : ",\n    ") + class_json(result.classes[i]);
    text += "\n  ]";
  }
  if (result.confusion) {
    std::vector<std::uint64_t> labels(result.confusion->labels.begin(),
                                      result.confusion->labels.end());
    text += ",\n  \"confusion\": {\"labels\": " + numbers_json(labels) + ", \"rows\": [";
    for (std::size_t i = 0; i < result.confusion->rows.size(); ++i)
      text += (i == 0 ? "\n    " : ",\n    ") + numbers_json(result.confusion->rows[i]);
    text += "\n  ]}";
  }
  if (result.curve) {
    text += ",\n  \"curve\": {\"on\": " + numbers_json(result.curve->on) +
            ",\n    \"off\": " + numbers_json(result.curve->off) + "}";
  }
  return text;
}

std::string sequence_members_json(const SequenceScore& sequence) {
  std::string text;
  if (!sequence.measures.empty()) {
    text += "\"measures\": {";
    bool is_first = true;
    for (const auto& [metric, measured] : sequence.measures) {
      text += (is_first ? "" : ", ") + quoted(metric.id) + ": ";
      is_first = false;
      const std::string value = format_exact(measured.value, "null");
      text += measured.n == (measured.value ? 1U : 0U)
                  ? value
                  : "{\"value\": " + value + ", \"n\": " + std::to_string(measured.n) + "}";
    }
    text += "}, ";
  }
  if (!sequence.classes.empty()) {
    text += "\"class_sums\": [";
    for (std::size_t i = 0; i < sequence.classes.size(); ++i) {
      const ClassSums& sums = sequence.classes[i];
      text += (i == 0 ? "[" : ", [") + std::to_string(sums.intersection) + ", " +
              std::to_string(sums.truth) + ", " + std::to_string(sums.prediction) + "]";
    }
    text += "], ";
  }
  return text;
}

std::optional<double> optional_number(JsonFields& fields, std::string_view name) {
  if (!fields.has(name) || fields.value(name).is_null()) {
    if (!fields.has(name)) fields.fail(name, "a number or null");
    return std::nullopt;
  }
  constexpr double kLargest = 1e15;
  return fields.number(name, -kLargest, kLargest);
}

Interval read_interval(JsonFields fields) {
  Interval interval;
  interval.level = fields.number("level", 0, 1);
  interval.low = fields.number("low", -1e15, 1e15);
  interval.high = fields.number("high", -1e15, 1e15);
  interval.unit = fields.string("unit");
  interval.resamples = static_cast<std::uint32_t>(fields.integer("resamples", 0, UINT32_MAX));
  fields.expect_no_more();
  return interval;
}

void read_class_members(JsonFields& fields, Result& result) {
  if (fields.has("classes")) read_classes(fields, result);
  if (fields.has("confusion")) {
    JsonFields part = fields.object("confusion");
    const Json& labels = part.value("labels");
    const std::size_t count = labels.is_array() ? labels.size() : 0;
    if (count > kMaxClasses) part.fail("labels", "at most " + std::to_string(kMaxClasses));
    ConfusionRecord confusion;
    for (const std::uint64_t label : read_counts(labels, part, "labels", count))
      confusion.labels.push_back(static_cast<int>(label));
    const Json& rows = part.value("rows");
    if (!rows.is_array() || rows.size() != count)
      part.fail("rows", "a list of " + std::to_string(count) + " lists, one a label");
    for (const Json& row : rows) confusion.rows.push_back(read_counts(row, part, "rows", count));
    part.expect_no_more();
    result.confusion = std::move(confusion);
  }
  if (fields.has("curve")) {
    JsonFields part = fields.object("curve");
    CurveRecord curve;
    curve.on = read_counts(part.value("on"), part, "on", kNumBins);
    curve.off = read_counts(part.value("off"), part, "off", kNumBins);
    part.expect_no_more();
    result.curve = std::move(curve);
  }
}

void read_sequence_members(JsonFields& fields, SequenceScore& sequence) {
  if (fields.has("measures")) {
    const Json& measures = fields.value("measures");
    JsonFields values(measures, fields.path(), fields.place("measures"));
    for (const auto& [name, value] : measures.items()) {
      MeasuredValue measured;
      if (value.is_object()) {
        JsonFields both = values.object(name);
        measured.value = optional_number(both, "value");
        measured.n = static_cast<std::uint32_t>(both.integer("n", 0, UINT32_MAX));
        both.expect_no_more();
      } else {
        measured.value = optional_number(values, name);
        measured.n = measured.value ? 1 : 0;
      }
      sequence.measures[metric_named(name)] = measured;
    }
  }
  if (!fields.has("class_sums")) return;
  const Json& list = fields.value("class_sums");
  if (!list.is_array() || list.size() > kMaxClasses)
    fields.fail("class_sums", "a list of [intersection, truth, prediction]");
  for (const Json& item : list) {
    const std::vector<std::uint64_t> sums = read_counts(item, fields, "class_sums", 3);
    if (sums[0] > std::min(sums[1], sums[2]))
      fields.fail("class_sums", "intersections no larger than truth and prediction");
    sequence.classes.push_back({sums[0], sums[1], sums[2]});
  }
}

}  // namespace angiobench
