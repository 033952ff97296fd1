// SPDX-License-Identifier: MIT
#include "evaluator/protocol.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/files/embedded_file.h"
#include "dataset/error.h"
#include "dataset/files/json_fields.h"
#include "dataset/names.h"

namespace angiobench {

std::span<const EmbeddedFile> embedded_protocols();

namespace {

// A table of words and what they mean; the one place where both stand.
template <typename Enum, std::size_t N>
struct Words {
  std::array<std::pair<std::string_view, Enum>, N> entries;

  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const auto& [name, value] : entries) list.emplace_back(name);
    return list;
  }
  Enum of(const std::string& word) const {
    for (const auto& [name, value] : entries) {
      if (name == word) return value;
    }
    throw Error(ErrorKind::bug, "", "a word that is not in its table");
  }
};

constexpr Words<ObjectSource, 6> kObjectSources{{{{"truth-scored", ObjectSource::truth_scored},
                                                  {"truth", ObjectSource::truth},
                                                  {"first-frame", ObjectSource::first_frame},
                                                  {"listed", ObjectSource::listed},
                                                  {"meta", ObjectSource::meta},
                                                  {"proposals", ObjectSource::proposals}}}};
constexpr Words<ObjectFrames, 6> kObjectFrames{
    {{{"all", ObjectFrames::all},
      {"from-first-sight", ObjectFrames::from_first_sight},
      {"after-first-truth", ObjectFrames::after_first_truth},
      {"after-prompt", ObjectFrames::after_prompt},
      {"meta-after-first", ObjectFrames::meta_after_first},
      {"inside-own-range", ObjectFrames::inside_own_range}}}};
constexpr Words<AboveMaximum, 2> kAboveMaximum{
    {{{"ignore", AboveMaximum::ignore}, {"refuse", AboveMaximum::refuse}}}};
constexpr Words<BothEmpty, 2> kBothEmpty{
    {{{"one", BothEmpty::one}, {"left-out", BothEmpty::left_out}}}};
constexpr Words<AverageOver, 3> kAverages{{{{"objects", AverageOver::objects},
                                            {"sequences", AverageOver::sequences},
                                            {"groups", AverageOver::groups}}}};
constexpr Words<DecayRule, 2> kDecayRules{
    {{{"exact", DecayRule::exact}, {"bug-compatible", DecayRule::bug_compatible}}}};
constexpr Words<BoundaryRule, 2> kBoundaryRules{
    {{{"davis", BoundaryRule::davis}, {"mose-v2", BoundaryRule::mose_v2}}}};
constexpr Words<Display, 2> kDisplays{
    {{{"percent", Display::percent}, {"fraction", Display::fraction}}}};

template <typename Enum, std::size_t N>
Enum word(JsonFields& fields, std::string_view name, const Words<Enum, N>& words,
          std::string_view fallback) {
  return words.of(fields.choice_or(name, std::string(fallback), words.names()));
}

// {"127": 1, "255": 2}: raw label -> object id; labels that are not named are background.
std::array<std::uint8_t, 256> read_map(JsonFields& fields, std::string_view name) {
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

void read_labels(JsonFields labels, CountingRules& counting) {
  if (labels.has("nonzero")) {
    const auto id = static_cast<std::uint8_t>(labels.integer("nonzero", 1, 255));
    counting.truth_map.fill(id);
    counting.truth_map[0] = 0;
    counting.prediction_map = counting.truth_map;
  }
  if (labels.has("truth")) counting.truth_map = read_map(labels, "truth");
  if (labels.has("prediction")) counting.prediction_map = read_map(labels, "prediction");
  if (labels.has("background")) {
    const auto label = static_cast<std::size_t>(labels.integer("background", 1, 255));
    counting.truth_map[label] = 0;
    counting.prediction_map[label] = 0;
  }
  if (labels.has("void")) {
    counting.void_label = static_cast<int>(labels.integer("void", 1, 255));
    counting.prediction_map[static_cast<std::size_t>(counting.void_label)] = 0;
  }
  labels.expect_no_more();
}

void read_measures(JsonFields& fields, Protocol& protocol) {
  const std::vector<std::string> known = {"J_tr", "V", "segments", "absence", "T"};
  for (const std::string& measure : fields.strings_or("measures", {})) {
    if (std::find(known.begin(), known.end(), measure) == known.end()) {
      fields.fail("measures", "only J_tr, V, segments, absence, T");
    }
    protocol.measure_tail |= measure == "J_tr";
    protocol.measure_variation |= measure == "V";
    protocol.measure_segments |= measure == "segments";
    protocol.measure_absence |= measure == "absence";
    protocol.measure_stability |= measure == "T";
  }
  protocol.absence_threshold = fields.number_or("absence_threshold", 0, 0, 1);
  if (protocol.measure_stability && protocol.objects == ObjectSource::proposals)
    fields.fail("measures", "no T where objects are matched proposals");
  protocol.stability_leaves_out = fields.strings_or("stability_leaves_out", {});
  if (!protocol.stability_leaves_out.empty() && !protocol.measure_stability)
    fields.fail("stability_leaves_out", "T among the measures");
  std::sort(protocol.stability_leaves_out.begin(), protocol.stability_leaves_out.end());
}

// The rules as they decide scores, keys sorted: what the hash is of. Words for people stay outside.
std::string canonical_rules(const Json& document) {
  nlohmann::json sorted = nlohmann::json::parse(document.dump());
  for (const char* const key : {"title", "source", "display"}) sorted.erase(key);
  return sorted.dump();
}

}  // namespace

