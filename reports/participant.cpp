// SPDX-License-Identifier: MIT
#include "reports/participant.h"

#include <nlohmann/json.hpp>

#include "dataset/finding_codes.h"
#include "reports/tables.h"
#include "reports/vessel_text.h"

namespace angiobench {

std::string participant_json(const Result& result) {
  using Json = nlohmann::ordered_json;
  Json document = {
      {"schema", "participant-1"},
      {"tool", {{"name", "angiobench"}, {"version", result.tool_version}}},
      {"metric_version", result.metric_version},
      {"protocol",
       {{"name", result.protocol.name},
        {"version", result.protocol.version},
        {"hash", result.protocol.hash}}},
      {"dataset", {{"name", result.dataset.name}}},
      {"submission", {{"name", result.submission.name}, {"digest", result.submission.digest}}},
      {"complete", result.complete},
      {"aggregates", Json::array()},
      {"findings", Json::array()},
  };
  for (const Aggregate& aggregate : result.aggregates) {
    document["aggregates"].push_back(
        {{"metric", aggregate.metric.id},
         {"scope", scope_name(aggregate.scope)},
         {"value", aggregate.value ? Json(*aggregate.value) : Json(nullptr)}});
  }
  for (const Finding& finding : redacted(result.findings)) {
    Json entry = {{"code", finding.code}, {"severity", severity_name(finding.severity)}};
    if (!finding.path.empty()) entry["path"] = finding.path;
    if (!finding.sequence.empty()) entry["sequence"] = finding.sequence;
    entry["message"] = finding.message;
    document["findings"].push_back(std::move(entry));
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string participant_text(const Result& result) {
  std::string text = result.dataset.name + ", protocol " + result.protocol.name + " v" +
                     std::to_string(result.protocol.version) + "\n";
  if (!result.complete)
    text +=
        "NOT COMPLETE: this is no score of " + result.dataset.name + ", only of what was there\n";
  for (const Aggregate& aggregate : result.aggregates) {
    if (!is_shown_in_tables(result, aggregate)) continue;
    const MetricDescriptor metric = descriptor_of(result, aggregate.metric);
    text += "  " + metric_heading(metric, aggregate.scope) + "  " +
            format_score(aggregate.value, style_of(metric, result.protocol.display)) + "\n";
  }
  return text;
}

}  // namespace angiobench
