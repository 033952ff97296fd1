// SPDX-License-Identifier: MIT
#include "dataset/finding.h"
#include "dataset/words.h"

#include <utility>

namespace angiobench {

constexpr auto kSeverityWords = words<Severity>(
    {{"note", Severity::note}, {"warning", Severity::warning}, {"error", Severity::error}});

std::string_view severity_name(Severity severity) { return kSeverityWords.of(severity); }

Finding recorded_finding(std::string code, Severity severity, FindingPlace place,
                         std::string message, std::string hint) {
  Finding finding;
  finding.code = std::move(code);
  finding.severity = severity;
  finding.path = std::move(place.path);
  finding.sequence = std::move(place.sequence);
  finding.frame = std::move(place.frame);
  finding.object = place.object;
  finding.message = std::move(message);
  finding.hint = std::move(hint);
  return finding;
}

std::string format_finding(const Finding& finding) {
  std::string place = finding.path;
  if (place.empty()) {
    place = finding.sequence;
    if (!finding.frame.empty()) place += "/" + finding.frame;
    if (finding.object >= 0)
      place += (place.empty() ? "object " : " object ") + std::to_string(finding.object);
  }
  std::string text = place.empty() ? std::string{} : place + ": ";
  text += std::string(severity_name(finding.severity)) + ": " + finding.message + " [" +
          finding.code + "]";
  return text;
}

}  // namespace angiobench
