// SPDX-License-Identifier: MIT
#include "reports/tracking.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "dataset/error.h"
#include "evaluator/measures.h"
#include "reports/tables.h"

namespace angiobench {
namespace {

using Json = nlohmann::ordered_json;

// A JSON string of ASCII characters, which YAML reads as the same text.
std::string yaml_text(std::string_view text) {
  return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

// Characters of a metric's name that have words of their own.
struct Spelling {
  std::string_view from;
  std::string_view to;
};
constexpr Spelling kSpellings[] = {
    {"&", "_and_"},       {"@", "_at_"},   {"\xE1\xB8\x9E", "F_dot"},  // F with a dot above
    {"\xCC\x87", "_dot"},                                              // a combining dot above
    {"%", "_percent"},    {"+", "_plus_"},
};

std::string plain_name(std::string_view id) {
  std::string name;
  while (!id.empty()) {
    const Spelling* found = nullptr;
    for (const Spelling& spelling : kSpellings) {
      if (id.starts_with(spelling.from)) found = &spelling;
    }
    if (found != nullptr) {
      name += found->to;
      id.remove_prefix(found->from.size());
      continue;
    }
    const char c = id.front();
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
    name += is_plain ? c : '_';
    id.remove_prefix(1);
  }
  return name;
}

std::string task_type(const Result& result) {
  if (result.protocol.task == "objects") return "video-object-segmentation";
  return result.protocol.task == "semantic" ? "semantic-segmentation" : "image-segmentation";
}

}  // namespace

std::string tracking_key(const Metric& metric, Scope scope) {
  return plain_name(metric.id) + "/" + std::string(scope_name(scope));
}

std::string huggingface_card(const Result& result, const std::string& url,
                             const std::string& path) {
  if (!result.complete) {
    throw Error(ErrorKind::inconclusive, path, "is not complete",
                "the result of a whole submission: a model card would show it as the score of " +
                    result.dataset.name);
  }
  std::string metrics;
  for (const Aggregate& aggregate : result.aggregates) {
    if (!aggregate.value) continue;
    const MetricDescriptor metric = descriptor_of(result, aggregate.metric);
    const ScoreStyle style = style_of(metric, result.protocol.display);
    const std::string heading = metric_heading(metric, aggregate.scope);
    metrics += "    - type: " + yaml_text(tracking_key(aggregate.metric, aggregate.scope)) +
               "\n      value: " + format_score(aggregate.value, style) +
               "\n      name: " + yaml_text(heading) + "\n";
  }
  if (metrics.empty())
    throw Error(ErrorKind::inconclusive, path, "has no number", "a result with a score");
  std::string text = "---\nmodel-index:\n- name: " + yaml_text(result.submission.name) +
                     "\n  results:\n  - task:\n      type: " + yaml_text(task_type(result)) +
                     "\n    dataset:\n      type: " + yaml_text(result.dataset.name) +
                     "\n      name: " + yaml_text(result.dataset.name) + "\n";
  if (!result.dataset.split.empty())
    text += "      split: " + yaml_text(result.dataset.split) + "\n";
  text += "      args:\n        digest: " + yaml_text(result.dataset.digest) +
          "\n        protocol: " +
          yaml_text(result.protocol.name + " v" + std::to_string(result.protocol.version) + " " +
                    result.protocol.hash) +
          "\n        predictions: " + yaml_text(result.submission.digest) + "\n    metrics:\n" +
          metrics;
  if (!url.empty())
    text += "    source:\n      name: " + yaml_text("angiobench " + result.tool_version) +
            "\n      url: " + yaml_text(url) + "\n";
  return text + "---\n";
}

std::string mlflow_run(const Result& result) {
  Json metrics = Json::object();
  std::string without;
  std::set<std::string> known;
  for (const Aggregate& aggregate : result.aggregates) {
    std::string key = tracking_key(aggregate.metric, aggregate.scope);
    if (!aggregate.variant.empty()) key += "/" + plain_name(aggregate.variant);
    if (!aggregate.value) {
      without += (without.empty() ? "" : ", ") + key;
      continue;
    }
    expects(known.insert(key).second, "metrics of a result have keys of their own");
    metrics[key] = *aggregate.value;
  }
  const Json params = {{"dataset", result.dataset.name},
                       {"split", result.dataset.split},
                       {"protocol", result.protocol.name},
                       {"protocol_version", std::to_string(result.protocol.version)},
                       {"protocol_hash", result.protocol.hash},
                       {"metric_version", result.metric_version}};
  Json tags = {{"submission", result.submission.name},
               {"dataset_digest", result.dataset.digest},
               {"predictions_digest", result.submission.digest},
               {"tool", "angiobench " + result.tool_version},
               {"complete", result.complete ? "true" : "false"}};
  if (!without.empty()) tags["without_value"] = without;
  const Json document = {
      {"metrics", std::move(metrics)}, {"params", params}, {"tags", std::move(tags)}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace angiobench
