// SPDX-License-Identifier: MIT
#include "reports/validation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "dataset/files/digest.h"
#include "dataset/files/image_size.h"
#include "dataset/finding_codes.h"
#include "reports/escape.h"
#include "reports/text_table.h"

namespace angiobench {
namespace {

using Json = nlohmann::ordered_json;

Json finding_json(const Finding& finding) {
  Json entry = {{"code", finding.code}, {"severity", severity_name(finding.severity)}};
  if (!finding.path.empty()) entry["path"] = finding.path;
  if (!finding.sequence.empty()) entry["sequence"] = finding.sequence;
  if (!finding.frame.empty()) entry["frame"] = finding.frame;
  if (finding.object >= 0) entry["object"] = finding.object;
  entry["message"] = finding.message;
  entry["cure"] = finding.hint;
  return entry;
}

Json object_json(const ObjectStatistics& object) {
  Json runs = Json::array();
  for (const auto& [first, last] : object.runs) runs.push_back({first, last});
  return {{"id", object.id},
          {"frames", object.frames},
          {"first_frame", object.first_frame},
          {"late", object.late},
          {"prompt", object.prompt.empty() ? Json(nullptr) : Json(object.prompt)},
          {"pixels",
           {{"min", object.min_pixels}, {"mean", object.mean_pixels}, {"max", object.max_pixels}}},
          {"present", std::move(runs)}};
}

Json sequence_json(const SequenceStatistics& sequence) {
  Json objects = Json::array();
  for (const ObjectStatistics& object : sequence.objects) objects.push_back(object_json(object));
  return {{"name", sequence.name},
          {"frames", sequence.frames > 0 ? Json(sequence.frames) : Json(nullptr)},
          {"annotated_frames", sequence.annotated_frames},
          {"readable_frames", sequence.readable_frames},
          {"empty_masks", sequence.empty_masks},
          {"width", sequence.width},
          {"height", sequence.height},
          {"objects", std::move(objects)},
          {"digest", format_digest(sequence.digest)}};
}

// The value at a share of an ascending list, nearest rank.
double quantile(const std::vector<double>& values, double share) {
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(std::lround(share * last))];
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, share < 0.001 ? "%.3f %%" : "%.2f %%", 100 * share);
  return text;
}

std::string ids_of(const SequenceStatistics& sequence) {
  constexpr std::size_t kMaxIds = 16;
  std::string text;
  for (std::size_t i = 0; i < sequence.objects.size(); ++i) {
    if (i == kMaxIds) return text + " …";
    text += (i == 0 ? "" : " ") + std::to_string(sequence.objects[i].id);
    if (sequence.objects[i].late) text += '*';
  }
  return text;
}

}  // namespace

std::string validation_json(const Validation& validation) {
  Json findings = Json::array();
  for (const Finding& finding : validation.findings) findings.push_back(finding_json(finding));
  Json counts = Json::array();
  for (const auto& [code, places] : validation.counts) {
    const FindingCode& entry = finding_code(code);
    counts.push_back({{"code", code},
                      {"severity", severity_name(entry.severity)},
                      {"title", entry.title},
                      {"places", places}});
  }
  Json sequences = Json::array();
  for (const SequenceStatistics& sequence : validation.sequences)
    sequences.push_back(sequence_json(sequence));
  const ValidationTotals& totals = validation.totals;
  Json sizes = nullptr;
  if (!totals.object_shares.empty()) {
    sizes = {{"min", totals.object_shares.front()},
             {"quartile_1", quantile(totals.object_shares, 0.25)},
             {"median", quantile(totals.object_shares, 0.5)},
             {"quartile_3", quantile(totals.object_shares, 0.75)},
             {"max", totals.object_shares.back()}};
  }
  // Where no sequence was read, or none may be told of, there are no statistics.
  const Json statistics =
      validation.sequences.empty()
          ? Json(nullptr)
          : Json{{"sequences", totals.sequences},
                 {"frames", totals.frames > 0 ? Json(totals.frames) : Json(nullptr)},
                 {"annotated_frames", totals.annotated_frames},
                 {"readable_frames", totals.readable_frames},
                 {"empty_masks", totals.empty_masks},
                 {"objects", totals.objects},
                 {"late_objects", totals.late_objects},
                 {"late_objects_without_prompt", totals.unprompted_objects},
                 {"object_share_of_frame", std::move(sizes)}};
  const Json document = {
      {"schema", "validation-1"},
      {"subject", validation.subject},
      {"path", validation.path},
      {"benchmark", validation.benchmark},
      {"layout", validation.layout},
      {"digest", validation.digest.empty() ? Json(nullptr) : Json(validation.digest)},
      {"counts", std::move(counts)},
      {"findings", std::move(findings)},
      {"statistics", statistics},
      {"sequences", std::move(sequences)}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string validation_text(const Validation& validation) {
  const ValidationTotals& totals = validation.totals;
  const bool is_dataset = validation.subject == "dataset";
  std::string out = escape_terminal(validation.path) + ": " + validation.subject + " for " +
                    escape_terminal(validation.benchmark) + " (" +
                    escape_terminal(validation.title) + ")\n";

  if (!validation.sequences.empty()) {
    Table table;
    table.columns = {{"Sequence", "", Table::Align::left},
                     {"Size", ""},
                     {"Frames", ""},
                     {"Masks", ""},
                     {"Empty", ""},
                     {"Objects (* appears late)", "", Table::Align::left}};
    for (const SequenceStatistics& sequence : validation.sequences) {
      table.rows.push_back({{sequence.name},
                            {sequence.width > 0 ? size_text(sequence.width, sequence.height) : "-"},
                            {sequence.frames > 0 ? std::to_string(sequence.frames) : "-"},
                            {std::to_string(sequence.readable_frames)},
                            {std::to_string(sequence.empty_masks)},
                            {ids_of(sequence)}});
    }
    out += "\n" + text_table(table);
    out += "\nsequences " + std::to_string(totals.sequences);
    if (totals.frames > 0) out += ", frames " + std::to_string(totals.frames);
    out += is_dataset ? ", annotated frames " : ", expected masks ";
    out += std::to_string(totals.annotated_frames);
    if (totals.readable_frames != totals.annotated_frames)
      out += " (" + std::to_string(totals.readable_frames) + " readable)";
    out += ", empty masks " + std::to_string(totals.empty_masks) + "\nobjects " +
           std::to_string(totals.objects) + ", of which " + std::to_string(totals.late_objects) +
           " appear late";
    if (is_dataset && totals.late_objects > 0)
      out += " (" + std::to_string(totals.unprompted_objects) + " without a prompt)";
    out += "\n";
    if (!totals.object_shares.empty()) {
      out += "object size, share of the frame: " + percent(totals.object_shares.front()) + " to " +
             percent(totals.object_shares.back()) + ", median " +
             percent(quantile(totals.object_shares, 0.5)) + "\n";
    }
    out += "digest " + validation.digest + "\n";
  }

  out += "\n";
  if (validation.counts.empty()) return out + "no findings\n";
  Table findings;
  findings.columns = {{"Severity", "", Table::Align::left},
                      {"Code", "", Table::Align::left},
                      {"Places", ""},
                      {"What", "", Table::Align::left}};
  for (const auto& [code, places] : validation.counts) {
    const FindingCode& entry = finding_code(code);
    findings.rows.push_back({{std::string(severity_name(entry.severity))},
                             {code},
                             {std::to_string(places)},
                             {std::string(entry.title)}});
  }
  return out + text_table(findings);
}

}  // namespace angiobench
