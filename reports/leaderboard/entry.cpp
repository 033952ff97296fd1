// SPDX-License-Identifier: MIT
#include "reports/leaderboard/entry.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "dataset/files/json_fields.h"
#include "dataset/words.h"
#include "evaluator/measures.h"
#include "evaluator/scoring/result_audit.h"
#include "reports/result_json.h"

namespace angiobench {
namespace {

constexpr std::string_view kSchema = "leaderboard-entry-1";

// The text keeps one form for one content: keys in a fixed order, empty ones left out.
std::string dump(const Json& document) {
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string text_at(const Json& object, const char* key, const std::string& path) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (!found->is_string())
    throw Error(ErrorKind::input, path, "'" + std::string(key) + "' is not a text", "a text");
  return found->get<std::string>();
}

void check_text(std::string_view text, std::string_view what, std::size_t limit,
                const std::string& path) {
  if (text.size() > limit) {
    throw Error(ErrorKind::input, path,
                std::string(what) + " has " + std::to_string(text.size()) + " bytes",
                "at most " + std::to_string(limit));
  }
  const auto control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; };
  if (std::ranges::any_of(text, control)) {
    throw Error(ErrorKind::input, path, std::string(what) + " holds a control code",
                "printable text");
  }
}

void check_facts(const SubmissionFacts& facts, const std::string& path) {
  constexpr std::size_t kMaxName = 200;
  constexpr std::size_t kMaxText = 2000;
  constexpr std::size_t kMaxLinks = 10;
  if (facts.method.empty())
    throw Error(ErrorKind::input, path, "the method has no name", "a method in the facts");
  check_text(facts.method, "the method", kMaxName, path);
  check_text(facts.variant, "the variant", kMaxName, path);
  check_text(facts.team, "the team", kMaxName, path);
  check_text(facts.note, "the note", kMaxText, path);
  if (facts.links.size() > kMaxLinks) {
    throw Error(ErrorKind::input, path,
                "there are " + std::to_string(facts.links.size()) + " links", "at most 10");
  }
  for (const std::string& link : facts.links) {
    check_text(link, "a link", kMaxText, path);
    if (!link.starts_with("https://") && !link.starts_with("http://")) {
      throw Error(ErrorKind::input, path, "the link '" + link + "' is no web address",
                  "one that starts with https:// or http://");
    }
  }
  if (!facts.time.empty()) check_time(facts.time, path);
}

void put(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

// The part of `meta` that every kind has.
Json common_meta(const SubmissionFacts& facts) {
  Json meta;
  meta["schema"] = kSchema;
  meta["kind"] = entry_kind_name(facts.kind);
  meta["method"] = facts.method;
  put(meta, "variant", facts.variant);
  put(meta, "team", facts.team);
  if (!facts.links.empty()) meta["links"] = facts.links;
  put(meta, "time", facts.time);
  put(meta, "note", facts.note);
  return meta;
}

Json figures_json(const std::vector<PublishedFigure>& figures) {
  Json listed = Json::object();
  for (const PublishedFigure& figure : figures) {
    const bool overall = figure.place == scope_name(Scope::overall);
    listed[overall ? figure.metric.id : figure.metric.id + " " + figure.place] =
        exact_text(figure.number);
  }
  return listed;
}

constexpr auto kEvidenceWords = words<Evidence>({{"", Evidence::unchecked},
                                                 {"figures", Evidence::figures},
                                                 {"counts", Evidence::counts},
                                                 {"masks", Evidence::masks}});

EvidenceStamp read_evidence(const Json& meta, const std::string& path) {
  EvidenceStamp stamp;
  const std::string name = text_at(meta, "evidence", path);
  if (name.empty()) return stamp;
  const std::optional<Evidence> kind = kEvidenceWords.exactly(name);
  if (!kind)
    throw Error(ErrorKind::input, path, "the evidence is '" + name + "'",
                "figures, counts or masks");
  stamp.kind = *kind;
  stamp.counts = text_at(meta, "counts", path);
  return stamp;
}

// Fills what is read of a scored submission's result.
void read_measured(BoardEntry& entry, const Json& meta, const std::string& path) {
  entry.evidence = read_evidence(meta, path);
  if (format_digest(sha256(entry.result)) != text_at(meta, "result", path)) {
    throw Error(ErrorKind::input, path,
                "the result has the digest " + format_digest(sha256(entry.result)),
                text_at(meta, "result", path));
  }
  const Result result = result_from_json(entry.result, path);
  entry.metric_version = result.metric_version;
  if (text_at(meta, "metric_version", path) != entry.metric_version) {
    throw Error(ErrorKind::input, path,
                "the entry has the metric version '" + text_at(meta, "metric_version", path) + "'",
                "'" + entry.metric_version + "', as its result");
  }
  entry.dataset = result.dataset;
  entry.protocol = result.protocol;
  entry.submission_digest = result.submission.digest;
  entry.complete = result.complete;
  entry.tool_version = result.tool_version;
  entry.git_commit = result.git_commit;
  std::size_t incomplete = 0;
  for (const SequenceScore& sequence : result.sequences) incomplete += sequence.complete ? 0 : 1;
  if (!entry.complete) {
    entry.missing = incomplete == 0 ? "the result is marked as incomplete"
                                    : std::to_string(incomplete) + " of " +
                                          std::to_string(result.sequences.size()) +
                                          " sequences not scored in full";
  }

  entry.metrics = metrics_of(result);
  for (const Aggregate& aggregate : result.aggregates) {
    entry.figures.push_back({aggregate.metric,
                             std::string(scope_name(aggregate.scope)),
                             aggregate.value,
                             {},
                             aggregate.n,
                             aggregate.interval});
  }
  // J and F with their statistics have a row whether they are defined or not; J&F follows from
  // them.
  std::vector<Metric> always;
  for (const Metric& metric : {region_metric(), contour_metric()}) {
    always.push_back(metric);
    always.push_back(statistic_of(metric, "recall"));
    always.push_back(statistic_of(metric, "decay"));
  }
  std::vector<Metric> listed;
  for (const MetricDescriptor& metric : entry.metrics) {
    if (metric.metric != mean_metric()) listed.push_back(metric.metric);
  }
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      std::map<Metric, std::optional<double>> measures(object.values.begin(), object.values.end());
      for (const Metric& metric : always) measures.emplace(metric, std::nullopt);
      for (const Metric& metric : listed) {
        if (const std::optional<double> value = object.value(metric)) measures[metric] = value;
      }
      for (const auto& [metric, value] : measures) {
        entry.cases.push_back({sequence.name, object.id, metric,
                               std::string(group_name(object.group)), object.frames, value});
      }
    }
  }
}

