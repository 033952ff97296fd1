// SPDX-License-Identifier: MIT
#include "reports/result_json.h"

#include <boost/filesystem/operations.hpp>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "dataset/files/json_fields.h"
#include "reports/csv.h"
#include "reports/decimal.h"

namespace angiobench {
namespace {

constexpr const char* kSchemaVersion = "1.1.0";

std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Objects and lists are written by hand: every value has 17 significant digits, and a line of the
// file is one thing.
class Writer {
 public:
  std::string text;

  void pair(const char* name, const std::string& value, bool is_last = false) {
    text += std::string("\"") + name + "\": " + value + (is_last ? "" : ", ");
  }

  template <typename Items, typename Write>
  void list(const Items& items, Write write) {
    text += "[";
    bool is_first = true;
    for (const auto& item : items) {
      text += is_first ? "\n    " : ",\n    ";
      is_first = false;
      write(item);
    }
    text += is_first ? "]" : "\n  ]";
  }
};

std::string statistics_json(const FrameStatistics& statistics) {
  return "{\"mean\": " + format_exact(statistics.mean, "null") +
         ", \"recall\": " + format_exact(statistics.recall, "null") +
         ", \"decay\": " + format_exact(statistics.decay, "null") + "}";
}

std::string object_json(const ObjectScore& object) {
  std::string text = "{\"id\": " + std::to_string(object.id);
  if (object.group != ObjectGroup::none)
    text += ", \"group\": " + quoted(std::string(group_name(object.group)));
  text += ", \"frames\": " + std::to_string(object.frames) +
          ", \"frames_empty\": " + std::to_string(object.frames_empty) +
          ", \"J\": " + statistics_json(object.j) + ", \"F\": " + statistics_json(object.f);
  if (!object.extra.empty()) {
    text += ", \"extra\": {";
    bool is_first = true;
    for (const auto& [name, value] : object.extra) {
      text += (is_first ? "" : ", ") + quoted(name) + ": " + format_exact(value);
      is_first = false;
    }
    text += "}";
  }
  return text + "}";
}

void write_aggregate(const Aggregate& aggregate, Writer& writer) {
  writer.text += "{";
  writer.pair("metric", quoted(aggregate.metric));
  writer.pair("scope", quoted(aggregate.scope));
  writer.pair("value", format_exact(aggregate.value, "null"));
  writer.pair("n", std::to_string(aggregate.n), true);
  if (aggregate.interval) {
    const Interval& interval = *aggregate.interval;
    writer.text += ",\n     \"interval\": {\"level\": " + format_exact(interval.level) +
                   ", \"low\": " + format_exact(interval.low) +
                   ", \"high\": " + format_exact(interval.high) +
                   ", \"unit\": " + quoted(interval.unit) +
                   ", \"resamples\": " + std::to_string(interval.resamples) + "}";
  }
  writer.text += "}";
}

void write_sequence(const SequenceScore& sequence, Writer& writer) {
  writer.text += "{";
  writer.pair("name", quoted(sequence.name));
  writer.pair("frames_scored", std::to_string(sequence.frames_scored));
  writer.pair("complete", sequence.complete ? "true" : "false");
  writer.text += "\"objects\": [";
  for (std::size_t i = 0; i < sequence.objects.size(); ++i) {
    writer.text += (i == 0 ? "\n      " : ",\n      ") + object_json(sequence.objects[i]);
  }
  writer.text += "]}";
}

void write_finding(const Finding& finding, Writer& writer) {
  writer.text += "{";
  writer.pair("code", quoted(finding.code));
  writer.pair("severity", quoted(std::string(severity_name(finding.severity))));
  if (!finding.path.empty()) writer.pair("path", quoted(finding.path));
  if (!finding.sequence.empty()) writer.pair("sequence", quoted(finding.sequence));
  if (!finding.frame.empty()) writer.pair("frame", quoted(finding.frame));
  if (finding.object >= 0) writer.pair("object", std::to_string(finding.object));
  if (!finding.hint.empty()) writer.pair("hint", quoted(finding.hint));
  writer.pair("message", quoted(finding.message), true);
  writer.text += "}";
}

std::optional<double> optional_number(JsonFields& fields, std::string_view name) {
  if (!fields.has(name) || fields.value(name).is_null()) {
    if (!fields.has(name)) fields.fail(name, "a number or null");
    return std::nullopt;
  }
  constexpr double kLargest = 1e15;
  return fields.number(name, -kLargest, kLargest);
}

constexpr std::int64_t kMaxCount = std::int64_t{1} << 53;

FrameStatistics read_statistics(JsonFields fields) {
  FrameStatistics statistics;
  statistics.mean = optional_number(fields, "mean");
  statistics.recall = optional_number(fields, "recall");
  statistics.decay = optional_number(fields, "decay");
  fields.expect_no_more();
  return statistics;
}

ObjectScore read_object(JsonFields fields) {
  ObjectScore object;
  object.id = static_cast<int>(fields.integer("id", 0, 1'000'000));
  const std::string group = fields.choice_or("group", "", {"", "seen", "unseen"});
  object.group = group == "seen"     ? ObjectGroup::seen
                 : group == "unseen" ? ObjectGroup::unseen
                                     : ObjectGroup::none;
  object.frames = static_cast<std::uint32_t>(fields.integer("frames", 0, UINT32_MAX));
  object.frames_empty =
      static_cast<std::uint32_t>(fields.integer_or("frames_empty", 0, 0, UINT32_MAX));
  object.j = read_statistics(fields.object("J"));
  object.f = read_statistics(fields.object("F"));
  if (fields.has("extra")) {
    const Json& extra = fields.value("extra");
    JsonFields values(extra, fields.path(), fields.place("extra"));
    for (const auto& item : extra.items())
      object.extra[item.key()] = values.number(item.key(), -1e15, 1e15);
  }
  fields.expect_no_more();
  return object;
}

// Calls `read` with the fields of each object of a list.
template <typename Read>
void for_each_object(JsonFields& fields, std::string_view name, Read read) {
  const Json& list = fields.value(name);
  if (!list.is_array()) fields.fail(name, "a list of objects");
  std::size_t position = 0;
  for (const Json& item : list) {
    read(JsonFields(item, fields.path(),
                    fields.place(name) + "[" + std::to_string(position++) + "]"));
  }
}

Aggregate read_aggregate(JsonFields fields) {
  Aggregate aggregate;
  aggregate.metric = fields.string("metric");
  aggregate.scope = fields.string("scope");
  aggregate.value = optional_number(fields, "value");
  aggregate.n = static_cast<std::uint64_t>(fields.integer("n", 0, kMaxCount));
  if (fields.has("interval") && !fields.value("interval").is_null()) {
    JsonFields part = fields.object("interval");
    Interval interval;
    interval.level = part.number("level", 0, 1);
    interval.low = part.number("low", -1e15, 1e15);
    interval.high = part.number("high", -1e15, 1e15);
    interval.unit = part.string("unit");
    interval.resamples = static_cast<std::uint32_t>(part.integer("resamples", 0, UINT32_MAX));
    part.expect_no_more();
    aggregate.interval = interval;
  }
  fields.expect_no_more();
  return aggregate;
}

Finding read_finding(JsonFields fields) {
  std::string code = fields.string("code");
  const std::string severity = fields.choice("severity", {"note", "warning", "error"});
  FindingPlace place;
  place.path = fields.string_or("path", "");
  place.sequence = fields.string_or("sequence", "");
  place.frame = fields.string_or("frame", "");
  place.object = static_cast<int>(fields.integer_or("object", -1, -1, 1'000'000));
  std::string hint = fields.string_or("hint", "");
  std::string message = fields.string("message");
  fields.expect_no_more();
  return recorded_finding(std::move(code),
                          severity == "note"      ? Severity::note
                          : severity == "warning" ? Severity::warning
                                                  : Severity::error,
                          std::move(place), std::move(message), std::move(hint));
}

}  // namespace

std::string result_to_json(const Result& result) {
  Writer writer;
  writer.text = "{\n  ";
  writer.pair("schema_version", quoted(kSchemaVersion), true);
  writer.text += ",\n  \"tool\": {";
  writer.pair("name", quoted("angiobench"));
  writer.pair("version", quoted(result.tool_version));
  writer.pair("git_commit", quoted(result.git_commit), true);
  writer.text += "},\n  ";
  writer.pair("metric_version", quoted(result.metric_version), true);
  writer.text += ",\n  \"protocol\": {";
  writer.pair("name", quoted(result.protocol.name));
  writer.pair("version", std::to_string(result.protocol.version));
  writer.pair("hash", quoted(result.protocol.hash));
  writer.pair("display", quoted(std::string(display_name(result.protocol.display))));
  writer.pair("rules", result.protocol.rules.empty() ? "{}" : result.protocol.rules, true);
  writer.text += "},\n  \"dataset\": {";
  writer.pair("name", quoted(result.dataset.name));
  writer.pair("digest", quoted(result.dataset.digest));
  writer.pair("sequences", std::to_string(result.dataset.sequences));
  writer.pair("objects", std::to_string(result.dataset.objects));
  writer.pair("frames_scored", std::to_string(result.dataset.frames_scored), true);
  writer.text += "},\n  \"submission\": {";
  writer.pair("name", quoted(result.submission.name));
  writer.pair("digest", quoted(result.submission.digest), true);
  writer.text += std::string("},\n  \"complete\": ") + (result.complete ? "true" : "false");
  writer.text += ",\n  \"aggregates\": ";
  writer.list(result.aggregates,
              [&](const Aggregate& aggregate) { write_aggregate(aggregate, writer); });
  writer.text += ",\n  \"sequences\": ";
  writer.list(result.sequences,
              [&](const SequenceScore& sequence) { write_sequence(sequence, writer); });
  writer.text += ",\n  \"findings\": ";
  writer.list(result.findings, [&](const Finding& finding) { write_finding(finding, writer); });
  writer.text += ",\n  \"run\": {";
  writer.pair("started", quoted(result.run.started));
  writer.pair("seconds", format_exact(result.run.seconds));
  writer.pair("jobs", std::to_string(result.run.jobs));
  writer.text += "\"command\": [";
  for (std::size_t i = 0; i < result.run.command.size(); ++i) {
    writer.text += (i == 0 ? "" : ", ") + quoted(result.run.command[i]);
  }
  writer.text += "]}\n}\n";
  return writer.text;
}

Result result_from_json(std::string_view text, const std::string& path) {
  const Json document = parse_json(text, path);
  JsonFields fields(document, path);
  const std::string version = fields.string("schema_version");
  if (!version.starts_with("1.")) fields.fail("schema_version", "version 1.x");
  Result result;
  {
    JsonFields tool = fields.object("tool");
    tool.string("name");
    result.tool_version = tool.string("version");
    result.git_commit = tool.string_or("git_commit", "unknown");
    tool.expect_no_more();
  }
  // Files of schema 1.0 say neither the version of the measures, which was the first, nor how the
  // community prints its numbers.
  result.metric_version = fields.string_or("metric_version", "1");
  if (result.metric_version.empty()) fields.fail("metric_version", "a version, e.g. \"1\"");
  {
    JsonFields protocol = fields.object("protocol");
    result.protocol.name = protocol.string("name");
    result.protocol.version = static_cast<int>(protocol.integer("version", 0, 1'000'000));
    result.protocol.hash = protocol.string("hash");
    const std::string display = protocol.choice_or(
        "display", result.protocol.name.starts_with("davis") ? "fraction" : "percent",
        {"percent", "fraction"});
    result.protocol.display = display == "fraction" ? Display::fraction : Display::percent;
    // The canonical text has sorted keys.
    const Json& rules = protocol.value("rules");
    if (!rules.is_object()) protocol.fail("rules", "a JSON object");
    result.protocol.rules = nlohmann::json::parse(rules.dump()).dump();
    protocol.expect_no_more();
  }
  {
    JsonFields dataset = fields.object("dataset");
    result.dataset.name = dataset.string("name");
    result.dataset.digest = dataset.string("digest");
    result.dataset.sequences =
        static_cast<std::uint64_t>(dataset.integer("sequences", 0, kMaxCount));
    result.dataset.objects = static_cast<std::uint64_t>(dataset.integer("objects", 0, kMaxCount));
    result.dataset.frames_scored =
        static_cast<std::uint64_t>(dataset.integer("frames_scored", 0, kMaxCount));
    dataset.expect_no_more();
  }
  {
    JsonFields submission = fields.object("submission");
    result.submission.name = submission.string("name");
    result.submission.digest = submission.string("digest");
    submission.expect_no_more();
  }
  if (!fields.value("complete").is_boolean()) fields.fail("complete", "true or false");
  result.complete = fields.boolean_or("complete", false);
  for_each_object(fields, "aggregates", [&](JsonFields item) {
    result.aggregates.push_back(read_aggregate(std::move(item)));
  });
  for_each_object(fields, "sequences", [&](JsonFields item) {
    SequenceScore sequence;
    sequence.name = item.string("name");
    sequence.frames_scored =
        static_cast<std::uint32_t>(item.integer("frames_scored", 0, UINT32_MAX));
    sequence.complete = item.boolean_or("complete", true);
    for_each_object(item, "objects", [&](JsonFields part) {
      sequence.objects.push_back(read_object(std::move(part)));
    });
    item.expect_no_more();
    result.sequences.push_back(std::move(sequence));
  });
  for_each_object(fields, "findings", [&](JsonFields item) {
    result.findings.push_back(read_finding(std::move(item)));
  });
  if (fields.has("run")) {
    JsonFields run = fields.object("run");
    result.run.started = run.string_or("started", "");
    result.run.seconds = run.number_or("seconds", 0, 0, 1e15);
    result.run.jobs = static_cast<int>(run.integer_or("jobs", 1, 0, 1'000'000));
    result.run.command = run.strings_or("command", {});
    run.expect_no_more();
  }
  fields.expect_no_more();
  return result;
}

Result read_result(const std::string& path) {
  boost::system::error_code code;
  if (!boost::filesystem::is_directory(path, code))
    return result_from_json(read_text_file(path), path);
  const std::string file = path + "/result.json";
  Result result = result_from_json(read_text_file(file), file);
  const std::string rows = path + "/per_frame.csv";
  constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 31;
  if (boost::filesystem::exists(rows, code))
    read_per_frame_csv(read_text_file(rows, kMaxBytes), rows, result);
  return result;
}

}  // namespace angiobench
