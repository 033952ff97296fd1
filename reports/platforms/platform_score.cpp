// SPDX-License-Identifier: MIT
#include "reports/platforms/platform_score.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/json_fields.h"

namespace angiobench {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "platform-1";
constexpr std::size_t kMaxTitleBytes = 36;  // of a column, Codabench

// "J&F" and overall: "JF"; "J" and seen: "J_seen"; "nsd@2": "nsd_2".
std::string key_of(const ParticipantFigure& figure) {
  std::string key;
  for (const char c : figure.metric) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 && byte < 0x80) key += c;
    if (c == '_' || c == '@' || c == '.') key += '_';
  }
  if (figure.scope != "overall") key += "_" + figure.scope;
  return key.substr(0, kMaxTitleBytes);
}

// Where the score of a run may not be shown: why.
std::string objection_to(const Result& result, const PlatformConfig& config) {
  const bool is_whole = std::ranges::none_of(result.findings, [](const Finding& finding) {
    return finding.code == "S001" || finding.code == "S002";
  });
  if (is_whole && !config.truth_digest.empty() && result.dataset.digest != config.truth_digest)
    return kOrganisersMustLook;
  if (!result.complete) return "not every sequence of the data set was scored";
  const Aggregate* const first = result.aggregates.empty() ? nullptr : &result.aggregates.front();
  if (first == nullptr || !first->value || !std::isfinite(*first->value))
    return "the measure that ranks has no value";
  return {};
}

PlatformScore score_request(const PlatformRequest& request, ParticipantRequest asked) {
  asked.submission.dataset = request.config.dataset;
  asked.submission.ground_truth = request.truth;
  asked.submission.protocol = request.config.protocol;
  asked.submission.shown_as = "submission";
  asked.frames = request.config.frames;
  asked.run.name = "submission";
  asked.run.score.missing = request.config.missing;
  asked.run.score.jobs = request.jobs;
  asked.run.tool_version = request.tool_version;
  asked.run.git_commit = request.git_commit;
  ParticipantRun run = run_for_participant(asked);
  if (run.result) {
    const std::string words = objection_to(*run.result, request.config);
    if (!words.empty()) {
      PlatformScore refused = refused_score(
          request, words == kOrganisersMustLook ? ErrorKind::input : ErrorKind::inconclusive,
          words);
      refused.report.findings = std::move(run.report.findings);
      return refused;
    }
  }
  PlatformScore score{std::move(run.report), {}, std::move(run.refusal)};
  if (!score.refusal) score.figures = platform_figures(score.report, request.config.scale);
  return score;
}

}  // namespace

PlatformConfig parse_platform_config(std::string_view text, const std::string& path) {
  const nlohmann::ordered_json document = Json::parse(text, nullptr, false);
  if (!document.is_object())
    throw Error(ErrorKind::input, path, "is no JSON object", std::string("schema ") + kSchema);
  PlatformConfig config;
  for (const auto& [key, value] : document.items()) {
    const auto fail = [&, name = key](const std::string& expected) {
      throw Error(ErrorKind::input, path, "'" + name + "' is " + value.dump(), expected);
    };
    if (key == "public_frames") {
      if (!value.is_boolean()) fail("true or false");
      config.frames = value.get<bool>() ? FrameKnowledge::everybody : FrameKnowledge::secret;
      continue;
    }
    if (!value.is_string()) fail("text");
    const std::string word = value.get<std::string>();
    if (key == "schema") {
      if (word != kSchema) fail(kSchema);
    } else if (key == "dataset") {
      config.dataset = word;
    } else if (key == "protocol") {
      config.protocol = word;
    } else if (key == "truth") {
      config.truth_digest = word;
    } else if (key == "missing") {
      const auto found = kPlatformPolicies.exactly(word);
      if (!found) fail("error or zero");
      config.missing = *found;
    } else if (key == "scale") {
      const auto found = kPlatformScales.exactly(word);
      if (!found) fail("percent or fraction");
      config.scale = *found;
    } else {
      throw Error(ErrorKind::input, path, "'" + key + "' is no field",
                  "schema, dataset, protocol, truth, missing, scale, public_frames");
    }
  }
  if (config.dataset.empty())
    throw Error(ErrorKind::input, path, "names no dataset", "a benchmark, e.g. mosxav-test");
  return config;
}

std::string platform_config_json(const PlatformConfig& config) {
  Json document = {{"schema", kSchema}, {"dataset", config.dataset}};
  if (!config.protocol.empty()) document["protocol"] = config.protocol;
  document["missing"] = kPlatformPolicies.of(config.missing);
  document["scale"] = kPlatformScales.of(config.scale);
  document["public_frames"] = config.frames == FrameKnowledge::everybody;
  if (!config.truth_digest.empty()) document["truth"] = config.truth_digest;
  return document.dump(2) + "\n";
}

PlatformConfig platform_config_in(const std::string& folder, const std::string& dataset) {
  const std::string path = join_path(folder, kPlatformConfigName);
  boost::system::error_code code;
  PlatformConfig config;
  if (dataset.empty() || boost::filesystem::exists(path, code))
    config = parse_platform_config(read_text_file(path), kPlatformConfigName);
  if (!dataset.empty()) config.dataset = dataset;
  for (std::string* name : {&config.dataset, &config.protocol}) {
    if (name->ends_with(".json") && !name->starts_with('/') && *name != dataset)
      *name = join_path(folder, *name);
  }
  return config;
}

std::vector<PlatformFigure> platform_figures(const ParticipantReport& report, PlatformScale scale) {
  std::vector<PlatformFigure> figures;
  std::set<std::string> keys;
  for (const ParticipantFigure& figure : report.figures) {
    if (!figure.in_tables || !figure.value || !std::isfinite(*figure.value)) continue;
    const std::string key = key_of(figure);
    if (!keys.insert(key).second) continue;
    const bool is_scaled = scale == PlatformScale::percent && figure.is_fraction;
    figures.push_back({key, *figure.value * (is_scaled ? 100 : 1),
                       figure.heading.size() <= kMaxTitleBytes ? figure.heading : key,
                       figure.higher_is_better});
  }
  return figures;
}

std::string platform_number(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.10f", value);
  return text;
}

PlatformScore refused_score(const PlatformRequest& request, ErrorKind kind,
                            const std::string& words) {
  PlatformScore score;
  score.report.tool_version = request.tool_version;
  score.report.dataset = boost::filesystem::path(request.config.dataset).stem().string();
  score.report.submission = "submission";
  score.report.reason = shortened_reason("nothing was scored: " + words);
  score.refusal.emplace(kind, "", words);
  return score;
}

PlatformScore score_for_platform(const PlatformRequest& request, const std::string& predictions) {
  ParticipantRequest asked;
  asked.submission.predictions = predictions;
  return score_request(request, std::move(asked));
}

PlatformScore score_for_platform(const PlatformRequest& request, const OpenPredictions& open) {
  ParticipantRequest asked;
  asked.open_predictions = open;
  return score_request(request, std::move(asked));
}

}  // namespace angiobench