void read_reported(BoardEntry& entry, const Json& meta, const std::string& path) {
  // The published schema is read by its own parser, so that both say the same of a file.
  Json document;
  document["schema"] = "published-1";
  document["unit"] = "percent";
  document["source"] = meta.value("source", Json());
  Json published = meta;
  document["entries"] = Json::array({published});
  const PublishedFile file = parse_published(document.dump(), path);
  const PublishedEntry& row = file.entries.front();
  entry.source = file.source;
  entry.year = row.year;
  entry.venue = row.venue;
  entry.id = row.id;
  entry.split = row.split;
  entry.dataset.name = row.dataset;
  entry.submission_digest =
      "reported:" + format_digest(sha256(Json::array({file.source.url, row.dataset, row.split,
                                                      row.method, row.variant, row.id})
                                             .dump()))
                        .substr(7);
  for (const PublishedFigure& figure : row.figures) {
    const bool is_fraction = descriptor_of(entry, figure.metric).unit == Unit::fraction;
    const Decimal number = is_fraction ? shift_left(figure.number, 2) : figure.number;
    entry.figures.push_back(
        {figure.metric, figure.place, to_double(number), exact_text(figure.number), 0, {}});
  }
  if (std::ranges::find(row.derived, mean_metric()) == row.derived.end()) {
    const MeanCheck check = check_mean(row.figures);
    entry.mean_follows = check.follows;
    if (!check.follows) entry.mean = check.mean;
  }
}

}  // namespace

