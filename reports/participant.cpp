// SPDX-License-Identifier: MIT
#include "reports/participant.h"

#include <nlohmann/json.hpp>

#include "dataset/files/text.h"
#include "reports/escape.h"
#include "reports/tables.h"
#include "reports/vessel_text.h"

namespace angiobench {

std::string shortened_reason(std::string_view words) {
  std::string line;
  for (const char c : words) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_space) line += c;
    if (is_space && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.size() <= kMaxReasonBytes) return line;
  static constexpr std::string_view kMark = "…";
  return std::string(whole_characters(line, kMaxReasonBytes - kMark.size())).append(kMark);
}

ParticipantReport participant_report(const Result& result, FrameKnowledge frames,
                                     std::span<const Finding> notes) {
  ParticipantReport report;
  report.tool_version = result.tool_version;
  report.metric_version = result.metric_version;
  report.dataset = result.dataset.name;
  report.protocol = result.protocol.name;
  report.protocol_version = result.protocol.version;
  report.protocol_hash = result.protocol.hash;
  report.submission = result.submission.name;
  // It is over the frames that were read: who has the masks can try which these are.
  if (frames == FrameKnowledge::everybody) report.submission_digest = result.submission.digest;
  report.complete = result.complete;
  for (const Aggregate& aggregate : result.aggregates) {
    const MetricDescriptor metric = descriptor_of(result, aggregate.metric);
    report.figures.push_back(
        {aggregate.metric.id, std::string(scope_name(aggregate.scope)),
         metric_heading(metric, aggregate.scope), aggregate.value,
         format_score(aggregate.value, style_of(metric, result.protocol.display)),
         is_shown_in_tables(result, aggregate), metric.direction == Direction::higher_is_better,
         metric.unit == Unit::fraction});
  }
  report.findings = redacted(result.findings, frames);
  report.findings.insert(report.findings.end(), notes.begin(), notes.end());
  return report;
}

std::string participant_json(const ParticipantReport& report) {
  using Json = nlohmann::ordered_json;
  Json document = {{"schema", "participant-1"}};
  if (!report.reason.empty()) document["reason"] = report.reason;
  document["tool"] = {{"name", "angiobench"}, {"version", report.tool_version}};
  document["metric_version"] = report.metric_version;
  if (!report.protocol.empty()) {
    document["protocol"] = {{"name", report.protocol},
                            {"version", report.protocol_version},
                            {"hash", report.protocol_hash}};
  }
  document["dataset"] = {{"name", report.dataset}};
  document["submission"] = {{"name", report.submission}};
  if (!report.submission_digest.empty())
    document["submission"]["digest"] = report.submission_digest;
  document["complete"] = report.complete;
  document["aggregates"] = Json::array();
  for (const ParticipantFigure& figure : report.figures) {
    document["aggregates"].push_back(
        {{"metric", figure.metric},
         {"scope", figure.scope},
         {"value", figure.value ? Json(*figure.value) : Json(nullptr)}});
  }
  document["findings"] = Json::array();
  for (const Finding& finding : report.findings) {
    Json entry = {{"code", finding.code}, {"severity", severity_name(finding.severity)}};
    if (!finding.path.empty()) entry["path"] = finding.path;
    if (!finding.sequence.empty()) entry["sequence"] = finding.sequence;
    if (!finding.frame.empty()) entry["frame"] = finding.frame;
    entry["message"] = finding.message;
    if (!finding.hint.empty()) entry["cure"] = finding.hint;
    document["findings"].push_back(std::move(entry));
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string participant_text(const ParticipantReport& report) {
  if (!report.reason.empty()) return escape_terminal(report.reason) + "\n";
  const std::string dataset = escape_terminal(report.dataset);
  std::string text = dataset + ", protocol " + escape_terminal(report.protocol) + " v" +
                     std::to_string(report.protocol_version) + "\n";
  if (!report.complete)
    text += "NOT COMPLETE: this is no score of " + dataset + ", only of what was there\n";
  for (const ParticipantFigure& figure : report.figures) {
    if (figure.in_tables) text += "  " + figure.heading + "  " + figure.shown + "\n";
  }
  return text;
}

}  // namespace angiobench
