// SPDX-License-Identifier: MIT
#include "reports/result_json.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <charconv>
#include <map>
#include <span>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/error.h"
#include "dataset/benchmark.h"
#include "dataset/files/json_fields.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"
#include "evaluator/protocol.h"
#include "evaluator/scoring/result_audit.h"
#include "reports/class_json.h"
#include "reports/csv.h"
#include "reports/decimal.h"

namespace angiobench {
namespace {

constexpr const char* kSchemaVersion = "1.2.0";
constexpr const char* kResultFile = "result.json";

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

// J and F stand by themselves in every file, each with its statistics over frames.
std::string statistics_json(const ObjectScore& object, const Metric& metric) {
  const auto value = [&](const Metric& one) { return format_exact(object.value(one), "null"); };
  return "{\"mean\": " + value(metric) + ", \"recall\": " + value(statistic_of(metric, "recall")) +
         ", \"decay\": " + value(statistic_of(metric, "decay")) + "}";
}

bool stands_by_itself(const Metric& metric) {
  for (const Metric& one : {region_metric(), contour_metric()}) {
    if (metric == one || metric == statistic_of(one, "recall") ||
        metric == statistic_of(one, "decay"))
      return true;
  }
  return false;
}

// What else was measured, by id. J&F follows from J and F; another mean (J&Ḟ) is written, since it
// is what ranks.
std::map<Metric, double> further_values(const ObjectScore& object,
                                        std::span<const MetricDescriptor> metrics) {
  std::map<Metric, double> further;
  for (const auto& [metric, value] : object.values) {
    if (!stands_by_itself(metric) && !is_pair_metric(metric)) further.emplace(metric, value);
  }
  for (const MetricDescriptor& metric : metrics) {
    if (metric.metric == mean_metric() || stands_by_itself(metric.metric) ||
        is_pair_metric(metric.metric))
      continue;
    if (const std::optional<double> value = object.value(metric.metric))
      further.emplace(metric.metric, *value);
  }
  return further;
}

// Measures of pairs of masks in the table's order, and the frames that they are of.
std::string pairs_json(const ObjectScore& object) {
  std::string text;
  if (object.sides) {
    text += ", \"pairs\": {\"both\": " + std::to_string(object.sides->both) +
            ", \"one_empty\": " + std::to_string(object.sides->one_empty) +
            ", \"both_empty\": " + std::to_string(object.sides->both_empty) + "}";
  }
  std::string values;
  for (const PairMeasure& measure : pair_measures()) {
    const auto value = object.values.find(Metric(measure.id));
    if (value == object.values.end()) continue;
    values +=
        (values.empty() ? "" : ", ") + quoted(value->first.id) + ": " + format_exact(value->second);
  }
  if (object.sides || !values.empty()) text += ", \"measures\": {" + values + "}";
  return text;
}

std::string object_json(const ObjectScore& object, std::span<const MetricDescriptor> metrics) {
  std::string text = "{\"id\": " + std::to_string(object.id);
  if (object.group != ObjectGroup::none)
    text += ", \"group\": " + quoted(std::string(group_name(object.group)));
  text += ", \"frames\": " + std::to_string(object.frames) +
          ", \"frames_empty\": " + std::to_string(object.frames_empty) +
          ", \"J\": " + statistics_json(object, region_metric()) +
          ", \"F\": " + statistics_json(object, contour_metric());
  const std::map<Metric, double> further = further_values(object, metrics);
  if (!further.empty()) {
    text += ", \"extra\": {";
    bool is_first = true;
    for (const auto& [metric, value] : further) {
      text += (is_first ? "" : ", ") + quoted(metric.id) + ": " + format_exact(value);
      is_first = false;
    }
    text += "}";
  }
  return text + pairs_json(object) + "}";
}

void write_descriptor(const MetricDescriptor& metric, Writer& writer) {
  writer.text += "{";
  writer.pair("id", quoted(metric.metric.id));
  writer.pair("name", quoted(metric.name));
  if (!metric.words.empty()) writer.pair("words", quoted(metric.words));
  writer.pair("direction", quoted(std::string(direction_name(metric.direction))));
  writer.pair("unit", quoted(std::string(unit_name(metric.unit))));
  writer.pair("decimals", std::to_string(metric.decimals), true);
  writer.text += "}";
}

void write_aggregate(const Aggregate& aggregate, Writer& writer) {
  writer.text += "{";
  writer.pair("metric", quoted(aggregate.metric.id));
  writer.pair("scope", quoted(std::string(scope_name(aggregate.scope))));
  writer.pair("value", format_exact(aggregate.value, "null"));
  writer.pair("n", std::to_string(aggregate.n), true);
  if (aggregate.n_one_empty)
    writer.text += ", \"n_one_empty\": " + std::to_string(*aggregate.n_one_empty);
  if (aggregate.n_left_out)
    writer.text += ", \"n_left_out\": " + std::to_string(*aggregate.n_left_out);
  if (aggregate.deviation) writer.text += ", \"std\": " + format_exact(*aggregate.deviation);
  if (!aggregate.variant.empty()) writer.text += ", \"variant\": " + quoted(aggregate.variant);
  if (aggregate.interval)
    writer.text += ",\n     \"interval\": " + interval_json(*aggregate.interval);
  writer.text += "}";
}

void write_sequence(const SequenceScore& sequence, std::span<const MetricDescriptor> metrics,
                    Writer& writer) {
  writer.text += "{";
  writer.pair("name", quoted(sequence.name));
  writer.pair("frames_scored", std::to_string(sequence.frames_scored));
  writer.pair("complete", sequence.complete ? "true" : "false");
  writer.text += sequence_members_json(sequence) + "\"objects\": [";
  for (std::size_t i = 0; i < sequence.objects.size(); ++i) {
    writer.text += (i == 0 ? "\n      " : ",\n      ") + object_json(sequence.objects[i], metrics);
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

// Whether it is a distance, which is in the unit that the result says.
bool is_length(const MetricDescriptor& metric) {
  const Measure* const measure = find_measure(metric.metric);
  return measure != nullptr && measure->pair != nullptr && measure->pair->unit == PairUnit::length;
}

// Of pixels, in mm; none where distances are in pixels.
std::optional<Spacing> read_spacing(JsonFields& fields) {
  const bool is_metric = fields.choice_or("unit", "px", {"px", "mm"}) == "mm";
  if (fields.has("spacing") != is_metric)
    fields.fail("spacing", "[of rows, of columns] in millimetres where the unit is mm");
  if (!is_metric) return std::nullopt;
  const Json& value = fields.value("spacing");
  const auto is_positive = [](const Json& one) { return one.is_number() && one.get<double>() > 0; };
  if (!value.is_array() || value.size() != 2 || !std::ranges::all_of(value, is_positive))
    fields.fail("spacing", "[of rows, of columns] in millimetres");
  return Spacing{value[0].get<double>(), value[1].get<double>()};
}

constexpr std::int64_t kMaxCount = std::int64_t{1} << 53;

void read_statistics(JsonFields fields, const Metric& metric, ObjectScore& object) {
  const auto take = [&](const Metric& one, const char* name) {
    if (const std::optional<double> value = optional_number(fields, name))
      object.values[one] = *value;
  };
  take(metric, "mean");
  take(statistic_of(metric, "recall"), "recall");
  take(statistic_of(metric, "decay"), "decay");
  fields.expect_no_more();
}

FrameSides read_sides(JsonFields fields) {
  FrameSides sides;
  sides.both = static_cast<std::uint32_t>(fields.integer("both", 0, UINT32_MAX));
  sides.one_empty = static_cast<std::uint32_t>(fields.integer("one_empty", 0, UINT32_MAX));
  sides.both_empty = static_cast<std::uint32_t>(fields.integer("both_empty", 0, UINT32_MAX));
  fields.expect_no_more();
  return sides;
}

// Values by id, of a field that may be absent.
void read_values(JsonFields& fields, std::string_view name, std::map<Metric, double>& found) {
  if (!fields.has(name)) return;
  const Json& object = fields.value(name);
  JsonFields values(object, fields.path(), fields.place(name));
  for (const auto& item : object.items())
    found[metric_named(item.key())] = values.number(item.key(), -1e15, 1e15);
}

// The minor version from which every measure stands under its own name.
constexpr int kMinorOfOwnNames = 2;

ObjectScore read_object(JsonFields fields, int schema_minor) {
  ObjectScore object;
  object.id = static_cast<int>(fields.integer("id", 0, 1'000'000));
  const std::string group = fields.choice_or("group", "", {"", "seen", "unseen"});
  object.group = group == "seen"     ? ObjectGroup::seen
                 : group == "unseen" ? ObjectGroup::unseen
                                     : ObjectGroup::none;
  object.frames = static_cast<std::uint32_t>(fields.integer("frames", 0, UINT32_MAX));
  object.frames_empty =
      static_cast<std::uint32_t>(fields.integer_or("frames_empty", 0, 0, UINT32_MAX));
  std::map<Metric, double> further;
  read_values(fields, "extra", further);
  read_values(fields, "measures", further);
  if (fields.has("pairs")) object.sides = read_sides(fields.object("pairs"));
  read_statistics(fields.object("J"), region_metric(), object);
  // Up to schema 1.1 "F" held whatever the protocol measured of the contour: where that was Ḟ, the
  // plain F stood among the further values.
  const Metric by_size("Ḟ");
  const bool holds_other = schema_minor < kMinorOfOwnNames && further.contains(by_size);
  read_statistics(fields.object("F"), holds_other ? by_size : contour_metric(), object);
  for (const auto& [metric, value] : further) {
    const Measure* const measure = find_measure(metric);
    if (measure != nullptr && measure->is_mean_of_parts()) continue;  // follows from the others
    object.values[metric] = value;
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
  aggregate.metric = metric_named(fields.string("metric"));
  const std::optional<Scope> scope = find_scope(fields.string("scope"));
  if (!scope) fields.fail("scope", "overall, pooled, seen or unseen");
  aggregate.scope = *scope;
  aggregate.value = optional_number(fields, "value");
  aggregate.n = static_cast<std::uint64_t>(fields.integer("n", 0, kMaxCount));
  if (fields.has("interval") && !fields.value("interval").is_null())
    aggregate.interval = read_interval(fields.object("interval"));
  const auto read_count = [&](const char* name) -> std::optional<std::uint64_t> {
    if (!fields.has(name)) return std::nullopt;
    return static_cast<std::uint64_t>(fields.integer(name, 0, kMaxCount));
  };
  aggregate.n_one_empty = read_count("n_one_empty");
  aggregate.n_left_out = read_count("n_left_out");
  if (fields.has("std")) aggregate.deviation = fields.number("std", 0, 1e15);
  aggregate.variant = fields.string_or("variant", "");
  fields.expect_no_more();
  return aggregate;
}

MetricDescriptor read_descriptor(JsonFields fields) {
  MetricDescriptor metric;
  metric.metric = metric_named(fields.string("id"));
  if (metric.metric.id.empty()) fields.fail("id", "the name of a metric, e.g. J&F");
  metric.name = fields.string("name");
  if (metric.name.empty()) fields.fail("name", "how the metric is printed");
  metric.words = fields.string_or("words", "");
  const std::optional<Direction> direction = find_direction(fields.string("direction"));
  if (!direction) fields.fail("direction", "higher, lower or unknown");
  metric.direction = *direction;
  const std::optional<Unit> unit = find_unit(fields.string("unit"));
  if (!unit) fields.fail("unit", "fraction, count, px, mm or plain");
  metric.unit = *unit;
  constexpr int kMostDecimals = 17;
  metric.decimals = static_cast<int>(fields.integer("decimals", 0, kMostDecimals));
  fields.expect_no_more();
  return metric;
}

// What files of before schema 1.2 do not say. The rules of the protocol stand in every file, so
// most of it is read from them; only where they are rules that this program does not know is the
// averaging found by trial: the first of groups (where objects have any), objects and sequences
// that gives the first overall value.
AverageOver averaging_by_trial(const Result& result) {
  Result tried = result;
  const bool has_groups = std::ranges::any_of(result.aggregates, [](const Aggregate& aggregate) {
    return aggregate.scope == Scope::seen || aggregate.scope == Scope::unseen;
  });
  const auto headline = std::ranges::find_if(result.aggregates, [](const Aggregate& aggregate) {
    return aggregate.scope == Scope::overall && aggregate.value.has_value();
  });
  if (headline == result.aggregates.end()) return AverageOver::objects;
  for (const AverageOver average :
       {AverageOver::groups, AverageOver::objects, AverageOver::sequences}) {
    if (average == AverageOver::groups && !has_groups) continue;
    tried.protocol.average = average;
    if (recorded_sample(tried, *headline)) return average;
  }
  return AverageOver::objects;
}

Display display_of_old_file(const std::string& protocol) {
  const std::vector<std::string> known = protocol_names();
  return std::ranges::find(known, protocol) == known.end() ? Display::percent
                                                           : load_protocol(protocol).display;
}

std::string split_of_old_file(const std::string& dataset) {
  const std::vector<std::string> known = benchmark_names();
  return std::ranges::find(known, dataset) == known.end() ? std::string{}
                                                          : load_benchmark(dataset).split;
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
  writer.pair("average", quoted(std::string(average_name(result.protocol.average))));
  writer.pair("task", quoted(result.protocol.task));
  writer.pair("rules", result.protocol.rules.empty() ? "{}" : result.protocol.rules, true);
  writer.text += "},\n  \"dataset\": {";
  writer.pair("name", quoted(result.dataset.name));
  writer.pair("split", quoted(result.dataset.split));
  writer.pair("digest", quoted(result.dataset.digest));
  writer.pair("sequences", std::to_string(result.dataset.sequences));
  writer.pair("objects", std::to_string(result.dataset.objects));
  writer.pair("frames_scored", std::to_string(result.dataset.frames_scored), true);
  writer.text += "},\n  \"submission\": {";
  writer.pair("name", quoted(result.submission.name));
  writer.pair("digest", quoted(result.submission.digest), true);
  writer.text += std::string("},\n  \"complete\": ") + (result.complete ? "true" : "false");
  const std::vector<MetricDescriptor> metrics = metrics_of(result);
  writer.text += ",\n  \"metrics\": ";
  writer.list(metrics, [&](const MetricDescriptor& metric) { write_descriptor(metric, writer); });
  if (std::ranges::any_of(metrics, is_length)) {
    writer.text += ",\n  \"unit\": " + quoted(result.spacing ? "mm" : "px");
    if (result.spacing) {
      writer.text += ", \"spacing\": [" + format_exact(result.spacing->row) + ", " +
                     format_exact(result.spacing->column) + "]";
    }
  }
  writer.text += ",\n  \"aggregates\": ";
  writer.list(result.aggregates,
              [&](const Aggregate& aggregate) { write_aggregate(aggregate, writer); });
  writer.text += class_members_json(result);
  writer.text += ",\n  \"sequences\": ";
  writer.list(result.sequences,
              [&](const SequenceScore& sequence) { write_sequence(sequence, metrics, writer); });
  writer.text += ",\n  \"findings\": ";
  writer.list(result.findings, [&](const Finding& finding) { write_finding(finding, writer); });
  writer.text += ",\n  \"run\": {";
  writer.pair("started", quoted(result.run.started));
  writer.pair("seconds", format_exact(result.run.seconds));
  writer.pair("jobs", std::to_string(result.run.jobs));
  if (result.run.shards > 0) writer.pair("shards", std::to_string(result.run.shards));
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
  int minor = 0;
  std::from_chars(version.data() + 2, version.data() + version.size(), minor);
  Result result;
  {
    JsonFields tool = fields.object("tool");
    tool.string("name");
    result.tool_version = tool.string("version");
    result.git_commit = tool.string_or("git_commit", "unknown");
    tool.expect_no_more();
  }
  // Files of schema 1.0 do not say the version of the measures, which was the first.
  result.metric_version = fields.string_or("metric_version", "1");
  if (result.metric_version.empty()) fields.fail("metric_version", "a version, e.g. \"1\"");
  std::optional<AverageOver> average;
  {
    JsonFields protocol = fields.object("protocol");
    result.protocol.name = protocol.string("name");
    result.protocol.version = static_cast<int>(protocol.integer("version", 0, 1'000'000));
    result.protocol.hash = protocol.string("hash");
    const std::string display = protocol.choice_or(
        "display", std::string(display_name(display_of_old_file(result.protocol.name))),
        {"percent", "fraction"});
    result.protocol.display =
        display == display_name(Display::fraction) ? Display::fraction : Display::percent;
    if (protocol.has("average")) {
      average = find_average(protocol.string("average"));
      if (!average) protocol.fail("average", "objects, sequences or groups");
    }
    result.protocol.task = protocol.string_or("task", "objects");
    // The canonical text has sorted keys.
    const Json& rules = protocol.value("rules");
    if (!rules.is_object()) protocol.fail("rules", "a JSON object");
    result.protocol.rules = nlohmann::json::parse(rules.dump()).dump();
    protocol.expect_no_more();
  }
  {
    JsonFields dataset = fields.object("dataset");
    result.dataset.name = dataset.string("name");
    result.dataset.split = dataset.string_or("split", split_of_old_file(result.dataset.name));
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
  if (fields.has("metrics")) {
    for_each_object(fields, "metrics", [&](JsonFields item) {
      result.metrics.push_back(read_descriptor(std::move(item)));
    });
  }
  result.spacing = read_spacing(fields);
  for_each_object(fields, "aggregates", [&](JsonFields item) {
    result.aggregates.push_back(read_aggregate(std::move(item)));
  });
  read_class_members(fields, result);
  for_each_object(fields, "sequences", [&](JsonFields item) {
    SequenceScore sequence;
    sequence.name = item.string("name");
    sequence.frames_scored =
        static_cast<std::uint32_t>(item.integer("frames_scored", 0, UINT32_MAX));
    sequence.complete = item.boolean_or("complete", true);
    read_sequence_members(item, sequence);
    for_each_object(item, "objects", [&](JsonFields part) {
      sequence.objects.push_back(read_object(std::move(part), minor));
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
    result.run.shards = static_cast<std::uint32_t>(run.integer_or("shards", 0, 0, UINT32_MAX));
    result.run.command = run.strings_or("command", {});
    run.expect_no_more();
  }
  fields.expect_no_more();

  // Fill in what older files do not say.
  const std::optional<Protocol> protocol =
      average && !result.metrics.empty() ? std::nullopt : protocol_of(result.protocol);
  if (result.metrics.empty()) {
    result.metrics = protocol ? describe_measures(*protocol) : metrics_of(result);
  }
  if (!average) average = protocol ? protocol->average : averaging_by_trial(result);
  result.protocol.average = *average;
  return result;
}

namespace {

// Reads a result with the rows of frames beside it, whose text is left in `rows`.
Result read_with_rows(const std::string& path, KeepRows keep, std::string& rows) {
  boost::system::error_code code;
  const bool is_folder = boost::filesystem::is_directory(path, code);
  const boost::filesystem::path named(path);
  const std::string file = is_folder ? path + "/" + kResultFile : path;
  Result result = result_from_json(read_text_file(file), file);
  // Another file in that folder is another result, whose rows are not these.
  const boost::filesystem::path counts =
      (is_folder ? named : named.parent_path()) / "per_frame.csv";
  constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 31;
  if ((is_folder || named.filename() == kResultFile) && boost::filesystem::exists(counts, code)) {
    rows = read_text_file(counts.string(), kMaxBytes);
    read_per_frame_csv(rows, counts.string(), result);
  }
  check_result(result, file);
  if (keep == KeepRows::yes) return result;
  for (SequenceScore& sequence : result.sequences) {
    sequence.frames = {};
    sequence.frame_names = {};
  }
  return result;
}

}  // namespace

CheckedResult read_checked_result(const std::string& path, KeepRows keep) {
  std::string rows;
  CheckedResult read{read_with_rows(path, keep, rows), {}};
  if (!rows.empty()) read.counts_digest = format_digest(sha256(rows));
  return read;
}

Result read_result(const std::string& path, KeepRows keep) {
  std::string rows;
  return read_with_rows(path, keep, rows);
}

}  // namespace angiobench