constexpr auto kEntryKindWords = words<EntryKind>({{"masks", EntryKind::masks},
                                                   {"baseline", EntryKind::baseline},
                                                   {"reported", EntryKind::reported}});

std::string_view entry_kind_name(EntryKind kind) { return kEntryKindWords.of(kind); }

EntryKind entry_kind_from_name(std::string_view name, const std::string& path) {
  if (const auto kind = kEntryKindWords.exactly(name)) return *kind;
  throw Error(ErrorKind::input, path, "the kind is '" + std::string(name) + "'",
              "masks, baseline or reported");
}

EvidenceStamp evidence_of(std::string_view meta, const std::string& path) {
  return read_evidence(parse_json(meta, path), path);
}

std::string_view evidence_name(Evidence evidence) { return kEvidenceWords.of(evidence); }

std::string_view evidence_words(Evidence evidence) {
  switch (evidence) {
    case Evidence::unchecked:
      return "not checked";
    case Evidence::figures:
      return "figures";
    case Evidence::counts:
      return "counts";
    case Evidence::masks:
      return "masks scored here";
  }
  return {};
}

BoardEntry measured_entry(const Result& result, const SubmissionFacts& facts,
                          const std::string& path, const EvidenceStamp& evidence) {
  check_facts(facts, path);
  if (facts.kind == EntryKind::reported) {
    throw Error(ErrorKind::input, path, "a scored result cannot be 'reported'",
                "masks or baseline");
  }
  for (const auto& [value, what] : {std::pair(&result.dataset.digest, "dataset.digest"),
                                    std::pair(&result.protocol.hash, "protocol.hash"),
                                    std::pair(&result.submission.digest, "submission.digest")}) {
    if (!value->starts_with("sha256:")) {
      throw Error(ErrorKind::input, path, std::string(what) + " is '" + *value + "'",
                  "a digest, sha256:…");
    }
  }
  // How and where it was run is no part of a public record, and must not make two equal results
  // differ.
  Result kept = result;
  kept.run = {};
  for (Finding& finding : kept.findings) finding.path.clear();
  for (SequenceScore& sequence : kept.sequences) {
    sequence.frame_names.clear();
    sequence.frames.clear();
  }
  std::string text = result_to_json(kept);
  Json meta = common_meta(facts);
  put(meta, "evidence", std::string(evidence_name(evidence.kind)));
  put(meta, "counts", evidence.counts);
  meta["metric_version"] = result.metric_version;
  meta["result"] = format_digest(sha256(text));
  return parse_entry(dump(meta), std::move(text), path);
}

MetricDescriptor descriptor_of(const BoardEntry& entry, const Metric& metric) {
  const auto found = std::ranges::find(entry.metrics, metric, &MetricDescriptor::metric);
  return found != entry.metrics.end() ? *found
                                      : describe(metric_named(metric.id), entry.protocol.display);
}

BoardEntry reported_entry(const PublishedFile& file, const PublishedEntry& published) {
  SubmissionFacts facts;
  facts.kind = EntryKind::reported;
  facts.method = published.method;
  facts.variant = published.variant;
  facts.note = published.note;
  check_facts(facts, file.name);
  Json meta = common_meta(facts);
  meta["dataset"] = published.dataset;
  put(meta, "split", published.split);
  put(meta, "id", published.id);
  put(meta, "venue", published.venue);
  if (published.year != 0) meta["year"] = published.year;
  meta["source"] = {
      {"label", file.source.label}, {"title", file.source.title}, {"url", file.source.url}};
  meta["figures"] = figures_json(published.figures);
  for (const Metric& metric : published.derived) meta["derived"].push_back(metric.id);
  return parse_entry(dump(meta), {}, file.name);
}

