// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "dataset/files/digest.h"
#include "evaluator/measures.h"
#include "evaluator/result.h"
#include "reports/leaderboard/entry.h"
#include "reports/leaderboard/store.h"
#include "tests/support/results.h"

namespace angiobench::test {

inline std::string digest_of(std::string_view text) { return format_digest(sha256(text)); }

/// A scored submission whose masks' digest is that of `masks`: J&F as given, J a little below, F a
/// little above, one object a sequence.
inline Result sample_result(std::string_view masks, std::optional<double> jf,
                            const std::string& dataset = "mosxav-val") {
  Result result;
  result.tool_version = "0.1.0";
  result.git_commit = "abc123";
  result.protocol = {"mosxav-val", 1, digest_of("{}"), "{}"};
  result.dataset = {dataset, digest_of(dataset), 0, 0, 0, ""};
  result.submission = {std::string(masks), digest_of(masks)};
  const auto shifted = [jf](double by) {
    return jf.has_value() ? std::optional(*jf + by) : std::nullopt;
  };
  for (const char* name : {"v00", "v01"}) {
    SequenceScore sequence;
    sequence.name = name;
    sequence.frames_scored = 10;
    ObjectScore object;
    object.id = 1;
    object.frames = 10;
    for (const auto& [metric, mean, decay] :
         {std::tuple("J", shifted(-0.05), 0.01), std::tuple("F", shifted(0.05), 0.02)}) {
      if (mean) object.values[Metric(metric)] = *mean;
      object.values[statistic_of(Metric(metric), "recall")] = 1.0;
      object.values[statistic_of(Metric(metric), "decay")] = decay;
    }
    sequence.objects.push_back(object);
    result.sequences.push_back(sequence);
  }
  for (const char* metric : {"J&F", "J", "F"})
    result.aggregates.push_back({Metric(metric), Scope::overall, std::nullopt, 2, {}});
  result.run = {"2026-05-01T08:00:00Z", 1.5, 2, 0, {"angiobench", "score"}};
  return readable(std::move(result));
}

inline SubmissionFacts facts_of(const std::string& method,
                                const std::string& time = "2026-05-02T00:00:00Z") {
  SubmissionFacts facts;
  facts.method = method;
  facts.time = time;
  return facts;
}

inline BoardEntry sample_entry(const std::string& method, std::optional<double> jf,
                               const std::string& time = "2026-05-02T00:00:00Z") {
  return measured_entry(sample_result(method, jf), facts_of(method, time), "result.json");
}

/// A published row of the same data set.
inline BoardEntry sample_reported(const std::string& method, const std::string& jf,
                                  const std::string& j, const std::string& f) {
  const PublishedFile file = parse_published(
      R"({"schema": "published-1", "unit": "percent", "source": {"title": "A paper", "url": "https://example.org/paper"},
          "entries": [{"dataset": "mosxav-val", "split": "val", "method": ")" +
          method + R"(", "year": 2024, "figures": {"J&F": ")" + jf + R"(", "J": ")" + j +
          R"(", "F": ")" + f + R"("}}]})",
      "sample.json");
  return reported_entry(file, file.entries.front());
}

}  // namespace angiobench::test
