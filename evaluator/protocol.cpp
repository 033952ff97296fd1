// SPDX-License-Identifier: MIT
#include "evaluator/protocol.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <span>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/files/embedded_file.h"
#include "dataset/error.h"
#include "dataset/files/json_fields.h"
#include "dataset/label_map.h"
#include "dataset/names.h"
#include "dataset/words.h"
#include "evaluator/task_measures.h"

namespace angiobench {

std::span<const EmbeddedFile> embedded_protocols();

namespace {

constexpr auto kObjectSources = words<ObjectSource>({{"truth-scored", ObjectSource::truth_scored},
                                                     {"truth", ObjectSource::truth},
                                                     {"first-frame", ObjectSource::first_frame},
                                                     {"listed", ObjectSource::listed},
                                                     {"meta", ObjectSource::meta},
                                                     {"proposals", ObjectSource::proposals}});
constexpr auto kObjectFrames =
    words<ObjectFrames>({{"all", ObjectFrames::all},
                         {"from-first-sight", ObjectFrames::from_first_sight},
                         {"after-first-truth", ObjectFrames::after_first_truth},
                         {"after-prompt", ObjectFrames::after_prompt},
                         {"meta-after-first", ObjectFrames::meta_after_first},
                         {"inside-own-range", ObjectFrames::inside_own_range},
                         {"own-from-sight", ObjectFrames::own_from_sight},
                         {"meta-range-after-first", ObjectFrames::range_after_first},
                         {"meta-range", ObjectFrames::range},
                         {"meta-range-with-end", ObjectFrames::range_with_end},
                         {"initialised", ObjectFrames::initialised},
                         {"initialised-at-first", ObjectFrames::initialised_first}});
constexpr auto kProposalsOf = words<ObjectSource>({{"first-frame", ObjectSource::first_frame},
                                                   {"truth", ObjectSource::truth},
                                                   {"meta", ObjectSource::meta}});
constexpr auto kProposalIds = words<ProposalIds>(
    {{"up-to-largest", ProposalIds::up_to_largest}, {"present", ProposalIds::present}});
constexpr auto kProposalMatches =
    words<ProposalMatch>({{"J&F", ProposalMatch::j_and_f}, {"J", ProposalMatch::j}});
constexpr auto kExtraProposals =
    words<ExtraProposals>({{"refuse", ExtraProposals::refuse}, {"ignore", ExtraProposals::ignore}});
constexpr auto kAboveMaximum =
    words<AboveMaximum>({{"ignore", AboveMaximum::ignore}, {"refuse", AboveMaximum::refuse}});
constexpr auto kBothEmpty =
    words<BothEmpty>({{"one", BothEmpty::one}, {"left-out", BothEmpty::left_out}});
constexpr auto kDecayRules =
    words<DecayRule>({{"exact", DecayRule::exact}, {"bug-compatible", DecayRule::bug_compatible}});
constexpr auto kBoundaryRules =
    words<BoundaryRule>({{"davis", BoundaryRule::davis}, {"mose-v2", BoundaryRule::mose_v2}});
constexpr auto kDisplays =
    words<Display>({{"percent", Display::percent}, {"fraction", Display::fraction}});

constexpr auto kVariants = words<BinaryVariant>(
    {{"exact", BinaryVariant::exact}, {"published", BinaryVariant::published}});
constexpr auto kSpreads = words<Spread>(
    {{"none", Spread::none}, {"population", Spread::population}, {"sample", Spread::sample}});

void read_labels(JsonFields labels, CountingRules& counting) {
  if (labels.has("nonzero")) {
    const auto id = static_cast<std::uint8_t>(labels.integer("nonzero", 1, 255));
    counting.truth_map.fill(id);
    counting.truth_map[0] = 0;
    counting.prediction_map = counting.truth_map;
  }
  if (labels.has("truth")) counting.truth_map = read_label_map(labels, "truth");
  if (labels.has("prediction")) counting.prediction_map = read_label_map(labels, "prediction");
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

// Words of the field `measures` that stand for several.
struct MeasureGroup {
  std::string_view word;
  std::vector<Metric> metrics;
};

const std::vector<MeasureGroup>& measure_groups() {
  static const std::vector<MeasureGroup> groups = {
      // MOSEv2's headline and what it is made of
      {"segments",
       {Metric("J&Ḟ"), region_metric(), Metric("Ḟ"), Metric("J&Ḟ_d"), Metric("J&Ḟ_r"),
        contour_metric(), mean_metric()}},
      // VOT long-term
      {"absence", {Metric("ADQ"), Metric("DRE"), Metric("NRE")}},
      // VOTS: quality, accuracy, robustness, and what is lost where
      {"tracking",
       {Metric("Q"), Metric("A"), Metric("R"), Metric("NRE"), Metric("DRE"), Metric("ADQ")}},
      // SeCVOS: the segments of scene_info.json
      {"scenes",
       {Metric("J&F_first"), Metric("J_first"), Metric("F_first"), Metric("J&F_second"),
        Metric("J_second"), Metric("F_second"), Metric("J&F_remain"), Metric("J_remain"),
        Metric("F_remain")}},
  };
  return groups;
}

// Ids and groups of measures of pairs.
std::string known_pair_words() {
  std::string known;
  std::string_view group;
  for (const PairMeasure& measure : pair_measures()) {
    if (measure.group != group && measure.group != measure.id)
      known += (known.empty() ? "" : ", ") + std::string(measure.group) + " for";
    group = measure.group;
    known += (known.empty() ? "" : known.ends_with(" for") ? " " : ", ") + std::string(measure.id);
  }
  return known;
}

std::string known_measures() {
  std::string known;
  for (const MeasureGroup& group : measure_groups())
    known += (known.empty() ? "" : ", ") + std::string(group.word);
  known += ", vessel";
  for (const Measure& measure : measures()) {
    if (measure.is_measured() && measure.pair == nullptr) known += ", " + measure.id;
  }
  return known + ", " + known_pair_words();
}

bool contains(const std::vector<Metric>& metrics, const Metric& metric) {
  return std::find(metrics.begin(), metrics.end(), metric) != metrics.end();
}

void add_once(std::vector<Metric>& metrics, const Metric& metric) {
  if (!contains(metrics, metric)) metrics.push_back(metric);
}

// The measures that the file lists, words for several spread out.
std::vector<Metric> listed_measures(JsonFields& fields) {
  std::vector<Metric> listed;
  for (const std::string& word : fields.strings_or("measures", {})) {
    const auto group = std::find_if(measure_groups().begin(), measure_groups().end(),
                                    [&](const MeasureGroup& one) { return one.word == word; });
    if (group != measure_groups().end()) {
      for (const Metric& metric : group->metrics) add_once(listed, metric);
      continue;
    }
    std::vector<std::string> unknown;
    const std::vector<const PairMeasure*> pairs = select_pair_measures({&word, 1}, unknown);
    for (const PairMeasure* const pair : pairs) add_once(listed, Metric(pair->id));
    if (!pairs.empty()) continue;
    const Metric metric = metric_named(word);
    const Measure* const measure = find_measure(metric);
    if (measure == nullptr || !measure->is_measured())
      fields.fail("measures", "only " + known_measures());
    add_once(listed, metric);
  }
  return listed;
}

void read_measures(JsonFields& fields, Protocol& protocol) {
  std::vector<std::string> statistics;
  for (const std::string& statistic : fields.strings_or("statistics", {})) {
    if (statistic != "recall" && statistic != "decay")
      fields.fail("statistics", "only recall, decay");
    statistics.push_back(statistic);
  }
  // Recall stands before decay, whatever the order in the file.
  std::sort(statistics.begin(), statistics.end(), std::greater<>());
  const auto add = [&](const std::vector<Metric>& metrics) {
    for (const Metric& metric : metrics) add_once(protocol.measures, metric);
    for (const Metric& metric : metrics) {
      if (find_measure(metric)->per_frame == nullptr) continue;
      for (const std::string& statistic : statistics)
        add_once(protocol.measures, statistic_of(metric, statistic));
    }
  };
  // J and F and their mean go without saying; trackers' quality is J under another name.
  const std::vector<Metric> listed = listed_measures(fields);
  const std::vector<Metric> implied = {mean_metric(), region_metric(), contour_metric()};
  const bool says_them = contains(listed, Metric("Q")) ||
                         std::any_of(implied.begin(), implied.end(), [&](const Metric& metric) {
                           return contains(listed, metric);
                         });
  protocol.measures.clear();
  if (!says_them) add(implied);
  add(listed);

  protocol.absence_threshold = fields.number_or("absence_threshold", 0, 0, 1);
  protocol.recall_above = fields.number_or("recall_above", 0.5, 0, 1);
  protocol.variance_decimals = static_cast<int>(fields.integer_or("variance_decimals", -1, -1, 15));
  if (protocol.objects == ObjectSource::proposals) {
    if (needs(protocol, FrameData::outlines))
      fields.fail("measures", "no T where objects are matched proposals");
    if (needs(protocol, FrameData::pair))
      fields.fail("measures", "no measures of vessels where objects are matched proposals");
    if (second_rules(protocol))
      fields.fail("measures", "one kind of boundary radius where objects are matched proposals");
  }
  protocol.stability_leaves_out = fields.strings_or("stability_leaves_out", {});
  if (!protocol.stability_leaves_out.empty() && !needs(protocol, FrameData::outlines))
    fields.fail("stability_leaves_out", "T among the measures");
  std::sort(protocol.stability_leaves_out.begin(), protocol.stability_leaves_out.end());
}

// "spacing": millimetres from a row to the next, and from a column to the next.
std::optional<Spacing> read_spacing(JsonFields& fields, const Protocol& protocol) {
  if (!fields.has("spacing")) return std::nullopt;
  const Json& value = fields.value("spacing");
  const auto is_length = [](const Json& one) {
    constexpr double kMostMillimetres = 1000;
    return one.is_number() && one.get<double>() > 0 && one.get<double>() <= kMostMillimetres;
  };
  if (!value.is_array() || value.size() != 2 || !std::ranges::all_of(value, is_length))
    fields.fail("spacing", "[of rows, of columns] in millimetres, both above 0, at most 1000");
  if (!needs(protocol, FrameData::pair))
    fields.fail("spacing", "measures of vessels, which distances are of");
  return Spacing{value[0].get<double>(), value[1].get<double>()};
}

// "verified": what the rules were held against, or words that say nothing was there.
Verification read_verification(JsonFields& fields) {
  constexpr std::string_view kFromText = "from the text, no code to run";
  Verification verified;
  if (!fields.has("verified")) return verified;
  if (fields.value("verified").is_string()) {
    fields.choice("verified", {std::string(kFromText)});
    return verified;
  }
  JsonFields said = fields.object("verified");
  verified.tool = said.string("tool");
  if (verified.tool.empty()) said.fail("tool", "the public tool's name");
  verified.commit = said.string_or("commit", "");
  constexpr std::int64_t kMaxFigures = 1'000'000'000;
  verified.figures = static_cast<std::uint64_t>(said.integer("figures", 1, kMaxFigures));
  verified.greatest_difference = said.number_or("greatest_difference", 0, 0, 1);
  said.expect_no_more();
  return verified;
}

// The rules as they decide scores, keys sorted: what the hash is of. Words for people stay outside.
std::string canonical_rules(const Json& document) {
  nlohmann::json sorted = nlohmann::json::parse(document.dump());
  for (const char* const key : {"title", "source", "display", "verified"}) sorted.erase(key);
  return sorted.dump();
}

AverageOver read_average(JsonFields& fields, AverageOver fallback) {
  return *find_average(fields.choice_or("average", std::string(average_name(fallback)),
                                        {std::string(average_name(AverageOver::objects)),
                                         std::string(average_name(AverageOver::sequences)),
                                         std::string(average_name(AverageOver::groups))}));
}

// The rules of a protocol for objects of videos.
void read_object_rules(JsonFields& fields, Protocol& protocol) {
  if (fields.has("frames")) {
    JsonFields frames = fields.object("frames");
    protocol.drop_first_frame = frames.boolean_or("drop_first", false);
    protocol.drop_last_frame = frames.boolean_or("drop_last", false);
    frames.expect_no_more();
  }
  JsonFields objects = fields.object("objects");
  protocol.objects = objects.word("from", kObjectSources);
  protocol.object_frames = objects.word_or("frames", kObjectFrames, ObjectFrames::all);
  protocol.above_maximum = objects.word_or("above_maximum", kAboveMaximum, AboveMaximum::ignore);
  protocol.max_proposals = static_cast<int>(objects.integer_or("max_proposals", 20, 1, 255));
  protocol.proposals_of = objects.word_or("of", kProposalsOf, ObjectSource::first_frame);
  protocol.proposal_ids = objects.word_or("proposals", kProposalIds, ProposalIds::up_to_largest);
  protocol.proposal_match = objects.word_or("match", kProposalMatches, ProposalMatch::j_and_f);
  protocol.extra_proposals =
      objects.word_or("extra_proposals", kExtraProposals, ExtraProposals::refuse);
  protocol.max_objects = static_cast<int>(objects.integer_or("max_objects", 0, 0, 255));
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
    protocol.counting.boundary = boundary.word_or("rule", kBoundaryRules, BoundaryRule::davis);
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
  protocol.both_empty = fields.word_or("both_empty", kBothEmpty, BothEmpty::one);
  protocol.average = read_average(fields, AverageOver::objects);
  protocol.decay = fields.word_or("decay", kDecayRules, DecayRule::exact);
  protocol.missing_video_is_zero = fields.boolean_or("missing_video_is_zero", false);
  protocol.unsupervised_videos_only =
      fields.choice_or("videos", "all", {"all", "unsupervised"}) == "unsupervised";
  read_measures(fields, protocol);
  protocol.spacing = read_spacing(fields, protocol);
}

void read_binary_rules(JsonFields& fields, Protocol& protocol) {
  TaskRules& rules = protocol.task_rules;
  rules.threshold = fields.number_or("threshold", 0.5, 0, 1);
  if (rules.threshold == 0) fields.fail("threshold", "more than 0: every pixel is at least 0");
  rules.variant = fields.word_or("variant", kVariants, BinaryVariant::exact);
  constexpr int kMostDecimals = 12;
  rules.rounding = static_cast<int>(fields.integer_or("rounding", -1, -1, kMostDecimals));
  rules.spread = fields.word_or("spread", kSpreads, Spread::none);
  protocol.average = read_average(fields, AverageOver::objects);
  if (protocol.average == AverageOver::groups) fields.fail("average", "objects or sequences");
  protocol.both_empty = fields.word_or("both_empty", kBothEmpty, BothEmpty::one);
  const bool is_published = rules.variant == BinaryVariant::published;
  if (is_published && protocol.both_empty == BothEmpty::left_out)
    fields.fail("both_empty", "one: the public code leaves no image out");
  if (!is_published && rules.rounding >= 0)
    fields.fail("rounding", "no rounding but where the variant is published");
}

void read_semantic_rules(JsonFields& fields, Protocol& protocol) {
  constexpr int kMostLabels = 255;
  TaskRules& rules = protocol.task_rules;
  rules.background = static_cast<int>(fields.integer_or("background", -1, -1, kMostLabels - 1));
  rules.void_label = static_cast<int>(fields.integer_or("void", -1, -1, kMostLabels));
  if (!fields.has("seen")) return;
  const Json& seen = fields.value("seen");
  const auto is_class = [](const Json& id) {
    return id.is_number_integer() && id.get<std::int64_t>() >= 0 &&
           id.get<std::int64_t>() < kMostLabels;
  };
  if (!seen.is_array() || seen.empty() || !std::ranges::all_of(seen, is_class))
    fields.fail("seen", "a list of classes from 0 to 254");
  for (const Json& id : seen) rules.seen.push_back(id.get<int>());
  std::ranges::sort(rules.seen);
  if (std::ranges::binary_search(rules.seen, rules.background))
    fields.fail("seen", "classes other than the background");
}

// The rules of a protocol for anything else than objects, and what it reports.
void read_task_rules(JsonFields& fields, Protocol& protocol) {
  protocol.average = AverageOver::sequences;
  if (protocol.task == Task::binary) read_binary_rules(fields, protocol);
  if (protocol.task == Task::semantic) read_semantic_rules(fields, protocol);
  for (const std::string& word : fields.strings_or("measures", {})) {
    const std::vector<Metric> metrics = task_metrics(protocol.task, word);
    if (metrics.empty()) fields.fail("measures", "only " + known_task_measures(protocol.task));
    for (const Metric& metric : metrics) add_once(protocol.measures, metric);
  }
  if (protocol.measures.empty()) protocol.measures = task_metrics(protocol.task, {});
  for (const TaskMeasure& row : task_measures()) {
    if (row.task == protocol.task && row.goes_without_saying)
      add_once(protocol.measures, Metric(row.id));
  }
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
    if (file.name == name + ".json") return parse_protocol(file.content, std::string(file.name));
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

  protocol.task = *find_task(fields.choice_or(
      "task", std::string(task_name(Task::objects)),
      {std::string(task_name(Task::objects)), std::string(task_name(Task::semantic)),
       std::string(task_name(Task::binary)), std::string(task_name(Task::multilabel))}));
  if (protocol.task == Task::objects) {
    read_object_rules(fields, protocol);
  } else {
    read_task_rules(fields, protocol);
  }
  protocol.verified = read_verification(fields);
  protocol.display = fields.word_or("display", kDisplays, Display::percent);
  fields.expect_no_more();
  protocol.rules = canonical_rules(document);
  protocol.hash = format_digest(sha256(protocol.rules));
  return protocol;
}

namespace {

bool is_pair_word(const nlohmann::json& word) {
  if (!word.is_string()) return false;
  std::vector<std::string> unknown;
  const auto text = word.get<std::string>();
  return !select_pair_measures({&text, 1}, unknown).empty();
}

// The rules without measures of pairs and their spacing, as text: what decides everything else.
std::string other_rules(const ProtocolStamp& stamp) {
  nlohmann::json rules = nlohmann::json::parse(stamp.rules, nullptr, false);
  if (!rules.is_object()) return {};
  rules.erase("spacing");
  if (const auto measures = rules.find("measures"); measures != rules.end()) {
    nlohmann::json others = nlohmann::json::array();
    for (const auto& word : *measures) {
      if (!is_pair_word(word)) others.push_back(word);
    }
    if (others.empty()) {
      rules.erase("measures");
    } else {
      *measures = std::move(others);
    }
  }
  return rules.dump();
}

std::optional<nlohmann::json> stated_spacing(const ProtocolStamp& stamp, bool& has_pairs) {
  const nlohmann::json rules = nlohmann::json::parse(stamp.rules, nullptr, false);
  has_pairs = false;
  if (!rules.is_object()) return std::nullopt;
  for (const auto& word : rules.value("measures", nlohmann::json::array()))
    has_pairs = has_pairs || is_pair_word(word);
  if (!rules.contains("spacing")) return std::nullopt;
  return rules.at("spacing");
}

}  // namespace

Protocol with_measures(const Protocol& protocol, const std::vector<std::string>& words,
                       const std::optional<Spacing>& spacing) {
  std::vector<std::string> wanted;
  for (const std::string& word : words) {
    const bool is_other =
        !is_pair_metric(Metric(word)) && contains(protocol.measures, metric_named(word));
    if (!is_other) wanted.push_back(word);
  }
  for (const PairMeasure* const own : pair_measures_of(protocol)) wanted.emplace_back(own->id);
  std::vector<std::string> unknown;
  const std::vector<const PairMeasure*> pairs = select_pair_measures(wanted, unknown);
  if (!unknown.empty()) {
    throw Error(ErrorKind::usage, "", "there is no measure of vessels '" + unknown.front() + "'",
                "vessel for all but distance-contour; " + known_pair_words());
  }
  nlohmann::json rules = nlohmann::json::parse(protocol.rules);
  nlohmann::json listed = nlohmann::json::array();
  for (const auto& word : rules.value("measures", nlohmann::json::array())) {
    if (!is_pair_word(word)) listed.push_back(word);
  }
  for (const PairMeasure* const pair : pairs) listed.push_back(pair->id);
  if (!listed.empty()) rules["measures"] = listed;
  if (spacing) rules["spacing"] = {spacing->row, spacing->column};
  const bool has_all = pairs == pair_measures_of(protocol);
  if (has_all && (!spacing || protocol.spacing == spacing)) return protocol;
  try {
    Protocol result = parse_protocol(rules.dump(), protocol.name);
    result.title = protocol.title;
    result.source = protocol.source;
    result.verified = protocol.verified;
    result.display = protocol.display;
    return result;
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, error.path(), error.found(), error.expected());
  }
}

bool share_rules(const ProtocolStamp& a, const ProtocolStamp& b) {
  if (a.hash == b.hash) return true;
  for (const ProtocolStamp& stamp : {std::cref(a), std::cref(b)}) {
    if (stamp.hash != format_digest(sha256(stamp.rules))) return false;
  }
  bool has_pairs = false;
  bool has_pairs_too = false;
  const bool same_spacing = stated_spacing(a, has_pairs) == stated_spacing(b, has_pairs_too);
  if (has_pairs && has_pairs_too && !same_spacing) return false;
  const std::string rules = other_rules(a);
  return !rules.empty() && rules == other_rules(b);
}

std::vector<const PairMeasure*> pair_measures_of(const Protocol& protocol) {
  std::vector<const PairMeasure*> pairs;
  for (const PairMeasure& pair : pair_measures()) {
    if (contains(protocol.measures, Metric(pair.id))) pairs.push_back(&pair);
  }
  return pairs;
}

std::string verification_words(const Verification& verified) {
  if (verified.tool.empty()) return "from the text, no code to run";
  char difference[32];
  std::snprintf(difference, sizeof difference, "%.0e", verified.greatest_difference);
  constexpr std::size_t kShownCommit = 7;
  const std::string how = verified.is_exact() ? "exactly " : "within float32 of ";
  return how + verified.tool +
         (verified.commit.empty() ? "" : " at " + verified.commit.substr(0, kShownCommit)) + ": " +
         std::to_string(verified.figures) + " figures, greatest difference " +
         (verified.greatest_difference == 0 ? "0" : difference);
}

ProtocolStamp stamp_of(const Protocol& protocol) {
  ProtocolStamp stamp;
  stamp.name = protocol.name;
  stamp.version = protocol.version;
  stamp.hash = protocol.hash;
  stamp.rules = protocol.rules;
  stamp.display = protocol.display;
  stamp.average = protocol.average;
  stamp.task = std::string(task_name(protocol.task));
  return stamp;
}

std::optional<Protocol> protocol_of(const ProtocolStamp& stamp) {
  try {
    Protocol protocol = parse_protocol(stamp.rules, stamp.name);
    protocol.display = stamp.display;
    return protocol;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::vector<MetricDescriptor> describe_measures(const Protocol& protocol) {
  std::vector<MetricDescriptor> descriptors;
  for (const Metric& metric : protocol.measures) {
    MetricDescriptor descriptor = describe(metric, protocol.display);
    const Measure* const measure = find_measure(metric);
    const bool is_length =
        measure != nullptr && measure->pair != nullptr && measure->pair->unit == PairUnit::length;
    if (is_length && protocol.spacing) {
      descriptor.unit = Unit::millimetres;
      descriptor.decimals = printed_decimals(descriptor.unit, protocol.display);
    }
    // What is rounded on the way is printed as far as it was.
    descriptor.decimals = std::max(descriptor.decimals, protocol.task_rules.rounding);
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

MeasureRules measure_rules(const Protocol& protocol) {
  return {protocol.plus_one_region, protocol.decay, protocol.absence_threshold,
          protocol.recall_above, protocol.variance_decimals};
}

namespace {

bool metric_needs(const Metric& metric, FrameData data) {
  const Measure* const measure = find_measure(metric);
  if (measure == nullptr) return false;
  if (measure->needs == data) return true;
  return std::any_of(measure->of.begin(), measure->of.end(), [&](const std::string& part) {
    return part != metric.id && metric_needs(Metric(part), data);
  });
}

FrameData own_radius(const Protocol& protocol) {
  return protocol.counting.boundary == BoundaryRule::mose_v2 ? FrameData::object_radius
                                                             : FrameData::one_radius;
}

}  // namespace

bool needs(const Protocol& protocol, FrameData data) {
  // Other tasks have measures of the same names, which are not worked out of objects' frames.
  if (protocol.task != Task::objects) return false;
  return std::any_of(protocol.measures.begin(), protocol.measures.end(),
                     [&](const Metric& metric) { return metric_needs(metric, data); });
}

std::vector<Metric> kept_metrics(const Protocol& protocol) {
  std::vector<Metric> kept = protocol.measures;
  add_once(kept, region_metric());
  if (own_radius(protocol) == FrameData::one_radius) add_once(kept, contour_metric());
  for (std::size_t i = 0, count = kept.size(); i < count; ++i) {
    const Measure* const measure = find_measure(kept[i]);
    if (measure == nullptr || measure->per_frame == nullptr) continue;
    for (const char* const statistic : {"recall", "decay"})
      add_once(kept, statistic_of(Metric(measure->id), statistic));
  }
  return kept;
}

double FrameMeasures::value(const Measure& measure, const FrameScore& row) const {
  if (row.role == FrameRole::missing) return 0;
  // A row holds the counts under the protocol's own rules, which are what its measures read.
  return measure.per_frame({row.counts, &row.counts, &row.counts, rules});
}

FrameMeasures frame_measures(const Protocol& protocol) {
  FrameMeasures shown;
  shown.rules = measure_rules(protocol);
  std::vector<Metric> metrics = {region_metric()};
  const FrameData radius = own_radius(protocol);
  const auto contour = std::find_if(measures().begin(), measures().end(), [&](const Measure& row) {
    return row.per_frame != nullptr && row.needs == radius;
  });
  metrics.emplace_back(contour->id);
  for (const Metric& metric : protocol.measures) add_once(metrics, metric);
  for (const Metric& metric : metrics) {
    const Measure* const row = find_measure(metric);
    if (row->per_frame != nullptr && (row->needs == FrameData::counts || row->needs == radius))
      shown.measures.push_back(row);
  }
  return shown;
}

FrameMeasures frame_measures(const ProtocolStamp& stamp) {
  return frame_measures(protocol_of(stamp).value_or(Protocol{}));
}

std::optional<CountingRules> second_rules(const Protocol& protocol) {
  CountingRules rules = protocol.counting;
  if (own_radius(protocol) == FrameData::object_radius) {
    if (!needs(protocol, FrameData::one_radius)) return std::nullopt;
    rules.boundary = BoundaryRule::mose_v2_plain;
  } else {
    if (!needs(protocol, FrameData::object_radius)) return std::nullopt;
    rules.boundary = BoundaryRule::mose_v2;
  }
  return rules;
}

}  // namespace angiobench