BoardEntry with_facts(const BoardEntry& entry, const SubmissionFacts& facts,
                      const std::string& path) {
  check_facts(facts, path);
  const Json old = Json::parse(entry.meta);
  Json meta = common_meta(facts);
  for (const char* key : {"evidence", "counts", "metric_version", "result"}) {
    if (old.contains(key)) meta[key] = old.at(key);
  }
  return parse_entry(dump(meta), entry.result, path);
}

BoardEntry with_time(const BoardEntry& entry, const std::string& time) {
  const Json old = Json::parse(entry.meta);
  Json meta;
  // `time` keeps its place, before the note and what follows it.
  for (const auto& [key, value] : old.items()) {
    if (key == "time") continue;
    const bool after =
        key == "note" || key == "evidence" || key == "metric_version" || key == "dataset";
    if (after && !meta.contains("time")) meta["time"] = time;
    meta[key] = value;
  }
  if (!meta.contains("time")) meta["time"] = time;
  return parse_entry(dump(meta), entry.result, "entry");
}

BoardEntry parse_entry(std::string meta_text, std::string result, const std::string& path) {
  const Json meta = parse_json(meta_text, path);
  if (!meta.is_object())
    throw Error(ErrorKind::input, path, "is not a JSON object", "schema leaderboard-entry-1");
  if (text_at(meta, "schema", path) != kSchema) {
    throw Error(ErrorKind::input, path, "its schema is '" + text_at(meta, "schema", path) + "'",
                std::string(kSchema));
  }
  BoardEntry entry;
  entry.meta = std::move(meta_text);
  entry.result = std::move(result);
  entry.facts.kind = entry_kind_from_name(text_at(meta, "kind", path), path);
  entry.facts.method = text_at(meta, "method", path);
  entry.facts.variant = text_at(meta, "variant", path);
  entry.facts.team = text_at(meta, "team", path);
  entry.facts.note = text_at(meta, "note", path);
  entry.facts.time = text_at(meta, "time", path);
  if (const auto links = meta.find("links"); links != meta.end()) {
    if (!links->is_array())
      throw Error(ErrorKind::input, path, "'links' is not an array", "an array of texts");
    for (const Json& link : *links) {
      if (!link.is_string()) throw Error(ErrorKind::input, path, "a link is not a text", "a text");
      entry.facts.links.push_back(link.get<std::string>());
    }
  }
  check_facts(entry.facts, path);
  if (entry.facts.kind == EntryKind::reported) {
    read_reported(entry, meta, path);
  } else {
    read_measured(entry, meta, path);
  }
  return entry;
}

std::string entry_digest(const BoardEntry& entry) { return format_digest(sha256(entry.meta)); }

void check_entry(const BoardEntry& entry, const std::string& path) {
  if (entry.facts.kind != EntryKind::reported && entry.evidence.kind != Evidence::unchecked)
    check_result(result_from_json(entry.result, path), path);
}

void check_time(const std::string& time, const std::string& path) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:ddZ";
  bool good = time.size() == kForm.size();
  for (std::size_t i = 0; good && i < kForm.size(); ++i) {
    good = kForm[i] == 'd' ? time[i] >= '0' && time[i] <= '9' : time[i] == kForm[i];
  }
  const auto number = [&time](std::size_t begin, std::size_t count) {
    return static_cast<unsigned>(std::stoul(time.substr(begin, count)));
  };
  if (good) {
    const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(number(0, 4))),
                                          std::chrono::month(number(5, 2)),
                                          std::chrono::day(number(8, 2))};
    good = day.ok() && number(11, 2) < 24 && number(14, 2) < 60 && number(17, 2) < 60;
  }
  if (!good)
    throw Error(ErrorKind::input, path, "the time is '" + time + "'",
                "a moment of the calendar in UTC, as 2026-01-31T12:34:56Z");
}

}  // namespace angiobench