std::vector<std::string> protocol_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_protocols()) {
    names.emplace_back(file.name.substr(0, file.name.size() - std::string_view(".json").size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

Protocol load_protocol(const std::string& name_or_file) {
  if (name_or_file.ends_with(".json"))
    return parse_protocol(read_text_file(name_or_file), name_or_file);
  const std::vector<std::string> known = protocol_names();
  const std::string name = resolve_name(known, name_or_file).value_or("");
  for (const EmbeddedFile& file : embedded_protocols()) {
    if (file.name == name + ".json")
      return parse_protocol(file.content, std::string(file.name));
  }
  throw unknown_name("protocol", "is '" + name_or_file + "', which is no protocol", known,
                     name_or_file, ", or a file that ends in .json");
}

Protocol parse_protocol(std::string_view text, const std::string& path) {
  const Json document = parse_json(text, path);
  JsonFields fields(document, path);
  Protocol protocol;
  fields.choice("schema", {"protocol-1"});
  protocol.name = fields.string("name");
  if (protocol.name.empty()) fields.fail("name", "a name");
  protocol.version = static_cast<int>(fields.integer("version", 1, 1'000'000));
  protocol.title = fields.string_or("title", protocol.name);
  protocol.source = fields.string_or("source", "");

  if (fields.has("frames")) {
    JsonFields frames = fields.object("frames");
    protocol.drop_first_frame = frames.boolean_or("drop_first", false);
    protocol.drop_last_frame = frames.boolean_or("drop_last", false);
    frames.expect_no_more();
  }
  JsonFields objects = fields.object("objects");
  protocol.objects = kObjectSources.of(objects.choice("from", kObjectSources.names()));
  protocol.object_frames = word(objects, "frames", kObjectFrames, "all");
  protocol.above_maximum = word(objects, "above_maximum", kAboveMaximum, "ignore");
  protocol.max_proposals = static_cast<int>(objects.integer_or("max_proposals", 20, 1, 255));
  if (protocol.objects == ObjectSource::listed) {
    const Json& ids = objects.value("ids");
    if (!ids.is_array() || ids.empty()) objects.fail("ids", "a list of ids from 1 to 255");
    for (const Json& id : ids) {
      if (!id.is_number_integer() || id.get<std::int64_t>() < 1 || id.get<std::int64_t>() > 255) {
        objects.fail("ids", "a list of ids from 1 to 255");
      }
      protocol.listed_ids.push_back(id.get<int>());
    }
    std::sort(protocol.listed_ids.begin(), protocol.listed_ids.end());
  }
  objects.expect_no_more();

  protocol.states_labels = fields.has("labels");
  if (protocol.states_labels) read_labels(fields.object("labels"), protocol.counting);
  if (fields.has("boundary")) {
    JsonFields boundary = fields.object("boundary");
    protocol.counting.boundary = word(boundary, "rule", kBoundaryRules, "davis");
    constexpr double kMaxTolerance = 1000;
    protocol.counting.tolerance = boundary.number_or("tolerance", 0.008, 0, kMaxTolerance);
    const bool is_whole = protocol.counting.tolerance == std::floor(protocol.counting.tolerance);
    if (protocol.counting.tolerance >= 1 && !is_whole) {
      boundary.fail("tolerance", "a fraction of the diagonal below 1, or a whole number of pixels");
    }
    boundary.expect_no_more();
  }
  protocol.plus_one_region =
      fields.choice_or("region", "plain", {"plain", "plus-one"}) == "plus-one";
  protocol.both_empty = word(fields, "both_empty", kBothEmpty, "one");
  protocol.average = word(fields, "average", kAverages, "objects");
  for (const std::string& statistic : fields.strings_or("statistics", {})) {
    if (statistic != "recall" && statistic != "decay")
      fields.fail("statistics", "only recall, decay");
    (statistic == "recall" ? protocol.report_recall : protocol.report_decay) = true;
  }
  protocol.decay = word(fields, "decay", kDecayRules, "exact");
  protocol.missing_video_is_zero = fields.boolean_or("missing_video_is_zero", false);
  read_measures(fields, protocol);
  protocol.display = word(fields, "display", kDisplays, "percent");
  fields.expect_no_more();
  protocol.rules = canonical_rules(document);
  protocol.hash = format_digest(sha256(protocol.rules));
  return protocol;
}

ProtocolStamp stamp_of(const Protocol& protocol) {
  return {protocol.name, protocol.version, protocol.hash, protocol.rules, protocol.display};
}

}  // namespace angiobench
